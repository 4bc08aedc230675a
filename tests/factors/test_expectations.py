"""Factors of what analysts expect, by hand: the day they were told, their age, and a split since."""

import numpy as np
import pandas as pd
import pytest

from active_edge.factors import FACTORS, factor_matrix, missing_items
from active_edge.panel import Panel
from active_edge.sessions import sessions_between
from tests.factors.firms import annual_facts, missing, panel_of, value_of
from tests.markets import make_market


def told(asset, day, this_year, next_year):
    names = ("expected_eps_this_year", "expected_eps_next_year")
    return [
        {"asset": asset, "item": item, "months": 0, "period_end": day, "value": value, "filed": day}
        for item, value in zip(names, (this_year, next_year), strict=True)
        if value is not None
    ]


def test_what_is_expected_is_read_on_the_close_until_it_is_45_days_old(tmp_path):
    facts = [
        *told("A", "2016-02-01", 0.5, 0.6),
        *told("A", "2016-03-01", 0.4, 0.8),
        *told("B", "2016-02-10", -1.0, 0.5),
    ]
    panel = panel_of(tmp_path, facts)  # at a close of 10 on 31 March; what is told of B is 50 days old
    assert value_of(panel, "forward_earnings_yield") == pytest.approx(0.08)
    assert value_of(panel, "expected_earnings_growth") == pytest.approx(1.0)
    assert missing(panel, "forward_earnings_yield", "B")
    before = panel_of(tmp_path / "before", facts, on="2016-02-29")
    assert value_of(before, "forward_earnings_yield") == pytest.approx(0.06)  # the second was not told yet
    assert value_of(before, "forward_earnings_yield", "B") == pytest.approx(0.05)
    assert missing(before, "expected_earnings_growth", "B")  # of a loss there is no growth


def test_what_was_told_before_a_split_is_in_shares_of_the_date(tmp_path):
    sessions = sessions_between("2015-01-02", "2016-06-30")
    closes = pd.DataFrame({"A": np.where(sessions < "2016-03-15", 20.0, 10.0)}, index=sessions)
    facts = [
        {"asset": "A", "item": "shares_outstanding", "months": 0, "period_end": end, "filed": filed, "value": value}
        for end, filed, value in (("2015-12-31", "2016-02-15", 1e6), ("2016-03-20", "2016-04-10", 2e6))
    ]
    facts = [
        row | {"period_end": pd.Timestamp(row["period_end"]), "filed": pd.Timestamp(row["filed"])}
        for row in [*facts, *told("A", "2016-03-10", 1.0, 1.2)]
    ]
    market = make_market(tmp_path, closes=closes, total_return=closes * 0.0, facts=facts)
    panel = Panel(market, pd.DatetimeIndex(["2016-03-11", "2016-03-31"]))
    np.testing.assert_allclose(factor_matrix(panel, "forward_earnings_yield")[:, 0], [1.2 / 20, 0.6 / 10])
    np.testing.assert_allclose(factor_matrix(panel, "expected_earnings_growth")[:, 0], [0.2, 0.2])


def test_a_market_that_never_asked_names_what_it_lacks(tmp_path):
    panel = panel_of(tmp_path, annual_facts("A", cash=(1, 1, 1)))
    assert missing_items(panel.market, "forward_earnings_yield") == ("expected_eps_next_year",)
    assert np.isnan(factor_matrix(panel, "forward_earnings_yield")).all()
    assert "first pull" in FACTORS["forward_earnings_yield"].doc
