"""Text of data as something that is looked at: it says what it holds and does nothing to a terminal or a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters but tab and new line, and the marks that override or embed a direction of writing."""

FORMULA = re.compile("(^|[;\t\r\n])(\\s*)(?=[=+\\-@\uff1d\uff0b\uff0d\uff20])")
"""Where a spreadsheet would begin to reckon: at the start of a text, or behind what it may take for the next cell."""


def printable(text: str) -> str:
    r"""The text with each acting character written as JSON writes it (``\u001b``); any other text as it is."""
    return ACTING.sub(_written, text)


def shortened(text: str, longest: int) -> str:
    """A text of at most so many characters and a few words: four fifths its beginning, one its end.

    An error quotes what it met, which may be a megabyte long.
    """
    end = longest // 5
    if len(text) <= longest:
        return text
    return f"{text[: longest - end]} … ({len(text) - longest:,} characters left out) … {text[-end:]}"


def sheet_csv(table: pd.DataFrame, *, date_format: str | None = None) -> str:
    """The table as CSV, of which no spreadsheet reckons a text as a formula; numbers and all other texts as they are.

    A text that begins as a formula does has an apostrophe there, which a reader of the file takes off again. A workbook
    needs none: its cells say that they are text.
    """
    texts = table.select_dtypes(exclude=["number", "datetime"]).columns
    told = table.assign(**{name: table[name].map(_unreckoned) for name in texts}).rename(columns=_unreckoned)
    written: str = told.to_csv(index=False, date_format=date_format, lineterminator="\n")
    return written


def _unreckoned(value: object) -> object:
    return FORMULA.sub(r"\1\2'", value) if isinstance(value, str) else value


def _written(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
