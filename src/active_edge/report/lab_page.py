"""The page of the lab, and the files it asks its own server for: style and drawing shared with every other page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from active_edge.report.document import drawing_library, file_text, render

KINDS = {"js": "text/javascript", "css": "text/css"}
FILES = ("lab.js", "lab_form.js", "lab_views.js", "lab_looks.js", "lab.css")
LIBRARY = "plotly.js"


def render_lab(start: Mapping[str, Any], *, stamp: str) -> str:
    """The page of the lab, as HTML; `start` is plain JSON content that its script begins with.

    Parameters
    ----------
    stamp : what is said of the first market above all else; empty of a real one.
    """
    return render("lab.html.j2", start=dict(start), stamp=stamp)


def lab_file(name: str) -> tuple[str, str]:
    """Text and media type of a file that the page asks for; empty where there is none of that name."""
    kind = KINDS.get(name.rpartition(".")[2], "text/plain")
    if name == LIBRARY:
        return drawing_library(), kind
    return (file_text(name), kind) if name in FILES else ("", kind)
