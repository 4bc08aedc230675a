"""A value of a YAML file is what a person means by it, or is refused with its line; it is never quietly another."""

import math
from dataclasses import replace

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from active_edge.config import StrictModel, parse_model, to_yaml
from active_edge.errors import ConfigError
from active_edge.factors import FACTORS
from active_edge.factors.units import doubtful, implausible, plausible_range
from active_edge.screen import Screen
from active_edge.strategy import StrategyRules
from active_edge.yaml_scalars import Dumper, Loader


def read(value: str) -> object:
    return yaml.load(f"key: {value}\n", Loader=Loader)["key"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("10", 10), ("-3", -3), ("+3", 3), ("0", 0), ("1_000_000", 1_000_000), ("0.5", 0.5), (".5", 0.5), ("-.5", -0.5),
        ("3.", 3.0),
        ("1e6", 1e6), ("1E-3", 1e-3), ("1.5e+3", 1500.0), ("1_000.5", 1000.5), ("true", True), ("False", False),
        ("null", None), ("~", None), ("yes", "yes"), ("no", "no"), ("on", "on"), ("Off", "Off"), ("y", "y"),
        ("2016-01-01", "2016-01-01"), ("010", "010"), ("08", "08"), ("01001", "01001"), ("-010", "-010"),
        ("00.5", "00.5"),
        ("0x1F", "0x1F"), ("0o17", "0o17"), ("0b11", "0b11"), ("1:30", "1:30"), ("190:20:30.15", "190:20:30.15"),
        ("1_0", "1_0"), ("1_000,000", "1_000,000"), ("1__000", "1__000"), ("_1", "_1"), ("1_000_", "1_000_"),
        ("=", "="),
        ("1M", "1M"), ("60%", "60%"), ("$3", "$3"), ("1e", "1e"), (".", "."), ("NULL", None), ("'10'", "10"),
        ("nope", "nope"),
    ],
)  # fmt: skip
def test_a_plain_value_means_what_a_person_means(written, meant):
    found = read(written)
    assert (type(found), found) == (type(meant), meant)


@pytest.mark.parametrize(("written", "sign"), [(".inf", 1), ("-.inf", -1)])
def test_infinity_is_spelt_so_and_refused_by_models(written, sign):
    assert read(written) == sign * math.inf


SCREEN = "name: a\ndescription: d\n"


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse_model(text, Screen, "f.yaml")
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("universe: {cap_rank: [01001, 03000]}", "f.yaml:3: universe.cap_rank.0: '01001' is text; a leading zero"),
        ("universe: {min_price: 010}", "f.yaml:3: universe.min_price: '010' is text; a leading zero"),
        ("require: {interest_coverage: {min: 1:30}}", "f.yaml:3: require.interest_coverage.min: '1:30' is text; hours"),
        ("universe: {min_price: 1_0}", "'1_0' is text; set underscores between groups of three digits only"),
        ("universe: {min_dollar_volume: 1,000,000}", "universe.000: is a key of its own, for a comma ends the value"),
        ("universe:\n  min_price: 1_000,000", "f.yaml:4: universe.min_price: '1_000,000' is text"),
        ("universe:\n  min_price: 3,50", "write a decimal point, not a comma"),
        ("universe: {min_price: 0x10}", "write numbers with the digits 0 to 9"),
        ("universe: {companies_only: yes}", "f.yaml:3: universe.companies_only: 'yes' is neither true nor false"),
        ("require: {interest_coverage: {min: 3.0, missing: no}}", "'no' is not valid (one of fail, pass)"),
        ("universe: {min_price: }", "f.yaml:3: universe.min_price: is empty; write a value, or take the key out"),
        ("universe: {exclude: [TRUE]}", "f.yaml:3: universe.exclude.0: TRUE is no mapping of keys; it takes reason"),
        ("universe: {exclude: [{ticker: True}]}", "universe.exclude.0.ticker: True is not text; quote it"),
        ("universe: {min_price: FALSE}", "f.yaml:3: universe.min_price: "),
        ("universe: {min_price: 3:2}", "hours and minutes are no number; write one number, a ratio of 3:2 as 1.5"),
        ("require:", "f.yaml:3: require: is empty"),
        ("universe: {cap_rank: [1, ]}\nrank:", "f.yaml:4: rank: is empty"),
        ("require: [interest_coverage]", "is no mapping; write one name a line, each with a colon and its value"),
        ("require: {interest_coverage: '>= 3'}", "it takes max, min, missing, quantile_max, quantile_min"),
        ("require: {leverage: {mni: 1.0}}", "unknown key; did you mean min?"),
        ("require: {leverage: {quantile_max: 50}}", "equal to 1; got 50; write 0.5 for 50 %"),
        ("rank: {leverage: !!float '1'}", "tags are not read; write the value alone"),
        ("universe: {min_price: '5'}", "f.yaml:3: universe.min_price: '5' is text; it is a number in quotes: write 5"),
        ("universe: {min_price: ' 2e8'}", "it is a number in quotes: write 2e8 without them"),
        ("universe:\n  min_price: 5 %", "f.yaml:4: universe.min_price: '5 %' is text; write decimals without"),
        ("universe: {min_price: 1.000.000}", "write numbers without points between thousands"),
        ("universe: {min_price: 1/2}", "write a fraction as a decimal: 0.5 for 1/2"),
        ("universe: {min_price: 5 bps}", "write the number alone; a key in basis points has bps in its name"),
        ("universe: {min_price: NaN}", "a value that is not known is left out, with its key"),
        ("rank: {leverage: 1.0}\nselect: {top: 2e1}", "f.yaml:4: select.top: 20.0 is no whole number as it is written; "
         "write 20"),
        ("rank: {leverage: 1.0}\nselect: {top: 20.5}", "write one without a decimal point"),
        ("universe: {missing_sector: ~}", "missing_sector: nothing (null or ~) is not valid (one of fail, pass)"),
        ("require: {price: {min: 1, missing: null}}", "missing: nothing (null or ~) is not valid (one of fail, pass)"),
        ("require: ~", "require: nothing (null or ~) is no mapping; write one name a line"),
        ("universe: {companies_only: ~}", "companies_only: nothing (null or ~) is neither true nor false"),
        ("rank: {leverage: 1.0}\nselect: {top: ~}", "nothing (null or ~) stands where a number must; write one"),
        ("universe: {cap_rank: 1001}", "f.yaml:3: universe.cap_rank: 1001 is no list; write it in brackets: [1001]"),
        ("universe:\n\tmin_price: 5", "f.yaml:4: not YAML: a tab stands where only spaces are read; write spaces"),
        ("universe:\n  min_price:\t5", "f.yaml:4: not YAML: a tab stands where only spaces are read"),
        ("\tuniverse: {}", "f.yaml:3: not YAML: a tab stands where only spaces are read"),
        ("require:\n  leverage:\n   \tmin: 5", "f.yaml:5: not YAML: a tab stands where only spaces are read"),
        ("universe: {cap_rank: [1001, 3000}", "not YAML: a bracket or brace is not closed (opened on line 3)"),
        ("require: leverage: 5", "f.yaml:3: not YAML: a second colon on a line; quote the text if it holds one"),
    ],
)  # fmt: skip
def test_a_slip_is_refused_with_its_line_and_what_to_write(line, said):
    assert any(said in problem for problem in problems(f"{SCREEN}{line}\n")), problems(f"{SCREEN}{line}\n")


def test_an_empty_value_is_told_once():
    assert problems(f"{SCREEN}universe:\n  min_price:\n") == [
        "f.yaml:4: universe.min_price: is empty; write a value, or take the key out"
    ]


def test_none_may_be_written_out():
    text = f"{SCREEN}universe: {{min_price: ~, cap_rank: null}}\n"
    assert parse_model(text, Screen, "f").universe.min_price is None


def test_words_that_yaml_takes_for_true_and_false_are_text_where_text_is_wanted():
    screen = parse_model("name: on\ndescription: no\n", Screen, "f")
    assert (screen.name, screen.description) == ("on", "no")


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("domestic_revenue_share: {min: 60}",
         "60 is outside 0 .. 1, and domestic_revenue_share is a fraction of revenue; write 0.6 for 60 %"),
        ("insider_ownership: {min: 5}", "write 0.05 for 5 %"),
        ("return_on_equity: {min: 15}",
         "15 is outside -2 .. 2, and return_on_equity is a ratio a year; write 0.15 for 15 %"),
        ("revenue_growth: {min: 10}", "write 0.1 for 10 %"),
        ("gross_margin: {min: 40, max: 90}", "90 is outside"),
        ("volatility: {max: 30}", "write 0.3 for 30 %"),
        ("earnings_yield: {min: 8}", "write 0.08 for 8 %"),
        ("piotroski_f_score: {min: 70}", "70 is outside 0 .. 9"),
        ("book_to_market: {min: 50}", "write 0.5 for 50 %"),
        ("net_share_issuance: {max: 2}", "write 0.02 for 2 %"),
        ("return_on_assets: {min: 2}", "2 is outside -1 .. 1, and return_on_assets is a ratio a year; write 0.02"),
        ("earnings_yield: {min: 3}", "write 0.03 for 3 %"),
        ("quarterly_return_on_assets: {min: 1.5}", "write 0.015 for 1.5 %"),
        ("operating_profitability: {min: 2}", "write 0.02 for 2 %"),
        ("accruals: {max: -2}", "write -0.02 for -2 %"),
        ("earnings_surprise_to_price: {min: 2}", "write 0.02 for 2 %"),
        ("net_debt_issuance: {max: 2}", "write 0.02 for 2 %"),
        ("gross_margin: {min: 2}", "2 is outside -2 .. 1"),
        ("gross_margin_stability: {min: 0.05}", "0.05 is outside -2 .. 0"),
        ("cash_to_assets: {min: 2}", "write 0.02 for 2 %"),
        ("revenue_growth: {min: -2}", "write -0.02 for -2 %"),
        ("asset_growth: {max: -2}", "write -0.02 for -2 %"),
        ("volatility: {max: -2}", "-2 is outside 0 .. 3"),
        ("net_debt_to_assets: {max: -2}", "write -0.02 for -2 %"),
    ],
)  # fmt: skip
def test_a_threshold_in_percent_is_refused_at_its_own_line(rule, said):
    text = f"{SCREEN}require:\n  leverage: {{max: 1.0}}\n  {rule}\nrequire_any:\n  {rule}\n"
    name = rule.split(":")[0]
    found = problems(text)
    assert any(problem.startswith(f"f.yaml:5: require.{name}.") and said in problem for problem in found)
    assert any(problem.startswith(f"f.yaml:7: require_any.{name}.") and said in problem for problem in found)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("universe: {market_value: {min: 300, max: 2000}}",
         "f.yaml:3: universe.market_value.min: 300 USD; did you mean 300_000_000?"),
        ("universe: {market_value: {min: 300, max: 2000}}",
         "f.yaml:3: universe.market_value.max: 2000 USD; did you mean 2_000_000_000?"),
        ("universe: {min_dollar_volume: 0.5}",
         "f.yaml:3: universe.min_dollar_volume: 0.5 USD a session; did you mean 500_000?"),
        ("require:\n  market_value: {min: 0.3}",
         "f.yaml:4: require.market_value.min: 0.3 USD; did you mean 300_000_000?"),
        ("require_any: {market_value: {max: 2}}", "require_any.market_value.max: 2 USD; did you mean 2_000_000_000?"),
        ("require: {dollar_volume: {min: 500}}", "require.dollar_volume.min: 500 USD a session; did you mean 500_000?"),
        ("require: {public_float_usd: {min: 75}}", "require.public_float_usd.min: 75 USD; did you mean 75_000_000?"),
        ("items: {backlog: {unit: USD}}\nrequire: {backlog: {min: 40}}", "f.yaml:4: require.backlog.min: 40 USD;"),
    ],
)  # fmt: skip
def test_millions_or_thousands_for_dollars_are_refused_with_what_is_meant(rule, said):
    assert any(problem.startswith(said) or said in problem for problem in problems(f"{SCREEN}{rule}\n"))


@pytest.mark.parametrize(
    "rule",
    [
        "universe: {market_value: {min: 0, max: 100000}, min_dollar_volume: 0}", "universe: {min_dollar_volume: 1000}",
        "require: {market_value: {min: -1e12}, dollar_volume: {min: 0}}", "require: {price: {min: 0.5}}",
        "items: {backlog: {}}\nrequire: {backlog: {min: 40}}", "require: {revenue: {min: 1}}",
        "items: {backlog: {unit: USD a share}}\nrequire: {backlog: {min: 4}}",
    ],
)  # fmt: skip
def test_amounts_in_dollars_nothing_and_prices_are_taken(rule):
    assert parse_model(f"{SCREEN}{rule}\n", Screen, "f")


@pytest.mark.parametrize(
    "rule",
    [
        "interest_coverage: {min: 15}", "market_value: {min: 50000000}", "current_ratio: {min: 2.5}", "price: {min: 5}",
        "sales_yield: {max: 10}", "return_on_equity: {min: 0.15}", "altman_z: {min: 3}", "leverage: {max: 1.2}",
        "revenue_growth: {max: 2}", "ohlson_o_score: {max: -5}", "sessions_since_listing: {min: 252}",
    ],
)  # fmt: skip
def test_a_threshold_in_the_factors_own_unit_is_taken(rule):
    assert parse_model(f"{SCREEN}require:\n  {rule}\n", Screen, "f").require


class Texts(StrictModel):
    """Texts under any names."""

    texts: dict[str, str]


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(
    text=st.one_of(
        st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=12),
        st.from_regex(r"[-+]?[0-9_.,:eExob]{1,8}", fullmatch=True),
        st.sampled_from(["yes", "no", "on", "~", "null", "true", "1e6", "010", "1:30", "2016-01-01", "", "=", "<<"]),
    )
)
def test_text_that_is_written_out_is_read_back_as_the_same_text(text):
    assert yaml.load(yaml.dump({"k": text}, Dumper=Dumper), Loader=Loader) == {"k": text}
    model = Texts(texts={"k": text})
    assert parse_model(to_yaml(model), Texts, "f") == model


@settings(max_examples=200, deadline=None)
@given(number=st.one_of(st.integers(-(10**12), 10**12), st.floats(allow_nan=False, allow_infinity=False)))
def test_a_number_that_is_written_out_is_read_back_as_the_same_number(number):
    found = yaml.load(yaml.dump({"k": number}, Dumper=Dumper), Loader=Loader)["k"]
    assert found == number


NUMBERS = {
    Screen: (
        "universe.min_price", "universe.min_dollar_volume", "universe.min_sessions_listed", "items.own.max_age_days",
        "require.leverage.min", "require.leverage.max", "require.leverage.quantile_min",
        "require.leverage.quantile_max", "require_any.leverage.min", "rank.leverage", "select.top", "select.keep_until",
    ),
    StrategyRules: (
        "month_offset", "max_weight", "max_sector_weight", "capital_usd", "costs.commission_bps", "costs.spread",
        "costs.impact.coefficient", "delisting.nyse", "min_coverage",
    ),
}  # fmt: skip
WORDS = {
    Screen: ("universe.missing_sector", "require.leverage.missing", "rank_within", "items.own.good"),
    StrategyRules: ("rebalance", "weights", "trade_at"),
}
FIRST_LINES = {Screen: "name: a\ndescription: d\n", StrategyRules: "name: a\nscreen: s\n"}


def written_at(key: str, value: str, model: type[StrictModel]) -> tuple[str, int]:
    """A file with a value at a nested key, each part of it on a line of its own, and that value's line."""
    parts = key.split(".")
    lines = FIRST_LINES[model].splitlines() + ["  " * depth + part + ":" for depth, part in enumerate(parts)]
    return "\n".join(lines) + f" {value}\n", len(lines)


@pytest.mark.parametrize("value", ["01001", "010", "1:30", "1_000,000", "yes", "no", "on", "0x10", "1_0", "2016-01-01"])
@pytest.mark.parametrize(
    ("model", "key"), [(model, key) for known in (NUMBERS, WORDS) for model, keys in known.items() for key in keys]
)
def test_no_key_takes_a_spelling_that_means_two_things(model, key, value):
    text, line = written_at(key, value, model)
    with pytest.raises(ConfigError) as caught:
        parse_model(text, model, "f.yaml")
    told = [problem for problem in str(caught.value).splitlines() if f"f.yaml:{line}: " in problem]
    assert any(key.split(".")[-1] in problem and value in problem for problem in told), str(caught.value)


@pytest.mark.parametrize("key", ["universe.members", "items.own.unit", "description"])
def test_a_key_of_text_keeps_every_sign_of_it(key):
    for value in ("01001", "1:30", "yes", "no"):
        text, _ = written_at(key, value, Screen)
        found = parse_model(
            text.replace("description: d\n", "" if key == "description" else "description: d\n"), Screen, "f"
        )
        for part in key.split("."):
            found = found[part] if isinstance(found, dict) else getattr(found, part)
        assert found == value


def doubts_of(rules):
    return parse_model(f"{SCREEN}require: {{{rules}}}\n", Screen, "f").doubts()


@pytest.mark.parametrize(
    ("rule", "meant"),
    [
        ("return_on_equity: {min: 1.5}", "min: 1.5 is 150 %; did you mean 0.015?"),
        ("return_on_assets: {min: 1}", "min: 1 is 100 %; did you mean 0.01?"),
        ("return_on_assets: {min: 0.5}", "min: 0.5 is 50 %; did you mean 0.005?"),
        ("earnings_yield: {min: 0.8}", "min: 0.8 is 80 %; did you mean 0.008?"),
        ("earnings_growth: {min: 2, max: 2.5}", "max: 2.5 is 250 %; did you mean 0.025?"),
        ("momentum_12_1: {min: -2}", "min: -2 is −200 %; did you mean -0.02?"),
        ("insider_ownership: {min: 1}", "min: 1 is 100 %; did you mean 0.01?"),
        ("sales_yield: {min: 20}", "min: 20 is 2,000 %; did you mean 0.2?"),
    ],
)
def test_a_threshold_that_hardly_anybody_means_is_asked_about(rule, meant):
    name = rule.split(":")[0]
    found = doubts_of(rule)
    assert f"require.{name}.{meant}" in found, found


@pytest.mark.parametrize(
    "rule",
    [
        "return_on_equity: {min: 0.15}",
        "earnings_yield: {min: 0.08}",
        "accruals: {max: 1}",
        "insider_ownership: {min: 0, max: 1}",
        "book_to_market: {min: 1.5}",
        "interest_coverage: {min: 3}",
        "altman_z: {min: 3}",
        "price: {min: 5}",
        "piotroski_f_score: {min: 7}",
        "unprofitable_entrant: {max: 0}",
        "return_on_assets: {min: -1000000000000, missing: pass}",
        "return_on_equity: {quantile_min: 0.5}",
    ],
)
def test_ordinary_and_open_thresholds_are_not_asked_about(rule):
    assert doubts_of(rule) == []


@pytest.mark.parametrize("unit", ["decimal a year", "ratio", "ratio a year"])
def test_a_factor_of_ones_own_is_held_to_its_unit(unit):
    mine = replace(FACTORS.find("return_on_equity"), name="mine", unit=unit)
    assert [key for key, _, _ in implausible(mine, {"min": 15.0, "max": 0.5})] == ["min"]
    assert list(doubtful(mine, {"min": 1.2})) == [("min", "1.2 is 120 %; did you mean 0.012?")]


def test_every_factor_whose_values_are_decimals_has_a_range_with_doubts_inside():
    for name in FACTORS.names():
        factor = FACTORS.find(name)
        allowed = plausible_range(factor)
        if factor.unit.startswith(("ratio", "decimal", "fraction", "share of")):
            assert allowed is not None, name
            assert allowed.low < allowed.high, name
            assert 100 * allowed.many > allowed.high or allowed.many == float("inf"), name
