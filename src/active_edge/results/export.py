"""The tables of a stored run as files that other programs open."""

from __future__ import annotations

from pathlib import Path

from active_edge.printable import sheet_csv
from active_edge.report.document import write_page
from active_edge.report.memo import memo_markdown, memo_of, render_memo
from active_edge.results.company import pages_of
from active_edge.results.letter import write_letter
from active_edge.results.stored_run import StoredRun
from active_edge.results.workbook import write_workbook
from active_edge.whole import write_whole


def export_csv(run: StoredRun) -> list[Path]:
    """The files written, one a table, into the run's folder: UTF-8, a header, ISO dates, decimals with a point.

    Texts are as `sheet_csv` writes them.
    """
    return [
        write_whole(run.folder / f"{name}.csv", sheet_csv(table, date_format="%Y-%m-%d"))
        for name, table in run.tables.items()
    ]


def export_xlsx(run: StoredRun) -> list[Path]:
    """The workbook written into the run's folder, a sheet a table."""
    return [write_workbook(run.tables, run.folder / f"{run.folder.name}.xlsx")]


def export_memo(run: StoredRun, *, docx: bool = False) -> list[Path]:
    """The memo of a run as Markdown and HTML in its folder, and as .docx where asked for."""
    stats = run.stats
    companies = pages_of([one.ticker for one in stats.largest], stats.end, run.folder.parent)
    memo = memo_of(stats, {ticker: f"../{page}" for ticker, page in companies.items()})
    written = [
        write_whole(run.folder / "memo.md", memo_markdown(memo)),
        write_page(render_memo(memo), run.folder / "memo.html"),
    ]
    return [*written, write_letter(memo, run.folder / "memo.docx")] if docx else written
