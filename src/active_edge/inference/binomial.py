"""Exact intervals of shares."""

from __future__ import annotations


def binomial_interval(hits: int, n: int, *, level: float = 0.05) -> tuple[float, float]:
    """Exact interval of a share of `hits` in `n`.

    Source: Clopper & Pearson (1934), doi:10.1093/biomet/26.4.404; covers at least 1 − level.
    """
    from scipy.special import betaincinv

    lower = 0.0 if hits == 0 else float(betaincinv(hits, n - hits + 1, level / 2.0))
    upper = 1.0 if hits == n else float(betaincinv(hits + 1, n - hits, 1.0 - level / 2.0))
    return lower, upper
