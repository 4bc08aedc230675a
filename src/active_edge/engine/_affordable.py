"""How much of some orders the cash pays for, their own costs included: one share for all of them.

Importing this module imports numba.
"""

import numpy as np
from numba import njit

from active_edge.engine.codes import MAX_SLIPPAGE

STEPS = 100
ENOUGH = 1e-14
"""A share is found when what is missing of the cash is below this fraction of what the orders move."""


@njit(cache=True, nogil=True, error_model="numpy")
def power_of(share: float, exponent: float) -> float:
    """Return share^exponent; the square root, which costs a tenth, where that is it."""
    if exponent == 0.5:
        return float(np.sqrt(share))
    raised: float = share**exponent
    return raised


@njit(cache=True, nogil=True, error_model="numpy")
def impact_of(amount: float, volume: float, linear: float, power: float, exponent: float) -> tuple[float, float]:
    """Return the impact of an order of `amount` USD, a fraction of its price, and `amount` times its slope in it.

    An unknown volume counts as the order's own, whatever its size.
    """
    if linear == 0.0 and power == 0.0:
        return 0.0, 0.0
    share = amount / volume if volume > 0.0 else 1.0
    raised = power * power_of(share, exponent)
    return linear * share + raised, linear * share + exponent * raised if volume > 0.0 else 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def _left(
    scale: float, names: np.ndarray, slots: np.ndarray, n: int, cash: float, fees: float, exponent: float
) -> tuple[float, float, float]:
    """Return the cash left when every position goes from `held` to `scale` x `goal`, its slope, and what is moved.

    The slope is right but for a jump where an order changes from sale to purchase.
    """
    left, slope, moved = cash, 0.0, cash
    for i in range(n):
        name = names[slots[i].asked]
        goal, price, cap = name.goal, name.val_price, name.most
        change = scale * goal - name.held
        size = abs(change)
        half = min(name.half, MAX_SLIPPAGE)
        traded = min(size, cap)
        impact, more = impact_of(traded * price, name.volume, name.linear, name.power, exponent)
        if impact > MAX_SLIPPAGE - half:
            impact, more = MAX_SLIPPAGE - half, 0.0
        elif size > cap:
            more = 0.0
        amount = size * price
        moved += amount
        if change >= 0.0:
            left -= amount * (1.0 + half + impact) * (1.0 + fees)
            slope -= goal * price * (1.0 + half + impact + more) * (1.0 + fees)
        else:
            left += amount * (1.0 - half - impact) * (1.0 - fees)
            slope -= goal * price * (1.0 - half - impact - more) * (1.0 - fees)
    return left, slope, moved


@njit(cache=True, nogil=True, error_model="numpy")
def affordable(names: np.ndarray, slots: np.ndarray, n: int, cash: float, fees: float, exponent: float) -> float:
    """Return the greatest share in [0, 1] of the goals that leaves no cash below zero.

    names, slots : as `Book`; asked are the first `n` of the latter. Of them goal, held : shares wanted and held;
    val_price : USD; most : shares of one order, which its impact is counted for; their rates. cash : USD.

    What is left falls with the share and is concave in it, so Newton's steps from 1 come down to the answer from above
    without passing it; where a capped impact breaks that, the bracket is halved.
    """
    left, slope, moved = _left(1.0, names, slots, n, cash, fees, exponent)
    if left >= -ENOUGH * moved:
        return 1.0
    low, high, scale = 0.0, 1.0, 1.0
    for _ in range(STEPS):
        following = scale - left / slope if slope < 0.0 else -1.0
        if not low <= following < high:
            following = 0.5 * (low + high)
        if following == scale:
            break
        scale = following
        left, slope, moved = _left(scale, names, slots, n, cash, fees, exponent)
        if abs(left) <= ENOUGH * moved:
            break
        if left < 0.0:
            high = scale
        else:
            low = scale
    return scale
