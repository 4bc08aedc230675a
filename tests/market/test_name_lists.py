"""Columns of lists of names that are not the ones asked for: refused where misspelt, named where merely not read."""

import re

import pytest

from active_edge.cli.exclusions import COLUMNS
from active_edge.errors import DataError
from active_edge.market.name_lists import read_names
from active_edge.run.today import read_holdings


def exclusions(tmp_path, header, row="AAA,2020-01-01"):
    file = tmp_path / "names.csv"
    file.write_text(f"{header}\n{row}\n")
    return read_names(file, "exclusions", COLUMNS, ("ticker",)), file


@pytest.mark.parametrize(("header", "meant"), [("untill", "until"), ("reasn", "reason"), ("sinse", "since")])
def test_a_misspelt_column_is_refused_with_the_one_meant(tmp_path, header, meant):
    said = f"names.csv: exclusions have no column {header!r}; did you mean {meant}? Rename the column, or remove it"
    with pytest.raises(DataError, match=re.escape(said)):
        exclusions(tmp_path, f"ticker,{header}")


@pytest.mark.parametrize("header", ["note", "analyst", "name", "sector", "company", "firm"])
def test_another_column_is_named_and_not_refused(tmp_path, header):
    names, file = exclusions(tmp_path, f"ticker,{header}")
    assert names.left_out(file) == f"{file}: not read: the column {header}"


def test_where_the_column_is_there_another_much_like_it_is_only_named(tmp_path):
    names, file = exclusions(tmp_path, "ticker,reason,reasons,by", "AAA,x,y,z")
    assert names.left_out(file) == f"{file}: not read: the columns reasons and by"
    assert list(names.rows["reason"]) == ["x"]


def test_where_every_column_is_read_nothing_is_said(tmp_path):
    names, file = exclusions(tmp_path, "Symbol,From,To,Reason", "AAA,2020-01-01,2020-02-01,x")
    assert names.left_out(file) == ""


def test_holdings_tell_the_columns_they_do_not_read(tmp_path):
    file = tmp_path / "my.csv"
    file.write_text("ticker,shares,cost basis\nAAA,10,3\n")
    said: list[str] = []
    assert read_holdings(file, told=said.append) == {"AAA": 10.0}
    assert said == [f"{file}: not read: the column cost basis"]
