"""Arguments of public functions, checked at their doors: what is wrong is one sentence, before anything is done.

A function says in its annotations what it takes; `checked` holds it to them. What only the function itself can know,
such as which names a market has, it checks itself.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from inspect import Parameter, Signature, cleandoc, iscoroutinefunction, signature
from pathlib import PurePath
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pandas as pd

from active_edge.errors import ConfigError
from active_edge.words import nearest

F = TypeVar("F", bound=Callable[..., Any])


class Kind(NamedTuple):
    """What an annotation asks for.

    Attributes
    ----------
    fits : whether a value is that.
    give : what to give, in words.
    """

    fits: Callable[[Any], bool]
    give: str


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _path(value: Any) -> bool:
    return isinstance(value, PurePath) or (_text(value) and "\0" not in value)


def _day(value: Any) -> bool:
    if not isinstance(value, str | dt.date | np.datetime64) or (
        isinstance(value, str) and not re.match(r"\d{4}", value)
    ):
        return False
    try:
        day = pd.Timestamp(value)
    except (ValueError, OverflowError):
        return False
    return not pd.isna(day) and day.tz is None


def _whole(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and int(value) >= 0


def _number(value: Any) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool) and math.isfinite(value)


def _several(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    def all_fit(value: Any) -> bool:
        listed = isinstance(value, Sequence | pd.Index) and not isinstance(value, str | bytes)
        return listed and all(fits(one) for one in value)

    return all_fit


def _of(name: str) -> Callable[[Any], bool]:
    """Whether a value is of a class of the package, told by its name: a door imports nothing."""
    return lambda value: any(kind.__name__ == name for kind in type(value).mro())


def _one_of(*kinds: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: any(fits(value) for fits in kinds)


DAY = Kind(_day, "give a date, such as '2016-06-30'")
TEXT = Kind(_text, "give a text")
PATH = Kind(_path, "give a path, as text or pathlib.Path")
WHOLE = Kind(_whole, "give a whole number from 0 up")
FUNCTION = Kind(callable, "give a function")
ANYTHING = Kind(lambda _: True, "")
STRATEGY = "what ae.load_strategy gives"
RESULT = "what ae.backtest or ae.backtest_weights gives"
KINDS: Mapping[str, Kind] = {
    "Asks": FUNCTION,
    "Benchmarks": ANYTHING,
    "Callable[[Plugin], None]": FUNCTION,
    "Callable[[str, MissingInput], None]": FUNCTION,
    "Dated": ANYTHING,
    "Day": DAY,
    "FilePath": PATH,
    "Freshness": ANYTHING,
    "Good": ANYTHING,
    "Reads": ANYTHING,
    "Grid": Kind(_of("Grid"), "give a Grid, or the path of a file of one"),
    "Kind": ANYTHING,
    "Market": Kind(_of("Market"), "give what ae.open_market, ae.choose_market or ae.default_market gives"),
    "Mapping[str, float]": Kind(
        lambda value: isinstance(value, Mapping) and all(_text(k) and _number(v) for k, v in value.items()),
        "give a mapping of name to number",
    ),
    "Panel": Kind(_of("Panel"), "give an ae.Panel of the strategy's decision dates"),
    "Path": PATH,
    "Progress": FUNCTION,
    "Result": Kind(_of("Result"), f"give {RESULT}"),
    "Screen": Kind(_of("Screen"), "give what ae.load_screen gives"),
    "Sequence[Finding]": Kind(_several(_of("Finding")), "give a list of findings of an import"),
    "Sequence[Result]": Kind(_several(_of("Result")), f"give a list of {RESULT}"),
    "Sequence[Strategy]": Kind(_several(_of("Strategy")), f"give a list of {STRATEGY}"),
    "Sequence[str | Path]": Kind(_several(_path), "give a list of paths"),
    "Sequence[str]": Kind(_several(_text), "give a list of texts"),
    "Strategy": Kind(_of("Strategy"), f"give {STRATEGY}"),
    "Strategy | Sequence[Strategy]": Kind(
        _one_of(_of("Strategy"), _several(_of("Strategy"))), f"give {STRATEGY}, or a list of it"
    ),
    "TableName": ANYTHING,
    "Tables": Kind(lambda value: isinstance(value, Mapping) and len(value) > 0, "give a mapping of table to frame"),
    "TradingTerms": Kind(_of("TradingTerms"), "give ae.TradingTerms(costs=..., capital_usd=...)"),
    "Weigh": ANYTHING,
    "UniverseRules": Kind(_of("UniverseRules"), "give the universe of a screen: ae.load_screen(...).universe"),
    "bool": Kind(lambda value: isinstance(value, bool | np.bool_), "give True or False"),
    "float": Kind(_number, "give a finite number"),
    "int": WHOLE,
    "pd.DatetimeIndex": Kind(
        _one_of(lambda value: isinstance(value, pd.DatetimeIndex), _several(_day)),
        "give dates, such as market.sessions",
    ),
    "pd.Timestamp": DAY,
    "str": TEXT,
    "tuple[Need, ...]": Kind(
        _several(_one_of(_text, _several(_text))), "give a list of items, each a text, or a tuple of alternatives"
    ),
}
"""Annotation -> what it asks for; alternatives are joined by ``|``."""
DATES = frozenset({"start", "end", "on"})
"""Arguments that are dates though their type says text."""
EMPTY = frozenset({"description", "family", "source", "unit"})
"""Arguments of text that may be empty, or whose function says more of it when they are."""


def checked(function: F) -> F:
    """The function, refusing arguments that are not what its annotations ask for.

    Raises
    ------
    ConfigError : of the decorated function, naming itself, the argument, the value and what to give.
    """
    called = signature(function)
    kinds = {one.name: _kind(one) for one in called.parameters.values() if one.name != "self"}

    @wraps(function)
    def door(*args: Any, **kwargs: Any) -> Any:
        _refuse_bare(function.__name__, called, args, kwargs)
        given = called.bind(*args, **kwargs).arguments  # a TypeError of Python's own where the names are wrong
        for name, value in given.items():
            if name in kinds:
                _check(function.__name__, called.parameters[name], kinds[name], value)
        return function(*args, **kwargs)

    return door  # type: ignore[return-value]


def one_of(where: str, name: str, value: object, valid: Sequence[str]) -> None:
    """Nothing, where a value is one of the valid words.

    Raises
    ------
    ConfigError : it is none; the nearest is named.
    """
    if not isinstance(value, str) or value not in valid:
        near = f"; {nearest(value, valid)}" if isinstance(value, str) and value.strip() else ""
        raise ConfigError(f"{where}: {name}={told(value)} is not one of {', '.join(valid)}{near}")


def refused(where: str, name: str, value: object, give: str) -> ConfigError:
    """The error of an argument: where, which, what it is, and what to give."""
    said = f"{name} is empty" if isinstance(value, str) and not value.strip() else f"{name}={told(value)}"
    return ConfigError(f"{where}: {said}; {give}")


def told(value: object) -> str:
    """A value in a few letters: what is short as it is written, the rest by its type."""
    if value is None or isinstance(value, str | int | float | pd.Timestamp | PurePath):
        said = repr(value)
        return said if len(said) <= 60 else f"{said[:57]}..."
    return f"a {type(value).__name__}"


def _refuse_bare(where: str, called: Signature, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
    """Refuse a decorator that was written without the brackets its words stand in."""
    words = [one.name for one in called.parameters.values() if one.kind is Parameter.KEYWORD_ONLY]
    if len(words) == len(called.parameters) and len(args) == 1 and callable(args[0]) and not kwargs:
        needed = [name for name in words if called.parameters[name].default is Parameter.empty]
        raise ConfigError(
            f"{where}: written without brackets; write @ae.{where}({', '.join(f'{n}=...' for n in needed)})"
        )


def _check(where: str, parameter: Parameter, kind: Kind, value: Any) -> None:
    values: Iterable[Any] = value if parameter.kind is Parameter.VAR_POSITIONAL else (value,)
    for one in values:
        if one is None and parameter.default is None:
            continue
        if parameter.name in EMPTY and isinstance(one, str):
            continue
        if not kind.fits(one):
            raise refused(where, parameter.name, one, kind.give)


def _kind(parameter: Parameter) -> Kind:
    """What a parameter's annotation asks for; one that stands nowhere in `KINDS` is the author's mistake."""
    said = str(parameter.annotation).removesuffix(" | None")
    if said in KINDS:
        return DAY if parameter.name in DATES else KINDS[said]
    if parameter.name in DATES:
        return DAY
    if said.startswith("Literal["):
        words = tuple(re.findall(r"['\"](.+?)['\"]", said))
        return Kind(lambda value: isinstance(value, str) and value in words, f"give one of {', '.join(words)}")
    parts = said.split(" | ")
    if not all(part in KINDS for part in parts):
        raise TypeError(f"{parameter}: active_edge.arguments says nothing of {said}; add it to KINDS")
    wide = [KINDS[part] for part in parts if KINDS[part] is not TEXT or "Path" not in said]
    gives = ", or ".join(dict.fromkeys(kind.give for kind in wide))
    return Kind(_one_of(*(kind.fits for kind in wide)), gives.replace(", or give ", ", or "))


def own_function(function: object, kind: str, takes: tuple[str, ...]) -> tuple[str, str]:
    """Name and docstring of a function that a user wrote for the program to call.

    Parameters
    ----------
    kind : what it is to be, such as ``factor``.
    takes : names of the arguments it is called with.

    Raises
    ------
    ConfigError : it is no function, has no name or docstring, or cannot be called so.
    """
    name = getattr(function, "__name__", "")
    if not callable(function) or not name.isidentifier():
        found = "a lambda" if name == "<lambda>" else told(function)
        raise ConfigError(f"{kind}: {found} is no function with a name; write def NAME({', '.join(takes)})")
    if isinstance(function, type) or iscoroutinefunction(function):
        found = "a class" if isinstance(function, type) else "an async function"
        raise ConfigError(f"{kind} {name}: is {found}; write a plain function, def {name}({', '.join(takes)})")
    try:
        signature(function).bind(*takes)
    except (TypeError, ValueError) as error:
        raise ConfigError(
            f"{kind} {name}: {error}; it is called with {', '.join(takes)}: write def {name}({', '.join(takes)})"
        ) from error
    doc = cleandoc(function.__doc__ or "")
    if not doc.strip():
        raise ConfigError(f"{kind} {name}: docstring is empty; say what it does, and why")
    return name, doc
