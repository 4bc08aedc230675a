"""The calibration that the program carries, as a page of a results folder."""

from __future__ import annotations

from pathlib import Path

from active_edge.calibration import series
from active_edge.calibration.campaign import fingerprint
from active_edge.calibration.document import read_document
from active_edge.calibration.page import calibration_page
from active_edge.digest import PACKAGE
from active_edge.inference.false_alarms import TABLE
from active_edge.report.document_page import render_document
from active_edge.report.index import INDEX_PAGE
from active_edge.results.index import keep_page

PAGE = "calibration.html"


def show_calibration(out: Path) -> Path:
    """The page of the measured rates that other pages quote, in the results folder `out`, whose list leads to it."""
    return keep_page(render_calibration(), PAGE, out)


def render_calibration() -> str:
    """The page of the shipped calibration, which says where the code has changed since it was measured."""
    document = read_document(PACKAGE / "inference" / TABLE)
    codes = ((document["code"], fingerprint()), (document["monthly"]["code"], fingerprint(series.__name__)))
    notes = [
        f"Measured by the code {measured}; the code it stands for has changed since, to {today}."
        for measured, today in codes
        if measured != today
    ]
    return render_document(calibration_page(document), name="part", home=INDEX_PAGE, notes=notes)
