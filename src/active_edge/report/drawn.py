"""Small pictures for tables: rows of estimates onto one common axis."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from active_edge.report.blocks import Cell, Reach
from active_edge.words import is_missing

Estimate = tuple[Any, Any, Any]


def reach_cells(estimates: Iterable[Estimate]) -> list[Cell]:
    """One cell for each (lower, value, upper); an empty one where any of the three is missing.

    The axis spans zero and every known bound, so that pictures of one table can be compared.
    """
    rows = list(estimates)
    known = [row for row in rows if _is_known(row)]
    axis = (min([0.0, *(float(row[0]) for row in known)]), max([0.0, *(float(row[2]) for row in known)]))
    return [
        Cell("", reach=Reach(float(row[0]), float(row[1]), float(row[2]), axis)) if _is_known(row) else Cell("")
        for row in rows
    ]


def _is_known(estimate: Estimate) -> bool:
    return not any(is_missing(number) for number in estimate)
