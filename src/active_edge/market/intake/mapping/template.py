"""A first `import.yaml` for a folder, from what its headers and cells say; each guess is marked as one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from active_edge.errors import ImportRefused
from active_edge.market.connection import in_memory
from active_edge.market.intake.mapping.alike import alike
from active_edge.market.intake.mapping.guesses import Guess, guessed, half_known, with_sectors
from active_edge.market.intake.mapping.layout import table_lines
from active_edge.market.intake.mapping.raw import RawFile, data_files

MOST_LEFT = 20
"""Files that are no table, in a message."""


def template(folder: Path) -> str:
    """Text of an `import.yaml` for the files of a folder; comments name what is guessed and what is left out.

    Raises
    ------
    ImportRefused
        No folder, no file, or no file that holds closes by day.
    """
    with in_memory() as connection:
        groups = alike(data_files(folder), folder)
        found = [(group, guessed(connection, group)) for group in groups]
    tables: list[Guess] = []
    looked_up: set[str] = set()
    for group, guesses in found:
        for one in guesses:
            joined = _with_sectors(one, group.raw, [other.raw for other, made in found if not made])
            tables.append(joined)
            looked_up |= {joined["lookup"]["file"]} if "lookup" in joined else set()
    left = [
        f"# {group.pattern}: left out. {half_known(group.raw)}"
        for group, guesses in found
        if not guesses and group.pattern not in looked_up
    ]
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


def _with_sectors(table: Guess, raw: RawFile, others: Sequence[RawFile]) -> Guess:
    """Securities with sectors out of one of the files that are no table by themselves; other tables as they are."""
    if table["table"] != "securities":
        return table
    made = (with_sectors(table, raw.header, other) for other in others)
    return next((one for one in made if one is not None), table)
