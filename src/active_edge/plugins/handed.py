"""What a plug-in was handed, as it was: it reads it, and whatever it sets in it is seen and put back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeGuard

import numpy as np

PACKAGE = __name__.partition(".")[0]


@dataclass(frozen=True)
class Handed:
    """One object of the program's within a plug-in's reach.

    Attributes
    ----------
    name : as messages call it, such as ``panel.market``.
    owner : the object itself.
    held : attribute -> what it was.
    entries : attribute that is a dict -> what stood in it.
    private : whether its private names were held too.
    locked : arrays among all these that could not be written into, by name.
    """

    name: str
    owner: object
    held: Mapping[str, object]
    entries: Mapping[str, Mapping[object, object]]
    private: bool
    locked: Mapping[str, np.ndarray]

    def put_back(self) -> Iterator[str]:
        """Names of what is not as it was, each put back before it is told."""
        own = vars(self.owner)
        for name in [name for name in own if name not in self.held and not self._may_come(name)]:
            del own[name]
            yield f"{self.name}.{name}"
        for name, value in self.held.items():
            if name not in own or own[name] is not value:
                own[name] = value
                yield f"{self.name}.{name}"
        for name, before in self.entries.items():
            now = own[name]
            added = set(now) - set(before) if not name.startswith("_") else set()  # a private dict keeps what was made
            if added or any(key not in now or now[key] is not value for key, value in before.items()):
                for key in added:
                    del now[key]
                now.update(before)
                yield f"{self.name}.{name}"
        kept = {f"{self.name}.{name}": own[name].values() for name in self.entries if name.startswith("_")}
        opened = [(name, one) for name, inside in kept.items() for one in inside if _may_be_written(one)]
        for name, array in [*opened, *((name, one) for name, one in self.locked.items() if _may_be_written(one))]:
            array.setflags(write=False)
            yield name

    def _may_come(self, name: str) -> bool:
        """Whether an attribute may be there that was not: one that is worked out when it is first asked for."""
        made = isinstance(getattr(type(self.owner), name, None), cached_property)
        return made or (name.startswith("_") and not self.private)


def as_handed(given: Mapping[str, object]) -> list[Handed]:
    """Everything of the program's that lies behind what is handed, by the names in `given`, as it is now.

    Of what is named in `given` itself the private names count too.
    """
    found: dict[int, Handed] = {}
    waiting = [(name, thing, True) for name, thing in given.items()]
    while waiting:
        name, thing, itself = waiting.pop()
        if not _is_ours(thing) or id(thing) in found:
            continue
        # What lies behind keeps under private names what it works out when it is first asked.
        held = {key: value for key, value in vars(thing).items() if itself or not key.startswith("_")}
        entries = {key: dict(value) for key, value in held.items() if type(value) is dict}
        found[id(thing)] = Handed(name, thing, held, entries, itself, _locked(name, held, entries))
        waiting += [(f"{name}.{key}", value, False) for key, value in held.items()]
        waiting += [(f"{name}.{key}", one, False) for key, value in held.items() for one in _inside(value)]
    return list(found.values())


def _locked(
    name: str, held: Mapping[str, object], entries: Mapping[str, Mapping[object, object]]
) -> dict[str, np.ndarray]:
    named = [(f"{name}.{key}", value) for key, value in held.items()]
    named += [(f"{name}.{key}", value) for key, inside in entries.items() for value in inside.values()]
    return {told: one for told, one in named if isinstance(one, np.ndarray) and not _may_be_written(one)}


def _may_be_written(thing: object) -> TypeGuard[np.ndarray]:
    return isinstance(thing, np.ndarray) and thing.flags.writeable


def _inside(value: object) -> Iterator[object]:
    if isinstance(value, Mapping):
        yield from value.values()
    elif isinstance(value, tuple):
        yield from value


def _is_ours(thing: object) -> bool:
    kind = type(thing)
    return kind.__module__.partition(".")[0] == PACKAGE and not isinstance(thing, type) and hasattr(thing, "__dict__")
