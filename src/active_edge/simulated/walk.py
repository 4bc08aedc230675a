"""One compiled walk of all firms through all months: they earn, report, die, and are replaced."""

from __future__ import annotations

from typing import NamedTuple

import numba as nb
import numpy as np

from active_edge.simulated.grid import DISTRESS, MERGER, Grid, Reports
from active_edge.simulated.laws import (
    BETA_MARKET,
    BETA_VALUE,
    DEBT_FREE,
    DEBT_MEAN,
    DEBT_SD,
    DEBT_TASTE,
    DEMAND_LOAD,
    DISTRESS_CEILING,
    DISTRESS_EXPECTED_NASDAQ,
    DISTRESS_EXPECTED_NYSE,
    DISTRESS_FLOOR,
    DISTRESS_MEAN_NASDAQ,
    DISTRESS_MEAN_NYSE,
    DISTRESS_SD,
    DIVIDEND_YIELD,
    DOMESTIC,
    DOMESTIC_MEAN,
    DOMESTIC_SD,
    ENTRANT_QUALITY,
    ENTRANT_SIZE,
    ENTRANT_SIZE_SD,
    FISCAL_PHASE,
    FLOATING,
    FLOATING_MEAN,
    FLOATING_SD,
    GROWTH_MONTHLY,
    GROWTH_SHOCK,
    INSIDER,
    INSIDER_MEAN,
    INSIDER_SD,
    LARGEST_SHOCK,
    MARGIN,
    MERGER_MONTHLY,
    MERGER_PREMIUM,
    NEWS_ROOT,
    NOISE_SHOCK,
    NYSE,
    OVERSTATEMENT,
    OWN_SHARE,
    QUALITY_MONTHLY,
    QUALITY_OWN,
    QUALITY_SHOCK,
    QUALITY_SIZE,
    RATE_LOSS,
    REPORT_NOISE,
    REPORT_NOISE_QUARTERLY,
    SIGMA,
    SIZE_MEAN,
    SIZE_SD,
    T5_SCALE,
    debt_share,
    distress_hazard,
    draw_traits,
    filing_lag,
    idiosyncratic_sd,
    issuance,
    loadings,
)
from active_edge.simulated.weather import Weather


class _Slots(NamedTuple):
    """What a walk carries from month to month, one value a slot (S,).

    value: ln market value · quality, growth, noise: states · over: overstatement of the fiscal year · window (12, S),
    trailing: log returns of twelve months and their sum · firm: who holds the slot · known, restated, known_month: as
    in `Grid` · due, due_value, due_over (2, S): reports on their way. A late annual report may still be on its way
    when the next quarter ends: two are under way at most.
    """

    value: np.ndarray
    quality: np.ndarray
    growth: np.ndarray
    noise: np.ndarray
    over: np.ndarray
    window: np.ndarray
    trailing: np.ndarray
    firm: np.ndarray
    known: np.ndarray
    restated: np.ndarray
    known_month: np.ndarray
    due: np.ndarray
    due_value: np.ndarray
    due_over: np.ndarray


class _Month(NamedTuple):
    """What all slots share in month t: the cross-section at its start, and the knobs in force."""

    t: int
    size_mean: float
    size_sd: float
    quality_mean: float
    quality_sd: float
    planted: float
    ipo_drag: float
    restatement_rate: float
    priced: float


@nb.njit(cache=True, error_model="numpy")
def walk(
    rng: np.random.Generator,
    weather: Weather,
    grid: Grid,
    reports: Reports,
    traits: np.ndarray,
    birth: np.ndarray,
    size_mean: np.ndarray,
    size_sd: np.ndarray,
    alpha: np.ndarray,
    rates: np.ndarray,
) -> int:
    """Walk all slots through all months, filling the matrices; the number of firms that ever lived comes back."""
    T, S = grid.firm.shape[0], int(grid.firm.shape[1])
    slots = _first_slots(rng, traits, S)
    n_firms = S
    ipo_drag, decay_month, restatement_rate, priced = rates[0], rates[1], rates[2], rates[3]
    for t in range(T):
        size_mean[t], size_sd[t] = slots.value.mean(), slots.value.std()
        quality_mean, quality_sd = slots.quality.mean(), slots.quality.std()
        planted = 1.0 if t < decay_month else 0.0
        month = _Month(
            t, size_mean[t], size_sd[t], quality_mean, quality_sd, planted, ipo_drag, restatement_rate, priced
        )
        for s in range(S):
            hazard, draw = _live(rng, month, s, slots, weather, grid, traits, birth, alpha)
            if draw < hazard + MERGER_MONTHLY:
                _leave(rng, t, s, draw < hazard, traits[slots.firm[s]], grid)
                if n_firms >= traits.shape[0]:
                    raise RuntimeError("more firms than rows were laid out for: the hazard laws have changed")
                _enter(rng, month, s, n_firms, slots, traits, birth)
                n_firms += 1
            elif t % 3 == 2:
                _report(rng, month, s, slots, traits, reports)
            _receive(t, s, slots)
            _write(t, s, slots, grid)
    return n_firms


@nb.njit(cache=True, error_model="numpy")
def _first_slots(rng: np.random.Generator, traits: np.ndarray, S: int) -> _Slots:
    slots = _Slots(
        np.empty(S), np.empty(S), np.empty(S), np.empty(S), np.zeros(S), np.zeros((12, S)), np.zeros(S),
        np.empty(S, np.int64), np.empty(S), np.empty(S), np.empty(S, np.int64),
        np.full((2, S), -1), np.empty((2, S)), np.empty((2, S)),
    )  # fmt: skip
    for s in range(S):
        z = rng.standard_normal()
        slots.value[s] = SIZE_MEAN + SIZE_SD * z
        slots.quality[s] = QUALITY_SIZE * z + QUALITY_OWN * rng.standard_normal()
        slots.growth[s], slots.noise[s] = rng.standard_normal(), rng.standard_normal()
        slots.firm[s] = s
        draw_traits(rng, slots.quality[s], z, traits[s])
        slots.known[s] = slots.restated[s] = slots.quality[s] + REPORT_NOISE * slots.noise[s]
        slots.known_month[s] = -1
    return slots


@nb.njit(cache=True, error_model="numpy")
def _live(
    rng: np.random.Generator,
    month: _Month,
    s: int,
    slots: _Slots,
    weather: Weather,
    grid: Grid,
    traits: np.ndarray,
    birth: np.ndarray,
    alpha: np.ndarray,
) -> tuple[float, float]:
    """One firm's month: its return, size, quality and growth; its hazard of distress and the draw it meets."""
    t, q, firm = month.t, slots.quality[s], slots.firm[s]
    z = (slots.value[s] - month.size_mean) / month.size_sd
    row = traits[firm]
    debt = debt_share(q, row[DEBT_TASTE], row[DEBT_FREE])
    z_debt = (debt - DEBT_MEAN) / DEBT_SD
    z_domestic = (row[DOMESTIC] - DOMESTIC_MEAN) / DOMESTIC_SD
    hazard = distress_hazard(q, z, z_debt, np.exp(slots.trailing[s]) - 1.0)
    expected_drop = DISTRESS_EXPECTED_NYSE if row[NYSE] > 0.5 else DISTRESS_EXPECTED_NASDAQ
    edge = _edge(month, alpha, row, z_debt, z_domestic, q, slots.growth[s])
    born = birth[firm]
    edge = month.planted * edge - month.ipo_drag if born >= 0 and t - born <= 36 else month.planted * edge
    news = rng.standard_normal()
    t5 = rng.standard_normal() / np.sqrt(rng.standard_gamma(2.5) / 2.5) * T5_SCALE
    sigma = idiosyncratic_sd(q, z, row[SIGMA]) * weather.volatility[t]
    systematic = _systematic(weather, t, q, z, row, debt, z_domestic)
    priced_exits = -month.priced * (hazard * expected_drop + MERGER_MONTHLY * MERGER_PREMIUM)
    own = min(max(sigma * (OWN_SHARE * t5 + NEWS_ROOT * news), -LARGEST_SHOCK), LARGEST_SHOCK)
    r = weather.cash[t] + edge + systematic + priced_exits + own
    r = max(r, -0.95)
    grid.base[t, s] = r
    draw = rng.random()
    payout = row[DIVIDEND_YIELD] / 4.0 if t % 3 == firm % 3 else 0.0
    growth_of_one = np.log(1.0 + r)
    other = issuance(q, z) - payout * (1.0 + issuance(q, z))
    slots.value[s] += growth_of_one + other * (1.0 - other * (0.5 - other / 3.0))
    slots.trailing[s] += growth_of_one - slots.window[t % 12, s]
    slots.window[t % 12, s] = growth_of_one
    pull = QUALITY_SIZE * z
    slots.quality[s] = pull + QUALITY_MONTHLY * (q - pull) + QUALITY_SHOCK * news
    slots.growth[s] = GROWTH_MONTHLY * slots.growth[s] + GROWTH_SHOCK * rng.standard_normal()
    return hazard, draw


@nb.njit(inline="always")
def _edge(
    month: _Month, alpha: np.ndarray, row: np.ndarray, z_debt: float, z_domestic: float, quality: float, growth: float
) -> float:
    """What is planted in this firm's month, in the order of `knobs.LEGS`."""
    planted: float = (
        -alpha[0] * z_debt
        + alpha[1] * (row[INSIDER] - INSIDER_MEAN) / INSIDER_SD
        + alpha[2] * z_domestic
        - alpha[3] * (row[FLOATING] - FLOATING_MEAN) / FLOATING_SD
        + alpha[4] * (quality - month.quality_mean) / month.quality_sd
        + alpha[5] * growth
        + alpha[6] * row[MARGIN]
    )
    return planted


@nb.njit(inline="always")
def _systematic(
    weather: Weather, t: int, quality: float, z_size: float, row: np.ndarray, debt: float, z_domestic: float
) -> float:
    """What factors, the rate's surprise and demand at home do to this firm's month."""
    b0, b1, b2, b3 = loadings(quality, z_size, row[BETA_MARKET], row[BETA_VALUE])
    factors = weather.factors
    moved: float = (
        b0 * factors[t, 0]
        + b1 * factors[t, 1]
        + b2 * factors[t, 2]
        + b3 * factors[t, 3]
        - RATE_LOSS * row[FLOATING] * debt / (1.0 - debt) * weather.surprise[t]
        + DEMAND_LOAD * z_domestic * weather.demand[t]
    )
    return moved


@nb.njit(cache=True, error_model="numpy")
def _leave(rng: np.random.Generator, t: int, s: int, distress: bool, row: np.ndarray, grid: Grid) -> None:
    if distress:
        grid.exit_kind[t, s] = DISTRESS
        centre = DISTRESS_MEAN_NYSE if row[NYSE] > 0.5 else DISTRESS_MEAN_NASDAQ
        drop = centre + DISTRESS_SD * rng.standard_normal()
        grid.exit_return[t, s] = min(max(drop, DISTRESS_FLOOR), DISTRESS_CEILING)
    else:
        grid.exit_kind[t, s] = MERGER
        grid.exit_return[t, s] = MERGER_PREMIUM


@nb.njit(cache=True, error_model="numpy")
def _enter(
    rng: np.random.Generator,
    month: _Month,
    s: int,
    firm: int,
    slots: _Slots,
    traits: np.ndarray,
    birth: np.ndarray,
) -> None:
    """A newcomer takes the slot at the end of the month."""
    z = ENTRANT_SIZE + ENTRANT_SIZE_SD * rng.standard_normal()
    slots.value[s] = month.size_mean + month.size_sd * z
    slots.quality[s] = ENTRANT_QUALITY + QUALITY_SIZE * z + QUALITY_OWN * rng.standard_normal()
    slots.growth[s], slots.noise[s] = rng.standard_normal(), rng.standard_normal()
    slots.over[s] = 0.0
    slots.firm[s] = firm
    birth[firm] = month.t
    draw_traits(rng, slots.quality[s], z, traits[firm])
    slots.trailing[s] = 0.0
    for k in range(12):
        slots.window[k, s] = 0.0
    slots.known[s] = slots.restated[s] = slots.quality[s] + REPORT_NOISE * slots.noise[s]
    slots.known_month[s] = month.t
    slots.due[0, s] = slots.due[1, s] = -1


@nb.njit(cache=True, error_model="numpy")
def _report(
    rng: np.random.Generator, month: _Month, s: int, slots: _Slots, traits: np.ndarray, reports: Reports
) -> None:
    """A quarter ends: what the firm will report of it, and when."""
    quarter = month.t // 3
    slots.noise[s] = REPORT_NOISE_QUARTERLY * slots.noise[s] + NOISE_SHOCK * rng.standard_normal()
    phase = int(traits[slots.firm[s], FISCAL_PHASE])
    if (quarter - phase) % 4 == 0:
        slots.over[s] = OVERSTATEMENT if rng.random() < month.restatement_rate else 0.0
    lag = filing_lag(rng, slots.value[s], (quarter - phase) % 4 == 3)
    reported = slots.quality[s] + REPORT_NOISE * slots.noise[s] + slots.over[s]
    reports.quality[quarter, s] = reported
    reports.overstated[quarter, s] = slots.over[s]
    reports.lag_days[quarter, s] = lag
    way = quarter % 2
    slots.due[way, s] = month.t + 1 + (lag + 2) // 30  # never early, however long the month and the weekend
    slots.due_value[way, s], slots.due_over[way, s] = reported, slots.over[s]


@nb.njit(cache=True, error_model="numpy")
def _receive(t: int, s: int, slots: _Slots) -> None:
    """The public learns what was filed this month."""
    for way in range(2):
        if slots.due[way, s] == t:
            latest = t // 3 if t % 3 == 2 else t // 3 - 1
            described = 3 * (latest if latest % 2 == way else latest - 1) + 2
            if described > slots.known_month[s]:
                slots.known[s] = slots.due_value[way, s]
                slots.restated[s] = slots.due_value[way, s] - slots.due_over[way, s]
                slots.known_month[s] = described
            slots.due[way, s] = -1


@nb.njit(cache=True, error_model="numpy")
def _write(t: int, s: int, slots: _Slots, grid: Grid) -> None:
    grid.firm[t, s] = slots.firm[s]
    grid.log_value[t, s] = slots.value[s]
    grid.quality[t, s] = slots.quality[s]
    grid.growth[t, s] = slots.growth[s]
    grid.known[t, s] = slots.known[s]
    grid.restated[t, s] = slots.restated[s]
    grid.known_month[t, s] = slots.known_month[s]
