"""A simulated market told in the real wire formats and pulled by the real client comes back to the cent."""

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import active_edge as ae
from active_edge.market import open_market
from active_edge.schema import SIC
from active_edge.simulated import simulate
from active_edge.sources.planning import Plan
from active_edge.sources.pull import PullReport

from .miniature import comparison, insiders, lists, rates
from .miniature.companyfacts import slips
from .miniature.dialect import Dialect
from .miniature.documents import Documents, Said, floating_said, insiders_said
from .miniature.pulled import plan_world, pull_world
from .miniature.served import serve
from .miniature.world import World, read_world
from .replay import Replay

pytestmark = pytest.mark.slow

SHIPPED = Path(__file__).parents[2]
SINGLE_PRECISION = 3e-7
HALF_A_CENT = 0.005
LISTS = ["tickers", "nasdaq", "form_index", "fsds", "companyfacts", "nport", "form345"]
"""What a plan can count the rest by."""


@dataclass(frozen=True)
class Told:
    """A world, what its documents say, and what was made of it."""

    world: World
    documents: Documents
    report: PullReport
    folder: Path
    pulled: comparison.Pulled
    asked: dict[str, int]
    planned: Plan
    asked_after_plan: Counter[str]


def tell(folder: Path, *, years: int, firms: int, seed: int, workers: int) -> Told:
    simulate(folder / "simulated", years=years, firms=firms, seed=seed)
    world = read_world(folder / "simulated")
    with Replay() as replay:
        documents = serve(replay, world)
        assert pull_world(replay, world, folder, workers=workers, only=LISTS).snapshot is None
        planned, before = plan_world(world, folder), Counter(replay.asked)
        report = pull_world(replay, world, folder, workers=workers)
        asked = Counter(replay.asked)
    pulled = comparison.read_pulled(folder / "m")
    return Told(world, documents, report, folder, pulled, dict(asked), planned, asked - before)


@pytest.fixture(
    scope="module",
    params=[pytest.param((3, 50, 2), id="small")],
)
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    years, firms, seed = request.param
    folder = tmp_path_factory.mktemp("miniature")
    yield tell(folder, years=years, firms=firms, seed=seed, workers=1)
    shutil.rmtree(folder, ignore_errors=True)


def living_ciks(told: Told) -> set[int]:
    return set(told.world.living["cik"].tolist())


def test_every_version_of_every_number_comes_back(told: Told) -> None:
    found = comparison.statements(told.world, told.pulled)
    assert len(found.invented) == 0
    assert set(found.lost["cik"]) <= comparison.unheard(told.world)
    assert comparison.furthest(found.both, "value") == 0.0
    assert (found.both["form_sim"] == found.both["form_wire"]).all()
    versions = found.both.groupby(["cik", "item", "months", "period_end"]).size()
    assert versions.max() > 1  # there are restatements to lose


def test_items_a_company_does_not_tag_are_computed_from_their_parts(told: Told) -> None:
    both = comparison.statements(told.world, told.pulled).both
    for item in ("gross_profit", "total_liabilities", "total_debt", "short_term_debt"):
        rows = both[both["item"] == item]
        derives = rows["cik"].map(lambda cik, item=item: Dialect(cik).derives(item)).to_numpy(dtype=bool)
        assert (rows["source"].str.startswith("derived:") == derives).all(), item
        assert 0 < derives.sum() < len(rows)


def test_what_is_no_fact_is_counted_and_left_out(told: Told) -> None:
    counts = {finding.kind: finding.count for finding in told.report.findings if finding.table == "facts"}
    companies = told.world.securities["cik"].nunique()
    assert counts["duration that is no quarter, half, nine months or year"] == companies
    assert counts["duration where a balance is due, or the other way round"] == companies
    assert counts["filed before period end"] == companies
    slipped = sum(slips(cik) for cik in told.world.securities["cik"])
    assert 0 < counts["public float in the wrong scale"] <= slipped
    assert counts["member that cannot be read"] == 1


def test_prices_of_the_living_come_back_to_the_cent(told: Told) -> None:
    found = comparison.prices(told.world, told.pulled)
    assert len(found.lost) == len(found.invented) == 0
    for name in ("open", "high", "low", "close"):
        assert comparison.furthest(found.both, name) < HALF_A_CENT
    assert comparison.furthest(found.both, "volume") <= 50  # two reverse splits of ten to one, and half for rounding


def test_total_returns_come_back_with_splits_and_dividends(told: Told) -> None:
    both = comparison.prices(told.world, told.pulled).both
    ours, theirs = both["total_return_sim"].to_numpy(), both["total_return_wire"].to_numpy()
    unknown = np.isnan(theirs) & ~np.isnan(ours)
    # a move as large as a split that no event explains is not believed; nothing else may be missing
    assert (np.abs(ours[unknown]) > 0.45).all()
    assert unknown.sum() <= 5e-6 * len(both)
    assert np.nanmax(np.abs(ours - theirs)) < 2 * SINGLE_PRECISION
    plain = both["close_sim"].to_numpy() / both.groupby("cik")["close_sim"].shift().to_numpy() - 1
    assert (np.abs(ours - plain) > 0.4).any()  # splits
    assert ((ours - plain > 1e-3) & (ours - plain < 0.05)).any()  # dividends


def test_the_dead_are_listed_and_have_no_prices(told: Told) -> None:
    securities = told.pulled.securities.set_index("cik")
    dead = told.world.securities[told.world.securities["last_session"].notna()].set_index("cik")
    reports = told.world.filings[told.world.filings["form"].str.startswith("10-")]
    reported = reports.groupby("cik")["filed"].min()
    filed = dead[dead.index.isin(reported.index)]
    assert len(filed)
    rows = securities.loc[filed.index]
    assert rows["ticker"].tolist() == filed["ticker"].tolist()  # of the time, also where somebody else has it today
    assert rows["last_session"].tolist() == filed["last_session"].tolist()  # the day of the delisting form
    assert rows["first_session"].dt.strftime("%Y-%m-%d").tolist() == reported[filed.index].tolist()
    true = filed["exit_reason"].to_numpy()
    assert ((rows["exit_reason"] == "unknown") | (rows["exit_reason"] == true)).all()  # by the items of 8-Ks
    assert not told.pulled.prices["cik"].isin(filed.index).any()
    listed = {row["cik"] for row in open_market(told.folder / "m").report["names_without_prices"]}
    assert listed == set(filed.index)
    assert not securities.index.isin(comparison.unheard(told.world)).any()


def test_the_industry_of_every_report_comes_back_on_its_filing_day(told: Told) -> None:
    codes = told.pulled.facts[told.pulled.facts["item"] == SIC]
    company = told.world.securities.drop_duplicates("cik").set_index("cik")["sic"]
    filings = told.world.filings.set_index("accession")["filed"]
    assert len(codes) > 500
    assert codes["value"].tolist() == company.loc[codes["cik"]].astype(float).tolist()
    days = zip(codes["filed"], filings.loc[codes["accession"]], strict=True)
    assert all(pd.Timestamp(ours) == pd.Timestamp(theirs) for ours, theirs in days)


def test_securities_of_the_living_come_back(told: Told) -> None:
    ours = told.world.living.set_index("cik").sort_index()
    theirs = told.pulled.securities.set_index("cik").loc[ours.index]
    for name in ("ticker", "exchange", "first_session"):
        assert ours[name].tolist() == theirs[name].tolist(), name
    reports = told.world.filings[told.world.filings["form"].str.startswith("10-")]
    known = ours.index.isin(reports["cik"])  # who has only a prospectus so far has no industry code yet
    assert ours.loc[known, "sic"].tolist() == theirs.loc[known, "sic"].tolist()
    assert theirs.loc[~known, "sic"].isna().all()
    assert theirs["last_session"].isna().all()
    assert set(theirs["security_type"]) <= {"common", "reit"}
    assert ((theirs["security_type"] == "reit") == (theirs["sic"] == 6798)).all()


def test_series_come_back_with_the_digits_their_sources_print(told: Told) -> None:
    market = open_market(told.folder / "m")
    for name in ("MKT_RF", "SMB", "HML", "RMW", "MOM"):
        assert_near(market.series(name), rates.series_of(told.world, name), 0.5e-4 + 1e-9)
    assert_near(market.series("RF"), rates.series_of(told.world, "RF"), 0.5e-5 + 1e-9)
    assert_near(market.series("DFF"), rates.series_of(told.world, "FEDFUNDS"), 0.005 + 1e-9)
    month = market.series("FEDFUNDS")
    ours = rates.series_of(told.world, "FEDFUNDS")
    assert_near(month, ours.groupby(ours.index.to_period("M")).mean().to_timestamp(), 0.005 + 1e-9)
    for fund in ("IWM", "IJR"):
        level, true = market.series(fund), rates.series_of(told.world, fund)
        assert_near(level / level.iloc[0], true / true.iloc[0], 1e-6)
    assert market.series_versions("FLOW_IWM")["value"].tolist() == [60.5, -4.0]


def assert_near(theirs: pd.Series, ours: pd.Series, tolerance: float) -> None:
    assert theirs.index.equals(pd.DatetimeIndex(ours.index).as_unit(theirs.index.unit))
    assert np.abs(theirs.to_numpy() - ours.to_numpy()).max() <= tolerance


def test_members_of_the_last_day_come_back(told: Told) -> None:
    market = open_market(told.folder / "m")
    assets = np.array(market.assets)[market.members("Russell 2000", told.world.last)]
    theirs = set(market.securities.loc[assets, "cik"])
    assert theirs == set(told.world.securities.loc[lists.index_members(told.world), "cik"])


def test_domestic_revenue_is_what_the_filing_says(told: Told) -> None:
    found = comparison.legs(told.world, told.pulled, "domestic_revenue_share")
    assert len(found.invented) == 0
    said = told.documents.reports.table
    stated = found.both[found.both["source_sim"] == "geographic segments"]
    truth = said.loc[stated["accession"], "domestic"] / said.loc[stated["accession"], "revenue"]
    assert np.abs(stated["value_wire"].to_numpy() - truth.to_numpy()).max() < 1e-12
    assert (stated["confidence_wire"] == "high").all()
    assert (stated["period_end_sim"] == stated["period_end_wire"]).all()
    silent = found.both[found.both["source_sim"] == "no foreign tags"]
    assert (silent["value_wire"] == 0.90).all()
    assert (silent["confidence_wire"] == "medium").all()
    # a prospectus that says nothing on geography is silent, and not a domestic company
    lost = found.lost[~found.lost["cik"].isin(comparison.unheard(told.world))]
    assert set(zip(lost["form_sim"], lost["source_sim"], strict=True)) <= {("S-1", "no foreign tags")}


def test_floating_debt_is_what_the_note_says(told: Told) -> None:
    theirs = told.pulled.facts[told.pulled.facts["item"] == "floating_rate_debt_share"]
    annual = told.documents.annual.itertuples()
    said = {row.accession: answer for row in annual if (answer := floating_said(row)) is not None}
    read = {row.accession: Said(row.value, row.confidence) for row in theirs.itertuples()}
    assert set(read) == set(said)
    wrong = {a: (read[a], said[a]) for a in said if abs(read[a].value - said[a].value) > 1e-9}
    assert not wrong
    assert {a: read[a].confidence for a in said} == {a: said[a].confidence for a in said}
    carried = comparison.legs(told.world, told.pulled, "floating_rate_debt_share")
    note = carried.both[carried.both["source_wire"].isin(("debt_note_table", "spread_facts"))]
    assert comparison.furthest(note, "value") < 1e-3
    assert len(note) > 0.4 * len(carried.both)


def test_insider_stakes_are_the_proxies(told: Told) -> None:
    found = comparison.legs(told.world, told.pulled, "insider_ownership")
    said = {row.accession: insiders_said(row).value for row in told.documents.proxies.itertuples()}
    read = dict(zip(found.both["accession"], found.both["value_wire"], strict=True))
    assert set(read) == set(said)
    assert max(abs(read[a] - said[a]) for a in said) < 1e-9
    assert not set(said) & set(found.lost["accession"])  # the dead, and every second proxy of the others, are not asked
    assert (found.both["filed_sim"] == found.both["filed_wire"]).all()


def test_stakes_are_rolled_forward_and_summed_as_the_forms_say(told: Told) -> None:
    theirs = told.pulled.facts[told.pulled.facts["item"] == "insider_ownership"]
    levels: dict[int, list[tuple[str, float]]] = {}
    for row in told.documents.proxies.sort_values("filed").itertuples():
        levels.setdefault(row.cik, []).append((row.filed, insiders_said(row).value))
    for cik in [cik for cik, known in levels.items() if len({day for day, _ in known}) < len(known)]:
        del levels[cik]  # proxies of one day (years before the listing): which of them is the newer is not said
    alone = set(told.world.securities["cik"]) - set(told.documents.proxies["cik"]) - comparison.unheard(told.world)
    sums = {cik: s for cik, s in insiders.sums_said(told.world).items() if cik in alone}
    for source, said in (
        ("form_345_roll_forward", insiders.rolled_said(told.world, levels)),
        ("form345:sum_of_last_holdings", sums),
    ):
        rows = theirs[theirs["source"] == source]
        read = dict(zip(zip(rows["cik"].astype(int), rows["filed"], strict=True), rows["value"], strict=True))
        truth = {(cik, stake.filed): stake.value for cik, stakes in said.items() for stake in stakes}
        read = {key: value for key, value in read.items() if key[0] in said}
        assert set(read) == set(truth), source
        assert max(abs(read[key] - truth[key]) for key in read) < 1e-9, source


def test_nobody_is_asked_for_filings_of_the_dead_or_twice(told: Told) -> None:
    assert {key: n for key, n in told.asked.items() if "sec.gov" in key and n > 1} == {}
    filings = [
        key.split("/")[4] for key in told.asked if "/edgar/data/" in key and key.endswith((".txt", ".xml", ".htm"))
    ]
    assert {int(cik) for cik in filings} - {99} <= living_ciks(told)


def test_of_a_proxy_only_the_main_document_is_asked_by_its_name(told: Told) -> None:
    asked = [key for key in told.asked if "/edgar/data/" in key]
    named = {row.accession.replace("-", "") for row in told.documents.proxies.itertuples()}
    main = [key for key in asked if key.endswith(("ddef14a.htm", "/proxy.txt"))]
    assert {key.split("/")[-2] for key in main} == named
    assert len(main) == len(named)
    assert not [key for key in asked if key.endswith(".txt") and not key.endswith("/proxy.txt")]


def test_the_plan_counts_what_is_then_asked(told: Told) -> None:
    """The lists are had, nothing else; what the plan then says is what the server counts, stage by stage."""
    counted = told.asked_after_plan.total()
    filings = sum("/edgar/data/" in key or "submissions" in key for key in told.asked_after_plan.elements())
    assert all(line.counted for line in told.planned.lines)
    assert abs(told.planned.requests - counted) <= 0.02 * counted
    first, second = told.planned.stages
    assert abs(second.requests - filings) <= 0.02 * filings
    assert abs(first.requests - (counted - filings)) <= 0.02 * counted
    assert told.report.missing == ()
    assert plan_world(told.world, told.folder).requests == 0


@pytest.mark.slow
def test_strategies_run_on_the_pulled_folder(told: Told, tmp_path: Path) -> None:
    from active_edge.results.batch import run_strategies

    firms = len(told.world.living)
    for kind in ("screens", "strategies"):
        shutil.copytree(SHIPPED / kind, tmp_path / kind, dirs_exist_ok=True)
        for file in (tmp_path / kind).glob("*.yaml"):
            file.write_text(file.read_text().replace("small_caps: true", f"cap_rank: [{firms // 4}, {firms}]"))
    strategies = [ae.load_strategy(tmp_path / "strategies" / f"{n}.yaml") for n in ("plain_universe", "balance_sheet")]
    market = open_market(told.folder / "m")
    assert not market.simulated
    runs = run_strategies(strategies, market, out=tmp_path / "results", random_portfolios=20)
    for run in runs:
        assert run.stats.sessions > 400
        assert np.isfinite(run.stats.benchmarks["IWM"].alpha_annual)
        assert (run.folder / "report.html").is_file()
