"""A sweep as a whole: its table, its family in the ledger, and what a stop, a copy or a full disk leaves."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest

import active_edge.sweeping.run as run_module
from active_edge.config import build_model
from active_edge.errors import ConfigError, LedgerError, MissingInput
from active_edge.ledger import Ledger
from active_edge.results.batch import run_strategies
from active_edge.run.identity import trial_content
from active_edge.strategy import OwnPrior, load_strategy
from active_edge.sweeping import parts
from active_edge.sweeping.grid import Grid
from active_edge.sweeping.run import PARTS, RECORD, VARIANTS, sweep
from active_edge.sweeping.take import take_variant
from tests.judging.planted import simulated, strategy_of

SCREEN = "require:\n  leverage: {quantile_max: 0.8}\nrank: {cash_to_assets: 1.0, leverage: 1.0}\nselect: {top: 20}\n"
VARY = {
    "screen.select.top": [10, 20, 30],
    "screen.require.leverage.quantile_max": [0.4, 0.7],
    "strategy.capital_usd": [1e6, 1e8],
}


def grid_of(**vary):
    return build_model(Grid, {"name": "g", "vary": vary or VARY})


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    return simulated(tmp_path_factory.mktemp("market"), years=4, firms=260, seed=11)


@pytest.fixture(scope="module")
def swept(market, tmp_path_factory):
    return sweep(strategy_of(SCREEN), grid_of(), market, out=tmp_path_factory.mktemp("out"))


def test_the_table_has_a_row_a_variant_with_its_settings_and_numbers(swept):
    stored = parts.read_table(swept.folder / VARIANTS)
    pd.testing.assert_frame_equal(stored, swept.rows, check_dtype=False)
    assert stored["number"].tolist() == list(range(12))
    assert stored["screen.select.top"].tolist() == [10] * 4 + [20] * 4 + [30] * 4
    assert stored["names"].between(9, 31).all()
    assert stored["alpha_IWM"].notna().all()


def test_all_variants_are_one_family_of_the_ledger_that_counts_by_its_effective_number(market, tmp_path):
    found = sweep(strategy_of(SCREEN), grid_of(), market, out=tmp_path)
    (family,) = Ledger().summary()["families"]
    assert family == {"family": found.family, "trials": 12, "effective": found.effective}
    assert 1.0 <= found.effective < 12.0
    (lineage,) = Ledger().summary()["lineages"]
    assert lineage["trials"] == 12
    assert lineage["charged"] == int(np.ceil(found.effective))
    lines = [json.loads(line) for line in Ledger().path.read_text().splitlines()]
    assert len(lines) == 13
    assert all(line["information_ratio"] is None for line in lines[:12])


@pytest.mark.slow
def test_a_variant_backtested_alone_is_the_trial_that_the_sweep_wrote(market, tmp_path):
    found = sweep(strategy_of(SCREEN), grid_of(), market, out=tmp_path)
    before = Ledger().summary()["lineages"][0]["trials"]
    run_strategies([found.variants[3].strategy], market, out=tmp_path, random_portfolios=0, sensitivity=False)
    assert Ledger().summary()["lineages"][0]["trials"] == before


@pytest.mark.slow
def test_a_stopped_sweep_goes_on_to_the_same_bytes(market, tmp_path, monkeypatch):
    monkeypatch.setattr(run_module, "PART", 4)
    whole = sweep(strategy_of(SCREEN), grid_of(), market, out=tmp_path / "whole")

    class Stopped(Exception):
        pass

    def stop(_what, done, _total):
        if done == 8:
            raise Stopped

    with pytest.raises(Stopped):
        sweep(strategy_of(SCREEN), grid_of(), market, out=tmp_path / "stopped", progress=stop)
    (left,) = (tmp_path / "stopped").iterdir()
    assert len(list((left / PARTS).glob("[!.]*"))) == 2
    assert not (left / VARIANTS).exists()
    made: list[str] = []
    write = parts.write_part

    def counted(folder, name, *rest):
        made.append(name)
        write(folder, name, *rest)

    monkeypatch.setattr(parts, "write_part", counted)
    sweep(strategy_of(SCREEN), grid_of(), market, out=tmp_path / "stopped")
    assert len(made) == 1
    for file in (VARIANTS, RECORD):
        assert (left / file).read_bytes() == (whole.folder / file).read_bytes()


def test_two_threads_and_one_give_the_same_table(market, tmp_path, swept):
    again = sweep(strategy_of(SCREEN), grid_of(), market, out=tmp_path, workers=1)
    pd.testing.assert_frame_equal(again.rows, swept.rows, check_exact=True)


def test_a_full_disk_is_an_error_that_leaves_nothing_half_written(market, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device", "x")

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(OSError, match="No space left"):
        sweep(strategy_of(SCREEN), grid_of(), market, out=tmp_path)
    (folder,) = tmp_path.iterdir()
    assert [path.name for path in folder.rglob("*")] == [PARTS]


def test_a_ledger_that_cannot_be_written_stops_a_sweep_before_its_first_variant(market, tmp_path, monkeypatch):
    blocked = tmp_path / "a file"
    blocked.write_text("")
    monkeypatch.setenv("ACTIVE_EDGE_LEDGER", str(blocked / "ledger.jsonl"))
    with pytest.raises(LedgerError):
        sweep(strategy_of(SCREEN), grid_of(), market, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_variant_that_is_taken_trades_as_its_row_says(market, swept, tmp_path):
    strategy, screen = take_variant(swept.folder, 7, tmp_path)
    loaded = load_strategy(strategy)
    assert loaded.screen.select == swept.variants[7].strategy.screen.select
    assert loaded.terms == swept.variants[7].strategy.terms
    assert screen.parent.name == "screens"
    told = loaded.rules.prior
    assert isinstance(told, OwnPrior)
    assert told.deviation == pytest.approx(max(0.001, swept.rows["prior_deviation"].iloc[7]), abs=1e-5)
    assert "what the other 11 leave of it" in loaded.rules.description
    assert trial_content(loaded, {}) == trial_content(swept.variants[7].strategy, {})
    again = sweep(loaded, grid_of(**{"strategy.capital_usd": [loaded.rules.capital_usd]}), market, out=tmp_path)
    numbers = swept.rows.columns[swept.rows.columns.get_loc("months") :]
    pd.testing.assert_frame_equal(
        again.rows[list(numbers)], swept.rows[list(numbers)].iloc[[7]].reset_index(drop=True), rtol=1e-9
    )
    with pytest.raises(ConfigError, match="is there already"):
        take_variant(swept.folder, 7, tmp_path)
    with pytest.raises(MissingInput, match="it has 0 to 11"):
        take_variant(swept.folder, 12, tmp_path)


def test_no_sweep_where_none_was_finished(tmp_path):
    with pytest.raises(MissingInput, match="no finished sweep"):
        take_variant(tmp_path, 0)


def stored_as(swept, tmp_path, **changes):
    """A copy of a stored sweep whose record says something else; None takes a key out."""
    shutil.copytree(swept.folder, tmp_path / "copy")
    file = tmp_path / "copy" / RECORD
    told = json.loads(file.read_text()) | changes
    file.write_text(json.dumps({key: value for key, value in told.items() if value is not None}))
    return tmp_path / "copy"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"format": 9}, "is of format 9, .*update active-edge, or run the sweep again"),
        ({"format": "two"}, "format 'two' is no format.*run the sweep again"),
        ({"grid": None}, "grid is no mapping of keys, .*run the sweep again"),
        ({"strategy": 5}, "strategy is no mapping of keys, .*run the sweep again"),
        ({"screen": {"formerly": 1}}, "formerly: unknown key.*another version of the program.*run the sweep again"),
    ],
)
def test_a_record_of_another_version_or_none_at_all_is_a_sentence_with_what_to_do(changes, words, swept, tmp_path):
    with pytest.raises(MissingInput, match=rf"(?s)copy/sweep\.json: .*{words}"):
        take_variant(stored_as(swept, tmp_path, **changes), 1, tmp_path)


@pytest.mark.parametrize(
    ("text", "words"), [("[1]", "is list, not the record of a sweep"), ("[" * 100_000, "recursion")]
)
def test_a_record_that_is_none_is_a_sentence_with_what_to_do(text, words, swept, tmp_path):
    folder = stored_as(swept, tmp_path)
    (folder / RECORD).write_text(text)
    with pytest.raises(MissingInput, match=rf"copy/sweep\.json: .*{words}.*; run the sweep again"):
        take_variant(folder, 1, tmp_path)


def test_a_table_that_lost_rows_is_a_sentence_with_what_to_do(swept, tmp_path):
    folder = stored_as(swept, tmp_path)
    parts.write_table(swept.rows.iloc[:5], folder / VARIANTS)
    with pytest.raises(MissingInput, match=r"variants\.parquet: has 5 rows, none of variant 5; run the sweep again"):
        take_variant(folder, 5, tmp_path)


@pytest.mark.parametrize("file", [parts.TABLE, parts.MONTHS, parts.DAILY])
@pytest.mark.parametrize("kept", [None, 0, 300])
def test_a_part_that_was_damaged_is_made_again(file, kept, swept, tmp_path):
    folder = stored_as(swept, tmp_path) / PARTS
    (part,) = folder.iterdir()
    assert parts.is_there(folder, part.name)
    body = (part / file).read_bytes()
    (part / file).unlink() if kept is None else (part / file).write_bytes(body[:kept])
    assert not parts.is_there(folder, part.name)
