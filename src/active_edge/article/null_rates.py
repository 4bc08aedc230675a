"""How often each claim was supported or refuted in worlds in which nothing is true of them.

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

from active_edge.article.answers import ANSWERS, answer_claims
from active_edge.article.article import ARTICLE, Claim, load_claims
from active_edge.article.ground import Ground
from active_edge.article.worlds import DATED, MAKERS, world
from active_edge.verdicts import Word

TABLE = "null_rates.json"
NO_NULL = frozenset({"C7", "C8", "C34"})
"""Claims of a level or a share, of which no world without an effect can be drawn: their worlds hold or fail."""


LONGER: Mapping[str, int] = {"C14": 120, "C18": 240, "C23": 240}
"""Claims that five years of months cannot answer, and months that can."""


@dataclass(frozen=True)
class NullRate:
    """Rates of one claim by its own statistic over `worlds` of `months` without an effect, from `seed` on; decimals."""

    claim: str
    family: str
    statistic: str
    worlds: int
    months: int
    seed: int
    supported: float
    refuted: float


@cache
def null_rates() -> tuple[NullRate, ...]:
    """The committed rates, in the order of the register."""
    content = json.loads(files("active_edge.article").joinpath(TABLE).read_text(encoding="utf-8"))
    return tuple(NullRate(**rate) for rate in content)


def measure_null_rates(seeds: Iterable[int], *, months: int, families: tuple[str, ...] = ()) -> list[NullRate]:
    """The rates over monthly worlds in which every effect is 0, a world a seed, each claim judged by itself.

    A claim that no world answers has no rate; a fact that is counted and not estimated is no test and is left out.

    Parameters
    ----------
    months : how long each world is; those of `LONGER` are as long as it says.
    families : whose claims; all of them where none is named.
    """
    drawn, found = list(seeds), []
    for claim in load_claims(ARTICLE):
        if not _is_tested(claim) or (families and claim.family not in families):
            continue
        length = LONGER.get(claim.id, months)
        words = [_word(claim, world(claim.id, 0.0, seed=seed, months=length)) for seed in drawn]
        if any(word in ANSWERS for word in words):
            rates = (words.count(word) / len(drawn) for word in (Word.SUPPORTED, Word.REFUTED))
            found.append(NullRate(claim.id, claim.family, claim.statistic, len(drawn), length, drawn[0], *rates))
    return found


def as_table(rates: Iterable[NullRate]) -> str:
    """The table as the text of its file."""
    rows: list[dict[str, Any]] = [asdict(rate) for rate in rates]
    return json.dumps(rows, indent=1) + "\n"


def _is_tested(claim: Claim) -> bool:
    return claim.id in MAKERS and claim.id not in DATED and claim.holds != "between" and claim.id not in NO_NULL


def _word(claim: Claim, ground: Ground) -> Word:
    return answer_claims([claim.model_copy(update={"worth": 0.0, "than": 0.0})], ground)[0].verdict
