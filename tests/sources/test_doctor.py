"""The doctor asks each source one small question and says how it answers, whatever it sends."""

import json
from pathlib import Path

import pytest

from active_edge.cli.main import main
from active_edge.sources import catalogue
from active_edge.sources.doctor import KNOWN_FILING, KNOWN_SERIES, QUESTIONS, REMEDIES, examine
from active_edge.sources.pull import Surroundings
from active_edge.sources.sec import fails, form345, fsds, market_structure, nport
from active_edge.sources.vendors import nasdaq
from active_edge.sources.web.pacing import Pacer
from active_edge.sources.web.transport import Patience

from .bodies import CHART_URL, chart, serve_estimates, serve_quick, sessions, walk
from .conftest import IDENTITY, PatientClock
from .replay import Answer, Replay
from .sec_bodies import FEED, FSDS_2022Q1, serve_sec
from .test_each_source_fails import DENIED, FAULTS, ROUTES, UNDECLARED, spoil

pytestmark = pytest.mark.slow

LIST = b"<html><a href='/files/somewhere/2023q3_form345.zip'>2023 Q3</a></html>"
VOLUMES = b"<html><a href='/files/x/individual_security_2023_q3.zip'>2023 Q3</a></html>"
FILINGS = {**ROUTES, "filings": ("aapl",), "nport": ("browse-edgar",)}


@pytest.fixture
def doctor(replay: Replay, tmp_path: Path, clock: PatientClock):
    serve_quick(replay, ("IWM",))
    serve_sec(replay, ("IWM",))
    serve_estimates(replay, {"AAPL": (7.5, 8.25)})
    days = sessions("2023-11-01", "2023-11-10")
    replay.serve(CHART_URL.format("IWM"), chart("IWM", days, walk(1, len(days)), instrument="ETF"), "application/json")
    replay.serve(form345.LIST_URL, LIST, "text/html")
    replay.serve(market_structure.LIST_URL, VOLUMES, "text/html")
    replay.serve(fails.LIST_URL, b"<a href='/files/data/fails-deliver-data/cnsfails202306a.zip'>x</a>", "text/html")
    replay.serve(KNOWN_FILING, b"<?xml version='1.0'?><xbrl/>", "text/xml")
    replay.serve(nport.FEED_URL.format(series=KNOWN_SERIES, start=0), FEED, "application/atom+xml")
    replay.serve(fsds.URL.format(year=2023, quarter=2), FSDS_2022Q1, "application/zip")
    around = Surroundings(clock=clock, pacer=Pacer(tmp_path / "pacing", clock=clock))

    def ask(**options: object):
        patience = Patience(timeout_seconds=0.25, most_attempts=1, attempts_before_next_door=1)
        found = examine(
            identity=IDENTITY, base_urls=replay.base_urls, surroundings=around, patience=patience, **options
        )
        return {one.source: one for one in found}

    return ask


def test_every_source_that_is_well_is_told_well_by_one_small_question(doctor, replay: Replay) -> None:
    found = doctor()
    assert {one.source: one.state for one in found.values()} == dict.fromkeys(catalogue.MEANINGS, "well")
    handshake = ("fc.yahoo.com", "query1.finance.yahoo.com/v1/test/getcrumb")
    assert len([key for key in replay.asked.elements() if not key.startswith(handshake)]) == len(catalogue.MEANINGS)


def test_a_source_without_a_question_of_its_own_is_asked_the_first_of_its_requests(doctor, monkeypatch) -> None:
    monkeypatch.delitem(QUESTIONS, "nasdaq", raising=False)
    found = doctor(only=["nasdaq"])["nasdaq"]
    assert (found.state, found.url) == ("well", nasdaq.requests()[0].url)


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        ("refuses", "blocked"),
        ("wants a login", "refused"),
        ("says it is not there", "refused"),
        ("is down", "busy"),
        ("walls off", "busy"),
        ("hangs", "unreachable"),
        ("sends its page", "changed"),
        ("sends nothing", "changed"),
        ("sends other columns", "changed"),
        ("sends another JSON", "changed"),
    ],
)
def test_what_is_wrong_is_told_of_each_source(doctor, replay: Replay, fault: str, state: str) -> None:
    for key in list(replay.routes):
        replay.routes[key] = FAULTS[fault]
    states = {one.source: one.state for one in doctor().values()}
    assert set(states) == set(catalogue.MEANINGS)
    expected = dict.fromkeys(states, state)
    if fault == "refuses":
        expected |= dict.fromkeys(("yahoo", "estimates"), "refused")  # Yahoo has no page that blocks
    if fault in ("sends nothing", "sends other columns", "sends another JSON"):
        states = {source: found for source, found in states.items() if found != "changed"}
        expected = {}
    assert states == expected


def test_a_block_is_told_apart_from_what_is_not_there(doctor, replay: Replay) -> None:
    address = next(key for key in replay.routes if "company_tickers_exchange" in key)
    replay.routes[address] = Answer(UNDECLARED, status=403, media="text/html")
    assert doctor(only=["tickers"])["tickers"].state == "blocked"
    replay.routes[address] = Answer(DENIED, status=403, media="application/xml")
    assert doctor(only=["tickers"])["tickers"].state == "refused"


def test_another_door_is_well_and_said(doctor, replay: Replay) -> None:
    true = spoil(replay, "ishares", FAULTS["sends its page"])
    old = "www.ishares.com/us/products/239710/ishares-russell-2000-etf/1467271812596.ajax"
    replay.routes[old] = next(iter(true.values()))
    found = doctor(only=["ishares"])["ishares"]
    assert (found.state, found.remedy) == ("well, moved", REMEDIES["well, moved"])


def test_the_table_fits_eighty_columns_and_json_says_the_same(
    doctor, replay: Replay, tmp_path: Path, capsys, monkeypatch
) -> None:
    spoil(replay, "kenfrench", FAULTS["wants a login"])
    spoil(replay, "fred", FAULTS["sends its page"])
    hosts = [part for host, url in replay.base_urls.items() for part in ("--ask", f"{host}={url}")]
    only = [part for name in ("fred", "kenfrench", "nasdaq") for part in ("--only", name)]
    arguments = ["data", "pull", "--doctor", "--identity", IDENTITY, *hosts, *only]
    assert main(arguments) == 1
    printed = capsys.readouterr().out
    assert all(len(line) <= 80 for line in printed.splitlines() if "https://" not in line)
    assert "1 of 3 sources answer as they should." in printed
    assert not list(tmp_path.glob("data"))
    assert main([*arguments, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [(one["source"], one["state"]) for one in told] == [
        ("fred", "changed"), ("kenfrench", "refused"), ("nasdaq", "well"),
    ]  # fmt: skip
    monkeypatch.undo()
