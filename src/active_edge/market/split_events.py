"""Splits inferred from unadjusted prices and total returns, and the second witness that the doubtful ones need.

Special dividends, spin-offs and rights leave the same trace as a split: the close falls and the total return does not.
What tells a split is an exact ratio, and of small ratios not even that: a dividend of 8 on a share of 40 looks like
5:4. So a ratio of 2:1 and more, or a reverse one, counts at once where it is exact to the rounding of prices; a smaller
exact one once volume or the next count of shares bears it out; one that is not exact only by the next count. What needs
a witness is believed no longer than until the next count contradicts it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numba import njit

from active_edge.market.periods import Rows
from active_edge.market.splits import MOST_REVERSE, SPLIT_RATIOS, SPLIT_TOLERANCE

SHARE_COUNTS = ("shares_outstanding", "shares_diluted")
"""Items that count shares, the better one first."""
JUMP_UP, JUMP_DOWN = 1.45, 0.7
"""Closes that contradict the return by more than these factors are a jump that a later one may undo."""
UNDONE_TOLERANCE = 0.15
"""A jump undoes the one before it where the product of the two implied ratios is 1 within this."""
EXACT, HALF_CENT = 0.0005, 0.005
"""An exact ratio is met within this share and what rounding both closes to cents can move it."""
SURE_RATIO = 2.0
VOLUME_BEFORE, VOLUME_AFTER = 20, 5
"""Sessions whose median volumes are compared."""
LEAST_GROWN, MOST_GROWN = 0.5, 1.5
COUNT_TOLERANCE = 0.1
"""A count of shares agrees with a ratio, or with no split, within this share."""


class Splits(NamedTuple):
    """Inferred splits by asset and session.

    asset, session : (n_splits,) int64. ratio : (n_splits,) float64, new shares for an old one.
    since, until : (n_splits,) int64: sessions from which and before which it is believed; a split that never is, is
    not among them.
    """

    asset: np.ndarray
    session: np.ndarray
    ratio: np.ndarray
    since: np.ndarray
    until: np.ndarray


class Candidates(NamedTuple):
    """Rows that look like a split, by asset and session.

    implied : (1 + total return) × previous close / close. previous : close before. undoes : index of the candidate this
    one takes back, −1 where it stands by itself.
    """

    asset: np.ndarray
    session: np.ndarray
    ratio: np.ndarray
    implied: np.ndarray
    previous: np.ndarray
    undoes: np.ndarray


@njit(cache=True, nogil=True)
def split_ratio(gross_return: float, previous_close: float, close: float) -> float:
    """Return the new shares for each old one that unadjusted closes and the total return imply; 1.0 for no split.

    (1 + total return) × previous close / close is 1 on an ordinary day, 1 + dividend / close on an ex-dividend day and
    the split's ratio on a split day. Only ratios of usual splits count, so that a dividend or a wrong price is none.
    """
    implied = gross_return * previous_close / close
    if implied >= 1.2:
        for usual in SPLIT_RATIOS:
            if abs(implied / usual - 1.0) <= SPLIT_TOLERANCE:
                return float(usual)
    if 0.0 < implied <= 0.6:
        whole = np.floor(1.0 / implied + 0.5)
        if whole <= MOST_REVERSE and abs(implied * whole - 1.0) <= SPLIT_TOLERANCE:
            return float(1.0 / whole)
    return 1.0


def find_candidates(close: np.ndarray, returns: np.ndarray, unchained: np.ndarray, through: int) -> Candidates:
    """Return every row up to and with session `through` that looks like a split.

    A row of `unchained` (`Prices.unchained_rows`) has an unknown return and is no evidence of a split. A symbol that
    flips between two securities jumps and comes back: a jump that undoes the one before it is no split of its own and
    takes back the split inferred from that one, from its session on.
    """
    found = np.array(_candidate_rows(close, returns, unchained, through), dtype=np.float64).reshape(-1, 6)
    asset, session, undoes = (found[:, column].astype(np.int64) for column in (0, 1, 5))
    return Candidates(asset, session, found[:, 2], found[:, 3], found[:, 4], undoes)


@njit(cache=True, nogil=True)
def _candidate_rows(
    close: np.ndarray, returns: np.ndarray, unchained: np.ndarray, through: int
) -> list[tuple[int, int, float, float, float, int]]:
    found: list[tuple[int, int, float, float, float, int]] = []
    for asset in range(close.shape[1]):
        previous, jump, taken = np.nan, np.nan, -1
        for session in range(through + 1):
            price = close[session, asset]
            if np.isnan(price):
                continue
            if not np.isnan(previous) and not np.isnan(returns[session, asset]):
                ratio = split_ratio(1.0 + returns[session, asset], previous, price)
                implied, undoes = (1.0 + returns[session, asset]) * previous / price, -1
                if implied >= JUMP_UP or implied <= JUMP_DOWN:
                    if abs(implied * jump - 1.0) <= UNDONE_TOLERANCE:
                        ratio, undoes = 1.0, taken
                        if taken >= 0:
                            ratio = 1.0 / found[taken][2]
                        jump, taken = np.nan, -1
                    else:
                        place = asset * len(close) + session
                        row = np.searchsorted(unchained, place)
                        if row < len(unchained) and unchained[row] == place:
                            ratio = 1.0
                        jump, taken = implied, (len(found) if ratio != 1.0 else -1)
                if ratio != 1.0:
                    found.append((asset, session, ratio, implied, previous, undoes))
            previous = price
    return found


def confirm(
    candidates: Candidates, close: np.ndarray, volume: np.ndarray, counts: Sequence[Rows], days: np.ndarray
) -> Splits:
    """Return the candidates that are splits, with the sessions between which each is believed.

    Parameters
    ----------
    close, volume : (n_sessions, n_assets), unadjusted.
    counts : rows of the items that count shares.
    days : (n_sessions,) int64 days since the epoch.

    Timing: `since` and `until` are sessions at whose close the witness is known.
    """
    never = len(close)
    since = np.empty(len(candidates.asset), dtype=np.int64)
    until = np.full(len(candidates.asset), np.iinfo(np.int64).max)
    for event in range(len(since)):
        undone = candidates.undoes[event]
        if undone >= 0:
            since[event] = max(since[undone], candidates.session[event])
            until[event] = until[undone]
        elif is_exact(candidates, close, event) and not 1.0 < candidates.ratio[event] < SURE_RATIO:
            since[event] = candidates.session[event]
        else:
            borne, denied = _next_counts(candidates, event, counts, days, never)
            seen = _volume_witness(candidates, event, volume) if is_exact(candidates, close, event) else never
            since[event], until[event] = min(seen, borne), denied
    kept = since < np.minimum(until, never)
    columns = (candidates.asset, candidates.session, candidates.ratio, since, until)
    return Splits(*(column[kept] for column in columns))


def is_exact(candidates: Candidates, close: np.ndarray, event: int) -> bool:
    """Return True where a ratio is met to the rounding of the closes."""
    ratio, previous = candidates.ratio[event], candidates.previous[event]
    price = close[candidates.session[event], candidates.asset[event]]
    bound = min(EXACT + HALF_CENT / previous + HALF_CENT / price, SPLIT_TOLERANCE)
    return bool(abs(candidates.implied[event] / ratio - 1.0) <= bound)


def _volume_witness(candidates: Candidates, event: int, volume: np.ndarray) -> int:
    """Return the session by which volume has grown as the split makes it; beyond the last where it has not."""
    session = int(candidates.session[event])
    shares = volume[:, candidates.asset[event]]
    before, after = shares[max(session - VOLUME_BEFORE, 0) : session], shares[session : session + VOLUME_AFTER]
    before, after = before[np.isfinite(before)], after[np.isfinite(after)]
    if len(after) < VOLUME_AFTER or len(before) < VOLUME_AFTER:
        return len(volume)
    grown = grown_like(np.median(before), np.median(after), candidates.ratio[event])
    return session + VOLUME_AFTER - 1 if grown else len(volume)


def grown_like(before: np.ndarray, after: np.ndarray, ratio: np.ndarray) -> np.ndarray:
    """Return True where the shares traded have grown as a split by `ratio` makes them.

    At least by its root, and at most by its power of one and a half: news moves volume further. False where unknown.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        grown = np.log(after / before) / np.log(ratio)
    alike: np.ndarray = (grown >= LEAST_GROWN) & (grown <= MOST_GROWN)
    return alike


def _next_counts(
    candidates: Candidates, event: int, counts: Sequence[Rows], days: np.ndarray, never: int
) -> tuple[int, int]:
    """Return the sessions at which the next count of shares bears the ratio out and at which it denies it.

    The count filed next after the day against the last one filed before it; each of the items may speak.
    """
    asset, ratio, day = candidates.asset[event], candidates.ratio[event], days[candidates.session[event]]
    borne, denied = never, np.iinfo(np.int64).max
    for rows in counts:
        own = slice(rows.starts[asset], rows.starts[asset + 1])
        filed, known, value = rows.filed[own], rows.known[own], rows.value[own]
        earlier, later = np.flatnonzero(filed < day), np.flatnonzero(filed > day)
        if not len(earlier) or not len(later) or not value[earlier[-1]] > 0:
            continue
        growth = value[later[0]] / value[earlier[-1]]
        if abs(growth / ratio - 1.0) <= COUNT_TOLERANCE:
            borne = min(borne, int(known[later[0]]))
        elif abs(growth - 1.0) <= COUNT_TOLERANCE:
            denied = min(denied, int(known[later[0]]))
    return borne, (np.iinfo(np.int64).max if borne < never else denied)
