"""A claim holds in a world in which it was made true, fails where its contrary was, and waits in a short one."""

import pytest

from active_edge.article.answers import answer_claims
from active_edge.article.article import ARTICLE, load_claims
from active_edge.article.null_rates import measure_null_rates, null_rates
from active_edge.article.worlds import MAKERS, world

CLAIMS = {claim.id: claim for claim in load_claims(ARTICLE)}
ONE_DATE = {"C3", "C6", "C8", "C12", "C16", "C17", "C20", "C29", "C30"}
"""Claims that a year of months, or one date, can answer: companies are counted, not months."""


def verdict(claim, effect, **more):
    return answer_claims([CLAIMS[claim]], world(claim, effect, **more))[0]


def test_every_claim_but_the_six_that_no_world_can_hold_has_its_world():
    assert set(CLAIMS) - set(MAKERS) == {"C1", "C2", "C13", "C11", "C15", "C19"}


@pytest.mark.parametrize("claim", MAKERS)
def test_a_verdict_follows_the_world(claim):
    months = 240 if claim in ("C18", "C23") else 120
    held, failed = (verdict(claim, effect, seed=7, months=months) for effect in (1.0, -1.0))
    assert (held.verdict, failed.verdict) == ("supported", "refuted"), (held.reason, failed.reason)
    assert held.simulated


@pytest.mark.parametrize("claim", sorted(set(MAKERS) - ONE_DATE))
def test_a_world_that_is_too_short_gets_no_answer(claim):
    assert verdict(claim, 1.0, seed=7, months=11).verdict == "too short to judge"


@pytest.mark.slow
def test_few_worlds_without_an_effect_are_taken_for_one():
    cheap = ("rally", "premium", "rates", "flows", "deals")
    for rate in measure_null_rates(range(100, 140), months=120, families=cheap):
        # 40 worlds at 2.5 % a side: more than six would come once in two hundred such families
        assert rate.supported <= 0.15
        assert rate.refuted <= 0.15


def test_the_committed_rates_are_those_of_a_thousand_worlds_a_family_at_its_own_seed():
    told = null_rates()
    assert told
    assert [rate.family for rate in told] == [
        family
        for family in dict.fromkeys(claim.family for claim in CLAIMS.values())
        if family in {r.family for r in told}
    ]
    assert all(rate.worlds >= 1000 for rate in told)
    assert all(rate.supported + rate.refuted <= 0.09 for rate in told)
