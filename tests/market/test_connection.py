"""A connection reads this machine's files, and no address however it is spelt."""

import duckdb
import pytest

from active_edge.market.connection import in_memory
from active_edge.market.database import connect


@pytest.mark.parametrize("opened", [in_memory, connect])
@pytest.mark.parametrize("address", ["'https://example.invalid/a.csv'", "chr(104) || 'ttps://example.invalid/a.csv'"])
def test_an_address_brings_in_nothing_that_would_ask_for_it(opened, address, tmp_path):
    with opened() as connection:
        connection.execute("SET extension_directory = ?", [str(tmp_path)])
        with pytest.raises(duckdb.Error, match="requires the extension httpfs"):
            connection.execute(f"SELECT * FROM read_csv({address})")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("opened", [in_memory, connect])
def test_what_is_to_be_installed_is_looked_for_on_this_machine_alone(opened, tmp_path):
    """No sentence of the package says it: the fence of SQL refuses the word."""
    with opened() as connection:
        connection.execute("SET extension_directory = ?", [str(tmp_path)])
        with pytest.raises(duckdb.IOException, match=r"local extension .* no access to the file"):
            connection.execute("INSTALL fts")
        connection.execute("SET autoinstall_known_extensions = true")
        with pytest.raises(duckdb.IOException, match=r"local extension .* no access to the file"):
            connection.execute("ATTACH 'a.db' AS other (TYPE sqlite)")
    assert not list(tmp_path.rglob("*.duckdb_extension"))


@pytest.mark.parametrize(
    "asked",
    [
        "SELECT * FROM st_read('a')",
        "SELECT * FROM 'a.xlsx'",
        "SET s3_region = 'x'",
        "LOAD fts",
        "ATTACH 'a.db' AS other (TYPE sqlite)",
        "COPY (SELECT 1) TO 'a.xlsx' (FORMAT xlsx)",
    ],
)
def test_a_word_of_another_extension_is_unknown_and_fetches_nothing(asked, tmp_path):
    with in_memory() as connection:
        connection.execute("SET extension_directory = ?", [str(tmp_path)])
        with pytest.raises(duckdb.Error, match=r"does not exist|is not in the catalog|not found|is needed"):
            connection.execute(asked)
    assert not list(tmp_path.rglob("*.duckdb_extension"))


def test_what_is_built_in_is_there(tmp_path):
    with in_memory() as connection:
        connection.execute(f"COPY (SELECT 1 AS a) TO '{tmp_path / 'a.parquet'}' (FORMAT parquet)")
        assert connection.execute(f"SELECT a FROM '{tmp_path / 'a.parquet'}'").fetchall() == [(1,)]
        assert connection.execute("SELECT timezone('UTC', TIMESTAMPTZ '2020-01-01 00:00:00+00')").fetchone()
