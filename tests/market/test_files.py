"""Where a file lies says nothing about what is in it."""

import shutil

import duckdb
import pytest
from pandas import DataFrame

from active_edge.market import open_market
from active_edge.market.files import csv_text, parquet
from active_edge.market.intake.importer import import_folder
from tests.market.intake.test_importer import SESSIONS, fact, price_rows, securities, write_folder

FOLDERS = ("close=3", "exchange=NYSE", "series=IWM", "volume=1", "value=7", "asset=Z", "session=2020-01-02", "sic=1")


@pytest.mark.parametrize("name", ["plain", *FOLDERS, "net=1/gross=2", "a*", "b?", "c[1]", "quote'", "ü %20"])
def test_a_file_is_read_as_it_is_whatever_its_folder_is_called(tmp_path, name):
    for folder in (name, "ab", "bb", "c1"):  # neighbours that a pattern would match too
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        number = 4 if folder == name else 5
        duckdb.sql(f"SELECT {number} AS close, 'x' AS asset").write_parquet(str(tmp_path / folder / "t.parquet"))
        (tmp_path / folder / "t.csv").write_text(f"close,asset\n{number},x\n")
    file = tmp_path / name / "t.parquet"
    assert duckdb.sql(f"SELECT * FROM {parquet(file)}").fetchall() == [(4, "x")]
    assert duckdb.sql(f"SELECT * FROM {parquet(file, number_rows=True)}").columns == [
        "close",
        "asset",
        "file_row_number",
    ]
    assert duckdb.sql(f"SELECT * FROM {csv_text(file.with_suffix('.csv'), ['close', 'asset'])}").fetchall() == [
        ("4", "x")
    ]


def content(market):
    revenue = market.facts.of("revenue")
    return (
        market.prices.close.tolist(),
        market.prices.volume.tolist(),
        market.securities["exchange"].tolist(),
        revenue.value.tolist(),
        market.series("IJR").tolist(),
    )


@pytest.mark.slow
@pytest.mark.parametrize("form", ["parquet", "csv"])
@pytest.mark.parametrize("name", ["close=3/exchange=NYSE/series=IWM/volume=1/value=7", "a[1]"])
def test_a_market_is_the_same_wherever_its_tables_and_its_snapshot_lie(tmp_path, form, name):
    tables = {
        "securities": securities("A", exchange=["NASDAQ"]),
        "prices": price_rows("A", [10.0, 11.0], volume=[5, 6]),
        "facts": [fact("A", "2020-01-03", 2.0)],
        "series": {"series": ["IJR"], "date": [f"{SESSIONS[0]:%F}"], "value": [1.5]},
    }
    source = write_folder(tmp_path / "source", form, **{k: DataFrame(v) for k, v in tables.items()})
    moved = tmp_path / name / "source"
    shutil.copytree(source, moved)
    here, there = import_folder(source, tmp_path / "here"), import_folder(moved, tmp_path / name / "there")
    assert here == there
    assert content(open_market(tmp_path / "here")) == content(open_market(tmp_path / name / "there"))
