"""The page shows what the file of rows holds, and a row that is run again takes the place of its older self."""

import re

import click

from active_edge.cli.commands import cli
from tests.torture import rows
from tests.torture.memory import UNMEASURED, Told, commands
from tests.torture.rows import Result, campaign_line, merged, rendered, row_of


def test_the_page_shows_the_rows_that_are_kept():
    page = rows.PAGE.read_text(encoding="utf-8")
    assert rendered(page, rows.read()) == page, "scripts/torture --keep, or rows.render, makes it again"


def test_a_row_edited_on_the_page_alone_is_noticed():
    kept = {"campaign": [row_of(Result("a", tried=5, points=7), seed=1)]}
    page = rendered(rows.PAGE.read_text(encoding="utf-8"), kept)
    line = campaign_line(kept["campaign"][0])
    assert page.count(line) == 1
    edited = page.replace(line, line.replace("5 of 7", "7 of 7"))
    assert edited != page
    assert rendered(edited, kept) == page


def test_a_new_row_takes_the_place_of_the_old_one_and_the_others_stay():
    old = [row_of(Result("a", tried=1), seed=1), row_of(Result("b", tried=2), seed=1)]
    both = merged(old, [row_of(Result("a", tried=5, wrong=["x" * 400]), seed=2)])
    assert [(row["what"], row["tried"], row["wrong"], row["seed"]) for row in both] == [("a", 5, 1, 2), ("b", 2, 0, 1)]
    assert len(both[0]["found"][0]) == 300


def test_the_memory_of_every_command_is_measured_or_it_is_said_why_not(tmp_path):
    (tmp_path / "CURRENT").write_text("abc\n")
    rows = {tuple(re.split(r",? ", name)[:2]) for name in commands(tmp_path, (), Told("T", "2020-01-31"))}
    group = cli.commands["data"]
    assert isinstance(group, click.Group)
    alone = {row[0] for row in rows}
    assert set(cli.commands) - {"data"} <= alone
    assert {f"data {name}" for name in group.commands} == {f"data {row[1]}" for row in rows if row[0] == "data"} | set(
        UNMEASURED
    )
