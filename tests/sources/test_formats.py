"""Readers of the smaller formats: hand-made bodies with known answers, recorded ones, and what must be refused."""

import datetime as dt
import json
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from active_edge.errors import SourceFormatError
from active_edge.filings.zips import check_zip, open_zip, read_member
from active_edge.sources.sec import edgar_index, form345, fsds, nport
from active_edge.sources.sec.xml_bodies import parse_xml
from active_edge.sources.vendors import fred, ishares, kenfrench, nasdaq, yahoo

from . import bodies, sec_bodies


class TestFred:
    def test_missing_is_left_out_in_both_spellings(self) -> None:
        new = fred.parse(b"observation_date,DGS10\n2020-12-24,0.94\n2020-12-25,\n2020-12-28,0.95\n", where="t")
        old = fred.parse(b"DATE,DGS10\n2020-12-24,0.94\n2020-12-25,.\n2020-12-28,0.95\n", where="t")
        pd.testing.assert_frame_equal(new, old)
        assert new["value"].tolist() == [0.94, 0.95]
        assert (new["filed"] - new["date"]).dt.days.tolist() == [1, 1]

    @pytest.mark.parametrize(
        "text",
        [
            b"",
            b"<html><body>busy</body></html>",
            b"when,DGS10\n2020-01-01,1\n",
            b"observation_date,OTHER\n2020-01-01,1\n",
            b"observation_date,DGS10\n01/02/2020,1\n",
            b"observation_date,DGS10\n2020-01-02,1\n2020-01-01,1\n",
            b"observation_date,DGS10\n2020-01-01,one\n",
            b"observation_date,DGS10\n2020-01-01,nan\n",
            b"observation_date,DGS10\n2020-01-01,1,2\n",
        ],
    )
    def test_anything_else_is_refused(self, text: bytes) -> None:
        with pytest.raises(SourceFormatError, match="fred/x"):
            fred.parse(text, where="fred/x", expected="DGS10")

    @pytest.mark.realdata
    def test_recorded_files(self, recorded: Path) -> None:
        ten = fred.parse((recorded / "fred" / "DGS10.csv").read_bytes(), where="t", expected="DGS10")
        assert ten.set_index("date")["value"].loc["2025-11-26"] == 4.00
        assert pd.Timestamp("2025-11-11") not in set(ten["date"])
        two = fred.parse((recorded / "fred" / "fredgraph_FEDFUNDS_MORTGAGE30US.csv").read_bytes(), where="t")
        assert set(two["series"]) == {"FEDFUNDS", "MORTGAGE30US"}


class TestKenFrench:
    def test_only_the_first_monthly_block_is_read(self) -> None:
        library = kenfrench.FILES["25_Portfolios_ME_OP_5x5"]
        found = kenfrench.parse(bodies.PORTFOLIOS, library=library, where="t")
        assert found["value"].tolist() == [-0.06, -0.045, 0.0125]
        assert found["date"].dt.strftime("%Y-%m-%d").tolist() == ["2023-09-30", "2023-10-31", "2023-09-30"]
        assert found["filed"].iloc[0] == pd.Timestamp("2023-10-31")

    @pytest.mark.parametrize(
        "text", [b"", b"no header", b"\n,A,B\n20200101, 1.0\n", b"\n,A\n20200101, x\n", b"\n,A\n20200101, 9999\n"]
    )
    def test_anything_else_is_refused(self, text: bytes) -> None:
        with pytest.raises(SourceFormatError):
            kenfrench.parse(text, library=kenfrench.Library(daily=True), where="t")

    @pytest.mark.realdata
    def test_recorded_files_agree_with_the_tables_made_from_them(self, recorded: Path, shared_data: Path) -> None:
        import duckdb

        name = "F-F_Research_Data_5_Factors_2x3_daily"
        found = kenfrench.parse_zip(recorded / "kenfrench" / f"{name}_CSV.zip", name=name, where="t")
        wide = found.pivot(index="date", columns="series", values="value")
        table = duckdb.sql(f"SELECT * FROM '{shared_data}/series/ff5_daily.parquet' ORDER BY session").df()
        np.testing.assert_allclose(wide["RMW"].to_numpy() * 100, table["RMW"].to_numpy(), atol=1e-9)
        assert len(wide) == len(table)
        momentum = kenfrench.parse_zip(
            recorded / "kenfrench" / "F-F_Momentum_Factor_daily_CSV.zip", name="F-F_Momentum_Factor_daily", where="t"
        )
        assert momentum.set_index("date")["value"].loc["2025-10-31"] == -0.0051
        assert set(momentum["series"]) == {"MOM"}


class TestIshares:
    def test_equities_only_and_the_files_own_date(self) -> None:
        found = ishares.parse(sec_bodies.HOLDINGS, where="t")
        assert found.as_of == pd.Timestamp("2023-11-10")
        assert found.equities["ticker"].tolist() == ["ALFA", "QQQQ"]
        assert found.equities["weight"].tolist() == [0.6, 0.39]

    @pytest.mark.parametrize("cut", ["Fund Holdings as of", "Ticker,", "Asset Class", "Nov 10, 2023"])
    def test_changed_columns_are_refused(self, cut: str) -> None:
        with pytest.raises(SourceFormatError):
            ishares.parse(sec_bodies.HOLDINGS.replace(cut.encode(), b"Changed"), where="t")

    @pytest.mark.realdata
    def test_recorded_file(self, recorded: Path) -> None:
        found = ishares.parse((recorded / "ishares" / "IWM_holdings_2026-05-05.csv").read_bytes(), where="t")
        assert found.as_of == pd.Timestamp("2026-05-05")
        assert 1900 < len(found.equities) < 2050
        assert found.other_rows > 0
        assert found.equities["weight"].sum() == pytest.approx(1.0, abs=0.02)
        assert found.equities.set_index("ticker").loc["BE", "weight"] == pytest.approx(0.0193)


class TestNasdaq:
    def test_tests_are_left_out_and_types_told(self) -> None:
        found = nasdaq.parse(sec_bodies.OTHER_LISTED, name="otherlisted", where="t")
        kinds = dict(zip(found.listings["symbol"], found.listings["security_type"], strict=True))
        assert kinds == {"BETA": "common", "BETB": "common", "BETW": "warrant", "IWM": "etf"}
        assert nasdaq.parse(sec_bodies.NASDAQ_LISTED, name="nasdaqlisted", where="t").tests == 1
        assert found.created == dt.datetime(2023, 11, 13, 21, 31)

    def test_a_cut_off_file_and_changed_columns_are_refused(self) -> None:
        with pytest.raises(SourceFormatError, match="cut off"):
            nasdaq.parse(sec_bodies.OTHER_LISTED[:200], name="otherlisted", where="t")
        with pytest.raises(SourceFormatError, match="are gone"):
            nasdaq.parse(sec_bodies.OTHER_LISTED.replace(b"Test Issue", b"Tested"), name="otherlisted", where="t")

    @pytest.mark.parametrize(
        ("name", "kind"),
        [
            ("Alcoa Corporation Common Stock ", "common"),
            ("Ares Acquisition Corporation II Class A Ordinary Shares", "spac"),
            ("ATA Creativity Global - American Depositary Shares, each representing two common shares", "adr"),
            ("AACT Units, each consisting of one Class A ordinary share", "unit"),
            ("X Corp. 5.625% Senior Notes due 2026", "debt"),
            ("X Corp 7% Series A Cumulative Preferred Stock", "preferred"),
            ("United Rentals, Inc. Common Stock", "common"),
            ("Something plain", None),
        ],
    )
    def test_the_directory_name_states_the_type(self, name: str, kind: str | None) -> None:
        assert nasdaq.security_type(name, "N") == kind

    @pytest.mark.realdata
    def test_recorded_files_and_the_page_saved_as_one(self, recorded: Path) -> None:
        listed = nasdaq.parse((recorded / "nasdaq" / "nasdaqlisted.txt").read_bytes(), name="nasdaqlisted", where="t")
        other = nasdaq.parse((recorded / "nasdaq" / "otherlisted.txt").read_bytes(), name="otherlisted", where="t")
        assert len(listed.listings) > 4500
        assert len(other.listings) > 6000
        assert listed.tests + other.tests > 10
        both = pd.concat([listed.listings, other.listings]).set_index("symbol")
        assert both.loc["AAON", ["exchange", "security_type"]].tolist() == ["NASDAQ", "common"]
        assert both.loc["AACT", "exchange"] == "NYSE"
        assert both["security_type"].isna().mean() < 0.1
        page = (recorded / "negative" / "nasdaqtrader_404_page_saved_as_nasdaqlisted.txt").read_bytes()
        with pytest.raises(SourceFormatError, match="Page Not Available"):
            nasdaq.parse(page, name="nasdaqlisted", where="t")


class TestEdgarIndex:
    def test_a_long_name_that_pushes_the_columns_is_read(self) -> None:
        name = "A COMPANY WHOSE NAME IS MUCH LONGER THAN THE COLUMN THAT WAS MADE FOR IT INC /DE/"
        text = sec_bodies.form_index(("10-K", name, 1234567, "20200318", "edgar/data/1234567/0001104659-20-034321.txt"))
        (line,) = edgar_index.parse_form_index(text, where="t")
        assert (line.form, line.company, line.cik) == ("10-K", name, 1234567)
        assert (line.filed, line.accession) == (dt.date(2020, 3, 18), "0001104659-20-034321")

    def test_a_line_that_is_none_is_named_with_its_number(self) -> None:
        text = sec_bodies.form_index(("10-K", "X", 1, "2020-13-18", "edgar/data/1/x.txt"))
        with pytest.raises(SourceFormatError, match="t:5"):
            list(edgar_index.parse_form_index(text, where="t"))

    @pytest.mark.realdata
    def test_recorded_indexes(self, recorded: Path) -> None:
        folder = recorded / "sec_index"
        day = list(edgar_index.parse_form_index((folder / "form.20200318.idx").read_bytes(), where="t"))
        assert len(day) == 4084
        assert max(line.filed for line in day) == dt.date(2020, 3, 18)
        assert all(line.accession for line in day)
        assert list(edgar_index.parse_form_index((folder / "empty-form.idx").read_bytes(), where="t")) == []
        assert len(list(edgar_index.parse_form_index((folder / "badform.idx.txt").read_bytes(), where="t"))) == 10
        old = list(edgar_index.parse_master_index((folder / "master.idx").read_bytes(), where="t"))
        assert old[1].company == "BETHLEHEM STEEL CORP /DE/"
        new = list(edgar_index.parse_master_index((folder / "master.20181231.idx").read_bytes(), where="t"))
        assert new[0].cik == 1000228

    @pytest.mark.realdata
    def test_recorded_submissions_and_tickers(self, recorded: Path) -> None:
        read = edgar_index.parse_submissions
        carbo = read((recorded / "sec_submissions" / "CIK0001009672.json").read_bytes(), where="t")
        assert (carbo.cik, carbo.sic, carbo.tickers) == (1009672, 3290, ())  # it left, so it shows no ticker
        assert carbo.older_pages == ("CIK0001009672-submissions-001.json",)
        assert any(f[0] == "0001564590-18-004771" and f[1] == "10-K" for f in carbo.filings)
        page = read((recorded / "sec_submissions" / carbo.older_pages[0]).read_bytes(), where="t")
        assert page.filings
        listed = edgar_index.parse_tickers(
            (recorded / "sec_tickers" / "company_tickers_exchange.json").read_bytes(), where="t"
        )
        assert next(row for row in listed if row.ticker == "AAPL").exchange == "NASDAQ"
        assert 1009672 not in {row.cik for row in listed}
        assert edgar_index.parse_tickers((recorded / "sec_tickers" / "company_tickers.json").read_bytes(), where="t")


class TestDataSets:
    @pytest.mark.parametrize(
        ("instance", "ticker"),
        [
            ("crr-20171231.xml", "CRR"),
            ("aapl-20240928_htm.xml", "AAPL"),
            ("ae-20181231_htm.xml", "AE"),
            ("crr-10k_20171231_htm.xml", "CRR"),
            ("upxi_10k_htm.xml", "UPXI"),
            ("form10k_htm.xml", None),
            ("d123456d10k_htm.xml", None),
            ("", None),
        ],
    )
    def test_the_instance_name_holds_the_ticker_of_the_time(self, instance: str, ticker: str | None) -> None:
        assert fsds.ticker_of_instance(instance) == ticker

    def quarter(self, *rows: tuple) -> list[tuple]:
        found = fsds.Quarter()
        known = ("a", 1, "X", 3571, "10-K", "20211231", "20220301", "x-20211231.xml")
        fsds.parse_sub(sec_bodies.sub(known), found, where="t")
        fsds.parse_num(iter([sec_bodies.num(*rows)]), found, where="t")
        return [(row[4], row[9]) for row in fsds.rows(found)]

    def test_members_are_never_summed_and_americas_is_not_the_united_states(self) -> None:
        total = ("a", "Revenues", "20211231", 4, "", "100")
        assert self.quarter(total, ("a", "Revenues", "20211231", 4, "Geographical=Americas;", "80")) == []
        us = ("a", "Revenues", "20211231", 4, "Geographical=US;", "60")
        assert self.quarter(total, us, ("a", "Revenues", "20211231", 4, "Geographical=NorthAmerica;", "70")) == [
            (0.6, "high")
        ]

    def test_a_consolidation_axis_may_stand_beside_and_no_other(self) -> None:
        total = ("a", "Revenues", "20211231", 4, "", "100")
        beside = ("a", "Revenues", "20211231", 4, "ConsolidationItems=OperatingSegments;Geographical=US;", "60")
        product = ("a", "Revenues", "20211231", 4, "Geographical=US;ProductOrService=Mac;", "50")
        assert self.quarter(total, beside) == [(0.6, "high")]
        assert self.quarter(total, product) == []

    def test_a_comparative_or_an_impossible_share_is_left_out(self) -> None:
        old = [("a", "Revenues", "20201231", 4, "", "100"), ("a", "Revenues", "20201231", 4, "Geographical=US;", "60")]
        assert self.quarter(*old) == []
        more = [
            ("a", "Revenues", "20211231", 4, "", "100"),
            ("a", "Revenues", "20211231", 4, "Geographical=US;", "160"),
        ]
        assert self.quarter(*more) == []

    @pytest.mark.parametrize(
        ("detail", "tag", "shares"),
        [(1, "Assets", [0.9]), (0, "Assets", []), (1, "ForeignIncomeTaxExpenseBenefitContinuingOperations", [])],
    )
    def test_absence_of_foreign_tags_says_something_only_where_notes_are_tagged(self, detail, tag, shares) -> None:
        found = fsds.Quarter()
        row = ("a", 1, "X", 3571, "10-K", "20211231", "20220301", "x-20211231.xml")
        fsds.parse_sub(sec_bodies.sub(row, detail=detail), found, where="t")
        lines = [("a", "Revenues", "20211231", 4, "", "100"), ("a", tag, "20211231", 4, "", "1")]
        fsds.parse_num(iter([sec_bodies.num(*lines)]), found, where="t")
        assert [s.value for s in found.shares] == shares

    def test_copies_without_segments_say_nothing_of_geography(self) -> None:
        found = fsds.Quarter()
        header = b"adsh\ttag\tversion\tcoreg\tddate\tqtrs\tuom\tvalue\tfootnote\n"
        fsds.parse_num(iter([header + b"a\tRevenues\tus-gaap/2020\t\t20211231\t4\tUSD\t100\t\n"]), found, where="t")
        assert not found.segments
        assert found.shares == []

    def test_changed_columns_are_refused(self) -> None:
        with pytest.raises(SourceFormatError, match="'cik'"):
            fsds.parse_sub(sec_bodies.sub().replace(b"cik", b"kic"), fsds.Quarter(), where="t")

    @pytest.mark.realdata
    def test_apple_2024_earned_36_percent_at_home(self, recorded: Path) -> None:
        folder = recorded / "sec_fsds" / "2024q4_apple_excerpt"
        found = fsds.Quarter()
        fsds.parse_sub((folder / "sub.txt").read_bytes(), found, where="t")
        fsds.parse_num(iter([(folder / "num.txt").read_bytes()]), found, where="t")
        (row,) = fsds.rows(found)
        assert row[4] == 142_196 / 391_035
        assert row[5] == "2024-11-01"

    @pytest.mark.realdata
    def test_the_whole_recorded_quarter_is_read(self, recorded: Path) -> None:
        found = fsds.read_quarter(recorded / "sec_fsds" / "2009q3.zip", where="t")
        assert len(found.filings) == 435
        assert sum(f.ticker is not None for f in found.filings) > 400
        assert {f.filed.year for f in found.filings} == {2009}
        old = fsds.Quarter()
        text = (recorded / "sec_fsds" / "old_format" / "num_apple_10k_2020_q4.txt").read_bytes()
        fsds.parse_num(iter([text]), old, where="t")
        assert not old.segments


class TestInsiders:
    @pytest.mark.parametrize(
        ("text", "symbol"),
        [
            ("VLTO", "VLTO"),
            ("(CALX)", "CALX"),
            ("NONE", None),
            ("", None),
            ("nyse: abc", "ABC"),
            ("BRK.A, BRK.B", "BRK.A"),
            ("N/A", None),
        ],
    )
    def test_symbols_are_cleaned(self, text: str, symbol: str | None) -> None:
        assert form345.clean_symbol(text) == symbol

    @pytest.mark.parametrize(
        ("text", "flag"), [("0", False), ("false", False), ("1", True), ("true", True), ("", None)]
    )
    def test_booleans_come_in_two_spellings(self, text: str, flag: bool | None) -> None:
        assert form345.parse_flag(text) is flag

    def stakes(self, **tables: list[str]) -> list[tuple]:
        parsed = form345.parse_tables(sec_bodies.insider_tables(**tables), where="t")
        return list(form345.stakes(form345.events(parsed)))

    def test_the_filing_date_counts_and_never_the_transactions(self) -> None:
        (row,) = self.stakes(
            SUBMISSION=["a|20-MAR-2022|01-JAN-2020|4|7|X|X"],
            REPORTINGOWNER=["a|1|Doe|Director"],
            NONDERIV_TRANS=["a|Common Stock|01-JAN-2020|30|D|"],
        )
        assert row[:3] == (7, dt.date(2022, 3, 20), 30.0)

    def test_joint_filers_are_counted_once_and_ten_percent_holders_not(self) -> None:
        assert [r[2] for r in self.stakes(
            SUBMISSION=["a|20-MAR-2022||4|7|X|X", "b|21-MAR-2022||4|7|X|X"],
            REPORTINGOWNER=[
                *("a|1|Doe|Director", "a|2|Doe Fund|TenPercentOwner", "a|3|Roe|Director"),
                "b|4|Big|TenPercentOwner",
            ],
            NONDERIV_TRANS=["a|Common Stock|19-MAR-2022|30|D|", "b|Common Stock|19-MAR-2022|900|D|"],
        )] == [30.0]  # fmt: skip

    def test_the_last_holding_of_each_line_stands(self) -> None:
        found = self.stakes(
            SUBMISSION=["a|20-MAR-2022||4|7|X|X", "b|20-APR-2022||4|7|X|X"],
            REPORTINGOWNER=["a|1|Doe|Officer", "b|1|Doe|Officer"],
            NONDERIV_TRANS=[
                "a|Common Stock|18-MAR-2022|30|D|",
                "a|Common Stock|19-MAR-2022|25|D|",
                "b|Common Stock|19-APR-2022|20|D|",
                "b|Employee Stock Option|19-APR-2022|500|D|",
            ],
            NONDERIV_HOLDING=["a|Common Stock|10|I|By Trust"],
        )
        assert [r[2] for r in found] == [35.0, 30.0]

    def test_a_person_silent_for_two_years_has_left(self) -> None:
        found = self.stakes(
            SUBMISSION=["a|20-MAR-2019||4|7|X|X", "b|20-APR-2022||4|7|X|X"],
            REPORTINGOWNER=["a|1|Doe|Officer", "b|2|Roe|Director"],
            NONDERIV_TRANS=["a|Common Stock|18-MAR-2019|30|D|", "b|Common Stock|19-APR-2022|5|D|"],
        )
        assert [r[2] for r in found] == [30.0, 5.0]

    def test_quotation_marks_are_characters(self) -> None:
        (row,) = self.stakes(
            SUBMISSION=["a|20-MAR-2022||4|7|X|X"],
            REPORTINGOWNER=["a|1|Doe \"Jim|Officer"],
            NONDERIV_TRANS=['a|Common Stock "A|18-MAR-2022|30|D|'],
        )  # fmt: skip
        assert row[2] == 30.0

    def test_a_sum_above_the_shares_outstanding_gives_no_share(self) -> None:
        day = dt.date(2022, 3, 20)
        counts = {7: [("2022-03-01", 100.0)]}
        assert form345.rows([(7, day, 40.0, "a")], counts)[0][4] == 0.4
        assert form345.rows([(7, day, 140.0, "a")], counts) == []
        assert form345.rows([(7, dt.date(2022, 2, 1), 40.0, "a")], counts) == []  # the count was not yet filed

    @pytest.mark.slow
    @pytest.mark.realdata
    @pytest.mark.parametrize("name", ["2024q3", "2025q2_excerpt"])
    def test_recorded_sets_are_read(self, recorded: Path, name: str) -> None:
        folder = recorded / "sec_form345_dataset" / name
        tables = {t: (folder / f"{t}.tsv").read_bytes() for t in form345.NEEDED if (folder / f"{t}.tsv").exists()}
        found = form345.parse_tables(tables, where=name)
        assert found.submissions
        assert sum(found.refused.values()) < 0.001 * sum(len(t.splitlines()) for t in tables.values())
        assert all(s.filed.year in (2024, 2025) for s in found.submissions.values())
        if name == "2024q3":
            assert len(found.submissions) == len(tables["SUBMISSION"].splitlines()) - 1
            assert found.submissions["0001967680-24-000113"].symbol == "VLTO"


class TestFundReports:
    def test_flows_by_month(self) -> None:
        flows = nport.parse_report(sec_bodies.nport_report("S1"), series="S1", where="t")
        assert [(f"{f.month_end:%Y-%m-%d}", f.net) for f in flows] == [("2022-01-31", 60.5), ("2022-03-31", -4.0)]

    @pytest.mark.parametrize("text", ["1e15", "much", "-inf", "nan"])
    def test_an_absurd_amount_is_refused(self, text: str) -> None:
        with pytest.raises(SourceFormatError):
            nport.parse_report(sec_bodies.nport_report("S1", sales=text), series="S1", where="t")

    def test_another_series_is_refused(self) -> None:
        with pytest.raises(SourceFormatError, match="S2"):
            nport.parse_report(sec_bodies.nport_report("S1"), series="S2", where="t")

    def test_an_entity_bomb_is_refused_without_being_opened(self) -> None:
        bomb = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><l>&b;</l>'
        with pytest.raises(SourceFormatError, match="entities"):
            nport.parse_report(bomb, series="S1", where="t")
        with pytest.raises(SourceFormatError):
            parse_xml(b"<a>" * 5000 + b"</a>" * 5000, where="t")

    def test_a_blank_first_line_is_survived(self) -> None:
        assert nport.parse_report(b"\n\n" + sec_bodies.nport_report("S1"), series="S1", where="t")


class TestYahoo:
    DAYS = ("2023-10-30", "2023-10-31", "2023-11-01", "2023-11-02")

    def test_a_split_is_undone_and_the_return_spans_it(self) -> None:
        text = bodies.chart("X", self.DAYS, [50.0, 51.0, 52.0, 53.0], splits={"2023-11-01": (4, 1)})
        rows = yahoo.parse(text, where="t").rows
        assert rows["close"].tolist() == [200.0, 204.0, 52.0, 53.0]
        assert rows["volume"].tolist() == [250.0, 250.0, 1000.0, 1000.0]
        assert rows["total_return"].iloc[2] == pytest.approx(52 / 51 - 1)

    def test_a_dividend_is_in_the_return_of_its_day(self) -> None:
        rows = yahoo.parse(bodies.chart("X", self.DAYS, [50.0] * 4, dividends={"2023-10-31": 1.0}), where="t").rows
        assert rows["total_return"].iloc[1:].tolist() == [0.02, 0.0, 0.0]

    def test_a_jump_by_a_whole_ratio_without_an_event_is_unknown_and_never_a_gain(self) -> None:
        chart = yahoo.parse(bodies.chart("X", self.DAYS, [1.0, 1.0, 10.1, 10.0]), where="t")
        assert np.isnan(chart.rows["total_return"].iloc[2])
        assert chart.suspected_splits == 1
        true_gain = yahoo.parse(bodies.chart("X", self.DAYS, [1.0, 1.0, 1.7, 1.7]), where="t")
        assert true_gain.rows["total_return"].iloc[2] == pytest.approx(0.7)

    def test_rows_without_a_close_are_left_out_and_the_next_return_spans_them(self) -> None:
        rows = yahoo.parse(bodies.chart("X", self.DAYS, [10.0, None, 11.0, 12.0]), where="t").rows
        assert len(rows) == 3
        assert rows["total_return"].iloc[1] == pytest.approx(0.1)

    def test_a_session_still_trading_is_left_out(self) -> None:
        period = {"regular": {"start": bodies.stamp(self.DAYS[-1], 14), "end": bodies.stamp(self.DAYS[-1], 21)}}
        noon = bodies.chart(
            "X",
            self.DAYS,
            [1.0, 1.0, 1.0, 1.0],
            currentTradingPeriod=period,
            regularMarketTime=bodies.stamp(self.DAYS[-1], 17),
        )
        assert len(yahoo.parse(noon, where="t").rows) == 3
        closed = bodies.chart(
            "X",
            self.DAYS,
            [1.0, 1.0, 1.0, 1.0],
            currentTradingPeriod=period,
            regularMarketTime=bodies.stamp(self.DAYS[-1], 21),
        )
        assert len(yahoo.parse(closed, where="t").rows) == 4

    def test_a_later_window_adds_only_later_sessions_in_its_own_split_basis(self) -> None:
        early = yahoo.parse(bodies.chart("X", self.DAYS[:3], [100.0, 102.0, 104.0]), where="t")
        late = yahoo.parse(
            bodies.chart("X", self.DAYS[1:], [51.0, 52.0, 53.0], splits={"2023-11-02": (2, 1)}), where="t"
        )
        rows = yahoo.join_windows([early, late])
        assert rows["close"].tolist() == [100.0, 102.0, 104.0, 53.0]
        assert rows["total_return"].iloc[-1] == pytest.approx(53 / 52 - 1)

    def test_without_an_overlap_the_first_new_return_is_unknown(self) -> None:
        early = yahoo.parse(bodies.chart("X", self.DAYS[:2], [100.0, 102.0]), where="t")
        late = yahoo.parse(bodies.chart("X", self.DAYS[2:], [51.0, 52.0]), where="t")
        assert yahoo.join_windows([early, late])["total_return"].isna().tolist() == [True, False, True, False]

    @pytest.mark.parametrize(
        "text",
        [
            b"",
            b"null",
            b'{"chart": {"result": null}}',
            bodies.NOT_FOUND,
            bodies.chart("X", DAYS, [1.0, 2.0, -3.0, 4.0]),
            bodies.chart("X", DAYS, [1.0, 2.0, 1e12, 4.0]),
            bodies.chart("X", DAYS[::-1], [1.0, 2.0, 3.0, 4.0]),
            bodies.chart("X", DAYS, [1.0, 2.0]),
            bodies.chart("X", DAYS, [1.0, 2.0, 3.0, 4.0], splits={DAYS[1]: (1, 0)}),
            bodies.chart("X", DAYS, [1.0, 2.0, 3.0, 4.0], exchangeTimezoneName="Mars/Olympus"),
        ],
    )
    def test_anything_else_is_refused(self, text: bytes) -> None:
        with pytest.raises(SourceFormatError, match="where-it-was"):
            yahoo.parse(text, where="where-it-was")

    def recorded_chart(self, recorded: Path, name: str) -> yahoo.Chart:
        document = json.loads((recorded / "yahoo" / name).read_bytes())
        return yahoo.parse(json.dumps(document["response"]["bodyJson"]).encode(), where=name)

    @pytest.mark.realdata
    def test_apple_paid_20_5_cents_on_2020_11_06(self, recorded: Path) -> None:
        rows = self.recorded_chart(recorded, "chart-AAPL-2020-08-31-to-2020-11-07.json").rows.set_index("session")
        assert rows.loc["2020-11-06", "close"] == 118.69
        assert rows.loc["2020-11-06", "total_return"] == pytest.approx((118.69 + 0.205) / 119.03 - 1, abs=1e-6)
        assert rows.loc["2020-08-31", "close"] == 129.04

    @pytest.mark.realdata
    def test_nvidia_before_its_split_of_2021_is_four_times_the_chart(self, recorded: Path) -> None:
        chart = self.recorded_chart(recorded, "historical-via-chart-NVDA-split-2021-02-01-to-2022-01-31.csv.json")
        rows = chart.rows.set_index("session")
        assert rows.loc["2021-07-19", "close"] / rows.loc["2021-07-20", "close"] == pytest.approx(4, abs=0.05)
        assert rows.loc["2021-07-20", "total_return"] == pytest.approx(-0.0089, abs=5e-4)
        assert chart.suspected_splits == chart.disagreements == 0

    @pytest.mark.realdata
    def test_charts_whose_lists_do_not_fit_or_are_empty(self, recorded: Path) -> None:
        for name in ("chart-notimestamp-quotes-length.fake.json", "chart-notimestamp-weird-quote.fake.json"):
            assert self.recorded_chart(recorded, name).rows.empty


class TestZips:
    def test_a_member_that_lies_about_its_size_is_stopped(self, tmp_path: Path) -> None:
        file = tmp_path / "a.zip"
        file.write_bytes(bodies.zipped(a__csv=b"x" * 10_000))
        with open_zip(file, where="t") as archive, pytest.raises(SourceFormatError, match="more than 100 bytes"):
            read_member(archive, "a.csv", where="t", max_bytes=100)

    def test_damage_inside_a_member_is_named(self, tmp_path: Path) -> None:
        file = tmp_path / "a.zip"
        text = bytearray(bodies.zipped(a__csv=bytes(range(256)) * 50))
        text[60:70] = b"\xff" * 10
        file.write_bytes(bytes(text))
        with open_zip(file, where="t") as archive, pytest.raises(SourceFormatError, match=r"a\.csv: damaged"):
            read_member(archive, "a.csv", where="t")

    def test_a_missing_member_names_what_is_there(self, tmp_path: Path) -> None:
        file = tmp_path / "a.zip"
        file.write_bytes(bodies.zipped(a__csv=b"x"))
        with open_zip(file, where="t") as archive, pytest.raises(SourceFormatError, match=r"it holds a\.csv"):
            read_member(archive, "b.csv", where="t")

    def test_an_encrypted_member_is_refused(self, tmp_path: Path) -> None:
        file = tmp_path / "a.zip"
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("a.csv", "x")
        text = bytearray(file.read_bytes())
        central = text.rfind(b"PK\x01\x02")
        text[central + 8] |= 1
        file.write_bytes(bytes(text))
        with pytest.raises(SourceFormatError, match="encrypted"):
            check_zip(file, where="t")


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files are listed where /proc is")
@pytest.mark.parametrize("read", [fsds.check_columns, fsds.read_quarter])
def test_a_zip_that_is_refused_is_closed_while_the_error_is_still_held(tmp_path, read):
    path = tmp_path / "2022q1.zip"
    path.write_bytes(bodies.zipped(sub__txt=sec_bodies.sub(), num__txt=b"adsh\ttag\n" * 9))
    with pytest.raises(SourceFormatError) as raised:
        read(path, where="t")
    assert path.resolve() not in [file.resolve() for file in Path("/proc/self/fd").iterdir()]
    assert "num.txt" in str(raised.value)
