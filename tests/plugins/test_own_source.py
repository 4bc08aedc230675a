"""A user's own source: asked, archived, read and joined by the same transport, archive and snapshot as every other."""

import datetime as dt
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from active_edge.cli.main import main
from active_edge.errors import ConfigError, PluginError, SourceFormatError
from active_edge.factors import factor_matrix
from active_edge.market import open_market
from active_edge.panel import Panel
from active_edge.plugins import scope
from active_edge.sources import catalogue
from active_edge.sources.own import SOURCES
from active_edge.sources.pull import Surroundings, plan, pull, rebuild, verify
from active_edge.sources.status import status
from active_edge.sources.web.archive import Archive
from active_edge.sources.web.pacing import Pacer
from active_edge.sources.web.transport import Patience
from tests.plugins.test_document import blocks
from tests.sources.bodies import serve_quick
from tests.sources.conftest import IDENTITY, PatientClock
from tests.sources.replay import Answer, Replay

pytestmark = pytest.mark.slow

ETFS = ("IWM", "IJR", "SPY")
URL = "https://vendor.example/scores/{}.csv"
PLUGIN = '''import io
import pandas as pd
import active_edge as ae


def addresses(since, today):
    return {f"scores/{year}": f"https://vendor.example/scores/{year}.csv" for year in (2022, 2023)}


@ae.source(table="facts", requests=addresses, freshness="weekly")
def vendor_score(body, where):
    """A vendor's score of every fund, told each month."""
    rows = pd.read_csv(io.BytesIO(body))
    return pd.DataFrame({"ticker": rows["symbol"], "value": rows["score"], "filed": rows["told"]})
'''
SCORES = {
    2022: b"symbol,score,told\nIWM,1.5,2022-12-01\n",
    2023: b"symbol,score,told\nIWM,2.5,2023-10-02\nIJR,7,2023-10-31\nNOPE,1,2023-10-31\n",
}


@pytest.fixture
def replay():
    with Replay() as server:
        yield server


@pytest.fixture
def around(tmp_path):
    clock = PatientClock()
    patience = Patience(timeout_seconds=5, most_attempts=2)
    return Surroundings(clock=clock, pacer=Pacer(tmp_path / "pacing", clock=clock), patience=patience, workers=1)


@pytest.fixture
def asked(replay, tmp_path, around, monkeypatch):
    """Pull with a plug-in from a server that has funds and scores."""
    monkeypatch.setattr(catalogue, "ETFS", ETFS)
    serve_quick(replay, ETFS)
    for year, body in SCORES.items():
        replay.serve(URL.format(year), body, "text/csv")
    hosts = {**replay.base_urls, "vendor.example": f"http://127.0.0.1:{replay.port}/vendor.example"}

    def run(*, text=PLUGIN, **options):
        (tmp_path / "vendor.py").write_text(text)
        given = {"identity": IDENTITY, "archive": tmp_path / "raw", "base_urls": hosts, "surroundings": around}
        with scope(files=[tmp_path / "vendor.py"]):
            return pull(tmp_path / "m", **given, **options)

    return run


def test_its_rows_are_an_own_item_from_the_day_they_were_told(asked, tmp_path, replay):
    asked(quick=True)
    report = asked(only=["vendor_score"])
    market = open_market(tmp_path / "m")
    assert market.snapshot == report.snapshot
    assert market.items == {"vendor_score"}
    days = pd.DatetimeIndex(["2023-09-29", "2023-10-02", "2023-10-31"])
    columns = market.assets.get_indexer(["IWM", "IJR"])
    values = factor_matrix(Panel(market, days), "vendor_score")[:, columns]
    np.testing.assert_array_equal(values, [[1.5, np.nan], [2.5, np.nan], [2.5, 7.0]])
    assert "rows of vendor_score for what is no asset here (NOPE" in " ".join(f.line() for f in report.findings)
    assert market.report["plugins"]["vendor_score"]["file"].endswith("vendor.py")
    assert sum("vendor.example" in key for key in replay.asked) == 2


def test_what_is_fresh_is_not_asked_again_and_the_same_archive_gives_the_same_snapshot(asked, tmp_path, replay, around):
    asked(quick=True)
    first = asked(only=["vendor_score"]).snapshot
    replay.asked.clear()
    assert asked(only=["vendor_score"]).snapshot == first
    assert not replay.asked
    with scope(files=[tmp_path / "vendor.py"]):
        assert rebuild(tmp_path / "other", tmp_path / "raw")[0] == first
        assert plan(tmp_path / "raw", only=["vendor_score"], surroundings=around).requests == 0
    assert verify(tmp_path / "raw").proven
    around.clock.moment += 8 * 86_400
    replay.serve(URL.format(2023), SCORES[2023].replace(b"IWM,2.5,2023-10-02", b"IWM,2.6,2023-11-10"), "text/csv")
    asked(only=["vendor_score"])
    market = open_market(tmp_path / "m")
    panel = Panel(market, pd.DatetimeIndex(["2023-11-09", "2023-11-10"]))
    column = market.assets.get_loc("IWM")
    # An answer that was replaced is still what had been told before.
    np.testing.assert_array_equal(factor_matrix(panel, "vendor_score")[:, column], [2.5, 2.6])


def test_a_snapshot_made_without_the_plug_in_says_whose_answers_are_left_out(asked, tmp_path, around):
    asked(quick=True)
    asked(only=["vendor_score"])
    _, findings = rebuild(tmp_path / "other", tmp_path / "raw")
    lines = " ".join(finding.line() for finding in findings)
    assert "2 answers of vendor_score, a source no plug-in defines" in lines
    assert "--plugin" in lines
    told = status(tmp_path / "m", tmp_path / "raw", surroundings=around)
    assert {s.source: s.answers for s in told.sources}["vendor_score"] == 2


def test_a_named_file_is_asked_in_a_whole_pull_too_and_nothing_else_is(asked, tmp_path):
    with scope():
        order = {"since": None, "symbols": None, "quick": False, "today": Surroundings().today()}
        assert "vendor_score" not in catalogue.settle(only=None, **order).sources
        (tmp_path / "vendor.py").write_text(PLUGIN)
        with scope(files=[tmp_path / "vendor.py"]):
            assert "vendor_score" in catalogue.settle(only=None, **order).sources
        with pytest.raises(ConfigError, match="no source is named 'vendor_scor'"):
            catalogue.settle(only=["vendor_scor"], **order)


def test_series_and_members_join_their_tables(asked, tmp_path):
    text = f'''{PLUGIN}
@ae.source(table="series", requests=addresses)
def vendor_mood(body, where):
    """The mood of a vendor."""
    rows = pd.read_csv(io.BytesIO(body))
    return pd.DataFrame({{"date": rows["told"], "value": rows["score"], "filed": rows["told"]}}).iloc[:1]

@ae.source(table="members", requests=addresses)
def vendor_list(body, where):
    """The list of a vendor."""
    rows = pd.read_csv(io.BytesIO(body))
    return pd.DataFrame({{"ticker": rows["symbol"], "index": "Vendor's list", "observed": rows["told"]}})
'''
    asked(quick=True)
    asked(text=text, only=["vendor_mood", "vendor_list"])
    market = open_market(tmp_path / "m")
    assert market.series("vendor_mood").to_dict() == {
        pd.Timestamp("2022-12-01"): 1.5,
        pd.Timestamp("2023-10-02"): 2.5,
    }
    assert market.assets[market.members("Vendor's list", "2023-10-31")].tolist() == ["IJR"]


def test_the_pages_source_becomes_the_pages_item(asked, tmp_path, replay):
    for year in (2022, 2023):
        replay.serve(URL.format(year), SCORES[year].replace(b"told", b"published"), "text/csv")
    asked(quick=True)
    asked(text=blocks("docs", "python")[2], only=["vendor_score"], since="2022-01-01")
    assert open_market(tmp_path / "m").items == {"vendor_score"}


def test_a_row_known_only_after_it_was_had_is_left_out_and_counted(asked, tmp_path, replay, around):
    today = around.today()
    late = f"IWM,9,{today + dt.timedelta(days=2)}\nIJR,8,{today + dt.timedelta(days=1)}\n".encode()
    replay.serve(URL.format(2023), SCORES[2023] + late, "text/csv")
    asked(quick=True)
    lines = " ".join(finding.line() for finding in asked(only=["vendor_score"]).findings)
    assert "rows of vendor_score that say they could be known only after they were had" in lines
    assert set(open_market(tmp_path / "m").facts.of("vendor_score").value) == {1.5, 2.5, 7.0, 8.0}


READ = 'return pd.DataFrame({"ticker": rows["symbol"], "value": rows["score"], "filed": rows["told"]})'
READERS = {
    "raises": ('return rows["nothing"]', "line 14: raised KeyError: 'nothing' while it read vendor_score/scores/202"),
    "no frame": ("return 1", "the reader returned a int; return a pandas DataFrame"),
    "no day of filing": (
        READ.replace(', "filed": rows["told"]', ""),
        "column '(period_end|filed)' is",
    ),
    "no security": (READ.replace('"ticker": rows["symbol"], ', ""), "column 'asset or ticker or cik' is missing"),
    "no number": (READ.replace('rows["score"]', "'x'"), "value is no number: 'x' in row 1"),
    "no day": (READ.replace('rows["told"]', "'soon'"), "is no day like 2023-06-30: 'soon' in row 1"),
    "a number for a day": (READ.replace('rows["told"]', "20221201"), "is no day like 2023-06-30: '20221201' in row 1"),
    "an infinite number": (READ.replace('rows["score"]', "float('inf')"), "value is no number: 'inf' in row 1"),
    "no name": (READ.replace('rows["symbol"]', "None"), "ticker is empty: 'None' in row 1"),
    "the program's item": (READ.replace("{", '{"item": "revenue", '), "an item of the program's; name yours otherwise"),
    "odd months": (READ.replace("{", '{"months": 5, '), "months is none of 0, 3, 6, 9, 12: '5' in row 1"),
    "half a month": (READ.replace("{", '{"months": 3.5, '), "months is no whole number: '3.5' in row 1"),
    "a complex number": (READ.replace('rows["score"]', "1j"), "value is no number: '1j' in row 1"),
    "a day that no time stamp holds": (
        READ.replace('rows["told"]', "'1066-10-14'"),
        "no day like 2023-06-30: '1066-10-14'",
    ),
    "the program's item by another name": (
        READ.replace("{", '{"item": "Revenues", '),
        "an item of the program's; .*'Revenues'",
    ),
    "a misspelt column": (
        READ.replace("{", '{"perod_end": rows["told"], '),
        "column 'perod_end' has no meaning; did you mean period_end",
    ),
    "a column more": (
        READ.replace("{", '{"colour": 1, '),
        "column 'colour' has no meaning; rows of facts have item, .* and cik, leave",
    ),
    "a column twice": (
        f"frame = {READ[7:]}\n    return pd.concat([frame, frame], axis=1)",
        "two columns are called 'ticker'; keep one",
    ),
    "an interrupt": (
        "raise KeyboardInterrupt",
        "line 14: raised KeyboardInterrupt while it read vendor_score/scores/202",
    ),
    "a look ahead": (READ.replace("{", '{"period_end": "2030-01-01", '), "filed before the end of its period"),
}


@pytest.mark.parametrize("fault", READERS)
def test_an_answer_that_its_reader_cannot_read_is_named_and_never_archived(asked, tmp_path, fault):
    body, words = READERS[fault]
    with pytest.raises(SourceFormatError, match=words) as raised:
        asked(text=PLUGIN.replace(READ, body), only=["vendor_score"], strict=True)
    assert re.match(r"plug-in .*vendor\.py, source vendor_score", str(raised.value))
    assert Archive(tmp_path / "raw").keys("vendor_score/") == []


ASKED = {
    "raises": ("return 1 / 0", "line 7: raised ZeroDivisionError"),
    "a list": ("return ['https://a.b/c']", "requests gave a list; give names to addresses"),
    "a file": ("return {'a': 'file:///etc/passwd'}", "'file:///etc/passwd', asked as a, is no web address"),
    "a way out": ("return {'../a': 'https://a.b/c'}", "'../a' names no answer"),
    "no mapping after all": (
        "return type('M', (dict,), {'items': lambda self: 1 / 0})(a='https://a.b/c')",
        "line 7: raised ZeroDivisionError",
    ),
    "a number": ("return {1: 'https://a.b/c'}", "1 names no answer"),
}


@pytest.mark.parametrize("fault", ASKED)
def test_requests_that_are_none_are_refused_before_anything_is_asked(asked, replay, fault):
    body, words = ASKED[fault]
    text = re.sub(r"    return \{f.scores.*\n", f"    {body}\n", PLUGIN)
    with pytest.raises(PluginError, match=words):
        asked(text=text, only=["vendor_score"])
    assert not any("vendor.example" in key for key in replay.asked)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('table="facts"', 'table="prices"', "table='prices' is not one of facts, series, members"),
        ('freshness="weekly"', 'freshness="hourly"', "freshness='hourly' is not one of once, daily"),
        ('"""A vendor', '""" """  # A vendor', "docstring is empty"),
        ("def vendor_score", "def yahoo", "the source 'yahoo' is built in"),
        ("def vendor_score", "def sec", "the source 'sec' is built in"),
    ],
)
def test_a_source_that_cannot_be_registered_is_refused(tmp_path, old, new, words):
    (tmp_path / "vendor.py").write_text(PLUGIN.replace(old, new))
    with pytest.raises(PluginError, match=words), scope(files=[tmp_path / "vendor.py"]):
        pass
    assert list(SOURCES) == list(catalogue.MEANINGS)


def test_a_failing_vendor_is_named_and_leaves_the_others_alone(asked, tmp_path, replay):
    first = asked(quick=True).snapshot
    replay.fail(URL.format(2023), *[Answer(b"<html>down</html>", media="text/html")] * 4)
    report = asked(only=["vendor_score", "fred"])
    assert [(one.source, one.kind, one.answers) for one in report.missing] == [("vendor_score", "changed", 1)]
    assert "a page of HTML" in report.missing[0].reason
    assert open_market(tmp_path / "m").missing == tuple(report.missing)
    with pytest.raises(SourceFormatError, match="a page of HTML"):
        asked(only=["vendor_score"], strict=True)
    replay.faults.clear()
    assert asked(only=["vendor_score"]).snapshot != first


def test_the_command_line_finds_it_beside_the_screens(asked, tmp_path, replay, capsys, monkeypatch):
    asked(quick=True)
    (tmp_path / "plugins").mkdir()
    (tmp_path / "vendor.py").rename(tmp_path / "plugins" / "vendor.py")
    monkeypatch.chdir(tmp_path)
    command = ["data", "pull", "--only", "vendor_score", "--identity", IDENTITY, "--data", "m", "--archive", "raw"]
    ask = ["--ask", f"vendor.example=http://127.0.0.1:{replay.port}/vendor.example"]
    monkeypatch.setattr("active_edge.sources.web.pacing.platformdirs.user_cache_dir", lambda _: str(tmp_path / "cache"))
    assert main([*command, "--plan", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["requests"] == 2
    assert main([*command, *ask]) == 0
    said = capsys.readouterr()
    assert "plug-in plugins/vendor.py sha256" in said.err
    assert open_market(Path("m")).items == {"vendor_score"}
    assert main([*command, "--no-plugins"]) == 1
    assert "no source is named 'vendor_score'; plug-ins are off" in capsys.readouterr().err
