"""Plain words for numbers: what each of them means to someone who invests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from active_edge.report.run_page import FalsePositiveRate
from active_edge.robustness_stats import FamilyStats, PlaceboStats
from active_edge.stats import BenchmarkStats
from active_edge.words import count, interval, is_missing, number, p_value, percent, plain, signed

LEVEL = 0.0005
"""An edge that prints as 0.0 % a year."""

SHARPE_NOTE = (
    "Sharpe ratio: what is earned over cash, for each unit of its ups and downs. The test is Ledoit and Wolf’s. On "
    "drawn months of equal ratios it raised a false alarm in 4.5 to 6.2 % at the 5 % mark; on simulated markets none "
    "can be counted, for portfolios without an edge need not have one another’s ratio."
)
GRS_NOTE = (
    "F: what the runs add to the benchmark’s squared Sharpe ratio, beside what chance adds. A low p says that one of "
    "them at least is off zero, above or below, and not which. The test is exact for normal, independent months, so no "
    "rate of false alarms is measured; with fewer than some ten months a run it finds little."
)


def edge_sentence(benchmark: str, numbers: BenchmarkStats) -> str:
    """What the alpha on one benchmark and its interval say."""
    alpha = numbers.alpha_annual
    if is_missing(alpha):
        return f"No alpha could be estimated against {benchmark}."
    edge = float(alpha or 0.0)
    gap = f"{percent(abs(edge))} a year {'ahead of' if edge >= 0 else 'behind'}"
    text = f"At equal market risk the portfolio ran {'level with' if abs(edge) < LEVEL else gap} {benchmark}"
    bounds = numbers.alpha_ci
    if bounds and not any(is_missing(bound) for bound in bounds):
        return f"{text}; the data fit anything from {interval(*bounds)} a year."
    return text + "."


def family_sentences(family: FamilyStats) -> list[str]:
    """What strategies tried together say: the best as estimated and as believed, and the edge that none exceeds."""
    size = number(len(family.members), 0)
    sentences = [
        f"Best of {size} on {family.benchmark}, {family.best}: raw {signed(family.alpha_annual)}, believed "
        f"{signed(family.believed)} ± {percent(family.believed_deviation)} a year (prior {family.prior})."
    ]
    if family.own_believed is not None and family.own_believed != family.believed:
        own = f"{signed(family.own_believed)} ± {percent(family.own_believed_deviation)}"
        sentences.append(f"Of this one, beside the others, {own} is believed; the headline has its own months alone.")
    sentences.append(f"None of these {size} has an edge above {percent(family.none_above)} a year (95 %).")
    sentences.append("Where they share a style that drifts, what is believed is still up to half a percent hopeful.")
    return sentences


def placebo_sentences(found: PlaceboStats) -> list[str]:
    """What the strategy itself does on simulated months without an edge and with one."""
    if found.why_not:
        return [f"Its own placebo is not available: {found.why_not}."]
    first = next(iter(found.benchmarks), "")
    rejects = _share(found.rejects, found.rejects_ci)
    on_factors = _share(found.rejects_factors, found.rejects_factors_ci)
    passes, claims = (
        _share(found.passes_planted, found.passes_planted_ci),
        _share(found.claims_planted, found.claims_planted_ci),
    )
    sentences = [
        f"On {number(found.worlds, 0)} simulated paths of {_years(found.months)} without an edge this very strategy "
        f"seemed to differ from {first} in {rejects} and from the factors in {on_factors}, before costs, where 5 % is "
        "by design; size and value earn a little there, an edge on a benchmark and none on the factors.",
        f"It claimed an edge that was not there in {_share(found.claims, found.claims_ci)}: benchmarks and factors "
        f"beaten after costs, charged for {count(found.trials or 1, 'trial')}, no random twins drawn.",
        f"With {percent(found.edge, 0)} a year planted in the names it holds, the smallest edge a verdict asks to be "
        f"able to see, it beat {first} in {passes} and claimed an edge in {claims}.",
    ]
    if found.failed:
        paths = count(found.failed, "further path")
        verb = "is" if found.failed == 1 else "are"
        sentences.append(f"{paths} could not be measured and {verb} in no share: {found.why_failed}.")
    if found.run_months != found.months:
        sentences.append(f"The run itself has {_years(found.run_months)}.")
    return sentences


def _years(months: int) -> str:
    return f"{number(months / 12.0, 1)} years"


def _share(share: float | None, bounds: tuple[float, float] | None) -> str:
    reach = "" if bounds is None else f" ({interval(*bounds, decimals=0, sign=False)})"
    return f"{percent(share, 0)}{reach}"


def power_sentence(numbers: BenchmarkStats) -> str:
    """What the minimum detectable effect says; empty where there is none."""
    mde = numbers.mde_annual
    if is_missing(mde):
        return ""
    return f"A run of this length finds an edge four times in five only when it is at least {percent(mde)} a year."


TESTS_OF_ROWS = {"StepM on": "step_m", "SPA on": "superior_predictive_ability", "Holm over": "holm"}
"""How rows of tests begin, and the calibrated test each is."""


ONE_LENGTH = "the one length it was measured at, whatever this run's"
"""Said of a rate that may be another at the run's own length."""


def rate_of(test: str, calibration: Mapping[str, FalsePositiveRate]) -> FalsePositiveRate | None:
    """The measured rate of a test, by its name or by the row that tells it; None where it was not measured."""
    known = next((name for opening, name in TESTS_OF_ROWS.items() if test.startswith(opening)), test)
    return calibration.get(known)


def p_text(p: Any, trials: int, measured: FalsePositiveRate | None) -> str:
    """A p-value with what stands behind it: the number of trials and, where measured, the real false-alarm rate."""
    if is_missing(p):
        return p_value(p)
    text = f"{p_value(p)} · {count(trials, 'trial')}"
    if measured is None:
        return text
    only = "" if measured.nearest else ", at no other length measured"
    return f"{text} · false alarms {percent(measured.rate)} at {number(measured.months, 0)} months{only}"


def p_note(trials: int, calibration: Mapping[str, FalsePositiveRate], tests: Sequence[str]) -> str:
    """The sentence that explains the p-values of a table which used `tests`."""
    text = (
        "p: how often a portfolio without an edge would look at least this good in one look; "
        f"the ledger counts {count(trials, 'look')} at these data so far."
    )
    measured = [(test, rate) for test in tests if (rate := rate_of(test, calibration)) is not None]
    if not measured:
        return f"{text} How often this test raises a false alarm was not measured here; by design it is 5 %."
    rates = "; ".join(_rate_words(test, rate) for test, rate in measured)
    first = {rate.told: test for test, rate in reversed(measured) if rate.told}
    told = " ".join(f"Of {plain(test)}: {said[0].lower()}{said[1:]}" for said, test in reversed(first.items()))
    words = f"{text} False alarms at the 5 % mark, measured on simulated worlds without an edge: {rates}."
    return f"{words} {told}" if told else words


def _rate_words(test: str, rate: FalsePositiveRate) -> str:
    length = "the measured length nearest this run's" if rate.nearest else ONE_LENGTH
    words = (
        f"{percent(rate.rate)} of {number(rate.markets, 0)} worlds of {number(rate.months, 0)} months ({length}) "
        f"for {plain(test)} (95 % interval {interval(rate.lower, rate.upper, sign=False)})"
    )
    drifting = "" if rate.drifting is None else f", {percent(rate.drifting)} where a style drifts for half-years"
    return words + drifting


def capture_sentence(benchmark: str, numbers: BenchmarkStats) -> str:
    """How much of the benchmark's good and bad months the portfolio took part in; empty where unknown."""
    up, down = numbers.up_capture, numbers.down_capture
    if is_missing(up) or is_missing(down):
        return ""
    return f"On {benchmark}’s up months it took {percent(up, 0)} of the move, in down months {percent(down, 0)}."
