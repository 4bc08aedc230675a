"""What the first screen says: three numbers, what a fee leaves, the edge on everything, and what was tested."""

import dataclasses

import pytest

from active_edge.report.first_screen import first_screen
from active_edge.report.page import render_run
from active_edge.report.sections.edge import edge_section
from active_edge.robustness_stats import PlaceboStats
from active_edge.stats import HeadlineStats
from active_edge.stored import read_typed
from tests.headlines import headline
from tests.report.markup import parsed
from tests.report.runs import full_run, sparse_run, stamped


def page_with(alpha: float = 0.0164, **more):
    page = full_run()
    found = read_typed(HeadlineStats, headline("IWM", alpha, 0.0125, **more), where="here", remedy="")
    return stamped(page, headline=found)


def told(alpha: float = 0.0164, **more) -> dict[str, str]:
    measures = first_screen(page_with(alpha, **more)).headline
    return {item.label: f"{item.value} {item.meaning} {item.more}" for item in measures.items}


def record_needed(alpha: float = 0.0164, **more) -> str | None:
    blocks = edge_section(page_with(alpha, **more)).blocks
    found = [item for block in blocks if block.kind == "measures" for item in block.items]
    return next((f"{item.value} {item.meaning}" for item in found if item.label == "Track record needed"), None)


def test_three_numbers_and_the_edge_after_the_fee_say_what_they_are():
    said = told()
    assert list(said) == ["Excluded above", "Believed", "Smallest edge visible", "Edge after fee"]
    assert said["Excluded above"].startswith("3.8 % a year over IWM: the largest edge these months leave possible")
    assert "95 %, one-sided" in said["Excluded above"]
    assert "Chance of more than 0.5 %: 54 %, 31 % before the data (default prior, 0.0 % ± 1.0 %)" in said["Believed"]
    assert said["Smallest edge visible"].startswith("3.8 % a year over IWM")


def test_a_fee_is_said_with_the_edge_before_it_and_the_fee_that_takes_all():
    said = told(management=0.012, performance=0.2, alpha_after_fee=0.002)["Edge after fee"]
    assert said.startswith("+0.2 % a year over IWM, before it +1.6 %")
    assert "Fee 1.20 % a year and 20 % of each year beyond it" in said
    assert "before it +1.6 %; break-even fee 1.64 %" in said


def test_without_a_fee_the_page_says_where_to_name_one_and_without_an_edge_that_none_can_be_earned():
    said = told()["Edge after fee"]
    assert "no fee is named" in said
    assert "no fee is named, break-even fee 1.64 %" in said
    assert "no fee can be earned" in told(-0.01)["Edge after fee"]


def test_how_long_a_record_must_be_stands_with_the_edge():
    assert record_needed(track_record_years=13.24).startswith(
        "13.2 years of months like these before an edge as steady is told from"
    )
    assert record_needed(track_record_years=81.0).startswith("over 50 years")
    assert "no record, however long" in record_needed(-0.01)
    assert record_needed() is None  # a run of an earlier version, which did not store it


def test_the_picture_holds_every_estimate_that_the_stats_have_on_one_axis():
    edges = first_screen(full_run()).edges
    assert [row.against for row in edges.rows] == ["IWM", "IJR", "factors", "random twins"]
    assert edges.rows[3].interval == "−1.0 to +1.8 %"
    assert len({row.reach.axis for row in edges.rows}) == 1
    low, high = edges.rows[0].reach.axis
    drawn = [end for row in edges.rows for end in (row.reach.lower, row.reach.upper)]
    assert low < min(drawn)
    assert high > max(drawn)
    assert 0.0 in [value for value, _ in edges.ticks]


@pytest.mark.parametrize("missing", ["factors", "twins"])
def test_a_picture_without_factors_or_twins_draws_the_rest(missing):
    edges = first_screen(stamped(full_run(), **{missing: None})).edges
    assert len(edges.rows) == 3


def test_without_any_estimate_there_is_no_picture_and_no_number():
    drawn = first_screen(sparse_run())
    assert drawn.edges is None
    assert drawn.headline is None


def test_what_was_tested_stands_in_five_lines_before_any_section():
    tree = parsed(render_run(full_run()))
    names = [name.text_content() for name in tree.xpath("//header//dl[@class='tested']//dt")]
    assert names == ["Universe", "Rules", "Weights", "Schedule", "Period"]


def test_a_run_of_before_is_told_in_its_authors_words():
    page = full_run()
    (line,) = first_screen(dataclasses.replace(page, stats=dataclasses.replace(page.stats, tested={}))).tested
    assert line[1] == page.record.description


def test_a_page_of_a_run_that_is_not_testable_is_short():
    sections = parsed(render_run(full_run(verdict="not testable"))).xpath("//main/section/@id")
    assert sections == ["why", "warnings", "coverage", "reproduce"]


def test_a_placebo_that_was_asked_for_stands_on_the_page_of_a_run_that_could_not_be_tested():
    run = full_run(verdict="not testable")
    asked = dataclasses.replace(run, stats=dataclasses.replace(run.stats, placebo=PlaceboStats(why_not="too few")))
    page = parsed(render_run(asked))
    assert page.xpath("//main/section/@id") == ["why", "warnings", "coverage", "placebo", "reproduce"]
    assert "Its own placebo is not available: too few." in page.xpath("string(//section[@id='placebo'])")
