"""What is known of those who lived and unknown of those who died is found, and what is unknown of anybody is not."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from active_edge.market.audit.report import audit_market
from active_edge.market.audit.unlike_exits import _two_sided, unlike_columns, yearly
from tests.market.audit.test_audit import flat, known_only, spread_ends
from tests.markets import make_market
from tests.quick import first_quick

N, DEAD = 400, 70
ENDS = spread_ends(N, DEAD)


def market_of(tmp_path, *, securities=None, **columns):
    closes = flat(ENDS)
    frames = {name: known_only(closes.where(closes.isna(), 1e5), known) for name, known in columns.items()}
    return make_market(tmp_path, closes=closes, securities=securities, **frames)


def known_for(dead_share, living_share, seed=0):
    """Who of the dead (the first) and of the living is known, by lot."""
    rng = np.random.default_rng(seed)
    share = np.where(np.arange(N) < DEAD, dead_share, living_share)
    return pd.Series(rng.random(N) < share, index=[f"A{i:03}" for i in range(N)])


@pytest.mark.parametrize("column", first_quick(["volume", "open", "high", "low"]))
def test_a_price_column_emptied_for_names_that_die_is_found(tmp_path, column):
    (found,) = unlike_columns(market_of(tmp_path, **{column: known_for(0.0, 1.0)}))
    assert found.what == column
    assert found.known == 0.0
    assert found.unknown > 0.3  # 70 names live half of three years
    assert found.names == DEAD  # names, not names times the years they were followed


@pytest.mark.parametrize("column", first_quick(["sic", "exchange", "cik", "security_type", "name"]))
def test_an_attribute_known_of_the_living_alone_is_found_and_the_audit_says_so(tmp_path, column):
    values = {"sic": 6022, "cik": None, "exchange": "NYSE", "security_type": "common", "name": "Corp"}
    known = known_for(0.1, 0.95)
    held = pd.Series(range(1, N + 1), index=known.index) if column == "cik" else values[column]
    securities = pd.DataFrame({column: pd.Series(held, index=known.index).where(known)})
    market = market_of(tmp_path, securities=securities)
    assert column in [one.what for one in unlike_columns(market)]
    assert any(text.startswith("known of survivors: ") and column in text for text in audit_market(market).warnings)


@pytest.mark.parametrize("seed", first_quick(range(10)))
def test_what_is_unknown_by_lot_is_no_sign_of_survivors(tmp_path, seed):
    columns = {name: known_for(0.6, 0.6, seed + 100 * k) for k, name in enumerate(("volume", "open", "high", "low"))}
    assert unlike_columns(market_of(tmp_path, **columns)) == []


@pytest.mark.parametrize(("hits", "trials", "share"), [(0, 30, 0.3), (9, 30, 0.3), (20, 30, 0.3), (3, 900, 0.02)])
def test_the_tail_is_that_of_a_binomial(hits, trials, share):
    tails = [binomtest(hits, trials, share, alternative=side).pvalue for side in ("less", "greater")]
    assert _two_sided(hits, trials, share) == pytest.approx(min(1.0, 2 * min(tails)), rel=1e-9)


def test_names_are_followed_from_dates_a_year_apart():
    assert yearly(np.array([10, 70, 262, 300, 600])).tolist() == [0, 2, 4]
