"""An edge planted in a simulated market: what was held earns it, nothing else moves, and the market says so."""

import numpy as np
import pandas as pd
import pytest

from active_edge.errors import ConfigError
from active_edge.market import open_market
from active_edge.market.manifest import planted_in
from active_edge.sessions import sessions_between
from active_edge.simulated.planted import plant
from tests.markets import make_market

EDGE = "15 % a year in what mine holds"
DAYS = sessions_between("2020-01-02", "2020-12-31")
CLOSES = pd.DataFrame({"HELD": np.linspace(10.0, 20.0, len(DAYS)), "LEFT": 10.0, "NEVER": 10.0}, index=DAYS)


@pytest.fixture
def drawn(tmp_path):
    return make_market(tmp_path, closes=CLOSES, simulated=True)


def planted(drawn, tmp_path, *rows):
    folder = tmp_path / "planted"
    plant(folder, drawn, pd.DataFrame(rows, columns=["session", "asset"]), annual=0.15, edge=EDGE)
    return open_market(folder)


def test_each_session_after_a_close_at_which_a_name_is_held_returns_a_252nd_more(drawn, tmp_path):
    first, middle, last = DAYS[9], DAYS[100], DAYS[-1]
    rows = [(first, "HELD"), (first, "LEFT"), (middle, "HELD"), (last, "HELD")]
    market = planted(drawn, tmp_path, *rows)
    found = pd.DataFrame(market.prices.close, index=market.sessions, columns=market.assets) / CLOSES
    daily = 1 + 0.15 / 252
    assert found["NEVER"].to_numpy() == pytest.approx(1.0, abs=1e-12)
    assert found["HELD"].iloc[[9, 10, -1]].tolist() == pytest.approx([1.0, daily, daily ** (len(DAYS) - 10)])
    assert found["LEFT"].iloc[[10, 100, 101, -1]].tolist() == pytest.approx([daily, *[daily**91] * 3])


def test_listings_stay_and_the_rows_are_of_another_snapshot(drawn, tmp_path):
    market = planted(drawn, tmp_path, (DAYS[0], "HELD"), (DAYS[-1], "HELD"))
    assert market.simulated
    assert drawn.planted == ""
    pd.testing.assert_frame_equal(market.securities, drawn.securities)
    assert market.snapshot != drawn.snapshot


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("simulated market: 6 years, seed 0, alpha none, rmw_premium 0", ""),
        ("simulated market: 6 years, seed 0, alpha none, rmw_premium 0, snapshot abc; planted: " + EDGE, EDGE),
        (
            "simulated market: 6 years, seed 0, alpha junk 0.1, margin 0.2, rmw_premium 0",
            "junk 0.1, margin 0.2 a year per standard deviation",
        ),
        ("a vendor's folder, alpha 3, rmw_premium 0", ""),
    ],
)
def test_what_was_planted_is_read_from_what_a_simulated_market_says_of_itself(source, told):
    assert planted_in([source]) == told


def test_nothing_is_planted_in_real_prices(tmp_path):
    real = make_market(tmp_path, closes=CLOSES)
    with pytest.raises(ConfigError, match="a simulated market alone"):
        planted(real, tmp_path, (DAYS[0], "HELD"), (DAYS[-1], "HELD"))
