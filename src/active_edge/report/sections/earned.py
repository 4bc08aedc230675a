"""Who earned it: the names and sectors that made and lost most, those that are gone included."""

from __future__ import annotations

from active_edge.report.blocks import Beside, Block, Cell, Column, Prose, Section, Table
from active_edge.report.run_page import RunPage
from active_edge.robustness_stats import EarnedStats
from active_edge.words import count, plain, signed


def earned_section(page: RunPage) -> Section | None:
    """Contributors and detractors by name and sector; None where they are not known."""
    found = page.stats.contributions
    if found is None:
        return None
    left = (
        f" Those that left the market while held, the dead among them, made {signed(found.left_market)}."
        if found.left_market
        else ""
    )
    words = Prose(
        f"{count(found.names, 'name')} were ever held; together they made {signed(found.total)} of the capital at the "
        f"start, costs paid.{left}{_beside_total(page, found.total)}",
        role="meaning",
    )
    sectors = sorted(found.sectors.items(), key=lambda one: -one[1])
    by_sector = Table(
        "Earned by sector",
        (Column("Sector", numeric=False), Column("Earned, of the capital at the start")),
        tuple((plain(name), signed(value)) for name, value in sectors),
        note="By the sector of each name when it was last decided to hold it.",
    )
    lists: tuple[Block, ...] = (
        Beside((_names("Earned most", found.best), _names("Lost most", found.worst))),
        by_sector,
    )
    return Section("earned", "Who earned it", "Is it one lucky name, or many?", (words, *lists))


def _beside_total(page: RunPage, earned: float) -> str:
    """Why what all names earned is not the total return; nothing where the two read the same."""
    total = page.stats.total_return
    if total is None or signed(total) == signed(earned):
        return ""
    return (
        f" The total return, {signed(total)}, begins at the close of the session of the first purchase: what that "
        "purchase cost and gained until then is in these numbers and not in it."
    )


def _names(caption: str, names: tuple[EarnedStats, ...]) -> Table:
    rows = tuple(
        (
            Cell(one.ticker, detail=one.name),
            signed(one.earned),
            Cell(f"{one.first} – {one.last}", detail=f"left the market {one.left}" if one.left else ""),
        )
        for one in names
    )
    columns = (
        Column("Name", numeric=False, wrap=True),
        Column("Earned"),
        Column("First and last day held", numeric=False, secondary=True),
    )
    return Table(caption, columns, rows, note="Of the capital at the start, net of its own costs.")
