"""Daily bars: the monthly path taken apart into sessions, with spreads, splits, dividends, volume and holes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numba as nb
import numpy as np

from active_edge.simulated import laws
from active_edge.simulated.listings import Calendar, Listings
from active_edge.simulated.path import Path

FIRMS_A_BLOCK = 256
_COMMON_SD = 0.055
"""Monthly standard deviation of what factors do to a typical firm; with the own one it sets the day's range."""
_OVERNIGHT = 0.2
"""Share of a day's variance that falls before the open."""
_HALF_SPREAD = (0.0012, 1.1, 0.0001, 0.03)
"""Half the bid-ask spread of a middling firm, its fall by size, its least and its most; decimals."""


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


class _Block(NamedTuple):
    """One block's inputs: listings' arrays, and matrices (T, S) or (n_sessions, ...) shared by all blocks."""

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


class _Shared(NamedTuple):
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


@dataclass(frozen=True)
class Bars:
    """All daily bars of a market.

    rows: one `Rows` a block of listings, in order · months: see there · portfolio (n_sessions, K): value of each
    weighted portfolio relative to the start of its month, exits included · factors (n_sessions, 4): simple daily
    returns that compound to the monthly ones · cash (n_sessions,).
    """

    rows: list[Rows]
    months: Months
    portfolio: np.ndarray
    factors: np.ndarray
    cash: np.ndarray


def daily_factors(path: Path, calendar: Calendar) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Daily factor returns (n_sessions, 4), cash (n_sessions,) and the sessions' relative turbulence (n_sessions,)."""
    rng = np.random.default_rng([path.knobs.seed, 4])
    n = len(calendar.sessions)
    chol = np.linalg.cholesky(laws.FACTOR_CORRELATION)
    noise = rng.standard_normal((n, 4)) @ chol.T
    turbulence = np.exp(0.35 * rng.standard_normal(n))
    factors, cash = np.empty((n, 4)), np.empty(n)
    for t in range(laws.WARM_UP_MONTHS, len(path.weather.cash)):
        days = slice(calendar.first[t], calendar.first[t + 1])
        m = days.stop - days.start
        turbulence[days] /= np.sqrt(np.mean(turbulence[days] ** 2))
        step = noise[days] * turbulence[days, None] * laws.FACTOR_SD * path.weather.volatility[t] / np.sqrt(m)
        step += (np.log1p(path.weather.factors[t]) - step.sum(0)) / m
        factors[days] = np.expm1(step)
        cash[days] = np.expm1(np.log1p(path.weather.cash[t]) / m)
    return factors, cash, turbulence


def draw_bars(path: Path, listings: Listings, calendar: Calendar, weights: np.ndarray, *, workers: int = 2) -> Bars:
    """Draw every bar of every listing.

    Parameters
    ----------
    weights
        (T, S, K) float: portfolios held over each path month, by the slot's firm at the end of the month before;
        they sum to 1 over slots. Their daily values come back.
    workers
        Threads; the result does not depend on them.
    """
    factors, cash, turbulence = daily_factors(path, calendar)
    grid = path.grid
    previous = np.vstack([grid.log_value[:1], grid.log_value[:-1]])
    z_size = ((previous - path.size_mean[:, None]) / path.size_sd[:, None]).astype(np.float32)
    quality = np.vstack([grid.quality[:1], grid.quality[:-1]])
    sigma, loadings = _risk(path, quality, z_size)
    shared = _Shared(
        base=grid.base,
        log_value=grid.log_value,
        sigma=sigma,
        loadings=loadings,
        z_size=z_size,
        issuance=laws.of_arrays(laws.issuance, quality, z_size),
        month_first=calendar.first,
        factors=factors,
        cash=cash,
        noise_scale=turbulence,
        common_sd=_COMMON_SD * path.weather.volatility,
        weights=np.ascontiguousarray(weights, dtype=np.float64),
        spread=np.array(_HALF_SPREAD),
        warm_up=laws.WARM_UP_MONTHS,
        merger=laws.MERGER,
        merger_premium=laws.MERGER_PREMIUM,
    )
    count = listings.last_month - listings.first_month + 1
    offset = np.concatenate([[0], np.cumsum(count)[:-1]])
    months = Months(offset, *(np.empty(int(count.sum())) for _ in range(4)))
    starts = range(0, len(listings.firm), FIRMS_A_BLOCK)

    def draw(start: int) -> tuple[Rows, np.ndarray]:
        block = _block(path, listings, offset, slice(start, start + FIRMS_A_BLOCK))
        rng = np.random.default_rng([path.knobs.seed, 5, start])
        capacity = int((block.last_session - block.first_session + 1).sum())
        rows = Rows(*(np.empty(capacity, np.int32) for _ in range(2)), *(np.empty(capacity) for _ in range(6)))
        portfolio = np.zeros((len(cash), weights.shape[2]))
        used = _draw_block(rng, block, shared, rows, months, portfolio)
        return Rows(*(column[:used] for column in rows)), portfolio

    with ThreadPoolExecutor(workers) as pool:
        drawn = list(pool.map(draw, starts))
    portfolio = np.sum([part for _, part in drawn], axis=0)
    return Bars([rows for rows, _ in drawn], months, portfolio, factors, cash)


def _risk(path: Path, quality: np.ndarray, z_size: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Own monthly standard deviation (T, S) and factor loadings (T, S, 4) of the firm that began the month."""
    holder = np.vstack([path.grid.firm[:1], path.grid.firm[:-1]])
    trait = path.traits[holder]
    own = laws.of_arrays(laws.idiosyncratic_sd, quality, z_size, trait[:, :, laws.SIGMA])
    beta = laws.of_arrays(laws.loadings, quality, z_size, trait[:, :, laws.BETA_MARKET], trait[:, :, laws.BETA_VALUE])
    return (own * path.weather.volatility[:, None]).astype(np.float32), np.stack(beta, axis=2).astype(np.float32)


def _block(path: Path, listings: Listings, offset: np.ndarray, part: slice) -> _Block:
    trait = path.traits[listings.firm[part]].astype(np.float64)
    return _Block(
        first_index=part.start,
        slot=listings.slot[part],
        birth=listings.birth[part],
        first_month=listings.first_month[part],
        last_month=listings.last_month[part],
        first_session=listings.first_session[part],
        last_session=listings.last_session[part],
        exit_kind=listings.exit_kind[part],
        exit_return=listings.exit_return[part],
        dividend_yield=trait[:, laws.DIVIDEND_YIELD],
        phase=listings.firm[part] % 3,
        offset=offset[part],
    )


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


@nb.njit(cache=True, nogil=True)
def _draw_block(  # noqa: PLR0912, PLR0915 - one compiled pass; its state is local
    rng: np.random.Generator, block: _Block, shared: _Shared, rows: Rows, months: Months, portfolio: np.ndarray
) -> int:
    """Fill `rows`, this block's part of `months`, and add to `portfolio`; the number of rows comes back."""
    used = 0
    step, systematic = np.empty(32), np.empty(32)
    n_portfolios = portfolio.shape[1]
    for i in range(len(block.slot)):
        s = block.slot[i]
        listed_here = block.birth[i] >= shared.warm_up
        z0 = shared.z_size[block.first_month[i], s] if not listed_here else 0.0
        price = np.exp(2.6 + 0.45 * z0 + 0.5 * rng.standard_normal())
        shares = np.exp(shared.log_value[block.first_month[i] - 1, s]) * 1e6 / price
        previous_close = np.nan
        activity = 0.0
        for t in range(block.first_month[i], block.last_month[i] + 1):
            begin = shared.month_first[t]
            n = shared.month_first[t + 1] - begin
            listing_month = listed_here and t == block.birth[i]
            lo = block.first_session[i] - begin if listing_month else 0
            leaving = block.exit_kind[i] > 0 and t == block.last_month[i]
            hi = block.last_session[i] - begin if leaving else n - 1
            z = shared.z_size[t, s] if not listing_month else -0.3
            sd = shared.sigma[t, s] / np.sqrt(n)
            for d in range(n):
                f = shared.factors[begin + d]
                systematic[d] = shared.cash[begin + d]
                for k in range(4):
                    systematic[d] += shared.loadings[t, s, k] * f[k]
            target = np.nan if listing_month else np.log(1.0 + shared.base[t, s])
            _month_path(rng, step, n, systematic, shared.noise_scale[begin : begin + n], sd, target)
            announced = -1
            if leaving and block.exit_kind[i] == shared.merger:
                announced = 1 + int(rng.random() * (hi - 1))
                step[announced] += np.log(1.0 + shared.merger_premium)
            if listing_month:
                shares = np.exp(shared.log_value[t, s]) * 1e6 / price
            split = _split_ratio(rng, price)
            split_day = lo + 1 + int(rng.random() * max(hi - lo - 1, 1)) if split != 1.0 else -1
            if split_day > hi:
                split, split_day = 1.0, -1
            payout = block.dividend_yield[i] / 4.0 if t % 3 == block.phase[i] and not listing_month else 0.0
            ex_day = 1 + int(rng.random() * (n - 2)) if payout > 0.0 else -1
            if ex_day == split_day:
                ex_day = -1 if ex_day < 0 else (ex_day % (n - 2)) + 1
            paid = 0.0
            gross = 1.0
            base_spread = shared.spread[0] * np.exp(-shared.spread[1] * z)
            missing = 0.004 if z < -1.0 else 0.0004
            for d in range(lo, hi + 1):
                ratio, dividend = 1.0, 0.0
                if d == split_day:
                    ratio = split
                    shares *= ratio
                opened_from = price / ratio
                gross *= np.exp(step[d])
                price = opened_from * np.exp(step[d])
                if d == ex_day:
                    dividend = np.round(price * payout, 4)
                    price -= dividend
                    opened_from *= 1.0 - payout
                    paid += dividend
                half = min(max(base_spread, shared.spread[2], 0.005 / price), shared.spread[3])
                close = _quoted(price * (1.0 + half if rng.random() < 0.5 else 1.0 - half))
                activity = 0.9 * activity + 0.25 * rng.standard_normal()
                # A row is left out now and then; never the first, the last, or one where shares or cash changed hands.
                absent = rng.random() < missing and d not in (lo, hi, split_day, ex_day)
                if not absent or np.isnan(previous_close):
                    whole_sd = np.sqrt(sd * sd + shared.common_sd[t] ** 2 / n) * shared.noise_scale[begin + d]
                    log_open = np.log(opened_from) + _OVERNIGHT * step[d]
                    log_open += np.sqrt(_OVERNIGHT * (1.0 - _OVERNIGHT)) * whole_sd * rng.standard_normal()
                    log_close = np.log(price)
                    day_sd = np.sqrt(1.0 - _OVERNIGHT) * whole_sd
                    high = np.exp(_bridge_extreme(rng, log_open, log_close, day_sd, 1.0)) * (1.0 + half)
                    low = np.exp(_bridge_extreme(rng, log_open, log_close, day_sd, -1.0)) * (1.0 - half)
                    opening = _quoted(np.exp(log_open) * (1.0 + half if rng.random() < 0.5 else 1.0 - half))
                    turnover = 0.005 * np.exp(0.3 * z + activity + 4.0 * abs(step[d]))
                    rows.listing[used] = block.first_index + i
                    rows.session[used] = begin + d
                    rows.open[used] = opening
                    rows.high[used] = max(_quoted(high), opening, close)
                    rows.low[used] = min(_quoted(low), opening, close)
                    rows.close[used] = close
                    rows.volume[used] = np.floor(turnover * shares)
                    rows.total_return[used] = (close + dividend) * ratio / previous_close - 1.0
                    previous_close = close
                    used += 1
                if not listing_month:
                    for k in range(n_portfolios):
                        portfolio[begin + d, k] += shared.weights[t, s, k] * gross
            if leaving and not listing_month:
                gross *= 1.0 + block.exit_return[i]
                for d in range(hi + 1, n):
                    for k in range(n_portfolios):
                        portfolio[begin + d, k] += shared.weights[t, s, k] * gross
            if listing_month:
                shares = np.exp(shared.log_value[t, s]) * 1e6 / price
            else:
                shares *= 1.0 + shared.issuance[t, s]
            row = block.offset[i] + t - block.first_month[i]
            months.price[row], months.shares[row] = price, shares
            months.split[row], months.dividend[row] = split, paid
    return used
