"""A rule that no candidate had a value of at first says from when it had."""

from dataclasses import replace

from active_edge.report.blocks import Table
from active_edge.report.sections.grounds import coverage_section
from tests.report.runs import full_run


def known_from(page) -> list[str]:
    (table,) = [
        b for b in coverage_section(page).blocks if isinstance(b, Table) and b.caption.startswith("Coverage over")
    ]
    names = [column.label for column in table.columns]
    return [str(row[-1]) for row in table.rows] if names[-1] == "Known from" else []


def test_a_rule_without_a_value_at_first_says_from_when_it_has_one() -> None:
    page = full_run()
    assert page.coverage is not None
    assert known_from(page) == []
    late = page.coverage.copy()
    late.iloc[:3, 0] = 0.0
    late.iloc[:, 1] = 0.0
    told = known_from(replace(page, coverage=late))
    assert told[:3] == [f"{late.index[3]:%Y-%m-%d}", "never", f"{late.index[0]:%Y-%m-%d}"]
