"""Figures through time: lines, evidence, months by years, weights beside the index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from active_edge.report.charts import Figure, dates_of, framed, values_of
from active_edge.report.palette import benchmark_style, light

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DIVERGING = ("first", "card", "net")
"""Below zero, zero, above zero."""
LEAST_EVIDENCE = 1e-4
"""E-values below are drawn here: they say no more."""


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
        data.append(trace | _points(table[name]) | {"hovertemplate": f"{name} {shown}<extra></extra>"})
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


def evidence_figure(rising: pd.Series, falling: pd.Series, marks: Mapping[str, float]) -> Figure:
    """E-values month by month on a logarithmic axis: for an edge, and against one above the threshold of failure.

    `marks` are the levels at which something is claimed, drawn across as dotted lines, by what a reader is told.
    """
    data = []
    for series, colour, stroke in ((rising, "net", "solid"), (falling, "first", "dash")):
        line = {"color": light(colour), "width": 2.2 if stroke == "solid" else 1.8, "dash": stroke}
        trace: Figure = {"type": "scatter", "mode": "lines", "name": str(series.name), "line": line}
        data.append(trace | _points(series.clip(lower=LEAST_EVIDENCE)) | {"hovertemplate": "%{y:.3g}"})
    for name, level in marks.items():
        across = pd.Series(level, index=series.index[[0, -1]])
        line = {"color": light("muted"), "width": 1.2, "dash": "dot"}
        data.append(
            {"type": "scatter", "mode": "lines", "name": name, "line": line, "hoverinfo": "skip"} | _points(across)
        )
    drawn = np.concatenate([rising, falling, list(marks.values())])
    lowest, highest = max(LEAST_EVIDENCE, float(drawn.min()) / 1.5), float(drawn.max()) * 2.0
    ticks = [tick for tick in (0.001, 0.01, 0.1, 1, *marks.values(), 100, 1e3, 1e4, 1e6) if lowest <= tick <= highest]
    ticks = [
        tick for tick in ticks if tick in marks.values() or all(abs(np.log10(tick / m)) > 0.3 for m in marks.values())
    ]
    axis = {"type": "log", "tickmode": "array", "tickvals": ticks, "ticktext": [f"{tick:g}" for tick in ticks]}
    axis["range"] = [float(np.log10(lowest)), float(np.log10(highest))]
    return {"data": data, "layout": framed(x={"type": "date"}, y=axis, across="date", up="evidence")}


def _points(values: pd.Series) -> Figure:
    return {"x": dates_of(values.index), "y": values_of(values)}


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
