"""Splits and special dividends among returns that are unknown or contradict the closes."""

import numpy as np
import pandas as pd
import pytest

from tests.market.intake.test_importer import SESSIONS, fact, imported, price_rows, securities

DAY = 30
SPLIT = "unknown returns on the day of a split"


def folder(tmp_path, close, *, volume=None, counts=(), before=30.0, returns=None):
    """A from `before` to `close` on one day; volumes before and after it in `volume`."""
    closes = np.where(np.arange(len(SESSIONS)) < DAY, before, close)
    rows = price_rows("A", closes)
    if volume is not None:
        rows["volume"] = np.where(np.arange(len(SESSIONS)) < DAY, *volume)
    rows["total_return"] = np.where(np.arange(len(SESSIONS)) == DAY, returns if returns is not None else np.nan, 0.0)
    facts = [fact("A", filed, value, item="shares_outstanding", months=0) for filed, value in counts]
    tables = {"facts": pd.DataFrame(facts)} if facts else {}
    tmp_path.mkdir(exist_ok=True)
    report, market = imported(tmp_path, securities=securities("A"), prices=rows, **tables)
    return report, market.prices.returns[DAY, 0]


def test_a_3_for_2_split_without_a_return_is_no_loss_where_volume_grew_with_it(tmp_path):
    report, earned = folder(tmp_path, 20.0, volume=(200_000, 300_000))
    assert earned == pytest.approx(0.0)
    found = next(f for f in report.findings if f.kind == SPLIT)
    assert found.examples == (f"A {SESSIONS[DAY]:%Y-%m-%d} close 20 after 30: 3:2 split by volume",)


def test_a_split_is_told_by_the_next_count_of_shares_and_keeps_what_the_day_earned(tmp_path):
    report, earned = folder(tmp_path, 20.2, counts=[("2020-01-20", 100.0), ("2020-03-20", 149.0)])
    assert report.count(SPLIT) == 1
    assert earned == pytest.approx(1.5 * 20.2 / 30.0 - 1.0)


@pytest.mark.parametrize(
    ("before", "close", "volume", "later"),
    [
        (30.0, 24.0, (100, 125), 118.0),  # a fifth more shares were issued
        (8.0, 6.4, (100, 125), 125.0),  # nobody splits a share of eight dollars 5:4
        (30.0, 24.0, (100, 600), 125.0),  # traded as on bad news
    ],
)
def test_a_loss_of_a_fifth_is_no_5_for_4_split(tmp_path, before, close, volume, later):
    counts = [("2020-01-20", 100.0), ("2020-03-20", later)]
    report, earned = folder(tmp_path, close, before=before, volume=volume, counts=counts)
    assert earned == pytest.approx(-0.2)
    assert report.count(SPLIT) == 0


def test_a_reverse_split_without_a_return_is_no_gain(tmp_path):
    report, earned = folder(tmp_path, 300.0, volume=(200_000, 20_000))
    assert report.count(SPLIT) == 1
    assert earned == pytest.approx(0.0)


@pytest.mark.parametrize("volume", [(200_000, 200_000), (200_000, 900_000)])
def test_a_loss_of_a_third_with_no_witness_of_a_split_is_a_loss_and_noted(tmp_path, volume):
    report, earned = folder(tmp_path, 20.0, volume=volume)
    assert earned == pytest.approx(-1 / 3)
    noted = next(f for f in report.findings if f.kind == "unknown returns that look like a split")
    assert "3:2 split without a witness" in noted.examples[0]


def test_an_unchanged_count_of_shares_makes_a_fall_a_loss(tmp_path):
    report, earned = folder(tmp_path, 20.0, volume=(2, 3), counts=[("2020-01-20", 100.0), ("2020-03-20", 101.0)])
    assert report.count(SPLIT) == 0
    assert earned == pytest.approx(-1 / 3)


def test_an_exact_3_for_2_is_a_split_where_no_volume_is_known_and_5_for_4_is_not(tmp_path):
    assert folder(tmp_path / "a", 20.0)[1] == pytest.approx(0.0)
    assert folder(tmp_path / "b", 24.0)[1] == pytest.approx(-0.2)


def test_a_special_dividend_is_paid_on_top_of_the_close(tmp_path):
    # 2.91 paid on 3.30, close 1.01: worth 3.92. A vendor's adjusted closes say 1.01 / (3.30 − 2.91) − 1.
    told = 1.01 / 0.39 - 1.0
    report, earned = folder(tmp_path, 1.01, before=3.30, returns=told)
    assert earned == pytest.approx(3.92 / 3.30 - 1.0)
    assert report.count("returns beyond ±50 % on the day of a special dividend") == 1
    assert report.count("returns beyond ±50 % that contradict the closes") == 0


@pytest.mark.parametrize(("close", "returns"), [(30.0, 0.52), (33.0, 1.2), (7.5, 1.0), (30.0, -0.75)])
def test_what_no_dividend_explains_is_unknown(tmp_path, close, returns):
    report, earned = folder(tmp_path, close, returns=returns)
    assert report.count("returns beyond ±50 % that contradict the closes") == 1
    assert earned == (0.0 if close == 7.5 else pytest.approx(close / 30.0 - 1.0))


def test_a_great_loss_that_the_closes_show_and_more_is_kept(tmp_path):
    # From 30 to 6 with 6 dollars paid: −60 %, and no return of zero.
    report, earned = folder(tmp_path, 6.0, returns=-0.6)
    assert earned == -0.6
    assert report.count("returns beyond ±50 % that contradict the closes") == 0
