"""What monthly worlds and real windows showed, as parts of the calibration page, beside what the recipe measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from active_edge.calibration.series import COVERAGE, KINDS
from active_edge.calibration.tracking import WORLDS, tracking_table
from active_edge.calibration.windows import PUBLISHED, RULES
from active_edge.words import count, interval, percent, plain

Columns = Sequence[str]
MEANINGS: Mapping[str, str] = MappingProxyType(
    {name: world.meaning for name, world in WORLDS.items()}
    | {"stale": "a tenth of the benchmark's last day arrives in the next month"}
)
RECIPE: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        "t5": (0.046, 0.048, 0.050, 0.049, 0.047),
        "garch": (0.043, 0.047, 0.045, 0.045, 0.047),
        "ar_2": (0.048, 0.048, 0.050, 0.050, 0.051),
        "style": (0.078, 0.074, 0.072, 0.072, 0.074),
        "het": (0.047, 0.044, 0.045, 0.049, 0.048),
        "beta_drift": (0.048, 0.050, 0.054, 0.057, 0.058),
    }
)
"""Size of the two-sided test on one benchmark by the recipe, 10,000 to 20,000 draws, at 24, 36, 60, 120, 240 months."""
RECIPE_POWER: Mapping[tuple[float, float], tuple[float, ...]] = MappingProxyType(
    {
        (0.04, 0.02): (0.07, 0.10, 0.16, 0.30, 0.54),
        (0.04, 0.04): (0.19, 0.27, 0.46, 0.80, 0.98),
        (0.07, 0.02): (0.05, 0.06, 0.08, 0.13, 0.22),
        (0.07, 0.04): (0.09, 0.12, 0.19, 0.37, 0.67),
        (0.10, 0.02): (0.04, 0.05, 0.06, 0.08, 0.13),
        (0.10, 0.04): (0.06, 0.08, 0.11, 0.20, 0.38),
    }
)
"""Power by tracking error and edge at the same lengths."""
RECIPE_COVERAGE: Mapping[tuple[str, int], float] = MappingProxyType(
    {
        ("t5", 36): 0.802,
        ("t5", 60): 0.804,
        ("t5", 120): 0.818,
        ("t5", 240): 0.810,
        ("style", 36): 0.798,
        ("style", 60): 0.794,
        ("style", 120): 0.784,
        ("style", 240): 0.774,
    }
)


def monthly_part(found: Mapping[str, Any]) -> str:
    """Sizes, power and belief of monthly worlds, Markdown."""
    lengths = sorted({row["months"] for row in found["rates"]})
    parts = [
        f"## Monthly worlds: {found['worlds']:,} of each kind and length",
        f"The functions that pages run, on series without a market of firms behind them, seed {found['seed']}, never "
        f"changed; {count(round(found['seconds']), 'second')} of processor. A rate is set in bold where it lies "
        "outside what luck allows (exact binomial, a chance of 1 % over all rates together). In brackets what the "
        "recipe measured on draws of its own.",
    ]
    for test in dict.fromkeys(row["test"] for row in found["rates"]):
        parts += [f"**{plain(test)}**, rejects at 5 %:", _sizes(found["rates"], test, lengths)]
    off = [row for row in found["rates"] if row["told"]]
    told = [f"- {plain(row['test'])}, {row['kind']}, {row['months']} months: {row['told']}" for row in off]
    if told:
        parts += ["Outside what luck allows:", "\n".join(told)]
    parts += ["### Power: edges planted, errors with heavy tails", _power(found["power"], lengths)]
    parts += [
        "### What is believed, of edges drawn from the default prior, 4 % tracking error",
        f"The 80 % interval should hold {percent(COVERAGE[0], 0)} to {percent(COVERAGE[1], 0)} of the edges.",
        _belief(found["belief"]),
        *_tracking(found.get("tracking", ())),
        f"Made {found['created'][:10]}, code {found['code']}, by\n\n    {found['command']}",
    ]
    return "\n\n".join(parts)


def _tracking(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    if not rows:
        return []
    return [
        f"### Following a sealed strategy: tracks without an edge, looked at monthly for {rows[0]['months']} months",
        f"Ever claimed to have one, of {rows[0]['tracks']:,}; at most 5 % by design ([tracking.md](tracking.md)).",
        tracking_table(rows).rstrip(),
    ]


def windows_part(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rejections on real windows, Markdown."""
    body = [
        (
            f"{row['years']}",
            f"{row['windows']}",
            *(
                f"{percent(row[rule]['reject'])} ({percent(before)}; {interval(*row[rule]['interval'], sign=False)})"
                for rule, before in zip(RULES, PUBLISHED[row["years"]], strict=True)
            ),
        )
        for row in rows
    ]
    return "\n\n".join(
        [
            "## Real windows since 1963",
            "Size, value, profitability, investment, momentum (Kenneth French's daily factors), hedged on the market "
            "in disjoint windows and tested two-sided at 5 % against their alpha over all years. In brackets what the "
            "recipe measured, and the exact 95 % interval, for windows are few.",
            table(("Years", "Windows", *(plain(rule) for rule in RULES)), body),
        ]
    )


def _sizes(rates: Sequence[Mapping[str, Any]], test: str, lengths: Sequence[int]) -> str:
    cells = {(row["kind"], row["months"]): row for row in rates if row["test"] == test}
    rows = []
    for kind in KINDS:
        if not any((kind, months) in cells for months in lengths):
            continue
        line = [MEANINGS[kind]]
        for place, months in enumerate(lengths):
            row = cells.get((kind, months))
            line.append("–" if row is None else _cell(row, test, place))
        rows.append(line)
    return table(("Errors of months", *(f"{months} months" for months in lengths)), rows)


def _cell(row: Mapping[str, Any], test: str, place: int) -> str:
    text = f"**{percent(row['reject'])}**" if row["told"] else percent(row["reject"])
    known = RECIPE.get(row["kind"]) if test == "benchmark_alpha" else None
    return text if known is None else f"{text} ({percent(known[place])})"


def _power(rows: Sequence[Mapping[str, Any]], lengths: Sequence[int]) -> str:
    planted = sorted({(row["tracking_error"], row["edge"]) for row in rows if not row["of_printed_size"]})
    found = {(row["tracking_error"], row["edge"], row["months"]): row["found"] for row in rows}
    lines = []
    for error, edge in planted:
        before = RECIPE_POWER[error, edge]
        cells = [
            f"{percent(found[error, edge, months], 0)} ({percent(known, 0)})"
            for months, known in zip(lengths, before, strict=True)
        ]
        lines.append((f"{percent(edge, 0)} a year at {percent(error, 0)} tracking error", *cells))
    printed = {row["months"]: row for row in rows if row["of_printed_size"] and row["tracking_error"] == planted[0][0]}
    lines.append(("the smallest edge that pages print", *(percent(printed[months]["found"], 0) for months in lengths)))
    return table(("Edge", *(f"{months} months" for months in lengths)), lines)


def _belief(rows: Sequence[Mapping[str, Any]]) -> str:
    lines = []
    for row in rows:
        known = RECIPE_COVERAGE.get((row["kind"], row["months"]))
        coverage = percent(row["coverage"]) if row["held"] else f"**{percent(row['coverage'])}**"
        said = "–" if row["said"] is None else f"{percent(row['said'], 0)} → {percent(row['true'], 0)}"
        told = f"{row['worlds_told']:,}"
        lines.append(
            (MEANINGS[row["kind"]], f"{row['months']}", coverage, "–" if known is None else percent(known), told, said)
        )
    columns = ("Errors", "Months", "Interval holds", "Recipe", "Told at least 50 % of > 0.5 %", "Chance said → true")
    return table(columns, lines)


def table(columns: Columns, rows: Sequence[Columns]) -> str:
    """A table in Markdown."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
