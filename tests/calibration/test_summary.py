import json
import os
import re
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.stats import binom

from active_edge.calibration.document import read_document
from active_edge.calibration.monthly_page import RECIPE
from active_edge.calibration.page import calibration_page
from active_edge.calibration.summary import summarise
from active_edge.calibration.tracking import WORLDS as FOLLOWED
from active_edge.cli.commands import cli
from active_edge.errors import DataError
from active_edge.inference.binomial import binomial_interval
from active_edge.inference.false_alarms import calibration_table, rates_at, read_table
from active_edge.inference.power import power_of_t_test
from active_edge.report.compare import DIFFERENCE_TEST
from active_edge.report.sections.edge import BENCHMARK_TEST, FACTOR_TEST
from active_edge.report.words import TESTS_OF_ROWS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "calibration.md"


@pytest.fixture(scope="module")
def shipped():
    return json.loads(files("active_edge.inference").joinpath("false_alarms.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("hits", "n"), [(0, 20), (1, 20), (50, 1000), (11, 200), (20, 20)])
def test_intervals_are_those_of_clopper_and_pearson(hits, n):
    from statsmodels.stats.proportion import proportion_confint

    assert binomial_interval(hits, n) == pytest.approx(proportion_confint(hits, n, method="beta"), abs=1e-12)


def line(world, number, *, estimate, p, effect=0.0, verdict="not distinguishable"):
    alpha = {"p": p, "estimate": estimate, "se": 0.01, "p_lag_12": p}
    return {
        "world": world,
        "market": number,
        "tests": {"four_factor_alpha": alpha | {"truth": effect}, "random_portfolios": {"p": p}},
        "net": {"four_factor_alpha": alpha},
        "verdict": verdict,
        "family": {"alpha": [estimate] * 16, "se": [0.01] * 16, "p": [p] * 16, "effect": [effect] * 16, "degrees": 15},
        "cost": 0.002,
    }


def by_key(lines):
    return {(one["world"], one["market"]): one for one in lines}


def test_a_world_is_summed_up_by_its_shares():
    lines = [
        line("null", 0, estimate=0.03, p=0.01, verdict="supported"),
        line("null", 1, estimate=-0.03, p=0.01),
        line("null", 2, estimate=0.0, p=0.9),
        line("null", 3, estimate=0.01, p=0.05),
    ]
    null = summarise(by_key(lines))["null"]
    test = null["tests"]["four_factor_alpha"]
    assert null["markets"] == 4
    assert test["reject"] == 0.75
    assert test["reject_at_truth"] == 0.5
    assert null["claims_after_costs"]["four_factor_alpha"]["reject"] == 0.5
    assert null["verdicts"] == {"supported": 0.25, "not distinguishable": 0.75}


def test_a_hazard_is_the_difference_on_the_same_markets():
    lines = [line("null", k, estimate=0.01 * k, p=0.5) for k in range(3)]
    lines += [line("look_ahead", k, estimate=0.01 * k + 0.02, p=0.5) for k in range(2)]
    bias = summarise(by_key(lines))["look_ahead"]["bias"]
    assert bias["markets"] == 2
    for added in (bias["tests"]["four_factor_alpha"], bias["screens"]["pricing_power wide"]):
        assert added["annual"] == pytest.approx(0.02)
        assert added["interval"] == pytest.approx([0.02, 0.02])


def test_power_is_forecast_from_the_planted_edge_and_the_printed_error():
    lines = [line("planted_2", k, estimate=0.02, p=p, effect=0.02) for k, p in enumerate((0.01, 0.2))]
    power = summarise(by_key(lines))["planted_2"]["power"]
    assert power["reject"] == 0.5
    assert power["forecast"] == pytest.approx(power_of_t_test(0.02, 0.01, 15))
    # t with 15 degrees: 2.13145 at 97.5 %, 0.86624 at 80 %
    assert power["screens"]["profitability narrow"]["mde"] == pytest.approx(0.0299769, abs=1e-6)


def test_the_command_prints_rates_with_intervals_and_keeps_its_progress_off_the_output(tmp_path):
    arguments = ["calibrate", "--worlds", "null,restated", "--markets", "2", "--years", "3", "--firms", "1600"]
    ran = CliRunner().invoke(cli, [*arguments, "--out", str(tmp_path), "--json"], catch_exceptions=False)
    document = json.loads(ran.stdout)
    assert "simulated markets" in ran.stderr
    assert list(document["worlds"]) == ["null", "restated"]
    assert document["worlds"]["null"]["markets"] == 2
    for test in ("factor_alpha", "alpha_IWM", "alpha_IJR", "random_portfolios", "deflated_sharpe", "holm", "step_m"):
        found = document["worlds"]["null"]["tests"][test]
        assert 0 <= found["interval"][0] <= found["reject"] <= found["interval"][1] <= 1
    assert document["command"] == "active-edge calibrate --worlds null,restated --markets 2 --years 3 --firms 1600"
    assert json.loads((tmp_path / "calibration.json").read_text()) == document
    assert (tmp_path / "calibration.md").read_text() == calibration_page(document)


def test_the_shipped_table_says_how_it_was_made(shipped):
    assert shipped["command"].startswith("active-edge calibrate ")
    assert shipped["worlds"]["null"]["markets"] >= 400
    assert shipped["monthly"]["worlds"] == 4000
    assert f"--null-markets {shipped['worlds']['null']['markets']}" in shipped["command"]
    assert shipped["seed"] == 1
    assert shipped["created"].startswith("20")


def test_the_shipped_page_is_the_shipped_table(shipped):
    # But for the notice that scripts/docs.py puts under the title where the code has changed since.
    told = re.sub(
        r"^> \*\*Measured before.*?\n\n", "", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
    )
    assert told == calibration_page(shipped)


def test_every_test_that_luck_does_not_explain_says_why(shipped):
    tests, markets = shipped["worlds"]["null"]["tests"], shipped["worlds"]["null"]["markets"]
    cautious = ("holm", "deflated_sharpe", "deflated_sharpe_IWM")
    chance = 0.01 / len(tests)
    for name, test in tests.items():
        hits = round(markets * test["reject"])
        low, high = binom.cdf(hits, markets, 0.05), binom.sf(hits - 1, markets, 0.05)
        off = high < chance if name in cautious else min(low, high) < chance / 2
        assert off == bool(read_table(shipped)[name].note), name


def test_following_without_an_edge_is_claimed_in_at_most_five_tracks_of_a_hundred(shipped):
    rows = shipped["monthly"]["tracking"]
    assert len(rows) == len(FOLLOWED) == 10
    for row in rows:
        assert row["tracks"] == 4000
        assert row["reject"] <= 0.05
        assert row["reject"] == pytest.approx(FOLLOWED[row["kind"]].published, abs=0.012)


def test_the_names_a_page_asks_for_are_measured(shipped):
    table, markets = calibration_table(), shipped["worlds"]["null"]["markets"]
    assert table[BENCHMARK_TEST].rate == max(table["alpha_IWM"].rate, table["alpha_IJR"].rate)
    for months in (24, 60, 240):
        for name in (BENCHMARK_TEST, FACTOR_TEST, DIFFERENCE_TEST, *TESTS_OF_ROWS.values()):
            found = rates_at(months)[name]
            assert found.lower <= found.rate <= found.upper
            assert found.markets in (markets, 4000)
        assert rates_at(months)[BENCHMARK_TEST].months == months


def test_sizes_of_monthly_worlds_are_those_of_the_recipe(shipped):
    """Two draws of 4,000 and 10,000 or more: four standard errors of their difference are 1.6 points at 5 %."""
    lengths = (24, 36, 60, 120, 240)
    for row in shipped["monthly"]["rates"]:
        if row["test"] == "benchmark_alpha" and row["kind"] in RECIPE:
            known = RECIPE[row["kind"]][lengths.index(row["months"])]
            assert row["reject"] == pytest.approx(known, abs=0.016)
    assert shipped["monthly"]["worlds"] == 4000
    assert shipped["monthly"]["seed"] == 1


def test_belief_covers_what_it_says(shipped):
    for row in shipped["monthly"]["belief"]:
        assert 0.77 <= row["coverage"] <= 0.83


def test_the_primary_test_is_nominal_and_its_power_is_what_reports_promise(shipped):
    worlds = shipped["worlds"]
    assert 0.02 <= worlds["null"]["tests"]["four_factor_alpha"]["reject"] <= 0.09
    low, high = worlds["null"]["all_screens"]["interval"]
    assert 0.036 <= low <= high <= 0.064
    for name in ("planted_1", "planted_2", "planted_4"):
        power = worlds[name]["power"]
        assert abs(power["reject"] - power["forecast"]) <= 0.05
    assert np.isclose(sum(worlds["null"]["verdicts"].values()), 1.0, atol=1e-5)


@pytest.mark.parametrize("text", ["", "[[1, 2]]", "7", "[" * 100_000, "{"])
def test_a_table_that_is_no_document_is_named(text, tmp_path):
    table = tmp_path / "rates.json"
    table.write_text(text)
    with pytest.raises(DataError, match=r"rates\.json: not a calibration document .*; delete it"):
        read_document(table)


@pytest.mark.skipif(os.name == "nt", reason="pipes of Unix")
def test_a_table_that_is_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(DataError, match="it is a pipe or a device"):
        read_document(tmp_path / "pipe.json")
