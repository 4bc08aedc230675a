"""The watch list: where each catalyst stands, which way that leans, and that an old number is never today's."""

import json
from functools import partial

import numpy as np
import pandas as pd
import pytest

from active_edge.article.article import ARTICLE, load_claims
from active_edge.article.ground import Ground, Table
from active_edge.article.watch import GAUGES, needs_a_look, read_watch_list
from active_edge.cli.main import main

TODAY = pd.Timestamp("2026-03-17")
DAYS = pd.date_range("2019-01-01", TODAY - pd.Timedelta(days=1), freq="B")
MONTHS = pd.date_range("2019-01-31", "2026-02-28", freq="ME")
RATES = ("DGS2", "DGS10", "FEDFUNDS", "BAMLH0A0HYM2", "VIXCLS")


def ground(**tables):
    return Ground({name: partial(Table, frame, "drawn") for name, frame in tables.items()})


def every(rises: bool = True) -> Ground:
    """A ground in which each gauge rises to its highest, or falls to its lowest, at the last date."""
    up = np.linspace(0.1, 0.9, len(MONTHS)) if rises else np.linspace(0.9, 0.1, len(MONTHS))
    rates = pd.DataFrame({name: np.linspace(1, 5, len(DAYS))[:: 1 if rises else -1] for name in RATES}, index=DAYS)
    dates, share = np.repeat(MONTHS, 40), np.repeat(up, 40)
    place = np.tile(np.arange(40) / 40, len(MONTHS))
    companies = pd.DataFrame({"date": dates, "small": True, "revenue": 1.0, "domestic": share, "age": 0.5})
    companies["earnings"] = np.where(place < share, -1.0, 1.0)
    surprises = pd.DataFrame({"date": dates, "small": True, "surprise": np.where(place < share, 1.0, -1.0)})
    deals = np.repeat(MONTHS, np.arange(1, len(MONTHS) + 1)[:: 1 if rises else -1])
    return ground(
        rates=rates,
        companies=companies,
        surprises=surprises,
        exits=pd.DataFrame({"date": deals, "reason": "merger"}),
        flows=pd.DataFrame({"flow": up * 1e9, "assets": 1e11}, index=MONTHS),
    )


def by_name(found):
    return {reading.gauge.name: reading for reading in found}


@pytest.mark.parametrize("rises", [True, False])
def test_each_catalyst_at_the_end_of_its_five_years_leans_to_the_side_it_is_said_to(rises):
    found = read_watch_list(every(rises), TODAY)
    assert {reading.status for reading in found} == {"current"}
    for reading in found:
        high = reading.percentile >= 0.9
        assert high == rises, reading.gauge.name
        assert reading.leaning == ("supports" if (reading.gauge.supports == "high") == high else "contradicts")
    supported_high = {reading.gauge.name for reading in found if reading.gauge.supports == "high"}
    # the article: earnings, inflows, domestic sales and deals help; rates, spreads, fear and poor entrants hurt
    assert supported_high == {"beats", "flows", "domestic_sales", "deals"}


def test_the_percentile_is_that_of_five_years_and_of_no_older_day():
    values = pd.Series(1.0, index=DAYS)
    values.iloc[-1] = 2.0
    values[values.index < "2021-01-01"] = 9.0  # higher, and too old to count
    found = by_name(read_watch_list(ground(rates=values.to_frame("DGS2")), TODAY))["two_year_yield"]
    assert (found.value, found.percentile, found.leaning) == (2.0, 1.0, "contradicts")


@pytest.mark.parametrize(("late", "status"), [(0, "current"), (9, "current"), (10, "stale"), (400, "stale")])
def test_a_number_older_than_its_pace_is_the_last_one_known_and_leans_nowhere(late, status):
    found = by_name(read_watch_list(every(), TODAY + pd.Timedelta(days=late)))["ten_year_yield"]
    assert found.status == status
    told = found.to_dict()
    kept = {"value": told["value"], "percentile": told["percentile_of_five_years"], "leaning": told["leaning"]}
    assert all((value is None) == (status == "stale") for value in kept.values())
    assert told["last_known"] == (5.0 if status == "stale" else None)
    assert (told["date"], told["age_days"]) == ("2026-03-16", late + 1)


def test_values_after_the_day_looked_at_do_not_count():
    found = by_name(read_watch_list(every(), pd.Timestamp("2022-03-01")))["volatility"]
    assert found.date <= pd.Timestamp("2022-03-01")
    assert found.status == "current"


def test_what_is_missing_is_named_with_what_brings_it_and_calls_for_a_look():
    found = read_watch_list(ground(), TODAY)
    assert {reading.status for reading in found} == {"missing"}
    assert all("active-edge data" in reading.lacks for reading in found)
    assert needs_a_look(found)
    supporting = [r for r in read_watch_list(every(), TODAY) if r.leaning == "supports"]
    assert not needs_a_look(supporting)
    assert needs_a_look(read_watch_list(every(), TODAY))
    assert needs_a_look([r for r in read_watch_list(every(), TODAY + pd.Timedelta(days=400)) if r.leaning is None])


def test_every_catalyst_speaks_of_claims_there_are():
    known = {claim.id for claim in load_claims(ARTICLE)}
    assert all(set(gauge.claims) <= known for gauge in GAUGES)


def test_a_scheduler_gets_an_exit_code_and_lines_that_never_pass_old_for_new(capsys, monkeypatch):
    monkeypatch.delenv("ACTIVE_EDGE_DATA", raising=False)
    assert main(["thesis", "--watch", "--json"]) == 3, "no gauge can be read of the libraries' returns"
    lines = json.loads(capsys.readouterr().out)
    assert [line["name"] for line in lines] == [gauge.name for gauge in GAUGES]
    for line in lines:
        assert (line["value"] is None) == (line["status"] != "current")
        assert {line["supports_when"], line["contradicts_when"]} == {"high", "low"}


def test_the_exit_code_is_zero_where_nothing_contradicts_and_all_is_of_today(monkeypatch, capsys):
    found = [reading for reading in read_watch_list(every(), TODAY) if reading.leaning == "supports"]
    monkeypatch.setattr("active_edge.published.thesis.watch_list", lambda *_, **__: found)
    assert main(["thesis", "--watch"]) == 0
    said = capsys.readouterr().out
    assert "supports when" in said
    assert "stale" not in said


def test_a_stale_number_stands_in_no_column_of_today(monkeypatch, capsys):
    found = [r for r in read_watch_list(every(), TODAY + pd.Timedelta(days=400)) if r.gauge.name == "ten_year_yield"]
    monkeypatch.setattr("active_edge.published.thesis.watch_list", lambda *_, **__: found)
    assert main(["thesis", "--watch"]) == 3
    row, told = capsys.readouterr().out.split("yield of ten-year Treasuries: stale")
    assert "5 %" not in row
    assert "last known 5 %" in " ".join(told.split())
