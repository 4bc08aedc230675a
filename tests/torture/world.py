"""A small world to break: a market, its tables, a strategy, a run, a ledger; and what is wrong with what is left."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from active_edge import whole
from active_edge.cli.main import main
from active_edge.errors import ActiveEdgeError, ConfigError
from active_edge.lab.variant import save_variant
from active_edge.ledger import REAL, Ledger
from active_edge.market import open_market
from active_edge.results.index import list_runs
from active_edge.sources.pull import verify
from active_edge.strategy import load_strategy
from active_edge.sweeping.parts import read_table
from active_edge.sweeping.take import stored_variants
from tests.results.test_snapshot_effect import CASH, market_of

SCREEN = "name: s\ndescription: d\nrank: {cash_to_assets: 1}\nselect: {top: 2}\n"
STRATEGY = "name: s\nscreen: s\nrebalance: annual\nbenchmarks: [IWM]\ncosts: {spread: 10}\n"
BACKTEST = (
    *("backtest", "strategies/s.yaml", "-d", "market", "--out", "results", "--random", "20"),
    *("--no-sensitivity", "--no-plugins"),
)
IMPORT = ("data", "import", "tables", "--data", "market")
SIMULATE = ("data", "simulate", "market", "--years", "2", "--firms", "50", "--seed", "3")
INIT = ("init", "new")
GRID = "name: g\ndescription: d\nvary:\n  screen.select.top: [1, 2]\n  strategy.max_weight: [0.5, 1.0]\n"
SWEEP = ("sweep", "strategies/s.yaml", "--grid", "grid.yaml", "-d", "market", "--out", "results", "--no-plugins")
SAVE = ("lab save", "mine")
PULLED = ("fred", "kenfrench")


def pull_from(base_urls: Mapping[str, str]) -> tuple[str, ...]:
    """A pull of two sources from servers of this machine."""
    asked = [text for host, url in base_urls.items() for text in ("--ask", f"{host}={url}")]
    wanted = [text for name in PULLED for text in ("--only", name)]
    return ("data", "pull", "--data", "pulled", "--identity", "Test Person test@example.com", *wanted, *asked)


def name_of(command: Sequence[str]) -> str:
    """What the campaign calls a command."""
    return command[1] if command[0] == "data" else command[0]


def save_in_lab(command: Sequence[str]) -> int:
    """What the button of the lab does: a variant and its screen as files; there already, it says so."""
    into = Path("mine")
    try:
        for name in ("screens", "strategies"):
            (into / name).mkdir(parents=True, exist_ok=True)
        save_variant(load_strategy("strategies/s.yaml"), command[1], "d", into)
    except ConfigError as error:
        print(error)
        return 0 if "choose another name" in str(error) else 1
    except OSError as error:
        print(error)
        return 1
    return 0


def make_world(folder: Path) -> Path:
    """`folder` with a market, the tables of another, a strategy, a finished run of it and the ledger it wrote."""
    for name, text in (("screens/s.yaml", SCREEN), ("strategies/s.yaml", STRATEGY), ("grid.yaml", GRID)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    other = market_of(folder / "other", CASH | {"C": 35.0})
    shutil.copytree(other.table("prices").parent, folder / "tables")
    for name in ("manifest.json", "report.json"):
        (folder / "tables" / name).unlink(missing_ok=True)
    shutil.rmtree(folder / "other")
    shutil.move(market_of(folder / "made", CASH).path, folder / "market")
    shutil.rmtree(folder / "made", ignore_errors=True)
    with inside(folder):
        code, said = run(BACKTEST)
    assert code == 0, said
    return folder


@contextlib.contextmanager
def inside(folder: Path) -> Iterator[None]:
    """The working folder, its own ledger and its own place for what passes, for a while."""
    before, ledger, passing = Path.cwd(), os.environ.get("ACTIVE_EDGE_LEDGER"), tempfile.tempdir
    os.chdir(folder)
    (folder / "passing").mkdir(exist_ok=True)
    tempfile.tempdir = str(folder / "passing")
    os.environ["ACTIVE_EDGE_LEDGER"] = str(folder / "ledger" / "ledger.jsonl")
    try:
        yield
    finally:
        os.chdir(before)
        tempfile.tempdir = passing
        if ledger is None:
            del os.environ["ACTIVE_EDGE_LEDGER"]
        else:
            os.environ["ACTIVE_EDGE_LEDGER"] = ledger


def run(command: Sequence[str]) -> tuple[int, str]:
    """Exit code and words of one command in this process; a traceback counts as code 70."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        try:
            code = save_in_lab(command) if tuple(command[:1]) == SAVE[:1] else main(command)
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else 1
        except Exception as error:
            return 70, f"{out.getvalue()}\n{type(error).__name__}: {error}"
    return code, out.getvalue()


def damage(folder: Path) -> list[str]:
    """What is wrong with the market, the runs and the ledger of a world; nothing where all of them are whole."""
    found = []
    try:
        market = open_market(folder / "market")
        for name in market.manifest["tables"]:
            market.table(name)
        assert len(market.prices.close)
    except (ActiveEdgeError, OSError) as error:
        found.append(f"market: {error}")
    with inside(folder):
        runs = list_runs(folder / "results")
        found += [f"run: {one}" for one in runs.damaged]
        if not runs.entries:
            found.append("run: the finished one is gone")
        tally = Ledger().tally(REAL)
        if tally.lines < 1 or tally.damage:
            found.append(f"ledger: {tally.lines} trials, damaged {tally.damage}")
        found += [f"sweep: {one}" for one in _sweeps()] + [f"pull: {one}" for one in _pulled()]
        found += [f"lab: {one}" for one in _saved()]
    return found


def _sweeps() -> Iterator[str]:
    """Sweeps of the working folder that say they are finished and cannot be read."""
    for told in Path("results").glob("*-sweep-*/sweep.json"):
        try:
            rows, told_of = len(read_table(told.parent / "variants.parquet")), len(stored_variants(told.parent))
            assert rows == told_of, f"{rows} of {told_of} variants"
        except (ActiveEdgeError, OSError, AssertionError) as error:
            yield str(error)


def _pulled() -> Iterator[str]:
    """An archive whose bodies are not what they were, a snapshot that cannot be read."""
    try:
        if Path("pulled/raw/index.jsonl").exists() and not verify(Path("pulled/raw")).proven:
            yield "the archive is not what was pulled"
    except ActiveEdgeError as error:
        yield str(error)
    if Path("pulled/CURRENT").exists():
        try:
            market = open_market("pulled")
            for name in market.manifest["tables"]:
                market.table(name)
        except ActiveEdgeError as error:
            yield str(error)


def _saved() -> Iterator[str]:
    """A saved strategy that cannot be read."""
    for file in Path("mine/strategies").glob("*.yaml"):
        try:
            load_strategy(file)
        except ActiveEdgeError as error:
            yield str(error)


def leftovers(folder: Path) -> list[str]:
    """Hidden or unfinished files and folders, which no writer should leave once another has come by."""
    hidden = [path for path in folder.rglob("*") if whole.is_leftover(path.name)]
    return sorted(str(path.relative_to(folder)) for path in [*hidden, *(folder / "passing").glob("*")])
