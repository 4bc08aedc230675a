"""A seal's file: readable YAML whose last line is the sha256 of every byte above it.

``head -n -1 SEAL | sha256sum`` proves it without this program. A hash of each key stands in the file too, so that a
change is not only seen but named, and seen where the last line was made anew to fit it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from active_edge.errors import SealError
from active_edge.ordinary import ordinary_bytes
from active_edge.sealing.seal import KIND, SEAL_FORMAT, Seal
from active_edge.stored import FORMAT, check_format, plain_json, read_typed
from active_edge.words import shortened

HASHES = "hashes"
STRATEGIES = "strategies"
LAST_LINE = re.compile(r"hash: ([0-9a-f]{64})\n?")
KEY_DIGITS = 16
"""Digits of the hash of a key, which names what changed; that nothing did, the last line proves to whom it was sent."""
DEEPEST = 4
LONGEST = 5_000_000
REMEDY = "restore the file from a copy; a seal is never edited, a changed strategy is sealed anew"
HEADER = """\
# Sealed by active-edge. Nothing here may change: the last line is the sha256 of every byte above it.
# Check it with `active-edge verify FILE`, or with `head -n -1 FILE | sha256sum`.
"""


@dataclass(frozen=True)
class SealFile:
    """The text of a seal's file, taken apart.

    Attributes
    ----------
    stated, made : the hash in its last line, and the one that its text makes.
    changed : dotted keys that are not what they were, each with what happened to it; empty where nothing changed.
    """

    path: Path
    content: Mapping[str, Any]
    stated: str
    made: str
    changed: tuple[str, ...]

    @property
    def changes(self) -> str:
        """What is not what it was, in one line."""
        return "; ".join(shortened(self.changed))

    @property
    def sound(self) -> bool:
        """Whether nothing changed: neither the text against its last line nor a key against its own hash."""
        return not self.changed

    def seal(self) -> Seal:
        """The seal in it.

        Raises
        ------
        SealError : it was changed, or is no seal that this program reads.
        """
        if not self.sound:
            raise SealError(f"{self.path}: was changed after it was sealed: {self.changes}; {REMEDY}")
        told = {key: value for key, value in self.content.items() if key not in (FORMAT, HASHES)}
        try:
            return read_typed(Seal, told, where=str(self.path), remedy=REMEDY)
        except LookupError as error:
            raise SealError(str(error)) from None


def seal_text(seal: Seal) -> tuple[str, str]:
    """What is written as a seal's file, and its hash."""
    content = {FORMAT: SEAL_FORMAT, **plain_json(seal)}
    content[HASHES] = {key: _digest(value) for key, value in keyed(content)}
    body = HEADER + yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    digest = hashlib.sha256(body.encode()).hexdigest()
    return f"{body}hash: {digest}\n", digest


def write_seal(seal: Seal, path: Path) -> str:
    """The hash of a seal, once its file stands there whole.

    Raises
    ------
    SealError : the text does not read back as the seal.
    """
    text, digest = seal_text(seal)
    unfinished = path.with_name(f".{path.name}.unfinished")
    with unfinished.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    if plain_json(read_file(unfinished).seal()) != plain_json(seal):
        unfinished.unlink()
        raise SealError(f"{path}: a value of the strategy cannot be written as YAML and read again")
    os.replace(unfinished, path)
    return digest


def read_file(path: str | Path) -> SealFile:
    """A seal's file taken apart, whether it is sound or not.

    Raises
    ------
    SealError : it cannot be read, is no seal, was cut off, or is of a newer format.
    """
    path = Path(path)
    try:
        # A mail or a checkout may have changed line ends; nothing in a seal depends on them.
        raw = ordinary_bytes(path).replace(b"\r\n", b"\n")
        text = raw.decode("utf-8")
    except FileNotFoundError:
        raise SealError(f"{path}: no such file; `active-edge seal` writes seals into the folder seals") from None
    except OSError as error:
        raise SealError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise SealError(f"{path}:{line}: is no UTF-8 text, so it is no seal or was damaged; {REMEDY}") from None
    body, _, last = text.removesuffix("\n").rpartition("\n")
    stated = LAST_LINE.fullmatch(last)
    content = _content(path, text if stated is None else f"{body}\n")
    if content.get("kind") != KIND:
        raise SealError(f"{path}: is no seal: its key 'kind' is not {KIND!r}")
    if stated is None:
        raise SealError(f"{path}: was cut off or changed: its last line is no 'hash: ' of 64 digits; {REMEDY}")
    check_format(content, known=SEAL_FORMAT, where=str(path), remedy=REMEDY, error=SealError)
    made = hashlib.sha256(f"{body}\n".encode()).hexdigest()
    changed = tuple(_changes(content))
    if made != stated[1] and not changed:
        changed = (_elsewhere(content, body),)
    return SealFile(path, content, stated[1], made, changed)


def keyed(content: Mapping[str, Any], before: str = "", depth: int = 1) -> Iterator[tuple[str, Any]]:
    """Dotted key to value, down to `DEEPEST` levels; entries of a list that have a name go by it."""
    for key, value in content.items():
        if not before and key == HASHES:
            continue
        name = f"{before}{key}"
        if isinstance(value, Sequence) and not isinstance(value, str) and value and _all_named(value):
            value = {one["name"]: one for one in value}  # noqa: PLW2901  the list as what it means
        if isinstance(value, Mapping) and value and depth < DEEPEST:
            yield from keyed(value, f"{name}.", depth + 1)
        else:
            yield name, value


def _all_named(values: Sequence[Any]) -> bool:
    return all(isinstance(one, Mapping) and isinstance(one.get("name"), str) for one in values)


def _digest(value: Any) -> str:
    told = json.dumps(plain_json(value), sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(told.encode()).hexdigest()[:KEY_DIGITS]


def _changes(content: Mapping[str, Any]) -> Iterator[str]:
    """What is not as its own hash says, by key."""
    stated = content.get(HASHES)
    if not isinstance(stated, Mapping):
        yield f"{HASHES} is gone"
        return
    now = dict(keyed(_by_sealed_name(content, stated)))
    for key, value in now.items():
        if key not in stated:
            yield f"{key} was added"
        elif _digest(value) != stated[key]:
            yield f"{key} is not what was sealed"
    yield from (f"{key} was taken out" for key in stated if key not in now)


def _by_sealed_name(content: Mapping[str, Any], stated: Mapping[str, Any]) -> Mapping[str, Any]:
    """The content, its strategies by the names they were sealed under: one whose name was edited by its place."""
    strategies = content.get(STRATEGIES)
    if not isinstance(strategies, Sequence) or isinstance(strategies, str) or not _all_named(strategies):
        return content
    keys = (str(key).split(".") for key in stated)
    sealed = list(dict.fromkeys(key[1] for key in keys if key[0] == STRATEGIES and len(key) > 1))
    names = [one["name"] for one in strategies]
    labels = list(names)
    for place, (was, name) in enumerate(zip(sealed, names, strict=False)):
        if was not in names and (name not in sealed or names.count(name) > 1):
            labels[place] = was
    return {**content, STRATEGIES: dict(zip(labels, strategies, strict=True))}


def _elsewhere(content: Mapping[str, Any], body: str) -> str:
    """Where the text was changed though no key says anything else."""
    written = HEADER + yaml.dump(dict(content), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    pairs = zip(written.splitlines(), body.splitlines(), strict=False)
    line = next((number for number, (then, now) in enumerate(pairs, start=1) if then != now), None)
    if line is None:
        return "the hash in its last line, or blank space at its end"
    return f"line {line}: spacing, a comment or the order, though every key says the same"


def _content(path: Path, text: str) -> dict[str, Any]:
    try:
        if len(text) > LONGEST:
            raise ValueError(f"{len(text):,} characters, a seal has fewer than {LONGEST:,}")
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                raise ValueError("it holds an alias, a seal has none")
        content = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        raise SealError(f"{where}: is no seal, or was damaged: {getattr(error, 'problem', None) or error}") from None
    if not isinstance(content, dict):
        raise SealError(f"{path}: is no seal: it is no mapping of keys to values")
    return content


class _Dumper(yaml.SafeDumper):
    """Text of several lines as a block, so that source code stays readable."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  as the library calls it
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _represent_text)
