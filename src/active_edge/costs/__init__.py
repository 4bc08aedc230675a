"""The terms a portfolio trades on, and what each order costs, told from data known when it was decided."""

from active_edge.costs.impact import almgren_2005, square_root
from active_edge.costs.order_costs import OrderCosts, order_costs
from active_edge.costs.spread import READ_LOW, half_spread
from active_edge.costs.terms import FREE, Costs, Delisting, Impact, TradeAt, TradingTerms

__all__ = [
    "FREE",
    "READ_LOW",
    "Costs",
    "Delisting",
    "Impact",
    "OrderCosts",
    "TradeAt",
    "TradingTerms",
    "almgren_2005",
    "half_spread",
    "order_costs",
    "square_root",
]
