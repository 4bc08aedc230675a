"""The words of a verdict, best first, and all that hangs on each: its meaning, its mark, its colour.

Everything that reaches a verdict ends in one of them: a run (`inference.verdict`), a test of published returns
(`published.findings`), a claim (`article.claims`). Everything that shows one looks it up here.
"""

from __future__ import annotations

from enum import StrEnum

from active_edge.errors import DataError


class Word(StrEnum):
    """One verdict; it is its own text. Their order is that in which lists sort them, best first.

    Attributes
    ----------
    meaning : what it means to someone who invests, in a sentence.
    consequence : what to do about it, in a sentence.
    mark : one character that tells it apart without colour.
    colour : name of its colour in the palette.
    """

    meaning: str
    consequence: str
    mark: str
    colour: str

    SUPPORTED = (
        "supported",
        "It beat every benchmark, the factors and its random twins by more than luck, costs and all attempts explain.",
        "Leave it unchanged and follow it on months nobody has seen before trusting it with money.",
        "✓",
        "supported",
    )
    UNIVERSE = (
        "universe, not selection",
        "It beat the benchmarks and the factors, but was not shown to beat random picks from the same names.",
        "Hold the whole universe, cheaply; the rules added nothing that can be told from luck.",
        "◑",
        "universe",
    )
    FACTOR_TILT = (
        "factor tilt",
        "It beat the benchmarks, but was not shown to beat a mix of factors that anyone can buy.",
        "Buy the tilt from a cheap fund, unless more months show an alpha beyond the factors.",
        "◔",
        "tilt",
    )
    BENCHMARK_DEPENDENT = (
        "benchmark-dependent",
        "The answer hangs on what the portfolio is compared with.",
        "Ask which benchmark you would hold instead, and read that row alone.",
        "◐",
        "depends",
    )
    NOT_DISTINGUISHABLE = (
        "not distinguishable",
        "These data cannot tell an edge from luck, in either direction.",
        "Treat it as no edge until more months say otherwise.",
        "≈",
        "undecided",
    )
    COULD_NOT_SEE = (
        "could not have seen it",
        "Even an edge of 4 % a year could well have gone unseen in so few or so noisy months.",
        "Lengthen the history or narrow the tracking error before asking again.",
        "∅",
        "unseen",
    )
    REFUTED = (
        "refuted",
        "If there is an edge at all, it is too small to be worth having.",
        "Drop it, or buy the benchmark.",
        "✕",
        "refuted",
    )
    TOO_SHORT = (
        "too short to judge",
        "There are fewer complete months than any test of an edge needs.",
        "Read paths and risk, and wait, or run over more years.",
        "…",
        "short",
    )
    NOT_TESTABLE = (
        "not testable",
        "The data needed to answer this are not there.",
        "Bring the data that are named, then run it again.",
        "?",
        "untestable",
    )

    def __new__(cls, text: str, meaning: str = "", consequence: str = "", mark: str = "", colour: str = "") -> Word:
        word = str.__new__(cls, text)
        word._value_ = text
        word.meaning, word.consequence, word.mark, word.colour = meaning, consequence, mark, colour
        return word


BEATS_A_BENCHMARK = frozenset({Word.SUPPORTED, Word.UNIVERSE, Word.FACTOR_TILT, Word.BENCHMARK_DEPENDENT})
"""Words that say that at least one benchmark was passed."""


def require_verdict(verdict: str, where: str) -> None:
    """Nothing, when `verdict` is one of the words.

    Raises
    ------
    DataError
        It is not; the message names `where` and the words.
    """
    if verdict not in tuple(Word):
        raise DataError(f"{where} is {verdict!r}; a verdict is one of {', '.join(Word)}.")
