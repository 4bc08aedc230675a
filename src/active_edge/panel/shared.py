"""One panel for all who decide on the same days of the same market."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from active_edge.market import Market
from active_edge.panel.panel import Panel


@dataclass(frozen=True)
class Panels:
    """Panels by market and dates: the first who asks has one made, the others get the same.

    What a panel keeps is read and computed once for all of them, and lives as long as this object does.
    """

    _made: dict[tuple[Market, tuple[pd.Timestamp, ...]], Panel] = field(default_factory=dict)

    def on(self, market: Market, dates: pd.DatetimeIndex) -> Panel:
        """The panel of a market on these decision dates.

        Raises
        ------
        ConfigError
            As `Panel`.
        """
        key = market, tuple(dates)
        if key not in self._made:
            self._made[key] = Panel(market, dates)
        return self._made[key]
