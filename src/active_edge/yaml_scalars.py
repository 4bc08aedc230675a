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


for _tag, _form, _first in _TAGS:
    for _kind in (Loader, Dumper):
        _kind.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_form})$"), list(_first))


def is_number(text: str) -> bool:
    """Whether a plain value of this text would be read as a finite number."""
    return any(re.fullmatch(form, text.strip()) for name, form, _ in _TAGS[:4] if name in ("int", "float"))
