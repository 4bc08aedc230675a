"""What the program stores carries a format number: read where that is honest, else refused in words with a remedy.

Format 0 is what was written before formats were numbered. A key that is added with a default keeps the number; one that
goes, or that comes to mean something else, raises it.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Hashable, Mapping
from datetime import date
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from active_edge.errors import ActiveEdgeError, MissingInput

if TYPE_CHECKING:
    from pydantic import TypeAdapter

FORMAT = "format"
STABLE_DIGITS = 10
"""Significant digits of a stored number. Sums have one order (`products`), but the exponentials and logarithms of a
processor's own C library differ in the last of seventeen digits, and what is computed from them by a few more."""
Kind = TypeVar("Kind")


class Part:
    """A part of what is stored: a key that the class does not name is refused."""

    __pydantic_config__: ClassVar = {"extra": "forbid"}


def check_format(
    content: Mapping[str, Any], *, known: int, where: str, remedy: str, error: type[ActiveEdgeError] = MissingInput
) -> int:
    """The format of stored content, from 0 (it carries none) to `known`.

    Parameters
    ----------
    known : the newest format that can be read.
    where, remedy : for the message: which file, and what to do instead of updating the program.
    error : what is raised.

    Raises
    ------
    MissingInput, or `error` : the format is newer, or is no whole number.
    """
    found = content.get(FORMAT, 0)
    if isinstance(found, bool) or not isinstance(found, int) or found < 0:
        raise error(f"{where}: format {found!r} is no format; it is a whole number up to {known}; {remedy}")
    if found > known:
        raise error(
            f"{where}: is of format {found}, this program reads formats up to {known}: a newer one wrote it; "
            f"update active-edge, or {remedy}"
        )
    return found


def read_typed(kind: type[Kind], content: Mapping[str, Any], *, where: str, remedy: str) -> Kind:
    """A dataclass from JSON content, every value of the type its field names; absent fields take their default.

    Raises
    ------
    MissingInput : a key is missing, unknown or of another type; the message names the first three.
    """
    from pydantic import ValidationError

    try:
        adapter: TypeAdapter[Kind] = _adapter(cast(Hashable, kind))
        return adapter.validate_json(json.dumps(plain_json(content)), strict=True)
    except ValidationError as error:
        problems = [_problem(detail) for detail in error.errors(include_url=False)]
        more = f" and {len(problems) - 3} more" if len(problems) > 3 else ""
        raise MissingInput(f"{where}: {'; '.join(problems[:3])}{more}; {remedy}") from None


def plain_json(value: Any) -> Any:
    """Content in JSON's own types: numbers that are none become None, days ISO text, frames lists of rows."""
    if isinstance(value, Enum):
        value = value.value
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain_json(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain_json(inner) for inner in value]
    if isinstance(value, date):
        return value.isoformat()[:10] if value == value else None
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain_json(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if hasattr(value, "to_dict") and hasattr(value, "columns"):
        return plain_json(value.to_dict("records"))
    if hasattr(value, "tolist"):
        return plain_json(value.tolist())
    return None if value != value else str(value)


def stable(value: Any) -> Any:
    """JSON content with every number as far as it is the same on every processor: `STABLE_DIGITS` of it."""
    if isinstance(value, float):
        return float(f"{value:.{STABLE_DIGITS}g}")
    if isinstance(value, dict):
        return {key: stable(inner) for key, inner in value.items()}
    return [stable(inner) for inner in value] if isinstance(value, list) else value


@cache
def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    return TypeAdapter(kind)


def _problem(detail: Any) -> str:
    key = ".".join(str(part) for part in detail["loc"])
    match detail["type"]:
        case "missing":
            return f"{key} is missing"
        case "unexpected_keyword_argument" | "extra_forbidden":
            return f"{key} is no key of this format"
        case "literal_error" | "enum":
            return f"{key} is {detail['input']!r}, not one of {detail['ctx']['expected']}"
        case _:
            return f"{key} is {detail['input']!r}: {detail['msg'][0].lower()}{detail['msg'][1:]}"
