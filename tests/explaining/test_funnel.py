"""What each rule removes, alone and in order, and who fails by one rule alone; counted by hand."""

import pytest

from active_edge.explaining.funnel import funnel, near_misses
from tests.explaining.companies import evaluated, six_companies

TEXT = "universe: {min_price: 2}\nrequire: {cash_to_assets: {min: 0.25}}\nrank: {cash_to_assets: 1}\nselect: {top: 1}\n"


@pytest.fixture
def market(tmp_path):
    return six_companies(tmp_path)


def test_a_rule_is_counted_alone_and_in_order(market):
    steps = funnel(evaluated(market, TEXT)).set_index("rule")
    # F costs less than 2; A and B have too little cash, of E none is known; C and D are ranked, D is chosen.
    counts = steps.loc["min_price", ["alone", "in_order", "left", "only"]]
    assert counts.tolist() == [1, 1, 5, 1]
    cash = steps[steps["part"] == "require"].loc["cash_to_assets"]
    assert cash[["alone", "in_order", "without_value", "left"]].tolist() == [3, 3, 1, 2]
    assert cash["known"] == pytest.approx(4 / 5)
    select = steps[steps["part"] == "select"].iloc[0]
    assert select[["alone", "in_order", "left", "only"]].tolist() == [1, 1, 1, 1]


def test_what_is_left_at_the_end_are_the_members(market):
    for text in (TEXT, "require_any: {cash_to_assets: {min: 0.4}, market_value: {max: 10000000}}\n", ""):
        evaluation = evaluated(market, text)
        steps = funnel(evaluation)
        assert steps["left"].iloc[-1] == evaluation.selected()[0].sum()
        assert (steps["left"].shift(fill_value=6) - steps["in_order"] == steps["left"]).all()


def test_alternatives_are_one_rule_passed_with_any_of_them(market):
    # Cash of 0.4 and more: D, F; value of 10 million and less: A, F.
    steps = funnel(evaluated(market, "require_any: {cash_to_assets: {min: 0.4}, market_value: {max: 10000000}}\n"))
    row = steps.iloc[-1]
    assert (row["rule"], row["alone"], row["left"]) == ("require_any", 3, 3)
    assert "cash_to_assets >= 0.4 or market_value <= 10,000,000" in row["bound"]


def test_exclusions_are_counted_by_what_the_list_says_of_them(market):
    names = ["A, reason: restricted", "B, reason: restricted", "C, since: 2020-03-01", "D, since: 2020-04-01", "NOBODY"]
    listed = ", ".join(f"{{ticker: {name}}}" for name in names)
    steps = funnel(evaluated(market, f"universe: {{exclude: [{listed}]}}\n")).set_index("rule")
    # D not yet; A and B for one reason, C for none that is given.
    told = "on no list of exclusions (2 excluded: restricted; 1 excluded since 2020-03-01)"
    assert steps.loc["exclude", ["bound", "alone", "left"]].tolist() == [told, 3, 3]
    free = funnel(evaluated(market, "universe: {exclude: [{ticker: NOBODY}]}\n")).set_index("rule")
    assert free.loc["exclude", "bound"] == "on no list of exclusions"


def test_near_misses_fail_one_rule_alone_and_lie_nearest(market):
    near = near_misses(evaluated(market, TEXT), nearest=1).set_index("part")
    assert near.loc["universe", ["asset", "rule", "short_by"]].tolist() == ["F", "min_price", 0.5]
    assert near.loc["require", ["asset", "said", "bound"]].tolist() == ["B", "0.2", ">= 0.25"]
    assert near.loc["require", "short_by"] == pytest.approx(0.05)
    assert near.loc["select", ["asset", "value", "short_by"]].tolist() == ["C", 2.0, 1.0]


def test_who_fails_two_rules_or_has_no_value_is_no_near_miss(market):
    # F is too cheap and beyond the bound, of E nothing is known.
    near = near_misses(evaluated(market, "universe: {min_price: 2}\nrequire: {cash_to_assets: {max: 0.35}}\n"))
    assert near["asset"].tolist() == ["D"]


@pytest.mark.slow
def test_names_between_say_how_many_are_nearer(market):
    near = near_misses(evaluated(market, "require: {cash_to_assets: {min: 0.35}}\n")).set_index("asset")
    assert near["names_between"].to_dict() == {"C": 0, "B": 1, "A": 2}


def test_a_name_between_two_ranks_falls_short_of_the_nearer_end(market):
    near = near_misses(evaluated(market, "universe: {cap_rank: [2, 3]}\n")).set_index("asset")
    # By value E, D, C, B, A, F are first to sixth.
    assert near["short_by"].to_dict() == {"E": 1.0, "B": 1.0, "A": 2.0}


def test_a_near_miss_of_a_band_is_measured_to_its_cut_not_to_the_next_name(market):
    # Values in millions: F 1.5, A 10, B 11, C 12, D 13, E 14; a quarter is 10.25, three quarters are 12.75.
    text = "universe: {market_value: {quantile_min: 0.25, quantile_max: 0.75}}\n"
    near = near_misses(evaluated(market, text)).set_index("asset")["short_by"]
    assert near.to_dict() == pytest.approx({"A": 0.25e6, "D": 0.25e6, "E": 1.25e6})


def test_who_is_near_a_band_of_ranks_that_nobody_reaches_is_told_by_how_many_places(market):
    near = near_misses(evaluated(market, "universe: {cap_rank: [8, 9]}\n")).set_index("asset")["short_by"]
    assert near.to_dict() == {"F": 2.0, "A": 3.0, "B": 4.0}
