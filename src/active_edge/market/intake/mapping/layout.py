"""What a table guessed from headers looks like as lines of `import.yaml`, each guess marked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

GUESS = "  # guess"
DOUBTS = "doubts"
"""Key of a guessed table for what no file decides: key of `import.yaml` → why it is undecided."""
REMARKS = "remarks"
"""Key of a guessed table for lines of comment below its first."""
ORDER = (
    *(
        "file",
        "separator",
        "header_line",
        "dates",
        "date_of_file",
        "ticker_of_file",
        "matrix",
        "decimal",
        "unit",
        "months",
    ),
    *("filed_after_days", "lookup", "rows", "constants", "columns", "items", "units", "turned"),
)


def table_lines(table: Mapping[str, Any]) -> list[str]:
    """Lines of one table of `import.yaml`."""
    doubts = table.get(DOUBTS, {})
    lines = [f"  - table: {table['table']}{GUESS}"]
    for name in ORDER:
        value = table.get(name)
        if value is None or value in ({}, []):
            continue
        if isinstance(value, dict):
            lines += [f"    {name}:", *(f"      {_yaml(k)}: {_yaml(v)}{GUESS}" for k, v in value.items())]
        elif isinstance(value, list):
            lines.append(f"    {name}: [{', '.join(map(str, value))}]{GUESS}")
        else:
            doubt = f", undecided: {doubts[name]}" if name in doubts else ""
            lines.append(f"    {name}: {_yaml(value)}{'' if name == 'file' else GUESS + doubt}")
    return [*lines, *(f"    # {remark}" for remark in table.get(REMARKS, ()))]


def _yaml(value: object) -> str:
    if isinstance(value, str):
        return value if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]*", value) and not _reserved(value) else _quoted(value)
    return str(value)


def _reserved(word: str) -> bool:
    return word.casefold() in ("yes", "no", "on", "off", "true", "false", "null", "y", "n")


def _quoted(text: str) -> str:
    inner = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    return f'"{inner}"'
