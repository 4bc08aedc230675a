"""Zip archives from outside: read in bounded memory, refused when truncated or made to explode."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Generator
from pathlib import Path
from typing import IO

from active_edge.errors import SourceFormatError

MOST_EXPANSION = 200
"""Data of real sources shrinks by 5 to 20; a member that would grow 200 times is a bomb."""
MOST_MEMBER_BYTES = 8 << 30
MOST_MEMBERS = 200_000
SMALL_MEMBER_BYTES = 1 << 20


def check_zip(path: Path, *, where: str, most_members: int = MOST_MEMBERS) -> None:
    """Pass when the zip's directory is whole and no member claims an absurd size.

    Raises
    ------
    SourceFormatError
        Truncated, no zip at all, too many members, or a bomb.
    """
    with open_zip(path, where=where, most_members=most_members):
        pass


def open_zip(path: Path, *, where: str, most_members: int = MOST_MEMBERS) -> zipfile.ZipFile:
    """Open a zip whose directory has been checked.

    Raises
    ------
    SourceFormatError
        See `check_zip`.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, ValueError, OverflowError, OSError) as error:
        raise SourceFormatError(
            f"{where}: not a whole zip ({error}); it was probably cut off, fetch it again"
        ) from error
    members = archive.infolist()
    if len(members) > most_members:
        archive.close()
        raise SourceFormatError(f"{where}: {len(members)} members, more than {most_members}")
    for member in members:
        expansion = member.file_size / max(1, member.compress_size)
        bomb = member.file_size > SMALL_MEMBER_BYTES and expansion > MOST_EXPANSION
        if bomb or member.file_size > MOST_MEMBER_BYTES or member.flag_bits & 1:
            archive.close()
            raise SourceFormatError(
                f"{where}: member {member.filename!r} would grow from {member.compress_size} to {member.file_size} "
                f"bytes (at most {MOST_EXPANSION} times and {MOST_MEMBER_BYTES} bytes) or is encrypted; refused"
            )
    return archive


def read_member(archive: zipfile.ZipFile, name: str, *, where: str, max_bytes: int = 1 << 30) -> bytes:
    """Whole uncompressed member.

    Raises
    ------
    SourceFormatError
        No such member, damaged, or longer than `max_bytes`.
    """
    with open_member(archive, name, where=where) as file:
        body = _guarded_read(file, max_bytes + 1, where=f"{where}!{name}")
    if len(body) > max_bytes:
        raise SourceFormatError(f"{where}!{name}: more than {max_bytes} bytes")
    return body


def open_member(archive: zipfile.ZipFile, name: str, *, where: str) -> IO[bytes]:
    """Binary file over one member.

    Raises
    ------
    SourceFormatError
        No such member, or its header is damaged.
    """
    try:
        return archive.open(name)
    except KeyError as error:
        there = ", ".join(sorted(archive.namelist())[:8])
        raise SourceFormatError(f"{where}: no member {name!r}; it holds {there}") from error
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise SourceFormatError(f"{where}!{name}: damaged ({error})") from error


def member_lines(
    archive: zipfile.ZipFile, name: str, *, where: str, block_bytes: int = 1 << 22
) -> Generator[bytes, None, None]:
    """Blocks of whole lines of a member, each about `block_bytes` long and ending in a newline (the last may not).

    Who may stop before the last block closes it (`contextlib.closing`), or the file stays open.

    Raises
    ------
    SourceFormatError
        Damaged, or a single line longer than four blocks.
    """
    with open_member(archive, name, where=where) as file:
        rest = b""
        while chunk := _guarded_read(file, block_bytes, where=f"{where}!{name}"):
            rest += chunk
            cut = rest.rfind(b"\n") + 1
            if cut:
                yield rest[:cut]
                rest = rest[cut:]
            elif len(rest) > 4 * block_bytes:
                raise SourceFormatError(f"{where}!{name}: a line of more than {4 * block_bytes} bytes")
        if rest:
            yield rest


def _guarded_read(file: IO[bytes], size: int, *, where: str) -> bytes:
    try:
        return file.read(size)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise SourceFormatError(f"{where}: damaged ({error})") from error
