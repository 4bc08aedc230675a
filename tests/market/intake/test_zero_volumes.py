"""Volume 0 beside closes that move is an unknown volume; beside closes that stand still nobody traded."""

import numpy as np
import pandas as pd
import pytest

from tests.market.intake.test_importer import SESSIONS, column, imported, price_rows, securities

KIND = "stretches of 20 rows and more with volume 0 whose closes move"
N = 40


def moving(n=N):
    return 10.0 + np.arange(n) % 7 / 10


def volumes(tmp_path, closes, volume):
    prices = pd.concat([price_rows("A", closes, volume=volume), price_rows("B", [10.0] * N, volume=100)])
    report, market = imported(tmp_path, securities=securities("A", "B"), prices=prices)
    return report, column(market, "A", market.prices.volume)[:N]


def test_a_close_that_moves_day_after_day_was_traded_and_its_volume_is_unknown(tmp_path):
    volume = np.where(np.arange(N) < 5, 300, 0)
    report, found = volumes(tmp_path, moving(), volume)
    assert found[:5].tolist() == [300.0] * 5
    assert np.isnan(found[5:]).all()
    (told,) = [finding for finding in report.findings if finding.kind == KIND]
    assert told.severity == "repaired"
    assert told.examples == (f"A {SESSIONS[5]:%Y-%m-%d} to {SESSIONS[39]:%Y-%m-%d}, 35 rows",)


@pytest.mark.parametrize("closes", [[10.0] * N, [10.0] * 21 + list(moving(19))])
def test_a_close_that_stands_still_is_a_day_without_trade(tmp_path, closes):
    report, found = volumes(tmp_path, closes, np.zeros(N, dtype=int))
    assert found.tolist() == [0.0] * N
    assert not report.count(KIND)


def test_means_of_bid_and_ask_move_without_a_trade(tmp_path):
    closes = moving()
    closes[20] = -closes[20]
    report, found = volumes(tmp_path, closes, np.zeros(N, dtype=int))
    assert found.tolist() == [0.0] * N
    assert not report.count(KIND)
