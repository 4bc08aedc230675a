"""Factors of a user's own: a decorated function in a plug-in, or an item that the market holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from active_edge.arguments import checked, own_function
from active_edge.errors import ConfigError, PluginError
from active_edge.factors.definition import Factor, Good, Need, described, direction
from active_edge.market import Market
from active_edge.market.intake.item_names import ours_by
from active_edge.panel import Panel
from active_edge.plugins import Declared, Plugin, Registry, origin, reported
from active_edge.schema import ITEMS
from active_edge.words import count

OWN_FAMILY = "own"
ITEM_UNITS = {"flow": "as filed, twelve months", "instant": "as filed", "share": "fraction", "per_share": "USD a share"}
NUMBERS = "fiub"
"""Kinds of dtype that are numbers: floats, integers, flags."""


@dataclass(frozen=True)
class OwnFactor(Factor):
    """A factor from a plug-in, held to what it promises each time it is computed.

    Attributes
    ----------
    plugin
        The file it is written in.
    recorded
        True where `needs` was not given: the items behind it are those it was seen to read.
    """

    plugin: Plugin
    recorded: bool

    def items_on(self, panel: Panel) -> tuple[str, ...]:
        if not self.recorded:
            return self.items()
        self.compute(panel)
        return panel.items_behind(("factor", self))

    def missing_items(self, market: Market) -> tuple[str, ...]:
        """Return the needs this market cannot meet; of recorded needs, the items read that it lacks."""
        if not self.recorded:
            return super().missing_items(market)
        return tuple(item for item in self.read_in(market) if item not in market.items)

    def read_in(self, market: Market) -> tuple[str, ...]:
        """Return the items it reads on the last session of a market."""
        return self.items_on(Panel(market, market.sessions[-1:]))

    def values(self, panel: Panel) -> np.ndarray:
        """Return what the function returns, as a new matrix.

        Raises
        ------
        PluginError
            It raised, or returned what is no matrix of finite numbers and NaN.
        """
        if not self.recorded and self.missing_items(panel.market):
            return np.full(panel.shape, np.nan)
        with reported(self.plugin, f"factor {self.name}", given={"panel": panel}), np.errstate(all="ignore"):
            values = self.function(panel)
        return checked_matrix(values, panel, self._where)

    @property
    def _where(self) -> str:
        code = getattr(self.function, "__code__", None)
        line = "" if code is None else f", line {code.co_firstlineno}"
        return f"{self.plugin}, factor {self.name}{line}"


def checked_matrix(values: object, panel: Panel, where: str, *, absent: str = "NaN where missing") -> np.ndarray:
    """Return what a plug-in returned as a new ``(n_dates, n_assets)`` float64 matrix.

    Parameters
    ----------
    where
        What returned it, for messages.
    absent
        What stands where there is no value.

    Raises
    ------
    PluginError
        Not an array, of another shape, not numbers, or infinite somewhere.
    """
    wanted = f"(n_dates, n_assets) = {panel.shape}"
    if isinstance(values, pd.DataFrame | pd.Series):
        raise PluginError(
            f"{where}: returned a {type(values).__name__}; return a numpy array {wanted}, columns in the "
            "order of panel.market.assets"
        )
    if not isinstance(values, np.ndarray) or isinstance(values, np.ma.MaskedArray):
        shown = "nothing" if values is None else f"a {type(values).__name__}"
        raise PluginError(f"{where}: returned {shown}; return a numpy array {wanted}, {absent}")
    if values.shape != panel.shape:
        raise PluginError(f"{where}: returned an array of shape {values.shape}, not {wanted}")
    if values.dtype.kind not in NUMBERS:
        raise PluginError(f"{where}: returned an array of {values.dtype}; return numbers, {absent}")
    matrix = np.array(values, dtype=np.float64)
    infinite = np.isinf(matrix)
    if infinite.any():
        row, column = (int(place[0]) for place in np.nonzero(infinite))
        asset, day = panel.market.assets[column], panel.dates[row].date()
        raise PluginError(
            f"{where}: returned {count(int(infinite.sum()), 'infinite value')}, the first {matrix[row, column]} for "
            f"{asset} on {day}; a value that cannot be computed is NaN: np.where(divisor > 0, ratio, np.nan)"
        )
    return matrix


def _not_run(declared: Declared) -> Factor:
    """The factor that a plug-in which may not be run declares; it can be named, not computed."""
    plugin = Plugin(declared.file, "", str(declared.path or ""))

    def function(_: Panel) -> np.ndarray:
        raise PluginError(f"{plugin}: was not run, so its factor {declared.name} has no values")

    good = declared.words.get("good", "high")
    words = (declared.words.get("unit", "unknown"), good if good in ("low", "none") else "high")
    source, family = declared.words.get("source", "unknown"), declared.words.get("family", OWN_FAMILY)
    return OwnFactor(declared.name, words[0], words[1], source, family, (), declared.doc, function, plugin, True)  # type: ignore[arg-type]


FACTORS: Registry[Factor] = Registry("factor", _not_run)
"""Every factor by name: built in, in the order of the reference, then a user's own."""


@checked
def factor(
    *, unit: str, good: Good, source: str, family: str = OWN_FAMILY, needs: tuple[Need, ...] | None = None
) -> Callable[[Callable[[Panel], np.ndarray]], Factor]:
    """A factor of your own: decorates a function from a `Panel` to a matrix, and registers it under its name.

    The function returns ``(n_dates, n_assets)`` numbers, NaN where missing, never infinite, and reads the panel without
    changing it. Its docstring is its entry of the reference.

    Parameters
    ----------
    unit
        What a value is counted in, in words.
    good
        ``high`` or ``low``: the end a ranking prefers; ``none`` where it cannot rank.
    source
        Paper, rule or person the definition comes from.
    family
        The group it is shown with.
    needs
        Items without which it is missing everywhere: alternatives are a tuple, ``+`` joins items needed together. Not
        given, the items it reads are recorded when it is computed, and it decides itself what a missing one means.

    Timing: known at the close of each date of the panel, for as long as it reads the panel alone.

    Raises
    ------
    ConfigError
        An empty unit, source, family or docstring, an unknown direction, or a need that no market can meet.
    PluginError
        The name is taken, or its source cannot be read.

    Examples
    --------
    >>> import active_edge as ae
    >>> @ae.factor(unit="ratio", good="high", source="own idea")
    ... def cash_to_debt(panel: ae.Panel):
    ...     '''Cash over total debt.'''
    ...     debt = panel.latest("total_debt")
    ...     return np.where(debt > 0, panel.latest("cash") / debt, np.nan)
    """

    def decorate(function: Callable[[Panel], np.ndarray]) -> Factor:
        name, doc = own_function(function, "factor", ("panel",))
        described(function, unit=unit, source=source, family=family)
        ways, plugin = tuple(needs or ()), origin(function)
        made = OwnFactor(name, unit, direction(name, good), source, family, ways, doc, function, plugin, needs is None)
        _refuse_needs(made)
        FACTORS.register(name, made, plugin)
        return made

    return decorate


def _refuse_needs(made: Factor) -> None:
    """Refuse a need that no market can meet: an own item has never a name that an import takes for one of ours."""
    for item in made.items():
        if item in ITEMS:
            continue
        meant = ours_by(item) if item.strip() else ""
        if meant or not item.strip():
            said = f"did you mean {meant}?" if meant else "write a+b for two items needed together"
            raise ConfigError(f"factor {made.name}: needs {item!r}, which is no item of any market; {said}")


@cache
def item_factor(name: str, good: Good = "none", unit: str = "", max_age_days: int | None = None) -> Factor:
    """The newest filed figure of an item as a factor: missing everywhere in a market that lacks the item.

    Parameters
    ----------
    name
        Any item of a market, one of `schema.ITEMS` or a user's own.
    good
        The end a ranking prefers; nobody knows it of a number by its name alone.
    unit
        Empty: that of the item's kind, for a user's own item unknown.
    max_age_days
        As `Panel.latest`.
    """
    known = ITEM_UNITS[ITEMS[name]] if name in ITEMS else "unknown"
    doc = f"The newest figure of the item {name} filed by the date. Timing: its day of filing."
    return Factor(
        name,
        unit or known,
        good,
        "an item of the market",
        "item",
        (name,),
        doc,
        lambda panel: panel.latest(name, max_age_days=max_age_days),
    )
