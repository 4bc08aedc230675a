"""How members share the portfolio before caps: the built-in weightings, and those of a user's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from inspect import cleandoc
from types import MappingProxyType
from typing import overload

import numpy as np

from active_edge.arguments import checked, own_function
from active_edge.errors import PluginError
from active_edge.evaluation import Evaluation
from active_edge.factors.own import checked_matrix
from active_edge.plugins import Declared, Plugin, Registry, origin, reported
from active_edge.words import exact

Weigh = Callable[[Evaluation, np.ndarray], np.ndarray]
"""From an evaluated screen and its members, ``(n_dates, n_assets)`` bool, to weights of that shape."""
ROUNDING = 1e-9
"""By so much a sum of weights may pass 1, which floats cannot always hit; what coarser floats pass is taken off."""


@dataclass(frozen=True)
class Weighting:
    """A rule by which members share the portfolio.

    Attributes
    ----------
    name : as YAML files call it.
    doc : what it does, and why.
    function : from screen and members to amounts; only their proportions within a date count.
    ranked : it needs the ranking of a screen.
    """

    name: str
    doc: str
    function: Weigh
    ranked: bool = False

    def weights(self, evaluation: Evaluation, members: np.ndarray) -> np.ndarray:
        """(n_dates, n_assets) float >= 0, before caps; a row sums to 1, or to 0 where there are no members.

        Timing: decided after the close of each date.
        """
        raw = self.function(evaluation, members)
        total = raw.sum(axis=1, keepdims=True)
        shares: np.ndarray = np.divide(raw, total, out=np.zeros_like(raw), where=total > 0)
        return shares


@dataclass(frozen=True, kw_only=True)
class OwnWeighting(Weighting):
    """A weighting from a plug-in, whose function returns the weights themselves; what they leave of 1 is cash."""

    plugin: Plugin

    def weights(self, evaluation: Evaluation, members: np.ndarray) -> np.ndarray:
        """(n_dates, n_assets) float >= 0, before caps; a row sums to at most 1.

        Raises
        ------
        PluginError : it raised, or returned what are no weights of the members.
        """
        shown = members.copy()
        shown.setflags(write=False)
        read = replace(
            evaluation,
            values=MappingProxyType(dict(evaluation.values)),
            definitions=MappingProxyType(dict(evaluation.definitions)),
        )
        with (
            reported(self.plugin, f"weighting {self.name}", given={"evaluation": read, "evaluation.panel": read.panel}),
            np.errstate(all="ignore"),
        ):
            given = self.function(read, shown)
        code = getattr(self.function, "__code__", None)
        where = f"{self.plugin}, weighting {self.name}" + (f", line {code.co_firstlineno}" if code is not None else "")
        weights = checked_matrix(given, evaluation.panel, where, absent="0 where nothing is held")
        _refuse(np.isnan(weights), weights, evaluation, f"{where}: a weight is missing")
        _refuse(weights < 0, weights, evaluation, f"{where}: a weight is below 0; nothing is sold short")
        _refuse((weights > 0) & ~members, weights, evaluation, f"{where}: holds what the screen did not select")
        total = weights.sum(axis=1)
        most = max(ROUNDING, _step_of(given))
        over = total > 1 + most
        if over.any():
            row = int(over.argmax())
            said = exact(total[row], 1.0, digits=5)
            raise PluginError(
                f"{where}: the weights of {evaluation.panel.dates[row].date()} sum to {said}; at most 1 can be held, "
                "and what is left is cash; divide each row by its sum"
            )
        return without_rounding(weights, most)


def without_rounding(weights: np.ndarray, most: float) -> np.ndarray:
    """Rows whose sum passes 1 by rounding alone, by `most` at most, divided by it; the others as they are."""
    total = weights.sum(axis=1, keepdims=True)
    coarse = (total > 1.0 + ROUNDING) & (total <= 1.0 + most)
    scaled: np.ndarray = weights / np.where(coarse, total, 1.0)
    return scaled


def _step_of(given: np.ndarray) -> float:
    """Twice the distance of the floats of an array around 1; 0 of other numbers."""
    return 2.0 * float(np.finfo(given.dtype).eps) if given.dtype.kind == "f" else 0.0


def _refuse(wrong: np.ndarray, weights: np.ndarray, evaluation: Evaluation, what: str) -> None:
    if wrong.any():
        row, column = (int(place[0]) for place in np.nonzero(wrong))
        asset, day = evaluation.panel.market.assets[column], evaluation.panel.dates[row].date()
        raise PluginError(f"{what}: {weights[row, column]:.6g} for {asset} on {day}, and {int(wrong.sum()) - 1:,} more")


def _equal(evaluation: Evaluation, members: np.ndarray) -> np.ndarray:
    """The same for each: no opinion, least of any one name."""
    del evaluation
    return members.astype(float)


def _by_rank(evaluation: Evaluation, members: np.ndarray) -> np.ndarray:
    """In proportion to the places a name stands above the last: the best of ten gets ten times the last."""
    last = np.nanmax(np.where(members, evaluation.rank, np.nan), axis=1, keepdims=True, initial=0.0)
    return np.where(members, last - evaluation.rank + 1.0, 0.0)


def _by_market_value(evaluation: Evaluation, members: np.ndarray) -> np.ndarray:
    """In proportion to market value, as an index fund holds them; nothing of a name whose value is unknown."""
    return np.where(members, np.nan_to_num(evaluation.panel.market_value(), nan=0.0), 0.0)


def _by_inverse_volatility(evaluation: Evaluation, members: np.ndarray) -> np.ndarray:
    """In proportion to 1 / volatility of a year: each name's own risk the same."""
    volatility = np.where(members, evaluation.panel.volatility(), np.nan)
    # A name too young for an estimate gets the smallest weight of the day, never an invented volatility.
    riskiest = np.nanmax(volatility, axis=1, keepdims=True, initial=1e-3)
    return np.where(members, 1.0 / np.where(volatility > 0, volatility, riskiest), 0.0)


def _not_run(declared: Declared) -> Weighting:
    plugin = Plugin(declared.file, "", str(declared.path or ""))

    def function(_: Evaluation, __: np.ndarray) -> np.ndarray:
        raise PluginError(f"{plugin}: was not run, so its weighting {declared.name} has no weights")

    return OwnWeighting(declared.name, declared.doc, function, plugin=plugin)


WEIGHTINGS: Registry[Weighting] = Registry("weighting", _not_run)
"""Every weighting by name: built in, then a user's own."""
WEIGHTINGS.build_in(
    {
        name: Weighting(name, cleandoc(function.__doc__ or ""), function, ranked)
        for name, function, ranked in (
            ("equal", _equal, False),
            ("rank", _by_rank, True),
            ("cap", _by_market_value, False),
            ("inverse_volatility", _by_inverse_volatility, False),
        )
    }
)


@overload
def weighting(function: Weigh) -> Weighting: ...
@overload
def weighting(*, ranked: bool = False) -> Callable[[Weigh], Weighting]: ...
@checked
def weighting(function: Weigh | None = None, *, ranked: bool = False) -> Weighting | Callable[[Weigh], Weighting]:
    """A weighting of your own: decorates a function from a screen and its members to weights, and registers it.

    The function is given the evaluated screen (``evaluation.panel``, ``.rank``, ``.score``, ``.values[factor]``,
    ``.universe.sectors``) and ``members``, ``(n_dates, n_assets)`` bool. It returns weights of that shape: >= 0, 0 for
    all but members, a row summing to at most 1; the rest of a row is cash. The caps of the strategy apply after it.

    Parameters
    ----------
    ranked
        It reads ``evaluation.rank``: a strategy whose screen has no ranking is refused.

    Timing: decided after the close of each date, from its own row alone; the leak audit tells where it is not.

    Raises
    ------
    ConfigError
        It has no docstring.
    PluginError
        The name is taken, or its source cannot be read.

    Examples
    --------
    >>> import active_edge as ae
    >>> @ae.weighting
    ... def half_in_cash(evaluation, members):
    ...     '''Half in cash, the rest in equal parts.'''
    ...     return 0.5 * members / np.maximum(members.sum(axis=1, keepdims=True), 1)
    """

    def decorate(made_from: Weigh) -> Weighting:
        name, doc = own_function(made_from, "weighting", ("evaluation", "members"))
        plugin = origin(made_from)
        made = OwnWeighting(name, doc, made_from, ranked, plugin=plugin)
        WEIGHTINGS.register(name, made, plugin)
        return made

    return decorate if function is None else decorate(function)
