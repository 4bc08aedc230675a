"""The folder of the evidence run in a results folder: its page and its lines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from active_edge.errors import MissingInput
from active_edge.ordinary import ordinary
from active_edge.report.document import write_page
from active_edge.results.entry import PAGE

EVIDENCE, REAL, LINES = "evidence", "real", "evidence.json"
THESIS = "thesis.html"
KEYS = frozenset({"claim", "verdict", "estimate_annual", "interval", "n", "start", "end", "source", "trials"})
"""What each line says, of those that the list of runs shows."""
AGAIN = "remove it, and the next backtest writes it again"


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
    """The lines on real returns that a results folder holds; none where it has none.

    Raises
    ------
    MissingInput : there are some, and they cannot be read.
    """
    path = out / REAL / LINES
    try:
        lines = json.loads(ordinary(path).read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return []
    except (OSError, ValueError, RecursionError) as error:
        raise MissingInput(f"{path}: cannot be read ({error}); {AGAIN}") from None
    if not isinstance(lines, list) or not all(isinstance(line, dict) and set(line) >= KEYS for line in lines):
        raise MissingInput(f"{path}: does not hold what real returns say; {AGAIN}")
    return lines
