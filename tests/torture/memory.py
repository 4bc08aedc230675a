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

import pandas as pd

from active_edge.market import open_market
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
VERIFY = """
import sys
from pathlib import Path
from active_edge.cli.main import main
sys.exit(main(["verify", str(next(Path("seals").glob("*.yaml")))]))
"""
GRID = "name: g\ndescription: d\nvary:\n  screen.select.top: [50, 100, 200]\n  strategy.max_weight: [0.05, 0.1]\n"
UNMEASURED = {
    "data pull": "asks the network; what it takes is that of the bodies",
    "data rebuild": "reads the archive of a pull",
    "data verify": "reads the archive of a pull",
    "data read": "reads filings one by one",
    "data template": "reads the headers of files",
}
"""Commands without a row, and why."""
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


@dataclass(frozen=True)
class Told:
    """What commands ask of a market by name: one of its tickers, and its last day."""

    ticker: str
    last: str


def commands(market: Path, size: Sequence[str], told: Told) -> dict[str, list[str]]:
    """Name -> arguments after ``python``, in a working folder of its own; later ones read what earlier ones wrote."""
    edge = ["-m", "active_edge"]
    data = ["-d", str(market)]
    screen = str(PROJECT / "screens" / "balance_sheet.yaml")
    ticker = told.ticker
    eleven = sorted(str(path) for path in STRATEGIES.glob("*.yaml"))
    names = [Path(one).stem for one in eleven]
    snapshot = (market / "CURRENT").read_text(encoding="utf-8").strip()
    tables = str(market / "snapshots" / snapshot)
    return {
        "data simulate": [*edge, "data", "simulate", "made", *size],
        "data import": [*edge, "data", "import", tables, "--data", "imported"],
        "data audit": [*edge, "data", "audit", *data],
        "data status": [*edge, "data", "status", *data],
        "data diff": [*edge, "data", "diff", snapshot, snapshot, *data],
        "data agree": [*edge, "data", "agree", str(market), str(market)],
        "init": [*edge, "init", "new"],
        "check": [*edge, "check", *eleven],
        "factors": [*edge, "factors"],
        "screen": [*edge, "screen", screen, "--on", "2022-06-30", *data],
        "explain": [*edge, "explain", screen, ticker, "--on", "2022-06-30", *data],
        "premia": [*edge, "premia", screen, *data],
        "company": [*edge, "company", ticker, *data, "--out", "results"],
        "portfolio": [*edge, "portfolio", ONE, *data, "--cash", "1e6", "--on", told.last, "--blotter", "orders.csv"],
        "backtest": [*edge, "backtest", ONE, *data, "--out", "results"],
        "rerun": [*edge, "rerun", "balance_sheet", *data, "--out", "results"],
        "export": [*edge, "export", "balance_sheet", "--csv", "--xlsx", "--out", "results"],
        "memo": [*edge, "memo", "balance_sheet", "--docx", "--out", "results"],
        "judge": [*edge, "judge", "returns.csv", *data, "--out", "results"],
        f"backtest of {len(eleven)} strategies": [*edge, "backtest", *eleven, *data, "--out", "eleven"],
        "compare, index of runs": [*edge, "compare", *names, "--name", "all", "--out", "eleven"],
        "sweep of 6": [*edge, "sweep", ONE, "--grid", "grid.yaml", *data, "--out", "sweeps"],
        "thesis": [*edge, "thesis", *data, "--out", "results"],
        "evidence": [*edge, "evidence", *data, "--out", "results"],
        "seal": [*edge, "seal", ONE, *data, "--on", "2022-12-30"],
        "verify": ["-c", VERIFY],
        "track": [*edge, "track", *data],
        "ledger": [*edge, "ledger"],
        "calibrate, 2 markets of a world": [
            *(*edge, "calibrate", "--worlds", "null", "--markets", "2", "--out", "calibration"),
            *("--page", "calibration.md", "--table", "calibration.json", *size),
        ],
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


def _told(market: Path, returns: Path) -> Told:
    """What commands ask of the market by name; returns of its last three years are written as a file to judge."""
    opened = open_market(market)
    sessions = opened.sessions[-750:]
    earned = [0.001 if number % 2 else -0.0005 for number in range(len(sessions))]
    pd.DataFrame({"date": sessions.strftime("%Y-%m-%d"), "returns": earned}).to_csv(returns, index=False)
    listed = opened.securities["ticker"].dropna()
    return Told(str(listed.iloc[-1]), f"{opened.sessions[-1]:%Y-%m-%d}")


def rows(market: Path, name: str, size: Sequence[str], only: Sequence[str]) -> Iterator[dict[str, Any]]:
    """A row of the table for each command."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "grid.yaml").write_text(GRID, encoding="utf-8")
        told = _told(market, folder / "returns.csv")
        for command, arguments in commands(market, size, told).items():
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
