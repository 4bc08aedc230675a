"""One run to one page: the verdict first, then what it rests on."""

from __future__ import annotations

from pathlib import Path

from active_edge.report.blocks import Section
from active_edge.report.document import STAMP, render, write_page
from active_edge.report.record import LEVELS, RunRecord
from active_edge.report.sections.edge import edge_section, headline_measures
from active_edge.report.sections.evidence import claims_section, coverage_section, reproduce_section
from active_edge.report.sections.performance import active_section, growth_section, years_section
from active_edge.report.sections.portfolio import holdings_section, trading_section
from active_edge.report.sections.robustness import legs_section, luck_section, sensitivity_section
from active_edge.verdicts import Word
from active_edge.words import number

PAGE_NAME = "report.html"


def render_run(record: RunRecord) -> str:
    """The page of one run, as HTML that needs no other file and makes no request.

    Raises
    ------
    KeyError
        A frame of `record` lacks a column that `RunRecord` names.
    """
    stats = record.stats
    return render(
        "run.html.j2",
        sections=_sections(record),
        title=str(stats["strategy"]),
        simulated=bool(stats["simulated"]),
        stamp=STAMP,
        description=record.description,
        facts=(
            f"{stats['start']} to {stats['end']}",
            f"{number(stats['sessions'], 0)} sessions",
            f"snapshot {stats['snapshot']}",
            f"run {stats['run']}",
        ),
        verdict=str(stats["verdict"]),
        meaning=Word(stats["verdict"]).meaning,
        reason=str(stats.get("verdict_reason") or ""),
        would_change=record.would_change,
        headline=headline_measures(record),
        warnings=tuple(sorted(record.warnings, key=lambda warning: LEVELS.index(warning.level))),
        ledger_restarted=record.ledger_restarted,
    )


def write_run_page(record: RunRecord, folder: Path) -> Path:
    """The path of `report.html` in `folder`, written whole or not at all."""
    return write_page(render_run(record), Path(folder) / PAGE_NAME)


def _sections(record: RunRecord) -> tuple[Section, ...]:
    sections = (
        edge_section(record),
        growth_section(record),
        active_section(record),
        years_section(record),
        luck_section(record),
        legs_section(record),
        sensitivity_section(record),
        claims_section(record),
        holdings_section(record),
        trading_section(record),
        coverage_section(record),
        reproduce_section(record),
    )
    return tuple(section for section in sections if section is not None)
