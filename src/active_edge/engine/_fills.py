"""The orders of one row: who can trade, in which order, what vectorbt's kernels fill, and what each order leaves.

Importing this module imports vectorbt. Only the names that are listed for the row (`slot_dt`, column order) are
looked at. vectorbt's `buy_nb` and `sell_nb` decide every fill; `executed` hands them what its `process_order_nb` hands
them of an order to hold some shares, without asking again which of its many kinds the order is.
"""

import numpy as np
from numba import njit
from vectorbt.portfolio.enums import Direction, ExecuteOrderState, OrderResult, OrderStatus, OrderStatusInfo, SizeType
from vectorbt.portfolio.nb import (
    approx_order_value_nb,
    buy_nb,
    fill_order_record_nb,
    order_not_filled_nb,
    sell_nb,
)
from vectorbt.utils.math_ import is_close_nb

from active_edge.engine._affordable import affordable, impact_of
from active_edge.engine._book import Book, Log, Rates
from active_edge.engine._wanted import note_unfilled
from active_edge.engine.codes import (
    CASH,
    CASH_TOLERANCE,
    DAY_VOLUME,
    DONE,
    EXIT,
    EXITED,
    GAP,
    MAX_SLIPPAGE,
    NO_VOLUME,
    PARTICIPATION,
    SHARE_TOLERANCE,
    UNTRADED,
)

LONG_ONLY = int(Direction.LongOnly)
TARGET_AMOUNT = int(SizeType.TargetAmount)
FILLED = int(OrderStatus.Filled)
IGNORED = int(OrderStatus.Ignored)
SIZE_NAN = int(OrderStatusInfo.SizeNaN)
SHORT_RUN = 8
"""Orders that insertion puts in order; more are merged."""


@njit(cache=True, nogil=True, error_model="numpy")
def _obstacle(price: float, limit: float, most: float, lacking: float) -> int:
    """Return why an order cannot trade on this row, -1 where it can."""
    if np.isnan(price):
        return GAP
    if limit == 0.0:
        return UNTRADED if lacking > SHARE_TOLERANCE else DONE
    return -1 if most > 0.0 else NO_VOLUME


@njit(cache=True, nogil=True, error_model="numpy")
def queue(
    row: int,
    n: int,
    cash: float,
    names: np.ndarray,
    slots: np.ndarray,
    position: np.ndarray,
    order_value: np.ndarray,
    sequence: np.ndarray,
) -> tuple[int, int]:
    """List the listed names that can trade on this row in `sequence`; how many, and how many wait as nobody trades."""
    m, waits = 0, 0
    for i in range(n):
        k = slots[i].listed
        name = names[k]
        held, size = position[name.col], name.want
        if row == name.ends:
            if np.isnan(name.price):
                continue
            size = 0.0
        elif name.state == DONE:
            continue
        else:
            obstacle = _obstacle(name.price, name.limit, name.most, abs(size - held))
            if obstacle >= 0:
                name.state = obstacle
                waits += obstacle == UNTRADED
                continue
        # The portfolio's value is asked for orders in percent alone.
        order_value[m] = approx_order_value_nb(size, TARGET_AMOUNT, LONG_ONLY, cash, held, cash, name.val_price, np.nan)
        sequence[m] = k
        m += 1
    return m, waits


@njit(cache=True, nogil=True, error_model="numpy")
def _insert(start: int, stop: int, value: np.ndarray, sequence: np.ndarray) -> None:
    for j in range(start + 1, stop):
        own, name = value[j], sequence[j]
        i = j - 1
        while i >= start and value[i] > own:
            value[i + 1], sequence[i + 1] = value[i], sequence[i]
            i -= 1
        value[i + 1], sequence[i + 1] = own, name


@njit(cache=True, nogil=True, error_model="numpy")
def _merge(width: int, m: int, value: np.ndarray, sequence: np.ndarray, into: np.ndarray, names: np.ndarray) -> None:
    """Merge neighbouring runs of some width. Which comes first is added, not branched on: it would be guessed."""
    for start in range(0, m, 2 * width):
        middle, stop = min(start + width, m), min(start + 2 * width, m)
        i, j, at = start, middle, start
        while i < middle and j < stop:
            later = value[i] > value[j]
            into[at] = value[j] if later else value[i]
            names[at] = sequence[j] if later else sequence[i]
            j += later
            i += 1 - later
            at += 1
        while i < middle:
            into[at], names[at] = value[i], sequence[i]
            i += 1
            at += 1
        while j < stop:
            into[at], names[at] = value[j], sequence[j]
            j += 1
            at += 1


@njit(cache=True, nogil=True, error_model="numpy")
def sort_orders(m: int, value: np.ndarray, sequence: np.ndarray, into: np.ndarray, names: np.ndarray) -> None:
    """Put `sequence` in the order of `value`, ascending, equal ones as they stand: what `insert_argsort_nb` does.

    Runs of that are merged, for insertion takes time with the square of the orders. into, names : room, as long.
    """
    for start in range(0, m, SHORT_RUN):
        _insert(start, min(start + SHORT_RUN, m), value, sequence)
    width = SHORT_RUN
    while width < m:
        _merge(width, m, value, sequence, into, names)
        width *= 2
        if width < m:
            _merge(width, m, into, names, value, sequence)
            width *= 2
        else:
            for i in range(m):
                value[i], sequence[i] = into[i], names[i]


@njit(cache=True, nogil=True, error_model="numpy")
def _paid_for(n: int, begin: int, m: int, cash: float, rates: Rates, book: Book) -> float:
    """Return the share of the queued purchases, from place `begin` on, that the cash pays for; `n` names are listed."""
    names, slots, sequence, position, asked = book.names, book.slots, book.sequence, book.position, 0
    for i in range(n):
        names[slots[i].listed].goal = 0.0
    for j in range(begin, m):
        name = names[sequence[j]]
        name.goal, name.held = min(name.want - position[name.col], name.most, name.limit), 0.0
    for i in range(n):
        k = slots[i].listed
        slots[asked].asked = k
        asked += names[k].goal != 0.0
    return affordable(names, slots, asked, cash, rates.commission, rates.exponent)


@njit(cache=True, nogil=True, error_model="numpy")
def _verdict(wanted: float, filled: float, most: float, limit: float) -> int:
    """Return the state an order is left in."""
    if wanted <= SHARE_TOLERANCE or filled >= wanted * (1.0 - 1e-9):
        return DONE
    if filled >= min(most, limit) * (1.0 - 1e-9):
        return PARTICIPATION if most <= limit else DAY_VOLUME
    return CASH


@njit(cache=True, nogil=True, error_model="numpy")
def _explain(
    extra: np.ndarray, number: int, d: int, reason: int, mid: float, half_spread: float, impact: float
) -> None:
    record = extra[number]
    record["decision"], record["reason"], record["mid"] = d, reason, mid
    record["half_spread"], record["impact"] = half_spread, impact


@njit(cache=True, nogil=True, error_model="numpy")
def executed(
    goal: float, price: float, fees: float, slippage: float, most: float, cash: float, position: float
) -> tuple[ExecuteOrderState, OrderResult]:
    """Return what an order to hold `goal` shares leaves and what was filled, as `process_order_nb` with TargetAmount.

    Raises
    ------
    ValueError : a number that vectorbt refuses too.
    """
    cash = 0.0 if is_close_nb(cash, 0.0) else cash
    position = 0.0 if is_close_nb(position, 0.0) else position
    before = ExecuteOrderState(cash, position, 0.0, cash)
    if np.isnan(goal):
        return before, order_not_filled_nb(IGNORED, SIZE_NAN)
    if not (0.0 < price < np.inf and cash >= 0.0 and 0.0 <= position < np.inf and 0.0 <= slippage < np.inf):
        raise ValueError("an order needs a price above zero and a slippage, cash and a position that are not below it")
    if not most > 0.0:
        raise ValueError("an order needs a greatest size above zero")
    size = goal - position
    left: tuple[ExecuteOrderState, OrderResult]
    if size > 0.0:
        left = buy_nb(before, size, price, LONG_ONLY, fees, 0.0, slippage, 0.0, most)
    else:
        left = sell_nb(before, -size, price, LONG_ONLY, fees, 0.0, slippage, 0.0, most)
    return left


@njit(cache=True, nogil=True, error_model="numpy")
def fill(row: int, d: int, n: int, m: int, why: int, rates: Rates, book: Book, log: Log) -> None:
    """Send the queued orders of one row to vectorbt, in order, and note what each leaves; `n` names are listed."""
    names, sequence, position, money = book.names, book.sequence, book.position, book.cash
    exponent, cost_rate, keep = rates.exponent, rates.commission, log.keep[0]
    cash, n_orders, share, waits = money[0], book.counts[0], -1.0, 0
    commission, spread_cost, impact_cost, traded = 0.0, 0.0, 0.0, 0.0
    for j in range(m):
        k = sequence[j]
        name = names[k]
        col, price, held = name.col, name.price, position[name.col]
        ends = row == name.ends
        goal = 0.0 if ends else name.want
        wanted = abs(goal - held)
        fees, half, impact, cap = 0.0, 0.0, 0.0, np.inf
        if not ends:
            cap = min(name.most, name.limit)
            if goal > held:
                share = _paid_for(n, j, m, cash, rates, book) if share < 0.0 else share
                cap = cap if share == 1.0 else share * min(wanted, cap)
                if cap == 0.0:
                    name.state = CASH
                    continue
            fees, half = cost_rate, min(name.half, MAX_SLIPPAGE)
            impact, _ = impact_of(min(wanted, cap) * price, name.volume, name.linear, name.power, exponent)
            impact = min(impact, MAX_SLIPPAGE - half)
        after, result = executed(goal, price, fees, half + impact, cap, cash, held)
        filled = result.size if result.status == FILLED else 0.0
        cash, position[col] = after.cash, after.position
        if filled > 0.0:
            amount = filled * price
            commission += result.fees
            spread_cost += amount * half
            impact_cost += amount * impact
            if ends:
                money[1] += amount
            else:
                traded += amount
            if keep:
                fill_order_record_nb(log.orders[n_orders], n_orders, row, col, result)
                _explain(log.extra, n_orders, d, EXIT if ends else why, price, half, impact)
                n_orders += 1
        if ends and name.state != DONE and name.want > SHARE_TOLERANCE:
            note_unfilled(d, k, EXITED, book, log)
        name.state = DONE if ends else _verdict(wanted, filled, name.most, name.limit)
        waits += name.state == DAY_VOLUME
    money[0], book.counts[0] = cash, n_orders
    if m > 0:
        log.waits[1] += waits
        _charge(row, d, commission, spread_cost, impact_cost, traded, log)


@njit(cache=True, nogil=True, error_model="numpy")
def _charge(row: int, d: int, commission: float, spread: float, impact: float, traded: float, log: Log) -> None:
    cost = log.cost
    cost[0, row] += commission
    cost[1, row] += spread
    cost[2, row] += impact
    log.traded[d] += traded
    if traded > 0.0:
        log.first[0] = min(log.first[0], row)


@njit(cache=True, nogil=True, error_model="numpy")
def settle(n: int, names: np.ndarray, slots: np.ndarray, position: np.ndarray) -> tuple[int, bool]:
    """List who stays open; how many, and whether some are short of cash and no sale is to come that could help them."""
    sale_to_come, short, still_open = False, False, 0
    for i in range(n):
        k = slots[i].listed
        name = names[k]
        slots[still_open].waiting = k
        if name.state != DONE:
            still_open += 1
            short |= name.state == CASH
            sale_to_come |= name.want < position[name.col]
    return still_open, short and not sale_to_come


@njit(cache=True, nogil=True, error_model="numpy")
def lapse(d: int, n: int, book: Book, log: Log) -> int:
    """Let the purchases short of cash lapse, of the `n` that are open; return how many stay so."""
    names, slots, still_open = book.names, book.slots, 0
    for i in range(n):
        k = slots[i].waiting
        name = names[k]
        if name.state == CASH:
            name.state = DONE
            if name.want - book.position[name.col] > CASH_TOLERANCE * name.want:
                note_unfilled(d, k, CASH, book, log)
        else:
            slots[still_open].waiting = k
            still_open += 1
    return still_open
