"""The worlds a calibration runs in: what is planted in the market, and how its reader cheats.

The worlds of one path (the same knobs) are read off the same simulated markets, so that what a hazard adds is a
difference on the same draws, not between two samples.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from active_edge.errors import ConfigError
from active_edge.simulated import LEGS
from active_edge.words import nearest


@dataclass(frozen=True)
class World:
    """One row of the table of worlds.

    Attributes
    ----------
    meaning : what is true in this world, in one sentence.
    alpha : planted in every leg at once, decimal a year per cross-sectional standard deviation of the leg.
    rmw_premium : yearly premium of the profitability factor, which anyone can buy.
    quality : which figure the reader takes for a firm's profitability: the one filed by the date, the same filing
        after all restatements, or what will be filed six months later.
    survivors_only : the reader's market holds only firms that live to its end.
    exits_ignored : the reader sells what is delisted for distress at its last price.
    same_bar : the reader decides on a month's close and earns that very month.
    """

    name: str
    meaning: str
    alpha: float = 0.0
    rmw_premium: float = 0.0
    quality: Literal["known", "restated", "ahead"] = "known"
    survivors_only: bool = False
    exits_ignored: bool = False
    same_bar: bool = False

    @property
    def knobs(self) -> dict[str, Any]:
        """Arguments of `monthly` that this world sets."""
        return {"alpha": dict.fromkeys(LEGS, self.alpha) if self.alpha else {}, "rmw_premium": self.rmw_premium}

    @property
    def hazard(self) -> bool:
        """Whether the reader cheats."""
        return self.quality != "known" or self.survivors_only or self.exits_ignored or self.same_bar


_TABLE = (
    World("null", "No leg earns anything, exits are priced, the reader is honest."),
    World("priced", "Profitability earns 3 % a year as a factor anyone can buy; nothing beyond it.", rmw_premium=0.03),
    World("planted_1", "Every leg earns 1 % a year per standard deviation.", alpha=0.01),
    World("planted_2", "Every leg earns 2 % a year per standard deviation.", alpha=0.02),
    World("planted_4", "Every leg earns 4 % a year per standard deviation.", alpha=0.04),
    World("look_ahead", "The null market, ranked on what is filed six months later.", quality="ahead"),
    World("survivors", "The null market without the firms that left it.", survivors_only=True),
    World("restated", "The null market, ranked on figures as restated later.", quality="restated"),
    World("exits_ignored", "The null market, the delisted sold at their last price.", exits_ignored=True),
    World("same_bar", "The null market, each decision filled before the month it was made on.", same_bar=True),
)
WORLDS: Mapping[str, World] = MappingProxyType({world.name: world for world in _TABLE})
HONEST = "null"


def chosen_worlds(names: Sequence[str]) -> tuple[World, ...]:
    """The worlds named, in the order of the table; ``all`` names every one.

    Raises
    ------
    ConfigError : a name is none of them; the message says the nearest.
    """
    for name in names:
        if name not in WORLDS and name != "all":
            raise ConfigError(f"no world is named {name!r}; {nearest(name, WORLDS)}")
    return tuple(world for world in WORLDS.values() if world.name in names or "all" in names)
