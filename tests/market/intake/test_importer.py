"""Each kind of dirt: made by hand, imported, found by name, and harmless afterwards."""

import tempfile
import zipfile
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from active_edge.errors import ImportRefused
from active_edge.market import open_market
from active_edge.market.intake import importer as importer_module
from active_edge.market.intake.importer import import_folder
from active_edge.sessions import sessions_between

pytestmark = pytest.mark.slow

FORMS = ["csv", "parquet"]

SESSIONS = sessions_between("2020-01-02", "2020-04-09")


def securities(*assets, **columns):
    return pd.DataFrame({"asset": list(assets), "ticker": list(assets), **columns})


def price_rows(asset, closes, *, sessions=SESSIONS, **columns):
    """Rows for the first sessions; NaN closes are left out."""
    frame = pd.DataFrame({"asset": asset, "session": sessions[: len(closes)], "close": closes})
    for name, values in columns.items():
        frame[name] = values
    return frame[frame["close"].notna()]


def fact(asset, filed, value=1.0, *, item="revenue", months=3, period_end="2019-12-31", **more):
    return {
        "asset": asset,
        "item": item,
        "months": months,
        "period_end": period_end,
        "value": value,
        "filed": filed,
    } | more


def write_folder(folder, form="parquet", **tables):
    folder.mkdir(exist_ok=True)
    for name, frame in tables.items():
        if form == "csv":
            frame.to_csv(folder / f"{name}.csv", index=False)
        else:
            plain = frame.astype({c: object for c in frame if pd.api.types.is_string_dtype(frame[c].dtype)})
            for column in ("period_end", "filed", "date", "observed", "start", "end", "first_session", "last_session"):
                if column in plain:
                    plain[column] = pd.to_datetime(plain[column])
            duckdb.from_df(plain).write_parquet(str(folder / f"{name}.parquet"))
    return folder


def imported(tmp_path, form="parquet", **tables):
    source = write_folder(tmp_path / "source", form, **tables)
    report = import_folder(source, tmp_path / "market", created="2020-06-01")
    return report, open_market(tmp_path / "market")


def kinds(report):
    return {finding.kind: finding.count for finding in report.findings}


def column(market, asset, matrix):
    return matrix[:, market.assets.get_loc(asset)]


@pytest.mark.parametrize("form", FORMS)
def test_a_clean_folder_is_kept_whole_with_no_repair(tmp_path, form):
    report, market = imported(
        tmp_path,
        form,
        securities=securities("A", "B", sic=[3711, 2834]),
        prices=pd.concat([price_rows("A", [10, 11, 12], volume=[5, 6, 7]), price_rows("B", [1, 2, 1.5])]),
        facts=pd.DataFrame([fact("A", "2020-01-03", period_end="2019-11-30")]),
        series=pd.DataFrame({"series": "IWM", "date": SESSIONS[:3], "value": [1.0, 2.0, 3.0]}),
        members=pd.DataFrame({"index": "R", "asset": ["A"], "observed": ["2020-01-02"]}),
    )
    assert [f for f in report.findings if f.severity != "noted"] == [
        f
        for f in report.findings
        if "like a split" in f.kind or f.kind == "moves that may be a split, and nothing tells"
    ]
    assert report.rows_read == report.rows_kept == {"securities": 2, "prices": 6, "facts": 1, "series": 3, "members": 1}
    np.testing.assert_array_equal(column(market, "A", market.prices.close), [10, 11, 12])
    assert column(market, "A", market.prices.volume).tolist() == [5, 6, 7]
    assert market.securities.loc["B", "sic"] == 2834
    assert market.series("IWM").tolist() == [1, 2, 3]
    assert market.members("R", "2020-01-02").tolist() == [True, False]
    assert market.facts.of("revenue").known.tolist() == [1]


def test_parquet_and_csv_of_the_same_rows_are_the_same_snapshot(tmp_path):
    tables = {"securities": securities("A"), "prices": price_rows("A", [10.25, 11.5, 12])}
    first, _ = imported(tmp_path, "parquet", **tables)
    (tmp_path / "other").mkdir()
    second, _ = imported(tmp_path / "other", "csv", **tables)
    assert first.snapshot == second.snapshot


def test_rows_on_a_holiday_are_refused_and_returns_compounded_over_them(tmp_path):
    days = pd.to_datetime(["2020-01-17", "2020-01-20", "2020-01-21"])  # the 20th was Martin Luther King's day
    frame = price_rows("A", [10.0, 10.2, 10.5], sessions=days, total_return=[None, 0.02, 0.03])
    unknown = price_rows("B", [10.0, 10.2, 10.5], sessions=days, total_return=[None, None, 0.03])
    report, market = imported(tmp_path, securities=securities("A", "B"), prices=pd.concat([frame, unknown]))
    assert report.count("rows on days that are no XNYS sessions") == 2
    assert report.count("returns measured from a refused row") == 2
    assert market.sessions.tolist() == [days[0], days[2]]
    np.testing.assert_allclose(column(market, "A", market.prices.returns)[1], 1.02 * 1.03 - 1)
    np.testing.assert_allclose(column(market, "B", market.prices.returns)[1], 0.05)


@pytest.mark.parametrize("nothing", [0.0, -1.0, None])
def test_a_row_without_a_positive_close_is_refused_and_the_return_after_it_unknown(tmp_path, nothing):
    frame = price_rows("A", [10.0, 5.0, 11.0], total_return=[None, -1.0, 0.5])
    frame.loc[1, "close"] = nothing
    report, market = imported(tmp_path, securities=securities("A"), prices=frame)
    assert report.count("rows without a positive close") == 1
    np.testing.assert_allclose(column(market, "A", market.prices.returns), [np.nan, np.nan, 0.1])


def test_a_hole_of_twenty_sessions_is_one_asset_and_of_twenty_one_is_two(tmp_path):
    twenty = [10.0] + [np.nan] * 20 + [10.0]
    more = [10.0] + [np.nan] * 21 + [10.0]
    report, market = imported(
        tmp_path,
        securities=securities("SHORT", "LONG", "FULL"),
        prices=pd.concat([price_rows("SHORT", twenty), price_rows("LONG", more), price_rows("FULL", [1.0] * 23)]),
    )
    assert report.count("holes of more than 20 sessions") == 1
    assert market.assets.tolist() == ["FULL", "LONG", "LONG~2", "SHORT"]
    assert column(market, "LONG", market.prices.first[None]).tolist() == [0]
    assert column(market, "LONG", market.prices.last[None]).tolist() == [0]
    assert column(market, "LONG~2", market.prices.first[None]).tolist() == [22]


@pytest.mark.parametrize("day", ["2099-06-01", "2020-07-01"])
def test_one_row_with_a_date_far_behind_the_market_ends_no_other_asset(tmp_path, day):
    rows = [price_rows(asset, [10.0] * 60) for asset in ("A", "B")]
    stray = price_rows("B", [11.0], sessions=pd.to_datetime([day]))
    report, market = imported(tmp_path, securities=securities("A", "B"), prices=pd.concat([*rows, stray]))
    refused = next(f for f in report.findings if f.kind.startswith("rows after a hole"))
    assert refused.kind == "rows after a hole of more than 20 sessions in the whole market"
    assert (refused.severity, refused.count) == ("refused", 1)
    assert refused.examples == (f"B {day} close 11.0",)
    assert market.sessions.equals(SESSIONS[:60])
    assert market.assets.tolist() == ["A", "B"]
    assert market.securities["last_session"].isna().all()
    assert report.rows_kept["prices"] == 120


def test_a_market_that_goes_on_after_a_hole_is_kept_and_noted(tmp_path):
    closes = [10.0] * 40 + [np.nan] * 21 + [10.0] * 2
    report, market = imported(tmp_path, securities=securities("A"), prices=price_rows("A", closes))
    noted = next(f for f in report.findings if "whole market" in f.kind)
    assert (noted.severity, noted.count) == ("noted", 1)
    assert report.rows_kept["prices"] == 42
    assert market.assets.tolist() == ["A", "A~2"]


def reborn(tmp_path, **more):
    """X trades to session 2, is gone for 30 sessions, and comes back as another company to session 40."""
    closes = [10.0, 5.0, 0.1] + [np.nan] * 30 + [20.0] * 8
    told = [None, -0.5, -0.98] + [None] * 30 + [199.0] + [0.0] * 7
    return imported(
        tmp_path,
        securities=securities("X", "Y", cik=[7, 8], exit_reason=["merger", None], exit_return=[0.2, None]),
        prices=pd.concat([price_rows("X", closes, total_return=told), price_rows("Y", [1.0] * 60)]),
        **more,
    )


def test_no_return_is_chained_over_a_hole_even_where_one_is_told(tmp_path):
    _, market = reborn(tmp_path)
    assert np.isnan(column(market, "X~2", market.prices.returns)[33])
    assert column(market, "X~2", market.prices.total_return_index)[33] == 1.0
    np.testing.assert_allclose(column(market, "X", market.prices.total_return_index)[:3], [1, 0.5, 0.01])


def test_each_part_of_a_split_asset_has_its_own_listing_and_only_the_last_keeps_the_told_exit(tmp_path):
    _, market = reborn(tmp_path)
    rows = market.securities.loc[["X", "X~2"]]
    assert rows["ticker"].tolist() == ["X", "X"]
    assert rows["cik"].tolist() == [7, 7]
    assert rows["first_session"].tolist() == [SESSIONS[0], SESSIONS[33]]
    assert rows["last_session"].iloc[0] == SESSIONS[2]
    assert rows["exit_reason"].tolist() == ["unknown", "merger"]
    assert np.isnan(rows["exit_return"].iloc[0])
    assert rows["exit_return"].iloc[1] == 0.2


def test_facts_and_members_go_to_the_part_alive_when_they_were_known(tmp_path):
    end, hole, after = (f"{SESSIONS[i]:%F}" for i in (2, 10, 40))
    _, market = reborn(
        tmp_path,
        facts=pd.DataFrame(
            [
                fact("X", "2019-06-30", 1.0, period_end="2019-03-31"),
                fact("X", end, 2.0),
                fact("X", hole, 3.0),
                fact("X", "2020-12-01", 4.0),
            ]
        ),
        members=pd.DataFrame({"index": ["R", "R"], "asset": ["X", "X"], "observed": [end, after]}),
    )
    rows = market.facts.of("revenue")
    owners = dict(zip(rows.value.tolist(), market.assets[rows.asset], strict=True))
    assert owners == {1.0: "X", 2.0: "X", 3.0: "X~2", 4.0: "X~2"}
    assert market.assets[market.members("R", end)].tolist() == ["X"]
    assert market.assets[market.members("R", after)].tolist() == ["X~2"]


def test_a_membership_interval_over_a_hole_belongs_to_both_parts(tmp_path):
    interval = pd.DataFrame(
        {"index": "R", "asset": ["X", "Y"], "start": ["2019-01-01"] * 2, "end": [None, "2020-01-02"]}
    )
    _, market = reborn(tmp_path, members=interval)
    assert market.assets[market.members("R", SESSIONS[50])].tolist() == ["X", "X~2"]


def test_three_lives_are_three_assets(tmp_path):
    closes = ([1.0] + [np.nan] * 21) * 2 + [1.0]
    _, market = imported(
        tmp_path,
        securities=securities("X", "Y"),
        prices=pd.concat([price_rows("X", closes), price_rows("Y", [1.0] * 45)]),
    )
    assert market.assets.tolist() == ["X", "X~2", "X~3", "Y"]


def test_an_id_needed_for_a_split_that_is_taken_is_refused(tmp_path):
    closes = [1.0] + [np.nan] * 21 + [1.0]
    with pytest.raises(ImportRefused, match="'X~2'"):
        imported(
            tmp_path,
            securities=securities("X", "X~2"),
            prices=pd.concat([price_rows("X", closes), price_rows("X~2", [1.0])]),
        )


def test_a_large_return_that_contradicts_the_closes_is_unknown(tmp_path):
    closes = [4.56, 4.67, 0.37, 0.38, 100.0]
    told = [None, 466.0, -0.92, -0.93, -1.0]
    report, market = imported(tmp_path, securities=securities("A"), prices=price_rows("A", closes, total_return=told))
    assert report.count("returns beyond ±50 % that contradict the closes") == 3
    assert report.count("unknown returns beyond ±50 % or like a split") == 1
    expected = [np.nan, 4.67 / 4.56 - 1, -0.92, 0.38 / 0.37 - 1, 0.0]
    np.testing.assert_allclose(column(market, "A", market.prices.returns), expected)


def test_a_split_and_a_dividend_in_a_known_return_are_kept(tmp_path):
    frame = price_rows("A", [10.0, 5.2, 2.6], total_return=[None, 0.04, 0.45])
    report, market = imported(tmp_path, securities=securities("A"), prices=frame)
    assert report.count("returns within ±50 % that contradict the closes") == 1
    assert report.count("returns that tell a split from the closes") == 1
    np.testing.assert_allclose(column(market, "A", market.prices.returns), [np.nan, 0.04, 0.45])


def test_unknown_returns_are_counted_by_whether_they_were_chained(tmp_path):
    report, _ = imported(tmp_path, securities=securities("A"), prices=price_rows("A", [10.0, 11.0, 110.0, 111.0]))
    assert report.count("unknown returns chained as close/close") == 2
    assert report.count("unknown returns beyond ±50 % or like a split") == 1


def test_an_unknown_return_like_a_2_for_1_split_is_counted_as_one_not_chained(tmp_path):
    report, market = imported(tmp_path, securities=securities("A"), prices=price_rows("A", [10.0, 5.05, 2.9, 1.46]))
    assert report.count("unknown returns chained as close/close") == 1
    assert report.count("unknown returns beyond ±50 % or like a split") == 2 == len(market.prices.unchained)


def test_an_open_far_from_the_close_is_noted_and_kept(tmp_path):
    frame = price_rows("NEU", [396.66, 400.0, 400.0, 400.0], open=[39.80, 1200.5, 1200.0, None])
    report, market = imported(tmp_path, securities=securities("NEU"), prices=frame)
    noted = next(f for f in report.findings if f.kind == "opens beyond a factor of 3 of the close")
    assert (noted.severity, noted.count) == ("noted", 2)
    assert noted.examples[0] == "NEU 2020-01-02 close 396.66 open 39.8"
    assert column(market, "NEU", market.prices.open).tolist()[:2] == [39.80, 1200.5]


def test_impossible_opens_and_volumes_become_unknown_and_the_close_stays(tmp_path):
    frame = price_rows("A", [10.0, 11.0], open=[0.0, 10.5], high=[11.0, 11.5], low=[9.0, -1.0], volume=[-5, 7])
    report, market = imported(tmp_path, securities=securities("A"), prices=frame)
    assert report.count("rows with a non-positive open, high or low or a negative volume") == 2
    np.testing.assert_array_equal(market.prices.open[:, 0], [np.nan, 10.5])
    np.testing.assert_array_equal(market.prices.low[:, 0], [9.0, np.nan])
    np.testing.assert_array_equal(market.prices.volume[:, 0], [np.nan, 7])
    np.testing.assert_array_equal(market.prices.close[:, 0], [10, 11])


def test_thin_sessions_and_sessions_without_returns_are_named(tmp_path):
    frames = [price_rows(f"A{i}", [10.0] * 30, total_return=[None] + [0.0] * 29) for i in range(20)]
    for i in range(10):
        frames[i] = frames[i].drop(index=12)
        frames[i].loc[20, "total_return"] = None
    report, _ = imported(tmp_path, securities=securities(*(f"A{i}" for i in range(20))), prices=pd.concat(frames))
    found = {finding.kind: finding for finding in report.findings}
    assert found["sessions with few rows"].count == 1
    assert found["sessions with few rows"].examples == (f"{SESSIONS[12]:%F} has 10 rows, 20 are usual",)
    assert found["sessions with many unknown returns"].examples == (
        f"{SESSIONS[20]:%F} has a return for 10 of 20 rows",
    )


def test_sessions_of_a_market_without_returns_are_not_called_recorded_in_part(tmp_path):
    rows = pd.concat([price_rows(name, [10.0, 10.1, 10.2, 10.1] * 15) for name in "ABCD"])
    report, _ = imported(tmp_path, securities=securities(*"ABCD"), prices=rows)
    assert report.count("sessions with many unknown returns") == 0
    assert report.count("unknown returns chained as close/close") == 4 * 59


def test_a_series_that_ends_early_with_no_exit_told_gets_its_last_price_as_exit(tmp_path):
    ends = [1.0] * 10
    report, market = imported(
        tmp_path,
        securities=securities("GONE", "ALMOST", "HERE"),
        prices=pd.concat([price_rows("GONE", ends), price_rows("ALMOST", [1.0] * 50), price_rows("HERE", [1.0] * 60)]),
    )
    assert report.count("series that end before the data does with no exit told") == 1
    last = market.securities["last_session"]
    assert last["GONE"] == SESSIONS[9]
    assert pd.isna(last["ALMOST"])
    assert pd.isna(last["HERE"])


@pytest.mark.parametrize("form", FORMS)
def test_unusable_facts_are_refused_and_counted(tmp_path, form):
    """Each kind is told of a company of its own."""
    unusable = [
        ("facts filed before their period ended", [fact("A", "2019-11-01")]),
        ("facts without a value", [fact("B", "2020-02-01", None)]),
        ("facts of assets that are not in securities", [fact("Z", "2020-02-01")]),
        ("facts of a period other than 0, 3, 6, 9 or 12 months", [fact("C", "2020-02-01", months=5)]),
        ("shares outside 0 .. 1", [fact("D", "2020-02-01", 5.0, item="insider_ownership", months=0)]),
        (
            "facts with two different values on one day",
            [fact("E", "2020-02-01", 1.0), fact("E", "2020-02-01", 2.0)],
        ),
    ]
    good = fact("A", "2020-02-03", 9.0, item="cash", months=0)
    report, market = imported(
        tmp_path,
        form,
        securities=securities(*"ABCDE"),
        prices=pd.concat([price_rows(asset, [1.0] * 40) for asset in "ABCDE"]),
        facts=pd.DataFrame([good, *(row for _, rows in unusable for row in rows)]),
    )
    for kind, rows in unusable:
        assert report.count(kind) == len(rows), kind
    assert report.rows_read["facts"] - report.rows_kept["facts"] == 7
    assert market.facts.of("cash").value.tolist() == [9.0]


def test_the_same_fact_twice_is_one_fact_and_another_filing_is_a_version(tmp_path):
    rows = [
        fact("A", "2020-02-01", 1.0, accession="a"),
        fact("A", "2020-02-01", 1.0, accession="a"),
        fact("A", "2020-02-01", 2.0, accession="b"),
        fact("A", "2020-03-01", 3.0, accession="c"),
    ]
    report, market = imported(
        tmp_path, securities=securities("A"), prices=price_rows("A", [1.0]), facts=pd.DataFrame(rows)
    )
    assert report.count("facts told more than once with the same value") == 1
    assert market.facts.of("revenue").value.tolist() == [1.0, 2.0, 3.0]


def test_one_filing_that_tells_two_numbers_is_refused(tmp_path):
    rows = [fact("A", "2020-02-01", value, accession="a") for value in (1.0, 2.0)]
    with pytest.raises(ImportRefused, match=r"facts\.parquet: 1 keys .* accession a in rows 1, 2"):
        imported(tmp_path, securities=securities("A"), prices=price_rows("A", [1.0]), facts=pd.DataFrame(rows))


def test_facts_of_foreign_forms_are_kept_and_noted(tmp_path):
    facts = pd.DataFrame([fact("A", "2020-02-01", form="20-F"), fact("A", "2020-03-01", form="10-K")])
    report, market = imported(tmp_path, securities=securities("A"), prices=price_rows("A", [1.0] * 30), facts=facts)
    assert report.count("facts of foreign filers (20-F, 40-F, 6-K)") == 1
    assert len(market.facts.of("revenue")) == 2


def test_unknown_columns_items_and_files_are_noted(tmp_path):
    source = write_folder(
        tmp_path / "source",
        securities=securities("A"),
        prices=price_rows("A", [1.0, 2.0], bid=[1.0, 1.0]),
        facts=pd.DataFrame([fact("A", "2020-02-01", item="moat_width")]),
    )
    (source / "quotes.csv").write_text("a\n1\n")
    report = import_folder(source, tmp_path / "market")
    assert report.count("rows with an unknown column 'bid'") == 2
    assert report.count("facts of an unknown item") == 1
    assert report.count("files that are no table of a market") == 1
    assert "moat_width" in open_market(tmp_path / "market").items


def test_members_that_cannot_be_held_are_refused(tmp_path):
    rows = pd.DataFrame(
        {
            "index": "R",
            "asset": ["A", "Z", "A", "A"],
            "observed": ["2020-01-02", "2020-01-02", None, None],
            "start": [None, None, None, "2020-02-01"],
            "end": [None, None, "2020-01-05", "2020-01-01"],
        }
    )
    report, _ = imported(tmp_path, securities=securities("A"), prices=price_rows("A", [1.0]), members=rows)
    assert report.rows_kept["members"] == 1
    assert report.count("members that are not in securities") == 1
    assert report.count("members with neither an observation nor a start") == 1
    assert report.count("members that end before they start") == 1


def good_folder(tmp_path):
    return write_folder(tmp_path / "source", securities=securities("A"), prices=price_rows("A", [1.0, 2.0, 3.0]))


def refuse(tmp_path, source, pattern):
    """Import over an existing snapshot; the message fits and the snapshot in use is untouched."""
    target = tmp_path / "market"
    before = import_folder(good_folder(tmp_path / "good"), target).snapshot if not target.exists() else None
    stored = {p: p.stat().st_mtime_ns for p in target.rglob("*") if p.is_file() and p.name != ".lock"}
    with pytest.raises(ImportRefused, match=pattern) as caught:
        import_folder(source, target)
    assert open_market(target).snapshot == before
    assert {p: p.stat().st_mtime_ns for p in target.rglob("*") if p.is_file() and p.name != ".lock"} == stored
    return str(caught.value)


@pytest.fixture
def source(tmp_path):
    (tmp_path / "good").mkdir()
    return good_folder(tmp_path)


def replace(source, name, frame, form="parquet"):
    for old in source.glob(f"{name}.*"):
        old.unlink()
    write_folder(source, form, **{name: frame})


@pytest.mark.parametrize("form", FORMS)
def test_a_missing_column_is_refused_by_name(tmp_path, source, form):
    replace(source, "prices", price_rows("A", [1.0]).drop(columns="close"), form)
    refuse(tmp_path, source, rf"prices\.{form}: column 'close' is missing .*asset, session")


@pytest.mark.parametrize("form", FORMS)
def test_a_text_in_a_number_is_refused_with_its_row_and_value(tmp_path, source, form):
    replace(source, "prices", price_rows("A", ["1.0", "2.0", "three", "4.0", "five"]), form)
    message = refuse(tmp_path, source, rf"prices\.{form}: column 'close': 2 values")
    assert "row 3 has 'three', row 5 has 'five'" in message


@pytest.mark.parametrize("form", FORMS)
def test_a_broken_date_is_refused_with_its_row_and_value(tmp_path, source, form):
    replace(source, "prices", price_rows("A", [1.0, 2.0]).assign(session=["2020-01-02", "2020-02-31"]), form)
    refuse(tmp_path, source, r"column 'session': 1 values are not a date .*row 2 has '2020-02-31'")


@pytest.mark.parametrize("form", FORMS)
def test_a_fraction_in_a_whole_number_is_refused(tmp_path, source, form):
    replace(source, "securities", securities("A", sic=[3711.5]), form)
    refuse(tmp_path, source, r"column 'sic': 1 values are not a whole number \(row 1 has '3711\.5'\)")


@pytest.mark.parametrize("form", FORMS)
def test_an_infinite_price_is_refused(tmp_path, source, form):
    replace(source, "prices", price_rows("A", [1.0, np.inf]), form)
    refuse(tmp_path, source, r"column 'close': 1 values are not a finite number \(row 2")


@pytest.mark.parametrize("form", FORMS)
def test_an_empty_key_is_refused(tmp_path, source, form):
    replace(source, "prices", price_rows("A", [1.0, 2.0]).assign(asset=["A", None]), form)
    refuse(tmp_path, source, r"column 'asset': 1 values .*row 2 has nothing")


def test_a_number_column_stored_as_a_date_is_refused(tmp_path, source):
    replace(source, "prices", price_rows("A", [1.0]).assign(close=pd.to_datetime(["2020-01-02"])))
    refuse(tmp_path, source, r"column 'close' is stored as TIMESTAMP.*convert it to DOUBLE")


@pytest.mark.parametrize("form", FORMS)
def test_a_duplicate_price_is_refused_with_its_key_and_rows(tmp_path, source, form):
    frame = price_rows("A", [1.0, 2.0, 3.0])
    replace(source, "prices", pd.concat([frame, frame.iloc[[1]].assign(close=2.5)]), form)
    refuse(tmp_path, source, r"1 keys \(asset, session\) .*asset A, session 2020-01-03 in rows 2, 4")


def test_a_duplicate_security_series_date_or_member_is_refused(tmp_path, source):
    replace(source, "securities", securities("A", "A", sic=[3711, 3712]))
    refuse(tmp_path, source, r"securities.*\(asset\).*asset A in rows 1, 2")


@pytest.mark.parametrize(
    ("table", "frame", "pattern"),
    [
        (
            "series",
            pd.DataFrame({"series": "I", "date": [SESSIONS[0]] * 2, "value": [1.0, 2.0]}),
            "series I, date 2020",
        ),
        (
            "members",
            pd.DataFrame({"index": "R", "asset": "A", "start": [SESSIONS[0]] * 2, "end": SESSIONS[1:3]}),
            "index R, asset A",
        ),
    ],
)
def test_a_duplicate_optional_row_is_refused(tmp_path, source, table, frame, pattern):
    replace(source, table, frame)
    refuse(tmp_path, source, pattern)


def test_prices_of_an_asset_that_is_not_in_securities_are_refused(tmp_path, source):
    replace(source, "prices", pd.concat([price_rows("A", [1.0]), price_rows("ZZ", [1.0])]))
    refuse(tmp_path, source, r"prices\.parquet: asset 'ZZ' is not in securities\.parquet")


def test_a_truncated_parquet_is_refused(tmp_path, source):
    file = source / "prices.parquet"
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    refuse(tmp_path, source, r"prices\.parquet: is truncated or damaged Parquet")


def test_a_parquet_damaged_in_the_middle_is_refused(tmp_path, source):
    frame = price_rows("A", np.random.default_rng(1).uniform(1, 2, len(SESSIONS)))
    replace(source, "prices", frame)
    file = source / "prices.parquet"
    content = bytearray(file.read_bytes())
    content[4:200] = bytes(196)
    file.write_bytes(bytes(content))
    refuse(tmp_path, source, r"prices\.parquet: is truncated or damaged Parquet")


def test_a_zip_renamed_parquet_is_refused(tmp_path, source):
    with zipfile.ZipFile(source / "prices.parquet", "w") as archive:
        archive.writestr("prices.csv", "asset,session,close\n")
    refuse(tmp_path, source, r"prices\.parquet: is a zip archive")


def test_some_other_file_renamed_parquet_is_refused(tmp_path, source):
    (source / "prices.parquet").write_bytes(b"<html>not found</html>")
    refuse(tmp_path, source, r"prices\.parquet: is not Parquet \(it starts with b'<htm'")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("table", ["prices", "securities"])
def test_an_empty_table_is_refused(tmp_path, source, form, table):
    empty = {"prices": price_rows("A", [1.0]), "securities": securities("A")}[table].iloc[:0]
    replace(source, table, empty, form)
    refuse(tmp_path, source, rf"{table}\.{form}: has no rows")


def test_a_file_of_no_bytes_is_refused(tmp_path, source):
    (source / "prices.parquet").write_bytes(b"")
    refuse(tmp_path, source, r"prices\.parquet: is not Parquet")


@pytest.mark.parametrize("table", ["prices", "securities"])
def test_a_missing_table_is_refused(tmp_path, source, table):
    (source / f"{table}.parquet").unlink()
    refuse(tmp_path, source, rf"table '{table}' is missing; add {table}\.parquet or {table}\.csv")


def test_a_table_that_is_a_folder_or_in_two_forms_is_refused(tmp_path, source):
    (source / "prices.csv").write_text("asset,session,close\n")
    refuse(tmp_path, source, r"prices\.csv: there is a prices\.parquet beside it; keep one of the two")


def test_a_table_that_cannot_be_read_is_refused(tmp_path, source):
    (source / "prices.parquet").unlink()
    (source / "prices.parquet").mkdir()
    refuse(tmp_path, source, r"prices\.parquet: cannot be read")


def test_a_source_that_is_no_folder_is_refused(tmp_path, source):
    refuse(tmp_path, source / "prices.parquet", "is not a folder")


def test_a_ragged_csv_is_refused(tmp_path, source):
    replace(source, "prices", price_rows("A", [1.0]), "csv")
    with (source / "prices.csv").open("a") as stream:
        stream.write("A,2020-01-03,1,2,3,4\n")
    refuse(tmp_path, source, r"prices\.csv: 1 line with another number of cells")


def test_prices_that_are_never_on_a_session_are_refused(tmp_path, source):
    replace(source, "prices", price_rows("A", [1.0], sessions=pd.to_datetime(["2020-01-04"])))
    refuse(tmp_path, source, "no row has a positive close on an XNYS session")


def test_days_of_another_millennium_are_refused(tmp_path, source):
    replace(source, "prices", price_rows("A", [1.0, 2.0], sessions=pd.to_datetime(["2020-01-03", "2200-01-03"])))
    refuse(tmp_path, source, "2200-01-03")


def test_an_import_into_a_new_folder_that_is_refused_leaves_no_folder(tmp_path, source):
    (source / "prices.parquet").unlink()
    with pytest.raises(ImportRefused):
        import_folder(source, tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, MemoryError])
def test_an_interrupted_import_leaves_nothing_half_written(tmp_path, source, interruption, monkeypatch):
    before = import_folder(source, tmp_path / "market").snapshot
    replace(source, "prices", price_rows("A", [5.0, 6.0]))

    def interrupt(*_args, **_kwargs):
        raise interruption

    for step in ("judge_returns", "store"):
        with monkeypatch.context() as patch:
            patch.setattr(importer_module, step, interrupt)
            with pytest.raises(interruption):
                import_folder(source, tmp_path / "market")
        assert [p.name for p in (tmp_path / "market" / "snapshots").iterdir()] == [before]
        assert open_market(tmp_path / "market").snapshot == before
    assert import_folder(source, tmp_path / "market").snapshot != before


def test_the_same_folder_gives_the_same_snapshot_and_the_same_report(tmp_path, source):
    first = import_folder(source, tmp_path / "one", created="2020-01-01")
    second = import_folder(source, tmp_path / "two", created="2021-01-01")
    assert first == second
    assert open_market(tmp_path / "one").report["rows_read"] == {"securities": 1, "prices": 3}


def test_a_clean_snapshot_imported_again_changes_nothing(tmp_path):
    first, _ = reborn(tmp_path)
    snapshot = tmp_path / "market" / "snapshots" / first.snapshot
    again = import_folder(snapshot, tmp_path / "again")
    assert again.snapshot == first.snapshot
    assert [f.kind for f in again.findings if f.severity == "refused"] == []


def test_progress_is_told_from_nothing_to_everything(tmp_path, source):
    told = []
    import_folder(source, tmp_path / "market", progress=lambda step, done, steps: told.append((step, done, steps)))
    assert told[0] == ("reading securities.parquet", 0, 5)
    assert told[-1] == ("done", 5, 5)
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)


def test_a_report_reads_well(tmp_path):
    report, _ = reborn(tmp_path)
    text = "\n".join(report.lines())
    assert "prices: 71 rows read, 71 kept" in text
    assert "1 holes of more than 20 sessions (X from 2020-01-06 (close 0.1) to 2020-02-20 (close 20.0))" in text
    assert report.to_dict()["findings"][0]["severity"] in {"repaired", "refused", "noted"}


SPAN = 60


@st.composite
def dirty_prices(draw):
    """Rows of up to three assets over sixty weekdays: holidays, worthless closes, holes, unknown returns."""
    days = pd.bdate_range("2020-01-02", periods=SPAN)
    seed = draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(seed)
    frames = []
    for asset in ["A", "B", "C"][: draw(st.integers(1, 3))]:
        present = random.random(SPAN) < 0.95
        start = draw(st.integers(0, SPAN - 1))
        present[start : start + draw(st.integers(0, 40))] = False
        # So dear that a cent, by which the unit of a return is told, is nothing in either currency.
        closes = 1e5 * np.exp(np.cumsum(random.normal(0, 0.3, SPAN))) * np.where(random.random(SPAN) < 0.05, 0, 1)
        told = np.where(random.random(SPAN) < 0.5, random.normal(0, 0.3, SPAN), np.nan)
        frame = pd.DataFrame({"asset": asset, "session": days, "close": closes, "total_return": told})
        frames.append(frame[present])
    return pd.concat(frames)


@settings(max_examples=15, deadline=None)
@given(prices=dirty_prices(), scale=st.sampled_from([10.0, 0.25]))
def test_whatever_the_dirt_every_row_is_kept_or_counted_and_returns_do_not_depend_on_the_currency(prices, scale):
    sessions = sessions_between(prices["session"].min(), prices["session"].max())
    usable = prices["session"].isin(sessions) & (prices["close"] > 0)
    assume(usable.any())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        assets = securities(*prices["asset"].unique())
        report, market = imported(folder, securities=assets, prices=prices)
        (folder / "scaled").mkdir()
        _, scaled = imported(folder / "scaled", securities=assets, prices=prices.assign(close=prices["close"] * scale))
        refused = sum(f.count for f in report.findings if f.table == "prices" and f.severity == "refused")
        assert report.rows_kept["prices"] + refused == len(prices)
        assert report.rows_kept["prices"] == usable.sum() == np.isfinite(market.prices.close).sum()
        returns = market.prices.returns
        np.testing.assert_allclose(returns, scaled.prices.returns, atol=1e-9)
        listed = market.prices.first >= 0
        assert np.isnan(returns[market.prices.first[listed], np.flatnonzero(listed)]).all()
        assert np.isfinite(returns).sum() == np.isfinite(market.prices.close).sum() - listed.sum()
        assert np.nanmin(returns, initial=0) > -1
        for asset in range(len(market.assets)):
            rows = np.flatnonzero(np.isfinite(market.prices.close[:, asset]))
            assert (np.diff(rows) - 1 <= 20).all()
