"""XML from outside: no entities, no network, no external files, bounded depth."""

from __future__ import annotations

from typing import Any

from active_edge.errors import SourceFormatError


def parse_xml(body: bytes, *, where: str) -> Any:
    """Root element (lxml) of an XML body; leading blank lines are allowed.

    Raises
    ------
    SourceFormatError
        Not well formed, deeper than libxml2's own bounds, or with a document type (where entity bombs live).
    """
    from lxml import etree

    text = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if b"<!DOCTYPE" in text[:65536] or b"<!ENTITY" in text:
        raise SourceFormatError(f"{where}: the XML declares a document type or entities; refused")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceFormatError(f"{where}: not well-formed XML ({error})") from error
    if root is None:
        raise SourceFormatError(f"{where}: an empty XML body")
    return root


def local_name(element: Any) -> str:
    """Tag without its namespace; '' for comments and processing instructions."""
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""
