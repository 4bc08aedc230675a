"""HTML and plain text as lines and tables: cells at their columns, numbers put together again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from active_edge.filings.documents import MOST_TAGS, SHOWN, parse_html

if TYPE_CHECKING:
    from lxml.etree import _Element

BLOCKS = frozenset(("p", "div", "br", "tr", "li", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "title", "center"))
BLOCKS |= frozenset(("blockquote", "pre", "ul", "ol", "dl", "dt", "dd", "td", "th", "section"))
HIDDEN = frozenset(("script", "style", "head", "header", "hidden", "references", "resources"))
MOST_SPAN = 200
REMEMBERED = 1 << 14
"""Texts of cells whose reading is kept: those of a page are few and come again."""
BEFORE_LIMIT = 600
MOST_TEXT = 8_000_000
MOST_ROWS = 20_000
"""Characters and table rows of a page that are read; the longest annual reports have some 3 million and 6,000."""
NUMBER = re.compile(r"^\(?\s*(?:US)?\$?\s*\(?\s*(\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d+(?:\.\d*)?|\.\d+)\s*\)?\s*(%?)\s*\)?$")
NOTE_MARK = re.compile(r"^(\([\da-zA-Z]{1,3}\)|\[[\da-zA-Z]{1,3}\]|[†‡§#^]|\d{1,2}\))+$")
TRAILING_MARK = re.compile(r"(?<=[\d%)]) ?(\([\da-zA-Z]{1,3}\)|\[[\da-zA-Z]{1,3}\]|[†‡§#^])+$")
PERCENT_WORD = re.compile(r"(?<=[\d.]) ?percent$", re.I)
RAISED_MARK = re.compile(r"[a-z]|\d{1,2}")
MOST_NUMBER_LENGTH = 60
SENTENCE_END = re.compile(
    r"(?<=[.;])(?<!U\.S\.)(?<!Inc\.)(?<!Corp\.)(?<!No\.)(?<!Mr\.)(?<!Ms\.)(?<!approx\.)\s+(?=[A-Z(“\"])"
)
DASH = re.compile(r"^(?:\$?\s*[-—–―−]{1,3}\s*%?|-0-\s*%?|none|nil)$", re.I)


@dataclass(frozen=True, slots=True)
class Cell:
    """Text of a cell and the columns [start, end) it covers."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Amount:
    """A number of a row: its value, whether a percent sign stood with it, the columns it covers, the text as printed.

    mark : "" a number, "dash" a dash (value 0), "star" an asterisk (value NaN).
    """

    value: float
    percent: bool
    start: int
    end: int
    text: str
    mark: str = ""


@dataclass(frozen=True)
class Row:
    """One table row: its cells that are not empty, left to right."""

    cells: tuple[Cell, ...]

    @cached_property
    def label(self) -> str:
        """Leading cells that are no numbers, joined."""
        words = []
        for cell in self.cells:
            if _is_amount(cell.text) or cell.text in "$%":
                break
            words.append(cell.text)
        return " ".join(words)

    @cached_property
    def amounts(self) -> tuple[Amount, ...]:
        """Numbers after the label, with "$", "%", ")" and decimals of neighbouring cells joined; note marks dropped."""
        return tuple(_amounts(self.cells))


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a table that holds no other table; `before` is the text that stands before it."""

    rows: tuple[Row, ...]
    before: str

    @property
    def text(self) -> str:
        return "\n".join(" ".join(cell.text for cell in row.cells) for row in self.rows)

    def header_over(self, amount: Amount, above: int) -> str:
        """Texts of the cells in rows before `above` that cover the columns of `amount`, while they hold no data."""
        words = []
        for row in islice(self.rows, above):
            if _data_row(row):
                break
            words += [c.text for c in row.cells if c.start < amount.end and amount.start < c.end]
        return " ".join(words)


@dataclass(frozen=True, slots=True)
class Page:
    """A document as lines (no line is empty; a cell is a line) and tables.

    wrapped : whether a sentence may run over lines (plain text) rather than a line being a paragraph (HTML).
    cut : whether it was longer than is read of a page, and ends there.
    """

    lines: tuple[str, ...]
    tables: tuple[Table, ...]
    wrapped: bool = False
    cut: bool = False

    def sentences(self) -> Iterator[str]:
        """Sentences of 20 to 1,500 characters, in order."""
        for paragraph in [" ".join(self.lines)] if self.wrapped else self.lines:
            yield from sentences(paragraph)


def sentences(paragraph: str) -> list[str]:
    """Sentences of 20 to 1,500 characters; a point in a number or after an abbreviation such as "U.S." ends none."""
    parts = SENTENCE_END.split(paragraph)
    return [part[:1500] for part in parts if len(part) >= 20]


def clean(text: str) -> str:
    """Text with Windows-1252 remnants mapped, invisible characters gone and white space collapsed."""
    return " ".join(text.translate(SHOWN).split())


def text_page(text: str) -> Page:
    """Page of a plain text: its lines without page breaks and rules, and what stands between <TABLE> tags as tables."""
    lines: list[str] = []
    tables: list[Table] = []
    rows: list[Row] | None = None
    cut = len(text) > MOST_TEXT
    for raw in text[:MOST_TEXT].translate(SHOWN).replace("\f", "\n<PAGE>\n").splitlines():
        if re.match(r"\s*<TABLE>", raw, re.I):
            rows = []
        elif re.match(r"\s*</TABLE>", raw, re.I):
            if rows:
                tables.append(Table(tuple(rows), " ".join(lines[-len(rows) - 6 : -len(rows)])[-BEFORE_LIMIT:]))
            rows = None
        line = " ".join(raw.split())
        if re.match(r"<PAGE>|\f", line, re.I) and lines and re.fullmatch(r"\d{1,3}", lines[-1]):
            lines.pop()
        if not line or re.fullmatch(r"</?(PAGE|TABLE|CAPTION|S|C|FN)>.{0,60}|[-=_ ]{3,}|- ?\d{1,3} ?-", line, re.I):
            continue
        lines.append(line)
        if rows is not None:
            rows.append(_text_row(raw))
    return Page(tuple(lines), tuple(tables), wrapped=True, cut=cut)


def _text_row(raw: str) -> Row:
    """Row of a typed table: cells stand apart by two spaces, dot leaders or a dollar sign; columns are characters."""
    cells = []
    for match in re.finditer(
        r"[^\s$](?:[^\s$]| (?! ))*", re.sub(r"\.{3,}|(?: \.){3,}", lambda m: " " * len(m[0]), raw)
    ):
        cells.append(Cell(match.group().strip(), match.start(), match.end()))
    return Row(tuple(cells))


def html_page(text: str, where: str) -> Page:
    """Page of an HTML document, to the last tag that is read of one.

    Raises
    ------
    SourceFormatError
        See `parse_html`.
    """
    read = text
    if text.count("<") > MOST_TAGS:
        read = text[: next(islice(re.finditer("<", text), MOST_TAGS, None)).start()]
    page = page_of(parse_html(read, where))
    return replace(page, cut=page.cut or len(read) < len(text))


def page_of(root: _Element) -> Page:
    """Page of a parsed document."""
    lines: list[str] = []
    tables: list[Table] = []
    text = rows = 0
    for piece in _pieces(root):
        if isinstance(piece, Table):
            tables.append(piece)
            rows += len(piece.rows)
            found = [cell.text for row in piece.rows for cell in row.cells]
        else:
            found = [piece]
        lines += found
        text += sum(map(len, found))
        if text > MOST_TEXT or rows >= MOST_ROWS:
            return Page(tuple(lines), tuple(tables), cut=True)
    return Page(tuple(lines), tuple(tables))


def _pieces(root: _Element) -> Iterator[str | Table]:
    from lxml import etree

    buffer: list[str] = []
    recent = ""
    skipping: _Element | None = None

    def line() -> str:
        words = clean("".join(buffer))
        buffer.clear()
        return words

    for event, node in etree.iterwalk(root, events=("start", "end")):
        if not isinstance(node.tag, str) or (skipping is not None and skipping is not node):
            continue
        tag = local(node.tag)
        if tag in BLOCKS and skipping is None and (words := line()):
            recent = (recent + " " + words)[-BEFORE_LIMIT:]
            yield words
        if event == "end":
            skipping = None
            buffer.append(node.tail or "")
        elif tag == "table" and next(_descendants(node, "table"), None) is None:
            yield Table(tuple(islice(_rows(node), MOST_ROWS)), recent.strip())
            recent, skipping = "", node
        elif tag in HIDDEN:
            skipping = node
        else:
            buffer.append(node.text or "")
    if words := line():
        yield words


def local(tag: str) -> str:
    """Tag name without namespace or prefix, lower case."""
    return tag.rpartition("}")[2].rpartition(":")[2].lower()


def _descendants(node: _Element, name: str) -> Iterator[_Element]:
    for other in node.iterdescendants():
        if isinstance(other.tag, str) and local(other.tag) == name:
            yield other


def _rows(table: _Element) -> Iterator[Row]:
    held: dict[int, int] = {}
    for tr in _descendants(table, "tr"):
        column = 0
        cells = []
        held = {start: rows - 1 for start, rows in held.items() if rows > 1}
        taken = set(held)
        for td in tr:
            if not isinstance(td.tag, str) or local(td.tag) not in ("td", "th"):
                continue
            while column in taken:
                column += 1
            span, down = _span(td, "colspan"), _span(td, "rowspan")
            words = clean(_cell_text(td))
            if words:
                cells.append(Cell(words, column, column + span))
            if down > 1:
                held.update(dict.fromkeys(range(column, column + span), down))
            column += span
        if cells:
            yield Row(tuple(cells))


def _span(td: _Element, name: str) -> int:
    stated = (td.get(name) or "1").strip()
    return min(MOST_SPAN, max(1, int(stated))) if stated.isdecimal() and len(stated) < 6 else 1


def _cell_text(td: _Element) -> str:
    """Text of a cell; a raised note mark stands in parentheses, lest it become a digit of the number before it."""
    from lxml import etree

    parts = []
    for event, node in etree.iterwalk(td, events=("start", "end")):
        if not isinstance(node.tag, str):
            continue
        if local(node.tag) in BLOCKS:
            parts.append(" ")
        text = node.text or ""
        raised = node is not td and len(node) == 0 and RAISED_MARK.fullmatch(text.strip()) and _is_raised(node)
        if event == "start":
            parts.append(f" ({text.strip()}) " if raised else text)
        elif node is not td:
            parts.append(node.tail or "")
    return "".join(parts)


def _is_raised(node: _Element) -> bool:
    return local(node.tag) == "sup" or re.search(r"vertical-align:\s*(super|top)", node.get("style") or "") is not None


@lru_cache(maxsize=REMEMBERED)
def _is_amount(text: str) -> bool:
    if len(text) > MOST_NUMBER_LENGTH:
        return False
    bare = TRAILING_MARK.sub("", text)
    return bool(
        NUMBER.match(bare) or DASH.match(text) or re.fullmatch(r"\[?\*+\]?|[<(]?\s*(less than )?1(\.0+)?\s*%\)?", text)
    )


def _data_row(row: Row) -> bool:
    if not row.label:
        return False
    return any(not a.mark and (a.percent or not 1985 <= a.value <= 2100) for a in row.amounts)


@lru_cache(maxsize=REMEMBERED)
def number(text: str) -> Amount | None:
    """The number a cell or token prints, or None; a leading parenthesis or minus makes it negative."""
    if len(text) > MOST_NUMBER_LENGTH:
        return None
    bare = PERCENT_WORD.sub("%", TRAILING_MARK.sub("", text).strip())
    if DASH.match(bare):
        return Amount(0.0, "%" in bare, 0, 0, text, "dash")
    if re.fullmatch(r"\[?\*{1,3}\]?%?|<\s*1(\.0+)?\s*%?|less than (1(\.0+)?\s*%|one percent)", bare, re.I):
        return Amount(float("nan"), True, 0, 0, text, "star")
    match = NUMBER.match(bare)
    if match is None:
        return None
    value = float(match.group(1).replace(",", ""))
    negative = bare.startswith("(") or bare.startswith("$(") or "$ (" in bare
    return Amount(-value if negative else value, match.group(2) == "%", 0, 0, bare)


def _amounts(cells: tuple[Cell, ...]) -> Iterator[Amount]:
    found: Amount | None = None
    started = False
    for cell in cells:
        text = cell.text
        if text in (")", "%", ")%", "%)"):
            if found is not None:
                found = Amount(found.value, found.percent or "%" in text, found.start, cell.end, found.text + text)
            continue
        fraction = re.fullmatch(r"\.\d+", text)
        if fraction and found is not None and not found.mark and "." not in found.text:
            joined = found.text + text
            found = Amount(found.value + float(text), found.percent, found.start, cell.end, joined)
            continue
        if started and NOTE_MARK.match(text):
            continue
        amount = number(text)
        if amount is None:
            started = started or found is not None
            continue
        if found is not None:
            yield found
        started = True
        found = Amount(amount.value, amount.percent, cell.start, cell.end, amount.text, amount.mark)
    if found is not None:
        yield found
