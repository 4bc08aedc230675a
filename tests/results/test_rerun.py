"""A run is made again from its own record: the same bytes, whatever became of the files it was made from."""

import json
import os
import re
import shlex
import shutil
from hashlib import sha256
from html import unescape
from urllib.parse import unquote

import pandas as pd
import pytest
import yaml
from lxml import html as markup

import active_edge as ae
from active_edge.cli.main import main
from active_edge.errors import MissingInput
from active_edge.market import open_market
from active_edge.plugins import scope
from active_edge.results.batch import run_strategies, write_report
from active_edge.results.folders import find_run, read_stats
from active_edge.results.records import read_record
from active_edge.results.rerun import rerun
from active_edge.shipped import shipped_folder
from active_edge.simulated import simulate
from active_edge.strategy import load_strategy
from tests.plugins.files import CASH_SHARE, working_folder

pytestmark = pytest.mark.slow

SCREEN = """name: small
description: a test
universe: {min_price: 1}
require:
  leverage: {quantile_max: 0.7}
rank: {return_on_assets: 1}
select: {top: 30, keep_until: 45}
"""
RULES = {"name": "small", "screen": "small", "rebalance": "quarterly", "capital_usd": 1000000, "benchmarks": ["IWM"]}
WINDOW = {"start": "2021-09-01", "end": "2024-06-28"}
ASKED = {"random_portfolios": 25, "seed": 3, **WINDOW}


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    return simulated(tmp_path_factory.mktemp("data") / "market", seed=3)


def simulated(folder, *, seed):
    simulate(folder, years=4, firms=200, seed=seed)
    return open_market(folder)


def strategy(folder, name, **changes):
    for kind, content in (("screens", SCREEN), ("strategies", yaml.safe_dump(RULES | {"name": name} | changes))):
        (folder / kind).mkdir(exist_ok=True)
        (folder / kind / f"{name if kind == 'strategies' else 'small'}.yaml").write_text(content)
    return load_strategy(folder / "strategies" / f"{name}.yaml")


@pytest.fixture(scope="module")
def made(market, tmp_path_factory):
    """A results folder with an earlier trial and two runs judged together; the files of the strategies are gone."""
    folder = tmp_path_factory.mktemp("made")
    earlier, first, second = (
        strategy(folder, "earlier"),
        strategy(folder, "first", weights="rank"),
        strategy(folder, "second", rebalance="semiannual", month_offset=1),
    )
    run_strategies([earlier], market, out=folder / "results", random_portfolios=20, sensitivity=False)
    runs = run_strategies([first, second], market, out=folder / "results", **ASKED)
    for file in (folder / "strategies").iterdir():
        file.unlink()
    (folder / "screens" / "small.yaml").write_text(SCREEN.replace("0.7", "0.2"))
    return {run.stats.strategy: run for run in runs}


@pytest.mark.parametrize("name", ["first", "second"])
def test_another_folder_gets_the_same_bytes_though_strategies_changed_and_its_ledger_knows_nothing(
    made, name, tmp_path, ledger_file
):
    again = rerun(made[name].folder, out=tmp_path)
    assert (again.run.folder / "stats.json").read_bytes() == (made[name].folder / "stats.json").read_bytes()
    assert again.same
    assert again.notes == ()
    assert again.run.stats.trials == 3
    assert len(ledger_file.read_text().splitlines()) == 2
    assert [path.name for path in tmp_path.glob("*/report.html")] == ["report.html"]


def test_the_command_on_the_page_makes_the_run_again_from_any_folder(made, tmp_path, monkeypatch, capsys):
    folder = made["first"].folder
    before = (folder / "stats.json").read_bytes()
    page = unescape((folder / "report.html").read_text())
    (command,) = re.findall(r"<code>(active-edge rerun .*)</code>", page)
    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(command)[1:]) == 0
    assert "to the last byte" in capsys.readouterr().out
    assert (folder / "stats.json").read_bytes() == before
    assert os.listdir(tmp_path) == []


def test_a_record_holds_all_that_made_the_run_and_room_for_plug_ins(made, market):
    record = read_record(made["second"].folder)
    content = yaml.safe_load((made["second"].folder / "run.yaml").read_text())
    assert content["plugins"] == []
    assert content["options"] == {"random_portfolios": 25, "seed": 3, "sensitivity": True, "placebo": False}
    assert content["market"]["folder"] == str(market.path.resolve())
    assert (record.market.snapshot, record.ledger.trials) == (market.snapshot, 3)
    assert [one.strategy["name"] for one in record.together] == ["first", "second"]
    assert record.start == "2021-09-01"
    assert record.trial == made["second"].trial.id


def test_other_data_stop_it_unless_any_will_do(made, tmp_path):
    other = simulated(tmp_path / "other", seed=4)
    folder = made["first"].folder
    with pytest.raises(MissingInput, match=rf"{read_record(folder).market.snapshot}; .*{other.snapshot}.*--any-data"):
        rerun(folder, out=tmp_path / "results", data=other.path)
    assert not (tmp_path / "results").exists()
    again = rerun(folder, out=tmp_path / "results", data=other.path, any_data=True)
    assert again.run.stats.snapshot == other.snapshot
    assert again.run.stats.trials == 2
    assert not again.same
    assert other.snapshot in again.notes[-1]


def test_a_run_is_named_by_its_folder_its_record_or_its_strategy(made, tmp_path, capsys):
    folder = made["first"].folder
    assert find_run(folder.parent, folder.name) == find_run(folder.parent, "first") == folder
    assert main(["rerun", str(folder / "run.yaml"), "--out", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["run"] == folder.name
    assert main(["rerun", "nosuch", "--out", str(tmp_path)]) == 1
    assert f"stored are {folder.name}" in capsys.readouterr().err


def test_a_record_without_options_is_refused_with_what_to_do(made, tmp_path):
    old = {"created": "2025-11-22", "trial": "0123456789ab", "strategy": {"name": "first"}}
    (tmp_path / "first-012345").mkdir()
    (tmp_path / "first-012345" / "run.yaml").write_text(yaml.safe_dump(old))
    with pytest.raises(MissingInput, match=r"run\.yaml: .*run the backtest again: active-edge backtest first"):
        rerun(tmp_path / "first-012345")


def test_versions_that_differ_are_named(made, tmp_path):
    folder = tmp_path / made["first"].folder.name
    folder.mkdir()
    content = yaml.safe_load((made["first"].folder / "run.yaml").read_text())
    content["versions"]["numpy"] = "1.0"
    (folder / "run.yaml").write_text(yaml.safe_dump(content))
    again = rerun(folder, out=tmp_path / "results")
    assert "numpy 1.0 (now" in again.notes[0]
    assert read_stats(again.run.folder) == made["first"].stats


@pytest.mark.parametrize("path", sorted(shipped_folder("strategies").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_strategy_comes_back_from_its_own_record_as_the_same_trial(path):
    from active_edge.results.recorded import recorded_strategy
    from active_edge.run.backtest import configuration
    from active_edge.run.identity import trial_content
    from active_edge.run_record import TriedRecord

    given = load_strategy(path)
    stored = yaml.safe_load(yaml.safe_dump(configuration(given)))
    back = recorded_strategy(TriedRecord(**stored, run="", start="", end=""), "run.yaml")
    assert back == given
    assert trial_content(back, {}) == trial_content(given, {})


def test_weights_of_ones_own_are_traded_again_from_the_run_that_holds_them(market, tmp_path):
    names = market.securities.index[:3]
    days = pd.DatetimeIndex(["2022-01-03", "2022-06-01", "2023-01-03"])
    given = pd.DataFrame([[0.3, 0.3, 0.4], [0.0, 0.0, 0.0], [0.5, 0.25, 0.0]], index=days, columns=list(names))
    result = ae.backtest_weights(given, market, name="mine", benchmarks=["IWM"])
    (first,) = write_report([result], tmp_path / "first", random_portfolios=20)
    again = rerun(first.folder, out=tmp_path / "second")
    assert again.same
    assert again.run.trial.id == first.trial.id


def test_weights_that_are_gone_or_changed_are_refused(market, tmp_path):
    days = pd.DatetimeIndex(["2022-01-03", "2023-01-03"])
    given = pd.DataFrame({market.securities.index[0]: [1.0, 0.5]}, index=days)
    (first,) = write_report([ae.backtest_weights(given, market, name="mine", benchmarks=["IWM"])], tmp_path / "first")
    path = first.folder / "targets.parquet"
    other = ae.backtest_weights(given / 2, market, name="mine", benchmarks=["IWM"])
    (second,) = write_report([other], tmp_path / "other")
    shutil.copy(second.folder / "targets.parquet", path)
    with pytest.raises(MissingInput, match="was altered after it was written"):
        rerun(first.folder, out=tmp_path / "second")
    (first.folder / "entry.json").unlink()
    with pytest.raises(MissingInput, match="not those of the run"):
        rerun(first.folder, out=tmp_path / "second")
    path.unlink()
    with pytest.raises(MissingInput, match=r"targets\.parquet: missing"):
        rerun(first.folder, out=tmp_path / "second")


@pytest.fixture
def with_plugin(market, tmp_path):
    """A run whose screen reads a factor of a plug-in."""
    folder = working_folder(tmp_path / "work", mine=CASH_SHARE)
    with scope([folder / "plugins"]):
        mine = load_strategy(folder / "strategies" / "mine.yaml")
        (run,) = run_strategies([mine], market, out=tmp_path / "results", random_portfolios=20, sensitivity=False)
    return run, folder / "plugins" / "mine.py"


def test_a_plug_in_is_recorded_with_its_hash_and_run_again_from_where_it_lies(with_plugin, tmp_path):
    run, file = with_plugin
    (recorded,) = read_record(run.folder).plugins
    assert (recorded.file, recorded.sha256) == (str(file.resolve()), sha256(file.read_bytes()).hexdigest())
    told = []
    assert rerun(run.folder, out=tmp_path / "again", announce=lambda plugin: told.append(plugin.place)).same
    assert told == [str(file.resolve())]


def test_a_plug_in_that_is_not_what_it_was_is_named_and_never_run(with_plugin, tmp_path):
    run, file = with_plugin
    file.write_text(file.read_text() + "\nraise SystemExit(1)\n")
    with pytest.raises(MissingInput, match=r"run\.yaml: plug-in .*mine\.py had sha256 \w+ and now has \w+; put back"):
        rerun(run.folder, out=tmp_path / "again")
    file.unlink()
    with pytest.raises(MissingInput, match=r"mine\.py is not there any more; put back"):
        rerun(run.folder, out=tmp_path / "again")


def test_no_plug_in_is_run_where_none_may_be(with_plugin, tmp_path, capsys):
    run, _ = with_plugin
    assert main(["rerun", str(run.folder), "--out", str(tmp_path / "again"), "--no-plugins"]) == 1
    assert "plug-ins are off" in capsys.readouterr().err


def test_a_plug_in_that_was_moved_stands_in_for_the_one_that_was_run(with_plugin, tmp_path, capsys):
    run, file = with_plugin
    moved = file.rename(tmp_path / "elsewhere.py")
    assert main(["rerun", str(run.folder), "--out", str(tmp_path / "again"), "--plugin", str(moved)]) == 0
    said = capsys.readouterr()
    assert "to the last byte" in said.out
    assert "plug-in" in said.err
    assert str(moved) in said.err or moved.name in said.err


def test_a_plug_in_given_in_its_place_with_other_words_is_named_as_another_trial(with_plugin, tmp_path):
    run, file = with_plugin
    other = tmp_path / "mine.py"
    other.write_text(file.read_text().replace("np.nan)", "0.0)"))
    again = rerun(run.folder, out=tmp_path / "again", plugin_files=[other])
    assert not again.same
    assert again.run.trial.id != run.trial.id
    assert re.search(r"plug-in mine\.py \w{12} \(now \w{12}\): it is another trial", again.notes[-1])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--plugin", "nowhere.py"), "nowhere.py: cannot be read"),
        (("--plugin", "x.py", "--no-plugins"), "exclude each"),
    ],
)
def test_a_plug_in_that_is_not_there_is_a_sentence(options, words, with_plugin, tmp_path, capsys):
    run, _ = with_plugin
    assert main(["rerun", str(run.folder), "--out", str(tmp_path / "again"), *options]) == 1
    assert words in capsys.readouterr().err


def test_a_name_is_looked_up_in_the_results_folder_and_written_to_another(made, tmp_path, monkeypatch):
    monkeypatch.chdir(made["first"].folder.parents[1])
    again = rerun("first", out=tmp_path / "new")
    assert again.run.folder == tmp_path / "new" / made["first"].folder.name
    monkeypatch.chdir(tmp_path)
    assert rerun("first", out=tmp_path / "new").run.folder == again.run.folder


def test_pages_that_share_their_script_lead_to_every_holding_and_nowhere_in_vain(market, tmp_path):
    """Without --shared a page leads to no company and carries its script, so that it can be mailed."""
    one, out = strategy(tmp_path, "held"), tmp_path / "results"
    (run,) = run_strategies([one], market, out=out, random_portfolios=20, sensitivity=False, **WINDOW)
    alone = (run.folder / "report.html").read_text(encoding="utf-8")
    assert "companies/" not in alone
    assert 'id="plotly-library"' in alone
    (run,) = run_strategies([one], market, out=out, random_portfolios=20, sensitivity=False, shared=True, **WINDOW)
    html = (run.folder / "report.html").read_text(encoding="utf-8")
    assert 'id="plotly-library"' not in html
    result = run.judgement.result
    held = set(result.market.securities.loc[result.targets.assets[result.targets.weights[-1] > 0], "ticker"])
    assert len(held) >= 30
    led = {text: href for text, href in links(html) if "companies/" in href}
    assert set(led) == held
    pages = [*out.glob("*.html"), *out.glob("*/*.html")]
    assert len(pages) == 1 + 1 + len(held) + 1  # the list, the run, its companies and their list
    for page in pages:
        for _, href in links(page.read_text(encoding="utf-8")):
            assert (page.parent / unquote(href)).is_file(), (page, href)
        assert page == run.folder / "report.html" or page.stat().st_size < 200_000
    ticker = sorted(held)[0]
    company = (run.folder / unquote(led[ticker])).read_text(encoding="utf-8")
    assert f"Every rule of {one.screen.name}" in company
    assert [href for _, href in links((out / "index.html").read_text(encoding="utf-8")) if "companies" in href] == [
        "companies/index.html"
    ]


def links(html):
    """Text and address of everything a page leads to or asks for in its folder."""
    tree = markup.document_fromstring(html)
    found = [(element.text_content(), element.get("href")) for element in tree.xpath("//a[@href]")]
    found += [("", element.get("src")) for element in tree.xpath("//script[@src]")]
    return [(text, href) for text, href in found if not href.startswith(("#", "https:"))]
