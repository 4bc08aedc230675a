"""A ticker is found in any case and spelling, and never taken for another one that is there."""

import pandas as pd
import pytest

from active_edge.errors import MissingInput
from active_edge.market.tickers import columns_named, find_ticker
from active_edge.sessions import sessions_between
from tests.markets import make_market

LISTED = pd.Series(["BRK.B", "BRKpB", "aapl", "BF-A", "NA", "MOG/A", "CRD A", "TRUE", "T"])


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("BRK.B", "BRK.B"), ("BRK-B", "BRK.B"), ("BRK/B", "BRK.B"), ("BRK B", "BRK.B"), ("brk_b", "BRK.B"),
        ("brkb", "BRK.B"),
        ("BRKpB", "BRKpB"), ("brkpb", "BRKpB"), ("BRK-PB", "BRKpB"), ("BRK.PR.B", "BRKpB"), ("BRK^B", "BRKpB"),
        ("BRK PRB", "BRKpB"), ("brk/pb", "BRKpB"), ("aapl", "aapl"), ("AAPL", "aapl"), (" aapl ", "aapl"),
        ("bf.a", "BF-A"), ("MOG.A", "MOG/A"), ("CRD-A", "CRD A"), ("crda", "CRD A"), ("na", "NA"), ("true", "TRUE"),
    ],
)  # fmt: skip
def test_every_spelling_of_a_ticker_finds_it_and_no_other(asked, found):
    assert LISTED.iloc[find_ticker(LISTED, asked)].tolist() == [found]


@pytest.mark.parametrize("asked", ["BRK", "BRK.C", "AAP", "A", "", "BRKPBX"])
def test_another_ticker_is_not_taken_for_it(asked):
    assert find_ticker(LISTED, asked).tolist() == []


def test_what_is_written_as_asked_comes_before_another_case():
    both = pd.Series(["AAPL", "aapl", None])
    assert find_ticker(both, "aapl").tolist() == [1]
    assert find_ticker(both, "AAPL").tolist() == [0]
    assert find_ticker(both, "Aapl").tolist() == [0, 1]


def test_a_spelling_of_several_listed_ones_is_refused_with_their_names(tmp_path):
    sessions = sessions_between("2020-01-02", "2020-01-31")
    closes = pd.DataFrame({"X1": 1.0, "X2": 2.0}, index=sessions)
    market = make_market(
        tmp_path, closes=closes, securities=pd.DataFrame({"ticker": ["AAPL", "aapl"]}, index=["X1", "X2"])
    )
    assert market.assets[market.asset_of("aapl", sessions[3])] == "X2"
    with pytest.raises(MissingInput, match="'Aapl' could be AAPL or aapl; write it as one of them"):
        market.asset_of("Aapl", sessions[3])
    with pytest.raises(MissingInput, match="no asset has the ticker 'AAPLE'; did you mean AAPL"):
        market.asset_of("AAPLE", sessions[3])


def test_a_ticker_of_two_living_companies_asks_for_an_id(tmp_path):
    sessions = sessions_between("2020-01-02", "2020-01-31")
    closes = pd.DataFrame({"X1": 1.0, "X2": 2.0}, index=sessions)
    closes.loc[sessions[:5], "X2"] = float("nan")
    names = pd.DataFrame({"ticker": ["XY", "XY"], "name": ["Alpha", "Beta"]}, index=["X1", "X2"])
    market = make_market(tmp_path, closes=closes, securities=names)
    with pytest.raises(MissingInput, match=r"that of 2 names listed on 2020-01-15: id:X1 \(Alpha\), id:X2 \(Beta\)"):
        market.asset_of("XY", sessions[9])
    assert market.assets[market.asset_of("XY", sessions[3])] == "X1"
    assert [market.assets[market.asset_of(f"id:{name}", sessions[9])] for name in ("X1", "X2")] == ["X1", "X2"]
    assert columns_named(market, "xy", sessions[9]).tolist() == [0, 1]
    with pytest.raises(MissingInput, match="no asset has the id 'X3'; "):
        market.asset_of("id:X3", sessions[9])
