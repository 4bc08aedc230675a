"""A page of the SEC that names one zip a quarter: how it is asked for, and the address of each quarter's zip.

Folders and names of such zips follow no rule for long, so each address is taken from the page, never built.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from active_edge.errors import SourceFormatError
from active_edge.sources.web.request import Freshness, Request

LINK = re.compile(r"""href\s*=\s*["']?([^"'\s>]{1,2000})""", re.I)
QUARTER = re.compile(
    r"(?:(?P<year>(?:19|20)\d\d)[_-]?q(?:tr)?(?P<quarter>[1-4])|"
    r"q(?:tr)?(?P<early>[1-4])[_-]?(?P<late>(?:19|20)\d\d)(?!\d)).*\.zip",
    re.I,
)
"""`2012_q10` is the first quarter of 2012, as are `q1_2012` and `2012_qtr1`."""
HOST = "sec.gov"
LONGEST_NAME = 200
"""Of a file: so many characters of it are looked at, in time that grows with the page alone."""


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
        found: dict[tuple[int, int], str] = {}
        for quarter, address in sec_links(self.url, body, QUARTER):
            if self.wanted(address):
                year, number = quarter["year"] or quarter["late"], quarter["quarter"] or quarter["early"]
                found.setdefault((int(year), int(number)), address)
        if not found:
            raise SourceFormatError(f"{where}: the page names no {self.names}; it may have moved")
        return found


def sec_links(page: str, body: bytes, name: re.Pattern[str]) -> Iterator[tuple[re.Match[str], str]]:
    """Where a page leads on hosts of the SEC, for each link whose last part has such a name in it, and its match."""
    for link in LINK.findall(body.decode("utf-8", "replace").replace("&amp;", "&")):
        named = name.search(link.partition("?")[0].rpartition("/")[2][-LONGEST_NAME:])
        address = sec_address(page, link) if named else None
        if named and address is not None:
            yield named, address


def day_of(text: str) -> dt.date:
    """The day of a row, written `20220103`, `2022-01-03` or `1/3/2022`; raises ValueError where it is none."""
    american = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text.strip())
    if american:
        return dt.date(int(american[3]), int(american[1]), int(american[2]))
    plain = text.strip().replace("-", "")
    return dt.date(int(plain[:4]), int(plain[4:6]), int(plain[6:8]))


def sec_address(page: str, link: str) -> str | None:
    """Where a link of a page leads, https on `sec.gov` or a host under it; None for another place, or none at all."""
    try:
        address = urljoin(page, link)
        parts = urlsplit(address)
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    return address if parts.scheme == "https" and (host == HOST or host.endswith(f".{HOST}")) else None
