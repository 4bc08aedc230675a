"""Every estimator with what makes it believable: source, a number it reproduces, what it refuses, how often it errs.

An estimator without one of them cannot be registered, and one that takes a sample without being registered fails a
test; so none enters the package on trust.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

BAD_SERIES = ("short", "constant", "hole", "infinite", "impossible return", "unsorted", "repeated date")
BAD_BENCHMARK = ("misaligned benchmark", "constant benchmark", "benchmark with a hole", "benchmark in disguise")
BAD_FACTORS = ("misaligned factors", "constant factor", "collinear factors", "too many factors")
BAD_MATRIX = ("short", "hole", "infinite", "constant column")


@dataclass(frozen=True)
class Estimator:
    """One registered estimator.

    Attributes
    ----------
    function : the estimator itself.
    source : author and year of the formula; the docstring has the rest.
    published : the test that reproduces a published or hand-worked number with it, "module::test" in tests/inference.
    bad_samples : by name, the samples it refuses with an `InferenceError`.
    calibrated : name of its rate in the table of false alarms; empty where none applies.
    uncalibrated : why no rate applies; empty where there is one.
    """

    function: Callable[..., Any]
    source: str
    published: str
    bad_samples: tuple[str, ...]
    calibrated: str
    uncalibrated: str

    @property
    def name(self) -> str:
        """Name of the function."""
        return self.function.__name__


_registered: dict[str, Estimator] = {}


def estimator(
    *,
    source: str,
    published: str,
    bad_samples: tuple[str, ...],
    calibrated: str = "",
    uncalibrated: str = "",
) -> Callable[[F], F]:
    """Return the decorator that registers a function; parameters are those of `Estimator`.

    Raises
    ------
    ValueError
        One of them is missing, both or neither of the last two are given, or the name is taken.
    """

    def register(function: F) -> F:
        name = function.__name__
        if not source.strip():
            raise ValueError(f"{name}: an estimator needs a source, author and year of its formula")
        if published.count("::") != 1:
            raise ValueError(
                f"{name}: an estimator needs the test that reproduces a published or hand-worked number, "
                f"as module::test; got {published!r}"
            )
        if not bad_samples:
            raise ValueError(f"{name}: an estimator needs at least one bad sample that it refuses")
        if bool(calibrated.strip()) == bool(uncalibrated.strip()):
            raise ValueError(
                f"{name}: an estimator needs the name of its rate in the table of false alarms (calibrated), "
                "or else the reason why none applies (uncalibrated)"
            )
        if name in _registered:
            raise ValueError(f"{name}: an estimator of this name is registered already")
        _registered[name] = Estimator(function, source, published, bad_samples, calibrated, uncalibrated)
        return function

    return register


def registered() -> Mapping[str, Estimator]:
    """Those registered by now, by name, in order: every one once `estimator_list` was asked."""
    return MappingProxyType(dict(sorted(_registered.items())))
