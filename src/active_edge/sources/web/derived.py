"""Parsed forms of raw bodies, kept beside the archive so that tomorrow's pull reads only what is new.

Nothing here is a source: each file is a function of one body and of the readers' code, named by both, and can be
deleted at any time. When a reader changes, what the old one made is dropped.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from active_edge.digest import running_digest
from active_edge.sources.web.archive import Archive, Entry, disk_errors_named
from active_edge.whole import passing_folder

READERS = "active_edge.sources.assemble"
"""Parses bodies; all it imports is part of the digest, the readers of single filings included."""


def readers_digest() -> str:
    """Sixteen hexadecimal digits of the code that parses bodies."""
    return running_digest(READERS)[:16]


def derived(archive: Archive, name: str, entry: Entry, make: Callable[[Path], None]) -> Path:
    """Folder with what `make(folder)` wrote for this body, made now or earlier; complete or absent."""
    root = archive.path / "derived"
    folder = root / readers_digest() / f"{name}-{entry.sha256[:32]}"
    if folder.is_dir():
        return folder
    with disk_errors_named(root):
        folder.parent.mkdir(parents=True, exist_ok=True)
        for stale in root.iterdir():
            if stale.name != readers_digest():
                shutil.rmtree(stale, ignore_errors=True)
        with passing_folder("making", folder.parent) as working:
            make(working)
            if not folder.is_dir():
                os.replace(working, folder)
    return folder
