"""A first `import.yaml` for a folder, from what its headers and cells say; each guess is marked as one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from active_edge.errors import ImportRefused
from active_edge.market.connection import in_memory
from active_edge.market.intake.mapping.alike import alike
from active_edge.market.intake.mapping.guesses import guessed, half_known
from active_edge.market.intake.mapping.layout import table_lines
from active_edge.market.intake.mapping.raw import data_files

MOST_LEFT = 20
"""Files that are no table, in a message."""


def template(folder: Path) -> str:
    """Text of an `import.yaml` for the files of a folder; comments name what is guessed and what is left out.

    Raises
    ------
    ImportRefused
        No folder, no file, or no file that holds closes by day.
    """
    tables: list[dict[str, Any]] = []
    left: list[str] = []
    with in_memory() as connection:
        for group in alike(data_files(folder), folder):
            found = guessed(connection, group)
            tables += found
            if not found:
                left.append(f"# {group.pattern}: left out. {half_known(group.raw)}")
    if not any(one["table"] == "prices" for one in tables):
        seen = "\n".join(left[:MOST_LEFT]) or "no prices"
        raise ImportRefused(
            f"{folder}: no file has a ticker, a date and a close; write import.yaml by hand, docs/import.md says how. "
            f"Seen:\n{seen}"
        )
    head = [
        f"# What the files of {folder.name} mean. Every line marked `guess` comes from a header: look at each, then",
        "# active-edge data import FOLDER --map import.yaml --data MARKET",
    ]
    return "\n".join([*head, *left, "tables:", *(line for one in tables for line in table_lines(one))]) + "\n"


def write_template(folder: Path, *, force: bool = False) -> tuple[Path, str]:
    """Write `import.yaml` into the folder; its path and text.

    Raises
    ------
    ImportRefused
        There is one already and `force` is False, or `template` finds nothing.
    """
    text, path = template(folder), folder / "import.yaml"
    if path.exists() and not force:
        raise ImportRefused(f"{path}: is there already; look at it, move it away, or give --force")
    path.write_text(text, encoding="utf-8")
    return path, text
