"""`benchmarks/all.py` fails where a number fell by more than its noise, and only there."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
COMMITTED = {
    "planted": {
        "ratio": {"value": 100.0, "better": "higher", "noise": 0.2, "unit": "ratio"},
        "cost": {"value": 10.0, "better": "lower", "noise": 0.3, "unit": "seconds"},
    }
}


@pytest.fixture
def run_all(tmp_path, monkeypatch):
    """The script on a benchmark that prints what it is told to."""
    spec = importlib.util.spec_from_file_location("benchmarks_all", BENCHMARKS / "all.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "HERE", tmp_path)
    monkeypatch.setattr(module, "COMMITTED", tmp_path / "committed.json")
    (tmp_path / "committed.json").write_text(json.dumps(COMMITTED))

    def run(said, *options):
        (tmp_path / "planted.py").write_text(f"print({said!r})")
        monkeypatch.setattr(sys, "argv", ["all.py", *options])
        return module.main(), json.loads((tmp_path / "committed.json").read_text())

    return run


def test_numbers_within_their_noise_pass(run_all, capsys):
    assert run_all("text before\nratio 81\ncost 15.9") == (0, COMMITTED)
    assert "nothing fell" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("ratio 79\ncost 10", "planted: ratio 79, 100 is committed"),
        ("ratio 500\ncost 16.1", "planted: cost 16.1, 10 is committed"),
        ("ratio 100", "planted: cost was not told"),
    ],
)
def test_a_number_that_fell_or_is_missing_fails_and_is_named(run_all, capsys, said, told):
    assert run_all(said) == (1, COMMITTED)
    assert told in capsys.readouterr().out


def test_a_script_that_fails_fails_the_run(run_all, tmp_path):
    with pytest.raises(Exception, match="non-zero exit"):
        run_all("ratio 100", "--only", "nothing_of_the_name")


def test_what_is_written_are_the_numbers_of_the_run(run_all):
    code, committed = run_all("ratio 50\ncost 7", "--write")
    assert code == 0
    assert (committed["planted"]["ratio"]["value"], committed["planted"]["cost"]["value"]) == (50.0, 7.0)


def test_every_committed_number_is_one_that_its_script_prints():
    for script, numbers in json.loads((BENCHMARKS / "committed.json").read_text()).items():
        text = (BENCHMARKS / f"{script}.py").read_text()
        for name, known in numbers.items():
            assert f'"{name} ' in text, f"{script}.py prints no {name}"
            assert known["better"] in ("higher", "lower")
            assert 0.0 < known["noise"] < 1.0
