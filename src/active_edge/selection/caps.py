"""What counts as a weight, and how long weights are handed on."""

DUST = 1e-12
"""A weight below this is no holding."""
CAP_PASSES = 100
"""Rounds of handing capped weight on; each round fixes at least one cap, so few names ever need more than ten."""
