"""The charts of a page as figures that a notebook draws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def drawn(figure: dict[str, Any], *, title: str, simulated: bool) -> Figure:
    """A figure of `charts` as plotly's own, with a title; a simulated one says so."""
    from plotly.graph_objects import Figure

    stamp = " · SIMULATED" if simulated else ""
    made = Figure(figure)
    made.update_layout(title=f"{title}{stamp}", height=460, margin={"t": 48}, showlegend=True)
    return made
