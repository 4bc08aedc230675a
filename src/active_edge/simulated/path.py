"""The monthly path of the market: state, returns, reports and exits of every firm, one compiled pass over months.

Firms live in slots. When a firm exits, its slot is taken by a newcomer before the month ends, so that the matrices
below are full: row t, column s is the firm `firm[t, s]` that occupies the slot at the END of month t. A return of
month t belongs to the firm that held the slot at the end of month t − 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from active_edge.simulated import laws
from active_edge.simulated.grid import NEVER_REPORTED, Grid, Reports
from active_edge.simulated.knobs import Knobs
from active_edge.simulated.walk import walk
from active_edge.simulated.weather import WARM_UP_MONTHS, Weather, draw_weather


@dataclass(frozen=True)
class Path:
    """The monthly path of one market.

    weather, grid, reports: see there. traits (n_firms, N_TRAITS) float32: fixed traits, columns numbered in `laws`.
    birth (n_firms,) int32: month at whose end the firm was first listed, −1 for those there before. size_mean,
    size_sd (T,): cross-section of log value at the START of the month, with which sizes are standardised.
    """

    knobs: Knobs
    weather: Weather
    grid: Grid
    reports: Reports
    traits: np.ndarray
    birth: np.ndarray
    size_mean: np.ndarray
    size_sd: np.ndarray


def draw_path(knobs: Knobs) -> Path:
    """One market's monthly path; the same knobs give the same path to the last bit."""
    rng = np.random.default_rng([knobs.seed, 1])
    weather = draw_weather(knobs, rng)
    T, S = len(weather.cash), knobs.firms
    capacity = int(S * (1.3 + 0.22 * T / 12)) + 200
    traits = np.zeros((capacity, laws.N_TRAITS), np.float32)
    birth = np.full(capacity, -1, np.int32)
    grid = Grid(
        firm=np.empty((T, S), np.int32),
        base=np.empty((T, S), np.float32),
        exit_kind=np.zeros((T, S), np.int8),
        exit_return=np.zeros((T, S), np.float32),
        log_value=np.empty((T, S), np.float32),
        quality=np.empty((T, S), np.float32),
        growth=np.empty((T, S), np.float32),
        known=np.empty((T, S), np.float32),
        restated=np.empty((T, S), np.float32),
        known_month=np.empty((T, S), np.int32),
    )
    quarters = T // 3
    reports = Reports(
        quality=np.full((quarters, S), np.nan, np.float32),
        overstated=np.zeros((quarters, S), np.float32),
        lag_days=np.full((quarters, S), NEVER_REPORTED, np.int16),
    )
    size_mean, size_sd = np.empty(T), np.empty(T)
    decay = np.inf if knobs.decay is None else WARM_UP_MONTHS + 12 * knobs.decay
    rates = np.array([knobs.ipo_drag / 12, decay, knobs.restatement_rate, float(knobs.priced_exits)])
    n = walk(rng, weather, grid, reports, traits, birth, size_mean, size_sd, knobs.alpha_vector(), rates)
    return Path(knobs, weather, grid, reports, traits[:n], birth[:n], size_mean, size_sd)
