"""Draw the rooms of the package and who imports whom, from the imports themselves.

The drawing stands in docs/rooms.md; scripts/docs.py writes it there and scripts/docs.py --check holds it in step.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from active_edge.digest import Import, imports
from scripts.sizes import INNER_ROOMS, PACKAGE, PROJECT, lines_by_module, lines_by_room, room_of

BEFORE = {
    "market/sources": 9160, "run": 4494, "inference": 3113, "market": 2775, "market/simulated": 2592, "report": 2333,
    "engine": 1708, "calibration": 1370, "thesis": 1270, "factors": 1163, "cli": 1134, "panel": 1048, "costs": 523,
    "screen": 407, "strategy": 282, "rebuilt_index": 236, "config": 222, "universe": 213, "crosssection": 190,
    "schema": 161, "sectors": 157, "sessions": 116, "errors": 70, "__init__": 49, "__main__": 5,
}  # fmt: skip
"""Lines a room at commit 894492f, before the rooms were laid out anew (`git ls-tree` of that commit, counted)."""
START, END = "<!-- rooms: made by scripts/docs.py -->", "<!-- end of rooms -->"
NAMED_ABOVE = {("evaluation", "screen"): "a screen opens its evaluation, which names its type"}
"""Arrows up that are for type checking alone, and why."""
DRIFT = 0.1
"""Lines may differ from the drawing by this share before it must be made again, so that a commit seldom touches it."""


def rounded(lines: int) -> int:
    """Lines as the drawing tells them: to hundreds, below a hundred to tens, so that parallel work seldom differs."""
    return round(lines, -2) if lines >= 100 else max(round(lines, -1), 10)


def ordered_rooms(settings: Path = PROJECT / "pyproject.toml") -> list[str]:
    """Rooms from the top down: the layers of import-linter, a room's inner rooms before the modules they stand on."""
    contracts = tomllib.loads(settings.read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    rooms = []
    for layer in contracts[0]["layers"]:
        inner = [room for room in INNER_ROOMS if room.startswith(f"{layer}/")]
        # What sources assembles stands on its inner rooms; what market keeps is what its inner rooms fill and read.
        rooms += [layer, *inner] if layer == "sources" else [*inner, layer]
    return rooms


def arrows(package: Path = PACKAGE) -> dict[tuple[str, str], bool]:
    """(importing room, imported room) -> True where the import is for typing alone."""
    modules = {
        name.removesuffix(".py").removesuffix("/__init__").replace("/", "."): name for name in lines_by_module(package)
    }
    found: dict[tuple[str, str], bool] = {}
    for dotted, name in modules.items():
        source = (package / name).read_text(encoding="utf-8")
        for one in _imports(source, f"active_edge.{dotted}", name.endswith("__init__.py")):
            target = _module(one.target, modules)
            if target and dotted != "__init__" and room_of(name) != room_of(modules[target]):
                pair = room_of(name), room_of(modules[target])
                found[pair] = found.get(pair, True) and one.typing_only
    return found


@cache
def _imports(source: str, module: str, package: bool) -> tuple[Import, ...]:
    return tuple(imports(source, module, package=package))


def _module(target: str, modules: dict[str, str]) -> str | None:
    """The module of the package that a dotted name is or lies in."""
    parts = target.split(".")[1:] if target.startswith("active_edge.") else []
    for length in range(len(parts), 0, -1):
        if ".".join(parts[:length]) in modules:
            return ".".join(parts[:length])
    return None


def arrows_up(rooms: list[str], found: dict[tuple[str, str], bool]) -> list[str]:
    """Arrows that point at a room above, for type checking too unless they are in `NAMED_ABOVE`; there must be none."""
    place = {room: number for number, room in enumerate(rooms)}
    up = [pair for pair in sorted(found) if place[pair[0]] > place[pair[1]]]
    return [f"{a} imports {b}" for a, b in up if not (found[a, b] and (a, b) in NAMED_ABOVE)]


def drawing(package: Path = PACKAGE) -> str:
    """The rooms as a matrix: a row imports the columns marked ● (○: for type checking alone)."""
    rooms, found = ordered_rooms(), arrows(package)
    lines = lines_by_room(lines_by_module(package))
    total = sum(lines.values())
    tens = "".join(f"{number // 10 or ' '} " for number in range(1, len(rooms) + 1))
    units = "".join(f"{number % 10} " for number in range(1, len(rooms) + 1))
    up = arrows_up(rooms, found)
    if up:
        raise SystemExit(f"imports point at a room above: {'; '.join(up)}")
    head = [f"{'':28}{'lines':>6}{'':>3}{tens}".rstrip(), f"{'':37}{units}".rstrip()]
    rows = []
    for number, room in enumerate(rooms, start=1):
        marks = ["·" if number <= other else " " for other in range(1, len(rooms) + 1)]
        marks[number - 1] = "╲"
        for other, name in enumerate(rooms):
            if (room, name) in found:
                marks[other] = "○" if found[room, name] else "●"
        rows.append(f"{number:>2} {room:<25}{rounded(lines.get(room, 0)):>6,}   {' '.join(marks)}".rstrip())
    largest = max(lines, key=lambda room: lines[room])
    before, all_before = max(BEFORE, key=lambda room: BEFORE[room]), sum(BEFORE.values())
    market = sum(count for room, count in BEFORE.items() if room.startswith("market"))
    said = [
        f"{len(rooms)} rooms, {round(total, -3):,} lines, largest {largest} ({lines[largest] / total:.0%}). "
        f"Before: {len(BEFORE)} rooms, {all_before:,} lines,",
        f"largest {before} ({BEFORE[before] / all_before:.0%}), all of market {market / all_before:.0%}:",
        *_wrapped([f"{room} {count:,}" for room, count in BEFORE.items()]),
    ]
    return "\n".join([*head, *rows, "", *said])


def _wrapped(words: list[str], width: int = 118) -> list[str]:
    lines = [""]
    for word in words:
        if len(lines[-1]) + len(word) + 3 > width:
            lines.append("")
        lines[-1] += (" · " if lines[-1] else "") + word
    return lines


def in_step(page: str, drawn: str) -> bool:
    """Whether a page holds the drawing: the same rooms and arrows, and lines alike to a tenth or a hundred."""
    if START not in page or END not in page:
        return False
    there = page.split(START)[1].split(END, maxsplit=1)[0].strip().removeprefix("```text\n").removesuffix("\n```")
    old, new = there.splitlines(), drawn.splitlines()
    return len(old) == len(new) and all(_alike(*pair) for pair in zip(old, new, strict=True))


def _alike(old: str, new: str) -> bool:
    if old == new or (old[:3] == new[:3] and "rooms," in old and "rooms," in new):
        return True
    counts = [int(row[28:34].replace(",", "")) for row in (old, new) if row[28:34].strip().replace(",", "").isdigit()]
    same = old[:28] == new[:28] and old[34:] == new[34:]
    return same and len(counts) == 2 and abs(counts[0] - counts[1]) <= max(DRIFT * counts[0], 100)


def with_drawing(page: str, drawn: str) -> str:
    """The page with the drawing between its marks."""
    before, rest = page.split(START)
    return f"{before}{START}\n```text\n{drawn}\n```\n{END}{rest.split(END)[1]}"
