"""Which order of day and month and which decimal mark a file has, from all of its rows, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest

from active_edge.errors import ImportRefused
from active_edge.market import open_market
from active_edge.market.connection import in_memory
from active_edge.market.intake.mapping.apply import import_mapped
from active_edge.market.intake.mapping.dates import DateForm, date_form
from active_edge.market.intake.mapping.marks import Witnesses, number_of, witnesses
from active_edge.market.intake.mapping.template import template, write_template
from active_edge.sessions import sessions_between

DAYS = sessions_between("2014-01-02", "2014-06-30")


def _cells(connection: duckdb.DuckDBPyConnection, cells: Sequence[str]) -> str:
    connection.execute("CREATE OR REPLACE TABLE cells (c VARCHAR)")
    connection.executemany("INSERT INTO cells VALUES (?)", [[cell] for cell in cells])
    return "cells"


def _form(*cells: str) -> DateForm:
    with in_memory() as connection:
        return date_form(connection, _cells(connection, cells), ["c"])


def _marks(*cells: str) -> Witnesses:
    with in_memory() as connection:
        return witnesses(connection, _cells(connection, cells), ["c"])


@pytest.mark.parametrize(
    ("cells", "form", "also"),
    [
        (["03/31/2015", "06/30/2015"], "%m/%d/%Y", ""),
        (["03/04/2015", "31/03/2015"], "%d/%m/%Y", ""),
        (["03/04/2015", "05/06/2015"], "%m/%d/%Y", "%d/%m/%Y"),
        (["31-03-2015"], "%d-%m-%Y", ""),
        (["31.03.2015"], "%d.%m.%Y", ""),
        (["3/31/15"], "%m/%d/%y", ""),
        (["20150331"], "%Y%m%d", ""),
        (["2015-03-31 00:00:00"], "%Y-%m-%d", ""),
        (["Mar 31, 2015", "soon"], "%b %d, %Y", ""),
        (["soon"], "%Y-%m-%d", ""),
    ],
)
def test_a_form_of_dates_fits_most_and_an_open_order_is_told(cells: list[str], form: str, also: str) -> None:
    assert _form(*cells) == DateForm(form, also)


@pytest.mark.parametrize(
    ("cells", "mark", "contrary"),
    [
        (["10,05", "10"], ",", False),
        (["1.003,25", "993,00"], ",", False),
        (["1.234.567"], ",", False),
        (["0,123"], ",", False),
        (["1,234.50"], ".", False),
        (["1,234", "2,500"], ".", False),
        (["1,234,567", "12,34,567.5"], ".", False),
        (["10.05", "10,05"], ".", True),
        (["1,234", "10,05"], ",", False),
    ],
)
def test_a_decimal_mark_is_decided_by_the_cells_that_fit_one_only(cells: list[str], mark: str, contrary: bool) -> None:
    said = _marks(*cells)
    assert (said.mark, said.contradiction is not None) == (mark, contrary)


@pytest.mark.parametrize(
    ("cell", "with_comma", "with_point"),
    [
        ("10,05", 10.05, None),
        ("1.003,25", 1003.25, None),
        ("(1.250,5)", -1250.5, None),
        ("$1,234.50", None, 1234.5),
        ("1,234", 1.234, 1234.0),
        ("1 234,5", 1234.5, None),
        ("1'234.5", None, 1234.5),
        ("n/a", None, None),
        ("many", None, None),
    ],
)
def test_a_cell_is_read_by_the_mark_of_its_column(
    cell: str, with_comma: float | None, with_point: float | None
) -> None:
    with in_memory() as connection:
        _cells(connection, [cell])
        read = connection.execute(f"SELECT {number_of('c', ',')}, {number_of('c', '.')} FROM cells").fetchone()
    assert read == (with_comma, with_point)


def _write(folder: Path, form: str = "%d.%m.%Y", mark: str = ",", volume: str = "100.000") -> None:
    lines = ["Ticker;Date;Close;Volume"]
    for name, level in (("AAA", 10.05), ("BBB", 1003.25)):
        for i, day in enumerate(DAYS):
            close = f"{level + i / 100:.2f}".replace(".", mark)
            lines.append(f"{name};{day.strftime(form)};{close};{volume}")
    (folder / "kurse.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _stored(market: Path) -> dict[str, tuple[str, float, int]]:
    rows = duckdb.sql(
        f"SELECT asset, min(session)::VARCHAR, arg_min(close, session), arg_min(volume, session) "
        f"FROM read_parquet('{open_market(market).table('prices')}') GROUP BY 1"
    ).fetchall()
    return {str(row[0]): (str(row[1])[:10], row[2], row[3]) for row in rows}


def test_closes_with_decimal_commas_are_stored_as_written_and_the_template_says_so(tmp_path: Path) -> None:
    (raw := tmp_path / "raw").mkdir()
    _write(raw)
    path, text = write_template(raw)
    assert 'decimal: ","  # guess\n' in text
    import_mapped(raw, path, tmp_path / "market")
    assert _stored(tmp_path / "market") == {
        "AAA": ("2014-01-02", 10.05, 100_000),
        "BBB": ("2014-01-02", 1003.25, 100_000),
    }


def test_cells_that_contradict_each_other_are_refused_with_both(tmp_path: Path) -> None:
    (raw := tmp_path / "raw").mkdir()
    _write(raw, volume="100000")
    with (raw / "kurse.csv").open("a", encoding="utf-8") as lines:
        lines.write("CCC;30.06.2014;10.75;5\n")
    path, text = write_template(raw)
    assert "undecided: Close has '10.75', Close '10," in text
    with pytest.raises(ImportRefused, match=r"kurse\.csv: column 'Close': '10,0\d' beside '10.75' is no number.*mend"):
        import_mapped(raw, path, tmp_path / "market")
    path.write_text(text.replace("    decimal:", "    # decimal:"), encoding="utf-8")
    with pytest.raises(ImportRefused, match=r"'10\.75' has a decimal point and '10,\d\d' a decimal comma; write them"):
        import_mapped(raw, path, tmp_path / "market")


def test_a_mark_told_wrong_is_refused_with_the_right_one(tmp_path: Path) -> None:
    (raw := tmp_path / "raw").mkdir()
    _write(raw)
    path, text = write_template(raw)
    path.write_text(text.replace('decimal: ","', 'decimal: "."'), encoding="utf-8")
    with pytest.raises(ImportRefused, match=r"'10,05' is no number with decimal: '\.'.*write decimal: \",\""):
        import_mapped(raw, path, tmp_path / "market")


def test_the_order_of_a_day_is_decided_below_the_first_rows(tmp_path: Path) -> None:
    (raw := tmp_path / "raw").mkdir()
    lines = ["Ticker,Date,Close"]
    for day in DAYS:
        lines += [f"T{i:03d},{day:%d/%m/%Y},{10 + i}.50" for i in range(80)]
    (raw / "px.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    path, text = write_template(raw)
    assert 'dates: "%d/%m/%Y"  # guess\n' in text
    import_mapped(raw, path, tmp_path / "market")
    assert _stored(tmp_path / "market")["T000"][0] == "2014-01-02"
    path.write_text(text.replace("%d/%m/%Y", "%m/%d/%Y"), encoding="utf-8")
    with pytest.raises(
        ImportRefused, match=r"px\.csv: column 'Date': .* of 9,920 dates are no %m/%d/%Y, such as '13/01"
    ):
        import_mapped(raw, path, tmp_path / "other")
    with pytest.raises(ImportRefused, match=r'the other order, %d/%m/%Y, fits all of them: write dates: "%d/%m/%Y"'):
        import_mapped(raw, path, tmp_path / "other")


def test_an_order_that_no_date_decides_is_marked_undecided(tmp_path: Path) -> None:
    (tmp_path / "px.csv").write_text("Ticker,Date,Close\nAAA,02/03/2014,1.5\nAAA,04/03/2014,1.6\n", encoding="utf-8")
    assert "undecided: every date fits %d/%m/%Y too; change it" in template(tmp_path)
