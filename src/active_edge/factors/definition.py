"""What a factor is: one function, with its unit, good direction and source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from inspect import cleandoc
from typing import Literal, get_args

import numpy as np

from active_edge.arguments import one_of
from active_edge.errors import ConfigError
from active_edge.market import Market
from active_edge.market.expected import EXPECTED_ITEMS
from active_edge.panel import Panel
from active_edge.schema import ITEMS
from active_edge.words import nearest

Good = Literal["high", "low", "none"]
Need = str | tuple[str, ...]
"""An item, or alternatives of which one is enough; items joined by ``+`` are needed together."""


@dataclass(frozen=True)
class Factor:
    """A figure of each asset on each date, computed from what was known then.

    Attributes
    ----------
    name
        As YAML files call it: the function's name.
    unit
        What a value is counted in.
    good
        ``high`` or ``low``: the end a ranking prefers; ``none`` where no direction is claimed (it cannot rank).
    source
        Paper or rule the definition comes from.
    family
        The part of the thesis, or the family, it belongs to.
    needs
        Items without which it is missing everywhere; empty for prices alone.
    doc
        Formula, reason, source, evidence.
    quarterly
        Items it reads by the quarter; of a company that tells none of them, by the year.
    infinite
        What an infinite value means, in words: it is known, and no number; empty where there is none.
    """

    name: str
    unit: str
    good: Good
    source: str
    family: str
    needs: tuple[Need, ...]
    doc: str
    function: Callable[[Panel], np.ndarray]
    quarterly: tuple[str, ...] = field(default=(), kw_only=True)
    infinite: str = field(default="", kw_only=True)

    def items(self) -> tuple[str, ...]:
        """Return every item it may read, in the order of `needs`."""
        return tuple(dict.fromkeys(item for need in self.needs for way in _ways(need) for item in way.split("+")))

    def items_on(self, panel: Panel) -> tuple[str, ...]:
        """Return the items behind its values on a panel."""
        del panel
        return self.items()

    def missing_items(self, market: Market) -> tuple[str, ...]:
        """Return the needs this market cannot meet, alternatives joined by ``or``; empty when it can be computed."""
        return tuple(
            " or ".join(_ways(need))
            for need in self.needs
            if not any(market.items.issuperset(way.split("+")) for way in _ways(need))
        )

    def compute(self, panel: Panel) -> np.ndarray:
        """Return ``(n_dates, n_assets)`` float64, read-only; NaN missing, everywhere so when a need is unmet.

        Timing: known at the close of each date of the panel.
        """
        return panel.keep(("factor", self), lambda: self.values(panel))

    def values(self, panel: Panel) -> np.ndarray:
        """Return what `compute` keeps, made anew."""
        if self.missing_items(panel.market):
            return np.full(panel.shape, np.nan)
        return np.asarray(self.function(panel), dtype=np.float64)

    def __call__(self, panel: Panel) -> np.ndarray:
        return self.compute(panel)

    def from_years(self, panel: Panel) -> np.ndarray:
        """Return ``(n_dates, n_assets)`` bool; True where it has no quarters to read and reads years."""
        annual = np.zeros(panel.shape, dtype=bool)
        for item in self.quarterly:
            annual |= panel.annual_only(item)
        return annual


def factor(
    *,
    unit: str,
    good: Good,
    source: str,
    family: str,
    needs: tuple[Need, ...] = (),
    quarterly: tuple[str, ...] = (),
    infinite: str = "",
) -> Callable[[Callable[[Panel], np.ndarray]], Factor]:
    """Turn a function of a panel into a `Factor`; unit, good direction, source and family are mandatory.

    Raises
    ------
    ConfigError
        An empty unit, source, family or docstring, an unknown direction, or a need that no market can have.
    """

    def decorate(function: Callable[[Panel], np.ndarray]) -> Factor:
        name, doc = function.__name__, described(function, unit=unit, source=source, family=family)
        made = Factor(
            name,
            unit,
            direction(name, good),
            source,
            family,
            tuple(needs),
            doc,
            function,
            quarterly=tuple(quarterly),
            infinite=infinite,
        )
        for item in (*made.items(), *made.quarterly):
            if item not in (*ITEMS, *EXPECTED_ITEMS):
                raise ConfigError(
                    f"factor {name}: needs {item!r}, which is no item of schema.ITEMS; {nearest(item, ITEMS)}"
                )
        return made

    return decorate


def described(function: Callable[[Panel], np.ndarray], **words: str) -> str:
    """Return the docstring of a factor's function once it and the words about it are there.

    Raises
    ------
    ConfigError
        An empty docstring or word.
    """
    doc = cleandoc(function.__doc__ or "")
    for key, text in (*words.items(), ("docstring", doc)):
        if not text.strip():
            raise ConfigError(f"factor {function.__name__}: {key} is empty; say it, in words a reader can check")
    return doc


def direction(name: str, good: Good) -> Good:
    """Return the good direction of a factor; raises `ConfigError` where it is none."""
    one_of(f"factor {name}", "good", good, get_args(Good))
    return good


def _ways(need: Need) -> tuple[str, ...]:
    return (need,) if isinstance(need, str) else need
