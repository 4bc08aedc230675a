import json

import numpy as np
import pandas as pd
import pytest

from active_edge.market.audit.report import audit_market
from active_edge.sessions import sessions_between
from tests.markets import make_market

SESSIONS = sessions_between("2018-01-02", "2020-12-31")


def flat(ends):
    """Closes of 10 from the first session to each asset's last."""
    frame = pd.DataFrame(10.0, index=SESSIONS, columns=[f"A{i:03}" for i in range(len(ends))])
    for name, end in zip(frame, ends, strict=True):
        frame.loc[frame.index > pd.Timestamp(end), name] = np.nan
    return frame


def spread_ends(n_assets, n_ended):
    days = SESSIONS[np.linspace(50, len(SESSIONS) - 50, n_ended).astype(int)] if n_ended else []
    return [f"{day:%F}" for day in days] + ["2020-12-31"] * (n_assets - n_ended)


def known_only(frame, known):
    """The frame with values of the columns that are known alone.

    Not `where(known, axis=1)`, which pandas 3.0.3 cannot.
    """
    return frame.where(np.broadcast_to(known.reindex(frame.columns), frame.shape))


def facts_of(assets, **changes):
    rows = [
        {
            "asset": a,
            "item": "revenue",
            "months": 12,
            "period_end": f"{y}-12-31",
            "filed": f"{y + 1}-02-2{n % 8}",
            "value": n,
        }
        for n, a in enumerate(assets)
        for y in (2017, 2018, 2019)
    ]
    return [row | changes for row in rows]


def test_exits_by_year_are_counted_and_annualised(tmp_path):
    ends = ["2018-06-29", "2018-09-28", "2019-05-01", *["2020-12-31"] * 7]
    years = audit_market(make_market(tmp_path, closes=flat(ends))).survivorship.years
    assert [(y.year, y.alive, y.exits) for y in years] == [(2018, 10, 2), (2019, 8, 1), (2020, 7, 0)]
    assert years[0].rate == pytest.approx(0.2 * 252 / 251)  # 2018 had 251 sessions
    assert years[1].rate == pytest.approx(1 / 8)


def test_a_market_where_nothing_ends_is_suspected_with_its_bound(tmp_path):
    audit = audit_market(make_market(tmp_path, closes=flat(spread_ends(100, 1))))
    assert audit.survivorship.suspected
    assert audit.survivorship.bias_bound_annual == pytest.approx(0.08 - 1 / 299, abs=0.001)
    assert any("survivorship" in line and line.startswith("WARNING") for line in audit.lines())


@pytest.mark.slow
def test_years_in_which_nothing_ends_are_suspected_whatever_the_others_show(tmp_path):
    # An archive that kept the names that vanished only in its last year: 9 % of 500 names end, all of them in 2020.
    late = SESSIONS[np.linspace(510, 730, 45).astype(int)]
    ends = [f"{day:%F}" for day in late] + ["2020-12-31"] * 455
    survivorship = audit_market(make_market(tmp_path, closes=flat(ends))).survivorship
    assert survivorship.exit_rate > 0.02
    assert survivorship.suspected
    assert "2 years from 2018 to 2019" in survivorship.reasons[0]
    assert survivorship.bias_bound_annual == pytest.approx(0.08)


def test_a_market_with_real_exit_rates_is_not_suspected(tmp_path):
    audit = audit_market(make_market(tmp_path, closes=flat(spread_ends(100, 20))))
    assert not audit.survivorship.suspected
    assert 0.05 < audit.survivorship.exit_rate < 0.09


@pytest.mark.slow
def test_series_that_end_on_a_few_common_days_are_suspected(tmp_path):
    ends = ["2019-06-28"] * 15 + ["2018-03-01", "2018-08-01", "2020-03-02", "2020-05-01", "2019-02-01"]
    audit = audit_market(make_market(tmp_path, closes=flat(ends + ["2020-12-31"] * 80)))
    assert audit.survivorship.suspected
    assert "edges" in audit.survivorship.reasons[0]
    assert audit.survivorship.bias_bound_annual == 0.08


@pytest.mark.slow
def test_coverage_is_the_share_of_listed_companies_with_a_fresh_value(tmp_path):
    closes = flat(["2020-12-31"] * 3 + ["2019-06-28"])
    cash = {"asset": "A000", "item": "cash", "months": 0, "period_end": "2018-09-30", "filed": "2018-11-01", "value": 1}
    rows = [*facts_of(["A000", "A001", "A003"]), cash]
    audit = audit_market(make_market(tmp_path, closes=closes, facts=rows))
    assert audit.companies.to_dict() == {2018: 3, 2019: 2, 2020: 2}  # A002 never files, A003 is gone in 2019
    assert audit.coverage.loc["revenue"].tolist() == [1.0, 1.0, 1.0]
    np.testing.assert_allclose(audit.coverage.loc["cash"], [1 / 3, 0.0, 0.0])  # stale after 400 days


@pytest.mark.slow
def test_facts_dated_by_their_period_are_found(tmp_path):
    honest = make_market(
        tmp_path / "a", closes=flat(["2020-12-31"] * 20), facts=facts_of([f"A{i:03}" for i in range(20)])
    )
    assert not any("look ahead" in text for text in audit_market(honest).warnings)
    rows = [row | {"filed": row["period_end"]} for row in facts_of([f"A{i:03}" for i in range(20)])]
    leaky = audit_market(make_market(tmp_path / "b", closes=flat(["2020-12-31"] * 20), facts=rows))
    assert leaky.lags.implausible_share == 1.0
    assert any("look ahead" in text for text in leaky.warnings)


def test_assumed_filing_dates_are_found(tmp_path):
    rows = [
        row | {"filed": pd.Timestamp(row["period_end"]) + pd.Timedelta(days=90)}
        for row in facts_of([f"A{i:03}" for i in range(20)])
    ]
    audit = audit_market(make_market(tmp_path, closes=flat(["2020-12-31"] * 20), facts=rows))
    assert (audit.lags.commonest_lag_days, audit.lags.commonest_lag_share) == (90, 1.0)
    assert any("assumed dates" in text for text in audit.warnings)


@pytest.mark.slow
def test_restatements_and_late_filings_are_measured(tmp_path):
    base = {"asset": "A000", "item": "revenue", "value": 1.0}
    rows = [
        base | {"months": 3, "period_end": "2018-03-31", "filed": "2018-05-15"},  # 45 days: in time
        base | {"months": 3, "period_end": "2018-06-30", "filed": "2018-08-15"},  # 46 days: late
        base | {"months": 12, "period_end": "2018-12-31", "filed": "2019-03-31"},  # 90 days: in time
        base | {"months": 12, "period_end": "2018-12-31", "filed": "2019-09-01", "value": 2.0},  # restated
    ]
    lags = audit_market(make_market(tmp_path, closes=flat(["2020-12-31"]), facts=rows)).lags
    assert lags.late_share == 0.5
    assert lags.restated_share == pytest.approx(1 / 3)


def test_a_price_that_jumps_and_comes_back_is_found_and_one_that_stays_is_not(tmp_path):
    closes = flat(["2020-12-31"] * 2)
    closes.iloc[100:102, 0] = 0.5
    closes.iloc[100:, 1] = 0.5
    suspects = audit_market(make_market(tmp_path, closes=closes)).suspects
    assert suspects.largest_jumps["asset"].unique().tolist() == ["A000"]
    assert suspects.unchained == 3
    assert set(suspects.largest_unchained["asset"]) == {"A000", "A001"}


def test_a_ticker_with_two_lives_is_found(tmp_path):
    closes = pd.DataFrame({"X": 1.0, "X~2": 50.0, "Y": 2.0}, index=SESSIONS)
    closes.loc["2019-01-01":, "X"] = np.nan
    closes.loc[:"2019-12-31", "X~2"] = np.nan
    tickers = pd.DataFrame({"ticker": ["X", "X", "Y"]}, index=["X", "X~2", "Y"])
    reused = audit_market(make_market(tmp_path, closes=closes, securities=tickers)).suspects.reused_tickers
    assert reused[["before", "after", "last_close", "first_close"]].to_numpy().tolist() == [["X", "X~2", 1.0, 50.0]]


def test_a_simulated_market_says_so_first(tmp_path):
    audit = audit_market(make_market(tmp_path, closes=flat(["2020-12-31"]), simulated=True))
    assert audit.warnings[0].startswith("SIMULATED")


def test_the_report_is_json_and_text_even_without_facts(tmp_path):
    audit = audit_market(make_market(tmp_path, closes=flat(spread_ends(30, 5))))
    content = json.loads(json.dumps(audit.to_dict(), allow_nan=False))
    assert content["filing_lags"] is None
    assert content["coverage"] == {}
    assert content["survivorship"]["years"][0]["company_rate"] is None
    text = "\n".join(audit.lines())
    assert "coverage: no facts" in text
    assert audit.manifest["snapshot"] in text
