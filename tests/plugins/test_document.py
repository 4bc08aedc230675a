"""What docs/plugins.md says, done: its factor, its screens, its item."""

import json
import re
from pathlib import Path

import pytest

from active_edge.plugins import scope
from active_edge.screen import load_screen
from tests.plugins.files import add_plugin

PROJECT = Path(__file__).resolve().parents[2]
PAGES = {"docs": PROJECT / "docs" / "plugins.md", "init": PROJECT / "src/active_edge/shipped/templates/plugins.md"}


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGES[page].read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_factor_is_ten_lines_and_works_with_the_pages_screen(say, tmp_path, page):
    text = blocks(page, "python")[0]
    assert len([line for line in text.splitlines() if line.strip()]) <= 10
    add_plugin(tmp_path, "cash_conversion", text)
    (tmp_path / "screens").mkdir()
    (tmp_path / "screens" / "cash_is_king.yaml").write_text(blocks("docs", "yaml")[0])
    assert say("check", "screens/cash_is_king.yaml", data=False)[0] == 0
    code, out, _ = say("screen", "screens/cash_is_king.yaml", "--on", "2024-06-28", "--json")
    members = json.loads(out)["members"]
    assert code == 0
    assert len(members) > 10
    row = json.loads(say("factors", "cash_conversion", "--json")[1])[0]
    assert row["needs"] == "net_income, operating_cash_flow"


def test_the_pages_item_is_read(tmp_path):
    path = tmp_path / "items.yaml"
    path.write_text(f"name: items\ndescription: d\n{blocks('docs', 'yaml')[1]}")
    screen = load_screen(path)
    found = screen.definition("short_interest")
    assert (found.good, found.unit) == ("low", "share of shares outstanding")


def test_the_pages_error_is_the_one_that_comes(say, tmp_path):
    said = re.search(r"Error: .*KeyError.*", PAGES["docs"].read_text(encoding="utf-8"))[0]
    text = blocks("docs", "python")[0].replace('"net_income"', '{}["x"]')
    add_plugin(tmp_path, "cash_conversion", text)
    with scope():
        (tmp_path / "screens").mkdir()
        (tmp_path / "screens" / "s.yaml").write_text(blocks("docs", "yaml")[0])
    _, _, err = say("screen", "screens/s.yaml", "--on", "2024-06-28")
    line = next(number for number, row in enumerate(text.splitlines(), 1) if '{}["x"]' in row)
    assert err.splitlines()[-1] == re.sub(r"line \d+", f"line {line}", said)
