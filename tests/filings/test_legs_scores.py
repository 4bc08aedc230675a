"""What the scoring counts, worked by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from active_edge.cli.commands import cli
from active_edge.errors import SourceFormatError
from active_edge.filings.scores import load_truths, score_table, scored, scores
from tests.filings.filing_builders import proxy, row

SILENT = b"<html><body><p>SCHEDULE 14A</p><p>Proxy statement without a table.</p></body></html>"


def _group(percent: str) -> bytes:
    return proxy(row("All directors and executive officers as a group (9 persons)", "1,200,000", percent))


def _folder(folder: Path) -> Path:
    """Truths .12, .30, .20, none, none; answers .12, .12, none, .12, none: 1 of 3 given is right, 1 of 3 known."""
    for name, body in {"right": _group("12.0%"), "off": _group("12.0%"), "silent": SILENT}.items():
        (folder / name).write_bytes(body)
    truths = [("right", 0.125), ("off", 0.30), ("silent", 0.20), ("right", None), ("silent", None)]
    rows = [{"file": file, "leg": "insider_ownership", "share": share, "form": "DEF 14A"} for file, share in truths]
    path = folder / "truths.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    return path


def test_precision_is_right_over_given_and_recall_right_over_known(tmp_path: Path) -> None:
    found = scores(list(scored(load_truths(_folder(tmp_path)), tmp_path)))
    whole = found[0]
    assert (whole.known, whole.given, whole.right) == (3, 3, 1)
    assert whole.precision == pytest.approx(1 / 3)
    assert whole.recall == pytest.approx(1 / 3)
    # errors: .12 - .125 and .12 - .30
    assert whole.mean_error == pytest.approx(-0.0925)
    assert whole.mean_absolute_error == pytest.approx(0.0925)
    assert [(s.form, s.confidence, s.given) for s in found[1:]] == [
        ("DEF 14A", "all", 3),
        ("all", "high", 3),
        ("all", "medium", 0),
        ("all", "low", 0),
    ]
    assert "| insider_ownership | all | all | 3 | 3 | 1 | 0.333 | 0.333 |" in score_table(found)


def test_the_command_prints_scores_and_each_answer_that_is_not_right(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["data", "read", "--score", str(_folder(tmp_path)), "--json"])
    assert result.exit_code == 0, result.output
    said = json.loads(result.output)
    assert said["scores"][0]["precision"] == pytest.approx(1 / 3)
    assert [(pair["file"], pair["truth"]) for pair in said["not_right"]] == [
        ("off", 0.30),
        ("silent", 0.20),
        ("right", None),
    ]
    printed = CliRunner().invoke(cli, ["data", "read", "--score", str(tmp_path / "truths.json")])
    assert "says nothing" in printed.output


def test_a_body_may_lie_inside_json_and_be_one_text_block(tmp_path: Path) -> None:
    table = "<table><tr><td>Term loan, LIBOR plus 2%</td><td>75</td></tr><tr><td>5% Notes</td><td>25</td></tr></table>"
    (tmp_path / "tables.json").write_text(json.dumps([{"html": table}]), encoding="utf-8")
    entry = {"file": "tables.json!0/html", "leg": "floating_rate_debt_share", "share": 0.75, "block": "ScheduleOfDebt"}
    (tmp_path / "truths.json").write_text(json.dumps([entry]), encoding="utf-8")
    assert scores(list(scored(load_truths(tmp_path / "truths.json"), tmp_path)))[0].right == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not readable as JSON"),
        ("{}", "no list of truths"),
        ('[{"file": "a"}]', "needs file, leg and share"),
        ('[{"file": "a", "leg": "x", "share": 0}]', "is none of"),
        ('[{"file": "a", "leg": "insider_ownership", "share": 12}]', "between 0 and 1"),
        ('[{"file": "gone", "leg": "insider_ownership", "share": null}]', "is not there"),
    ],
)
def test_truths_that_are_none_are_refused_in_words(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "truths.json").write_text(text, encoding="utf-8")
    with pytest.raises(SourceFormatError, match=said):
        list(scored(load_truths(tmp_path / "truths.json"), tmp_path))
