"""What puts the data behind several runs in doubt, once for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from active_edge.report.blocks import Column, Section, Table
from active_edge.words import listed


def shared_doubts(runs: Iterable[tuple[str, Mapping[str, str]]]) -> dict[tuple[str, str], list[str]]:
    """Each doubt, as (name, why), and the runs that rest on it, from names of runs and their doubts."""
    found: dict[tuple[str, str], list[str]] = {}
    for run, doubts in runs:
        for doubt in doubts.items():
            if run not in (rest := found.setdefault(doubt, [])):
                rest.append(run)
    return found


def doubts_section(runs: Iterable[tuple[str, Mapping[str, str]]]) -> tuple[Section, ...]:
    """The section of doubts about runs, each a name and its doubts; none where nothing is in doubt."""
    found = shared_doubts(runs)
    if not found:
        return ()
    columns = tuple(Column(title, numeric=False, wrap=True) for title in ("What", "Why", "Runs"))
    rows = tuple((name, text, listed(names)) for (name, text), names in found.items())
    table = Table("What puts the data in doubt", columns, rows)
    return (Section("doubts", "Data in doubt", "Can these numbers be believed?", (table,)),)
