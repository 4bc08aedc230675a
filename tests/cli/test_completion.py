"""A shell completes commands, options and the names of shipped and own files."""

import json
import os
import subprocess
import sys

import pytest

RUN = "from active_edge.cli.main import run; run()"


def asked(**variables: str) -> str:
    environment = os.environ | variables
    done = subprocess.run([sys.executable, "-c", RUN], capture_output=True, text=True, env=environment, check=True)
    return done.stdout


def completed(words: str) -> list[str]:
    place = str(len(words.split(" ")) - 1)
    said = asked(_ACTIVE_EDGE_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=place)
    return [line.partition(",")[2] for line in said.splitlines()]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_line_for_the_start_up_file_gives_the_shells_own_code(shell):
    code = asked(_ACTIVE_EDGE_COMPLETE=f"{shell}_source")
    assert "_active_edge_completion" in code
    assert f"{shell}_complete" in code


def test_commands_options_and_names_are_completed():
    assert completed("active-edge back") == ["backtest"]
    assert completed("active-edge backtest --audit") == ["--audit-leaks"]
    assert "avoid_junk" in completed("active-edge backtest avoid")
    assert "russell_2000" in completed("active-edge screen russ")
    assert "russell_2000_equal" in completed("active-edge backtest russ")


def test_a_name_of_ones_own_is_completed(tmp_path, monkeypatch):
    (tmp_path / "screens").mkdir()
    (tmp_path / "screens" / "my_screen.yaml").write_text("")
    monkeypatch.chdir(tmp_path)
    assert completed("active-edge screen my_") == ["my_", "my_screen"]  # the first lets the shell offer files


@pytest.mark.parametrize("command", ["rerun", "compare", "export", "memo"])
def test_a_run_is_completed_from_the_folder_of_runs(command, tmp_path, monkeypatch):
    for name, file in (
        ("avoid_junk-a79b87", "run.yaml"),
        ("avoid_junk-sweep-1", "sweep.json"),
        ("other-1", "run.yaml"),
    ):
        (tmp_path / "results" / name).mkdir(parents=True)
        (tmp_path / "results" / name / file).write_text("")
    (tmp_path / "results").rename(tmp_path / "mine")
    (tmp_path / "results" / "avoid_junk-b00000").mkdir(parents=True)
    (tmp_path / "results" / "avoid_junk-b00000" / "run.yaml").write_text("")
    monkeypatch.chdir(tmp_path)
    assert completed(f"active-edge {command} avoid") == ["avoid", "avoid_junk-b00000"]
    assert completed(f"active-edge {command} --out mine avoid") == ["avoid", "avoid_junk-a79b87"]


def test_factors_are_completed_with_those_of_ones_own(tmp_path, monkeypatch):
    assert completed("active-edge factors gross_profit") == ["gross_profit", "gross_profitability"]
    (tmp_path / "schemas").mkdir()
    own: dict[str, object] = {"properties": {"require": {"properties": {"gross_of_mine": {}}}}}
    (tmp_path / "schemas" / "screens.schema.json").write_text(json.dumps(own))
    monkeypatch.chdir(tmp_path)
    assert completed("active-edge factors gross_") == ["gross_of_mine"]
    (tmp_path / "schemas" / "screens.schema.json").write_text('["')
    assert completed("active-edge factors gross_profita") == ["gross_profitability"]


def test_sources_are_completed():
    assert completed("active-edge data pull --only f") == ["fred", "form_index", "fsds", "form345", "fails", "filings"]
