"""The simulated market: the embedded default, the bench of calibration, the test of scale."""

from active_edge.simulated.build import simulate
from active_edge.simulated.knobs import LEGS, Knobs
from active_edge.simulated.monthly import MonthlyMarket, monthly
from active_edge.simulated.truth import Truth, read_truth

__all__ = ["LEGS", "Knobs", "MonthlyMarket", "Truth", "monthly", "read_truth", "simulate"]
