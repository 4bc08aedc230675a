"""One compiled pass over the sessions of a listing: spreads, splits, dividends, volume and holes."""

from __future__ import annotations

from typing import NamedTuple

import numba as nb
import numpy as np

OVERNIGHT = 0.2
"""Share of a day's variance that falls before the open."""


class Rows(NamedTuple):
    """Price rows of a block, in order of listing and session: listing and session int32, the rest float64.

    Prices are unadjusted USD (cents from one dollar up, hundredths of a cent below); total_return is from the
    listing's previous row, NaN in its first.
    """

    listing: np.ndarray
    session: np.ndarray
    open: np.ndarray
    high: np.ndarray
    low: np.ndarray
    close: np.ndarray
    volume: np.ndarray
    total_return: np.ndarray


class Months(NamedTuple):
    """What happened to each listing's share count by month, ragged: row `offset[i] + t − first_month[i]`.

    price: mid price at month end, USD · shares: at month end, after issuance · split: new shares per old within the
    month · dividend: USD a share paid within the month.
    """

    offset: np.ndarray
    price: np.ndarray
    shares: np.ndarray
    split: np.ndarray
    dividend: np.ndarray


class Block(NamedTuple):
    """One block's listings, parallel arrays."""

    first_index: int
    slot: np.ndarray
    birth: np.ndarray
    first_month: np.ndarray
    last_month: np.ndarray
    first_session: np.ndarray
    last_session: np.ndarray
    exit_kind: np.ndarray
    exit_return: np.ndarray
    dividend_yield: np.ndarray
    phase: np.ndarray
    offset: np.ndarray


class Shared(NamedTuple):
    """What all blocks share: matrices (T, S) of the path, (n_sessions, ...) of the sessions, and single numbers."""

    base: np.ndarray
    log_value: np.ndarray
    sigma: np.ndarray
    loadings: np.ndarray
    z_size: np.ndarray
    issuance: np.ndarray
    month_first: np.ndarray
    factors: np.ndarray
    cash: np.ndarray
    noise_scale: np.ndarray
    common_sd: np.ndarray
    weights: np.ndarray
    spread: np.ndarray
    warm_up: int
    merger: int
    merger_premium: float


class _Month(NamedTuple):
    """One listing's month, decided before its first session.

    begin, days: first session of the month and how many it has · first, last: days of it on which the listing trades ·
    arriving, leaving: it is first listed, or exits, this month · sd: of a day · split on split_day, dividend share
    `payout` on ex_day (−1: never) · half: its half-spread at any price · missing: chance that a row is left out.
    """

    t: int
    begin: int
    days: int
    first: int
    last: int
    arriving: bool
    leaving: bool
    z_size: float
    sd: float
    split: float
    split_day: int
    payout: float
    ex_day: int
    half: float
    missing: float


PRICE, SHARES, QUOTED, ACTIVITY, GROSS, PAID = range(6)
"""What a listing carries from session to session: mid price, shares, last close as quoted (NaN before the first),
activity; and within a month what one dollar became and the dividend paid."""


@nb.njit(cache=True, nogil=True)
def draw_block(
    rng: np.random.Generator, block: Block, shared: Shared, rows: Rows, months: Months, portfolio: np.ndarray
) -> int:
    """Fill `rows`, this block's part of `months`, and add to `portfolio`; the number of rows comes back."""
    used = 0
    held, step, systematic = np.empty(6), np.empty(32), np.empty(32)
    for i in range(len(block.slot)):
        s = block.slot[i]
        listed_here = block.birth[i] >= shared.warm_up
        z0 = shared.z_size[block.first_month[i], s] if not listed_here else 0.0
        held[PRICE] = np.exp(2.6 + 0.45 * z0 + 0.5 * rng.standard_normal())
        held[SHARES] = np.exp(shared.log_value[block.first_month[i] - 1, s]) * 1e6 / held[PRICE]
        held[QUOTED], held[ACTIVITY] = np.nan, 0.0
        for t in range(block.first_month[i], block.last_month[i] + 1):
            arriving = listed_here and t == block.birth[i]
            if arriving:
                held[SHARES] = np.exp(shared.log_value[t, s]) * 1e6 / held[PRICE]
            month = _decide_month(rng, block, shared, i, t, arriving, held[PRICE], step, systematic)
            used = _trade(rng, block, shared, i, month, step, held, rows, used, portfolio)
            if month.leaving and not arriving:
                held[GROSS] *= 1.0 + block.exit_return[i]
                for d in range(month.last + 1, month.days):
                    _add(portfolio, month.begin + d, shared.weights[t, s], held[GROSS])
            if arriving:
                held[SHARES] = np.exp(shared.log_value[t, s]) * 1e6 / held[PRICE]
            else:
                held[SHARES] *= 1.0 + shared.issuance[t, s]
            row = block.offset[i] + t - block.first_month[i]
            months.price[row], months.shares[row] = held[PRICE], held[SHARES]
            months.split[row], months.dividend[row] = month.split, held[PAID]
    return used


@nb.njit(cache=True, nogil=True)
def _decide_month(
    rng: np.random.Generator,
    block: Block,
    shared: Shared,
    i: int,
    t: int,
    arriving: bool,
    price: float,
    step: np.ndarray,
    systematic: np.ndarray,
) -> _Month:
    """Draw the month's log returns into `step`, and decide on merger, split and dividend days."""
    s, begin = block.slot[i], shared.month_first[t]
    n = shared.month_first[t + 1] - begin
    lo = block.first_session[i] - begin if arriving else 0
    leaving = block.exit_kind[i] > 0 and t == block.last_month[i]
    hi = block.last_session[i] - begin if leaving else n - 1
    z = shared.z_size[t, s] if not arriving else -0.3
    sd = shared.sigma[t, s] / np.sqrt(n)
    for d in range(n):
        systematic[d] = shared.cash[begin + d]
        for k in range(4):
            systematic[d] += shared.loadings[t, s, k] * shared.factors[begin + d, k]
    target = np.nan if arriving else np.log(1.0 + shared.base[t, s])
    _month_path(rng, step, n, systematic, shared.noise_scale[begin : begin + n], sd, target)
    if leaving and block.exit_kind[i] == shared.merger:
        announced = 1 + int(rng.random() * (hi - 1))
        step[announced] += np.log(1.0 + shared.merger_premium)
    split = _split_ratio(rng, price)
    split_day = lo + 1 + int(rng.random() * max(hi - lo - 1, 1)) if split != 1.0 else -1
    if split_day > hi:
        split, split_day = 1.0, -1
    payout = block.dividend_yield[i] / 4.0 if t % 3 == block.phase[i] and not arriving else 0.0
    ex_day = 1 + int(rng.random() * (n - 2)) if payout > 0.0 else -1
    if ex_day == split_day:
        ex_day = -1 if ex_day < 0 else (ex_day % (n - 2)) + 1
    half = shared.spread[0] * np.exp(-shared.spread[1] * z)
    missing = 0.004 if z < -1.0 else 0.0004
    return _Month(t, begin, n, lo, hi, arriving, leaving, z, sd, split, split_day, payout, ex_day, half, missing)


@nb.njit(cache=True, nogil=True)
def _trade(
    rng: np.random.Generator,
    block: Block,
    shared: Shared,
    i: int,
    month: _Month,
    step: np.ndarray,
    held: np.ndarray,
    rows: Rows,
    used: int,
    portfolio: np.ndarray,
) -> int:
    """Trade one listing through the sessions of its month; the number of rows in use comes back."""
    weights = shared.weights[month.t, block.slot[i]]
    held[GROSS], held[PAID] = 1.0, 0.0
    for d in range(month.first, month.last + 1):
        ratio, dividend = 1.0, 0.0
        if d == month.split_day:
            ratio = month.split
            held[SHARES] *= ratio
        opened_from = held[PRICE] / ratio
        held[GROSS] *= np.exp(step[d])
        price = opened_from * np.exp(step[d])
        if d == month.ex_day:
            dividend = np.round(price * month.payout, 4)
            price -= dividend
            opened_from *= 1.0 - month.payout
            held[PAID] += dividend
        held[PRICE] = price
        half = min(max(month.half, shared.spread[2], 0.005 / price), shared.spread[3])
        close = _quoted(price * (1.0 + half if rng.random() < 0.5 else 1.0 - half))
        held[ACTIVITY] = 0.9 * held[ACTIVITY] + 0.25 * rng.standard_normal()
        # A row is left out now and then; never the first, the last, or one where shares or cash changed hands.
        kept = d in (month.first, month.last, month.split_day, month.ex_day)
        absent = rng.random() < month.missing and not kept
        if not absent or np.isnan(held[QUOTED]):
            rows.listing[used], rows.session[used] = block.first_index + i, month.begin + d
            rows.total_return[used] = (close + dividend) * ratio / held[QUOTED] - 1.0
            _quote(rng, shared, month, d, opened_from, half, close, step[d], held, rows, used)
            held[QUOTED] = close
            used += 1
        if not month.arriving:
            _add(portfolio, month.begin + d, weights, held[GROSS])
    return used


@nb.njit(cache=True, nogil=True)
def _quote(
    rng: np.random.Generator,
    shared: Shared,
    month: _Month,
    d: int,
    opened_from: float,
    half: float,
    close: float,
    step: float,
    held: np.ndarray,
    rows: Rows,
    used: int,
) -> None:
    """Open, high, low, close and volume of one session, the range that of a Brownian bridge between open and close."""
    common = shared.common_sd[month.t]
    whole_sd = np.sqrt(month.sd * month.sd + common**2 / month.days) * shared.noise_scale[month.begin + d]
    log_open = np.log(opened_from) + OVERNIGHT * step
    log_open += np.sqrt(OVERNIGHT * (1.0 - OVERNIGHT)) * whole_sd * rng.standard_normal()
    log_close = np.log(held[PRICE])
    day_sd = np.sqrt(1.0 - OVERNIGHT) * whole_sd
    high = np.exp(_bridge_extreme(rng, log_open, log_close, day_sd, 1.0)) * (1.0 + half)
    low = np.exp(_bridge_extreme(rng, log_open, log_close, day_sd, -1.0)) * (1.0 - half)
    opening = _quoted(np.exp(log_open) * (1.0 + half if rng.random() < 0.5 else 1.0 - half))
    turnover = 0.005 * np.exp(0.3 * month.z_size + held[ACTIVITY] + 4.0 * abs(step))
    rows.open[used] = opening
    rows.high[used] = max(_quoted(high), opening, close)
    rows.low[used] = min(_quoted(low), opening, close)
    rows.close[used] = close
    rows.volume[used] = np.floor(turnover * held[SHARES])


@nb.njit(inline="always")
def _add(portfolio: np.ndarray, session: int, weights: np.ndarray, gross: float) -> None:
    for k in range(portfolio.shape[1]):
        portfolio[session, k] += weights[k] * gross


@nb.njit(inline="always")
def _quoted(price: float) -> float:
    """A price as quoted: cents from one dollar up, hundredths of a cent below."""
    tick: float = np.round(price, 2) if price >= 1.0 else max(np.round(price, 4), 0.0001)
    return tick


@nb.njit(inline="always")
def _bridge_extreme(rng: np.random.Generator, start: float, end: float, sd: float, side: float) -> float:
    """Highest (side +1) or lowest (−1) log price of a Brownian bridge from start to end with this sd."""
    width = (end - start) ** 2 - 2.0 * sd * sd * np.log(1.0 - rng.random())
    bridge: float = 0.5 * (start + end + side * np.sqrt(width))
    return bridge


@nb.njit(inline="always")
def _split_ratio(rng: np.random.Generator, price: float) -> float:
    """New shares per old decided this month: dear shares are split, penny shares are joined ten to one."""
    if price > 120.0 and rng.random() < 0.25:
        return 3.0 if price > 300.0 else 2.0
    if price < 1.0 and rng.random() < 0.3:
        return 0.1
    return 1.0


@nb.njit(cache=True, nogil=True)
def _month_path(
    rng: np.random.Generator,
    step: np.ndarray,
    days: int,
    systematic: np.ndarray,
    scale: np.ndarray,
    sd: float,
    target: float,
) -> None:
    """Fill step[:days] with log total returns that sum to `target` (NaN: to whatever they come to)."""
    total = 0.0
    for d in range(days):
        step[d] = np.log(max(1.0 + systematic[d] + sd * scale[d] * rng.standard_normal(), 0.2))
        total += step[d]
    if not np.isnan(target):
        shift = (target - total) / days
        for d in range(days):
            step[d] += shift
