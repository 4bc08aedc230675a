"""Targets into portfolios: the only place that drives vectorbt, and it does so inside functions."""

from active_edge.engine.arena import Arena, BlockReturns, ManyReturns, Plans, SparseWeights, arena_of, prepare
from active_edge.engine.simulation import Simulation
from active_edge.engine.trade_targets import trade_targets

__all__ = [
    "Arena",
    "BlockReturns",
    "ManyReturns",
    "Plans",
    "Simulation",
    "SparseWeights",
    "arena_of",
    "prepare",
    "trade_targets",
]
