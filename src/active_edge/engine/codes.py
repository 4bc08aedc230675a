"""Small numbers the compiled loop and the frames share: why an order was sent, why it stayed unfilled."""

REBALANCE, EXIT, CARRY_OVER, REINVEST = 0, 1, 2, 3
REASONS = ("rebalance", "exit", "carry_over", "reinvest")

DONE, GAP, PARTICIPATION, CASH, EXITED, NO_PRICE, NO_VOLUME, UNTRADED, DAY_VOLUME = range(9)
UNFILLED = ("done", "gap", "participation", "cash", "exited", "no_price", "no_volume", "untraded", "day_volume")
"""gap: no row until the next decision; participation: the cap; cash: none left; exited: the series ended;
no_price: never had one; no_volume: a cap asked for and the trailing volume zero or unknown; untraded: nobody traded on
the sessions it waited for; day_volume: the session's own volume was less than what was left of it."""

SHARE_TOLERANCE = 1e-12
"""Adjusted shares; vectorbt's own absolute tolerance for a size of zero."""

CASH_TOLERANCE = 1e-3
"""A purchase that lapses for want of cash is listed where more than this part of the position is missing: prices move
between the sessions of an order, and what that leaves of hundreds of orders is a few dollars each."""

MAX_SLIPPAGE = 0.9
"""Half-spread and impact together never exceed this fraction of the price, so that a sale has a price."""
