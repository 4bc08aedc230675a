"""A user's own factor: found, run when needed, documented and counted as a built-in one."""

import hashlib
import json
import os

import numpy as np
import pytest

from active_edge.errors import ConfigError, PluginError
from active_edge.factors import FACTORS, factor_matrix
from active_edge.panel import Panel
from active_edge.plugins import load_plugins, scope
from active_edge.run.backtest import configuration
from active_edge.run.identity import trial_content
from active_edge.screen import load_screen
from active_edge.sessions import rebalance_sessions
from active_edge.strategy import decide_targets, load_strategy
from tests.plugins.files import CASH_SHARE, HEAD, WORDS, add_plugin, own_factor, working_folder

ON = ("--on", "2024-06-28")
RUN_MARK = "import pathlib\npathlib.Path('was_run').write_text('')\n"


@pytest.mark.slow
def test_a_file_beside_the_screens_is_a_factor_and_is_named_with_its_hash(say, tmp_path):
    working_folder(tmp_path, mine=CASH_SHARE)
    code, out, err = say("screen", "screens/mine.yaml", *ON, "--json")
    answer = json.loads(out)
    assert code == 0
    assert f"plug-in plugins/mine.py sha256 {hashlib.sha256(CASH_SHARE.encode()).hexdigest()[:12]}" in err
    values = [row["cash_share"] for row in answer["members"]]
    assert len(values) == 10
    assert values == sorted(values, reverse=True)
    assert answer["coverage"]["cash_share"] > 0.9
    assert answer["members"][0]["data_age_days"] > 0


def test_its_values_are_those_of_the_built_in_factor_of_the_same_formula(market, tmp_path):
    panel = Panel(market, market.sessions[[300, 500, 700]])
    with scope(files=[add_plugin(tmp_path, "mine", CASH_SHARE)]):
        own, built_in = factor_matrix(panel, "cash_share"), factor_matrix(panel, "cash_to_assets")
    assert np.isfinite(built_in).mean() > 0.5
    both = np.isfinite(own) & np.isfinite(built_in)
    np.testing.assert_allclose(own[both], built_in[both], rtol=1e-12)


def test_what_it_reads_is_recorded_behind_kept_figures_too(market, tmp_path):
    body = 'panel.market_value()\nreturn panel.latest("net_income") / panel.market_value()'
    panel = Panel(market, market.sessions[[500]])
    panel.market_value()  # kept before the factor asks
    with scope(files=[add_plugin(tmp_path, "mine", own_factor(body))]):
        made = FACTORS["cash_share"]
        assert set(made.items_on(panel)) == {"net_income", "shares_outstanding", "shares_diluted"}
        assert made.missing_items(market) == ()
        assert FACTORS["cash_share"].items() == ()


def test_declared_needs_that_a_market_lacks_leave_it_missing_everywhere(market, tmp_path):
    text = own_factor("return np.ones(panel.shape)", words=f'{WORDS}, needs=("vendor_score",), family="value"')
    with scope(files=[add_plugin(tmp_path, "mine", text)]):
        made = FACTORS["cash_share"]
        assert made.missing_items(market) == ("vendor_score",)
        assert np.isnan(made(Panel(market, market.sessions[[500]]))).all()
        assert made.family == "value"


@pytest.mark.parametrize("arguments", [("screen", "screens/mine.yaml", *ON), ("factors", "price")])
def test_a_file_whose_names_nobody_needs_is_not_run(say, tmp_path, arguments):
    working_folder(tmp_path, mine=CASH_SHARE, other=own_factor("return 1", name="other", top=RUN_MARK))
    assert say(*arguments)[0] == 0
    assert not (tmp_path / "was_run").exists()


def test_check_looks_and_never_runs(say, tmp_path):
    working_folder(tmp_path, mine=own_factor("return 1", top=RUN_MARK))
    for arguments in (("check",), ("check", "screens"), ("check", "strategies/mine.yaml")):
        code, out, _ = say(*arguments, data=False)
        assert code == 0
        assert "cash_share may come from plugins/mine.py, line 7, not run" in out
    assert json.loads(say("check", "--json", data=False)[1])[0]["plugins"]
    assert not (tmp_path / "was_run").exists()
    assert say("check", "--plugin", "plugins/mine.py", data=False)[0] == 0
    assert (tmp_path / "was_run").exists()


def test_check_knows_a_plug_ins_direction_without_running_it(say, tmp_path):
    working_folder(tmp_path, mine=CASH_SHARE.replace('good="high"', 'good="none"'))
    code, out, _ = say("check", data=False)
    assert code == 1
    assert "screens/mine.yaml:6: rank.cash_share: cash_share has no good direction" in out


def test_no_plugins_switches_all_off_and_says_so(say, tmp_path):
    working_folder(tmp_path, mine=CASH_SHARE)
    code, _, err = say("screen", "screens/mine.yaml", *ON, "--no-plugins")
    assert code == 1
    assert "no factor is named 'cash_share'; plug-ins are off (--no-plugins)" in err
    assert "exclude each other" in say("check", "--no-plugins", "--plugin", "x.py", data=False)[2]


def test_a_plug_in_that_is_off_is_told_of_also_where_its_factor_is_called_as_another_is_abbreviated(say, tmp_path):
    working_folder(tmp_path, factor="beta", mine=CASH_SHARE.replace("cash_share", "beta"))
    assert say("screen", "screens/mine.yaml", *ON)[0] == 0
    err = say("screen", "screens/mine.yaml", *ON, "--no-plugins")[2]
    assert "no factor is named 'beta'; plug-ins are off (--no-plugins); nearest is volatility" in " ".join(err.split())


def test_a_misspelt_own_factor_is_answered_with_the_right_name(say, tmp_path):
    working_folder(tmp_path, factor="cash_shares", mine=CASH_SHARE)
    assert "did you mean cash_share?" in say("screen", "screens/mine.yaml", *ON)[2]


def test_a_named_file_works_from_anywhere_and_on_explain(say, tmp_path):
    working_folder(tmp_path / "work")
    (tmp_path / "elsewhere.py").write_text(CASH_SHARE)
    given = ("work/screens/mine.yaml", *ON, "--plugin", "elsewhere.py")
    members = json.loads(say("screen", *given, "--json")[1])["members"]
    code, out, _ = say("explain", given[0], members[0]["ticker"], *given[1:], "--json")
    rules = {(row["part"], row["rule"]): row for row in json.loads(out)["rules"]}
    assert code == 0
    assert rules["require", "cash_share"]["value"] == members[0]["cash_share"]
    assert rules["rank", "cash_share"]["bound"] == "weight 1, high is good"


def test_its_reference_entry_is_told_without_running_it_and_its_coverage_with_data(say, tmp_path):
    working_folder(tmp_path, mine=RUN_MARK + CASH_SHARE)
    row = json.loads(say("factors", "cash_share", "--json", data=False)[1])[0]
    assert (row["doc"], row["unit"], row["source"]) == ("Cash over total assets.", "fraction", "own idea")
    assert (row["plugin"], row["family"]) == ("plugins/mine.py", "own")
    assert "cash_share" in say("factors", data=False)[1]
    assert not (tmp_path / "was_run").exists()
    row = json.loads(say("factors", "cash_share", "--json")[1])[0]
    assert row["needs"] == "total_assets, cash"
    assert row["coverage"]["2024"] > 0.9


def test_what_a_plug_in_prints_does_not_reach_the_output(say, tmp_path):
    working_folder(
        tmp_path, mine=f"print('hello')\n{CASH_SHARE.replace('    assets', '    print(1)' + chr(10) + '    assets')}"
    )
    _, out, err = say("screen", "screens/mine.yaml", *ON, "--json")
    assert json.loads(out)["members"]
    assert "hello" in err


def test_a_scope_forgets_what_it_registered_and_python_can_keep_it(market, tmp_path):
    path = add_plugin(tmp_path, "mine", CASH_SHARE)
    with scope(files=[path]):
        assert "cash_share" in FACTORS
    assert "cash_share" not in FACTORS
    with pytest.raises(ConfigError, match="no factor is named 'cash_share'"):
        load_screen(working_folder(tmp_path) / "screens" / "mine.yaml")
    with scope():
        (plugin,) = load_plugins(path.parent)
        assert plugin.sha256 == hashlib.sha256(CASH_SHARE.encode()).hexdigest()
        members = load_screen(tmp_path / "screens" / "mine.yaml").members(market, "2024-06-28")
        assert len(members) == 10


def decided(folder, market):
    with scope([folder / "plugins"]):
        strategy = load_strategy(folder / "strategies" / "mine.yaml")
        dates = rebalance_sessions(market.sessions, "annual")
        return strategy, decide_targets(strategy, market, dates)


def content(folder, market):
    strategy, decision = decided(folder, market)
    return json.dumps(trial_content(strategy, decision.plugins), sort_keys=True)


def test_the_text_of_a_plug_in_is_part_of_the_trial_and_its_place_is_not(market, tmp_path):
    first = content(working_folder(tmp_path / "a", mine=CASH_SHARE), market)
    assert hashlib.sha256(CASH_SHARE.encode()).hexdigest() in first
    assert content(working_folder(tmp_path / "b", renamed=CASH_SHARE), market) == first
    assert content(working_folder(tmp_path / "c", mine=CASH_SHARE + "\n# a note\n"), market) != first
    other = own_factor("return 1", name="other")
    assert content(working_folder(tmp_path / "d", mine=CASH_SHARE, other=other), market) == first


def test_a_file_beside_it_that_it_imports_is_part_of_the_trial(market, tmp_path, monkeypatch):
    importing = CASH_SHARE.replace("import numpy as np\n", "import numpy as np\nimport shared_thing\n")
    seen = []
    for number in (1, 2):
        folder = working_folder(tmp_path / str(number), mine=importing)
        add_plugin(folder, "shared_thing", f"VALUE = {number}\n")
        monkeypatch.syspath_prepend(folder / "plugins")
        seen.append(content(folder, market))
    assert seen[0] != seen[1]


def test_a_strategy_without_plug_ins_is_the_trial_it_was(market, tmp_path):
    folder = working_folder(tmp_path, factor="cash_to_assets", mine=CASH_SHARE)
    strategy, decision = decided(folder, market)
    assert decision.plugins == {}
    assert set(trial_content(strategy, {})) == set(configuration(strategy))
    assert trial_content(strategy, decision.plugins) == trial_content(strategy, {})


@pytest.mark.slow
def test_the_leak_audit_covers_it_and_names_it(say, tmp_path):
    body = (
        "later = np.minimum(panel.market.sessions.get_indexer(panel.dates) + 1, len(panel.market.sessions) - 1)\n"
        "return panel.market.prices.close[later]"
    )
    working_folder(tmp_path, mine=own_factor(body))
    code, out, _ = say("backtest", "strategies/mine.yaml", "--audit-leaks")
    assert code == 1
    assert "factor cash_share (plug-in plugins/mine.py) on" in out
    add_plugin(tmp_path, "mine", CASH_SHARE)
    code, out, _ = say("backtest", "strategies/mine.yaml", "--audit-leaks")
    assert (code, "nothing moved" in out) == (0, True)


@pytest.mark.slow
def test_a_run_with_a_plug_in_is_one_trial_however_often_and_another_when_it_changes(say, tmp_path):
    working_folder(tmp_path, mine=CASH_SHARE)
    command = ("backtest", "strategies/mine.yaml", "--no-sensitivity", "--random", "20", "--json")
    counted = []
    for text in (CASH_SHARE, CASH_SHARE, CASH_SHARE + "# changed\n"):
        add_plugin(tmp_path, "mine", text)
        code, out, err = say(*command)
        assert code == 0, err
        counted.append(json.loads(out)[0]["trials"])
    assert counted == [1, 1, 2]


def test_an_entry_point_is_a_factor_by_its_name_and_off_under_test_unless_asked(market, tmp_path, monkeypatch):
    package = tmp_path / "own_factors"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "quality.py").write_text(CASH_SHARE)
    record = tmp_path / "own_factors-1.0.dist-info"
    record.mkdir()
    (record / "METADATA").write_text("Metadata-Version: 2.1\nName: own-factors\nVersion: 1.0\n")
    (record / "entry_points.txt").write_text(
        "[active_edge.factors]\ncash_share = own_factors.quality:cash_share\nwrong = own_factors.quality:np\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    folder = working_folder(tmp_path / "work")
    with scope(), pytest.raises(ConfigError, match="no factor is named 'cash_share'"):
        load_screen(folder / "screens" / "mine.yaml")
    monkeypatch.setenv("ACTIVE_EDGE_PLUGINS", "on")
    announced: list = []
    for _ in range(2):  # the second time the module is imported already
        with scope(announce=announced.append):
            assert len(load_screen(folder / "screens" / "mine.yaml").members(market, "2024-06-28")) == 10
            with pytest.raises(PluginError, match=r"own_factors\.quality:np: is to register the factor 'wrong'"):
                FACTORS.find("wrong")
    texts = "".join(hashlib.sha256(text.encode()).hexdigest() for text in ("", CASH_SHARE))
    assert {plugin.sha256 for plugin in announced} == {hashlib.sha256(texts.encode()).hexdigest()}
    with scope(off=True), pytest.raises(ConfigError, match="plug-ins are off"):
        load_screen(folder / "screens" / "mine.yaml")


def test_a_notebook_may_define_it_again_and_text_nobody_can_read_is_refused(market):
    import linecache

    with scope():
        for number, value in enumerate((1.0, 2.0)):
            cell = f"<cell {number}>"
            text = own_factor(f"return np.full(panel.shape, {value})")
            linecache.cache[cell] = (len(text), None, text.splitlines(keepends=True), cell)
            exec(compile(text, cell, "exec"), {})
            assert factor_matrix(Panel(market, market.sessions[[500]]), "cash_share")[0, 0] == value
        with pytest.raises(PluginError, match="its source cannot be read, so no trial could name it"):
            exec(compile(text, "<nowhere>", "exec"), {})


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_that_belongs_to_another_user_is_not_run(say, tmp_path):
    working_folder(tmp_path, mine=CASH_SHARE)
    os.chown(tmp_path / "plugins", 12345, 12345)
    code, _, err = say("screen", "screens/mine.yaml", *ON)
    assert code == 1
    assert "belongs to another user, so nothing in it is run; name its files with --plugin" in err


def test_a_decorator_by_another_name_is_seen_and_other_decorators_are_not(say, tmp_path):
    aliased = CASH_SHARE.replace("import active_edge as ae", "from active_edge import factor as mine").replace(
        "@ae.factor", "@mine"
    )
    strange = f"{HEAD}def factor(**_):\n    return lambda f: f\n\n@factor()\ndef leverage(panel):\n    return 1\n"
    working_folder(tmp_path, mine=aliased, strange=strange)
    assert say("screen", "screens/mine.yaml", *ON)[0] == 0


def test_python_names_the_file_beside_the_yaml_and_how_to_load_it_and_then_it_works(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    working_folder(tmp_path, mine=f"{RUN_MARK}{CASH_SHARE}")
    said = r"no factor is named .*; .*plugins/mine\.py, line \d+ defines it: call ae\.load_plugins\('(.*)'\) first"
    for load in (
        lambda: load_screen(tmp_path / "screens/mine.yaml"),
        lambda: load_strategy(tmp_path / "strategies/mine.yaml"),
    ):
        with pytest.raises(ConfigError, match=said):
            load()
    assert not (tmp_path / "was_run").exists()
    with scope():
        load_plugins(tmp_path / "plugins")
        assert load_screen(tmp_path / "screens/mine.yaml").factors() == ("cash_share",)


def test_python_names_the_weighting_beside_the_yaml_too(tmp_path):
    folder = working_folder(tmp_path, factor="cash_to_assets")
    add_plugin(
        folder, "half", f'{HEAD}@ae.weighting(ranked=False)\ndef half(evaluation, members):\n    """A test."""\n'
    )
    rules = tmp_path / "strategies/mine.yaml"
    rules.write_text(rules.read_text() + "weights: half\n")
    with pytest.raises(ConfigError, match=r"half\.py, line \d+ defines it: call ae\.load_plugins"):
        load_strategy(rules)
