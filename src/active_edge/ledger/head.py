"""How far the ledger had come, in a small file beside it, so that whole lines taken off its end leave a trace.

The file is written after the lines are, under the ledger's lock, and read before them; so it is never ahead of lines
that are there. A ledger without it (of an earlier version, or copied alone) is read as it stands.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from active_edge.ledger.chain import Chained
from active_edge.whole import write_whole


def head_file(ledger: Path) -> Path:
    """Where the head of a ledger lies."""
    return ledger.with_name(f"{ledger.name}.head")


def read_head(ledger: Path) -> tuple[int, str] | None:
    """Number and checksum of the last line that was written; None where nothing readable says it."""
    try:
        told = json.loads(head_file(ledger).read_text(encoding="utf-8"))
        return int(told["lines"]), str(told["last"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_head(ledger: Path, last: Mapping[str, object]) -> None:
    """Note the last line of a ledger, which lies on the disk by now."""
    told = json.dumps({"lines": last["line"], "last": last["sum"]}) + "\n"
    write_whole(head_file(ledger), told, synced=False)  # a head that cannot be read is none, and the lines stand


def held_to(chain: Chained, head: tuple[int, str] | None) -> Chained:
    """What a file says, held to how far it had come: lines that are gone from its end are named and count as lost."""
    if head is None:
        return chain
    lines, last = head
    gone = lines - chain.count
    if gone > 0:
        what = "the last line" if gone == 1 else f"the last {gone} lines"
        damage = (f"{what}, gone from the end", *chain.damage)
        return replace(chain, count=lines, lost=chain.lost + gone, damage=damage)
    if any(line["line"] == lines and line["sum"] != last for line in chain.lines):
        damage = (f"line {lines}, which is not the one written", *chain.damage)
        return replace(chain, lost=chain.lost + 1, damage=damage)
    return chain
