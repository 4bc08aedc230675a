"""What axe-core finds wrong with a page for those who cannot see it, or cannot use a mouse."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

AXE = "ACTIVE_EDGE_AXE"
"""Names a file with axe-core; without it, that of the group `ci` is taken."""
RULES = ("wcag2a", "wcag2aa", "wcag21aa", "best-practice")


def axe_source() -> str:
    """The script of axe-core; skips where there is none."""
    if AXE in os.environ:
        return Path(os.environ[AXE]).read_text(encoding="utf-8")
    package = pytest.importorskip("axe_playwright_python", reason=f"axe-core is in the group ci, or named by {AXE}")
    return (Path(package.__path__[0]) / "axe.min.js").read_text(encoding="utf-8")


def violations(tab, source: str, rules: Sequence[str] = RULES) -> list[tuple[str, str]]:
    """Rules that a tab breaks, each with the first part of the page that does; its context bypasses the policy."""
    tab.evaluate(source)
    found = tab.evaluate(f"axe.run({{runOnly: {list(rules)}}})")
    return [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]]
