"""Rank, standardise, winsorise and neutralise within one date, never across dates.

Shapes used throughout: `values` is ``(n_dates, n_assets)`` float64 with NaN for missing; `mask` is a bool array of the
same shape, False for assets outside the universe of that date (they take no part and get NaN); `groups` is
``(n_assets,)``, one label an asset, such as its sector, or ``(n_dates, n_assets)`` whole numbers >= 0 where it changes.

Timing: row *t* of a result depends on row *t* of the inputs alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from active_edge.errors import ConfigError


def percentile_rank(values: np.ndarray, mask: np.ndarray, *, groups: np.ndarray | None = None) -> np.ndarray:
    """Rank of each value among its date's (or its date's and group's) values, from 0 for the lowest to 1.

    Parameters
    ----------
    values, mask, groups
        See the module. Infinite values rank at the ends.

    Returns
    -------
    numpy.ndarray
        ``(n_dates, n_assets)`` float64: (rank − 1) / (n − 1) with ties averaged; 0.5 for a value that is alone; NaN
        where the value is missing or masked out.
    """
    used, codes, _ = _prepared(values, mask, groups)
    order = np.argsort(used, axis=1, kind="stable")
    ordered = np.take_along_axis(used, order, axis=1)
    own = codes[order] if codes.ndim == 1 else np.take_along_axis(codes, order, axis=1)
    group = np.where(np.isnan(ordered), np.iinfo(np.int32).max, own)
    if groups is not None:
        by_group = np.argsort(group, axis=1, kind="stable")
        order = np.take_along_axis(order, by_group, axis=1)
        ordered = np.take_along_axis(ordered, by_group, axis=1)
        group = np.take_along_axis(group, by_group, axis=1)
    new_group = _starts(group)
    group_first, group_last = _run_bounds(new_group)
    tie_first, tie_last = _run_bounds(new_group | _starts(ordered))
    below = (tie_first + tie_last) / 2.0 - group_first
    others = group_last - group_first
    share = np.where(others > 0, below / np.maximum(others, 1), 0.5)
    ranks = np.empty_like(used)
    np.put_along_axis(ranks, order, share, axis=1)
    ranks[np.isnan(used)] = np.nan
    return ranks


def zscore(values: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return (value − mean) / population standard deviation of each date.

    Infinite values have no place on this scale: winsorise them first; here they are missing.

    Returns
    -------
    numpy.ndarray
        ``(n_dates, n_assets)`` float64; 0 where a date's values are all equal; NaN where missing or masked out.
    """
    used = _finite(_masked(values, mask))
    known = ~np.isnan(used)
    count = np.maximum(known.sum(axis=1, keepdims=True), 1)
    centred = used - np.where(known, used, 0.0).sum(axis=1, keepdims=True) / count
    deviation = np.sqrt(np.where(known, centred**2, 0.0).sum(axis=1, keepdims=True) / count)
    size = np.where(known, np.abs(used), 0.0).max(axis=1, keepdims=True, initial=0.0)
    constant = deviation <= 1e-14 * size
    return np.where(constant & known, 0.0, centred / np.where(constant, 1.0, deviation))


def winsorise(values: np.ndarray, mask: np.ndarray, lower: float, upper: float) -> np.ndarray:
    """Return `values` pulled in to each date's `lower` and `upper` quantiles.

    Parameters
    ----------
    lower, upper
        Quantiles in [0, 1], lower <= upper, taken over the finite values of the date; an infinite value becomes the
        bound on its side.

    Returns
    -------
    numpy.ndarray
        ``(n_dates, n_assets)`` float64; NaN where missing or masked out, or where no value of the date is finite.

    Raises
    ------
    ConfigError
        Quantiles outside [0, 1] or in the wrong order.
    """
    if not 0.0 <= lower <= upper <= 1.0:
        raise ConfigError(f"winsorise: quantiles {lower} and {upper} must satisfy 0 <= lower <= upper <= 1")
    used = _masked(values, mask)
    finite = _finite(used)
    everywhere = np.ones(used.shape, dtype=bool)
    lowest, highest = quantile(finite, everywhere, lower), quantile(finite, everywhere, upper)
    clipped: np.ndarray = np.clip(used, lowest[:, np.newaxis], highest[:, np.newaxis])
    return clipped


def neutralise(values: np.ndarray, mask: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Return each value minus the mean of its group on its date.

    Returns
    -------
    numpy.ndarray
        ``(n_dates, n_assets)`` float64; 0 for a value alone in its group; NaN where missing, infinite or masked out.
    """
    masked, codes, n_groups = _prepared(values, mask, groups)
    used = _finite(masked)
    known = ~np.isnan(used)
    cell = np.arange(len(used))[:, np.newaxis] * n_groups + codes
    n_cells = len(used) * n_groups
    count = np.bincount(cell[known], minlength=n_cells)
    total = np.bincount(cell[known], weights=used[known], minlength=n_cells)
    mean = total / np.maximum(count, 1)
    demeaned: np.ndarray = used - mean[cell]
    return demeaned


def quantile(values: np.ndarray, mask: np.ndarray, q: float) -> np.ndarray:
    """Return the `q` quantile of each date, linear between neighbours.

    Returns
    -------
    numpy.ndarray
        ``(n_dates,)`` float64; NaN for a date without values. Infinite values count as the ends of the order; between
        a finite and an infinite neighbour the quantile is the nearer of the two.

    Raises
    ------
    ConfigError
        `q` outside [0, 1].
    """
    if not 0.0 <= q <= 1.0:
        raise ConfigError(f"quantile: {q} is outside 0 .. 1")
    ordered = np.sort(_masked(values, mask), axis=1)
    count = (~np.isnan(ordered)).sum(axis=1)
    if ordered.shape[1] == 0:
        return np.full(len(ordered), np.nan)
    position = q * np.maximum(count - 1, 0)
    below = np.floor(position).astype(np.int64)
    above = np.ceil(position).astype(np.int64)
    rows = np.arange(len(ordered))
    low, high = ordered[rows, below], ordered[rows, above]
    weight = position - below
    bounded = np.isfinite(low) & np.isfinite(high)
    gap = np.where(bounded, high, 0.0) - np.where(bounded, low, 0.0)
    quantiles: np.ndarray = np.where(bounded, low + weight * gap, np.where(weight < 0.5, low, high))
    return quantiles


def places(keys: Sequence[np.ndarray], mask: np.ndarray) -> np.ndarray:
    """Return the place of each asset on each date, 1 = first, by falling keys: the second decides where the first ties.

    Parameters
    ----------
    keys
        ``(n_dates, n_assets)`` float64 each; NaN comes after every number.

    Returns
    -------
    numpy.ndarray
        ``(n_dates, n_assets)`` float64, NaN where masked out. Assets equal in every key share a place, and as many
        places after it stay empty: which columns they are in never matters.
    """
    found = np.full(mask.shape, np.nan)
    for row, use in enumerate(mask):
        columns = np.flatnonzero(use)
        if not len(columns):
            continue
        falling = np.stack([np.where(np.isnan(key[row, columns]), np.inf, -key[row, columns]) for key in keys])
        order = np.lexsort(falling[::-1])
        ordered = falling[:, order]
        starts = np.ones(len(order), dtype=bool)
        starts[1:] = (ordered[:, 1:] != ordered[:, :-1]).any(axis=0)
        found[row, columns[order]] = np.maximum.accumulate(np.where(starts, np.arange(1, len(order) + 1), 0))
    return found


def _masked(values: np.ndarray, mask: np.ndarray) -> np.ndarray:
    if values.shape != mask.shape or values.ndim != 2:
        raise ConfigError(f"values {values.shape} and mask {mask.shape} must be (n_dates, n_assets) and equal in shape")
    return np.where(mask, values, np.nan)


def _finite(values: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(values), values, np.nan)


def _prepared(values: np.ndarray, mask: np.ndarray, groups: np.ndarray | None) -> tuple[np.ndarray, np.ndarray, int]:
    """Return masked values, the group codes, (n_assets,) int32 or one a date as well, and the number of groups."""
    used = _masked(values, mask)
    if groups is None:
        return used, np.zeros(used.shape[1], dtype=np.int32), 1
    labels = np.asarray(groups)
    if labels.shape == used.shape:
        return used, labels.astype(np.int32), int(labels.max(initial=0)) + 1
    if labels.shape != (used.shape[1],):
        raise ConfigError(f"groups has shape {labels.shape}; it must hold one label for each of {used.shape[1]} assets")
    if labels.dtype == object:
        labels = labels.astype(str)
    names, codes = np.unique(labels, return_inverse=True)
    return used, codes.astype(np.int32), max(len(names), 1)


def _starts(ordered: np.ndarray) -> np.ndarray:
    """Return True where a value differs from the one before it in its row (the first always does)."""
    starts = np.ones(ordered.shape, dtype=bool)
    starts[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    return starts


def _run_bounds(starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the first and last position of the run that each cell belongs to."""
    position = np.arange(starts.shape[1])
    first = np.maximum.accumulate(np.where(starts, position, 0), axis=1)
    ends = np.ones(starts.shape, dtype=bool)
    ends[:, :-1] = starts[:, 1:]
    last_position = max(starts.shape[1] - 1, 0)
    last = np.minimum.accumulate(np.where(ends, position, last_position)[:, ::-1], axis=1)[:, ::-1]
    return first, last
