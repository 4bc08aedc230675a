"""Wherever a writer fails or dies, old or new stands there whole, and the next writer puts the rest right."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from active_edge import whole
from active_edge.whole import passing_folder, put_right, remove_begun, whole_folder, write_whole

REPLACE = """
import os, sys
from pathlib import Path
from active_edge import whole
folder, point, exchange = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "exchange"
if not exchange:
    whole._exchanged = lambda first, second: False
passed = 0
def dying(function):
    def call(*given, **named):
        global passed
        passed += 1
        if passed == point:
            os._exit(9)
        return function(*given, **named)
    return call
for name in ("mkdir", "rename", "unlink", "rmdir"):
    setattr(os, name, dying(getattr(os, name)))
with whole.whole_folder(folder) as new:
    (new / "a").write_text("new")
    (new / "b").write_text("new")
print(passed)
"""


def stored(folder, text="old"):
    folder.mkdir()
    for name in "ab":
        (folder / name).write_text(text)


def content(folder):
    return {path.name: path.read_text() for path in folder.iterdir()}


def killed(folder, point, how):
    command = [sys.executable, "-c", REPLACE, str(folder), str(point), how]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("how", ["exchange", "two steps"])
def test_killed_at_any_change_of_the_folder_old_or_new_stands_there_whole(tmp_path, how):
    folder = tmp_path / "run"
    for point in range(1, 40):
        if not folder.exists():
            stored(folder)
        died = killed(folder, point, how)
        if how == "exchange":
            assert folder.exists()
        put_right(tmp_path)
        assert set(content(folder).values()) in ({"old"}, {"new"})
        assert len(content(folder)) == 2
        assert os.listdir(tmp_path) == ["run"], "nothing is left behind"
        if died.returncode == 0:
            assert int(died.stdout) == point - 1, "every change was one of the points"
            return
    pytest.fail("it never came to its end")


@pytest.mark.parametrize("fallback", [False, True])
@pytest.mark.parametrize("nth", [1, 2, 3])
def test_an_error_of_the_system_at_any_rename_leaves_the_old(tmp_path, monkeypatch, fallback, nth):
    folder = tmp_path / "run"
    stored(folder)
    if fallback:
        monkeypatch.setattr(whole, "_exchanged", lambda first, second: False)
    rename, calls = os.rename, []

    def failing(*given):
        calls.append(given)
        if len(calls) == nth:
            raise OSError(5, "Input/output error")
        return rename(*given)

    monkeypatch.setattr(os, "rename", failing)
    try:
        with whole_folder(folder) as new:
            stored(new / "in")
    except OSError:
        assert content(folder) == {"a": "old", "b": "old"}
    else:
        assert os.listdir(folder) == ["in"], "only where that rename is never reached"
    assert os.listdir(tmp_path) == ["run"]


def test_a_block_that_fails_leaves_the_old_and_nothing_else(tmp_path):
    stored(tmp_path / "run")
    with pytest.raises(ZeroDivisionError), whole_folder(tmp_path / "run"):
        _ = 1 / 0
    assert os.listdir(tmp_path) == ["run"]
    assert content(tmp_path / "run") == {"a": "old", "b": "old"}


def test_a_file_that_cannot_be_written_leaves_the_old(tmp_path, monkeypatch):
    write_whole(tmp_path / "page", "old")
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        write_whole(tmp_path / "page", "new")
    assert os.listdir(tmp_path) == ["page"]
    assert (tmp_path / "page").read_text() == "old"


def test_only_what_dead_writers_of_this_machine_left_is_removed(tmp_path):
    command = [sys.executable, "-c", "import os; print(os.getpid())"]
    dead = subprocess.run(command, capture_output=True, text=True, check=True)
    mine, gone = whole._HOST, dead.stdout.strip()
    kept = [
        f".page.{mine}-{os.getpid()}-{whole._PROCESS}-0.part",
        f".page.{mine}-{os.getppid()}-abcdef-0.part",
        f".page.000000-{gone}-abcdef-0.part",
        ".page.unfinished",
        "page",
    ]
    left = [f".page.{mine}-{gone}-abcdef-0.part", f".page.{mine}-{os.getpid()}-abcdef-0.part"]
    for name in kept + left:
        Path(tmp_path / name).write_text("")
    put_right(tmp_path)
    assert sorted(os.listdir(tmp_path)) == sorted(kept)


def test_writers_at_once_in_one_folder_never_share_a_name(tmp_path):
    code = (
        "import sys; from pathlib import Path; from active_edge.whole import *\n"
        "for n in range(60):\n"
        "    write_whole(Path(sys.argv[1]) / 'page', sys.argv[2] * 9999)\n"
        "    with whole_folder(Path(sys.argv[1]) / 'run') as new: (new / 'a').write_text(sys.argv[2] * 99)\n"
    )
    at_once = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), letter]) for letter in "xyz"]
    assert [one.wait() for one in at_once] == [0, 0, 0]
    assert sorted(os.listdir(tmp_path)) == ["page", "run"]
    assert len(set((tmp_path / "page").read_text())) == 1
    assert len((tmp_path / "page").read_text()) == 9999


def test_what_was_begun_goes_with_a_process_that_is_ended_at_a_word(tmp_path):
    stored(tmp_path / "run")
    with whole_folder(tmp_path / "run") as new, passing_folder("making", tmp_path) as made:
        (new / "a").write_text("new")
        (made / "b").write_text("new")
        remove_begun()
        assert content(tmp_path / "run") == {"a": "old", "b": "old"}
        assert [path.name for path in tmp_path.iterdir()] == ["run"]
        new.mkdir()


@pytest.mark.parametrize("beside", [True, False], ids=["where it is told", "where the system keeps such things"])
def test_a_folder_for_one_task_that_a_killed_process_left_goes_with_the_next(tmp_path, monkeypatch, beside):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    inside = tmp_path if beside else None
    code = (
        "import os, sys; from pathlib import Path; from active_edge.whole import passing_folder\n"
        "with passing_folder('task', Path(sys.argv[1]) if sys.argv[1:] else None) as folder:\n"
        "    (folder / 'rows').write_text('1'); os.kill(os.getpid(), 9)\n"
    )
    died = subprocess.run([sys.executable, "-c", code, *map(str, filter(None, [inside]))], check=False)
    assert died.returncode == -9
    (left,) = tmp_path.iterdir()
    assert (left / "rows").exists()
    with passing_folder("task", inside) as folder:
        assert list(tmp_path.iterdir()) == [folder]
        assert folder.stat().st_mode & 0o777 == 0o700
    assert list(tmp_path.iterdir()) == []


def test_a_folder_moved_aside_gets_its_name_again(tmp_path, monkeypatch):
    folder = tmp_path / "run"
    stored(folder)
    monkeypatch.setattr(whole, "_exchanged", lambda first, second: False)
    aside = whole._hidden(folder, "old")
    folder.rename(aside)
    remove_begun()
    assert content(folder) == {"a": "old", "b": "old"}
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_whoever_numbers_processes_otherwise_is_another_machine_though_it_has_this_name():
    inside = ("unshare", "--user", "--map-root-user", "--pid", "--fork")
    asked = (sys.executable, "-c", "from active_edge import whole; print(whole._HOST)")
    if (
        shutil.which("unshare") is None
        or subprocess.run([*inside, "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("no processes of one's own are to be had here")
    here, there = (
        subprocess.run(command, capture_output=True, text=True, check=True).stdout
        for command in (asked, inside + asked)
    )
    assert here.strip() == whole._HOST
    assert there.strip() not in ("", whole._HOST)
