"""The walk-forward of sweeps on planted worlds: an edge that is there is found, none is told where there is none."""

import numpy as np

from active_edge.calibration import sweep_worlds
from active_edge.calibration.after_sweep import KINDS
from active_edge.cli.main import main

SMALL = {"sweeps": 6, "variants": 16, "months": 60}


def test_an_edge_that_no_luck_reaches_is_passed_and_its_region_chosen(monkeypatch):
    monkeypatch.setattr(sweep_worlds, "EDGES", (0.0, 0.6))
    found = sweep_worlds.follow_sweeps(**SMALL)
    none, planted = ([one for one in found if one.edge == edge] for edge in (0.0, 0.6))
    assert all(one.passes for one in planted)
    assert np.mean([one.right for one in planted]) > 0.95
    # Variants that are alike are chosen together, so by luck a few of six worlds stay in the region; hardly one passes.
    assert np.mean([one.right for one in none]) < 0.8
    assert sum(one.passes for one in none) <= 1


def test_a_switch_is_paid_for_and_the_same_seed_draws_the_same(monkeypatch):
    free = sweep_worlds.follow_sweeps(**SMALL)
    assert free == sweep_worlds.follow_sweeps(**SMALL)
    assert free != sweep_worlds.follow_sweeps(**SMALL, seed=2)
    monkeypatch.setattr(sweep_worlds, "SWITCH", 0.05)
    dear = sweep_worlds.follow_sweeps(**SMALL)
    assert all(paid.alpha < one.alpha for paid, one in zip(dear, free, strict=True))


def test_the_command_prints_the_rows_that_the_document_holds(monkeypatch, tmp_path, capsys):
    found, page = sweep_worlds.follow_sweeps(**SMALL), tmp_path / "sweep.md"
    monkeypatch.setattr(sweep_worlds, "follow_sweeps", lambda **_: found)
    assert main(["calibrate", "--worlds", "sweep", "--page", str(page)]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    rows = sweep_worlds.rows_of(found)
    assert len(rows) == len(KINDS) + 1
    for row in rows:
        assert "| " + " | ".join(row) + " |" in page.read_text()
        assert row[0].split()[-1] in printed
        assert row[2].split()[0] in printed
