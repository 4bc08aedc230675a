"""What a run takes is estimated from its sessions and names, and held against the least that is there."""

import subprocess
import sys

import pandas as pd
import pytest

from active_edge.errors import BacktestError
from active_edge.market import memory
from active_edge.sessions import sessions_between
from tests.markets import make_market


@pytest.fixture
def market(tmp_path):
    days = sessions_between("2020-01-02", "2020-01-31")
    return make_market(tmp_path, closes=pd.DataFrame({"A": 10.0, "B": 20.0}, index=days))


def test_it_grows_with_the_rows_and_half_as_much_with_sessions_times_names(market):
    sessions, names = market.prices.shape
    assert memory.needed_bytes(market) == pytest.approx(0.9e9 + 64.0 * sessions * names + 32.0 * sessions * names)


def test_a_day_a_name_was_not_listed_on_takes_a_third_of_one_it_was(tmp_path):
    days = sessions_between("2020-01-02", "2020-01-31")
    closes = pd.DataFrame({"A": 10.0, "B": [20.0] + [float("nan")] * (len(days) - 1)}, index=days)
    told = memory.needed_bytes(make_market(tmp_path, closes=closes)) - 0.9e9
    assert told == pytest.approx(96.0 * (len(days) + 1) + 32.0 * (len(days) - 1))


def test_a_run_that_does_not_fit_is_told_with_what_it_takes_and_what_is_there(market, monkeypatch):
    monkeypatch.setattr(memory, "available_bytes", lambda: 0.5e9)
    said = memory.told_too_large(market)
    assert "takes about 0.9 GB of memory, and 0.5 GB are there" in said
    for there in (2e9, None):
        monkeypatch.setattr(memory, "available_bytes", lambda there=there: there)
        assert memory.told_too_large(market) == ""


@pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")
def test_a_limit_of_the_process_is_what_is_there():
    asked = (
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (3_000_000_000, 3_000_000_000));"
        "from active_edge.market.memory import available_bytes; print(available_bytes())"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert 0 < float(done.stdout) <= 3_000_000_000


def test_a_control_group_without_a_limit_tells_none(tmp_path, monkeypatch):
    (tmp_path / "memory.max").write_text("max\n", encoding="ascii")
    monkeypatch.setattr(memory, "LIMITS", (str(tmp_path / "memory.max"), str(tmp_path / "none")))
    monkeypatch.setattr(memory, "FREE", str(tmp_path / "none"))
    before = memory.available_bytes()
    (tmp_path / "memory.max").write_text("1000000\n", encoding="ascii")
    assert memory.available_bytes() == 1e6
    assert before is None or before > 1e6


def test_a_run_that_cannot_fit_is_not_begun_and_one_that_may_is(market, monkeypatch):
    needed = memory.needed_bytes(market)  # 0.9 GB: refused below 0.6
    monkeypatch.setattr(memory, "available_bytes", lambda: 0.59e9)
    with pytest.raises(
        BacktestError, match=r"takes about 0\.9 GB of memory, and 0\.6 GB are there; .* Nothing was begun"
    ):
        memory.require_fit(market)
    for there in (0.61e9, needed, None):
        monkeypatch.setattr(memory, "available_bytes", lambda there=there: there)
        memory.require_fit(market)
