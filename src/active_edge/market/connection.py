"""The one way DuckDB is opened: in memory, and reaching nothing beyond this machine."""

from __future__ import annotations

import duckdb

HERE_ALONE: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "custom_extension_repository": "/dev/null",
}
"""What DuckDB reads and writes is on this machine: an address brings in no extension that would ask the web for it.

``INSTALL`` would fetch one all the same; it looks for it in a folder that cannot be.
"""

Refused = duckdb.Error
"""What DuckDB raises, whatever it cannot read or do."""


def in_memory() -> duckdb.DuckDBPyConnection:
    """Return a fresh in-memory DuckDB connection with DuckDB's own bounds, which loads and installs no extension."""
    return duckdb.connect(":memory:", config=HERE_ALONE)
