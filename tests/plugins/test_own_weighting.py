"""A user's own weighting: found by its name in a strategy, held to what weights are, part of the trial."""

import json
import re

import numpy as np
import pytest

from active_edge.errors import ConfigError, PluginError
from active_edge.plugins import scope
from active_edge.run.identity import trial_content
from active_edge.sessions import rebalance_sessions
from active_edge.strategy import decide_targets, load_strategy
from active_edge.weightings import WEIGHTINGS
from tests.plugins.files import HEAD, STRATEGY, add_plugin, working_folder

HALF = """total = np.maximum(members.sum(axis=1, keepdims=True), 1)
return 0.5 * members / total"""


def own_weighting(body, *, decorator="@ae.weighting", name="half_in_cash", doc='    """A test."""\n'):
    """A plug-in whose weighting does `body`: the function on line 5, the body from line 7 on."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return f"{HEAD}{decorator}\ndef {name}(evaluation, members):\n{doc}{lines}"


def weighted_folder(folder, body=HALF, *, weights="half_in_cash", more="", **given):
    working_folder(folder, factor="cash_to_assets")
    (folder / "strategies" / "mine.yaml").write_text(f"{STRATEGY}min_coverage: 0\nweights: {weights}\n{more}")
    add_plugin(folder, "mine", own_weighting(body, **given))
    return folder


def decided(folder, market):
    strategy = load_strategy(folder / "strategies" / "mine.yaml")
    return strategy, decide_targets(strategy, market, rebalance_sessions(market.sessions, "annual"))


@pytest.fixture
def plugins(tmp_path):
    with scope([tmp_path / "plugins"]):
        yield


def test_its_weights_are_the_targets_and_the_rest_is_cash(market, tmp_path):
    weighted_folder(tmp_path)
    with scope([tmp_path / "plugins"]):
        targets = decided(tmp_path, market)[1].targets
    held = targets.members.any(axis=1)
    assert held.sum() > 1
    np.testing.assert_allclose(targets.weights.sum(axis=1), np.where(held, 0.5, 0.0))
    np.testing.assert_allclose(targets.weights[held][targets.members[held]], 0.05)


def test_the_caps_of_the_strategy_apply_after_it(market, tmp_path):
    weighted_folder(tmp_path, more="max_weight: 0.04\n")
    with scope([tmp_path / "plugins"]):
        targets = decided(tmp_path, market)[1].targets
    assert targets.weights.max() == pytest.approx(0.04)
    assert targets.weights.sum(axis=1).max() == pytest.approx(0.4)


def test_one_that_does_what_a_built_in_one_does_gives_the_same_targets(market, tmp_path):
    by_value = """value = np.where(members, np.nan_to_num(evaluation.panel.market_value()), 0.0)
total = value.sum(axis=1, keepdims=True)
return np.divide(value, total, out=np.zeros_like(value), where=total > 0)"""
    weighted_folder(tmp_path / "own", by_value)
    weighted_folder(tmp_path / "built_in", weights="cap")
    with scope([tmp_path / "own" / "plugins"]):
        own, built_in = (decided(tmp_path / name, market)[1].targets.weights for name in ("own", "built_in"))
    assert built_in.max() > 0.2
    np.testing.assert_array_equal(own, built_in)


def test_floats_of_few_bits_hold_one_as_nearly_as_they_can(market, tmp_path):
    weighted_folder(tmp_path, "return members * np.float32(0.1)")  # ten tenths of 32 bits are 1.0000000149
    assert 10 * float(np.float32(0.1)) > 1 + 1e-9
    with scope([tmp_path / "plugins"]):
        targets = decided(tmp_path, market)[1].targets
    held = targets.members.any(axis=1)
    np.testing.assert_allclose(targets.weights[held].sum(axis=1), 1.0, rtol=0, atol=1e-15)
    assert targets.weights.sum(axis=1).max() <= 1.0 + 1e-15


def test_a_list_of_companies_that_it_writes_into_is_its_own(market, tmp_path):
    body = f'names = evaluation.panel.market.securities\nnames["ticker"] = "X"\n{HALF}'
    before = market.securities.copy()
    weighted_folder(tmp_path, body)
    with scope([tmp_path / "plugins"]):
        decided(tmp_path, market)
    assert market.securities.equals(before)


def test_its_text_is_part_of_the_trial(market, tmp_path):
    contents = []
    for name, body in (("a", HALF), ("b", HALF), ("c", f"# slower\n{HALF}")):
        weighted_folder(tmp_path / name, body)
        with scope([tmp_path / name / "plugins"]):
            strategy, decision = decided(tmp_path / name, market)
            assert list(decision.plugins) == ["weighting half_in_cash"]
            contents.append(json.dumps(trial_content(strategy, decision.plugins), sort_keys=True))
    assert contents[0] == contents[1] != contents[2]


def test_one_that_needs_a_ranking_is_refused_on_a_screen_without(tmp_path):
    folder = weighted_folder(tmp_path, decorator="@ae.weighting(ranked=True)")
    with scope([folder / "plugins"]):
        assert load_strategy(folder / "strategies" / "mine.yaml").rules.weights == "half_in_cash"
        path = folder / "screens" / "mine.yaml"
        path.write_text(re.sub(r"rank:.*\nselect:.*\n", "", path.read_text()))
        with pytest.raises(ConfigError, match="weights: half_in_cash needs a ranking"):
            load_strategy(folder / "strategies" / "mine.yaml")


def test_check_looks_at_it_and_a_misspelt_one_is_answered(say, tmp_path):
    weighted_folder(tmp_path, "raise SystemExit")
    assert "half_in_cash may come from plugins/mine.py, line 5, not run" in say("check", data=False)[1]
    weighted_folder(tmp_path, weights="half_in_chash")
    code, out, _ = say("check", data=False)
    assert code == 1
    assert "weights: no weighting is named 'half_in_chash'; did you mean half_in_cash?" in out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("return 1 / 0", "line 7: raised ZeroDivisionError"),
        ("members * 1.0", "line 4: returned nothing; return a numpy array"),
        ("return members[0] * 1.0", r"returned an array of shape \(\d+,\), not \(n_dates, n_assets\)"),
        ("return members * np.nan", r"a weight is missing: nan for SIM\d+ on 2022-"),
        ("return members / 0.0", "(a weight is missing|infinite values)"),
        ("return members * -0.01", r"a weight is below 0; nothing is sold short: -0.01 for SIM\d+ on"),
        ("return np.full(members.shape, 0.001)", r"holds what the screen did not select: 0.001 for SIM\d+ on"),
        ("return members * 1.0", r"the weights of 20\d\d-\d\d-\d\d sum to 10; at most 1 can be held"),
        ("members[:] = True\nreturn members * 0.0", "line 7: raised ValueError: .*read-only"),
        ("evaluation.rank[:] = 1\nreturn members * 0.0", "line 7: raised ValueError: .*read-only"),
        ("evaluation.values.clear()\nreturn members * 0.0", "line 7: raised AttributeError: 'mappingproxy'"),
        (
            "return np.ma.masked_equal(members * 0.1, 0.0)",
            "returned a MaskedArray; return a numpy array .*, 0 where nothing is held",
        ),
        ("return members * 0.10000001", r"sum to 1.0000001; at most 1 can be held"),
        ("return members * np.float32(0.10001)", r"sum to 1.0001; at most 1 can be held"),
    ],
)
def test_what_are_no_weights_is_refused_with_file_name_and_line(say, tmp_path, body, words):
    weighted_folder(tmp_path, body)
    code, out, err = say("backtest", "strategies/mine.yaml")
    assert code == 1
    assert "Traceback" not in out + err
    assert re.match(r"Error: plug-in plugins/mine\.py, weighting half_in_cash, line \d: .*", err.splitlines()[-1])
    assert re.search(words, err.splitlines()[-1]), err


def test_without_a_docstring_or_with_a_built_in_name_it_is_refused(tmp_path):
    for given, words in (({"doc": ""}, "docstring is empty"), ({"name": "cap"}, "'cap' is built in")):
        path = add_plugin(tmp_path, "mine", own_weighting(HALF, **given))
        with pytest.raises(PluginError, match=words), scope(files=[path]):
            pass
    assert list(WEIGHTINGS) == ["equal", "rank", "cap", "inverse_volatility"]


@pytest.mark.slow
def test_the_leak_audit_names_a_weighting_that_looks_ahead(say, tmp_path):
    ahead = """later = np.minimum(evaluation.panel.market.sessions.get_indexer(evaluation.panel.dates) + 5, 700)
price = np.where(members, np.nan_to_num(evaluation.panel.market.prices.close[later]), 0.0)
return price / np.maximum(price.sum(axis=1, keepdims=True), 1.0)"""
    weighted_folder(tmp_path, ahead)
    code, out, _ = say("backtest", "strategies/mine.yaml", "--audit-leaks")
    assert code == 1
    assert "the target weights (weighting half_in_cash, plug-in plugins/mine.py) on" in out


@pytest.mark.parametrize(
    ("sets", "name"),
    [
        ("object.__setattr__(evaluation, 'rank', -evaluation.rank)", "evaluation.rank"),
        ("evaluation.panel._days = evaluation.panel._days - 1", "evaluation.panel._days"),
    ],
)
def test_what_it_sets_in_what_it_was_handed_is_named(market, tmp_path, sets, name):
    weighted_folder(tmp_path, f"{sets}\n{HALF}")
    with (
        scope([tmp_path / "plugins"]),
        pytest.raises(
            PluginError, match=rf"mine\.py, weighting half_in_cash: set {re.escape(name)}, which is only read"
        ),
    ):
        decided(tmp_path, market)
