"""The evidence command end to end on invented returns: lines, ledger, page, errors."""

import json
import os
import re
from html import unescape
from pathlib import Path

import pytest

from active_edge.cli.main import main
from active_edge.published.run import run_evidence, run_real
from active_edge.report.document import NARROW
from tests.published.published import invented, write_folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_folder(tmp_path_factory.mktemp("data"), invented())


@pytest.fixture(scope="module")
def done(folder, tmp_path_factory):
    return run_evidence(folder, out=tmp_path_factory.mktemp("results"))


@pytest.mark.slow
def test_every_test_computed_is_one_trial_and_a_second_run_is_none(done, folder):
    ledger = Path(os.environ["ACTIVE_EDGE_LEDGER"])
    run_evidence(folder, out=done.page.parents[1])
    tests = [json.loads(line) for line in ledger.read_text().splitlines()]
    computed = [finding for finding in done.findings if finding.estimate is not None]
    assert len(tests) == len(computed) == done.findings[0].trials
    assert {line["strategy"] for line in tests} == {finding.question.test for finding in computed}
    before = ledger.read_bytes()
    again = run_evidence(folder, out=done.page.parents[1])
    assert ledger.read_bytes() == before
    assert again.lines() == done.lines()


def test_the_page_answers_first_and_asks_for_nothing(done):
    html = unescape(done.page.read_text()).replace(NARROW + "%", " %")
    text = html[html.index("<main") :]
    assert text.index("Verdicts") < text.index('class="plot"')
    assert not re.search(r'(src|href)="https?:', html)
    for finding in done.findings:
        if finding.estimate is not None:
            assert finding.question.claim in html
    assert done.lines() == json.loads((done.page.parent / "evidence.json").read_text())


def test_the_command_prints_a_line_for_each_claim(folder, tmp_path, capsys):
    assert main(["evidence", "--data", str(folder), "--out", str(tmp_path), "--json"]) == 0
    lines = json.loads(capsys.readouterr().out)
    tests = {line["test"] for line in lines}
    assert {"iwm_factor_alpha", "ijr_minus_iwm", "profitable_tilt_change", "smb_with_quality"} <= tests
    assert sum(test.startswith("claim_") for test in tests) == 10
    missing = next(line for line in lines if line["test"] == "avuv_minus_iwm")
    assert (missing["verdict"], missing["estimate_annual"]) == ("not testable", None)
    assert "AVUV" in missing["reason"]
    assert main(["evidence", "--data", str(folder), "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "Only funds alive today" in said
    assert "NOT TESTABLE: Active small-cap managers" in said


def test_without_data_one_error_says_what_to_run(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("ACTIVE_EDGE_DATA", raising=False)
    assert main(["evidence", "--out", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "active-edge data pull --quick" in said.err
    assert not list(tmp_path.iterdir())


def test_the_thesis_command_lists_the_claims_of_strategies_without_any_run(tmp_path, capsys):
    strategies = ["thesis", "--claims", "strategies", "--out", str(tmp_path)]
    assert main([*strategies, "--json"]) == 0
    lines = json.loads(capsys.readouterr().out)
    assert len(lines) == 10
    assert {line["verdict"] for line in lines} == {"not testable"}
    assert main(strategies) == 0
    assert capsys.readouterr().out.count("NOT TESTABLE") == 10


def test_the_page_of_real_returns_shares_the_drawing_library_where_asked(tmp_path):
    alone = run_real(tmp_path).page.read_text()
    shared = run_real(tmp_path, shared=True).page.read_text()
    assert '<script src="../charts.js"></script>' in shared
    assert (tmp_path / "charts.js").is_file()
    assert len(alone) - len(shared) > 1_000_000
