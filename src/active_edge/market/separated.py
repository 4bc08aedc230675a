"""Where the header of a text of separated values stands, and what keeps it from being line 1 with commas."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path

from active_edge.ordinary import ordinary

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
DEEPEST = 40
"""Lines in which a header is looked for."""
_SAMPLE = 60
_START = 1 << 20
"""Bytes: a file without a line end is no reason to read all of it."""
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def find_header(lines: Sequence[str]) -> tuple[int, str] | None:
    """Line and sign of the header: the first with as many cells as any, all words; None where none names two."""
    best: tuple[int, int, str] | None = None
    for at, line in enumerate(lines[:DEEPEST]):
        for sign in DELIMITERS:
            try:
                cells = next(csv.reader([line], delimiter=sign), [])
            except csv.Error:  # A cell beyond what a csv reader takes: no line of names.
                continue
            words = [cell for cell in cells if re.search(r"[A-Za-z]", cell)]
            named = len(cells) >= 2 and len(words) == len(cells) and len(set(cells)) == len(cells)
            if named and (best is None or len(cells) > best[0]):
                best = (len(cells), at, sign)
    return None if best is None else best[1:]


def separated_by(sign: str, below: Sequence[str]) -> str:
    """Sentence about columns that are not separated by commas, and about the numbers in the lines below the header."""
    commas = any(re.search(r"\d,\d", line) for line in below)
    decimals = " and numbers with decimal commas" if commas else ""
    said = f"columns are separated by {DELIMITERS[sign]}{decimals}: write commas between columns"
    return said + (", and decimal points" if commas else "")


def misplaced_header(path: Path) -> str:
    """Sentence about what keeps a file's first line from being a header separated by commas; empty where nothing does.

    Raises
    ------
    OSError : the file cannot be opened, or is no ordinary one, which might never end.
    """
    with ordinary(path).open("rb") as stream:
        start = stream.read(_START).splitlines()[: DEEPEST + _SAMPLE]
    if start and start[0].startswith(_UTF16):
        return "is UTF-16, not UTF-8 text; save it as CSV UTF-8"
    lines = [line.decode("utf-8-sig", errors="replace").rstrip("\r\n") for line in start]
    found = find_header(lines)
    if found is None or found == (0, ","):
        return ""
    at, sign = found
    said = []
    if at:
        first = lines[0].strip()[:120]
        said.append(f"line 1 is {first!r} and the column names stand in line {at + 1}: remove the lines above them")
    if sign != ",":
        said.append(separated_by(sign, lines[at + 1 :]))
    return "; ".join(said)
