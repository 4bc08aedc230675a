"""Commands that look at a screen on a date: screen, explain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from itertools import pairwise
from math import isinf
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from active_edge.cli.options import Day, YamlFile, data_option, factor_hint, json_option, on_option, since_option
from active_edge.cli.output import echo, print_json, print_table, print_text, printed_width, progress_bar, tell_look
from active_edge.cli.plugins import with_plugins
from active_edge.cli.tables import Column
from active_edge.printable import sheet_csv
from active_edge.words import DASH, INFINITE, exact, number, percent

if TYPE_CHECKING:
    import pandas as pd

    from active_edge.evaluation import Evaluation
    from active_edge.market import Market

SHORT = ("ticker", "name", "sector", "rank", "score")
"""Columns of a screen's members where they are to fit a terminal."""
WHOLE = 1e15
"""Below this a float without decimals is written as the whole number it is."""


@click.command("screen")
@click.argument("screen", type=YamlFile("screens"))
@click.option("--on", "on", type=Day(), metavar="DATE", help="Decision date, such as 2016-06-30.")
@since_option
@data_option
@click.option("--columns", metavar="NAME,NAME...", help="Columns to print: of the members, or any factor; or all.")
@click.option("--top", type=click.IntRange(1), metavar="N", help="Print the best N members only.")
@click.option("--csv", "as_csv", is_flag=True, help="Print the members as CSV with full values, and nothing else.")
@json_option
@with_plugins()
def screen_command(
    screen: Path,
    on: str | None,
    since: str | None,
    data: str | None,
    columns: str | None,
    top: int | None,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Who passes SCREEN on a date, best first, what each rule removes, and who fails by one rule alone.

    A terminal shows ticker, name, sector, rank and score, folded to its width; redirected output, --csv and --json have
    every factor, sector and data age with full values. Where nobody passes, why is told.
    """
    from active_edge.errors import ConfigError

    if as_csv and as_json:
        raise ConfigError("--csv and --json exclude each other; leave one out")
    if on is None and since is None:
        raise click.UsageError("give --on DATE, or --since DATE for what changed since then")
    if since is not None:
        _changes(_evaluated(screen, (since, on), data, quiet=as_json or as_csv), as_csv=as_csv, as_json=as_json)
        return
    evaluation = _evaluated(screen, (on,), data, quiet=as_json or as_csv)
    frame = evaluation.members_frame(0)
    members = _chosen(evaluation, frame if top is None else frame.head(top), columns)
    if as_csv:
        echo(sheet_csv(members), nl=False)
    elif as_json:
        print_json(_as_json(evaluation, members))
    else:
        _print_screen(evaluation, members, len(frame))


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
    from active_edge.explaining.names import explain_name

    evaluation = _evaluated(screen, (on,), data, quiet=as_json)
    market = evaluation.panel.market
    columns = _columns_of(market, tickers, evaluation.panel.dates[0])
    names = [str(market.securities["ticker"].iloc[column]) for column in columns]
    frames = [explain_name(evaluation, 0, column) for column in columns]
    if as_json:
        explained = [
            {"screen": evaluation.screen.name, "ticker": name, "on": on, "rules": frame.to_dict("records")}
            for name, frame in zip(names, frames, strict=True)
        ]
        print_json(explained[0] if len(explained) == 1 else explained)
        return
    _stamp(market)
    for name, frame in zip(names, frames, strict=True):
        _print_name(name, frame, titled=len(names) > 1)


def _evaluated(screen: Path, days: Sequence[str | None], data: str | None, *, quiet: bool) -> Evaluation:
    """A screen on the sessions of some days, earlier ones first; None is the market's last."""
    from active_edge.choice import choose_market
    from active_edge.cli.loading import load_for
    from active_edge.errors import ConfigError
    from active_edge.evaluation import evaluate, on_session
    from active_edge.panel import Panel
    from active_edge.screen import load_screen

    loaded = load_for(data, partial(load_screen, screen))
    with progress_bar(quiet=quiet) as progress:
        market = choose_market(data, progress=progress)
        tell_look(market)
        dates = [on_session(market, market.sessions[-1] if day is None else day) for day in days]
        if any(later[0] <= earlier[0] for earlier, later in pairwise(dates)):
            first, last = dates[0][0].date(), dates[-1][0].date()
            raise ConfigError(f"--since {first}: is not before {last}, the session of --on; nothing lies between them")
        return evaluate(loaded, Panel(market, dates[0].append(dates[1:])))


def _chosen(evaluation: Evaluation, members: pd.DataFrame, columns: str | None) -> pd.DataFrame:
    """Members with the columns asked for, further factors among them; all there are by default."""
    from active_edge.errors import ConfigError, MissingInput
    from active_edge.factors import definition_of
    from active_edge.factors.abbreviations import unknown_factor

    names = [name.strip() for name in (columns or "all").split(",") if name.strip()]
    if names in ([], ["all"]):
        return members
    market = evaluation.panel.market
    rows = market.assets.get_indexer(members["asset"])
    made = {}
    for name in names:
        if name in members:
            made[name] = members[name].to_numpy()
            continue
        try:
            made[name] = definition_of(name, market).compute(evaluation.panel)[0, rows]
        except MissingInput:
            raise ConfigError(f"--columns: {unknown_factor(name, also=members.columns)}") from None
    return type(members)(made)


def _changes(evaluation: Evaluation, *, as_csv: bool, as_json: bool) -> None:
    """Print who entered a screen between two dates and who left it."""
    import pandas as pd

    from active_edge.explaining.changes import member_changes

    market, dates = evaluation.panel.market, evaluation.panel.dates
    found = member_changes(evaluation)
    if as_json:
        told = {"screen": evaluation.screen.name, "since": dates[0], "on": dates[1]}
        print_json(told | {"snapshot": market.snapshot, "simulated": market.simulated, "changes": found})
        return
    names = [(name, rule) for name in found for rule in name.rules]
    if as_csv:
        keys = ("change", "asset", "ticker", "name")
        lines = [{key: getattr(name, key) for key in keys} | asdict(rule) for name, rule in names]
        echo(sheet_csv(pd.DataFrame(lines)), nl=False)
        return
    _stamp(market)
    for change in ("entered", "left"):
        moved = [(name, rule) for name, rule in names if name.change == change]
        count = sum(name.change == change for name in found)
        print_text(f"{count:,} {change} {evaluation.screen.name} from {dates[0].date()} to {dates[1].date()}.")
        if moved:
            rows = [(name.ticker, _condition(rule), rule.before, rule.after, rule.by) for name, rule in moved]
            print_table((Column(change, "keep"), "rule", "then", "now", "by"), rows)


def _as_json(evaluation: Evaluation, members: pd.DataFrame) -> dict[str, Any]:
    from active_edge.explaining.funnel import funnel, near_misses
    from active_edge.explaining.reasons import reasons, valueless

    market, size = evaluation.panel.market, evaluation.universe.size
    return {
        "screen": evaluation.screen.name,
        "on": evaluation.panel.dates[0],
        "snapshot": market.snapshot,
        "simulated": market.simulated,
        "candidates": int(evaluation.universe.mask[0].sum()),
        "universe": None if size is None else {"rule": size.rule, "said": size.said(0)},
        "coverage": evaluation.coverage().iloc[0].to_dict(),
        "annual_figures": evaluation.annual_share().iloc[0].to_dict(),
        "members": [_meaning(evaluation, row) for row in members.to_dict(orient="records")],
        "funnel": funnel(evaluation),
        "near_misses": near_misses(evaluation),
        "reasons": reasons(evaluation),
        "valueless": valueless(evaluation),
    }


def _meaning(evaluation: Evaluation, row: dict[str, Any]) -> dict[str, Any]:
    """A member as JSON: what its infinite values mean stands beside them, for JSON has no such number."""
    said = {name: words for name, value in row.items() if (words := _infinite(evaluation, name, value))}
    return row | ({"infinite": said} if said else {})


def _print_screen(evaluation: Evaluation, members: pd.DataFrame, selected: int) -> None:
    from active_edge.explaining.reasons import reasons, valueless

    market, day = evaluation.panel.market, evaluation.panel.dates[0].date()
    candidates = int(evaluation.universe.mask[0].sum())
    _stamp(market)
    if len(members):
        _print_members(evaluation, members)
    more = f" The best {len(members):,} are shown." if len(members) < selected else ""
    print_text(f"{selected:,} of {candidates:,} candidates pass {evaluation.screen.name} on {day}.{more}")
    if evaluation.universe.size is not None:
        print_text(f"  {evaluation.universe.size.said(0)}.", indent="    ")
    why = reasons(evaluation)
    for sentence in why:
        print_text(f"  {sentence}{'' if sentence.endswith('?') else '.'}", indent="    ")
    for name, said in valueless(evaluation).items():
        if not any(sentence.startswith(f"{name}: ") for sentence in why):
            print_text(f"  {name}: {said}.", indent="    ")
    for name, share in evaluation.annual_share().iloc[0].items():
        if share > 0:
            print_text(f"  {name}: {percent(share)} of the values are made from 12-month figures alone.", indent="    ")
    _print_funnel(evaluation)


def _print_members(evaluation: Evaluation, members: pd.DataFrame) -> None:
    """The members: a few columns rounded where a width is given, else all as they are."""
    if printed_width() is None:
        rows = [
            tuple(_whole(evaluation, name, value) for name, value in zip(members.columns, row, strict=True))
            for row in members.to_numpy(dtype=object)
        ]
        print_table([Column(name, "keep") for name in members.columns], rows)
        return
    everything = list(members.columns[:2]) == ["asset", "ticker"]
    shown = members[list(SHORT)] if everything and set(SHORT) <= set(members.columns) else members
    ranked = bool(evaluation.screen.rank)
    shown = shown if ranked else shown.drop(columns=["rank", "score"], errors="ignore")
    rows = [
        tuple(_short(evaluation, name, value) for name, value in zip(shown.columns, row, strict=True))
        for row in shown.to_numpy(dtype=object)
    ]
    print_table([Column(name, "cut" if name == "name" else "keep") for name in shown.columns], rows)


def _short(evaluation: Evaluation, column: str, value: Any) -> str:
    """A member's value rounded for reading."""
    if isinstance(value, str):
        return value
    return number(value, 3) if column == "score" else _infinite(evaluation, column, value) or exact(value)


def _whole(evaluation: Evaluation, column: str, value: Any) -> str:
    """A member's value with every digit it has; a dash where there is none."""
    if value is None or value != value:
        return DASH
    whole = isinstance(value, float) and value.is_integer() and abs(value) < WHOLE
    return _infinite(evaluation, column, value) or (str(int(value)) if whole else str(value))


def _infinite(evaluation: Evaluation, column: str, value: Any) -> str:
    """What an infinite value of a column means; empty for any other value."""
    if not (isinstance(value, float) and isinf(value)):
        return ""
    factor = evaluation.definitions.get(column)
    return (factor.infinite if factor is not None else "") or INFINITE


def _print_funnel(evaluation: Evaluation) -> None:
    from active_edge.explaining.funnel import funnel, near_misses

    rows = [
        (
            _condition(step),
            number(step.alone, 0),
            number(step.in_order, 0),
            number(step.without_value, 0) if step.without_value else "",
            number(step.left, 0),
            percent(step.known, 0),
        )
        for step in funnel(evaluation).itertuples()
    ]
    echo("")
    print_table(("rule", "alone", "in order", "no value", "left", "known"), rows)
    print_text(
        "alone: whom a rule by itself removes, of listed names or, below the universe, of candidates; in order: of "
        "those left by the rules above it; no value: those of them without one; known: share with a value."
    )
    near = near_misses(evaluation)
    if len(near):
        echo("")
        misses = [
            (miss.ticker, _condition(miss), miss.said, exact(miss.short_by, digits=4)) for miss in near.itertuples()
        ]
        print_table(("near miss", "fails this rule alone", "value", "short by"), misses)


def _condition(step: Any) -> str:
    """Rule and bound in one; what ranks, and how many it selects, said so."""
    rule = {"rank": f"rank by {step.rule}", "select": "select rank"}.get(step.part, step.rule)
    return f"{rule}{' ' if step.bound.startswith(('>', '<')) else ': '}{step.bound}"


def _print_name(name: str, frame: pd.DataFrame, *, titled: bool) -> None:
    rows = [
        (
            _condition(row),
            "not in market" if row.absent else row.said,
            "yes" if row.passed else "no",
            "" if row.short_by == 0.0 else exact(row.short_by, digits=4),
            "" if row.data_age_days != row.data_age_days else number(row.data_age_days, 0),
        )
        for row in frame.itertuples()
    ]
    print_table(("rule", "value", "passes", "short by", "age, days"), rows, title=name if titled else "")
    for row in frame.loc[frame["absent"] != ""].itertuples():
        print_text(f"{row.rule}: {row.absent}, so it is missing for every name.", indent="  ")
    failed = frame.loc[~frame["passed"].astype(bool), "rule"].tolist()
    print_text(f"{name} {'fails: ' + ', '.join(failed) if failed else 'passes every rule'}.", indent="  ")


def _columns_of(market: Market, tickers: Sequence[str], day: pd.Timestamp) -> list[int]:
    """Columns of the tickers on a day; every ticker nobody has is told at once."""
    from active_edge.errors import MissingInput

    columns: list[int] = []
    problems: list[str] = []
    for ticker in tickers:
        try:
            columns.append(market.asset_of(ticker, day))
        except MissingInput as error:
            said = factor_hint(ticker)
            problems.append(f"{error}{f'; {said}' if said else ''}")
    if problems:
        raise MissingInput("\n".join(problems))
    return columns


def _stamp(market: Any) -> None:
    if market.simulated:
        echo("SIMULATED market: these names never existed.")
    if market.spacing != "daily":
        print_text(f"Prices are {market.spacing}: names can be screened, but no strategy can be traded on them.")
