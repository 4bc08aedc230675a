"""Many runs on one page: verdicts, one growth chart, paired differences, where their configurations differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from active_edge.errors import DataError
from active_edge.report import charts
from active_edge.report.blocks import Absent, Block, Cell, Chart, Column, Key, Prose, Section, Table
from active_edge.report.data_doubts import doubts_section
from active_edge.report.document import STAMP, STAMP_OF_SOME, render, stamped
from active_edge.report.drawn import reach_cells
from active_edge.report.index import MARKET, TRADED, market_cell, traded_cells
from active_edge.report.palette import run_style
from active_edge.report.run_page import RunPage
from active_edge.report.sections.settings import settings_section
from active_edge.report.words import GRS_NOTE, SHARPE_NOTE, family_sentences, p_note, p_text
from active_edge.robustness_stats import FamilyStats
from active_edge.stats import BenchmarkStats
from active_edge.words import count, interval, is_missing, listed, number, number_range, percent, shortened, signed

DIFFERENCE_TEST = "paired_difference"


def render_compare(
    pages: Sequence[RunPage],
    differences: pd.DataFrame | None,
    *,
    together: Sequence[Mapping[str, Any]] = (),
    family: FamilyStats | None = None,
    hrefs: Mapping[str, str] | None = None,
    likeness: Mapping[str, pd.DataFrame] | None = None,
) -> str:
    """The page that puts `pages` side by side, in their order.

    Parameters
    ----------
    pages
        At least one run; runs may cover different periods, and each line is drawn over its own.
    differences : DataFrame, optional
        One row a pair: first, second (run ids), difference_annual (first minus second), lower, upper, p (NaN
        where none), months (complete ones in common). Estimated on the months both runs have. Where there are any,
        those of the Sharpe ratios a year: sharpe_difference, sharpe_lower, sharpe_upper, sharpe_p.
    together : sequence of mappings
        One a benchmark: benchmark, runs, months, mean_absolute_alpha, statistic, degrees, p (None where none), why_not.
    family : optional
        What is believed of the best of the runs; members are run ids.
    likeness : mapping, optional
        What it tells -> square frame by run id, decimals.
    hrefs : mapping, optional
        Run id to the address of its page, relative to this one.

    Raises
    ------
    DataError
        There is no run, or a difference names a run that is not among them.
    """
    if not pages:
        raise DataError("A comparison needs at least one run; none was given.")
    labels = _labels(pages)
    simulated = [page.stats.simulated for page in pages]
    sections = (
        _verdicts(pages, labels, hrefs or {}),
        _best_of(pages, labels, family),
        *doubts_section((labels[page.stats.run], page.stats.doubts) for page in pages),
        _growth(pages, labels),
        _differences(pages, labels, differences),
        *_together(pages, labels, together),
        *_likeness(labels, likeness or {}),
        settings_section(pages, labels),
    )
    return render(
        "list.html.j2",
        sections=sections,
        home="index.html",
        title=f"{count(len(pages), 'run')} compared: {', '.join(shortened([*labels.values()], 3))}",
        simulated=any(simulated),
        stamp=STAMP if all(simulated) else STAMP_OF_SOME,
        summary=_summary(pages),
    )


def _labels(pages: Sequence[RunPage]) -> dict[str, str]:
    """Run id to the shortest name that tells it apart: its strategy, else strategy and run id."""
    strategies = [page.stats.strategy for page in pages]
    return {
        page.stats.run: name if strategies.count(name) == 1 else f"{name} ({page.stats.run})"
        for page, name in zip(pages, strategies, strict=True)
    }


def _summary(pages: Sequence[RunPage]) -> str:
    verdicts = [page.stats.verdict for page in pages]
    counted = ", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in dict.fromkeys(verdicts))
    trials = max(page.trials for page in pages)
    return (
        f"{count(len(pages), 'run')}: {counted}. The ledger counts {count(trials, 'trial')} on these data; "
        "the best of many looks good by luck alone."
    )


def _verdicts(pages: Sequence[RunPage], labels: Mapping[str, str], hrefs: Mapping[str, str]) -> Section:
    benchmarks = list(dict.fromkeys(name for page in pages for name in page.benchmarks))
    blocks: list[Block] = []
    for name in benchmarks:
        rows = [_edge_row(labels[page.stats.run], page.benchmarks[name]) for page in pages if name in page.benchmarks]
        blocks.append(
            Chart(
                name=f"edge-{len(blocks)}",
                title=f"Edge over {name} a year, after costs",
                summary="; ".join(f"{row['label']} {signed(row['value'])}" for row in rows),
                figure=charts.interval_figure(rows, of="strategy"),
                keys=(Key("estimate and 95 % interval", "net", "mark"), Key("too small to see", "cone", "area")),
                height=charts.interval_height(rows),
            )
        )
    columns = (
        Column("Strategy", numeric=False),
        Column("Verdict", numeric=False, chosen=True),
        *(Column(f"Edge over {name}") for name in benchmarks),
        Column("Return a year", secondary=True),
        Column("Sharpe", secondary=True),
        *TRADED,
        MARKET,
        Column("Made", numeric=False),
    )
    rows_of_runs = tuple(_run_row(page, labels, hrefs, benchmarks) for page in pages)
    note = "Click a head to sort. Edge: alpha a year after costs, with its 95 % interval."
    table = Table("Runs", columns, rows_of_runs, note=note, pinned=True, found=True)
    return Section("verdicts", "Verdicts", "Which of them beat the index by more than luck?", (table, *blocks))


def _best_of(pages: Sequence[RunPage], labels: Mapping[str, str], family: FamilyStats | None) -> Section:
    title, question = "Best of them", "How much of the best one’s lead is to be believed?"
    if family is None:
        text = (
            "These runs cannot be read as one family: that needs two different ones, tested on one benchmark over 24 "
            "complete months in common."
            if len(pages) > 1
            else "One run is no family."
        )
        return Section("family", title, question, (Absent(text),))
    named = replace(family, best=labels.get(family.best, family.best))
    return Section("family", title, question, (Prose(" ".join(family_sentences(named)), role="meaning"),))


def _edge_row(label: str, numbers: BenchmarkStats) -> dict[str, Any]:
    lower, upper = numbers.alpha_ci or (None, None)
    value, mde = numbers.alpha_annual, numbers.mde_annual
    return {"label": label, "value": value, "lower": lower, "upper": upper, "mde": mde}


def _run_row(
    page: RunPage, labels: Mapping[str, str], hrefs: Mapping[str, str], benchmarks: Sequence[str]
) -> tuple[Cell | str, ...]:
    stats = page.stats
    run = stats.run
    return (
        Cell(
            labels[run],
            href=hrefs.get(run, ""),
            stamp=stamped(simulated=stats.simulated, planted=stats.planted),
            detail=f"{stats.start} – {stats.end}",
        ),
        Cell(stats.verdict, verdict=stats.verdict),
        *(_edge(page.benchmarks.get(name)) for name in benchmarks),
        signed(stats.annual_return),
        number(stats.sharpe, 2),
        *traded_cells(stats),
        market_cell(stats),
        page.record.created[:10],
    )


def _edge(numbers: BenchmarkStats | None) -> Cell | str:
    if numbers is None or is_missing(numbers.alpha_annual):
        return "–"
    bounds = numbers.alpha_ci
    reach = interval(*bounds) if bounds else ""
    return Cell(signed(numbers.alpha_annual), detail=reach)


def _growth(pages: Sequence[RunPage], labels: Mapping[str, str]) -> Section:
    title, question = "Growth", "What would each have become?"
    held = [page for page in pages if len(page.growth) > 1]
    if not held:
        return Section("growth", title, question, (Absent("None of these runs ever held anything."),))
    names = [labels[page.stats.run] for page in held]
    curves = [page.growth["net"] for page in held]
    common = _common_days(held)
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
    if len(held) < len(pages):
        sentences.append(f"{count(len(pages) - len(held), 'run')} never held anything and cannot be drawn.")
    words = (Prose(" ".join(sentences), role="meaning"),) if sentences else ()
    return Section("growth", title, question, (chart, *words, *_on_common_days(held, names, common)))


def _common_days(held: Sequence[RunPage]) -> pd.DatetimeIndex:
    days = pd.DatetimeIndex(held[0].growth.index)
    for page in held[1:]:
        days = days.intersection(pd.DatetimeIndex(page.growth.index))
    return days


def _on_common_days(held: Sequence[RunPage], names: Sequence[str], days: pd.DatetimeIndex) -> list[Block]:
    """All runs and their benchmarks from $1 on the first day they share; nothing where they share no two days."""
    if len(held) < 2 or len(days) < 2:
        return []
    curves = {name: page.growth["net"].loc[days] for name, page in zip(names, held, strict=True)}
    for page in held:
        curves |= {name: page.growth[name].loc[days] for name in page.benchmarks if name in page.growth}
    started = [curve / curve.iloc[0] for curve in curves.values()]
    labels = list(curves)
    text = "; ".join(f"{name} ${number(curve.iloc[-1])}" for name, curve in zip(labels, started, strict=True))
    chart = Chart(
        name="common",
        title=f"From $1 on {str(days[0])[:10]}, the first day all of them share, beside the benchmarks",
        summary=text,
        figure=charts.runs_figure(started, labels),
        keys=tuple(Key(name, *run_style(position)) for position, name in enumerate(labels)),
        height=420,
        ranges=True,
    )
    return [chart]


def _differences(pages: Sequence[RunPage], labels: Mapping[str, str], differences: pd.DataFrame | None) -> Section:
    title, question = "Paired differences", "Is one of them really better than another?"
    if differences is None or differences.empty:
        absent = Absent("No pair of these runs shares enough sessions for a difference to be estimated.")
        return Section("differences", title, question, (absent,))
    unknown = {str(run) for run in [*differences["first"], *differences["second"]]} - set(labels)
    if unknown:
        raise DataError(
            f"A difference names run {sorted(unknown)[0]!r}, which is not compared here; runs are {', '.join(labels)}."
        )
    trials = max(page.trials for page in pages)
    calibration = {name: rate for page in pages for name, rate in page.calibration.items()}
    bounds = zip(differences["lower"], differences["difference_annual"], differences["upper"], strict=True)
    pictures = reach_cells(bounds)
    rows = tuple(
        (
            f"{labels[str(row['first'])]} − {labels[str(row['second'])]}",
            signed(row["difference_annual"]),
            interval(row["lower"], row["upper"]),
            picture,
            p_text(row["p"], trials, calibration.get(DIFFERENCE_TEST)),
            number(row["months"], 0),
        )
        for (_, row), picture in zip(differences.iterrows(), pictures, strict=True)
    )
    columns = (
        Column("Pair", numeric=False),
        Column("Difference a year"),
        Column("95 % interval"),
        Column("", numeric=False, secondary=True),
        Column("p · trials"),
        Column("Months in common"),
    )
    note = p_note(trials, calibration, [DIFFERENCE_TEST])
    table = Table("First minus second, on the same days", columns, rows, note=note)
    ratios = _sharpe_table(differences, labels, trials)
    meaning = Prose("An interval that spans zero means the two cannot be told apart on these data.", role="meaning")
    return Section("differences", title, question, (table, *ratios, meaning))


def _sharpe_table(differences: pd.DataFrame, labels: Mapping[str, str], trials: int) -> list[Block]:
    """The pairs by their Sharpe ratios; nothing where none was compared."""
    if "sharpe_p" not in differences or differences["sharpe_p"].isna().all():
        return []
    rows = tuple(
        (
            f"{labels[str(row['first'])]} − {labels[str(row['second'])]}",
            number(row["sharpe_difference"], 2, sign=True),
            number_range(row["sharpe_lower"], row["sharpe_upper"]),
            p_text(row["sharpe_p"], trials, None),
        )
        for _, row in differences.iterrows()
    )
    columns = (Column("Pair", numeric=False), Column("Difference"), Column("95 % interval"), Column("p · trials"))
    return [Table("Sharpe ratio a year, first minus second, of complete months", columns, rows, note=SHARPE_NOTE)]


def _together(
    pages: Sequence[RunPage], labels: Mapping[str, str], together: Sequence[Mapping[str, Any]]
) -> list[Section]:
    """Whether the runs, taken as one, have an alpha; nothing for fewer than two on any benchmark."""
    if not together:
        return []
    trials = max(page.trials for page in pages)
    rows = tuple(
        (
            f"{count(len(one['runs']), 'run')} on {one['benchmark']}",
            percent(one["mean_absolute_alpha"]),
            number(one["statistic"], 2),
            number(one["months"], 0),
            p_text(one["p"], trials, None),
        )
        for one in together
        if not one["why_not"]
    )
    columns = (
        Column("Together", numeric=False),
        Column("Mean size of their alphas a year"),
        Column("F"),
        Column("Months in common"),
        Column("p · trials"),
    )
    absent = tuple(
        Absent(f"No joint test on {one['benchmark']} of {_named(one['runs'], labels)}: {one['why_not']}")
        for one in together
        if one["why_not"]
    )
    table = (Table("Gibbons, Ross and Shanken’s test that every alpha is zero", columns, rows, note=GRS_NOTE),)
    blocks = (*(table if rows else ()), *absent)
    return [Section("together", "All of them together", "Has any of them an edge, taken as one?", blocks)]


def _likeness(labels: Mapping[str, str], tables: Mapping[str, pd.DataFrame]) -> tuple[Section, ...]:
    if not tables:
        return ()
    blocks = tuple(
        Table(
            title,
            (Column("", numeric=False), *(Column(labels[str(run)]) for run in table.columns)),
            tuple((labels[str(run)], *(percent(value, 0) for value in row)) for run, row in table.iterrows()),
            pinned=True,
        )
        for title, table in tables.items()
    )
    note = Prose("Runs that are much alike are one idea tried twice: both say little more than one.", "meaning")
    return (Section("likeness", "How alike they are", "Are these different ideas?", (*blocks, note)),)


def _named(runs: Sequence[str], labels: Mapping[str, str]) -> str:
    return listed([labels[run] for run in runs])
