"""Why one name passes or fails: what is known of it in words, and what nobody has."""

import numpy as np
import pandas as pd
import pytest

from active_edge.explaining.names import explain_name
from tests.explaining.companies import evaluated, six_companies
from tests.factors.firms import annual_facts
from tests.markets import make_market


@pytest.fixture
def market(tmp_path):
    return six_companies(tmp_path)


def explained(market, text, asset, on="2020-03-31"):
    column = market.assets.get_loc(asset)
    return explain_name(evaluated(market, text, on), 0, column).set_index("rule")


def test_an_item_that_nobody_has_is_told_from_a_value_that_one_name_lacks(market):
    rules = explained(market, "require: {cash_to_assets: {min: 0.1}, interest_coverage: {min: 2}}\n", "E")
    assert rules.loc["cash_to_assets", ["said", "absent"]].tolist() == ["–", ""]
    assert "interest_expense" in rules.loc["interest_coverage", "absent"]


def test_a_miss_by_a_hair_is_seen(market):
    rules = explained(market, "require: {cash_to_assets: {min: 0.20000001}}\n", "B")
    assert rules.loc["cash_to_assets", ["said", "bound"]].tolist() == ["0.2", ">= 0.20000001"]
    rules = explained(market, "require: {price: {min: 10.00000002}}\n", "A")
    assert rules.loc["price", "said"] != rules.loc["price", "bound"].removeprefix(">= ")
    assert rules.loc["price", "short_by"] == pytest.approx(2e-8)


def test_no_debt_is_said_and_not_a_dash(tmp_path):
    facts = annual_facts(
        "A", operating_income=(5, 5, 5), interest_expense=(0, 0, 0), total_debt=(0, 0, 0), total_assets=(9, 9, 9)
    ) + annual_facts("B", operating_income=(5, 5, 5), interest_expense=(1, 1, 1), total_debt=(9, 9, 9))
    sessions = pd.bdate_range("2016-03-28", "2016-03-31")
    market = make_market(tmp_path, closes=pd.DataFrame(10.0, index=sessions, columns=["A", "B"]), facts=facts)
    rules = explained(market, "require: {interest_coverage: {min: 2}}\n", "A", on="2016-03-31")
    assert np.isinf(rules.loc["interest_coverage", "value"])
    assert rules.loc["interest_coverage", ["said", "passed", "short_by"]].tolist() == ["no debt", True, 0.0]
    assert (
        explained(market, "require: {interest_coverage: {min: 2}}\n", "B", on="2016-03-31").loc[
            "interest_coverage", "said"
        ]
        == "5"
    )


def test_alternatives_are_explained_one_by_one(market):
    rules = explained(market, "require_any: {cash_to_assets: {min: 0.4}, price: {min: 5}}\n", "A")
    assert rules.loc[["cash_to_assets", "price"], "passed"].tolist() == [False, True]


def test_short_by_is_the_distance_to_the_nearer_end_of_a_range(market):
    assert explained(market, "universe: {cap_rank: [2, 3]}\n", "A").loc["cap_rank", "short_by"] == 2.0


def test_an_excluded_name_says_since_when_and_why_and_any_other_that_it_is_not(market):
    listed = "universe: {companies_only: false, exclude: [{ticker: A, since: 2020-02-01, reason: restricted}]}\n"
    rules = explained(market, listed, "A")
    assert rules.loc["exclude", ["said", "passed"]].tolist() == ["excluded since 2020-02-01: restricted", False]
    assert explained(market, listed, "B").loc["exclude", ["said", "passed"]].tolist() == ["yes", True]
    assert explained(market, listed, "A", on="2020-01-31").loc["exclude", "said"] == "yes"
