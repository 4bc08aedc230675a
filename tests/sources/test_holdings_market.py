"""An archive of holdings files pulled by the real client: members exact, closes to the cent, every death placed."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from active_edge.market import Market, open_market
from active_edge.sectors import sector_of_sic
from active_edge.simulated import simulate
from active_edge.sources.pull import PullReport
from active_edge.sources.sec import market_structure
from active_edge.sources.vendors import ishares

from .miniature import comparison, exits, volumes
from .miniature.holdings import Told, serve_holdings, tell_holdings
from .miniature.pulled import pull_world
from .miniature.served import serve
from .miniature.world import World, read_world
from .replay import Replay

NO_FILINGS = ["yahoo", "fred", "kenfrench", "ishares", "nasdaq", "tickers", "form_index", "fsds", "companyfacts"]
pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Pulled:
    """A world, the holdings told of it, and the market made of them; `asset` : the world's assets → the market's."""

    world: World
    told: Told
    report: PullReport
    folder: Path
    market: Market
    asset: dict[str, str]


def pull_archive(folder: Path, *, years: int, firms: int, seed: int) -> Pulled:
    simulate(folder / "simulated", years=years, firms=firms, seed=seed)
    world = read_world(folder / "simulated")
    told = tell_holdings(world)
    with Replay() as replay:
        serve(replay, world)
        serve_holdings(replay, told)
        replay.serve(market_structure.LIST_URL, volumes.page(told), "text/html")
        for address, body in volumes.zips(told).items():
            replay.serve(address, body, "application/zip")
        report = pull_world(replay, world, folder, only=[*NO_FILINGS, "holdings", "exits", "market_structure"])
    market = open_market(folder / "m")
    return Pulled(world, told, report, folder, market, _assets(world, market))


def _assets(world: World, market: Market) -> dict[str, str]:
    """By the company's number; a world's company has one share."""
    by_cik = market.securities["cik"].dropna().reset_index().drop_duplicates("cik").set_index("cik")["asset"]
    return {asset: by_cik[cik] for asset, cik in world.securities["cik"].items() if cik in by_cik.index}


@pytest.fixture(scope="module")
def pulled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pulled]:
    folder = tmp_path_factory.mktemp("holdings")
    yield pull_archive(folder, years=3, firms=50, seed=2)
    shutil.rmtree(folder, ignore_errors=True)


def heard(pulled: Pulled) -> list[str]:
    """The world's assets that holdings told of, with their company known."""
    return [asset for asset in pulled.told.table["asset"].unique() if asset in pulled.asset]


def test_members_of_every_published_day_are_exact(pulled: Pulled) -> None:
    for fund, held in ishares.FUNDS.items():
        index = held.index
        rows = pulled.told.table[pulled.told.table["fund"] == fund]
        monthly = fund in ("IJR", "IWC")
        days = sorted(rows["session"].unique())
        last = [d for d, n in zip(days, [*days[1:], days[-1]], strict=True) if d.month != n.month]
        for day in (last if monthly else days)[::7]:
            text = f"{day:%Y%m%d}"
            if text in pulled.told.pages or text in pulled.told.unpublished:
                continue
            theirs = {pulled.asset[a] for a in rows.loc[rows["session"] == day, "asset"]}
            mask = pulled.market.members(index, day)
            assert set(np.array(pulled.market.assets)[mask]) == theirs, (fund, day)


def test_closes_of_the_dead_come_back_to_the_cent_and_every_death_is_placed(pulled: Pulled) -> None:
    dead = pulled.world.securities[pulled.world.securities["last_session"].notna()].index
    daily = pulled.told.table[pulled.told.table["fund"].isin(("IWM", "IWB"))]
    odd = pulled.told.pages | pulled.told.unpublished
    daily = daily[~daily["session"].dt.strftime("%Y%m%d").isin(odd)]
    assert len(dead) >= 10
    for asset in dead:
        truth = daily[daily["asset"] == asset].set_index("session")["close"]
        if truth.empty:
            continue
        column = pulled.market.assets.get_loc(pulled.asset[asset])
        ours = pd.Series(pulled.market.prices.close[:, column], index=pulled.market.sessions)
        assert (ours[truth.index] - truth).abs().max() < 0.005, asset
        assert pulled.market.sessions[pulled.market.prices.last[column]] == truth.index[-1], asset
        assert pulled.market.securities.loc[pulled.asset[asset], "last_session"] == truth.index[-1]


def test_returns_of_the_dead_see_splits(pulled: Pulled) -> None:
    told = pulled.world.prices.set_index(["asset", "session"])
    dead = pulled.world.securities[pulled.world.securities["last_session"].notna()].index
    for asset in set(dead) & set(heard(pulled)):
        column = pulled.market.assets.get_loc(pulled.asset[asset])
        ours = pd.Series(pulled.market.prices.returns[:, column], index=pulled.market.sessions).dropna()
        growth = (1.0 + told.loc[asset]["total_return"].fillna(0.0)).cumprod()
        level = growth.reindex(ours.index)  # a day without a file joins two returns to one
        true = level / level.shift() - 1.0
        assert (ours - true).abs().max() < 0.05, asset  # a dividend apart, never a split


def test_reasons_of_exits_and_cash_of_mergers_are_what_the_filings_say(pulled: Pulled) -> None:
    securities, left = pulled.market.securities, exits.gone(pulled.world)
    filed = left[left["cik"].isin(comparison.unheard(pulled.world)) == 0]
    ours = securities.loc[[pulled.asset[a] for a in filed.index], "exit_reason"]
    right = ours.to_numpy() == filed["exit_reason"].to_numpy()
    assert len(filed) >= 10
    assert right.mean() >= 0.95
    for row in filed[filed["exit_reason"] == "merger"].itertuples():
        told = securities.loc[pulled.asset[row.Index], "exit_return"]
        last = pulled.market.prices.close[:, pulled.market.assets.get_loc(pulled.asset[row.Index])]
        assert told == pytest.approx(exits.cash(row) / last[~np.isnan(last)][-1] - 1.0, abs=1e-6)


def test_volume_of_the_dead_is_that_of_all_trading(pulled: Pulled) -> None:
    true = pulled.world.prices.set_index(["asset", "session"])["volume"]
    dead = set(pulled.world.securities.index[pulled.world.securities["last_session"].notna()]) & set(heard(pulled))
    for asset in dead:
        column = pulled.market.assets.get_loc(pulled.asset[asset])
        ours = pd.Series(pulled.market.prices.volume[:, column], index=pulled.market.sessions).dropna()
        if asset in volumes.untold(pulled.told):
            assert ours.empty
        else:
            assert len(ours)
            assert np.abs(ours / true.loc[asset][ours.index] - 1.0).max() < 0.02, asset


def test_the_report_tells_name_by_name_how_closes_agree_and_when_the_dead_were_last_seen(pulled: Pulled) -> None:
    told = pulled.market.report["holdings"]
    living = {pulled.asset[a] for a in heard(pulled)} & {pulled.asset[a] for a in pulled.world.living.index}
    assert {one["asset"] for one in told["agreement"]} == living
    assert all(one["agree"] == 1.0 for one in told["agreement"])
    daily = pulled.told.table[pulled.told.table["fund"].isin(("IWM", "IWB"))]
    last = daily.groupby("asset")["session"].max()
    dead = pulled.world.securities[pulled.world.securities["last_session"].notna()].index
    seen = {one["asset"]: one["day"] for one in told["last_seen"]}
    assert all(seen[pulled.asset[a]] == f"{last[a]:%Y-%m-%d}" for a in dead if a in last.index and a in pulled.asset)


def test_sectors_are_those_of_the_day(pulled: Pulled) -> None:
    codes = pulled.market.facts.of("gics")
    assert len(codes.value) >= len(pulled.asset) * 0.9
    sic = pulled.world.securities["sic"]
    back = {theirs: ours for ours, theirs in pulled.asset.items()}
    names = {10: "energy", 15: "materials", 20: "industrials", 25: "consumer_discretionary", 30: "consumer_staples",
             35: "health_care", 40: "financials", 45: "information_technology", 50: "communication_services",
             55: "utilities", 60: "real_estate"}  # fmt: skip
    for column, value in zip(codes.asset, codes.value, strict=True):
        assert names[int(value)] == sector_of_sic(int(sic[back[pulled.market.assets[column]]]))


def test_nobody_is_a_stranger_or_invented(pulled: Pulled) -> None:
    kinds = {finding.kind: finding for finding in pulled.report.findings}
    assert "index members that are no asset here" not in kinds
    assert set(pulled.market.assets) <= {*pulled.asset.values(), "IWM", "IJR"}
