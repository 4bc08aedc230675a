"""Runs hold the cells of an asset's own life and no others; whoever asks gets what the matrix would have said."""

import numpy as np
import pandas as pd
import pytest

from active_edge.sessions import sessions_between
from tests.markets import make_market

NAN = np.nan
CLOSES = {
    "A": [NAN, 5.0, 6.0, NAN, 8.0, NAN],
    "B": [10.0, 11.0, NAN, NAN, NAN, NAN],
    "C": [NAN, NAN, NAN, NAN, NAN, 3.0],
    "D": [10.0, 11.0, 12.0, 13.0, 14.0, 15.0],
}


@pytest.fixture
def market(tmp_path):
    days = sessions_between("2020-01-02", "2020-01-09")
    return make_market(tmp_path, closes=pd.DataFrame(CLOSES, index=days))


def test_a_life_runs_from_its_first_row_to_its_last_and_takes_no_more_cells(market):
    close = market.prices.runs("close")
    # Four days of A, two of B, one of C, six of D, and the one cell that is no asset's.
    np.testing.assert_array_equal(close.values, [5, 6, NAN, 8, 10, 11, 3, 10, 11, 12, 13, 14, 15, NAN])
    assert close.first.tolist() == [1, 0, 5, 0]
    assert close.last.tolist() == [4, 1, 5, 5]


def test_the_matrix_and_single_cells_are_the_table_that_was_stored(market):
    close, expected = market.prices.runs("close"), pd.DataFrame(CLOSES).to_numpy()
    np.testing.assert_array_equal(close.matrix(), expected)
    np.testing.assert_array_equal(close.matrix(1, 3), expected[:, 1:3])
    sessions, assets = np.indices(expected.shape)
    np.testing.assert_array_equal(close.at(sessions, assets), expected)
    assert np.isnan(close.at(np.array(-1), np.array(3)))


def test_the_return_index_of_runs_is_the_product_of_the_returns(market):
    returns = pd.DataFrame(CLOSES).apply(lambda column: column.dropna().pct_change().fillna(0.0))
    expected = (1.0 + returns).cumprod().to_numpy()
    np.testing.assert_allclose(market.prices.runs("total_return_index").matrix(), expected)
    assert market.prices.runs("total_return_index").offset.tolist() == market.prices.runs("close").offset.tolist()


def test_runs_are_read_once_and_cannot_be_written(market):
    close = market.prices.runs("close")
    assert market.prices.runs("close") is close
    for one in (close.values, close.matrix(), market.prices.close):
        with pytest.raises(ValueError, match="read-only"):
            one[0] = 1.0


def test_a_matrix_is_kept_only_while_somebody_holds_it(market):
    held = market.prices.close
    assert market.prices.close is held
    del held
    assert not list(market.prices._matrices)


def test_an_asset_without_a_row_has_an_empty_life(tmp_path):
    days = sessions_between("2020-01-02", "2020-01-09")
    market = make_market(tmp_path, closes=pd.DataFrame(CLOSES | {"AA": [NAN] * 6}, index=days))
    close = market.prices.runs("close")
    assert market.assets.tolist() == ["A", "AA", "B", "C", "D"]
    assert np.isnan(close.at(np.arange(6), np.ones(6, dtype=np.int64))).all()
    np.testing.assert_array_equal(close.matrix()[:, -1], CLOSES["D"])
