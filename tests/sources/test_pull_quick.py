"""`--quick` end to end: from a server that speaks the sources' formats to an opened market."""

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from active_edge.errors import ConfigError, MissingInput, SourceBusy, SourceError
from active_edge.market import open_market
from active_edge.sources import catalogue, fetching
from active_edge.sources import pull as pull_module
from active_edge.sources.pull import Surroundings, plan, pull, rebuild, verify
from active_edge.sources.status import status
from active_edge.sources.vendors import fred
from active_edge.sources.web import archive as archive_module
from active_edge.sources.web.archive import Archive
from active_edge.sources.web.pacing import Pacer
from active_edge.sources.web.transport import Patience
from tests.markets import make_market
from tests.quick import first_quick

from .bodies import CHART_URL, FRED_URL, chart, serve_quick, sessions, walk
from .conftest import IDENTITY, PatientClock
from .replay import Answer, Replay

ETFS = ("IWM", "IJR", "SPY")
SERIES = len(fred.DEFAULT_SERIES)


@pytest.fixture
def quick(replay: Replay, tmp_path: Path, clock: PatientClock, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(catalogue, "ETFS", ETFS)
    serve_quick(replay, ETFS)
    around = Surroundings(
        clock=clock,
        pacer=Pacer(tmp_path / "pacing", clock=clock),
        patience=Patience(timeout_seconds=5, most_attempts=3),
        workers=1,
    )

    def run(**options: object):
        arguments = {"identity": IDENTITY, "archive": tmp_path / "raw", "base_urls": replay.base_urls, "quick": True}
        return pull(tmp_path / "m", surroundings=around, **{**arguments, **options})

    run.around = around  # type: ignore[attr-defined]
    return run


def test_quick_gives_a_market_with_funds_factors_and_rates(quick, tmp_path: Path) -> None:
    report = quick()
    market = open_market(tmp_path / "m")
    assert market.snapshot == report.snapshot
    assert list(market.assets) == sorted(ETFS)
    assert {"IWM", "DFF", "DGS10", "MKT_RF", "RMW", "MOM", "RF", "ME_OP_SMALL_LoOP"} <= market.series_names
    assert market.series("MKT_RF").loc["2023-10-31"] == pytest.approx(0.0062)
    assert np.isclose(market.series("ME_OP_SMALL_LoOP").loc["2023-10-31"], -0.045)
    assert len(market.series("RMW")) == 1  # −99.99 is missing
    days, closes = sessions(), walk(0, len(sessions()))
    at = days.index("2023-09-20")
    paid = market.prices.returns[at, market.assets.get_loc("IWM")]
    assert paid == pytest.approx((closes[at] + 0.25) / closes[at - 1] - 1, abs=1e-8)
    level = market.series("IWM")
    assert level.iloc[-1] / level.iloc[0] == pytest.approx(closes[-1] / closes[0] * (1 + 0.25 / closes[at]), abs=1e-6)


def test_a_monthly_rate_is_not_known_before_its_month_is_over(quick, tmp_path: Path) -> None:
    quick()
    versions = open_market(tmp_path / "m").series_versions("FEDFUNDS")
    assert ((versions["filed"] - versions["date"]).dt.days >= 31).all()


@pytest.mark.slow
def test_the_same_archive_gives_the_same_snapshot_and_offline(quick, tmp_path: Path, replay: Replay) -> None:
    first = quick().snapshot
    asked = replay.asked.total()
    assert rebuild(tmp_path / "other", tmp_path / "raw")[0] == first
    assert quick().snapshot == first
    assert replay.asked.total() == asked
    assert verify(tmp_path / "raw").proven


@pytest.mark.slow
def test_the_next_day_only_what_is_new_is_asked(quick, tmp_path: Path, replay: Replay, clock: PatientClock) -> None:
    first = quick().snapshot
    clock.moment += 86_400
    replay.asked.clear()
    days = [*sessions(), "2023-11-13", "2023-11-14"]
    closes = walk(0, len(days) - 2)
    replay.serve(CHART_URL.format("IWM"), chart("IWM", days[-8:], [*closes[-6:], 60.0, 61.5], instrument="ETF"))
    second = quick().snapshot
    assert second != first
    charts = [key for key in replay.asked if "/chart/" in key]
    assert all("period1=1698710400" in key for key in charts)  # 2023-10-31: two weeks before the last answer
    assert not any("ken.french" in key for key in replay.asked)  # weekly
    market = open_market(tmp_path / "m")
    assert market.sessions[-1].strftime("%Y-%m-%d") == "2023-11-14"
    column = market.assets.get_loc("IWM")
    assert market.prices.returns[-1, column] == pytest.approx(61.5 / 60 - 1, abs=1e-8)
    assert market.prices.returns[-2, column] == pytest.approx(60 / closes[-1] - 1, abs=1e-8)


@pytest.mark.slow
def test_a_window_is_asked_again_under_its_own_key_and_a_vanished_symbol_keeps_its_past(
    quick, tmp_path: Path, replay: Replay, clock: PatientClock
) -> None:
    quick()
    for _ in range(3):
        clock.moment += 86_400
        quick()
    keys = Archive(tmp_path / "raw").keys("yahoo/IWM/")
    assert keys == ["yahoo/IWM/2000-01-01", "yahoo/IWM/2023-10-31"]
    del replay.routes["query2.finance.yahoo.com/v8/finance/chart/IWM"]
    clock.moment += 86_400
    snapshot = quick().snapshot
    market = open_market(tmp_path / "m")
    assert market.prices.last[market.assets.get_loc("IWM")] == len(market.sessions) - 1
    replay.asked.clear()
    clock.moment += 86_400
    assert quick().snapshot == snapshot
    assert not any("/chart/IWM" in key for key in replay.asked)  # asked again only after a week


@pytest.mark.slow
def test_a_body_that_was_removed_is_fetched_anew(quick, tmp_path: Path, replay: Replay) -> None:
    snapshot = quick().snapshot
    archive = Archive(tmp_path / "raw")
    lost = [
        archive.latest(key) for key in ("fred/DGS10", "yahoo/IWM/2000-01-01", "kenfrench/F-F_Momentum_Factor_daily")
    ]
    for entry in lost:
        archive.location(entry).unlink()
    assert not verify(tmp_path / "raw").proven
    replay.asked.clear()
    assert quick().snapshot == snapshot
    assert len([key for key in replay.asked if "crumb" not in key or "/chart/" in key if "fc.yahoo" not in key]) == 3
    assert verify(tmp_path / "raw").proven


@pytest.mark.slow
def test_an_earlier_first_day_is_fetched_as_a_whole(quick, tmp_path: Path, replay: Replay) -> None:
    quick(since="2023-10-20")
    replay.asked.clear()
    assert quick(since="2023-10-25").snapshot
    assert not replay.asked
    quick(since="2023-09-01")
    assert any("/chart/IWM?period1=1693526400" in key for key in replay.asked)


@pytest.mark.parametrize(
    ("fault", "kind"),
    first_quick(
        [
            (Answer(b"", status=503), "busy"),
            (Answer(b"<html><title>maintenance</title></html>", media="text/html"), "changed"),
            (Answer(b"DATE,GDP\n2023-01-01,1\n"), "changed"),
            (Answer(b"observation_date,DGS10\n2023-01-01,1e99\n"), "changed"),
        ]
    ),
    ids=["busy", "html", "changed columns", "absurd value"],
)
def test_one_failing_answer_is_named_and_the_pull_goes_on(
    quick, tmp_path: Path, replay: Replay, fault: Answer, kind: str
) -> None:
    replay.fail(FRED_URL.format("DGS10"), *[fault] * 9)
    first = quick()
    assert [(one.source, one.kind, one.answers, one.asked) for one in first.missing] == [("fred", kind, 1, SERIES)]
    assert "DGS10" in first.missing[0].reason
    assert "DGS10" not in open_market(tmp_path / "m").series_names
    replay.faults.clear()
    replay.asked.clear()
    assert quick().missing == ()
    assert list(replay.asked) == ["fred.stlouisfed.org/graph/fredgraph.csv?id=DGS10"]
    assert "DGS10" in open_market(tmp_path / "m").series_names


@pytest.mark.slow
def test_charts_that_cannot_be_had_are_listed_by_name_and_reason(quick, tmp_path: Path, replay: Replay) -> None:
    replay.serve(CHART_URL.format("SPY"), b'{"chart": {"result": [{"meta": {}}]}}')
    report = quick()
    assert list(report.failures) == ["SPY"]
    assert "meta.symbol" in report.failures["SPY"]
    assert list(open_market(tmp_path / "m").assets) == ["IJR", "IWM"]


@pytest.mark.slow
def test_a_symbol_yahoo_does_not_know_is_listed(quick, tmp_path: Path, replay: Replay) -> None:
    del replay.routes["query2.finance.yahoo.com/v8/finance/chart/SPY"]
    quick()
    assert open_market(tmp_path / "m").report["symbols_without_prices"] == ["SPY"]


@pytest.mark.slow
def test_two_pulls_on_one_archive_do_not_run_together(quick, tmp_path: Path) -> None:
    def meanwhile(*_: object) -> None:
        with pytest.raises(SourceBusy, match="another pull"):
            quick()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        quick(progress=meanwhile)
    assert quick().snapshot is not None


def test_an_interrupted_pull_goes_on_to_the_same_snapshot(quick, tmp_path: Path) -> None:
    count = 0

    def interrupt(*_: object) -> None:
        nonlocal count
        count += 1
        if count == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        quick(progress=interrupt)
    assert not (tmp_path / "m" / "CURRENT").exists()
    assert not list((tmp_path / "raw" / "incoming").iterdir())
    resumed = quick().snapshot
    assert rebuild(tmp_path / "fresh", tmp_path / "raw")[0] == resumed


@pytest.mark.slow
def test_progress_ends_with_everything_done(quick) -> None:
    seen = []
    quick(progress=lambda what, done, total: seen.append((what, done, total)))
    assert [entry for entry in seen if entry[0] == "charts"][-1] == ("charts", 3, 3)
    assert all(done <= total for _, done, total in seen)


@pytest.mark.slow
def test_the_plan_counts_what_is_still_due(quick, tmp_path: Path) -> None:
    before = plan(tmp_path / "raw", quick=True, surroundings=quick.around)
    assert before.requests == SERIES + 4 + 3
    assert before.bytes > 0
    quick()
    after = plan(tmp_path / "raw", quick=True, surroundings=quick.around)
    assert after.requests == 0
    full = plan(tmp_path / "raw", surroundings=quick.around)
    assert full.requests > 1000
    assert full.hours > 0.5
    assert full.lines_of_text()[-1].startswith("in all")


@pytest.mark.slow
def test_only_without_prices_fills_the_archive_and_says_so(quick, tmp_path: Path) -> None:
    report = quick(quick=False, only=["fred"])
    assert report.snapshot is None
    assert "no prices" in report.note
    assert quick(quick=False, only=["kenfrench"]).snapshot is None
    assert quick().snapshot is not None


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"only": ["fredd"], "quick": False}, "no source is named 'fredd'; did you mean fred"),
        ({"since": "2015-13-01"}, "not a date"),
        ({"since": "2999-01-01"}, "must lie between"),
        ({"symbols": ["A B"], "quick": False}, "not a symbol"),
        ({"only": ["fred"]}, "exclude"),
        ({"identity": "nobody"}, "identity"),
    ],
)
def test_wrong_options_are_refused_before_anything_is_asked(quick, replay: Replay, options, words) -> None:
    with pytest.raises(ConfigError, match=words):
        quick(**options)
    assert not replay.asked


@pytest.mark.slow
def test_status_says_what_is_there_and_what_to_do_next(quick, tmp_path: Path, clock: PatientClock) -> None:
    nothing = status(tmp_path / "m", tmp_path / "raw", surroundings=quick.around)
    assert nothing.snapshot is None
    assert "data pull --quick" in nothing.next_command
    quick()
    now = status(tmp_path / "m", tmp_path / "raw", surroundings=quick.around)
    assert now.last_session == "2023-11-10"
    assert {s.source: s.answers for s in now.sources}["fred"] == SERIES
    assert now.next_command.startswith("active-edge data pull --only ")
    clock.moment += 20 * 86_400
    old = status(tmp_path / "m", tmp_path / "raw", surroundings=quick.around)
    assert {s.source: s.age_days for s in old.sources}["fred"] == 20
    assert old.next_command == f"active-edge data pull --data {tmp_path / 'm'}"
    assert any("never asked" in line for line in old.lines())


@pytest.mark.slow
def test_a_full_disk_during_assembly_is_named(quick, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        with open("/dev/full", "w") as file:
            file.write("x" * 100_000)

    monkeypatch.setattr(pull_module, "write_snapshot", full)
    with pytest.raises(SourceError, match="disk is full"):
        quick()
    monkeypatch.undo()
    monkeypatch.setattr(catalogue, "ETFS", ETFS)
    assert not (tmp_path / "m" / "CURRENT").exists()
    assert not [p for p in (tmp_path / "m").iterdir() if p.name.startswith(".assembling")]
    assert quick().snapshot is not None


@pytest.mark.slow
def test_a_full_disk_while_charts_come_stops_the_pull_at_once(
    quick, tmp_path: Path, replay: Replay, monkeypatch
) -> None:
    quick(quick=False, only=["fred"])
    true_init = archive_module.Incoming.__init__

    def on_full_disk(self, path, file) -> None:
        file.close()
        true_init(self, path, open("/dev/full", "wb"))  # noqa: SIM115

    monkeypatch.setattr(archive_module.Incoming, "__init__", on_full_disk)
    with pytest.raises(SourceError, match="disk is full"):
        quick(quick=False, only=["yahoo"])
    assert sum("/chart/" in key for key in replay.asked) == 1
    monkeypatch.undo()
    monkeypatch.setattr(catalogue, "ETFS", ETFS)
    assert quick(quick=False, only=["yahoo"]).snapshot is not None


def test_after_many_failed_charts_in_a_row_no_more_is_asked(quick, tmp_path: Path, replay: Replay, monkeypatch) -> None:
    monkeypatch.setattr(fetching, "MOST_FAILED_CHARTS", 2)
    for symbol in ETFS:
        replay.serve(CHART_URL.format(symbol), b"{}")
    report = quick()
    assert sum("/chart/" in key for key in replay.asked.elements()) == 2
    assert [(one.source, one.kind, one.answers) for one in report.missing] == [("yahoo", "changed", 3)]
    with pytest.raises(MissingInput, match="no prices"):
        _ = open_market(tmp_path / "m").sessions


@pytest.mark.slow
def test_the_report_of_a_pull_is_complete(quick) -> None:
    report = dataclasses.asdict(quick())
    assert report["requests"] == SERIES + 4 + 3
    assert report["bytes"] > 0


@pytest.mark.slow
def test_a_pull_into_an_imported_folder_adds_series_and_leaves_its_tables(quick, tmp_path: Path) -> None:
    days = sessions()
    closes = pd.DataFrame({"AAA": 10.0 + np.arange(len(days)) * 0.01}, index=days)
    own = pd.Series(1.5, index=days[:3])
    mine = make_market(tmp_path / "own", closes=closes, series={"MINE": own})
    shutil.copytree(tmp_path / "own" / "market", tmp_path / "m")
    for _ in range(2):
        quick()
        market = open_market(tmp_path / "m")
        assert [str(asset) for asset in market.assets] == ["AAA"]
        assert {"MINE", "IWM"} <= market.series_names
        assert market.series("MINE").tolist() == [1.5] * 3
    assert mine.series_names == {"MINE"}
