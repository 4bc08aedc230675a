"""Daily bars: the monthly path taken apart into sessions, block by block of listings."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from active_edge.products import cholesky, product
from active_edge.simulated import laws
from active_edge.simulated.grid import MERGER
from active_edge.simulated.listings import Calendar, Listings
from active_edge.simulated.path import Path
from active_edge.simulated.quotes import Block, Months, Rows, Shared, draw_block
from active_edge.simulated.weather import FACTOR_CORRELATION, FACTOR_SD, WARM_UP_MONTHS

FIRMS_A_BLOCK = 256
_COMMON_SD = 0.055
"""Monthly standard deviation of what factors do to a typical firm; with the own one it sets the day's range."""
_HALF_SPREAD = (0.0012, 1.1, 0.0001, 0.03)
"""Half the bid-ask spread of a middling firm, its fall by size, its least and its most; decimals."""


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
    noise = product(rng.standard_normal((n, 4)), cholesky(FACTOR_CORRELATION).T)
    turbulence = np.exp(0.35 * rng.standard_normal(n))
    factors, cash = np.empty((n, 4)), np.empty(n)
    for t in range(WARM_UP_MONTHS, len(path.weather.cash)):
        days = slice(calendar.first[t], calendar.first[t + 1])
        m = days.stop - days.start
        turbulence[days] /= np.sqrt(np.mean(turbulence[days] ** 2))
        step = noise[days] * turbulence[days, None] * FACTOR_SD * path.weather.volatility[t] / np.sqrt(m)
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
    shared = Shared(
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
        warm_up=WARM_UP_MONTHS,
        merger=MERGER,
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
        used = draw_block(rng, block, shared, rows, months, portfolio)
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


def _block(path: Path, listings: Listings, offset: np.ndarray, part: slice) -> Block:
    trait = path.traits[listings.firm[part]].astype(np.float64)
    return Block(
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
