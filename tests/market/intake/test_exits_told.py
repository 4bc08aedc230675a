"""Exits that securities tell and prices do not bear out: each kind named by what is wrong, and what then happens."""

import pandas as pd
import pytest

from active_edge.market import open_market
from active_edge.market.intake.exits_told import KINDS
from active_edge.market.intake.importer import import_folder
from active_edge.sessions import sessions_between

pytestmark = pytest.mark.slow

SESSIONS = sessions_between("2016-01-04", "2016-09-30")
GONE, SHORTLY, ALL = 90, len(SESSIONS) - 5, len(SESSIONS)
SAID = [kind for _, kind, _, _ in KINDS]


def imported(tmp_path, rows, *, last=None, reason=None, back=None, closes=None):
    """The kinds told of A, whose prices are `rows` long, and what the market knows of it."""
    prices = {"A": closes or [20.0] * rows, "STAY": [30.0] * ALL}
    frame = pd.concat(
        pd.DataFrame({"asset": name, "session": SESSIONS[: len(series)], "close": series})
        for name, series in prices.items()
    )
    told = {"last_session": [last, None], "exit_reason": [reason, None], "exit_return": [back, None]}
    securities = pd.DataFrame({"asset": ["A", "STAY"], "ticker": ["A", "STAY"], **told})
    securities["last_session"] = pd.to_datetime(securities["last_session"])
    report = import_folder({"securities": securities, "prices": frame}, tmp_path)
    return [kind for kind in SAID if report.count(kind)], open_market(tmp_path).securities.loc["A"]


WITHOUT_A_DAY = "exits told without a last session"
NO_EXIT = "series that end before the data does with no exit told"
NEVER = "exits told of names whose prices run to the end of the data"


@pytest.mark.parametrize("rows", [GONE, SHORTLY])
@pytest.mark.parametrize(
    ("reason", "back", "kinds"),
    [
        ("bankruptcy", None, [WITHOUT_A_DAY, "exits in distress at prices that had not fallen"]),
        ("merger", None, [WITHOUT_A_DAY]),
        ("merger", 0.01, [WITHOUT_A_DAY]),
        (None, -0.4, [WITHOUT_A_DAY]),
        ("voluntary", None, [WITHOUT_A_DAY]),
    ],
)
def test_an_exit_told_without_a_day_happens_after_the_last_price(tmp_path, rows, reason, back, kinds):
    said, known = imported(tmp_path, rows, reason=reason, back=back)
    assert said == kinds
    assert known["last_session"] == SESSIONS[rows - 1]


def test_only_a_series_without_a_word_has_no_exit_told(tmp_path):
    said, known = imported(tmp_path / "gone", GONE)
    assert said == [NO_EXIT, "exits with neither reason nor return"]
    assert known["last_session"] == SESSIONS[GONE - 1]
    said, known = imported(tmp_path / "shortly", SHORTLY)
    assert said == []
    assert pd.isna(known["last_session"])


@pytest.mark.parametrize(("reason", "back"), [("merger", None), ("merger", 0.01), ("delisted", -0.5)])
def test_an_exit_beside_prices_to_the_end_of_the_data_is_named_and_does_not_happen(tmp_path, reason, back):
    said, known = imported(tmp_path, ALL, reason=reason, back=back)
    assert said == [NEVER]
    assert pd.isna(known["last_session"])


@pytest.mark.parametrize(
    ("rows", "last", "kind"),
    [
        (GONE, SESSIONS[GONE - 20], "prices that go on after the last session"),
        (ALL, SESSIONS[GONE - 20], "prices that go on after the last session to the end of the data"),
        (GONE, SESSIONS[GONE + 20], "last sessions after the last price"),
        (ALL, pd.Timestamp("2016-11-15"), "last sessions after the data ends"),
    ],
)
def test_a_last_session_that_prices_contradict_is_told_by_which_is_later(tmp_path, rows, last, kind):
    assert imported(tmp_path, rows, last=last, reason="merger")[0] == [kind]


def test_a_day_reason_and_return_that_fit_are_not_worth_a_word(tmp_path):
    assert imported(tmp_path, GONE, last=SESSIONS[GONE - 1], reason="merger", back=0.02)[0] == []


SINKING = [20.0 * 0.985**n for n in range(GONE)]


@pytest.mark.parametrize(
    ("reason", "closes", "kinds"),
    [
        ("merger", SINKING, ["mergers at less than half the highest close of 60 sessions before"]),
        ("distress", SINKING, []),
        ("distress", [20.0] * GONE, ["exits in distress at prices that had not fallen"]),
        ("distress", [0.4] * GONE, []),
        # Two for one, thirty sessions before the merger: not sunk.
        ("merger", [40.0] * (GONE - 30) + [19.9] * 30, []),
    ],
)
def test_a_reason_that_the_prices_before_contradict_is_named(tmp_path, reason, closes, kinds):
    assert imported(tmp_path, GONE, last=SESSIONS[GONE - 1], reason=reason, closes=closes)[0] == kinds
