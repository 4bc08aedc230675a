"""Where the return beyond the index came from: which sectors and sizes were held, and which names inside them."""

from __future__ import annotations

from collections.abc import Mapping

from active_edge.report.blocks import Absent, Block, Column, Measure, Measures, Prose, Section, Table
from active_edge.report.run_page import RunPage
from active_edge.robustness_stats import EffectStats
from active_edge.words import count, percent, plain, signed

CASH = "cash"
SIZES = ("largest third", "middle third", "smallest third", "smaller than the index", CASH)
NOTE = (
    "Brinson and Fachler. Weights: mean over the decisions. Allocation: what the tilt to the group earned; selection: "
    "what its names earned beyond the index’s names of the group; interaction: both at once. A year, added up from "
    "decision to decision, not compounded. A description of what happened: no test, so no p."
)


def effects_section(page: RunPage) -> Section | None:
    """Allocation, selection and interaction over the rebuilt index; None for a run of an earlier version."""
    found = page.stats.sector_effects
    title, question = "Sectors and names", "Did the sectors earn it, or the names inside them?"
    if found is None:
        return None
    if found.why_not:
        return Section("effects", title, question, (Absent(f"Not known: {found.why_not}."),))
    groups = found.sectors.values()
    shown = (
        ("Beyond the rebuilt index", found.active_annual, "a year, after costs, at whatever market risk"),
        ("Allocation", sum(one.allocation for one in groups), "a year, from holding more of some sectors, and cash"),
        ("Selection", sum(one.selection for one in groups), "a year, from the names inside the sectors"),
        ("Interaction", sum(one.interaction for one in groups), "a year, from better names where more was held"),
        ("Trading and costs", found.trading_annual, "a year, from what was traded meanwhile, and what it cost"),
    )
    measures = Measures(tuple(Measure(label, signed(value), meaning) for label, value, meaning in shown))
    meaning = Prose(
        f"The index is the one rebuilt from this market, over {count(found.stretches, 'stretch', 'stretches')} from "
        "one decision to the next: a fund’s own holdings by day are not in the market.",
        role="meaning",
    )
    by_sector = _table("By sector", "Sector", dict(sorted(found.sectors.items(), key=lambda one: one[0] == CASH)))
    by_size = _table("By size", "Size", {name: found.sizes[name] for name in SIZES if name in found.sizes})
    blocks: tuple[Block, ...] = (measures, meaning, by_sector, by_size)
    return Section("effects", title, question, blocks)


def _table(caption: str, group: str, effects: Mapping[str, EffectStats]) -> Table:
    columns = (
        Column(group, numeric=False),
        Column("Weight"),
        Column("Index"),
        Column("Allocation"),
        Column("Selection"),
        Column("Interaction", secondary=True),
        Column("Together"),
    )
    rows = tuple(
        (
            plain(name),
            percent(one.weight),
            percent(one.index_weight),
            signed(one.allocation, 2),
            signed(one.selection, 2),
            signed(one.interaction, 2),
            signed(one.total, 2),
        )
        for name, one in effects.items()
    )
    return Table(f"{caption}: beside the rebuilt index, a year", columns, rows, note=NOTE, pinned=True)
