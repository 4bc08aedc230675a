"""An editor that knows the schemas and `check` agree, as an independent validator sees them."""

import json
import re
from copy import deepcopy
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator
from pydantic import ValidationError

from active_edge.config import parse_model
from active_edge.errors import ConfigError
from active_edge.shipped import KINDS, Kind, shipped_folder
from active_edge.yaml_schema import MODELS, schema_file, yaml_schema

FILES = [(kind, path) for kind in KINDS for path in sorted(shipped_folder(kind).glob("*.yaml"))]
VALIDATORS = {kind: Draft7Validator(yaml_schema(kind)) for kind in KINDS}
MODELINE = re.compile(r"# yaml-language-server: \$schema=(\S+)\n")
BETWEEN_KEYS = re.compile(
    r"is above|is below|not both|are too many|two claims are named|not a range of ranks|a rule needs|valid integer"
    r"|no table is named|no family is named|given: |takes two values of than|give two values, the lower first"
)
"""What `check` says of rules between keys, and of 3.0 where a whole number is asked: no schema tells these."""


def accepted(kind, content) -> bool:
    return VALIDATORS[kind].is_valid(content)


def problems(kind, content) -> str:
    try:
        parse_model(yaml.safe_dump(content), MODELS[kind], "f.yaml")
    except ConfigError as error:
        return str(error)
    return ""


def refusal(kind, content) -> str:
    """As `problems`, without the way through text, which takes most of the time."""
    try:
        MODELS[kind].model_validate(content)
    except ValidationError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_is_one(kind):
    Draft7Validator.check_schema(yaml_schema(kind))


@pytest.mark.parametrize(("kind", "path"), FILES, ids=lambda value: getattr(value, "stem", value))
def test_every_shipped_file_fits_its_schema_and_names_it_in_its_first_line(kind, path):
    text = path.read_text(encoding="utf-8")
    assert list(VALIDATORS[kind].iter_errors(yaml.safe_load(text))) == []
    named = MODELINE.match(text)
    assert named is not None
    assert json.loads((path.parent / named[1]).read_text(encoding="utf-8")) == yaml_schema(kind)
    assert named[1].endswith(schema_file(kind))


PLANTED: dict[str, tuple[Kind, tuple[str, ...], Any, str]] = {
    "unknown key": ("screens", ("selcet",), {"top": 1}, "unknown key"),
    "unknown key inside": ("screens", ("universe", "min_prise"), 1, "unknown key"),
    "misspelt factor": ("screens", ("require", "interest_covrage"), {"min": 1}, "did you mean interest_coverage"),
    "factor that cannot rank": ("screens", ("rank", "momentum_12_2x"), 1, "no factor"),
    "text for a number": ("screens", ("universe", "min_price"), "3.0", "is text"),
    "a fraction beyond one": ("screens", ("require", "leverage"), {"quantile_max": 1.5}, "less than or equal to 1"),
    "a rule without a bound": ("screens", ("require", "leverage"), {"missing": "pass"}, "a rule needs"),
    "percent for a share": ("screens", ("require", "insider_ownership"), {"min": 15}, "write 0.15 for 15 %"),
    "a weight of zero": ("screens", ("rank", "leverage"), 0, "must be above 0"),
    "no such sector": ("screens", ("universe", "sectors"), ["finance"], "is no sector"),
    "half a range": ("screens", ("universe", "cap_rank"), [1001], "not a range"),
    "a name with a space": ("screens", ("name",), "my screen", "is not a name"),
    "a spread that is a word": ("strategies", ("costs", "spread"), "tight", "is not a spread"),
    "a spread beyond its bound": ("strategies", ("costs", "spread"), 5001, "is not a spread"),
    "an exit that gains": ("strategies", ("delisting", "unknown"), 0.1, "is not a delisting return"),
    "no such schedule": ("strategies", ("rebalance",), "weekly", "is not valid"),
    "no capital": ("strategies", ("capital_usd",), 0, "greater than 0"),
    "no benchmark": ("strategies", ("benchmarks",), [], "at least 1 item"),
    "a list for a name": ("strategies", ("screen",), ["a"], "is not text"),
    "a claim without a statement": ("claims", ("claims",), [{"name": "a", "needs": "n", "published": "p"}], "missing"),
}


@pytest.mark.parametrize("case", PLANTED)
def test_a_planted_mistake_is_refused_by_the_schema_as_by_check(case):
    kind, place, value, words = PLANTED[case]
    name = "article" if kind == "claims" else "thesis"
    content = yaml.safe_load((shipped_folder(kind) / f"{name}.yaml").read_text(encoding="utf-8"))
    assert accepted(kind, content)
    put(content, place, value)
    assert words in problems(kind, content)
    assert not accepted(kind, content)


def test_items_that_a_file_declares_may_be_named_and_others_not():
    own = {"name": "x", "description": "d", "require": {"short_interest": {"max": 0.1}}, "rank": {"short_interest": 1}}
    assert "no factor is named" in problems("screens", own)
    assert not accepted("screens", own)
    declared = own | {"items": {"short_interest": {"good": "low"}}}
    assert problems("screens", declared) == ""
    assert accepted("screens", declared)
    assert not accepted("screens", declared | {"items": {"short_interest": {"godo": "low"}}})


def put(content, place, value) -> None:
    *above, last = place
    for key in above:
        content = content.setdefault(key, {}) if isinstance(content, dict) else content[key]
    content[last] = value


def places(content, at=()):
    for key, value in content.items() if isinstance(content, dict) else enumerate(content):
        yield (*at, key)
        if isinstance(value, dict | list):
            yield from places(value, (*at, key))


VALUES: list[Any] = [None, True, "", "x", "estimated", "infer", -1, -0.5, 0, 0.5, 1, 2, 3.5, 12, 6000, [], {}, [1, 2]]


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_underlines_nothing_that_check_accepts_and_misses_only_rules_between_keys(kind):
    wrong, missed, refused = [], [], 0
    for path in sorted(shipped_folder(kind).glob("*.yaml"))[-3:]:
        whole = yaml.safe_load(path.read_text(encoding="utf-8"))
        if kind == "claims":
            whole["claims"] = whole["claims"][:2]  # every entry is built alike, and each place is tried with each value
        for place in list(places(whole)):
            for value in VALUES:
                content = deepcopy(whole)
                put(content, place, value)
                found = refusal(kind, content)
                refused += bool(found)
                if not found and not accepted(kind, content):
                    wrong.append((path.stem, place, value))
                if found and accepted(kind, content) and not BETWEEN_KEYS.search(found):
                    missed.append((path.stem, place, value, found))
    assert refused > 100
    assert (wrong, missed) == ([], [])


NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?")


def misread(text: str) -> list[str]:
    """Numbers that Python's YAML reads and an editor's (YAML 1.2) does not."""
    loader = yaml.SafeLoader(text)
    kinds = {"tag:yaml.org,2002:int", "tag:yaml.org,2002:float"}
    tokens = [event for event in yaml.parse(text) if isinstance(event, yaml.ScalarEvent) and event.implicit[0]]
    resolved = [(t.value, loader.resolve(yaml.ScalarNode, t.value, (True, False))) for t in tokens if not t.style]
    return [value for value, tag in resolved if tag in kinds and not NUMBER.fullmatch(value)]


@pytest.mark.parametrize(("kind", "path"), FILES, ids=lambda value: getattr(value, "stem", value))
def test_an_editor_reads_the_same_numbers(kind, path):
    assert misread(path.read_text(encoding="utf-8")) == []


def test_a_number_an_editor_takes_for_text_would_be_found():
    assert misread("a: 1_000_000\nb: 0o17\nc: 1.5\nd: '1_0'\ne: 1:30\n") == ["1_000_000", "1:30"]
