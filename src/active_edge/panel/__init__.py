"""The point-in-time door: nothing known after the decision date ever passes it."""

from active_edge.panel.door import Panel
from active_edge.panel.hidden import HiddenPanel

__all__ = ["HiddenPanel", "Panel"]
