"""What the system refuses ends in a sentence and an exit code, never in a traceback."""

import subprocess
import sys
from pathlib import Path

from active_edge.cli.main import main

PROJECT = Path(__file__).resolve().parents[2]


def test_a_file_where_a_folder_is_needed_is_an_error_in_words(tmp_path, capsys):
    file = tmp_path / "taken"
    file.write_text("")
    code = main(["data", "simulate", str(file), "--firms", "60", "--years", "1"])
    said = capsys.readouterr().err
    assert code == 1
    assert said.splitlines()[-1].startswith("Error: ")
    assert "taken" in said
    assert file.read_text() == ""


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
