"""Volumes beyond what there is to trade: the odd one of three witnesses is named, and no fact is lost by it."""

import numpy as np
import pandas as pd
import pytest

from active_edge.market import open_market
from active_edge.market.intake.importer import import_folder
from active_edge.market.intake.odd_volumes import BEYOND, DISAGREE, FEW_SHARES, OTHER_UNIT
from tests.market.intake.test_filing_units import COUNTS, NAMES, SESSIONS, facts_of
from tests.market.intake.test_filing_units import OTHER_UNIT as FACTS_LOST
from tests.quick import first_quick


def imported(tmp_path, volume, *, items=None, assets=1.0):
    """Eight companies of 20 million shares at 20 dollars; N1 trades `volume`, the others 100,000 shares a day."""
    closes = 20 * np.cumprod(1 + np.random.default_rng(6).normal(0, 0.01, len(SESSIONS)))
    prices = pd.concat(
        pd.DataFrame(
            {"asset": name, "session": SESSIONS, "close": closes, "volume": volume if name == "N1" else 100_000.0}
        )
        for name in NAMES
    )
    facts = facts_of(True)
    facts["value"] *= np.where((facts["asset"] == "N1") & (facts["item"] == "total_assets"), assets, 1.0)
    facts = facts if items is None else facts[facts["item"].isin(items)]
    report = import_folder(
        {"securities": pd.DataFrame({"asset": NAMES, "ticker": NAMES}), "prices": prices, "facts": facts}, tmp_path
    )
    return report, open_market(tmp_path), len(facts)


def volumes_of(market):
    return market.prices.volume[:, market.assets.get_loc("N1")]


@pytest.mark.parametrize("items", first_quick([None, [*COUNTS, "public_float_usd"], [*COUNTS, "total_assets"]]))
def test_a_volume_a_thousand_times_too_large_is_the_odd_one_and_costs_no_fact(tmp_path, items):
    report, market, n = imported(tmp_path, 1e8, items=items)
    assert report.rows_kept["facts"] == n
    assert report.count(FACTS_LOST) == 0
    assert report.count(OTHER_UNIT) == 1
    assert np.isnan(volumes_of(market)).all()
    (found,) = [f for f in report.findings if f.kind == OTHER_UNIT]
    assert found.examples[0].startswith("N1: on a median day of a quarter 4.58 times all its shares")


@pytest.mark.slow
def test_of_a_slip_that_begins_in_the_second_year_the_first_keeps_its_volume(tmp_path):
    late = SESSIONS >= pd.Timestamp("2016-01-01")
    report, market, n = imported(tmp_path, np.where(late, 1e8, 1e5))
    assert report.rows_kept["facts"] == n
    assert np.isnan(volumes_of(market)[late]).all()
    assert (volumes_of(market)[~late] == 1e5).all()


@pytest.mark.slow
def test_of_two_that_disagree_neither_is_dropped_and_it_is_said(tmp_path):
    report, market, n = imported(tmp_path, 1e8, items=COUNTS)
    assert report.rows_kept["facts"] == n
    assert (volumes_of(market) == 1e8).all()
    (found,) = [f for f in report.findings if f.kind == DISAGREE]
    assert found.count == 1
    assert "it is not known which" in found.remedy


@pytest.mark.slow
def test_a_volume_beyond_any_company_is_named_and_unknown(tmp_path):
    day = np.arange(len(SESSIONS)) == 100
    report, market, n = imported(tmp_path, np.where(day, 1e12, 1e5))
    assert report.rows_kept["facts"] == n
    (found,) = [f for f in report.findings if f.kind == BEYOND]
    assert found.examples == (f"N1 {SESSIONS[100]:%Y-%m-%d}: 1e+12 shares",)
    assert np.isnan(volumes_of(market)[100])


@pytest.mark.slow
def test_a_count_far_too_small_costs_no_volume_where_assets_are_nearer_to_what_is_traded(tmp_path):
    """Shares of 20 million at 20 dollars, assets of 16 billion, eight million shares a day: 32 billion in 200 days."""
    report, market, _ = imported(tmp_path, 8e6, items=[*COUNTS, "total_assets"], assets=40.0)
    assert (volumes_of(market) == 8e6).all()
    assert report.count(OTHER_UNIT) == 0
    assert report.count(FEW_SHARES) == 1


def test_ordinary_volumes_are_kept_without_a_word(tmp_path):
    report, _, _ = imported(tmp_path, 4e6)  # a fifth of all shares, every day
    assert not [f for f in report.findings if f.kind in (BEYOND, DISAGREE, OTHER_UNIT)]
