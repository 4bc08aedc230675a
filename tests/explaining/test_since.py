"""From when a market can answer a screen, and why where it never can."""

from functools import partial

import pytest

from active_edge.config import parse_model
from active_edge.evaluation import evaluate
from active_edge.explaining.since import covered_since
from active_edge.screen import Screen
from tests.explaining.companies import six_companies

ANY = "universe: {min_price: 1}\n"


@pytest.fixture
def market(tmp_path):
    return six_companies(tmp_path)


def since(market, text, share=0.25):
    screen = parse_model(f"name: s\ndescription: d\n{ANY}{text}", Screen, "s.yaml", context={"items": market.items})
    (found,) = covered_since(market, {"s": (partial(evaluate, screen), share)})
    return found


def test_a_screen_is_covered_from_the_first_quarter_end_on_which_enough_candidates_have_a_value(market):
    # all six file on 2020-02-14, five of them cash
    found = since(market, "require: {cash_to_assets: {min: 0.1}}\n")
    assert found.line() == "s: from 2020-03-31 on, 6 candidates then"
    assert found.to_dict()["first"] == "2020-03-31"
    assert since(market, "require: {cash_to_assets: {min: 0.1}}\n", share=5 / 6).first is not None


def test_where_a_rule_never_has_enough_values_it_is_named_with_what_it_had(market):
    found = since(market, "require: {cash_to_assets: {min: 0.1}}\n", share=0.9)
    assert found.first is None
    assert found.line() == (
        "s: never, for cash_to_assets has a value for at most 83 % of the candidates, and 90 % are needed"
    )


def test_an_item_the_market_lacks_is_named(market):
    assert "insider_ownership" in since(market, "require: {insider_ownership: {min: 0.1}}\n").line()


def test_a_screen_without_rules_on_values_is_covered_from_the_first_date_with_candidates(market):
    assert since(market, "").line() == "s: from 2020-03-31 on, 6 candidates then"
