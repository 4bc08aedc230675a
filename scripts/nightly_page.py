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


def page(said: str, day: dt.date) -> str:
    """The page: the day, the last line of pytest, names of tests that failed, the versions."""
    lines = said.strip().splitlines()
    result = lines[-1].strip("= ") if lines else "nothing was run"
    failed = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
    versions = [f"| {name} | {version(name)} |" for name in direct_packages()]
    return "\n".join(
        [
            "# The oldest versions it runs on",
            "",
            "Made by `scripts/nightly`: the tests that are not slow, on the oldest version of every package that",
            "`pyproject.toml` allows.",
            "",
            f"Last run {day:%Y-%m-%d}, Python {platform.python_version()}: {result}.",
            "",
            *(f"- {line}" for line in failed),
            *([""] if failed else []),
            "| package | version |",
            "|---|---|",
            *versions,
        ]
    )


if __name__ == "__main__":
    print(page(Path(sys.argv[1]).read_text(encoding="utf-8"), dt.datetime.now(tz=dt.UTC).date()))
