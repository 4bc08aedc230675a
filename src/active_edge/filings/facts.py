"""Facts of a filing that carries XBRL: an instance, inline XBRL, or rows of the SEC's `num.txt`, in one shape."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from html.entities import html5
from typing import TYPE_CHECKING

from active_edge.errors import SourceFormatError
from active_edge.filings.documents import SHOWN, parse_xml
from active_edge.filings.pages import local

if TYPE_CHECKING:
    from lxml.etree import _Element

MOST_FACTS = 2_000_000
TEXT_BLOCK = re.compile(r"(TextBlock|ConcentrationRiskCreditRisk)$")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
Dimensions = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """One reported value.

    tag : local name. standard : whether the tag is of us-gaap, srt or dei rather than the company's own.
    value : number, NaN where the content is no number. text : content as reported.
    start : first day, None for an instant. end : last day.
    dimensions : (axis local name, member local name) pairs, sorted; a typed member is its text.
    decimals : stated precision, -99 where none is stated.
    """

    tag: str
    standard: bool
    value: float
    text: str
    start: date | None
    end: date
    dimensions: Dimensions
    unit: str
    decimals: int

    @property
    def axes(self) -> frozenset[str]:
        return frozenset(axis for axis, _ in self.dimensions)

    @property
    def days(self) -> int:
        """Length of the period, 0 for an instant."""
        return 0 if self.start is None else (self.end - self.start).days + 1


@dataclass(frozen=True)
class Report:
    """Facts of one filing and what it says about itself.

    facts : every fact with a date. blocks : (tag, HTML) of its text blocks.
    about : undimensioned dei texts by tag.
    """

    facts: tuple[Fact, ...]
    blocks: tuple[tuple[str, str], ...]
    about: Mapping[str, str]

    @cached_property
    def period_end(self) -> date | None:
        """Last day of the reported period; where dei is silent, the last day most facts end on."""
        stated = _date(self.about.get("DocumentPeriodEndDate", ""))
        if stated is not None:
            return stated
        counts: dict[date, int] = {}
        for fact in self.facts:
            if fact.start is not None:
                counts[fact.end] = counts.get(fact.end, 0) + 1
        return max(counts, key=lambda day: (counts[day], day)) if counts else None

    @property
    def annual(self) -> bool:
        """Whether it is an annual report; without a form, whether most of a year is reported."""
        form = self.about.get("DocumentType", "")
        return form.startswith(("10-K", "20-F", "40-F")) if form else any(f.days > 300 for f in self.facts)


def instance_report(text: str, where: str) -> Report:
    """Report of an XBRL instance document.

    Raises
    ------
    SourceFormatError
        Not well-formed, no facts, or dates that are no dates.
    """
    root = parse_xml(text, where)
    contexts, units = _contexts(root), _units(root)
    gathered = _Gathered()
    for node in root:
        reference = node.get("contextRef")
        if reference is None or not isinstance(node.tag, str):
            continue
        context = contexts.get(reference)
        if context is None:
            continue
        content = "".join(node.itertext())
        gathered.take(node.tag, content, context, node, units)
    return gathered.report(where)


def inline_report(text: str, where: str, parts: Sequence[str] = ()) -> Report:
    """Report of an inline XBRL document (10-K or 10-Q as HTML), which may go on in the files `parts`.

    Raises
    ------
    SourceFormatError
        See `instance_report`.
    """
    roots = [parse_xml(_without_names(part), where) for part in (text, *parts)]
    contexts = {key: context for root in roots for key, context in _contexts(root).items()}
    units = {key: unit for root in roots for key, unit in _units(root).items()}
    continuations = {n.get("id"): n for root in roots for n in root.iter("{*}continuation") if n.get("id")}
    gathered = _Gathered()
    for node in (node for root in roots for node in root.iter("{*}nonFraction", "{*}nonNumeric")):
        context = contexts.get(node.get("contextRef") or "")
        name = node.get("name")
        if context is None or name is None:
            continue
        prefix, _, tag = name.rpartition(":")
        full = f"{{{node.nsmap.get(prefix, '')}}}{tag}"
        if local(node.tag) == "nonnumeric":
            content = _continued(node, continuations, markup=bool(TEXT_BLOCK.search(tag)))
        else:
            content = _inline_number(node)
        gathered.take(full, content, context, node, units)
    return gathered.report(where)


def num_report(text: str, where: str, adsh: str | None = None) -> Report:
    """Report of one filing's rows in a Financial Statement Data Sets `num.txt` (with or without `segments`).

    Raises
    ------
    SourceFormatError
        Rows of several filings and no `adsh` to choose by, a changed header, or no table of lines and tabs.
    """
    try:
        rows = csv.DictReader(io.StringIO(text, newline=""), delimiter="\t", quoting=csv.QUOTE_NONE)
        return _num_report(rows, where, adsh)
    except csv.Error as error:
        raise SourceFormatError(f"{where}: num.txt cannot be read as lines of cells ({error})") from error


def _num_report(rows: csv.DictReader[str], where: str, adsh: str | None) -> Report:
    missing = {"adsh", "tag", "version", "ddate", "qtrs", "uom", "value"} - set(rows.fieldnames or ())
    if missing:
        raise SourceFormatError(
            f"{where}: num.txt without the columns {', '.join(sorted(missing))}; its format changed"
        )
    facts = []
    filings = set()
    for row in rows:
        if adsh is not None and row["adsh"] != adsh:
            continue
        filings.add(row["adsh"])
        if len(filings) > 1:
            raise SourceFormatError(f"{where}: rows of several filings; give the rows of one adsh")
        fact = _num_fact(row)
        if fact is not None:
            facts.append(fact)
    return _Gathered(facts).report(where)


def num_reports(rows: Iterable[Mapping[str, str]]) -> Iterator[tuple[str, Report]]:
    """(adsh, report) for each filing in rows of `num.txt` that are grouped by adsh."""
    current: str | None = None
    facts: list[Fact] = []
    for row in rows:
        if row["adsh"] != current:
            if current is not None and facts:
                yield current, Report(tuple(facts), (), {})
            current, facts = row["adsh"], []
        fact = _num_fact(row)
        if fact is not None:
            facts.append(fact)
    if current is not None and facts:
        yield current, Report(tuple(facts), (), {})


def best_value(facts: Iterable[Fact]) -> Fact | None:
    """The fact stated most precisely among repetitions of one number; None when there is none."""
    numbers = [fact for fact in facts if math.isfinite(fact.value)]
    return max(numbers, key=lambda fact: fact.decimals) if numbers else None


def _date(text: str) -> date | None:
    """Day of an ISO date, or of one printed "April 30, 2024" as inline XBRL does; None for anything else."""
    words = " ".join(text.split())
    printed = re.fullmatch(r"([A-Z][a-z]{2})[a-z]*\.? (\d{1,2}),? (\d{4})", words)
    try:
        if printed is not None:
            return date(int(printed.group(3)), MONTHS.index(printed.group(1)) + 1, int(printed.group(2)))
        return date.fromisoformat(words[:10])
    except ValueError:
        return None


Context = tuple[date | None, date, Dimensions]


def _contexts(root: _Element) -> dict[str, Context]:
    found: dict[str, Context] = {}
    for node in root.iter("{*}context"):
        days = {local(n.tag): _date(n.text or "") for n in node.iter("{*}instant", "{*}startDate", "{*}endDate")}
        end = days.get("instant") or days.get("enddate")
        if end is None or node.get("id") is None:
            continue
        pairs = []
        for member in node.iter("{*}explicitMember", "{*}typedMember"):
            axis = (member.get("dimension") or "").rpartition(":")[2]
            words = "".join(member.itertext()).strip()
            pairs.append((axis, words.rpartition(":")[2] if local(member.tag) == "explicitmember" else words))
        found[str(node.get("id"))] = (days.get("startdate"), end, tuple(sorted(pairs)))
    return found


def _units(root: _Element) -> dict[str, str]:
    return {
        str(node.get("id")): "/".join((m.text or "").strip().rpartition(":")[2] for m in node.iter("{*}measure"))
        for node in root.iter("{*}unit")
        if node.get("id")
    }


@dataclass
class _Gathered:
    facts: list[Fact] = field(default_factory=list)
    blocks: list[tuple[str, str]] = field(default_factory=list)
    about: dict[str, str] = field(default_factory=dict)

    def take(self, name: str, content: str, context: Context, node: _Element, units: Mapping[str, str]) -> None:
        namespace, _, tag = name.rpartition("}")
        start, end, dimensions = context
        if TEXT_BLOCK.search(tag):
            self.blocks.append((tag, content))
        if "/dei/" in namespace and not dimensions:
            self.about.setdefault(tag, content.strip())
        if len(self.facts) >= MOST_FACTS:
            raise SourceFormatError(f"more than {MOST_FACTS} facts in one filing; refused")
        stated = node.get("decimals") or ""
        decimals = 99 if stated == "INF" else int(stated) if re.fullmatch(r"-?\d{1,2}", stated) else -99
        standard = bool(re.search(r"(fasb\.org|xbrl\.us|xbrl\.sec\.gov)/", namespace))
        kept = content.strip() if len(content) < 2000 else ""
        unit = units.get(node.get("unitRef") or "", "")
        self.facts.append(Fact(tag, standard, _number(content), kept, start, end, dimensions, unit, decimals))

    def report(self, where: str) -> Report:
        if not self.facts:
            raise SourceFormatError(f"{where}: XBRL without a single dated fact; fetch it again")
        return Report(tuple(self.facts), tuple(self.blocks), self.about)


def _number(content: str) -> float:
    words = content.strip()
    if len(words) > 40 or not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?", words):
        return math.nan
    value = float(words)
    return value if math.isfinite(value) else math.nan


def _inline_number(node: _Element) -> str:
    words = "".join(node.itertext()).translate(SHOWN).strip()
    style = (node.get("format") or "").rpartition(":")[2].lower()
    if re.search(r"zero|nocontent|fixed-empty", style) or words in ("—", "–", "-"):
        return "0"
    if "comma" in style and "decimal" in style and style.endswith(("comma", "comma-decimal")):
        words = words.replace(".", "").replace(",", ".")
    words = re.sub(r"[,\s$]", "", words)
    scale = node.get("scale") or "0"
    if not re.fullmatch(r"\d+(\.\d*)?|\.\d+", words) or len(words) > 40 or not re.fullmatch(r"-?\d{1,2}", scale):
        return ""
    value = float(words) * 10.0 ** int(scale)
    return repr(-value if node.get("sign") == "-" else value)


def _continued(node: _Element, continuations: Mapping[str | None, _Element], *, markup: bool) -> str:
    from lxml import etree

    parts = []
    seen: set[int] = set()
    current: _Element | None = node
    while current is not None and id(current) not in seen and len(seen) < 1000:
        seen.add(id(current))
        if markup:
            parts.append(etree.tostring(current, encoding="unicode", with_tail=False))
        else:
            parts.append("".join(current.itertext()))
        current = continuations.get(current.get("continuedAt"))
    return "".join(parts)


def _without_names(text: str) -> str:
    """XHTML with HTML's named entities replaced, which XML does not know."""

    def plain(match: re.Match[str]) -> str:
        known = html5.get(match.group(1) + ";")
        if known is None or match.group(1) in ("amp", "lt", "gt", "quot", "apos"):
            return match.group()
        return known

    return re.sub(r"&([A-Za-z]{2,10});", plain, re.sub(r"<!DOCTYPE[^>\[]{0,300}>", "", text, count=1))


def _num_fact(row: Mapping[str, str]) -> Fact | None:
    day, quarters, value = row["ddate"], row["qtrs"], row["value"]
    if row.get("coreg") or not value or not re.fullmatch(r"\d{8}", day) or not re.fullmatch(r"\d{1,3}", quarters):
        return None
    end = _date(f"{day[:4]}-{day[4:6]}-{day[6:]}")
    if end is None:
        return None
    months = 3 * int(quarters)
    start = None
    if months:
        total = end.year * 12 + end.month - months
        if total // 12 < 1:
            return None
        start = date(total // 12, total % 12 + 1, 1)
    pairs = []
    for part in (row.get("segments") or "").split(";"):
        axis, equals, member = part.partition("=")
        if equals:
            known = {"Geographical": "StatementGeographicalAxis", "BusinessSegments": "StatementBusinessSegmentsAxis"}
            pairs.append((known.get(axis.strip(), axis.strip() + "Axis"), member.strip()))
    standard = row["version"].startswith(("us-gaap", "srt", "dei"))
    return Fact(row["tag"], standard, _number(value), value, start, end, tuple(sorted(pairs)), row["uom"], 0)
