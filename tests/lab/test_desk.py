"""What a sitting leaves in the ledger, and that its numbers are those of the saved files."""

import json

import numpy as np
import pytest

from active_edge.cli.main import main
from active_edge.lab.desk import Dropped
from active_edge.lab.document import PASSES_SO_FAR
from active_edge.lab.price import edge_at
from active_edge.lab.variant import content_of
from active_edge.ledger import Ledger
from active_edge.plugins import scope
from active_edge.simulated import simulate
from active_edge.strategy import load_strategy
from tests.lab.desks import lab_in, make_folder, variant_with
from tests.plugins.files import CASH_SHARE, add_plugin


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return make_folder(tmp_path_factory.mktemp("lab"))


@pytest.fixture(scope="module")
def lab(folder):
    return lab_in(folder)


def looked_at(lab, number, **changes):
    return lab.evaluate({"tab": "a", "number": number, "variant": variant_with(lab, **changes)})


@pytest.mark.slow
def test_each_variant_is_one_line_of_one_family_and_the_same_again_is_none(lab):
    found = [looked_at(lab, n, strategy__max_weight=weight) for n, weight in enumerate((0.1, 0.2, 0.1))]
    families = Ledger().summary()["lineages"]
    assert [one["price"]["sitting"] for one in found] == [1, 2, 2]
    assert [one["price"]["trials"] for one in found] == [1, 2, 2]
    assert families[0]["trials"] == 2
    assert Ledger().size_of("lab test") == 2


def test_the_price_of_a_search_is_the_edge_that_passes_after_bonferroni():
    # t of 58 degrees at 0.025 is 2.0017, at 0.025 / 10 it is 2.9160 (any table).
    assert edge_at(0.02, 58, 1) == pytest.approx(0.02 * 2.0017, rel=1e-4)
    assert edge_at(0.02, 58, 10) == pytest.approx(0.02 * 2.9160, rel=1e-3)


def test_the_first_word_never_says_what_twins_decide(lab):
    first = looked_at(lab, 1)
    later = lab.finish({"tab": "a", "number": 1, "stage": "twins"})
    assert first["stats"]["twins"] is None
    assert later["stats"]["twins"] is not None
    assert first["word"] in (later["word"], PASSES_SO_FAR)


def test_the_first_look_holds_members_funnel_growth_and_coverage(lab):
    first = looked_at(lab, 1)
    assert first["held"] == len(first["members"]) == 30
    assert first["funnel"][-1]["left"] == 30
    assert {line["name"] for line in first["growth"]["data"]} >= {"IWM", "IJR"}
    assert set(first["stats"]["coverage"]) == {"leverage", "return_on_assets", "gross_profitability"}


def drawn_variants(lab, n):
    """Variants with thresholds, weights, places, schedules, caps and costs drawn at random."""
    rng = np.random.default_rng(12)
    for number in range(n):
        top = int(rng.integers(10, 60))
        variant = variant_with(
            lab,
            screen__require={"leverage": {"quantile_max": round(float(rng.uniform(0.4, 0.95)), 2)}},
            screen__rank={"return_on_assets": 1.0, "gross_profitability": round(float(rng.uniform(0.1, 2.0)), 2)},
            screen__select={"top": top, "keep_until": top + int(rng.integers(0, 30))},
            strategy__rebalance=str(rng.choice(["monthly", "quarterly", "semiannual", "annual"])),
            strategy__weights=str(rng.choice(["equal", "rank", "cap", "inverse_volatility"])),
            strategy__max_weight=round(float(rng.uniform(0.03, 1.0)), 3),
            strategy__max_sector_weight=round(float(rng.uniform(0.3, 1.0)), 3),
            strategy__costs={"commission_bps": round(float(rng.uniform(0, 20)), 1)},
        )
        for part in variant.values():
            part["name"] = f"drawn_{number}"
        yield variant


def drawn_junk(n):
    """Variants of the shipped avoid_junk, among the few names of a small market, with thresholds and terms drawn."""
    rng = np.random.default_rng(13)
    for number in range(n):
        variant = content_of(load_strategy("avoid_junk"))
        variant["screen"]["universe"] |= {"small_caps": False, "min_price": round(float(rng.uniform(1, 5)), 2)}
        rules = variant["screen"]["require"]
        rules["quarterly_return_on_assets"]["quantile_min"] = round(float(rng.uniform(0, 0.6)), 2)
        rules["unprofitable_entrant"]["max"] = float(rng.integers(0, 2))
        variant["strategy"]["rebalance"] = str(rng.choice(["monthly", "quarterly", "semiannual"]))
        variant["strategy"]["costs"]["commission_bps"] = round(float(rng.uniform(0, 20)), 1)
        for part in variant.values():
            part["name"] = f"junk_{number}"
        yield variant


@pytest.mark.nightly
def test_the_last_document_of_twenty_variants_is_what_backtest_prints_of_their_files(lab, folder, capsys):
    simulate(folder / "other", years=4, firms=150, seed=4)
    lab = lab_in(folder)
    variants = [*drawn_variants(lab, 12), *drawn_junk(8)]
    for number, variant in enumerate(variants):
        market = str(folder / ("market", "other")[number % 2])
        lab.evaluate({"tab": "a", "number": number, "variant": variant, "market": market})
        last = lab.finish({"tab": "a", "number": number, "stage": "full"})
        name = variant["strategy"]["name"]
        saved = lab.save_as_yaml({"variant": variant, "name": name, "market": market})
        assert main(["check", *saved["files"]]) == 0
        capsys.readouterr()
        told = ["--data", market, "--out", str(folder / "apart")]
        assert main(["backtest", saved["files"][0], *told, "--json"]) == 0
        (printed,) = json.loads(capsys.readouterr().out)
        assert set(last["stats"]) == set(printed)
        assert {key for key in printed if last["stats"][key] != printed[key]} == set()
        assert printed["names"]["median"] > 0


@pytest.mark.slow
def test_a_dropped_variant_ends_between_two_steps(lab):
    looked_at(lab, 1)
    evaluated = lab.evaluated("a", 1)
    answers = iter([True, True, False])
    with pytest.raises(Dropped):
        lab.markets.desks()[0].finish(evaluated, "full", wanted=lambda: next(answers))


def test_a_look_at_a_factor_is_a_trial_and_its_order_is_told_by_year_and_tenth(lab):
    looked_at(lab, 1)
    before = Ledger().size_of("lab test")
    look = lab.factor({"tab": "a", "number": 1, "factor": "book_to_market"})
    assert Ledger().size_of("lab test") == before + 1
    assert len(look["deciles"]) == 10
    assert sum(look["counts"]) > 100
    assert set(look["correlation"]) == {"leverage", "return_on_assets", "gross_profitability"}
    assert all(-1 <= row["ic"] <= 1 for row in look["ic_by_year"])


def test_the_card_of_a_name_has_every_rule_and_what_was_filed_by_the_day(lab):
    first = looked_at(lab, 1)
    card = lab.name({"tab": "a", "number": 1, "asset": first["members"][0]["asset"]})
    assert {"leverage", "return_on_assets"} <= {row["rule"] for row in card["rules"]}
    assert card["held"]
    assert all(row["filed"] <= card["on"] for row in card["filings"])
    assert card["filings"]


@pytest.mark.slow
def test_run_in_full_makes_the_page_of_the_same_numbers(lab, folder):
    variant = variant_with(lab, strategy__max_weight=0.15)
    lab.evaluate({"tab": "a", "number": 1, "variant": variant})
    last = lab.finish({"tab": "a", "number": 1, "stage": "full"})
    ran = lab.run({"variant": variant})
    made = folder / "results" / ran["run"]
    assert ran["verdict"] == last["word"]
    kept = json.loads((made / "stats.json").read_text(encoding="utf-8"))
    assert {key for key, value in last["stats"].items() if kept[key] != value} <= {"run"}
    assert (made / "report.html").is_file()


@pytest.mark.slow
def test_a_factor_of_ones_own_is_offered_by_the_form_and_decides(folder):
    plugin = add_plugin(folder, "own", CASH_SHARE)
    with scope([], [plugin]):
        lab = lab_in(folder)
        offered = lab.start["schemas"]["screen"]["properties"]
        assert all("cash_share" in offered[key]["properties"] for key in ("require", "require_any", "rank"))
        first = looked_at(lab, 1, screen__rank={"cash_share": 1.0}, screen__require={})
        shares = [row["cash_share"] for row in first["members"]]
        assert len(shares) == 30
        assert set(first["ends"]) == {"cash_share"}
        assert lab.factor({"tab": "a", "number": 1, "factor": "cash_share"})["doc"].startswith("Cash over total assets")
    assert "cash_share" not in lab_in(folder).start["schemas"]["screen"]["properties"]["rank"]["properties"]
