"""What a run takes is estimated from its sessions and names, and held against the least that is there."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from active_edge.cli.main import main
from active_edge.errors import BacktestError
from active_edge.market import database, machine, memory
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


def test_a_look_takes_eleven_numbers_a_row_and_the_libraries(market):
    sessions, names = market.prices.shape
    assert memory.needed_bytes(market, memory.LOOK) == pytest.approx(0.3e9 + 88.0 * sessions * names)


@pytest.mark.parametrize(
    ("work", "rows", "sessions", "names", "measured"),
    [
        (memory.LOOK, 5_423_769, 1510, 5161, (754, 786, 793, 706)),
        (memory.LOOK, 18_100_000, 5032, 9524, (1854,)),
        (memory.AUDIT, 5_423_769, 1510, 5161, (1031,)),
        (memory.AUDIT, 18_100_000, 5032, 9524, (3060,)),
        (memory.SIMULATION, 5_423_769, 1510, 3600, (1695,)),
        (memory.SIMULATION, 1_360_800, 1512, 900, (669,)),
        (memory.SIMULATION, 4_536_000, 5040, 900, (1512,)),
        (memory.RUN, 5_423_769, 1510, 5161, (1244, 1156, 1454)),
    ],
)
def test_what_was_measured_is_no_third_below_and_a_tenth_above_at_most(work, rows, sessions, names, measured):
    told = work.needs(rows, sessions, names) / 1e6
    assert all(told * memory.LEAST_SHARE < peak < told * 1.1 for peak in measured)


SCREEN = "name: s\ndescription: d\nrank: {cash_to_assets: 1}\nselect: {top: 2}\n"
STRATEGY = "name: s\nscreen: s\nrebalance: annual\nbenchmarks: [IWM]\ncosts: {spread: 10}\n"
COMMANDS = {
    "screen screens/s.yaml --on 2020-01-30": "a look",
    "explain screens/s.yaml A --on 2020-01-30": "a look",
    "premia screens/s.yaml": "a look",
    "portfolio strategies/s.yaml --cash 1e6": "a look",
    "company A": "a look",
    "data audit": "an audit",
    "seal strategies/s.yaml": "a look",
    "backtest strategies/s.yaml": "a run",
    "sweep strategies/s.yaml --grid grid.yaml": "a run",
    "thesis": "a run",
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_that_cannot_fit_ends_in_a_sentence_before_it_begins(command, market, monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    grid = "name: g\ndescription: d\nvary:\n  screen.select.top: [1, 2]\n"
    for name, text in (("screens/s.yaml", SCREEN), ("strategies/s.yaml", STRATEGY), ("grid.yaml", grid)):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(memory, "available_bytes", lambda: 0.1e9)
    assert main([*command.split(), "-d", str(market.path)]) == 1
    said = " ".join(capsys.readouterr().err.split())
    assert f"{market.path}: {COMMANDS[command]} on {len(market.sessions)} sessions of 2 names takes about 0." in said
    assert "and 0.1 GB are there; it may end early. Give it more, or import fewer years or names. Nothing was" in said


def test_a_simulation_that_cannot_fit_is_not_begun(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(memory, "available_bytes", lambda: 1e9)
    assert main(["data", "simulate", "made", "--years", "6", "--firms", "3600"]) == 1
    # 252 × 6 sessions of 3,600 firms, 32 numbers of 8 bytes each: 1.39 GB beside 0.35
    assert capsys.readouterr().err == (
        "Error: made: a simulation of 1,512 sessions of 3,600 names takes about 1.7 GB of memory, and 1.0 GB are "
        "there; it may end early. Give it more, or ask for fewer --years or --firms. Nothing was begun\n"
    )
    assert not (tmp_path / "made").exists()


def test_daily_markets_of_a_calibration_that_cannot_fit_are_not_begun(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(memory, "available_bytes", lambda: 1e9)
    assert main(["calibrate", "--daily", "1", "--out", "c"]) == 1
    said = " ".join(capsys.readouterr().err.split())
    assert "--daily: a simulation of 1,512 sessions of 3,600 names takes about 1.7 GB" in said
    assert "or leave --daily out. Nothing was begun" in said


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
        "from active_edge.market.machine import available_bytes; print(available_bytes())"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert 0 < float(done.stdout) <= 3_000_000_000


def test_a_control_group_without_a_limit_tells_none(tmp_path, monkeypatch):
    (tmp_path / "memory.max").write_text("max\n", encoding="ascii")
    monkeypatch.setattr(machine, "LIMITS", (str(tmp_path / "memory.max"), str(tmp_path / "none")))
    monkeypatch.setattr(machine, "FREE", str(tmp_path / "none"))
    before = machine.available_bytes()
    (tmp_path / "memory.max").write_text("1000000\n", encoding="ascii")
    assert machine.available_bytes() == 1e6
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


@pytest.mark.parametrize(
    ("there", "bound"), [(None, "1.8 GiB"), (24e9, "1.8 GiB"), (2e9, "762.9 MiB"), (1e9, "381.4 MiB")]
)
def test_the_database_takes_two_fifths_of_the_memory_there_is_at_most(there, bound, monkeypatch):
    monkeypatch.setattr(database, "available_bytes", lambda: there)
    with database.connect() as connection:
        assert connection.execute("SELECT current_setting('memory_limit')").fetchone() == (bound,)
