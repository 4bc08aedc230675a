"""Tables as lines of text that fit a width: long text is folded or cut, numbers never; what is left goes below.

A program that reads redirected output, and a person who searches it, get one line a row and nothing cut.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

GAP = "  "
ELLIPSIS = "…"
LEAST_TEXT = 12
"""Characters that a text keeps at least when it is made narrower."""
LONG_WORD = 18
"""Characters up to which a word of a text is never broken."""
_NUMBER = re.compile(r"[−+<$(-]*\s*[\d.,]+(?:e[-+]?\d+)?(?: (?:%|bp|[kMB]))?|–|")


@dataclass(frozen=True)
class Column:
    """A column by its title; text that does not fit is folded, cut with an ellipsis, or kept whole."""

    title: str
    narrow: Literal["fold", "cut", "keep"] = "fold"


def table_lines(columns: Sequence[str | Column], rows: Sequence[Sequence[str]], width: int | None) -> list[str]:
    """Lines of a table of at most `width` characters, without spaces at their ends; None: as wide as it needs.

    Columns that do not fit beside the first follow in tables of their own below it, each with the first column.
    """
    made = [column if isinstance(column, Column) else Column(column) for column in columns]
    natural = [max(len(column.title), *(len(row[i]) for row in rows), 0) for i, column in enumerate(made)]
    right = [all(_NUMBER.fullmatch(row[i]) for row in rows) and bool(rows) for i in range(len(made))]
    if width is None:
        return _block(made, rows, list(range(len(made))), natural, right)
    whole = [
        max(LEAST_TEXT, len(column.title), *(min(len(word), LONG_WORD) for row in rows for word in row[i].split()))
        for i, column in enumerate(made)
    ]
    least = [
        size if numeric or column.narrow == "keep" else min(size, enough)
        for column, size, numeric, enough in zip(made, natural, right, whole, strict=True)
    ]
    lines: list[str] = []
    for places in _blocks(least, width):
        sizes = _fitted([natural[i] for i in places], [least[i] for i in places], width)
        lines += ([""] if lines else []) + _block(made, rows, places, sizes, [right[i] for i in places])
    return lines


def _blocks(least: Sequence[int], width: int) -> list[list[int]]:
    """Places of the columns of each block, the first column in each."""
    blocks = [[0]]
    for place in range(1, len(least)):
        taken = [*blocks[-1], place]
        if len(blocks[-1]) > 1 and sum(least[i] for i in taken) + len(GAP) * (len(taken) - 1) > width:
            blocks.append([0])
        blocks[-1].append(place)
    return blocks


def _fitted(natural: Sequence[int], least: Sequence[int], width: int) -> list[int]:
    """Widths within `width` in sum, the widest made narrower first; none below its least."""
    sizes = list(natural)
    spare = width - len(GAP) * (len(sizes) - 1)
    while sum(sizes) > spare:
        widest = max(range(len(sizes)), key=lambda i: (sizes[i] > least[i], sizes[i]))
        if sizes[widest] <= least[widest]:
            break
        sizes[widest] -= 1
    return sizes


def _block(
    columns: Sequence[Column],
    rows: Sequence[Sequence[str]],
    places: Sequence[int],
    sizes: Sequence[int],
    right: Sequence[bool],
) -> list[str]:
    """Lines of the columns at some places, which have these widths and are set to the right or not."""
    chosen = [columns[i] for i in places]
    head = [] if not any(column.title for column in chosen) else _row([c.title for c in chosen], chosen, sizes, right)
    lines = [*head, "─" * (sum(sizes) + len(GAP) * (len(sizes) - 1))] if head else []
    for row in rows:
        lines += _row([row[i] for i in places], chosen, sizes, right)
    return lines


def _row(cells: Sequence[str], columns: Sequence[Column], sizes: Sequence[int], right: Sequence[bool]) -> list[str]:
    folded = [_fold(cell, column, size) for cell, column, size in zip(cells, columns, sizes, strict=True)]
    return [
        GAP.join(
            text.rjust(size) if to_right else text.ljust(size)
            for text, size, to_right in zip(line, sizes, right, strict=True)
        ).rstrip()
        for line in zip_longest(*folded, fillvalue="")
    ]


def _fold(cell: str, column: Column, size: int) -> list[str]:
    if len(cell) <= size:
        return [cell]
    if column.narrow == "cut":
        return [cell[: size - 1].rstrip() + ELLIPSIS]
    # An identifier is broken behind its underscores, so that its parts stay words.
    lines = textwrap.wrap(cell.replace("_", "_ "), size)
    return [line.replace("_ ", "_") for line in lines] or [""]
