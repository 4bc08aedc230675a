"""What holding it was like: tails, months and the deepest falls."""

from __future__ import annotations

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
from active_edge.report.run_page import RunPage
from active_edge.report.timelines import MONTHS, line_style, lines_figure, months_figure, sectors_figure
from active_edge.words import count, number, percent, signed


def path_measures(page: RunPage) -> list[Block]:
    """Downside, tails and months; nothing for a run of before."""
    path = page.stats.path
    if path is None:
        return []
    items = (
        Measure("Sortino ratio", number(path.sortino), "return over cash per unit of what fell short of it"),
        Measure("Calmar ratio", number(path.calmar), "return a year per unit of the deepest fall"),
        Measure("Worst month in twenty", signed(path.var_95), "value at risk: 95 % of months were better"),
        Measure("Mean of the worst", signed(path.es_95), "expected shortfall: the mean month at or below it"),
        Measure("Skew of months", number(path.skew, sign=True), "below zero: falls are larger than rises"),
        Measure("Months above zero", percent(path.positive_months, 0), "of complete months"),
        Measure("Best month", signed(path.best_month), path.best_month_in),
        Measure("Worst month", signed(path.worst_month), path.worst_month_in),
    )
    return [Measures(items)]


def falls_table(page: RunPage) -> list[Block]:
    """The deepest falls; nothing where there was none."""
    if not page.stats.falls:
        return []
    columns = (
        Column("High on", numeric=False),
        Column("Lowest on", numeric=False),
        Column("Recovered on", numeric=False),
        Column("Depth"),
        Column("Length"),
    )
    rows = tuple(
        (fall.start, fall.trough, fall.recovered or "not yet", percent(fall.depth), count(fall.sessions, page.period))
        for fall in page.stats.falls
    )
    return [Table("The deepest falls, net of costs", columns, rows)]


OF_A_MONTH = "Percent: compound return of this calendar month, net of costs."


def months_section(page: RunPage) -> Section | None:
    """Every calendar month, alone and beside the yardstick; None where they are not known."""
    months = page.months
    if months is None or months.empty:
        return None
    yardstick = page.stats.yardstick
    series = {"Return of each month, net": months["net"]}
    if yardstick in months.columns:
        series[f"Each month less {yardstick}"] = months["net"] - months[yardstick]
    years = months.index.year.nunique()
    blocks: list[Block] = [
        Chart(
            name=f"months-{place}",
            title=title,
            summary=f"{count(len(values), 'month')}: best {signed(values.max())}, worst {signed(values.min())}.",
            figure=months_figure(values),
            keys=(Key("above zero", "net", "area"), Key("below zero", "first", "area")),
            height=60 + 26 * years,
        )
        for place, (title, values) in enumerate(series.items())
    ]
    table = (
        months["net"].groupby([months.index.year, months.index.month]).first().unstack().reindex(columns=range(1, 13))
    )
    rows = tuple((str(year), *(signed(value) for value in row)) for year, row in table.iterrows())
    columns = (Column("Year", numeric=False), *(Column(month, more=OF_A_MONTH) for month in MONTHS))
    blocks.append(Table("Return of each month, net, as numbers", columns, rows, folded=True, pinned=True))
    return Section("months", "Calendar months", "Which months made it?", tuple(blocks))


def leanings_section(page: RunPage) -> Section | None:
    """Rolling numbers and loadings; None where the run is too short for two windows."""
    if page.rolling is None or page.rolling.empty:
        return None
    window, yardstick = count(page.rolling_months, "month"), page.stats.yardstick or ""
    rolled: list[Chart] = []
    for place, name in enumerate(page.rolling.columns):
        values = page.rolling[name]
        unit = "percent" if name in ("alpha", "tracking error") else ""
        shown = signed if unit else number
        rolled.append(
            Chart(
                name=f"rolling-{place}",
                title=f"{name[:1].upper()}{name[1:]} of the last {window}"
                + ("" if name == "Sharpe ratio" else f", on {yardstick}"),
                summary=f"From {shown(values.min())} to {shown(values.max())}; {shown(values.iloc[-1])} at the end.",
                figure=lines_figure(page.rolling[[name]], unit=unit, axis="a year" if unit else str(name)),
                keys=(Key(f"{name}, by the last month of the window", "net"),),
                height=200,
            )
        )
    blocks: list[Block] = [Beside(tuple(rolled))]
    if page.loadings is not None and not page.loadings.empty:
        names = [str(name) for name in page.loadings.columns]
        ends = "; ".join(f"{name} {number(page.loadings[name].iloc[-1], sign=True)}" for name in names)
        blocks.append(
            Chart(
                name="loadings",
                title=f"Factor loadings of the last {window}",
                summary=f"At the end: {ends}.",
                figure=lines_figure(page.loadings, unit="", axis="loading"),
                keys=tuple(Key(name, *line_style(place)) for place, name in enumerate(names)),
                height=280,
            )
        )
    text = "Neighbouring windows share all months but one: a line that wanders says little, a break may say more."
    return Section(
        "leanings", "Through time", "Was it the same portfolio all along?", (*blocks, Prose(text, role="meaning"))
    )


def mix_section(page: RunPage) -> Section | None:
    """Styles, sectors, names and cash beside the index; None for returns alone."""
    if page.names is None:
        return None
    blocks: list[Block] = []
    if page.styles is not None and not page.styles.empty:
        drawn: list[Chart] = []
        styles = [str(name) for name in page.styles.columns if not str(name).endswith(", index")]
        for name in styles:
            both = page.styles[[name, f"{name}, index"]]
            drawn.append(
                Chart(
                    name=f"style-{name}",
                    title=f"{name.capitalize()}: mean place among the members of the index",
                    summary=f"Last {percent(both[name].iloc[-1], 0)}, of the index {percent(both.iloc[-1, 1], 0)}.",
                    figure=lines_figure(both, unit="percent", axis="place", steps=True),
                    keys=(Key("portfolio", "net"), Key("index rebuilt", *line_style(1))),
                    height=190,
                )
            )
        blocks.append(Beside(tuple(drawn)))
    else:
        blocks.append(Absent(f"Size, value and quality beside the index are not known: {page.mix_why}."))
    if page.sectors is not None and page.index_sectors is not None and not page.sectors.empty:
        active = page.sectors - page.index_sectors
        blocks.append(
            Chart(
                name="sectors",
                title="Weight of each sector beyond the index’s",
                summary="; ".join(f"{str(name).replace('_', ' ')} {signed(active[name].iloc[-1])}" for name in active),
                figure=sectors_figure(active),
                keys=(Key("more than the index", "net", "area"), Key("less", "first", "area")),
                height=70 + 26 * len(active.columns),
            )
        )
    held = tuple(
        Chart(
            name=f"held-{name}",
            title=title,
            summary=f"{title}: from {shown(page.names[name].iloc[0])} to {shown(page.names[name].iloc[-1])}.",
            figure=lines_figure(page.names[[name]], unit=unit, axis=name, steps=True),
            keys=(Key(title.lower(), "net"),),
            height=170,
        )
        for name, title, unit, shown in (
            ("names", "Names held", "", _names),
            ("cash", "Share in cash", "percent", percent),
        )
    )
    return Section("mix", "What it held beside the index", "Is it a style in disguise?", (*blocks, Beside(held)))


def _names(held: float) -> str:
    return count(held, "name")
