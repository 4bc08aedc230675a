"""Files that are wrong, tangled or hostile: every problem at once, at its line, and quickly."""

import os
from pathlib import Path

import pytest

from active_edge.cli.loading import load_any
from active_edge.config import LONGEST_FILE, parse_model
from active_edge.errors import ConfigError
from active_edge.screen import Screen
from active_edge.strategy import StrategyRules, load_strategy

HEAD = "name: bad\ndescription: d\n"


def problems(text, model=Screen):
    with pytest.raises(ConfigError) as caught:
        parse_model(text, model, "f.yaml")
    return str(caught.value).splitlines()


def test_a_misspelt_factor_is_told_together_with_what_is_wrong_elsewhere():
    told = problems(
        HEAD + "require:\n  interest_covrage: {min: 1}\n  leverage: {quantile_max: 50}\n"
        "rank:\n  market_value: 1\n  gross_margin: -2\n  accruels: 1\n"
    )
    assert [line.split(": ")[0] for line in told] == ["f.yaml:4", "f.yaml:5", "f.yaml:7", "f.yaml:8", "f.yaml:9"]
    assert "did you mean interest_coverage?" in told[0]
    assert "no good direction" in told[2]
    assert "must be above 0" in told[3]
    assert "did you mean accruals?" in told[4]


def test_an_alias_is_refused_before_it_can_grow():
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]" for old, new in zip("abcdefgh", "bcdefghi", strict=True)]
    assert problems("\n".join(lines)) == ["f.yaml:2: *a: aliases are not read; write the value out"]


def test_bottomless_nesting_is_refused():
    assert "nested more than" in problems(HEAD + "rank: " + "[" * 5000)[0]


def test_an_endless_file_is_refused():
    assert "characters" in problems("#" * (LONGEST_FILE + 1))[0]


def test_a_megabyte_of_keys_is_refused_by_their_number_before_they_are_read():
    assert problems("name: a\n" * 120_000) == [
        "f.yaml:10000: more than 20,000 keys and values; at most so many are read"
    ]


def test_a_book_in_one_value_is_refused_before_it_is_read_line_by_line():
    book = "name: a\ndescription: |\n" + "  word word word\n" * 50_000
    assert problems(book) == ["f.yaml:2: a value of 750,000 characters; at most 20,000 are read"]
    assert problems("description: " + "x" * 20_001)[0].startswith("f.yaml:1: a value of 20,001 characters")


def test_what_is_no_ordinary_file_is_refused_and_never_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.yaml")
    for file in (tmp_path / "pipe.yaml", Path("/dev/zero")):
        with pytest.raises(ConfigError, match=r"not an ordinary file|is no YAML file|is not a YAML file"):
            load_any(file)
    (tmp_path / "long.yaml").write_text("#" * (LONGEST_FILE + 1))
    with pytest.raises(ConfigError, match="at most 1,000,000 are read"):
        load_any(tmp_path / "long.yaml")


def test_a_number_too_long_to_read_is_a_problem_and_no_crash():
    assert "a value is impossible" in problems(f"name: bad\ndescription: {'9' * 5000}\n")[0]


@pytest.mark.parametrize("text", ["[" * 5000, "description: 2020-99-99", "a: &a 1\nb: *a", "- 1", "", "screen: {"])
def test_a_file_of_no_kind_is_an_error_in_words(tmp_path, text):
    file = tmp_path / "f.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=r"f\.yaml"):
        load_any(file)


def test_text_where_a_number_belongs_says_how_numbers_are_written():
    told = problems("name: s\nscreen: s\ncapital_usd: much\nmax_weight: 3%\n", StrategyRules)
    assert told == [
        "f.yaml:3: capital_usd: 'much' is text; write a plain number, such as 0.05 or 1000000",
        "f.yaml:4: max_weight: '3%' is text; write decimals without a percent sign: 0.05 for 5%",
    ]


@pytest.mark.parametrize(("schedule", "most"), [("once", 0), ("monthly", 0), ("quarterly", 2), ("annual", 11)])
def test_an_offset_longer_than_the_period_is_found_without_data(schedule, most):
    text = f"name: s\nscreen: s\nrebalance: {schedule}\nmonth_offset: "
    assert parse_model(f"{text}{most}\n", StrategyRules, "f.yaml").month_offset == most
    assert "f.yaml:4: month_offset" in problems(f"{text}{most + 1}\n", StrategyRules)[0]


def test_a_strategy_whose_screen_is_missing_says_which_and_where(tmp_path):
    (tmp_path / "thesis.yaml").write_text(HEAD)
    file = tmp_path / "s.yaml"
    file.write_text("name: s\nscreen: thesys\n")
    with pytest.raises(ConfigError, match=r"s\.yaml: screen: there is no thesys\.yaml .*did you mean thesis\?"):
        load_strategy(file)
