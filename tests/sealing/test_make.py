"""What is sealed, and what is refused."""

from dataclasses import replace

import pandas as pd
import pytest

from active_edge.errors import ConfigError, MissingInput, SealError
from active_edge.panel import Panels
from active_edge.plugins import scope
from active_edge.results.batch import backtest_on
from active_edge.sealing import make
from active_edge.sealing.charge import charged, looked
from active_edge.sealing.make import samples_until, seal
from active_edge.sealing.verify import verify_seal
from tests.sealing.worlds import RULES, SCREEN, strategy_of, world


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    return world(tmp_path_factory.mktemp("world"), end="2006-12-29")


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    return world(tmp_path_factory.mktemp("real"), end="2006-11-15", simulated=False)


@pytest.fixture
def places(tmp_path):
    return {"out": tmp_path / "seals", "runs": tmp_path / "results"}


def test_a_seal_holds_what_it_is_and_what_was_known(market, places):
    made = seal(strategy_of(), market, on="2004-06-15", kill=0.03, **places)
    one = made.seal.strategies[0]
    assert (made.seal.first_month, made.seal.market.last_month) == ("2004-07", "2004-05")
    assert (one.benchmarks, made.seal.test.kill, made.seal.test.phi) == (("IWM", "IJR"), 0.03, 48.0)
    assert 0 < one.history.p < 1
    assert (one.history.first_month, one.history.last_month) == ("2002-02", "2004-05")
    assert one.history.trials == 1
    assert one.foresight.tracking_error == pytest.approx(0.03, abs=0.01)
    assert "half of true 3 % edges are recognised within" in one.foresight.sentences()
    assert one.screen["name"] == "t"
    assert made.path.parent == places["out"]


@pytest.mark.slow
def test_a_backtest_that_has_seen_months_after_the_day_gives_no_p_of_them_and_is_named(market, places, tmp_path):
    result = backtest_on(Panels(), strategy_of(), market, None, None)
    seen = charged([result], [samples_until(result, market.sessions[-1])], tmp_path / "r")[0]
    until = looked(samples_until(result, pd.Timestamp("2004-06-15")))
    history = seal(strategy_of(), market, on="2004-06-15", **places).seal.strategies[0].history
    assert seen.months[1] > "2004-06"
    assert history.seen_to == seen.months[1]
    assert (history.p, (history.first_month, history.last_month)) == until
    assert until[1][1] == "2004-05"
    assert seen.p != history.p
    assert f"Months up to {history.seen_to} had been looked at before it was sealed" in history.sentences()[0]
    later = seal(strategy_of("capped", more="max_weight: 0.4\n"), market, **places)
    assert later.seal.strategies[0].history.sentences() == []


@pytest.mark.slow
def test_months_after_the_day_change_nothing_in_a_seal(market, places, tmp_path):
    made = seal(strategy_of(), market, on="2004-06-15", **places)
    early = world(tmp_path / "early", end="2006-12-29", until="2004-06-15")
    other = seal(strategy_of(), early, on="2004-06-15", out=tmp_path / "other", runs=tmp_path / "r")
    # The ledger names its trials by the data.
    assert replace(made.seal.strategies[0], trial="") == replace(other.seal.strategies[0], trial="")


@pytest.mark.slow
def test_of_a_real_market_today_is_the_day_and_the_data_must_reach_the_last_month_that_is_over(
    real, places, monkeypatch
):
    for day, says in (("2006-12-01", "end on 2006-11-15, before the day of the seal"), ("2006-11-14", "after today")):
        monkeypatch.setattr(make, "today", lambda day=day: pd.Timestamp(day))
        with pytest.raises((MissingInput, ConfigError), match=says):
            seal(strategy_of(), real, **places)
    monkeypatch.setattr(make, "today", lambda: pd.Timestamp("2006-11-20"))
    made = seal(strategy_of(), real, **places)
    assert (made.seal.sealed, made.seal.first_month, made.seal.market.last_month) == (
        "2006-11-20",
        "2006-12",
        "2006-10",
    )
    with pytest.raises(ConfigError, match="only a simulated market"):
        seal(strategy_of("other", more="max_weight: 0.9\n"), real, on="2005-01-03", **places)


@pytest.mark.slow
def test_a_second_seal_of_the_same_strategy_under_any_name_is_refused(market, places):
    seal(strategy_of(), market, on="2004-06-15", **places)
    with pytest.raises(ConfigError, match="is sealed already, as held in"):
        seal(strategy_of("renamed"), market, on="2005-06-15", **places)


@pytest.mark.slow
def test_the_same_strategy_twice_in_a_batch_under_two_names_is_refused_and_pays_for_no_trial(market, places):
    with pytest.raises(ConfigError, match="renamed: is the same strategy as held under another name"):
        seal([strategy_of(), strategy_of("renamed")], market, on="2004-06-15", **places)
    assert not list(places["out"].glob("*.yaml"))
    assert seal(strategy_of(), market, on="2004-06-15", **places).seal.strategies[0].history.trials == 1


@pytest.mark.slow
def test_a_batch_names_the_one_before_and_nothing_is_sealed_beside_damage(market, places):
    first = seal(strategy_of(), market, on="2004-06-15", **places)
    second = seal(strategy_of("capped", more="max_weight: 0.4\n"), market, on="2005-06-15", **places)
    assert (second.seal.batch, second.seal.previous) == (2, first.hash)
    assert second.seal.strategies[0].history.trials == 2
    first.path.write_text(first.path.read_text().replace("kill: 0.04", "kill: 0.05"))
    with pytest.raises(SealError, match="nothing is sealed beside a damaged seal"):
        seal(strategy_of("third", more="max_weight: 0.3\n"), market, on="2006-06-15", **places)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"kill": 0.0}, "kill: 0 must be above 0"),
        ({"kill": 4.0}, "at most 0.5"),
        ({"decay": 42.0}, "decay: 42 must be from 0 to 1"),
        ({"on": "1999-01-04"}, "covers 2000-01-03 to 2006-12-29"),
        ({"on": "2030-01-04"}, "covers 2000-01-03 to 2006-12-29"),
    ],
)
def test_a_threshold_or_a_day_out_of_bounds_is_refused(market, places, given, says):
    with pytest.raises(ConfigError, match=says):
        seal(strategy_of(), market, **places, **given)
    assert not list(places["out"].glob("*.yaml")) if places["out"].exists() else True


def test_nothing_twice_and_nothing_at_all_are_refused(market, places):
    with pytest.raises(ConfigError, match="no strategy"):
        seal([], market, **places)
    with pytest.raises(ConfigError, match="given twice"):
        seal([strategy_of(), strategy_of()], market, **places)


def test_a_benchmark_that_the_market_lacks_is_refused_before_anything_is_written(market, places):
    with pytest.raises(MissingInput, match=r"could not be held against its benchmarks.*ACWI"):
        seal(strategy_of(rules=RULES.replace("IJR", "ACWI")), market, **places)
    assert not list(places["out"].glob("*.yaml")) if places["out"].exists() else True


PLUGIN = '''"""An own factor."""
import numpy as np
import active_edge as ae
from helper_numbers import LEVEL

@ae.factor(unit="ratio", good="high", source="Own (2020)")
def level(panel):
    """The level."""
    return np.full(panel.shape, LEVEL)
'''


@pytest.mark.slow
def test_the_source_of_a_plug_in_and_of_what_it_imports_beside_it_are_kept(market, places, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "own.py").write_text(PLUGIN)
    (tmp_path / "helper_numbers.py").write_text("LEVEL = 1.0\n")
    with scope(files=[tmp_path / "own.py"]):
        made = seal(strategy_of(screen=f"{SCREEN}require:\n  level: {{min: 0.5}}\n"), market, on="2004-06-15", **places)
    (kept,) = made.seal.plugins.values()
    assert list(kept.sources) == ["own.py", "helper_numbers.py"]
    assert kept.sources["own.py"] == PLUGIN
    assert made.seal.strategies[0].plugins == {"factor level": kept.sha256[:12]}
    text = made.path.read_text()
    made.path.write_text(text.replace("LEVEL = 1.0", "LEVEL = 2.0"))
    assert any("helper_numbers.py is not what was sealed" in one for one in verify_seal(made.path).changed)
