"""Units by column, months by row, tickers by file: what headers, cells and names of files say of a user's tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from active_edge.errors import ConfigError, ImportRefused
from active_edge.market import open_market
from active_edge.market.intake.mapping.apply import import_mapped
from active_edge.market.intake.mapping.periods import months_said
from active_edge.market.intake.mapping.template import template, write_template
from active_edge.market.intake.mapping.words import letters, scale_of
from active_edge.sessions import sessions_between

DAYS = sessions_between("2014-01-02", "2015-12-31")


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    (tmp_path / "raw").mkdir()
    return tmp_path / "raw"


def _closes(name: str = "AAA", **more: object) -> pd.DataFrame:
    rows = [{"Ticker": name, "Date": day.date(), "Close": 10 + 0.01 * i, **more} for i, day in enumerate(DAYS)]
    return pd.DataFrame(rows)


def _write(folder: Path, columns: Mapping[str, Sequence[object]], name: str = "figures.csv") -> None:
    pd.DataFrame(columns).to_csv(folder / name, index=False)


def _import(folder: Path) -> str:
    path, text = write_template(folder, force=True)
    import_mapped(folder, path, folder.parent / "market")
    return text


def _table(folder: Path, name: str) -> pd.DataFrame:
    return duckdb.sql(f"FROM read_parquet('{open_market(folder.parent / 'market').table(name)}')").df()


def _values(folder: Path) -> dict[tuple[str, int], float]:
    stored = _table(folder, "facts")
    return {
        (str(i), int(m)): float(v) for i, m, v in zip(stored["item"], stored["months"], stored["value"], strict=True)
    }


QUARTER = {"Ticker": ["AAA"], "Period End": ["2014-03-31"], "Filed": ["2014-05-10"]}


def test_units_are_those_of_each_header(raw: Path) -> None:
    _closes().to_csv(raw / "px.csv", index=False)
    told = {"Revenue ($ millions)": [100.5], "Total Assets ($ thousands)": [50_000], "EPS Diluted": [0.55]}
    _write(raw, QUARTER | told | {"Shares Outstanding (millions)": [12.5]})
    assert "      total_assets: 1000.0  # guess" in _import(raw)
    assert _values(raw) == {
        ("revenue", 3): 100_500_000.0,
        ("total_assets", 0): 50_000_000.0,
        ("eps_diluted", 3): 0.55,
        ("shares_outstanding", 0): 12_500_000.0,
    }


def test_a_header_of_money_without_a_unit_beside_some_with_one_is_remarked(raw: Path) -> None:
    _closes().to_csv(raw / "px.csv", index=False)
    _write(raw, QUARTER | {"Revenue ($ millions)": [1], "Net Income": [2], "Market Cap ($B)": [3]})
    text = template(raw)
    assert "# Net Income: no unit in the header, read in `unit` (1)" in text
    assert "# not read: Market Cap ($B)" in text


def test_the_unit_of_long_facts_is_of_money_alone_whatever_an_item_is_called(raw: Path) -> None:
    _closes().to_csv(raw / "px.csv", index=False)
    items = {
        "Total Revenue": 100.5,
        "Diluted EPS": 0.55,
        "shares_diluted": 12.6e6,
        "CommonStockSharesOutstanding": 12e6,
    }
    long = {name: cells * len(items) for name, cells in QUARTER.items()}
    _write(raw, long | {"months": [3, 3, 3, 0], "item": list(items), "Value (in millions)": list(items.values())})
    assert "unit: 1000000.0  # guess" in _import(raw)
    assert _values(raw) == {
        ("revenue", 3): 100_500_000.0,
        ("eps_diluted", 3): 0.55,
        ("shares_diluted", 3): 12_600_000.0,
        ("shares_outstanding", 0): 12_000_000.0,
    }


def test_a_unit_of_long_values_and_of_what_is_no_number_are_refused(raw: Path) -> None:
    _closes().to_csv(raw / "px.csv", index=False)
    path, text = write_template(raw)
    for wrong, said in (("session: 10", "must be above 0 and of a column of numbers"), ("close: -1", "above 0")):
        path.write_text(text + f"    units:\n      {wrong}.0\n", encoding="utf-8")
        with pytest.raises(ConfigError, match=said):
            import_mapped(raw, path, raw.parent / "market")


def test_years_and_quarters_of_one_file_keep_their_months(raw: Path) -> None:
    _closes().to_csv(raw / "px.csv", index=False)
    told = {
        "Fiscal Period": ["Q1", "H1", "9M", "FY"],
        "Period End": ["2014-03-31", "2014-06-30", "2014-09-30", "2014-12-31"],
    }
    filed = {"Filed": ["2014-05-10", "2014-08-10", "2014-11-10", "2015-03-10"]}
    _write(raw, {"Ticker": ["AAA"] * 4} | told | filed | {"Revenue": [1e8, 2e8, 3e8, 4e8], "Total Assets": [5e8] * 4})
    assert 'period: "Fiscal Period"  # guess' in _import(raw)
    flows = {key: value for key, value in _values(raw).items() if key[0] == "revenue"}
    assert flows == {("revenue", 3): 1e8, ("revenue", 6): 2e8, ("revenue", 9): 3e8, ("revenue", 12): 4e8}
    assert {months for item, months in _values(raw) if item == "total_assets"} == {0}


def test_a_period_nobody_knows_is_refused_with_file_and_row(raw: Path) -> None:
    _closes().to_csv(raw / "px.csv", index=False)
    two = {name: cells * 2 for name, cells in QUARTER.items()}
    _write(raw, two | {"Fiscal Period": ["Q1", "P5"], "Revenue": [1, 2]})
    path, _ = write_template(raw)
    with pytest.raises(ImportRefused, match=r"figures\.csv: column 'Fiscal Period': row 2 .* 'P5'; understood are FY"):
        import_mapped(raw, path, raw.parent / "market")


@pytest.mark.parametrize(
    ("cell", "months"),
    [("FY", 12), ("FY 2014", 12), ("Annual", 12), ("Q", 3), ("Q4 2014", 3), ("2014-Q2", 3), ("H1", 6), ("6M", 6),
     ("9M", 9), ("TTM", 12), ("2014", None), ("YTD", None)],
)  # fmt: skip
def test_periods_by_their_words(cell: str, months: int | None) -> None:
    assert months_said(cell) == months


def test_volume_in_thousands_and_returns_in_percent_are_read_by_their_headers(raw: Path) -> None:
    frame = _closes(**{"Volume (000s)": 372.5})
    frame["Total Return (%)"] = (frame["Close"].pct_change() * 100).round(6)
    frame.to_csv(raw / "px.csv", index=False)
    text = _import(raw)
    assert "volume: 1000.0  # guess" in text
    assert "total_return: 0.01  # guess" in text
    stored = _table(raw, "prices").sort_values("session")
    assert set(stored["volume"]) == {372_500}
    assert stored["total_return"].iloc[1] == pytest.approx(0.001)


def test_returns_in_percent_that_no_header_tells_are_refused_with_file_header_and_remedy(raw: Path) -> None:
    frame = _closes()
    frame["Close"] = 10 + frame.index % 2
    frame["Return"] = (frame["Close"].pct_change() * 100).round(6)
    frame.to_csv(raw / "px.csv", index=False)
    path, _ = write_template(raw)
    with pytest.raises(ImportRefused, match=r"(?s)percent.*prices\.total_return is column 'Return' of px\.csv.*0\.01"):
        import_mapped(raw, path, raw.parent / "market")


def test_the_name_of_a_file_is_the_ticker_where_no_column_is(raw: Path) -> None:
    for name in ("AAA", "BRK-B", "AAC"):
        _closes().drop(columns="Ticker").to_csv(raw / f"{name}.csv", index=False)
    _write(raw, QUARTER | {"Revenue": [1e8]}, name="figures_2014.csv")
    text = _import(raw)
    assert 'file: "[A-Z]*.csv"\n' in text
    assert 'ticker_of_file: "{ticker}.csv"  # guess' in text
    assert {str(one) for one in open_market(raw.parent / "market").assets} == {"AAA", "BRK-B", "AAC"}


def test_words_around_a_ticker_in_names_of_files_are_no_part_of_it(raw: Path) -> None:
    for name in ("AAA", "AAB"):
        _closes().drop(columns="Ticker").to_csv(raw / f"prices_{name}_daily.csv", index=False)
    assert 'ticker_of_file: "prices_{ticker}_daily.csv"' in _import(raw)
    assert {str(one) for one in open_market(raw.parent / "market").assets} == {"AAA", "AAB"}


def test_years_of_one_table_are_no_tickers(raw: Path) -> None:
    for year in ("2014", "2015"):
        _closes().drop(columns="Ticker").to_csv(raw / f"prices_{year}.csv", index=False)
    with pytest.raises(
        ImportRefused, match=r"Known: session .Date., close .Close.\. Missing for prices: ticker or asset"
    ):
        template(raw)


def test_a_matrix_of_days_and_tickers_is_read_and_its_empty_cells_are_no_prices(raw: Path) -> None:
    frame = pd.DataFrame({"Date": DAYS.date, "AAA": 10.5, "BRK.B": 20.25})
    frame["AAA"] += 0.01 * frame.index
    frame.loc[0, "BRK.B"] = None
    frame.to_csv(raw / "closes.csv", index=False)
    assert "matrix: close  # guess" in _import(raw)
    stored = _table(raw, "prices").sort_values("session").groupby("asset")["close"]
    assert stored.first().to_dict() == {"AAA": 10.5, "BRK.B": 20.25}
    assert stored.size().to_dict() == {"AAA": len(DAYS), "BRK.B": len(DAYS) - 1}


def test_a_table_without_period_ends_is_told_what_is_known_and_what_is_missing(raw: Path) -> None:
    _closes().to_csv(raw / "px.csv", index=False)
    _write(raw, {"Ticker": ["AAA"], "Fiscal Year": [2013], "Revenue": [1e8]})
    said = "# figures.csv: left out. Known: ticker (Ticker), revenue (Revenue). Missing for facts: period_end"
    assert said in template(raw)


def test_billions_are_a_unit() -> None:
    assert scale_of("Revenue (USD bn)") == 1e9
    assert letters("Revenue (USD bn)") == "revenue"


def test_sectors_in_a_file_of_industries_are_joined_to_companies(raw: Path) -> None:
    _closes().to_csv(raw / "px.csv", index=False)
    companies = {"Ticker": ["AAA"], "Company Name": ["A Inc"], "IndustryId": [100001]}
    pd.DataFrame(companies).to_csv(raw / "companies.csv", index=False, sep=";")
    industries = {"IndustryId": [100001, 100002], "Industry": ["Software", "Oil"], "Sector": ["Technology", "Energy"]}
    pd.DataFrame(industries).to_csv(raw / "industries.csv", index=False, sep=";")
    text = _import(raw)
    assert "by: IndustryId  # guess" in text
    assert "industries.csv: left out" not in text
    assert _values(raw) == {("gics", 0): 45.0}
