"""Adjusting for how many things were tried."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from active_edge.errors import InferenceError
from active_edge.inference.checks import check_trials


def bonferroni(p: float, trials: int) -> float:
    """Return min(1, N·p): bounds the family-wise error under any dependence between the trials.

    Source: Dunn (1961), doi:10.1080/01621459.1961.10482090.
    """
    return min(1.0, check_trials(trials) * float(_p_values([p])[0]))


def holm(p_values: Sequence[float] | np.ndarray) -> np.ndarray:
    """Return step-down adjusted p-values, in the order given: p̃₍ᵢ₎ = max_{j≤i} min(1, (N − j + 1) p₍ⱼ₎).

    Family-wise error is held under any dependence.

    Source: Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of
    Statistics 6(2), https://www.jstor.org/stable/4615733.
    """
    p = _p_values(p_values)
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    return _restore(np.minimum(stepped, 1.0), order)


def benjamini_hochberg(p_values: Sequence[float] | np.ndarray, *, dependent: bool = False) -> np.ndarray:
    """Return step-up adjusted p-values (false discovery rate): p̃₍ᵢ₎ = min_{j≥i} min(1, c N p₍ⱼ₎ / j).

    Parameters
    ----------
    dependent
        False: c = 1, valid for independent or positively dependent tests. True: c = Σ 1/j, any dependence.

    Source: Benjamini & Hochberg (1995), doi:10.1111/j.2517-6161.1995.tb02031.x; Benjamini & Yekutieli (2001),
    doi:10.1214/aos/1013699998.
    """
    p = _p_values(p_values)
    n = len(p)
    ranks = np.arange(1, n + 1)
    constant = float((1.0 / ranks).sum()) if dependent else 1.0
    order = np.argsort(p, kind="stable")
    stepped = np.minimum.accumulate((p[order] * constant * n / ranks)[::-1])[::-1]
    return _restore(np.minimum(stepped, 1.0), order)


def sidak(p: float, trials: int) -> float:
    """Return 1 − (1 − p)^N, the chance that the best of N independent trials looks this good."""
    return float(-np.expm1(check_trials(trials) * np.log1p(-min(float(_p_values([p])[0]), 1.0 - 1e-16))))


def haircut_sharpe(sharpe_annual: float, years: float, trials: int, *, method: str = "bonferroni") -> float:
    """Return the annual Sharpe ratio left after the number of trials is charged for.

    The ratio's two-sided p under t = SR·√years is adjusted for N trials and turned back into a ratio:
    SR* = Φ⁻¹(1 − p̃/2) / √years, with the sign of SR.

    Parameters
    ----------
    method
        "bonferroni" (N·p) or "sidak" (1 − (1 − p)^N).

    Source: Harvey & Liu (2015), Backtesting, Journal of Portfolio Management 42(1), doi:10.3905/jpm.2015.42.1.013,
    eqs. 3–5. Deviation: normal in place of Student's t, and no simulated family of other tests' p-values, so Holm
    and BHY haircuts are taken with `holm` and `benjamini_hochberg` on the ledger's own p-values.

    Raises
    ------
    InferenceError
        No years, no trials, an unknown method.
    """
    from scipy.special import ndtr, ndtri

    if not years > 0:
        raise InferenceError(f"years is {years}, it must be above 0")
    adjust = {"bonferroni": bonferroni, "sidak": sidak}.get(method)
    if adjust is None:
        raise InferenceError(f"method {method!r} is not known; use 'bonferroni' or 'sidak'")
    p = 2.0 * float(ndtr(-abs(sharpe_annual) * np.sqrt(years)))
    left = -float(ndtri(adjust(p, trials) / 2.0)) / float(np.sqrt(years))
    return float(np.copysign(max(left, 0.0), sharpe_annual))


def _p_values(values: Sequence[float] | np.ndarray) -> np.ndarray:
    p = np.asarray(values, dtype=np.float64)
    if p.ndim != 1 or not len(p) or not ((p >= 0) & (p <= 1)).all():
        raise InferenceError(f"p-values must be a non-empty list of numbers in [0, 1], got {values!r}")
    return p


def _restore(stepped: np.ndarray, order: np.ndarray) -> np.ndarray:
    adjusted = np.empty_like(stepped)
    adjusted[order] = stepped
    return adjusted
