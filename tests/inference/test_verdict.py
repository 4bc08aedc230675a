"""The first word that applies, over every combination of rungs, in sentences that carry the numbers."""

from dataclasses import replace
from itertools import product

import pytest

from active_edge.errors import InferenceError
from active_edge.inference.alpha import AlphaEstimate, factor_alpha, mean_return
from active_edge.inference.comparison import BenchmarkResult, benchmark_comparison
from active_edge.inference.evidence import Evidence, Thresholds
from active_edge.inference.rungs import Rungs, word_for, word_of
from active_edge.inference.rungs import testable as is_testable
from active_edge.inference.verdict import reach_verdict
from active_edge.inference.verdict_reference import WHEN, invented_evidence
from active_edge.inference.verdict_words import missing_of
from active_edge.verdicts import Word
from active_edge.words import p_value, signed
from tests.inference.return_samples import alone, months_of_fund
from tests.quick import first_quick

MANY = 240


def benchmark(name: str, alpha: float, *, n: int = MANY, seed: int = 1, noise: float = 0.006) -> BenchmarkResult:
    """A comparison whose estimated annual alpha is exactly `alpha`."""
    fund, market = months_of_fund(n, seed=seed, noise=noise)
    first = benchmark_comparison(alone(fund, periods_per_year=12).against(market, name), benchmark_is_total_return=True)
    fund = fund + (alpha - first.alpha.alpha_annual) / 12
    return benchmark_comparison(alone(fund, periods_per_year=12).against(market, name), benchmark_is_total_return=True)


def two(iwm: float, ijr: float, **settings) -> dict[str, BenchmarkResult]:
    return {"IWM": benchmark("IWM", iwm, **settings), "IJR": benchmark("IJR", ijr, seed=2, **settings)}


def factors(alpha: float, *, n: int = MANY) -> AlphaEstimate:
    fund, market = months_of_fund(n, seed=3)
    table = market.to_frame("MKT")
    first = factor_alpha(alone(fund, periods_per_year=12).on(table)).alpha_annual
    return factor_alpha(alone(fund + (alpha - first) / 12, periods_per_year=12).on(table))


def twins(alpha: float) -> AlphaEstimate:
    gap = months_of_fund(MANY, seed=4, beta=0.0)[0]
    return mean_return(alone(gap + alpha / 12 - gap.mean(), periods_per_year=12))


STRONG = Evidence(two(0.06, 0.05), trials=1, months=MANY, factors=factors(0.04), twins=twins(0.04))
NOTHING = Evidence(two(0.0, 0.0), trials=1, months=MANY, factors=factors(0.0), twins=twins(0.0))

SOME = {True, False}
EVERY = [
    Rungs(*values)
    for values in product(SOME, SOME, product(SOME, SOME), (True, False, None), (True, False, None), SOME, SOME)
]


def said(rungs: Rungs) -> Word:
    """The table of words, written a second time as the issue tells it."""
    if not rungs.testable:
        return Word.NOT_TESTABLE
    if not rungs.long_enough:
        return Word.TOO_SHORT
    if all(rungs.benchmarks):
        if rungs.factors is None:
            return Word.NOT_TESTABLE
        if not rungs.factors:
            return Word.FACTOR_TILT
        return Word.SUPPORTED if rungs.twins else Word.UNIVERSE
    if any(rungs.benchmarks):
        return Word.BENCHMARK_DEPENDENT
    if rungs.excluded:
        return Word.REFUTED
    return Word.NOT_DISTINGUISHABLE if rungs.visible else Word.COULD_NOT_SEE


def test_every_combination_of_rungs_has_the_word_of_the_table():
    assert len(EVERY) == 2**2 * 2**2 * 3 * 3 * 2**2
    assert {rungs: word_of(rungs) for rungs in EVERY} == {rungs: said(rungs) for rungs in EVERY}
    assert {word_of(rungs) for rungs in EVERY} == set(Word)


def test_the_written_rule_has_the_words_in_the_order_in_which_they_are_tried():
    rungs = Rungs(
        testable=False, long_enough=False, benchmarks=(True,), factors=True, twins=True, excluded=True, visible=False
    )
    better = [{"testable": True}, {"long_enough": True}, {"twins": False}, {"factors": False}]
    better += [{"benchmarks": (True, False)}, {"benchmarks": (False,)}, {"excluded": False}, {"visible": True}]
    words = [word_of(rungs)]
    for change in better:
        rungs = replace(rungs, **change)
        words.append(word_of(rungs))
    assert words == list(WHEN)


def test_every_word_has_a_meaning_a_consequence_and_a_mark_of_its_own():
    assert len(Word) == 9
    assert all(word.meaning.endswith(".") and word.consequence.endswith(".") for word in Word)
    assert len({word.mark for word in Word}) == len({word.meaning for word in Word}) == 9


def test_supported_when_every_rung_is_passed():
    found = reach_verdict(STRONG)
    assert found.verdict == "supported"
    assert found.passed == ("IWM", "IJR", "the factors", "random twins")
    assert found.failed == ()
    assert "net alpha +6.0 % a year" in found.reason


@pytest.mark.parametrize(
    ("change", "word", "rung"),
    [
        ({"benchmarks": two(0.06, 0.001)}, "benchmark-dependent", "IJR"),
        ({"factors": factors(0.001)}, "factor tilt", "the factors"),
        ({"twins": twins(0.001)}, "universe, not selection", "random twins"),
        ({"twins": None}, "universe, not selection", "random twins"),
    ],
)
def test_the_rung_that_fails_gives_the_word_and_is_named(change, word, rung):
    found = reach_verdict(replace(STRONG, **change))
    assert found.verdict == word
    assert found.failed == (rung,)


def test_beating_every_benchmark_without_factor_returns_says_nothing():
    found = reach_verdict(replace(STRONG, factors=None))
    assert found.verdict == "not testable"
    assert "a tilt anyone can buy cannot be ruled out" in found.reason
    assert reach_verdict(replace(NOTHING, factors=None)).verdict != "not testable"


@pytest.mark.parametrize(("months", "reached"), [(23, None), (24, None), (35, 35), (36, 36)])
def test_words_need_two_years_and_three_with_factors(months, reached):
    given = None if reached is None else factors(0.0, n=reached)
    evidence = Evidence(two(0.0, 0.0, n=months), trials=1, months=months, factors=given)
    found = reach_verdict(evidence)
    assert (found.verdict == "too short to judge") == (months in (23, 35))
    if found.verdict == "too short to judge":
        assert f"Only {months} complete months" in found.reason
        assert "1 complete month more" in found.would_change[0]


def test_many_trials_turn_supported_into_another_word():
    evidence = replace(STRONG, benchmarks=two(0.024, 0.024))
    assert reach_verdict(evidence).verdict == "supported"
    crowd = reach_verdict(replace(evidence, trials=2_000_000))
    assert crowd.verdict == "not distinguishable"
    assert "2,000,000 trials" in crowd.reason


def test_the_deflated_sharpe_ratio_is_no_rung():
    assert reach_verdict(replace(STRONG, deflated_sharpe=0.10)).verdict == "supported"


def test_refuted_only_when_every_benchmark_excludes_an_edge_worth_having():
    bad = reach_verdict(replace(NOTHING, benchmarks=two(-0.05, -0.04), trials=3))
    assert bad.verdict == "refuted"
    assert "Every edge above 0.5 % a year is excluded on IWM and IJR" in bad.reason
    one = reach_verdict(replace(NOTHING, benchmarks=two(0.02, -0.05), trials=3))
    assert one.verdict != "refuted", "+2 % on one of them is not refuted by the other"
    least = [r.alpha.excluded_above(trials=3) for r in NOTHING.benchmarks.values()]
    three = replace(NOTHING, trials=3)
    assert reach_verdict(three, Thresholds(economic_edge=max(least) + 1e-6)).verdict == "refuted"
    assert reach_verdict(three, Thresholds(economic_edge=max(least) - 1e-6)).verdict != "refuted"


def test_a_run_that_could_not_have_seen_four_percent_says_so():
    evidence = Evidence(two(0.02, 0.01, n=40, noise=0.02), trials=1, months=40, factors=factors(0.0, n=40))
    found = reach_verdict(evidence)
    assert found.verdict == "could not have seen it"
    assert found.mde_annual == evidence.benchmarks["IWM"].alpha.detectable() > 0.04
    assert f"only an edge above {found.mde_annual * 100:.1f} % a year would have been seen" in found.reason
    needed = evidence.benchmarks["IWM"].tracking_error * 0.04 / found.mde_annual
    assert any(f"tracking error of {needed * 100:.1f} %" in advice for advice in found.would_change)


def test_years_are_told_only_of_an_estimate_above_zero_and_below_fifty():
    assert reach_verdict(replace(NOTHING, benchmarks=two(-0.002, 0.001))).years_needed is None
    assert reach_verdict(replace(NOTHING, benchmarks=two(0.0001, 0.0))).years_needed is None
    told = reach_verdict(replace(NOTHING, benchmarks=two(0.008, 0.0)))
    alpha = two(0.008, 0.0)["IWM"].alpha
    assert told.years_needed == pytest.approx(20 * (alpha.detectable() / 0.008) ** 2)
    assert any(f"about {told.years_needed:,.0f} years" in advice for advice in told.would_change)


def test_a_rule_without_data_is_not_testable_even_when_everything_else_passes():
    found = reach_verdict(replace(STRONG, coverage={"gross_profitability": 0.9, "insider_ownership": 0.0}))
    assert found.verdict == "not testable"
    assert "under 10 % of candidates have a value of insider_ownership (0 %)" in found.reason
    assert "gross_profitability" not in found.reason


@pytest.mark.slow
def test_the_word_alone_is_that_of_the_verdict_and_something_is_missing_where_a_sentence_says_so():
    words = set()
    for evidence in invented_evidence():
        found = reach_verdict(evidence)
        assert word_for(evidence) == found.verdict
        assert is_testable(evidence, Thresholds()) == (not missing_of(evidence, Thresholds()))
        words.add(found.verdict)
    assert words == set(Word)


def test_unknown_coverage_is_not_a_pass():
    assert reach_verdict(replace(STRONG, coverage={"accruals": float("nan")})).verdict == "not testable"


def test_a_sample_that_raised_is_not_testable_and_says_why():
    found = reach_verdict(Evidence({}, trials=1, months=60, untestable={"IWM": "the series has a hole"}))
    assert found.verdict == "not testable"
    assert "IWM: the series has a hole" in found.reason
    assert reach_verdict(Evidence({}, trials=1, months=60)).verdict == "not testable"
    assert reach_verdict(Evidence({}, trials=1, months=3)).verdict == "too short to judge"


def test_an_adjusted_p_replaces_the_bonferroni_bound():
    adjusted = {"IWM": 0.06, "IJR": 0.02}
    assert reach_verdict(replace(STRONG, adjusted_p=adjusted)).verdict == "benchmark-dependent"
    with pytest.raises(InferenceError, match="IWB"):
        reach_verdict(replace(STRONG, adjusted_p={"IWB": 0.03}))


def test_a_significantly_negative_alpha_never_passes():
    found = reach_verdict(replace(STRONG, benchmarks=two(-0.06, 0.05)))
    assert found.verdict == "benchmark-dependent"
    assert "IWM" in found.failed


def test_an_edge_that_dies_with_delisted_names_is_named():
    found = reach_verdict(replace(STRONG, delisting={"none": 0.06, "rule": 0.04, "distress_lost": -0.01}))
    told = "at the harshest assumed its alpha is −1.0 %"
    assert any(told in change for change in found.would_change)


def test_number_of_trials_must_be_said():
    with pytest.raises(TypeError):
        Evidence(two(0.01, 0.01), months=MANY)  # type: ignore[call-arg]
    with pytest.raises(InferenceError, match="trials is 0"):
        reach_verdict(replace(STRONG, trials=0))


@pytest.mark.slow
def test_reasons_put_the_useful_clause_first_and_stay_short():
    seen = {}
    for iwm, ijr, factor, twin, trials, noise in product(
        (-0.05, 0.0, 0.06), (-0.05, 0.0, 0.06), (-0.01, 0.05), (0.0, 0.05), (1, 500), (0.006, 0.03)
    ):
        evidence = replace(
            STRONG, benchmarks=two(iwm, ijr, noise=noise), factors=factors(factor), twins=twins(twin), trials=trials
        )
        found = reach_verdict(evidence)
        seen[found.verdict] = found.reason
        assert len(" ".join([found.reason, *found.would_change]).split()) <= 60, found
        assert found.reason.startswith(("Beats", "Every edge", "In ", "No edge"))
        assert "net alpha" in found.reason
        assert found.would_change
    assert set(seen) == set(Word) - {Word.NOT_TESTABLE, Word.TOO_SHORT}


def test_reason_and_advice_of_the_sentences_shown_are_read_in_one_breath():
    for evidence in invented_evidence():
        for told in (evidence, replace(evidence, first_look="2025-03-31")):
            found = reach_verdict(told)
            assert len(" ".join([found.reason, *found.would_change]).split()) <= 60, found
            assert found.would_change


LACKING = "this market has no short_term_debt or long_term_debt"
DOUBTS = ("survivorship", "adjusted closes", "no restatements", "values contradict volume")
RULES = ("net_debt_to_assets", "interest_coverage", "insider_ownership", "gross_margin_stability", "sales_growth")


@pytest.mark.parametrize("thin", [0, 1, 2, 5])
@pytest.mark.parametrize("doubts", [0, 1, 4])
@pytest.mark.parametrize("missing", [{}, {"IJR": LACKING}, {"selection": LACKING, "IJR": LACKING, "IWM": LACKING}])
def test_a_reason_stays_short_however_much_is_missing(thin, doubts, missing):
    evidence = replace(
        STRONG,
        coverage=dict.fromkeys(RULES[:thin], 0.0),
        why_thin=dict.fromkeys(RULES, LACKING),
        doubts=dict.fromkeys(
            ("survivorship", "adjusted closes", "no restatements", "values contradict volume")[:doubts], ""
        ),
        untestable=missing,
        trials=500,
    )
    found = reach_verdict(evidence)
    assert len(found.reason.split()) <= 60, found.reason
    assert found.verdict == ("not testable" if thin or missing else "supported")
    if thin:
        assert found.reason.startswith(f"The data cannot say: under 10 % of candidates have a value of {RULES[0]}")
        assert f"Data for {RULES[0]}" in found.would_change[0]
        assert not any("Rules that some name passes" in advice for advice in found.would_change)
    assert thin <= 2 or f"{thin - 2} more" in found.reason


LONG = "the statement of " + " ".join(f"word{number}" for number in range(60))
LONG_NAMES = [f"benchmark_{number}" for number in range(12)]


@pytest.mark.parametrize("many", first_quick([0, 1, 3, 12]))
def test_every_reason_and_its_advice_are_read_in_one_breath_whatever_is_in_doubt(many):
    """Every word with each number of doubts, rules that tested nothing, missing items and benchmarks."""
    names, words = [f"doubt number {number}" for number in range(many)], set()
    for evidence in invented_evidence():
        first = next(iter(evidence.benchmarks.values()), None)
        wide = {} if first is None else dict.fromkeys(LONG_NAMES[:many], first)
        for told in (
            evidence,
            replace(evidence, benchmarks=dict(evidence.benchmarks) | wide, trials=500),
            replace(evidence, untestable=dict.fromkeys(names, LONG)),
            replace(evidence, coverage=dict.fromkeys(names, 0.0), why_thin=dict.fromkeys(names, LONG)),
        ):
            full = replace(
                told,
                doubts=dict.fromkeys(names, "why"),
                untested=dict.fromkeys(names, 0.01),
                why_thin=dict.fromkeys(names, LONG),
                first_look="2025-03-31",
            )
            found = reach_verdict(full)
            words.add(found.verdict)
            assert len(" ".join([found.reason, *found.would_change]).split()) <= 60, found
            assert found.would_change
            assert not many or "The data are in doubt" in found.reason
    assert words == set(Word)


def test_a_long_reason_keeps_its_doubts_by_name_where_there_is_room():
    found = reach_verdict(replace(STRONG, doubts=dict.fromkeys(DOUBTS, "why"), untested=dict.fromkeys(RULES, 0.01)))
    assert found.reason.endswith("The data are in doubt: 4 things.")
    found = reach_verdict(replace(STRONG, doubts=dict.fromkeys(DOUBTS, "why")))
    assert found.reason.endswith(f"The data are in doubt: {', '.join(DOUBTS[:-1])} and {DOUBTS[-1]}.")


def test_a_factor_alpha_above_zero_is_not_asked_to_rise_above_zero():
    below = reach_verdict(replace(STRONG, factors=factors(-0.01)))
    luck, charged = (reach_verdict(replace(STRONG, factors=factors(alpha), trials=12)) for alpha in (0.006, 0.016))
    assert {below.verdict, luck.verdict, charged.verdict} == {"factor tilt"}
    assert below.would_change[0].startswith("An alpha on the factors above 0.5 %")
    assert "not beyond luck" in luck.would_change[0]
    assert "too small for 12 trials" in charged.would_change[0]


@pytest.mark.slow
def test_a_run_that_only_its_charge_keeps_from_being_refuted_says_so():
    edges = [-alpha / 1e4 for alpha in range(0, 600, 5)]
    for edge in edges:
        evidence = replace(NOTHING, benchmarks=two(edge, edge, noise=0.012), trials=12)
        found, alone = reach_verdict(evidence), reach_verdict(replace(evidence, trials=1))
        if (found.verdict, alone.verdict) == ("refuted", "refuted") or alone.verdict != "refuted":
            continue
        assert "Tried alone it would be refuted" in found.reason
        assert "only the charge for 12 trials" in found.would_change[0]
        return
    pytest.fail("no edge is refuted alone and not after 12 trials")


def test_a_smallest_visible_edge_says_that_it_is_that_of_a_run_tried_alone():
    noisy = replace(NOTHING, benchmarks=two(0.02, 0.01, noise=0.03))
    assert "would have been seen:" in reach_verdict(noisy).reason
    assert "would have been seen, tried alone:" in reach_verdict(replace(noisy, trials=12)).reason


def test_without_a_benchmark_one_is_asked_for_and_no_factors():
    assert (
        reach_verdict(Evidence({}, trials=1, months=240)).would_change[0].startswith("A benchmark over the whole run")
    )


def test_the_p_over_twins_says_that_it_is_one_sided():
    assert "over them, one-sided p " in reach_verdict(replace(STRONG, twins=twins(0.001))).reason


def test_an_alpha_that_fails_only_once_charged_shows_the_charged_p():
    found = reach_verdict(replace(STRONG, trials=12, factors=factors(0.016)))
    assert found.verdict == "factor tilt"
    p = factors(0.016).p
    assert p < 0.05 < 12 * p
    assert f"on them, p {p_value(p)}, {p_value(12 * p)} after 12 trials" in found.reason


def test_data_in_doubt_are_named_in_the_reason_of_any_verdict_and_change_none():
    doubts = {"survivorship": "0.0 % of the series end in a year", "restatements": "no number was ever restated"}
    for evidence in (STRONG, Evidence({}, trials=1, months=60)):
        sound, found = reach_verdict(evidence), reach_verdict(replace(evidence, doubts=doubts))
        assert found.verdict == sound.verdict
        assert found.reason.startswith(sound.reason)
        assert found.reason.endswith("The data are in doubt: survivorship and restatements.")
        assert "in doubt" not in sound.reason


def test_a_doubt_that_is_the_reason_is_told_once():
    why = "ranks 1 to 3,000 hold 200 names"
    evidence = Evidence({}, trials=1, months=60, untestable={"universe": why}, doubts={"universe too small": why})
    assert reach_verdict(evidence).reason.count(why) == 1


def test_what_a_silent_run_leaves_possible_is_told_with_its_bound():
    for evidence in (NOTHING, replace(NOTHING, benchmarks=two(-0.03, -0.03, noise=0.03))):
        found = reach_verdict(evidence)
        assert found.verdict in ("not distinguishable", "could not have seen it")
        alpha = evidence.benchmarks["IWM"].alpha
        assert f"An edge above {signed(alpha.excluded_above())} is excluded." in found.reason
        assert "nothing smaller" not in found.reason


def test_a_p_of_an_earlier_look_carries_its_day_and_one_that_no_trial_moves_is_told_once():
    found = reach_verdict(replace(NOTHING, benchmarks=two(0.0, 0.0), trials=12, first_look="2025-03-31"))
    assert "p 1.00 on 2025-03-31, also after 12 trials" in found.reason


def test_a_question_ends_a_reason_as_a_question():
    found = reach_verdict(replace(STRONG, benchmarks={}, untestable={"IJRR": "no such series; did you mean IJR?"}))
    assert found.reason.endswith("did you mean IJR?")
