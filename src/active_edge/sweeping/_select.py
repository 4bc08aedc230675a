"""Compiled selection of many variants from one cube; imported only by `cube`, for importing numba is slow."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from active_edge.selection.compiled import cap, choose, place_of

EQUAL, BY_RANK, BY_MARKET_VALUE, BY_INVERSE_VOLATILITY = range(4)
LEAST_RISK = 1e-3
"""The smallest volatility that stands in for an unknown one, as in `weightings`."""


class Candidates(NamedTuple):
    """Candidates only, date after date, their columns ascending within a date; `n` of them in all.

    bounds : (n_dates + 1,) int64; column : (n,) int64, position in `market.assets`. values, ordered : (n_factors, n)
    float64, NaN missing, and each date's values ascending, NaN last; known : (n_factors, n_dates) int64, how many there
    are. percent : (n_terms, n) float64, percentile ranks. standing, market_value, volatility : (n,) float64.
    sector : (n,) int64; told : (n_dates,) bool, False where the sector of no candidate is known.
    """

    bounds: np.ndarray
    column: np.ndarray
    values: np.ndarray
    ordered: np.ndarray
    known: np.ndarray
    percent: np.ndarray
    standing: np.ndarray
    market_value: np.ndarray
    volatility: np.ndarray
    sector: np.ndarray
    told: np.ndarray


class Rules(NamedTuple):
    """What variants ask for, one after the other.

    rules : (n_variants, 3) int64; required rules are rows ``rules[v, 0]`` to ``rules[v, 1]`` of the next three, of
    `require_any` from there to ``rules[v, 2]``. factor : place in `Candidates.values`; limit : (n_rules, 4) float64,
    min, max, quantile_min, quantile_max, NaN where not given; lenient : bool, a missing value passes.
    terms : (n_variants + 1,) int64; term, weight : place in `Candidates.percent`, and its weight.
    top, keep, first, weighting : (n_variants,) int64; top 0 takes all that pass, first is the first row with members.
    caps : (n_variants, 2) float64, of a name and of a sector.
    """

    rules: np.ndarray
    factor: np.ndarray
    limit: np.ndarray
    lenient: np.ndarray
    terms: np.ndarray
    term: np.ndarray
    weight: np.ndarray
    top: np.ndarray
    keep: np.ndarray
    first: np.ndarray
    weighting: np.ndarray
    caps: np.ndarray


@njit(cache=True, nogil=True, error_model="numpy")
def _quantile(ordered, count, q):  # type: ignore[no-untyped-def]
    """The `q` quantile of the first `count` ascending values, as `crosssection.quantile`."""
    if count == 0:
        return np.nan
    position = q * (count - 1)
    below, above = int(np.floor(position)), int(np.ceil(position))
    low, high, share = ordered[below], ordered[above], position - below
    if np.isfinite(low) and np.isfinite(high):
        return low + share * (high - low)
    return low if share < 0.5 else high


@njit(cache=True, nogil=True, error_model="numpy")
def _bounds(of, rules, r, d):  # type: ignore[no-untyped-def]
    """Lowest and highest value that rule `r` passes on date `d`; NaN, which nothing passes, where none is known."""
    factor, begin = rules.factor[r], of.bounds[d]
    ordered, count = of.ordered[factor, begin : of.bounds[d + 1]], of.known[factor, d]
    low, high = -np.inf, np.inf
    if not np.isnan(rules.limit[r, 0]):
        low = rules.limit[r, 0]
    if not np.isnan(rules.limit[r, 1]):
        high = rules.limit[r, 1]
    if not np.isnan(rules.limit[r, 2]):
        bound = _quantile(ordered, count, rules.limit[r, 2])
        low = bound if np.isnan(bound) else max(low, bound)
    if not np.isnan(rules.limit[r, 3]):
        bound = _quantile(ordered, count, rules.limit[r, 3])
        high = bound if np.isnan(bound) else min(high, bound)
    return low, high


@njit(cache=True, nogil=True, error_model="numpy")
def _passing(of, rules, v, d, passed, other, score, passing):  # type: ignore[no-untyped-def]
    """Fill `passing` with the candidates of a date that pass every rule and have every rank term, and their `score`."""
    begin, stop = of.bounds[d], of.bounds[d + 1]
    m = stop - begin
    first, alternatives, last = rules.rules[v, 0], rules.rules[v, 1], rules.rules[v, 2]
    passed[:m] = True
    for r in range(first, alternatives):
        low, high = _bounds(of, rules, r, d)
        values, lenient = of.values[rules.factor[r], begin:stop], rules.lenient[r]
        # Without `and` and `or`, which branch: whoever guesses these is wrong half of the time.
        for i in range(m):
            passed[i] &= ((values[i] >= low) & (values[i] <= high)) | (lenient & np.isnan(values[i]))
    if last > alternatives:
        other[:m] = False
        for r in range(alternatives, last):
            low, high = _bounds(of, rules, r, d)
            values, lenient = of.values[rules.factor[r], begin:stop], rules.lenient[r]
            for i in range(m):
                other[i] |= ((values[i] >= low) & (values[i] <= high)) | (lenient & np.isnan(values[i]))
        for i in range(m):
            passed[i] &= other[i]
    score[:m] = 0.0
    whole = 0.0
    for t in range(rules.terms[v], rules.terms[v + 1]):
        percent, weight = of.percent[rules.term[t], begin:stop], rules.weight[t]
        whole += weight
        for i in range(m):
            score[i] += weight * percent[i]
    if whole > 0.0:
        for i in range(m):
            score[i] /= whole
    n = 0
    for i in range(m):
        # Written whether it counts or not: whoever guesses this branch is wrong half of the time.
        passing[n] = i
        n += passed[i] & np.isfinite(score[i])
    return n


@njit(cache=True, nogil=True, error_model="numpy")
def _weigh(of, begin, kind, place, members, n, weights):  # type: ignore[no-untyped-def]
    """Fill `weights` of the members, before caps; they sum to 1, or to 0 where nobody has any."""
    last, riskiest, volatility, market_value = 0.0, LEAST_RISK, of.volatility, of.market_value
    for i in range(n):
        if kind == BY_RANK:
            last = max(last, place[members[i]])
        elif kind == BY_INVERSE_VOLATILITY and volatility[begin + members[i]] > riskiest:
            riskiest = volatility[begin + members[i]]
    whole = 0.0
    for i in range(n):
        name, raw = begin + members[i], 1.0
        if kind == BY_RANK:
            raw = last - place[members[i]] + 1.0
        elif kind == BY_MARKET_VALUE:
            raw = 0.0 if np.isnan(market_value[name]) else market_value[name]
        elif kind == BY_INVERSE_VOLATILITY:
            raw = 1.0 / (volatility[name] if volatility[name] > 0.0 else riskiest)
        weights[i] = raw
        whole += raw
    for i in range(n):
        weights[i] = weights[i] / whole if whole > 0.0 else 0.0


@njit(cache=True, nogil=True)
def _whole(n):  # type: ignore[no-untyped-def]
    return np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64)


@njit(cache=True, nogil=True)
def _bools(n):  # type: ignore[no-untyped-def]
    return np.empty(n, np.bool_), np.empty(n, np.bool_), np.empty(n, np.bool_), np.empty(n, np.bool_)


@njit(cache=True, nogil=True)
def _numbers(n):  # type: ignore[no-untyped-def]
    return np.empty(n), np.empty(n), np.empty(n), np.empty(n)


@njit(cache=True, nogil=True, error_model="numpy")
def select_block(of, rules, begin, stop, n_columns, n_sectors, offsets, indptr, columns, weights):  # type: ignore[no-untyped-def]
    """Fill `Plans` of variants `begin` to `stop`; `columns` and `weights` need n_candidates entries a variant."""
    bounds, column, sector, places, told = of.bounds, of.column, of.sector, of.standing, of.told
    n_dates, most = len(bounds) - 1, int(np.diff(bounds).max()) + 1
    (passing, work, members, code), (passed, other, stays, chosen) = _whole(most), _bools(most)
    score, place, raw, held = _numbers(most)
    total = np.empty(n_sectors)
    member_on = np.full(n_columns, -1, dtype=np.int64)
    n = 0
    offsets[0] = 0
    for v in range(begin, stop):
        k, start, kind, first = v - begin, n, rules.weighting[v], rules.first[v]
        top, keep, most_name, most_sector = rules.top[v], rules.keep[v], rules.caps[v, 0], rules.caps[v, 1]
        indptr[k, 0] = 0
        for d in range(n_dates):
            low, high = bounds[d], bounds[d + 1]
            count = _passing(of, rules, v, d, passed, other, score, passing)
            # A number no other variant and date has, so that nothing is reset between variants.
            now = k * (n_dates + 1) + d + 1
            for i in range(count):
                stays[passing[i]] = member_on[column[low + passing[i]]] == now - 1
                chosen[passing[i]] = False
            standing = places[low:high]
            choose(score, standing, passing, count, top, keep, stays, work, chosen)
            if kind == BY_RANK:
                place_of(score, standing, passing, count, work, place)
            size = 0
            for i in range(count):
                # Written whether it counts or not, as in `_passing`.
                members[size] = passing[i]
                size += chosen[passing[i]]
            for i in range(size):
                name = low + members[i]
                code[i] = sector[name]
                member_on[column[name]] = now
            if d >= first and size > 0:
                _weigh(of, low, kind, place, members, size, held)
                cap(held, code, size, most_name, most_sector if told[d] else 1.0, total, raw)
                for i in range(size):
                    if held[i] > 0.0:
                        columns[n] = column[low + members[i]]
                        weights[n] = held[i]
                        n += 1
            indptr[k, d + 1] = n - start
        offsets[k + 1] = n
