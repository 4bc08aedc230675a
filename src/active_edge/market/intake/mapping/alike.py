"""Files of a folder that are one table: named alike but for a day, or one a ticker."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from active_edge.market.intake.mapping.model import TICKER
from active_edge.market.intake.mapping.raw import ENDINGS, RawFile, look
from active_edge.market.intake.mapping.words import COLUMNS, KEYS, letters

SYMBOL = re.compile(r"\^?[A-Z][A-Z0-9]{0,5}([.\-/ ][A-Z]{1,3})?")
"""What a ticker looks like: a file's name, or a header of a matrix."""


@dataclass(frozen=True)
class Alike:
    """Files of one layout: what the first says of itself, all of them, `file` and `ticker_of_file` of import.yaml."""

    raw: RawFile
    files: tuple[Path, ...]
    pattern: str
    ticker_of_file: str | None = None


def alike(files: Iterable[Path], folder: Path) -> list[Alike]:
    """Files by layout, in the order of their names."""
    by_name: dict[str, list[Path]] = {}
    for path in files:
        by_name.setdefault(_undated(path.name), []).append(path)
    groups = [Alike(look(paths[0]), tuple(paths), _pattern(paths[0], folder)) for paths in by_name.values()]
    lone: dict[tuple[object, ...], list[Alike]] = {}
    for one in groups:
        if len(one.files) == 1 and _lacks_a_key(one.raw):
            lone.setdefault((one.raw.header, one.raw.separator, one.raw.header_line), []).append(one)
    by_ticker = {id(one): same for same in lone.values() for one in same if _are_tickers(same)}
    found: list[Alike] = []
    for one in groups:
        same = by_ticker.get(id(one), [one])
        if id(one) not in by_ticker:
            found.append(one)
        elif same[0] is one:
            found += _of_tickers([other.files[0] for other in same], one.raw, folder)
    return found


def _undated(name: str) -> str:
    return re.sub(r"\d{4}-?\d{2}-?\d{2}", "*", name)


def _pattern(path: Path, folder: Path) -> str:
    pattern = _undated(path.name)
    return pattern if len(list(folder.glob(pattern))) > 1 else path.name


def _lacks_a_key(raw: RawFile) -> bool:
    """Closes by day of nobody named."""
    said = {letters(name) for name in raw.header}
    keyed = any({*words} & said for words in KEYS.values())
    prices = COLUMNS["prices"]
    closes = {*prices["close"], *prices["adjusted_close"]} & said
    return not keyed and bool({*prices["session"]} & said) and bool(closes) and "series" not in said


def _are_tickers(same: Sequence[Alike]) -> bool:
    """Several files of one header and names with letters, or one whose name looks like a ticker."""
    stems = [_stem(one.files[0]) for one in same]
    before, after = _around(stems)
    names = [stem[len(before) : len(stem) - len(after)] for stem in stems]
    return all(re.search("[A-Za-z]", n) for n in names) and (len(names) > 1 or SYMBOL.fullmatch(names[0]) is not None)


def _stem(path: Path) -> str:
    ending = max((one for one in ENDINGS if path.name.casefold().endswith(one)), key=len, default="")
    return path.name[: len(path.name) - len(ending)]


def _of_tickers(paths: Sequence[Path], raw: RawFile, folder: Path) -> list[Alike]:
    """One table of them all where a pattern names them and no other file, else one each."""
    stems = [_stem(path) for path in paths]
    before, after = _around(stems)
    ending = paths[0].name[len(stems[0]) :]
    for sign in ("*", "[A-Z]*", "[A-Z^]*"):
        pattern = f"{before}{sign}{after}{ending}"
        if len(paths) > 1 and {*folder.glob(pattern)} == {*paths}:
            return [Alike(raw, tuple(paths), pattern, f"{before}{TICKER}{after}{ending}")]
    each = ((path, path.name[len(_stem(path)) :]) for path in paths)
    return [Alike(raw, (path,), path.name, f"{before}{TICKER}{after}{end}") for path, end in each]


def _around(stems: Sequence[str]) -> tuple[str, str]:
    """Words before and after the tickers in names of files, '' of one."""
    if len(stems) < 2:
        return "", ""
    start, end = _shared(stems), _shared([stem[::-1] for stem in stems])[::-1]
    return _words(start, at_end=True), _words(end, at_end=False)


def _shared(stems: Sequence[str]) -> str:
    """What all begin with."""
    first, last = min(stems), max(stems)
    return first[: next((at for at, sign in enumerate(first) if last[at : at + 1] != sign), len(first))]


def _words(shared: str, *, at_end: bool) -> str:
    """What all names share up to a sign between words, where it is a word in small letters: no part of a ticker."""
    said = re.match(r".*[_ .\-]", shared) if at_end else re.search(r"[_ .\-].*", shared)
    return said.group() if said is not None and re.search(r"[a-z]|\.US$", said.group()) else ""
