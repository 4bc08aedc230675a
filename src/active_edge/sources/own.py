"""Sources by name: those of the program, and a user's own, asked and archived by the same transport.

A source of a user's own says what to ask, how one answer is read into rows, and which table of a market the rows join.
"""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import get_args

import pandas as pd

from active_edge.arguments import checked, one_of, own_function
from active_edge.errors import PluginError, SourceFormatError
from active_edge.market.findings import Finding
from active_edge.plugins import Declared, Plugin, Registry, origin, reported
from active_edge.sources.own_rows import TABLES, OwnTables, TableName, checked_rows
from active_edge.sources.securities import Listing
from active_edge.sources.web.archive import Archive
from active_edge.sources.web.request import MEGABYTE, Freshness, Kind, Request

Asks = Callable[[dt.date, dt.date], Mapping[str, str]]
"""From the first day wanted and today to the addresses to ask, each under a name that stays the same."""
Reader = Callable[[bytes, str], pd.DataFrame]
"""From the body of an answer and its name in the archive to rows of a table."""
KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.=-]*(/[A-Za-z0-9][A-Za-z0-9_.=-]*)*")
ADDRESS = re.compile(r"https?://[^/\s]+(/\S*)?")
_one_reader = threading.Lock()
"""Answers come side by side; a user's reader is called for one at a time."""


@dataclass(frozen=True)
class Source:
    """A source of the program: the name `--only` knows it under, and what it gives in a line."""

    name: str
    meaning: str


@dataclass(frozen=True, kw_only=True)
class OwnSource(Source):
    """A source from a plug-in.

    Attributes
    ----------
    table : what its rows join.
    asks : what to ask.
    reader : how an answer is read.
    """

    table: TableName
    asks: Asks
    reader: Reader
    plugin: Plugin
    kind: Kind
    freshness: Freshness
    max_bytes: int

    def requests(self, since: dt.date, today: dt.date) -> list[Request]:
        """What is asked, in the order of the names.

        Raises
        ------
        PluginError : it raised, or gave what is no mapping of names to web addresses.
        """
        with reported(self.plugin, f"source {self.name}"):
            given = self.asks(since, today)
            asked = dict(given.items()) if isinstance(given, Mapping) else given
        if not isinstance(asked, Mapping):
            raise PluginError(f"{self._where}: requests gave a {type(asked).__name__}; give names to addresses")
        for key, url in asked.items():
            if not (isinstance(key, str) and KEY.fullmatch(key)):
                raise PluginError(f"{self._where}: {key!r} names no answer; use letters, digits, - _ . = and /")
            if not (isinstance(url, str) and ADDRESS.fullmatch(url)):
                raise PluginError(f"{self._where}: {url!r}, asked as {key}, is no web address")
        return [self._request(f"{self.name}/{key}", asked[key]) for key in sorted(asked)]

    def rows(self, body: bytes, where: str) -> pd.DataFrame:
        """Rows of its table in one answer, with what `own_rows.checked_rows` says of them.

        Raises
        ------
        SourceFormatError : the reader raised, or gave what are no rows of the table.
        """
        try:
            with _one_reader, reported(self.plugin, f"source {self.name}", f"while it read {where}"):
                rows = self.reader(body, where)
            return checked_rows(rows, self.table, self.name, f"{self._where}, {where}")
        except PluginError as error:
            raise SourceFormatError(str(error)) from error

    @property
    def _where(self) -> str:
        return f"{self.plugin}, source {self.name}"

    def _request(self, key: str, url: str) -> Request:
        zipped = self.kind == "zip"
        return Request(
            self.name,
            key,
            url,
            self.kind,
            freshness=self.freshness,
            max_bytes=self.max_bytes,
            missing_is_answer=True,
            check=None if zipped else lambda body: self.rows(body, key),
            check_file=(lambda path: self.rows(path.read_bytes(), key)) if zipped else None,
        )


def _not_run(declared: Declared) -> Source:
    return Source(declared.name, (declared.doc or declared.file).splitlines()[0])


SOURCES: Registry[Source] = Registry("source", _not_run)
"""Every source by name: built in, then a user's own."""


def read_own(archive: Archive, listing: Listing) -> OwnTables:
    """The rows of every own source the archive holds answers of, every version of an answer, the oldest first.

    Raises
    ------
    SourceFormatError : a reader cannot read what it read when it was archived.
    PluginError : the plug-in of a source cannot be used.
    """
    tables = OwnTables()
    held = {key.split("/")[0] for key in archive.keys("")} - SOURCES.reserved
    for name in sorted(held):
        answers = [e for key in archive.keys(f"{name}/") for e in archive.versions(key) if archive.holds(e)]
        made = SOURCES.find(name) if SOURCES.knows(name) else None
        if not isinstance(made, OwnSource):
            remedy = "Name the file that defines it with --plugin; its answers stay in the archive."
            kind = f"answers of {name}, a source no plug-in defines"
            tables.findings.append(Finding("sources", kind, "refused", len(answers), (), remedy))
            continue
        tables.plugins[name] = made.plugin
        for entry in sorted(answers, key=lambda e: (e.time, e.key)):
            rows = made.rows(archive.read(entry), entry.key)
            tables.add(name, made.table, rows, listing, had=entry.day)
    return tables


@checked
def source(
    *,
    table: TableName,
    requests: Asks,
    kind: Kind = "csv",
    freshness: Freshness = "daily",
    max_bytes: int = 64 * MEGABYTE,
) -> Callable[[Reader], OwnSource]:
    """A data source of your own: decorates the reader of one answer, and registers it under its name.

    ``active-edge data pull --only NAME`` then asks it through the same transport, pace (one request a second), archive
    and proof as every other source, and its rows are in the next snapshot; a row that says it could be known only after
    its answer was had is left out and counted.

    The reader is given the body and its name in the archive, and returns a frame of rows. Every row says when it could
    be known (``filed``), and names its security by ``asset``, ``ticker`` or ``cik``:

    - ``facts``: value, filed; or left out: item (the source's name), period_end (the day of filing), months (0);
    - ``series``: date, value, filed; or left out: series (the source's name);
    - ``members``: index, observed.

    Parameters
    ----------
    table
        The table of a market that the rows join.
    requests
        From the first day wanted and today, both ``datetime.date``, to a mapping of name to address. A name stays the
        same from pull to pull: what was had under it is asked again only when it is no longer fresh.
    kind
        What an answer must be: csv, json, xml, text, html or zip.
    freshness
        ``once`` for what never changes once it is there; else how often it is asked again.
    max_bytes
        A longer answer is refused.

    Raises
    ------
    ConfigError
        It has no docstring, or an argument is none of those above.
    PluginError
        The name is taken, or its source cannot be read.
    """

    def decorate(reader: Reader) -> OwnSource:
        name, doc = own_function(reader, "source", ("body", "name"))
        for key, value, known in (
            ("table", table, TABLES),
            ("kind", kind, get_args(Kind)),
            ("freshness", freshness, get_args(Freshness)),
        ):
            one_of(f"source {name}", key, value, known)
        plugin = origin(reader)
        made = OwnSource(
            name,
            doc.splitlines()[0],
            table=table,
            asks=requests,
            reader=reader,
            plugin=plugin,
            kind=kind,
            freshness=freshness,
            max_bytes=max_bytes,
        )
        SOURCES.register(name, made, plugin)
        return made

    return decorate
