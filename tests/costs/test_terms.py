"""One type of trading terms: the same values, bounds and words from Python and from a strategy's file."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest

from active_edge.config import parse_model, to_yaml
from active_edge.costs import Costs, Delisting, Impact, TradingTerms
from active_edge.errors import ConfigError
from active_edge.screen import Screen
from active_edge.strategy import Strategy, StrategyRules

EVERYBODY = Screen(name="everybody", description="No rule.")

HEAD = "name: s\nscreen: t\n"
WRONG = [
    ("costs: {commission_bps: -1}", lambda: Costs(commission_bps=-1), "greater than or equal to 0"),
    ("costs: {commission_bps: 1001}", lambda: Costs(commission_bps=1001), "less than or equal to 1000"),
    ("costs: {spread: -0.1}", lambda: Costs(spread=-0.1), "bps from 0 to 5000"),
    ("costs: {spread: 5000.1}", lambda: Costs(spread=5000.1), "bps from 0 to 5000"),
    ("costs: {commission_bps: 0.0005}", lambda: Costs(commission_bps=0.0005), r"0.0005 bp; did you mean 5, which is"),
    ("costs: {spread: 0.02}", lambda: Costs(spread=0.02), r"0.02 bp; did you mean 200, which is 0.02 as a decimal\?"),
    ("costs: {spread: true}", lambda: Costs(spread=True), "bps from 0 to 5000"),
    ("costs: {max_participation: 0}", lambda: Costs(max_participation=0), "greater than 0"),
    ("costs: {max_participation: 1.01}", lambda: Costs(max_participation=1.01), "less than or equal to 1"),
    ("costs: {impact: {coefficient: 10.1}}", lambda: Impact(coefficient=10.1), "less than or equal to 10"),
    ("costs: {impact: {coefficient: -1}}", lambda: Impact(coefficient=-1), "greater than or equal to 0"),
    ("costs: {impact: {model: cubic}}", lambda: Impact(model="cubic"), "one of square_root, almgren, none"),
    ("delisting: {nyse: 0.1}", lambda: Delisting(nyse=0.1), "less than or equal to 0"),
    ("delisting: {nasdaq: -1.1}", lambda: Delisting(nasdaq=-1.1), "greater than or equal to -1"),
    ("delisting: {unknown: 0.5}", lambda: Delisting(unknown=0.5), "a decimal from -1 to 0"),
    ("trade_at: same_close", lambda: TradingTerms(trade_at="same_close"), "one of next_open, next_close"),
    ("capital_usd: 0", lambda: TradingTerms(capital_usd=0), "greater than 0"),
    ("capital_usd: 10", lambda: TradingTerms(capital_usd=10), r"10 USD of capital; did you mean 10_000_000\?"),
    ("capital_usd: .inf", lambda: TradingTerms(capital_usd=np.inf), "not a finite number"),
    ("capital_usd: ten", lambda: TradingTerms(capital_usd="ten"), "write a plain number"),
]


def rules(text: str) -> StrategyRules:
    return parse_model(HEAD + text, StrategyRules, "s.yaml")


@pytest.mark.parametrize(("yaml", "call", "words"), WRONG)
def test_a_bound_is_the_same_in_a_file_and_in_python_and_told_in_the_same_words(yaml, call, words):
    with pytest.raises(ConfigError, match=words) as in_file:
        rules(yaml)
    with pytest.raises(ConfigError, match=words) as in_python:
        call()
    assert str(in_file.value).split(": ")[-1] == str(in_python.value).split(": ")[-1]


@pytest.mark.parametrize(
    ("key", "least", "most"),
    [("commission_bps", 0.0, 1000.0), ("spread", 0.0, 5000.0), ("max_participation", 0.001, 1.0)],
)
def test_both_ends_of_a_bound_are_inside_it_in_a_file_and_in_python(key, least, most):
    for value in (least, most):
        assert rules(f"costs: {{{key}: {value!r}}}").costs == Costs(**{key: value})


@pytest.mark.parametrize(("key", "few"), [("commission_bps", 0.01), ("spread", 0.1)])
def test_a_tenth_of_a_basis_point_is_no_decimal(key, few):
    assert rules(f"costs: {{{key}: {few}}}").costs == Costs(**{key: few})


def test_the_terms_of_a_strategy_are_the_objects_its_file_holds():
    held = rules("costs: {spread: 20, impact: {model: none}}\ndelisting: {unknown: -0.3}\ncapital_usd: 1000000\n")
    terms = Strategy(held, screen=EVERYBODY).terms
    assert terms.costs is held.costs
    assert terms.delisting is held.delisting
    assert terms == TradingTerms(
        Costs(spread=20, impact=Impact("none")), Delisting(unknown=-0.3), "next_open", capital_usd=1_000_000
    )


def test_terms_without_arguments_are_those_of_a_file_that_says_nothing():
    assert Strategy(rules(""), screen=EVERYBODY).terms == TradingTerms()
    assert parse_model(to_yaml(rules("")), StrategyRules, "again.yaml") == rules("")


def test_a_misspelt_key_inside_costs_is_told_at_its_line_with_the_nearest_name():
    with pytest.raises(ConfigError, match=r"s.yaml:4: costs.spred: unknown key; did you mean spread\?"):
        rules("costs:\n  spred: 3\n")
    with pytest.raises(ConfigError, match=r"s.yaml:5: costs.impact.modell: unknown key; did you mean model\?"):
        rules("costs:\n  impact:\n    modell: almgren\n")


def test_a_value_where_keys_belong_is_told_with_the_keys():
    with pytest.raises(ConfigError, match="3 is no mapping of keys; it takes commission_bps, impact, max_part"):
        rules("costs: 3")
    with pytest.raises(ConfigError, match=r"nothing \(null or ~\) is no mapping of keys; it takes coefficient, model"):
        rules("costs: {impact: null}")


def test_several_wrong_arguments_are_told_at_once():
    with pytest.raises(ConfigError) as told:
        Costs(commission_bps=-1, max_participation=2)
    assert [line.split(":")[1] for line in str(told.value).splitlines()] == [" commission_bps", " max_participation"]


def test_terms_cannot_be_changed_and_a_changed_copy_is_checked():
    terms = TradingTerms()
    for part in (terms, terms.costs, terms.costs.impact, terms.delisting):
        assert is_dataclass(part)
        with pytest.raises(AttributeError):
            setattr(part, fields(part)[0].name, None)
    with pytest.raises(ConfigError, match="capital_usd"):
        replace(terms, capital_usd=-1.0)


@pytest.mark.parametrize("unknown", ["infer", -0.2])
def test_all_is_lost_means_either_of_two_things(unknown):
    own = Delisting(nyse=-0.1, nasdaq=-0.2, unknown=unknown)
    assert own.distress_at(-1.0) == Delisting(-1.0, -1.0, "infer")
    assert own.unknown_at(-1.0) == Delisting(-0.1, -0.2, -1.0)
