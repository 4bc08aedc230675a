"""Column names of a CSV file, or the one sentence that says why it is no comma-separated UTF-8 text with a header."""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO, cast

from active_edge.errors import ImportRefused
from active_edge.market.intake.taken import SHOWN_ROWS
from active_edge.market.intake.values import folded
from active_edge.market.separated import DELIMITERS, separated_by
from active_edge.schema import Table

DEEPEST_HEADER = 30
"""Lines in which a header is looked for."""
MAGIC = (
    (b"PK\x03\x04", "a zip archive or an Excel workbook"),
    (b"PAR1", "Parquet"),
    (b"\x1f\x8b", "gzip"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"%PDF", "PDF"),
    (b"<", "a web page"),
    (b"{", "JSON"),
)
UNIT_WORDS = re.compile(
    r"\b(in )?(thousands?|millions?|billions?)\b|[$€£]? ?'?000s?\b|"
    r"\b(EUR|GBP|GBX|CAD|JPY|CHF|AUD|HKD|euros?|pounds|pence)\b",
    re.IGNORECASE,
)
"""What lines above a table say of its unit."""
_ADVICE = "save it as CSV UTF-8"


def read_header(path: Path, table: Table) -> tuple[str, ...]:
    """Column names of a CSV file, as written.

    Raises
    ------
    ImportRefused
        It cannot be opened, is something else, is not UTF-8, or its first line does not name the columns.
    """
    try:
        with _binary(path) as stream:
            start = stream.read(4096)
        _refuse_other_forms(path, start)
        with _binary(path) as stream:
            lines = "".join(islice(_decoded(path, stream), DEEPEST_HEADER)).splitlines()
    except (OSError, EOFError) as error:
        raise ImportRefused(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error})") from error
    problem = _misplaced(lines, table)
    if problem:
        raise ImportRefused(f"{path}: {problem}")
    try:
        header = tuple(name.strip() for name in next(csv.reader(lines), []))
    except csv.Error as error:
        raise ImportRefused(f"{path}: cannot be read as CSV ({error}); it must be UTF-8 text") from error
    if not header and not lines:
        raise ImportRefused(f"{path}: is empty; leave the file out or fill it")
    if header[:1] == ("",) and "" not in header[1:]:
        said = "the first column has no name, as an index that was saved with the table; leave it out"
        raise ImportRefused(f"{path}: {said}: {','.join(header)[:200]!r}")
    if not header or "" in header or len({folded(name) or name for name in header}) < len(header):
        raise ImportRefused(f"{path}: the first line must name each column once; it is {','.join(header)[:200]!r}")
    return header


def undecodable(path: Path) -> str:
    """Sentence about the first line that is not UTF-8; empty where every line is."""
    with _binary(path) as stream:
        for number, line in enumerate(stream, start=1):
            if found := _not_utf8(number, line):
                return found
    return ""


def other_widths(path: Path) -> str:
    """Sentence about the lines with another number of cells than the header; empty where there are none."""
    with _binary(path) as stream:
        lines = csv.reader(line.decode("utf-8-sig" if k == 0 else "utf-8") for k, line in enumerate(stream))
        try:
            width = len(next(lines, []))
            odd = [(lines.line_num, len(cells)) for cells in lines if cells and len(cells) != width]
        except csv.Error:
            return ""
    if not odd:
        return ""
    shown = ", ".join(f"line {number} has {cells}" for number, cells in odd[:SHOWN_ROWS])
    lines_of = "1 line" if len(odd) == 1 else f"{len(odd):,} lines"
    return (
        f"{lines_of} with another number of cells than the header's {width} ({shown}); every line must have as many: "
        "quote cells that hold a comma. Rows named for other errors are counted without such lines"
    )


def _binary(path: Path) -> IO[bytes]:
    zipped = path.name.casefold().endswith(".gz")
    return cast(IO[bytes], gzip.open(path, "rb")) if zipped else path.open("rb")


def _decoded(path: Path, stream: IO[bytes]) -> Iterator[str]:
    for number, line in enumerate(stream, start=1):
        if found := _not_utf8(number, line):
            raise ImportRefused(f"{path}: {found}")
        yield line.decode("utf-8-sig" if number == 1 else "utf-8")


def _not_utf8(number: int, line: bytes) -> str:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError as error:
        byte = f"byte 0x{line[error.start]:02x}, as Latin-1 and Windows write accents"
        return f"line {number} is not UTF-8 ({byte}); {_ADVICE}"
    return ""


def _refuse_other_forms(path: Path, start: bytes) -> None:
    for magic, form in MAGIC:
        if start.lstrip(b"\xef\xbb\xbf \r\n").startswith(magic):
            raise ImportRefused(f"{path}: is {form}, not CSV (it starts with {start[:4]!r}); name it by what it is")
    if start[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in start:
        raise ImportRefused(f"{path}: is UTF-16 or binary, not UTF-8 text; {_ADVICE}")


def _misplaced(lines: list[str], table: Table) -> str:
    """What keeps the first line from being a header separated by commas; empty where nothing does."""
    best, at, sign = 0, 0, ","
    for number, line in enumerate(lines):
        for delimiter in DELIMITERS:
            cells = {folded(cell) for cell in line.split(delimiter)}
            named = len(cells & {folded(name) for name in table.names})
            if named > best:
                best, at, sign = named, number, delimiter
    if best < 2 or (at == 0 and sign == ","):
        return ""
    wrong = []
    if at:
        first = lines[0].strip()[:120]
        unit = UNIT_WORDS.search(" ".join(lines[:at]))
        full = f"; they say {unit.group().strip()!r}: give every value in US dollars and in full" if unit else ""
        wrong.append(
            f"line 1 is {first!r} and the column names stand in line {at + 1}: remove the lines above them{full}"
        )
    if sign != ",":
        wrong.append(separated_by(sign, lines[at + 1 :]))
    return "; ".join(wrong)
