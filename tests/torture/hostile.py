"""Readers of the wire, of tables and of YAML given damaged bodies; the command line given what no one should."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from active_edge.config import parse_model
from active_edge.errors import ActiveEdgeError
from active_edge.ledger.chain import read_chain
from active_edge.market.intake.importer import import_folder
from active_edge.screen import Screen
from active_edge.strategy import StrategyRules
from tests.sources.test_fuzz import READERS
from tests.torture.points import Result
from tests.torture.world import SCREEN, STRATEGY, inside, run

PIECES = (
    *(b"", b"null", b"-1", b"1e400", b"NaN", b"[]", b"{}", b"\t", b"|", b"\n", b"99999999999999", b"\0", b"\xff"),
    *(b"infinity", b"10000-01-01", b"!!timestamp x", b"!!python/object:x", b"&a [*a]", b"<!ENTITY", b'"', b"'", b",,"),
)
LONGEST_SECONDS = 10.0
ODD = (
    *((), ("",), ("nosuch",), ("--nosuch",), ("backtest",), ("backtest", ""), ("backtest", "-")),
    *(("backtest", "."), ("backtest", "/dev/null"), ("backtest", "/dev/zero"), ("backtest", "x" * 5000)),
    *(("backtest", "strategies/s.yaml", "--from", "2020-13-45"), ("backtest", "strategies/s.yaml", "--to", "now")),
    *(("backtest", "strategies/s.yaml", "--random", "1e9"), ("backtest", "strategies/s.yaml", "--seed", "-1")),
    *(("backtest", "strategies/s.yaml", "-d", "nosuch"), ("backtest", "strategies/s.yaml", "-d", "/dev/null")),
    *(("backtest", "strategies/s.yaml", "-d", "market", "--out", "screens/s.yaml"),),
    *(("data", "import", "nosuch", "--data", "m"), ("data", "import", "/dev/null", "--data", "m")),
    *(("data", "import", "tables", "--data", "screens/s.yaml"), ("data", "simulate", "m", "--years", "0")),
    *(("data", "diff", "x", "y", "-d", "market"), ("data", "read", "/dev/zero"), ("check", "\udcff.yaml")),
    *(("judge", "/dev/zero"), ("judge", "screens/s.yaml"), ("compare", "s", "../.."), ("rerun", "../../etc")),
    *(("screen", "screens/s.yaml", "-d", "market", "--on", "0000-00-00"), ("screen", "s'; DROP TABLE x; --")),
    *(("ledger", "--x"), ("thesis", "--out", "market"), ("init", "screens/s.yaml"), ("seal", "nosuch")),
)


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


def mutated(draw: random.Random, whole: bytes) -> bytes:
    """A true body with one to four pieces cut out, repeated or overwritten."""
    body = bytearray(whole)
    for _ in range(draw.randint(1, 4)):
        at, length = draw.randint(0, len(body)), draw.randint(0, 40)
        piece = draw.choice(
            (draw.choice(PIECES), draw.randbytes(draw.randint(0, 12)), bytes(body[at : at + length]) * 3)
        )
        body[at : at + draw.choice((0, length))] = piece
    return bytes(body)


def fuzz(*, executions: int, until: float, seed: int) -> list[Result]:
    """A row a reader: so many damaged bodies, each answered or refused by name within ten seconds."""
    rows: list[Result] = []
    for name, (read, whole) in {**READERS, **LOCAL}.items():
        draw, row, started = random.Random(f"{seed} {name}"), Result(f"damaged bodies: {name}"), time.monotonic()
        read(whole)
        own = min(until, started + (until - started) / (len(READERS) + len(LOCAL) - len(rows)))
        while row.tried < executions and time.monotonic() < own:
            body, before = mutated(draw, whole), time.monotonic()
            try:
                read(body)
            except ActiveEdgeError:
                row.noticed += 1
            except Exception as error:
                row.wrong.append(f"{type(error).__name__}: {str(error)[:120]} for {body[:200]!r}")
            if time.monotonic() - before > LONGEST_SECONDS:
                row.wrong.append(f"{time.monotonic() - before:.0f} s for {body[:200]!r}")
            row.tried += 1
        row.seconds = time.monotonic() - started
        rows.append(row)
    return rows


def command_line(world: Path) -> Result:
    """Commands that make no sense: each ends with 0, 1 or 2, and in words."""
    row, started = Result("command-line oddities"), time.monotonic()
    with inside(world):
        for command in ODD:
            code, said = run(command)
            row.tried += 1
            row.noticed += code in (1, 2)
            if code not in (0, 1, 2) or "Traceback" in said:
                row.wrong.append(f"{command}: exit {code}: {said.strip()[-300:]}")
    row.seconds = time.monotonic() - started
    return row
