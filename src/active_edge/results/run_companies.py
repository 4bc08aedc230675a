"""The pages of every company that a stored run ever held, and its own page leading to them."""

from __future__ import annotations

from pathlib import Path

from active_edge.errors import MissingInput
from active_edge.panel import Panels
from active_edge.progress import Progress, silent
from active_edge.report.document import write_page
from active_edge.report.leading import lead_to
from active_edge.results.company import write_companies, write_lists
from active_edge.results.entry import PAGE, RUN
from active_edge.results.folders import find_run, has_targets
from active_edge.results.recorded import plugins_of, traded_again
from active_edge.results.records import read_record
from active_edge.results.rerun import market_of


def write_run_companies(
    run: str, out: Path, *, data: str | Path | None = None, progress: Progress = silent
) -> dict[str, str]:
    """Ticker -> address, relative to the run's folder, of a page of each company that the run ever held.

    Each is of what was known at the last decision that held it. The run's own page then leads to them.

    Parameters
    ----------
    data : market folder; default the one the run was made on.

    Raises
    ------
    MissingInput : there is no such run, it holds no companies, or the market is not the one it was made on.
    """
    folder = find_run(out, run)
    record = read_record(folder)
    if not has_targets(folder):
        raise MissingInput(f"{folder}: returns that somebody earned name no companies; give a run that held some")
    market = market_of(record.market, data, progress)
    if market.snapshot != record.market.snapshot:
        raise MissingInput(
            f"{folder / RUN}: the run was made on snapshot {record.market.snapshot}; {market.path} holds "
            f"{market.snapshot}. Name the folder that holds it with --data"
        )
    with plugins_of(record, str(folder / RUN), run=True, announce=None):
        result = traded_again(record.tried, market, Panels(), folder)
        pages, _ = write_companies(result, folder.parent, ever=True, progress=progress)
    page = folder / PAGE
    if page.is_file():
        write_page(lead_to(page.read_text(encoding="utf-8"), pages), page)
    write_lists(folder.parent)
    return pages
