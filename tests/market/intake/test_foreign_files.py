"""Tables as other programs write them: read as they are meant, or refused in a sentence that says what to do."""

import datetime as dt
import gzip
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from active_edge.errors import ImportRefused
from active_edge.market import open_market
from active_edge.market.findings import ImportReport
from active_edge.market.intake.importer import import_folder
from active_edge.market.store import Market
from tests.market.intake.workbooks import write_workbook
from tests.quick import first_quick

SECURITIES = "asset,ticker\nA,A\n"
PRICES = "asset,session,close,volume\nA,2016-04-01,10.5,100\nA,2016-04-04,11,200\n"
FACTS = "asset,item,months,period_end,value,filed\nA,revenue,12,2015-12-31,5000,2016-02-25\n"


def write(folder: Path, **tables: str | bytes) -> Path:
    folder.mkdir(exist_ok=True)
    for name, content in ({"securities": SECURITIES, "prices": PRICES} | tables).items():
        (folder / f"{name}.csv").write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def taken(tmp_path: Path, **tables: str | bytes) -> tuple[ImportReport, Market]:
    report = import_folder(write(tmp_path / "source", **tables), tmp_path / "market")
    return report, open_market(tmp_path / "market")


def refused(tmp_path: Path, **tables: str | bytes) -> str:
    with pytest.raises(ImportRefused) as caught:
        import_folder(write(tmp_path / "source", **tables), tmp_path / "market")
    assert not (tmp_path / "market").exists()
    return str(caught.value)


def closes(market: Market) -> list[float]:
    return market.prices.close[:, 0].tolist()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            PRICES.replace(",", ";").replace("10.5", "10,5"),
            "separated by semicolons and numbers with decimal commas: write commas between columns, and decimal points",
        ),
        (PRICES.replace(",", ";"), "separated by semicolons: write commas between columns"),
        (PRICES.replace(",", "\t"), "separated by tabs"),
        (PRICES.replace(",", "|"), "separated by bars"),
        ("sep=;\n" + PRICES.replace(",", ";"), "line 1 is 'sep=;' and the column names stand in line 2"),
        ("# fund holdings as of 30 June 2016\n" + PRICES, "line 1 is '# fund holdings as of 30 June 2016'"),
        ("Prices\n\nUSD\n" + PRICES, "the column names stand in line 4: remove the lines above them"),
        (PRICES.encode("utf-16"), "is UTF-16 or binary, not UTF-8 text; save it as CSV UTF-8"),
        (PRICES.encode("utf-16-le"), "is UTF-16 or binary"),
        (PRICES.replace("A,2016-04-04", "É,2016-04-04").encode("latin-1"), "line 3 is not UTF-8 (byte 0xc9"),
        (b"PK\x03\x04rest", "is a zip archive or an Excel workbook, not CSV"),
        (b"PAR1rest", "is Parquet, not CSV"),
        ("<!DOCTYPE html><html>", "is a web page, not CSV"),
        ('[{"asset": "A"}]\n{"x": 1}', "column 'asset' is missing"),
        ('{"asset": "A"}', "is JSON, not CSV"),
        (PRICES + "Source: a vendor\n", "1 line with another number of cells than the header's 4 (line 4 has 1)"),
        (PRICES.replace("close", "Close").replace("volume", "close"), "the first line must name each column once"),
        (PRICES.replace("asset", "Symbol").replace("session", "Date"), "column 'asset' is missing"),
        (PRICES + "Total,,21.5,300\n", "column 'session': 1 values are not a date as 2016-01-22 (row 3 has nothing)"),
    ],
)
def test_a_file_of_another_form_is_refused_in_a_sentence_that_names_it(tmp_path, content, said):
    message = refused(tmp_path, prices=content)
    assert said in message
    assert "prices.csv: " in message


def test_a_file_that_is_not_utf8_far_below_the_header_is_refused_with_its_line(tmp_path):
    many = "".join(f"A{n},A{n}\n" for n in range(50))
    assert "line 53 is not UTF-8" in refused(tmp_path, securities=(SECURITIES + many).encode() + b"\xfc,x\n")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("close", '"1,234.5"', "write numbers without commas between thousands"),
        ("close", '"10,5"', "write a decimal point, not a comma"),
        ("close", "1 234.5", "without spaces between thousands"),
        ("close", "$10.5", "without a currency sign"),
        ("close", "(10.5)", "with a minus sign, not in brackets"),
        ("close", "12%", "0.05 for 5%"),
        ("volume", "1.2M", "write numbers in full"),
        ("close", "inf", "no value is infinite"),
        ("session", "30/06/2016", "day first or month first? write year-month-day (YYYY-MM-DD)"),
        ("session", "06/30/16", "day first or month first?"),
        ("session", "30.06.2016", "day first or month first?"),
        ("session", "42464", "a spreadsheet's serial number of a day"),
        ("session", "1459728000", "a count of seconds"),
        ("session", "2016-04-04 16:00:00", "a timestamp names a day for certain only at midnight"),
        ("session", "2016-04-04T16:00:00-04:00", "an instant in a time zone names a day only at midnight"),
        ("session", "2016-04-04 00:00:00+09:00", "an instant in a time zone names a day only at midnight"),
        ("session", "0016-04-04", "days lie in 1900 .. 2100"),
        ("session", "9999-12-31", "days lie in 1900 .. 2100"),
        ("session", "infinity", "1 values are not a date"),
        ("session", "epoch", "1 values are not a date"),
        ("session", "2016-04-31", "1 values are not a date"),
    ],
)
def test_a_cell_of_another_form_is_refused_with_its_row_and_what_to_write(tmp_path, column, cell, said):
    old = {"close": "11", "volume": "200", "session": "2016-04-04"}[column]
    message = refused(tmp_path, prices=PRICES.replace("A,2016-04-04,11,200", "A,2016-04-04,11,200".replace(old, cell)))
    assert f"column {column!r}: 1 values are not" in message
    assert "(row 2 has" in message
    assert said in message


def test_a_day_is_read_in_each_form_that_can_mean_no_other(tmp_path):
    """Each form stands in the rows of a company of its own."""
    days = (
        "2016-04-04", "2016/4/4", "20160404", "2016-04-04 00:00:00", "2016-04-04T00:00", "2016-04-04 00:00:00.000",
        "2016-04-04T00:00:00Z", "2016-04-04 00:00:00+00:00", "2016-04-04 00:00:00-04:00", "2016-04-04T04:00:00Z",
        "2016-04-04 04:00:00+00", '"2016-04-04"', " 2016-04-04 ",
    )  # fmt: skip
    names = [f"A{number}" for number in range(len(days))]
    head, *rows = PRICES.replace("A,", "{name},").replace("2016-04-04", "{day}").splitlines(keepends=True)
    _, market = taken(
        tmp_path,
        securities="asset,ticker\n" + "".join(f"{name},{name}\n" for name in names),
        prices=head
        + "".join(row.format(name=name, day=day) for name, day in zip(names, days, strict=True) for row in rows),
    )
    assert market.sessions.tolist() == [pd.Timestamp("2016-04-01"), pd.Timestamp("2016-04-04")]
    assert market.assets.tolist() == sorted(names)
    assert market.prices.close.tolist() == [[10.5] * len(days), [11.0] * len(days)]


MISSING = ("NaN", "n/a", "#N/A", "NA", "NULL", "None", "-", "–", ".", "NaT", "#DIV/0!", "#VALUE!")


@pytest.mark.slow
@pytest.mark.parametrize("words", [("",), ("-",), MISSING], ids=["nothing", "one word", "each word"])
def test_a_word_for_missing_is_missing_in_numbers_and_dates_and_counted(tmp_path, words):
    """Each word stands in the rows of a company of its own."""
    names = [f"A{number}" for number in range(len(words))]
    rows = list(zip(names, words, strict=True))
    report, market = taken(
        tmp_path,
        securities="asset,ticker,sic,last_session\n" + "".join(f"{a},{a},{word},{word}\n" for a, word in rows),
        facts=FACTS.replace("A,", f"{names[0]},")
        + "".join(f"{a},cash,0,2015-12-31,{word},2016-02-25\n" for a, word in rows),
        prices=PRICES.splitlines()[0]
        + "".join(f"\n{a},2016-04-01,10.5,100\n{a},2016-04-04,11,{word}" for a, word in rows),
    )
    assert pd.isna(market.securities.loc[names, ["sic", "last_session"]]).all(axis=None)
    assert pd.isna(market.prices.volume[1]).all()
    assert report.count("facts without a value") == len(words)
    counted = len([word for word in words if word])
    for column in ("sic", "volume", "value"):
        assert report.count(f"values of column {column!r} that say in words that nothing is known") == counted


def test_a_ticker_is_what_is_written_even_where_it_is_a_word_for_missing(tmp_path):
    tickers = ["NA", "NAN", "NULL", "TRUE", "-", "N/A"]
    head, rows = PRICES.split("\n", 1)
    _, market = taken(
        tmp_path,
        securities="asset,ticker\n" + "".join(f"{ticker},{ticker}\n" for ticker in tickers),
        prices=f"{head}\n" + "".join(rows.replace("A,", f"{ticker},") for ticker in tickers),
    )
    assert sorted(market.securities["ticker"]) == sorted(tickers)
    assert market.assets.tolist() == sorted(tickers)


@pytest.mark.slow
def test_fractions_of_a_share_are_rounded_and_said(tmp_path):
    report, market = taken(tmp_path, prices=PRICES.replace(",100", ",99.6").replace(",200", ",200.4"))
    assert market.prices.volume[:, 0].tolist() == [100, 200]
    assert report.count("values of column 'volume' with a fraction") == 2
    assert "Rounded to whole shares" in "\n".join(report.lines())


def test_equal_rows_are_one_row_and_counted(tmp_path):
    twice = PRICES + "A,2016-04-04,11,200\n" * 2
    report, market = taken(tmp_path, prices=twice, securities=SECURITIES + "A,A\n")
    assert closes(market) == [10.5, 11.0]
    assert report.rows_read["prices"] == 4
    told = {f.table: f for f in report.findings if f.kind == "rows told more than once"}
    assert {table: (f.severity, f.count) for table, f in told.items()} == {
        "prices": ("repaired", 2),
        "securities": ("repaired", 1),
    }
    assert told["prices"].examples == ("A 2016-04-04",)
    message = (
        refused(tmp_path / "other", prices=twice + "A,2016-04-04,12,200\n") if (tmp_path / "other").mkdir() else ""
    )
    assert message == ""


def test_a_day_told_with_two_closes_is_refused_with_both_rows(tmp_path):
    message = refused(tmp_path, prices=PRICES + "A,2016-04-04,12,200\nA,2016-04-04,11,200\n")
    assert "the first is asset A, session 2016-04-04 in rows 2, 3, 4; keep one row for each key" in message


@pytest.mark.slow
def test_lines_without_a_word_are_left_out_and_lines_of_commas_counted_with_their_row(tmp_path):
    report, market = taken(tmp_path, prices=PRICES + "\n\n,,,\n")
    assert closes(market) == [10.5, 11.0]
    blank = next(f for f in report.findings if f.kind == "rows without any value")
    assert (blank.severity, blank.count, blank.examples) == ("refused", 1, ("row 3",))
    assert report.rows_read["prices"] - report.rows_kept["prices"] == 1


@pytest.mark.slow
@pytest.mark.parametrize("mark", ["\ufeff", ""])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_marks_and_line_ends_of_other_systems_change_nothing(tmp_path, mark, end):
    _, market = taken(tmp_path, prices=(mark + PRICES).replace("\n", end))
    assert closes(market) == [10.5, 11.0]


@pytest.mark.slow
def test_names_of_files_and_columns_are_read_in_any_case(tmp_path):
    source = write(tmp_path / "source", prices=PRICES.replace("asset,session", "Asset, SESSION"))
    (source / "prices.csv").rename(source / "Prices.CSV")
    (source / "Facts.CSV").write_text(FACTS)
    import_folder(source, tmp_path / "market")
    market = open_market(tmp_path / "market")
    assert closes(market) == [10.5, 11.0]
    assert market.facts.of("revenue").value.tolist() == [5000.0]


def test_a_gzipped_table_is_read_and_a_damaged_one_refused(tmp_path):
    source = write(tmp_path / "source")
    (source / "prices.csv").unlink()
    whole = gzip.compress(PRICES.encode())
    (source / "prices.csv.gz").write_bytes(whole)
    import_folder(source, tmp_path / "market")
    assert closes(open_market(tmp_path / "market")) == [10.5, 11.0]
    (source / "prices.csv.gz").write_bytes(whole[:-20])
    with pytest.raises(ImportRefused, match=r"prices\.csv\.gz: cannot be read"):
        import_folder(source, tmp_path / "market")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("facts.csv.zip", "unpack it"),
        ("facts.json", "this form is not read; save it as one of .parquet, .csv"),
        ("Facts.XLS", "this form is not read"),
        ("facts.tsv", "this form is not read"),
    ],
)
def test_a_table_in_a_form_that_is_not_read_is_refused_and_not_passed_over(tmp_path, name, said):
    source = write(tmp_path / "source")
    (source / name).write_text("x")
    with pytest.raises(ImportRefused, match=name) as caught:
        import_folder(source, tmp_path / "market")
    assert said in str(caught.value)


@pytest.mark.slow
def test_parts_of_a_table_are_named_where_the_table_is_missing_and_noted_beside_it(tmp_path):
    source = write(tmp_path / "source")
    (source / "prices.csv").rename(source / "prices_2016.csv")
    with pytest.raises(ImportRefused, match=r"table 'prices' is missing.*; prices_2016\.csv look like parts of it"):
        import_folder(source, tmp_path / "market")
    (source / "prices.csv").write_text(PRICES)
    report = import_folder(source, tmp_path / "market")
    passed = next(f for f in report.findings if f.kind == "files that are no table of a market")
    assert passed.examples == ("prices_2016.csv",)


def test_everything_wrong_with_a_folder_is_told_in_one_run(tmp_path):
    message = refused(
        tmp_path,
        securities="asset,ticker,sic,cik\nA,A,x,y\n",
        prices=PRICES.replace("A,", "Q,").replace("10.5", "ten").replace("100", "many"),
        facts=FACTS.replace("filed", "known"),
        series="series;date;value\nIWM;2016-04-01;1\n",
    )
    (tmp_path / "source" / "members.json").write_text("[]")
    lines = message.splitlines()
    assert [line.split("source/")[1].split(":")[0] for line in lines] == [
        "securities.csv", "securities.csv", "prices.csv", "prices.csv", "facts.csv", "series.csv", "prices.csv",
    ]  # fmt: skip
    for said in ("'sic'", "'cik'", "'close'", "'volume'", "'filed' is missing", "semicolons", "'Q' is not in"):
        assert sum(said in line for line in lines) == 1, said


def test_one_kind_of_error_hides_no_other_of_its_table(tmp_path):
    """A missing column, a bad cell, several words, percent, a wild return at exit, two equal keys: each is told."""
    message = refused(
        tmp_path,
        securities="asset,ticker,sic,exit_reason,security_type,exit_return\n"
        "A,A,x,Gobbled,Blob,25\nB,B,12.5,Eaten,Common Stock,\n",
        prices="asset,session,open,volume\nA,2016-04-01,ten,100\nA,2016-04-01,10,many\nC,30/06/2016,10,5\n",
        facts="asset,item,months,period_end,value,filed,confidence\n"
        "A,revenue,12,2015-12-31,(5),2016-02-25,sure\nA,cash,0,2015-12-31,12%,02/25/16,high\n",
        members="index,asset,observed\nRussell 2000,A,x\n",
    )
    for said in (
        "'sic': 2 values", "'Gobbled'", "'Eaten'", "'Blob'", "'exit_return': 1 of 1", "'close' is missing",
        "'open': 1 values", "'volume': 1 values", "'session': 1 values", "'C' is not in", "in brackets",
        "'sure'", "'filed': 1 values", "'observed': 1 values",
    ):  # fmt: skip
        assert message.count(said) == 1, (said, message)


ROWS = [
    ["asset", "item", "months", "period_end", "value", "filed"],
    ["A", "revenue", 12, dt.date(2015, 12, 31), 5000, dt.date(2016, 2, 25)],
    [None, None, None, None, None, None],
    ["A", "cash", 0, "2015-12-31", 12.25, dt.date(2016, 2, 25)],
]


@pytest.mark.slow
def test_a_workbook_is_the_same_snapshot_as_the_same_rows_in_csv(tmp_path):
    source = write(tmp_path / "source", facts=FACTS + "A,cash,0,2015-12-31,12.25,2016-02-25\n")
    first = import_folder(source, tmp_path / "csv")
    (source / "facts.csv").unlink()
    write_workbook(source / "Facts.xlsx", Sheet1=ROWS, Sheet2=[])
    second = import_folder(source, tmp_path / "xlsx")
    assert first.snapshot == second.snapshot
    assert second.rows_read["facts"] == 2


@pytest.mark.slow
def test_the_sheet_of_the_tables_name_is_read_and_several_others_are_refused(tmp_path):
    source = write(tmp_path / "source")
    write_workbook(source / "facts.xlsx", Notes=[["about"]], FACTS=ROWS)
    import_folder(source, tmp_path / "market")
    assert open_market(tmp_path / "market").items == {"revenue", "cash"}
    write_workbook(source / "facts.xlsx", Notes=[["about"]], Data=ROWS)
    with pytest.raises(ImportRefused, match=r"several sheets \(Notes, Data\); name the one to read 'facts'"):
        import_folder(source, tmp_path / "market")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            [["asset", "ticker"], ["A", dt.date(2016, 3, 1)]],
            "column 'ticker': 1 values are days (row 1 has '2016-03-01')",
        ),
        ([["asset", None, "ticker"], ["A", 1, "A"]], "the first row must name each column once"),
        ([], "has no rows"),
    ],
)
def test_a_workbook_that_lost_something_is_refused(tmp_path, rows, said):
    source = write(tmp_path / "source")
    (source / "securities.csv").unlink()
    write_workbook(source / "securities.xlsx", Sheet1=rows)
    with pytest.raises(ImportRefused) as caught:
        import_folder(source, tmp_path / "market")
    assert said in str(caught.value)


def test_true_false_and_whole_numbers_of_a_workbook_are_the_text_they_show(tmp_path):
    source = write(
        tmp_path / "source", prices=PRICES.replace("A,", "TRUE,") + PRICES.replace("A,", "77,").split("\n", 1)[1]
    )
    (source / "securities.csv").unlink()
    write_workbook(source / "securities.xlsx", Sheet1=[["asset", "ticker", "sic"], [True, True, 3711], [77, 77, None]])
    import_folder(source, tmp_path / "market")
    market = open_market(tmp_path / "market")
    assert market.assets.tolist() == ["77", "TRUE"]
    assert market.securities.loc["TRUE", "sic"] == 3711


@pytest.mark.slow
@pytest.mark.parametrize(("content", "said"), [(b"asset,item\n", "is no Excel workbook"), (b"PK\x03\x04xx", "Excel")])
def test_a_file_that_is_no_workbook_is_refused_by_name(tmp_path, content, said):
    source = write(tmp_path / "source")
    (source / "facts.xlsx").write_bytes(content)
    with pytest.raises(ImportRefused, match=r"facts\.xlsx: ") as caught:
        import_folder(source, tmp_path / "market")
    assert said in str(caught.value)


@pytest.mark.slow
def test_facts_in_another_currency_are_left_out_by_name_and_dollars_stay(tmp_path):
    facts = (
        "asset,item,months,period_end,value,filed,Currency\n"
        "A,revenue,12,2015-12-31,5000,2016-02-25,NOK\n"
        "A,cash,0,2015-12-31,12,2016-02-25,usd\n"
        "A,equity,0,2015-12-31,12,2016-02-25,\n"
    )
    report, market = taken(tmp_path, facts=facts)
    assert market.items == {"cash", "equity"}
    foreign = next(f for f in report.findings if "not USD" in f.kind)
    assert (foreign.severity, foreign.count, foreign.examples) == ("refused", 1, ("NOK in 1 rows",))
    assert report.rows_read["facts"] - report.rows_kept["facts"] == 1


@pytest.mark.parametrize(
    ("column", "word"),
    first_quick(
        [
            ("unit", "thousands"),
            ("scale", "1000"),
            ("currency", "GBp"),
            ("financialCurrency", "EUR"),
            ("ccy_code", "CAD"),
        ]
    ),
)
def test_facts_in_another_unit_or_scale_are_left_out_by_name(tmp_path, column, word):
    head, row = FACTS.strip().split("\n")
    report, _ = taken(tmp_path, facts=f"{head},{column}\n{row},{word}\n")
    assert report.rows_kept["facts"] == 0
    assert f"{word} in 1 rows" in "\n".join(report.lines())


@pytest.mark.slow
def test_a_column_that_says_dollars_everywhere_is_noted(tmp_path):
    report, _ = taken(tmp_path, prices="currency," + PRICES.replace("\nA", "\nUSD,A"))
    assert report.count("rows with a column 'currency'") == 2
    assert "prices: 2 rows with a column 'currency'. Every row" in "\n".join(report.lines())
    assert closes(open_market(tmp_path / "market")) == [10.5, 11.0]


def test_prices_in_another_currency_are_refused_by_name(tmp_path):
    message = refused(tmp_path, prices="currency," + PRICES.replace("\nA", "\nCAD,A"))
    assert "column 'currency': 2 rows are not in USD (CAD in 2 rows)" in message


def test_a_security_in_another_currency_is_told_once_though_its_prices_are_there(tmp_path):
    head, row = SECURITIES.strip().split("\n")[:2]
    message = refused(tmp_path, securities=f"{head},trading_currency\n{row},CAD\n")
    assert "column 'trading_currency': 1 rows are not in USD" in message
    assert "is not in securities" not in message


def zoned_prices(folder: Path, stamps: list[str], kind: str = "TIMESTAMPTZ") -> Path:
    source = write(folder)
    (source / "prices.csv").unlink()
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        rows = " UNION ALL ".join(f"SELECT 'A' AS asset, {kind} '{s}' AS session, 10.0 AS close" for s in stamps)
        connection.execute(f"COPY ({rows}) TO '{source / 'prices.parquet'}' (FORMAT parquet)")
    return source


@pytest.mark.parametrize(
    ("kind", "stamps"),
    first_quick(
        [
            ("TIMESTAMPTZ", ["2016-03-11 00:00:00+00", "2016-03-14 00:00:00+00"]),  # midnight in UTC
            (
                "TIMESTAMPTZ",
                ["2016-03-11 05:00:00+00", "2016-03-14 04:00:00+00"],
            ),  # in New York, before and after the clocks change
            ("TIMESTAMP", ["2016-03-11", "2016-03-14"]),
            ("TIMESTAMP_NS", ["2016-03-11", "2016-03-14"]),
            ("TIMESTAMP_MS", ["2016-03-11", "2016-03-14"]),
            ("TIMESTAMP_S", ["2016-03-11", "2016-03-14"]),
            ("DATE", ["2016-03-11", "2016-03-14"]),
            ("VARCHAR", ["2016-03-11", "2016-03-14"]),
        ]
    ),
)
def test_a_stored_midnight_of_the_market_is_its_day(tmp_path, kind, stamps):
    import_folder(zoned_prices(tmp_path / "source", stamps, kind), tmp_path / "market")
    assert open_market(tmp_path / "market").sessions.tolist() == [
        pd.Timestamp("2016-03-11"),
        pd.Timestamp("2016-03-14"),
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "stamp"),
    [
        ("TIMESTAMPTZ", "2016-03-11 08:00:00+00"),  # midnight in Los Angeles
        ("TIMESTAMPTZ", "2016-03-11 04:00:00+00"),  # eleven at night in New York
        ("TIMESTAMPTZ", "2016-03-11 21:00:00+00"),  # the close
        ("TIMESTAMP", "2016-03-11 16:00:00"),
        ("TIMESTAMP", "infinity"),
        ("DATE", "infinity"),
    ],
)
def test_a_stored_time_of_day_is_refused_by_name(tmp_path, kind, stamp):
    with pytest.raises(ImportRefused, match=r"column 'session': 1 values are not a date .*row 1 has"):
        import_folder(zoned_prices(tmp_path / "source", [stamp], kind), tmp_path / "market")


@pytest.mark.slow
@pytest.mark.parametrize(("value", "kept"), [(20160404, True), (42464, False), (1459728000, False)])
def test_a_whole_number_is_a_day_only_where_its_digits_are_one(tmp_path, value, kept):
    source = write(tmp_path / "source")
    (source / "prices.csv").unlink()
    duckdb.sql(f"SELECT 'A' AS asset, {value} AS session, 10.0 AS close").write_parquet(str(source / "prices.parquet"))
    if kept:
        import_folder(source, tmp_path / "market")
        assert open_market(tmp_path / "market").sessions.tolist() == [pd.Timestamp("2016-04-04")]
    else:
        with pytest.raises(ImportRefused, match="column 'session'"):
            import_folder(source, tmp_path / "market")


HEADER = "asset,item,months,period_end,value,filed\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("1234-", "write the minus sign before the number"),
        ("\u22121234", "write the minus sign as a hyphen"),
        ("nil", "nil may mean zero or unknown"),
        ("(1234)", "not in brackets"),
        ("1,234,567", "without commas between thousands"),
    ],
)
def test_numbers_as_accountants_write_them_are_refused_with_the_remedy(tmp_path, value, said):
    assert said in refused(tmp_path, facts=HEADER + f'A,net_income,12,2015-12-31,"{value}",2016-02-25\n')


def test_more_words_for_missing_are_read_as_missing_and_counted(tmp_path):
    words = ("n.m.", "NM", "#N/A N/A", "@NA", "?", "n.d.")
    rows = "".join(f"A,cash,0,{2009 + n}-12-31,{word},{2010 + n}-02-25\n" for n, word in enumerate(words))
    report = import_folder(write(tmp_path / "source", facts=FACTS + rows), tmp_path / "market")
    assert report.count("values of column 'value' that say in words that nothing is known") == len(words)
    assert report.count("facts without a value") == len(words)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("01-Jun-15", "not the month's name"),
        ("Jun 1, 2015", "not the month's name"),
        ("150601", "a year of two digits?"),
        ("9999-12-31", "leave it empty where it has not come"),
        ("03/04/2016", "day first or month first?"),
    ],
)
def test_days_in_other_forms_are_refused_with_the_remedy(tmp_path, day, said):
    assert said in refused(tmp_path, facts=HEADER + f'A,cash,0,"{day}",5,2016-02-25\n')


@pytest.mark.slow
def test_days_with_points_and_numbers_of_days_are_read(tmp_path):
    plain = import_folder(write(tmp_path / "a", facts=FACTS), tmp_path / "one")
    other = FACTS.replace("2015-12-31", "2015.12.31").replace("2016-02-25", "20160225.0")
    assert other != FACTS
    assert import_folder(write(tmp_path / "b", facts=other), tmp_path / "two").snapshot == plain.snapshot


@pytest.mark.slow
def test_column_names_are_told_by_their_letters_in_any_spelling(tmp_path):
    plain = import_folder(write(tmp_path / "a", facts=FACTS), tmp_path / "one")
    other = FACTS.replace("period_end", "Period End").replace("filed", "FILED ").replace("months", "Months")
    assert import_folder(write(tmp_path / "b", facts=other), tmp_path / "two").snapshot == plain.snapshot


def test_points_between_the_thousands_of_volume_are_refused(tmp_path):
    """As German files write 108,390 shares: read as 108 they would forbid every trade."""
    rows = "".join(f"A,2016-04-{day:02d},10.5,{100 + day}.{day:03d}\n" for day in range(4, 9))
    message = refused(tmp_path, prices="asset,session,close,volume\n" + rows)
    assert "column 'volume': 5 values have a point before three digits" in message
    assert "points between thousands?" in message


def test_what_lines_above_a_table_say_of_its_unit_is_repeated(tmp_path):
    message = refused(tmp_path, facts="Vendor\nAll figures in thousands of US dollars\n" + FACTS)
    assert "they say 'in thousands': give every value in US dollars and in full" in message


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty; leave the file out or fill it"),
        (b"\x1f\x8b\x08\x00rest", "is gzip, not CSV"),
        (b",asset,item,months,period_end,value,filed\n0,A,cash,0,2015-12-31,1,2016-02-25\n", "an index that was saved"),
    ],
)
def test_files_that_are_something_else_are_named(tmp_path, content, said):
    assert said in refused(tmp_path, facts=content)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["unitRef", "value_unit", "Unit of Measure", "denomination"])
def test_a_unit_in_any_column_leaves_the_fact_out(tmp_path, name):
    facts = FACTS.replace("filed", f"filed,{name}").replace("2016-02-25", "2016-02-25,USD thousands")
    report = import_folder(write(tmp_path / "source", facts=facts), tmp_path / "market")
    assert report.count(f"facts whose column {name!r} is not USD or shares") == facts.count("USD thousands")


@pytest.mark.slow
def test_codes_for_nothing_are_no_figures(tmp_path):
    """-9999 told of two companies is no loss of 9,999 dollars; -99.99 is no factor return."""
    securities = "asset,ticker\nA,A\nB,B\n"
    prices = PRICES + PRICES.split("\n", 1)[1].replace("A,", "B,")
    rows = [f"{asset},net_income,12,{year}-12-31,-9999,{year + 1}-02-25\n" for asset in "AB" for year in (2013, 2014)]
    series = "series,date,value\nSMB,2016-04-01,0.01\nSMB,2016-04-04,-99.99\n"
    source = write(
        tmp_path / "source", securities=securities, prices=prices, facts=HEADER + "".join(rows), series=series
    )
    report = import_folder(source, tmp_path / "market")
    assert report.count("values that are a code for nothing") == 4
    assert report.count("series rows whose value is a code for nothing") == 1
    assert report.rows_kept["series"] == 1


def test_a_line_of_another_width_hides_no_other_error_of_the_folder(tmp_path):
    prices = "asset,session,close,volume\nA,2016-04-01,10.5,100,7\nA,2016-04-04\nA,16-04-05,11,200\nB,2016-04-06,9,1\n"
    said = refused(
        tmp_path, securities="asset,ticker,security_type\nA,A,frog\n", prices=prices, facts=FACTS.replace("5000", "5k")
    )
    assert "2 lines with another number of cells than the header's 4 (line 2 has 5, line 3 has 2)" in said
    for word in ("'frog'", "row 1 has '16-04-05'", "asset 'B' is not in securities.csv", "row 1 has '5k'"):
        assert word in said


def test_a_broken_line_of_securities_makes_no_stranger_of_its_asset(tmp_path):
    said = refused(tmp_path, securities="asset,ticker\nA,A,A\n")
    assert "line 2 has 3" in said
    assert "is not in" not in said


@pytest.mark.slow
@pytest.mark.parametrize(("name", "word"), [("fx", "NOK"), ("iso", "eur"), ("quoted_in", "GBX")])
def test_a_column_of_nothing_but_currencies_tells_one_whatever_its_name(tmp_path, name, word):
    facts = FACTS.replace("filed\n", f"filed,{name}\n").replace("2016-02-25\n", f"2016-02-25,{word}\n")
    report, _ = taken(tmp_path, facts=facts)
    assert report.rows_kept["facts"] == 0
    assert report.count(f"facts whose column {name!r} is not USD or shares") == 1


@pytest.mark.slow
def test_balances_told_with_a_period_are_balances_and_flows_without_one_are_refused(tmp_path):
    facts = FACTS.replace("revenue,12", "revenue,0") + "A,total_assets,12,2015-12-31,7000,2016-02-25\n"
    report, market = taken(tmp_path, facts=facts)
    assert report.count("facts of a flow with months 0") == 1
    assert report.count("facts of a balance told with a period") == 1
    assert market.facts.of("total_assets").months.tolist() == [0]
    assert len(market.facts.of("revenue")) == 0


@pytest.mark.slow
def test_a_close_below_zero_is_the_mean_of_bid_and_ask_and_nothing_is_traded_at_it(tmp_path):
    days = pd.bdate_range("2016-04-01", periods=9)
    closes = [10, 10.1, 10.2, -10.1, 10.0, -99, 10.1, 10.2, 10.1]
    rows = "".join(
        f"A,{day:%Y-%m-%d},{close},{'' if close < 0 else 100}\n" for day, close in zip(days, closes, strict=True)
    )
    report, market = taken(tmp_path, prices="asset,session,close,volume\n" + rows)
    assert report.count("closes below zero among others") == 1
    assert report.count("rows without a positive close") == 1
    assert market.prices.close[3, 0] == 10.1
    assert market.prices.volume[3, 0] == 0.0


def test_a_missing_column_of_a_file_of_crsp_is_named_by_what_it_is_called_there(tmp_path):
    said = refused(tmp_path, prices="PERMNO,date,PRC,VOL\nA,2016-04-01,10.5,100\n")
    for name, own in (("asset", "PERMNO"), ("session", "date"), ("close", "PRC")):
        assert f"column {name!r} is missing" in said
        assert f"rename its column {own!r}" in said


@pytest.mark.slow
def test_return_codes_of_crsp_are_unknown_returns_and_counted(tmp_path):
    prices = "asset,session,close,volume,total_return\n" + "".join(
        f"A,2016-04-{day:02d},10.5,100,{told}\n"
        for day, told in ((1, "B"), (4, "C"), (5, "-66.0"), (6, "-77"), (7, "-88.0"), (8, "-99"), (11, "0.01"))
    )
    report, market = taken(
        tmp_path, prices=prices, securities="asset,ticker,last_session,exit_return\nA,A,2016-04-11,-55\n"
    )
    assert report.count("values of total_return that are CRSP's codes for none") == 4
    assert report.count("values of column 'total_return' that say in words that nothing is known") == 2
    assert report.count("values of exit_return that are CRSP's codes for none") == 1
    assert pd.isna(market.securities.loc["A", "exit_return"])
    known = duckdb.sql(f"SELECT total_return FROM '{market.table('prices')}' WHERE total_return IS NOT NULL")
    assert known.fetchall() == [(0.01,)]
