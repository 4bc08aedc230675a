"""What is wrong with members, splits and tickers is told: with the other errors of a folder, and when it is kept."""

import numpy as np
import pandas as pd
import pytest

from active_edge.errors import ImportRefused
from active_edge.market.audit.report import audit_market
from active_edge.market.membership import ONE_LIST
from active_edge.sessions import sessions_between
from tests.market.intake.test_importer import SESSIONS, fact, imported, price_rows, securities

YEARS = sessions_between("2019-01-02", "2020-12-31")


def test_wrong_rows_of_splits_members_and_facts_are_told_with_what_refuses_another_table(tmp_path):
    with pytest.raises(ImportRefused) as refused:
        imported(
            tmp_path,
            "csv",
            securities=securities("A"),
            prices=price_rows("A", np.full(30, 10.0)),
            series=pd.DataFrame({"series": "IWM", "date": SESSIONS[:2], "value": ["one", "2"]}),
            splits=pd.DataFrame({"asset": ["A", "A"], "session": [SESSIONS[3], SESSIONS[4]], "ratio": [-2.0, 2.0]}),
            members=pd.DataFrame({"index": "R", "asset": ["A", "Z"], "observed": "2020-01-02"}),
            facts=pd.DataFrame([fact("A", "2019-01-03"), fact("A", "2020-01-03")]),
        )
    told = str(refused.value)
    assert "series" in told
    assert "'one'" in told
    assert "1 splits on days without a price, or of a ratio not above zero (A 2020-01-07 -2" in told
    assert "1 members that are not in securities (R Z)" in told
    assert "1 facts filed before their period ended (A revenue 2019-12-31 filed 2019-01-03)" in told


def members_of(tmp_path, rows):
    prices = pd.concat([price_rows(name, np.full(len(YEARS), 10.0), sessions=YEARS) for name in "AB"])
    return imported(tmp_path, securities=securities("A", "B"), prices=prices, members=pd.DataFrame(rows))


def test_one_list_of_members_is_told_as_not_point_in_time(tmp_path):
    report, market = members_of(tmp_path, {"index": "R", "asset": ["A", "B"], "observed": "2019-03-01"})
    (found,) = [f for f in report.findings if f.kind == ONE_LIST]
    assert found.examples == ("R: 2 members of 2019-03-01",)
    assert any("not point-in-time (R: 2 members of 2019-03-01)" in text for text in audit_market(market).warnings)


@pytest.mark.slow
def test_lists_of_two_days_and_members_who_left_are_point_in_time(tmp_path):
    for name, rows in {
        "two": {"index": "R", "asset": ["A", "B"], "observed": ["2019-03-01", "2020-03-02"]},
        "left": {"index": "R", "asset": ["A", "B"], "start": "2019-03-01", "end": ["2019-09-02", None]},
        "fresh": {"index": "R", "asset": ["A", "B"], "observed": "2020-06-01"},
    }.items():
        (tmp_path / name).mkdir()
        report, market = members_of(tmp_path / name, rows)
        assert not report.count(ONE_LIST), name
        assert not any("point-in-time" in text for text in audit_market(market).warnings), name


def test_two_living_names_of_one_ticker_are_named_at_import(tmp_path):
    names = pd.DataFrame({"asset": ["A", "B", "C"], "ticker": ["X", "X", "X"]})
    late = price_rows("C", np.full(20, 5.0), sessions=SESSIONS[40:60])
    prices = pd.concat([price_rows("A", np.full(30, 10.0)), price_rows("B", np.full(20, 3.0)), late])
    report, _ = imported(tmp_path, securities=names, prices=prices)
    (found,) = [f for f in report.findings if f.kind == "tickers of two names with prices on the same days"]
    assert found.examples == (f"X: A and B from {SESSIONS[0]:%Y-%m-%d} to {SESSIONS[19]:%Y-%m-%d}",)
