"""Plain YAML values as a person means them, and text where a person could mean two things.

YAML 1.1 reads 010 as eight, 1:30 as ninety and `no` as false. Here a number has the digits of a decimal number, with
underscores between groups of three if any; true and false are spelt so; null and ~ are nothing. Everything else is
text, which a model refuses where it wants a number. Source: the core schema of YAML 1.2.2, section 10.3, without octal
and hexadecimal.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from active_edge.errors import ConfigError

_WHOLE = r"(?:0|[1-9][0-9]*|[1-9][0-9]{0,2}(?:_[0-9]{3})+)"
_EXPONENT = r"[eE][-+]?[0-9]+"
_SIGNS = "-+.0123456789"
_TAGS: tuple[tuple[str, str, str], ...] = (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL", "~nN"),
    ("int", rf"[-+]?{_WHOLE}", _SIGNS),
    ("float", rf"[-+]?(?:{_WHOLE}\.[0-9]*|\.[0-9]+)(?:{_EXPONENT})?|[-+]?{_WHOLE}{_EXPONENT}", _SIGNS),
    ("float", r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", _SIGNS),
)


class Loader(yaml.SafeLoader):
    """PyYAML's safe loader with the plain values of this module."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  PyYAML looks for a class attribute.


class Dumper(yaml.SafeDumper):
    """PyYAML's safe dumper that also quotes text which `Loader` would read as something else."""


MOST_VALUES = 20_000
"""Keys and values together: a grid with a list of thousands has them, a file made to be slow has more."""
DEEPEST_NESTING = 20
LONGEST_VALUE = 20_000
"""Characters of one value: a description is some hundred, and the reader that keeps lines takes seconds over a book."""
DEEPEST_WRITTEN = 50
"""How deep the files are nested that this program writes, and some."""


def written_content(text: str) -> Any:
    """What YAML text holds that this program wrote as plain values, fast; None where it is empty.

    Raises
    ------
    ValueError : it is no such text. The reader in C would end the whole process on a file nested without end.
    """
    reader, depth = getattr(yaml, "CSafeLoader", yaml.SafeLoader), 0
    try:
        for event in yaml.parse(text, Loader=reader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST_WRITTEN:
                raise ValueError(f"nested more than {DEEPEST_WRITTEN} deep")
        return yaml.load(text, Loader=reader)
    except yaml.YAMLError as error:
        raise ValueError(getattr(error, "problem", None) or error) from None


def refuse_tangles(text: str, where: str) -> None:
    """Refuse aliases, which let a short file stand for an endless one, tags, nesting and lengths no screen needs.

    Raises
    ------
    ConfigError : there is one; `where` and the line come before it.
    """
    depth = 0
    # The reader in C is thirty times as fast; what it lets through is then read by the one that keeps lines.
    for number, event in enumerate(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if number > MOST_VALUES:
            raise ConfigError(f"{where}:{line}: more than {MOST_VALUES:,} keys and values; at most so many are read")
        if isinstance(event, yaml.AliasEvent):
            raise ConfigError(f"{where}:{line}: *{event.anchor}: aliases are not read; write the value out")
        length = len(getattr(event, "value", ""))
        if length > LONGEST_VALUE:
            raise ConfigError(f"{where}:{line}: a value of {length:,} characters; at most {LONGEST_VALUE:,} are read")
        tag = getattr(event, "tag", None)
        if tag not in (None, "!"):
            raise ConfigError(f"{where}:{line}: {tag}: tags are not read; write the value alone")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST_NESTING:
            raise ConfigError(f"{where}:{line}: nested more than {DEEPEST_NESTING} deep")


for _tag, _form, _first in _TAGS:
    for _kind in (Loader, Dumper):
        _kind.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_form})$"), list(_first))


def is_number(text: str) -> bool:
    """Whether a plain value of this text would be read as a finite number."""
    return any(re.fullmatch(form, text.strip()) for name, form, _ in _TAGS[:4] if name in ("int", "float"))
