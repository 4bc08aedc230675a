"""What real returns say, beside what a simulated market shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from active_edge.cli.output import print_table, print_text
from active_edge.words import interval, signed

if TYPE_CHECKING:
    from active_edge.market import Market
    from active_edge.published.run import RealRun


def real_for(market: Market, out: str) -> RealRun | None:
    """The real returns that come with the program, judged and written into `out`; None where the market is real."""
    if not market.simulated:
        return None
    from active_edge.published.run import run_real

    return run_real(out)


def print_real(run: RealRun) -> None:
    """Print the findings as a table, stamped with where and when they are from."""
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
