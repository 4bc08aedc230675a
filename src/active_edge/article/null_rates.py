"""How often each claim was supported or refuted where nothing is true of it, or where the truth lies on its bound.

`measure_null_rates` is run by ``scripts/docs.py --claims``; its table is committed beside this module and printed on
the page like every other rate.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from active_edge.article.answers import answer_claims
from active_edge.article.article import ARTICLE, Claim, load_claims
from active_edge.article.ground import Ground
from active_edge.article.worlds import world
from active_edge.verdicts import Word

TABLE = "null_rates.json"
COUNTED = "its number is counted and not estimated, so that there is no chance in it"
UNANSWERED = "no data can answer it as it is written, so that nothing can be found wrongly"
NO_RATE: Mapping[str, str] = dict.fromkeys(("C1", "C2", "C4"), COUNTED) | dict.fromkeys(("C11", "C15"), UNANSWERED)
"""Claims without a rate, and why."""
ON_BOUND: Mapping[str, float] = {"C6": 0.0, "C7": 0.0, "C12": 0.4, "C34": 0.0}
"""Claims on a level, and the effect that puts the truth of their world on its bound: of C12 a gap of ten points."""
ZERO, BOUND = "zero", "bound"
LONGER: Mapping[str, int] = {"C14": 120, "C18": 240, "C23": 240}
"""Claims that five years of months cannot answer, and months that can."""


@dataclass(frozen=True)
class NullRate:
    """Rates of one claim by its own statistic over `worlds` of `months` without an effect, from `seed` on; decimals.

    `truth` : "zero", or "bound" where the truth is the value the claim is held against, its `worth` with it.
    """

    claim: str
    family: str
    statistic: str
    worlds: int
    months: int
    seed: int
    supported: float
    refuted: float
    truth: str = ZERO


@cache
def null_rates() -> tuple[NullRate, ...]:
    """The committed rates, in the order of the register."""
    content = json.loads(files("active_edge.article").joinpath(TABLE).read_text(encoding="utf-8"))
    return tuple(NullRate(**rate) for rate in content)


def measure_null_rates(seeds: Iterable[int], *, months: int, claims: Iterable[str] = ()) -> list[NullRate]:
    """The rates over monthly worlds in which every effect is 0, a world a seed, each claim judged by itself.

    Parameters
    ----------
    months : how long each world is; those of `LONGER` are as long as it says.
    claims : ids; all of them where none is named. Those of `NO_RATE` have none.
    """
    drawn, found, asked = list(seeds), [], set(claims)
    for claim in load_claims(ARTICLE):
        if claim.id in NO_RATE or (asked and claim.id not in asked):
            continue
        length = LONGER.get(claim.id, months)
        for truth, effect, judged in _tested(claim):
            words = [_word(judged, world(claim.id, effect, seed=seed, months=length)) for seed in drawn]
            supported, refuted = (words.count(word) / len(drawn) for word in (Word.SUPPORTED, Word.REFUTED))
            counted = claim.id, claim.family, claim.statistic, len(drawn), length, drawn[0]
            found.append(NullRate(*counted, supported, refuted, truth))
    return found


def without_rate() -> dict[str, list[str]]:
    """Why there is no rate -> the claims of which there is none for that reason."""
    found: dict[str, list[str]] = {}
    for claim, why in NO_RATE.items():
        found.setdefault(why, []).append(claim)
    return found


def as_table(rates: Iterable[NullRate]) -> str:
    """The table as the text of its file."""
    rows: list[dict[str, Any]] = [asdict(rate) for rate in rates]
    return json.dumps(rows, indent=1) + "\n"


def _tested(claim: Claim) -> list[tuple[str, float, Claim]]:
    """What is true in the worlds of a claim, the effect that draws them, and the claim as it is judged there."""
    on_zero = (ZERO, 0.0, claim.model_copy(update={"worth": 0.0, "than": 0.0}))
    if claim.id not in ON_BOUND:
        return [on_zero]
    if isinstance(claim.than, list):
        return [(BOUND, ON_BOUND[claim.id], claim)]
    side = 1.0 if claim.holds == "above" else -1.0
    bound = claim.model_copy(update={"worth": 0.0, "than": claim.than + side * claim.worth})
    return [*([on_zero] if claim.worth else []), (BOUND, ON_BOUND[claim.id], bound)]


def _word(claim: Claim, ground: Ground) -> Word:
    return answer_claims([claim], ground)[0].verdict
