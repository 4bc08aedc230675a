"""What is guessed from headers, what becomes of it, and what is said where something is missing."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import pytest

from active_edge.errors import ConfigError, ImportRefused
from active_edge.market import open_market
from active_edge.market.intake.mapping.apply import import_mapped, sector_code
from active_edge.market.intake.mapping.lacking import lacking
from active_edge.market.intake.mapping.template import template, write_template
from active_edge.market.intake.mapping.words import letters, scale_of
from active_edge.sessions import sessions_between
from tests.market.intake.workbooks import write_workbook

DAYS = sessions_between("2015-01-02", "2015-06-30")


def _prices(key: str = "Symbol", form: str = "%m/%d/%Y", **more: float) -> pd.DataFrame:
    rows = [
        {key: name, "Date": day.strftime(form), "Close": round(level + i * 0.01, 2), "Volume": 100_000, **more}
        for name, level in (("AAA", 10.0), ("BBB", 20.0))
        for i, day in enumerate(DAYS)
    ]
    return pd.DataFrame(rows)


def _import(folder: Path) -> Path:
    path, _ = write_template(folder)
    import_mapped(folder, path, folder.parent / "market")
    return folder.parent / "market"


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    (tmp_path / "raw").mkdir()
    return tmp_path / "raw"


def _facts(folder: Path) -> pd.DataFrame:
    stored = open_market(folder).table("facts")
    return duckdb.sql(f"FROM read_parquet('{stored}')").df()


@pytest.mark.parametrize(
    ("header", "meant"),
    [("Revenue ($ millions)", "revenue"), ("Adj. Close", "adjclose"), ("Total Assets (USD)", "totalassets"),
     ("TOTAL_ASSETS", "totalassets"), ("Net sales in thousands", "netsales")],
)  # fmt: skip
def test_a_header_is_known_by_its_letters_without_its_unit(header: str, meant: str) -> None:
    assert letters(header) == meant


def test_units_are_told_by_words() -> None:
    assert scale_of("Revenue (in thousands)") == 1e3
    assert scale_of("Revenue $ millions") == 1e6
    assert scale_of("Revenue") == 1


def test_months_first_dates_millions_and_wide_figures(raw: Path) -> None:
    _prices().to_csv(raw / "px.csv", index=False)
    figures = {"Symbol": ["AAA", "BBB"], "Report Date": ["03/31/2015"] * 2, "Filing Date": ["05/08/2015"] * 2}
    figures |= {"Revenue ($ millions)": ["1,250.5", "90"], "Net Income ($ millions)": ["(12)", "4"]}
    pd.DataFrame(figures).to_csv(raw / "fundamentals_quarterly.csv", index=False)
    text = template(raw)
    assert "unit: 1000000.0  # guess" in text
    assert 'dates: "%m/%d/%Y"  # guess' in text
    assert text.count("# guess") > 8
    facts = open_market(_import(raw)).facts
    assert {"revenue", "net_income"} <= open_market(raw.parent / "market").items
    assert facts is not None
    stored = _facts(raw.parent / "market")
    told = stored.set_index(["asset", "item"])["value"].to_dict()
    assert told[("AAA", "revenue")] == pytest.approx(1_250_500_000)
    assert told[("AAA", "net_income")] == pytest.approx(-12_000_000)


@pytest.mark.slow
def test_an_isin_is_the_key_where_there_is_no_ticker_and_excel_is_read(raw: Path) -> None:
    frame = _prices(key="ISIN", form="%Y-%m-%d")
    write_workbook(raw / "px.xlsx", Sheet1=[list(frame.columns), *frame.to_numpy().tolist()])
    assert "asset: ISIN  # guess" in template(raw)
    assert [str(a) for a in open_market(_import(raw)).assets] == ["AAA", "BBB"]


@pytest.mark.slow
def test_adjusted_closes_alone_become_returns_and_nothing_ranks_by_market_value(raw: Path) -> None:
    _prices().rename(columns={"Close": "Adj. Close"}).to_csv(raw / "px.csv", index=False)
    market = _import(raw)
    assert any("no other closes are given" in str(f["kind"]) for f in open_market(market).report["findings"])


@pytest.mark.slow
def test_market_value_gives_counts_of_shares(raw: Path) -> None:
    _prices(**{"Market Cap": 1_000_000_000}).to_csv(raw / "px.csv", index=False)
    stored = _facts(_import(raw))
    told = stored[(stored["item"] == "shares_outstanding") & (stored["asset"] == "AAA")].sort_values("period_end")
    assert len(told) == 6
    first_month = DAYS[DAYS.month == 1]
    assert told["value"].iloc[0] == pytest.approx(1e9 / (10.0 + 0.01 * (len(first_month) - 1)), rel=1e-6)


def test_what_cannot_be_read_is_counted_with_examples(raw: Path) -> None:
    frame = _prices().astype({"Volume": object})
    frame.loc[3, "Volume"], frame.loc[5, "Date"] = "many", "soon"
    frame.loc[7, "Symbol"] = ""
    frame.to_csv(raw / "px.csv", index=False)
    (raw / "import.yaml").write_text(
        "tables:\n  - table: prices\n    file: px.csv\n    dates: '%m/%d/%Y'\n    columns:\n      ticker: Symbol\n"
        "      session: Date\n      close: Close\n      volume: Volume\n"
    )
    report = import_mapped(raw, raw / "import.yaml", raw.parent / "market")
    said = {f.kind: f.count for f in report.findings}
    assert said["rows without a key"] == 1
    assert said["dates that are no %m/%d/%Y, Date"] == 1
    assert said["numbers that cannot be read, Volume"] == 1


def test_what_cannot_be_answered_is_said_with_the_command_that_adds_it(raw: Path) -> None:
    _prices().to_csv(raw / "px.csv", index=False)
    market = _import(raw)
    lines = [one.line() for one in lacking(market)]
    assert any("no series IWM" in line and f"active-edge data pull --quick --data {market}" in line for line in lines)
    assert any("no interest expense" in line for line in lines)


def test_sectors_by_name_or_code() -> None:
    assert sector_code("Information Technology") == sector_code("Technology") == 45
    assert sector_code("2010") == 2010
    assert sector_code("Cash and/or Derivatives") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tables: []\n", "no table is prices"),
        ("tables:\n  - {table: prices, file: gone.csv, columns: {ticker: T}}\n", "no file 'gone.csv'"),
        ("tables:\n  - {table: prices, file: px.csv, columns: {ticker: Symbl}}\n", "no column 'Symbl'"),
        ("tables:\n  - {table: prices, file: px.csv, columns: {tickr: Symbol}}\n", "tickr is no column"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused_in_words(raw: Path, text: str, said: str) -> None:
    _prices().to_csv(raw / "px.csv", index=False)
    (raw / "import.yaml").write_text(text)
    with pytest.raises((ConfigError, ImportRefused), match=said):
        import_mapped(raw, raw / "import.yaml", raw.parent / "market")


def test_a_folder_without_prices_and_a_mapping_that_is_there_are_refused(raw: Path) -> None:
    with pytest.raises(ImportRefused, match="no file ends in"):
        template(raw)
    (raw / "a.csv").write_text("Ticker,Name\nA,B\n")
    with pytest.raises(ImportRefused, match="a ticker, a date and a close"):
        template(raw)
    _prices().to_csv(raw / "px.csv", index=False)
    write_template(raw)
    with pytest.raises(ImportRefused, match="is there already"):
        write_template(raw)
