"""The positive control beside the null: whether the test can say yes at all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from active_edge.cli.output import print_text

if TYPE_CHECKING:
    from active_edge.market import Market
    from active_edge.progress import Progress
    from active_edge.results.batch import Run


def has_control(data: str | None, start: str | None, end: str | None) -> bool:
    """Whether a control can stand beside the runs: on the simulated default market, over its whole period."""
    from active_edge.choice import chosen_folder

    return chosen_folder(data) is None and start is None and end is None


def run_control(
    beside: Sequence[Run], market: Market, out: str, random_portfolios: int, seed: int, progress: Progress
) -> Run:
    """The control beside the runs, judged and written."""
    from active_edge.results.planted import run_planted

    return run_planted(beside, market, out=out, random_portfolios=random_portfolios, seed=seed, progress=progress)


def tell_planted(run: Run) -> None:
    """Print what the control shows, and where its page is."""
    from active_edge.report.index import planted_sentences
    from active_edge.results.entry import entry_of

    entry = entry_of(run.stats, "", run.folder.name)
    print_text(f"PLANTED beside the null. {' '.join(planted_sentences(entry))}")
    print_text(f"Its page: {Path(run.folder) / 'report.html'}")
    print_text("")
