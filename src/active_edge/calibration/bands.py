"""What a measured rate may be by luck alone, and what is said of one that lies outside."""

from __future__ import annotations

from dataclasses import dataclass

from active_edge.words import interval, percent

WRONG = 0.01
"""Chance, over all rates of a campaign together, that one lies outside its band though its test is right."""


@dataclass(frozen=True)
class Band:
    """Counts that are told from the nominal rate by luck alone: `low` to `high` of `n`, both included."""

    low: int
    high: int
    n: int

    def holds(self, hits: int) -> bool:
        """Whether a count lies inside."""
        return self.low <= hits <= self.high

    @property
    def shares(self) -> tuple[float, float]:
        """The band as shares."""
        return self.low / self.n, self.high / self.n


def band(n: int, rate: float, rates: int, *, conservative: bool = False) -> Band:
    """The exact binomial band around a nominal rate, at 1 − 1 %/`rates`.

    Parameters
    ----------
    n : worlds.
    rates : measured together, among which the chance of being wrong is shared.
    conservative : a test built to reject less often has only an upper bound.
    """
    from scipy.stats import binom

    outside = WRONG / rates
    if conservative:
        return Band(0, int(binom.ppf(1.0 - outside, n, rate)), n)
    return Band(int(binom.ppf(outside / 2.0, n, rate)), int(binom.ppf(1.0 - outside / 2.0, n, rate)), n)


def told(hits: int, of: Band, nominal: float) -> str:
    """A sentence for an allocator where the count lies outside the band; empty inside."""
    if of.holds(hits):
        return ""
    often = f"said to be wrong in {percent(nominal)} of worlds without an edge, it is wrong in {percent(hits / of.n)}"
    if hits > of.high:
        return f"Too bold: {often}; ask more of its p than {number_of(nominal)}."
    low, high = of.shares
    return f"Cautious: {often} (luck allows {interval(low, high, sign=False)}); it misses more than it must."


def number_of(share: float) -> str:
    """A level as it is written beside a p."""
    return f"{share:g}"
