"""Weights from a file to a verdict, from the command line."""

import json

import pandas as pd
import pytest

import active_edge as ae
from active_edge.cli.main import main
from active_edge.simulated import simulate

DATES = ("2022-01-03", "2022-07-01", "2023-01-03")


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    folder = tmp_path_factory.mktemp("market")
    simulate(folder, years=4, firms=60, seed=6)
    return ae.open_market(folder)


@pytest.fixture(scope="module")
def wide(market):
    """Two names with prices throughout, half and half, then the other way round, then nothing."""
    prices = market.prices
    whole = (prices.first == prices.first.min()) & (prices.last == prices.last.max())
    first, second = market.assets[whole][:2]
    return pd.DataFrame({first: [0.5, 0.25, 0.0], second: [0.5, 0.75, 0.0]}, index=pd.DatetimeIndex(DATES, name="date"))


@pytest.fixture
def say(tmp_path, monkeypatch, capsys, market):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ACTIVE_EDGE_DATA", str(market.path))

    def run(*arguments):
        code = main([*map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def long(wide):
    return wide.melt(ignore_index=False, var_name="ticker", value_name="weight").reset_index()


@pytest.mark.slow
def test_a_wide_and_a_long_table_are_one_trial_with_the_bytes_of_python(say, tmp_path, market, wide):
    wide.to_csv("my weights.csv")
    long(wide).to_csv("long.csv", index=False)
    code, out, _ = say("backtest", "--weights", "my weights.csv", "--random", "20", "--no-sensitivity", "--json")
    (stats,) = json.loads(out)
    assert (code, stats["strategy"], stats["screen"], stats["trials"]) == (0, "my_weights", "own_weights", 1)
    other = say(
        "backtest", "--weights", "long.csv", "--name", "my_weights", "--random", "20", "--no-sensitivity", "--json"
    )
    assert json.loads(other[1]) == [stats]
    result = ae.backtest_weights(wide, market, name="my_weights")
    (run,) = ae.write_report([result], out=tmp_path / "python", random_portfolios=20, sensitivity=False)
    assert run.stats.to_json() == stats
    told = json.loads(say("ledger", "--json")[1])
    assert [one["trials"] for one in told["lineages"]] == [1]


@pytest.mark.slow
def test_the_run_is_made_again_from_the_command_line(say, wide):
    wide.to_csv("mine.csv")
    assert say("backtest", "--weights", "mine.csv", "--random", "20", "--no-sensitivity")[0] == 0
    code, out, _ = say("rerun", "mine")
    assert code == 0
    assert "to the last byte" in out


@pytest.mark.slow
def test_weights_are_judged_together_with_strategies_and_take_the_terms_of_one(say, tmp_path, wide):
    wide.to_csv("mine.csv")
    for folder in ("screens", "strategies"):
        (tmp_path / folder).mkdir()
    (tmp_path / "strategies" / "all.yaml").write_text(
        "name: all\nscreen: all\ncapital_usd: 50000\nbenchmarks: [IJR]\ncosts: {commission_bps: 50}\n"
    )
    (tmp_path / "screens" / "all.yaml").write_text("name: all\ndescription: all\nuniverse: {small_caps: false}\n")
    asked = ("backtest", "all", "--weights", "mine.csv", "--random", "20", "--no-sensitivity", "--json")
    code, out, err = say(*asked)
    assert (code, err) == (0, "")
    plain = {stats["strategy"]: stats for stats in json.loads(out)}
    assert {name: stats["trials"] for name, stats in plain.items()} == {"all": 2, "mine": 2}
    dearer = {stats["strategy"]: stats for stats in json.loads(say(*asked, "--terms", "all")[1])}
    assert dearer["mine"]["cost_drag_annual"] > plain["mine"]["cost_drag_annual"]
    assert (list(plain["mine"]["benchmarks"]), list(dearer["mine"]["benchmarks"])) == (["IWM", "IJR"], ["IJR"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("date,ticker,weight\n2022-01-03,{a},0.5\n2022-01-03,{a},0.5\n", "row 2: {a} on 2022-01-03 is given twice"),
        ("date,ticker,weight\n2022-01-03,,0.5\n", "row 1, 2022-01-03: the ticker is empty"),
        ("date,ticker\n2022-01-03,{a}\n", "no column is called weight"),
        ("date,ticker,weight,note\n2022-01-03,{a},0.5,x\n", "the columns note have no meaning here"),
        ("date,ticker,weight\n2022-01-03,{a},half\n", "'half' is not a finite number"),
        ("date,ticker,weight\nsoon,{a},0.5\n", "row 1: 'soon' is not a date"),
        ("date,{a}\n2022-01-03,50\n", "divide percent by 100"),
        ("date,{a}\n2022-01-03,1.2\n", "sum to 1.2, the bound is 1"),
        ("date,{a}\n2022-01-03,-0.2\n", "-0.2 is not a number in [0, 1]"),
        ("date,NOSUCH\n2022-01-03,0.2\n", "NOSUCH"),
        ("date,{a}\n1999-01-03,0.2\n", "1999-01-03: the market decides from"),
    ],
)
def test_what_is_wrong_with_weights_is_one_sentence_and_nothing_is_tried(text, words, say, tmp_path, wide):
    first = str(wide.columns[0])
    (tmp_path / "mine.csv").write_text(text.format(a=first))
    code, out, err = say("backtest", "--weights", "mine.csv")
    assert (code, out) == (1, "")
    assert words.format(a=first) in " ".join(err.split())
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "nothing to run; name STRATEGIES, or --weights FILE"),
        (("--weights", "nowhere.csv"), "nowhere.csv: cannot be read"),
        (("--weights", "mine.txt"), "must be a .csv or .parquet file"),
        (("thesis", "--name", "mine"), "--name and --terms are for --weights"),
        (("--weights", "a.csv", "--weights", "b.csv", "--name", "mine"), "there are 2 files of weights"),
        (("--weights", "a.csv", "--from", "2022-01-03"), "weights begin at their first date"),
        (("--weights", "a.csv", "--audit-leaks"), "leave one out"),
        (("--weights", "mine.csv", "--name", "My Fund"), "'My Fund' is not a name"),
    ],
)
def test_options_at_odds_are_a_sentence_with_the_remedy(arguments, words, say, wide):
    wide.to_csv("mine.csv")
    code, _, err = say("backtest", *arguments)
    assert code == 1
    assert words in " ".join(err.split())
