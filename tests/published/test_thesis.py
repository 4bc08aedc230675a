"""The article on the real returns that come with libraries, and on the published files beside the project."""

import re

import pandas as pd
import pytest

from active_edge.article.answers import ANSWERS
from active_edge.published.ground import shipped_ground
from active_edge.published.thesis import answer_thesis


def test_shipped_factor_means_are_plain_means():
    from linearmodels.datasets import french

    plain = french.load()[["SMB", "HML"]].mean()
    from active_edge.published.shipped_returns import shipped_returns

    shipped = shipped_returns().factors[["SMB", "HML"]].mean()
    assert shipped.to_numpy() == pytest.approx(plain.to_numpy(), abs=1e-12)
    assert list(shipped_ground(pd.Timestamp("1950-12-31")).frame("factors").index[[0, -1]]) == [
        pd.Timestamp("1926-07-31"),
        pd.Timestamp("1950-12-31"),
    ]


@pytest.mark.realdata
def test_at_least_twelve_claims_have_an_answer_on_published_files(shared_data, tmp_path):
    run = answer_thesis([shared_data], out=tmp_path)
    answered = {answer.claim.id: answer.verdict for answer in run.answers if answer.verdict in ANSWERS}
    assert len(answered) >= 12
    assert not run.simulated
    assert answered["C5"] == "refuted", "Asness et al. (2018): the premium returns once quality is controlled"
    assert answered["C9"] == "supported", "NBER 21181: 8,000 listed in 1996, 4,100 in 2012"
    assert {answer.verdict for answer in run.answers if answer.claim.id in ("C11", "C15")} == {"not testable"}


@pytest.mark.realdata
def test_the_size_premium_to_2012_returns_once_quality_is_controlled(shared_data, tmp_path):
    # Asness, Frazzini, Israel, Moskowitz & Pedersen (2018), Journal of Financial Economics 129: 1957-07 to 2012-12.
    run = answer_thesis([shared_data], on="2012-12-31", out=tmp_path)
    (answer,) = [answer for answer in run.answers if answer.claim.id == "C5"]
    measured = answer.measured
    assert (measured.start, measured.end) == ("1957-07-31", "2012-12-31")
    assert 100 * measured.estimate / 12 == pytest.approx(0.48, abs=0.01)
    without = float(re.search(r"Without quality among the factors: \+(\S+) %", measured.beside[0])[1])
    assert without / 12 == pytest.approx(0.1, abs=0.05)
    # Theirs is 4.9 with errors of independent months, which the program prints nowhere.
    assert measured.estimate / measured.error > 4


@pytest.mark.slow
@pytest.mark.realdata
def test_no_fund_that_chooses_can_be_told_to_beat_the_index_once_all_are_allowed_for(shared_data, tmp_path):
    run = answer_thesis([shared_data], on="2026-06-30", out=tmp_path)
    (answer,) = [answer for answer in run.answers if answer.claim.id == "C22"]
    (said,) = [sentence for sentence in answer.measured.beside if "SPA" in sentence]
    assert "2017-07 to" in said
    assert float(re.search(r"p (0\.\d+)", said)[1]) > 0.4
