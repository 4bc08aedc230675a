"""Returns at exits in percent are seen though small: by the reason, and by what the last price already says."""

from __future__ import annotations

import pandas as pd
import pytest

from active_edge.errors import ImportRefused
from active_edge.market import open_market
from active_edge.market.intake.importer import import_folder
from active_edge.sessions import sessions_between
from tests.quick import first_quick

SESSIONS = sessions_between("2016-01-04", "2016-06-30")


def imported(tmp_path, exits: list[tuple[str | None, float | None]], closes: tuple[float, ...] = ()):
    """Names that leave on 2016-03-31 at 20, or at the close given, and one that stays."""
    names = [f"X{n}" for n in range(len(exits))]
    gone = SESSIONS[SESSIONS <= "2016-03-31"]
    prices = [pd.DataFrame({"asset": "STAY", "session": SESSIONS, "close": 10.0})]
    for n, name in enumerate(names):
        prices.append(pd.DataFrame({"asset": name, "session": gone, "close": closes[n] if closes else 20.0}))
    securities = pd.DataFrame(
        {
            "asset": [*names, "STAY"],
            "ticker": [*names, "STAY"],
            "last_session": [*[gone[-1]] * len(names), None],
            "exit_reason": [*[reason for reason, _ in exits], None],
            "exit_return": [*[told for _, told in exits], None],
        }
    )
    return import_folder({"securities": securities, "prices": pd.concat(prices)}, tmp_path)


@pytest.mark.parametrize(
    ("exits", "said"),
    first_quick(
        [
            ([("merger", 2.5), ("merger", 0.8)], "2 of 2 values"),
            ([("merger", 2.5), ("distress", -0.95)], "+250 %"),
            ([("Bankruptcy", -95.0), ("merger", 25.0)], "Then all 2 values are: write -0.95 for -95 %"),
            ([("merger", 0.4), ("merger", -0.2), ("merger", 0.05), ("merger", 0.3)], "3 of 4 values"),
            ([(None, 2.5)], "X0 2.5 (no reason)"),
            ([("merger", 1.02), ("merger", 1.05)], "They are growth: subtract 1"),
            ([("merger", 3.1)], "write 0.031 for 3.1 %"),
        ],
        3,
    ),
)
def test_a_column_in_another_unit_is_refused_by_name(tmp_path, exits, said):
    with pytest.raises(ImportRefused) as caught:
        imported(tmp_path, exits)
    assert "column 'exit_return'" in str(caught.value)
    assert said in str(caught.value)


def test_the_price_paid_in_place_of_its_return_is_told(tmp_path):
    with pytest.raises(ImportRefused, match="They are the price paid: give it over the last price, less 1"):
        imported(tmp_path, [("merger", 20.5), ("merger", 31.0)], (20.0, 30.0))


def test_a_lone_merger_in_percent_among_decimals_is_unknown_and_counted(tmp_path):
    exits = [("merger", 0.02), ("merger", 0.8), ("merger", -0.01), ("merger", 0.3), ("distress", -0.9), (None, 0.4)]
    report = imported(tmp_path, exits)
    assert report.count("returns at exits that may be percent") == 1
    assert report.count("mergers that pay more than 10 % off the last price") == 1
    kept = open_market(tmp_path).securities["exit_return"]
    assert kept.drop("STAY").isna().tolist() == [False, True, False, False, False, False]


@pytest.mark.parametrize(
    "exits",
    first_quick([[("merger", 0.02), ("distress", -1.0)], [("merger", 0.45)], [(None, 0.9)], [("distress", -0.3)]]),
)
def test_decimals_are_kept(tmp_path, exits):
    imported(tmp_path, exits)
    kept = open_market(tmp_path).securities["exit_return"].drop("STAY")
    assert kept.tolist() == [told for _, told in exits]


@pytest.mark.parametrize("day", ["2099-12-31", "2016-07-15"])
def test_a_last_session_after_the_data_is_no_exit(tmp_path, day):
    """Lists of securities are newer than prices, and write a day far away for those still listed."""
    prices = pd.DataFrame({"asset": "A", "session": SESSIONS, "close": 10.0})
    securities = pd.DataFrame({"asset": ["A"], "ticker": ["A"], "last_session": [pd.Timestamp(day)]})
    report = import_folder({"securities": securities, "prices": prices}, tmp_path)
    assert report.count("last sessions after the data ends") == 1
    assert report.count("exits with neither reason nor return") == 0
    assert open_market(tmp_path).securities["last_session"].isna().all()
