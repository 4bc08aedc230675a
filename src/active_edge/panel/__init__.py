"""The point-in-time door: nothing known after the decision date ever passes it."""

from active_edge.panel.hidden import HiddenPanel
from active_edge.panel.panel import Panel
from active_edge.panel.shared import Panels

__all__ = ["HiddenPanel", "Panel", "Panels"]
