"""How often claims of each family were supported or refuted in worlds in which nothing is true of them.

`measure_null_rates` is run by ``scripts/docs.py --claims``; its table is committed beside this module and printed on
the page like every other rate.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from active_edge.article.answers import ANSWERS, answer_claims
from active_edge.article.article import ARTICLE, Claim, load_claims
from active_edge.article.ground import Ground
from active_edge.article.worlds import MAKERS, world
from active_edge.verdicts import Word

TABLE = "null_rates.json"
NO_NULL = frozenset({"C7", "C8", "C34"})
"""Claims of a level or a share, of which no world without an effect can be drawn: their worlds hold or fail."""


@dataclass(frozen=True)
class NullRate:
    """Rates of one family over `worlds` of `months` without an effect, drawn from `seed` on; decimals of answers."""

    family: str
    worlds: int
    months: int
    seed: int
    claims: tuple[str, ...]
    supported: float
    refuted: float


@cache
def null_rates() -> tuple[NullRate, ...]:
    """The committed rates, in the order of the register."""
    content = json.loads(files("active_edge.article").joinpath(TABLE).read_text(encoding="utf-8"))
    return tuple(NullRate(**(rate | {"claims": tuple(rate["claims"])})) for rate in content)


def measure_null_rates(seeds: Iterable[int], *, months: int, families: tuple[str, ...] = ()) -> list[NullRate]:
    """The rates over monthly worlds in which every effect is 0, a world a seed, each claim judged by itself.

    A claim that got no answer in a world (too short, not testable) counts in neither rate's numerator; a fact that is
    counted and not estimated is no test and is left out.
    """
    claims = [
        claim for claim in load_claims(ARTICLE) if _is_tested(claim) and (not families or claim.family in families)
    ]
    drawn = list(seeds)
    words: dict[str, list[Word]] = {}
    for seed in drawn:
        for claim in claims:
            words.setdefault(claim.name, []).append(_word(claim, world(claim.id, 0.0, seed=seed, months=months)))
    found = []
    for family in dict.fromkeys(claim.family for claim in claims):
        inside = [claim for claim in claims if claim.family == family]
        told = [word for claim in inside for word in words[claim.name] if word in ANSWERS]
        if told:
            found.append(
                NullRate(
                    family,
                    len(drawn),
                    months,
                    drawn[0],
                    tuple(claim.id for claim in inside if any(word in ANSWERS for word in words[claim.name])),
                    sum(word == Word.SUPPORTED for word in told) / len(told),
                    sum(word == Word.REFUTED for word in told) / len(told),
                )
            )
    return found


def as_table(rates: Iterable[NullRate]) -> str:
    """The table as the text of its file."""
    rows: list[dict[str, Any]] = [asdict(rate) for rate in rates]
    return json.dumps(rows, indent=1) + "\n"


def _is_tested(claim: Claim) -> bool:
    return claim.id in MAKERS and claim.holds != "between" and claim.id not in NO_NULL


def _word(claim: Claim, ground: Ground) -> Word:
    return answer_claims([claim.model_copy(update={"worth": 0.0, "than": 0.0})], ground)[0].verdict
