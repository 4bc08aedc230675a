"""The walk-through of docs runs as it stands, and what a notebook shows of an object is short."""

import ast
import json
from pathlib import Path

import pytest

from active_edge.cards import card
from active_edge.printable import ACTING

NOTEBOOK = Path(__file__).resolve().parents[2] / "docs" / "walkthrough.ipynb"
LONGEST = 6_000


def test_a_card_escapes_what_it_is_told():
    shown = card("<b>", {"<script>alert(1)</script>": "&"}, note="<i>", simulated=True)
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
    assert "SIMULATED" in shown


def test_a_card_turns_no_direction_and_holds_no_control_character():
    shown = card("Acme\u202e", {"alpha on \x1b[31m": "\u2066x"}, note="\x9b")
    assert "Acme\\u202e" in shown
    assert not ACTING.search(shown)


@pytest.mark.slow
def test_every_cell_of_the_walk_through_runs_and_shows_something_short(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    shown = []
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        *before, last = ast.parse("".join(cell["source"])).body
        assert isinstance(last, ast.Expr)
        exec(compile(ast.Module(before, []), str(NOTEBOOK), "exec"), names)
        shown.append(eval(compile(ast.Expression(last.value), str(NOTEBOOK), "eval"), names))
    market, members, result, summary, frame, figure, judgement, run = shown
    for one in (market, members, result, judgement, run):
        assert 100 < len(one._repr_html_()) < LONGEST
        assert len(repr(one)) < LONGEST or one is members
    assert figure.to_dict()["layout"]["title"]["text"].endswith("SIMULATED")
    assert list(frame.columns) == ["net", "gross", "value", "IWM", "IJR"]
    for name in ("total_return", "annual_return", "annual_volatility", "sharpe", "max_drawdown"):
        assert summary[name] == pytest.approx(getattr(run.stats, name), rel=1e-9)
    assert figure.to_dict()["data"][0]["y"][-1] == pytest.approx(1 + summary["total_return"], abs=1e-5)
