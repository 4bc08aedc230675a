"""Two price sources, compared name by name."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from active_edge.errors import SourceFormatError
from active_edge.sources.agreement import compare, read_stooq
from active_edge.sources.vendors import yahoo

DAYS = pd.bdate_range("2023-01-02", periods=60, name="session")


def frame(close: np.ndarray) -> pd.DataFrame:
    found = pd.DataFrame({"close": close}, index=DAYS[: len(close)])
    return found.assign(returns=found["close"].pct_change())


def walk(seed: int = 0) -> np.ndarray:
    return 20 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.02, 60)))


def test_equal_sources_agree_and_a_constant_factor_is_told_apart() -> None:
    found = compare(
        {"A": frame(walk()), "B": frame(walk(1))}, {"A": frame(walk()), "B": frame(walk(1) / 4), "C": frame(walk())}
    )
    assert {n.ticker: n.verdict for n in found.names} == {"A": "agree", "B": "levels differ"}
    assert found.only_second == ("C",)
    assert found.counts()["agree"] == 1


def test_a_split_only_one_source_knows_is_named_with_its_day() -> None:
    raw = walk()
    raw[40:] /= 2
    found = compare({"A": frame(raw)}, {"A": frame(walk())})
    (name,) = found.names
    assert name.on == DAYS[40]
    assert name.largest == pytest.approx(-0.5, abs=0.02)
    assert name.verdict == "returns differ"
    assert "A: returns differ" in found.lines()[2]


def test_too_few_common_sessions_say_nothing() -> None:
    assert compare({"A": frame(walk()[:15])}, {"A": frame(walk())}).names == ()


@pytest.mark.parametrize(
    "text",
    [b"", b"<html></html>", b"Date,Open\n", b"Date,Open,High,Low,Close,Volume\nx,1,1,1,1,1\n",
     b"Date,Open,High,Low,Close,Volume\n2020-01-01,1,1,1,-1,1\n"],
)  # fmt: skip
def test_what_is_no_stooq_file_is_refused(text: bytes) -> None:
    with pytest.raises(SourceFormatError):
        read_stooq(text, where="stooq")


@pytest.mark.realdata
def test_stooq_and_yahoo_agree_on_apple_in_autumn_2020(recorded: Path) -> None:
    document = json.loads((recorded / "yahoo" / "chart-AAPL-2020-08-31-to-2020-11-07.json").read_bytes())
    chart = yahoo.parse(json.dumps(document["response"]["bodyJson"]).encode(), where="yahoo")
    mine = chart.rows.set_index("session").rename(columns={"total_return": "returns"})[["close", "returns"]]
    found = compare({"AAPL": mine}, {"AAPL": read_stooq(recorded / "stooq" / "aapl_us_d.csv", where="stooq")})
    (name,) = found.names
    assert name.sessions == 48
    assert name.returns_agree == 1.0
    assert name.verdict == "levels differ"  # Stooq's closes are adjusted for dividends paid since
