"""Text of data as something that is looked at: it says what it holds and does nothing to a terminal or a page."""

from __future__ import annotations

import re

ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters but tab and new line, and the marks that override or embed a direction of writing."""


def printable(text: str) -> str:
    r"""The text with each acting character written as JSON writes it (``\u001b``); any other text as it is."""
    return ACTING.sub(_written, text)


def _written(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
