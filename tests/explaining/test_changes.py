"""Who entered and who left between two dates, and by what: worked by hand."""

import numpy as np
import pandas as pd
import pytest

from active_edge.config import parse_model
from active_edge.evaluation import evaluate
from active_edge.explaining.changes import member_changes
from active_edge.panel import Panel
from active_edge.screen import Screen
from active_edge.sessions import sessions_between
from tests.markets import make_market

SESSIONS = sessions_between("2020-01-02", "2020-12-31")
FIRST, LAST = pd.Timestamp("2020-03-31"), pd.Timestamp("2020-09-30")


def fact(asset, item, value, filed, *, form=None, accession=None, period_end="2019-12-31"):
    row = {"asset": asset, "item": item, "months": 0, "period_end": period_end, "value": value, "filed": filed}
    return row | {"form": form, "accession": accession}


@pytest.fixture
def market(tmp_path):
    facts = [
        fact(asset, item, value, "2020-02-14", form="10-K", accession=f"k-{asset}")
        for asset in "ABCDE"
        for item, value in (("total_assets", 100.0), ("cash", 20.0), ("shares_outstanding", 1e6))
    ]
    later = {"period_end": "2020-06-30", "filed": "2020-08-05", "form": "10-Q"}
    facts += [fact("A", "cash", 5.0, accession="q-A", **later), fact("A", "total_assets", 100.0, **later)]
    facts += [fact("B", "cash", 40.0, accession="q-B", **later), fact("B", "total_assets", 100.0, **later)]
    closes = pd.DataFrame({asset: np.full(len(SESSIONS), 10.0) for asset in "ABCDE"}, index=SESSIONS)
    closes.loc[closes.index > "2020-06-30", "C"] = 3.0
    closes.loc[closes.index > "2020-07-31", "D"] = np.nan
    closes.loc[closes.index < "2020-06-01", "E"] = np.nan
    return make_market(tmp_path, closes=closes, facts=facts)


def changes(market, text):
    screen = parse_model("name: s\ndescription: d\n" + text, Screen, "s.yaml")
    found = member_changes(evaluate(screen, Panel(market, pd.DatetimeIndex([FIRST, LAST]))))
    return {(name.change, name.asset): name.rules for name in found}


def test_a_filing_that_lets_a_name_out_is_named(market):
    left = changes(market, "require: {cash_to_assets: {min: 0.1}}\nuniverse: {min_price: 1}\n")["left", "A"]
    (rule,) = left
    assert (rule.rule, rule.before, rule.after, rule.bound) == ("cash_to_assets", "0.2", "0.05", ">= 0.1")
    assert (rule.by, rule.form, rule.filed, rule.accession) == ("10-Q of 2020-08-05", "10-Q", "2020-08-05", "q-A")
    assert (rule.item, rule.period_end) == ("cash", "2020-06-30")


def test_a_filing_that_lets_a_name_in_is_named_and_nobody_else_moves(market):
    found = changes(market, "require: {cash_to_assets: {min: 0.3}}\n")
    assert list(found) == [("entered", "B")]
    assert found["entered", "B"][0].value_after == pytest.approx(0.4)


def test_a_price_moves_a_name_without_any_filing(market):
    (rule,) = changes(market, "universe: {min_price: 5}\n")["left", "C"]
    assert (rule.rule, rule.before, rule.after, rule.by, rule.filed) == ("min_price", "10", "3", "prices", None)


def test_a_name_that_is_listed_no_more_or_for_the_first_time_says_only_that(market):
    found = changes(market, "universe: {min_price: 1}\n")
    assert [rule.rule for rule in found["left", "D"]] == ["listed"]
    assert found["left", "D"][0].by == "no price any more"
    assert [rule.by for rule in found["entered", "E"]] == ["first price"]


def test_places_of_a_ranking_that_others_took_are_told_by_the_rank(market):
    # Before, A to D are alike in all and share the first place; later B alone is first by cash to assets.
    found = changes(market, "rank: {cash_to_assets: 1}\nselect: {top: 1}\n")
    assert set(found) == {("left", "A"), ("left", "C"), ("left", "D")}
    by_own_filing, by_others = found["left", "A"][0], found["left", "C"][0]
    assert (by_own_filing.part, by_own_filing.before, by_own_filing.form) == ("select", "1", "10-Q")
    assert (by_others.part, by_others.before, by_others.by) == ("select", "1", "prices or other names")


def test_entered_and_left_are_the_difference_of_the_members_of_either_date(market):
    ranked = "rank: {cash_to_assets: 1}\nselect: {top: 3}\n"
    for text in ("", "require: {cash_to_assets: {quantile_min: 0.5}}\n", ranked):
        screen = parse_model("name: s\ndescription: d\n" + text, Screen, "s.yaml")
        was, now = (set(screen.members(market, day)["asset"]) for day in (FIRST, LAST))
        found = changes(market, text)
        assert {asset for change, asset in found if change == "entered"} == now - was
        assert {asset for change, asset in found if change == "left"} == was - now


def test_a_name_on_a_list_of_exclusions_left_by_the_list_and_not_by_prices(market):
    veto = "{ticker: B, since: 2020-06-01, reason: restricted}, {ticker: C, until: 2020-05-29, reason: veto}"
    found = changes(market, f"universe: {{exclude: [{veto}]}}\n")
    (left,), (entered,) = found["left", "B"], found["entered", "C"]
    assert (left.before, left.after) == ("yes", "excluded since 2020-06-01: restricted")
    assert (entered.before, entered.after) == ("excluded until 2020-05-29: veto", "yes")
    assert left.by == entered.by == "the list of exclusions"
