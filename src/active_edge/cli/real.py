"""What real returns say, beside what a simulated market shows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from active_edge.cli.output import print_table, print_text
from active_edge.words import count, interval, signed

if TYPE_CHECKING:
    from active_edge.market import Market
    from active_edge.published.run import RealRun


def tell_real(market: Market, out: str, *, shared: bool = False) -> None:
    """Judge the real returns that come with the program, write them into `out` and its list, and print them.

    The whole table is printed once for a results folder, after that where it stands; nothing where the market is real.
    """
    if not market.simulated:
        return
    from active_edge.errors import MissingInput
    from active_edge.published.run import run_real
    from active_edge.results.evidence import real_lines
    from active_edge.results.index import write_index

    try:
        told = bool(real_lines(Path(out)))
    except MissingInput:  # named by the list of runs, and written anew
        told = False
    run = run_real(out, shared=shared)
    if told:
        _print_again(run)
    else:
        write_index(Path(out))
        _print_whole(run)


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
