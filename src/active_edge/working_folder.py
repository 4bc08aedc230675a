"""A folder to work in, outside the program: the shipped screens, strategies and claims, a script, room for plug-ins."""

from __future__ import annotations

import re
from pathlib import Path

from active_edge.errors import ConfigError
from active_edge.plugins import scope
from active_edge.shipped import KINDS, Kind, shipped_folder
from active_edge.whole import write_whole
from active_edge.yaml_schema import schema_file, schema_text

SCHEMAS = ".active_edge"
"""Where the schemas lie: out of the way, and found by an editor without any network."""
TEMPLATES = {
    "README.md": "README.md",
    "backtest.py": "backtest.py.txt",
    "plugins/README.md": "plugins.md",
    ".gitignore": "gitignore.txt",
}
"""Path within a working folder to the template of its text; none ends in .py, for an installer would compile it."""
MOST_NAMED = 8
"""Files in the way that a message names; of the rest it says how many."""
_MODELINE = re.compile(r"\A# yaml-language-server: .*\n")


def make_working_folder(folder: str | Path) -> list[Path]:
    """The files written into a folder, made if absent, that is then ready for every command; nothing is overwritten.

    A file that stands there as it would be written is left: of a call that was stopped half-way the rest is written,
    and none of one that was finished.

    Raises
    ------
    ConfigError : something already stands where a file would be written; it is named, and nothing was written.
    """
    root = Path(folder)
    contents = working_files()
    contents = {name: text for name, text in contents.items() if not _holds(root / name, text)}
    blocked = sorted({path for name in contents if (path := _in_the_way(root, name)) is not None})
    if blocked:
        named = ", ".join(str(path) for path in blocked[:MOST_NAMED])
        more = f" and {len(blocked) - MOST_NAMED} more" if len(blocked) > MOST_NAMED else ""
        raise ConfigError(
            f"{root}: nothing was written, for this is in the way: {named}{more}; name an empty folder, or one that is "
            "not there yet"
        )
    for name, text in contents.items():
        write_whole(root / name, text, synced=False)
    return [root / name for name in contents]


def write_schemas(folder: str | Path) -> list[Path]:
    """The schemas of a working folder, written again: they then name the factors that its plug-ins declare.

    No plug-in is run.

    Raises
    ------
    ConfigError : the folder is none that `make_working_folder` made.
    """
    root = Path(folder)
    if not (root / SCHEMAS).is_dir():
        raise ConfigError(f"{root}: has no {SCHEMAS}, so it is no working folder; make one with: active-edge init")
    with scope([root / "plugins"], run=False):
        texts = {root / SCHEMAS / schema_file(kind): schema_text(kind) for kind in KINDS}
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    return list(texts)


def working_files() -> dict[str, str]:
    """Path within a working folder to text, for every file it begins with."""
    templates = shipped_folder("templates")
    files = {name: _read(templates / template) for name, template in TEMPLATES.items()}
    for kind in KINDS:
        shipped = sorted([*shipped_folder(kind).glob("*.yaml"), *shipped_folder(kind).glob("*.md")])
        files |= {f"{kind}/{path.name}": with_schema(_read(path), kind) for path in shipped}
        files[f"{SCHEMAS}/{schema_file(kind)}"] = schema_text(kind)
    return files


def with_schema(text: str, kind: Kind) -> str:
    """YAML text whose first line names the schema of a working folder; text that names none is left alone."""
    return _MODELINE.sub(f"# yaml-language-server: $schema=../{SCHEMAS}/{schema_file(kind)}\n", text)


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_bytes() == text.encode()


def _in_the_way(root: Path, name: str) -> Path | None:
    """What keeps a file from being written: the file itself, or a file where one of its folders would be."""
    above = [root, *(root / parent for parent in reversed(Path(name).parents) if str(parent) != ".")]
    blocked = next((path for path in above if path.exists() and not path.is_dir()), None)
    return blocked or (root / name if (root / name).exists() or (root / name).is_symlink() else None)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
