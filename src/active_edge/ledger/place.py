"""Where the ledger lies: in the user's data folder, out of reach of whatever becomes of markets and results."""

from __future__ import annotations

import os
from pathlib import Path

from active_edge.errors import LedgerError

VARIABLE = "ACTIVE_EDGE_LEDGER"
LEDGER = "ledger.jsonl"
REMEDY = f"name a file that can be written in {VARIABLE}"


def ledger_file() -> Path:
    """The file that ACTIVE_EDGE_LEDGER names, else ``ledger.jsonl`` in the user's data folder; absolute.

    Raises
    ------
    LedgerError : the variable names a folder, or there is no home.
    """
    named = os.environ.get(VARIABLE, "")
    if named:
        path = _at_home(Path(named))
        if path.is_dir():
            raise LedgerError(f"{VARIABLE}: {path} is a folder; name a file in it, such as {path / LEDGER}")
        return path.absolute()
    from platformdirs import user_data_path

    return _at_home(user_data_path("active-edge")) / LEDGER


def _at_home(path: Path) -> Path:
    try:
        found = path.expanduser()
    except RuntimeError:
        found = path
    if found.parts and found.parts[0].startswith("~"):
        raise LedgerError(f"the ledger belongs into the user's data folder, and this user has no home; {REMEDY}")
    return found
