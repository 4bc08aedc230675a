"""Many runs on one page: verdicts, one growth chart, paired differences, where their configurations differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import yaml

from active_edge.errors import DataError
from active_edge.report import charts
from active_edge.report.blocks import Absent, Block, Cell, Chart, Column, Key, Prose, Section, Table
from active_edge.report.document import STAMP, STAMP_OF_SOME, render
from active_edge.report.drawn import reach_cells
from active_edge.report.palette import run_style
from active_edge.report.record import RunRecord
from active_edge.report.words import p_note, p_text
from active_edge.words import count, interval, is_missing, number, percent, signed

DIFFERENCE_TEST = "paired_difference"


def render_compare(
    records: Sequence[RunRecord], differences: pd.DataFrame | None, *, pages: Mapping[str, str] | None = None
) -> str:
    """The page that puts `records` side by side, in their order.

    Parameters
    ----------
    records
        At least one run; runs may cover different periods, and each line is drawn over its own.
    differences : DataFrame, optional
        One row a pair: first, second (run ids), difference_annual (first minus second), lower, upper, p (NaN
        where none), sessions (days in common). Estimated on daily returns of the sessions both runs have.
    pages : mapping, optional
        Run id to the address of its page, relative to this one.

    Raises
    ------
    DataError
        There is no record, or a difference names a run that is not among them.
    """
    if not records:
        raise DataError("A comparison needs at least one run; none was given.")
    labels = _labels(records)
    simulated = [bool(record.stats["simulated"]) for record in records]
    sections = (
        _verdicts(records, labels, pages or {}),
        _growth(records, labels),
        _differences(records, labels, differences),
        _configurations(records, labels),
    )
    return render(
        "list.html.j2",
        sections=sections,
        title=f"{count(len(records), 'run')} compared",
        simulated=any(simulated),
        stamp=STAMP if all(simulated) else STAMP_OF_SOME,
        summary=_summary(records),
    )


def _labels(records: Sequence[RunRecord]) -> dict[str, str]:
    """Run id to the shortest name that tells it apart: its strategy, else strategy and run id."""
    strategies = [str(record.stats["strategy"]) for record in records]
    return {
        str(record.stats["run"]): name if strategies.count(name) == 1 else f"{name} ({record.stats['run']})"
        for record, name in zip(records, strategies, strict=True)
    }


def _summary(records: Sequence[RunRecord]) -> str:
    verdicts = [str(record.stats["verdict"]) for record in records]
    counted = ", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in dict.fromkeys(verdicts))
    trials = max(record.trials for record in records)
    return (
        f"{count(len(records), 'run')}: {counted}. The ledger counts {count(trials, 'trial')} on these data; "
        "the best of many looks good by luck alone."
    )


def _verdicts(records: Sequence[RunRecord], labels: Mapping[str, str], pages: Mapping[str, str]) -> Section:
    benchmarks = list(dict.fromkeys(name for record in records for name in record.benchmarks))
    blocks: list[Block] = []
    for name in benchmarks:
        rows = [
            _edge_row(labels[str(record.stats["run"])], record.benchmarks[name])
            for record in records
            if name in record.benchmarks
        ]
        blocks.append(
            Chart(
                name=f"edge-{len(blocks)}",
                title=f"Edge over {name} a year, after costs",
                summary="; ".join(f"{row['label']} {signed(row['value'])}" for row in rows),
                figure=charts.interval_figure(rows),
                keys=(Key("estimate and 95 % interval", "net", "mark"), Key("too small to see", "cone", "area")),
                height=charts.interval_height(rows),
            )
        )
    columns = (
        Column("Strategy", numeric=False),
        Column("Verdict", numeric=False),
        *(Column(f"Edge over {name}") for name in benchmarks),
        Column("Return a year"),
        Column("Sharpe"),
        Column("Deepest fall"),
        Column("Turnover"),
        Column("Cost drag"),
    )
    rows_of_runs = tuple(_run_row(record, labels, pages, benchmarks) for record in records)
    table = Table(
        "Runs", columns, rows_of_runs, note="Edge: alpha a year after costs, with its 95 % interval.", pinned=True
    )
    return Section("verdicts", "Verdicts", "Which of them beat the index by more than luck?", (table, *blocks))


def _edge_row(label: str, numbers: Mapping[str, Any]) -> dict[str, Any]:
    lower, upper = numbers.get("alpha_ci") or (None, None)
    value, mde = numbers.get("alpha_annual"), numbers.get("mde_annual")
    return {"label": label, "value": value, "lower": lower, "upper": upper, "mde": mde}


def _run_row(
    record: RunRecord, labels: Mapping[str, str], pages: Mapping[str, str], benchmarks: Sequence[str]
) -> tuple[Cell | str, ...]:
    stats = record.stats
    run = str(stats["run"])
    return (
        Cell(
            labels[run],
            href=pages.get(run, ""),
            stamp=bool(stats["simulated"]),
            detail=f"{stats['start']} – {stats['end']}",
        ),
        Cell(str(stats["verdict"]), verdict=str(stats["verdict"])),
        *(_edge(record.benchmarks.get(name)) for name in benchmarks),
        signed(stats.get("annual_return")),
        number(stats.get("sharpe"), 2),
        percent(stats.get("max_drawdown")),
        percent(stats.get("turnover_annual"), 0),
        percent(stats.get("cost_drag_annual"), 2),
    )


def _edge(numbers: Mapping[str, Any] | None) -> Cell | str:
    if not numbers or is_missing(numbers.get("alpha_annual")):
        return "–"
    bounds = numbers.get("alpha_ci")
    reach = interval(*bounds) if bounds else ""
    return Cell(signed(numbers["alpha_annual"]), detail=reach)


def _growth(records: Sequence[RunRecord], labels: Mapping[str, str]) -> Section:
    title, question = "Growth", "What would each have become?"
    held = [record for record in records if len(record.growth) > 1]
    if not held:
        return Section("growth", title, question, (Absent("None of these runs ever held anything."),))
    names = [labels[str(record.stats["run"])] for record in held]
    curves = [record.growth["net"] for record in held]
    chart = Chart(
        name="growth",
        title="What $1 became, after costs",
        summary="; ".join(f"{name} ${number(curve.iloc[-1])}" for name, curve in zip(names, curves, strict=True)),
        figure=charts.runs_figure(curves, names),
        keys=tuple(Key(name, *run_style(position)) for position, name in enumerate(names)),
        height=420,
    )
    sentences = []
    if len({str(curve.index[0]) for curve in curves}) > 1:
        sentences.append("Each line starts at $1 on its own first day; different first days cannot be read together.")
    if len(held) < len(records):
        sentences.append(f"{count(len(records) - len(held), 'run')} never held anything and cannot be drawn.")
    words = (Prose(" ".join(sentences), role="meaning"),) if sentences else ()
    return Section("growth", title, question, (chart, *words))


def _differences(records: Sequence[RunRecord], labels: Mapping[str, str], differences: pd.DataFrame | None) -> Section:
    title, question = "Paired differences", "Is one of them really better than another?"
    if differences is None or differences.empty:
        absent = Absent("No pair of these runs shares enough sessions for a difference to be estimated.")
        return Section("differences", title, question, (absent,))
    unknown = {str(run) for run in [*differences["first"], *differences["second"]]} - set(labels)
    if unknown:
        raise DataError(
            f"A difference names run {sorted(unknown)[0]!r}, which is not compared here; runs are {', '.join(labels)}."
        )
    trials = max(record.trials for record in records)
    calibration = {name: rate for record in records for name, rate in record.calibration.items()}
    bounds = zip(differences["lower"], differences["difference_annual"], differences["upper"], strict=True)
    pictures = reach_cells(bounds)
    rows = tuple(
        (
            f"{labels[str(row['first'])]} − {labels[str(row['second'])]}",
            signed(row["difference_annual"]),
            interval(row["lower"], row["upper"]),
            picture,
            p_text(row["p"], trials, calibration.get(DIFFERENCE_TEST)),
            number(row["sessions"], 0),
        )
        for (_, row), picture in zip(differences.iterrows(), pictures, strict=True)
    )
    columns = (
        Column("Pair", numeric=False),
        Column("Difference a year"),
        Column("95 % interval"),
        Column("", numeric=False, secondary=True),
        Column("p · trials"),
        Column("Sessions in common"),
    )
    note = p_note(trials, calibration, [DIFFERENCE_TEST])
    table = Table("First minus second, on the same days", columns, rows, note=note)
    meaning = Prose("An interval that spans zero means the two cannot be told apart on these data.", role="meaning")
    return Section("differences", title, question, (table, meaning))


def _configurations(records: Sequence[RunRecord], labels: Mapping[str, str]) -> Section:
    flat = [_flat(yaml.safe_load(record.configuration)) for record in records]
    keys = dict.fromkeys(key for settings in flat for key in settings)
    differing = [key for key in keys if len({settings.get(key, "–") for settings in flat}) > 1]
    title, question = "Where they differ", "What was changed between them?"
    if not differing:
        text = "Their configurations are the same." if len(records) > 1 else "There is only one run."
        return Section("configuration", title, question, (Absent(text),))
    columns = (
        Column("Setting", numeric=False),
        *(Column(labels[str(record.stats["run"])], numeric=False, wrap=True) for record in records),
    )
    rows = tuple((key, *(settings.get(key, "–") for settings in flat)) for key in differing)
    return Section(
        "configuration",
        title,
        question,
        (Table("Settings that are not the same everywhere", columns, rows, pinned=True),),
    )


def _flat(value: Any, prefix: str = "") -> dict[str, str]:
    """Nested settings as dotted keys and text."""
    if not isinstance(value, dict):
        return {prefix: str(value)} if prefix else {}
    flat: dict[str, str] = {}
    for key, inner in value.items():
        flat |= _flat(inner, f"{prefix}.{key}" if prefix else str(key))
    return flat
