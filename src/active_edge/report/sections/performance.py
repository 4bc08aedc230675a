"""What an investor would have lived through: growth, falls, the gap to each benchmark, years."""

from __future__ import annotations

import pandas as pd

from active_edge.report import charts
from active_edge.report.blocks import Absent, Block, Chart, Column, Key, Measure, Measures, Prose, Section, Table
from active_edge.report.palette import benchmark_style
from active_edge.report.run_page import RunPage
from active_edge.report.sections.path import falls_table, path_measures
from active_edge.robustness_stats import MIX
from active_edge.words import date, is_missing, number, percent, signed


def growth_section(page: RunPage) -> Section:
    """Growth and drawdown against the benchmarks."""
    title, question = "Growth and falls", "What would holding it have felt like?"
    if len(page.growth) < 2:
        return Section("growth", title, question, (Absent("Nothing was ever held, so there is no growth to draw."),))
    names = [str(name) for name in page.growth.columns]
    ends = ", ".join(f"{_spoken(name)} ${number(page.growth[name].iloc[-1])}" for name in names)
    falls = ", ".join(f"{_spoken(str(name))} {percent(page.drawdown[name].min())}" for name in page.drawdown.columns)
    chart = Chart(
        name="growth",
        title="What $1 became, and how far it fell on the way",
        summary=f"$1 invested on {date(page.growth.index[0])} became: {ends}.{_luck(page)} Deepest falls: {falls}."
        f"{_drawn(page)}",
        figure=charts.growth_figure(page.growth, page.drawdown, page.random_growth),
        keys=(*charts.series_keys(names), *(() if page.random_growth is None else charts.luck_keys())),
        height=460,
        ranges=True,
    )
    blocks = (chart, *_mix(page), _measures(page), *path_measures(page), *falls_table(page), _benchmark_returns(page))
    return Section("growth", title, question, blocks)


def _mix(page: RunPage) -> tuple[Block, ...]:
    """What the passive mix among the lines is; nothing where it is not there."""
    if MIX not in page.growth.columns:
        return ()
    text = (
        f"The {MIX}: cash, market, size and profitability, by the loadings of the whole run, which were known only "
        "afterwards; without costs."
    )
    return (Prose(text, role="meaning"),)


def _luck(page: RunPage) -> str:
    if page.random_growth is None:
        return ""
    low, middle, high = (number(page.random_growth[name].iloc[-1]) for name in ("lower", "median", "upper"))
    return f" Random portfolios: ${middle} in the middle, 90 % of them ${low} to ${high}."


def _drawn(page: RunPage) -> str:
    step = charts.drawn_every(len(page.growth))
    return f" One in {step} days is drawn." if step > 1 else ""


def _measures(page: RunPage) -> Block:
    stats = page.stats
    shown = (
        ("total_return", "Total return", signed(stats.total_return), "over the whole run, net"),
        ("annual_return", "Return a year", signed(stats.annual_return), "compounded, after costs"),
        ("annual_volatility", "Volatility", percent(stats.annual_volatility), "a year; small caps: about 20 %"),
        ("sharpe", "Sharpe ratio, daily", number(stats.sharpe, 2), "return over cash per unit of volatility"),
        ("max_drawdown", "Deepest fall", percent(stats.max_drawdown), "from a high to the next low"),
    )
    items = tuple(
        Measure(label, value, meaning) for key, label, value, meaning in shown if not is_missing(getattr(stats, key))
    )
    return Measures(items) if items else Absent("Return and risk were not summarised for this run.")


def active_section(page: RunPage) -> Section:
    """The gap to each benchmark over time, with the range that luck alone explains."""
    title, question = "The gap to each benchmark", "When was it earned, and does it leave the range of luck?"
    if page.active is None or page.active.empty:
        absent = Absent("The gap to a benchmark over time is not shown: this run has no benchmark returns.")
        return Section("active", title, question, (absent,))
    blocks: list[Block] = []
    for position, name in enumerate(page.active.columns):
        lower = None if page.active_lower is None else page.active_lower[name]
        upper = None if page.active_upper is None else page.active_upper[name]
        colour = benchmark_style(position)[0]
        keys = [Key(f"portfolio against {name}", colour)]
        if lower is not None and upper is not None:
            keys.append(Key("where luck alone would hold it, 95 % of the time", "cone", "area"))
        last = signed(page.active[name].iloc[-1])
        blocks.append(
            Chart(
                name=f"active-{position}",
                title=f"Ahead of or behind {name}",
                summary=f"By the end the portfolio's value was {last} against {name}.",
                figure=charts.active_figure(page.active[name], lower, upper, colour),
                keys=tuple(keys),
                height=260,
                ranges=True,
            )
        )
    if page.active_lower is not None:
        text = "While a line stays inside the shaded range, nothing has happened that luck alone would not explain."
        blocks.append(Prose(text, role="meaning"))
    return Section("active", title, question, tuple(blocks))


def years_section(page: RunPage) -> Section:
    """Calendar years against the benchmarks."""
    title, question = "Calendar years", "Is it one good year or many?"
    years = page.calendar_years
    if years is None or years.empty:
        return Section("years", title, question, (Absent("This run has no calendar years to compare."),))
    names = [str(name) for name in years.columns if name == "net" or name in page.benchmarks]
    chart = Chart(
        name="years",
        title="Return by calendar year",
        summary="Returns of the portfolio and its benchmarks by calendar year; the table below has the numbers.",
        figure=charts.years_figure(years, names),
        keys=tuple(Key(key.label, key.colour, "area") for key in charts.series_keys(names)),
        height=300,
    )
    return Section("years", title, question, (chart, _years_table(years, names)))


OF_A_YEAR = "Percent: compound return of the calendar year, of the portfolio net of costs."


def _years_table(years: pd.DataFrame, names: list[str]) -> Table:
    active = [f"active {name}" for name in names if f"active {name}" in years.columns]
    columns = (
        Column("Year", numeric=False),
        *(Column("Portfolio" if name == "net" else name, more=OF_A_YEAR) for name in names),
        *(Column(f"Active on {name.removeprefix('active ')}") for name in active),
    )
    partial = False
    rows = []
    for year, row in years.iterrows():
        whole = bool(row["complete"]) if "complete" in years.columns else True
        partial = partial or not whole
        cells = [signed(row[name]) for name in [*names, *active]]
        rows.append((f"{year}" if whole else f"{year}*", *cells))
    note = "* only part of the year is in the run. " if partial else ""
    return Table(
        "Net return by calendar year",
        columns,
        tuple(rows),
        note=note + "Active: the portfolio’s return less the benchmark’s.",
    )


def _benchmark_returns(page: RunPage) -> Block:
    labels = {
        "total_return": "Total return",
        "annual_return": "Return a year",
        "annual_volatility": "Volatility",
        "sharpe": "Sharpe ratio, daily",
        "max_drawdown": "Deepest fall",
    }
    own, passive = page.stats, page.benchmarks
    present = [key for key in labels if any(not is_missing(getattr(found, key)) for found in passive.values())]
    if not present:
        return Absent("No benchmark returns are in this run.")
    columns = (Column("", numeric=False), *(Column(labels[key]) for key in present))
    rows = [("Portfolio, net", *(_stat(key, getattr(own, key)) for key in present))]
    rows += [(name, *(_stat(key, getattr(found, key)) for key in present)) for name, found in passive.items()]
    return Table("Beside the benchmarks", columns, tuple(rows))


def _stat(key: str, value: float | None) -> str:
    return number(value, 2) if key == "sharpe" else (signed if key.endswith("return") else percent)(value)


def _spoken(name: str) -> str:
    return {"net": "portfolio", "gross": "before costs"}.get(name, name)
