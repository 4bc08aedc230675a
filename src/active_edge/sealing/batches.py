"""What batches of sealed strategies show together: that one of them has an edge, which, and all seals of a folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from active_edge.inference.multiple import e_benjamini_hochberg, mean_e_value
from active_edge.sealing.follow import Followed
from active_edge.sealing.seal import Seal


@dataclass(frozen=True, eq=False)
class Batch:
    """Strategies sealed together.

    Attributes
    ----------
    followed : one each that could be followed.
    unfollowed : name -> why it could not be; its e-value counts as 1.
    mean : (n_months,) e-value that at least one of them has an edge.
    months : of `mean`.
    listed : names found by e-BH with 5 % false discoveries, strongest first, after the last month.
    """

    seal: Seal
    hash: str
    followed: tuple[Followed, ...]
    unfollowed: dict[str, str]
    mean: np.ndarray
    months: tuple[str, ...]
    listed: tuple[str, ...]

    @property
    def weight(self) -> float:
        """1/(b(b+1)) of batch b: however many follow, the weights sum to no more than 1."""
        return 1.0 / (self.seal.batch * (self.seal.batch + 1))

    def some_edge(self) -> str | None:
        """The first month after which at least one of them is shown to have an edge; None where none is."""
        places = np.flatnonzero(self.mean >= self.seal.test.claim)
        return self.months[int(places[0])] if len(places) else None


def batch_of(seal: Seal, digest: str, found: Sequence[Followed], unfollowed: dict[str, str]) -> Batch:
    """The evidence of a batch as a whole."""
    months = max((one.months for one in found), key=len, default=())
    n = len(seal.strategies)
    # A strategy whose data end earlier stays where it was: an e-value may be stopped, and is never forgotten.
    paths = [_lengthened(one.e, len(months)) for one in found] + [np.ones(len(months))] * (n - len(found))
    mean = np.array([mean_e_value([path[place] for path in paths]) for place in range(len(months))])
    names = [*(one.sealed.name for one in found), *unfollowed]
    now = [path[-1] if len(months) else 1.0 for path in paths]
    listed = tuple(names[place] for place in e_benjamini_hochberg(now))
    return Batch(seal, digest, tuple(found), dict(unfollowed), mean, months, listed)


def folder_evidence(batches: Sequence[Batch]) -> tuple[tuple[str, ...], np.ndarray]:
    """Months, and the e-value that at least one strategy of all batches has an edge: Σ w e + 1 − Σ w."""
    months = sorted({month for batch in batches for month in batch.months})
    total = np.ones(len(months))
    for batch in batches:
        known = dict(zip(batch.months, batch.mean, strict=True))
        e = 1.0
        for place, month in enumerate(months):
            e = known.get(month, e)
            total[place] += batch.weight * (e - 1.0)
    return tuple(months), total


def _lengthened(path: np.ndarray, n: int) -> np.ndarray:
    last = path[-1:] if len(path) else np.ones(1)
    return np.concatenate([path, np.repeat(last, n - len(path))])
