"""The answer and the evidence for it: alpha on each benchmark, on factors, with intervals, power and trials."""

from __future__ import annotations

from collections.abc import Iterator

from active_edge.report.blocks import (
    Absent,
    Beside,
    Block,
    Column,
    Measure,
    Measures,
    Prose,
    Section,
    Table,
)
from active_edge.report.run_page import RunPage
from active_edge.report.words import SHARPE_NOTE, capture_sentence, edge_sentence, p_note, p_text, power_sentence
from active_edge.stats import BenchmarkStats, FactorStats, HeadlineStats
from active_edge.words import bps, interval, is_missing, number, number_range, percent, plain, signed, years

BENCHMARK_TEST = "benchmark_alpha"
FACTOR_TEST = "factor_alpha"
LONGEST_RECORD = 50.0
"""Years beyond which the length of a record is not told: nobody waits for it."""


def _measures(page: RunPage) -> Measures:
    """How long a record must be, and what was charged for."""
    items = list(_track_records(page.stats.headline, page.stats.on_yardstick))
    wait = page.stats.years_needed
    if not is_missing(wait):
        items.append(Measure("Years needed", number(wait, 0), "of months to tell an edge of this size from luck"))
    items.append(Measure("Trials", number(page.trials, 0), _trials_meaning(page)))
    return Measures(tuple(items))


def _trials_meaning(page: RunPage) -> str:
    """What the number of trials is of: a sweep counts by its effective number, and an earlier look by that of then."""
    meaning, told = "different things tried on this kind of market, this one included", page.record.ledger
    if told is None:
        return meaning
    if told.free is not None:
        meaning = f"different things tried on this kind of market, without this one ({told.free})"
    if told.lines > told.now:
        meaning += f"; {number(told.lines, 0)} with every variant of a sweep by itself"
    if told.now > page.trials:
        meaning += f", when it was first looked at; the ledger counts {number(told.now, 0)} by now"
    if told.restarted is not None:
        meaning += f"; runs the ledger did not know were found on {told.restarted}, so others may be missing"
    return meaning


def _track_records(found: HeadlineStats | None, measured: BenchmarkStats | None) -> Iterator[Measure]:
    if found is None or measured is None:
        return
    if found.track_record_years is not None or found.alpha_annual <= 0:
        yield Measure("Track record needed", *_track_record(found.track_record_years, measured.years))


def _track_record(needed: float | None, there: float | None) -> tuple[str, str]:
    """How long a record like this must be, and what that means."""
    if needed is None:
        return "none", "the edge measured is not above zero: no record, however long, would show one like it"
    meaning = (
        f"of months like these before an edge as steady is told from none, one-sided 95 %, were it the only one tried; "
        f"there are {years(there, 1)}"
    )
    return years(needed, 1) if needed <= LONGEST_RECORD else f"over {number(LONGEST_RECORD, 0)} years", meaning


def edge_section(page: RunPage) -> Section:
    """Alpha on every benchmark and on factors."""
    blocks: list[Block] = []
    if not page.benchmarks:
        blocks.append(Absent("No edge was measured: this run has no returns, or no benchmark to hold them against."))
    else:
        blocks.append(_measures(page))
        blocks.append(Beside(tuple(_meaning(name, numbers) for name, numbers in page.benchmarks.items())))
        blocks.append(Prose("Benchmark funds are net of their own fees; none of the strategy’s is in these numbers."))
        blocks.extend((_alpha_table(page), _active_table(page), *_sharpe_table(page)))
    blocks.extend(_factor_blocks(page))
    return Section("edge", "The edge and its uncertainty", "Did it beat the index by more than luck?", tuple(blocks))


def _meaning(name: str, numbers: BenchmarkStats) -> Prose:
    sentences = (edge_sentence(name, numbers), power_sentence(numbers), capture_sentence(name, numbers))
    return Prose(" ".join(filter(None, sentences)), role="meaning")


def _alpha_table(page: RunPage) -> Table:
    measured = page.calibration.get(BENCHMARK_TEST)
    adjusted = any(numbers.alpha_p_adjusted is not None for numbers in page.benchmarks.values())
    columns = [
        Column("Benchmark", numeric=False),
        Column("Alpha a year"),
        Column("95 % interval"),
        Column("t"),
        Column("p · trials"),
        *([Column("p adjusted for trials")] if adjusted else []),
    ]
    rows = []
    for name, numbers in page.benchmarks.items():
        row = (
            name,
            signed(numbers.alpha_annual),
            interval(*(numbers.alpha_ci or (None, None))),
            number(numbers.alpha_t, 2, sign=True),
            p_text(numbers.alpha_p, page.trials, measured),
            *([p_text(numbers.alpha_p_adjusted, page.trials, None)] if adjusted else []),
        )
        rows.append(row)
    note = p_note(page.trials, page.calibration, [BENCHMARK_TEST])
    return Table("Alpha: what is left at equal market risk", tuple(columns), tuple(rows), note=note)


def _active_table(page: RunPage) -> Table:
    columns = (
        Column("Benchmark", numeric=False),
        Column("Active return a year"),
        Column("Tracking error"),
        Column("Information ratio"),
        Column("Beta"),
        Column("Up capture", secondary=True),
        Column("Down capture", secondary=True),
        Column("Smallest edge visible"),
    )
    rows = tuple(
        (
            name,
            signed(numbers.active_return_annual),
            percent(numbers.tracking_error),
            number(numbers.information_ratio, 2, sign=True),
            number(numbers.beta, 2),
            percent(numbers.up_capture, 0),
            percent(numbers.down_capture, 0),
            percent(numbers.mde_annual),
        )
        for name, numbers in page.benchmarks.items()
    )
    note = (
        "Active return: the portfolio’s return less the benchmark’s. Tracking error: how far the two stray from each "
        "other in a year. Smallest edge visible: what a run this long finds four times in five."
    )
    return Table("Active return and how far it strays", columns, rows, note=note)


def _sharpe_table(page: RunPage) -> list[Block]:
    """The Sharpe ratio beside that of each benchmark; nothing where no run could be held against one."""
    found = {name: numbers.sharpe_difference for name, numbers in page.benchmarks.items()}
    rows = tuple(
        (
            name,
            number(ratios.own, 2),
            number(ratios.benchmark, 2),
            number(ratios.difference, 2, sign=True),
            number_range(*ratios.ci),
            p_text(ratios.p, page.trials, None),
        )
        for name, ratios in found.items()
        if ratios is not None
    )
    columns = (
        Column("Benchmark", numeric=False),
        Column("Portfolio"),
        Column("Benchmark’s own"),
        Column("Difference"),
        Column("95 % interval"),
        Column("p · trials"),
    )
    table = Table("Sharpe ratio a year, of complete months over cash", columns, rows, note=SHARPE_NOTE)
    return [table] if rows else []


def _factor_blocks(page: RunPage) -> list[Block]:
    factors = page.stats.factors
    if factors is None:
        text = "Factor returns are not in this market, so whether a cheap passive tilt explains the result is untested."
        return [Absent(text)]
    measured = page.calibration.get(FACTOR_TEST)
    alpha = signed(factors.alpha_annual)
    bounds = factors.alpha_ci
    reach = f" (95 % interval {interval(*bounds)})" if bounds else ""
    words = f"After what passive factor tilts would have earned, {alpha} a year is left{reach}."
    row = (
        factors.model,
        alpha,
        interval(*(bounds or (None, None))),
        number(factors.alpha_t, 2, sign=True),
        p_text(factors.alpha_p, page.trials, measured),
    )
    columns = (
        Column("Model", numeric=False),
        Column("Alpha a year"),
        Column("95 % interval"),
        Column("t"),
        Column("p · trials"),
    )
    note = "" if is_missing(factors.alpha_p) else p_note(page.trials, page.calibration, [FACTOR_TEST])
    left = Table("Alpha: what is left after factors", columns, (row,), note=note)
    return [Prose(words, role="meaning"), left, _loadings_table(factors)]


LOADING = "Plain number: slope of the monthly return over cash on this factor’s, all factors together; below it its t."


def _loadings_table(factors: FactorStats) -> Table:
    loadings, ts = factors.loadings, factors.loadings_t
    values = ("Loading", *(number(value, 2, sign=True) for value in loadings.values()))
    rows: list[tuple[str, ...]] = [values]
    if ts:
        rows.append(("t", *(number(ts.get(name), 1, sign=True) for name in loadings)))
    columns = (Column("", numeric=False), *(Column(plain(name), more=LOADING) for name in loadings))
    return Table("What it leans on", columns, tuple(rows), note="1 moves one for one with the factor, 0 not at all.")


def cost_measures(page: RunPage) -> Block:
    """Turnover, cost drag and the cost at which the edge is gone, as far as known."""
    stats = page.stats
    break_even = bps(stats.break_even_cost_bps)
    shown = (
        ("turnover_annual", "Turnover", percent(stats.turnover_annual, 0), "of the portfolio a year, one way"),
        ("cost_drag_annual", "Cost drag", percent(stats.cost_drag_annual, 2), "of capital a year, taken off"),
        ("break_even_cost_bps", "Break-even cost", break_even, "a trade, one way: dearer than this, no edge is left"),
    )
    items = tuple(
        Measure(label, value, meaning) for key, label, value, meaning in shown if not is_missing(getattr(stats, key))
    )
    return Measures(items) if items else Absent("Turnover and costs were not summarised for this run.")
