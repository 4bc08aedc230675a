"""Figures of a portfolio through time: lines, months by years, weights beside the index."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from active_edge.report.charts import Figure, dates_of, framed, values_of
from active_edge.report.palette import benchmark_style, light

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DIVERGING = ("first", "card", "net")
"""Below zero, zero, above zero."""


def lines_figure(table: pd.DataFrame, *, unit: str, axis: str, steps: bool = False) -> Figure:
    """One line a column over dates.

    Parameters
    ----------
    unit : "percent", or "" for plain numbers.
    axis : the title of the value axis.
    steps : each value holds until the next.
    """
    shown = "%{y:.1%}" if unit == "percent" else "%{y:.2f}"
    data = []
    for place, name in enumerate(table.columns):
        colour, stroke = line_style(place)
        line = {"color": light(colour), "width": 2.0 if place == 0 else 1.6, "dash": stroke}
        trace: Figure = {"type": "scatter", "mode": "lines", "name": str(name), "line": line}
        trace |= {"x": dates_of(table.index), "y": values_of(table[name])}
        data.append(trace | {"hovertemplate": f"{name} {shown}<extra></extra>"})
        if steps:
            data[-1]["line"] = line | {"shape": "hv"}
    y = {"nticks": 5, "zeroline": True} | ({"tickformat": ".1~%"} if unit == "percent" else {})
    layout = framed(x={"type": "date"}, y=y, across="date", up=axis)
    return {"data": data, "layout": layout}


def line_style(place: int) -> tuple[str, str]:
    """Colour and stroke of the line at `place`; the first is the portfolio's."""
    return ("net", "solid") if place == 0 else benchmark_style(place - 1)


def months_figure(months: pd.Series) -> Figure:
    """Calendar months across, years down; blue above zero, orange below, as far as the largest of them."""
    index = pd.DatetimeIndex(months.index)
    field = pd.DataFrame({"year": index.year, "month": index.month, "value": months.to_numpy()})
    table = field.pivot(index="year", columns="month", values="value").reindex(columns=range(1, 13))
    return _diverging(
        [values_of(row) for _, row in table.iterrows()],
        across=list(MONTHS),
        down=[str(year) for year in table.index],
        hover="%{x} %{y}: %{z:+.1%}<extra></extra>",
        x={"type": "category"},
        titles=("month", "year"),
        text="%{z:.1%}",
    )


def sectors_figure(active: pd.DataFrame) -> Figure:
    """Decision dates across, sectors down; the weight beyond the index's."""
    return _diverging(
        [values_of(active[name]) for name in active.columns],
        across=dates_of(active.index),
        down=[str(name).replace("_", " ") for name in active.columns],
        hover="%{y}, %{x|%b %Y}: %{z:+.1%} beside the index<extra></extra>",
        x={"type": "date"},
        titles=("date", "sector"),
    )


def _diverging(
    rows: Sequence[Sequence[float | None]],
    *,
    across: Sequence[str],
    down: Sequence[str],
    hover: str,
    x: Figure,
    titles: tuple[str, str],
    text: str = "",
) -> Figure:
    known = [abs(value) for row in rows for value in row if value is not None]
    most = max(known, default=0.0) or 1.0
    field: Figure = {
        "type": "heatmap",
        "x": list(across),
        "y": list(down),
        "z": [list(row) for row in rows],
        "zmin": -most,
        "zmax": most,
        "colorscale": [[place / 2, light(name)] for place, name in enumerate(DIVERGING)],
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "hovertemplate": hover,
        "hoverongaps": False,
    }
    if text:
        field |= {"texttemplate": text, "textfont": {"size": 11}}
    y = {"type": "category", "autorange": "reversed", "showgrid": False, "dtick": 1}
    layout = framed(x=x | {"showgrid": False}, y=y, across=titles[0], up=titles[1])
    return {"data": [field], "layout": layout | {"hovermode": "closest"}}
