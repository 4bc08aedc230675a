"""One run to one page: the verdict first, then what it rests on."""

from __future__ import annotations

from pathlib import Path

from active_edge.report.blocks import Section
from active_edge.report.document import render, stamp_of, write_page
from active_edge.report.first_screen import first_screen, is_short
from active_edge.report.run_page import LEVELS, RunPage
from active_edge.report.sections.earned import earned_section
from active_edge.report.sections.edge import edge_section
from active_edge.report.sections.effects import effects_section
from active_edge.report.sections.grounds import claims_section, coverage_section, reproduce_section
from active_edge.report.sections.path import leanings_section, mix_section, months_section
from active_edge.report.sections.performance import active_section, growth_section, years_section
from active_edge.report.sections.portfolio import holdings_section, trading_section
from active_edge.report.sections.robustness import legs_section, luck_section, placebo_section, sensitivity_section
from active_edge.verdicts import Word
from active_edge.words import count

PAGE_NAME = "report.html"
HOME = "../index.html"
"""A run's folder lies in the folder of results."""
OPENED = ("edge", "growth")
"""Sections a hurried reader sees; the others open by their titles, and all of them on paper."""


def render_run(page: RunPage) -> str:
    """The page of one run, as HTML that needs no other file and makes no request.

    Raises
    ------
    KeyError
        A frame of `page` lacks a column that `RunPage` names.
    """
    stats = page.stats
    return render(
        "run.html.j2",
        sections=_sections(page),
        opened=OPENED,
        home=HOME,
        library=page.library,
        title=stats.strategy,
        simulated=stats.simulated,
        stamp=stamp_of(stats.planted),
        description=page.record.description,
        facts=(
            f"{stats.start} to {stats.end}",
            count(stats.sessions, page.period),
            count(stats.trials, "trial"),
            f"snapshot {stats.snapshot}",
            f"run {stats.run}",
        ),
        verdict=stats.verdict,
        meaning=f"{Word(stats.verdict).meaning} {Word(stats.verdict).consequence}",
        reason=stats.verdict_reason,
        would_change=stats.verdict_would_change,
        first=first_screen(page),
        warnings=tuple(sorted(page.warnings, key=lambda warning: LEVELS.index(warning.level))),
        ledger_restarted=page.ledger_restarted,
    )


def write_run_page(page: RunPage, folder: Path) -> Path:
    """The path of `report.html` in `folder`, written whole or not at all."""
    return write_page(render_run(page), Path(folder) / PAGE_NAME)


def _sections(page: RunPage) -> tuple[Section, ...]:
    if is_short(page):
        asked = () if page.stats.placebo is None else (placebo_section,)
        return tuple(draw(page) for draw in (coverage_section, *asked, reproduce_section))
    of_returns = (
        edge_section,
        growth_section,
        active_section,
        years_section,
        months_section,
        leanings_section,
        luck_section,
    )
    of_holdings = (
        mix_section,
        earned_section,
        effects_section,
        legs_section,
        sensitivity_section,
        claims_section,
        holdings_section,
        trading_section,
        coverage_section,
    )
    drawn = (*of_returns, *(() if page.returns_only else of_holdings), reproduce_section)
    return tuple(section for draw in drawn if (section := draw(page)) is not None)
