"""How long work tells how far it is."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called with the step's name, how many parts of it are done, and how many there are (0: not known yet)."""

    def __call__(self, what: str, done: int, total: int, /) -> None: ...


def silent(_what: str, _done: int, _total: int, /) -> None:
    """Progress that nobody watches."""
