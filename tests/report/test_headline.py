"""What the top of a page says of the edge: three numbers, and what a fee leaves."""

import dataclasses

from active_edge.report.sections.edge import headline_measures
from active_edge.stats import HeadlineStats
from active_edge.stored import read_typed
from tests.headlines import headline
from tests.report.runs import full_run


def told(alpha: float = 0.0164, **more) -> dict[str, str]:
    page = full_run()
    found = read_typed(HeadlineStats, headline("IWM", alpha, 0.0125, **more), where="here", remedy="")
    stats = dataclasses.replace(page.stats, headline=found)
    return {
        item.label: f"{item.value} {item.meaning}"
        for item in headline_measures(dataclasses.replace(page, stats=stats)).items
    }


def test_the_three_numbers_come_first_and_say_what_they_are():
    said = told()
    assert list(said)[:3] == ["Excluded above", "Believed", "Smallest edge visible"]
    assert said["Excluded above"].startswith("3.8 % a year over IWM, 95 %, one-sided")
    assert "chance of more than 0.5 %: 54 %, 31 % before the data (default prior, 0.0 % ± 1.0 %)" in said["Believed"]
    assert said["Smallest edge visible"].startswith("3.8 % a year over IWM")


def test_a_fee_is_said_with_the_edge_before_it_and_the_fee_that_takes_all():
    said = told(management=0.012, performance=0.2, alpha_after_fee=0.002)["Edge after fee"]
    assert said.startswith(
        "+0.2 % a year over IWM, before it +1.6 %; fee 1.20 % a year and 20 % of each year beyond it"
    )
    assert "break-even fee: the whole edge is 1.64 %; benchmark funds are net of theirs" in said


def test_without_a_fee_the_page_says_where_to_name_one_and_without_an_edge_that_none_can_be_earned():
    assert "no fee is named (fee: in the strategy): the whole edge is 1.64 %" in told()["Edge after fee"]
    assert "none can be earned" in told(-0.01)["Edge after fee"]


def test_how_long_a_record_must_be_stands_beside_the_smallest_edge_visible():
    said = told(track_record_years=13.24)
    assert list(said)[2:4] == ["Smallest edge visible", "Track record needed"]
    assert said["Track record needed"].startswith(
        "13.2 years of months like these before an edge as steady is told from"
    )
    assert told(track_record_years=81.0)["Track record needed"].startswith("over 50 years")
    assert "no record, however long" in told(-0.01)["Track record needed"]
    assert "Track record needed" not in told()  # a run of an earlier version, which did not store it
