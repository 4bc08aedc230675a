"""The most memory each command takes on a market, and what it does with 4 GB of address space; kept in the table.

scripts/run -m tests.torture.memory --name "default" [--market FOLDER] [--only NAME,...] [--keep]
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.torture.rows import PROJECT, keep, machine, memory_table, program

WITHIN = ("bash", "-c", 'ulimit -v 4194304; exec "$@"', "bash")
"""Before a command: it may have 4 GB of address space."""
LAB = """
from pathlib import Path
from active_edge.lab.serve import make_lab
from active_edge.market import open_market
from active_edge.strategy import load_strategy
import active_edge.cli.main as cli
def main():
    one = load_strategy(r"{strategy}")
    lab = make_lab(open_market(r"{market}"), {{one.name: one}}, family="measured", out=Path("results"))
    lab.evaluate({{"tab": "t", "number": 1, "variant": lab.start["strategies"][one.name]}})
    lab.close()
    return 0
import sys
try:
    sys.exit(main())
except (MemoryError, Exception) as error:
    told = cli._told(error)
    print("Error:", told or repr(error), file=sys.stderr)
    sys.exit(1 if told else 70)
"""
GRID = "name: g\ndescription: d\nvary:\n  screen.select.top: [50, 100, 200]\n  strategy.max_weight: [0.05, 0.1]\n"
STRATEGIES = PROJECT / "strategies"
ONE = str(STRATEGIES / "balance_sheet.yaml")


@dataclass(frozen=True)
class Measured:
    """One run of a command: exit code, seconds, most memory of one of its processes in MB, its last words."""

    code: int
    seconds: float
    peak_mb: float
    said: str

    @property
    def ending(self) -> str:
        """How it ended, in words for the table."""
        if self.code == 0:
            return f"works, {self.peak_mb:,.0f} MB"
        if self.code == 1 and "Traceback" not in self.said and "Error: " in self.said:
            return f"exit 1: {self.said[self.said.rindex('Error: ') + 7 :].strip()[:90]} …"
        return f"WRONG: exit {self.code}: {self.said.strip()[-120:]}"


def commands(market: Path, size: Sequence[str]) -> dict[str, list[str]]:
    """Name -> arguments after ``python``, in a working folder of its own."""
    edge = ["-m", "active_edge"]
    data = ["-d", str(market)]
    eleven = sorted(str(path) for path in STRATEGIES.glob("*.yaml"))
    names = [Path(one).stem for one in eleven]
    tables = str(market / "snapshots" / (market / "CURRENT").read_text(encoding="utf-8").strip())
    return {
        "data simulate": [*edge, "data", "simulate", "made", *size],
        "data import": [*edge, "data", "import", tables, "--data", "imported"],
        "data audit": [*edge, "data", "audit", *data],
        "screen": [*edge, "screen", str(PROJECT / "screens" / "balance_sheet.yaml"), "--on", "2022-06-30", *data],
        "backtest": [*edge, "backtest", ONE, *data, "--out", "results"],
        f"backtest of {len(eleven)} strategies": [*edge, "backtest", *eleven, *data, "--out", "eleven"],
        "compare, index of runs": [*edge, "compare", *names, "--name", "all", "--out", "eleven"],
        "sweep of 6": [*edge, "sweep", ONE, "--grid", "grid.yaml", *data, "--out", "sweeps"],
        "thesis": [*edge, "thesis", *data, "--out", "results"],
        "lab, one variant": ["-c", LAB.format(strategy=ONE, market=market)],
    }


def measure(arguments: Sequence[str], folder: Path, *, limited: bool) -> Measured:
    """One run in `folder`; with `limited` it may have 4 GB of address space."""
    began = time.monotonic()
    told = folder / "said.txt"
    with told.open("wb") as said:
        process = subprocess.Popen(
            [*(WITHIN if limited else ()), sys.executable, *arguments], cwd=folder, stdout=said, stderr=said,
            env={**os.environ, "ACTIVE_EDGE_LEDGER": str(folder / "ledger.jsonl"), "COLUMNS": "2000"},
        )  # fmt: skip
        _, status, used = os.wait4(process.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    process.returncode = code
    return Measured(
        code, time.monotonic() - began, used.ru_maxrss / 1024, told.read_text(encoding="utf-8", errors="replace")
    )


def rows(market: Path, name: str, size: Sequence[str], only: Sequence[str]) -> Iterator[dict[str, Any]]:
    """A row of the table for each command."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "grid.yaml").write_text(GRID, encoding="utf-8")
        for command, arguments in commands(market, size).items():
            if only and not any(command.startswith(one) for one in only):
                continue
            free, limited = (measure(arguments, folder, limited=within) for within in (False, True))
            yield {
                "what": f"{command} | {name}",
                "command": command,
                "market": name,
                "peak_mb": round(free.peak_mb),
                "seconds": round(free.seconds),
                "limited": limited.ending if free.code == 0 else f"WRONG without a limit: {free.ending}",
                "date": f"{dt.datetime.now(tz=dt.UTC):%Y-%m-%d}",
                "program": program(),
                "machine": machine(),
            }


def main() -> int:
    """Exit code 1 where a command ended otherwise than well or in a sentence."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--market", type=Path, help="market folder; made with the default size where it is not named")
    asked.add_argument("--name", default="default", help="what the table calls the market")
    asked.add_argument("--size", default="", help="options of data simulate that make such a market")
    asked.add_argument("--only", default="")
    asked.add_argument("--keep", action="store_true")
    given = asked.parse_args()
    wrong = False
    with tempfile.TemporaryDirectory() as scratch:
        market = given.market and given.market.resolve()
        if market is None:
            market = Path(scratch) / "market"
            made = [sys.executable, "-m", "active_edge", "data", "simulate", str(market), *given.size.split()]
            subprocess.run(made, check=True, capture_output=True)
        for row in rows(market, given.name, given.size.split(), [*filter(None, given.only.split(","))]):
            print([*memory_table([row])][-1], flush=True)
            wrong |= "WRONG" in row["limited"]
            if given.keep:
                keep("memory", [row])
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
