"""The raw archive: every body a source ever sent, once, compressed, with url, time and sha256.

```
ARCHIVE/
  index.jsonl            one line per answer, append-only: key, url, time, status, sha256, bytes
  bodies/ab/abcdef….gz   the body, named by the sha256 of its uncompressed bytes (zips are kept as they came: .zip)
  incoming/              bodies on their way in; what a killed process leaves here is never read
```
A body is complete under its final name before its line is written, so a process killed at any moment leaves
either nothing or a whole answer. A torn last line is cut off by the next writer.
"""

from __future__ import annotations

import contextlib
import errno
import gzip
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

import orjson
from filelock import FileLock

from active_edge.errors import SnapshotError, SourceError
from active_edge.whole import append_whole

CHUNK_BYTES = 1 << 20

WITHDRAWN = 0
"""Status of a note that takes back what the last one said: it was not there only because its address had moved."""


@dataclass(frozen=True)
class Entry:
    """One answer of a source.

    `time` is UTC, ISO 8601 to the second. `status` is the HTTP status: 200 for a body, 404 for "there is no such
    thing", which is an answer worth keeping too. `bytes` counts the uncompressed body.
    """

    key: str
    url: str
    time: str
    sha256: str
    bytes: int
    status: int = 200
    stored: str = ""
    etag: str = ""
    modified: str = ""

    @property
    def day(self) -> str:
        """UTC day of the answer, `YYYY-MM-DD`."""
        return self.time[:10]


@dataclass(frozen=True)
class Verification:
    """What `verify` found: entries proven, and the ones that are missing, altered or orphaned."""

    entries: int
    bodies: int
    bytes: int
    missing: tuple[str, ...]
    altered: tuple[str, ...]
    orphans: tuple[str, ...]
    torn_lines: int

    @property
    def proven(self) -> bool:
        """True when every indexed body is there and hashes to its name; orphans are harmless."""
        return not self.missing and not self.altered


@contextlib.contextmanager
def disk_errors_named(where: Path) -> Iterator[None]:
    """Turn "no space left" and kin, wherever they surface inside, into one named error.

    Raises
    ------
    SourceError
        The disk or the quota is full; nothing half-written stays, the same command goes on later.
    """
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise SourceError(
                f"{where}: the disk is full ({error.strerror}); free some space and run the same command again: "
                "it goes on where it stopped"
            ) from error
        raise


class Archive:
    """A write-once store of raw bodies; safe for several threads and processes at once."""

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        self._index = self.path / "index.jsonl"
        self._incoming = self.path / "incoming"
        self._entries: dict[str, list[Entry]] = {}
        self._read_to = 0
        with disk_errors_named(self.path):
            self._incoming.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(str(self.path / "index.lock"))
        self.refresh()

    def refresh(self) -> None:
        """Read what was appended to the index since the last look, by this or another process."""
        if not self._index.exists():
            return
        with self._index.open("rb") as file:
            file.seek(self._read_to)
            text = file.read()
        complete = text.rfind(b"\n") + 1
        for line in text[:complete].splitlines():
            try:
                entry = Entry(**orjson.loads(line))
            except (orjson.JSONDecodeError, TypeError) as error:
                raise SnapshotError(
                    f"{self._index}: a line is not an index line ({line[:60]!r}); restore the index from a copy, or "
                    "take this line out: what it named is asked again"
                ) from error
            self._entries.setdefault(entry.key, []).append(entry)
        self._read_to += complete

    def latest(self, key: str) -> Entry | None:
        """Newest answer for a key, or None."""
        versions = self._entries.get(key)
        return versions[-1] if versions else None

    def latest_body(self, key: str) -> Entry | None:
        """Newest answer for a key whose body is there, or None."""
        return next((entry for entry in reversed(self._entries.get(key, [])) if self.holds(entry)), None)

    def holds(self, entry: Entry) -> bool:
        """True when the body of an entry is there (it is not hashed)."""
        return entry.status == 200 and self.location(entry).is_file()

    def versions(self, key: str) -> tuple[Entry, ...]:
        """All answers for a key, oldest first."""
        return tuple(self._entries.get(key, ()))

    def keys(self, prefix: str = "") -> list[str]:
        """Keys that begin with `prefix`, sorted."""
        return sorted(key for key in self._entries if key.startswith(prefix))

    def bodies(self, prefix: str) -> Iterator[tuple[str, Entry]]:
        """Keys under `prefix` whose newest answer has a body, sorted by key."""
        for key in self.keys(prefix):
            entry = self._entries[key][-1]
            if entry.status == 200:
                yield key, entry

    @property
    def digest(self) -> str:
        """sha256 over the newest (key, status, sha256) of every key: equal archives have equal digests."""
        lines = [f"{key} {self._entries[key][-1].status} {self._entries[key][-1].sha256}" for key in self.keys()]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def location(self, entry: Entry) -> Path:
        """Where the (possibly compressed) body of an entry lies."""
        return self.path / "bodies" / entry.sha256[:2] / entry.stored

    def open(self, entry: Entry) -> BinaryIO:
        """Binary file over the uncompressed body.

        Raises
        ------
        SnapshotError
            The body is not where the index says.
        """
        location = self.location(entry)
        if not location.is_file():
            raise SnapshotError(f"{location}: the body of {entry.key} is missing; run `data verify`, then `data pull`")
        return cast(BinaryIO, gzip.open(location, "rb") if location.suffix == ".gz" else location.open("rb"))

    def read(self, entry: Entry, *, max_bytes: int = 1 << 30) -> bytes:
        """Whole uncompressed body; at most `max_bytes` of it exist or it is refused.

        Raises
        ------
        SnapshotError
            The body is missing, damaged or larger than the bound.
        """
        if entry.bytes > max_bytes:
            raise SnapshotError(f"{entry.key}: {entry.bytes} bytes, more than the {max_bytes} this reader takes")
        try:
            with self.open(entry) as file:
                return file.read(max_bytes + 1)
        except (EOFError, gzip.BadGzipFile, OSError) as error:
            raise SnapshotError(f"{self.location(entry)}: damaged ({error}); run `data verify`") from error

    @contextlib.contextmanager
    def incoming(self) -> Iterator[Incoming]:
        """A place to write one body to; what is not kept is removed."""
        with disk_errors_named(self.path):
            descriptor, name = tempfile.mkstemp(dir=self._incoming, prefix=f"{os.getpid()}-")
            incoming = Incoming(Path(name), os.fdopen(descriptor, "wb"))
        try:
            yield incoming
        finally:
            with contextlib.suppress(OSError):
                incoming.file.close()
            Path(name).unlink(missing_ok=True)

    def keep(self, incoming: Incoming, *, key: str, url: str, time: str, etag: str = "", modified: str = "") -> Entry:
        """Store a finished body and index it; returns its entry.

        Raises
        ------
        SourceError
            The disk is full.
        """
        with disk_errors_named(self.path):
            incoming.close()
            sha256 = incoming.sha256
            stored = sha256 + (".zip" if incoming.is_zip else ".gz")
            final = self.path / "bodies" / sha256[:2] / stored
            if not final.exists():
                final.parent.mkdir(parents=True, exist_ok=True)
                source = incoming.path if incoming.is_zip else _compressed(incoming.path)
                os.replace(source, final)
                _sync_folder(final.parent)
            entry = Entry(key, url, time, sha256, incoming.bytes, 200, stored, etag, modified)
            self._append(entry)
        return entry

    def keep_bytes(self, body: bytes, *, key: str, url: str, time: str) -> Entry:
        """Store a body that is already in memory; returns its entry."""
        with self.incoming() as incoming:
            incoming.write(body)
            return self.keep(incoming, key=key, url=url, time=time)

    def note(self, *, key: str, url: str, time: str, status: int) -> Entry:
        """Index an answer without a body (404: there is no such thing)."""
        entry = Entry(key, url, time, "", 0, status)
        self._append(entry)
        return entry

    def unchanged(self, entry: Entry, *, time: str) -> Entry:
        """Index that a source said, at `time`, that its newest body still stands."""
        fresh = Entry(**{**asdict(entry), "time": time})
        self._append(fresh)
        return fresh

    def _append(self, entry: Entry) -> None:
        line = orjson.dumps(asdict(entry)) + b"\n"
        with disk_errors_named(self.path), self._lock:
            append_whole(self._index, line, self._whole_lines())
            self.refresh()

    def _whole_lines(self) -> int:
        """Bytes of the index up to the end of its last whole line."""
        try:
            with self._index.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - (1 << 16)))
                tail = file.read()
        except FileNotFoundError:
            return 0
        return size - len(tail) + tail.rfind(b"\n") + 1

    def sweep_incoming(self) -> int:
        """Remove what killed processes left in `incoming`; returns how many files."""
        removed = 0
        for path in self._incoming.iterdir():
            pid = path.name.split("-")[0]
            if pid.isdecimal() and not _alive(int(pid)):
                path.unlink(missing_ok=True)
                removed += 1
        return removed

    def verify(self) -> Verification:
        """Hash every body again and hold it against the index."""
        torn = int(self._index.exists() and self._index.stat().st_size > self._read_to)
        indexed = {e.stored: e for versions in self._entries.values() for e in versions if e.status == 200}
        missing, altered, total = [], [], 0
        for stored, entry in sorted(indexed.items()):
            location = self.location(entry)
            if not location.is_file():
                missing.append(f"{entry.key} ({stored})")
                continue
            digest, size = _hash_body(location)
            total += size
            if digest != entry.sha256 or size != entry.bytes:
                altered.append(f"{entry.key} ({stored})")
        there = {p.name for p in (self.path / "bodies").glob("*/*")}
        orphans = tuple(sorted(there - indexed.keys()))
        count = sum(len(v) for v in self._entries.values())
        return Verification(count, len(indexed), total, tuple(missing), tuple(altered), orphans, torn)


class Incoming:
    """One body being written: counts and hashes as it goes."""

    def __init__(self, path: Path, file: IO[bytes]) -> None:
        self.path = path
        self.file = file
        self.bytes = 0
        self.head = b""
        self._hash: Any = hashlib.sha256()

    def write(self, chunk: bytes) -> None:
        """Append a chunk."""
        if len(self.head) < 4096:
            self.head = (self.head + chunk)[:4096]
        self.bytes += len(chunk)
        self._hash.update(chunk)
        with disk_errors_named(self.path):
            self.file.write(chunk)

    def close(self) -> None:
        """Make the file durable; after this its `path` may be read."""
        if self.file.closed:
            return
        with disk_errors_named(self.path):
            self.file.flush()
            os.fsync(self.file.fileno())
            self.file.close()

    @property
    def sha256(self) -> str:
        return str(self._hash.hexdigest())

    @property
    def is_zip(self) -> bool:
        return self.head.startswith(b"PK\x03\x04")


def _compressed(path: Path) -> Path:
    """Gzip beside `path`; the header carries no time and no name, so equal bodies give equal files."""
    target = path.with_name(path.name + ".gz")
    with path.open("rb") as source, target.open("wb") as raw:
        with gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=6, mtime=0) as packed:
            shutil.copyfileobj(source, packed, CHUNK_BYTES)
        raw.flush()
        os.fsync(raw.fileno())
    return target


def _hash_body(location: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    try:
        with gzip.open(location, "rb") if location.suffix == ".gz" else location.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                digest.update(chunk)
                size += len(chunk)
    except (EOFError, gzip.BadGzipFile, OSError):
        return "damaged", size
    return digest.hexdigest(), size


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
