"""The folder of the evidence run in a results folder: its page and its lines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from active_edge.report.document import write_page
from active_edge.results.entry import PAGE

FOLDER, LINES = "evidence", "evidence.json"


def write_evidence(out: Path, html: str, lines: Sequence[Mapping[str, Any]]) -> Path:
    """The page, written with the lines beside it into the folder `evidence` of the results folder `out`."""
    folder = out / FOLDER
    page = write_page(html, folder / PAGE)
    write_page(json.dumps(lines, indent=2, ensure_ascii=False, allow_nan=False) + "\n", folder / LINES)
    return page
