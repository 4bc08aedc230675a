"""A document of the program's own, Markdown, as a page in the style of all others.

It reads what the program writes: headings, paragraphs, tables, lists, indented commands, and no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from active_edge.report.blocks import Block, Cell, Column, Listing, Prose, Section, Table
from active_edge.report.document import bind_units, render

NUMBER = re.compile(r"[−+-]?\d|–|$")
LONG_WORDS = 32
"""Characters of a cell that may break its line."""


def render_document(text: str, *, name: str, home: str, notes: Sequence[str] = ()) -> str:
    """The page of a document: its title, what stands before its first heading, a section for each heading.

    Parameters
    ----------
    name : of the sections' addresses. home : address of the list of all results.
    notes : sentences to be read first.
    """
    title, opening, *parts = _split(text)
    return render(
        "list.html.j2",
        sections=tuple(_section(f"{name}-{place}", part) for place, part in enumerate(parts, 1)),
        home=home,
        title=title,
        simulated=False,
        summary=" ".join([*notes, *(_plain(one) for one in _paragraphs(opening))]),
    )


def _split(text: str) -> list[str]:
    """Title, opening, and each part with its heading on its first line."""
    title, _, rest = text.removeprefix("# ").partition("\n")
    opening, *parts = re.split(r"^## ", rest, flags=re.MULTILINE)
    return [title.strip(), opening, *parts]


def _section(name: str, part: str) -> Section:
    title, _, body = part.partition("\n")
    return Section(name, _plain(title), "", tuple(_blocks(_plain(title), body)))


def _blocks(caption: str, body: str) -> Iterator[Block]:
    """The blocks of a part; a paragraph that ends in a colon is the caption of what follows it.

    What has none is called by its heading and its number, for no two places of a page may have one name.
    """
    told, unnamed = "", 0
    for one in _paragraphs(body):
        lines = one.splitlines()
        if one.startswith("### "):
            caption, told = _plain(one.removeprefix("### ")), ""
        elif one.startswith("|"):
            unnamed += not told
            yield _table(told or f"{caption}: table {unnamed}", lines)
            told = ""
        elif one.startswith("- "):
            unnamed += not told
            yield _list(told or f"{caption}: list {unnamed}", lines)
            told = ""
        elif one.startswith("    "):
            yield Listing(told or "By the command", "\n".join(line.strip() for line in lines))
            told = ""
        else:
            if told:
                yield Prose(f"{told}:")
            told = _plain(one).removesuffix(":") if one.rstrip().endswith((":", ", by")) else ""
            if not told:
                yield Prose(_plain(one))
    if told:
        yield Prose(f"{told}:")


def _table(caption: str, lines: Sequence[str]) -> Table:
    head, _, *rows = ([cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines)
    columns = tuple(
        Column(
            bind_units(_plain(name)),
            numeric=place > 0 and all(NUMBER.match(row[place].lstrip("*")) for row in rows),
            wrap=any(len(row[place]) > LONG_WORDS for row in rows),
        )
        for place, name in enumerate(head)
    )
    return Table(caption, columns, tuple(tuple(_cell(cell) for cell in row) for row in rows), pinned=True)


def _list(caption: str, lines: Sequence[str]) -> Table:
    rows = tuple(tuple(_plain(part) for part in line.removeprefix("- ").partition(": ")[::2]) for line in lines)
    columns = (Column("Where", numeric=False, wrap=True), Column("What", numeric=False, wrap=True))
    return Table(caption, columns, rows, folded=True)


def _cell(text: str) -> Cell | str:
    """A cell; what is set in bold there is bold here."""
    return Cell(_plain(text), strong=True) if text.startswith("**") else _plain(text)


def _paragraphs(text: str) -> list[str]:
    return [one.strip("\n") for one in re.split(r"\n\s*\n", text) if one.strip()]


def _plain(text: str) -> str:
    """Words without their marks; of a link its text."""
    linked = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return " ".join(re.sub(r"\*\*|`", "", linked).split())
