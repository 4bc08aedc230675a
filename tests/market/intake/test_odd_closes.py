"""A close of one name that contradicts its return: put right where both sides prove it, else named and no value."""

import numpy as np
import pandas as pd
import pytest

from active_edge.market import open_market
from active_edge.market.audit.report import audit_market
from active_edge.market.intake.importer import import_folder
from active_edge.market.odd_closes import FELL, MENDED, ROSE
from active_edge.panel import Panel
from tests.market.intake.test_importer import SESSIONS, fact, imported, price_rows, securities
from tests.quick import first_quick

DAY = 30
COUNTED = [fact("A", filed, 1e8, item="shares_outstanding", months=0) for filed in ("2020-01-03", "2020-02-20")]


def market_of(tmp_path, times, *, facts=COUNTED, day_return=0.0, **columns):
    """A at 40 dollars of 100 million shares; its closes are `times` as much as its returns of nothing say."""
    rows = price_rows("A", 40.0 * times * np.where(np.arange(len(SESSIONS)) < DAY, 1.0, 1.0 + day_return))
    rows["total_return"] = np.where(np.arange(len(SESSIONS)) == DAY, day_return, 0.0)
    rows = rows.assign(**columns)
    tmp_path.mkdir(exist_ok=True)
    return imported(tmp_path, securities=securities("A"), prices=rows, facts=pd.DataFrame(facts))


def assets_of(filed, value, **more):
    return fact("A", filed, value, item="total_assets", months=0, **more)


def stepped(times, lasts=None):
    at = np.arange(len(SESSIONS))
    return np.where((at >= DAY) & (at < DAY + (lasts or len(SESSIONS))), times, 1.0)


def values(market):
    """Market value in millions the session before the day, on it, and after it."""
    return (Panel(market, market.sessions[DAY - 1 : DAY + 2]).market_value()[:, 0] / 1e6).tolist()


@pytest.mark.parametrize(("times", "lasts"), first_quick([(100.0, 1), (0.01, 1), (1.7, 1), (0.6, 1), (100.0, 3)]))
def test_a_slip_that_reverts_is_put_right_and_named(tmp_path, times, lasts):
    report, market = market_of(tmp_path, stepped(times, lasts))
    assert values(market) == pytest.approx([4000.0] * 3)
    assert market.prices.returns[1:, 0] == pytest.approx(np.zeros(len(SESSIONS) - 1))
    (found,) = [f for f in report.findings if f.kind.startswith("closes out of line")]
    assert found.count == lasts
    assert f"A {market.sessions[DAY]:%Y-%m-%d} close" in found.examples[0]
    text = "\n".join(audit_market(market).lines())
    assert f"suspect sessions: 0 of the market, {lasts} of single names" in text
    assert f"A {market.sessions[DAY]:%Y-%m-%d}: {MENDED} ({times:.4g} times)" in text
    assert not [f for f in report.findings if "dividend" in f.kind]


def test_prices_of_the_row_that_share_the_slip_are_unknown_and_true_ones_kept(tmp_path):
    at = np.arange(len(SESSIONS)) == DAY
    _, market = market_of(
        tmp_path, stepped(100.0, 1), open=40.0, high=np.where(at, 4100.0, 41.0), low=np.where(at, 39.0, 39.0)
    )
    assert market.prices.open[DAY, 0] == 40.0
    assert np.isnan(market.prices.high[DAY, 0])
    assert market.prices.low[DAY, 0] == 39.0


@pytest.mark.slow
def test_a_rise_that_stays_beside_a_return_of_nothing_is_named_and_no_market_value_until_a_count(tmp_path):
    report, market = market_of(tmp_path, stepped(1.7), facts=COUNTED[:1])
    assert values(market) == pytest.approx([4000.0, np.nan, np.nan], nan_ok=True)
    (found,) = [f for f in report.findings if f.kind.startswith("closes that rise")]
    assert found.examples == (f"A {market.sessions[DAY]:%Y-%m-%d} close 68 after 40, 1.7 times what the return says",)
    audit = audit_market(market)
    assert any("1 session of 1 name" in text and ROSE in text for text in audit.warnings)


@pytest.mark.slow
def test_a_fall_by_two_fifths_that_stays_is_named_where_assets_do_not_shrink_with_it(tmp_path):
    assets = [assets_of("2020-01-03", 9e9), assets_of("2020-03-20", 9e9, period_end="2020-03-13")]
    for facts in (COUNTED, COUNTED + assets):
        report, market = market_of(tmp_path / str(len(facts)), stepped(0.6), facts=facts)
        (found,) = [f for f in report.findings if f.kind.startswith("closes that fall")]
        assert "close 24 after 40, 0.6 times what the return says" in found.examples[0]
        assert FELL in "\n".join(audit_market(market).lines())


@pytest.mark.slow
def test_spin_offs_special_dividends_and_splits_are_no_suspects(tmp_path):
    shrunk = [assets_of("2020-01-03", 9e9), assets_of("2020-03-20", 5e9, period_end="2020-03-13")]
    cases = {
        "spin-off": {"times": stepped(0.55), "facts": COUNTED + shrunk},
        "special": {"times": stepped(0.7)},
        "dividend": {"times": stepped(0.97)},
        "split": {"times": stepped(0.5), "facts": [COUNTED[0], COUNTED[1] | {"value": 2e8}]},
        "reverse": {"times": stepped(10.0), "facts": [COUNTED[0], COUNTED[1] | {"value": 1e7}]},
        "loss": {"times": stepped(1.0), "day_return": -0.45},
        "gain": {"times": stepped(1.0), "day_return": 0.45},
    }
    for name, case in cases.items():
        report, market = market_of(tmp_path / name.replace(" ", ""), **case)
        assert not [f.kind for f in report.findings if f.kind.startswith(("closes that", "closes out"))], name
        assert audit_market(market).suspects.odd_closes.empty, name


@pytest.mark.slow
def test_a_snapshot_imported_again_says_the_same_of_its_odd_closes(tmp_path):
    _, market = market_of(tmp_path, stepped(1.7))
    import_folder(market._folder, tmp_path / "again", created="2020-06-01")
    again = open_market(tmp_path / "again")
    first, second = (audit_market(one).suspects.odd_closes for one in (market, again))
    pd.testing.assert_frame_equal(first, second)
    assert len(first) == 1
