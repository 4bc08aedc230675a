"""Numbers by date in any form become the same frame; what is no number or no date is named."""

import datetime
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

from active_edge.errors import DataError
from active_edge.market.dated import dated_frame

DAYS = pd.DatetimeIndex(["2020-01-02", "2020-01-03", "2020-01-06"])
EXPECTED = pd.DataFrame({"mine": [0.01, np.nan, -0.02]}, index=DAYS)
TEXT = "date,mine\n2020-01-02,0.01\n2020-01-03,\n2020-01-06,-0.02\n"


RELATION = (
    "SELECT * FROM (VALUES (DATE '2020-01-02', 0.01::DOUBLE), ('2020-01-03', NULL), ('2020-01-06', -0.02)) "
    "AS t(session, mine)"
)
FORMS: dict[str, Any] = {
    "a Series": EXPECTED["mine"],
    "a Series with time and zone": EXPECTED["mine"].set_axis((DAYS + pd.Timedelta(hours=16)).tz_localize("Asia/Tokyo")),
    "a frame by date": EXPECTED,
    "a frame in another order": EXPECTED.iloc[::-1],
    "a frame with a column of dates": EXPECTED.rename_axis("when").reset_index(),
    "a frame by dates written as text": EXPECTED.set_axis([str(day.date()) for day in DAYS]),
    "objects and text": pd.DataFrame(
        {"Date": [day.date() for day in DAYS], "mine": ["0.01", None, " -0.02"]}, dtype=object
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_the_same_frame_and_is_left_as_it_was(form):
    before = FORMS[form].copy(deep=True)
    found = dated_frame(FORMS[form], "returns")
    pd.testing.assert_frame_equal(found, EXPECTED, check_freq=False, check_index_type=False, check_names=False)
    assert FORMS[form].equals(before)


def test_files_and_streams_are_the_same_frame(tmp_path):
    (tmp_path / "mine.csv").write_text(TEXT)
    relation = duckdb.connect().sql(RELATION)
    relation.write_parquet(str(tmp_path / "mine.parquet"))
    for given in (tmp_path / "mine.csv", str(tmp_path / "mine.parquet"), relation):
        found = dated_frame(given, "returns")
        pd.testing.assert_frame_equal(found, EXPECTED, check_freq=False, check_index_type=False, check_names=False)


def test_a_polars_frame_is_the_same_frame():
    polars = pytest.importorskip("polars", reason="polars is not installed")
    given = polars.DataFrame({"date": [day.date() for day in DAYS], "mine": [0.01, None, -0.02]})
    found = dated_frame(given, "returns")
    pd.testing.assert_frame_equal(found, EXPECTED, check_freq=False, check_index_type=False, check_names=False)


def test_a_month_is_its_last_day_however_it_is_written():
    text = pd.DataFrame({"month": ["2020-01", "2020-02"], "mine": [1.0, 2.0]})
    periods = pd.Series([1.0, 2.0], index=pd.period_range("2020-01", periods=2, freq="M"), name="mine")
    numbers = pd.DataFrame({"date": [202001, 202002], "mine": [1.0, 2.0]})  # as Kenneth French writes months
    for given in (text, periods, numbers):
        assert list(dated_frame(given, "returns").index) == [pd.Timestamp("2020-01-31"), pd.Timestamp("2020-02-29")]


def test_a_series_without_a_name_is_called_what_it_is():
    assert list(dated_frame(EXPECTED["mine"].rename(None), "returns").columns) == ["returns"]


def table(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame(columns)


REFUSED: dict[str, tuple[Any, str]] = {
    "no date": (table(a=[1.0], b=[2.0]), "returns: a and b are the columns, and none is called date, session"),
    "no date by row": (table(a=[1.0]).set_axis(["x"]), "row 1: 'x' is not a date"),
    "two dates": (table(date=["2020-01-02"], session=["2020-01-02"], a=[1.0]), "date and session may each be the date"),
    "not a date": (table(date=["2020-01-02", "soon"], a=[1.0, 2.0]), "row 2: 'soon' is not a date"),
    "a year": (table(date=[2020], a=[1.0]), "row 1: '2020' is not a date"),
    "a date of a spreadsheet": (table(date=[43832], a=[1.0]), "row 1: '43832' is not a date"),
    "a month that is none": (table(date=["2020-13"], a=[1.0]), "row 1: '2020-13' is not a date"),
    "an impossible date": (table(date=["2020-02-30"], a=[1.0]), "row 1: '2020-02-30' is not a date"),
    "a date twice": (table(date=["2020-01-02"] * 2, a=[1.0, 2.0]), "2020-01-02 is given twice"),
    "not a number": (table(date=["2020-01-02"], a=["1 %"]), "a on 2020-01-02: '1 %' is not a finite number"),
    "infinite": (table(date=["2020-01-02"], a=[np.inf]), "a on 2020-01-02: inf is not a finite number"),
    "complex": (table(date=["2020-01-02"], a=[0.5 + 1j]), r"a on 2020-01-02: \(0.5\+1j\) is not a finite number"),
    "no table": (datetime.date(2020, 1, 2), "a datetime date is no dated series"),
    "another file": ("returns.xlsx", r"returns\.xlsx: returns must be a \.csv or \.parquet file"),
    "no file": ("nowhere.csv", r"nowhere\.csv: cannot be read \(No such file"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_table_of_numbers_by_date_is_refused_with_the_place_and_the_value(case):
    given, words = REFUSED[case]
    with pytest.raises(DataError, match=words):
        dated_frame(given, "returns")


def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path):
    (tmp_path / "a.parquet").write_text("no Parquet")
    (tmp_path / "b.csv").write_text("date,a,a\n2020-01-02,1,2\n")
    with pytest.raises(DataError, match=r"a\.parquet: cannot be read"):
        dated_frame(tmp_path / "a.parquet", "returns")
    with pytest.raises(DataError, match="must name a date and each column once; it is 'date,a,a'"):
        dated_frame(tmp_path / "b.csv", "returns")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (pd.DataFrame(), "weights: there are no values"),
        (pd.DataFrame({"A": []}, index=pd.DatetimeIndex([])), "weights: there are no values"),
        (pd.DataFrame([[1.0, 2.0]], pd.DatetimeIndex(["2020-01-02"]), ["A", "A"]), "two columns are called A"),
        (pd.DataFrame([[1.0, 2.0]], pd.DatetimeIndex(["2020-01-02"]), [1, "1"]), "two columns are called 1"),
    ],
    ids=["nothing", "a header alone", "a name twice", "a number and its text"],
)
def test_an_empty_table_and_a_column_given_twice_are_refused_in_words(given, said):
    with pytest.raises(DataError, match=said):
        dated_frame(given, "weights")


MISPLACED = [
    ("date;mine\n2020-01-02;0,01\n", "columns are separated by semicolons and numbers with decimal commas: write "
     "commas between columns, and decimal points"),
    ("\ufeffdate;mine\n2020-01-02;0.01\n", "columns are separated by semicolons: write commas between columns"),
    ("date\tmine\n2020-01-02\t0.01\n", "columns are separated by tabs"),
    ("My fund\nnet of fees\ndate,mine\n2020-01-02,0.01\n", "line 1 is 'My fund' and the column names stand in line "
     "3: remove the lines above them"),
    ("Fund A;\n\ndate;mine\n2020-01-02;0,01\n", "stand in line 3: remove the lines above them; columns are"),
    ("date,mine\n2020-01-02,1.0%\n", "'1.0%' is not a finite number; write decimals without a percent sign"),
    ('date,mine\n2020-01-02,"0,01"\n', "'0,01' is not a finite number; write a decimal point, not a comma"),
    ("date,mine\n01/29/2016,0.01\n", "row 1: '01/29/2016' is not a date; write it as 2016-06-30"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), MISPLACED)
def test_a_file_of_another_making_is_told_what_keeps_it_from_being_read(tmp_path, text, said):
    (tmp_path / "mine.csv").write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as told:
        dated_frame(tmp_path / "mine.csv", "returns")
    assert said in str(told.value)


def test_a_byte_order_mark_and_capital_headers_are_read(tmp_path):
    (tmp_path / "mine.csv").write_text("\ufeff" + TEXT.replace("date", "DATE"), encoding="utf-8")
    found = dated_frame(tmp_path / "mine.csv", "returns")
    pd.testing.assert_frame_equal(found, EXPECTED, check_freq=False, check_index_type=False, check_names=False)


def test_a_file_in_utf_16_is_named(tmp_path):
    (tmp_path / "mine.csv").write_text(TEXT, encoding="utf-16")
    with pytest.raises(DataError, match="is UTF-16, not UTF-8 text; save it as CSV UTF-8"):
        dated_frame(tmp_path / "mine.csv", "returns")
