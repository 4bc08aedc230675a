"""Total return 0 beside closes that move is an unknown return; beside closes that stand still it is one of 0."""

import numpy as np
import pandas as pd
import pytest

from tests.market.intake.test_importer import SESSIONS, column, imported, price_rows, securities

KIND = "stretches of 20 rows and more with total return 0 whose closes move"
N = 40


def returns(tmp_path, closes, told):
    prices = pd.concat([price_rows("A", closes, total_return=told), price_rows("B", [10.0] * N, total_return=0.0)])
    report, market = imported(tmp_path, securities=securities("A", "B"), prices=prices)
    return report, column(market, "A", market.prices.returns)[:N]


def test_a_close_that_moves_day_after_day_has_a_return_and_zeros_are_none(tmp_path):
    closes = 10.0 + np.arange(N) % 7 / 10
    report, found = returns(tmp_path, closes, np.zeros(N))
    np.testing.assert_allclose(found[1:], closes[1:] / closes[:-1] - 1.0)
    (told,) = [finding for finding in report.findings if finding.kind == KIND]
    assert told.severity == "repaired"
    assert told.examples == (f"A {SESSIONS[0]:%Y-%m-%d} to {SESSIONS[39]:%Y-%m-%d}, 40 rows",)


@pytest.mark.parametrize("closes", [[10.0] * N, [10.0] * 30 + [11.0] * 10])
def test_a_close_that_stands_still_returns_nothing(tmp_path, closes):
    report, found = returns(tmp_path, closes, np.zeros(N))
    assert found[1:].tolist() == [0.0] * (N - 1)
    assert not report.count(KIND)
