"""JSON Schema of each kind of YAML file, made from the models that read it, so that an editor knows keys and bounds.

A schema accepts every file that `check` accepts, and refuses unknown keys, wrong types and values out of bounds. Rules
between keys (``keep_until`` at least ``top``) are `check`'s alone. Of a user's own factors it knows those that plug-ins
declare in the scope it is made in, and of own items those that a file declares.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from active_edge.article.article import ClaimFile
from active_edge.article.statistics import STATISTICS
from active_edge.config import StrictModel
from active_edge.factors import FACTORS, definition_of
from active_edge.factors.units import plausible_range
from active_edge.scales import LEAST_DOLLARS, none_below
from active_edge.schema import ITEMS
from active_edge.screen import Bound, Screen
from active_edge.shipped import Kind
from active_edge.strategy import StrategyRules
from active_edge.weightings import WEIGHTINGS

MODELS: dict[Kind, type[StrictModel]] = {"screens": Screen, "strategies": StrategyRules, "claims": ClaimFile}
DRAFT = "http://json-schema.org/draft-07/schema#"
"""Editors know this draft best; nothing here needs a later one."""
SECTION = re.compile(r"\n\n\w+\n-+\n")
"""Where a docstring turns from what a thing is to its list of attributes, which the keys themselves tell an editor."""


class _WithoutTitles(GenerateJsonSchema):
    """Titles would only repeat the keys."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False


def schema_file(kind: Kind) -> str:
    """Name of the schema's file."""
    return f"{kind}.schema.json"


def yaml_schema(kind: Kind) -> dict[str, Any]:
    """The JSON Schema of a kind of file, draft 7."""
    schema: dict[str, Any] = {"$schema": DRAFT, **MODELS[kind].model_json_schema(schema_generator=_WithoutTitles)}
    for part in schema.get("$defs", {}).values():
        part["description"] = SECTION.split(part["description"])[0]
    if kind == "screens":
        limits = [name for name in Bound.model_fields if name != "missing"]
        schema["$defs"]["Bound"]["anyOf"] = [{"required": [name]} for name in limits]
        names = {*FACTORS.names(), *ITEMS}
        # Which end of an item is good, another key of the file may say.
        ranking = {n for n in names if n not in FACTORS.names() or FACTORS.find(n).good != "none"}
        factors = {"require": names, "require_any": names, "rank": ranking}
        for key, known in factors.items():
            _name_factors(schema["properties"][key], known)
        only = {key: {"propertyNames": {"enum": sorted(known)}} for key, known in factors.items()}
        schema["allOf"] = [
            {
                "if": {"required": ["select"], "properties": {"select": {"type": "object"}}},
                "then": {"required": ["rank"], "properties": {"rank": {"minProperties": 1}}},
            },
            # A file that declares items of its own may name them beside the factors.
            {"if": {"required": ["items"]}, "else": {"properties": only}},
        ]
    if kind == "strategies":
        schema["properties"]["weights"]["enum"] = WEIGHTINGS.names()
    if kind == "claims":
        schema["$defs"]["Claim"]["properties"]["statistic"]["enum"] = STATISTICS.names()
    return schema


def schema_text(kind: Kind) -> str:
    """The schema as the text of its file."""
    return json.dumps(yaml_schema(kind), indent=1, ensure_ascii=False) + "\n"


def _name_factors(mapping: dict[str, Any], names: Iterable[str]) -> None:
    """Name these factors among the keys of a mapping, each with a sentence for the editor to show."""
    value = mapping["additionalProperties"]
    mapping["properties"] = {
        name: {"description": _described(name), "allOf": [value, *_plausible(name, value)]} for name in sorted(names)
    }


def _plausible(name: str, value: dict[str, Any]) -> list[dict[str, Any]]:
    """The range in which a threshold of a factor can lie, for a rule; nothing for a weight, or where any number can."""
    if name not in FACTORS.names() or "$ref" not in value:
        return []
    factor = FACTORS.find(name)
    allowed, least = plausible_range(factor), LEAST_DOLLARS.get(factor.unit)
    if allowed is None and least is None:
        return []
    within = {"minimum": allowed.low, "maximum": allowed.high} if allowed else none_below(least or 0.0)
    return [{"properties": {"min": within, "max": within}}]


def _described(name: str) -> str:
    factor = definition_of(name)
    good = "" if factor.good == "none" else f"; {factor.good} is good"
    return f"{factor.doc.partition(chr(10))[0]} ({factor.unit}{good})".lstrip()
