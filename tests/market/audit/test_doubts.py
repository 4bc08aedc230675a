import pandas as pd
import pytest

from active_edge.market.audit.doubts import market_doubts
from active_edge.market.audit.report import audit_market
from active_edge.market.audit.survivorship import judge_survivorship
from tests.market.audit.test_audit import SESSIONS, facts_of, flat, spread_ends
from tests.markets import make_market
from tests.quick import first_quick


def names(doubts):
    """Serious ones; the small markets here have neither quarters nor bars, which is a caution."""
    return [doubt.name for doubt in doubts if doubt.level == "serious"]


def test_exits_after_the_run_do_not_excuse_a_run_in_which_nothing_ends(tmp_path):
    # 500 names: nothing ends in 2018 and 2019, 45 of them in 2020. A run that ends with 2019 saw survivors only.
    ends = [f"{day:%F}" for day in SESSIONS[510:735:5]] + ["2020-12-31"] * 455
    market = make_market(tmp_path, closes=flat(ends))
    run = judge_survivorship(market, pd.Timestamp("2018-03-01"), pd.Timestamp("2019-12-31"))
    assert run.suspected
    assert run.exit_rate == 0.0
    assert [year.year for year in run.years] == [2018, 2019]
    assert not judge_survivorship(market, pd.Timestamp("2020-01-02"), pd.Timestamp("2020-12-31")).suspected
    assert names(market_doubts(market, pd.Timestamp("2018-03-01"), pd.Timestamp("2019-12-31"))) == ["survivorship"]


def test_no_exit_among_so_few_names_that_none_was_due_is_no_sign_of_survivors(tmp_path):
    # 10 names for three years: 1.5 exits at 5 % a year, none in 22 % of such markets. 100 names: none in 3e-7.
    assert not judge_survivorship(make_market(tmp_path / "a", closes=flat(["2020-12-31"] * 10))).suspected
    assert judge_survivorship(make_market(tmp_path / "b", closes=flat(["2020-12-31"] * 100))).suspected


@pytest.mark.parametrize(("restated", "doubted"), first_quick([(False, ["restatements"]), (True, [])]))
def test_a_market_of_one_version_of_every_number_is_doubted(tmp_path, restated, doubted):
    closes = flat(spread_ends(400, 70))
    facts = facts_of(list(closes.columns))  # 1,200 numbers
    if restated:
        facts.append(facts[0] | {"filed": "2018-11-01", "value": 5.0})
    market = make_market(tmp_path, closes=closes, facts=facts)
    assert names(market_doubts(market)) == doubted
    assert any("restated" in text for text in audit_market(market).warnings) == bool(doubted)
    # Only what a run could read counts: these were filed for 2018.
    assert names(market_doubts(market, SESSIONS[0], pd.Timestamp("2018-06-29"))) == []
