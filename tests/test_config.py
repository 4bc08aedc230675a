"""Strict YAML: everything wrong with a file is said at once, with its line."""

import pytest

from active_edge.config import parse_model, to_yaml
from active_edge.errors import ConfigError
from active_edge.screen import Screen
from active_edge.strategy import StrategyRules
from active_edge.words import nearest

BROKEN = """name: Broken Name
description: every line below is wrong in its own way
universe:
  cap_rank: [3000, 1001]
  min_prise: 3
  min_price: "3"
  exclude_sectors: [finance]
require:
  interest_covrage: {min: 3.0}
rank:
  accruals: -1
rank_within: sectr
select: {top: 0}
select: {top: 10, keep_until: 5}
"""


def problems(text: str, model=Screen) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse_model(text, model, "file.yaml")
    return str(caught.value).splitlines()


def test_every_problem_of_a_file_is_reported_with_its_line_and_remedy():
    said = problems(BROKEN)
    expected = {
        "file.yaml:1: name:": "Broken Name",
        "file.yaml:4: universe.cap_rank:": "1 <= first <= last",
        "file.yaml:5: universe.min_prise:": "did you mean min_price?",
        "file.yaml:6: universe.min_price:": "'3'",
        "file.yaml:7: universe.exclude_sectors:": "did you mean financials?",
        "file.yaml:9: require.interest_covrage:": "did you mean interest_coverage?",
        "file.yaml:11: rank.accruals:": "must be above 0",
        "file.yaml:12: rank_within:": "did you mean sector?",
        "file.yaml:14: select: given twice": "line 13",
    }
    for place, words in expected.items():
        assert any(line.startswith(place) and words in line for line in said), (place, said)


def test_a_bound_the_wrong_way_round_is_refused_at_its_line():
    text = "name: a\ndescription: b\nrequire:\n  leverage: {min: 2.0, max: 1.0}\n"
    assert any("file.yaml:4: require.leverage: min 2.0 is above max 1.0" in line for line in problems(text))


@pytest.mark.parametrize("number", [".nan", ".inf", "-.inf"])
def test_numbers_that_are_none_are_refused(number):
    text = f"name: a\ndescription: b\nuniverse: {{min_price: {number}}}\n"
    assert any(":3: universe.min_price" in line for line in problems(text))


def test_text_that_is_no_yaml_or_no_mapping_is_refused_with_a_line():
    assert problems("name: [unclosed\n")[0].startswith("file.yaml:2: not YAML")
    assert "must be a mapping" in problems("- a\n- b\n")[0]
    assert "must be a mapping" in problems("")[0]


def test_yaml_tags_cannot_name_code():
    assert "tags are not read" in problems("name: !!python/object/apply:os.system ['true']\n")[0]


def test_missing_keys_are_named():
    assert any("description: missing" in line for line in problems("name: a\n"))


def test_a_resolved_model_reads_back_equal():
    rules = parse_model("name: a\nscreen: b\n", StrategyRules, "s.yaml")
    assert parse_model(to_yaml(rules), StrategyRules, "again.yaml") == rules


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("rebalance: quaterly", "did you mean quarterly?"),
        ("max_weight: 1.5", "less than or equal to 1"),
        ("capital_usd: 0", "greater than 0"),
        ("costs: {spread: estimate}", "estimated"),
        ("costs: {spread: true}", "estimated"),
        ("delisting: {unknown: 0.5}", "from -1 to 0"),
        ("benchmarks: []", "at least 1"),
    ],
)
def test_strategy_errors_say_bound_or_nearest_name(line, words):
    said = problems(f"name: a\nscreen: b\n{line}\n", StrategyRules)
    assert any(text.startswith("file.yaml:3: ") and words in text for text in said), said


def test_a_name_near_no_other_lists_the_valid_ones():
    assert nearest("zzzz", ["alpha", "beta"]) == "valid: alpha, beta"
