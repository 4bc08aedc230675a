"""Every check of a test module on something larger than the test makes."""

from __future__ import annotations

import inspect
from pathlib import Path
from types import ModuleType
from typing import Any


def failed_checks(module: ModuleType, made: Any, folder: Path) -> int:
    """Run the module's tests on `made`, each with a folder of its own, and print which passed; how many failed."""
    failed = 0
    for name, check in vars(module).items():
        if not name.startswith("test_"):
            continue
        results = folder / "checked" / name
        results.mkdir(parents=True, exist_ok=True)
        paths = {"tmp_path": results} if "tmp_path" in inspect.signature(check).parameters else {}
        try:
            check(made, **paths)
        except AssertionError as error:
            failed += 1
            print(f"FAILED {name}: {error}")
        else:
            print(f"passed {name}")
    return failed
