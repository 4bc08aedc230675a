"""Records of months from before their lines had checksums: read once, then carried on as lines that say so."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from active_edge.ledger.chain import Chained, encoded
from active_edge.stored import FORMAT
from active_edge.whole import write_whole

OLDER_FORMATS = (0, 1)
UNCHAINED = "unchained"
"""Key of a line that was written before lines had checksums."""
UNCHAINED_READ = "unchained lines read"
_CHECKSUM = b'"sum":'


def chain_older(path: Path, content: bytes, misfit: Callable[[Mapping[str, Any]], str], *, numbered: int) -> None:
    """Write an unchained record anew as chained lines, each marked, behind one that names its hash and its damage.

    A record with any checksum in it is not one, and stays as it is: what has none in it was edited.

    Parameters
    ----------
    content : of the record at `path`.
    misfit : why a line is none of the record; empty where it is one.
    numbered : format of the new lines.
    """
    # A last line without its end was cut off while it was written; nothing was shown of it.
    raws = content[: content.rfind(b"\n") + 1].split(b"\n")[:-1]
    lines = [_decoded(raw) for raw in raws]
    if _CHECKSUM in content or not any(line is not None for line in lines):
        return
    fits = [line if line is not None and not misfit(line) else None for line in lines]
    whole = [{**line, UNCHAINED: True, FORMAT: numbered} for line in fits if line is not None]
    seal = next((line["seal"] for line in whole), None)
    if seal is None:
        return
    read = {
        FORMAT: numbered,
        "event": UNCHAINED_READ,
        "seal": seal,
        "sha256": hashlib.sha256(content).hexdigest(),
        "lines": len(whole),
        "damage": [f"line {number}" for number, line in enumerate(fits, start=1) if line is None],
    }
    write_whole(path, "".join(encoded([read, *whole], Chained())))


def _decoded(raw: bytes) -> dict[str, Any] | None:
    """A line of an older format; None where it is none."""
    try:
        line = json.loads(raw)
    except ValueError:
        return None
    return line if isinstance(line, dict) and line.get(FORMAT, 0) in OLDER_FORMATS else None
