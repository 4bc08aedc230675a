"""Commands about YAML files and factors: check, factors."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from active_edge.cli.options import OneOf, data_option, json_option
from active_edge.cli.output import echo, print_json, print_table, print_text, progress_bar
from active_edge.cli.plugins import with_plugins
from active_edge.shipped import factor_names
from active_edge.words import percent

if TYPE_CHECKING:
    from active_edge.market import Market


@click.command("check")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--data", "-d", metavar="DIR", help="Market folder whose own items the files may name as factors.")
@json_option
@with_plugins(runs=lambda _: False)
def check_command(files: tuple[Path, ...], data: str | None, as_json: bool) -> int:
    """Validate screens, strategies and claims; needs no data.

    FILES default to every YAML file under screens/, strategies/ and claims/; a folder stands for the YAML files in it.
    All errors of all files are listed, and thresholds that are hardly meant (1 for a return of 1 %). A plug-in is
    looked at and not run.
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
            told = {"doubts": _doubts(loaded), "plugins": _not_run(loaded)}
            checked.append({"file": str(path), "ok": True, "problems": [], **told})
        except ConfigError as error:
            told = {"doubts": [], "plugins": []}
            checked.append({"file": str(path), "ok": False, "problems": str(error).splitlines(), **told})
    if as_json:
        print_json(checked)
    else:
        for row in checked:
            note = f"; {', '.join(row['plugins'])}, not run" if row["plugins"] else ""
            echo("\n".join(row["problems"]) or f"{row['file']}: ok{note}")
            for said in row["doubts"]:
                print_text(f"  {said}")
    return 0 if all(row["ok"] for row in checked) else 1


def _doubts(loaded: Any) -> list[str]:
    """Thresholds of the screen in a file that are allowed and hardly meant."""
    screen = getattr(loaded, "screen", loaded)
    return screen.doubts() if hasattr(screen, "require") else []


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
@click.argument("name", required=False, type=OneOf(factor_names))
@data_option
@json_option
@with_plugins(runs=lambda given: bool(given["data"]))
def factors_command(name: str | None, data: str | None, as_json: bool) -> None:
    """Every factor: unit, good direction, inputs, source; or one of them in full.

    With --data also the share of assets with filed facts that have a value, by year; an item of that market may be
    named too. Without it a plug-in is looked at and not run. An abbreviation of the trade, such as roe, P/E or
    ev_ebitda, shows the factor that is meant, or that comes nearest.
    """
    from active_edge.choice import choose_market
    from active_edge.factors import FACTORS
    from active_edge.factors.coverage import factor_coverage

    market = choose_market(data) if data else None
    note = ""
    if name:
        name, note = _meant(name, market)
    names = [name] if name else sorted({*FACTORS, *FACTORS.names()})
    coverage: dict[str, dict[int, float]] = {}
    if market is not None:
        with progress_bar(quiet=as_json) as progress:
            coverage = factor_coverage(market, names, progress=progress)
    described = [_described(key, market, coverage.get(key)) for key in names]
    if note:
        described[0]["note"] = note
    if as_json:
        print_json(described)
    elif name:
        if note:
            print_text(note)
            echo("")
        echo(f"{name}\n\n{described[0]['doc']}\n")
        keys = [key for key in ("unit", "good", "family", "needs", "source", "plugin") if key in described[0]]
        print_table(("", ""), [(key, str(described[0][key])) for key in keys])
        _print_coverage(coverage)
    else:
        columns = ("name", "unit", "good", "family", "needs")
        print_table(("factor", *columns[1:]), [tuple(str(row[column]) for column in columns) for row in described])
        _print_coverage(coverage)


def _meant(name: str, market: Market | None) -> tuple[str, str]:
    """The factor or item of a name, and what to say where it is an abbreviation of the trade."""
    from active_edge.errors import MissingInput
    from active_edge.factors import definition_of
    from active_edge.factors.abbreviations import meaning_of, said_of

    try:
        definition_of(name, market)
    except MissingInput:
        meaning = meaning_of(name)
        if meaning is None:
            raise
        return meaning.factors[0], f"{name}: {said_of(meaning)}"
    return name, ""


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
