"""Commission, spread, impact and participation: what an order costs, told from data known when it was decided."""

from active_edge.costs.impact import almgren_2005, square_root
from active_edge.costs.spread import half_spread
from active_edge.costs.terms import Costs, CostTerms, cost_terms

__all__ = ["CostTerms", "Costs", "almgren_2005", "cost_terms", "half_spread", "square_root"]
