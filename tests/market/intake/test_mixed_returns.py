"""Returns of one name, of a part of its life or of one day in another unit: converted where the closes prove it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from active_edge.market import open_market
from active_edge.market.intake.importer import import_folder
from active_edge.market.intake.mixed_returns import CONVERTED, UNKNOWN
from active_edge.sessions import sessions_between
from tests.quick import first_quick

SESSIONS = sessions_between("2016-01-04", "2016-06-30")
NAMES = list("ABCDEFG")
OTHER = {
    "percent": lambda r: r * 100,
    "growth": lambda r: r + 1,
    "basis points": lambda r: r * 10_000,
    "the reversed sign": lambda r: -r,
}


def market_of(seed: int = 4) -> pd.DataFrame:
    """Seven names that move at random by 2 % a day; A pays 0.5 on 10 on the 41st session and B splits 2:1 on it."""
    random = np.random.default_rng(seed)
    frames = []
    for name in NAMES:
        returns = random.normal(0, 0.02, len(SESSIONS))
        returns[0] = np.nan
        closes = 20 * np.cumprod(1 + np.nan_to_num(returns))
        returns = np.round(closes / np.concatenate([[np.nan], closes[:-1]]) - 1, 8)
        if name == "A":
            returns[40] += 0.05
        if name == "B":
            closes[40:] /= 2
        frames.append(pd.DataFrame({"asset": name, "session": SESSIONS, "close": closes, "total_return": returns}))
    return pd.concat(frames, ignore_index=True)


def imported(tmp_path, prices: pd.DataFrame):
    securities = pd.DataFrame({"asset": NAMES, "ticker": NAMES})
    report = import_folder({"securities": securities, "prices": prices}, tmp_path)
    return report, pd.DataFrame(open_market(tmp_path).prices.returns, index=SESSIONS, columns=NAMES)


def wide(prices: pd.DataFrame) -> pd.DataFrame:
    return prices.pivot(index="session", columns="asset", values="total_return")


@pytest.mark.parametrize("unit", first_quick(OTHER, 2))
@pytest.mark.parametrize("names", first_quick([["A"], ["B"], ["A", "B", "C", "D"]]))
def test_returns_of_single_names_in_another_unit_are_those_in_decimals(tmp_path, unit, names):
    right = market_of()
    told = right.assign(
        total_return=right["total_return"].where(~right["asset"].isin(names), OTHER[unit](right["total_return"]))
    )
    report, returns = imported(tmp_path, told)
    np.testing.assert_allclose(returns.to_numpy()[1:], wide(right).to_numpy()[1:], atol=1e-9)
    assert report.count(CONVERTED) == len(names) * (len(SESSIONS) - 1)
    (finding,) = [f for f in report.findings if f.kind == CONVERTED]
    assert f"{names[0]} in {unit}: " in " ".join(finding.examples)


@pytest.mark.slow
def test_a_part_of_a_life_and_a_day_of_the_market_in_percent_are_those_in_decimals(tmp_path):
    right = market_of()
    odd = ((right["asset"] == "C") & (right["session"] >= "2016-04-01")) | (right["session"] == "2016-02-16")
    told = right.assign(total_return=right["total_return"].where(~odd, right["total_return"] * 100))
    report, returns = imported(tmp_path, told)
    off = (returns - wide(right)).abs()
    assert off.max().max() < 6e-4  # a return next to zero between two units may be either
    assert (off > 1e-9).sum().sum() <= 3
    assert report.count(CONVERTED) > 60


@pytest.mark.slow
def test_a_lone_return_a_hundred_times_the_move_is_unknown_and_counted(tmp_path):
    """F falls by 0.3 % and its return says -30 %: nothing beside it proves that it is percent."""
    told = market_of()
    row = told.index[(told["asset"] == "F") & (told["session"] == SESSIONS[30])][0]
    before = told.loc[row - 1, "close"]
    told.loc[told.index >= row, "close"] = told.loc[told.index >= row, "close"].where(
        told["asset"] != "F", told["close"] * before * 0.997 / told.loc[row, "close"]
    )
    told.loc[row, "total_return"] = -0.3
    report, _ = imported(tmp_path, told)
    assert report.count(UNKNOWN) == 1
    stored = open_market(tmp_path)
    assert stored.prices.returns[30, NAMES.index("F")] == pytest.approx(-0.003)  # close/close


def test_a_session_that_contradicts_its_stretch_is_unknown_alone(tmp_path):
    told = market_of()
    told.loc[told["asset"] == "D", "total_return"] *= 100
    row = told.index[(told["asset"] == "D") & (told["session"] == SESSIONS[50])][0]
    told.loc[row, "total_return"] = -9.0  # closes say otherwise
    report, _ = imported(tmp_path, told)
    assert (report.count(CONVERTED), report.count(UNKNOWN)) == (len(SESSIONS) - 2, 1)


def test_decimals_alone_are_not_touched(tmp_path):
    right = market_of()
    report, returns = imported(tmp_path, right)
    assert report.count(CONVERTED) + report.count(UNKNOWN) == 0
    np.testing.assert_allclose(returns.to_numpy()[1:], wide(right).to_numpy()[1:], atol=1e-12)
