"""Years that do not fit their quarters, named by the audit."""

import pandas as pd
import pytest

from active_edge.market.audit.report import audit_market
from active_edge.sessions import sessions_between
from tests.markets import make_market
from tests.panel.test_bases import contradicted, flows, recast_year
from tests.panel.test_statement_bases import another_share, half_year, other_income


def audit(tmp_path, facts):
    closes = pd.DataFrame({"A": 10.0}, index=sessions_between("2015-01-02", "2018-12-31"))
    return audit_market(make_market(tmp_path, closes=closes, facts=facts))


def test_a_year_below_its_nine_months_is_named_with_both_numbers(tmp_path):
    report = audit(tmp_path, contradicted())
    assert report.contradictions.years == 2
    assert list(report.contradictions.counts().values()) == [0, 1, 0, 0, 0]
    text = "\n".join(report.lines())
    assert "do not fit the months before them: 1 of 2; their fourth quarters" in text
    assert "A 2015-12-31: year 36,000,000, nine months 239,000,000" in text
    assert report.to_dict()["contradictions"]["found"][0]["known"] == "2016-03-10"


def test_a_recast_year_is_named_and_a_sound_one_is_not(tmp_path):
    recast = audit(tmp_path / "recast", recast_year()).contradictions
    assert list(recast.counts().values()) == [2, 0, 0, 0, 0], (
        "the year and the year before it, changed by the same filing"
    )
    sound = audit(tmp_path / "sound", contradicted(year=320.0))
    assert sound.contradictions.found.empty
    assert "do not fit the months before them: 0 of 2" in "\n".join(sound.lines())
    assert "their fourth quarters" not in "\n".join(sound.lines())


def test_a_year_far_from_steady_quarters_is_named(tmp_path):
    assert list(audit(tmp_path, contradicted(year=900.0)).contradictions.counts().values()) == [0, 0, 1, 0, 0]


@pytest.mark.slow
def test_costs_of_another_share_and_another_income_are_named_with_their_line(tmp_path):
    shares = audit(tmp_path / "shares", another_share())
    assert shares.contradictions.counts()["costs are twice or half the share of the fourth quarter's revenue that they "
    "were of any quarter's"] == 1  # fmt: skip
    text = "\n".join(shares.lines())
    assert "years of other lines of the statement that do not: 1" in text
    assert "A 2015-12-31: revenue and cost_of_revenue, year 700,000,000, nine months 600,000,000" in text
    income = audit(tmp_path / "income", other_income())
    assert "A 2015-12-31: net_income, year 40,000,000, nine months 90,000,000" in "\n".join(income.lines())
    years = [("2015-12-31", 50, "2016-02-19"), ("2015-12-31", 20, "2017-02-21"), ("2016-12-31", 25, "2017-02-21")]
    recast = flows("net_income", 9, [("2016-09-30", 30, "2016-11-04")]) + flows("net_income", 12, years)
    assert audit(tmp_path / "recast", recast).contradictions.found["item"].tolist() == ["net_income"]


@pytest.mark.slow
def test_half_a_year_below_its_first_quarter_is_named_with_both_numbers(tmp_path):
    report = audit(tmp_path / "less", half_year(80))
    assert report.contradictions.found.empty
    text = "\n".join(report.lines())
    assert "six and nine months of revenue that do not fit the months before them: 1 of 1; of other lines: 0;" in text
    assert "A 2015-06-30: revenue, 6 months 80,000,000, the 3 before 100,000,000: the months before exceed it" in text
    (row,) = report.to_dict()["contradictions"]["interim"]
    assert (row["months"], row["value"], row["before"], row["known"]) == (6, 80e6, 100e6, "2015-08-03")
    assert "six and nine months" not in "\n".join(audit(tmp_path / "more", half_year(210)).lines())
