import numpy as np
import pytest

from active_edge.simulated.bars import draw_bars
from active_edge.simulated.grid import NO_EXIT
from active_edge.simulated.indices import build_indices, month_returns
from active_edge.simulated.knobs import Knobs
from active_edge.simulated.listings import list_firms, make_calendar
from active_edge.simulated.path import draw_path
from active_edge.simulated.weather import WARM_UP_MONTHS

SHOWN = 40


@pytest.fixture(scope="module")
def market():
    """A path, its bars, and the daily values of portfolios that hold one slot each."""
    path = draw_path(Knobs(years=3, firms=200, seed=5))
    calendar = make_calendar(path)
    listings = list_firms(path, calendar)
    T, S = path.grid.firm.shape
    weights = np.zeros((T, S, SHOWN))
    weights[:, np.arange(SHOWN), np.arange(SHOWN)] = 1.0
    return path, calendar, listings, draw_bars(path, listings, calendar, weights)


def test_daily_returns_compound_to_the_monthly_path(market):
    path, calendar, _, bars = market
    for t in range(WARM_UP_MONTHS, len(path.weather.cash)):
        stays = path.grid.exit_kind[t, :SHOWN] == NO_EXIT
        month_end = bars.portfolio[calendar.first[t + 1] - 1]
        np.testing.assert_allclose(month_end[stays], 1 + path.grid.base[t, :SHOWN][stays], rtol=2e-6)


def test_quoted_returns_compound_to_the_path_but_for_the_spread(market):
    """From month end to month end; half a spread on either side is at most 3 % each."""
    path, calendar, listings, bars = market
    column = {name: np.concatenate([getattr(b, name) for b in bars.rows]) for name in bars.rows[0]._fields}
    gaps = []
    for i in np.flatnonzero(listings.birth < WARM_UP_MONTHS)[:100]:
        rows = column["listing"] == i
        session, growth = column["session"][rows], np.nancumsum(np.log1p(column["total_return"][rows]))
        for t in range(WARM_UP_MONTHS + 1, listings.last_month[i]):
            ends = [np.searchsorted(session, calendar.first[t + k] - 1) for k in (0, 1)]
            if all(session[e] == calendar.first[t + k] - 1 for k, e in enumerate(ends)):
                gaps.append(growth[ends[1]] - growth[ends[0]] - np.log1p(path.grid.base[t, listings.slot[i]]))
    assert len(gaps) > 2000
    assert np.abs(gaps).max() < 0.07
    assert abs(np.mean(gaps)) < 0.001


def test_bars_are_ordered_positive_and_quoted_in_ticks(market):
    *_, bars = market
    for rows in bars.rows:
        assert (rows.low > 0).all()
        assert (rows.low <= np.minimum(rows.open, rows.close)).all()
        assert (rows.high >= np.maximum(rows.open, rows.close)).all()
        dear = rows.close >= 1
        np.testing.assert_allclose(rows.close[dear] * 100, np.round(rows.close[dear] * 100), atol=1e-7)
        assert (rows.volume >= 0).all()


def test_a_listings_first_row_has_no_return_and_others_have(market):
    *_, bars = market
    for rows in bars.rows:
        first = np.concatenate([[True], rows.listing[1:] != rows.listing[:-1]])
        assert np.isnan(rows.total_return[first]).all()
        assert np.isfinite(rows.total_return[~first]).all()


def test_splits_and_dividends_are_in_returns_and_not_in_prices(market):
    """Where close/close is far from the total return there was a split, of a ratio the laws allow."""
    *_, bars = market
    ratios, dividends = [], 0
    for rows in bars.rows:
        inside = rows.listing[1:] == rows.listing[:-1]
        implied = ((1 + rows.total_return[1:]) * rows.close[:-1] / rows.close[1:])[inside]
        jump = (implied < 0.3) | (implied > 1.6)
        ratios.extend(implied[jump])
        dividends += ((implied > 1.002) & (implied < 1.02)).sum()
    assert len(ratios) >= 3
    assert all(min(abs(np.log(r / exact)) for exact in (0.1, 2, 3)) < 0.03 for r in ratios)
    assert dividends > 100


def test_some_days_are_missing_and_never_an_edge(market):
    _, _, listings, bars = market
    for rows in bars.rows:
        for i in np.unique(rows.listing):
            session = rows.session[rows.listing == i]
            assert session[0] == listings.first_session[i]
            assert session[-1] == listings.last_session[i]
    expected = (listings.last_session - listings.first_session + 1).sum()
    found = sum(len(rows.close) for rows in bars.rows)
    assert 0.0002 < 1 - found / expected < 0.01


def test_the_spread_can_be_read_from_the_bars():
    """EDGE over all days finds half-spreads that fall with size (a wide spread planted in tiny firms)."""
    from bidask import edge

    path = draw_path(Knobs(years=4, firms=300, seed=3))
    calendar = make_calendar(path)
    listings = list_firms(path, calendar)
    bars = draw_bars(path, listings, calendar, np.zeros((*path.grid.firm.shape, 1)))
    squared: dict[str, list] = {"tiny": [], "large": []}
    for rows in bars.rows:
        for i in np.unique(rows.listing):
            own = rows.listing == i
            if own.sum() < 900:
                continue
            z = (path.grid.log_value[:, listings.slot[i]].mean() - path.size_mean.mean()) / path.size_sd.mean()
            estimate = edge(rows.open[own], rows.high[own], rows.low[own], rows.close[own], sign=True)
            kind = "tiny" if z < -1.2 else "large" if z > 1 else None
            if kind:
                squared[kind].append(np.sign(estimate) * estimate**2)
    tiny, large = (np.sqrt(max(np.mean(squared[k]), 0)) for k in ("tiny", "large"))
    assert 0.007 < tiny < 0.04
    assert large < 0.5 * tiny


def test_index_days_compound_to_index_months_but_for_the_days_of_exits():
    path = draw_path(Knobs(years=3, firms=800, seed=2))
    calendar = make_calendar(path)
    listings = list_firms(path, calendar)
    indices = build_indices(path)
    bars = draw_bars(path, listings, calendar, indices.weights)
    month = month_returns(path, indices.weights)
    for t in range(WARM_UP_MONTHS, len(month)):
        np.testing.assert_allclose(bars.portfolio[calendar.first[t + 1] - 1] - 1, month[t], atol=0.02)
