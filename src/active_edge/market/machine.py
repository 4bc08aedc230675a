"""How much memory there is for this process."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
"""Where a control group tells its limit, of the second and of the first kind."""
FREE = "/proc/meminfo"


def available_bytes() -> float | None:
    """The least of what this process may have, its control group may have and the machine has free; None: not told."""
    return min(_told(), default=None)


def _told() -> Iterator[float]:
    with contextlib.suppress(ImportError):
        import resource

        for kind in (resource.RLIMIT_AS, resource.RLIMIT_DATA):
            soft, _ = resource.getrlimit(kind)
            if soft != resource.RLIM_INFINITY:
                yield float(soft)
    for path in LIMITS:
        text = _text(path).strip()
        if text.isdecimal():
            yield float(text)
    for line in _text(FREE).splitlines():
        if line.startswith("MemAvailable:"):
            yield float(line.split()[1]) * 1024.0


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return ""
