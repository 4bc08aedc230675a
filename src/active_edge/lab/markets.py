"""The markets that a lab offers: each opened when it is first chosen, in the background, and a few kept open."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from active_edge.choice import default_folder, default_market
from active_edge.errors import ConfigError, MissingInput
from active_edge.lab.desk import Desk, Dropped
from active_edge.lab.variant import variant_of
from active_edge.market import Market, open_market
from active_edge.market.memory import require_fit
from active_edge.printable import printable
from active_edge.progress import Progress
from active_edge.words import nearest, number

KEPT = 3
"""Markets open at once: one takes a gigabyte or more."""
DEFAULT = "the simulated default"


@dataclass(frozen=True)
class Place:
    """A market that may be chosen.

    Attributes
    ----------
    name : as the page tells it, and sends it back.
    folder : where it lies; the simulated default is written there when it is first opened.
    """

    name: str
    folder: Path

    def opened(self, progress: Progress) -> Market:
        """The market. Raises `SnapshotError` where the folder holds none."""
        return default_market(progress=progress) if self.name == DEFAULT else open_market(self.folder)


def places_for(first: Path, others: Sequence[Path] = ()) -> list[Place]:
    """Every market that may be chosen, each once: the first, the others named, the simulated default, then those found.

    Found are the market folders beside the first, in the current folder and in its folder ``data``.
    """
    default = default_folder()
    folders = [first, *others, default]
    for around in (first.parent, Path(), Path("data")):
        folders += sorted(file.parent for file in around.glob("*/CURRENT"))
    places: dict[Path, Place] = {}
    for folder in folders:
        name = DEFAULT if folder == default else printable(str(folder).encode("utf-8", "backslashreplace").decode())
        places.setdefault(folder.resolve(), Place(name, folder))
    return list(places.values())


@dataclass
class _Opening:
    """A market that is open or on its way: what is said meanwhile, and the desk or the error with which it ends."""

    said: str
    ended: Future[Desk] = field(default_factory=Future)


class Markets:
    """What may be chosen, with a desk for each market that is open.

    Parameters
    ----------
    market : open already; that of the first place.
    family : what the ledger calls the trials of the sitting on the first market; each other one has a family of its
        own, for trials on different markets are charged apart.
    out : results folder of full runs.

    Attributes
    ----------
    names : of the places.
    let_go : told of each desk that is kept no longer.
    """

    def __init__(self, market: Market, places: Sequence[Place], *, family: str, out: Path) -> None:
        self.names = [place.name for place in places]
        self.let_go: Callable[[Desk], None] = lambda _: None
        self._places = {place.name: place for place in places}
        self._family, self._out = family, out
        first = _Opening("")
        first.ended.set_result(self._desk_on(market, places[0]))
        self._kept = OrderedDict({places[0].name: first})
        self._lock, self._closed = Lock(), False
        self._behind = ThreadPoolExecutor(1, thread_name_prefix="market")

    def desk(self, name: object) -> Desk:
        """The desk of a market, opened where it is not, however long that takes.

        Raises
        ------
        ConfigError : no market of that name is offered.
        SnapshotError, MissingInput, BacktestError : it cannot be opened, or does not fit into memory.
        Dropped : the lab ends.
        """
        return self._end_of(self._opening(name, None))

    def until_open(self, name: object, variant: object, *, patience: float) -> str:
        """What is said of the opening of a market; empty once it is open, and what is to be tried there is read.

        Parameters
        ----------
        patience : seconds after which the answer comes though the opening goes on.

        Raises
        ------
        ConfigError, SnapshotError, MissingInput, BacktestError, Dropped : as `desk`.
        """
        opening = self._opening(name, variant)
        wait([opening.ended], patience)
        if not opening.ended.done():
            return opening.said
        self._end_of(opening)
        return ""

    def desks(self) -> list[Desk]:
        """Those that are open."""
        with self._lock:
            return [one.ended.result() for one in self._kept.values() if _is_open(one)]

    def close(self) -> None:
        """Drop what is being opened, and wait until that has stopped."""
        self._closed = True
        self._behind.shutdown(cancel_futures=True)

    def _opening(self, name: object, variant: object) -> _Opening:
        """The opening of a market, begun where there is none, as the one used last."""
        place = self._places.get(str(name))
        if place is None:
            raise ConfigError(f"market: {name!r} is none that is offered; {nearest(str(name), self.names)}")
        with self._lock:
            if self._closed:
                raise Dropped("dropped: the lab ends")
            if place.name not in self._kept:
                self._kept[place.name] = opening = _Opening(f"opening {place.name}")
                opening.ended = self._behind.submit(self._open, place, variant, opening)
            self._kept.move_to_end(place.name)
            return self._kept[place.name]

    def _end_of(self, opening: _Opening) -> Desk:
        """Its desk; one that failed is told once to each who waited, and begun anew by whoever asks again."""
        try:
            return opening.ended.result()
        except CancelledError:
            raise Dropped("dropped: the lab ends") from None
        except Exception:
            with self._lock:
                for name in [name for name, one in self._kept.items() if one is opening]:
                    del self._kept[name]
            raise

    def _open(self, place: Place, variant: object, opening: _Opening) -> Desk:
        """A desk of a market whose every table is verified, and from which what the variant needs was read."""

        def progress(what: str, done: int, total: int) -> None:
            if self._closed:
                raise Dropped("dropped: the lab ends")
            share = f", {number(done, 0)} of {number(total, 0)}" if total else ""
            opening.said = f"opening {place.name}: {what}{share}"

        market = place.opened(progress)
        tables = list(market.manifest["tables"])
        for done, table in enumerate(tables):
            progress(f"verifying {table}", done, len(tables))
            market.table(table)
        desk = self._desk_on(market, place)
        progress(f"reading {number(len(desk.sessions), 0)} sessions", 0, 0)
        self._make_room(place)
        require_fit(market)
        with suppress(ConfigError, MissingInput):  # of the variant, which its evaluation tells
            desk.backtest(variant_of(variant))
        return desk

    def _make_room(self, place: Place) -> None:
        """Keep one market less than may be open, a place's own left out: those that were used last."""
        with self._lock:
            others = [name for name, one in self._kept.items() if name != place.name and one.ended.done()]
            gone = [self._kept.pop(name) for name in others[: max(0, len(others) - (KEPT - 1))]]
        for one in gone:
            if _is_open(one):
                self.let_go(one.ended.result())

    def _desk_on(self, market: Market, place: Place) -> Desk:
        at = self.names.index(place.name)
        return Desk(market, f"{self._family}, market {at + 1}" if at else self._family, self._out, place.name)


def _is_open(opening: _Opening) -> bool:
    return opening.ended.done() and not opening.ended.cancelled() and opening.ended.exception() is None
