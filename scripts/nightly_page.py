"""Print docs/nightly.md: what the tests said on the oldest allowed versions, and which versions those were."""

from __future__ import annotations

import datetime as dt
import platform
import re
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def direct_packages() -> list[str]:
    """Names of the packages that pyproject.toml asks for by itself."""
    asked = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    return [re.split(r"[^A-Za-z0-9_.-]", line)[0] for line in asked]


def page(nightly: str, oldest: str, asked: list[str], day: dt.date) -> str:
    """The page: the day, what was asked of pytest, the last line of both runs, names of tests that failed, versions."""
    failed = [line for line in (*nightly.splitlines(), *oldest.splitlines()) if line.startswith(("FAILED", "ERROR"))]
    versions = [f"| {name} | {version(name)} |" for name in direct_packages()]
    which = f"asked for {' '.join(asked)} alone" if asked else "all of them"
    return "\n".join(
        [
            "# What is run at night",
            "",
            "Made by `scripts/nightly`: the tests marked nightly, and those that are not slow on the oldest version of",
            "every package that `pyproject.toml` allows.",
            "",
            f"Last run {day:%Y-%m-%d}, {which}, oldest versions on Python {platform.python_version()}.",
            "",
            f"- tests marked nightly: {_last(nightly)}",
            f"- on the oldest versions: {_last(oldest)}",
            *(f"- {line}" for line in failed),
            "",
            "| package | oldest version |",
            "|---|---|",
            *versions,
        ]
    )


def _last(said: str) -> str:
    """The last line of pytest, which counts."""
    lines = said.strip().splitlines()
    return lines[-1].strip("= ") if lines else "nothing was run"


if __name__ == "__main__":
    said = [Path(name).read_text(encoding="utf-8") for name in sys.argv[1:3]]
    print(page(said[0], said[1], sys.argv[3:], dt.datetime.now(tz=dt.UTC).date()))
