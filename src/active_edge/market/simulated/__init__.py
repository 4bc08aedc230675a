"""The simulated market: the embedded default, the bench of calibration, the test of scale."""

from active_edge.market.simulated.build import simulate
from active_edge.market.simulated.knobs import LEGS, Knobs
from active_edge.market.simulated.truth import Truth, read_truth

__all__ = ["LEGS", "Knobs", "Truth", "read_truth", "simulate"]
