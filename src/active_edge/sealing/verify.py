"""What a seal's file proves by itself, without data and without a network."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from active_edge.arguments import checked
from active_edge.errors import SealError
from active_edge.sealing.files import SealFile, read_file
from active_edge.sealing.seal import Seal
from active_edge.sealing.tokens import Token, tokens_beside
from active_edge.words import shortened

DIGEST = re.compile(r"\b[0-9a-f]{64}\b")


@dataclass(frozen=True)
class Verification:
    """What was found in a seal's file.

    Attributes
    ----------
    genuine : the file is what was sealed, and has the hash that was asked for, where one was.
    hash : what its text makes now.
    changed : what is not what was sealed, by key; empty where it is genuine.
    seal : its content; None where it was changed.
    tokens : time stamps kept beside it.
    compared : whether a hash that somebody else kept was given; without one a file that was made anew as a whole, with
        its own hash, looks as genuine as the first.
    """

    path: Path
    genuine: bool
    hash: str
    changed: tuple[str, ...]
    seal: Seal | None
    tokens: tuple[Token, ...]
    compared: bool

    def lines(self) -> list[str]:
        """What a person is told."""
        if not self.genuine or self.seal is None:
            return [f"CHANGED {self.path}", *(f"  {one}" for one in shortened(self.changed))]
        found = [f"GENUINE {self.path}: {self.seal.summary()}.", self.seal.line(self.hash)]
        if not self.compared:
            found.append(
                "Its text fits the hash in it, as would a file made anew as a whole. What was sealed, and by when, can "
                "show who was sent the line: compare theirs, or give it with --line."
            )
        found += [token.sentence(self.path) for token in self.tokens]
        if not self.tokens:
            found.append("No time stamp is kept beside it; active-edge seal SEAL --token FILE keeps one.")
        return found


@checked
def verify_seal(path: str | Path, *, line: str | None = None) -> Verification:
    """Whether a seal's file is what was sealed, and what was changed in it where it is not.

    Parameters
    ----------
    line : the line that was sent when it was sealed, or the hash in it, to be held against the file.

    Raises
    ------
    SealError : the file is no seal, was cut off, or cannot be read; the line holds no hash.
    """
    file = read_file(path)
    changed = file.changed
    if line is not None:
        asked = DIGEST.search(line.lower())
        if asked is None:
            raise SealError(f"--line {line[:80]!r}: holds no hash of 64 hexadecimal digits")
        if file.sound and asked[0] != file.made:
            changed = (f"it is another seal: the line says {asked[0][:12]}…, the file makes {file.made[:12]}…",)
    tokens = tokens_beside(file.path, file.made)
    changed += tuple(f"{one.path.name} is a {one.kind} of something else" for one in tokens if one.covers is False)
    return Verification(
        path=file.path,
        genuine=not changed,
        hash=file.made,
        changed=changed,
        seal=_content(file),
        tokens=tokens,
        compared=line is not None,
    )


def _content(file: SealFile) -> Seal | None:
    return file.seal() if file.sound else None
