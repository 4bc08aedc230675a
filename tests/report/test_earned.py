"""Why what the names earned is not the total return."""

from dataclasses import replace

from active_edge.report.sections.earned import earned_section
from tests.report.runs import full_run


def told(earned, total):
    run = full_run(years=2.0)
    assert run.stats.contributions is not None
    found = replace(run.stats.contributions, total=earned)
    section = earned_section(replace(run, stats=replace(run.stats, contributions=found, total_return=total)))
    return section.blocks[0].text


def test_where_the_two_differ_a_sentence_says_why():
    said = "The total return, +21.0 %, begins at the close of the session of the first purchase"
    assert said in told(0.204, 0.21)


def test_where_they_read_the_same_or_one_is_unknown_it_is_silent():
    assert "The total return" not in told(0.2101, 0.2099)
    assert "The total return" not in told(0.2, None)
