"""A claim holds in a world in which it was made true, fails where its contrary was, and waits in a short one."""

from functools import partial

import pytest

from active_edge.article.answers import answer_claims
from active_edge.article.article import ARTICLE, load_claims
from active_edge.article.ground import Ground, Table
from active_edge.article.measuring import SEED
from active_edge.article.null_rates import measure_null_rates, null_rates
from active_edge.article.worlds import DATED, MAKERS, world
from tests.quick import first_quick

CLAIMS = {claim.id: claim for claim in load_claims(ARTICLE)}
SHORT = dict.fromkeys(MAKERS, 11) | {"C2": 1, "C3": 2, "C17": 3}
"""Claim -> months that are too few for it."""
OF_COMPANIES = {"C6", "C8", "C12", "C16", "C20", "C29", "C30"}
"""Claims that one date of companies can answer: too short where they are few."""


def verdict(claim, effect, **more):
    return answer_claims([CLAIMS[claim]], world(claim, effect, **more))[0]


def with_few_companies(claim):
    """A world in which the claim holds, of every sixteenth company alone."""
    whole = world(claim, 1.0, seed=7, months=60)
    kept = {name: whole.frame(name).query("company % 16 == 0") for name in whole.makers}
    return Ground({name: partial(Table, rows, "drawn") for name, rows in kept.items()}, simulated=True)


def test_every_claim_but_those_that_no_data_can_answer_has_its_world():
    assert set(CLAIMS) - set(MAKERS) == {"C11", "C15", "C19"}


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
    cheap = ("rally", "premium", "rates", "flows", "deals")
    for rate in measure_null_rates(range(100, 140), months=120, families=cheap):
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
