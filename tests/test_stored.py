"""What is stored of a run is typed and versioned: older content is read or refused in words, newer refused by name."""

import json
import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from active_edge.errors import DataError, MissingInput, OlderFormat
from active_edge.robustness_stats import LegStats
from active_edge.run_record import LedgerRecord, MarketRecord, OptionsRecord, RunRecord, TriedRecord
from active_edge.stats import STATS_FORMAT, BenchmarkStats, HeadlineStats, RandomStats, Stats
from active_edge.stored import check_format, plain_json, read_typed
from tests.headlines import headline

LEAST = {
    "run": "a-1",
    "strategy": "a",
    "start": "2020-01-02",
    "end": "2021-01-04",
    "sessions": 252,
    "snapshot": "x",
    "simulated": True,
    "trials": 3,
    "verdict": "refuted",
}
STORED = LEAST | {"format": STATS_FORMAT}  # fmt: skip
OLD_RECORD = {
    "trial": "0123456789ab", "run": "a-012345", "created": "2025-11-22T16:50:00+00:00", "command": "active-edge",
    "snapshot": "x", "simulated": True, "market": ["simulated market"], "from": "2020-01-02", "to": "2021-01-04",
    "seed": 7, "versions": {"numpy": "2.0"}, "strategy": {"name": "a"}, "screen": {"name": "b"},
}  # fmt: skip


def full_stats():
    return Stats(
        **LEAST,
        headline=read_typed(HeadlineStats, headline(alpha=0.0175), where="here", remedy=""),
        benchmarks={"IWM": BenchmarkStats(alpha_annual=0.01, alpha_ci=(-0.02, 0.04), observations=252)},
        random_portfolios=RandomStats(n=200, percentile=0.4),
        legs={"leverage": LegStats(shapley=0.002)},
        coverage={"leverage": 0.9},
        untested=("insider_ownership",),
    )


def record():
    rules, screen = {"name": "a", "benchmarks": ["IWM"]}, {"name": "b"}
    return RunRecord(
        trial="0123456789ab",
        run="a-012345",
        created="2025-11-22T16:50:00+00:00",
        market=MarketRecord(folder="/data/us", snapshot="x", simulated=False, sources=("a folder",)),
        start="2020-01-02",
        end="2021-01-04",
        options=OptionsRecord(random_portfolios=200, seed=7, sensitivity=True),
        ledger=LedgerRecord(trials=3, ratios=2, ratio_variance=0.25),
        versions={"numpy": "2.0"},
        strategy=rules,
        screen=screen,
        together=(TriedRecord(run="a-012345", strategy=rules, screen=screen, start="2020-01-02", end="2021-01-04"),),
    )


def through_json(content):
    return json.loads(json.dumps(content, allow_nan=False))


def test_stats_survive_the_way_through_json():
    assert Stats.from_json(through_json(full_stats().to_json())) == full_stats()


def test_a_record_survives_the_way_through_json():
    assert RunRecord.from_json(through_json(record().to_json())) == record()


def test_the_format_stands_first():
    assert next(iter(full_stats().to_json().items())) == ("format", STATS_FORMAT)
    assert next(iter(record().to_json().items())) == ("format", 1)


@pytest.mark.parametrize("older", [{"format": 1}, {}])
def test_stats_of_an_older_format_are_refused_for_their_p_values_are_of_days(older):
    content = {key: value for key, value in full_stats().to_json().items() if key != "format"} | older
    with pytest.raises(OlderFormat, match=r"here: is of format \d, whose p-values are of days.*run the backtest again"):
        Stats.from_json(through_json(content), where="here")


def test_a_record_from_before_formats_were_numbered_is_read_without_what_it_does_not_hold():
    old = RunRecord.from_json(OLD_RECORD)
    assert (old.start, old.end, old.market.snapshot, old.market.sources) == (
        "2020-01-02", "2021-01-04", "x", ("simulated market",)
    )  # fmt: skip
    assert old.options is None
    assert old.ledger is None
    assert old.configuration == {"strategy": {"name": "a"}, "screen": {"name": "b"}}


@pytest.mark.parametrize("kind", [Stats, RunRecord])
def test_a_newer_format_is_refused_by_name_with_what_to_do(kind):
    content = (full_stats() if kind is Stats else record()).to_json()
    known = content["format"]
    content["format"] = known + 1
    said = f"here: is of format {known + 1}, this program reads formats up to {known}.*update active-edge"
    with pytest.raises(MissingInput, match=said):
        kind.from_json(content, where="here")


@pytest.mark.parametrize("number", ["1", 1.0, True, -1, None])
def test_a_format_that_is_no_whole_number_is_refused(number):
    with pytest.raises(MissingInput, match="is no format"):
        check_format({"format": number}, known=1, where="here", remedy="do it again")


@pytest.mark.parametrize("key", LEAST)
def test_stats_that_lack_what_every_run_has_are_refused_with_the_key(key):
    content = {name: value for name, value in STORED.items() if name != key}
    with pytest.raises(MissingInput, match=f"{key} is missing" if key != "run" else "not the stats of a run"):
        Stats.from_json(content)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"alfa": 1.0}, "alfa is no key of this format"),
        ({"sessions": "252"}, "sessions is '252'"),
        ({"verdict": "proven"}, "verdict is 'proven', not one of 'supported'"),
        ({"benchmarks": {"IWM": {"alpha_ci": [0.1]}}}, "benchmarks.IWM.alpha_ci"),
    ],
)
def test_stats_of_another_shape_are_refused_with_key_and_value(changed, said):
    with pytest.raises(MissingInput, match=said):
        Stats.from_json(STORED | changed)


@pytest.mark.parametrize("trials", [0, -1])
def test_there_are_no_stats_without_a_number_of_trials(trials):
    with pytest.raises(DataError, match="trials"):
        Stats(**LEAST | {"trials": trials})


def test_only_the_nine_verdicts_are_verdicts():
    with pytest.raises(DataError, match=r"proven.*not distinguishable"):
        Stats(**LEAST | {"verdict": "proven"})


def test_the_yardstick_is_one_of_the_benchmarks():
    with pytest.raises(DataError, match="IJR"):
        Stats(
            **LEAST,
            headline=read_typed(HeadlineStats, headline("IJR"), where="here", remedy=""),
            benchmarks={"IWM": BenchmarkStats()},
        )
    assert Stats(**LEAST).on_yardstick is None


@dataclass(frozen=True)
class Point:
    x: float
    day: pd.Timestamp


def test_json_holds_plain_values_and_null_where_there_is_no_number():
    content = {
        "a": Point(np.float64(0.5), pd.Timestamp("2020-01-02 16:00")),
        1: (math.nan, np.int64(3), np.array([1.0, math.inf]), pd.NaT, np.bool_(True)),
        "table": pd.DataFrame({"n": [1, 2]}),
    }
    assert plain_json(content) == {
        "a": {"x": 0.5, "day": "2020-01-02"},
        "1": [None, 3, [1.0, None], None, True],
        "table": [{"n": 1}, {"n": 2}],
    }
