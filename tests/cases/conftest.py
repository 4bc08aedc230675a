"""A case folder imported, screened, explained and backtested by the command line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from active_edge.cli.main import main
from active_edge.market.files import parquet

INPUTS = Path(__file__).parent / "inputs"


@dataclass
class Case:
    """The input of one case, and a market folder beside it that its import fills."""

    folder: Path
    place: Path
    read: Callable[[], Any]

    @property
    def market(self) -> Path:
        return self.place / "market"

    def say(self, *arguments: object) -> tuple[int, str]:
        """Exit code of a command and everything it said, white space as one space, without the case's own paths."""
        code = main([str(argument) for argument in arguments])
        said = self.read()
        text = f"{said.out} {said.err}".replace(str(self.folder), "").replace(str(self.place), "")
        return code, " ".join(text.split())

    def imported(self) -> str:
        """What an import says that must succeed."""
        code, said = self.say("data", "import", self.folder / "tables", "--data", self.market)
        assert code == 0, said
        return said

    def refused(self) -> str:
        """What an import says that must be refused; nothing is written."""
        code, said = self.say("data", "import", self.folder / "tables", "--data", self.market)
        assert code == 1, said
        assert not (self.market / "CURRENT").exists()
        return said

    def screened(self, on: str) -> dict[str, dict[str, Any]]:
        """Members of the case's screen on a day, by asset."""
        self.read()
        assert main(["screen", str(self.folder / "probe.yaml"), "--on", on, "--data", str(self.market), "--json"]) == 0
        return {member["asset"]: member for member in json.loads(self.read().out)["members"]}

    def explained(self, ticker: str, on: str) -> dict[str, Any]:
        """Values of the case's screen for one name, by rule, and under ``ticker`` the name that was found."""
        given = ["explain", str(self.folder / "probe.yaml"), ticker, "--on", on, "--data", str(self.market), "--json"]
        self.read()
        assert main(given) == 0
        told = json.loads(self.read().out)
        return {rule["rule"]: rule["value"] for rule in told["rules"]} | {"ticker": told["ticker"]}

    def backtested(self, *more: str) -> dict[str, Any]:
        """The stats of the case's strategy, from the last session of August 2015."""
        given = ["backtest", self.folder / "hold.yaml", "--screens", self.folder, "--data", self.market, "--out"]
        options = ["--random", "20", "--no-sensitivity", "--from", "2015-08-31", "--json"]
        self.read()
        assert main([str(word) for word in [*given, self.place / "out", *options, *more]]) == 0
        (stats,) = json.loads(self.read().out)
        return stats

    def trades(self) -> pd.DataFrame:
        """Every fill of the backtest."""
        (file,) = (self.place / "out").glob("*/trades.parquet")
        return duckdb.sql(f"FROM {parquet(file)}").df()

    def securities(self) -> pd.DataFrame:
        """The stored securities by asset."""
        (file,) = self.market.glob("snapshots/*/securities.parquet")
        return duckdb.sql(f"FROM {parquet(file)}").df().set_index("asset")


@pytest.fixture
def case(tmp_path, capsys, monkeypatch) -> Callable[[str], Case]:
    """Opens a case by the name of its folder."""
    monkeypatch.chdir(tmp_path)

    def opened(name: str) -> Case:
        assert (INPUTS / name).is_dir()
        return Case(INPUTS / name, tmp_path, capsys.readouterr)

    return opened


def names(said: str, *patterns: str) -> bool:
    """True where a text has every pattern, in any case."""
    return all(re.search(pattern, said, re.IGNORECASE) for pattern in patterns)
