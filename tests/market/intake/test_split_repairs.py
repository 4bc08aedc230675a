"""Splits and special dividends among returns that are unknown or contradict the closes."""

from string import ascii_uppercase

import numpy as np
import pandas as pd
import pytest

from active_edge.market import open_market
from active_edge.market.intake.importer import import_folder
from active_edge.panel import Panel
from tests.market.intake.test_importer import SESSIONS, fact, imported, price_rows, securities

DAY = 30
SPLIT = "unknown returns, or such as only repeat the closes, on the day of a split"


def imported_splits(tmp_path, cases, *, splits=None):
    """A folder of a company for each case, named A, B and so on: what `rows_of` is told of it."""
    named = dict(zip(ascii_uppercase, cases, strict=False))
    made = [rows_of(asset, **case) for asset, case in named.items()]
    facts = [one for _, told in made for one in told]
    tables = {"facts": pd.DataFrame(facts)} if facts else {}
    tmp_path.mkdir(exist_ok=True)
    listed = {} if splits is None else {"splits": splits}
    prices = pd.concat([rows for rows, _ in made])
    return imported(tmp_path, securities=securities(*named), prices=prices, **tables, **listed)


def rows_of(asset, close, *, volume=None, counts=(("2020-01-20", 100.0),), before=30.0, returns=None):
    """From `before` to `close` on one day; volumes before and after it in `volume`, 100 million shares before."""
    closes = np.where(np.arange(len(SESSIONS)) < DAY, before, close)
    rows = price_rows(asset, closes)
    if volume is not None:
        rows["volume"] = np.where(np.arange(len(SESSIONS)) < DAY, *volume)
    rows["total_return"] = np.where(np.arange(len(SESSIONS)) == DAY, returns if returns is not None else np.nan, 0.0)
    return rows, [fact(asset, filed, value * 1e6, item="shares_outstanding", months=0) for filed, value in counts]


def imported_split(tmp_path, close, *, splits=None, **given):
    """One company, A."""
    return imported_splits(tmp_path, [{"close": close, **given}], splits=splits)


def counted(later):
    """100 million shares before the day, and `later` of the next count."""
    return [("2020-01-20", 100.0), ("2020-03-20", later)]


def listed_splits(ratios):
    return pd.DataFrame({"asset": list(ascii_uppercase[: len(ratios)]), "session": SESSIONS[DAY], "ratio": ratios})


def folder(tmp_path, close, *, counts=(), **given):
    """The report of `imported_split`, and what the day earned."""
    report, market = imported_split(tmp_path, close, counts=counts, **given)
    return report, market.prices.returns[DAY, 0]


def values(market, column=0):
    """Market value the session before the day, on it, and the session after it, in million dollars."""
    return (Panel(market, market.sessions[DAY - 1 : DAY + 2]).market_value()[:, column] / 1e6).tolist()


@pytest.mark.slow
def test_a_3_for_2_split_without_a_return_is_no_loss_where_volume_grew_with_it(tmp_path):
    report, earned = folder(tmp_path, 20.0, volume=(200_000, 300_000))
    assert earned == pytest.approx(0.0)
    found = next(f for f in report.findings if f.kind == SPLIT)
    assert found.examples == (f"A {SESSIONS[DAY]:%Y-%m-%d} close 20 after 30: 3:2 split by volume",)


@pytest.mark.slow
def test_a_split_is_told_by_the_next_count_of_shares_and_keeps_what_the_day_earned(tmp_path):
    report, earned = folder(tmp_path, 20.2, counts=counted(149.0))
    assert report.count(SPLIT) == 1
    assert earned == pytest.approx(1.5 * 20.2 / 30.0 - 1.0)


@pytest.mark.slow
def test_an_exact_next_count_names_the_ratio_whatever_the_share_moved_on_that_day(tmp_path):
    days = [(1.5, 0.08), (1.5, -0.08), (1.25, 0.03), (0.1, -0.20), (10.0, 0.15), (2.0, -0.12)]
    cases = [
        {
            "close": 30.0 / ratio * (1.0 + moved),
            "volume": (200_000, 200_000 * ratio),
            "counts": counted(100.0 * ratio),
        }
        for ratio, moved in days
    ]
    report, market = imported_splits(tmp_path, cases)
    assert report.count(SPLIT) == len(days)
    assert market.prices.returns[DAY].tolist() == pytest.approx([moved for _, moved in days])


def test_a_loss_beside_a_count_that_names_no_ratio_stays_a_loss(tmp_path):
    cases = [{"close": 21.6, "volume": (200_000, 200_000), "counts": counted(later)} for later in (100.0, 107.0, 140.0)]
    report, market = imported_splits(tmp_path, cases)
    assert report.count(SPLIT) == 0
    assert market.prices.returns[DAY].tolist() == pytest.approx([-0.28] * 3)


@pytest.mark.slow
def test_a_loss_of_a_fifth_is_no_5_for_4_split(tmp_path):
    cases = [
        {"before": before, "close": close, "volume": volume, "counts": counted(later)}
        for before, close, volume, later in (
            (30.0, 24.0, (100, 125), 118.0),  # a fifth more shares were issued
            (8.0, 6.4, (100, 125), 125.0),  # nobody splits a share of eight dollars 5:4
            (30.0, 24.0, (100, 600), 125.0),  # traded as on bad news
        )
    ]
    report, market = imported_splits(tmp_path, cases)
    assert market.prices.returns[DAY].tolist() == pytest.approx([-0.2] * 3)
    assert report.count(SPLIT) == 0


@pytest.mark.slow
def test_a_reverse_split_without_a_return_is_no_gain(tmp_path):
    report, earned = folder(tmp_path, 300.0, volume=(200_000, 20_000))
    assert report.count(SPLIT) == 1
    assert earned == pytest.approx(0.0)


@pytest.mark.slow
def test_a_loss_of_a_third_that_trades_as_on_news_is_a_loss_and_named(tmp_path):
    report, earned = folder(tmp_path, 20.0, volume=(200_000, 900_000))
    assert earned == pytest.approx(-1 / 3)
    noted = next(f for f in report.findings if f.kind.startswith("unknown returns that look like a split"))
    assert noted.examples == (f"A {SESSIONS[DAY]:%Y-%m-%d} close 20 after 30: no 3:2 split by news",)


def test_where_nothing_decides_the_return_is_unknown_and_so_is_the_market_value(tmp_path):
    """3:2 with own moves of none, −1 % and 1.5 %, 4:3 and 5:4; an exact 3:2 where no volume is known is believed."""
    traded = [{"close": close, "volume": (200_000, 200_000)} for close in (20.0, 19.8, 20.3, 22.5, 24.0)]
    untold = [{"close": close, "volume": (np.nan, np.nan)} for close in (19.8, 20.3, 22.5, 24.0)]
    report, market = imported_splits(tmp_path, [*traded, *untold])
    assert market.prices.returns[DAY].tolist() == [0.0] * 9
    assert market.prices.unchained["session"].tolist() == [SESSIONS[DAY]] * 9
    assert report.count("moves that may be a split, and nothing tells") == 9
    for column in range(9):
        assert values(market, column) == pytest.approx([3000.0, np.nan, np.nan], nan_ok=True)


@pytest.mark.slow
def test_volume_alone_tells_a_split_of_a_day_with_its_own_move_and_value_agrees(tmp_path):
    days = [(20.0, 1.5, 0.0), (19.7, 1.5, -0.015), (20.3, 1.5, 0.015), (15.45, 2.0, 0.03), (315.0, 0.1, 0.05)]
    cases = [{"close": close, "volume": (200_000, 200_000 * ratio)} for close, ratio, _ in days]
    _, market = imported_splits(tmp_path, cases)
    for column, (_, _, own) in enumerate(days):
        assert market.prices.returns[DAY, column] == pytest.approx(own)
        assert values(market, column) == pytest.approx([3000.0, 3000.0 * (1 + own), 3000.0 * (1 + own)])


def test_the_next_count_tells_a_split_from_its_day_on_to_return_and_value_alike(tmp_path):
    days = [
        (19.7, 1.5), (24.3, 1.25), (22.3, 4 / 3), (12.2, 2.5), (325.0, 0.1), (280.0, 0.1), (15.9, 2.0),
    ]  # fmt: skip
    _, market = imported_splits(tmp_path, [{"close": close, "counts": counted(100.0 * ratio)} for close, ratio in days])
    for column, (close, ratio) in enumerate(days):
        own = ratio * close / 30.0
        assert market.prices.returns[DAY, column] == pytest.approx(own - 1.0)
        assert values(market, column) == pytest.approx([3000.0, 3000.0 * own, 3000.0 * own])


@pytest.mark.slow
def test_a_list_of_splits_tells_any_ratio(tmp_path):
    days = [(27.5, 1.1), (25.4, 1.2), (24.3, 1.25), (20.0, 1.5), (61.0, 0.5)]
    listed = listed_splits([ratio for _, ratio in days])
    report, market = imported_splits(tmp_path, [{"close": close} for close, _ in days], splits=listed)
    for column, (close, ratio) in enumerate(days):
        own = ratio * close / 30.0
        assert market.prices.returns[DAY, column] == pytest.approx(own - 1.0)
        assert values(market, column) == pytest.approx([3000.0, 3000.0 * own, 3000.0 * own])
    assert report.rows_kept["splits"] == len(days)


@pytest.mark.slow
def test_a_listed_ratio_of_one_says_that_a_fall_is_no_split(tmp_path):
    listed = listed_splits([1.0])
    _, market = imported_split(tmp_path, 20.0, splits=listed)
    assert market.prices.returns[DAY, 0] == pytest.approx(-1 / 3)
    assert values(market) == pytest.approx([3000.0, 2000.0, 2000.0])


@pytest.mark.slow
def test_a_listed_split_that_the_closes_do_not_show_is_named_and_not_applied(tmp_path):
    listed = pd.DataFrame({"asset": ["A", "A"], "session": [SESSIONS[10], "2020-02-29"], "ratio": [2.0, 3.0]})
    report, market = imported_split(tmp_path, 30.0, splits=listed)
    assert values(market) == [3000.0, 3000.0, 3000.0]
    assert report.count("listed splits that the closes do not show") == 1
    assert report.count("splits on days without a price, or of a ratio not above zero") == 1
    assert (report.rows_read["splits"], report.rows_kept["splits"]) == (2, 1)


@pytest.mark.slow
def test_a_listed_ratio_that_is_none_is_refused_and_moves_nothing(tmp_path):
    listed = listed_splits([0.0, -2.0])
    report, market = imported_splits(tmp_path, [{"close": 30.0}, {"close": 30.0}], splits=listed)
    assert report.count("splits on days without a price, or of a ratio not above zero") == 2
    assert market.prices.returns[DAY].tolist() == [0.0, 0.0]
    assert values(market, 0) == values(market, 1) == [3000.0, 3000.0, 3000.0]


def test_a_special_dividend_at_an_exact_ratio_keeps_its_return_and_value_follows_the_closes(tmp_path):
    days = [(15.0, 100.0), (12.0, 101.0), (7.5, 100.0), (3.0, 99.0)]
    cases = [
        {"close": close, "volume": (200_000, 200_000 * 30 / close), "counts": counted(later), "returns": 0.0}
        for close, later in days
    ]
    report, market = imported_splits(tmp_path, cases)
    assert market.prices.returns[DAY].tolist() == [0.0] * 4
    for column, (close, _) in enumerate(days):
        assert values(market, column) == pytest.approx([3000.0, 100.0 * close, 100.0 * close])
    assert report.count("moves like a split that are a dividend or a spin-off") == 4


@pytest.mark.slow
def test_what_a_snapshot_decided_is_kept_when_it_is_imported_again(tmp_path):
    """A split, and neither."""
    _, market = imported_splits(tmp_path, [{"close": 19.7, "volume": (200_000, after)} for after in (300_000, 200_000)])
    import_folder(market.table("prices").parent, tmp_path / "again")
    again = open_market(tmp_path / "again")
    assert again.manifest["tables"]["splits"]["sha256"] == market.manifest["tables"]["splits"]["sha256"]
    assert again.prices.returns.tobytes() == market.prices.returns.tobytes()


@pytest.mark.slow
def test_a_wrong_price_that_comes_back_is_no_split(tmp_path):
    closes = np.where(np.arange(len(SESSIONS)) == DAY, 20.0, 30.0)
    rows = price_rows("A", closes)
    rows["volume"] = np.where(np.arange(len(SESSIONS)) == DAY, 300_000, 200_000)
    rows["total_return"] = np.nan
    _, market = imported(tmp_path, securities=securities("A"), prices=rows)
    assert market.prices.returns[DAY : DAY + 2, 0].tolist() == pytest.approx([-1 / 3, 0.5])
    assert not len(market.splits.asset)


@pytest.mark.slow
def test_an_unchanged_count_of_shares_makes_a_fall_a_loss(tmp_path):
    report, earned = folder(tmp_path, 20.0, volume=(2, 3), counts=counted(101.0))
    assert report.count(SPLIT) == 0
    assert earned == pytest.approx(-1 / 3)


@pytest.mark.slow
def test_an_exact_3_for_2_is_a_split_where_no_volume_is_known(tmp_path):
    report, earned = folder(tmp_path, 20.0, volume=(np.nan, np.nan))
    assert earned == pytest.approx(0.0)
    assert report.count(SPLIT) == 1


@pytest.mark.slow
def test_a_special_dividend_is_paid_on_top_of_the_close(tmp_path):
    # 2.91 paid on 3.30, close 1.01: worth 3.92. A vendor's adjusted closes say 1.01 / (3.30 − 2.91) − 1.
    told = 1.01 / 0.39 - 1.0
    report, earned = folder(tmp_path, 1.01, before=3.30, returns=told)
    assert earned == pytest.approx(3.92 / 3.30 - 1.0)
    assert report.count("returns beyond ±50 % on the day of a special dividend") == 1
    assert report.count("returns beyond ±50 % that contradict the closes") == 0


@pytest.mark.slow
def test_what_no_dividend_explains_is_unknown(tmp_path):
    days = [(30.0, 0.52), (33.0, 1.2), (7.5, 1.0), (30.0, -0.75)]
    cases = [{"close": close, "returns": returns, "counts": ()} for close, returns in days]
    report, market = imported_splits(tmp_path, cases)
    assert report.count("returns beyond ±50 % that contradict the closes") == 4
    earned = [0.0 if close == 7.5 else close / 30.0 - 1.0 for close, _ in days]
    assert market.prices.returns[DAY].tolist() == pytest.approx(earned)
    assert market.prices.returns[DAY, 2] == 0.0


@pytest.mark.slow
def test_a_great_loss_that_the_closes_show_and_more_is_kept(tmp_path):
    # From 30 to 6 with 6 dollars paid: −60 %, and no return of zero.
    report, earned = folder(tmp_path, 6.0, returns=-0.6)
    assert earned == -0.6
    assert report.count("returns beyond ±50 % that contradict the closes") == 0


@pytest.mark.slow
def test_returns_made_from_unadjusted_closes_do_not_lose_half_at_a_split(tmp_path):
    """Half the price, a return of −50 % and twice the shares at the next count; with as many shares it is a loss."""
    days = ((200.0, 0.0, 3000.0), (100.0, -0.5, 1500.0), (240.0, -0.5, 1500.0))
    cases = [{"close": 15.0, "counts": counted(later), "returns": -0.5} for later, _, _ in days]
    report, market = imported_splits(tmp_path, cases)
    for column, (_, earned, value) in enumerate(days):
        assert market.prices.returns[DAY, column] == pytest.approx(earned)
        assert values(market, column)[-1] == pytest.approx(value)
    assert report.count(SPLIT) == 1


@pytest.mark.slow
@pytest.mark.parametrize(("told", "after"), [(100.0, 3000.0), (200.0, 3000.0)])
def test_a_count_of_a_day_before_a_split_filed_after_it_is_put_on_the_basis_of_its_filing(tmp_path, told, after):
    """2:1 with a known return; a filing weeks later tells shares of the quarter's end before it, restated or not."""
    split = str(SESSIONS[DAY].date())
    listed = pd.DataFrame({"asset": ["A"], "session": [split], "ratio": [2.0]})
    closes = np.where(np.arange(len(SESSIONS)) < DAY, 30.0, 15.0)
    rows = price_rows("A", closes)
    rows["total_return"] = 0.0
    before, end, filed = (str(SESSIONS[k].date()) for k in (1, DAY - 5, DAY + 5))
    counts = [(before, before, 100.0), (filed, end, told)]
    facts = [
        {**fact("A", day, value * 1e6, item="shares_outstanding", months=0), "period_end": of}
        for day, of, value in counts
    ]
    _, market = imported(tmp_path, securities=securities("A"), prices=rows, facts=pd.DataFrame(facts), splits=listed)
    found = Panel(market, market.sessions[[DAY - 1, DAY, DAY + 8]]).market_value()[:, 0] / 1e6
    np.testing.assert_allclose(found, [3000.0, 3000.0, after])


@pytest.mark.slow
def test_a_listed_ratio_that_counts_and_closes_turn_round_is_told(tmp_path):
    listed = listed_splits([0.5])
    counts = counted(200.0)
    report, market = imported_split(tmp_path, 15.3, counts=counts, splits=listed)
    kind = "listed splits of another ratio than closes and counts of shares show"
    (told,) = [one for one in report.findings if one.kind == kind]
    assert told.examples == (f"A {SESSIONS[DAY]:%Y-%m-%d}: 0.5 listed, 2.0 by the next count of shares",)
    assert market.prices.returns[DAY, 0] == pytest.approx(0.02)


@pytest.mark.slow
def test_a_split_that_is_told_is_not_told_again_as_a_return_that_contradicts_the_closes(tmp_path):
    counts = counted(200.0)
    report, _ = imported_split(tmp_path, 15.3, counts=counts)
    assert report.count(SPLIT) == 1
    assert report.count("returns within ±50 % that contradict the closes") == 0


FALL = "falls that a stock dividend would leave, beside a next count of shares that grew by as much"
OPEN = "moves that may be a split, and nothing tells"


@pytest.mark.slow
def test_a_stock_dividend_without_a_return_is_neither_a_loss_nor_a_split(tmp_path):
    cases = [
        {"close": 20.0, "before": before, "counts": counted(100.0 + percent)}
        for before, percent in ((22.0, 10), (21.0, 5), (23.0, 15))
    ]
    report, market = imported_splits(tmp_path, cases)
    assert market.prices.returns[DAY].tolist() == [0.0] * 3
    assert np.isnan(market.prices.told_returns[DAY]).all()
    assert report.count(OPEN) == 3
    assert np.isnan([values(market, column)[1] for column in range(3)]).all()
    assert report.count(FALL) == report.count(SPLIT) == 0


@pytest.mark.slow
def test_a_fall_beside_a_count_grown_alike_is_kept_as_the_loss_it_mostly_is_and_named(tmp_path):
    days = [(20.2, np.nan, 110.0), (19.8, np.nan, 110.1), (20.0, 20.0 / 22.0 - 1.0, 110.0)]
    cases = [
        {"close": close, "before": 22.0, "counts": counted(grown), "returns": returns} for close, returns, grown in days
    ]
    report, market = imported_splits(tmp_path, cases)
    found = next(f for f in report.findings if f.kind == FALL)
    told = {
        f"{asset} {SESSIONS[DAY]:%Y-%m-%d} close {close:g} after 22: a stock dividend of 10 %, or a loss"
        for asset, (close, _, _) in zip("ABC", days, strict=True)
    }
    assert (found.severity, found.count, set(found.examples)) == ("noted", 3, told)
    for column, (close, _, _) in enumerate(days):
        assert market.prices.returns[DAY, column] == pytest.approx(close / 22.0 - 1.0)
        assert values(market, column)[1] == pytest.approx(100.0 * close)


@pytest.mark.slow
def test_a_fall_of_a_tenth_alone_is_a_loss_without_a_word(tmp_path):
    cases = [
        {"close": 20.0, "before": 22.0, "counts": counts} for counts in (counted(104.0), [("2020-01-20", 100.0)], [])
    ]
    report, market = imported_splits(tmp_path, cases)
    assert market.prices.returns[DAY].tolist() == pytest.approx([20.0 / 22.0 - 1.0] * 3)
    assert report.count(FALL) == report.count(OPEN) == 0


@pytest.mark.slow
def test_a_listed_stock_dividend_is_no_loss(tmp_path):
    listed = listed_splits([1.1])
    _, market = imported_split(tmp_path, 20.2, before=22.0, splits=listed)
    assert market.prices.returns[DAY, 0] == pytest.approx(1.1 * 20.2 / 22.0 - 1.0)
    assert values(market)[1] == pytest.approx(1.1 * 100.0 * 20.2)


@pytest.mark.slow
def test_a_stock_dividend_that_the_return_covers_is_a_split_by_the_next_count(tmp_path):
    given = {"before": 22.0, "counts": counted(110.0), "returns": 0.0}
    _, market = imported_split(tmp_path, 20.0, **given)
    assert market.prices.returns[DAY, 0] == 0.0
    assert values(market)[1] == pytest.approx(2200.0)


@pytest.mark.slow
@pytest.mark.parametrize("grown", [4.0, 3.6])
def test_an_old_count_denies_no_split_that_a_later_one_has_gone_beyond(tmp_path, grown):
    """50 million shares of the quarter before, told after the day; of the next 200 (two splits) or 180 (an issue)."""
    counts = [fact("A", filed, value, item="shares_outstanding", months=0, period_end=end)
              for filed, end, value in (("2020-01-20", "2019-12-31", 50e6), ("2020-02-20", "2020-01-31", 50e6),
                                        ("2020-04-20", "2020-03-31", 50e6 * grown))]  # fmt: skip
    rows = price_rows("A", np.where(np.arange(len(SESSIONS)) < DAY, 60.0, 30.0 if grown == 4.0 else 20.0))
    rows["total_return"] = 0.0
    _, market = imported(tmp_path, securities=securities("A"), prices=rows, facts=pd.DataFrame(counts))
    assert values(market)[1] == pytest.approx(50.0 * 60.0)
