"""What a page asks a browser to do, read from its markup."""

from __future__ import annotations

import base64
import gzip
import json
import re
from typing import Any

from lxml import html as markup

ADDRESS_ATTRIBUTES = ("src", "href", "srcset", "action", "data", "poster", "xlink:href", "formaction", "ping")


def parsed(page: str) -> Any:
    return markup.document_fromstring(page)


def outside_requests(page: str) -> list[str]:
    """Every address the page would fetch or link to outside itself and its folder."""
    tree = parsed(page)
    found = []
    for element in tree.iter():
        for name in ADDRESS_ATTRIBUTES:
            address = element.get(name) if isinstance(element.tag, str) else None
            if address and re.match(r"\s*([a-z][a-z0-9+.-]*:)?//|https?:|ftp:|wss?:", address, re.IGNORECASE):
                found.append(address)
    styles = " ".join(tree.xpath("//style/text()") + tree.xpath("//@style"))
    found += [
        address for address in re.findall(r"url\(([^)]*)\)", styles) if not address.strip("'\" ").startswith("data:")
    ]
    found += re.findall(r"@import[^;]*", styles)
    code = " ".join(tree.xpath("//script[not(@type)]/text()"))
    found += re.findall(r"https?://[^\s\"']+|fetch\([^)]*\)|XMLHttpRequest|sendBeacon|import\([^)]*\)", code)
    return found


def figures(page: str) -> dict[str, dict[str, Any]]:
    """Every drawn figure of the page by the name of its plot."""
    (packed,) = parsed(page).xpath("//script[@id='figures']/text()") or [""]
    if not packed:
        return {}
    told = json.loads(gzip.decompress(base64.b85decode(packed.translate(str.maketrans(",.:", "<>&")))))
    for figure in told["figures"].values():
        for trace in figure["data"]:
            if isinstance(trace.get("x"), int):
                trace["x"] = told["shared"][trace["x"]]
    return told["figures"]


def text_of(page: str) -> str:
    """What a reader sees, with plain spaces."""
    tree = parsed(page)
    for hidden in tree.xpath("//script | //style"):
        hidden.drop_tree()
    return " ".join(tree.text_content().replace("\u202f", " ").split())


def rows_of(page: str, caption: str) -> list[list[str]]:
    """The text of each cell of the body of the table with that caption."""
    (table,) = parsed(page).xpath(f"//table[contains(string(caption), '{caption}')]")
    return [
        [" ".join(cell.text_content().replace("\u202f", " ").split()) for cell in row]
        for row in table.xpath("./tbody/tr")
    ]
