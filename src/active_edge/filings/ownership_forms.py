"""Forms 3, 4 and 5: what one person holds after each transaction, and the roll-forward of the proxy's group share."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from active_edge.errors import SourceFormatError
from active_edge.filings.documents import parse_xml
from active_edge.filings.reading import FiledShare, checked_share
from active_edge.words import number

if TYPE_CHECKING:
    from lxml.etree import _Element

MOST_SHARES = 1e12
COMMON = re.compile(r"common|ordinary|class [a-z]\b.*(stock|share)|^shares?$|capital stock|subordinate voting", re.I)
NOT_COMMON = re.compile(
    r"preferred|warrant|option|right to buy|note|debenture|\bunits?\b(?!.*common stock)|phantom", re.I
)
STALE = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class Holding:
    """One line of the non-derivative table.

    owners : CIKs of everybody who files it together, sorted. insider : whether one of them is director or officer.
    change : signed shares of the transaction, 0 for a line that only states a holding. shares : held afterwards.
    direct : direct rather than indirect ownership. on : ISO date of the transaction or period.
    filed : ISO date the public could read it, None where the document does not say. Timing: usable from `filed`.
    """

    issuer: str
    owners: tuple[str, ...]
    names: tuple[str, ...]
    insider: bool
    ten_percent: bool
    security: str
    direct: bool
    nature: str
    change: float
    shares: float
    on: str
    filed: str | None
    form: str

    @property
    def common(self) -> bool:
        """Whether the security is common stock of some class."""
        return bool(COMMON.search(self.security)) and not NOT_COMMON.search(self.security)

    @property
    def line(self) -> tuple[str, str, bool, str]:
        """What identifies one pile of shares over time: issuer, security, directness, nature."""
        words = re.sub(r"\W+", " ", self.security.lower()).strip()
        return self.issuer, words, self.direct, re.sub(r"\W+", " ", self.nature.lower()).strip()

    def to_dict(self) -> dict[str, Any]:
        """Plain values, with tuples as lists."""
        return {key: list(v) if isinstance(v, tuple) else v for key, v in asdict(self).items()}


def form_holdings(text: str, where: str, filed: str | None = None) -> tuple[Holding, ...]:
    """Holdings a Form 3, 4 or 5 reports; empty for "no securities owned" and forms on derivatives only.

    Raises
    ------
    SourceFormatError
        No ownership document, no issuer, or share counts that are negative or absurd.
    """
    root = parse_xml(text, where)
    issuer = _text(root, "issuer/issuerCik").lstrip("0")
    form = _text(root, "documentType")
    owners = list(root.iter("{*}reportingOwner"))
    if not issuer or not owners:
        raise SourceFormatError(f"{where}: a Form {form or '3/4/5'} without issuer or reporting owner; fetch it again")
    ciks = tuple(sorted(_text(o, "reportingOwnerId/rptOwnerCik").lstrip("0") for o in owners))
    names = tuple(_text(o, "reportingOwnerId/rptOwnerName") for o in owners)
    relation = "reportingOwnerRelationship/"
    insider = any(_flag(o, relation + "isDirector") or _flag(o, relation + "isOfficer") for o in owners)
    ten = any(_flag(o, relation + "isTenPercentOwner") for o in owners)
    period = _text(root, "periodOfReport")[:10]
    found = []
    for line in root.iter("{*}nonDerivativeTransaction", "{*}nonDerivativeHolding"):
        shares = _count(line, "postTransactionAmounts/sharesOwnedFollowingTransaction/value", where)
        if math.isnan(shares):
            continue
        moved = _count(line, "transactionAmounts/transactionShares/value", where)
        sign = -1.0 if _text(line, "transactionAmounts/transactionAcquiredDisposedCode/value") == "D" else 1.0
        found.append(
            Holding(
                issuer,
                ciks,
                names,
                insider,
                ten,
                _text(line, "securityTitle/value"),
                _text(line, "ownershipNature/directOrIndirectOwnership/value") != "I",
                _text(line, "ownershipNature/natureOfOwnership/value"),
                0.0 if math.isnan(moved) else sign * moved,
                shares,
                _text(line, "transactionDate/value")[:10] or period,
                filed,
                form,
            )
        )
    return tuple(found)


def dataset_holdings(
    submissions: Iterable[Mapping[str, str]],
    owners: Iterable[Mapping[str, str]],
    lines: Iterable[Mapping[str, str]],
) -> tuple[Holding, ...]:
    """Holdings from rows of the Insider Transactions data sets: SUBMISSION, REPORTINGOWNER, NONDERIV_TRANS or _HOLDING.

    FILING_DATE is when it was public; rows of submissions that are not given are left out.
    """
    about = {row["ACCESSION_NUMBER"]: row for row in submissions}
    people: dict[str, list[Mapping[str, str]]] = {}
    for row in owners:
        people.setdefault(row["ACCESSION_NUMBER"], []).append(row)
    found = []
    for row in lines:
        filing, who = about.get(row["ACCESSION_NUMBER"]), people.get(row["ACCESSION_NUMBER"], [])
        shares = _plain(row.get("SHRS_OWND_FOLWNG_TRANS", ""))
        if filing is None or not who or math.isnan(shares):
            continue
        roles = ",".join(w["RPTOWNER_RELATIONSHIP"] for w in who)
        moved = _plain(row.get("TRANS_SHARES", ""))
        signed = 0.0 if math.isnan(moved) else (-moved if row.get("TRANS_ACQUIRED_DISP_CD") == "D" else moved)
        on = _day(row.get("TRANS_DATE", "")) or _day(filing.get("PERIOD_OF_REPORT", "")) or ""
        found.append(
            Holding(
                filing["ISSUERCIK"].lstrip("0"),
                tuple(sorted(w["RPTOWNERCIK"].lstrip("0") for w in who)),
                tuple(w["RPTOWNERNAME"] for w in who),
                "Director" in roles or "Officer" in roles,
                "TenPercentOwner" in roles,
                row["SECURITY_TITLE"],
                row.get("DIRECT_INDIRECT_OWNERSHIP") != "I",
                row.get("NATURE_OF_OWNERSHIP", ""),
                signed,
                shares,
                on,
                _day(filing["FILING_DATE"]),
                filing["DOCUMENT_TYPE"],
            )
        )
    return tuple(found)


def roll_forward(
    level: float,
    holdings: Iterable[Holding],
    *,
    level_date: str,
    as_of: str,
    outstanding: float,
    outstanding_now: float | None = None,
) -> FiledShare:
    """The proxy's group share carried from `level_date` to `as_of` by what directors and officers filed in between.

    level : group share of the proxy, decimal. outstanding : shares at `level_date`; `outstanding_now` at `as_of`
    (default: unchanged). Only common stock of directors and officers counts. A pile that several people or affiliates
    report, with the same shares on the same day, counts once. The change of a pile is its last balance less its
    balance before `level_date`, or less what its first later transaction implies; a pile first seen in a later Form 3
    is new; a pile only stated later, without a transaction, is taken as unchanged.

    Timing: a filing counts when filed after `level_date` and on or before `as_of`. Source: SEC Forms 3, 4, 5;
    people who leave stop filing and keep their shares in the sum until the next proxy.

    Raises
    ------
    SourceFormatError
        The result is no share, or `outstanding` is not positive.
    """
    if not outstanding > 0 or (outstanding_now is not None and not outstanding_now > 0):
        raise SourceFormatError(
            f"roll_forward: outstanding {outstanding!r}, {outstanding_now!r}; they must be positive"
        )
    known = [h for h in holdings if h.insider and h.common and h.filed is not None and h.filed <= as_of]
    first = (date.fromisoformat(level_date) - STALE).isoformat()
    piles: dict[tuple[object, ...], list[Holding]] = {}
    for holding in _once(h for h in known if (h.filed or "") >= first):
        piles.setdefault((holding.owners[0], holding.line), []).append(holding)
    change, moved = 0.0, 0
    for pile in piles.values():
        step = _change(sorted(pile, key=lambda h: (h.on, h.filed or "")), level_date)
        change, moved = change + step, moved + (step != 0)
    now = outstanding if outstanding_now is None else outstanding_now
    share = checked_share((level * outstanding + change) / now, "roll_forward")
    return FiledShare(
        share,
        "form_345_roll_forward",
        "medium",
        f"{number(level, 4)} on {level_date}, {number(change, 0, sign=True)} shares in {moved} holdings by {as_of}, "
        f"of {number(now, 0)}",
        as_of,
        details={"level": level, "change": change, "holdings": moved},
    )


def _once(holdings: Iterable[Holding]) -> list[Holding]:
    """One line for each pile and day: joint filers and their affiliates repeat the same shares under other names."""
    kept: dict[tuple[object, ...], Holding] = {}
    for one in holdings:
        kept.setdefault((one.line[:3], one.on, one.change, one.shares), one)
    return list(kept.values())


def _change(pile: list[Holding], level_date: str) -> float:
    earlier = [h for h in pile if (h.filed or "") <= level_date]
    later = [h for h in pile if (h.filed or "") > level_date]
    if not later:
        return 0.0
    last = _last_of_day(later)
    if earlier:
        return last.shares - _last_of_day(earlier).shares
    if later[0].form.startswith("3"):
        return last.shares
    return sum(h.change for h in later if h.on > level_date)


def _last_of_day(pile: list[Holding]) -> Holding:
    """The last line of the last day; several on one day are ordered by their running balance."""
    day = [h for h in pile if h.on == pile[-1].on]
    starts = {round(h.shares - h.change, 4) for h in day}
    ends = [h for h in day if round(h.shares, 4) not in starts or h.change == 0]
    return ends[-1] if ends else day[-1]


def _text(node: _Element, path: str) -> str:
    found = node.find("/".join(f"{{*}}{part}" for part in path.split("/")))
    return ("" if found is None else "".join(found.itertext())).strip()


def _flag(node: _Element, path: str) -> bool:
    return _text(node, path).lower() in ("1", "true")


def _count(node: _Element, path: str, where: str) -> float:
    words = _text(node, path)
    value = _plain(words)
    if not math.isnan(value) and not 0 <= value <= MOST_SHARES:
        raise SourceFormatError(f"{where}: {path.split('/')[-2]} {words} shares; between 0 and {MOST_SHARES:g}")
    return value


def _plain(words: str) -> float:
    bare = words.replace(",", "").strip()
    return float(bare) if re.fullmatch(r"-?\d{1,16}(\.\d{0,8})?", bare) else math.nan


def _day(words: str) -> str | None:
    match = re.fullmatch(r"(\d{2})-([A-Z]{3})-(\d{4})", words.strip().upper())
    months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
    if match is None or match.group(2) not in months:
        return None
    return f"{match.group(3)}-{months.index(match.group(2)) + 1:02d}-{match.group(1)}"
