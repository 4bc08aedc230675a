"""Files that come with the program, and how a bare name finds one: the user's own first, then the shipped one."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Literal

from active_edge.errors import ConfigError
from active_edge.words import nearest

Kind = Literal["screens", "strategies", "claims"]
KINDS: tuple[Kind, ...] = ("screens", "strategies", "claims")
_BARE_NAME = re.compile(r"[a-z][a-z0-9_]*")


def shipped_folder(name: Kind | Literal["schemas", "templates"]) -> Path:
    """The folder of that name that is shipped: inside an installed package, or at the top of a checkout."""
    inside = Path(__file__).parent / name
    return inside if inside.is_dir() else Path(__file__).parents[3] / name


def shipped_names(kind: Kind) -> list[str]:
    """Names of the shipped files of a kind, sorted; a name is the file's, without ``.yaml``."""
    return sorted(path.stem for path in shipped_folder(kind).glob("*.yaml"))


def known_names(kind: Kind) -> list[str]:
    """Bare names that `find_file` finds, sorted: those of the current folder and the shipped ones."""
    return sorted({file.stem for place in (Path(kind), shipped_folder(kind)) for file in place.glob("*.yaml")})


def factor_names() -> list[str]:
    """Names of the factors in a screen's schema: that of the current folder, or the shipped one.

    Nothing is loaded for it, so that a shell need not wait; unreadable schemas name none.
    """
    for folder in (Path("schemas"), shipped_folder("schemas")):
        try:
            schema = json.loads((folder / "screens.schema.json").read_text(encoding="utf-8"))
            return sorted(schema["properties"]["require"]["properties"])
        except (OSError, ValueError, LookupError, TypeError):
            continue
    return []


def find_file(given: str | Path, kind: Kind) -> Path:
    """The file that a path or a bare name means.

    Parameters
    ----------
    given : a path is itself. ``avoid_junk``, where no file has that path, is ``KIND/avoid_junk.yaml`` in the current
        folder, else the shipped file of that name.

    Raises
    ------
    ConfigError : a bare name that is neither in the current folder nor shipped.
    """
    path = Path(given)
    if path.is_file() or not _BARE_NAME.fullmatch(str(given)):
        return path
    places = (Path(kind), shipped_folder(kind))
    found = next((place / f"{given}.yaml" for place in places if (place / f"{given}.yaml").is_file()), None)
    if found is None:
        raise ConfigError(
            f"{given}: there is no such file, no {kind}/{given}.yaml, and none of that name is shipped; "
            f"{nearest(str(given), known_names(kind))}"
        )
    return found
