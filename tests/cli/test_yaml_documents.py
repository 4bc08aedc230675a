"""The pages beside the YAML files name every key the models take, and the examples on them are valid."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
from pydantic import BaseModel

from active_edge.config import parse_model
from active_edge.costs import Costs, Delisting, Impact
from active_edge.screen import Bound, Screen, Selection
from active_edge.sectors import SECTORS
from active_edge.strategy import StrategyRules
from active_edge.universe import UniverseRules

PROJECT = Path(__file__).resolve().parents[2]
PAGES = {
    "screens": (Screen, UniverseRules, Bound, Selection),
    "strategies": (StrategyRules, Costs, Impact, Delisting),
}


def keys(model: type) -> set[str]:
    return set(model.model_fields) if issubclass(model, BaseModel) else {field.name for field in fields(model)}


def unnamed(page: str, models: tuple[type, ...]) -> set[str]:
    """Keys of the models that the page never sets as code."""
    words = {word for code in re.findall(r"`([^`\n]+)`", page) for word in re.split(r"[^a-z_]+", code)}
    return {key for model in models for key in keys(model)} - words


def page_of(folder: str) -> str:
    return (PROJECT / folder / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", PAGES)
def test_every_key_is_on_the_page(folder):
    assert unnamed(page_of(folder), PAGES[folder]) - {"costs", "delisting", "impact", "select"} == set()


def test_a_key_that_is_not_on_the_page_would_be_found():
    assert "min_coverage" in unnamed(page_of("screens"), PAGES["strategies"])


@pytest.mark.parametrize("folder", PAGES)
def test_the_example_on_the_page_is_valid(folder):
    (example,) = re.findall(r"```yaml\n(.*?)```", page_of(folder), re.DOTALL)[:1]
    assert parse_model(example, PAGES[folder][0], f"{folder}/README.md").name.startswith("my_")


def test_every_sector_is_on_the_page():
    assert all(f"`{sector}`" in page_of("screens") for sector in SECTORS)


def test_every_shipped_screen_is_on_the_page():
    page = page_of("screens")
    assert all(f"`{path.stem}`" in page for path in (PROJECT / "screens").glob("*.yaml"))
