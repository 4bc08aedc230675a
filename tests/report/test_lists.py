from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from active_edge.errors import DataError
from active_edge.report.compare import render_compare
from active_edge.report.index import render_index
from tests.report.markup import figures, outside_requests, parsed, rows_of, text_of
from tests.report.runs import compared_runs, full_run, index_entries, stamped


@pytest.fixture(scope="module")
def compared():
    return compared_runs()


@pytest.fixture(scope="module")
def comparison(compared):
    records, differences = compared
    return render_compare(records, differences, hrefs={records[0].stats.run: "a/report.html"})


def test_a_comparison_shows_each_run_with_its_verdict(comparison):
    rows = rows_of(comparison, "Runs")
    assert [row[0].split()[0] for row in rows] == ["article_thesis", "avoid_junk", "junk_mirror"]
    assert [row[1][2:] for row in rows] == ["not distinguishable", "supported", "refuted"]


def test_a_compared_run_links_to_its_page(comparison):
    assert parsed(comparison).xpath("//table//a/@href") == ["a/report.html"]


def test_paired_differences_carry_interval_and_trials(comparison):
    rows = rows_of(comparison, "First minus second")
    assert rows[1][0] == "article_thesis − junk_mirror"
    assert rows[1][1:3] == ["+2.1 %", "+0.1 to +4.1 %"]
    assert [row[4] for row in rows] == ["0.68 · 16 trials", "0.041 · 16 trials", "< 0.001 · 16 trials"]


def test_the_growth_of_every_compared_run_is_drawn(compared, comparison):
    data = figures(comparison)["plot-growth"]["data"]
    for record, trace in zip(compared[0], data, strict=True):
        np.testing.assert_allclose(trace["y"], record.growth["net"], atol=5.1e-5)


def test_a_run_that_never_held_anything_is_left_out_of_the_drawing_and_said_to_be(compared):
    empty = replace(compared[0][0], growth=compared[0][0].growth.iloc[:1])
    page = render_compare([empty, compared[0][1]], None)
    assert [trace["name"] for trace in figures(page)["plot-growth"]["data"]] == ["avoid_junk"]
    assert "1 run never held anything and cannot be drawn." in text_of(page)
    assert "None of these runs ever held anything." in text_of(render_compare([empty], None))


def test_only_settings_that_differ_are_listed(compared):
    first, second = (
        replace(page, record=replace(page.record, strategy=settings, screen={"a": 1}))
        for page, settings in zip(compared[0], ({"b": [1, 2], "d": "x"}, {"b": [1, 3], "d": "x", "e": 5}), strict=False)
    )
    rows = rows_of(render_compare([first, second], None), "Settings that are not the same")
    assert rows == [["strategy.b", "[1, 2]", "[1, 3]"], ["strategy.e", "–", "5"]]


def test_settings_are_told_as_yaml_and_one_that_is_not_set_is_no_difference(compared):
    first, second = (
        replace(page, record=replace(page.record, strategy=settings, screen={"a": 1}))
        for page, settings in zip(
            compared[0], ({"b": ["x", "y"], "c": None, "d": True}, {"b": [], "d": None}), strict=False
        )
    )
    rows = rows_of(render_compare([first, second], None), "Settings that are not the same")
    assert rows == [["strategy.b", "[x, y]", "[]"], ["strategy.d", "true", "–"]]


def test_runs_of_one_strategy_are_told_apart_by_their_ids():
    runs = [stamped(full_run(years=1.0), run=name) for name in ("r1", "r2")]
    rows = rows_of(render_compare(runs, None), "Runs")
    assert [row[0].partition(" SIM")[0] for row in rows] == ["article_thesis (r1)", "article_thesis (r2)"]


def test_a_comparison_without_differences_says_so(compared):
    text = text_of(render_compare(compared[0], None))
    assert "No pair of these runs shares enough sessions" in text


def test_a_comparison_of_nothing_or_of_a_stranger_is_refused(compared):
    records, differences = compared
    with pytest.raises(DataError, match="at least one run"):
        render_compare([], None)
    with pytest.raises(DataError, match="not compared here"):
        render_compare(records[:2], differences)


def test_the_index_lists_every_run_newest_first():
    entries = index_entries()
    rows = rows_of(render_index(entries), "Every run")
    assert len(rows) == len(entries)
    made = [row[-1] for row in rows]
    assert made == sorted(made, reverse=True)


def test_the_index_shows_verdict_snapshot_stamp_and_trials():
    entry = index_entries()[0]
    (row,) = rows_of(render_index([entry]), "Every run")
    assert row[0] == "article_thesis SIMULATED"
    assert row[1].endswith(entry.verdict)
    assert row[8] == "6"
    assert row[10:] == ["simulated 4f2a9c01b7de", "2025-11-21 12:00"]


def test_an_index_of_real_runs_has_no_stamp():
    real = [entry for entry in index_entries() if not entry.simulated]
    assert "SIMULATED" not in text_of(render_index(real))
    assert "SIMULATED" in text_of(render_index(index_entries()))


def test_an_empty_index_says_what_to_do():
    assert "Nothing has been run yet." in text_of(render_index([]))


def test_lists_ask_for_nothing_outside_themselves_and_escape_names(comparison):
    assert outside_requests(comparison) == []
    hostile = replace(index_entries()[0], strategy="<script>alert(1)</script>")
    page = render_index([hostile])
    assert outside_requests(page) == []
    assert "<script>alert" not in page


def test_the_list_tells_every_alpha_with_its_interval():
    told = [row[2] for row in rows_of(render_index(index_entries()), "Every run")]
    more = " IJR +1.2 % (−2.0 to +4.4 %) 5 factors −0.4 % (−3.0 to +2.2 %)"
    assert told[0] == "+3.0 % −1.0 to +7.0 % over IWM" + more
    assert told.count("−2.0 % −6.0 to +2.0 % over IWM") == 2
    assert sum(text.endswith(more) for text in told) == 10


def test_the_way_home_says_where_it_leads():
    (way,) = parsed(render_compare(compared_runs()[0], None)).xpath("//nav[@class='home']")
    assert "in the results folder" in way.get("title")
    assert "mailed alone" in way.get("title")
