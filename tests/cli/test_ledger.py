"""`active-edge ledger` says where everything tried is written, and what it counts."""

import json

from active_edge.cli.main import main
from active_edge.ledger import Ledger
from tests.ledger.tried import trial


def test_it_says_where_the_ledger_will_lie_before_there_is_one(ledger_file, capsys):
    assert main(["ledger"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "not there yet" in told
    assert not ledger_file.exists()


def test_it_counts_by_market_and_names_families_controls_and_damage(ledger_file, capsys):
    ledger = Ledger()
    ledger.record([trial(n, family="sweep") for n in range(20)] + [trial(30, free="control")])
    ledger.record([trial(40, free="nothing held"), trial(1, simulated=True)])
    ledger.close_family("sweep", effective=3.5, months=60)
    texts = ledger_file.read_text().splitlines(keepends=True)
    ledger_file.write_text("".join([texts[0].replace('"s"', '"S"'), *texts[1:]]))
    assert main(["ledger", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    real, simulated = told["lineages"]
    assert (told["file"], told["lines"], told["damage"]) == (str(ledger_file), 24, ["line 1"])
    assert (real["lineage"], real["trials"], real["charged"]) == (
        "real markets",
        19,
        5,
    )  # 3.5 rounded up, and the lost one
    assert (real["controls"], real["nothing_held"], simulated["trials"]) == (1, 1, 1)
    assert told["families"] == [{"family": "sweep", "trials": 19, "effective": 3.5}]
    assert main(["ledger"]) == 0
    out = capsys.readouterr().out
    assert "Damaged: line 1" in out
    assert "charged for as 3.5" in out


def test_a_ledger_that_cannot_be_read_is_one_sentence(ledger_file, capsys):
    ledger_file.mkdir()
    assert main(["ledger"]) == 1
    err = capsys.readouterr().err
    assert "name a file in it" in err
    assert "Traceback" not in err
