"""The article on archives in which its claims were made true, or their contrary: told, pulled, asked as a user does."""

import json

import pytest

from active_edge.article import from_market
from active_edge.cli.main import main
from active_edge.market import open_market

from .miniature.planted import CLAIMS, TOO_SHORT, Size, planted_world, signs
from .miniature.planted_series import serve_series
from .miniature.pulled import NO_HOLDINGS, pull_world
from .miniature.served import serve
from .replay import Replay

SEED = 5
UNANSWERABLE = {"C11", "C15"}
NOT_YET = {"C19"}
"""What analysts expect is known from the day of the pull on, and the claim looks at ends of months."""
STAND_INS = {"C5"}
"""Quality minus junk has no source; the premium since it was known stands in."""


@pytest.fixture
def ask(tmp_path, monkeypatch, capsys):
    """Answers by claim, as `active-edge thesis` gives them on what was pulled of a world of these signs.

    Large companies are as many as the world has of them, where they are a thousand of the real market.
    """

    def answers(effect, size):
        sign = signs(effect)
        world = planted_world(sign, seed=SEED, size=size)
        with Replay() as replay:
            serve(replay, world)
            serve_series(replay, world, sign, seed=SEED, short=size is TOO_SHORT)
            pull_world(replay, world, tmp_path, only=[*NO_HOLDINGS, "exits"])
        assert not open_market(tmp_path / "m").simulated
        monkeypatch.setattr(from_market, "LARGE", size.large)
        capsys.readouterr()
        assert main(["thesis", "--data", str(tmp_path / "m"), "--out", str(tmp_path / "results"), "--json"]) == 0
        return {answer["id"]: answer for answer in json.loads(capsys.readouterr().out)}

    return answers


@pytest.mark.slow
def test_on_an_archive_that_is_too_short_no_claim_gets_an_answer(ask):
    found = ask(1, TOO_SHORT)
    words = {claim: answer["verdict"] for claim, answer in found.items()}
    short = dict.fromkeys([*CLAIMS, *NOT_YET], "too short to judge")
    assert words == short | dict.fromkeys(UNANSWERABLE, "not testable")


@pytest.mark.nightly
@pytest.mark.parametrize("effect", [1, -1])
def test_on_a_pulled_archive_every_claim_gets_the_answer_that_was_planted(ask, effect):
    found = ask(effect, Size())
    planted = {claim: {1: "supported", -1: "refuted"}[sign] for claim, sign in signs(effect).items()}
    words = {claim: answer["verdict"] for claim, answer in found.items()}
    untold = dict.fromkeys(UNANSWERABLE, "not testable") | dict.fromkeys(NOT_YET, "too short to judge")
    assert words == planted | untold, {
        claim: found[claim]["reason"] for claim in planted if planted[claim] != words[claim]
    }
    assert {claim for claim, answer in found.items() if answer["stands_in"]} == STAND_INS
    assert not any(answer["simulated"] for answer in found.values())
