"""Files that end: only ordinary ones are opened, for a pipe may be waited for and a device read for ever."""

from __future__ import annotations

import errno
from pathlib import Path

MOST_BYTES = 64 << 20
"""Most that is read whole of a file somebody names, where nothing smaller is said."""


def ordinary(path: Path, *, most: int | None = None) -> Path:
    """`path` again, if it is an ordinary file, or is not there, which whoever opens it tells in their own words.

    Parameters
    ----------
    most : bytes it may have.

    Raises
    ------
    OSError : it is a pipe, a device, a socket or a folder, or is larger; ``strerror`` says which.
    """
    if path.exists() and not path.is_file():
        kind = "folder" if path.is_dir() else "pipe or a device"
        raise OSError(errno.EINVAL, f"it is a {kind}, not an ordinary file", str(path))
    if most is not None and path.exists() and (size := path.stat().st_size) > most:
        raise OSError(errno.EFBIG, f"it has {size:,} bytes; at most {most:,} are read", str(path))
    return path


def ordinary_bytes(path: Path, *, most: int = MOST_BYTES) -> bytes:
    """The bytes of a file; raises as `ordinary`, or as the system does where it cannot be read."""
    return ordinary(path, most=most).read_bytes()
