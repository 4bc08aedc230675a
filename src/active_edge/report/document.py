"""Blocks to one HTML file that needs nothing beside it: style, charts and drawing code all inside.

Only pages that are asked to share it leave the drawing library in a file beside them.

The drawing library travels compressed (about 2 MB a page instead of 5) and the browser unpacks it, so that a page
works offline, from a folder or from a mail. A content security policy in the page forbids every request.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from active_edge.printable import printable
from active_edge.report.blocks import Beside, Chart, Decisions, Section, Table
from active_edge.report.definitions import defined_as
from active_edge.report.palette import dark_of_light, style_variables
from active_edge.verdicts import Word
from active_edge.whole import write_whole

Kind = TypeVar("Kind")
SAFE, UNSAFE = str.maketrans("<>&", ",.:"), str.maketrans(",.:", "<>&")
LONG = 50
NARROW = "\u202f"
LIBRARY = "charts.js"
"""What the drawing library is called where pages share it."""
STAMP = "Invented companies and prices. Nothing here says anything about real stocks."
STAMP_OF_PLANTED = "Invented companies and prices, and an edge planted in them. Whatever is found here was put here."
STAMP_OF_SOME = "Rows marked simulated come from invented companies and say nothing about real stocks."


def stamp_of(planted: str) -> str:
    """What a page of one simulated market says of it above all else; `planted` is the edge put into it, in words."""
    return STAMP_OF_PLANTED if planted else STAMP


def stamped(*, simulated: bool, planted: str = "") -> str:
    """The stamp of one row among others; empty of a real market's."""
    return "SIMULATED, EDGE PLANTED" if planted else "SIMULATED" if simulated else ""


def market_kind(*, simulated: bool, planted: str = "") -> str:
    """What kind of market something was made on, in words."""
    return "simulated, edge planted" if planted else "simulated" if simulated else "real"


def render(
    template: str, *, sections: tuple[Section, ...] = (), home: str = "", library: str = "", **values: Any
) -> str:
    """The HTML of `template` with `values`; everything in them is escaped, control characters are shown as text.

    Parameters
    ----------
    home : address of the list of all results, relative to the page; empty for a page that stands alone.
    library : address of the drawing library, relative to the page (`write_library`); empty for a page that carries it.
    """
    charts = {f"plot-{block.name}": block.figure for block in _blocks(sections, Chart)}
    told: dict[str, Any] = dict(zip(("figures", "shared"), _shared(charts), strict=True))
    told |= {block.kind: block.content for block in _blocks(sections, Decisions)}
    page = _environment().get_template(template)
    written = page.render(
        sections=sections,
        home=home,
        tables=Markup(file_text("tables.js")) if any(table.found for table in _blocks(sections, Table)) else "",
        tips=Markup(file_text("tips.js")) if any(_blocks(sections, Table)) else "",
        style=_style(),
        parts=Markup(file_text("parts.js")) if "opened" in values else "",
        plotly=Markup(_plotly()) if charts and not library else "",
        library=library,
        drawing=Markup(file_text("charts.js")) if charts else "",
        figures=Markup(packed(json_text(told))) if charts else "",
        dark=json_text(dark_of_light()),
        verdict_marks={str(word): (word.colour, word.mark) for word in Word},
        **values,
    )
    return printable(written)


def _shared(figures: Mapping[str, Any]) -> tuple[dict[str, Any], list[list[Any]]]:
    """The figures with every long list of places that several of their traces have told once, and those lists.

    A trace then has the number of its list for `x`.
    """
    lists: dict[tuple[Any, ...], int] = {}
    drawn = {}
    for name, figure in figures.items():
        traces = []
        for trace in figure["data"]:
            places = trace.get("x")
            if isinstance(places, list) and len(places) > LONG:
                trace = {**trace, "x": lists.setdefault(tuple(places), len(lists))}  # noqa: PLW2901
            traces.append(trace)
        drawn[name] = {**figure, "data": traces}
    return drawn, [list(places) for places in lists]


def _blocks(sections: Iterable[Section], kind: type[Kind]) -> Iterator[Kind]:
    for section in sections:
        for block in section.blocks:
            inside = block.items if isinstance(block, Beside) else (block,)
            yield from (one for one in inside if isinstance(one, kind))


def bind_units(text: str) -> str:
    """`text` with the space before every unit (`5 %`, `12 bp`, `$1.5 M`) narrow and unbreakable."""
    if not ("%" in text or "bp" in text or "$" in text):  # most cells of a table of thousands
        return text
    bound = re.sub(r"(?<=\d) (?=%|bp\b)", NARROW, text)
    return re.sub(r"(\$[\d.,]+) (?=[kMB]\b)", rf"\1{NARROW}", bound)


def write_library(folder: Path) -> Path:
    """The drawing library as a script of its own, for all pages in and below a folder that say where it lies."""
    return write_whole(folder / LIBRARY, drawing_library())


def write_page(html: str, path: Path) -> Path:
    """`path`, once the page stands there in full; an earlier page stays until then."""
    return write_whole(path, html)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("active_edge.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["json"] = json_text
    environment.filters["bind"] = bind_units
    environment.filters["defined_as"] = defined_as
    return environment


def json_text(value: Any) -> Markup:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(safe)


def _style() -> Markup:
    light, dark = style_variables("light"), style_variables("dark")
    variables = (
        f":root {{\n  color-scheme: light dark;\n{light}\n}}\n"
        f"@media screen and (prefers-color-scheme: dark) {{\n:root {{\n{dark}\n}}\n}}\n"
    )
    return Markup(variables + file_text("style.css"))


def file_text(name: str) -> str:
    """A file beside the templates."""
    return files("active_edge.report").joinpath("templates", name).read_text(encoding="utf-8")


def drawing_library() -> str:
    """The script that draws charts."""
    from plotly.offline import get_plotlyjs

    return str(get_plotlyjs())


@cache
def _plotly() -> str:
    """The drawing library, packed."""
    return packed(drawing_library())


def packed(text: str) -> str:
    """Text as gzip in base85, without the letters that mean something in HTML; the same bytes every time."""
    letters = base64.b85encode(gzip.compress(text.encode(), compresslevel=9, mtime=0)).decode("ascii")
    return letters.translate(SAFE)


def unpacked(letters: str) -> str:
    """What `packed` made letters of."""
    return gzip.decompress(base64.b85decode(letters.translate(UNSAFE))).decode()
