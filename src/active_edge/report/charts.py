"""Series and tables to plotly figures, as plain dictionaries with plain lists; nothing is computed here.

A figure is drawn in the palette's light colours. Plotly itself is only needed where a page is shown.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from active_edge.report.blocks import Key
from active_edge.report.palette import benchmark_style, light, run_style
from active_edge.words import is_missing

Figure = dict[str, Any]

DIGITS = 4
"""Decimals kept of a drawn return or growth: a hundredth of a percent, under a pixel."""
MOST_DAYS = 3000
"""Days drawn of a line; see `drawn_every`."""

PERCENTS: Figure = {"tickformat": ".1~%", "nticks": 6}
ROW_PIXELS = 46
MOST_LINES = 6
LUCK, LUCK_MIDDLE = "random portfolios, 90 % of them", "random portfolios, the middle one"


def series_keys(names: Sequence[str]) -> tuple[Key, ...]:
    """Legend entries of the portfolio ("net"), its gross curve and benchmarks, in the order of `names`."""
    return tuple(Key(_label(name), *_style(name, names)) for name in names)


def growth_figure(growth: pd.DataFrame, drawdown: pd.DataFrame, luck: pd.DataFrame | None = None) -> Figure:
    """Value of 1 invested above, fall from the highest value below, on one time axis.

    Frames as in `RunPage`. The value axis is logarithmic when the highest value is over three times the lowest,
    so that equal heights are equal percentages. Where there are many lines those that only add begin hidden.
    """
    names = [str(name) for name in growth.columns]
    data = _luck_traces(luck) + [_line(growth[name], name, names, axis="y", prefix="$") for name in names]
    hidden = begins_hidden(names, lines=len(names) + (luck is not None))
    data = [trace | ({"visible": "legendonly"} if trace["name"] in hidden else {}) for trace in data]
    data += [_line(drawdown[name], str(name), names, axis="y2", percent=True) for name in drawdown.columns]
    values = np.concatenate([frame.to_numpy(dtype=float).ravel() for frame in (growth, luck) if frame is not None])
    lowest, highest = float(np.nanmin(values)), float(np.nanmax(values))
    start, scales = _value_scales(lowest, highest)
    x = {"type": "date", "anchor": "y2"}
    layout = framed(x=x, y=scales[start] | {"domain": [0.38, 1.0]}, across="date", up="value of $1")
    below = {"domain": [0.0, 0.28], "tickformat": ".0%", "nticks": 4, "rangemode": "tozero"}
    layout["yaxis2"] = _axis(below, "fall")
    layout["meta"] = {"scale": start, "scales": scales, "chosen": True}
    return {"data": data, "layout": layout}


def begins_hidden(names: Sequence[str], *, lines: int) -> list[str]:
    """What the legend calls those of the lines of growth that begin hidden: before costs, and any past the sixth.

    lines : how many there are, that of random portfolios too, which always shows.
    """
    if lines <= MOST_LINES:
        return []
    shown = [name for name in names if name != "gross"][: MOST_LINES - (lines - len(names))]
    return [_label(name) for name in names if name not in shown]


def luck_keys() -> tuple[Key, ...]:
    """Legend entries of random portfolios through time."""
    return Key(LUCK_MIDDLE, "muted", "dot"), Key(LUCK, "cone", "area")


def _luck_traces(luck: pd.DataFrame | None) -> list[Figure]:
    """The band of random portfolios and its middle; nothing where they were not drawn."""
    if luck is None:
        return []
    edge: Figure = {"type": "scatter", "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "yaxis": "y"}
    edge |= {"legendgroup": LUCK}
    filled = {"fill": "tonexty", "fillcolor": light("cone")}
    line = {"color": light("muted"), "width": 1.5, "dash": "dot"}
    middle: Figure = {"type": "scatter", "mode": "lines", "name": LUCK_MIDDLE, "yaxis": "y", "line": line}
    return [
        edge | _points(luck["lower"]) | {"name": "random portfolios, lower end"},
        edge | _points(luck["upper"]) | {"name": "random portfolios, upper end"} | filled,
        middle | _points(luck["median"]) | {"hovertemplate": LUCK_MIDDLE + " $%{y:.2f}<extra></extra>"},
    ]


def active_figure(active: pd.Series, lower: pd.Series | None, upper: pd.Series | None, colour: str) -> Figure:
    """Growth over the benchmark's, less 1, with the range in which luck alone would hold it, where known."""
    data: list[Figure] = []
    if lower is not None and upper is not None:
        edge = {"type": "scatter", "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
        data.append(edge | _points(lower) | {"name": "luck, lower"})
        data.append(edge | _points(upper) | {"name": "luck, upper", "fill": "tonexty", "fillcolor": light("cone")})
    line: Figure = {"type": "scatter", "mode": "lines", "line": {"color": light(colour), "width": 1.8}}
    data.append(line | _points(active) | {"name": str(active.name), "hovertemplate": "%{x|%-d %b %Y}: %{y:+.1%}"})
    layout = framed(x={"type": "date"}, y=PERCENTS | {"zeroline": True}, across="date", up="ahead")
    return {"data": data, "layout": layout}


def interval_figure(rows: Sequence[Mapping[str, Any]], *, of: str, threshold: float | None = None) -> Figure:
    """Estimates with their intervals, one row each, first row on top.

    Parameters
    ----------
    rows
        Each has label, value, lower, upper (decimals; None where unknown), optionally mde (half-width of the band
        too small to detect) and colour (palette name).
    of
        What a row is, in a word.
    threshold
        An annual return drawn as a dotted vertical line, decimal.
    """
    shapes: list[Figure] = []
    heights = [float(len(rows) - 1 - position) for position in range(len(rows))]
    for row, height in zip(rows, heights, strict=True):
        if not is_missing(row.get("mde")):
            mde = _kept(row["mde"])
            box = {"type": "rect", "x0": -mde, "x1": mde, "y0": height - 0.3, "y1": height + 0.3}
            shapes.append(box | {"fillcolor": light("cone"), "line": {"width": 0}, "layer": "below"})
    if threshold is not None:
        line = {"type": "line", "x0": threshold, "x1": threshold, "yref": "paper", "y0": 0, "y1": 1}
        shapes.append(line | {"line": {"color": light("muted"), "width": 1, "dash": "dot"}, "layer": "below"})
    data = [_interval(row, height) for row, height in zip(rows, heights, strict=True) if not is_missing(row["value"])]
    layout = framed(
        x={
            "tickformat": ".1~%",
            "zeroline": True,
            "showgrid": True,
            "nticks": 7,
            "range": _span(rows, threshold),
        },
        y={
            "tickmode": "array",
            "tickvals": heights,
            "ticktext": [str(row["label"]) for row in rows],
            "range": [-0.6, len(rows) - 0.4],
            "showgrid": False,
        },
        across="a year",
        up=of,
    )
    layout["shapes"] = shapes
    layout["hovermode"] = "closest"
    return {"data": data, "layout": layout}


def interval_height(rows: Sequence[Any]) -> int:
    """Pixels that give each row of an interval figure room."""
    return 46 + ROW_PIXELS * len(rows)


def years_figure(years: pd.DataFrame, names: Sequence[str]) -> Figure:
    """One group of bars a calendar year, one bar for each of `names`; incomplete years carry an asterisk."""
    complete = years["complete"] if "complete" in years.columns else pd.Series(True, index=years.index)
    labels = [f"{year}" if whole else f"{year}*" for year, whole in complete.items()]
    data = [
        {
            "type": "bar",
            "name": _label(name),
            "x": labels,
            "y": values_of(years[name]),
            "marker": {"color": light(_style(name, names)[0])},
            "hovertemplate": "%{x} " + _label(name) + ": %{y:+.1%}<extra></extra>",
        }
        for name in names
    ]
    layout = framed(x={"type": "category"}, y=PERCENTS | {"zeroline": True}, across="year", up="return")
    layout |= {"barmode": "group", "bargap": 0.28, "bargroupgap": 0.06, "hovermode": "closest"}
    return {"data": data, "layout": layout}


def random_figure(returns: pd.Series, own: float) -> Figure:
    """How many random portfolios earned what a year, with a line at this portfolio's own return, `own`."""
    bars: Figure = {"type": "histogram", "x": values_of(returns), "nbinsx": 40, "marker": {"color": light("bar")}}
    bars["hovertemplate"] = "%{x}: %{y} portfolios<extra></extra>"
    layout = framed(x=PERCENTS, y={"nticks": 4}, across="return a year", up="portfolios")
    line = {"type": "line", "x0": own, "x1": own, "yref": "paper", "y0": 0, "y1": 1}
    layout["shapes"] = [line | {"line": {"color": light("net"), "width": 2.5}}]
    layout |= {"bargap": 0.06, "hovermode": "closest"}
    return {"data": [bars], "layout": layout}


def turnover_figure(turnover: pd.Series) -> Figure:
    """One bar a rebalance: the one-way share of the portfolio that was traded."""
    bars: Figure = {"type": "bar", "marker": {"color": light("net")}, **_points(turnover)}
    bars["hovertemplate"] = "%{x|%-d %b %Y}: %{y:.0%}<extra></extra>"
    layout = framed(x={"type": "date"}, y=PERCENTS | {"rangemode": "tozero"}, across="date", up="one way")
    return {"data": [bars], "layout": layout | {"bargap": 0.35, "hovermode": "closest"}}


def coverage_figure(coverage: pd.DataFrame) -> Figure:
    """A field of rules by dates, darker where more candidates had a value."""
    field: Figure = {
        "type": "heatmap",
        "x": dates_of(coverage.index),
        "y": [str(rule).replace("_", " ") for rule in coverage.columns],
        "z": [values_of(coverage[rule]) for rule in coverage.columns],
        "zmin": 0.0,
        "zmax": 1.0,
        "colorscale": [[0.0, light("cone")], [1.0, light("net")]],
        "showscale": False,
        "ygap": 3,
        "hovertemplate": "%{y}, %{x|%b %Y}: %{z:.0%} of candidates<extra></extra>",
    }
    y = {"autorange": "reversed", "showgrid": False, "dtick": 1}
    layout = framed(x={"type": "date"}, y=y, across="date", up="rule")
    return {"data": [field], "layout": layout | {"hovermode": "closest"}}


def heat_figure(means: pd.DataFrame, down: str, across: str) -> Figure:
    """A field of annual returns by two settings, pale where low; rows and columns in the frame's order."""
    field: Figure = {
        "type": "heatmap",
        "x": [str(value) for value in means.columns],
        "y": [str(value) for value in means.index],
        "z": [values_of(row) for _, row in means.iterrows()],
        "colorscale": [[0.0, light("cone")], [1.0, light("net")]],
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "hovertemplate": down + " %{y}, " + across + " %{x}: %{z:+.1%} a year<extra></extra>",
    }
    axis = {"type": "category", "showgrid": False}
    return {"data": [field], "layout": framed(x=axis, y=axis, across=across, up=down) | {"hovermode": "closest"}}


def runs_figure(curves: Sequence[pd.Series], labels: Sequence[str]) -> Figure:
    """Net value of 1 invested of many runs, one line each; `curves` and `labels` in the same order."""
    data = []
    for position, (curve, label) in enumerate(zip(curves, labels, strict=True)):
        colour, stroke = run_style(position)
        line = {"color": light(colour), "width": 1.7, "dash": stroke}
        trace: Figure = {"type": "scatter", "mode": "lines", "name": label, "line": line}
        data.append(trace | _points(curve) | {"hovertemplate": f"{label} $%{{y:.2f}}<extra></extra>"})
    lowest = min(float(np.nanmin(curve)) for curve in curves)
    highest = max(float(np.nanmax(curve)) for curve in curves)
    start, scales = _value_scales(lowest, highest)
    layout = framed(x={"type": "date"}, y=scales[start], across="date", up="value of $1")
    return {"data": data, "layout": layout | {"hovermode": "closest"}}


def _span(rows: Sequence[Mapping[str, Any]], threshold: float | None) -> list[float]:
    """Ends of an axis that holds zero, the threshold and everything the rows draw, with a little air."""
    drawn = [0.0, threshold or 0.0]
    for row in rows:
        drawn += [float(row[key]) for key in ("value", "lower", "upper") if not is_missing(row[key])]
        if not is_missing(row.get("mde")):
            drawn += [-float(row["mde"]), float(row["mde"])]
    air = 0.06 * (max(drawn) - min(drawn)) or 0.01
    return [_kept(min(drawn) - air), _kept(max(drawn) + air)]


def _interval(row: Mapping[str, Any], height: float) -> Figure:
    """A dot with whiskers to `lower` and `upper`; only the dot where either is unknown."""
    colour = light(row.get("colour", "net"))
    value = _kept(row["value"])
    point: Figure = {
        "type": "scatter",
        "mode": "markers",
        "name": str(row["label"]),
        "x": [value],
        "y": [height],
        "marker": {"color": colour, "size": 11, "symbol": "circle"},
        "hovertemplate": f"{row['label']}: %{{x:+.1%}} a year<extra></extra>",
    }
    if not (is_missing(row["lower"]) or is_missing(row["upper"])):
        whiskers = {"array": [_kept(row["upper"] - value)], "arrayminus": [_kept(value - row["lower"])]}
        point["error_x"] = {
            "type": "data",
            "symmetric": False,
            "color": colour,
            "thickness": 2.5,
            "width": 6,
        } | whiskers
    return point


def _line(
    values: pd.Series, name: str, names: Sequence[str], *, axis: str, prefix: str = "", percent: bool = False
) -> Figure:
    colour, stroke = _style(name, names)
    shown = prefix + ("%{y:.1%}" if percent else "%{y:.2f}")
    line = {"color": light(colour), "width": 2.2 if name == "net" else 1.5, "dash": stroke}
    trace: Figure = {"type": "scatter", "mode": "lines", "name": _label(name), "line": line, "yaxis": axis}
    return trace | _points(values) | {"hovertemplate": f"{_label(name)} {shown}<extra></extra>"}


def _style(name: str, names: Sequence[str]) -> tuple[str, str]:
    """Colour and stroke of a curve: the portfolio solid, its gross curve pale, benchmarks by their order."""
    if name == "net":
        return "net", "solid"
    if name == "gross":
        return "gross", "solid"
    benchmarks = [other for other in names if other not in {"net", "gross"}]
    return benchmark_style(benchmarks.index(name))


def _label(name: str) -> str:
    return {"net": "portfolio, net", "gross": "before costs"}.get(name, name)


def drawn_every(length: int) -> int:
    """Every how many of so many days one is drawn, so that at most `MOST_DAYS` are and a page stays light."""
    return -(-length // MOST_DAYS)


def _points(values: pd.Series) -> Figure:
    step = drawn_every(len(values))
    if step > 1:  # counted from the end, so that the last is drawn
        values = values.iloc[(len(values) - 1) % step :: step]
    return {"x": dates_of(values.index), "y": values_of(values)}


def dates_of(index: pd.Index) -> list[str]:
    """Days as ISO text."""
    days: list[str] = np.datetime_as_string(pd.DatetimeIndex(index).to_numpy(), unit="D").tolist()
    return days


def values_of(values: pd.Series) -> list[float | None]:
    """Numbers to `DIGITS`, None where there is none."""
    return [_kept(value) if math.isfinite(value) else None for value in values.to_numpy(dtype=float).tolist()]


def _kept(value: float) -> float:
    return round(float(value), DIGITS)


def _value_scales(lowest: float, highest: float) -> tuple[str, dict[str, Figure]]:
    """The scale a value axis starts with, and the settings of each that it can be given."""
    linear: Figure = {"type": "linear", "tickmode": "auto", "tickprefix": "$", "tickformat": ".2f", "nticks": 6}
    if lowest <= 0:
        return "linear", {"linear": linear}
    ticks = _doublings(lowest, highest)
    texts = [f"${tick:g}" for tick in ticks]
    log: Figure = {"type": "log", "tickmode": "array", "tickvals": ticks, "ticktext": texts}
    return "log" if highest / lowest > 3 else "linear", {"linear": linear, "log": log}


def _doublings(lowest: float, highest: float) -> list[float]:
    """Powers of two that span the two values."""
    first, last = int(np.floor(np.log2(lowest))), int(np.ceil(np.log2(highest)))
    return [float(2.0**power) for power in range(first, last + 1)]


def _axis(settings: Figure, title: str) -> Figure:
    base = {
        "gridcolor": light("grid"),
        "zerolinecolor": light("muted"),
        "zeroline": False,
        "linecolor": light("rule"),
        "automargin": True,
        "fixedrange": True,
        "ticks": "",
        "title": {"text": title, "standoff": 8, "font": {"size": 12}},
    }
    return base | settings


def framed(*, x: Figure, y: Figure, across: str, up: str) -> Figure:
    """The layout every figure has: quiet axes with their titles, no legend, the palette's light colours."""
    return {
        "xaxis": _axis({"showgrid": False} | x, across),
        "yaxis": _axis(y, up),
        "showlegend": False,
        "hovermode": "x unified",
        "dragmode": False,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": light("muted"), "size": 12.5, "family": "system-ui, sans-serif"},
        "hoverlabel": {"bgcolor": light("card"), "bordercolor": light("rule"), "font": {"color": light("ink")}},
        "margin": {"l": 8, "r": 12, "t": 20, "b": 8, "pad": 4},
        "separators": ".,",
    }
