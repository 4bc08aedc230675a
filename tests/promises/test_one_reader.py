"""Every table is read through `active_edge.market.files`, which takes no column from a path and guesses no type."""

import re
from pathlib import Path

import active_edge

SOURCE = Path(active_edge.__file__).parent
READER = SOURCE / "market" / "files.py"
OTHER_READERS = re.compile(
    r"\b(read_(parquet|csv|json|ndjson|excel|xlsx|feather|orc|pickle|fwf)\w*|parquet_scan|sniff_csv|from_(parquet|csv)\w*)"
    r"|\bFROM '[^']*\.(parquet|csv|json)\w*'",
    re.IGNORECASE,
)


def foreign_reads(text):
    return [match.group() for match in OTHER_READERS.finditer(text)]


def test_no_module_reads_a_table_by_another_way_than_the_one_reader():
    found = {
        str(path.relative_to(SOURCE)): reads
        for path in sorted(SOURCE.rglob("*.py"))
        if path != READER and (reads := foreign_reads(path.read_text(encoding="utf-8")))
    }
    assert found == {}


def test_the_search_finds_each_way_round_the_reader():
    for way in (
        'connection.execute("select * from read_parquet(?)", [path])',
        "frame = pd.read_csv(path)",
        "duckdb.read_json(path)",
        "pd.read_excel(path)",
        "SELECT * FROM parquet_scan('x')",
        "duckdb.from_parquet(path)",
        "duckdb.sql(\"SELECT * FROM 'prices.parquet'\")",
    ):
        assert foreign_reads(way), way
    assert foreign_reads("def _read_csv(path): ...") == []
    assert foreign_reads(READER.read_text(encoding="utf-8")) != []
