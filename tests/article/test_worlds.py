"""A claim holds in a world in which it was made true, fails where its contrary was, and waits in a short one."""

from functools import partial

import numpy as np
import pandas as pd
import pytest

from active_edge.article.answers import answer_claims
from active_edge.article.article import ARTICLE, load_claims
from active_edge.article.ground import Ground, Table
from active_edge.article.measuring import SEED
from active_edge.article.null_rates import BOUND, COUNTED, NO_RATE, ON_BOUND, measure_null_rates, null_rates
from active_edge.article.valuation import history
from active_edge.article.worlds import DATED, MAKERS, world
from active_edge.published.thesis_views import thesis_view
from active_edge.report.thesis_page import render_thesis
from tests.quick import first_quick

CLAIMS = {claim.id: claim for claim in load_claims(ARTICLE)}
SHORT = dict.fromkeys(MAKERS, 11) | {"C2": 1, "C3": 2, "C17": 3}
"""Claim -> months that are too few for it."""
OF_COMPANIES = {"C6", "C8", "C12", "C16", "C19", "C20", "C29", "C30"}
"""Claims that one date of companies can answer: too short where they are few."""


def verdict(claim, effect, **more):
    return answer_claims([CLAIMS[claim]], world(claim, effect, **more))[0]


def with_few_companies(claim):
    """A world in which the claim holds, of every sixteenth company alone."""
    whole = world(claim, 1.0, seed=7, months=60)
    kept = {name: whole.frame(name).query("company % 16 == 0") for name in whole.makers}
    return Ground({name: partial(Table, rows, "drawn") for name, rows in kept.items()}, simulated=True)


def test_every_claim_but_those_that_no_data_can_answer_has_its_world():
    assert set(CLAIMS) - set(MAKERS) == {"C11", "C15"}


@pytest.mark.parametrize("claim", first_quick(MAKERS, 12))
def test_a_verdict_follows_the_world(claim):
    months = 240 if claim in ("C18", "C23") else 120
    held, failed = (verdict(claim, effect, seed=7, months=months) for effect in (1.0, -1.0))
    assert (held.verdict, failed.verdict) == ("supported", "refuted"), (held.reason, failed.reason)
    assert held.simulated == (claim not in DATED)


@pytest.mark.parametrize("claim", MAKERS)
def test_a_world_that_is_too_short_gets_no_answer(claim):
    if claim in OF_COMPANIES:
        (found,) = answer_claims([CLAIMS[claim]], with_few_companies(claim))
    else:
        found = verdict(claim, 1.0, seed=7, months=SHORT[claim])
    assert found.verdict == "too short to judge", found.reason


@pytest.mark.slow
def test_few_worlds_without_an_effect_are_taken_for_one():
    cheap = ("C3", "C5", "C10", "C17", "C31", "C32")
    for rate in measure_null_rates(range(100, 140), months=120, claims=cheap):
        # 40 worlds at 2.5 % a side: more than six would come once in two hundred such families
        assert rate.supported <= 0.15
        assert rate.refuted <= 0.15


def test_the_committed_rates_are_those_of_a_thousand_worlds_a_claim_at_the_registers_own_seed():
    told = null_rates()
    assert {rate.family for rate in told} == {claim.family for claim in CLAIMS.values()}
    assert {(rate.worlds, rate.seed) for rate in told} == {(1000, SEED)}
    for rate in told:
        assert rate.statistic == CLAIMS[rate.claim].statistic
        # five percent of both sides together; in a thousand worlds three standard errors are two points
        assert rate.supported + rate.refuted <= 0.071, rate.claim


def test_every_claim_has_a_rate_or_a_reason_why_there_is_none():
    rated = {rate.claim for rate in null_rates()}
    assert rated | set(NO_RATE) == set(CLAIMS)
    assert rated & set(NO_RATE) == set()
    assert {rate.claim for rate in null_rates() if rate.truth == BOUND} == set(ON_BOUND)
    facts = {claim for claim in MAKERS if verdict(claim, 1.0, seed=7, months=240).measured.is_fact}
    assert {claim for claim, why in NO_RATE.items() if why == COUNTED} == facts


def test_without_an_effect_a_level_lies_on_the_bound_it_is_held_against():
    gap = history(world("C7", 0.0, seed=3, months=60))
    assert gap.iloc[-1] == pytest.approx(0.4)
    assert gap.iloc[:-1].mean() == pytest.approx(0.1, abs=0.01)
    domestic = [verdict("C12", ON_BOUND["C12"], seed=seed).measured.estimate for seed in range(20)]
    assert np.mean(domestic) == pytest.approx(0.1, abs=0.01)  # ten points, of 450 companies each
    shares = [verdict("C34", 0.0, seed=seed).measured.estimate for seed in range(20)]
    assert np.mean(shares) == pytest.approx(0.05, abs=0.01)
    discounts = [verdict("C6", 0.0, seed=seed, months=12).measured.estimate for seed in range(20)]
    assert np.mean(discounts) == pytest.approx(0.26, abs=0.03)


def test_quarters_without_the_sessions_that_would_follow_are_too_short():
    whole = world("C30", 1.0, seed=7).frame("surprises").assign(drift=float("nan"))
    ground = Ground({"surprises": partial(Table, whole, "drawn")}, simulated=True)
    (found,) = answer_claims([CLAIMS["C30"]], ground)
    assert (found.verdict, found.reason) == ("too short to judge", "no quarter has sixty sessions after it.")


@pytest.mark.parametrize(("edge", "p"), [(0.01, "p < 0.001 by monthly returns"), (-0.01, "p 1.00 by monthly returns")])
def test_the_best_of_funds_is_tested_by_month_and_by_day(edge, p):
    random = np.random.default_rng(1)
    days = pd.date_range("2015-01-01", "2019-12-31", freq="B")
    index = random.normal(0.0, 0.01, len(days))
    names = {"XSLV": edge, "CALF": edge / 2, "DES": edge / 3}
    returns = {name: index + more / 21 + random.normal(0.0, 0.001, len(days)) for name, more in names.items()}
    returns |= {"IWM": index, "IJR": index + random.normal(0.0, 0.001, len(days))}
    funds = pd.DataFrame(returns, index=days).add(1.0).cumprod()
    (found,) = answer_claims([CLAIMS["C22"]], Ground({"funds": partial(Table, funds, "drawn")}))
    said = " ".join(found.measured.beside)
    # 58 whole months; blocks of the whole part of the root of 58, and of that of the 1,261 sessions in them
    assert p in said
    assert "in blocks of 7, " in said
    assert said.partition("by daily ones")[2].startswith(" in blocks of 35 (Hansen's SPA")


def test_the_page_says_why_a_claim_has_no_rate(tmp_path):
    view = thesis_view([], title="t", told="t", simulated=False, out=tmp_path)
    page = render_thesis(view)
    assert "No rate. C1, C2 and C4: its number is counted and not estimated" in page
    assert "No rate. C11 and C15: no data can answer it as it is written" in page
    assert [row[:3] for row in view.rates if row[0] == "C12"] == [
        ("C12", "domestic", "zero"),
        ("C12", "domestic", "bound"),
    ]
