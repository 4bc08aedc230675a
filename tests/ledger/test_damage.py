"""Damage to the file is named by line, the rest is read, and nothing that counts is lost unseen."""

import random

import pytest

from active_edge.ledger import Ledger
from active_edge.ledger.head import head_file
from tests.ledger.tried import lines, looked, older_ledger, tally, trial


@pytest.fixture
def ledger(tmp_path):
    """Three trials, one of them looked at twice, and a family."""
    ledger = Ledger(tmp_path / "ledger.jsonl")
    ledger.record([trial(1, looks={"IWM": looked(0.03)}), trial(2, free="control"), trial(3, family="f")])
    ledger.record([trial(2)])
    ledger.close_family("f", effective=1.0, months=60)
    return ledger


def counted(ledger):
    found = tally(ledger)
    return found.trials, found.lines, ledger.first_look(trial(1)), ledger.summary()["lineages"]


@pytest.mark.parametrize("every", [11, pytest.param(1, marks=pytest.mark.slow)])
def test_every_flip_of_one_bit_is_named_and_none_stops_reading_or_lets_a_trial_go(ledger, every):
    whole, before = ledger.path.read_bytes(), counted(ledger)
    file = ledger.path.with_name("flipped.jsonl")
    missed, fewer = [], []
    for place in range(0, 8 * len(whole), every):
        flipped = bytearray(whole)
        flipped[place // 8] ^= 1 << place % 8
        file.write_bytes(bytes(flipped))
        found = Ledger(file).tally(trial().lineage)
        if not found.damage and counted(Ledger(file)) != before:
            missed.append(place)
        if found.lines < before[1]:
            fewer.append(place)
    assert (missed, fewer) == ([], [])


def test_after_any_flip_the_ledger_goes_on_and_names_the_same_damage(ledger):
    whole = ledger.path.read_bytes()
    file = ledger.path.with_name("flipped.jsonl")
    for place in random.Random(0).sample(range(8 * len(whole)), 60):
        flipped = bytearray(whole)
        flipped[place // 8] ^= 1 << place % 8
        file.write_bytes(bytes(flipped))
        head_file(file).unlink(missing_ok=True)
        damage = Ledger(file).tally(trial().lineage).damage
        Ledger(file).record([trial(7)])
        found = Ledger(file).tally(trial().lineage)
        assert found.damage == damage or damage == (f"the end of line {len(lines(ledger))}",)
        assert found.lines >= 4


def test_a_damaged_line_is_named_and_counts_as_a_trial(ledger):
    texts = ledger.path.read_text().splitlines(keepends=True)
    texts[1] = texts[1].replace('"control"', '"Control"')
    ledger.path.write_text("".join(texts))
    found = tally(ledger)
    assert found.damage == ("line 2",)
    assert found.lines == 3  # 1, 3 and the lost one


def test_a_line_taken_out_is_named_and_counts(ledger):
    texts = ledger.path.read_text().splitlines(keepends=True)
    ledger.path.write_text("".join([texts[0], *texts[2:]]))
    found = tally(ledger)
    assert found.damage == ("1 before line 2",)
    assert found.lines == 3


def test_a_line_put_in_the_place_of_another_is_named(ledger, tmp_path):
    other = Ledger(tmp_path / "other.jsonl")
    other.record([trial(8), trial(9)])
    texts, theirs = (one.path.read_text().splitlines(keepends=True) for one in (ledger, other))
    ledger.path.write_text("".join([texts[0], theirs[1], *texts[2:]]))
    assert "line 2, which does not follow the line before it" in tally(ledger).damage


def torn(ledger, kept, number=5):
    """The ledger after a line of one more trial, of which `kept` bytes are left."""
    whole = ledger.path.read_bytes()
    ledger.record([trial(number)])
    ledger.path.write_bytes(ledger.path.read_bytes()[: len(whole) + kept])
    return Ledger(ledger.path)


@pytest.mark.parametrize("kept", [1, 10, 200])
def test_a_line_cut_short_is_named_counts_from_then_on_and_joins_nothing(ledger, kept):
    before = tally(ledger).lines
    ledger = torn(ledger, kept)
    left = ledger.path.read_bytes()
    assert (tally(ledger).lines, tally(ledger).damage) == (before + 1, ("the last line, cut short",))
    (told,) = ledger.record([trial(6)])
    assert ledger.path.read_bytes().startswith(left + b"\n")
    found = tally(Ledger(ledger.path))
    assert (told.lines, found.lines) == (before + 2, before + 2)
    assert found.damage == (f"line {len(left.splitlines())}",)


def test_a_trial_whose_line_was_cut_short_is_written_again_in_its_place_and_counts_once(ledger):
    before = tally(ledger).lines
    ledger = torn(ledger, 200)
    (told,) = ledger.record([trial(5)])
    found = tally(Ledger(ledger.path))
    assert (told.lines, told.damage) == (before + 1, ())
    assert (found.lines, found.damage) == (before + 1, ())


@pytest.mark.parametrize("again", [{"free": "control"}, {"benchmarks": ("IWM",)}])
def test_a_line_cut_short_that_another_trial_or_a_control_is_recorded_after_still_counts(ledger, again):
    before = tally(ledger).lines
    ledger = torn(ledger, 200)
    ledger.record([trial(5, **again)])
    assert tally(Ledger(ledger.path)).lines == before + 1 + ("free" not in again)


def test_too_little_of_a_line_to_name_its_trial_counts_beside_it(ledger):
    before = tally(ledger).lines
    ledger = torn(ledger, 20)
    ledger.record([trial(5)])
    assert tally(Ledger(ledger.path)).lines == before + 2


def test_a_last_line_of_an_older_ledger_that_was_cut_short_counts(tmp_path):
    file = older_ledger(tmp_path / "results", [trial(1), trial(2)])
    file.write_bytes(file.read_bytes()[:-20])
    ledger = Ledger(tmp_path / "ledger.jsonl")
    ledger.record([trial(4)], out=tmp_path / "results")
    assert (tally(ledger).lines, tally(ledger).damage) == (3, ("line 2 of results/trials.jsonl",))


@pytest.mark.parametrize(
    ("order", "damage"),
    [
        ([0, 1, 3, 2, 4], "line 4 is out of place"),
        ([1, 0, 2, 3, 4], "line 2 is out of place"),
        ([0, 1, 1, 2, 3, 4], "line 3 repeats line 2"),
        ([0, 1, 2, 3, 4, 0], "line 6 repeats line 1"),
    ],
)
def test_lines_that_changed_places_or_stand_twice_are_named_and_none_is_lost(ledger, order, damage):
    texts = ledger.path.read_text().splitlines(keepends=True)
    before = counted(ledger)
    assert len(texts) == ledger.summary()["lines"] == 5
    ledger.path.write_text("".join(texts[place] for place in order))
    changed = Ledger(ledger.path)
    assert (counted(changed), changed.summary()["lines"]) == (before, 5)
    assert tally(changed).damage == (damage,)
    changed.record([trial(7)])
    assert (tally(Ledger(ledger.path)).damage, Ledger(ledger.path).summary()["lines"]) == ((damage,), 6)


@pytest.mark.parametrize("line", [0, 1, 3])
def test_what_the_summary_says_is_charged_for_is_what_a_trial_is_charged(ledger, line):
    texts = ledger.path.read_text().splitlines(keepends=True)
    ledger.path.write_text("".join([*texts[:line], "lost\n", *texts[line + 1 :]]))
    (real,) = Ledger(ledger.path).summary()["lineages"]
    assert real["charged"] == tally(Ledger(ledger.path)).now
    head_file(ledger.path).unlink()
    ledger.path.write_text("lost\n")
    (real,) = Ledger(ledger.path).summary()["lineages"]
    assert (real["charged"], real["trials"]) == (1, 0)


def test_a_whole_last_line_without_its_end_is_kept(ledger):
    content, before = ledger.path.read_bytes(), tally(ledger).lines
    ledger.path.write_bytes(content[:-1])
    assert tally(ledger).lines == before
    ledger.record([trial(9)])
    assert ledger.path.read_bytes().startswith(content)
    assert tally(ledger).damage == ()


@pytest.mark.parametrize("junk", [b"\x00" * 300 + b"\n", b"{not json\n", b"[]\n", b"\xff\xfe\n", b"\n"])
def test_bytes_that_are_no_line_are_named_and_the_rest_is_read(ledger, junk):
    content, before = ledger.path.read_bytes(), tally(ledger).lines
    ledger.path.write_bytes(content + junk)
    assert tally(ledger).damage == (f"line {len(lines_of(content)) + 1}",)
    assert tally(ledger).lines == before + 1


def lines_of(content):
    return content.splitlines()


def test_line_ends_of_another_system_do_no_harm(ledger):
    before = counted(ledger)
    ledger.path.write_bytes(ledger.path.read_bytes().replace(b"\n", b"\r\n"))
    assert counted(Ledger(ledger.path)) == before
    assert tally(Ledger(ledger.path)).damage == ()


def test_a_bad_line_of_an_older_ledger_is_named_and_the_others_count(tmp_path):
    file = older_ledger(tmp_path / "results", [trial(1), trial(2), trial(3)])
    texts = file.read_text().splitlines(keepends=True)
    file.write_text(texts[0] + texts[1].replace("false", "flase") + texts[2])
    ledger = Ledger(tmp_path / "ledger.jsonl")
    ledger.record([trial(4)], out=tmp_path / "results")
    found = tally(ledger)
    assert found.lines == 4
    assert found.damage == ("line 2 of results/trials.jsonl",)


def test_no_flip_of_a_bit_in_an_older_ledger_stops_a_run(tmp_path):
    file = older_ledger(tmp_path / "results", [trial(1), trial(2)])
    whole = file.read_bytes()
    for place in range(0, 8 * len(whole), 13):
        flipped = bytearray(whole)
        flipped[place // 8] ^= 1 << place % 8
        file.write_bytes(bytes(flipped))
        ledger = Ledger(tmp_path / "flipped.jsonl")
        ledger.path.unlink(missing_ok=True)
        (found,) = ledger.record([trial(9)], out=tmp_path / "results")
        assert found.trials >= 2


def test_whole_lines_taken_off_the_end_are_named_and_count(ledger):
    before = tally(ledger).trials
    texts = ledger.path.read_text().splitlines(keepends=True)
    ledger.path.write_text("".join(texts[:-2]))
    found = Ledger(ledger.path)
    assert tally(found).damage == ("the last 2 lines, gone from the end",)
    assert tally(found).trials >= before
    found.record([trial(9)])
    again = tally(Ledger(ledger.path))
    assert again.damage == (f"2 before line {len(texts) - 1}",)
    assert again.trials >= before + 1


def test_a_file_that_is_deleted_leaves_the_trace_beside_it(ledger):
    written = len(lines(ledger))
    ledger.path.unlink()
    found = tally(Ledger(ledger.path))
    assert found.damage == (f"the last {written} lines, gone from the end",)
    assert found.trials >= written


def test_a_last_line_replaced_by_another_is_named(ledger, tmp_path):
    other = Ledger(tmp_path / "other.jsonl")
    other.record([trial(number) for number in range(10, 10 + len(lines(ledger)))])
    ledger.path.write_bytes(other.path.read_bytes())
    assert "which is not the one written" in tally(Ledger(ledger.path)).damage[0]


def test_a_ledger_without_its_head_is_read_as_it_stands(ledger):
    head_file(ledger.path).unlink()
    texts = ledger.path.read_text().splitlines(keepends=True)
    ledger.path.write_text("".join(texts[:-1]))
    assert not tally(Ledger(ledger.path)).damage
