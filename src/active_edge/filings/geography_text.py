"""Domestic revenue share from words: geography tables of a page, and sentences. Low confidence, a tie-break."""

from __future__ import annotations

import re
from collections.abc import Iterable

from active_edge.filings.geography import AT_LEAST, SILENT_SHARE
from active_edge.filings.geography_tables import domestic_from_tables
from active_edge.filings.pages import Page
from active_edge.filings.reading import FiledShare

REVENUE_WORD = re.compile(r"\b(revenues?|sales)\b", re.I)
YEAR = re.compile(r"\b(19[89]\d|20\d\d)\b")
ABROAD = (
    r"(outside( of)?( the)? (united states|u\.s\.)|international (customers|sales|revenues?|operations|markets)|"
    r"foreign (customers|sales|revenues?|operations|distributors|countries)|export sales|non-u\.s\. (customers|sales)|"
    r"internationally|customers located in foreign)"
)
ELSE = (
    r"(?! ?-?(government|federal|military|army|navy|air force|department|treasury|dollar|subsidiar|gaap|steel|based))"
)
AT_HOME = (
    r"((in|within|from|to customers (located )?in|from customers (located )?in) the (united states|u\.s\.)|"
    r"domestic (customers|sales|revenues?)|from customers (located )?in the (united states|u\.s\.)|"
    rf"(united states|u\.s\.) (customers|sales|revenues?)|^(\W*\(?\w?\)?\W*)the (united states|u\.s\.)){ELSE}"
)
SHARE = (
    r"(?P<less>less than |more than |over |under |no more than |at least )?(?:approximately |about |roughly )?"
    r"(?P<pct>\d{1,3}(?:\.\d+)?) ?(?:%|percent)"
)
SHARE_VERB = r"(accounted for|represent(ed|s)|compris(ed|es)|constitut(ed|es)|w(as|ere)|are|is|made up|contributed)"
OF_REVENUE = (
    r"of (our |its |the company(’|')s |total |consolidated |net |the |fiscal |(19|20)\d\d )*"
    r"(company )?(net )?(revenues?|sales)"
)
NOT_THIS = re.compile(
    r"increase|decrease|grew|growth|declin|higher|lower|receivable|assets|one customer|largest customer|distributor,|"
    r"each accounted|government|federal|military|backlog|purchas|royalt|program|"
    r"employees|expect|could|may |segment|product line|cost of|gross|tax|plan to|goal|if |china|japan|"
    r"canada|mexico|europe|asia",
    re.I,
)
HOME_AMOUNT = re.compile(
    r"(?:(?:sales|revenues?) (?:\w+ ){0,3}?(?:in|from|to|within|of) (?:customers )?(?:(?:located|domiciled|based) in )?"
    r"(?:the )?(?:united states|u\.s\.)|(?:united states|u\.s\.|domestic) (?:net |product )?(?:sales|revenues?))"
    r"(?! ?(?:government|federal|military|department))"
    r"[^$.;%]{0,60}?(?:were|was|of|total(?:ed|ing)|amount(?:ed|ing) to|approximat\w+|:) (?:approximately |about )?"
    r"\$ ?([\d,]+(?:\.\d+)?) ?(million|billion|thousand)?",
    re.I,
)
A_CHANGE = re.compile(r"\b(increase|decrease|grew|declin|change|quarter)\w*", re.I)
A_CHANGE_AFTER = re.compile(r"\W{0,3}(higher|lower|more|less|greater|above|below|or \d[\d.]* ?%)", re.I)
OF_A_PART = re.compile(r"\bsegments?\b|\bacqui(red|sition)|\bdivision|\bproduct line|\bsubsidiar", re.I)
"""Sales at home that are of a part of the company."""
AMOUNT_RUN = re.compile(r"\$ ?[\d,]+(?:\.\d+)?(?: ?(?:million|billion|thousand))?(?:,? (?:and )?(?=\$))?")
AMOUNT_UNITS = {"": 1.0, "thousand": 1e3, "million": 1e6, "billion": 1e9}
LEAST_SHARE = 0.02
NO_COUNTRY = re.compile(
    r"\b(no|none of|neither|not any)\b.{0,40}\b(countr(y|ies)|region|customer|area)|"
    r"\b(any|each) (one |single |individual |other |foreign )+(country|region)\b|"
    r"\b(other than|except(ing)?( for)?|besides) (in )?(the )?(united states|u\.s\.)",
    re.I,
)
"""A bound on single countries is no value."""
FRACTIONS = {
    "one-half": 50,
    "two-thirds": 66.7,
    "one-third": 33.3,
    "three-quarters": 75,
    "three-fourths": 75,
    "one-quarter": 25,
    "one-fourth": 25,
    "a-third": 33.3,
    "a-quarter": 25,
    "four-fifths": 80,
    "three-fifths": 60,
    "two-fifths": 40,
    "one-fifth": 20,
    "half": 50,
}
FRACTION = re.compile(
    r"\b(one[- ]half|half|(?:two|one|a)[- ]thirds?|(?:three|one|a)[- ](?:quarters?|fourths?)|(?:one|two|three|four)[- ]"
    r"fifths?)(?= of (?:our|its|the|total|consolidated|net|all|revenues?|sales))",
    re.I,
)
TENS = {
    word: 10 * i
    for i, word in enumerate(
        ("ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), start=1
    )
}
ONES = {
    word: i for i, word in enumerate(("one", "two", "three", "four", "five", "six", "seven", "eight", "nine"), start=1)
}
WORD_PERCENT = re.compile(rf"\b({'|'.join(TENS)})(?:[- ]({'|'.join(ONES)}))? (?:percent|per cent)\b", re.I)
ONE_CUSTOMER = re.compile(
    r"largest customer|(one|two|three|significant|single) (international )?(customer|distributor)", re.I
)
PERCENT_RUN = re.compile(r"\d{1,3}(?:\.\d+)? ?%(?:,? (?:and )?\d{1,3}(?:\.\d+)? ?%)*")
ALL_HOME = re.compile(
    r"\b(?P<how>all|substantially all|virtually all|nearly all) of (our|its|the company(’|')s) "
    r"(total |net |consolidated |product )*(revenues?|sales)\b.{0,80}?"
    r"\b(in|from|within|to) (customers (located )?(in|within) )?(the )?(united states|u\.s\.)"
    r"(?! ?(dollar|government|gaap))",
    re.I,
)
OUTSIDE = r"outside( of)?( the)? (united states|u\.s\.)"
NONE_ABROAD = (
    re.compile(
        r"\b(no|not any|(do|does|did) not (have|generate|derive|record) any) (\w+ ){0,2}?(revenues?|sales|customers)\b"
        rf"[^.;]{{0,40}}\b{OUTSIDE}",
        re.I,
    ),
    re.compile(rf"\b(do|does|did) not (sell|operate|do business|conduct business)\b[^.;]{{0,40}}\b{OUTSIDE}", re.I),
)
FEW_ABROAD = (
    re.compile(
        rf"\b(revenues?|sales)\b[^.;]{{0,40}}\b(foreign customers|customers {OUTSIDE}|{OUTSIDE})[^.;]{{0,60}}"
        r"\b(is|are|was|were|have been|has been) (not (material|significant)|immaterial|insignificant)",
        re.I,
    ),
    re.compile(
        r"\b(operates?|operations are( located| conducted)?) (exclusively|entirely|solely|only|wholly) (with)?in the "
        r"(united states|u\.s\.)(?! and)",
        re.I,
    ),
    re.compile(
        rf"\b(no|not have any) (\w+ ){{0,2}}?(foreign operations|operations {OUTSIDE}|operations in foreign countries)",
        re.I,
    ),
)
"""Words of a company that sells nothing abroad, and of one that sells nothing to speak of, as silence says it."""
BOUNDED = re.compile(r"%|percent|exceed|more than|greater than|account|each\b|any one\b|single|individual", re.I)
"""A bound on single customers is no value."""
LITTLE = re.compile(r"material|significant|substantial", re.I)
MAYBE = re.compile(r"\b(may|could|expect|will|if|assets|except|other than|prior to|until)\b", re.I)
ABROAD_FIRST = re.compile(rf"{ABROAD}.{{0,120}}?\b{SHARE_VERB} {SHARE}", re.I)
ABROAD_LAST = re.compile(rf"{SHARE}.{{0,40}}?{OF_REVENUE}.{{0,100}}?{ABROAD}", re.I)
AMOUNT_OR = r"(?:approximately |about )?\$ ?[\d,]+(?:\.\d+)?(?: ?(?:million|billion|thousand))?,? (?:or|representing)"
ABROAD_AMOUNT = re.compile(rf"{ABROAD}.{{0,60}}?\b{SHARE_VERB} {AMOUNT_OR} {SHARE} {OF_REVENUE}", re.I)
HOME_AMOUNT_SHARE = re.compile(rf"{AT_HOME}.{{0,60}}?\b{SHARE_VERB} {AMOUNT_OR} {SHARE} {OF_REVENUE}", re.I)
HOME_FIRST = re.compile(rf"{AT_HOME}.{{0,120}}?\b{SHARE_VERB} {SHARE}", re.I)
HOME_LAST = re.compile(rf"{SHARE} {OF_REVENUE}.{{0,60}}?{AT_HOME}", re.I)
STATED = (
    *((ABROAD_AMOUNT, True), (HOME_AMOUNT_SHARE, False)),
    *((ABROAD_FIRST, True), (HOME_LAST, False), (ABROAD_LAST, True), (HOME_FIRST, False)),
)
"""Patterns of a share, in the order they are tried, and whether it is of sales abroad."""


def domestic_from_page(page: Page, revenue: float | None = None) -> FiledShare | None:
    """Domestic revenue share a page states in a geography table, else in a sentence; None where it states none.

    revenue : the year's, USD, where it is known: a footnote may state the sales at home as an amount.
    """
    told = domestic_from_tables(page.tables, revenue) or domestic_from_sentences(page.sentences())
    if told is not None or revenue is None:
        return told
    return _from_amount(page.sentences(), revenue)


def _from_amount(sentences: Iterable[str], revenue: float) -> FiledShare | None:
    """Sales at home that a sentence states in dollars, over `revenue`; None where the unit is in doubt."""
    for sentence in sentences:
        match = HOME_AMOUNT.search(sentence)
        if match is None or A_CHANGE.search(match.group()) or OF_A_PART.search(sentence[: match.end() + 80]):
            continue
        if A_CHANGE_AFTER.match(sentence, match.end()):
            continue
        amount, words = _latest_amount(sentence, match), (match.group(2) or "").lower()
        units = (AMOUNT_UNITS[words],) if words else tuple(AMOUNT_UNITS.values())
        shares = [amount * unit / revenue for unit in units if LEAST_SHARE <= amount * unit / revenue <= 1.0]
        if len(shares) == 1:
            return FiledShare(shares[0], "text", "low", sentence, details={"total": revenue})
    return None


def _latest_amount(sentence: str, match: re.Match[str]) -> float:
    """The amount of the latest year where a sentence lists amounts and, after them, as many years."""
    at, amounts = match.start(1), [float(match.group(1).replace(",", ""))]
    run = AMOUNT_RUN.match(sentence, sentence.rfind("$", 0, at))
    while run is not None:
        following = AMOUNT_RUN.match(sentence, run.end())
        if following is None:
            break
        amounts.append(float(re.sub(r"[^\d.]", "", following.group().rstrip(" ,."))))
        run = following
    years = list(dict.fromkeys(int(year) for year in YEAR.findall(sentence, at)))
    return amounts[years.index(max(years))] if len(years) == len(amounts) else amounts[0]


def domestic_from_sentences(sentences: Iterable[str]) -> FiledShare | None:
    """Domestic revenue share stated in a sentence; None where none does, or where sentences contradict each other."""
    found: list[tuple[float, str, str | None]] = []
    for printed in sentences:
        sentence = _in_percent(printed)
        stated = _all_at_home(sentence)
        if "%" in sentence or "percent" in sentence:
            stated = _stated(sentence) or stated
        if stated is not None:
            found.append((*stated[:1], sentence, stated[1]))
    if not found:
        return None
    share, passage, bound = found[0]
    if any(abs(other - share) > 0.25 for other, _, _ in found):
        return None
    return FiledShare(share, "text", "low", passage, details={bound: share} if bound else {})


def _in_percent(sentence: str) -> str:
    """The sentence with fractions and numbers in words as percentages: two-thirds is 66.7%."""
    named = FRACTION.sub(lambda m: str(FRACTIONS[re.sub(r"[- ]+", "-", m[1].lower())]) + "%", sentence)
    return WORD_PERCENT.sub(lambda m: str(TENS[m[1].lower()] + ONES.get((m[2] or "").lower(), 0)) + "%", named)


def _all_at_home(sentence: str) -> tuple[float, str | None] | None:
    """1 for "all of our revenue is from the United States" or none from outside; "substantially all" is at least .9."""
    if MAYBE.search(sentence):
        return None
    none = next((found for words in NONE_ABROAD if (found := words.search(sentence))), None)
    if none is not None and not BOUNDED.search(sentence):
        return (SILENT_SHARE, "at_least") if LITTLE.search(none.group()) else (1.0, None)
    if any(words.search(sentence) for words in FEW_ABROAD):
        return SILENT_SHARE, "at_least"
    match = ALL_HOME.search(sentence)
    if match is None or "outside" in sentence.casefold():
        return None
    return (1.0, None) if match.group("how").lower() == "all" else (SILENT_SHARE, "at_least")


def _stated(sentence: str) -> tuple[float, str | None] | None:
    """(domestic share, name of the bound it is) of one sentence."""
    if not REVENUE_WORD.search(sentence) or ONE_CUSTOMER.search(sentence) or NO_COUNTRY.search(sentence):
        return None
    for pattern, abroad in STATED:
        match = pattern.search(sentence)
        if match is None or NOT_THIS.search(match.group()):
            continue
        if not re.search(OF_REVENUE, sentence, re.I) and not REVENUE_WORD.search(match.group()):
            continue
        percent = _latest(sentence, match) / 100
        if percent > 1:
            continue
        word = (match.group("less") or "").lower().strip()
        smaller = word in ("less than", "under", "no more than")
        bound = None if not word else ("at_least" if smaller == abroad else "at_most")
        share = 1 - percent if abroad else percent
        if bound is None or (bound == "at_least" and share >= AT_LEAST):
            return share, bound
    return None


def _latest(sentence: str, match: re.Match[str]) -> float:
    """The percentage of the latest year where a sentence lists years and percentages side by side."""
    at = match.start("pct")
    run = next((r.group() for r in PERCENT_RUN.finditer(sentence) if r.start() <= at < r.end()), "")
    percents = [float(p) for p in re.findall(r"\d{1,3}(?:\.\d+)?", run)]
    years = [int(y) for y in YEAR.findall(sentence)]
    years = list(dict.fromkeys(years))
    if len(percents) > 1 and len(years) == len(percents):
        return percents[years.index(max(years))]
    return float(match.group("pct"))
