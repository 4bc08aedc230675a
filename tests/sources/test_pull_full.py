"""The full pull end to end: companies without survivorship, facts in all versions, members, flows."""

import datetime as dt
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd
import pytest

from active_edge.errors import SourceFormatError
from active_edge.market import open_market
from active_edge.market.audit.missing_names import bound_missing
from active_edge.results.company import company_page
from active_edge.sources import catalogue, fetching
from active_edge.sources import pull as pull_module
from active_edge.sources.pull import Surroundings, pull, rebuild
from active_edge.sources.sec import companyfacts, edgar_index, form345, fsds
from active_edge.sources.vendors import past_holdings
from active_edge.sources.web.pacing import Pacer
from active_edge.sources.web.transport import Patience

from .bodies import serve_quick, zipped
from .conftest import IDENTITY, PatientClock
from .replay import Replay
from .sec_bodies import balance, form_index, insider_zip, serve_sec

pytestmark = pytest.mark.slow

ETFS = ("IWM", "IJR", "SPY")
A, B, B2, G = "CIK0000000001", "CIK0000000002", "CIK0000000002.BETB", "CIK0000000003"
NO_FILINGS = [name for name in catalogue.MEANINGS if name not in ("filings", "holdings")]


@pytest.fixture
def full(replay: Replay, tmp_path: Path, clock: PatientClock, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(catalogue, "ETFS", ETFS)
    monkeypatch.setattr(past_holdings, "DAILY_FUNDS", ())
    monkeypatch.setattr(fetching, "MOST_ABSENT", {})
    serve_quick(replay, ETFS)
    serve_sec(replay, ETFS)
    around = Surroundings(
        clock=clock,
        pacer=Pacer(tmp_path / "pacing", clock=clock),
        patience=Patience(timeout_seconds=5, most_attempts=2),
        workers=1,
    )

    def run(**options: object):
        arguments = {
            "identity": IDENTITY,
            "archive": tmp_path / "raw",
            "base_urls": replay.base_urls,
            "since": "2022-01-01",
            "only": NO_FILINGS,
        }
        return pull(tmp_path / "m", surroundings=around, **{**arguments, **options})

    return run


def value(market, item: str, asset: str) -> list[float]:
    rows = market.facts.of(item)
    return rows.value[rows.asset == market.assets.get_loc(asset)].tolist()


def test_the_dead_are_listed_with_the_ticker_they_had(full, tmp_path: Path) -> None:
    full()
    market = open_market(tmp_path / "m")
    assert list(market.assets) == sorted([A, B, B2, G, *ETFS])
    gone = market.securities.loc[G]
    assert (gone["ticker"], gone["name"], gone["cik"], gone["sic"]) == ("GONE", "GONE CORP", 3, 1311)
    assert gone["last_session"] == pd.Timestamp("2022-06-10")  # the delisting form
    assert gone["exit_reason"] == "unknown"
    assert market.prices.first[market.assets.get_loc(G)] == -1
    named = market.report["names_without_prices"]
    assert [row["asset"] for row in named] == [G]


def test_classes_are_securities_of_their_own_and_warrants_are_none(full, tmp_path: Path) -> None:
    full()
    securities = open_market(tmp_path / "m").securities
    assert securities.loc[B, "ticker"] == "BETA"  # the main class is the ticker of the instance document
    assert securities.loc[B2, "ticker"] == "BETB"
    assert "BETW" not in set(securities["ticker"])
    assert securities.loc[A, "exchange"] == "NASDAQ"
    assert securities.loc["IWM", "security_type"] == "etf"


def test_facts_come_with_derived_items_and_legs(full, tmp_path: Path) -> None:
    full()
    market = open_market(tmp_path / "m")
    assert value(market, "revenue", A) == [500.0]
    assert value(market, "gross_profit", A) == [200.0]
    assert value(market, "total_debt", G) == [120.0]
    assert value(market, "domestic_revenue_share", A) == [0.7]
    assert value(market, "domestic_revenue_share", B) == []  # a foreign tax tag, and no geography
    assert value(market, "domestic_revenue_share", G) == [0.9]  # nothing foreign is tagged
    assert value(market, "insider_ownership", A) == [pytest.approx(40 / 200)]
    assert value(market, "revenue", B2) == [500.0]  # the classes of a company share its facts


def test_members_and_flows(full, tmp_path: Path) -> None:
    report = full()
    market = open_market(tmp_path / "m")
    members = market.members("Russell 2000", "2023-11-10")
    assert members[market.assets.get_loc(A)]
    assert members.sum() == 1
    assert [f.count for f in report.findings if f.kind == "index members that are no asset here"] == [1]
    flows = market.series_versions("FLOW_IWM")
    assert flows["value"].tolist() == [60.5, -4.0]
    assert flows["filed"].dt.strftime("%Y-%m-%d").tolist() == ["2022-05-27"] * 2


def test_new_reports_are_asked_company_by_company(full, tmp_path: Path, replay: Replay, clock: PatientClock) -> None:
    full()
    clock.moment += 86_400
    replay.serve(
        edgar_index.FULL_URL.format(year=2023, quarter=4),
        form_index(("10-Q", "ALFA INC", 1, "2023-11-14", "edgar/data/1/0000000001-23-000009.txt")),
    )
    url = companyfacts.COMPANY_URL.format(cik=1)
    replay.serve(url, balance(1, "ALFA INC", "0000000001-23-000009", 2022, "2023-11-14"), "application/json")
    replay.asked.clear()
    full()
    assert replay.asked["data.sec.gov/api/xbrl/companyfacts/CIK0000000001.json"] == 1
    assert not any(key.endswith("companyfacts.zip") for key in replay.asked)
    assert not any("financial-statement-data-sets/2022q1" in key for key in replay.asked)
    market = open_market(tmp_path / "m")
    assert market.facts.of("total_assets").period_end.max() == pd.Timestamp("2022-12-31").to_datetime64()
    replay.asked.clear()
    full()
    assert not any("companyfacts" in key for key in replay.asked)


def test_symbols_bring_their_companies_and_the_benchmarks(full, tmp_path: Path, replay: Replay) -> None:
    replay.serve(
        companyfacts.COMPANY_URL.format(cik=1), balance(1, "ALFA INC", "0000000001-22-000001", 2021, "2022-03-01")
    )
    full(symbols=["alfa"], only=None)
    market = open_market(tmp_path / "m")
    assert set(market.assets) >= {A, *catalogue.BENCHMARK_ETFS}
    assert value(market, "total_assets", A) == [1000.0]
    assert not any("companyfacts.zip" in key for key in replay.asked)


def test_rebuilding_from_scratch_gives_the_same_snapshot(full, tmp_path: Path) -> None:
    import shutil

    snapshot = full().snapshot
    shutil.rmtree(tmp_path / "raw" / "derived")
    assert rebuild(tmp_path / "again", tmp_path / "raw", workers=2)[0] == snapshot


def test_the_bound_on_missing_names_is_worked_by_hand(full, tmp_path: Path) -> None:
    full()
    market = open_market(tmp_path / "m")
    bound = bound_missing(market)
    # prices exist only in 2023, when GONE had left: nothing is missing
    assert bound.years.loc[2023, ["priced", "missing"]].tolist() == [3, 0]
    assert bound.missing_share == 0.0


def test_a_missing_name_that_lost_55_percent_lowers_the_universe(tmp_path: Path) -> None:
    from active_edge.market import write_snapshot

    securities = pd.DataFrame(
        {
            "asset": ["a", "b", "dead"],
            "ticker": ["a", "b", "dead"],
            "security_type": ["common", "common", "common"],
            "first_session": pd.to_datetime(["2022-01-03", "2022-01-03", "2021-03-01"]),
            "last_session": pd.to_datetime([None, None, "2022-07-01"]),
        }
    )
    days = pd.to_datetime(["2022-01-03", "2022-12-30"])
    prices = pd.DataFrame(
        {
            "asset": ["a", "a", "b", "b"],
            "session": [*days, *days],
            "close": [10.0, 12.0, 10.0, 11.0],
            "total_return": [None, 0.2, None, 0.1],
        }
    )
    write_snapshot(
        tmp_path, {"securities": securities, "prices": prices}, sources=[], simulated=False, created="", report={}
    )
    bound = bound_missing(open_market(tmp_path))
    # two names earn 15 % on average; with one of −55 %: (0.2 + 0.1 − 0.55) / 3 = −8.33 %; 15 − (−8.33) = 23.33
    assert bound.edge["every missing name earned −55 %"] == pytest.approx(0.15 + 0.25 / 3)
    assert bound.edge["every missing name earned 0"] == pytest.approx(0.05)
    assert bound.edge["every missing name earned the universe mean"] == 0.0


def test_quarters_end_before_the_running_one() -> None:
    from active_edge.sources.sec.fsds import quarters

    assert quarters((2022, 3), dt.date(2023, 2, 1)) == [(2022, 3), (2022, 4)]


PROXY = b"""<SEC-DOCUMENT>0000000001-22-000005.txt : 20220401
<SEC-HEADER>
CONFORMED SUBMISSION TYPE:\tDEF 14A
FILED AS OF DATE:\t\t20220401
</SEC-HEADER>
<DOCUMENT>
<TYPE>DEF 14A
<SEQUENCE>1
<TEXT>
<HTML><BODY><P>SECURITY OWNERSHIP OF CERTAIN BENEFICIAL OWNERS AND MANAGEMENT</P>
<TABLE>
<TR><TD>Name of Beneficial Owner</TD><TD>Shares Beneficially Owned</TD><TD>Percent of Class</TD></TR>
<TR><TD>Jane Doe</TD><TD>40</TD><TD>20.0%</TD></TR>
<TR><TD>All directors and executive officers as a group (5 persons)</TD><TD>50</TD><TD>25.0%</TD></TR>
</TABLE></BODY></HTML>
</TEXT>
</DOCUMENT>
</SEC-DOCUMENT>
"""


def test_legs_are_read_from_single_filings_and_rolled_forward(full, tmp_path: Path, replay: Replay) -> None:
    line = ("DEF 14A", "ALFA INC", 1, "2022-04-01", "edgar/data/1/0000000001-22-000005.txt")
    gone = ("DEF 14A", "GONE CORP", 3, "2022-04-01", "edgar/data/3/0000000003-22-000005.txt")
    replay.serve(edgar_index.FULL_URL.format(year=2022, quarter=2), form_index(line, gone))
    replay.serve("https://www.sec.gov/Archives/edgar/data/1/0000000001-22-000005.txt", PROXY, "text/plain")
    sale = insider_zip(
        SUBMISSION=["0009-22-2|15-MAY-2022|14-MAY-2022|4|0000000001|ALFA INC|ALFA"],
        REPORTINGOWNER=["0009-22-2|0000000901|Doe Jane|Director,Officer"],
        NONDERIV_TRANS=["0009-22-2|Common Stock|14-MAY-2022|20.0|D|"],
    )
    replay.serve(form345.URL.format(year=2022, quarter=2), sale, "application/zip")
    full(only=None)
    assert replay.asked["www.sec.gov/Archives/edgar/data/1/0000000001-22-000005.txt"] == 1
    assert not any("edgar/data/3/" in key for key in replay.asked)  # no prices, so no filings
    market = open_market(tmp_path / "m")
    rows = market.facts.of("insider_ownership")
    mine = rows.asset == market.assets.get_loc(A)
    filed = [str(day) for day in rows.filed[mine]]
    # 25 % in the proxy; the director's 30 shares became 20: (0.25 · 200 − 10) / 200
    assert dict(zip(filed, rows.value[mine].tolist(), strict=True)) == {
        "2022-04-01": 0.25,
        "2022-05-15": pytest.approx(0.20),
    }
    ticker, day = market.securities.loc[A, "ticker"], str(market.sessions[-1].date())
    told = company_page(market, ticker, day).legs.set_index("item")["passage"]
    assert told["insider_ownership"] == "0.2500 on 2022-04-01, −10 shares in 1 holdings by 2022-05-15, of 200"


def test_a_snapshot_can_be_used_before_single_filings_which_it_names(
    full, tmp_path: Path, replay: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pull_module, "FEW_FILINGS", 1)
    told: list[str] = []
    seen: list[tuple[str, int, str]] = []

    def look(what: str, done: int, total: int) -> None:
        if "can be used" in what:
            market = open_market(tmp_path / "m")
            seen.append((market.snapshot, market.missing[0].answers, market.missing[0].kind))
            told.append(what)
        if what == "single filings" and done == 1 and total == 2 and len(told) == 1:
            told.append("stopped")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        full(only=None, progress=look)
    assert f"snapshot {seen[0][0]} can be used, 2 single filings follow" in told[0]
    assert seen == [(open_market(tmp_path / "m").snapshot, 2, "pending")]
    last = full(only=None)
    assert last.missing == ()
    assert open_market(tmp_path / "m").missing == ()


@pytest.mark.parametrize(
    ("url", "body"),
    [
        (fsds.URL.format(year=2022, quarter=1), zipped(sub__txt=b"adsh\tkic\n", num__txt=b"adsh\ttag\n")),
        (form345.URL.format(year=2022, quarter=1), zipped(SUBMISSION__tsv=b"ACCESSION_NUMBER\n")),
        (companyfacts.BULK_URL, zipped(readme__txt=b"hello")),
    ],
    ids=["data set", "insider set", "companyfacts"],
)
def test_a_zip_with_changed_columns_never_enters_the_archive(
    full, tmp_path: Path, replay: Replay, url: str, body: bytes
) -> None:
    parts = urlsplit(url)
    true = replay.routes[parts.netloc + parts.path]
    replay.serve(url, body, "application/zip")
    with pytest.raises(SourceFormatError):
        full(strict=True)
    assert not (tmp_path / "m" / "CURRENT").exists()
    assert [(one.kind, one.answers) for one in full().missing] == [("changed", 1)]
    replay.routes[parts.netloc + parts.path] = true
    assert full().missing == ()


def test_a_newer_bulk_file_overtakes_what_was_asked_company_by_company(
    full, tmp_path: Path, replay: Replay, clock: PatientClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    full()
    clock.moment += 86_400
    line = ("10-Q", "ALFA INC", 1, "2023-11-14", "edgar/data/1/0000000001-23-000009.txt")
    replay.serve(edgar_index.FULL_URL.format(year=2023, quarter=4), form_index(line))
    old = balance(1, "ALFA INC", "0000000001-23-000009", 2021, "2022-03-01")
    replay.serve(companyfacts.COMPANY_URL.format(cik=1), old, "application/json")
    full()
    # the day after, so many companies have news that the bulk file is asked for again
    clock.moment += 86_400
    monkeypatch.setattr(catalogue, "MOST_SINGLE_COMPANIES", 0)
    line = ("10-Q", "BETA INC", 2, "2023-11-15", "edgar/data/2/0000000002-23-000009.txt")
    replay.serve(edgar_index.FULL_URL.format(year=2023, quarter=4), form_index(line))
    new = zipped(**{f"CIK{1:010d}__json": balance(1, "ALFA INC", "0000000001-23-000010", 2022, "2023-11-15")})
    replay.serve(companyfacts.BULK_URL, new, "application/zip")
    replay.asked.clear()
    full()
    assert replay.asked["www.sec.gov/Archives/edgar/daily-index/xbrl/companyfacts.zip"] == 1
    market = open_market(tmp_path / "m")
    assert market.facts.of("total_assets").period_end.max() == pd.Timestamp("2022-12-31").to_datetime64()
