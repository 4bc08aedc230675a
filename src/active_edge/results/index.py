"""The list of a results folder's runs, and its page index.html.

Each run folder carries its own line of the list (`entry`). Stats and record, a hundred times as long, are read only
where that is not there or is not of them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from markupsafe import Markup

from active_edge.errors import MissingInput, OlderFormat
from active_edge.ordinary import ordinary
from active_edge.report.document import write_page
from active_edge.report.index import INDEX_PAGE, render_index
from active_edge.report.run_page import IndexEntry
from active_edge.results.entry import PAGE, RUN, STATS, entry_of, kept_entry, renew_entry
from active_edge.results.evidence import REAL, real_lines
from active_edge.results.folders import read_stats
from active_edge.results.records import read_record
from active_edge.whole import put_right

TITLE = re.compile(r"<title>([^<]*)</title>")
TITLE_WITHIN = 4096
COMPANIES = "companies"
"""The folder of the pages of companies, which have a list of their own."""


@dataclass(frozen=True)
class RunList:
    """What a results folder holds.

    entries : one for every run, newest first.
    older : folders that an older program wrote; they have no entry.
    damaged : folder -> what cannot be read in it; it has no entry, and stays as it is.
    """

    entries: Sequence[IndexEntry]
    older: Sequence[str]
    damaged: dict[str, str]


def write_index(out: Path) -> Path:
    """The page index.html of the results folder `out`, written anew from the runs in it."""
    found = list_runs(out)
    real = [] if REAL in found.damaged else real_lines(out)
    html = render_index(
        found.entries,
        found.older,
        found.damaged,
        real=real,
        real_page=f"{REAL}/{PAGE}",
        others=other_pages(out, {*(PurePosixPath(one.href).parts[0] for one in found.entries), *found.damaged}),
    )
    return write_page(html, out / INDEX_PAGE)


def keep_page(html: str, name: str, out: Path) -> Path:
    """A page of the whole folder, written where it does not stand as it is; then the list anew, which leads to it."""
    page = out / name
    if not page.is_file() or page.read_text(encoding="utf-8") != html:
        write_page(html, page)
        write_index(out)
    return page


def other_pages(out: Path, runs: Collection[str] = ()) -> dict[str, str]:
    """Address, relative to `out`, -> title of every page that is neither a run's nor the list itself.

    `runs`: folders known to be runs, which are not looked into again.
    """
    found = [path for path in out.glob("[!.]*.html") if path.name != INDEX_PAGE]
    inside = (path for path in out.glob("[!.]*/[!.]*.html") if path.parent.name not in runs)
    folders = [path for path in inside if not _names_of_run(path.parent)]
    found += [path for path in folders if path.parent.name != COMPANIES or path.name == INDEX_PAGE]
    return {path.relative_to(out).as_posix(): page_title(path) for path in sorted(found)}


def page_title(path: Path) -> str:
    """What a page calls itself; its name where it does not, or cannot be read."""
    try:
        with ordinary(path).open(encoding="utf-8", errors="replace") as page:
            told = TITLE.search(page.read(TITLE_WITHIN))
    except OSError:
        told = None
    return str(Markup(told[1]).unescape()).removesuffix(" · Active Edge") if told else path.name


def _names_of_run(folder: Path) -> set[str]:
    """What a folder holds of the names that a run's has."""
    return {STATS, RUN} & {path.name for path in folder.iterdir()}


def list_runs(out: Path) -> RunList:
    """The runs of the results folder `out`; a run that cannot be read stops nobody.

    Hidden folders are runs being written; a folder may vanish while it is replaced. A folder is a run's when it holds
    something of the name of stats or record, whatever that is by now.
    """
    put_right(out)
    entries: list[IndexEntry] = []
    older: list[str] = []
    damaged: dict[str, str] = {}
    for folder in sorted(path for path in out.glob("[!.]*") if path.is_dir()):
        try:
            if not _names_of_run(folder):
                continue
            entry = kept_entry(folder)
            if entry is None:
                entry = entry_of(read_stats(folder), read_record(folder).created, folder.name)
                renew_entry(entry, folder)
            entries.append(entry)
        except OlderFormat:
            older.append(folder.name)
        except MissingInput as error:
            if folder.is_dir():
                damaged[folder.name] = str(error)
        except OSError as error:
            damaged[folder.name] = f"{folder}: cannot be opened ({error.strerror})"
    try:
        real_lines(out)
    except MissingInput as error:
        damaged[REAL] = str(error)
    return RunList(sorted(entries, key=lambda entry: (entry.created, entry.run), reverse=True), older, damaged)
