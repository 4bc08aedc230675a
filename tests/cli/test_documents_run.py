"""Every block of code on the pages a newcomer copies from is run, in order, in an empty folder on a small market."""

import re
import runpy
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from glob import glob
from pathlib import Path

import pandas as pd
import pytest

import active_edge as ae
from active_edge.choice import default_folder
from active_edge.cli.loading import load_any
from active_edge.cli.main import main
from active_edge.placebo.rates import placebo
from active_edge.plugins import scope
from active_edge.shipped import KINDS, shipped_folder
from active_edge.simulated import simulate

PROJECT = Path(__file__).resolve().parents[2]
PAGES = ("README.md", "docs/guide.md", "src/active_edge/shipped/templates/README.md")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)

NOT_RUN = {
    "scripts/test": "it would run itself",
    "pipx install .": "it installs; tests/promises/test_wheel.py does, and works in the folder that init makes",
    "export ACTIVE_EDGE_IDENTITY": "it serves the network alone",
    "active-edge data template raw": "a layout of a user's own; tests/market/intake/mapping/test_recipes.py has three",
    "active-edge data import raw": "as the line before",
    "active-edge data pull": "it needs the network; tests/sources pulls from recorded answers",
    "active-edge data status --data data/us": "it describes what data pull fetched",
    'eval "$(_ACTIVE_EDGE_COMPLETE': "it is a shell's; tests/cli/test_completion.py asks for the same",
    "_ACTIVE_EDGE_COMPLETE": "it is a shell's; tests/cli/test_completion.py asks for the same",
}
"""How commands begin that are not run here, and why."""
SMALLER = {
    "cap_rank: [1001, 3000]": "cap_rank: [1, 3000]",
    "small_caps: true": "cap_rank: [1, 3000]",
    "firms=3600": "firms=200",
}
"""What is different in a market of 200 firms."""
QUICKER = {
    ("backtest",): ["--random", "20", "--no-sensitivity"],
    ("data", "simulate"): ["--firms", "200", "--years", "4"],
}
"""Options added to a command that has them not."""
FEW_WORLDS = partial(placebo, worlds=4)
"""Of a hundred, which take minutes."""
STARRED = ("avoid_junk", "my_strategy", "plain_universe")
"""Strategies that a star gives a backtest, those the page goes on with: README.md's script runs all of them."""
ONCE = {"scripts/run backtests/active_edge.py": "README.md"}
"""What several pages say, and the one where it is run: it takes all strategies."""


@dataclass(frozen=True)
class Block:
    """One fenced block: its language, its text, and where it begins."""

    where: str
    language: str
    text: str


def blocks(page: str) -> Iterator[Block]:
    text = (PROJECT / page).read_text(encoding="utf-8")
    for found in BLOCK.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        yield Block(f"{page}:{line}", found[1], found[2])


def smaller(text: str) -> str:
    for usual, small in SMALLER.items():
        text = text.replace(usual, small)
    return text


def make_smaller(folder: Path) -> None:
    for path in folder.rglob("*.yaml"):
        path.write_text(smaller(path.read_text(encoding="utf-8")), encoding="utf-8")


@pytest.fixture(scope="module")
def simulated(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("simulated")
    simulate(folder, years=6, firms=200)
    return folder


@pytest.fixture
def newcomer(simulated, tmp_path, monkeypatch) -> Path:
    """A folder as after cloning, with files where the pages say that a user's own go: tables, returns, weights."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("ACTIVE_EDGE_DATA", raising=False)
    monkeypatch.setattr("active_edge.results.placebo.placebo", FEW_WORLDS)
    shutil.copytree(simulated, default_folder())
    folder = tmp_path / "clone"
    for kind in KINDS:
        shutil.copytree(shipped_folder(kind), folder / kind)
    make_smaller(folder)
    market = ae.open_market(simulated)
    for name in ("tables", "TABLES"):
        (folder / name).mkdir()
        for table in ("securities", "prices", "facts", "series"):
            shutil.copy(market.table(table), folder / name)
    market.series("IJR").pct_change().dropna().rename("fund").add(1e-4).to_csv(folder / "returns.csv")
    names = market.assets[(market.prices.first == 0) & (market.prices.last == len(market.sessions) - 1)][:20]
    weights = pd.DataFrame(0.05, index=market.sessions[[100, 400]], columns=names)
    weights.rename_axis("date").to_csv(folder / "weights.csv")
    (folder / "plugins").mkdir()
    plugin = next(blocks("src/active_edge/shipped/templates/plugins.md"))
    (folder / "plugins" / "own.py").write_text(plugin.text, encoding="utf-8")
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_every_block_runs_as_it_stands(page, newcomer, monkeypatch, capsys):
    for block in blocks(page):
        monkeypatch.chdir(newcomer)
        match block.language:
            case "python":
                with scope():
                    exec(compile(smaller(block.text), block.where, "exec"), {"__name__": "__main__"})
            case "yaml":
                save(block)
            case "":
                lines = block.text.splitlines()
                if any(line.startswith("$ ") for line in lines):
                    say_the_same(block.where, lines, capsys)
                else:
                    for line in lines:
                        run_line(block.where, line, monkeypatch)
            case other:
                raise AssertionError(f"{block.where}: nothing here runs a block of {other}")


def save(block: Block) -> None:
    """A YAML block begins with the file it is."""
    path = Path(block.text.split("\n", 1)[0].removeprefix("# ").strip())
    assert path.parent.is_dir(), f"{block.where}: the first line must name the file, such as # screens/my_screen.yaml"
    path.write_text(smaller(block.text), encoding="utf-8")
    load_any(path)


def say_the_same(where: str, lines: list[str], capsys) -> None:
    """A transcript: `check` on a file with the two mistakes the page speaks of prints these very lines."""
    command, expected = lines[0].removeprefix("$ "), lines[1:]
    path = Path(shlex.split(command)[-1])
    right = path.read_text(encoding="utf-8")
    path.write_text(right.replace("interest_coverage:", "interest_covrage:").replace("select:", "selcet:"))
    capsys.readouterr()
    assert main(shlex.split(command)[1:]) == 1
    assert capsys.readouterr().out.splitlines() == expected, where
    path.write_text(right, encoding="utf-8")


def run_line(where: str, line: str, monkeypatch) -> None:
    for command in re.split(r"\s&&\s", line):
        page = ONCE.get(command, where)
        if where.startswith(page) and command.strip() and not any(command.startswith(start) for start in NOT_RUN):
            assert run(command, monkeypatch) == 0, f"{where}: {command}"


def run(command: str, monkeypatch) -> int:
    words = shlex.split(command, comments=True)
    if words[0] == "export":
        monkeypatch.setenv(*words[1].split("=", 1))
        return 0
    if words[0] == "cd":
        monkeypatch.chdir(words[1])
        return 0
    if words[:2] == ["scripts/run", "-m"]:
        words = words[2:]
    if words[0] == "scripts/run":
        return run_script(words[1], [*words[2:], "--out", "results", *QUICKER["backtest",]], monkeypatch)
    assert words[0] in ("active-edge", "active_edge"), command
    arguments = [found for word in words[1:] for found in (sorted(glob(word)) if "*" in word else [word])]
    if words[1:3] == ["backtest", "strategies/*.yaml"]:
        arguments = [one for one in arguments if Path(one).suffix != ".yaml" or Path(one).stem in STARRED]
    more = next((more for start, more in QUICKER.items() if tuple(arguments[: len(start)]) == start), [])
    code = main([ticker() if word == "TICKER" else word for word in (*arguments, *more)])
    if arguments[0] == "init":
        make_smaller(Path(arguments[1]))
    return code


def run_script(script: str, arguments: list[str], monkeypatch) -> int:
    """The exit code of a script of the project, run by its path as Python runs it."""
    monkeypatch.setattr("sys.argv", [script, *arguments])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(PROJECT / script), run_name="__main__")
    return int(ended.value.code or 0)


def ticker() -> str:
    return str(ae.choose_market().securities["ticker"].iloc[0])


def test_every_command_left_out_is_on_a_page_and_every_other_is_run():
    lines = [line for page in PAGES for block in blocks(page) if not block.language for line in block.text.splitlines()]
    assert [start for start in NOT_RUN if not any(line.startswith(start) for line in lines)] == []


def test_a_command_that_fails_would_be_found(newcomer, monkeypatch):
    with pytest.raises(AssertionError, match=r"README.md:1: active-edge backtest strategies/nowhere.yaml"):
        run_line("README.md:1", "active-edge backtest strategies/nowhere.yaml   # a comment", monkeypatch)
