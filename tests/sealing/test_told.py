"""The record of months: no edit goes unnoticed, and a record from before checksums is called one."""

import json

import pytest

from active_edge.errors import SealError
from active_edge.sealing.told import Told

DIGEST = "d" * 64
MONTHS = {f"2005-{month:02}": {"net": month / 100, "IWM": 0.01} for month in range(1, 7)}
LOOK = {"looked": "2005-07-01T00:00:00+00:00", "snapshot": "abc"}


@pytest.fixture
def seal(tmp_path):
    """The path of a seal whose first half year was told and a crossing announced."""
    path = tmp_path / "001-held.yaml"
    told = Told(path, DIGEST)
    told.add_months("held", MONTHS, **LOOK)
    told.add_crossing("edge shown", "held", "2005-06", looked=LOOK["looked"])
    return path


def texts(seal):
    return Told(seal, DIGEST).path.read_text().splitlines(keepends=True)


def written(seal, lines):
    Told(seal, DIGEST).path.write_text("".join(lines))
    return Told(seal, DIGEST)


def unchained(seal):
    """The same record as versions before format 2 wrote it."""
    lines = [json.loads(text) for text in texts(seal)]
    for line in lines:
        line["format"] = 1
        for key in ("line", "prev", "sum"):
            del line[key]
    return [json.dumps(line, sort_keys=True) + "\n" for line in lines]


def test_a_record_that_nobody_touched_has_nothing_to_say(seal):
    told = Told(seal, DIGEST)
    assert told.months("held") == MONTHS
    assert told.crossed() == {("edge shown", "held"): "2005-06"}
    assert told.record().sentences() == []


@pytest.mark.parametrize("place", range(7))
def test_any_edited_line_is_named_and_left_out_alone(seal, place):
    lines = texts(seal)
    lines[place] = lines[place].replace("2005-0", "2004-0")
    told = written(seal, lines)
    assert told.record().damage == (f"line {place + 1}",)
    assert "was damaged or edited after it was written (line" in told.record().sentences()[0]
    kept = [month for number, month in enumerate(MONTHS) if number != place]
    assert list(told.months("held")) == kept
    assert bool(told.crossed()) == (place != 6)


def test_a_month_whose_line_is_lost_is_told_anew_once_and_named(seal):
    lines = texts(seal)
    told = written(seal, [*lines[:2], *lines[3:]])
    told.add_months("held", MONTHS | {"2005-03": {"net": 0.07, "IWM": 0.01}}, **LOOK)
    again = Told(seal, DIGEST)
    assert again.months("held")["2005-03"]["net"] == 0.07
    assert again.record().anew == {"held": ("2005-03",)}
    assert again.record().damage == ("1 before line 3",)
    assert again.add_months("held", MONTHS, **LOOK) == ["2005-03"]


def test_a_line_of_another_copy_of_the_record_counts_for_nothing(seal, tmp_path):
    other = Told(tmp_path / "other.yaml", DIGEST)
    other.add_months("held", {month: {"net": 0.5, "IWM": 0.0} for month in MONTHS}, **LOOK)
    lines, forged = texts(seal), other.path.read_text().splitlines(keepends=True)
    told = written(seal, [*lines[:3], forged[3], *lines[4:]])
    assert "line 4, which does not follow the line before it" in told.record().damage
    assert not any(values["net"] == 0.5 for values in told.months("held").values())


def test_lines_of_another_seal_and_lines_without_a_checksum_are_damage(seal, tmp_path):
    assert len(Told(seal, "e" * 64).record().damage) == 7
    forged = json.dumps({**json.loads(unchained(seal)[0]), "month": "2005-07"}) + "\n"
    told = written(seal, [*texts(seal), forged])
    assert told.record().damage == ("line 8",)
    assert list(told.months("held")) == list(MONTHS)


def test_a_line_that_was_being_written_is_no_damage_and_is_written_again(seal):
    told = written(seal, [*texts(seal), '{"event": "mon'])
    assert told.record().sentences() == []
    told.add_months("held", {"2005-07": {"net": 0.1, "IWM": 0.0}}, **LOOK)
    assert list(Told(seal, DIGEST).months("held"))[-1] == "2005-07"
    assert Told(seal, DIGEST).record().damage == ()


def test_two_looks_at_once_tell_a_month_once(seal):
    first, second = Told(seal, DIGEST), Told(seal, DIGEST)
    for told in (first, second):
        told.add_months("held", {"2005-07": {"net": 0.1, "IWM": 0.0}}, **LOOK)
    assert len(texts(seal)) == 8
    assert Told(seal, DIGEST).record().damage == ()


def test_an_unchained_record_is_read_once_and_called_unchained_ever_after(seal):
    told = written(seal, unchained(seal))
    assert told.months("held") == MONTHS
    assert told.record().unchained == 7
    assert "7 lines of 001-held.told.jsonl were written before lines had checksums" in told.record().sentences()[0]
    before = texts(seal)
    told = Told(seal, DIGEST)
    assert (texts(seal), told.record().unchained, told.record().damage) == (before, 7, ())
    # From now on an edit is found.
    before[2] = before[2].replace('"net":0.02', '"net":0.90')
    told = written(seal, before)
    assert told.record().damage == ("line 3",)
    assert "2005-02" not in told.months("held")


def test_a_bad_line_of_an_unchained_record_is_named_for_good(seal):
    lines = unchained(seal)
    lines[3] = lines[3].replace('"returns"', '"retruns"')
    told = written(seal, lines)
    assert "2005-04" not in told.months("held")
    assert Told(seal, DIGEST).record().damage == ("line 4 of the unchained record",)


def test_a_newer_format_is_refused_in_words(seal, monkeypatch):
    monkeypatch.setattr("active_edge.sealing.told.TOLD_FORMAT", 3)
    Told(seal, DIGEST).add_months("held", {"2005-07": {"net": 0.1, "IWM": 0.0}}, **LOOK)
    monkeypatch.undo()
    with pytest.raises(SealError, match=r"told\.jsonl:8: is of format 3, .*update active-edge"):
        Told(seal, DIGEST)
