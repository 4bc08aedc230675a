"""Any item that a market holds is a factor by its name: the newest figure filed by the date."""

import json

import numpy as np
import pandas as pd
import pytest

from active_edge.cli.main import main
from active_edge.errors import ConfigError, MissingInput
from active_edge.evaluation import evaluate
from active_edge.explaining.names import explain_name
from active_edge.factors import factor_matrix, missing_items
from active_edge.run.backtest import configuration
from active_edge.run.identity import trial_content
from active_edge.screen import Screen, load_screen
from tests.factors.firms import annual_facts, panel_of, quarterly_facts

RULE = "name: scored\ndescription: d\nuniverse: {companies_only: false}\n"


def score(asset, value, day, filed, months=0, item="vendor_score"):
    return {"asset": asset, "item": item, "months": months, "period_end": day, "value": value, "filed": filed}


SCORES = [
    score("A", 1.0, "2015-12-31", "2016-01-10"),
    score("A", 3.0, "2016-03-01", "2016-03-15"),
    score("A", 9.0, "2016-03-31", "2016-04-02"),  # not yet public on 2016-03-31
    score("B", 2.0, "2015-06-30", "2015-07-01"),
]


@pytest.fixture
def panel(tmp_path):
    return panel_of(tmp_path, [*SCORES, *annual_facts("A", cash=(1, 2, 3)), *annual_facts("B", cash=(4, 5, 6))])


def screen_of(tmp_path, text, market=None):
    path = tmp_path / "scored.yaml"
    path.write_text(RULE + text)
    return load_screen(path, market=market)


def test_the_newest_figure_filed_by_the_date_counts(panel):
    np.testing.assert_array_equal(factor_matrix(panel, "vendor_score"), [[3.0, 2.0]])
    np.testing.assert_array_equal(panel.latest("vendor_score"), [[3.0, 2.0]])
    np.testing.assert_array_equal(panel.age("vendor_score"), [[30.0, 275.0]])
    np.testing.assert_array_equal(panel.filed_age("vendor_score"), [[16.0, 274.0]])
    np.testing.assert_array_equal(panel.latest("vendor_score", max_age_days=30), [[3.0, np.nan]])


def test_an_own_item_goes_stale_after_400_days(tmp_path):
    on = pd.Timestamp("2016-03-31")
    facts = [
        score(asset, 1.0, on - pd.Timedelta(days=days), on - pd.Timedelta(days=days - 1))
        for asset, days in (("A", 400), ("B", 401))
    ]
    np.testing.assert_array_equal(panel_of(tmp_path, facts).latest("vendor_score"), [[1.0, np.nan]])


def test_latest_is_the_door_that_fits_each_kind_of_item(tmp_path):
    facts = [
        *annual_facts("A", total_assets=(1, 2, 3), insider_ownership=(0.1, 0.2, 0.3), net_income=(7, 8, 9)),
        *quarterly_facts("B", "net_income", [1.0, 2.0, 4.0, 8.0, 16.0]),
        *quarterly_facts("B", "shares_diluted", [10.0, 20.0]),
        score("B", 5.0, "2015-12-31", "2016-02-01", months=3),
        score("B", 6.0, "2015-12-31", "2016-02-01", months=12),
    ]
    panel = panel_of(tmp_path, facts)
    np.testing.assert_array_equal(panel.latest("total_assets"), [[3.0, np.nan]])
    np.testing.assert_array_equal(panel.latest("insider_ownership"), [[0.3, np.nan]])
    np.testing.assert_array_equal(panel.latest("net_income"), [[9.0, 2.0 + 4.0 + 8.0 + 16.0]])
    np.testing.assert_array_equal(panel.latest("shares_diluted"), [[np.nan, 20.0]])
    np.testing.assert_array_equal(panel.latest("vendor_score"), [[np.nan, 5.0]])  # the shortest of one day
    np.testing.assert_array_equal(panel.latest("inventory"), [[np.nan, np.nan]])
    with pytest.raises(MissingInput, match="no item is named 'vendor_scor'; did you mean vendor_score"):
        panel.latest("vendor_scor")


def test_a_rule_on_an_own_item_needs_the_market_or_a_word_in_the_file(tmp_path, panel):
    rule = "require:\n  vendor_score: {min: 2.5}\n"
    with pytest.raises(ConfigError, match=r"scored.yaml:5: require.vendor_score: no factor .* items: \{vendor_score"):
        screen_of(tmp_path, rule)
    told = screen_of(tmp_path, f"items: {{vendor_score: {{}}}}\n{rule}")
    assert screen_of(tmp_path, rule, panel.market) == told
    evaluation = evaluate(told, panel)
    assert evaluation.selected().tolist() == [[True, False]]
    assert evaluation.coverage().to_dict("records") == [{"vendor_score": 1.0}]
    frame = evaluation.members_frame(0)
    assert frame["vendor_score"].tolist() == [3.0]
    assert frame["data_age_days"].tolist() == [30.0]
    assert "vendor_score" in set(explain_name(evaluation, 0, 1)["rule"])


def test_the_age_that_the_file_allows_is_held(tmp_path, panel):
    text = "items: {vendor_score: {max_age_days: 100}}\nrequire:\n  vendor_score: {min: 0}\n"
    assert evaluate(screen_of(tmp_path, text), panel).selected().tolist() == [[True, False]]


def test_an_item_ranks_only_when_somebody_says_which_end_is_good(tmp_path, panel):
    with pytest.raises(ConfigError, match=r"nobody knows which end of it is good; say it: items: \{vendor_score"):
        screen_of(tmp_path, "rank: {vendor_score: 1}\n", panel.market)
    for good, best in (("high", 0), ("low", 1)):
        text = f"items: {{vendor_score: {{good: {good}}}}}\nrank: {{vendor_score: 1}}\nselect: {{top: 1}}\n"
        assert evaluate(screen_of(tmp_path, text), panel).selected()[0].nonzero()[0].tolist() == [best]


def test_an_item_of_the_programs_own_is_a_factor_without_a_word(tmp_path, panel):
    screen = screen_of(tmp_path, "require:\n  cash: {min: 4}\n")
    assert evaluate(screen, panel).selected().tolist() == [[False, True]]
    assert screen.definition("cash").unit == "as filed"


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ("{leverage: {}}", "scored.yaml:4: items.leverage: 'leverage' is a factor; items are names"),
        ("{vendor_score: {good: up}}", "'up' is not valid"),
        ("{vendor_score: {max_age_days: 0}}", "greater than or equal to 1"),
        ("[vendor_score]", "is no mapping"),
    ],
)
def test_items_that_say_nonsense_are_refused_with_their_line(tmp_path, items, words):
    with pytest.raises(ConfigError, match=words):
        screen_of(tmp_path, f"items: {items}\nrequire:\n  cash: {{min: 1}}\n")


def test_a_market_that_lacks_a_declared_item_has_it_nowhere_and_says_so(tmp_path):
    poor = panel_of(tmp_path, annual_facts("A", cash=(1, 1, 1)))
    screen = screen_of(tmp_path, "items: {vendor_score: {}}\nrequire:\n  vendor_score: {min: 0}\n")
    evaluation = evaluate(screen, poor)
    assert np.isnan(evaluation.values["vendor_score"]).all()
    assert screen.definition("vendor_score").missing_items(poor.market) == ("vendor_score",)
    with pytest.raises(MissingInput, match="no factor is named 'vendor_score'"):
        missing_items(poor.market, "vendor_score")


def test_only_a_screen_with_items_is_another_trial(tmp_path):
    from active_edge.strategy import Strategy, StrategyRules

    rules = StrategyRules(name="s", screen="scored")
    plain = Screen(name="scored", description="d", require={"leverage": {"max": 1}})
    assert "items" in configuration(Strategy(rules, plain))["screen"]
    assert "items" not in trial_content(Strategy(rules, plain), {})["screen"]
    with_item = Screen(name="scored", description="d", require={"cash": {"min": 1}})
    assert trial_content(Strategy(rules, with_item), {})["screen"]["items"] == {
        "cash": {"good": "none", "max_age_days": None, "unit": ""}
    }


def test_on_the_command_line_an_own_item_is_found_in_the_market_named(tmp_path, panel, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    screen_of(tmp_path, "require:\n  vendor_score: {min: 0}\n", panel.market)
    data = ["--data", str(panel.market.path)]
    assert main(["check", "scored.yaml"]) == 1
    assert main(["check", "scored.yaml", *data]) == 0
    capsys.readouterr()
    assert main(["screen", "scored.yaml", "--on", "2016-03-31", *data, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [row["vendor_score"] for row in answer["members"]] == [3.0, 2.0]
    assert main(["explain", "scored.yaml", "B", "--on", "2016-03-31", *data]) == 0
    assert main(["factors", "vendor_score", *data, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out.rpartition("\n[")[2].join(["[", ""]))[0]
    assert (shown["unit"], shown["good"], shown["needs"]) == ("unknown", "none", "vendor_score")
