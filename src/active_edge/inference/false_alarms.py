"""How often each test raised a false alarm on simulated markets without an edge: the shipped calibration.

The table is data, ``false_alarms.json`` beside this module;
``active-edge calibrate --table FILE`` writes it anew, and the
file itself holds the command, the seed and the day.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

TABLE = "false_alarms.json"
BENCHMARK_ALPHA = "benchmark_alpha"
"""Name of the alpha on a benchmark, whichever: the worse of those measured."""


@dataclass(frozen=True)
class MeasuredRate:
    """Share of markets without an edge on which a nominal 5 % test rejected, with its exact 95 % interval.

    `note` says why, where the interval leaves out 5 %; else it is empty.
    """

    rate: float
    lower: float
    upper: float
    markets: int
    note: str


@cache
def calibration_table() -> Mapping[str, MeasuredRate]:
    """Return the measured false-positive rate of every test, by its name; `BENCHMARK_ALPHA` among them.

    Measured by the functions that pages run, on twenty years of months.
    """
    return read_table(json.loads(files("active_edge.inference").joinpath(TABLE).read_text(encoding="utf-8")))


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
        )
        for name, test in null["tests"].items()
    }
    on_benchmarks = [rate for name, rate in table.items() if name.startswith("alpha_") and "newey_west" not in name]
    if on_benchmarks:
        table[BENCHMARK_ALPHA] = max(on_benchmarks, key=lambda rate: rate.rate)
    return MappingProxyType(table)
