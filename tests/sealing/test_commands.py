"""seal, verify and track as commands: what they print, what they end with, what they leave behind."""

import json

import pytest
import yaml

from active_edge.cli.main import main
from tests.sealing.test_tokens import time_stamp
from tests.sealing.worlds import RULES, SCREEN, world


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for folder, name, text in (("strategies", "held", f"name: held\nscreen: t\n{RULES}"), ("screens", "t", SCREEN)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{name}.yaml").write_text(text)
    world(tmp_path / "data", edge=0.12)
    monkeypatch.setenv("ACTIVE_EDGE_DATA", str(tmp_path / "data" / "market"))
    return tmp_path


def run(capsys, *arguments: str) -> tuple[int, str, str]:
    code = main(list(arguments))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.mark.slow
def test_seal_verify_track_and_track_again(place, capsys):
    code, out, _ = run(capsys, "seal", "held", "--on", "2004-12-31")
    assert code == 0
    (path,) = (place / "seals").glob("*.yaml")
    line = next(text for text in out.splitlines() if text.startswith("SIMULATED active-edge seal "))
    assert run(capsys, "verify", str(path), "--line", line)[0] == 0
    code, out, _ = run(capsys, "track")
    assert code == 3
    assert "NEW: held: edge shown" in out
    assert (place / "seals" / "track.html").is_file()
    assert not (place / "market").exists()
    assert run(capsys, "track")[0] == 0


@pytest.mark.slow
def test_json_is_one_document_for_a_scheduler(place, capsys):
    code, out, err = run(capsys, "seal", "held", "--on", "2004-12-31", "--json")
    assert (code, err) == (0, "")
    sealed = json.loads(out)
    assert sealed["hash"] in sealed["line"]
    code, out, err = run(capsys, "track", "--json")
    assert (code, err) == (3, "")
    told = json.loads(out)
    (one,) = told["strategies"]
    assert (one["months"], one["first_month"], one["last_month"]) == (72, "2005-01", "2010-12")
    assert one["e"] >= 20 or one["claimed"] is not None
    assert {crossing["what"] for crossing in told["new"]} >= {"edge shown"}
    code, out, _ = run(capsys, "verify", sealed["path"], "--json")
    assert (code, json.loads(out)["genuine"]) == (0, True)


@pytest.mark.slow
def test_a_token_is_kept_by_the_command_and_shown_by_verify(place, capsys):
    run(capsys, "seal", "held", "--on", "2004-12-31")
    (path,) = (place / "seals").glob("*.yaml")
    digest = path.read_text().rsplit("hash: ", 1)[1].strip()
    (place / "reply.tsr").write_bytes(time_stamp(bytes.fromhex(digest)))
    assert run(capsys, "seal", str(path), "--token", "reply.tsr")[0] == 0
    assert "RFC 3161 of this seal, 2026-11-25 22:36 UTC" in run(capsys, "verify", str(path))[1]
    (place / "reply.tsr").write_bytes(time_stamp(b"\x00" * 32))
    path.with_name(f"{path.name}.tsr").write_bytes(time_stamp(b"\x00" * 32))
    code, out, _ = run(capsys, "verify", str(path))
    assert code == 1
    assert "is a RFC 3161 of something else" in out


def test_errors_are_sentences(place, capsys):
    for arguments, says in (
        (("track",), "holds no seal; make one with active-edge seal STRATEGY"),
        (("verify", "strategies/held.yaml"), "is no seal"),
        (("seal", "held", "--on", "1990-01-01"), "covers 2000-01-03 to 2010-12-31"),
        (("seal", "held", "--token", "none.tsr"), "is no seal|no such file"),
        (("seal", "heldd"), "held"),
    ):
        code, _, err = run(capsys, *arguments)
        assert code == 1, arguments
        assert "Traceback" not in err
        assert any(part in err for part in says.split("|")), err


def test_what_is_sealed_is_the_resolved_yaml_whatever_becomes_of_the_file(place, capsys):
    run(capsys, "seal", "held", "--on", "2004-12-31")
    before = json.loads(run(capsys, "track", "--json")[1])
    (place / "strategies" / "held.yaml").write_text("name: held\nscreen: t\nrebalance: monthly\nmax_weight: 0.1\n")
    (place / "screens" / "t.yaml").unlink()
    after = json.loads(run(capsys, "track", "--json")[1])
    assert after["strategies"] == before["strategies"]
    (path,) = (place / "seals").glob("*.yaml")
    assert yaml.safe_load(path.read_text())["strategies"][0]["strategy"]["rebalance"] == "annual"
