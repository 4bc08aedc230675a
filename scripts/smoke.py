"""Use an installed active-edge as a newcomer does, outside any clone and with an empty home; exit 1 where it fails.

    python scripts/smoke.py VENV          the environment it is installed in

Called by scripts/release on a real installation, and by tests/promises/test_wheel.py.
"""

import json
import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
SCREEN = (
    "name: small\ndescription: Profitable names of a small market.\nrequire:\n  return_on_assets: {quantile_min: 0.3}\n"
)
STRATEGY = "name: small\nscreen: small\n"
MARKET = ("--data", "data/small")


class Newcomer:
    """An environment's commands, run in folders of their own."""

    def __init__(self, venv: Path, home: Path) -> None:
        self.bin = venv / ("Scripts" if os.name == "nt" else "bin")
        self.folder = home / "somewhere"
        self.folder.mkdir(parents=True)
        kept = {name: value for name, value in os.environ.items() if name in ("LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")}
        self.environment = kept | {"HOME": str(home), "PATH": f"{self.bin}{os.pathsep}{os.defpath}"}

    def run(self, program: str, *arguments: str) -> str:
        """What a command prints; ends the smoke test where the command fails."""
        print("$", program, *arguments, flush=True)
        command = [str(self.bin / program), *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(
                f"{program} {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
            )
        return done.stdout

    def edge(self, *arguments: str) -> str:
        return self.run("active-edge", *arguments)

    def python(self, code: str) -> str:
        return self.run("python", "-c", code).strip()


def expect(what: str, truth: bool) -> None:
    if not truth:
        raise SystemExit(f"smoke: {what}")


def returns_of(user: Newcomer, table: str) -> str:
    """A CSV file of the net returns that a run has stored."""
    select = f"select session as date, net from '{table}'"
    user.python(f'import duckdb; duckdb.sql("{select}").write_csv("returns.csv", header=True)')
    return "returns.csv"


def installed_as_promised(user: Newcomer) -> None:
    version = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    expect("--version is that of pyproject.toml", user.edge("--version").strip() == f"active-edge, version {version}")
    expect("ae.__version__ too", user.python("import active_edge as ae; print(ae.__version__)") == version)
    where = user.python("import active_edge; print(active_edge.__file__)")
    expect(f"the package is imported from the environment, not {where}", where.startswith(str(user.bin.parent)))


def works_from_an_empty_folder(user: Newcomer) -> None:
    folders = user.python("from active_edge.shipped import *; print(*map(shipped_folder, KINDS), sep='\\n')")
    user.edge("check", *folders.splitlines())
    user.edge("init", "work")
    user.folder /= "work"
    user.edge("check")
    user.edge("data", "simulate", "data/small", "--firms", "300", "--years", "3")
    user.edge("screen", "screens/avoid_junk.yaml", "--on", "2024-06-28", *MARKET)
    (user.folder / "screens" / "small.yaml").write_text(SCREEN, encoding="utf-8")
    (user.folder / "strategies" / "small.yaml").write_text(STRATEGY, encoding="utf-8")
    told = json.loads(user.edge("backtest", "strategies/small.yaml", "avoid_junk", *MARKET, "--random", "20", "--json"))
    expect("both strategies have a verdict", [bool(stats["verdict"]) for stats in told] == [True, True])
    expect("the market is simulated and says so", all(stats["simulated"] for stats in told))
    expect("members were found", told[0]["names"]["median"] > 20)
    pages = {"results/index.html", *(f"results/{stats['run']}/report.html" for stats in told)}
    expect(f"pages stand: {pages}", all((user.folder / page).is_file() for page in pages))
    ledger = json.loads(user.edge("ledger", "--json"))
    expect(f"the ledger lies in the newcomer's home: {ledger}", ledger["file"].startswith(user.environment["HOME"]))
    expect("and counts both strategies", [one["trials"] for one in ledger["lineages"]] == [2])
    returns = f"results/{told[0]['run']}/returns.parquet"
    fund = json.loads(user.edge("judge", returns_of(user, returns), *MARKET, "--benchmarks", "IWM", "--json"))
    expect("returns alone have a verdict", bool(fund["verdict"]) and fund["screen"] == "own returns")
    expect("the run is made again to the byte", "to the last byte" in user.edge("rerun", f"results/{told[0]['run']}"))
    expect("the script says the verdict", "small: " in user.run("python", "backtest.py", "data/small"))


def main() -> int:
    with tempfile.TemporaryDirectory() as home:
        user = Newcomer(Path(sys.argv[1]).absolute(), Path(home))
        installed_as_promised(user)
        works_from_an_empty_folder(user)
    print("smoke: every command did what it says")
    return 0


if __name__ == "__main__":
    sys.exit(main())
