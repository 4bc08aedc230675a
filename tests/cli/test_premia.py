"""The command `premia`: its JSON, its table, and that each look is a trial."""

import json

import pytest

from active_edge.cli.main import main
from tests.judging.test_premia import market

SCREEN = "name: cautious\ndescription: low leverage\nrank: {leverage: 1}\nselect: {top: 5}\n"


@pytest.mark.slow
def test_premia_are_told_and_every_other_look_is_a_trial(tmp_path, capsys):
    made = market(tmp_path, reward=0.0008)
    (tmp_path / "cautious.yaml").write_text(SCREEN)
    (tmp_path / "beside.yaml").write_text(SCREEN.replace("rank:", "require: {leverage: {max: 0.8}}\nrank:"))
    arguments = ["--data", str(made.path), "--from", "2018-01-02"]
    told = []
    for screen in ("cautious", "cautious", "beside"):
        assert main(["premia", str(tmp_path / f"{screen}.yaml"), *arguments, "--json"]) == 0
        told.append(json.loads(capsys.readouterr().out))
    assert [answer["trials"] for answer in told] == [1, 1, 2]
    assert told[0]["factors"][0]["annual"] > 0.1
    assert told[0]["doubts"]["survivorship"].startswith("0.0 % of the series end in a year")
    assert main(["premia", str(tmp_path / "cautious.yaml"), *arguments]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "leverage +" in said
    assert "the ledger counts 2 trials on these data" in said
    assert f"In doubt, survivorship: {told[0]['doubts']['survivorship']}." in said
