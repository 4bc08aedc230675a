"""What stands in the text constants of a module: names inside format strings, addresses, SQL that writes or fetches.

Constants that are put together on the spot are read as what they become. Docstrings are read by people alone.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from string import Formatter

_SCHEMES = r"(?:https?|ftps?|sftp|s3[an]?|gc?s|gcss|r2|hf|wss?|azure|az|abfss?|hdfs)"
_ADDRESS = re.compile(
    # an address, wherever in a text: "select * from 'https://…'"
    rf"""(?ix) \b{_SCHEMES}://(?!json-schema\.org/|schemas\.openxmlformats\.org/)
    | ^\s*(?:https?|ftps?|sftp|wss?|s3)(?::/{{0,2}})?\s*$  # or the pieces one is put together from
    | ^\s*:?//
    | ^\s*://? """
)
_SQL_WRITES = re.compile(r"(?is)(?:^|;)\s*(?:copy\b.*\bto\b|export\s+database\b)")
_SQL_FETCHES = re.compile(r"(?i)(?:^|;)\s*(?:(?:force\s+)?install|load)\s+['\"]?\w+['\"]?\s*(?:from\s+\S+\s*)?(?:;|$)")
_SQL_ATTACHES = re.compile(r"(?is)(?:^|;)\s*attach\s+(?:database\s+)?(?:if\s+not\s+exists\s+)?['\"\0]")
_SQL_PRICES = re.compile(
    r"(?is)\bselect\b.*\b(?:from|join)\s+[\"']?(prices|facts)\b|\b(prices|facts)\.(?:parquet|csv)\b"
)


def texts(nodes: list[ast.AST]) -> Iterator[tuple[int, str]]:
    """Line and text of every constant but the docstrings, and of every one put together from constants.

    What only the running program knows stands as a zero character.
    """
    documents = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        if id(node) in documents:
            continue
        said = _whole(node)
        if said is not None:
            yield getattr(node, "lineno", 0), said


def is_text(node: ast.AST) -> bool:
    """Whether a node is a text that stands here, or one of two."""
    if isinstance(node, ast.IfExp):
        return is_text(node.body) and is_text(node.orelse)
    if isinstance(node, ast.BinOp):
        return is_text(node.left) and is_text(node.right)
    return _whole(node) is not None


def fields_of(text: str) -> list[str]:
    """Names that a format string reads off what it is given: ``{0.market[prices]}`` reads market and prices."""
    try:
        fields = [(name, spec) for _, name, spec, _ in Formatter().parse(text) if name is not None]
    except ValueError:  # no format string
        return []
    found = []
    for name, spec in fields:
        found += re.findall(r"[.\[]([A-Za-z_]\w*)", name)
        found += fields_of(spec or "")
    return found


def address_in(text: str) -> str | None:
    """The address that a text names, or is a piece of; those of JSON Schema and Office are names of a standard."""
    return text.strip()[:40].replace("\0", "…") if _ADDRESS.search(text) else None


def sql_that_leaves(text: str) -> str | None:
    """The SQL of a text that brings in a library or another database."""
    found = _SQL_FETCHES.search(text) or _SQL_ATTACHES.search(text)
    return found.group().strip("; \n'\"\0")[:40] if found else None


def sql_that_writes(text: str) -> str | None:
    """The SQL of a text that writes a file."""
    found = _SQL_WRITES.search(text)
    return found.group().strip("; \n").replace("\0", "…")[:40] if found else None


def table_in(text: str) -> str | None:
    """The table of prices or facts that the SQL or the name of a file in a text reads."""
    found = _SQL_PRICES.search(text)
    return None if found is None else found.group(1) or found.group(2)


def _whole(node: ast.AST) -> str | None:
    """The text a node becomes, as far as it can be read here; None where it is no text."""
    match node:
        case ast.Constant(value=str(said)):
            return said
        case ast.Constant(value=bytes(raw)):
            return raw.decode("latin-1")
        case ast.JoinedStr(values=parts):
            return "".join(_whole(part) or "\0" for part in parts)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            sides = _whole(left), _whole(right)
            return None if sides == (None, None) else "".join(side if side is not None else "\0" for side in sides)
        case ast.BinOp(left=left, op=ast.Mod()):
            return _filled(_whole(left), re.compile(r"%(?:\(\w+\))?[-+ #0-9.]*\w"), node.right)
        case ast.Call(func=ast.Attribute(value=between, attr="join"), args=[ast.List() | ast.Tuple() as parts]):
            gap = _whole(between)
            return None if gap is None else gap.join(_whole(part) or "\0" for part in parts.elts)
        case ast.Call(func=ast.Attribute(value=pattern, attr="format"), args=given):
            return _filled(_whole(pattern), re.compile(r"\{[^{}]*\}"), ast.Tuple(elts=given))
    return None


def _filled(pattern: str | None, gap: re.Pattern[str], given: ast.expr) -> str | None:
    """A pattern with its gaps filled in order, each with a zero character where what is given cannot be read."""
    if pattern is None:
        return None
    parts = iter(given.elts if isinstance(given, ast.Tuple) else [given])
    return gap.sub(lambda _: _whole(next(parts, ast.Pass())) or "\0", pattern)
