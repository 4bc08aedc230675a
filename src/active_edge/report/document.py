"""Blocks to one HTML file that needs nothing beside it: style, charts and drawing code all inside.

The drawing library travels compressed (about 2 MB a page instead of 5) and the browser unpacks it, so that a page
works offline, from a folder or from a mail. A content security policy in the page forbids every request.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from active_edge.report.blocks import Chart, Section
from active_edge.report.palette import dark_of_light, style_variables
from active_edge.verdicts import Word
from active_edge.whole import write_whole

NARROW = "\u202f"
STAMP = "Invented companies and prices. Nothing here says anything about real stocks."
STAMP_OF_SOME = "Rows marked simulated come from invented companies and say nothing about real stocks."


def render(template: str, *, sections: tuple[Section, ...] = (), **values: Any) -> str:
    """The HTML of `template` with `values`; everything in them is escaped."""
    charts = {f"plot-{block.name}": block.figure for block in _charts(sections)}
    page = _environment().get_template(template)
    return page.render(
        sections=sections,
        style=_style(),
        plotly=Markup(_plotly()) if charts else "",
        drawing=Markup(_text("charts.js")) if charts else "",
        figures=Markup(_packed(_json(charts))) if charts else "",
        dark=_json(dark_of_light()),
        verdict_marks={str(word): (word.colour, word.mark) for word in Word},
        **values,
    )


def _charts(sections: Iterable[Section]) -> Iterator[Chart]:
    for section in sections:
        yield from (block for block in section.blocks if isinstance(block, Chart))


def bind_units(text: str) -> str:
    """`text` with the space before every unit (`5 %`, `12 bp`, `$1.5 M`) narrow and unbreakable."""
    bound = re.sub(r"(?<=\d) (?=%|bp\b)", NARROW, text)
    return re.sub(r"(\$[\d.,]+) (?=[kMB]\b)", rf"\1{NARROW}", bound)


def write_page(html: str, path: Path) -> Path:
    """`path`, once the page stands there in full; an earlier page stays until then."""
    return write_whole(path, html)


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("active_edge.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["json"] = _json
    environment.filters["bind"] = bind_units
    return environment


def _json(value: Any) -> Markup:
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
    return Markup(variables + _text("style.css"))


def _text(name: str) -> str:
    return files("active_edge.report").joinpath("templates", name).read_text(encoding="utf-8")


@cache
def _plotly() -> str:
    """The drawing library, packed."""
    from plotly.offline import get_plotlyjs

    return _packed(get_plotlyjs())


def _packed(text: str) -> str:
    """Text as gzip in base64; the same bytes every time."""
    return base64.b64encode(gzip.compress(text.encode(), compresslevel=9, mtime=0)).decode("ascii")
