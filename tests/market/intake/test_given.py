"""A table in a file and the same table in memory arrive at the same place; what cannot be taken is refused in words."""

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

import active_edge as ae
from active_edge.errors import ImportRefused
from active_edge.sessions import sessions_between
from active_edge.simulated import simulate

pytestmark = pytest.mark.slow

SESSIONS = sessions_between("2020-01-02", "2020-02-28")


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, Path]:
    """The tables of a small simulated market, each a Parquet file."""
    folder = tmp_path_factory.mktemp("simulated")
    simulate(folder, years=3, firms=120, seed=5)
    (snapshot,) = (folder / "snapshots").glob("[!.]*")
    return {name: snapshot / f"{name}.parquet" for name in ("securities", "prices", "facts", "series")}


def relation(file: Path) -> duckdb.DuckDBPyRelation:
    return duckdb.connect().read_parquet(str(file))


def imported(tables: Any, folder: Path) -> str:
    return ae.import_folder(tables, folder, created="2020-01-01").snapshot


@pytest.fixture(scope="module")
def expected(files, tmp_path_factory) -> str:
    return imported(files, tmp_path_factory.mktemp("market"))


class Stream:
    """Rows of a library nobody knows, which may be read so many times."""

    def __init__(self, source: Any, times: int) -> None:
        self.left = [source] * times

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.left.pop().__arrow_c_stream__(requested_schema)


FORMS = {
    "pandas": lambda file: relation(file).df(),
    "pandas, all of it objects": lambda file: relation(file).df().astype(object),
    "a DuckDB relation": relation,
    "an Arrow stream": lambda file: Stream(relation(file), times=9),
}


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_a_frame_makes_the_same_snapshot_as_its_file(form, files, expected, tmp_path):
    assert imported({name: FORMS[form](file) for name, file in files.items()}, tmp_path) == expected


@pytest.mark.slow
def test_a_polars_frame_makes_the_same_snapshot_as_its_file(files, expected, tmp_path):
    polars = pytest.importorskip("polars", reason="polars is not installed")
    assert imported({name: polars.read_parquet(file) for name, file in files.items()}, tmp_path) == expected


@pytest.mark.slow
def test_paths_and_frames_go_together_under_any_file_name(files, expected, tmp_path):
    relation(files["series"]).write_csv(str(tmp_path / "levels of funds.csv"))
    tables = {name: relation(file).df() for name, file in files.items()} | {
        "series": tmp_path / "levels of funds.csv",
        "facts": str(files["facts"]),
    }
    assert imported(tables, tmp_path / "market") == expected


@pytest.mark.slow
def test_a_folder_and_its_files_by_name_are_the_same(files, expected, tmp_path):
    for name, file in files.items():
        (tmp_path / f"{name}.parquet").symlink_to(file)
    assert imported(tmp_path, tmp_path / "market") == expected


def small(**prices: Any) -> dict[str, Any]:
    rows = pd.DataFrame({"asset": "A", "session": SESSIONS, "close": 10.0}) if not prices else pd.DataFrame(prices)
    return {"securities": pd.DataFrame({"asset": ["A"], "ticker": ["AAA"]}), "prices": rows}


@pytest.mark.slow
def test_named_levels_of_an_index_are_columns_and_the_frame_is_left_as_it_was(tmp_path):
    plain = small()
    indexed = plain | {"prices": plain["prices"].set_index(["asset", "session"])}
    before = indexed["prices"].copy(deep=True)
    assert imported(indexed, tmp_path / "a") == imported(plain, tmp_path / "b")
    pd.testing.assert_frame_equal(indexed["prices"], before)


def test_categories_and_objects_and_dates_are_text_and_days(tmp_path):
    plain = small()
    other = {
        "securities": plain["securities"].astype("category"),
        "prices": pd.DataFrame(
            {
                "asset": np.array(["A"] * len(SESSIONS), dtype=object),
                "session": np.array([day.date() for day in SESSIONS], dtype=object),
                "close": np.array([10.0] * len(SESSIONS), dtype=object),
            }
        ),
    }
    assert imported(other, tmp_path / "a") == imported(plain, tmp_path / "b")


def test_an_instant_is_a_day_only_at_midnight_in_utc_or_in_new_york(tmp_path):
    def told(zone: str) -> dict[str, Any]:
        return small(asset="A", session=SESSIONS.tz_localize(zone), close=10.0)

    words = r"'session': 40 values are not a date .*row 1 has '2020-01-01 15:00:00\+00'"

    assert imported(told("UTC"), tmp_path / "a") == imported(small(), tmp_path / "b")
    assert imported(told("America/New_York"), tmp_path / "d") == imported(small(), tmp_path / "b")
    with pytest.raises(ImportRefused, match=words):
        imported(told("Asia/Tokyo"), tmp_path / "c")


def test_a_wrong_value_is_named_by_table_library_column_and_row(tmp_path):
    close = np.array([10.0] * len(SESSIONS), dtype=object)
    close[3] = "ten"
    with pytest.raises(ImportRefused, match=r"prices \(a pandas DataFrame\): column 'close': .*row 4 has 'ten'"):
        imported(small(asset="A", session=SESSIONS, close=close), tmp_path)
    assert not (tmp_path / "CURRENT").exists()


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown table": ({"price": small()["prices"]}, "'price' is no table of a market; did you mean prices"),
    "no prices": ({"prices": None}, "prices: a builtins NoneType is neither a path nor a frame"),
    "a series": ({"prices": small()["prices"]["close"]}, "prices: a pandas Series is neither"),
    "a file of another kind": (
        {"prices": "prices.json"},
        r"prices\.json: table 'prices' must be a file in \.parquet, \.csv",
    ),
    "a file that is not there": ({"prices": "nowhere.csv"}, r"nowhere\.csv: cannot be read"),
    "a column by number": ({"prices": pd.DataFrame([["A"]])}, r"prices \(a pandas DataFrame\): column 0 has a name"),
    "a column twice": (
        {"prices": pd.DataFrame([["A", "B"]], columns=["asset", "asset"])},
        "column 'asset' is given twice",
    ),
    "a stream that is used up": (
        {"prices": Stream(None, times=0)},
        "a frame that can be read more than once",
    ),
    "a type SQL does not know": (
        {"prices": pd.DataFrame({"asset": "A", "session": pd.period_range("2020-01-02", periods=2, freq="D")})},
        "give columns of text, numbers and dates",
    ),
    "no column it needs": ({"prices": pd.DataFrame({"asset": ["A"]})}, "column 'session' is missing"),
    "no rows": ({"prices": small()["prices"].iloc[:0]}, "has no rows"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_taken_is_refused_with_the_table_and_the_remedy(case, tmp_path):
    change, words = REFUSED[case]
    with pytest.raises(ImportRefused, match=words):
        imported(small() | change, tmp_path)


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(ImportRefused, match="what is given: table 'securities' is missing"):
        imported({"prices": small()["prices"]}, tmp_path)
