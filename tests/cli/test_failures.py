"""What the system refuses ends in a sentence and an exit code, never in a traceback."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

import active_edge as ae
from active_edge.cli import commands
from active_edge.cli.main import main
from tests.quick import first_quick

PROJECT = Path(__file__).resolve().parents[2]


def test_a_file_where_a_folder_is_needed_is_an_error_in_words(tmp_path, capsys):
    file = tmp_path / "taken"
    file.write_text("")
    code = main(["data", "simulate", str(file), "--firms", "60", "--years", "1"])
    said = capsys.readouterr().err
    assert code == 2  # at once, as any argument that cannot be
    assert said.splitlines()[-1].startswith("Error: ")
    assert "is a file" in said
    assert "taken" in said
    assert file.read_text() == ""


@pytest.mark.slow
def test_output_nobody_reads_on_ends_quietly():
    code = "import sys; from active_edge.cli.main import main; sys.exit(main(['factors', '--json']))"
    started = subprocess.Popen(
        [sys.executable, "-c", code], cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    started.stdout.close()
    said = started.stderr.read()
    started.stderr.close()
    assert started.wait(timeout=60) == 1
    assert said == ""


def test_messages_name_the_program_as_the_documents_do(capsys):
    assert main(["nosuch"]) == 2
    said = capsys.readouterr().err
    assert "active-edge --help" in said or "active-edge -h" in said, "older releases of click name the short one"


def test_a_table_of_weights_is_led_to_its_door(tmp_path, capsys):
    (tmp_path / "weights.csv").write_text("date,A\n2020-01-31,1.0\n")
    assert main(["backtest", str(tmp_path / "weights.csv")]) == 1
    said = " ".join(capsys.readouterr().err.split())
    assert "a table is no strategy; weights of your own are traded by active-edge backtest --weights" in said


def test_a_folder_of_files_is_checked_file_by_file(tmp_path, capsys):
    assert main(["check", str(tmp_path)]) == 1
    assert "no YAML file in" in capsys.readouterr().err
    assert main(["check", str(PROJECT / "screens")]) == 0
    assert capsys.readouterr().out.count(": ok") == len(list((PROJECT / "screens").glob("*.yaml")))


def test_an_archive_that_is_not_there_is_not_proven(tmp_path, capsys):
    assert main(["data", "verify", "--data", str(tmp_path)]) == 1
    assert "nothing is archived there" in capsys.readouterr().err


DATABASE = '{"exception_type":"IO","exception_message":"Could not write file \\"m/p\\": No space left on device"}'
FAILURES = {
    "Ctrl-C": (KeyboardInterrupt(), 130, "Stopped. Nothing half-written was left"),
    "Ctrl-C in the database": (duckdb.InterruptException("INTERRUPT Error: Interrupted!"), 130, "Stopped."),
    "Ctrl-C in a query": (RuntimeError("Query interrupted"), 130, "Stopped."),
    "a full disk": (OSError(28, "No space left on device", "m/x"), 1, "Error: m/x: No space left on device; make room"),
    "a file's limit": (OSError(27, "File too large", "m/x"), 1, "Error: m/x: File too large; the system limits"),
    "a full disk under the database": (
        duckdb.IOException(f"IO Error: Async write failed: {DATABASE}"),
        1,
        'Error: Could not write file "m/p": No space left on device; make room',
    ),
    "no memory": (MemoryError(), 1, "Error: the memory this process may have does not suffice"),
    "no thread": (
        RuntimeError("can't start new thread"),
        1,
        "Error: the memory this process may have does not suffice",
    ),
    "no memory in the database": (duckdb.OutOfMemoryException("Out of Memory Error: 1 GiB"), 1, "Error: the memory"),
}


@pytest.mark.parametrize("case", FAILURES)
def test_interrupts_and_exhaustion_end_in_one_sentence(case, monkeypatch, capsys):
    error, code, sentence = FAILURES[case]

    def failing(**_):
        raise error

    monkeypatch.setattr(commands.cli, "main", failing)
    assert main(["factors"]) == code
    said = capsys.readouterr().err
    assert said.startswith(sentence)
    assert said.count("\n") == 1


def test_an_interrupt_a_library_turned_into_an_error_of_its_own_is_one(monkeypatch, capsys):
    def failing(**_):
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt as error:
            raise SystemError("returned a result with an exception set") from error

    monkeypatch.setattr(commands.cli, "main", failing)
    assert main(["factors"]) == 130
    assert "Stopped." in capsys.readouterr().err


def test_a_fault_of_the_program_is_not_hidden(monkeypatch):
    def failing(**_):
        raise ZeroDivisionError

    monkeypatch.setattr(commands.cli, "main", failing)
    with pytest.raises(ZeroDivisionError):
        main(["factors"])


@pytest.mark.parametrize("encoding", first_quick(["ascii", "latin-1", "cp1252"]))
def test_a_terminal_that_lacks_a_character_stops_nothing(encoding):
    command = [sys.executable, "-m", "active_edge", "factors"]
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    done = subprocess.run(command, capture_output=True, env=environment, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.count(b"\n") > 40
    if encoding == "ascii":
        assert done.stdout.isascii(), "not the bytes of another encoding"
        assert b"------" in done.stdout


def test_signs_that_ascii_lacks_are_printed_as_those_like_them_and_json_loses_no_letter():
    said = "main(); echo('−8.5 – 3 × 2 Ærø…'); print_json({'name': 'Ærø'})"
    code = (
        "from active_edge.cli.main import _print_what_one_can as main; "
        f"from active_edge.cli.output import echo, print_json; {said}"
    )
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment, check=True)
    first, *rest = done.stdout.decode("ascii").splitlines()
    assert first == "-8.5 - 3 x 2 ?r?..."
    assert json.loads("\n".join(rest)) == {"name": "Ærø"}


STOPPING = """
import subprocess, sys
from active_edge.cli import interrupts
class Worker:  # as joblib's are: with a number, and nothing to kill them by
    pid = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]).pid
interrupts.active_children = lambda: [Worker]
interrupts._stop(2, None)
"""


def test_an_interrupt_ends_workers_that_have_no_way_of_their_own_to_be_ended():
    asked = (sys.executable, "-c", STOPPING)
    done = subprocess.run(asked, capture_output=True, text=True, timeout=50, check=False)  # the worker holds both pipes
    assert done.returncode == 130
    assert done.stderr == "Stopped. Nothing half-written was left; the same command starts again.\n"


@pytest.mark.slow
@pytest.mark.parametrize("moments", [4, pytest.param(16, marks=pytest.mark.nightly)])
def test_an_interrupt_at_any_moment_gives_130_and_one_sentence(tmp_path, moments):
    market = tmp_path / "market"
    ae.simulate(market, years=3, firms=150, seed=5)
    drawn = random.Random(14)
    command = [sys.executable, "-m", "active_edge", "backtest", str(PROJECT / "strategies/avoid_junk.yaml")]
    for _ in range(moments):
        started = subprocess.Popen(
            [*command, "-d", str(market), "--out", str(tmp_path / "results")], stderr=subprocess.PIPE, text=True
        )
        assert started.stderr.readline()  # what is sent before Python has begun is the system's to answer
        time.sleep(drawn.uniform(0, 4.0))
        started.send_signal(signal.SIGINT)
        said = started.communicate(timeout=60)[1]
        assert "Traceback" not in said
        assert started.returncode == 0 or (started.returncode, "Stopped." in said) == (130, True), said
    assert [path.name for path in (tmp_path / "results").glob(".*")] == []


def test_an_error_is_folded_to_the_terminal_and_one_line_where_there_is_none(capsys, monkeypatch, tmp_path):
    asked = ["judge", str(tmp_path / "nowhere.csv"), "--benchmarks", "passive.csv"]
    monkeypatch.setenv("COLUMNS", "60")
    assert main(asked) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1  # for a program to read
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert main(asked) == 1
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith("Error:")
    assert len(said) > 1
    assert all(len(line) <= 60 or " " not in line.strip() for line in said)


ROOM = "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, ({0}, {0})); sys.argv[0] = 'active-edge'; "
RUN = "from active_edge.cli.main import run; run()"


@pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")
@pytest.mark.parametrize("gigabytes", [0.3, 1.5])
def test_what_the_libraries_need_is_asked_for_before_one_of_them_is_loaded(gigabytes, tmp_path):
    code = ROOM.format(int(gigabytes * 1e9)) + RUN
    command = [sys.executable, "-c", code, "data", "simulate", str(tmp_path / "made")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: data: this process may have {gigabytes} GB of address space")
    assert "raise the limit. Nothing was begun" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    ("asked", "begins"),
    [
        (["--help"], "Usage: active-edge [OPTIONS] COMMAND"),
        (["--version"], "active-edge, version "),
        (["screen", "--help"], "Usage: active-edge screen "),
        (["backtest", "s.yaml", "-h"], "Usage: active-edge backtest "),
        (["data"], "Usage: active-edge data "),
        (["data", "simulate", "--help"], "Usage: active-edge data simulate "),
        (["check", "s.yaml"], "s.yaml: ok"),
    ],
)
def test_help_version_and_check_need_no_room(asked, begins, monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    Path("s.yaml").write_text("name: s\ndescription: d\nrank: {cash_to_assets: 1}\nselect: {top: 2}\n")
    monkeypatch.setattr("active_edge.cli.room._address_space", lambda: 0.5e9)
    assert main(asked) in (0, 2)
    told = capsys.readouterr()
    assert (told.out or told.err).startswith(begins)
    assert main(["data", "status"]) == 1, "what opens a market does need it"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")
def test_what_loads_no_library_runs_within_less():
    command = [sys.executable, "-c", ROOM.format(int(1.5e9)) + RUN, "factors"]
    assert subprocess.run(command, capture_output=True, timeout=120, check=False).returncode == 0
