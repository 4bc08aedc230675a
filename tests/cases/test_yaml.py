"""Thirty-three screens with one slip each: refused at its line, or read as a person means."""

import pytest

from active_edge.config import load_model
from active_edge.errors import ConfigError
from active_edge.screen import Screen, load_screen
from tests.cases.conftest import INPUTS

FOLDER = INPUTS / "yaml"
REFUSED = {
    "anchor": 0, "boolmissing": 3, "colon": 2, "comma": 3, "datemin": 3, "decimalcomma": 4, "docs": 3, "dollar": 3,
    "empty": 1, "gt": 3, "inf": 3, "latin": 2, "listreq": 3, "merge": 4, "million": 3, "minmax": 3, "negweight": 3,
    "nullv": 4, "octal": 3, "octal8": 3, "percent": 3, "quant": 3, "rank_list": 3, "sexagesimal": 3, "sixty": 3,
    "tab": 4, "underscore": 3, "year_name": 1,
}  # fmt: skip
"""Screen to the line of its slip."""
READ = {"bom", "crlf", "emoji", "norway", "num_1e6"}
NEITHER_MATTERS = {"anchor"}
"""An anchor that nothing points to may be read or refused."""


def test_every_file_is_looked_at():
    assert {file.stem for file in FOLDER.glob("*.yaml")} == set(REFUSED) | READ


@pytest.mark.parametrize("name", sorted(set(REFUSED) - NEITHER_MATTERS))
def test_a_slip_is_refused_at_its_line(name):
    with pytest.raises(ConfigError) as caught:
        load_screen(FOLDER / f"{name}.yaml")
    assert f"{name}.yaml:{REFUSED[name]}: " in str(caught.value)


@pytest.mark.parametrize("name", sorted(READ))
def test_what_a_person_means_is_read(name):
    assert load_screen(FOLDER / f"{name}.yaml").name in (name, "on")


def test_a_million_and_words_that_were_false_are_what_they_say():
    assert load_model(FOLDER / "num_1e6.yaml", Screen).universe.min_dollar_volume == 1_000_000
    assert load_model(FOLDER / "norway.yaml", Screen).description == "no"


def test_a_share_of_sixty_is_told_to_be_a_percentage():
    with pytest.raises(ConfigError, match=r"write 0\.6 for 60 %"):
        load_screen(FOLDER / "sixty.yaml")
