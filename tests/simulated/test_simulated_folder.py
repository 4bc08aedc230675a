import numpy as np
import pandas as pd
import pytest

from active_edge.errors import MissingInput
from active_edge.market import open_market
from active_edge.schema import ITEMS
from active_edge.simulated import read_truth, simulate

TINY = {"years": 1, "firms": 60}


def test_the_same_knobs_give_the_same_snapshot_and_others_another(tmp_path):
    first = simulate(tmp_path / "a", seed=1, **TINY)
    assert simulate(tmp_path / "b", seed=1, **TINY) == first
    assert simulate(tmp_path / "c", seed=2, **TINY) != first
    assert simulate(tmp_path / "d", seed=1, alpha={"profitability": 0.01}, **TINY) != first


@pytest.mark.slow
def test_everything_from_it_is_stamped_simulated(small):
    assert small.simulated is True
    assert "seed 7" in small.manifest["sources"][0]
    assert "profitability 0.02" in small.manifest["sources"][0]


def test_all_items_of_the_schema_are_there(small):
    assert small.items == frozenset(ITEMS)


def test_factor_series_are_daily_decimals_and_indices_are_levels(small):
    assert {"IWM", "IJR", "FEDFUNDS", "MKT_RF", "SMB", "HML", "RMW", "MOM", "RF"} <= small.series_names
    for name in ("MKT_RF", "SMB", "HML", "RMW", "MOM"):
        daily = small.series(name)
        assert list(daily.index) == list(small.sessions)
        assert 0.002 < daily.std() < 0.03
    assert small.series("IWM").iloc[0] == pytest.approx(100, rel=0.1)
    assert small.series("FEDFUNDS").between(0, 10).all()
    assert (small.series("RF") * 252 * 100 - small.series("FEDFUNDS")).abs().max() < 0.5


def test_an_exit_ends_prices_and_a_newcomer_takes_the_place(small):
    securities = small.securities
    gone = securities["last_session"].notna().to_numpy()
    assert 0.15 < gone.sum() / 400 < 0.60
    assert len(securities) - gone.sum() == 400
    last = small.sessions[small.prices.last[gone]]
    assert list(last) == list(securities.loc[gone, "last_session"])
    assert set(securities.loc[gone, "exit_reason"]) == {"distress", "merger"}
    first = small.sessions[small.prices.first]
    assert list(first) == list(securities["first_session"])
    assert len(set(securities.loc[gone, "last_session"])) > 0.5 * gone.sum(), "exits must not fall on common edges"


def test_exit_returns_are_known_for_mergers_and_most_distress(small):
    merger = small.securities["exit_reason"] == "merger"
    distress = small.securities["exit_reason"] == "distress"
    assert (small.securities.loc[merger, "exit_return"] == 0.0).all()
    known = small.securities.loc[distress, "exit_return"].dropna()
    assert 0.7 < len(known) / distress.sum() < 1.0
    assert known.between(-1.0, 0.25).all()
    assert -0.65 < known.mean() < -0.3


def test_tickers_are_reused_by_other_assets_but_never_at_the_same_time(small):
    securities = small.securities.reset_index()
    reused = securities[securities.duplicated("ticker", keep=False)].sort_values(["ticker", "first_session"])
    assert len(reused) > 0
    for _, spell in reused.groupby("ticker"):
        gap = spell["first_session"].iloc[1:].to_numpy() - spell["last_session"].iloc[:-1].to_numpy()
        assert (gap > np.timedelta64(40, "D")).all()


def test_members_are_known_by_spell_and_leave_when_they_exit(small):
    for day in small.sessions[::50]:
        member = small.members("Russell 2000", day)
        assert member.sum() > 100
        listed = (small.securities["first_session"] <= day) & ~(small.securities["last_session"] < day)
        assert not (member & ~listed.to_numpy()).any()


def test_survivors_only_leaves_out_all_that_die(tmp_path):
    simulate(tmp_path, seed=1, survivors_only=True, **TINY)
    market = open_market(tmp_path)
    assert len(market.assets) == 60
    assert market.securities["last_session"].isna().all()
    assert (market.prices.last == len(market.sessions) - 1).all()


def test_truth_is_stored_apart_and_says_what_was_planted(small, small_folder, tmp_path):
    truth = read_truth(small_folder)
    assert truth.alpha["profitability"] == 0.02
    assert sum(truth.alpha.values()) == 0.02
    assert truth.knobs["seed"] == 7
    assert np.isnan(truth.knobs["decay"])
    by_month = (1 + small.series("SMB")).groupby(small.sessions.to_period("M")).prod() - 1
    np.testing.assert_allclose(truth.factors["SMB"].to_numpy(), by_month.to_numpy(), rtol=0, atol=2e-9)
    gone = small.securities[small.securities["last_session"].notna()]
    assert set(truth.exits["asset"]) == set(gone.index)
    assert "truth" not in small.manifest["tables"]


def test_a_market_without_truth_says_so(tmp_path):
    snapshot = simulate(tmp_path, seed=1, **TINY)
    (tmp_path / "snapshots" / snapshot / "truth.parquet").unlink()
    with pytest.raises(MissingInput, match="no truth"):
        read_truth(tmp_path)


def test_coverage_of_the_hard_items_is_partial_as_in_life(small):
    covered = {}
    yearly = np.unique(small.facts.of("public_float_usd").asset)
    for item in ("insider_ownership", "domestic_revenue_share", "floating_rate_debt_share"):
        rows = small.facts.of(item)
        covered[item] = np.isin(yearly, rows.asset).mean()
        assert ((rows.value >= 0) & (rows.value <= 1)).all()
    assert 0.75 < covered["insider_ownership"] < 0.95
    assert 0.45 < covered["domestic_revenue_share"] < 0.75
    assert 0.50 < covered["floating_rate_debt_share"] < 0.70


def test_volume_is_worth_more_for_larger_firms(small):
    dollars = pd.DataFrame(small.prices.close[-63:] * small.prices.volume[-63:]).median().to_numpy()
    shares = small.facts.of("shares_outstanding")
    last = pd.Series(shares.value, index=shares.asset).groupby(level=0).last().reindex(range(len(small.assets)))
    value = small.prices.close[-1] * last.to_numpy()
    both = np.isfinite(dollars) & np.isfinite(value)
    assert pd.Series(dollars[both]).corr(pd.Series(value[both]), method="spearman") > 0.9
