"""Commands about YAML files and factors: check, factors, screen, explain."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from active_edge.cli.options import YamlFile, data_option, json_option, on_option
from active_edge.cli.output import print_json, print_table, progress_bar
from active_edge.cli.plugins import with_plugins
from active_edge.words import percent

if TYPE_CHECKING:
    import pandas as pd

    from active_edge.market import Market


@click.command("check")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--data", "-d", metavar="DIR", help="Market folder whose own items the files may name as factors.")
@json_option
@with_plugins(runs=lambda _: False)
def check_command(files: tuple[Path, ...], data: str | None, as_json: bool) -> int:
    """Validate screens, strategies and claims; needs no data.

    FILES default to every YAML file under screens/, strategies/ and claims/; a folder stands for the YAML files in it.
    All errors of all files are listed. A plug-in is looked at and not run.
    """
    from active_edge.cli.loading import load_any, load_for
    from active_edge.errors import ConfigError
    from active_edge.shipped import KINDS

    named = list(files) or [Path(folder) for folder in KINDS if Path(folder).is_dir()]
    chosen = [file for path in named for file in (sorted(path.glob("*.yaml")) if path.is_dir() else [path])]
    if not named:
        raise ConfigError(
            "no file given, and there is no folder screens, strategies or claims here; name the files to check, or "
            "make the folders with: active-edge init"
        )
    if not chosen:
        raise ConfigError(f"no YAML file in {', '.join(map(str, named))}; screens, strategies and claims end in .yaml")
    checked: list[dict[str, Any]] = []
    for path in chosen:
        read = partial(load_any, path)
        try:
            loaded = load_for(data, read) if data else read(None)
            checked.append({"file": str(path), "ok": True, "problems": [], "plugins": _not_run(loaded)})
        except ConfigError as error:
            checked.append({"file": str(path), "ok": False, "problems": str(error).splitlines(), "plugins": []})
    if as_json:
        print_json(checked)
    else:
        for row in checked:
            note = f"; {', '.join(row['plugins'])}, not run" if row["plugins"] else ""
            click.echo("\n".join(row["problems"]) or f"{row['file']}: ok{note}")
    return 0 if all(row["ok"] for row in checked) else 1


def _not_run(loaded: Any) -> list[str]:
    """Names in a file that a plug-in declares which was not run, each with its place."""
    from active_edge.article.statistics import STATISTICS
    from active_edge.factors import FACTORS
    from active_edge.weightings import WEIGHTINGS

    screen, rules = getattr(loaded, "screen", loaded), getattr(loaded, "rules", None)
    declared = [
        *map(FACTORS.declaration, screen.factors() if hasattr(screen, "factors") else ()),
        *map(WEIGHTINGS.declaration, () if rules is None else (rules.weights,)),
        *map(STATISTICS.declaration, dict.fromkeys(claim.statistic for claim in getattr(loaded, "claims", ()))),
    ]
    return [f"{one.name} may come from {one.where}" for one in declared if one is not None]


@click.command("factors")
@click.argument("name", required=False)
@data_option
@json_option
@with_plugins(runs=lambda given: bool(given["data"]))
def factors_command(name: str | None, data: str | None, as_json: bool) -> None:
    """Every factor: unit, good direction, inputs, source; or one of them in full.

    With --data also the share of assets with filed facts that have a value, by year; an item of that market may be
    named too. Without it a plug-in is looked at and not run.
    """
    from active_edge.factors import FACTORS

    names = [name] if name else sorted({*FACTORS, *FACTORS.names()})
    coverage: dict[str, dict[int, float]] = {}
    market = None
    if data:
        from active_edge.choice import choose_market
        from active_edge.factors.coverage import factor_coverage

        market = choose_market(data)
        with progress_bar(quiet=as_json) as progress:
            coverage = factor_coverage(market, names, progress=progress)
    described = [_described(key, market, coverage.get(key)) for key in names]
    if as_json:
        print_json(described)
    elif name:
        click.echo(f"{name}\n\n{described[0]['doc']}\n")
        keys = [key for key in ("unit", "good", "family", "needs", "source", "plugin") if key in described[0]]
        print_table(("", ""), [(key, str(described[0][key])) for key in keys])
        _print_coverage(coverage)
    else:
        columns = ("name", "unit", "good", "family", "needs")
        print_table(("factor", *columns[1:]), [tuple(str(row[column]) for column in columns) for row in described])
        _print_coverage(coverage)


@click.command("screen")
@click.argument("screen", type=YamlFile("screens"))
@on_option
@data_option
@json_option
@with_plugins()
def screen_command(screen: Path, on: str, data: str | None, as_json: bool) -> None:
    """Who passes SCREEN on a date, best first, with every factor, sector and data age, and each rule's coverage."""
    from active_edge.choice import choose_market
    from active_edge.cli.loading import load_for
    from active_edge.evaluation import evaluate, on_session
    from active_edge.panel import Panel
    from active_edge.screen import load_screen

    loaded = load_for(data, partial(load_screen, screen))
    with progress_bar(quiet=as_json) as progress:
        market = choose_market(data, progress=progress)
        evaluation = evaluate(loaded, Panel(market, on_session(market, on)))
    frame = evaluation.members_frame(0)
    coverage = evaluation.coverage().iloc[0].to_dict()
    annual = evaluation.annual_share().iloc[0].to_dict()
    candidates = int(evaluation.universe.mask[0].sum())
    day = evaluation.panel.dates[0]
    if as_json:
        print_json(
            {
                "screen": loaded.name,
                "on": day,
                "snapshot": market.snapshot,
                "simulated": market.simulated,
                "candidates": candidates,
                "coverage": coverage,
                "annual_figures": annual,
                "members": frame.to_dict(orient="records"),
            }
        )
        return
    _stamp(market)
    print_table(tuple(frame.columns), frame.to_numpy(dtype=object).tolist())
    click.echo(f"{len(frame):,} of {candidates:,} candidates pass {loaded.name} on {day.date()}.")
    for rule, share in coverage.items():
        yearly = annual.get(rule, 0.0)
        told = f", {percent(yearly)} of them made from 12-month figures alone" if yearly > 0 else ""
        click.echo(f"  {rule}: {percent(share)} of candidates have a value{told}")


@click.command("explain")
@click.argument("screen", type=YamlFile("screens"))
@click.argument("tickers", nargs=-1, required=True, metavar="TICKER...")
@on_option
@data_option
@json_option
@with_plugins()
def explain_command(screen: Path, tickers: tuple[str, ...], on: str, data: str | None, as_json: bool) -> None:
    """Why each TICKER passes or fails SCREEN on a date: every rule, its value, bound, by how much, and the data's age.

    A ticker may be written in any case and spelling: BRK.B, brk-b, BRK/B. With --json one ticker prints an object,
    several a list of them.
    """
    from active_edge.choice import choose_market
    from active_edge.cli.loading import load_for
    from active_edge.evaluation import evaluate, on_session
    from active_edge.panel import Panel
    from active_edge.screen import load_screen

    loaded = load_for(data, partial(load_screen, screen))
    with progress_bar(quiet=as_json) as progress:
        market = choose_market(data, progress=progress)
        panel = Panel(market, on_session(market, on))
        columns = _columns_of(market, tickers, panel.dates[0])
        evaluation = evaluate(loaded, panel)
    names = [str(market.securities["ticker"].iloc[column]) for column in columns]
    frames = [evaluation.explain_frame(0, column) for column in columns]
    if as_json:
        explained = [
            {"screen": loaded.name, "ticker": name, "on": on, "rules": frame.to_dict("records")}
            for name, frame in zip(names, frames, strict=True)
        ]
        print_json(explained[0] if len(explained) == 1 else explained)
        return
    _stamp(market)
    for name, frame in zip(names, frames, strict=True):
        print_table(tuple(frame.columns), frame.to_numpy(dtype=object).tolist(), title=name if len(names) > 1 else "")
        failed = frame.loc[~frame["passed"].astype(bool), "rule"].tolist()
        click.echo(f"{name} {'fails: ' + ', '.join(failed) if failed else 'passes every rule'}.")


def _columns_of(market: Market, tickers: Sequence[str], day: pd.Timestamp) -> list[int]:
    """Columns of the tickers on a day; every ticker nobody has is told at once."""
    from active_edge.errors import MissingInput

    columns: list[int] = []
    problems: list[str] = []
    for ticker in tickers:
        try:
            columns.append(market.asset_of(ticker, day))
        except MissingInput as error:
            problems.append(str(error))
    if problems:
        raise MissingInput("\n".join(problems))
    return columns


def _described(name: str, market: Market | None, coverage: dict[int, float] | None) -> dict[str, Any]:
    from active_edge.factors import definition_of
    from active_edge.factors.own import OwnFactor

    factor = definition_of(name, market)
    needs = ", ".join(" or ".join(need) if isinstance(need, tuple) else need for need in factor.needs) or "prices"
    row = {"name": name, "unit": factor.unit, "good": factor.good, "family": factor.family}
    row |= {"needs": needs, "source": factor.source, "doc": factor.doc}
    if isinstance(factor, OwnFactor):
        if factor.recorded:
            row["needs"] = "recorded when computed" if market is None else ", ".join(factor.read_in(market)) or "prices"
        row["plugin"] = factor.plugin.file
    return row if coverage is None else row | {"coverage": coverage}


def _print_coverage(coverage: dict[str, dict[int, float]]) -> None:
    if coverage:
        years = sorted({year for shares in coverage.values() for year in shares})
        rows = [(name, *(percent(shares.get(year)) for year in years)) for name, shares in coverage.items()]
        print_table(("coverage", *map(str, years)), rows)


def _stamp(market: Any) -> None:
    if market.simulated:
        click.echo("SIMULATED market: these names never existed.")
    if market.spacing != "daily":
        click.echo(f"Prices are {market.spacing}: names can be screened, but no strategy can be traded on them.")
