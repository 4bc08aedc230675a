"""Sectors as they were told by a date, by one scheme a run."""

import numpy as np
import pandas as pd
import pytest

from active_edge.evaluation import evaluate
from active_edge.market import open_market
from active_edge.market.intake.importer import import_folder
from active_edge.panel import Panel
from active_edge.panel.sectors import sectors_on
from active_edge.screen import Screen
from active_edge.sessions import sessions_between
from tests.markets import make_market

SESSIONS = sessions_between("2020-01-02", "2020-12-31")
DATES = SESSIONS[[10, 100, 240]]
BANK, SOFTWARE, DRUGS = 6022, 7372, 2834


def code(asset, item, value, filed):
    return {"asset": asset, "item": item, "months": 0, "period_end": filed, "filed": filed, "value": value}


def market_of(tmp_path, facts=None, sic=(None, None, BANK), assets=("A", "B", "C")):
    closes = pd.DataFrame(10.0, index=SESSIONS, columns=list(assets))
    securities = pd.DataFrame({"sic": list(sic)}, index=list(assets))
    return make_market(tmp_path, closes=closes, facts=facts, securities=securities)


def test_without_codes_by_day_the_one_code_of_securities_holds_on_every_date(tmp_path):
    found = sectors_on(Panel(market_of(tmp_path), DATES))
    assert found.names[:, 2].tolist() == ["financials"] * 3
    assert set(found.names[:, :2].ravel()) == {"unknown"}
    assert "the same on every day" in found.said()


def test_a_sic_code_counts_from_its_filing_and_the_last_one_told_is_kept(tmp_path):
    facts = [code("A", "sic", BANK, "2020-02-03"), code("A", "sic", SOFTWARE, "2020-11-02")]
    found = sectors_on(Panel(market_of(tmp_path, facts), DATES))
    assert found.names[:, 0].tolist() == ["unknown", "financials", "information_technology"]
    # One scheme a run: the undated code of C is no code of a filing.
    assert set(found.names[:, 2]) == {"unknown"}


def test_gics_goes_before_sic_and_the_share_that_differs_is_told(tmp_path):
    facts = [
        code("A", "sic", BANK, "2020-01-03"),
        code("B", "sic", SOFTWARE, "2020-01-03"),
        code("A", "gics", 40101010, "2020-01-03"),
        code("B", "gics", 50203010, "2020-01-03"),  # interactive media: software by SIC
    ]
    found = sectors_on(Panel(market_of(tmp_path, facts), DATES))
    assert found.names[0].tolist() == ["financials", "communication_services", "unknown"]
    assert found.differ == 0.5
    assert found.said() == "GICS as of the day; 50.0 % of names have another sector under SIC by filing day"


def test_gics_of_half_the_names_goes_behind_sic_of_all(tmp_path):
    # GICS of one name of three and SIC of all: by GICS two of three would have no sector. The undated code of C is in
    # the way of neither.
    facts = [code(asset, "sic", BANK, "2020-01-03") for asset in "ABC"] + [code("A", "gics", 45103010, "2020-01-03")]
    found = sectors_on(Panel(market_of(tmp_path, facts), DATES))
    assert found.names[0].tolist() == ["financials"] * 3
    assert found.said() == (
        "SIC by filing day, for GICS as of the day is known of far fewer names; "
        "100.0 % of names have another sector under GICS as of the day"
    )
    dated = sectors_on(Panel(market_of(tmp_path / "b", facts[:1], (BANK, BANK, BANK)), DATES))
    assert dated.names[0].tolist() == ["financials", "unknown", "unknown"]


def test_a_name_of_unknown_sector_is_ranked_with_everyone(tmp_path):
    # Banks 1, 2; software 3, 4; unknown 2.5: in the middle of all, though alone in its "group".
    assets = ["B1", "B2", "S1", "S2", "U"]
    values = [1.0, 2.0, 3.0, 4.0, 3.5]
    facts = [code(a, "quality", v, "2020-01-03") for a, v in zip(assets, values, strict=True)]
    market = market_of(tmp_path, facts, [BANK, BANK, SOFTWARE, SOFTWARE, None], assets)
    screen = Screen(
        name="s", description="d", items={"quality": {"good": "high"}}, rank={"quality": 1.0}, rank_within="sector"
    )
    score = evaluate(screen, Panel(market, DATES[:1])).score[0]
    assert score[:4].tolist() == [0.0, 1.0, 0.0, 1.0]
    assert score[4] == pytest.approx(0.75)  # above three of the other four
    assert np.isfinite(score).all()


def test_codes_by_day_are_imported_as_what_they_are(tmp_path):
    prices = pd.DataFrame({"asset": "A", "session": SESSIONS[:30], "close": 10.0, "volume": 100})
    securities = pd.DataFrame({"asset": ["A"], "ticker": ["A"], "first_session": SESSIONS[:1]})
    facts = pd.DataFrame([code("A", "GICS", 45103010, "2020-01-06"), code("A", "sic", 7372, "2020-01-06")])
    tables = {"prices": prices, "securities": securities, "facts": facts}
    report = import_folder(tables, tmp_path / "m")
    assert report.count("facts of an unknown item") == 0
    found = sectors_on(Panel(open_market(tmp_path / "m"), SESSIONS[[20]]))
    assert found.names.tolist() == [["information_technology"]]
    assert found.differ == 0.0
