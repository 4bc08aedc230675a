"""Each source in turn refuses, hangs, changes shape: a pull ends with a snapshot that names what is missing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from active_edge.cli.main import main
from active_edge.errors import MissingInput, SourceError
from active_edge.market import open_market
from active_edge.market.audit.report import audit_market
from active_edge.sources import catalogue
from active_edge.sources.pull import PullReport, Surroundings, pull, rebuild
from active_edge.sources.web.archive import Archive
from active_edge.sources.web.pacing import Pacer
from active_edge.sources.web.transport import Patience

from .bodies import CHART_URL, serve_quick
from .conftest import IDENTITY, PatientClock
from .replay import Answer, Replay
from .sec_bodies import serve_sec

pytestmark = pytest.mark.slow

ETFS = ("IWM", "IJR", "SPY")
DENIED = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
UNDECLARED = b"<!DOCTYPE html><html><title>Your Request Originates from an Undeclared Automated Tool</title></html>"
PAGE = b"<!DOCTYPE html><html><head><title>A new site</title></head><body>Welcome</body></html>"
FAULTS = {
    "refuses": Answer(b"<html><body>Forbidden</body></html>", status=403, media="text/html"),
    "wants a login": Answer(b"Authorization Required", status=401, media="text/plain"),
    "is gone": Answer(b"Not Found", status=404, media="text/plain"),
    "says it is not there": Answer(DENIED, status=403, media="application/xml"),
    "is down": Answer(b"", status=503),
    "walls off": Answer(b"Too Many Requests", status=429, media="text/plain"),
    "hangs": Answer(stall=True),
    "sends its page": Answer(PAGE, media="text/html"),
    "sends nothing": Answer(b""),
    "sends half": Answer(b"observation_date,DFF\n" * 500, cut=40),
    "sends other columns": Answer(b"a,b\n1,2\n", media="text/csv"),
    "sends another JSON": Answer(b'{"a": [1]}', media="application/json"),
}
ASKED = [name for name in catalogue.MEANINGS if name not in ("filings", "holdings", *catalogue.ON_REQUEST)]
ROUTES = {
    "yahoo": ("/finance/chart/",),
    "estimates": ("finance/quote",),
    "fred": ("fred.stlouisfed.org",),
    "kenfrench": ("ken.french",),
    "ishares": ("www.ishares.com", "www.blackrock.com"),
    "nasdaq": ("nasdaqtrader",),
    "tickers": ("company_tickers_exchange",),
    "form_index": ("full-index",),
    "fsds": ("financial-statement-data-sets",),
    "companyfacts": ("companyfacts",),
    "form345": ("insider-transactions-data-sets",),
    "nport": ("company_tickers_mf",),
    "market_structure": ("marketstructuredata-security", "individual_security"),
}
SEC = {"tickers", "form_index", "fsds", "companyfacts", "form345", "nport", "filings", "market_structure", "exits"}
SOME = [(source, list(FAULTS)[i % len(FAULTS)]) for i, source in enumerate(ROUTES)]
ALL = [pytest.param(s, f, marks=pytest.mark.nightly) for s in ROUTES for f in FAULTS if (s, f) not in SOME]


@pytest.fixture
def run(replay: Replay, tmp_path: Path, clock: PatientClock, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(catalogue, "ETFS", ETFS)
    serve_quick(replay, ETFS)
    serve_sec(replay, ETFS)
    patience = Patience(timeout_seconds=0.25, most_attempts=2)
    around = Surroundings(clock=clock, pacer=Pacer(tmp_path / "pacing", clock=clock), patience=patience, workers=1)

    def asked(**options: object) -> PullReport:
        given = {
            "only": ASKED,
            "since": "2022-01-01",
            **options,
        }
        return pull(
            tmp_path / "m",
            identity=IDENTITY,
            archive=tmp_path / "raw",
            base_urls=replay.base_urls,
            surroundings=around,
            **given,
        )

    return asked


def spoil(replay: Replay, source: str, fault: Answer) -> dict[str, Answer | Callable[[str], Answer]]:
    """Put the fault before every answer of a source; returns the true answers."""
    true = {key: a for key, a in replay.routes.items() if any(part in key for part in ROUTES[source])}
    assert true
    replay.routes.update(dict.fromkeys(true, fault))
    return true


@pytest.mark.parametrize(("source", "fault"), [*SOME, *ALL])
def test_a_pull_ends_with_a_snapshot_that_names_what_is_missing(
    run, replay: Replay, tmp_path: Path, source: str, fault: str
) -> None:
    spoil(replay, source, FAULTS[fault])
    report = run()
    assert report.snapshot is not None
    market = open_market(tmp_path / "m")
    assert market.missing == tuple(report.missing)
    named = {one.source for one in market.missing}
    if fault == "refuses" and source in SEC:
        assert source in named <= SEC  # whoever is blocked asks nothing more of the SEC
    else:
        # what comes through the same door is not asked where the first charts found it shut
        assert named == {source} | ({"estimates"} if source == "yahoo" else set())
    assert source == "yahoo" or len(market.sessions)


def test_the_next_pull_asks_only_for_what_is_missing(run, replay: Replay, tmp_path: Path, clock: PatientClock) -> None:
    true = spoil(replay, "kenfrench", FAULTS["wants a login"])
    first = run().snapshot
    replay.routes.update(true)
    replay.asked.clear()
    report = run()
    assert set(replay.asked) == set(true)
    assert report.missing == ()
    assert report.snapshot != first
    assert open_market(tmp_path / "m").missing == ()
    assert "MKT_RF" in open_market(tmp_path / "m").series_names


def test_what_was_missing_is_told_again_by_a_rebuild(run, replay: Replay, tmp_path: Path) -> None:
    spoil(replay, "fred", FAULTS["is down"])
    snapshot = run().snapshot
    assert rebuild(tmp_path / "other", tmp_path / "raw")[0] == snapshot
    assert [one.source for one in open_market(tmp_path / "other").missing] == ["fred"]


def test_a_snapshot_says_no_more_that_something_is_missing_once_it_is_known_not_to_exist(
    run, replay: Replay, tmp_path: Path
) -> None:
    """The tables are the same, and so is the id: only what is missing is told anew."""
    feed = next(key for key in replay.routes if "browse-edgar" in key)
    report = next(key for key in replay.routes if key.endswith("primary_doc.xml"))
    replay.routes[report] = FAULTS["is down"]
    first = run().snapshot
    assert [one.source for one in open_market(tmp_path / "m").missing] == ["nport"]
    del replay.routes[report]
    assert run().snapshot == first
    assert open_market(tmp_path / "m").missing == ()
    assert feed in replay.routes


def test_strict_writes_no_snapshot_where_something_is_missing(run, replay: Replay, tmp_path: Path) -> None:
    spoil(replay, "kenfrench", FAULTS["wants a login"])
    with pytest.raises(SourceError, match=r"401.*no snapshot was written"):
        run(strict=True)
    assert not (tmp_path / "m" / "CURRENT").exists()
    assert run().snapshot is not None


def test_a_market_without_prices_says_which_source_gave_none(run, replay: Replay, tmp_path: Path) -> None:
    spoil(replay, "yahoo", FAULTS["walls off"])
    assert run().snapshot is not None
    market = open_market(tmp_path / "m")
    assert len(market.securities) == 3
    with pytest.raises(MissingInput, match=r"no prices: yahoo: nothing could be had.*429"):
        _ = market.sessions


def test_behind_a_wall_it_is_waited_once_and_said(run, replay: Replay, clock: PatientClock) -> None:
    """Four symbols answer, then everything is 429: one pause, one more try, and no symbol after it is asked."""
    charts = [CHART_URL.format(s).removeprefix("https://") for s in (*sorted(ETFS), "ALFA", "BETA", "BETB")]
    for key in charts[4:]:
        replay.routes[key] = FAULTS["walls off"]
    said: list[str] = []
    report = run(progress=lambda what, *_: said.append(what))
    asked = [key.split("?")[0] for key in replay.asked.elements() if "/finance/chart/" in key]
    assert sorted(asked) == sorted([*charts[:4], charts[4], charts[4]])  # funds known to trade come first
    assert sum(one for one in clock.slept if one >= 500) < 700
    assert [one for one in said if "429" in one and "waits 6" in one]
    assert [(one.source, one.answers, one.asked) for one in report.missing] == [
        ("estimates", 3, 3),  # a group each, behind the same door
        ("yahoo", 2, 6),
    ]


def test_a_dead_symbol_costs_one_request(run, replay: Replay) -> None:
    del replay.routes["query2.finance.yahoo.com/v8/finance/chart/SPY"]
    assert run().missing == ()
    yahoo = [key for key in replay.asked.elements() if "/finance/chart/" in key]
    assert sum("/chart/SPY" in key for key in yahoo) == 1
    assert len(yahoo) == len({*ETFS, "ALFA", "BETA", "BETB"})


def test_who_is_blocked_by_the_sec_asks_it_nothing_more(run, replay: Replay) -> None:
    for key in replay.routes:
        if key.startswith(("www.sec.gov", "data.sec.gov")):
            replay.routes[key] = Answer(UNDECLARED, media="text/html")
    report = run()
    assert sum("sec.gov" in key for key in replay.asked.elements()) <= 8  # those under way when the first answer came
    assert {one.source for one in report.missing} >= {"tickers", "form_index", "fsds", "companyfacts"}
    assert {one.kind for one in report.missing} == {"blocked"}


def test_a_quarter_index_that_was_still_growing_is_asked_again(run, replay: Replay, tmp_path, clock) -> None:
    run()
    clock.moment += 60 * 86_400  # 2024-01-13: the fourth quarter is over
    replay.asked.clear()
    run()
    assert any("full-index/2023/QTR4" in key for key in replay.asked)
    assert not any("full-index/2023/QTR3" in key for key in replay.asked)
    assert Archive(tmp_path / "raw").latest("form_index/2023q4").day == "2024-01-13"


def test_yahoo_is_greeted_once_where_it_asks_who_is_there(run, replay: Replay) -> None:
    """The first chart is answered 401 until the cookie is fetched; no other symbol costs more than its request."""
    charts = sorted(key for key in replay.routes if "/finance/chart/" in key)
    first = CHART_URL.format("IJR")
    replay.serve("https://fc.yahoo.com/", b"", "text/html")
    replay.serve("https://query1.finance.yahoo.com/v1/test/getcrumb", b"a/crumb", "text/plain")
    replay.fail(first, Answer(b"Unauthorized", status=401))
    said: list[str] = []
    assert run(progress=lambda what, *_: said.append(what)).missing == ()
    asked = [key.split("?")[0] for key in replay.asked.elements() if "/finance/chart/" in key]
    assert sorted(asked) == sorted([*charts, first.removeprefix("https://")])
    assert [what for what in said if "cookie is fetched" in what]


def test_status_and_the_command_name_what_is_missing_in_eighty_columns(
    run, replay: Replay, tmp_path: Path, capsys, monkeypatch
) -> None:
    spoil(replay, "kenfrench", FAULTS["wants a login"])
    run()
    (tmp_path / "raw").rename(tmp_path / "m" / "raw")
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["data", "status", "--data", str(tmp_path / "m")]) == 0
    shown = capsys.readouterr().out
    assert "MISSING kenfrench: nothing could be had (4 answers, refused)" in shown
    assert shown.count("MISSING") == 1
    assert [line for line in shown.splitlines() if len(line) > 80 and " " in line.strip()] == []
    assert "Next: active-edge data pull" in shown.replace("\n", " ")
    market = open_market(tmp_path / "m")
    assert audit_market(market).warnings[0].startswith("pulled without all of kenfrench: nothing could be had")


def test_status_of_a_market_without_prices_is_told_and_no_error(run, replay: Replay, tmp_path: Path, capsys) -> None:
    spoil(replay, "yahoo", FAULTS["is down"])
    run()
    assert main(["data", "status", "--data", str(tmp_path / "m")]) == 0
    shown = capsys.readouterr().out
    assert "no prices, so that nothing can be run on it" in shown
    assert "MISSING yahoo: nothing could be had" in shown
    assert main(["data", "audit", "--data", str(tmp_path / "m")]) == 1
    assert "this market has no prices: yahoo" in capsys.readouterr().err


def test_yahoo_that_knows_no_fund_has_moved_and_nothing_is_noted_as_dead(run, replay: Replay, tmp_path: Path) -> None:
    true = spoil(replay, "yahoo", FAULTS["is gone"])
    assert [(one.source, one.answers) for one in run().missing] == [
        ("estimates", 3),
        ("yahoo", len(true)),
    ]
    assert sum("/chart/" in key for key in replay.asked.elements()) == len(ETFS)
    assert not Archive(tmp_path / "raw").keys("yahoo/")
    replay.routes.update(true)
    assert run().missing == ()
    assert len(open_market(tmp_path / "m").sessions)
