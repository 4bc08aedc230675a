"""Every axis of every figure says what it measures."""

from __future__ import annotations

import re

import pytest

from active_edge.calibration.site import render_calibration
from active_edge.published.run import run_evidence
from active_edge.report.company_page import render_companies, render_company
from active_edge.report.compare import render_compare
from active_edge.report.index import render_index
from active_edge.report.memo import memo_of, render_memo
from active_edge.report.page import render_run
from active_edge.report.sweep_page import render_sweep
from active_edge.report.thesis_page import render_thesis
from active_edge.report.track_page import render_track
from tests.published.published import invented, write_folder
from tests.report.companies import company_of
from tests.report.markup import figures
from tests.report.runs import compared_runs, full_run, index_entries, sparse_run, tracked_folder, wordy_run
from tests.report.sweeps import swept_page
from tests.report.theses import thesis_view

WITH_FIGURES = {
    "run": lambda: render_run(full_run()),
    "sparse run": lambda: render_run(sparse_run(verdict="not distinguishable")),
    "wordy run": lambda: render_run(wordy_run()),
    "comparison": lambda: render_compare(*compared_runs()),
    "company": lambda: render_company(company_of()),
    "sweep": lambda: render_sweep(swept_page()),
    "track": lambda: render_track(tracked_folder()),
}
WITHOUT = {
    "index": lambda: render_index(index_entries()),
    "companies": lambda: render_companies({"AAA-2020-06-30.html": ("AAA", "2020-06-30")}, simulated=False),
    "calibration": render_calibration,
    "memo": lambda: render_memo(memo_of(full_run().stats)),
    "thesis": lambda: render_thesis(thesis_view()),
}


def untitled(page):
    """Axes without a title by the name of their figure, and how many figures the page has."""
    found: dict[str, list[str]] = {}
    drawn = figures(page)
    for name, figure in drawn.items():
        axes = {key: axis for key, axis in figure["layout"].items() if re.match(r"[xy]axis", key)}
        bare = [key for key, axis in axes.items() if not axis.get("title", {}).get("text", "").strip()]
        found |= {name: bare} if bare or len(axes) < 2 else {}
    return found, len(drawn)


@pytest.mark.parametrize("kind", WITH_FIGURES)
def test_every_axis_has_a_title(kind):
    bare, drawn = untitled(WITH_FIGURES[kind]())
    assert drawn
    assert bare == {}


def test_every_axis_of_the_page_of_published_returns_has_a_title(tmp_path):
    done = run_evidence(write_folder(tmp_path, invented()), out=tmp_path / "results")
    bare, drawn = untitled(done.page.read_text())
    assert drawn
    assert bare == {}


@pytest.mark.parametrize("kind", WITHOUT)
def test_the_other_kinds_of_page_have_no_figure(kind):
    assert figures(WITHOUT[kind]()) == {}
