"""From the monthly path to the quarters of one firm: what drives its statements."""

from __future__ import annotations

from typing import NamedTuple

import numba as nb
import numpy as np

from active_edge.simulated import laws
from active_edge.simulated.grid import Grid, Reports
from active_edge.simulated.quotes import Months
from active_edge.simulated.statements import Drivers


class Firms(NamedTuple):
    """Listings of a block, parallel arrays; days since 1970, `trait` (n, N_TRAITS), `offset` of `Months`."""

    first_index: int
    slot: np.ndarray
    birth: np.ndarray
    first_month: np.ndarray
    last_month: np.ndarray
    listed_day: np.ndarray
    last_day: np.ndarray
    trait: np.ndarray
    offset: np.ndarray


class Time(NamedTuple):
    """Ends of quarters (days since 1970, twelve before the path begins), policy rate and sizes by path month."""

    quarter_end: np.ndarray
    policy_rate: np.ndarray
    size_mean: np.ndarray
    size_sd: np.ndarray
    warm_up: int


@nb.njit(cache=True, nogil=True)
def drive(
    firms: Firms,
    i: int,
    first: int,
    n: int,
    time: Time,
    grid: Grid,
    reports: Reports,
    months: Months,
    over: np.ndarray,
    lag: np.ndarray,
) -> Drivers:
    """The drivers of one firm's `n` quarters from path quarter `first` on; fills over and lag (−1: to be drawn)."""
    s, trait, birth = firms.slot[i], firms.trait[i], firms.birth[i]
    drivers = Drivers(
        np.empty(n), np.empty(n), np.empty(n), np.empty(n), np.zeros(n), np.zeros(n), np.empty(n), np.ones(n),
        np.empty(n), trait[laws.MARGIN], trait[laws.FLOATING], trait[laws.SECTOR] % 3 == 0,
    )  # fmt: skip
    listed = max(birth, time.warm_up - 1)
    before = 1.0
    for k in range(n - 1, -1, -1):
        quarter = first + k
        t = 3 * quarter + 2
        state = min(max(t, birth, 0), grid.quality.shape[0] - 1)
        drivers.policy_rate[k] = time.policy_rate[max(t, 0)]
        reported = reports.quality[quarter, s] if quarter >= 0 and t > birth else np.nan
        over[k], lag[k] = 0.0, -1.0
        if not np.isnan(reported):
            over[k], lag[k] = reports.overstated[quarter, s], reports.lag_days[quarter, s]
            drivers.quality[k] = reported - over[k]
        else:
            drivers.quality[k] = grid.known[max(birth, 0), s]
        drivers.debt_share[k] = laws.debt_share(drivers.quality[k], trait[laws.DEBT_TASTE], trait[laws.DEBT_FREE])
        drivers.growth[k] = grid.growth[state, s]
        drivers.value[k] = np.exp(grid.log_value[state, s]) * 1e6
        if t <= listed:
            newcomer = t + 3 > listed and birth >= time.warm_up
            before = _before_listing(drivers, k, firms, i, newcomer, before, time, grid, state, months)
        else:
            _while_listed(drivers, k, firms, i, t, time, grid, months)
    return drivers


@nb.njit(cache=True, nogil=True)
def _before_listing(
    drivers: Drivers,
    k: int,
    firms: Firms,
    i: int,
    newcomer: bool,
    before: float,
    time: Time,
    grid: Grid,
    state: int,
    months: Months,
) -> float:
    """A quarter before the first session: shares as issuance leads up to those first listed, `before` of them."""
    s = firms.slot[i]
    z = (grid.log_value[state, s] - time.size_mean[state]) / time.size_sd[state]
    rate = laws.issuance(grid.quality[state, s], z)
    before /= 1.0 + 3.0 * rate
    drivers.shares[k] = months.shares[firms.offset[i]] * before
    drivers.issued[k] = 3.0 * rate * drivers.value[k]
    if newcomer:
        drivers.issued[k] += 0.15 * drivers.value[k]
    dividend_yield = firms.trait[i, laws.DIVIDEND_YIELD]
    drivers.dps[k] = np.round(dividend_yield / 4.0 * drivers.value[k] / drivers.shares[k], 4)
    return before


@nb.njit(cache=True, nogil=True)
def _while_listed(
    drivers: Drivers, k: int, firms: Firms, i: int, t: int, time: Time, grid: Grid, months: Months
) -> None:
    """A quarter ending in month `t` of which the bars know shares, splits and dividends."""
    s = firms.slot[i]
    for m in range(t - 2, t + 1):
        row = firms.offset[i] + m - firms.first_month[i]
        if m < firms.first_month[i]:
            continue
        if m > firms.first_month[i]:
            z = (grid.log_value[m - 1, s] - time.size_mean[m]) / time.size_sd[m]
            added = laws.issuance(grid.quality[m - 1, s], z)
            drivers.issued[k] += added / (1.0 + added) * months.shares[row] * months.price[row]
        drivers.dps[k] = drivers.dps[k] / months.split[row] + months.dividend[row]
        drivers.split[k] *= months.split[row]
    drivers.shares[k] = months.shares[firms.offset[i] + t - firms.first_month[i]]
