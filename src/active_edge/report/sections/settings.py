"""What was changed between runs that are compared: their settings, and their files as YAML."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from active_edge.report.blocks import Absent, Block, Column, Listing, Section, Table
from active_edge.report.run_page import RunPage


def settings_section(pages: Sequence[RunPage], labels: Mapping[str, str]) -> Section:
    """The settings that are not the same for all of `pages`, and their files beside each other; `labels` by run id."""
    flat = [_flat(page.record.configuration) for page in pages]
    keys = dict.fromkeys(key for settings in flat for key in settings)
    differing = [key for key in keys if len({settings.get(key, "–") for settings in flat}) > 1]
    title, question = "Where they differ", "What was changed between them?"
    if not differing:
        text = "Their configurations are the same." if len(pages) > 1 else "There is only one run."
        return Section("configuration", title, question, (Absent(text),))
    columns = (
        Column("Setting", numeric=False),
        *(Column(labels[page.stats.run], numeric=False, wrap=True) for page in pages),
    )
    rows = tuple((key, *(settings.get(key, "–") for settings in flat)) for key in differing)
    table = Table("Settings that are not the same everywhere", columns, rows, pinned=True)
    return Section("configuration", title, question, (table, *_as_yaml(pages, labels)))


def _as_yaml(pages: Sequence[RunPage], labels: Mapping[str, str]) -> list[Block]:
    """Each run's files beside the first one's, as YAML: lines that went and lines that came."""
    first, *others = pages
    found: list[Block] = []
    for page in others:
        names = labels[first.stats.run], labels[page.stats.run]
        was, now = (one.record.configuration_text().splitlines() for one in (first, page))
        lines = list(difflib.unified_diff(was, now, names[0], names[1], lineterm=""))
        if lines:
            found.append(Listing(f"{names[1]} beside {names[0]}, as YAML", "\n".join(lines), folded=True))
    return found


def _as_written(value: Any) -> str:
    """A setting as YAML has it in one line; a dash where it is not set."""
    if value is None:
        return "–"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_as_written(one) for one in value)}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _flat(value: Any, prefix: str = "") -> dict[str, str]:
    """Nested settings as dotted keys and text."""
    if not isinstance(value, Mapping):
        return {prefix: _as_written(value)} if prefix else {}
    flat: dict[str, str] = {}
    for key, inner in value.items():
        flat |= _flat(inner, f"{prefix}.{key}" if prefix else str(key))
    return flat
