"""The first pages a reader sees name what is there, and every link on them leads somewhere."""

import re
from pathlib import Path

import pytest

import active_edge
from active_edge.cli.commands import cli

PROJECT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    path
    for folder in ("", "docs", "screens", "strategies", "results", "benchmarks")
    for path in (PROJECT / folder).glob("*.md")
)
README = (PROJECT / "README.md").read_text(encoding="utf-8")


def anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def dead_links(page: Path, text: str) -> list[str]:
    dead = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if link.startswith(("http://", "https://")):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            dead.append(link)
    return dead


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_every_link_leads_somewhere(page):
    assert dead_links(page, page.read_text(encoding="utf-8")) == []


def test_a_dead_link_would_be_found():
    text = "[a](nowhere.md) [b](docs/guide.md#nothing-here) [c](docs/guide.md#run-it)"
    assert dead_links(PROJECT / "README.md", text) == ["nowhere.md", "docs/guide.md#nothing-here"]


def test_every_command_is_in_the_readme():
    assert [name for name in cli.commands if f"`{name}" not in README] == []


def test_every_public_name_is_in_the_readme():
    assert [name for name in active_edge.__all__ if f"ae.{name}" not in README] == []


def test_every_document_is_in_the_readme():
    assert [p.name for p in (PROJECT / "docs").glob("*.md") if f"docs/{p.name}" not in README] == []
