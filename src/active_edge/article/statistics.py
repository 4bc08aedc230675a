"""How a claim is measured: on the run of its strategy, on the tables of a ground, or by a statistic of a user's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import cleandoc
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from active_edge.arguments import checked, one_of, own_function
from active_edge.article.ground import Ground
from active_edge.article.measuring import Measured
from active_edge.errors import ConfigError, InferenceError, MissingInput, PluginError
from active_edge.plugins import Declared, Plugin, Registry, origin, reported
from active_edge.stats import Stats
from active_edge.words import exact

Good = Literal["high", "low"]
Reads = Literal["case", "ground"]
ALPHA = "alpha"
KEYS = ("estimate", "interval", "p", "n")


@dataclass(frozen=True)
class Case:
    """What a statistic is given: the newest run of a claim's strategy, as it is stored.

    Attributes
    ----------
    stats : the numbers of stats.json.
    returns : (n_sessions, ...) simple daily returns, decimals: ``net``, ``gross`` and one column a benchmark.
    plain : (n_sessions,) net returns of the same universe without a rule, NaN where it has none; None without a run.
    """

    stats: Stats
    returns: pd.DataFrame
    plain: pd.Series | None = None


@dataclass(frozen=True)
class Statistic:
    """A way to measure a claim.

    Attributes
    ----------
    name : as files of claims call it.
    doc : what it measures, and why that speaks to the claim.
    """

    name: str
    doc: str


@dataclass(frozen=True, kw_only=True)
class GroundStatistic(Statistic):
    """A statistic of the program's own that reads the tables of a ground, whoever brought them.

    Attributes
    ----------
    function : from a ground, and what the claim gives beside, to a number.
    tables : names in `ground.ITEMS` without which there is no number.
    """

    function: Callable[..., Measured]
    tables: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class OwnStatistic(Statistic):
    """A statistic from a plug-in: 0 is no effect, and the claim says which side of it.

    Attributes
    ----------
    unit : what the estimate is counted in.
    good : the side of 0 that supports a claim.
    """

    unit: str
    good: Good
    function: Callable[[Any], Mapping[str, Any]]
    plugin: Plugin
    reads: Reads = "case"

    def measure(self, case: Case | Ground) -> Measured:
        """The number on one run, or on a ground where it `reads` one.

        Raises
        ------
        InferenceError : it says that the sample cannot support it.
        MissingInput : the ground has not what it reads.
        PluginError : it raised anything else, or returned what is no such number.
        """
        given = case.lent() if isinstance(case, Ground) else _copied(case)
        # A run has everything a case shows: what is missing there is the statistic's own fault.
        passes = (InferenceError, MissingInput) if isinstance(case, Ground) else (InferenceError,)
        found: list[Measured] = []
        refused: list[InferenceError | MissingInput] = []
        with reported(self.plugin, f"statistic {self.name}", given={self.reads: given}):
            try:
                # What is returned may run a user's code when it is read.
                found.append(_checked(self.function(given), self.unit, f"{self.plugin}, statistic {self.name}"))
            except passes as error:
                refused.append(error)
        if refused:
            raise refused[0]
        return found[0]


def _copied(case: Case) -> Case:
    return Case(case.stats, case.returns.copy(), None if case.plain is None else case.plain.copy())


def _checked(found: object, unit: str, where: str) -> Measured:
    if not isinstance(found, Mapping) or set(found) != set(KEYS):
        told = f"a mapping of {', '.join(map(str, found))}" if isinstance(found, Mapping) else type(found).__name__
        raise PluginError(f"{where}: returned {told}; return a mapping of {', '.join(KEYS)}")
    try:
        low, high = (_number(end) for end in found["interval"])
        estimate, p, n = (_number(found[key]) for key in ("estimate", "p", "n"))
    except (TypeError, ValueError, OverflowError) as error:
        raise PluginError(f"{where}: {error}; estimate and p are numbers, interval is two of them, n counts") from error
    if not np.isfinite([low, high, estimate, p, n]).all():
        raise PluginError(f"{where}: a number is not finite; raise InferenceError where the sample cannot support it")
    if not low <= estimate <= high:
        ends = f"{exact(low, estimate)} to {exact(high, estimate)}"
        raise PluginError(f"{where}: the estimate {exact(estimate, low, high)} lies outside its interval, {ends}")
    if not 0 <= p <= 1 or n < 1 or n % 1:
        said = f"p {exact(p, 0.0, 1.0)} and n {exact(n)}"
        raise PluginError(f"{where}: {said}; p lies in 0 .. 1, and n is a whole number from 1 up")
    return Measured(estimate, (low, high), p, int(n), unit)


def _number(value: Any) -> float:
    if isinstance(value, str | bytes | bool | np.bool_):
        raise TypeError(f"{value!r} is no number")
    return float(value)


def on_ground(*tables: str) -> Callable[[Callable[..., Measured]], Callable[..., Measured]]:
    """Registers a function of a ground as a statistic of the program's own, under its name.

    Parameters
    ----------
    tables : those it cannot do without.
    """

    def register(function: Callable[..., Measured]) -> Callable[..., Measured]:
        name = function.__name__
        STATISTICS.build_in(
            {name: GroundStatistic(name, cleandoc(function.__doc__ or ""), function=function, tables=tables)}
        )
        return function

    return register


def _not_run(declared: Declared) -> Statistic:
    return Statistic(declared.name, declared.doc)


STATISTICS: Registry[Statistic] = Registry("statistic", _not_run)
"""Every statistic by name: built in, then a user's own."""
STATISTICS.build_in(
    {
        ALPHA: Statistic(
            ALPHA,
            "The verdict of the strategy's run: net alpha on every benchmark, on the factors and beside random "
            "portfolios, charged for every trial; taken back where the same universe without the rule does as well.",
        )
    }
)


@checked
def statistic(
    *, unit: str, good: Good, reads: Reads = "case"
) -> Callable[[Callable[[Any], Mapping[str, Any]]], OwnStatistic]:
    """A statistic of your own: decorates a function from a `Case` to a number, and registers it under its name.

    A file of claims names it, ``statistic: NAME``, and ``active-edge thesis --claims FILE`` judges the claim by it. The
    function returns a mapping of ``estimate`` (0 is no effect), ``interval`` (lower and upper end, 95 %), ``p`` (of no
    effect, two-sided) and ``n``; it raises `InferenceError` where the sample cannot support a number.

    Parameters
    ----------
    unit
        What the estimate is counted in, in words.
    good
        ``high`` or ``low``: the side of 0 that supports a claim.
    reads
        ``case``: the run of the claim's strategy; ``ground``: the tables of `article.ground.ITEMS`, by
        ``ground.frame(name)``.

    Raises
    ------
    ConfigError
        It has no docstring, an empty unit, or an unknown side.
    PluginError
        The name is taken, or its source cannot be read.
    """

    def decorate(function: Callable[[Any], Mapping[str, Any]]) -> OwnStatistic:
        one_of("statistic", "reads", reads, get_args(Reads))
        name, doc = own_function(function, "statistic", (reads,))
        if not unit.strip():
            raise ConfigError(f"statistic {name}: unit is empty; say it, in words a reader can check")
        one_of(f"statistic {name}", "good", good, get_args(Good))
        plugin = origin(function)
        made = OwnStatistic(name, doc, unit=unit, good=good, function=function, plugin=plugin, reads=reads)
        STATISTICS.register(name, made, plugin)
        return made

    return decorate
