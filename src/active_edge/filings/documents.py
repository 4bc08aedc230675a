"""Bytes of one filing, whatever their wrapping, as documents of a known kind.

Wrappings undone here: a zip around one instance, EDGAR's full submission text and `.nc` feed form, a byte order mark,
leading blank lines, Windows-1252. Nothing from outside is trusted: sizes are bounded, entities are refused, parsers
get no network.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from active_edge.errors import SourceFormatError
from active_edge.filings.zips import MOST_EXPANSION, SMALL_MEMBER_BYTES, read_member
from active_edge.ordinary import ordinary_bytes
from active_edge.words import number

if TYPE_CHECKING:
    from lxml.etree import _Element

MOST_BYTES = 128 << 20
"""The largest annual reports are about 60 MB."""
MOST_TAGS = 3_500_000
"""Of one document; the largest annual reports have about 1.5 million, and a tree of more passes a gigabyte."""
MOST_PARTS = 8
"""Files one inline XBRL document comes in at most."""
WINDOWS_1252 = {code: bytes([code]).decode("cp1252", "replace") for code in range(0x80, 0xA0)}
LEADING = "\ufeff \t\r\n"
UNSEEN = {ord(c): None for c in "\u200b\u200c\u200d\u2060\ufeff\u00ad"}
CONTROL = {code: " " for code in range(32) if code not in (9, 10, 12, 13)}
SHOWN = {**WINDOWS_1252, **UNSEEN, **CONTROL, 0xA0: " ", 0x2009: " ", 0x2002: " ", 0x2003: " ", 0x202F: " "}
WRAPPERS = ("XML", "XBRL", "PDF")
LINKBASE = re.compile(r"(_(cal|def|lab|pre)\.xml|\.xsd|FilingSummary\.xml|MetaLinks\.json|R\d+\.htm)$", re.I)
BLOCK_PAGE = re.compile(r"Request Rate Threshold Exceeded|Undeclared Automated Tool|Request Originates from", re.I)
OTHER_XML = {
    "edgarSubmission": "schedule_or_notice",
    "informationTable": "form_13f_table",
    "ownershipDocument": "ownership_form",
    "xbrl": "xbrl_instance",
    "html": "inline_xbrl",
}


@dataclass(frozen=True)
class Document:
    """One document: its kind, its name, decoded text, and the form type its wrapper states ("10-K", "4", ...).

    parts : further files of the same inline XBRL document, whose contexts may stand in any of them.
    """

    kind: str
    name: str
    text: str
    form: str | None = None
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Filing:
    """The documents worth reading of one filing, most telling first, and what its header says.

    filed : ISO date or None. accession : EDGAR accession number or None.
    """

    kind: str
    documents: tuple[Document, ...]
    filed: str | None = None
    accession: str | None = None


def open_filing(source: Path | str | bytes, name: str | None = None) -> Filing:
    """Documents of one filing.

    Raises
    ------
    SourceFormatError
        Empty, too large, binary, a zip that holds no single filing, a block page instead of a filing.
    """
    if isinstance(source, bytes):
        body, where = source, name or "filing"
    else:
        path = Path(source)
        where = name or path.name
        try:
            _bounded(path.stat().st_size, where)
            body = ordinary_bytes(path, most=MOST_BYTES)
        except OSError as error:
            if isinstance(error, SourceFormatError):
                raise
            raise SourceFormatError(f"{where}: cannot be read ({error.strerror or error}); give one file") from error
    _bounded(len(body), where)
    if body[:2] == b"PK":
        members = _members(body, where)
        if len(members) > 1:
            return _in_parts([(_decoded(inner, name).lstrip(LEADING), name) for inner, name in members], where)
        body, where = members[0]
    text = _decoded(body, where).lstrip(LEADING)
    if not text:
        raise SourceFormatError(f"{where}: empty; a filing has at least one document: fetch it again")
    if re.search(r"<DOCUMENT>|<SEC-DOCUMENT>|<SUBMISSION>", text[:100_000]):
        return _submission(text, where)
    document = _classified(text, where, None)
    return Filing(document.kind, (document,))


def parse_xml(text: str, where: str) -> _Element:
    """Root element of an XML body; entities, network and huge trees are off.

    Raises
    ------
    SourceFormatError
        It declares entities, or it is not well-formed XML.
    """
    from lxml import etree

    if "<!ENTITY" in text or "<!entity" in text:
        raise SourceFormatError(f"{where}: declares XML entities; no SEC document does: refused")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, remove_comments=True, remove_pis=True
    )
    body = re.sub(r"^<\?xml[^>]{0,200}\?>", "", text.lstrip("\ufeff \t\r\n"), count=1)
    try:
        return etree.fromstring(body.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceFormatError(f"{where}: not well-formed XML ({error}); fetch it again") from error


def parse_html(text: str, where: str) -> _Element:
    """Root element of an HTML body, repaired as browsers do.

    Raises
    ------
    SourceFormatError
        There is no element in it, or there are more than any filing has.
    """
    from lxml import etree

    if (tags := text.count("<")) > MOST_TAGS:
        raise SourceFormatError(f"{where}: {tags:,} tags, more than {MOST_TAGS:,}; give one document of the filing")
    parser = etree.HTMLParser(
        no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, encoding="utf-8", recover=True
    )
    body = re.sub(r"^\s*<\?xml[^>]{0,200}\?>", "", text, count=1).translate(SHOWN)
    try:
        root = etree.fromstring(body.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceFormatError(f"{where}: not readable as HTML ({error}); fetch it again") from error
    if root is None:
        raise SourceFormatError(f"{where}: HTML without a single element; fetch it again")
    return root


def _bounded(size: int, where: str) -> None:
    if size > MOST_BYTES:
        raise SourceFormatError(f"{where}: {size} bytes, more than {MOST_BYTES}; give one document of the filing")


def _in_parts(texts: list[tuple[str, str]], where: str) -> Filing:
    """The filing whose inline XBRL document came in several files."""
    if not all("/inlineXBRL" in text[:60_000] for text, _ in texts):
        raise _several(where, len(texts))
    documents = _joined([_classified(text, name, None) for text, name in texts])
    return Filing(documents[0].kind, tuple(documents))


def _several(where: str, count: int) -> SourceFormatError:
    return SourceFormatError(
        f"{where}: a zip with {count} documents; exactly one instance or filing is read: unpack it first"
    )


def _members(body: bytes, where: str) -> list[tuple[bytes, str]]:
    """The documents of a zip, in the order of their names: one, or the pages of one inline XBRL document."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(body))
        members = archive.infolist()
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, ValueError, OverflowError) as error:
        raise SourceFormatError(f"{where}: not a whole zip ({error}); it was cut off, fetch it again") from error
    wanted = [m for m in members if not m.is_dir() and not LINKBASE.search(m.filename)]
    instances = [m for m in wanted if m.filename.lower().endswith((".xml", ".htm", ".html", ".txt"))]
    pages = all(m.filename.lower().endswith((".htm", ".html")) for m in instances)
    if len(instances) != 1 and not (pages and 1 < len(instances) <= MOST_PARTS):
        raise _several(where, len(instances))
    return [_member(archive, m, where) for m in sorted(instances, key=lambda m: m.filename)]


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, where: str) -> tuple[bytes, str]:
    expansion = member.file_size / max(1, member.compress_size)
    if member.file_size > MOST_BYTES or (member.file_size > SMALL_MEMBER_BYTES and expansion > MOST_EXPANSION):
        raise SourceFormatError(
            f"{where}!{member.filename}: would grow {number(expansion, 0)} times to {member.file_size} bytes "
            f"(at most {MOST_EXPANSION} times and {MOST_BYTES} bytes); refused"
        )
    try:
        return read_member(archive, member.filename, where=where, max_bytes=MOST_BYTES), member.filename
    except RuntimeError as error:
        raise SourceFormatError(f"{where}!{member.filename}: cannot be unpacked ({error})") from error


def _decoded(body: bytes, where: str) -> str:
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return body.decode("utf-16", "replace")
    if b"\x00" in body[:4096]:
        raise SourceFormatError(f"{where}: binary, starts {body[:8]!r}; give the filing's text, HTML or XML")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def _submission(text: str, where: str) -> Filing:
    header = text[: max(text.find("<DOCUMENT>"), 0)] or text[:20_000]
    filed = re.search(r"FILED AS OF DATE:\s*(\d{8})|<FILING-DATE>(\d{8})", header)
    accession = re.search(r"ACCESSION[ -]NUMBER[:>]\s*(\d{10}-\d\d-\d{6})", header)
    documents: list[Document] = []
    for part in text.split("<DOCUMENT>")[1:]:
        form = re.search(r"<TYPE>([^\n<]{1,40})", part[:2000])
        title = re.search(r"<FILENAME>([^\n<]{1,200})", part[:2000])
        _, opened, rest = part.partition("<TEXT>")
        if not opened:
            continue
        inner = rest.partition("</TEXT>")[0].strip()
        for wrapper in WRAPPERS:
            inner = inner.removeprefix(f"<{wrapper}>").removesuffix(f"</{wrapper}>").strip()
        stated = form.group(1).strip() if form else None
        if not inner or inner.startswith("begin ") or stated in ("GRAPHIC", "ZIP", "EXCEL", "PDF"):
            continue
        name = title.group(1).strip() if title else where
        if not documents:
            documents.append(_classified(inner, name, stated))
        elif (further := _further(inner, name, stated, documents[0])) is not None:
            documents.append(further)
    if not documents:
        raise SourceFormatError(f"{where}: a submission without a readable document; fetch it again")
    documents = _joined(documents)
    date = next((g for g in filed.groups() if g), None) if filed else None
    return Filing(
        documents[0].kind,
        tuple(documents),
        f"{date[:4]}-{date[4:6]}-{date[6:]}" if date else None,
        accession.group(1) if accession else None,
    )


def _further(text: str, where: str, form: str | None, first: Document) -> Document | None:
    """A later document worth reading: the instance, the annual report in Exhibit 13, a second file of the main one.

    What the SEC's renderer adds (FilingSummary.xml, R2.htm ...) says nothing new.
    """
    if form in ("EX-101.INS", "XML"):
        return Document("xbrl_instance", where, text, form) if _root_name(text[:60_000]) == "xbrl" else None
    annual = (first.form or "").upper().startswith(("10-K", "10K"))
    if not (form == first.form or (annual and (form or "").upper().startswith("EX-13"))):
        return None
    try:
        return _classified(text, where, first.form)
    except SourceFormatError:
        return None


def _joined(documents: list[Document]) -> list[Document]:
    """The files of one inline XBRL document as one."""
    inline = [document for document in documents if document.kind == "inline_xbrl"]
    if len(inline) < 2:
        return documents
    whole = replace(inline[0], parts=tuple(document.text for document in inline[1:]))
    return [whole if d is inline[0] else d for d in documents if d is inline[0] or d.kind != "inline_xbrl"]


def _classified(text: str, where: str, form: str | None) -> Document:
    head = text[:60_000]
    if len(text) < 60_000 and BLOCK_PAGE.search(head):
        raise SourceFormatError(f"{where}: the SEC's block page instead of a filing; slow down and fetch it again")
    if head.startswith("<") and "<!ENTITY" in text:
        raise SourceFormatError(f"{where}: declares XML entities; no SEC document does: refused")
    if head.startswith("{"):
        return Document("annual_report_items", where, text, form)
    if head.startswith("adsh\t"):
        return Document("fsds_num", where, text, form)
    root = _root_name(head)
    if root is not None and root != "html" and "<" in head[:5]:
        if root in OTHER_XML:
            return Document(OTHER_XML[root], where, text, form)
        if head.startswith("<?xml") and root.lower() not in ("table", "div", "body", "p", "document"):
            raise SourceFormatError(f"{where}: XML with root {root!r}; no filing document has that: fetch it again")
    if root == "html" and "/inlineXBRL" in head:
        kind = _page_kind(text, form)
        return Document("proxy_html" if kind == "proxy" else "inline_xbrl", where, text, form)
    if re.search(r"<(html|body|tr|td|div|p|font|br)\b", text[:200_000], re.I):
        return Document(_page_kind(text, form) + "_html", where, text, form)
    if not re.search(r"[A-Za-z]{3}", head):
        raise SourceFormatError(f"{where}: no words in it; give a filing's text, HTML or XML")
    return Document(_page_kind(text, form) + "_text", where, text, form)


def _root_name(head: str) -> str | None:
    position = 0
    while match := re.compile(r"\s*(<\?[^>]*\?>|<!--.*?-->|<![^>]*>)", re.S).match(head, position):
        position = match.end()
    opening = re.compile(r"\s*<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)").match(head, position)
    if opening is None:
        return None
    name = opening.group(2)
    return "html" if name.lower() == "html" else name


def _page_kind(text: str, form: str | None) -> str:
    stated = (form or "").upper()
    shown = re.sub(r"<[^<>]{0,2000}>", " ", text[:80_000]).translate(SHOWN)
    shown = " ".join(shown.split())
    if "14A" in stated or "14C" in stated:
        return "proxy"
    if stated.startswith("10-K") or stated.startswith("10K"):
        return "annual_report"
    if stated.startswith("10-Q"):
        return "quarterly_report"
    if stated.startswith(("SC 13", "SCHEDULE 13", "13F", "144")):
        return "schedule_or_notice"
    if re.search(
        r"STATEMENT OF CHANGES IN BENEFICIAL OWNERSHIP|INITIAL STATEMENT OF BENEFICIAL OWNERSHIP", shown, re.I
    ):
        return "ownership_form"
    if re.search(r"SCHEDULE 14[AC]\b|proxy statement pursuant", shown, re.I):
        return "proxy"
    if re.search(r"FORM 10-?K|ANNUAL REPORT PURSUANT TO SECTION", shown, re.I):
        return "annual_report"
    if re.search(r"FORM 10-?Q|QUARTERLY REPORT PURSUANT TO SECTION", shown, re.I):
        return "quarterly_report"
    return "page"
