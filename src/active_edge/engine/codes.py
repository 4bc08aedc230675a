"""Small numbers the compiled loop and the frames share: why an order was sent, why it stayed unfilled."""

REBALANCE, EXIT, CARRY_OVER = 0, 1, 2
REASONS = ("rebalance", "exit", "carry_over")

DONE, GAP, PARTICIPATION, CASH, EXITED, NO_PRICE, NO_VOLUME = 0, 1, 2, 3, 4, 5, 6
UNFILLED = ("done", "gap", "participation", "cash", "exited", "no_price", "no_volume")
"""gap: no row until the next decision; participation: the cap; cash: none left; exited: the series ended;
no_price: never had one; no_volume: a cap asked for and the trailing volume unknown or zero."""

SHARE_TOLERANCE = 1e-12
"""Adjusted shares; vectorbt's own absolute tolerance for a size of zero."""

MAX_SLIPPAGE = 0.9
"""Half-spread and impact together never exceed this fraction of the price, so that a sale has a price."""
