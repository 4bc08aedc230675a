"""A page of the SEC that names one zip a quarter: how it is asked for, and the address of each quarter's zip.

Folders and names of such zips follow no rule for long, so each address is taken from the page, never built.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from active_edge.errors import SourceFormatError
from active_edge.sources.web.request import Freshness, Request

LISTED = re.compile(
    r"""href\s*=\s*["']?([^"'\s>]*?((?:19|20)\d\d)[_-]?q([1-4])[^"'\s>/]*\.zip(?:\?[^"'\s>]*)?)""", re.I
)
HOST = "sec.gov"


@dataclass(frozen=True)
class QuarterPage:
    """One such page.

    Attributes
    ----------
    key : of its answer in the archive.
    url, older : its address, and addresses it had.
    wanted : whether an address is that of a zip meant.
    names : what the page is to name, as the message on one that names none has it.
    """

    key: str
    url: str
    older: tuple[str, ...]
    wanted: Callable[[str], bool]
    names: str
    freshness: Freshness
    expected_bytes: int

    def request(self) -> Request:
        """The page itself."""
        return Request(
            "sec",
            self.key,
            self.url,
            "html",
            freshness=self.freshness,
            max_bytes=16 << 20,
            expected_bytes=self.expected_bytes,
            missing_is_answer=True,
            check=lambda body: self.parse(body, where=self.key.partition("/")[0]),
            others=self.older,
        )

    def parse(self, body: bytes, *, where: str) -> dict[tuple[int, int], str]:
        """(year, quarter) → address of its zip, on hosts of the SEC alone; of two the one named first.

        Raises
        ------
        SourceFormatError
            The page names none.
        """
        text = body.decode("utf-8", "replace").replace("&amp;", "&")
        found: dict[tuple[int, int], str] = {}
        for link, year, quarter in LISTED.findall(text):
            address = urljoin(self.url, link)
            if of_the_sec(address) and self.wanted(address):
                found.setdefault((int(year), int(quarter)), address)
        if not found:
            raise SourceFormatError(f"{where}: the page names no {self.names}; it may have moved")
        return found


def of_the_sec(address: str) -> bool:
    """Whether an address is https on `sec.gov` or a host under it."""
    parts = urlsplit(address)
    host = (parts.hostname or "").lower()
    return parts.scheme == "https" and (host == HOST or host.endswith(f".{HOST}"))
