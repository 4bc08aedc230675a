"""The folder of the evidence run in a results folder: its page and its lines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from active_edge.report.document import write_page
from active_edge.results.entry import PAGE

EVIDENCE, REAL, LINES = "evidence", "real", "evidence.json"
THESIS = "thesis.html"


def write_evidence(out: Path, html: str, lines: Sequence[Mapping[str, Any]], *, folder: str = EVIDENCE) -> Path:
    """The page, written with the lines beside it into a folder of the results folder `out`."""
    within = out / folder
    page = write_page(html, within / PAGE)
    write_page(json.dumps(lines, indent=2, ensure_ascii=False, allow_nan=False) + "\n", within / LINES)
    return page


def write_thesis(out: Path, html: str, lines: Sequence[Mapping[str, Any]]) -> Path:
    """`thesis.html` in the results folder `out`, its lines beside it as `thesis.json`."""
    page = write_page(html, out / THESIS)
    write_page(json.dumps(lines, indent=2, ensure_ascii=False, allow_nan=False) + "\n", page.with_suffix(".json"))
    return page


def real_lines(out: Path) -> list[dict[str, Any]]:
    """The lines on real returns that a results folder holds; none where there are none that can be read."""
    try:
        lines = json.loads((out / REAL / LINES).read_bytes())
    except (OSError, ValueError):
        return []
    return lines if isinstance(lines, list) else []
