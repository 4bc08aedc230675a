"""The orders of one row: who can trade, in which order, what vectorbt's kernels fill, and what each order leaves.

Importing this module imports vectorbt. Only the names that are listed for the row (`Book.listed`, column order) are
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
from vectorbt.utils.array_ import insert_argsort_nb
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
from active_edge.engine.segments import Track

LONG_ONLY = int(Direction.LongOnly)
TARGET_AMOUNT = int(SizeType.TargetAmount)
FILLED = int(OrderStatus.Filled)
IGNORED = int(OrderStatus.Ignored)
SIZE_NAN = int(OrderStatusInfo.SizeNaN)
SHORT_RUN = 16
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
def queue(row: int, n: int, tape: Track, book: Book, log: Log) -> int:
    """List the listed names that can trade on this row, sales first, in `sequence`; return how many."""
    listed, active, want, state, position = book.listed, book.active, book.want, book.state, book.position
    price, val_price, most, limit, exit_row = book.price, book.val_price, book.most, book.limit, tape.exit_row
    order_value, sequence, waits, cash, m = book.order_value, book.sequence, log.waits, book.cash[0], 0
    for i in range(n):
        k = listed[i]
        col = active[k]
        size = want[k]
        if row == exit_row[col]:
            if np.isnan(price[k]):
                continue
            size = 0.0
        elif state[k] == DONE:
            continue
        else:
            obstacle = _obstacle(price[k], limit[k], most[k], abs(size - position[col]))
            if obstacle >= 0:
                state[k] = obstacle
                waits[0] += obstacle == UNTRADED
                continue
        # The portfolio's value is asked for orders in percent alone.
        order_value[m] = approx_order_value_nb(
            size, TARGET_AMOUNT, LONG_ONLY, cash, position[col], cash, val_price[k], np.nan
        )
        sequence[m] = k
        m += 1
    _sort(m, book)
    return m


@njit(cache=True, nogil=True, error_model="numpy")
def _sort(m: int, book: Book) -> None:
    """Put `sequence` in the order of `order_value`, ascending, equal ones as they stand: what `insert_argsort_nb` does.

    Runs of that are merged, for insertion takes time with the square of the orders.
    """
    value, sequence, other, others = book.order_value, book.sequence, book.goal, book.merged
    for start in range(0, m, SHORT_RUN):
        stop = min(start + SHORT_RUN, m)
        insert_argsort_nb(value[start:stop], sequence[start:stop])
    width = SHORT_RUN
    while width < m:
        for start in range(0, m, 2 * width):
            middle, stop = min(start + width, m), min(start + 2 * width, m)
            i, j = start, middle
            for at in range(start, stop):
                if j >= stop or (i < middle and not value[i] > value[j]):
                    other[at], others[at] = value[i], sequence[i]
                    i += 1
                else:
                    other[at], others[at] = value[j], sequence[j]
                    j += 1
        value[:m] = other[:m]
        sequence[:m] = others[:m]
        width *= 2


@njit(cache=True, nogil=True, error_model="numpy")
def _paid_for(n: int, begin: int, m: int, cash: float, rates: Rates, book: Book) -> float:
    """Return the share of the queued purchases, from place `begin` on, that the cash pays for."""
    sequence, listed, active, want, position = book.sequence, book.listed, book.active, book.want, book.position
    goal, held, most, limit = book.goal, book.held, book.most, book.limit
    for i in range(n):
        goal[listed[i]] = held[listed[i]] = 0.0
    for j in range(begin, m):
        k = sequence[j]
        goal[k] = min(want[k] - position[active[k]], most[k], limit[k])
    return affordable(listed, n, goal, held, book.price, most, book.rates, cash, rates.commission, rates.exponent)


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
def fill(row: int, d: int, n: int, m: int, why: int, tape: Track, rates: Rates, book: Book, log: Log) -> None:
    """Send the queued orders of one row to vectorbt, in order, and note what each leaves; `n` names are listed."""
    active, sequence, want, state = book.active, book.sequence, book.want, book.state
    position, price, exit_row = book.position, book.price, tape.exit_row
    own, exponent, cost_rate, most, limit = book.rates, rates.exponent, rates.commission, book.most, book.limit
    orders, extra, waits, money = log.orders, log.extra, log.waits, book.cash
    cash, keep, n_orders, share = money[0], log.keep[0], book.counts[0], -1.0
    commission, spread_cost, impact_cost, traded = 0.0, 0.0, 0.0, 0.0
    for j in range(m):
        k = sequence[j]
        col = active[k]
        ends = row == exit_row[col]
        goal = 0.0 if ends else want[k]
        wanted = abs(goal - position[col])
        fees, half, impact, cap = 0.0, 0.0, 0.0, np.inf
        if not ends:
            cap = min(most[k], limit[k])
            if goal > position[col]:
                share = _paid_for(n, j, m, cash, rates, book) if share < 0.0 else share
                cap = cap if share == 1.0 else share * min(wanted, cap)
                if cap == 0.0:
                    state[k] = CASH
                    continue
            fees, half = cost_rate, min(own[k, 0], MAX_SLIPPAGE)
            impact, _ = impact_of(min(wanted, cap) * price[k], own[k, 1], own[k, 2], own[k, 3], exponent)
            impact = min(impact, MAX_SLIPPAGE - half)
        after, result = executed(goal, price[k], fees, half + impact, cap, cash, position[col])
        filled = result.size if result.status == FILLED else 0.0
        cash, position[col] = after.cash, after.position
        if filled > 0.0:
            amount = filled * price[k]
            commission += result.fees
            spread_cost += amount * half
            impact_cost += amount * impact
            if ends:
                money[1] += amount
            else:
                traded += amount
            if keep:
                fill_order_record_nb(orders[n_orders], n_orders, row, col, result)
                _explain(extra, n_orders, d, EXIT if ends else why, price[k], half, impact)
                n_orders += 1
        if ends and state[k] != DONE and want[k] > SHARE_TOLERANCE:
            note_unfilled(d, k, EXITED, book, log)
        state[k] = DONE if ends else _verdict(wanted, filled, most[k], limit[k])
        waits[1] += state[k] == DAY_VOLUME
    money[0], book.counts[0] = cash, n_orders
    _charge(row, d, commission, spread_cost, impact_cost, traded, log)


@njit(cache=True, nogil=True, error_model="numpy")
def _charge(row: int, d: int, commission: float, spread: float, impact: float, traded: float, log: Log) -> None:
    log.cost[0, row] += commission
    log.cost[1, row] += spread
    log.cost[2, row] += impact
    log.traded[d] += traded
    if traded > 0.0:
        log.first[0] = min(log.first[0], row)


@njit(cache=True, nogil=True, error_model="numpy")
def settle(d: int, n: int, book: Book, log: Log) -> int:
    """Let purchases short of cash lapse unless a sale is still to come; list who stays open, and return how many."""
    listed, active, want, state, position = book.listed, book.active, book.want, book.state, book.position
    sale_to_come = False
    for i in range(n):
        k = listed[i]
        if state[k] != DONE and want[k] < position[active[k]]:
            sale_to_come = True
    still_open = 0
    for i in range(n):
        k = listed[i]
        if state[k] == CASH and not sale_to_come:
            state[k] = DONE
            if want[k] - position[active[k]] > CASH_TOLERANCE * want[k]:
                note_unfilled(d, k, CASH, book, log)
        if state[k] != DONE:
            book.waiting[still_open] = k
            still_open += 1
    return still_open
