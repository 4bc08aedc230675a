"""Strict YAML: one file becomes one model, or one error that lists everything wrong with the file.

Every problem is reported as ``file:line: key: what is wrong``, with the value, the bound and, for a misspelt
name, the nearest valid one. YAML holds data only: no tags, no anchors to code, no expressions.
"""

from __future__ import annotations

import dataclasses
import math
import typing
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_origin

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, create_model
from pydantic_core import ErrorDetails

from active_edge.errors import ConfigError
from active_edge.number_text import number_hint
from active_edge.ordinary import ordinary_bytes
from active_edge.plugins import read_beside
from active_edge.words import if_near, nearest
from active_edge.yaml_scalars import Dumper, Loader, is_number, refuse_tangles

LONGEST_FILE = 1_000_000
"""Characters; a screen is a thousand."""
Location = tuple[str | int, ...]
_PHRASES = {
    "missing": "missing; it must be given",
    "string_pattern_mismatch": "{value} is not a name; use small letters, digits and underscores, a letter first",
    "string_type": "{value} is not text; quote it if text is meant",
    "bool_type": "{value} is neither true nor false; write one of the two",
    "dict_type": "{value} is no mapping; write one name a line, each with a colon and its value",
    "finite_number": "{value} is not a finite number",
}
"""What is said of kinds of problems, by pydantic's name for them."""


if TYPE_CHECKING:
    _Answering = type(BaseModel)
else:

    class _Answering(type(BaseModel)):
        """Classes that answer values that do not fit with a `ConfigError` of one sentence, in Python as in a file."""

        def __call__(cls, *args: Any, **kwargs: Any) -> Any:
            try:
                return super().__call__(*args, **kwargs)
            except ValidationError as error:
                said = "; ".join(_problem(detail, {(): 1}, cls, named=True)[1] for detail in error.errors())
                raise ConfigError(f"{cls.__name__}: {' '.join(said.split())}") from None


class StrictModel(BaseModel, metaclass=_Answering):  # type: ignore[metaclass]
    """Base of every YAML model: no unknown key, no silent conversion, no infinity, immutable.

    Raises
    ------
    ConfigError : values that do not fit.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


Model = TypeVar("Model", bound=StrictModel)


def load_model(path: str | Path, model: type[Model], *, context: Mapping[str, Any] | None = None) -> Model:
    """The validated content of one YAML file.

    Parameters
    ----------
    path : file to read, UTF-8.
    model : the `StrictModel` it must fit. A validator of the model may raise ``ValueError`` for rules
        between keys; the message is reported at the line of the key it belongs to.
    context : what validators may ask for beside the file.

    Raises
    ------
    ConfigError : one message with every problem of the file, a line each.
    """
    path = Path(path)
    text = read_yaml(path)
    with read_beside(path):
        return parse_model(text, model, str(path), context=context)


def read_yaml(path: Path) -> str:
    """The text of a YAML file.

    Raises
    ------
    ConfigError : it is not there, no ordinary file (a pipe would be waited for), longer than is read, or not UTF-8.
    """
    try:
        return ordinary_bytes(path, most=LONGEST_FILE).decode("utf-8")
    except FileNotFoundError:
        siblings = [p.stem for p in path.parent.glob("*.yaml")] if path.parent.is_dir() else []
        remedy = nearest(path.stem, siblings) if siblings else f"there is no YAML file in {path.parent}"
        raise ConfigError(f"{path}: no such file; {remedy}") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        byte = f"byte 0x{error.object[error.start]:02x}"
        raise ConfigError(f"{path}:{line}: is not UTF-8 text ({byte}); save the file as UTF-8") from None


def parse_model(text: str, model: type[Model], where: str, *, context: Mapping[str, Any] | None = None) -> Model:
    """The validated content of YAML text; `where` names it in messages. See `load_model`."""
    root, content = _read(text, where)
    if not isinstance(root, yaml.MappingNode) or not isinstance(content, dict):
        raise ConfigError(f"{where}:1: the file must be a mapping of keys to values, such as 'name: my_screen'")
    lines = dict(_lines(root, ()))
    problems = [(node.start_mark.line + 1, problem) for node, problem in _duplicates(root)]
    empty = set(_empty(root, ()))
    problems += [(lines[at], f"{_dotted(at)}: {_empty_words(at)}") for at in empty]
    try:
        parsed = model.model_validate(content, context=context)
    except ValidationError as error:
        found = [_as_written(detail, root) for detail in error.errors() if _location(detail) not in empty]
        problems += [_problem(detail, lines, model) for detail in found]
    if problems:
        raise ConfigError("\n".join(f"{where}:{line}: {problem}" for line, problem in sorted(problems)))
    return parsed


def check_fields(value: Any, where: str = "") -> None:
    """Refuse a dataclass whose fields break the bounds in their own annotations; for its ``__post_init__``.

    So the bounds a YAML key has are those of the Python argument, and the words are the same.

    Raises
    ------
    ConfigError : one message with every problem, a line each; `where` comes before the name of the field.
    """
    fields = dataclasses.fields(value)
    build_model(_as_model(value.__class__), {field.name: getattr(value, field.name) for field in fields}, where)


def build_model(
    model: type[Model], values: Mapping[str, Any], where: str = "", *, written: Mapping[str, str] | None = None
) -> Model:
    """The model of values given in Python, told of problems in the words a file would be.

    Parameters
    ----------
    written : key -> what it is called where the values stand, a column of a table for instance; see `called`.

    Raises
    ------
    ConfigError : one message with every problem, a line each; `where` comes before the name of the key.
    """
    try:
        return model.model_validate(dict(values), context=None if written is None else {"written": written})
    except ValidationError as error:
        before = f"{where}: " if where else ""
        problems = (_problem(detail, {(): 1}, model, named=True, written=written)[1] for detail in error.errors())
        raise ConfigError("\n".join(f"{before}{problem}" for problem in problems)) from None


def called(key: str, context: Mapping[str, Any] | None) -> str:
    """What a key is called where its value was written; for messages of validators that name another key."""
    return str((context or {}).get("written", {}).get(key, key))


@cache
def _as_model(kind: type) -> type[StrictModel]:
    fields: dict[str, Any] = {
        name: (hint, ...) for name, hint in typing.get_type_hints(kind, include_extras=True).items()
    }
    return create_model(kind.__name__, __base__=StrictModel, **fields)


def top_keys(text: str) -> frozenset[str]:
    """Keys of the outermost mapping of YAML text; none where it is no such thing."""
    try:
        content = _read(text, "text")[1]
    except ConfigError:
        return frozenset()
    return frozenset(str(key) for key in content) if isinstance(content, dict) else frozenset()


def to_yaml(model: StrictModel) -> str:
    """The model as YAML with every default written out; reading it back gives an equal model."""
    content = model.model_dump(mode="json")
    return yaml.dump(content, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=100)


def _read(text: str, where: str) -> tuple[yaml.Node | None, Any]:
    """YAML text as nodes with line numbers, and as values."""
    if len(text) > LONGEST_FILE:
        raise ConfigError(f"{where}:1: the file has {len(text):,} characters; at most {LONGEST_FILE:,} are read")
    try:
        refuse_tangles(text, where)
        loader = Loader(text)
        root = loader.get_single_node()
        return root, None if root is None else loader.construct_document(root)
    except ConfigError:
        raise
    except yaml.YAMLError as error:
        raise ConfigError(f"{where}:{_yaml_problem(error, text)}") from None
    except ValueError as error:  # PyYAML lets an impossible date or number through to Python's constructors.
        raise ConfigError(f"{where}:1: a value is impossible: {error}; quote it if it is meant as text") from None


_SYNTAX = {
    "mapping values are not allowed": "a second colon on a line; quote the text if it holds one",
    "did not find expected ',' or": "a bracket or brace is not closed",
    "expected ',' or": "a bracket or brace is not closed",
}
"""What is meant by problems that PyYAML names by what it looked for."""


def _yaml_problem(error: yaml.YAMLError, text: str) -> str:
    """Line and plain words of what keeps text from being YAML."""
    mark, context = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    said = str(getattr(error, "problem", None) or error)
    line = mark.line + 1 if mark else 1
    at = text.splitlines()[line - 1 : line]
    if at and "\t" in at[0] and ("tab" in said or "cannot start" in said):
        return f"{line}: not YAML: a tab stands where only spaces are read; write spaces for tabs"
    plain = next((words for beginning, words in _SYNTAX.items() if said.startswith(beginning)), said)
    opened = f" (opened on line {context.line + 1})" if context and "not closed" in plain else ""
    return f"{line}: not YAML: {plain}{opened}"


def _lines(node: yaml.Node, at: Location) -> Iterator[tuple[Location, int]]:
    """Line of every value, by its location; a mapping value counts from the line of its key."""
    yield at, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*at, str(key.value))
            for inner, line in _lines(value, here):
                yield inner, key.start_mark.line + 1 if inner == here else line
    elif isinstance(node, yaml.SequenceNode):
        for position, value in enumerate(node.value):
            yield from _lines(value, (*at, position))


def _duplicates(node: yaml.Node) -> Iterator[tuple[yaml.Node, str]]:
    if isinstance(node, yaml.MappingNode):
        first: dict[str, int] = {}
        for key, value in node.value:
            name = str(key.value)
            if name in first:
                yield key, f"{name}: given twice, first on line {first[name]}; keep one"
            first.setdefault(name, key.start_mark.line + 1)
            yield from _duplicates(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _duplicates(value)


def _empty(node: yaml.Node | None, at: Location) -> Iterator[Location]:
    """Locations of keys and list entries after which nothing is written: a value forgotten, or meant to be none?"""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _empty(value, (*at, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for position, value in enumerate(node.value):
            yield from _empty(value, (*at, position))
    elif isinstance(node, yaml.ScalarNode) and node.value == "" and node.style is None:
        yield at


def _empty_words(at: Location) -> str:
    if str(at[-1]).strip().isdigit():
        return "is a key of its own, for a comma ends the value before it; write numbers without commas"
    return "is empty; write a value, or take the key out"


class _Flag:
    """True or false in the letters of the file: TRUE stays TRUE."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def _as_written(detail: ErrorDetails, node: yaml.Node) -> ErrorDetails:
    """The problem with a flag as the file spells it, which Python would call True or False."""
    if not isinstance(detail["input"], bool):
        return detail
    for part in _location(detail):
        if isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if str(key.value) == part), node)
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part]
    return {**detail, "input": _Flag(node.value)} if isinstance(node, yaml.ScalarNode) else detail


def _location(detail: ErrorDetails) -> Location:
    return tuple(part if isinstance(part, int) else str(part) for part in detail["loc"])


def _dotted(location: Location) -> str:
    return ".".join(str(part) for part in location)


def _problem(
    detail: ErrorDetails,
    lines: dict[Location, int],
    model: type[BaseModel],
    *,
    named: bool = False,
    written: Mapping[str, str] | None = None,
) -> tuple[int, str]:
    """Line and words of one problem; `named` shows the whole location though no line is known."""
    location = _location(detail)
    known = location
    while known and known not in lines:
        known = known[:-1]
    # A missing key is reported under its own name, at the line of the mapping that lacks it.
    shown = location if named or detail["type"] == "missing" else known
    key = _dotted(tuple((written or {}).get(str(part), part) for part in shown)) or "file"
    return lines.get(known, 1), f"{key}: {_words(detail, location, model)}"


def _words(detail: ErrorDetails, location: Location, model: type[BaseModel]) -> str:
    value, context = detail["input"], detail.get("ctx", {})
    shown = "nothing (null or ~)" if value is None else repr(value)
    match detail["type"]:
        case "extra_forbidden" | "unexpected_keyword_argument":
            return f"unknown key; {nearest(str(location[-1]), _fields_at(model, location[:-1]))}"
        case "value_error":
            return str(context.get("error", detail["msg"]))
        case "dataclass_type" | "model_type":
            return f"{shown} is no mapping of keys; it takes {', '.join(sorted(_fields_at(model, location)))}"
        case "literal_error":
            expected = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ").split(", ")
            return f"{shown} is not valid{if_near(str(value), expected)} (one of {', '.join(expected)})"
        case "float_type" | "int_type" if isinstance(value, str):
            return f"{value!r} is text; {_number_remedy(value)}"
        case "float_type" | "int_type" if value is None:
            return f"{shown} stands where a number must; write one, or take the key out"
        case "int_type" if isinstance(value, float):
            whole = f"write {int(value)}" if value.is_integer() else "write one without a decimal point"
            return f"{value!r} is no whole number as it is written; {whole}"
        case "list_type" if isinstance(value, str | int | float):
            return f"{value!r} is no list; write it in brackets: [{value}]"
        case "implausible":
            return detail["msg"]
        case kind if kind in _PHRASES:
            return _PHRASES[kind].format(value=shown)
    if isinstance(value, float) and math.isnan(value):
        return "not a number"
    percent = isinstance(value, int | float) and (
        (context.get("le") == 1 and 2 <= value <= 100) or (context.get("ge") == -1 and -100 <= value <= -2)
    )
    remedy = f"; write {value / 100:g} for {value:g} %" if percent else ""
    return f"{detail['msg'][0].lower()}{detail['msg'][1:]}; got {value!r}{remedy}"


def _number_remedy(text: str) -> str:
    """What to write for text where a number belongs."""
    if is_number(text):
        return f"it is a number in quotes: write {text.strip()} without them"
    return number_hint(text) or "write a plain number, such as 0.05 or 1000000"


def _fields_at(model: type[BaseModel], location: Location) -> set[str]:
    """Names of the keys allowed at a location; a mapping from names to models is stepped through."""
    here: Any = model
    named = False
    for part in location:
        if named or isinstance(part, int):  # a name of the user's own, or a place in a list
            named = False
            continue
        fields = _fields_of(here) or {}
        if part not in fields:
            return set()
        named = any(get_origin(kind) is dict for kind in (fields[part], *get_args(fields[part])))
        here = _model_in(fields[part])
    return set(_fields_of(here) or {})


def _fields_of(model: Any) -> dict[str, Any] | None:
    """The annotation of every key of a model or dataclass; None for anything else."""
    if isinstance(model, type) and issubclass(model, BaseModel):
        return {name: field.annotation for name, field in model.model_fields.items()}
    return typing.get_type_hints(model) if dataclasses.is_dataclass(model) else None


def _model_in(annotation: Any) -> Any:
    if _fields_of(annotation) is not None:
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        found = _model_in(inner)
        if found is not None:
            return found
    return None
