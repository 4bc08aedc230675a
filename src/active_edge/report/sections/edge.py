"""The answer and the evidence for it: alpha on each benchmark, on factors, with intervals, power and trials."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from active_edge.report import charts
from active_edge.report.blocks import (
    Absent,
    Beside,
    Block,
    Chart,
    Column,
    Key,
    Measure,
    Measures,
    Prose,
    Section,
    Table,
)
from active_edge.report.palette import benchmark_style
from active_edge.report.record import RunRecord
from active_edge.report.words import capture_sentence, edge_sentence, p_note, p_text, power_sentence
from active_edge.words import bps, interval, is_missing, number, percent, plain, signed

DEFAULT_THRESHOLD = 0.005

BENCHMARK_TEST = "benchmark_alpha"
FACTOR_TEST = "factor_alpha"


def headline_measures(record: RunRecord) -> Measures:
    """The numbers beside the verdict: alpha on each benchmark, what it would take to know, trials."""
    items = []
    for name, numbers in record.benchmarks.items():
        bounds = numbers.get("alpha_ci") or (None, None)
        meaning = f"a year at equal market risk, after costs; 95 % interval {interval(*bounds)}"
        items.append(Measure(f"Edge over {name}", signed(numbers.get("alpha_annual")), meaning))
    mde = record.benchmarks[record.yardstick].get("mde_annual") if record.yardstick is not None else None
    if not is_missing(mde):
        meaning = f"a year over {record.yardstick}, with this much history"
        items.append(Measure("Smallest edge visible", percent(mde), meaning))
    years = record.stats.get("years_needed")
    if not is_missing(years):
        items.append(Measure("Years needed", number(years, 0), "to tell an edge of this size from luck"))
    meaning = "different things tried on these data, this one included"
    if record.ledger_restarted is not None:
        meaning += f"; ledger restarted {record.ledger_restarted}, so earlier ones are not counted"
    items.append(Measure("Trials", number(record.trials, 0), meaning))
    return Measures(tuple(items))


def edge_section(record: RunRecord) -> Section:
    """Alpha on every benchmark and on factors."""
    blocks: list[Block] = []
    if not record.benchmarks:
        blocks.append(Absent("No edge was measured: this run has no returns, or no benchmark to hold them against."))
    else:
        rows = _rows(record)
        threshold = float(record.stats.get("economic_threshold", DEFAULT_THRESHOLD))
        chart = Chart(
            name="edge",
            title="Edge a year, after costs, with its 95 % interval",
            summary=" ".join(edge_sentence(name, numbers) for name, numbers in record.benchmarks.items()),
            figure=charts.interval_figure(rows, threshold=threshold),
            keys=(
                Key("estimate and 95 % interval", "net", "mark"),
                Key("too small to see in a run this long", "cone", "area"),
                Key(f"worth having ({percent(threshold)} a year)", "muted", "dot"),
            ),
            height=charts.interval_height(rows),
        )
        blocks.append(chart)
        blocks.append(Beside(tuple(_meaning(name, numbers) for name, numbers in record.benchmarks.items())))
        blocks.extend((_alpha_table(record), _active_table(record)))
    blocks.extend(_factor_blocks(record))
    return Section("edge", "The edge and its uncertainty", "Did it beat the index by more than luck?", tuple(blocks))


def _rows(record: RunRecord) -> list[dict[str, Any]]:
    rows = [
        _row(f"over {name}", numbers, benchmark_style(position)[0])
        for position, (name, numbers) in enumerate(record.benchmarks.items())
    ]
    factors = record.stats.get("factors")
    if factors:
        rows.append(_row("over factors", factors, "net"))
    return rows


def _row(label: str, numbers: Mapping[str, Any], colour: str) -> dict[str, Any]:
    lower, upper = numbers.get("alpha_ci") or (None, None)
    return {
        "label": label,
        "value": numbers.get("alpha_annual"),
        "lower": lower,
        "upper": upper,
        "mde": numbers.get("mde_annual"),
        "colour": colour,
    }


def _meaning(name: str, numbers: Mapping[str, Any]) -> Prose:
    sentences = (edge_sentence(name, numbers), power_sentence(numbers), capture_sentence(name, numbers))
    return Prose(" ".join(filter(None, sentences)), role="meaning")


def _alpha_table(record: RunRecord) -> Table:
    measured = record.calibration.get(BENCHMARK_TEST)
    adjusted = any("alpha_p_adjusted" in numbers for numbers in record.benchmarks.values())
    longer = any("alpha_t_lag_12" in numbers for numbers in record.benchmarks.values())
    columns = [
        Column("Benchmark", numeric=False),
        Column("Alpha a year"),
        Column("95 % interval"),
        Column("t"),
        Column("p · trials"),
        *([Column("p adjusted for trials")] if adjusted else []),
        *([Column("t, lag 12", secondary=True), Column("p, lag 12 · trials", secondary=True)] if longer else []),
    ]
    rows = []
    for name, numbers in record.benchmarks.items():
        row = (
            name,
            signed(numbers.get("alpha_annual")),
            interval(*(numbers.get("alpha_ci") or (None, None))),
            number(numbers.get("alpha_t"), 2, sign=True),
            p_text(numbers.get("alpha_p"), record.trials, measured),
            *([p_text(numbers.get("alpha_p_adjusted"), record.trials, None)] if adjusted else []),
            *(_at_lag_12(numbers, record.trials) if longer else ()),
        )
        rows.append(row)
    note = p_note(record.trials, record.calibration, [BENCHMARK_TEST])
    return Table("Alpha: what is left at equal market risk", tuple(columns), tuple(rows), note=note)


def _at_lag_12(numbers: Mapping[str, Any], trials: int) -> tuple[str, str]:
    return number(numbers.get("alpha_t_lag_12"), 2, sign=True), p_text(numbers.get("alpha_p_lag_12"), trials, None)


def _active_table(record: RunRecord) -> Table:
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
            signed(numbers.get("active_return_annual")),
            percent(numbers.get("tracking_error")),
            number(numbers.get("information_ratio"), 2, sign=True),
            number(numbers.get("beta"), 2),
            percent(numbers.get("up_capture"), 0),
            percent(numbers.get("down_capture"), 0),
            percent(numbers.get("mde_annual")),
        )
        for name, numbers in record.benchmarks.items()
    )
    note = (
        "Active return: the portfolio’s return less the benchmark’s. Tracking error: how far the two stray from each "
        "other in a year. Smallest edge visible: what a run this long finds four times in five."
    )
    return Table("Active return and how far it strays", columns, rows, note=note)


def _factor_blocks(record: RunRecord) -> list[Block]:
    factors = record.stats.get("factors")
    if not factors:
        text = "Factor returns are not in this market, so whether a cheap passive tilt explains the result is untested."
        return [Absent(text)]
    measured = record.calibration.get(FACTOR_TEST)
    alpha = signed(factors.get("alpha_annual"))
    bounds = factors.get("alpha_ci")
    reach = f" (95 % interval {interval(*bounds)})" if bounds else ""
    words = f"After what passive factor tilts would have earned, {alpha} a year is left{reach}."
    row = (
        str(factors.get("model", "factors")),
        alpha,
        interval(*(bounds or (None, None))),
        number(factors.get("alpha_t"), 2, sign=True),
        p_text(factors.get("alpha_p"), record.trials, measured),
    )
    columns = (
        Column("Model", numeric=False),
        Column("Alpha a year"),
        Column("95 % interval"),
        Column("t"),
        Column("p · trials"),
    )
    note = "" if is_missing(factors.get("alpha_p")) else p_note(record.trials, record.calibration, [FACTOR_TEST])
    left = Table("Alpha: what is left after factors", columns, (row,), note=note)
    return [Prose(words, role="meaning"), left, _loadings_table(factors)]


def _loadings_table(factors: Mapping[str, Any]) -> Table:
    loadings, ts = factors.get("loadings") or {}, factors.get("loadings_t") or {}
    values = ("Loading", *(number(value, 2, sign=True) for value in loadings.values()))
    rows: list[tuple[str, ...]] = [values]
    if ts:
        rows.append(("t", *(number(ts.get(name), 1, sign=True) for name in loadings)))
    columns = (Column("", numeric=False), *(Column(plain(name)) for name in loadings))
    return Table("What it leans on", columns, tuple(rows), note="1 moves one for one with the factor, 0 not at all.")


def cost_measures(record: RunRecord) -> Block:
    """Turnover, cost drag and the cost at which the edge is gone, as far as known."""
    stats = record.stats
    break_even = bps(stats.get("break_even_cost_bps"))
    shown = (
        ("turnover_annual", "Turnover", percent(stats.get("turnover_annual"), 0), "of the portfolio a year, one way"),
        ("cost_drag_annual", "Cost drag", percent(stats.get("cost_drag_annual"), 2), "of capital a year, taken off"),
        ("break_even_cost_bps", "Break-even cost", break_even, "a trade, one way: dearer than this, no edge is left"),
    )
    items = tuple(
        Measure(label, value, meaning) for key, label, value, meaning in shown if not is_missing(stats.get(key))
    )
    return Measures(items) if items else Absent("Turnover and costs were not summarised for this run.")
