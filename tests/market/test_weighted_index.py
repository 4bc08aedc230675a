"""The level of an index by told weights, worked by hand; who is a member of it, and what of its days is known."""

import numpy as np
import pandas as pd
import pytest

from active_edge.errors import MissingInput
from active_edge.market import open_market, write_snapshot
from active_edge.market.audit.member_days import member_days
from active_edge.market.audit.report import audit_market
from active_edge.run.passive import benchmark_returns
from active_edge.sessions import sessions_between

DAYS = sessions_between("2020-01-02", "2020-01-09")  # six sessions
INDEX = "Russell 2000"


def store(folder, closes, weights, *, members=(), exits=None, volume=1000, report=None):
    rows = closes.rename_axis(index="session", columns="asset").stack().rename("close").dropna().reset_index()
    last = closes.apply(pd.Series.last_valid_index)
    securities = pd.DataFrame({"asset": closes.columns, "ticker": closes.columns})
    securities["last_session"] = pd.to_datetime(last.where(last != DAYS[-1]).to_numpy())
    securities["exit_return"] = [(exits or {}).get(a, np.nan) for a in closes.columns]
    told = [(INDEX, a, d, w) for d, row in weights.items() for a, w in row.items()]
    tables = {
        "securities": securities,
        "prices": rows.assign(open=np.nan, high=np.nan, low=np.nan, volume=volume, total_return=np.nan),
        "weights": pd.DataFrame(told, columns=["index", "asset", "day", "weight"]).assign(
            day=lambda f: pd.to_datetime(f["day"])
        ),
    }
    if members:
        spells = pd.DataFrame(members, columns=["asset", "start", "end"]).assign(index=INDEX, observed=pd.NaT)
        for name in ("start", "end", "observed"):
            spells[name] = pd.to_datetime(spells[name])
        tables["members"] = spells[["index", "asset", "observed", "start", "end"]]
    write_snapshot(
        folder, tables, sources=["test"], simulated=False, created="2000-01-01T00:00:00", report=report or {}
    )
    return open_market(folder)


@pytest.fixture
def closes():
    return pd.DataFrame(
        {"A": [10, 11, 11, 11, 11, 11], "B": [20, 20, 22, 22, 22, 22.0], "C": [5, 5, 5, np.nan, np.nan, np.nan]}, DAYS
    )


def test_members_drift_between_lists_and_the_next_list_weighs_anew(tmp_path, closes):
    market = store(tmp_path, closes, {"2020-01-02": {"A": 0.5, "B": 0.5}, "2020-01-06": {"B": 1.0}})
    assert "russell_2000" in market.series_names
    level = market.series("russell_2000")
    # half each: A + 10 % on the 3rd, B + 10 % on the 6th; then B alone, which stands still
    assert level.tolist() == pytest.approx([1.0, 1.05, 1.1, 1.1, 1.1, 1.1])
    found = benchmark_returns(market, "russell_2000", DAYS[0], DAYS[1:])
    assert found.iloc[:2].tolist() == pytest.approx([0.05, 1.1 / 1.05 - 1.0])


def test_who_leaves_earns_what_holders_got_where_it_is_known(tmp_path, closes):
    held = {"2020-01-02": {"A": 0.5, "C": 0.5}}
    known = store(tmp_path / "known", closes, held, exits={"C": -0.4}).series("russell_2000")
    assert known.tolist() == pytest.approx([1.0, 1.05, 1.05, 0.85, 0.85, 0.85])
    unknown = store(tmp_path / "unknown", closes, held).series("russell_2000")
    assert unknown.tolist() == pytest.approx([1.0, 1.05, 1.05, 1.05, 1.05, 1.05])


def test_a_list_of_which_too_little_is_priced_is_no_index(tmp_path, closes):
    late = closes.assign(C=[np.nan, np.nan, 5, 5, 5, 5.0])
    both = {"2020-01-02": {"A": 0.5, "C": 0.5}, "2020-01-06": {"A": 0.5, "C": 0.5}}
    assert store(tmp_path / "later", late, both).series("russell_2000").index[0] == DAYS[2]
    never = {"2020-01-02": {"A": 0.5, "C": 0.5}}
    with pytest.raises(MissingInput, match="at most 50 % belong to names with a price, 80 % are needed"):
        store(tmp_path / "never", late, never).series("russell_2000")


def test_days_of_members_are_counted_for_the_dead_and_the_living(tmp_path, closes):
    spells = [("A", "2020-01-02", None), ("C", "2020-01-03", "2020-01-08")]
    how = {"holdings": {"dividends": {"C": "fund's yield", "A": "none filed"}}}
    market = store(tmp_path, closes, {"2020-01-02": {"A": 1.0}}, members=spells, report=how)
    assert market.members(INDEX, "2020-01-03").tolist() == [True, False, True]
    assert market.members(INDEX, "2020-01-09").tolist() == [True, False, False]
    (found,) = member_days(market)
    # C is one on the 3rd, 6th, 7th, 8th and has a price on the first two
    assert found.years.loc[(2020, "dead")].tolist() == [4, 0.5, 0.5, 0.0]
    assert found.years.loc[(2020, "living")].tolist() == [6, 1.0, 1.0, 0.0]
    assert found.unpriced == pytest.approx(2 / 10)  # after its last price
    assert found.estimated_dividends == pytest.approx(2 / 8)
    assert found.silent_dividends == pytest.approx(6 / 8)
    lines = "\n".join(audit_market(market).lines())
    assert "members of the Russell 2000 × days" in lines
    assert "20.0 % of the days lie before, after or without any price of the name" in lines


def test_a_day_between_two_prices_is_no_hole_in_the_returns(tmp_path, closes):
    holed = closes.assign(B=[20, np.nan, np.nan, 22, 22, 22.0])
    market = store(tmp_path, holed, {"2020-01-02": {"A": 1.0}}, members=[("B", "2020-01-02", None)])
    (found,) = member_days(market)
    assert found.years.loc[(2020, "living"), "price"] == pytest.approx(4 / 6)
    assert found.unpriced == 0.0


def test_days_without_volume_are_those_it_is_modelled_on(tmp_path, closes):
    frame = {"2020-01-02": {"A": 1.0}}
    market = store(tmp_path, closes, frame, members=[("A", "2020-01-02", None)], volume=np.nan)
    (found,) = member_days(market)
    assert found.modelled_volume == 1.0
    assert found.years.loc[(2020, "living"), "volume"] == 0.0
