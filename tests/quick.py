"""Which rows of a parametrised test `scripts/test` runs: the first few; the others are marked slow, for `.ci/run`."""

from collections.abc import Iterable
from typing import Any

import pytest


def first_quick(rows: Iterable[Any], many: int = 1) -> list[Any]:
    """The rows of a ``parametrize``, a tuple for several arguments, all but the first `many` marked slow."""
    given = list(rows)
    assert 0 < many < len(given), "some rows are quick and some are slow"
    slow = (row if isinstance(row, tuple) else (row,) for row in given[many:])
    return [*given[:many], *(pytest.param(*row, marks=pytest.mark.slow) for row in slow)]
