"""How often each test raised a false alarm on simulated markets without an edge: the shipped calibration.

The table is data, ``false_alarms.json`` beside this module;
``active-edge calibrate --table FILE`` writes it anew, and the
file itself holds the command, the seed and the day.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from active_edge.words import percent

TABLE = "false_alarms.json"
LEVEL = 0.05
CONSERVATIVE = ("deflated_sharpe", "holm")
"""How tests are called that are built to reject less often than they say: they have only an upper bound."""
BENCHMARK_ALPHA = "benchmark_alpha"
"""Name of the alpha on a benchmark, whichever: the worse of those measured on markets."""
PLAIN, DRIFTING = "t5", "style"
"""Kinds of months: independent with heavy tails, which stand for all but those whose style drifts."""


@dataclass(frozen=True)
class MeasuredRate:
    """Share of markets without an edge on which a nominal 5 % test rejected, with its exact 95 % interval.

    Attributes
    ----------
    note : why, where the interval leaves out 5 %; else empty.
    months : length of the worlds it was measured on.
    drifting : the same share where a style drifts for half-years; None where it was not measured.
    told : what to say of it beside a p, where it lies outside what luck allows; else empty.
    nearest : whether it was measured at several lengths, of which this is the one nearest the run's.
    """

    rate: float
    lower: float
    upper: float
    markets: int
    note: str
    months: int = 240
    drifting: float | None = None
    told: str = ""
    nearest: bool = False


@cache
def calibration_table() -> Mapping[str, MeasuredRate]:
    """Return the measured false-positive rate of every test, by its name; `BENCHMARK_ALPHA` among them.

    Measured by the functions that pages run, on twenty years of months.
    """
    return read_table(_shipped())


@cache
def _shipped() -> Mapping[str, Any]:
    text = files("active_edge.inference").joinpath(TABLE).read_text(encoding="utf-8")
    return MappingProxyType(json.loads(text))


def rates_at(months: int) -> Mapping[str, MeasuredRate]:
    """Return the rates of `calibration_table`, those of tests measured at several lengths at the one nearest `months`.

    Nearest by ratio; heavy-tailed independent months, 4,000 worlds a length.
    """
    return read_rates(_shipped(), months)


def read_rates(document: Mapping[str, Any], months: int) -> Mapping[str, MeasuredRate]:
    """Return what `rates_at` does, of a calibration document."""
    found = dict(read_table(document))
    for test, lengths in document["worlds"]["null"].get("shorter", {}).items():
        found[test] = _at_length(found[test], test, lengths, months)
    monthly = document.get("monthly", {"rates": (), "worlds": 0})
    by_test: dict[str, dict[int, dict[str, Any]]] = {}
    for row in monthly["rates"]:
        by_test.setdefault(row["test"], {}).setdefault(row["months"], {})[row["kind"]] = row
    for test, lengths in by_test.items():
        nearest = _nearest(lengths, months)
        kinds = lengths[nearest]
        plain = kinds[PLAIN]
        found[test] = MeasuredRate(
            rate=plain["reject"],
            lower=plain["interval"][0],
            upper=plain["interval"][1],
            markets=monthly["worlds"],
            note="",
            months=nearest,
            drifting=kinds[DRIFTING]["reject"] if DRIFTING in kinds else None,
            told=_told(plain, kinds.get(DRIFTING)),
            nearest=True,
        )
    return MappingProxyType(found)


def _nearest(lengths: Iterable[int], months: int) -> int:
    """By ratio."""
    return min(lengths, key=lambda length: abs(math.log(length / max(months, 1))))


def _at_length(whole: MeasuredRate, test: str, lengths: Mapping[str, Any], months: int) -> MeasuredRate:
    """The rate of a test that was measured on shorter histories of the same markets too, at the nearest length."""
    nearest = _nearest([whole.months, *map(int, lengths)], months)
    if nearest == whole.months:
        return replace(whole, nearest=True)
    rate, (lower, upper) = lengths[str(nearest)]["reject"], lengths[str(nearest)]["interval"]
    told = _outside(test, rate, lower, upper)
    return MeasuredRate(rate, lower, upper, whole.markets, note="", months=nearest, told=told, nearest=True)


def _told(plain: Mapping[str, Any], drifting: Mapping[str, Any] | None) -> str:
    """What to say of a test's rates outside what luck allows, of drifting styles too; empty where none is."""
    said = [plain["told"]]
    if drifting is not None and drifting["told"]:
        said.append(f"Where a style drifts for half-years: {drifting['told'][0].lower()}{drifting['told'][1:]}")
    return " ".join(filter(None, said))


def _outside(test: str, rate: float, lower: float, upper: float) -> str:
    """What to say of a rate on markets whose interval leaves out what the test promises; empty where it does not, and
    where a test is built to be cautious."""
    built = test.startswith(CONSERVATIVE)
    wrong = f"said to be wrong in {percent(LEVEL)} of markets without an edge, it is wrong in {percent(rate)}"
    if lower > LEVEL:
        return f"Too bold: {wrong}; ask more of its p than {LEVEL:g}."
    return f"Cautious: {wrong}; it misses more than it must." if upper < LEVEL and not built else ""


def read_table(document: Mapping[str, Any]) -> Mapping[str, MeasuredRate]:
    """Return the rates of the null world in a calibration document."""
    null = document["worlds"]["null"]
    notes = document["notes"]
    table = {
        name: MeasuredRate(
            rate=test["reject"],
            lower=test["interval"][0],
            upper=test["interval"][1],
            markets=null["markets"],
            note=notes.get(name, ""),
            months=12 * document.get("years", 20),
            told="" if name in notes else _outside(name, test["reject"], *test["interval"]),
        )
        for name, test in null["tests"].items()
    }
    on_benchmarks = [rate for name, rate in table.items() if name.startswith("alpha_") and "newey_west" not in name]
    if on_benchmarks:
        table[BENCHMARK_ALPHA] = max(on_benchmarks, key=lambda rate: rate.rate)
    return MappingProxyType(table)
