"""The compiled loop against `Portfolio.from_orders` on the whole panel."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from active_edge.costs import FREE, Costs, Delisting, Impact, TradingTerms
from active_edge.engine import trade_targets
from active_edge.engine.oracle import plain_portfolio
from active_edge.errors import MissingInput
from tests.engine.drawn_markets import draw_market, draw_targets, draw_terms
from tests.engine.random_markets import random_targets, rough_market

DEAR = Costs(commission_bps=10.0, spread=30.0, impact=Impact("square_root", 0.75), max_participation=0.10)
ESTIMATED = Costs(commission_bps=1.0, spread="estimated", impact=Impact("none"), max_participation=0.5)


DUST = 1e-12
"""Of the largest order: what rounding leaves of a position may be sold by one way and not by the other."""


def _by_row(orders):
    ordered = orders[np.lexsort((orders["col"], orders["idx"]))]
    return ordered[ordered["size"] > DUST * ordered["size"].max(initial=0.0)]


def _agree(market, targets, terms, **bounds):
    ours = trade_targets(market, targets, terms, **bounds)
    plain = plain_portfolio(market, targets, terms, **bounds)
    np.testing.assert_allclose(plain.value().to_numpy(), ours.value.to_numpy(), rtol=1e-9, atol=0)
    records, orders = _by_row(plain.order_records), _by_row(ours.orders)
    assert len(records) == len(orders)
    np.testing.assert_array_equal(records["idx"], orders["idx"])
    np.testing.assert_array_equal(records["col"], ours.columns[orders["col"]])
    np.testing.assert_array_equal(records["side"], orders["side"])
    for name in ("size", "price", "fees"):
        np.testing.assert_allclose(records[name], orders[name], rtol=1e-9, atol=1e-12)
    return ours


@pytest.mark.parametrize("trade_at", ["next_open", "next_close"])
@pytest.mark.parametrize("costs", [FREE, DEAR, ESTIMATED], ids=["free", "dear", "estimated"])
def test_equals_the_naive_panel_with_exits_gaps_late_listings_and_unfilled_orders(tmp_path, trade_at, costs):
    market = rough_market(tmp_path, 4, n_sessions=100)
    terms = TradingTerms(costs, Delisting(), trade_at, capital_usd=1_000_000.0)
    ours = _agree(market, random_targets(market, 4), terms)
    reasons = set(ours.trades["reason"])
    assert {"rebalance", "exit", "carry_over"} <= reasons
    assert set(ours.exits["reason"]) >= {"known", "distress"}
    if costs is DEAR:
        assert {"participation", "exited"} <= set(ours.unfilled["reason"])
        assert (ours.trades["impact_cost"] > 0).any()


@pytest.mark.parametrize("costs", [FREE, DEAR], ids=["free", "dear"])
def test_equals_the_naive_panel_with_opens_that_are_no_prices(tmp_path, costs):
    market = rough_market(tmp_path, 4, n_sessions=100, wrong_opens=0.04)
    of_close = market.prices.open / market.prices.close
    assert ((of_close > 3.0) | (of_close < 1.0 / 3.0)).any()
    _agree(market, random_targets(market, 4), TradingTerms(costs=costs, capital_usd=1_000_000.0))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_equals_the_naive_panel_on_other_markets_and_windows(tmp_path: Path, seed: int) -> None:
    market = rough_market(tmp_path, 100 + seed)
    total = 1.0 if seed % 3 else 0.97
    terms = TradingTerms(
        costs=(FREE, DEAR, ESTIMATED)[seed % 3],
        delisting=(Delisting(), Delisting.distress_at(0.0), Delisting().unknown_at(-1.0))[seed % 3],
        trade_at="next_open" if seed % 2 else "next_close",
        capital_usd=10.0 ** (3 + seed % 5),
    )
    _agree(
        market,
        random_targets(market, seed, every=11 + seed, total=total),
        terms,
        start=market.sessions[10 + seed],
        end=market.sessions[-5 - seed],
    )


def _drawn_agree(seed: int) -> None:
    rng = np.random.default_rng(seed)
    market = draw_market(rng)
    try:
        _agree(market, draw_targets(rng, market), draw_terms(rng))
    except MissingInput as error:
        assert "volume is null everywhere" in str(error)  # noqa: PT017 (the one refusal a draw may meet)
    except AssertionError as error:
        raise AssertionError(f"market of seed {seed}: {error}") from error


@pytest.mark.slow
def test_equals_the_naive_panel_on_markets_drawn_with_any_gaps_caps_and_cash():
    for seed in range(150):
        _drawn_agree(seed)


@pytest.mark.nightly
@pytest.mark.parametrize("block", range(20))
def test_equals_the_naive_panel_on_ten_thousand_drawn_markets(block: int) -> None:
    for seed in range(500 * block, 500 * (block + 1)):
        _drawn_agree(seed)
