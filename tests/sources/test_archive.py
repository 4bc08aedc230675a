"""The raw archive keeps every body once, provably, through crashes."""

import gzip
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from active_edge.errors import SnapshotError, SourceError
from active_edge.sources.web import archive as archive_module
from active_edge.sources.web.archive import Archive, Incoming

TIME = "2024-05-01T12:00:00Z"
# printf hello | sha256sum
HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"


def test_a_body_is_stored_under_its_own_sha256_and_read_back(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    entry = archive.keep_bytes(b"hello", key="a/b", url="http://x/y", time=TIME)
    assert entry.sha256 == HELLO
    assert archive.location(entry).name == HELLO + ".gz"
    assert gzip.decompress(archive.location(entry).read_bytes()) == b"hello"
    assert Archive(tmp_path).read(Archive(tmp_path).latest("a/b")) == b"hello"


def test_the_same_body_is_stored_once_and_indexed_twice(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    first = archive.keep_bytes(b"hello", key="a", url="u", time=TIME)
    written = archive.location(first).stat().st_mtime_ns
    archive.keep_bytes(b"hello", key="b", url="v", time=TIME)
    assert archive.location(first).stat().st_mtime_ns == written
    assert archive.verify().entries == 2
    assert archive.verify().bodies == 1


def test_verify_finds_an_altered_a_missing_and_an_orphaned_body(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    entries = [archive.keep_bytes(name.encode(), key=name, url="u", time=TIME) for name in ("one", "two", "three")]
    assert archive.verify().proven
    archive.location(entries[0]).write_bytes(gzip.compress(b"other"))
    archive.location(entries[1]).unlink()
    (tmp_path / "bodies" / "ab").mkdir(exist_ok=True)
    (tmp_path / "bodies" / "ab" / "abandoned.gz").write_bytes(b"")
    found = archive.verify()
    assert not found.proven
    assert [line.split()[0] for line in found.altered] == ["one"]
    assert [line.split()[0] for line in found.missing] == ["two"]
    assert found.orphans == ("abandoned.gz",)


def test_a_truncated_body_is_an_error_that_names_the_remedy(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    entry = archive.keep_bytes(os.urandom(5000), key="a", url="u", time=TIME)
    location = archive.location(entry)
    location.write_bytes(location.read_bytes()[:2000])
    with pytest.raises(SnapshotError, match="data verify"):
        archive.read(entry)


@pytest.mark.parametrize("cut", [1, 20, 60])
def test_a_torn_index_line_is_cut_off_and_the_rest_stands(tmp_path: Path, cut: int) -> None:
    archive = Archive(tmp_path)
    archive.keep_bytes(b"hello", key="a", url="u", time=TIME)
    archive.keep_bytes(b"world", key="b", url="u", time=TIME)
    index = tmp_path / "index.jsonl"
    index.write_bytes(index.read_bytes()[:-cut])
    torn = Archive(tmp_path)
    assert torn.keys() == ["a"]
    assert torn.verify().torn_lines == 1
    torn.keep_bytes(b"again", key="c", url="u", time=TIME)
    assert Archive(tmp_path).keys() == ["a", "c"]


@pytest.mark.skipif(sys.platform == "win32", reason="limits of Unix")
def test_a_line_for_which_there_is_no_room_leaves_the_index_as_it_was(tmp_path: Path) -> None:
    """What a buffered file had not written yet came behind the lines when it was closed, and nobody could read them."""
    Archive(tmp_path).keep_bytes(b"hello", key="a", url="u", time=TIME)
    before = (tmp_path / "index.jsonl").read_bytes()
    asked = (
        "import resource; from pathlib import Path; from active_edge.sources.web.archive import Archive;"
        f"archive = Archive(Path({str(tmp_path)!r}));"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({len(before) + 50}, resource.RLIM_INFINITY));"
        f"archive.note(key='b', url='u' * 100, time={TIME!r}, status=404)"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=False)
    assert "the disk is full" in done.stderr
    assert (tmp_path / "index.jsonl").read_bytes() == before
    again = Archive(tmp_path)
    again.note(key="c", url="u", time=TIME, status=404)
    assert Archive(tmp_path).keys() == ["a", "c"]


def test_a_line_that_is_no_index_line_is_named(tmp_path: Path) -> None:
    Archive(tmp_path).keep_bytes(b"hello", key="a", url="u", time=TIME)
    with (tmp_path / "index.jsonl").open("ab") as file:
        file.write(b'{"nonsense": 1}\n')
    with pytest.raises(SnapshotError, match="nonsense"):
        Archive(tmp_path)


def test_threads_writing_at_once_lose_nothing(tmp_path: Path) -> None:
    archive = Archive(tmp_path)

    def write(worker: int) -> None:
        for i in range(20):
            archive.keep_bytes(f"{worker} {i}".encode(), key=f"k/{worker}/{i}", url="u", time=TIME)

    threads = [threading.Thread(target=write, args=(w,)) for w in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(Archive(tmp_path).keys("k/")) == 80
    assert Archive(tmp_path).verify().proven


def test_what_a_dead_process_left_is_swept_and_what_a_live_one_writes_is_not(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    (tmp_path / "incoming" / f"{int(dead.stdout)}-x").write_bytes(b"half")
    with archive.incoming() as incoming:
        assert archive.sweep_incoming() == 1
        assert incoming.path.exists()
    assert not list((tmp_path / "incoming").iterdir())


def test_a_full_disk_is_a_named_error_and_leaves_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = Archive(tmp_path)
    archive.keep_bytes(b"before", key="a", url="u", time=TIME)
    before = {p.relative_to(tmp_path) for p in tmp_path.rglob("*") if p.is_file()}

    class OnFullDisk(Incoming):
        def __init__(self, path: Path, file) -> None:
            file.close()
            super().__init__(path, open("/dev/full", "wb"))  # noqa: SIM115  the kernel answers ENOSPC

    monkeypatch.setattr(archive_module, "Incoming", OnFullDisk)
    with pytest.raises(SourceError, match="disk is full"):
        archive.keep_bytes(b"x" * 100_000, key="b", url="u", time=TIME)
    monkeypatch.undo()
    assert {p.relative_to(tmp_path) for p in tmp_path.rglob("*") if p.is_file()} == before
    assert archive.keep_bytes(b"after", key="b", url="u", time=TIME).bytes == 5


def test_equal_archives_have_equal_digests_whatever_the_times(tmp_path: Path) -> None:
    one, two = Archive(tmp_path / "1"), Archive(tmp_path / "2")
    for archive, time, order in ((one, TIME, "ab"), (two, "2025-01-01T00:00:00Z", "ba")):
        for key in order:
            archive.keep_bytes(key.encode(), key=key, url="u", time=time)
    assert one.digest == two.digest
    two.keep_bytes(b"changed", key="a", url="u", time=TIME)
    assert one.digest != two.digest
