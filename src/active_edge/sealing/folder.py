"""The folder of seals: batches in their order, each naming the hash of the one before."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

from active_edge.errors import ConfigError, SealError
from active_edge.market import Market
from active_edge.sealing.files import SealFile, read_file
from active_edge.sealing.seal import Seal


class SealFolder:
    """Seals in a folder, those that are sound and those that are not; read once, a fresh object reads again."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def files(self) -> dict[Path, SealFile | SealError]:
        """Every seal's file, taken apart, or why that could not be done; by name."""
        return {path: _attempt(path) for path in sorted(self.path.glob("[!.]*.yaml"))}

    @cached_property
    def sound(self) -> dict[Path, tuple[Seal, str]]:
        """Path to seal and hash of all that are sound, by batch."""
        found = {
            path: (file.seal(), file.made)
            for path, file in self.files.items()
            if isinstance(file, SealFile) and file.sound
        }
        return dict(sorted(found.items(), key=lambda item: item[1][0].batch))

    @property
    def damaged(self) -> dict[Path, str]:
        """Path to what is wrong with it."""
        return {
            path: str(file) if isinstance(file, SealError) else f"{path}: was changed: {file.changes}"
            for path, file in self.files.items()
            if isinstance(file, SealError) or not file.sound
        }

    def gaps(self) -> list[str]:
        """What of the chain of batches is missing, a sentence each."""
        batches = {seal.batch: (seal, digest) for seal, digest in self.sound.values()}
        found = []
        for number in range(1, max(batches, default=0) + 1):
            if number not in batches:
                found.append(f"batch {number} is not in {self.path}, or is damaged: nobody can tell how it fared")
                continue
            previous = batches[number][0].previous
            before = batches.get(number - 1)
            if before is not None and previous != before[1]:
                found.append(f"batch {number} was sealed after another batch {number - 1} than the one in {self.path}")
        return found

    def check_new(self, market: Market, identities: Mapping[str, str]) -> None:
        """Refuse to seal into a folder with damage, or what is sealed in it already.

        Raises
        ------
        SealError : a seal of the folder is damaged.
        ConfigError : one of the strategies is sealed already, or is another of them, under whatever name.
        """
        for problem in self.damaged.values():
            raise SealError(f"{problem}; nothing is sealed beside a damaged seal: put it right, or use --out")
        first: dict[str, str] = {}
        for name, identity in identities.items():
            if first.setdefault(identity, name) != name:
                raise ConfigError(
                    f"{name}: is the same strategy as {first[identity]} under another name; a batch holds each once, "
                    "for a copy would only raise what the others must reach"
                )
        for path, (seal, _) in self.sound.items():
            other_world = seal.market.simulated != market.simulated or (
                market.simulated and seal.market.snapshot != market.snapshot
            )
            sealed = {} if other_world else {one.identity: one.name for one in seal.strategies}
            for name, identity in identities.items():
                if identity in sealed:
                    raise ConfigError(
                        f"{name}: is sealed already, as {sealed[identity]} in {path} of {seal.sealed}; a second seal "
                        "would only choose the better start"
                    )

    def next_batch(self) -> tuple[int, str | None]:
        """Number of the next batch, and the hash of the last."""
        if not self.sound:
            return 1, None
        seal, digest = list(self.sound.values())[-1]
        return seal.batch + 1, digest

    def unfinished(self) -> Path:
        """Where a seal is written before its name, which holds its hash, is known."""
        return self.path / ".seal.yaml"

    def keep(self, seal: Seal, digest: str) -> Path:
        """The written seal's own path, once it stands there."""
        path = self.path / f"{seal.batch:03d}-{_called(seal.names)}-{digest[:8]}.yaml"
        os.replace(self.unfinished(), path)
        return path


def _called(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]}-and-{len(names) - 1}"


def _attempt(path: Path) -> SealFile | SealError:
    try:
        file = read_file(path)
        if file.sound:
            file.seal()
    except SealError as error:
        return error
    return file
