"""A verdict is its own text, and says what it means."""

import json

import pytest

from active_edge.verdicts import Word


def test_the_words_are_these_nine_best_first():
    assert [str(word) for word in Word] == [
        "supported",
        "universe, not selection",
        "factor tilt",
        "benchmark-dependent",
        "not distinguishable",
        "could not have seen it",
        "refuted",
        "too short to judge",
        "not testable",
    ]


@pytest.mark.parametrize("word", Word)
def test_a_word_is_stored_and_read_as_its_text(word):
    assert json.loads(json.dumps({"verdict": word})) == {"verdict": str(word)}
    assert Word(str(word)) is word
    assert f"{word}" == word.value
    assert word.meaning.endswith(".")
    assert word.consequence.endswith(".")


def test_any_other_word_is_refused():
    with pytest.raises(ValueError, match="probably"):
        Word("probably")
