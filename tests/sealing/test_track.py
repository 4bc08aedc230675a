"""The months after a seal, as they come: what counts, what was told first, what was crossed."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from active_edge.errors import ConfigError, MissingInput, SealError
from active_edge.inference.sample import Sample
from active_edge.inference.tracking import track_evidence
from active_edge.run.backtest import backtest
from active_edge.run.passive import benchmark_returns
from active_edge.sealing import make
from active_edge.sealing.make import seal
from active_edge.sealing.page import track_json
from active_edge.sealing.track import EDGE, KILL, track
from tests.report.markup import text_of
from tests.sealing.worlds import RULES, SCREEN, strategy_of, world

pytestmark = pytest.mark.slow

SEALED, END = "2004-06-15", "2010-12-31"


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(make, "today", lambda: pd.Timestamp(SEALED))


@pytest.fixture
def places(tmp_path):
    return {"out": tmp_path / "seals", "runs": tmp_path / "results"}


def real(folder, *, until: str = END, **told):
    return world(folder, end=END, until=until, simulated=False, **told)


@pytest.fixture
def sealed(tmp_path, places):
    """A strategy sealed on the data of the day."""
    return seal(strategy_of(), real(tmp_path / "then", until=SEALED), **places)


def test_only_complete_months_that_began_after_the_seal_count(tmp_path, sealed, places):
    found = track(real(tmp_path / "now", until="2006-03-15"), out=places["out"], page=False)
    months = found.batches[0].followed[0].months
    assert (months[0], months[-1], len(months)) == ("2004-07", "2006-02", 20)


def test_the_evidence_is_that_of_the_months_of_the_same_run_made_longer(tmp_path, sealed, places):
    market = real(tmp_path / "now")
    found = track(market, out=places["out"], page=False).batches[0].followed[0]
    result = backtest(strategy_of(), market, start=sealed.seal.strategies[0].start)
    after = result.returns.loc["2004-07-01":]
    paths = []
    for name in ("IWM", "IJR"):
        passive = benchmark_returns(market, name, pd.Timestamp("2004-06-30"), after.index)
        table = pd.DataFrame({"net": after, "passive": passive, "cash": 0.02 / 252})
        monthly = (1 + table).resample("ME").prod() - 1
        sample = Sample.of(monthly["net"], periods_per_year=12, cash=monthly["cash"]).against(monthly["passive"], name)
        paths.append(track_evidence(sample))
    assert found.e == pytest.approx(np.minimum(paths[0].e, paths[1].e), rel=1e-6)
    assert found.upper == pytest.approx(max(path.upper for path in paths), rel=1e-6)
    assert found.against[0.02] == pytest.approx(np.minimum(*(path.against[0.02] for path in paths)), rel=1e-6)


def test_live_months_are_believed_after_the_decay_that_was_sealed(tmp_path, places):
    then, now = (real(tmp_path / name, edge=0.02, **told) for name, told in (("then", {"until": SEALED}), ("now", {})))
    made = seal(strategy_of(more="prior: open\n"), then, decay=0.5, **places)
    believed = made.seal.strategies[0].history.believed
    found = track(now, out=places["out"])
    belief = found.batches[0].followed[0].belief
    assert (belief.prior.name, belief.prior.mean, belief.prior.deviation) == ("decay", 0.5 * believed, 0.01)
    short, mean = sorted((belief.prior.mean, found.batches[0].followed[0].alpha["IWM"]))
    assert short < belief.mean < mean
    assert track_json(found)["strategies"][0]["belief"]["prior"]["name"] == "decay"
    page = " ".join(text_of(found.page.read_text(encoding="utf-8")).split())
    assert "prior decay: 50 % of what was believed of the backtest" in page


def test_before_the_first_month_is_over_nothing_is_said(tmp_path, sealed, places):
    found = track(real(tmp_path / "now", until="2004-07-20"), out=places["out"])
    one = found.batches[0].followed[0]
    assert (one.months, one.e_now, found.crossings) == ((), 1.0, ())
    assert "No month that begins after the seal is complete yet" in found.page.read_text(encoding="utf-8")


def test_the_page_leads_to_the_list_of_runs_where_one_lies_beside_it(tmp_path, sealed, places):
    market = real(tmp_path / "now", until="2004-07-20")
    assert "All runs" not in track(market, out=places["out"]).page.read_text(encoding="utf-8")
    (places["out"] / "index.html").write_text("<title>All runs</title>", encoding="utf-8")
    assert '<a href="index.html">All runs</a>' in track(market, out=places["out"]).page.read_text(encoding="utf-8")


def test_a_large_edge_is_shown_and_no_edge_fails_and_both_stay(tmp_path, places):
    good = seal(strategy_of(), real(tmp_path / "then", edge=0.12, until=SEALED), **places)
    now = real(tmp_path / "now", edge=0.12)
    first = track(now, out=places["out"])
    claimed = first.crossed(EDGE, "held")
    assert claimed is not None
    assert first.crossed(KILL, "held") is None
    assert {one.what for one in first.new} == {EDGE}
    first.announced()
    again = track(now, out=places["out"])
    assert again.new == ()
    assert again.crossed(EDGE, "held") == claimed
    assert good.seal.test.claim == 20


@pytest.mark.slow
def test_what_was_crossed_is_new_until_it_was_told(tmp_path, places):
    seal(strategy_of(), real(tmp_path / "then", edge=-0.06, until=SEALED), **places)
    now = real(tmp_path / "now", edge=-0.06)
    killed = track(now, out=places["out"], page=False)
    assert KILL in {one.what for one in killed.new}
    # Killed before anything was printed: the next look says it as new once more.
    assert [one.month for one in track(now, out=places["out"], page=False).new] == [one.month for one in killed.new]


def test_restated_months_are_shown_and_the_first_telling_counts(tmp_path, sealed, places):
    first = track(real(tmp_path / "first", until="2007-12-31"), out=places["out"], page=False)
    told = sealed.path.with_name(sealed.path.name.removesuffix(".yaml") + ".told.jsonl")
    restated = real(tmp_path / "later", changed={"2005-05-10": 0.30})
    later = track(restated, out=places["out"], page=False).batches[0].followed[0]
    before = first.batches[0].followed[0]
    assert later.e[: len(before.e)].tolist() == before.e.tolist()
    assert any("9 months of it were restated after the first telling (2005-05, 2005-06" in note for note in later.notes)
    lines = [json.loads(line) for line in told.read_text().splitlines()]
    # The portfolio holds more of the name until it is rebalanced on the first day of the year.
    months = [line["month"] for line in lines if line["event"] == "restated"]
    assert months == [*(f"2005-{month:02}" for month in range(5, 13)), "2006-01"]
    track(restated, out=places["out"], page=False)
    assert told.read_text().count("restated") == len(months)


def test_a_revised_history_keeps_its_p_and_is_logged(tmp_path, sealed, places):
    revised = real(tmp_path / "later", changed={"2003-05-12": 0.40})
    found = track(revised, out=places["out"], page=False).batches[0].followed[0]
    assert any("The history before the seal was revised: its p was" in note for note in found.notes)
    p = sealed.seal.strategies[0].history
    assert found.combined == pytest.approx(0.5 / min(1, p.p * p.trials) ** 0.5 * found.e_now)
    told = next(places["out"].glob("*.told.jsonl")).read_text()
    assert told.count("history revised") == 1


def test_a_month_without_prices_stops_the_count_and_is_named(tmp_path, sealed, places):
    found = track(real(tmp_path / "now", without="2006-03"), out=places["out"], page=False).batches[0].followed[0]
    assert found.months[-1] == "2006-02"
    assert any("2006-03 is a hole" in note for note in found.notes)


def test_a_month_without_a_level_of_a_benchmark_stops_the_count_and_names_it(tmp_path, sealed, places):
    found = track(real(tmp_path / "now", no_levels={"IJR": "2006-03"}), out=places["out"], page=False)
    one = found.batches[0].followed[0]
    assert one.months[-1] == "2006-02"
    assert any("2006-03 is a hole: IJR has no level" in note for note in one.notes)


def test_a_benchmark_that_ends_early_ends_the_count_and_is_named(tmp_path, sealed, places):
    market = real(tmp_path / "now")
    short = world(tmp_path / "short", end=END, simulated=False, no_levels={"IJR": slice("2009-05", END)})
    found = track(short, out=places["out"], page=False).batches[0].followed[0]
    assert found.months[-1] == "2009-04"
    assert any("IJR ends on 2009-04-30, the prices on" in note for note in found.notes)
    assert track(market, out=places["out"], page=False).batches[0].followed[0].months[-1] == "2010-12"


def test_a_market_older_than_the_seal_another_world_and_an_empty_folder_are_refused(tmp_path, sealed, places):
    with pytest.raises(MissingInput, match="has seen data up to 2004-06-15, this market ends on 2003-12-31"):
        track(real(tmp_path / "old", until="2003-12-31"), out=places["out"])
    with pytest.raises(MissingInput, match="was sealed on a real one, this is a simulated market"):
        track(world(tmp_path / "invented"), out=places["out"])
    with pytest.raises(ConfigError, match="was sealed on a real one"):
        track(world(tmp_path / "invented2"), out=places["out"], seals=[sealed.path])
    with pytest.raises(SealError, match="holds no seal"):
        track(real(tmp_path / "now"), out=tmp_path / "nothing")


def test_a_benchmark_that_is_not_there_any_more_is_named(tmp_path, places):
    then = real(tmp_path / "then", until=SEALED)
    seal([strategy_of(), strategy_of("small", rules=RULES.replace("[IWM, IJR]", "[IJR]"))], then, **places)
    without = world(tmp_path / "now", end=END, simulated=False, no_levels={"IJR": slice("2000", END)})
    with pytest.raises(MissingInput, match="the market has no series IJR, which it was sealed against"):
        track(without, out=places["out"])


def test_a_changed_seal_is_left_out_with_the_reason_and_refused_by_name(tmp_path, sealed, places):
    other = seal(strategy_of("capped", more="max_weight: 0.4\n"), real(tmp_path / "t", until=SEALED), **places)
    other.path.write_text(other.path.read_text().replace("kill: 0.04", "kill: 0.2"))
    market = real(tmp_path / "now", until="2006-12-29")
    found = track(market, out=places["out"])
    assert [batch.seal.batch for batch in found.batches] == [1]
    assert "test.kill is not what was sealed" in found.left_out[other.path.name]
    assert "test.kill is not what was sealed" in found.page.read_text(encoding="utf-8")
    with pytest.raises(SealError, match=r"test\.kill is not what was sealed"):
        track(market, out=places["out"], seals=[other.path])


def test_a_batch_that_was_taken_away_is_missed(tmp_path, sealed, places):
    seal(strategy_of("capped", more="max_weight: 0.4\n"), real(tmp_path / "t", until=SEALED), **places)
    sealed.path.unlink()
    found = track(real(tmp_path / "now", until="2006-12-29"), out=places["out"], page=False)
    assert any("batch 1 is not in" in gap for gap in found.gaps)


def test_a_plug_in_is_run_from_the_seal_though_its_file_is_gone(tmp_path, places):
    own = tmp_path / "own.py"
    own.write_text(
        '"""Own."""\nimport numpy as np\nimport active_edge as ae\n\n'
        '@ae.factor(unit="ratio", good="high", source="Own (2020)")\ndef own_level(panel):\n'
        '    """The level."""\n    return np.ones(panel.shape)\n'
    )
    from active_edge.plugins import scope

    screen = f"{SCREEN}require:\n  own_level: {{min: 0.5}}\n"
    with scope(files=[own]):
        seal(strategy_of(screen=screen), real(tmp_path / "then", until=SEALED), **places)
    own.unlink()
    heard: list[object] = []
    market = real(tmp_path / "now", until="2006-12-29")
    found = track(market, out=places["out"], announce=heard.append, page=False)
    assert len(found.batches[0].followed[0].months) == 30
    assert len(heard) == 1
    with pytest.raises(MissingInput, match="own_level"):
        track(market, out=places["out"], plugins=False)


def test_a_month_edited_in_the_record_is_left_out_and_todays_data_count_for_it_and_all_say_so(tmp_path, sealed, places):
    market = real(tmp_path / "now", until="2006-12-29")
    honest = track(market, out=places["out"], page=False).batches[0].followed[0]
    told = next(places["out"].glob("*.told.jsonl"))
    lines = told.read_text().splitlines(keepends=True)
    net = json.loads(lines[3])["returns"]["net"]
    lines[3] = lines[3].replace(f'"net":{net}', '"net":0.9')
    assert '"net":0.9' in lines[3]
    told.write_text("".join(lines))
    found = track(market, out=places["out"])
    (one,) = found.batches[0].followed
    assert one.e.tolist() == honest.e.tolist()
    assert found.records[0].damage == ("line 4",)
    assert any("1 month of it counts by later data, for its line" in note and "2004-10." in note for note in one.notes)
    record = track_json(found)["batches"][0]["record"]
    assert (record["damage"], record["anew"]) == (("line 4",), {"held": ("2004-10",)})
    page = " ".join(found.page.read_text(encoding="utf-8").split())
    assert "was damaged or edited after it was written (line 4)" in page.replace("\u00a0", " ")
    # The next look still knows it: what was damaged stays in the file.
    assert track(market, out=places["out"], page=False).records == found.records


def test_a_lost_month_that_the_data_have_no_more_ends_the_count(tmp_path, sealed, places):
    track(real(tmp_path / "now", until="2006-12-29"), out=places["out"], page=False)
    told = next(places["out"].glob("*.told.jsonl"))
    lines = told.read_text().splitlines(keepends=True)
    told.write_text("".join([*lines[:3], *lines[4:]]))
    holed = real(tmp_path / "holed", until="2006-12-29", without="2004-10")
    one = track(holed, out=places["out"], page=False).batches[0].followed[0]
    assert one.months[-1] == "2004-09"
    assert any("2004-10 is lost from the record and not in today's data" in note for note in one.notes)


def test_one_restated_month_was_and_several_were(tmp_path, sealed, places):
    track(real(tmp_path / "now", until="2006-12-29"), out=places["out"], page=False)
    later = real(tmp_path / "later", until="2006-12-29", changed={"2006-12-12": 0.3})
    notes = track(later, out=places["out"], page=False).batches[0].followed[0].notes
    assert any("1 month of it was restated after the first telling (2006-12)" in note for note in notes)


@pytest.mark.slow
def test_one_of_several_sealed_together_needs_more_and_a_mean_speaks_for_all(tmp_path, places):
    chosen = [strategy_of(name, more=f"max_weight: {cap}\n") for name, cap in (("a", 1.0), ("b", 0.45), ("c", 0.4))]
    seal(chosen, real(tmp_path / "then", edge=0.12, until=SEALED), **places)
    batch = track(real(tmp_path / "now", edge=0.12), out=places["out"]).batches[0]
    assert batch.seal.named_claim == 60
    now = [one.e_now for one in batch.followed]
    assert batch.mean[-1] == pytest.approx(np.mean(now))
    assert batch.some_edge() == next(m for m, e in zip(batch.months, batch.mean, strict=True) if e >= 20)
    assert set(batch.listed) == {one.sealed.name for one in batch.followed if one.e_now >= 20}


def test_evidence_of_a_lost_strategy_counts_as_none(tmp_path, places):
    seal(
        [strategy_of("a"), strategy_of("b", more="max_weight: 0.4\n")], real(tmp_path / "then", until=SEALED), **places
    )
    from active_edge.sealing.batches import batch_of

    found = track(real(tmp_path / "now"), out=places["out"], page=False).batches[0]
    lost = batch_of(found.seal, found.hash, found.followed[:1], {"b": "gone"})
    assert lost.mean[-1] == pytest.approx((found.followed[0].e_now + 1) / 2)
    assert replace(found, unfollowed={}).weight == 0.5
