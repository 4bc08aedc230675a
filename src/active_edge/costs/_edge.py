"""Compiled EDGE: the spread told from open, high, low and close over a trailing window.

Matrices are (n_assets, n_sessions), one asset's sessions contiguous; a window ends on its row and includes it, so
everything is known at the close of that row.
"""

import numpy as np
from numba import njit

from active_edge.market.prices import OPEN_FACTOR


@njit(cache=True, nogil=True)
def edge_square(o: np.ndarray, h: np.ndarray, low: np.ndarray, c: np.ndarray) -> float:
    """Return the signed squared spread of one window of log prices, NaN where it cannot be told.

    Source: Ardia, Guidotti & Kroencke (2024), JFE 161, 103916; the moments of `bidask.edge`, which the tests
    hold it to. tau marks a bar that moved; r1 ... r5 are the returns between open, mid and lagged mid and close;
    the two estimates are weighted by each other's variance.
    """
    n = len(o)
    count = np.zeros(8)
    total = np.zeros(8)
    for i in range(1, n):
        tau = _tau(h[i], low[i], c[i - 1])
        mid = 0.5 * (h[i] + low[i])
        terms = (
            tau,
            tau * _differ(o[i], h[i]),
            tau * _differ(o[i], low[i]),
            tau * _differ(c[i - 1], h[i - 1]),
            tau * _differ(c[i - 1], low[i - 1]),
            mid - o[i],
            mid - c[i - 1],
            o[i] - c[i - 1],
        )
        for k in range(8):
            if not np.isnan(terms[k]):
                count[k] += 1.0
                total[k] += terms[k]
    if total[0] < 2.0 or (count == 0.0).any():
        return np.nan
    mean = total / count
    p_open, p_close = mean[1] + mean[2], mean[3] + mean[4]
    if p_open == 0.0 or p_close == 0.0:
        return np.nan
    return _weigh(o, h, low, c, mean[5:] / mean[0], p_open, p_close)


@njit(cache=True, nogil=True)
def _tau(h: float, low: float, c1: float) -> float:
    if np.isnan(h) or np.isnan(low) or np.isnan(c1):
        return np.nan
    return 1.0 if h != low or low != c1 else 0.0


@njit(cache=True, nogil=True)
def _differ(a: float, b: float) -> float:
    if np.isnan(a) or np.isnan(b):
        return np.nan
    return 1.0 if a != b else 0.0


@njit(cache=True, nogil=True)
def _weigh(
    o: np.ndarray, h: np.ndarray, low: np.ndarray, c: np.ndarray, drift: np.ndarray, p_open: float, p_close: float
) -> float:
    """Combine the two moment estimates of a window; `drift` de-means r1, r3 and r5."""
    count, first, second = np.zeros(2), np.zeros(2), np.zeros(2)
    for i in range(1, len(o)):
        tau = _tau(h[i], low[i], c[i - 1])
        mid, lagged = 0.5 * (h[i] + low[i]), 0.5 * (h[i - 1] + low[i - 1])
        r2, r4, r5 = o[i] - lagged, c[i - 1] - lagged, o[i] - c[i - 1]
        d1, d3, d5 = mid - o[i] - drift[0] * tau, mid - c[i - 1] - drift[1] * tau, r5 - drift[2] * tau
        moments = (
            -4.0 / p_open * d1 * r2 - 4.0 / p_close * d3 * r4,
            -4.0 / p_open * d1 * r5 - 4.0 / p_close * d5 * r4,
        )
        for k in range(2):
            if not np.isnan(moments[k]):
                count[k] += 1.0
                first[k] += moments[k]
                second[k] += moments[k] ** 2
    if count[0] == 0.0 or count[1] == 0.0:
        return np.nan
    e1, e2 = first[0] / count[0], first[1] / count[1]
    v1, v2 = second[0] / count[0] - e1**2, second[1] / count[1] - e2**2
    if v1 + v2 > 0.0:
        return float((v2 * e1 + v1 * e2) / (v1 + v2))
    return float(0.5 * (e1 + e2))


@njit(cache=True, nogil=True)
def _near(price: np.ndarray, close: np.ndarray) -> np.ndarray:
    """Return log prices, NaN beyond a factor of the close."""
    near: np.ndarray = np.log(price)
    for i in range(len(price)):
        if price[i] > close[i] * OPEN_FACTOR or price[i] * OPEN_FACTOR < close[i]:
            near[i] = np.nan
    return near


@njit(cache=True, nogil=True)
def edge_squares(
    open_: np.ndarray,
    high: np.ndarray,
    low: np.ndarray,
    close: np.ndarray,
    index: np.ndarray,
    rows: np.ndarray,
    window: int,
    blocks: int,
) -> np.ndarray:
    """Return (2, n_rows, n_assets): mean signed squared spread over `blocks` windows ending on each row, and the
    variance of that mean, told from how the windows differ (NaN from a single one).

    Prices are unadjusted, `index` the total return index that ties sessions together over splits and dividends. A price
    beyond `OPEN_FACTOR` of its session's close is no price anyone traded at, and is not used.
    """
    n_assets = close.shape[0]
    out = np.full((2, len(rows), n_assets), np.nan)
    for a in range(n_assets):
        shift = np.log(index[a]) - np.log(close[a])
        o, h = _near(open_[a], close[a]) + shift, _near(high[a], close[a]) + shift
        bottom, c = _near(low[a], close[a]) + shift, np.log(index[a])
        for r in range(len(rows)):
            total, squares, count = 0.0, 0.0, 0
            for b in range(blocks):
                stop = rows[r] + 1 - b * window
                start = max(stop - window, 0)
                if stop - start < 3:
                    break
                square = edge_square(o[start:stop], h[start:stop], bottom[start:stop], c[start:stop])
                if not np.isnan(square):
                    total += square
                    squares += square**2
                    count += 1
            if count > 0:
                out[0, r, a] = total / count
            if count > 1:
                out[1, r, a] = max(squares - total**2 / count, 0.0) / (count - 1) / count
    return out
