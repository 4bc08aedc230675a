"""Domestic revenue share from facts: the geographic axis, US-named segments, and the absence of everything foreign.

Members are never summed: subtotals overlap, and `srt:AmericasMember` may exclude the United States.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from active_edge.errors import SourceFormatError
from active_edge.filings.facts import Fact, Report, best_value
from active_edge.filings.reading import Confidence, FiledShare, checked_share
from active_edge.words import number

REVENUE = (
    "RevenueFromContractWithCustomerExcludingAssessedTax",
    "RevenueFromContractWithCustomerIncludingAssessedTax",
    "Revenues",
    "SalesRevenueNet",
    "RevenuesNetOfInterestExpense",
)
NARROW_REVENUE = ("SalesRevenueGoodsNet", "SalesRevenueServicesNet", "RevenueMineralSales", "OilAndGasRevenue")
OWN_REVENUE = re.compile(
    r"^(?!.*(Cost|Percent|Deferred|Unearned|TextBlock|Expense)).*(Revenue|NetSales|SalesNet)", re.S
)
GEOGRAPHIC = "StatementGeographicalAxis"
SEGMENT = "StatementBusinessSegmentsAxis"
BENCHMARK = "ConcentrationRiskByBenchmarkAxis"
OTHER_ITEMS = "Elimination|Intersegment|Reconcil|CorporateNonSegment|CorporateAndOther"
BESIDE = {
    "ConsolidationItemsAxis": re.compile(rf"^(?!.*({OTHER_ITEMS}))"),
    "ConcentrationRiskByTypeAxis": re.compile(r"Geographic"),
    BENCHMARK: re.compile(r"^(?!.*(Segment|ProductLine)).*(Sales|Revenue)"),
}
"""Axes that may stand beside the geography, and the members by which they change nothing.

A concentration of customers is of single ones; a benchmark may be the revenue of a part.
"""
ELIMINATION = re.compile("Elimination|Intersegment")
NEGLIGIBLE = 0.02
"""Sales between segments, or revenue under a wider tag, as a part of the total, that change a share by little."""
MUCH = 0.10
"""Revenue that the geography leaves out, as a part of what it covers, beyond which its share is a guess."""
CONCENTRATION = "ConcentrationRiskPercentage"
US_NAMED = re.compile(r"^(UnitedStates(OfAmerica)?|USA?|U\.S\.|Domestic|DomesticUS|USDomestic)(Member)?$", re.I)
NOT_US_NAMED = re.compile(
    r"^(Non-?Us|NonUnitedStates|OutsideTheUnitedStates|OutsideUnitedStates|Foreign)(Member)?$", re.I
)
US_SEGMENT = re.compile(
    r"^(US|USA|UnitedStates(OfAmerica)?|Domestic)(Operations?|Operating|Segments?|Business|Division|Reportable|"
    r"Markets?|"
    r"Region|Sales)*(Member)?$"
)
HOLDS_US = re.compile(r"^(Americas|NorthAmerica|NorthAndSouthAmerica|TheAmericas|AmericasRegion)(Segment)?(Member)?$")
FOREIGN = re.compile(
    r"Foreign(IncomeTax|Tax|Currency|Exchange|Operations|Earnings|Subsidiar)|TaxExpenseBenefit.*Foreign|"
    r"BeforeIncomeTaxes.*Foreign|Foreign.*(TaxExpense|IncomeTax|RateDifferential)|CurrencyTranslation|"
    r"CumulativeTranslation|EarningsOfForeign|OperatingLossCarryforwardsForeign"
)
TAX_NOTE = re.compile(
    r"^(Current|Deferred)(Federal|State).*Tax|RateReconciliation|IncomeTaxReconciliation|BeforeIncomeTaxesDomestic|"
    r"^DeferredTaxAssets(?!Net|LiabilitiesNet)|^OperatingLossCarryforwards"
)
"""Tags of the income tax note rather than of the balance sheet."""
FOREIGN_HOME = re.compile(r"^[A-Z]\d$")
AT_LEAST = 0.90
SILENT_SHARE = 0.95
"""The middle between `AT_LEAST` and everything, within reach of both."""


def domestic_share(report: Report) -> tuple[FiledShare | None, tuple[str, ...]]:
    """Domestic revenue share by the best method the facts allow, and notes on what was seen and not used.

    Source: design of the SEC taxonomies; methods and confidences in docs/legs.md.

    Raises
    ------
    SourceFormatError
        The United States are reported above the total or below zero.
    """
    notes = list(_bounds(report))
    value = (
        _by_axis(report, REVENUE, _is_us, "geographic_axis", "high")
        or _by_axis(report, NARROW_REVENUE, _is_us, "geographic_axis", "medium")
        or _by_axis(report, _own_tags(report), _is_us_named, "geographic_axis", "medium")
        or _by_percentage(report)
        or _by_complement(report)
        or _by_segment(report)
        or _by_absence(report)
    )
    return value, tuple(notes)


def revenue_total(report: Report) -> Fact | None:
    """Consolidated revenue of the longest period ending on the report's last day."""
    for tag in (*REVENUE, *NARROW_REVENUE):
        found = _current(report, (f for f in report.facts if f.tag == tag and not f.dimensions and f.value > 0))
        if found:
            longest = max(f.days for f in found)
            return best_value(f for f in found if f.days == longest)
    return None


def _is_us(member: str) -> bool:
    return member == "US"


def _is_us_named(member: str) -> bool:
    return member == "US" or US_NAMED.match(member) is not None


def _own_tags(report: Report) -> tuple[str, ...]:
    tags = dict.fromkeys(f.tag for f in report.facts if GEOGRAPHIC in f.axes and OWN_REVENUE.match(f.tag))
    return (*REVENUE, *(tag for tag in tags if tag not in REVENUE))


def _current(report: Report, facts: Iterable[Fact]) -> list[Fact]:
    """Flows of the reported year (or year to date) only; 52/53-week years may end up to 10 days off."""
    end = report.period_end
    flows = [f for f in facts if f.start is not None and f.days <= 380 and _dollars(f)]
    if end is not None:
        flows = [f for f in flows if abs((f.end - end).days) <= 10]
    return flows


def _dollars(fact: Fact) -> bool:
    return fact.value == fact.value and (not fact.unit or re.fullmatch(r"[A-Z]{3}", fact.unit) is not None)


def _is_only(fact: Fact, axis: str) -> str | None:
    """Member on `axis` when no other axis but those of `BESIDE` stands beside it."""
    members = dict(fact.dimensions)
    member = members.pop(axis, None)
    if member is None or len(members) != len(fact.dimensions) - 1 or not _changes_nothing(members):
        return None
    return member


def _changes_nothing(members: Mapping[str, str]) -> bool:
    return all(axis in BESIDE and BESIDE[axis].search(member) for axis, member in members.items())


def _pairs(report: Report, tag: str, axis: str, wanted: Callable[[str], bool]) -> list[tuple[Fact, Fact]]:
    """(part, total) facts of one tag over identical periods, longest period first."""
    told = _current(report, (f for f in report.facts if f.tag == tag))
    parts = [f for f in told if (member := _is_only(f, axis)) is not None and wanted(member)]
    flows = _current(report, report.facts) if parts else []
    pairs = []
    for start, end in sorted({(f.start, f.end) for f in parts}, key=lambda p: (p[1] - p[0]).days if p[0] else 0)[::-1]:
        same = [f for f in parts if (f.start, f.end) == (start, end)]
        plain = [f for f in same if len(f.dimensions) == 1] or same
        part = best_value(plain)
        total = _total(flows, tag, start, end)
        if part is not None and total is not None:
            pairs.append((part, total))
    return pairs


def _total(flows: list[Fact], tag: str, start: date | None, end: date) -> Fact | None:
    same = [f for f in flows if (f.start, f.end) == (start, end)]
    whole = [f for f in same if not f.dimensions] or [f for f in same if _changes_nothing(dict(f.dimensions))]
    for wanted in (tag, *REVENUE, *NARROW_REVENUE):
        total = best_value(f for f in whole if f.tag == wanted)
        if total is not None and total.value > 0:
            return total
    return None


def _by_axis(
    report: Report, tags: tuple[str, ...], wanted: Callable[[str], bool], source: str, confidence: Confidence
) -> FiledShare | None:
    """The share by the tag whose total is the largest, trusted less the more of a wider revenue it leaves out."""
    firsts = [pairs[0] for tag in tags if (pairs := _pairs(report, tag, GEOGRAPHIC, wanted))]
    if not firsts:
        return None
    longest = max(total.days for _, total in firsts)
    least = (1 + NEGLIGIBLE) * next(total.value for _, total in firsts if total.days == longest)
    wider = [pair for pair in firsts if pair[1].days == longest and pair[1].value > least]
    part, total = max(wider, key=lambda pair: pair[1].value) if wider else firsts[0]
    between = _between_segments(report, part)
    if between is None:
        return None
    if between > NEGLIGIBLE * total.value:
        confidence = "low"
    return _value(report, part, total, part.value / total.value, source, confidence)


def _between_segments(report: Report, part: Fact) -> float | None:
    """Sales between segments that a part of the operating segments may hold; None where the part is told to hold some.

    The size of the eliminations of the same period and tag; 0 for a part that is consolidated.
    """
    if "ConsolidationItemsAxis" not in part.axes:
        return 0.0
    same = (f for f in report.facts if (f.tag, f.start, f.end) == (part.tag, part.start, part.end) and f.value)
    eliminations = [f for f in same if ELIMINATION.search(dict(f.dimensions).get("ConsolidationItemsAxis", ""))]
    member = dict(part.dimensions)[GEOGRAPHIC]
    if any(dict(f.dimensions).get(GEOGRAPHIC) == member for f in eliminations):
        return None
    return max((abs(f.value) for f in eliminations if f.value == f.value), default=0.0)


def _widest(report: Report, total: Fact) -> float:
    """The largest revenue stated without dimensions for the period of `total`, never below it."""
    stated = [
        f.value
        for f in report.facts
        if f.tag in REVENUE and not f.dimensions and (f.start, f.end, f.unit) == (total.start, total.end, total.unit)
    ]
    return max([total.value, *(value for value in stated if value == value)])


def _by_percentage(report: Report) -> FiledShare | None:
    """The share itself, where it is tagged as a concentration of revenue in the United States."""
    end = report.period_end
    for fact in report.facts:
        if fact.tag != CONCENTRATION or fact.start is None or end is None:
            continue
        if abs((fact.end - end).days) > 10:
            continue
        member = _is_only(fact, GEOGRAPHIC)
        if member is not None and _is_us_named(member) and BENCHMARK in fact.axes and 0 < fact.value <= 1:
            passage = f"{fact.tag} {fact.start}/{fact.end} {GEOGRAPHIC}={member}: {number(fact.value, 4)}"
            return FiledShare(fact.value, "geographic_axis", "medium", passage, fact.end.isoformat())
    return None


def _by_complement(report: Report) -> FiledShare | None:
    for tag in _own_tags(report):
        for part, total in _pairs(report, tag, GEOGRAPHIC, lambda m: bool(NOT_US_NAMED.match(m))):
            return _value(report, part, total, 1 - part.value / total.value, "geographic_axis_complement", "medium")
    return None


def _by_segment(report: Report) -> FiledShare | None:
    for tag in (*REVENUE, *NARROW_REVENUE):
        pairs = _pairs(report, tag, SEGMENT, lambda m: bool(US_SEGMENT.match(m)))
        flows = _current(report, (f for f in report.facts if f.tag == tag))
        members = {m for f in flows if (m := _is_only(f, SEGMENT)) is not None and US_SEGMENT.match(m)}
        if pairs and len(members) == 1:
            part, total = pairs[0]
            return _value(report, part, total, part.value / total.value, "us_segment", "medium")
    return None


def _by_absence(report: Report) -> FiledShare | None:
    """0.95, at least 0.90, where not one fact speaks of foreign tax, foreign income or currency translation.

    Silence counts only where the income tax note is tagged in detail: the first years of XBRL tag notes as one block,
    and `num.txt` holds the primary statements alone, so Honeywell and Intel would look domestic there.
    A quarterly report leaves most of these notes out, so its silence is worth less: low instead of medium.
    """
    revenue = revenue_total(report)
    if revenue is None or (revenue.unit and revenue.unit != "USD"):
        return None
    country = report.about.get("EntityAddressCountry", "US")
    home = report.about.get("EntityIncorporationStateCountryCode", "")
    if country not in ("US", "") or FOREIGN_HOME.match(home):
        return None
    abroad = [f for f in report.facts if FOREIGN.search(f.tag)]
    members = [m for f in report.facts for axis, m in f.dimensions if axis == GEOGRAPHIC and OWN_REVENUE.match(f.tag)]
    if abroad or any(m != "US" and not US_NAMED.match(m) and not re.match(r"stpr|[A-Z]{2}$", m) for m in members):
        return None
    tax_note = {f.tag for f in report.facts if TAX_NOTE.search(f.tag)}
    if not any(f.tag == "Assets" for f in report.facts) or not tax_note:
        return None
    return FiledShare(
        SILENT_SHARE,
        "no_foreign_facts",
        "medium" if report.annual else "low",
        f"no foreign tax, foreign income or currency translation among {len(report.facts)} facts; "
        f"{revenue.tag} {number(revenue.value, 0)}",
        revenue.end.isoformat(),
        details={"at_least": AT_LEAST, "total": revenue.value},
    )


def _bounds(report: Report) -> list[str]:
    """Upper bound from a region that contains the United States, where these are not reported themselves."""
    for tag in REVENUE:
        if _pairs(report, tag, GEOGRAPHIC, _is_us):
            return []
        for part, total in _pairs(report, tag, GEOGRAPHIC, lambda m: bool(HOLDS_US.match(m))):
            member = dict(part.dimensions)[GEOGRAPHIC]
            share = part.value / total.value
            return [
                f"domestic_revenue_share at most {number(share, 4)}: {member} {number(part.value, 0)} of "
                f"{number(total.value, 0)}"
            ]
    return []


def _value(report: Report, part: Fact, total: Fact, share: float, source: str, confidence: Confidence) -> FiledShare:
    """The share as it is filed; trusted less where `total` leaves out some of a revenue under a wider tag."""
    member = "; ".join(f"{axis}={name}" for axis, name in part.dimensions)
    passage = (
        f"{part.tag} {part.start}/{part.end} {member}: {number(part.value, 0)} of {total.tag} {number(total.value, 0)}"
    )
    try:
        share = checked_share(share, "domestic_revenue_share")
    except SourceFormatError as error:
        raise SourceFormatError(f"{error}; {passage}") from error
    details = {"part": part.value, "total": total.value, "tag": part.tag}
    whole = _widest(report, total)
    if whole > (1 + NEGLIGIBLE) * total.value:
        details["revenue"] = whole
        confidence = "low" if whole > (1 + MUCH) * total.value or confidence == "low" else "medium"
    return FiledShare(share, source, confidence, passage, part.end.isoformat(), details=details)
