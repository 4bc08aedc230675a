"""What the answer rests on: coverage, warnings, claims, the exact configuration, the command."""

from __future__ import annotations

import pandas as pd

from active_edge.report import charts
from active_edge.report.blocks import Absent, Block, Cell, Chart, Column, Key, Listing, Prose, Section, Table
from active_edge.report.document import market_kind
from active_edge.report.run_page import RunPage
from active_edge.report.sections.portfolio import exits_table
from active_edge.run_record import LedgerRecord
from active_edge.words import DASH, count, number, percent, plain, usd


def coverage_section(page: RunPage) -> Section:
    """Who could be chosen, how many candidates each rule could judge, by date, and who left the market."""
    blocks: list[Block] = []
    if page.coverage is not None and not page.coverage.empty:
        rules = [str(rule) for rule in page.coverage.columns]
        blocks.append(
            Chart(
                name="coverage",
                title="Share of candidates each rule could judge",
                summary="; ".join(
                    f"{plain(rule)} {percent(page.coverage[rule].iloc[-1], 0)} at the end" for rule in rules
                ),
                figure=charts.coverage_figure(page.coverage),
                keys=(Key("none", "cone", "area"), Key("all", "net", "area")),
                height=70 + 34 * len(rules),
            )
        )
    shares = page.stats.coverage
    if shares:
        annual, since = page.stats.annual_figures, _known_from(page.coverage)
        rows = tuple(
            (
                plain(rule),
                percent(share, 0),
                *((percent(annual.get(rule, 0.0), 0),) if annual else ()),
                *((since.get(rule, DASH),) if since else ()),
            )
            for rule, share in shares.items()
        )
        columns = (
            Column("Rule", numeric=False),
            Column("Candidates with a value"),
            *((Column("of them from 12-month figures alone"),) if annual else ()),
            *((Column("Known from"),) if since else ()),
        )
        blocks.append(Table("Coverage over the whole run", columns, rows))
    if not blocks:
        blocks.append(Absent("No rule of this screen needs company data, so there is no coverage to show."))
    else:
        blocks.append(
            Prose(
                "A rule that sees few companies selects those that report, not those that are good. "
                "Below about half, read the result as one about disclosure.",
                role="meaning",
            )
        )
    blocks[:0] = universe_blocks(page)
    blocks.append(exits_table(page))
    return Section(
        "coverage", "Coverage and exits", "How much could the rules see, and who disappeared?", tuple(blocks)
    )


def _known_from(coverage: pd.DataFrame | None) -> dict[str, str]:
    """Rule → first decision at which a candidate had a value; empty where every rule had one from the first on."""
    if coverage is None or coverage.empty or bool((coverage.iloc[0] > 0).all()):
        return {}
    known = coverage > 0
    return {str(rule): f"{known[rule].idxmax():%Y-%m-%d}" if known[rule].any() else "never" for rule in known}


def universe_blocks(page: RunPage) -> list[Block]:
    """The rule of size with what it comes to in dollars, and what told the sectors."""
    universe = page.stats.universe
    if universe is None:
        return []
    blocks: list[Block] = []
    if universe.rule:
        room = "" if universe.places is None else f", of {number(universe.places, 0)} places"
        absent = "not reached" if universe.rule.startswith("ranks ") else DASH
        columns = (
            Column("Date", numeric=False),
            Column("Companies on the market"),
            Column(f"Names in the universe{room}"),
            Column("Largest market value"),
            Column("Smallest market value"),
        )
        rows = tuple(
            (
                day.date,
                number(day.companies, 0),
                number(day.names, 0),
                absent if day.largest_usd is None else usd(day.largest_usd),
                absent if day.smallest_usd is None else usd(day.smallest_usd),
            )
            for day in universe.days
        )
        blocks.append(Table(f"Who could be chosen: {universe.rule}", columns, rows))
    if universe.sectors:
        blocks.append(Prose(f"Sectors: {universe.sectors}.", role="meaning"))
    return blocks


def claims_section(page: RunPage) -> Section | None:
    """The thesis claim by claim; None where this run tests no claim."""
    if not page.claims:
        return None
    columns = (
        Column("Claim", numeric=False, wrap=True),
        Column("Verdict", numeric=False),
        Column("Evidence", numeric=False, wrap=True),
    )
    rows = tuple((claim.claim, Cell(claim.verdict, verdict=claim.verdict), claim.evidence) for claim in page.claims)
    table = Table("Claims tested by this run", columns, rows)
    return Section("claims", "Claim by claim", "Which parts of the story hold?", (table,))


def _ledger(told: LedgerRecord) -> list[tuple[str, str]]:
    return [("Ledger", f"{told.file}: {count(told.now, 'trial')} on this kind of market")] if told.file else []


def reproduce_section(page: RunPage) -> Section:
    """The command, what it ran on, and the whole configuration."""
    stats, record = page.stats, page.record
    facts = [
        ("Strategy", stats.strategy),
        ("Screen", stats.screen or "–"),
        ("Period", f"{stats.start} to {stats.end}"),
        (f"{page.period.capitalize()}s", number(stats.sessions, 0)),
        ("Market snapshot", stats.snapshot),
        ("Market", market_kind(simulated=stats.simulated, planted=stats.planted)),
        ("Seed", "none used" if record.seed is None else str(record.seed)),
        *([] if record.ledger is None else _ledger(record.ledger)),
        *([("Made", record.created)] if record.created else []),
        *((name, version) for name, version in record.versions.items()),
    ]
    columns = (Column("What", numeric=False), Column("Value", numeric=False))
    blocks: tuple[Block, ...] = (
        Listing("Make this run again", page.command),
        Table("What it ran on", columns, tuple(facts)),
        Listing(
            "The whole configuration, every default spelled out",
            record.configuration_text(),
            folded=True,
        ),
    )
    return Section("reproduce", "Configuration and how to reproduce", "Can I get the same numbers?", blocks)
