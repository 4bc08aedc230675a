"""The words of a verdict, best first, and all that hangs on each: its meaning, its mark, its colour.

Everything that reaches a verdict ends in one of them: a run (`inference.verdict`), a test of published returns
(`published.findings`), a claim (`article.claims`). Everything that shows one looks it up here.
"""

from __future__ import annotations

from enum import StrEnum

from active_edge.errors import DataError


class Word(StrEnum):
    """One verdict; it is its own text.

    Attributes
    ----------
    meaning : what it means to someone who invests, in a sentence.
    mark : one character that tells it apart without colour.
    colour : name of its colour in the palette.
    """

    meaning: str
    mark: str
    colour: str

    SUPPORTED = (
        "supported",
        "The portfolio beat every benchmark by more than luck, costs and the number of attempts explain.",
        "✓",
        "supported",
    )
    BENCHMARK_DEPENDENT = (
        "benchmark-dependent",
        "The answer hangs on what the portfolio is compared with.",
        "◐",
        "depends",
    )
    NOT_DISTINGUISHABLE = (
        "not distinguishable",
        "These data cannot tell an edge from luck, in either direction.",
        "≈",
        "undecided",
    )
    REFUTED = ("refuted", "If there is an edge at all, it is too small to be worth having.", "✕", "refuted")
    NOT_TESTABLE = ("not testable", "The data needed to answer this are not there.", "?", "untestable")

    def __new__(cls, text: str, meaning: str = "", mark: str = "", colour: str = "") -> Word:
        word = str.__new__(cls, text)
        word._value_ = text
        word.meaning, word.mark, word.colour = meaning, mark, colour
        return word


def require_verdict(verdict: str, where: str) -> None:
    """Nothing, when `verdict` is one of the words.

    Raises
    ------
    DataError
        It is not; the message names `where` and the words.
    """
    if verdict not in tuple(Word):
        raise DataError(f"{where} is {verdict!r}; a verdict is one of {', '.join(Word)}.")
