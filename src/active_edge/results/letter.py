"""A memo as a document that word processors open, written by hand: a zip of four small XML files.

Source: ECMA-376, Office Open XML, part 1, sections 17.2 (document) and 17.3 (paragraphs and runs).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from markupsafe import escape

from active_edge.report.document import stamp_of
from active_edge.report.memo import Memo
from active_edge.results.workbook import OFFICE, PACKAGE, packed
from active_edge.whole import write_whole

MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
PAGE = (
    '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="800" w:bottom="800" w:left="1000" w:right="1000"/></w:sectPr>'
)
TITLE, HEADING, TEXT = 36, 24, 19
"""Half points."""


def write_letter(memo: Memo, path: Path) -> Path:
    """The path of the memo as .docx, A4."""
    return write_whole(path, packed(_parts(memo)))


def _parts(memo: Memo) -> Iterator[tuple[str, str]]:
    yield (
        "[Content_Types].xml",
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{KIND}"/></Types>',
    )
    yield (
        "_rels/.rels",
        f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" Type="{OFFICE}/officeDocument" '
        'Target="word/document.xml"/></Relationships>',
    )
    body = "".join(_body(memo))
    yield "word/document.xml", f'<w:document xmlns:w="{MAIN}"><w:body>{body}{PAGE}</w:body></w:document>'


def _body(memo: Memo) -> Iterator[str]:
    yield _paragraph(memo.title, TITLE, bold=True)
    if memo.simulated:
        yield _paragraph(f"SIMULATED. {stamp_of(memo.planted)}", TEXT, bold=True)
    for part in memo.parts:
        yield _paragraph(part.heading, HEADING, bold=True)
        yield from (_paragraph(text, TEXT) for text in part.paragraphs if text)
        yield from (_paragraph(f"•  {text}", TEXT) for text in part.points)


def _paragraph(text: str, size: int, *, bold: bool = False) -> str:
    # A word processor refuses the characters that XML refuses.
    kept = "".join(letter for letter in text if ord(letter) >= ord(" "))
    weight = "<w:b/>" if bold else ""
    space = (
        '<w:pPr><w:spacing w:before="120" w:after="40"/></w:pPr>'
        if bold
        else '<w:pPr><w:spacing w:after="60"/></w:pPr>'
    )
    run = f'<w:r><w:rPr>{weight}<w:sz w:val="{size}"/></w:rPr><w:t xml:space="preserve">{escape(kept)}</w:t></w:r>'
    return f"<w:p>{space}{run}</w:p>"
