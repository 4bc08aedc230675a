"""docs/verdicts.md: the nine words, every combination of rungs that leads to each, and sentences of invented runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from types import MappingProxyType

import numpy as np
import pandas as pd

from active_edge.inference.alpha import AlphaEstimate, factor_alpha, mean_return
from active_edge.inference.comparison import BenchmarkResult, benchmark_comparison
from active_edge.inference.evidence import SELECTION, Evidence
from active_edge.inference.rungs import Rungs, word_of
from active_edge.inference.sample import Sample
from active_edge.inference.verdict import reach_verdict
from active_edge.verdicts import Word

HEAD = """# Verdicts

Made by `scripts/run scripts/docs.py` from the code that reaches them. [method.md](method.md) says what each rung is.

## The nine words

The first that applies, in the order of the second table.
"""
WHEN: Mapping[Word, str] = MappingProxyType(
    {
        Word.NOT_TESTABLE: "something needed is missing: an item, a benchmark, values for a tenth of the candidates of "
        "a strict rule, or factor returns where every benchmark is beaten",
        Word.TOO_SHORT: "fewer than 24 complete months, 36 where there are factor returns",
        Word.SUPPORTED: "alpha above zero with p ≤ 5 % after all trials on every benchmark, on the factors, and over "
        "its random twins, one-sided",
        Word.UNIVERSE: "benchmarks and factors are beaten, random picks from the same names are not, or none could "
        "be drawn",
        Word.FACTOR_TILT: "benchmarks are beaten, a mix of factors is not",
        Word.BENCHMARK_DEPENDENT: "some benchmarks are beaten, others not",
        Word.REFUTED: "every edge above 0.5 % a year is excluded on every benchmark, charged for all trials",
        Word.COULD_NOT_SEE: "the smallest edge visible on the yardstick is above 4 % a year",
        Word.NOT_DISTINGUISHABLE: "everything else: the data fit an edge and fit none",
    }
)
"""What each word takes, in the order in which they are tried."""
YES_NO = {True: "yes", False: "no", None: "none"}


def verdict_reference() -> str:
    """The page: words, table of rungs, thirty reasons with what would change them."""
    parts = [HEAD, *_words(), "\n## Every combination of rungs\n", *word_table(), "\n## Thirty sentences\n"]
    parts.append(
        "Invented runs of three to twenty years, so that a reader can judge the words without any of the numbers.\n"
    )
    return "\n".join([*parts, *_sentences()])


def rule_table() -> Iterator[str]:
    """What each word takes, in the order in which they are tried."""
    yield "| verdict | when |"
    yield "|---|---|"
    yield from (f"| {word} | {when} |" for word, when in WHEN.items())


def _words() -> Iterator[str]:
    yield "| | word | means | do |"
    yield "|---|---|---|---|"
    for word in Word:
        yield f"| {word.mark} | {word} | {word.meaning} | {word.consequence} |"


def every_combination() -> list[Rungs]:
    """All rungs there can be with two benchmarks."""
    either, maybe = (True, False), (True, False, None)
    pairs = list(product(either, either))
    return [Rungs(*values) for values in product(either, either, pairs, maybe, maybe, either, either)]


def word_table() -> Iterator[str]:
    """Rows of rungs that share a word, a dash where it does not matter."""
    yield "| data | months | benchmarks beaten | factors | twins | all edges excluded | 4 % visible | word |"
    yield "|---|---|---|---|---|---|---|---|"
    seen: dict[tuple[str, ...], None] = {}
    for rungs in every_combination():
        seen[_row(rungs)] = None
    yield from (f"| {' | '.join(row)} |" for row in seen)


def _row(rungs: Rungs) -> tuple[str, ...]:
    word = word_of(rungs)
    beaten = "all" if all(rungs.benchmarks) else "some" if any(rungs.benchmarks) else "none"
    cells = {
        "data": YES_NO[rungs.testable],
        "months": YES_NO[rungs.long_enough],
        "beaten": beaten,
        "factors": YES_NO[rungs.factors],
        "twins": YES_NO[rungs.twins],
        "excluded": YES_NO[rungs.excluded],
        "visible": YES_NO[rungs.visible],
    }
    return (*(cells[name] if _matters(rungs, name) else "–" for name in cells), str(word))


def _matters(rungs: Rungs, name: str) -> bool:
    """Whether the word was still open when this rung was looked at."""
    every, some = all(rungs.benchmarks), any(rungs.benchmarks)
    judged = rungs.testable and rungs.long_enough
    return {
        "data": True,
        "months": rungs.testable,
        "beaten": judged,
        "factors": judged and every,
        "twins": judged and every and rungs.factors is True,
        "excluded": judged and not some,
        "visible": judged and not some and not rungs.excluded,
    }[name]


def _sentences() -> Iterator[str]:
    for number, evidence in enumerate(invented_evidence(), start=1):
        found = reach_verdict(evidence)
        yield f"{number}. **{found.verdict}.** {found.reason}"
        yield f"   *What would change this:* {'. '.join(found.would_change)}.\n"


def invented_evidence() -> list[Evidence]:
    """Evidence of invented runs, several for each word and each of another kind."""
    strong = _evidence(240, 0.008, (0.06, 0.05), 1, seed=1)
    searched = _evidence(240, 0.008, (0.06, 0.05), 400, seed=1)
    weak = _evidence(120, 0.008, (0.01, 0.004), 1, seed=8)
    luck = _evidence(240, 0.008, (-0.004, -0.006), 40, seed=4)
    poor = _evidence(240, 0.008, (-0.03, -0.04), 1, seed=12)
    split = _evidence(240, 0.008, (0.06, 0.0), 12, seed=11)
    third = {"IWC": _against(240, 0.008, 0.045, 77, "IWC")}
    lost = {"rule": 0.05, "unknown_lost": -0.012}
    silent = {"insider_ownership": 0.04, "domestic_revenue": 0.07}
    return [
        strong,
        replace(searched, benchmarks={**searched.benchmarks, **third}),
        replace(strong, first_look="2024-03-31"),
        replace(strong, delisting=lost),
        replace(strong, untested=silent),
        replace(strong, doubts={"survivorship": "0.3 % of the names end in a year, real small caps 5 to 8 %"}),
        replace(strong, twins=_gap(240, 0.001)),
        replace(searched, twins=_gap(240, 0.012)),
        replace(strong, twins=None),
        replace(strong, factors=_on_factors(240, -0.012)),
        replace(strong, factors=_on_factors(240, 0.002)),
        replace(searched, factors=_on_factors(240, 0.018)),
        split,
        _evidence(60, 0.025, (0.14, 0.05), 1, seed=36),
        replace(strong, benchmarks={**third, **split.benchmarks}),
        poor,
        replace(_evidence(40, 0.008, (-0.05, -0.06), 1, seed=60), twins=None),
        _evidence(240, 0.025, (0.06, 0.05), 12, seed=13),
        _evidence(120, 0.025, (-0.03, -0.04), 1, seed=20),
        _evidence(60, 0.008, (-0.03, -0.04), 12, seed=23),
        _evidence(40, 0.025, (0.01, 0.004), 1, seed=31),
        weak,
        replace(luck, doubts=dict.fromkeys(("adjusted closes", "survivorship"), "")),
        replace(_evidence(240, 0.008, (0.008, 0.006), 1, seed=5), first_look="2021-06-30"),
        replace(weak, months=14, factors=None),
        replace(weak, months=30),
        replace(strong, coverage={"insider_ownership": 0.02}, why_thin={"insider_ownership": "only 12-month figures"}),
        replace(strong, factors=None),
        replace(strong, benchmarks={}, untestable={"IJR": "this market has no series of that name"}),
        replace(strong, benchmarks={}, untestable={SELECTION: "no name ever passed every rule"}),
    ]


def _evidence(months: int, noise: float, edge: tuple[float, float], trials: int, *, seed: int) -> Evidence:
    against = {
        name: _against(months, noise, alpha, seed + place, name)
        for place, (name, alpha) in enumerate(zip(("IWM", "IJR"), edge, strict=True))
    }
    return Evidence(
        against,
        trials=trials,
        months=months,
        factors=_on_factors(months, edge[0] - 0.01),
        twins=_gap(months, edge[1]),
    )


def _against(months: int, noise: float, alpha: float, seed: int, name: str) -> BenchmarkResult:
    rng = np.random.default_rng(seed)
    index = rng.normal(0.008, 0.05, months)
    own = index + rng.normal(0.0, noise, months)
    first = benchmark_comparison(_sample(own).against(_series(index), name), benchmark_is_total_return=True)
    own += (alpha - first.alpha.alpha_annual) / 12.0
    return benchmark_comparison(_sample(own).against(_series(index), name), benchmark_is_total_return=True)


def _on_factors(months: int, alpha: float) -> AlphaEstimate:
    rng = np.random.default_rng(months)
    market = rng.normal(0.008, 0.05, months)
    own = market + rng.normal(0.0, 0.008, months)
    table = _series(market).to_frame("MKT_RF")
    own += (alpha - factor_alpha(_sample(own).on(table)).alpha_annual) / 12.0
    return factor_alpha(_sample(own).on(table))


def _gap(months: int, alpha: float) -> AlphaEstimate:
    drawn = np.random.default_rng(months + 1).normal(0.0, 0.006, months)
    return mean_return(_sample(drawn - drawn.mean() + alpha / 12.0))


def _series(values: np.ndarray) -> pd.Series:
    return pd.Series(values, index=pd.date_range("2005-01-31", periods=len(values), freq="ME"))


def _sample(values: np.ndarray) -> Sample:
    return Sample.of(_series(values), periods_per_year=12.0)
