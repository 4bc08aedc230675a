"""The few shapes a page is made of; templates draw each of them in one way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

TITLE_PIXELS = 16
"""What the title of an axis needs below a picture."""


@dataclass(frozen=True)
class Prose:
    """One paragraph. `role` is "" or "meaning" (what the number above means, in plain words)."""

    text: str
    role: str = ""
    kind: ClassVar[str] = "prose"


@dataclass(frozen=True)
class Absent:
    """A plain sentence in place of something this run does not have."""

    text: str
    kind: ClassVar[str] = "absent"


@dataclass(frozen=True)
class Measure:
    """One number with its name and its meaning in plain words; `more` is told on hover."""

    label: str
    value: str
    meaning: str
    more: str = ""


@dataclass(frozen=True)
class Measures:
    """A row of numbers."""

    items: tuple[Measure, ...]
    kind: ClassVar[str] = "measures"


@dataclass(frozen=True)
class Column:
    """A table's column; a `secondary` one gives way on a phone.

    `more` is told on hover, where the label alone does not say it; a table that can be searched offers the values of
    a `chosen` one as a choice.
    """

    label: str
    numeric: bool = True
    secondary: bool = False
    wrap: bool = False
    more: str = ""
    chosen: bool = False

    @property
    def classes(self) -> str:
        """Of its cells, for the style of the page."""
        told = {"secondary": self.secondary, "wrap": self.wrap}
        return " ".join(["number" if self.numeric else "text", *(name for name, holds in told.items() if holds)])


@dataclass(frozen=True)
class Reach:
    """An estimate and its interval as a small picture in a table; all rows of a table share one `axis` (low, high)."""

    lower: float
    value: float
    upper: float
    axis: tuple[float, float]

    def at(self, number: float) -> float:
        """Position of `number` on the axis, 0 (low end) to 100 (high end)."""
        low, high = self.axis
        return round(100.0 * (number - low) / (high - low), 2) if high > low else 50.0


@dataclass(frozen=True)
class Edge:
    """One row of a picture of edges: what it is held against or changed, estimate and interval, in words and drawn.

    `unseen` is the half-width of the band that is too small to see, None where it is not known; `more` is told on
    hover.
    """

    against: str
    value: str
    interval: str
    reach: Reach
    colour: str
    unseen: float | None = None
    more: str = ""
    group: str = ""
    verdict: str = ""


@dataclass(frozen=True)
class Edges:
    """Edges on one axis: drawn without any script, and a table by itself; a new group has a heading.

    `ticks` are the numbers of the axis with their words; `threshold` the edge worth having.
    """

    caption: str
    rows: tuple[Edge, ...]
    ticks: tuple[tuple[float, str], ...]
    threshold: float
    note: str = ""
    first: str = "Over"
    kind: ClassVar[str] = "edges"

    def groups(self) -> list[tuple[str, list[Edge]]]:
        """The rows by group, in the order of first appearance."""
        names = dict.fromkeys(row.group for row in self.rows)
        return [(name, [row for row in self.rows if row.group == name]) for name in names]


@dataclass(frozen=True)
class Decisions:
    """Names held on any decision date, of which the reader chooses one; `content` is what the script draws."""

    caption: str
    content: dict[str, Any]
    kind: ClassVar[str] = "decisions"


@dataclass(frozen=True)
class Cell:
    """Text with an optional address on this disk, a verdict to mark or a picture; a stamp and a second line."""

    text: str
    href: str = ""
    verdict: str = ""
    stamp: str = ""
    reach: Reach | None = None
    detail: str = ""
    strong: bool = False


@dataclass(frozen=True)
class Table:
    """A table whose first column names its rows.

    `note` stands under it; `folded` hides it behind its caption; `pinned` keeps the first column in sight while
    the others scroll; a `found` one is sorted by its heads and searched.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell | str, ...], ...]
    note: str = ""
    folded: bool = False
    pinned: bool = False
    found: bool = False
    kind: ClassVar[str] = "table"


@dataclass(frozen=True)
class Key:
    """One entry of a chart's legend: colour name of the palette and stroke (solid, dash, dot, area, mark)."""

    label: str
    colour: str
    stroke: str = "solid"


@dataclass(frozen=True)
class Chart:
    """A plotly figure with a title that says what to see, its legend, and a sentence for those who cannot see it."""

    name: str
    title: str
    summary: str
    figure: dict[str, Any]
    keys: tuple[Key, ...] = ()
    height: int = 320
    ranges: bool = False
    """Whether buttons beside it choose a span of its dates, and its scale where it has two."""
    kind: ClassVar[str] = "chart"

    @property
    def pixels(self) -> int:
        """Its height with the title of its axis across."""
        return self.height + TITLE_PIXELS

    @property
    def scale(self) -> str:
        """The scale its values start with, where it has two; empty else."""
        meta = self.figure["layout"].get("meta", {})
        return str(meta["scale"]) if len(meta.get("scales", ())) > 1 else ""


@dataclass(frozen=True)
class Listing:
    """Text shown exactly as it is, in fixed width."""

    caption: str
    text: str
    folded: bool = False
    kind: ClassVar[str] = "listing"


@dataclass(frozen=True)
class Beside:
    """Blocks side by side where the page is wide enough, else one under the other."""

    items: tuple[Prose | Table | Chart, ...]
    kind: ClassVar[str] = "beside"


Block = Prose | Absent | Measures | Table | Chart | Listing | Beside | Edges | Decisions


@dataclass(frozen=True)
class Section:
    """One part of a page: an id, a title, the question it answers, and its blocks in order."""

    name: str
    title: str
    question: str
    blocks: tuple[Block, ...]
