"""Readers of the wire, of tables and of YAML given damaged bodies, led by the lines of the package that these reach."""

from __future__ import annotations

import random
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import orjson

import active_edge
from active_edge.config import parse_model
from active_edge.errors import ActiveEdgeError
from active_edge.filings import read_filing
from active_edge.ledger.chain import read_chain
from active_edge.market.intake.importer import import_folder
from active_edge.screen import Screen
from active_edge.strategy import StrategyRules
from tests.filings.every_kind import FILINGS
from tests.sources.readers import READERS
from tests.torture.children import answered, used
from tests.torture.rows import Result
from tests.torture.world import SCREEN, STRATEGY

PACKAGE = str(Path(active_edge.__file__).parent)
PIECES = (
    *(b"", b"null", b"-1", b"1e400", b"NaN", b"[]", b"{}", b"\t", b"|", b"\n", b"99999999999999", b"\0", b"\xff"),
    *(b"infinity", b"10000-01-01", b"!!timestamp x", b"!!python/object:x", b"&a [*a]", b"<!ENTITY", b'"', b"'", b",,"),
)
VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    1e308,
    2**63 - 1,
    "",
    "x",
    "infinity",
    "10000-01-01",
    [],
    {},
    [[]],
    {"": None},
)
LONGEST_SECONDS = 10.0
LARGEST, LONGEST = 1 << 16, 1 << 18
"""A body that would grow beyond so many bytes is cut; one in two hundred is made long by a piece without end."""
REPEATED = (
    *(b" ", b"\n", b"\r\n", b",", b"|", b"\t", b"-", b".", b"9", b"5.", b"a,", b'"a', b"[", b'{"a":', b"$1 ", b"% "),
    *(
        b"<",
        b"<!--",
        b"<td>",
        b"<tr><td>1",
        b"&nbsp;",
        b'href="',
        b"href=",
        b"2022q1",
        b"as a group ",
        b"converted into ",
    ),
)
STUCK_SECONDS = 60


def _screen(body: bytes) -> object:
    return parse_model(body.decode("utf-8", "replace"), Screen, "f.yaml")


def _strategy(body: bytes) -> object:
    return parse_model(body.decode("utf-8", "replace"), StrategyRules, "f.yaml")


def _chain(body: bytes) -> object:
    return read_chain(body, "f")


def _table(body: bytes) -> object:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        source.mkdir()
        (source / "prices.csv").write_bytes(body)
        (source / "securities.csv").write_bytes(b"asset,ticker,name,sector,kind\nA,A,A,Industrials,common\n")
        return import_folder(source, Path(folder) / "market")


PRICES = b"asset,session,close,total_return\n" + b"".join(b"A,2020-01-%02d,10.0,0.0\n" % day for day in range(2, 11))
LOCAL: dict[str, tuple[Callable[[bytes], object], bytes]] = {
    "a screen": (_screen, SCREEN.encode()),
    "a strategy": (_strategy, STRATEGY.encode()),
    "lines of a ledger": (_chain, b'{"a": 1}\n'),
    "a table of prices": (_table, PRICES),
}
FILED = {
    "filings: facts": ("XBRL instance", "note of debt", "inline XBRL", "data set of a filing"),
    "filings: pages": ("annual report", "annual report by items"),
    "filings: owners": ("proxy", "proxy as text", "Form 4"),
}
"""Readers of filings, each with the kinds it begins with."""


@dataclass
class Reached:
    """The steps, from a line to the next, in code below a folder: what the interpreter calls while it is traced."""

    folder: str = PACKAGE
    steps: set[tuple[CodeType, int, int]] = field(default_factory=set)

    def __call__(self, frame: FrameType, event: str, arg: object) -> Callable[..., Any] | None:
        code, last = frame.f_code, 0
        if not code.co_filename.startswith(self.folder):
            return None

        def stepped(frame: FrameType, event: str, arg: object) -> Callable[..., Any]:
            nonlocal last
            self.steps.add((code, last, frame.f_lineno))
            last = frame.f_lineno
            return stepped

        return stepped

    def during(self, work: Callable[[], str]) -> tuple[str, bool]:
        """What `work` answers, and whether it took a step for the first time."""
        before = len(self.steps)
        sys.settrace(self)
        try:
            answer = work()
        finally:
            sys.settrace(None)
        return answer, len(self.steps) > before


def mutated(draw: random.Random, whole: bytes) -> bytes:
    """A body with one to four pieces cut out, repeated or overwritten, a value of its JSON replaced, or made long."""
    if draw.random() < 0.005:
        at, piece = draw.randint(0, len(whole)), draw.choice(REPEATED)
        rest = whole[at:] if draw.random() < 0.5 else b""
        return whole[:at] + piece * (LONGEST // len(piece)) + rest
    if whole[:1] in b"{[" and draw.random() < 0.5:
        try:
            return reshaped(draw, orjson.loads(whole))[:LARGEST]
        except (orjson.JSONDecodeError, orjson.JSONEncodeError):
            pass  # No JSON, or nested deeper than it is written: damaged as bytes.
    body = bytearray(whole)
    for _ in range(draw.choice((1, 1, 2, 4))):
        at, length = draw.randint(0, len(body)), draw.randint(0, 40)
        piece = draw.choice(
            (draw.choice(PIECES), draw.randbytes(draw.randint(0, 12)), bytes(body[at : at + length]) * 3)
        )
        body[at : at + draw.choice((0, length))] = piece
    return bytes(body[:LARGEST])


def reshaped(draw: random.Random, document: Any) -> bytes:
    """A JSON document with one node, anywhere in it, replaced or repeated."""
    node, holder, key = document, None, None
    while isinstance(node, dict | list) and node and draw.random() < 0.8:
        holder, key = node, draw.choice([*node]) if isinstance(node, dict) else draw.randrange(len(node))
        node = holder[key]
    value = [node, node] if draw.random() < 0.2 else draw.choice(VALUES)
    if holder is None:
        return orjson.dumps(value)
    holder[key] = value
    return orjson.dumps(document)


def tortured(
    name: str,
    read: Callable[[bytes], object],
    wholes: Sequence[bytes],
    *,
    executions: float,
    cpu_minutes: float,
    seed: int,
    guided: bool = True,
    folder: str = PACKAGE,
) -> Result:
    """A row: so many damaged bodies, or minutes of the processor, each answered or refused by name within ten seconds.

    A body that was read, and took a step in `folder` that nobody had taken, is damaged further too (`guided`). A reader
    stuck for a minute, in C too, where nothing else is heard, ends the process.
    """
    draw, row = random.Random(f"{seed} {name}"), Result(f"damaged bodies: {name}")
    reached, corpus, began = Reached(folder), [*wholes], used()
    for whole in wholes:
        assert reached.during(partial(_outcome, read, whole))[0] == "read", (name, whole[:80])
    warnings.simplefilter("ignore")
    while row.tried < executions and used() - began < 60.0 * cpu_minutes:
        body, before = mutated(draw, draw.choice(corpus)), time.monotonic()
        signal.alarm(STUCK_SECONDS)
        outcome, new = reached.during(partial(_outcome, read, body))
        signal.alarm(0)
        if new and guided and outcome == "read" and len(body) <= LARGEST:
            corpus.append(body)
        row.tried += 1
        row.noticed += outcome == "named"
        row.slowest = max(row.slowest, time.monotonic() - before)
        if outcome not in ("read", "named"):
            row.wrong.append(f"{outcome} for {body[:200]!r}")
        if time.monotonic() - before > LONGEST_SECONDS:
            row.wrong.append(f"{time.monotonic() - before:.0f} s for {body[:200]!r}")
    row.steps = len(reached.steps)
    return row


def _outcome(read: Callable[[bytes], object], body: bytes) -> str:
    """What became of a body: read, named, or the error that has no name."""
    try:
        read(body)
    except ActiveEdgeError:
        return "named"
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:120]}"
    return "read"


def parser(name: str, *, executions: float, cpu_minutes: float, seed: int, guided: bool = True) -> Result:
    """The row of one reader, found out in a process of its own."""
    read, wholes = EVERY[name]
    row, ended = answered(
        lambda: tortured(name, read, wholes, executions=executions, cpu_minutes=cpu_minutes, seed=seed, guided=guided),
        hung=3_600.0 + 600.0 * cpu_minutes,
    )
    if row is None:
        row = Result(f"damaged bodies: {name}", wrong=[f"the process ended with {ended.code}"])
    row.cpu_seconds, row.peak_mb = ended.cpu_seconds, ended.peak_mb
    return row


EVERY: dict[str, tuple[Callable[[bytes], object], Sequence[bytes]]] = {
    name: (read, (whole,)) for name, (read, whole) in {**READERS, **LOCAL}.items()
} | {name: (read_filing, [FILINGS[kind] for kind in kinds]) for name, kinds in FILED.items()}
