"""What a command prints: JSON for programs, tables for people, progress on the error stream."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from active_edge import words
from active_edge.cli.tables import Column, table_lines
from active_edge.printable import printable
from active_edge.progress import Progress, silent
from active_edge.stored import plain_json

if TYPE_CHECKING:
    from active_edge.market import Market
    from active_edge.market.memory import Work

GAP = re.compile(r"\S {2,}(?=\S)")
"""Between two cells; a sentence has at most one, after the word it begins with."""


def echo(text: str = "", *, err: bool = False, nl: bool = True) -> None:
    """Print a text; a control character in it, of a name in the data say, is shown and does nothing."""
    # To a stream that is not named, click writes UTF-8 where the encoding of the output is ASCII.
    click.echo(printable(text), file=sys.stderr if err else sys.stdout, nl=nl)


def print_json(content: Any) -> None:
    """Print one JSON document; numbers that are none become null, dates ISO text.

    Where the output's encoding has not every character, those beyond ASCII are told by their numbers.
    """
    escaped = not (sys.stdout.encoding or "").lower().startswith("utf")
    echo(json.dumps(plain_json(content), indent=2, ensure_ascii=escaped, allow_nan=False))


def print_table(columns: Sequence[str | Column], rows: Sequence[Sequence[Any]], *, title: str = "") -> None:
    """Print a table that fits the terminal, or one as wide as it needs where there is none."""
    lines = table_lines(columns, [tuple(map(_cell, row)) for row in rows], printed_width())
    echo("\n".join([*([title] if title else []), *lines, ""]))


def printed_width() -> int | None:
    """Characters a line may have: what COLUMNS says, else the terminal's width; None where output is redirected."""
    return _width(sys.stdout)


def print_text(text: str, *, indent: str = "") -> None:
    """Print a paragraph folded to the terminal's width, or in one line where there is none; `indent` from line 2 on."""
    width = printed_width()
    if width is None:
        echo(text)
        return
    echo(_folded(text, width, indent))


def print_error(message: str) -> None:
    """Print why something failed, on the stream for that, as `folded_error`."""
    echo(folded_error(message), err=True)


def print_doubts(market: Market, start: str | None = None, end: str | None = None) -> None:
    """Print what puts the data between two days in doubt, a sentence each."""
    for name, text in told_doubts(market, start, end).items():
        print_text(f"In doubt, {name}: {text}.")


def told_doubts(market: Market, start: str | None = None, end: str | None = None) -> dict[str, str]:
    """What puts the data between two days in doubt, by name; default over all that the market holds."""
    import pandas as pd

    from active_edge.market.audit.doubts import market_doubts

    days = [None if day is None else pd.Timestamp(day) for day in (start, end)]
    return {doubt.name: doubt.text for doubt in market_doubts(market, *days)}


def tell_look(market: Market, work: Work | None = None) -> None:
    """Say on the stream for errors that a look at the companies of a market, or other work, may not fit into memory.

    Raises
    ------
    BacktestError : it will not.
    """
    from active_edge.market.memory import LOOK, require_fit, told_too_large

    work = work or LOOK
    require_fit(market, work)
    if said := told_too_large(market, work):
        tell(said)


def tell_beforehand(market: Market, start: str | None = None) -> None:
    """Say on the stream for errors what a run will do otherwise than asked, and that it may not fit into memory.

    Raises
    ------
    BacktestError : it will not.
    """
    from active_edge.market.memory import require_fit, told_too_large
    from active_edge.run.backtest import usual_start

    require_fit(market)
    said = [told_too_large(market)]
    if start is not None and start < f"{market.sessions[0]:%Y-%m-%d}":
        said.append(
            f"--from {start} lies before the data, {market.sessions[0]:%Y-%m-%d}: the run begins on "
            f"{usual_start(market):%Y-%m-%d}, after a warm-up, as without it"
        )
    for sentence in filter(None, said):
        tell(sentence)


def tell(sentence: str) -> None:
    """Print what one should know beside the result, on the stream for errors."""
    echo(f"Note: {sentence}", err=True)


def tell_damaged(out: Path) -> None:
    """Say on the stream for errors which runs of a results folder cannot be read and stay as they are."""
    from active_edge.results.index import list_runs

    for folder, wrong in list_runs(out).damaged.items():
        echo(f"Not listed, and left as it is: {folder}, for {wrong}", err=True)


def folded_error(message: str) -> str:
    """Why something failed, each of its lines folded to the terminal's width; where there is none, as it is.

    What is redirected is read by programs and searched for its words: COLUMNS, which folds output, folds no error.
    """
    width = shutil.get_terminal_size().columns if sys.stderr.isatty() else None
    lines = f"Error: {printable(message)}".splitlines()
    return "\n".join(line if width is None else _folded(line, width, "  ") for line in lines)


def print_lines(lines: Sequence[str]) -> None:
    """Print lines of a report: sentences folded to the terminal's width, rows of tables as they are."""
    width = printed_width()
    for line in lines:
        is_row = len(GAP.findall(line.strip())) > 1
        if width is None or len(line) <= width or is_row:
            echo(line)
        else:
            margin = line[: len(line) - len(line.lstrip())]
            print_text(line, indent=f"{margin}  ")


def _cell(value: Any) -> str:
    """Text as it is, a truth as yes or no, a day as ISO text, any other number by its significant digits."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or type(value).__name__ in ("bool", "bool_"):
        return "yes" if value else "no"
    return words.date(value) if isinstance(value, date) else words.significant(value)


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator[Progress]:
    """A callable that draws progress bars on the error stream; silent when quiet.

    Where the error stream is no terminal a line is written when a stage begins, so that logs stay short.
    """
    if quiet:
        yield silent
        return
    if not sys.stderr.isatty():
        seen: set[str] = set()

        def line(what: str, done: int, total: int) -> None:
            if what not in seen and not 0 < total <= done:
                seen.add(what)
                echo(f"  {what} ...", err=True)

        yield line
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, Task, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars
    from rich.text import Text

    class Rate(ProgressColumn):
        """How many a second; nothing where one takes longer."""

        def render(self, task: Task) -> Text:
            return Text(f"{words.number(task.speed, 0)}/s" if task.speed and task.speed >= 1.0 else "")

    counted = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    columns = (*counted, Rate(), TimeRemainingColumn())
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, Any] = {}

        def draw(what: str, done: int, total: int) -> None:
            if what not in tasks:
                for other in tasks.values():
                    bars.update(other, visible=False)
                tasks[what] = bars.add_task(what, total=total or None)
            bars.update(tasks[what], completed=done, total=total or None)

        yield draw


def _width(stream: TextIO) -> int | None:
    asked = os.environ.get("COLUMNS", "")
    if asked.isdecimal() and int(asked) > 0:
        return int(asked)
    return shutil.get_terminal_size().columns if stream.isatty() else None


def _folded(text: str, width: int, indent: str) -> str:
    # A number and its unit are never on two lines; a path or an address is never cut.
    bound = re.sub(r"(?<=\d) (?=(?:%|bp|[kMB]\b))", "\u00a0", text)
    filled = textwrap.fill(bound, width, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False)
    return filled.replace("\u00a0", " ")
