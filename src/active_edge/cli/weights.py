"""The options by which a command trades weights from a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from active_edge.cli.options import YamlFile

if TYPE_CHECKING:
    from active_edge.market import Market
    from active_edge.run.backtest import Result

Command = TypeVar("Command", bound=Callable[..., Any])


def weights_options(command: Command) -> Command:
    """``--weights``, ``--name`` and ``--terms`` for a command that trades."""
    files = click.option(
        "--weights",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Target weights of your own, .csv or .parquet: a date and a column for each ticker or asset id, or the "
        "columns date, ticker and weight; may be repeated.",
    )
    name = click.option("--name", metavar="NAME", help="What the run of --weights is called; default its file's name.")
    terms = click.option(
        "--terms",
        type=YamlFile("strategies"),
        metavar="STRATEGY",
        help="Strategy file whose costs, capital, fills, exits and benchmarks --weights take.",
    )
    return files(name(terms(command)))


def check_weights(
    weights: Sequence[Path], name: str | None, terms: Path | None, start: str | None, *, strategies: bool, audit: bool
) -> None:
    """Refuse options that do not go together, before anything is computed.

    Raises
    ------
    ConfigError : with the options that are at odds, and what to do.
    """
    from active_edge.errors import ConfigError

    if not weights and not strategies:
        raise ConfigError("nothing to run; name STRATEGIES, or --weights FILE")
    if not weights and (name or terms):
        raise ConfigError("--name and --terms are for --weights FILE; leave them out")
    if name and len(weights) > 1:
        raise ConfigError(f"--name names one run, and there are {len(weights)} files of weights; leave it out")
    if weights and start and not strategies:
        raise ConfigError(
            "--from: weights begin at their first date; leave --from out, or the earlier dates of the file"
        )
    if weights and audit:
        raise ConfigError("--audit-leaks scrambles what a strategy decides from; weights are decided; leave one out")


def traded_weights(
    weights: Sequence[Path], market: Market, *, name: str | None, terms: Path | None, end: str | None
) -> list[Result]:
    """Each file of weights traded on the market, by the terms and benchmarks of a strategy file where one is named."""
    from active_edge.run.own_weights import backtest_weights
    from active_edge.strategy import load_strategy

    more: dict[str, Any] = {}
    if terms is not None:
        strategy = load_strategy(terms)
        more = {"terms": strategy.terms, "benchmarks": strategy.rules.benchmarks}
    return [backtest_weights(file, market, name=name or _name_of(file), end=end, **more) for file in weights]


def _name_of(file: Path) -> str:
    """A file's name as the name of a run: small letters, digits and underscores, a letter first."""
    name = re.sub(r"[^a-z0-9]+", "_", file.stem.lower()).strip("_")
    return name if name[:1].isalpha() else f"weights_{name}".rstrip("_")
