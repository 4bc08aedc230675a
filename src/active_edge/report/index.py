"""The list of every run, newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from active_edge.report.blocks import Absent, Block, Cell, Column, Prose, Section, Table
from active_edge.report.data_doubts import doubts_section
from active_edge.report.document import STAMP, STAMP_OF_SOME, market_kind, render, stamped
from active_edge.report.drawn import reach_cells
from active_edge.report.run_page import IndexEntry
from active_edge.stats import Stats
from active_edge.verdicts import Word
from active_edge.words import count, interval, listed, number, percent, plain, signed, years

INDEX_PAGE = "index.html"
"""What the list is called, in the results folder."""
TRADED = (
    Column("Deepest fall", secondary=True),
    Column("Turnover", secondary=True),
    Column("Cost drag", secondary=True),
    Column("Trials"),
)
"""What trading cost and how often was tried, in every list of runs."""
MARKET = Column("Market", numeric=False, chosen=True)
GOOD_EDGE = 0.04
"""The edge a year that a verdict asks to have been visible; hardly any fund has one."""


def render_index(
    entries: Sequence[IndexEntry],
    older: Sequence[str] = (),
    damaged: Mapping[str, str] | None = None,
    *,
    real: Sequence[Mapping[str, Any]] = (),
    real_page: str = "",
    others: Mapping[str, str] | None = None,
) -> str:
    """The page that lists `entries`, newest first, each linked to its own page.

    Parameters
    ----------
    older, damaged : folders that are not listed: those of older programs, and those that cannot be read, with why.
    others : address -> title of every other page of the folder: comparisons, sweeps, evidence, the article.
    real : what real returns say, a line a finding, as its page `real_page` stores them.
    """
    newest_first = sorted(entries, key=lambda entry: (entry.created, entry.run), reverse=True)
    simulated = [entry.simulated for entry in entries]
    return render(
        "list.html.j2",
        sections=(
            *_real_section(real, real_page),
            *_planted_section(newest_first),
            Section("runs", "Runs", "What has been tried, and what came of it?", (_table(newest_first),)),
            *_others_section(others or {}),
            *_damaged_section(damaged or {}),
            *doubts_section((entry.strategy, entry.doubts) for entry in newest_first),
        ),
        title="All runs",
        simulated=any(simulated),
        stamp=STAMP if all(simulated) and not real else STAMP_OF_SOME,
        summary=_summary(entries) + _left_out(older),
    )


def _real_section(lines: Sequence[Mapping[str, Any]], page: str) -> tuple[Section, ...]:
    known = [line for line in lines if line.get("estimate_annual") is not None]
    if not known:
        return ()
    columns = (
        Column("Claim", numeric=False, wrap=True),
        Column("Verdict", numeric=False),
        Column("A year"),
        Column("95 % interval"),
        Column("", numeric=False, secondary=True),
        Column("Months", numeric=False),
    )
    pictures = reach_cells((*line["interval"][:1], line["estimate_annual"], *line["interval"][1:]) for line in known)
    rows = tuple(
        (
            line["claim"],
            Cell(line["verdict"], verdict=line["verdict"]),
            signed(line["estimate_annual"]),
            interval(*line["interval"]),
            picture,
            Cell(number(line["n"], 0), detail=f"{line['start'][:7]} to {line['end'][:7]}"),
        )
        for line, picture in zip(known, pictures, strict=True)
    )
    note = (
        f"REAL returns, from {listed(list(dict.fromkeys(line['source'] for line in known)))}. Each is charged for all "
        f"{count(known[0]['trials'], 'test')}."
    )
    tables = Table("Small companies in returns that happened", columns, rows, note=note)
    more = Table("", (Column("", numeric=False),), ((Cell("The whole page, with sources and reasons", href=page),),))
    return (Section("real", "What real returns say", "Was there anything to be had at all?", (tables, more)),)


def planted_sentences(entry: IndexEntry) -> tuple[str, ...]:
    """What a run on a market with an edge planted in it shows, and how long a real edge would have to be waited for."""
    found = f"{signed(entry.alpha_annual)} a year over {entry.benchmark} ({interval(entry.lower, entry.upper)})"
    shown = "So the test can say yes" if entry.verdict == Word.SUPPORTED else "The test did not say yes here"
    told = (
        f"{plain(entry.strategy).capitalize()} is a control. Planted in its market: {entry.planted}, absurdly much, so "
        f"that {years(entry.years, 1)} can see it. Verdict: {entry.verdict}, {found}. {shown}; it is no trial, and "
        "answers nothing of the article."
    )
    if not entry.visible:
        return (told,)
    wait = entry.years * (entry.visible / GOOD_EDGE) ** 2
    return (
        told,
        f"A real edge of {percent(GOOD_EDGE, 0)} a year, which would be a good one, would need {years(wait)} like "
        "these to be seen four times in five.",
    )


def _planted_section(entries: Sequence[IndexEntry]) -> tuple[Section, ...]:
    planted = [entry for entry in entries if entry.planted]
    if not planted:
        return ()
    newest = planted[0]
    link = Table("", (Column("", numeric=False),), ((Cell("Its whole page", href=newest.href),),))
    blocks = (Prose(" ".join(planted_sentences(newest))), link)
    return (Section("planted", "Where an edge was planted", "Can this test say yes at all?", blocks),)


def _others_section(others: Mapping[str, str]) -> tuple[Section, ...]:
    if not others:
        return ()
    rows = tuple((Cell(title, href=address), address) for address, title in sorted(others.items()))
    columns = (Column("Page", numeric=False, wrap=True), Column("Where", numeric=False, secondary=True))
    return (Section("others", "Other pages", "What else lies here?", (Table("", columns, rows),)),)


def _damaged_section(damaged: Mapping[str, str]) -> tuple[Section, ...]:
    if not damaged:
        return ()
    columns = (Column("Folder", numeric=False), Column("What is wrong", numeric=False))
    table = Table("Not listed, and left as they are", columns, tuple(damaged.items()))
    return (Section("damaged", "Damaged runs", "What could not be read?", (table,)),)


def _left_out(older: Sequence[str]) -> str:
    if not older:
        return ""
    named = f"{', '.join(older[:3])}{' …' if len(older) > 3 else ''}"
    return (
        f" Not listed: {count(len(older), 'run')} of an older program ({named}), whose p-values are of another "
        "kind; make each again with active-edge rerun and the name of its folder."
    )


def _summary(entries: Sequence[IndexEntry]) -> str:
    if not entries:
        return "Nothing has been run yet."
    controls = sum(bool(entry.planted) for entry in entries)
    entries = [entry for entry in entries if not entry.planted]
    if not entries:
        return f"Nothing has been run but {count(controls, 'run')} where an edge was planted, which answers nothing."
    beside = f" Beside them {count(controls, 'run')} where an edge was planted, which answers nothing." * bool(controls)
    verdicts = [entry.verdict for entry in entries]
    counted = ", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in dict.fromkeys(verdicts))
    trials = max(entry.trials for entry in entries)
    return f"{count(len(entries), 'run')}: {counted}. {count(trials, 'trial')} in the ledger.{beside}"


def _table(entries: Sequence[IndexEntry]) -> Block:
    if not entries:
        return Absent("Run backtests/active_edge.py and its runs will be listed here.")
    columns = (
        Column("Strategy", numeric=False),
        Column("Verdict", numeric=False, chosen=True),
        Column("Edge a year"),
        Column("", numeric=False, secondary=True),
        Column("Return a year", secondary=True),
        *TRADED,
        Column("Period", numeric=False),
        MARKET,
        Column("Made", numeric=False),
    )
    pictures = reach_cells((entry.lower, entry.alpha_annual, entry.upper) for entry in entries)
    rows = tuple(_row(entry, picture) for entry, picture in zip(entries, pictures, strict=True))
    note = (
        "Click a head to sort. Under the market: its snapshot. Edge: alpha a year after costs, with its 95 % interval; "
        "under it those on other benchmarks and on the factors. Trials: the ledger’s count when the run was judged."
    )
    return Table("Every run, newest first", columns, rows, note=note, pinned=True, found=True)


def traded_cells(run: IndexEntry | Stats) -> tuple[str, ...]:
    """The cells of `TRADED`."""
    return (
        percent(run.max_drawdown),
        percent(run.turnover_annual, 0),
        percent(run.cost_drag_annual, 2),
        number(run.trials, 0),
    )


def market_cell(run: IndexEntry | Stats) -> Cell:
    """The kind of market a run was made on, and its snapshot."""
    return Cell(market_kind(simulated=run.simulated, planted=run.planted), detail=run.snapshot)


def _row(entry: IndexEntry, picture: Cell) -> tuple[Cell | str, ...]:
    day, _, time = entry.created[:16].partition("T")
    return (
        Cell(entry.strategy, href=entry.href, stamp=stamped(simulated=entry.simulated, planted=entry.planted)),
        Cell(entry.verdict, verdict=entry.verdict),
        Cell(signed(entry.alpha_annual), detail="\n".join(_edges(entry))),
        picture,
        signed(entry.annual_return),
        *traded_cells(entry),
        Cell(entry.start, detail=f"to {entry.end}"),
        market_cell(entry),
        Cell(day, detail=time),
    )


def _edges(entry: IndexEntry) -> list[str]:
    """A line each: the interval of the edge, and what else the run was tested against."""
    over = f"over {entry.benchmark}" if entry.benchmark else ""
    first = " ".join(filter(None, (interval(entry.lower, entry.upper), over)))
    return [first, *(f"{on} {signed(alpha)} ({interval(*ends)})" for on, (alpha, *ends) in entry.others.items())]
