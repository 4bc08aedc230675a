"""An archive of holdings files pulled by the real client: members exact, closes to the cent, every death placed."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from active_edge.evaluation import evaluate
from active_edge.market import Market, open_market, write_snapshot
from active_edge.market.audit.member_days import member_days
from active_edge.market.audit.report import audit_market
from active_edge.market.audit.survivorship import judge_survivorship
from active_edge.market.database import connect
from active_edge.market.delisting import told_exits
from active_edge.market.files import parquet
from active_edge.panel import Panel
from active_edge.progress import silent
from active_edge.screen import load_screen
from active_edge.sectors import sector_of_sic
from active_edge.sessions import rebalance_sessions
from active_edge.simulated import simulate
from active_edge.simulated.indices import FEE_YEARLY
from active_edge.sources.folder_status import name_lines
from active_edge.sources.holdings.market import LEFT_AFTER_DAYS
from active_edge.sources.pull import PullReport
from active_edge.sources.sec import market_structure
from active_edge.sources.sizes import small_companies
from active_edge.sources.vendors import ishares
from active_edge.sources.web.archive import Archive

from .miniature import comparison, exits, volumes
from .miniature.documents import Documents, floating_said
from .miniature.holdings import Told, serve_holdings, tell_holdings
from .miniature.pulled import pull_world
from .miniature.served import serve
from .miniature.world import World, read_world
from .replay import Replay

LISTS = ["yahoo", "fred", "kenfrench", "ishares", "nasdaq", "tickers", "form_index", "fsds", "companyfacts", "form345"]
SOURCES = [*LISTS, "holdings", "exits", "market_structure", "filings"]
pytestmark = pytest.mark.slow
TRACKS = 0.005
"""A year, before fees."""
A_DIVIDEND = 0.15
"""Of a share's price, as its logarithm moves: ex-days are filed nowhere, so a dividend is some days off."""


@dataclass(frozen=True)
class Pulled:
    """A world, the holdings told of it, and the market made of them; `asset` : the world's assets → the market's."""

    world: World
    told: Told
    report: PullReport
    folder: Path
    market: Market
    asset: dict[str, str]
    documents: Documents


def pull_archive(folder: Path, *, years: int, firms: int, seed: int) -> Pulled:
    simulate(folder / "simulated", years=years, firms=firms, seed=seed)
    world = read_world(folder / "simulated")
    told = tell_holdings(world)
    with Replay() as replay:
        documents = serve(replay, world, dead=True)
        serve_holdings(replay, told)
        replay.serve(market_structure.LIST_URL, volumes.page(told), "text/html")
        for address, body in volumes.zips(told).items():
            replay.serve(address, body, "application/zip")
        report = pull_world(replay, world, folder, only=SOURCES)
    market = open_market(folder / "m")
    return Pulled(world, told, report, folder, market, _assets(world, market), documents)


def _assets(world: World, market: Market) -> dict[str, str]:
    """By the company's number; a world's company has one share."""
    by_cik = market.securities["cik"].dropna().reset_index().drop_duplicates("cik").set_index("cik")["asset"]
    return {asset: by_cik[cik] for asset, cik in world.securities["cik"].items() if cik in by_cik.index}


SIZES = [
    pytest.param((3, 50), id="50 firms"),
    pytest.param((6, 400), id="400 firms", marks=pytest.mark.nightly),
]
"""Years and firms; `python -m tests.sources.miniature.holdings_full` takes any."""


@pytest.fixture(scope="module", params=SIZES)
def pulled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pulled]:
    years, firms = request.param
    folder = tmp_path_factory.mktemp("holdings")
    yield pull_archive(folder, years=years, firms=firms, seed=2)
    shutil.rmtree(folder, ignore_errors=True)


def heard(pulled: Pulled, *, days: int = 1) -> list[str]:
    """The world's assets of which files that are asked tell so many closes, with their company known.

    Of IJR and IWC only month ends are asked: who was in IWC alone for less than a month is in none of them.
    """
    counts = published(pulled).groupby("asset")["session"].nunique()
    return [asset for asset in counts.index[counts >= days] if asset in pulled.asset]


def published(pulled: Pulled) -> pd.DataFrame:
    """Rows of the told table that a pull asks for and gets."""
    table = pulled.told.table
    ends = table.groupby(table["session"].dt.to_period("M"))["session"].transform("max")
    daily = table["fund"].isin(("IWM", "IWB"))
    odd = table["session"].dt.strftime("%Y%m%d").isin(pulled.told.pages | pulled.told.unpublished)
    return table[(daily | (table["session"] == ends)) & ~odd]


def dead(pulled: Pulled) -> set[str]:
    """The world's assets that left, more than two weeks before the end: who is silent for less may come back."""
    left = pulled.world.securities["last_session"]
    return set(left.index[(pulled.world.last - left).dt.days > LEFT_AFTER_DAYS])


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
        if (pulled.world.last - truth.index[-1]).days > LEFT_AFTER_DAYS:  # who is silent for less may come back
            assert pulled.market.securities.loc[pulled.asset[asset], "last_session"] == truth.index[-1]


def test_returns_of_the_dead_see_splits(pulled: Pulled) -> None:
    told = pulled.world.prices.set_index(["asset", "session"])
    for asset in dead(pulled) & set(heard(pulled)):
        column = pulled.market.assets.get_loc(pulled.asset[asset])
        ours = pd.Series(pulled.market.prices.returns[:, column], index=pulled.market.sessions).dropna()
        priced = pulled.market.sessions[~np.isnan(pulled.market.prices.close[:, column])]
        assert list(ours.index) == list(priced[1:]), asset  # of one close there is none
        growth = (1.0 + told.loc[asset]["total_return"].fillna(0.0)).cumprod()
        level = growth.reindex(priced)  # a day without a file joins two returns to one
        true = (level / level.shift() - 1.0).iloc[1:]
        apart = (np.log1p(ours) - np.log1p(true)).abs()
        assert (apart < A_DIVIDEND).all(), asset  # never a split, of which the smallest is 2:1


def test_reasons_of_exits_and_cash_of_mergers_are_what_the_filings_say(pulled: Pulled) -> None:
    securities, left = pulled.market.securities, exits.gone(pulled.world)
    small = small_companies(Archive(pulled.folder / "raw"), silent, workers=1)
    asked = [small(int(row.cik), row.last_session.date()) for row in left.itertuples()]
    filed = left[np.array(asked) & ~left["cik"].isin(comparison.unheard(pulled.world)).to_numpy()]
    ours = securities.loc[[pulled.asset[a] for a in filed.index], "exit_reason"]
    right = ours.to_numpy() == filed["exit_reason"].to_numpy()
    assert len(filed) >= 10
    assert right.mean() >= 0.95
    merged = filed[(filed["exit_reason"] == "merger") & filed.index.isin(heard(pulled))]
    for row in merged.itertuples():
        told = securities.loc[pulled.asset[row.Index], "exit_return"]
        last = pulled.market.prices.close[:, pulled.market.assets.get_loc(pulled.asset[row.Index])]
        assert told == pytest.approx(exits.cash(row) / last[~np.isnan(last)][-1] - 1.0, abs=1e-6)


def test_volume_of_the_dead_is_that_of_all_trading(pulled: Pulled) -> None:
    true = pulled.world.prices.set_index(["asset", "session"])["volume"]
    for asset in dead(pulled) & set(heard(pulled)):
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
    last = published(pulled).groupby("asset")["session"].max()
    lines = name_lines(pulled.market)
    assert sum("100.0 % agree of" in line for line in lines) == len(living)
    seen = {one["asset"]: one["day"] for one in told["last_seen"]}
    assert len(lines) == 2 + len(living) + len(seen)
    assert all(seen[pulled.asset[a]] == f"{last[a]:%Y-%m-%d}" for a in dead(pulled) & set(heard(pulled)))


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


def test_dividends_of_the_dead_are_those_they_filed(pulled: Pulled) -> None:
    """What a name earned beyond its closes over its life in the holdings, a year."""
    told = pulled.world.prices.set_index(["asset", "session"])
    over = []
    for asset in dead(pulled) & set(heard(pulled)):
        column = pulled.market.assets.get_loc(pulled.asset[asset])
        ours = pd.Series(pulled.market.prices.returns[:, column], index=pulled.market.sessions).dropna()
        if len(ours) < 200:
            continue
        true = told.loc[asset]["total_return"].fillna(0.0)
        true = true[(true.index > ours.index[0]) & (true.index <= ours.index[-1])]
        years = len(true) / 252
        over.append((np.log1p(ours.iloc[1:]).sum() - np.log1p(true).sum()) / years)
    assert len(over) >= 3
    assert abs(np.mean(over)) < 0.005
    kinds = pulled.market.report["holdings"]["dividends"]
    assert {pulled.asset[a] for a in dead(pulled) & set(heard(pulled, days=2))} <= set(kinds)


def test_the_weighted_index_is_what_its_weights_earn(pulled: Pulled) -> None:
    """Weights as told, true returns with true dividends, exits as the market has them, and no day without a file."""
    told = pulled.told.table[pulled.told.table["fund"] == "IWM"]
    weights = told.pivot(index="session", columns="asset", values="weight").fillna(0.0)
    earned = pulled.world.prices.pivot(index="session", columns="asset", values="total_return").shift(-1)
    left = pulled.world.securities["last_session"].dropna()
    exits_told = pd.Series(told_exits(pulled.market.securities), index=pulled.market.assets)
    for asset, last in left.items():
        earned.loc[last, asset] = exits_told[pulled.asset[asset]] if asset in pulled.asset else 0.0
    true = (weights * earned.reindex_like(weights).fillna(0.0)).sum(axis=1).iloc[:-1]
    years = len(true) / 252
    level = pulled.market.series("russell_2000")
    ours = np.log(level.iloc[-1] / level.iloc[0]) / years
    assert abs(ours - np.log1p(true).sum() / years) < TRACKS


@pytest.mark.parametrize("pulled", SIZES[1:], indirect=True)
def test_the_weighted_index_tracks_the_fund_before_fees(pulled: Pulled) -> None:
    index, fund = pulled.market.series("russell_2000"), pulled.market.series("IWM")
    both = pd.concat({"index": index, "fund": fund}, axis=1).dropna()
    growth = (both.iloc[-1] / both.iloc[0]) ** (252 / (len(both) - 1)) - 1.0
    assert abs(growth["index"] - FEE_YEARLY["IWM"] - growth["fund"]) < TRACKS


def filed_while_held(pulled: Pulled, table: pd.DataFrame) -> pd.DataFrame:
    """Filings of a year and a half before a small-cap fund held the company until it did no more; `dead`, `held`."""
    held = pulled.told.table[pulled.told.table["fund"].isin(("IWM", "IJR"))]
    ends = held[held["session"].isin(held.groupby(held["session"].dt.to_period("M"))["session"].max())]
    spans = ends.groupby("asset")["session"].agg(["min", "max"]).reindex(table["asset"])
    filed = pd.to_datetime(table["filed"]).to_numpy()
    low, high = (spans[name].to_numpy() for name in ("min", "max"))
    inside = (filed > low - np.timedelta64(500, "D")) & (filed <= high)
    last = pulled.world.securities["last_session"].reindex(table["asset"])
    return table.assign(dead=last.notna().to_numpy(), held=low)[inside]


def test_legs_are_known_of_the_later_dead_as_of_the_living(pulled: Pulled) -> None:
    """Every annual report of a company that a small-cap fund held was asked and read, and its proxies by turns."""
    annual, proxies = (filed_while_held(pulled, t) for t in (pulled.documents.annual, pulled.documents.all_proxies))
    stated = annual[[floating_said(row) is not None for row in annual.itertuples()]]
    read = comparison.read_pulled(pulled.folder / "m").facts
    for leg, filed in (("floating_rate_debt_share", stated), ("insider_ownership", first_in_use(proxies))):
        told = filed.index.isin(set(read.loc[read["item"] == leg, "accession"]))
        share = pd.Series(told).groupby(filed["dead"].to_numpy()).mean()
        assert filed["dead"].sum() >= 10, leg
        assert share.min() >= 0.99, (leg, share.to_dict())
    told = proxies.index.isin(set(read.loc[read["item"] == "insider_ownership", "accession"]))
    for _, filed in proxies.assign(told=told).sort_values("filed").groupby("asset"):
        apart = pd.to_datetime(filed["filed"]).diff().dt.days
        turns = filed[filed["told"] | ~(apart < 200)]  # two of one spring that say the same are one fact
        since = turns.loc[turns["told"].cumsum() > 0, "told"].to_numpy()
        assert (since[:-1] | since[1:]).all()  # of two one after the other at least one


def first_in_use(proxies: pd.DataFrame) -> pd.DataFrame:
    """The proxy known on the first day a fund held the company, or else the first after it; of `filed_while_held`."""
    before = proxies[proxies["filed"] <= proxies["held"].dt.strftime("%Y-%m-%d")].sort_values("filed")
    known = before.groupby("asset").tail(1)
    after = proxies[~proxies["asset"].isin(known["asset"])].sort_values("filed").groupby("asset").head(1)
    return pd.concat([known, after])


def test_the_audit_says_what_is_known_of_members_dead_and_living(pulled: Pulled) -> None:
    found = {one.index: one for one in member_days(pulled.market)}["Russell 2000"]
    by_life = found.years.reset_index().groupby("life")[["price", "volume", "dividends"]].mean()
    assert (by_life.loc["living"] > 0.99).all()
    assert by_life.loc["dead", "price"] > 0.95  # one day in fifty has no file
    assert 0.4 < by_life.loc["dead", "volume"] < 0.8  # a third of the dead has none anywhere
    assert by_life.loc["dead", "dividends"] > 0.95
    assert found.unpriced < 0.02


def members_by_date(market: Market, dates: pd.DatetimeIndex) -> list[set[int]]:
    """CIKs that avoid_junk selects on each date."""
    chosen = evaluate(load_screen("avoid_junk"), Panel(market, dates)).selected()
    cik = market.securities["cik"].to_numpy(dtype="float64", na_value=np.nan)
    return [set(cik[row].astype(int)) for row in chosen]


def test_avoid_junk_holds_as_many_later_dead_as_with_full_data(pulled: Pulled) -> None:
    full = open_market(pulled.folder / "simulated")
    dates = rebalance_sessions(pulled.market.sessions, "quarterly")[4:]
    died = set(pulled.world.securities.loc[pulled.world.securities["last_session"].notna(), "cik"].astype(int))
    shares = [
        [len(held & died) / len(held) for held in members_by_date(market, dates) if held]
        for market in (full, pulled.market)
    ]
    assert all(len(found) >= 4 for found in shares)
    one_name = 1.0 / min(len(held) for held in members_by_date(full, dates) if held)
    assert abs(np.mean(shares[0]) - np.mean(shares[1])) <= max(0.02, one_name)


def test_no_survivorship_is_found_and_the_living_alone_are_flagged_with_their_bias(
    pulled: Pulled, tmp_path: Path
) -> None:
    assert not judge_survivorship(pulled.market).suspected
    assert judge_survivorship(pulled.market).bias_bound_annual < 0.03
    left = pulled.market.securities.index[pulled.market.securities["last_session"].notna()]
    frames = {name: pulled.market.table(name) for name in pulled.market.manifest["tables"]}
    with connect() as connection:
        connection.register("left_names", pd.DataFrame({"asset": left.astype(object)}))
        tables = {
            name: connection.sql(
                f"SELECT * FROM {parquet(file)} "
                + ("" if name == "series" else "WHERE asset NOT IN (SELECT asset FROM left_names)")
            )
            for name, file in frames.items()
        }
        write_snapshot(
            tmp_path / "living", tables, sources=["t"], simulated=False, created="2000-01-01T00:00:00", report={}
        )
    living = open_market(tmp_path / "living")
    found = judge_survivorship(living)
    assert found.suspected
    assert found.bias_bound_annual > 0.05
    assert any("survivor" in line for line in audit_market(living).warnings)
    with_dead, without = equal_return(pulled.market), equal_return(living)
    assert without > with_dead  # the bias there is, which the bound is to cover


def equal_return(market: Market) -> float:
    """Mean yearly return of the members of the Russell 2000, each day equally weighted."""
    inside = market.member_days("Russell 2000", market.sessions)[:-1] & np.isfinite(market.prices.returns[1:])
    moved = np.where(inside, market.prices.returns[1:], 0.0)
    return float((moved.sum(axis=1) / np.maximum(inside.sum(axis=1), 1)).mean() * 252)
