"""The drawing of the rooms is the imports: no arrow points up, and an arrow more or less is noticed."""

import shutil

import pytest

from scripts.rooms import END, START, arrows, arrows_up, drawing, in_step, ordered_rooms, rounded, with_drawing
from scripts.sizes import PACKAGE, PROJECT


@pytest.fixture
def copy(tmp_path):
    place = tmp_path / "active_edge"
    shutil.copytree(PACKAGE, place, ignore=shutil.ignore_patterns("__pycache__", "*.json"))
    return place


def append(file, text):
    file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")


@pytest.mark.slow
def test_no_arrow_points_up_inner_rooms_included():
    assert arrows_up(ordered_rooms(), arrows()) == []


def test_an_arrow_between_inner_rooms_that_points_up_stops_the_drawing(copy):
    append(copy / "sources" / "web" / "pacing.py", "\n\ndef late():\n    from active_edge.sources.sec import fsds\n")
    assert arrows_up(ordered_rooms(), arrows(copy)) == ["sources/web imports sources/sec"]
    with pytest.raises(SystemExit, match="sources/web imports sources/sec"):
        drawing(copy)


def test_an_arrow_up_for_typing_alone_counts_too(copy):
    append(copy / "words.py", "\n\nif TYPE_CHECKING:\n    from active_edge.market import Market\n")
    assert arrows_up(ordered_rooms(), arrows(copy)) == ["words imports market"]


def test_a_new_arrow_is_out_of_step_and_a_few_lines_are_not(copy):
    page = with_drawing(f"above\n{START}\n{END}\nbelow\n", drawing(copy))
    assert in_step(page, drawing(copy))
    append(copy / "ledger" / "ledger.py", "# one more line\n" * 5)
    assert in_step(page, drawing(copy))
    append(copy / "ledger" / "ledger.py", "import active_edge.crosssection\n")
    assert not in_step(page, drawing(copy))
    append(copy / "words.py", "# many more lines\n" * 300)
    assert not in_step(page, drawing(copy))
    assert in_step(with_drawing(page, drawing(copy)), drawing(copy))


@pytest.mark.parametrize(("lines", "told"), [(3_746, 3_700), (3_760, 3_800), (182, 200), (94, 90), (30, 30), (4, 10)])
def test_lines_are_told_to_hundreds_and_below_that_to_tens(lines, told):
    assert rounded(lines) == told


def test_every_room_is_explained():
    page = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = page.split("| room, from the top down | is |")[1].split("[docs/rooms.md]")[0]
    assert [room for room in ordered_rooms() if f"`{room}`" not in table and room != "__main__"] == []
