"""Who dies or takes another ticker after the first pull keeps facts and name; crumbs; addresses that had moved."""

import json
from pathlib import Path

import pandas as pd
import pytest

from active_edge.market import open_market
from active_edge.market.expected import EXPECTED_ITEMS
from active_edge.sources import fetching
from active_edge.sources.sec import edgar_index
from active_edge.sources.vendors import estimates, ishares, nasdaq, past_holdings
from active_edge.sources.web.archive import WITHDRAWN, Archive

from .bodies import CHART_URL, QUOTES_URL, chart, quotes, sessions, walk
from .conftest import SMALL_ETFS, PatientClock
from .replay import Answer, Replay
from .sec_bodies import HOLDINGS, serve_no_past

pytestmark = pytest.mark.slow

A = "CIK0000000001"
DAY = 86_400


def without(replay: Replay, ticker: str, instead: str = "") -> None:
    """Take a ticker from today's lists, or give it another."""
    url = edgar_index.TICKERS_URL.removeprefix("https://")
    told = json.loads(replay.routes[url].body)
    place = told["fields"].index("ticker")
    rows = [row if row[place] != ticker else [*row[:place], instead, *row[place + 1 :]] for row in told["data"]]
    told["data"] = [row for row in rows if row[place]]
    replay.routes[url] = Answer(json.dumps(told).encode(), media="application/json")
    for name in nasdaq.FILES:
        address = nasdaq.URL.format(name=name).removeprefix("https://")
        body = replay.routes[address].body.decode()
        lines = [line.replace(f"{ticker}|", f"{instead}|", 1) for line in body.splitlines(keepends=True)
                 if instead or not line.startswith(f"{ticker}|")]  # fmt: skip
        replay.routes[address] = Answer("".join(lines).encode(), media="text/plain")
    del replay.routes[CHART_URL.format(ticker).removeprefix("https://")]


def row_of(folder: Path, asset: str) -> pd.Series:
    return open_market(folder).securities.loc[asset]


def later(replay: Replay, clock: PatientClock, days: int = 40) -> list[str]:
    """Charts of the funds go on; the sessions they then have."""
    clock.moment += days * DAY
    shown = sessions("2023-08-31", "2023-12-22")
    for number, symbol in enumerate(SMALL_ETFS):
        body = chart(symbol, shown, walk(number, len(shown)), instrument="ETF")
        replay.serve(CHART_URL.format(symbol), body, "application/json")
    return shown


def test_who_died_after_the_first_pull_keeps_facts_name_and_asset(
    small_pull, replay: Replay, tmp_path: Path, clock
) -> None:
    small_pull()
    before, facts = row_of(tmp_path / "m", A), open_market(tmp_path / "m").facts.of("total_assets").value
    without(replay, "ALFA")
    later(replay, clock)
    small_pull()
    market, after = open_market(tmp_path / "m"), row_of(tmp_path / "m", A)
    assert "ALFA" not in market.assets
    assert (after["name"], after["ticker"], after["cik"]) == (before["name"], "ALFA", 1)
    assert after["last_session"] == pd.Timestamp("2023-11-10")
    assert market.prices.last[market.assets.get_loc(A)] >= 0
    assert market.facts.of("total_assets").value.tolist() == facts.tolist()


def test_a_renamed_company_has_one_line_and_all_its_prices(small_pull, replay: Replay, tmp_path: Path, clock) -> None:
    small_pull()
    without(replay, "ALFA", "ALFX")
    shown = later(replay, clock)
    replay.serve(CHART_URL.format("ALFX"), chart("ALFX", shown, walk(50, len(shown))), "application/json")
    small_pull()
    market = open_market(tmp_path / "m")
    assert not {"ALFA", "ALFX"} & set(market.assets)
    assert row_of(tmp_path / "m", A)["ticker"] == "ALFX"
    assert pd.isna(row_of(tmp_path / "m", A)["last_session"])
    told = market.facts.of(EXPECTED_ITEMS[1])
    own = told.filed[told.asset == market.assets.get_loc(A)]
    assert own.astype("datetime64[D]").astype(str).tolist() == ["2023-11-14"]  # under its old ticker


def test_a_wall_at_the_crumb_is_waited_for_and_then_asked_again(
    small_pull, replay: Replay, clock: PatientClock
) -> None:
    url = "https://query1.finance.yahoo.com/v1/test/getcrumb"
    replay.fail(url, *[Answer(b"Too Many Requests", status=429, media="text/plain")] * 3)
    assert small_pull().missing == ()
    assert max(clock.slept) >= 600


def test_a_page_instead_of_a_crumb_is_no_crumb(small_pull, replay: Replay) -> None:
    replay.serve("https://query1.finance.yahoo.com/v1/test/getcrumb", b"<html><body>consent</body></html>", "text/html")
    report = small_pull()
    assert [one.source for one in report.missing] == ["estimates"]
    assert not any("%3C" in key for key in replay.asked)


def test_what_one_group_lacked_is_not_missing_once_it_is_had(small_pull, replay: Replay, clock: PatientClock) -> None:
    true = replay.routes[QUOTES_URL.removeprefix("https://")]
    replay.routes[QUOTES_URL.removeprefix("https://")] = Answer(b"", status=403)
    assert [one.source for one in small_pull().missing] == ["estimates"]
    replay.routes[QUOTES_URL.removeprefix("https://")] = true
    without(replay, "BETB")
    assert small_pull().missing == ()


def test_one_odd_symbol_costs_no_other_its_estimates() -> None:
    told = {"ALFA": (1.0, 1.25), "BETA": (1e7, 1.0), "GONE": ("Infinity", 1.0), "delta": (2.0, 2.5)}
    found = estimates.parse(quotes(told), where="x")
    assert sorted(found.of) == ["ALFA", "DELTA"]
    assert [one.partition(":")[0] for one in found.odd] == ["BETA", "GONE"]


def test_days_that_were_absent_while_an_address_had_moved_are_asked_again(
    small_pull, replay: Replay, tmp_path: Path, clock: PatientClock, monkeypatch
) -> None:
    monkeypatch.setattr(fetching, "MOST_ABSENT", {"holdings": 8})
    monkeypatch.setattr(past_holdings, "DAILY_FUNDS", ())
    serve_no_past(replay)
    report = small_pull(("yahoo", "holdings"))
    assert [one.source for one in report.missing] == ["holdings"]
    archive = Archive(tmp_path / "raw")
    keys = archive.keys("holdings/")
    taken_back = [key for key in keys if (entry := archive.latest(key)) and entry.status == WITHDRAWN]
    assert len(taken_back) >= 8
    address = ishares.CSV_URL.partition("?")[0].removeprefix("https://")

    def right(key: str) -> Answer:
        day = pd.Timestamp(key.partition("asOfDate=")[2][:8])
        lines = [line if b"as of" not in line else f'Fund Holdings as of,"{day:%b %d, %Y}"'.encode()
                 for line in HOLDINGS.splitlines()]  # fmt: skip
        return Answer(b"\n".join(lines), media="text/csv")

    replay.routes[address] = right
    clock.moment += 10 * DAY
    assert small_pull(("yahoo", "holdings")).missing == ()
    held = Archive(tmp_path / "raw")
    assert all(held.latest_body(key) is not None for key in taken_back)
