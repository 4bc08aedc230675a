"""The market on disk: snapshots, prices, facts, series and index members; `intake` fills it, `audit` reads it over."""

from active_edge.market.facts import FactRows, Facts
from active_edge.market.prices import Prices
from active_edge.market.snapshot import write_snapshot
from active_edge.market.store import Market, open_market

__all__ = ["FactRows", "Facts", "Market", "Prices", "open_market", "write_snapshot"]
