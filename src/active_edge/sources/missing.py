"""What a pull asked for and could not have: kept beside the archive, named on the snapshot, gone once it is had.

A source that refuses, hangs or sends something else never forbids a snapshot. What it did not give stands here by the
name of each answer, with the reason, until an answer of that name is had.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import orjson

from active_edge.errors import SourceBlocked, SourceBusy, SourceError, SourceFormatError, SourceRefused
from active_edge.market.missing import MissingSource
from active_edge.printable import shortened
from active_edge.sources.catalogue import MEANINGS, source_of
from active_edge.sources.own import SOURCES
from active_edge.sources.web.archive import WITHDRAWN, Archive, disk_errors_named
from active_edge.whole import write_whole

FILE = "missing.json"
KINDS: tuple[tuple[type[SourceError], str], ...] = (
    (SourceBlocked, "blocked"),
    (SourceRefused, "refused"),
    (SourceBusy, "busy"),
    (SourceFormatError, "changed"),
)
MOVED = {
    "fsds/": 2,
    "form345/": 2,
    "form_index/": 2,
    "market_structure/": 2,
    "fails/": 2,
    "nport_feed/": 1,
    "exit/": 20,
    "filing/": 50,
}
"""Names of answers any of which may not be there, to how many of them together cannot all not be there."""
LISTS = ("form345_list/all", "market_structure_list/all", "fails_list/all")
"""Pages that name what else there is to ask: they are always there, so one that is not has moved."""
NOT_ASKED = "not asked, for "
LONGEST_REASON = 800
PENDING = "pending"
"""Kind of what the second stage of a pull has still to ask."""


@dataclass(frozen=True)
class Lack:
    """One answer that could not be had: when (UTC), of which kind the reason is, the reason."""

    time: str
    kind: str
    reason: str


def kind_of(error: SourceError) -> str:
    """`blocked`, `refused`, `busy` or `changed`, by what an error says of the source."""
    return next((kind for branch, kind in KINDS if isinstance(error, branch)), "refused")


def reason_of(error: SourceError) -> str:
    """What an error says, on one line and in part where it quotes at length what the source sent."""
    return shortened(" ".join(str(error).split()), LONGEST_REASON)


def read_missing(archive: Archive) -> dict[str, Lack]:
    """Answers that were asked for last and are not there yet, by their name in the archive."""
    file = archive.path / FILE
    try:
        told: Mapping[str, Any] = orjson.loads(file.read_bytes())["answers"]
        lacks = {str(key): Lack(**lack) for key, lack in told.items()}
    except (FileNotFoundError, orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        return {}  # it can be deleted at any time: the next pull asks again for what is not there
    return {key: lack for key, lack in lacks.items() if not _had(archive, key, lack)}


def _had(archive: Archive, key: str, lack: Lack) -> bool:
    entry = archive.latest(key)
    return entry is not None and entry.status != WITHDRAWN and entry.time >= lack.time


def keep_missing(archive: Archive, lacked: Mapping[str, Lack], *, asked: str = "") -> None:
    """Add to what is kept; what is had since goes, and everything of the kind `asked`, which is over."""
    kept = {key: lack for key, lack in read_missing(archive).items() if lack.kind != asked}
    _write(archive, {**kept, **lacked})


def _write(archive: Archive, lacks: Mapping[str, Lack]) -> None:
    """Replace what is kept, at one stroke."""
    file = archive.path / FILE
    with disk_errors_named(file):
        if not lacks:
            file.unlink(missing_ok=True)
            return
        told = {key: asdict(lacks[key]) for key in sorted(lacks)}
        write_whole(file, orjson.dumps({"answers": told}, option=orjson.OPT_INDENT_2))


def by_source(archive: Archive, lacks: Mapping[str, Lack]) -> tuple[MissingSource, ...]:
    """What is missing, a line a source: how many answers, the usual reason, and what the source is for."""
    groups: dict[str, list[tuple[str, Lack]]] = {}
    for key, lack in [*lacks.items(), *_moved_lists(archive, lacks)]:
        groups.setdefault(source_of(key), []).append((key, lack))
    for prefix, least in MOVED.items():
        asked = archive.keys(prefix)
        if len(asked) >= least and source_of(prefix) not in groups and not any(archive.bodies(prefix)):
            reason = f"none of {len(asked):,} answers is there: their address has moved"
            entries = [(key, archive.latest(key)) for key in asked]
            found = [(key, Lack(entry.time, "changed", reason)) for key, entry in entries if entry is not None]
            groups[source_of(prefix)] = found
    return tuple(_line(archive, source, groups[source]) for source in sorted(groups))


def _moved_lists(archive: Archive, lacks: Mapping[str, Lack]) -> list[tuple[str, Lack]]:
    """Pages of `LISTS` whose newest answer is that there is no such page; an older edition names nothing new."""
    asked = [(key, archive.latest(key)) for key in LISTS if key not in lacks]
    reason = "the page that names its files is not there: its address has moved"
    return [
        (key, Lack(entry.time, "changed", reason)) for key, entry in asked if entry is not None and entry.status != 200
    ]


def _line(archive: Archive, source: str, lacks: Iterable[tuple[str, Lack]]) -> MissingSource:
    found = list(lacks)
    reasons = Counter((lack.kind, lack.reason) for _, lack in found if not lack.reason.startswith(NOT_ASKED))
    (kind, reason), _ = (reasons or Counter((lack.kind, lack.reason) for _, lack in found)).most_common(1)[0]
    older = sum(archive.latest_body(key) is not None for key, _ in found)
    prefixes = {key.split("/")[0] for key, _ in found}
    had = sum(archive.latest(key) is not None for prefix in prefixes for key in archive.keys(f"{prefix}/"))
    made = SOURCES[source].meaning if SOURCES.knows(source) else MEANINGS.get(source, "")
    return MissingSource(
        source, made, kind, reason.removeprefix(NOT_ASKED), len(found), len(found) + had - older, older
    )
