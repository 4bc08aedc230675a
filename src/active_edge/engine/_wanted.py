"""What is wanted of each name: shares from weights, proceeds of exits spread again, both within what the cash pays for.

Importing this module imports vectorbt.
"""

import numpy as np
from numba import njit

from active_edge.engine._affordable import affordable
from active_edge.engine._book import Book, Log, Rates
from active_edge.engine._volume import NOT_ASKED, UNKNOWN, tell_volume
from active_edge.engine.codes import DONE, EXITED, GAP, NO_PRICE, SHARE_TOLERANCE
from active_edge.engine.segments import Track


@njit(cache=True, nogil=True, error_model="numpy")
def note_unfilled(d: int, k: int, reason: int, book: Book, log: Log) -> None:
    name = book.names[k]
    name.state = DONE
    missing = name.want - book.position[name.col]
    if log.keep[0] and (np.isnan(missing) or abs(missing) > SHARE_TOLERANCE):
        record = log.unfilled[book.counts[1]]
        record["decision"], record["col"], record["shares"], record["reason"] = d, name.col, missing, reason
        book.counts[1] += 1


@njit(cache=True, nogil=True, error_model="numpy")
def open_targets(n: int, value: float, names: np.ndarray, money: np.ndarray) -> None:
    """Turn the weights of a decision into wanted shares at its first fill row; every order starts as waiting."""
    for k in range(n):
        name = names[k]
        name.want = name.weight * value / name.val_price
        name.state = GAP
    money[1] = 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def reinvest(row: int, n: int, names: np.ndarray, position: np.ndarray, money: np.ndarray) -> None:
    """Raise what is wanted of every name in proportion to its value, by what exits have brought."""
    total = 0.0
    for k in range(n):
        name = names[k]
        if name.state == DONE:
            name.want = position[name.col]
        if row < name.ends and not np.isnan(name.val_price):
            total += name.want * name.val_price
    if not total > 0.0:
        return
    growth = 1.0 + money[1] / total
    for k in range(n):
        name = names[k]
        if row < name.ends and not np.isnan(name.val_price) and name.want > 0.0:
            name.want *= growth
            name.state = GAP
    money[1] = 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def allow(
    row: int,
    first: bool,
    n: int,
    participation: float,
    names: np.ndarray,
    slots: np.ndarray,
    table: np.ndarray,
    median: np.ndarray,
) -> bool:
    """Set the most that participation lets one order be, from the trailing volume at the session before the row;
    of the `n` listed names. Return whether a volume was needed that nobody has told yet: `ask`, and call again.

    On the first row that is the decision's. Later on it is told again, and where it is unknown it is the decision's.

    table : of `Rates`, that of the decision; median : of the track.
    """
    capped, shared, untold = np.isfinite(participation), len(table) == 1, False
    for i in range(n):
        name = names[slots[i].listed]
        if not first and name.state != DONE and (capped or name.linear != 0.0 or name.power != 0.0):
            volume = median[name.col, row]
            untold |= volume == NOT_ASKED
            name.volume = max(volume, 0.0) if volume != UNKNOWN else table[0 if shared else name.col, 1]
        name.most = participation * name.volume / name.val_price if capped else np.inf
    return untold


@njit(cache=True, nogil=True, error_model="numpy")
def ask(row: int, n: int, names: np.ndarray, slots: np.ndarray, tape: Track) -> None:
    """Tell the trailing volumes of the listed names that nobody has asked for yet."""
    for i in range(n):
        col = names[slots[i].listed].col
        if tape.median[col, row] == NOT_ASKED:
            tell_volume(row, col, tape)


@njit(cache=True, nogil=True, error_model="numpy")
def scale_to_cash(row: int, d: int, n: int, rates: Rates, book: Book, log: Log) -> None:
    """Scale what is wanted so that the cash pays for it and for what it costs; note what cannot be had at all."""
    names, slots, position, cash, m = book.names, book.slots, book.position, book.cash[0], 0
    for k in range(n):
        name = names[k]
        held = position[name.col]
        if row == name.ends:
            cash += held * name.val_price
        elif row < name.ends and name.state != DONE and not np.isnan(name.val_price):
            if name.want == 0.0 and held == 0.0:
                continue
            name.goal, name.held = name.want, held
            slots[m].asked = k
            m += 1
    share = affordable(names, slots, m, cash, rates.commission, rates.exponent)
    for k in range(n):
        name = names[k]
        if name.state == DONE:
            continue
        name.want *= share
        if row > name.ends:
            note_unfilled(d, k, EXITED, book, log)
        elif np.isnan(name.val_price):
            note_unfilled(d, k, NO_PRICE, book, log)
