"""The command line given what no one should give it."""

from __future__ import annotations

import time
from pathlib import Path

from tests.torture.rows import Result
from tests.torture.world import inside, run

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


def command_line(world: Path) -> Result:
    """Commands that make no sense: each ends with 0, 1 or 2, and in words."""
    row = Result("command-line oddities")
    with inside(world):
        for command in ODD:
            started = time.monotonic()
            code, said = run(command)
            row.slowest = max(row.slowest, time.monotonic() - started)
            row.tried += 1
            row.noticed += code in (1, 2)
            if code not in (0, 1, 2) or "Traceback" in said:
                row.wrong.append(f"{command}: exit {code}: {said.strip()[-300:]}")
    return row
