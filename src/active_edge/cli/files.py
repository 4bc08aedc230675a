"""Commands about YAML files and factors: check, factors, screen, explain."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from active_edge.cli.options import data_option, json_option, on_option
from active_edge.cli.output import print_json, print_table, progress_bar
from active_edge.words import percent


@click.command("check")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@json_option
def check_command(files: tuple[Path, ...], as_json: bool) -> int:
    """Validate screens, strategies and claims; needs no data.

    FILES default to every YAML file under screens/, strategies/ and claims/; a folder stands for the YAML files in it.
    All errors of all files are listed.
    """
    from active_edge.cli.loading import load_any
    from active_edge.errors import ConfigError
    from active_edge.shipped import KINDS

    named = list(files) or [Path(folder) for folder in KINDS]
    chosen = [file for path in named for file in (sorted(path.glob("*.yaml")) if path.is_dir() else [path])]
    if not files and not any(path.is_dir() for path in named):
        raise ConfigError(
            "no file given, and there is no folder screens, strategies or claims here; name the files to check, or "
            "make the folders with: active-edge init"
        )
    if not chosen:
        raise ConfigError(f"no YAML file in {', '.join(map(str, named))}; screens, strategies and claims end in .yaml")
    problems: dict[str, list[str]] = {}
    for path in chosen:
        try:
            load_any(path)
            problems[str(path)] = []
        except ConfigError as error:
            problems[str(path)] = str(error).splitlines()
    if as_json:
        print_json([{"file": file, "ok": not found, "problems": found} for file, found in problems.items()])
    else:
        for file, found in problems.items():
            click.echo("\n".join(found) if found else f"{file}: ok")
    return 1 if any(problems.values()) else 0


@click.command("factors")
@click.argument("name", required=False)
@data_option
@json_option
def factors_command(name: str | None, data: str | None, as_json: bool) -> None:
    """Every factor: unit, good direction, inputs, source; or one of them in full.

    With --data also the share of assets with filed facts that have a value, by year.
    """
    from active_edge.errors import MissingInput
    from active_edge.factors import FACTORS
    from active_edge.words import nearest

    if name is not None and name not in FACTORS:
        raise MissingInput(f"no factor is named {name!r}; {nearest(name, FACTORS)}")
    names = [name] if name else sorted(FACTORS)
    coverage: dict[str, dict[int, float]] = {}
    if data:
        from active_edge.choice import choose_market
        from active_edge.factors.coverage import factor_coverage

        with progress_bar(quiet=as_json) as progress:
            coverage = factor_coverage(choose_market(data), names, progress=progress)
    described = [_described(key, coverage.get(key)) for key in names]
    if as_json:
        print_json(described)
    elif name:
        click.echo(f"{name}\n\n{described[0]['doc']}\n")
        print_table(("", ""), [(key, str(described[0][key])) for key in ("unit", "good", "leg", "needs", "source")])
        _print_coverage(coverage)
    else:
        columns = ("factor", "unit", "good", "leg", "needs")
        print_table(columns, [tuple(str(row["name" if c == "factor" else c]) for c in columns) for row in described])
        _print_coverage(coverage)


@click.command("screen")
@click.argument("screen", type=click.Path(path_type=Path))
@on_option
@data_option
@json_option
def screen_command(screen: Path, on: str, data: str | None, as_json: bool) -> None:
    """Who passes SCREEN on a date, best first, with every factor, sector and data age, and each rule's coverage."""
    from active_edge.choice import choose_market
    from active_edge.evaluation import evaluate, on_session
    from active_edge.panel import Panel
    from active_edge.screen import load_screen

    loaded = load_screen(screen)
    with progress_bar(quiet=as_json) as progress:
        market = choose_market(data, progress=progress)
        evaluation = evaluate(loaded, Panel(market, on_session(market, on)))
    frame = evaluation.members_frame(0)
    coverage = evaluation.coverage().iloc[0].to_dict()
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
                "members": frame.to_dict(orient="records"),
            }
        )
        return
    _stamp(market)
    print_table(tuple(frame.columns), frame.to_numpy(dtype=object).tolist())
    click.echo(f"{len(frame):,} of {candidates:,} candidates pass {loaded.name} on {day.date()}.")
    for rule, share in coverage.items():
        click.echo(f"  {rule}: {percent(share)} of candidates have a value")


@click.command("explain")
@click.argument("screen", type=click.Path(path_type=Path))
@click.argument("ticker")
@on_option
@data_option
@json_option
def explain_command(screen: Path, ticker: str, on: str, data: str | None, as_json: bool) -> None:
    """Why TICKER passes or fails SCREEN on a date: every rule, its value, bound, by how much, and the data's age."""
    from active_edge.choice import choose_market
    from active_edge.screen import load_screen

    loaded = load_screen(screen)
    with progress_bar(quiet=as_json) as progress:
        market = choose_market(data, progress=progress)
        frame = loaded.explain(market, on, ticker)
    if as_json:
        print_json({"screen": loaded.name, "ticker": ticker.upper(), "on": on, "rules": frame.to_dict("records")})
        return
    _stamp(market)
    print_table(tuple(frame.columns), frame.to_numpy(dtype=object).tolist())
    failed = frame.loc[~frame["passed"].astype(bool), "rule"].tolist()
    click.echo(f"{ticker.upper()} {'fails: ' + ', '.join(failed) if failed else 'passes every rule'}.")


def _described(name: str, coverage: dict[int, float] | None) -> dict[str, Any]:
    from active_edge.factors import FACTORS

    factor = FACTORS[name]
    needs = ", ".join(" or ".join(need) if isinstance(need, tuple) else need for need in factor.needs)
    row = {"name": name, "unit": factor.unit, "good": factor.good, "family": factor.family, "needs": needs or "prices"}
    row |= {"source": factor.source, "doc": factor.doc}
    return row if coverage is None else row | {"coverage": coverage}


def _print_coverage(coverage: dict[str, dict[int, float]]) -> None:
    if coverage:
        years = sorted({year for shares in coverage.values() for year in shares})
        rows = [(name, *(percent(shares.get(year)) for year in years)) for name, shares in coverage.items()]
        print_table(("coverage", *map(str, years)), rows)


def _stamp(market: Any) -> None:
    if market.simulated:
        click.echo("SIMULATED market: these names never existed.")
