"""From a record back to what it records: a strategy, weights that a user gave, the plug-ins that were run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from active_edge.config import parse_model
from active_edge.errors import ConfigError, MissingInput, PluginError
from active_edge.market import Market
from active_edge.panel import Panels
from active_edge.plugins import Plugin, scope
from active_edge.plugins.origin import plugin_at
from active_edge.results.batch import backtest_on
from active_edge.results.entry import RUN
from active_edge.results.folders import read_targets
from active_edge.run.backtest import Result
from active_edge.run.own_weights import OwnRules, backtest_weights
from active_edge.run_record import RunRecord, TriedRecord
from active_edge.screen import Screen
from active_edge.strategy import Strategy, StrategyRules


def recorded_strategy(tried: TriedRecord, where: str) -> Strategy:
    """The strategy and screen of a record, read as strictly as their files are; `where` names the record."""
    kind = OwnRules if tried.decided else StrategyRules
    rules = parse_model(_text(tried.strategy), kind, f"{where}: strategy")
    return Strategy(rules, parse_model(_text(tried.screen), Screen, f"{where}: screen"))


def traded_again(tried: TriedRecord, market: Market, panels: Panels, folder: Path) -> Result:
    """What a record says was tried, traded again.

    Parameters
    ----------
    folder : of the run that holds the record; weights that a user gave are read from the folder of their own run beside
        it.

    Raises
    ------
    MissingInput : the weights are not there, or are not those that were traded.
    """
    strategy = recorded_strategy(tried, str(folder / RUN))
    if not isinstance(strategy.rules, OwnRules):
        return backtest_on(panels, strategy, market, tried.start, tried.end)
    place = folder.parent / tried.run
    rules, dates = strategy.rules, pd.DatetimeIndex(tried.decided)
    weights = read_targets(place).reindex(dates, fill_value=0.0)
    result = backtest_weights(
        weights,
        market,
        strategy.terms,
        name=rules.name,
        description=rules.description,
        benchmarks=rules.benchmarks,
        universe=strategy.screen.universe,
        end=tried.end,
    )
    if result.strategy.rules != rules:
        raise MissingInput(f"{place}: the weights there are not those of the run; backtest them again")
    return result


@contextmanager
def plugins_of(
    record: RunRecord,
    where: str,
    *,
    run: bool,
    files: Sequence[Path] = (),
    announce: Callable[[Plugin], None] | None,
) -> Iterator[None]:
    """The plug-ins of a record, run and registered for the length of a block.

    Parameters
    ----------
    where : names the record.
    run : False runs none.
    files : run first, each instead of the plug-in of the record that has its name or its content.
    announce : told of every plug-in when it is run.

    Raises
    ------
    MissingInput : one of them is gone, or is not what it was.
    """
    stood_in = {file.name for file in files} | {_sha256(file) for file in files}
    others = [one for one in record.plugins if not {Path(one.file).name, one.sha256} & stood_in]
    unlike = [_unlike(Path(one.file), one.sha256) for one in others]
    sound = [*files, *(Path(one.file) for one, problem in zip(others, unlike, strict=True) if not problem)]
    problems = "; ".join(filter(None, unlike))
    try:
        with scope(files=sound if run else (), off=not run, announce=announce):
            yield
    except (ConfigError, PluginError) as error:
        if not problems or not run:
            raise
        raise MissingInput(
            f"{where}: {problems}; put back what the run used, or name the file that holds it now with --plugin FILE.py"
        ) from error


def _unlike(path: Path, sha256: str) -> str:
    """What is wrong with a plug-in's file, as a sentence; empty where it is as it was.

    An installed package is hashed as a whole, so its file is never alike; it is found by its entry point, not here.
    """
    now = _sha256(path)
    if not now:
        return f"plug-in {path} is not there any more"
    return "" if now == sha256 else f"plug-in {path} had sha256 {sha256[:12]} and now has {now[:12]}"


def _sha256(path: Path) -> str:
    """Of a plug-in's file; empty where it cannot be read."""
    try:
        return plugin_at(path, path.read_bytes()).sha256
    except OSError:
        return ""


def _text(content: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(content), sort_keys=False, allow_unicode=True)
