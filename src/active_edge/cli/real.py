"""What real returns say, beside what a simulated market shows."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from active_edge.cli.output import print_table, print_text
from active_edge.words import count, interval, signed

if TYPE_CHECKING:
    from active_edge.market import Market
    from active_edge.published.run import RealRun


def real_for(market: Market, out: str) -> Callable[[], None] | None:
    """The real returns that come with the program, judged and written into `out`; what prints them.

    The whole table is printed once for a results folder, after that where it stands; None where the market is real.
    """
    if not market.simulated:
        return None
    from active_edge.published.run import run_real
    from active_edge.results.evidence import real_lines

    told = bool(real_lines(Path(out)))
    run = run_real(out)
    return partial(_print_again if told else _print_whole, run)


def _print_whole(run: RealRun) -> None:
    print_text(
        f"REAL returns, {run.first:%Y-%m} to {run.last:%Y-%m}, of Kenneth French's data library as the libraries arch "
        "and linearmodels carry them: what small companies paid in months that happened."
    )
    rows = [
        (found.question.claim, found.verdict, signed(found.estimate.annual), interval(*found.estimate.interval))
        for found in run.findings
        if found.estimate is not None
    ]
    print_table(("claim", "verdict", "a year", "95 %"), rows)


def _print_again(run: RealRun) -> None:
    supported = sum(found.verdict == "supported" for found in run.findings)
    print_text(
        f"REAL returns, {run.first:%Y-%m} to {run.last:%Y-%m}: {supported} of {count(len(run.findings), 'claim')} "
        f"supported, as told before; the page is {run.page}."
    )
    print_text("")
