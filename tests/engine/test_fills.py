"""Orders are filled as vectorbt's `process_order_nb` fills them, bit for bit, in the order that it sorts them."""

import numpy as np
import pytest
from vectorbt.portfolio.enums import Direction, OrderStatus, ProcessOrderState, SizeType, log_dt, order_dt
from vectorbt.portfolio.nb import order_nb, process_order_nb
from vectorbt.utils.array_ import insert_argsort_nb

from active_edge.engine._fills import executed, sort_orders

AMOUNT, LONG = int(SizeType.TargetAmount), int(Direction.LongOnly)


def drawn_order(rng):
    price = float(10.0 ** rng.uniform(-3, 4))
    position = float(rng.choice([0.0, 1e-13, 10.0 ** rng.uniform(-2, 6)]))
    goal = float(rng.choice([0.0, position, np.nan, 10.0 ** rng.uniform(-2, 6), position * (1.0 + 1e-13)]))
    cash = float(rng.choice([0.0, 1e-13, price * max(np.nan_to_num(goal) - position, 0.0), 10.0 ** rng.uniform(0, 8)]))
    most = float(rng.choice([np.inf, 10.0 ** rng.uniform(-2, 6)]))
    return goal, price, float(rng.choice([0.0, 1e-3])), float(rng.uniform(0.0, 0.1)), most, cash, position


@pytest.mark.slow
def test_an_order_leaves_and_fills_what_process_order_leaves_and_fills():
    rng = np.random.default_rng(5)
    kinds = set()
    for _ in range(3000):
        goal, price, fees, slippage, most, cash, position = drawn_order(rng)
        order = order_nb(goal, price, AMOUNT, LONG, fees=fees, slippage=slippage, max_size=most)
        state = ProcessOrderState(cash, position, 0.0, cash, price, 1e6, 0, 0)
        theirs, left = process_order_nb(0, 0, 0, state, False, order, np.empty(1, order_dt), np.empty(0, log_dt))
        after, ours = executed(goal, price, fees, slippage, most, cash, position)
        assert (after.cash, after.position) == (left.cash, left.position)
        assert tuple(ours) == pytest.approx(tuple(theirs), rel=0, abs=0, nan_ok=True)
        kinds.add((ours.status, ours.side))
    # Bought, sold, refused and ignored: each was among them.
    assert {status for status, _ in kinds} == {OrderStatus.Filled, OrderStatus.Ignored, OrderStatus.Rejected}
    assert len(kinds) >= 4


REFUSED = ({"price": 0.0}, {"price": np.inf}, {"cash": -1.0}, {"slippage": np.nan}, {"most": 0.0})


@pytest.mark.parametrize("change", REFUSED)
def test_what_process_order_refuses_is_refused(change):
    fine = {"goal": 5.0, "price": 2.0, "fees": 0.0, "slippage": 0.0, "most": 9.0, "cash": 1e3, "position": 1.0}
    assert executed(*fine.values())[1].size == 4.0
    with pytest.raises(ValueError, match="an order needs"):
        executed(*(fine | change).values())


@pytest.mark.parametrize("n", [0, 1, 7, 8, 9, 15, 16, 17, 40, 333])
def test_orders_are_sorted_as_vectorbt_sorts_them_equal_ones_included(n):
    rng = np.random.default_rng(n)
    values, names = rng.integers(-20, 20, n).astype(float), np.arange(n)
    own, own_names = values.copy(), names.copy()
    sort_orders(n, own, own_names, np.empty(n), np.empty(n, dtype=np.int64))
    insert_argsort_nb(values, names)
    np.testing.assert_array_equal(own_names, names)
    np.testing.assert_array_equal(own, values)
