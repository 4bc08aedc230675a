"""Debt from XBRL facts: balances by instrument member, marked by spread and coupon facts of the same member."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass, replace
from itertools import combinations

from active_edge.filings.debt import Debt, Instrument
from active_edge.filings.debt_kinds import REVOLVING, is_coupon_of, usual_rate
from active_edge.filings.facts import Fact, Report, best_value
from active_edge.filings.rates import Rate, member_rate, rate_of
from active_edge.filings.reading import Confidence
from active_edge.words import number

INSTRUMENT_AXES = frozenset(
    (
        "DebtInstrumentAxis",
        "LongtermDebtTypeAxis",
        "ShortTermDebtTypeAxis",
        "CreditFacilityAxis",
        "LineOfCreditFacilityAxis",
    )
)
BESIDE_AXES = frozenset(
    (
        "RelatedPartyTransactionsByRelatedPartyAxis",
        "RelatedPartyTransactionAxis",
        "CounterpartyNameAxis",
        "LegalEntityAxis",
        "LenderNameAxis",
        "ConsolidatedEntitiesAxis",
        "DebtorNameAxis",
        "BalanceSheetLocationAxis",
        "CollateralAxis",
        "VariableRateAxis",
        "CurrencyAxis",
    )
)
"""Axes that may stand beside that of the debt: they say whose it is, not which."""
FACE = "DebtInstrumentFaceAmount"
MOST_MEMBERS = 60
BALANCE = (
    "DebtInstrumentCarryingAmount",
    "LongTermDebt",
    "DebtLongtermAndShorttermCombinedAmount",
    "NotesPayable",
    "ConvertibleNotesPayable",
    "ConvertibleLongTermNotesPayable",
    "ConvertibleDebt",
    "SeniorNotes",
    "SecuredDebt",
    "UnsecuredDebt",
    "SubordinatedDebt",
    "JuniorSubordinatedNotes",
    "LoansPayable",
    "LoansPayableToBank",
    "NotesPayableToBank",
    "LongTermLineOfCredit",
    "LineOfCredit",
    "LinesOfCreditCurrent",
    "LineOfCreditFacilityFairValueOfAmountOutstanding",
    "LineOfCreditFacilityAmountOutstanding",
    "ShortTermBorrowings",
    "CommercialPaper",
    "LongTermDebtNoncurrent",
    "ConvertibleNotesPayableNoncurrent",
    "LongTermNotesPayable",
    "NotesPayableCurrent",
    "ConvertibleNotesPayableCurrent",
    "OtherNotesPayable",
    FACE,
)
# Each group is one line of a balance sheet; within a group the first tag that is there counts, and sums of two parts.
GROUPS: tuple[tuple[tuple[str, ...], ...], ...] = (
    (
        ("LongTermDebtAndCapitalLeaseObligationsIncludingCurrentMaturities",),
        ("LongTermDebtNoncurrent", "LongTermDebtCurrent"),
        ("LongTermDebtNoncurrent", "DebtCurrent"),
        ("LongTermDebtAndCapitalLeaseObligations", "LongTermDebtAndCapitalLeaseObligationsCurrent"),
        ("LongTermDebt",),
    ),
    (("NotesPayable",), ("LongTermNotesPayable", "NotesPayableCurrent")),
    (
        ("NotesPayableRelatedParties",),
        ("NotesPayableRelatedPartiesNoncurrent", "NotesPayableRelatedPartiesClassifiedCurrent"),
    ),
    (
        ("ConvertibleNotesPayable",),
        ("ConvertibleNotesPayableNoncurrent", "ConvertibleNotesPayableCurrent"),
        ("ConvertibleLongTermNotesPayable", "ConvertibleNotesPayableCurrent"),
        ("ConvertibleDebt",),
    ),
    (
        ("ShortTermBorrowings",),
        ("CommercialPaper",),
        ("OtherShortTermBorrowings",),
        ("ShortTermBankLoansAndNotesPayable",),
    ),
    (("LineOfCredit",), ("LongTermLineOfCredit", "LinesOfCreditCurrent"), ("LineOfCreditFacilityAmountOutstanding",)),
    (("LoansPayable",), ("LoansPayableToBank",), ("LoansPayableCurrent", "LongTermLoansPayable")),
    (("SeniorNotes",), ("SeniorLongTermNotes", "SeniorNotesCurrent")),
    (("SecuredDebt",), ("SecuredLongTermDebt",)),
    (("UnsecuredDebt",), ("UnsecuredLongTermDebt",)),
    (
        ("SubordinatedDebt",),
        ("JuniorSubordinatedNotes",),
        ("JuniorSubordinatedDebentureOwedToUnconsolidatedSubsidiaryTrust",),
    ),
    (("FinanceLeaseLiability",), ("CapitalLeaseObligations",)),
    (("OtherNotesPayable",), ("OtherNotesPayableCurrent", "OtherLongTermNotesPayable")),
)
WHOLE = (
    "DebtLongtermAndShorttermCombinedAmount",
    "DebtAndCapitalLeaseObligations",
    "DebtInstrumentCarryingAmount",
)
DEBT_LIKE = re.compile(
    r"(Notes?Payable|Debt|Loans?Payable|Borrowings?|LineOfCredit|LinesOfCredit|CreditFacility|Debenture|"
    r"CommercialPaper|"
    r"SeniorNotes|JuniorSubordinated|FinanceLeaseLiability|CapitalLeaseObligations?)(?!.*(Discount|Capacity|"
    r"FairValue|Issuance|"
    r"Securit|Premium|Receivable|Asset|Percentage|Rate|Shares|Price|Maturities|Expense|Cost|Ratio|Number|Interest|"
    r"Conversion|Converted|Increase|Covenant|Gain|Loss|Fee|Due|Payments|Undiscounted|Notional))"
)
NOT_DEBT = re.compile(
    r"AvailableForSale|HeldToMaturity|Marketable|Receivable|Investment|DebtSecurit|Deferred|Unamortized|Unused|Future"
)
ANY_KIND = re.compile(r"(Other|LongTerm)?NotesPayable|LongTermDebt|OtherLongTermNotesPayable|ShortTermBorrowings")
"""Lines whose tag leaves open what kind of debt they are."""
SPREAD = re.compile(
    r"^DebtInstrumentBasisSpreadOnVariableRate|VariableRateBasis|SpreadOnVariable|VariableInterestRateSpread"
)
COUPON = re.compile(r"^DebtInstrumentInterestRateStatedPercentage|FixedInterestRate$|^DebtInstrumentInterestRateTerms$")
INTEREST = re.compile(r"^Interest(Expense(Debt|Nonoperating|LongTermDebt|Borrowings)?|AndDebtExpense|Paid(Net)?)$")
SOME_INTEREST = 0.002


@dataclass(frozen=True, slots=True)
class _Mark:
    """What a fact tells of the rate of its members; `plain`: by a percentage that may be today's."""

    members: frozenset[str]
    rate: Rate
    plain: bool = False


def total_debt(report: Report) -> float | None:
    """Debt on the balance sheet, USD: the largest of the stated wholes and the sum of its lines; None if none is there.

    Zero where debt lines are there and all are zero.
    """
    plain = _plain(report)
    whole = [plain[tag] for tag in WHOLE if tag in plain]
    lines = []
    for group in GROUPS:
        options = [[plain[tag] for tag in tags if tag in plain] for tags in group]
        lines.append(max((sum(option) for option in options if option), default=None))
    lines += [_own_lines(report)]
    first, others = lines[0], [line for line in lines[1:] if line is not None]
    if not whole and first is None and not others:
        return None
    parts = sum(others)
    included = first is not None and abs(parts - first) <= 0.02 * first
    return max([*whole, first or 0.0, parts, 0.0 if included else (first or 0.0) + parts])


def _own_lines(report: Report) -> float | None:
    """Sum of balance-sheet debt lines under the company's own tags; None where there are none."""
    own = {
        f.tag: f.value
        for f in report.facts
        if f.end == report.period_end and not f.dimensions and not f.standard and _is_balance(f)
    }
    values = [value for tag, value in own.items() if re.search(r"(Current|Noncurrent)", tag)]
    return sum(values) if values else None


def owes_nothing(report: Report) -> tuple[str, Confidence] | None:
    """(why, confidence) where the balance sheet shows no debt at all; None where it shows some or there is none.

    Medium where debt lines are zero or missing; low where lines are zero and a member still has a balance, which may
    belong to an earlier moment of the period. A credit line that is not drawn says nothing about other debt, and who
    pays interest of more than `SOME_INTEREST` of assets owes something, under whatever tag.
    """
    end = report.period_end
    assets = [f for f in report.facts if f.tag == "Assets" and f.end == end and not f.dimensions]
    if end is None or not assets:
        return None
    balances = [f for f in report.facts if f.end == end and _is_balance(f)]
    plain = [f for f in balances if not f.dimensions]
    of_members = any(f.value > 0 for f in balances if f.dimensions)
    lines = [f for f in plain if not re.match(r"Lines?OfCredit", f.tag)]
    if any(f.value > 0 for f in plain) or (of_members and not lines):
        return None
    if _pays_interest(report, assets[0].value):
        return None
    if lines:
        named = ", ".join(sorted({f.tag for f in lines})[:4])
        return f"{named} zero on {end}", "low" if of_members else "medium"
    return f"no debt among {len(report.facts)} facts on {end}; Assets {number(assets[0].value, 0)}", "medium"


def _pays_interest(report: Report, assets: float) -> bool:
    paid = [f.value for f in report.facts if INTEREST.match(f.tag) and f.end == report.period_end and not f.dimensions]
    return any(value > SOME_INTEREST * assets for value in paid)


def instruments(report: Report, told: Set[float] = frozenset()) -> Debt | None:
    """Balances by member on the balance sheet date: floating where the member has a spread, fixed where a coupon.

    Spreads count from any period: filers date them to the day of the agreement. A member with both is told by its parts
    where they add up to it, else guessed from its kind. The face amount of a credit line is not what is drawn.

    told : percentages that the notes tell as coupons; any other beside a revolver or a term loan is today's rate.
    """
    marks = _marks(report, told)
    balances = {members: amount for members, amount in _balances(report).items() if amount > 0}
    if not balances:
        return None
    kept: dict[frozenset[str], float] = {}
    for members in (m for m in balances if not any(other < m for other in balances)):
        parts = {m: v for m, v in balances.items() if members < m}
        split = (
            _rate(members, marks) is None and abs(sum(parts.values()) - balances[members]) <= 0.02 * balances[members]
        )
        kept |= parts if parts and split else {members: balances[members]}
    listed = [_instrument(members, amount, marks) for members, amount in kept.items()]
    listed += _by_amount(report, marks, set(kept.values()))
    total = total_debt(report)
    listed = _without_wholes(listed, total)
    fits = total is None or sum(one.amount for one in listed) <= 1.1 * total
    if total is not None and not fits:
        listed = _repaid(listed, {_name(members) for members in _faces(report)}, total)
    return Debt(tuple(listed), "spread_facts", total, fits) if listed else None


def lines_by_kind(report: Report) -> Debt | None:
    """Lines of the balance sheet whose tag names a kind of debt: convertible or senior notes, leases, credit lines.

    "Notes payable" may be a bank's and "long-term debt" anything: they stay in the total, unknown. None without such a
    line, or where the lines are more than the debt.
    """
    plain, listed = _plain(report), []
    for group in GROUPS:
        for tags in group:
            there = [tag for tag in tags if plain.get(tag, 0.0) > 0 and not ANY_KIND.match(tag)]
            rates = [usual_rate(_spaced(tag)) for tag in there]
            if there and all(rates):
                listed += [
                    Instrument(_spaced(tag), plain[tag], rate, False) for tag, rate in zip(there, rates, strict=True)
                ]
                break
    total = total_debt(report)
    fits = total is not None and sum(one.amount for one in listed) <= 1.05 * total
    return Debt(tuple(listed), "debt_kind", total) if listed and fits else None


def _balances(report: Report) -> dict[frozenset[str], float]:
    """Balance by debt members on the balance sheet date, from the first tag of `BALANCE` that is there.

    Where it is told only of entities, lenders and the like, those are added up.
    """
    found: dict[frozenset[str], dict[tuple[int, bool], dict[frozenset[str], float]]] = {}
    for fact in report.facts:
        members = _members(fact)
        if not members or fact.end != report.period_end or fact.start is not None or fact.tag not in BALANCE:
            continue
        if not (fact.axes <= INSTRUMENT_AXES | BESIDE_AXES and fact.value == fact.value):
            continue
        if fact.tag == FACE and any(REVOLVING.search(_spaced(member)) for member in members):
            continue
        beside = frozenset(member for axis, member in fact.dimensions if axis not in INSTRUMENT_AXES)
        ranks = found.setdefault(members, {})
        ranks.setdefault((BALANCE.index(fact.tag), bool(beside)), {})[beside] = fact.value
    return {members: sum(ranks[min(ranks, key=_nearest)].values()) for members, ranks in found.items()}


def _faces(report: Report) -> set[frozenset[str]]:
    """Members of which only the face amount is told."""
    told: dict[frozenset[str], set[str]] = {}
    for fact in report.facts:
        if fact.tag in BALANCE and fact.end == report.period_end:
            told.setdefault(_members(fact), set()).add(fact.tag)
    return {members for members, tags in told.items() if tags == {FACE}}


def _repaid(listed: list[Instrument], faces: Set[str], total: float) -> list[Instrument]:
    """Instruments with the one told by its face amount cut to what the others leave of the total."""
    over = [i for i, one in enumerate(listed) if one.label in faces]
    rest = total - sum(one.amount for one in listed if one.label not in faces)
    if len(over) != 1 or not 0 < rest < listed[over[0]].amount:
        return listed
    return [replace(one, amount=rest) if i == over[0] else one for i, one in enumerate(listed)]


def _nearest(rank: tuple[int, bool]) -> tuple[bool, int]:
    tag, beside = rank
    return beside, tag


def _without_wholes(listed: list[Instrument], total: float | None) -> list[Instrument]:
    """Instruments without the one or two that hold others, where only without them they add up to the total."""
    whole = sum(one.amount for one in listed)
    if total is None or whole <= 1.1 * total or len(listed) > MOST_MEMBERS:
        return listed
    for size in (1, 2):
        for out in combinations(range(len(listed)), size):
            if abs(whole - sum(listed[i].amount for i in out) - total) <= 0.02 * total:
                return [one for i, one in enumerate(listed) if i not in out]
    return listed


def _by_amount(report: Report, marks: list[_Mark], taken: set[float]) -> list[Instrument]:
    """Balance-sheet lines equal to the dollar to an amount a marked member has at any date: they are that member's."""
    lines = {v: tag for tag, v in _plain(report).items() if DEBT_LIKE.search(tag) and v > 0 and v not in taken}
    found = {}
    for fact in report.facts:
        members = _members(fact)
        if members and fact.value in lines and DEBT_LIKE.search(fact.tag):
            rate = _rate(members, marks)
            if rate is not None:
                found[fact.value] = Instrument(f"{lines[fact.value]} / {_name(members)}", fact.value, rate)
    return list(found.values())


def _plain(report: Report) -> dict[str, float]:
    end = report.period_end
    tags: dict[str, list[Fact]] = {}
    for fact in report.facts:
        if fact.end == end and fact.start is None and not fact.dimensions and fact.value == fact.value:
            tags.setdefault(fact.tag, []).append(fact)
    best = {tag: best_value(facts) for tag, facts in tags.items()}
    return {tag: fact.value for tag, fact in best.items() if fact is not None}


def _is_balance(fact: Fact) -> bool:
    return (
        fact.start is None
        and fact.value == fact.value
        and re.fullmatch(r"[A-Z]{3}", fact.unit or "USD") is not None
        and DEBT_LIKE.search(fact.tag) is not None
        and NOT_DEBT.search(fact.tag) is None
    )


def _members(fact: Fact) -> frozenset[str]:
    return frozenset(member for axis, member in fact.dimensions if axis in INSTRUMENT_AXES)


def _marks(report: Report, told: Set[float]) -> list[_Mark]:
    marks: list[_Mark] = []
    for fact in report.facts:
        members = _members(fact)
        if not members:
            continue
        if SPREAD.search(fact.tag):
            marks.append(_Mark(members, "floating"))
        elif COUPON.search(fact.tag):
            rate = "fixed" if fact.value == fact.value else rate_of(fact.text)
            if rate is not None:
                plain = fact.value == fact.value and round(100 * fact.value, 4) not in told
                marks.append(_Mark(members, rate, plain))
    return marks


def _rate(members: frozenset[str], marks: list[_Mark]) -> Rate | None:
    """What marks of the members tell, else their names; None where they tell both or nothing.

    A mark of exactly these members comes before one of a part or a whole of them.
    """
    exact = [mark for mark in marks if mark.members == members]
    near = exact or [mark for mark in marks if mark.members < members or members < mark.members]
    found = {mark.rate for mark in near}
    if found == {"fixed"} and all(mark.plain for mark in near) and not is_coupon_of(_name(members)):
        found = set()
    named = {rate for member in members if (rate := member_rate(member)) is not None}
    for rates in (found, named):
        if len(rates) == 1:
            return next(iter(rates))
    if found == {"floating", "fixed"} and any(REVOLVING.search(_spaced(member)) for member in members):
        return "floating"
    return None


def _instrument(members: frozenset[str], amount: float, marks: list[_Mark]) -> Instrument:
    name, told = _name(members), _rate(members, marks)
    return Instrument(name, amount, told or usual_rate(name), told is not None)


def _name(members: frozenset[str]) -> str:
    return " / ".join(sorted(_spaced(re.sub(r"Member$", "", member)) for member in members))


def _spaced(member: str) -> str:
    return re.sub(r"(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", member)
