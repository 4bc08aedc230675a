"""Tables as one workbook that spreadsheets open, written by hand: a zip of five kinds of small XML files.

Source: ECMA-376, Office Open XML, part 1, sections 18.2 (workbook), 18.3 (worksheets) and 18.8 (styles).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from markupsafe import escape

from active_edge.errors import DataError
from active_edge.whole import write_whole

MOST_ROWS = 1_048_575
"""Rows that a sheet holds below its header."""
DAY_ZERO = pd.Timestamp("1899-12-30")
MADE = (1980, 1, 1, 0, 0, 0)
"""The time each part of the zip carries, so that the same tables give the same bytes."""
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="2"><font><sz val="11"/></font><font><b/><sz val="11"/></font></fonts>'
    '<fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/><xf numFmtId="14" applyNumberFormat="1"/>'
    '<xf fontId="1" applyFont="1"/></cellXfs></styleSheet>'
)
DATE, BOLD = ' s="1"', ' s="2"'


def write_workbook(tables: Mapping[str, pd.DataFrame], path: Path) -> Path:
    """The path of a workbook with a sheet a table, its header bold and in sight; dates are dates, text is text.

    Raises
    ------
    DataError : a table has more rows than a sheet holds.
    """
    for name, table in tables.items():
        if len(table) > MOST_ROWS:
            raise DataError(f"{name}: {len(table):,} rows; a sheet holds {MOST_ROWS:,}. Write it as CSV instead")
    return write_whole(path, packed(_parts(tables)))


def packed(parts: Iterable[tuple[str, str]]) -> bytes:
    """Named texts made into one zip; the same texts give the same bytes."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts:
            archive.writestr(zipfile.ZipInfo(name, MADE), text, zipfile.ZIP_DEFLATED)
    return body.getvalue()


def _parts(tables: Mapping[str, pd.DataFrame]) -> Iterator[tuple[str, str]]:
    numbers = range(1, len(tables) + 1)
    sheets = "".join(
        f'<sheet name="{escape(name)}" sheetId="{n}" r:id="r{n}"/>' for n, name in zip(numbers, tables, strict=True)
    )
    links = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{KIND}.worksheet+xml"/>' for n in numbers
    )
    yield (
        "[Content_Types].xml",
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        f'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{KIND}.styles+xml"/>{kinds}</Types>',
    )
    yield (
        "_rels/.rels",
        f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" Type="{OFFICE}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
    )
    yield "xl/workbook.xml", f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{sheets}</sheets></workbook>'
    yield (
        "xl/_rels/workbook.xml.rels",
        f'<Relationships xmlns="{PACKAGE}/relationships">{links}<Relationship Id="styles" Type="{OFFICE}/styles" '
        'Target="styles.xml"/></Relationships>',
    )
    yield "xl/styles.xml", STYLES
    for n, table in zip(numbers, tables.values(), strict=True):
        yield f"xl/worksheets/sheet{n}.xml", _sheet(table)


def _sheet(table: pd.DataFrame) -> str:
    columns = [list(_cells(table[name])) for name in table.columns]
    head = "".join(_text(str(name), BOLD) for name in table.columns)
    rows = "".join(f"<row>{''.join(cells)}</row>" for cells in zip(*columns, strict=True)) if columns else ""
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    view = f'<sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
    return f'<worksheet xmlns="{MAIN}">{view}<sheetData><row>{head}</row>{rows}</sheetData></worksheet>'


def _cells(column: pd.Series) -> Iterator[str]:
    """The cells of one column; missing values are empty."""
    if pd.api.types.is_datetime64_any_dtype(column):
        days = (column - DAY_ZERO) / pd.Timedelta(days=1)
        yield from (_number(day, DATE) for day in days.to_numpy(dtype=np.float64))
    elif pd.api.types.is_numeric_dtype(column):
        yield from map(_number, column.to_numpy(dtype=np.float64))
    else:
        yield from ("<c/>" if value is None or value != value else _text(str(value)) for value in column)


def _number(value: float, style: str = "") -> str:
    return f"<c{style}><v>{value:.17g}</v></c>" if np.isfinite(value) else "<c/>"


def _text(value: str, style: str = "") -> str:
    # A sheet refuses the characters that XML refuses.
    kept = "".join(letter for letter in value if letter in "\t\n\r" or ord(letter) >= ord(" "))
    return f'<c t="inlineStr"{style}><is><t xml:space="preserve">{escape(kept)}</t></is></c>'
