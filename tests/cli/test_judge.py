"""Returns from a file to a verdict, from the command line."""

import json

import pandas as pd
import pytest

import active_edge as ae
from active_edge.cli.main import main
from active_edge.simulated import simulate
from tests.judging.months import MINE, PASSIVE


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    folder = tmp_path_factory.mktemp("market")
    simulate(folder, years=4, firms=60, seed=6)
    return ae.open_market(folder)


@pytest.fixture
def say(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ACTIVE_EDGE_DATA", raising=False)

    def run(*arguments):
        code = main([*map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_a_file_with_its_benchmark_beside_needs_no_market(say, tmp_path):
    pd.concat([MINE, PASSIVE], axis=1).rename_axis("date").to_csv(tmp_path / "returns.csv")
    code, out, _ = say("judge", "returns.csv", "--benchmarks", "passive", "--name", "mine", "--json")
    stats = json.loads(out)
    assert code == 0
    assert (stats["strategy"], stats["screen"], stats["sessions"], stats["trials"]) == ("mine", "own returns", 60, 1)
    assert list(stats["benchmarks"]) == ["passive"]
    assert json.loads((tmp_path / "results" / stats["run"] / "stats.json").read_text()) == stats


def test_benchmarks_may_be_another_file(say, tmp_path):
    MINE.rename_axis("date").to_csv(tmp_path / "returns.csv")
    PASSIVE.rename_axis("date").to_csv(tmp_path / "passive.csv")
    code, out, _ = say("judge", "returns.csv", "--benchmarks", "passive.csv")
    assert code == 0
    assert "passive" in out
    assert "report.html" in out
    # the rates that its page quotes stand beside it
    assert "calibration.html" in (tmp_path / "results" / "index.html").read_text()


def test_a_markets_benchmarks_cash_and_factors_are_used_and_a_simulated_one_is_stamped(say, tmp_path, market):
    returns = market.series("IJR").pct_change().dropna() + 1e-4
    returns.rename("fund").to_csv(tmp_path / "returns.csv")
    code, out, _ = say("judge", "returns.csv", "--data", market.path)
    assert code == 0
    assert "SIMULATED" in out
    told = json.loads(say("judge", "returns.csv", "--data", market.path, "--json")[1])
    assert {"MKT_RF", "SMB", "HML"} <= set(told["factors"]["loadings"])
    assert say("compare", "own_returns")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.csv"], "nowhere.csv: cannot be read"),
        (["returns.csv"], "nothing to hold the returns against"),
        (["returns.csv", "--benchmarks", "IWM"], "benchmark IWM: no column of the returns has that name"),
        (["percent.csv", "--benchmarks", "passive.csv"], "divide percent by 100"),
    ],
)
def test_what_is_wrong_is_a_sentence_with_the_remedy_and_exit_code_1(arguments, words, say, tmp_path):
    MINE.rename_axis("date").to_csv(tmp_path / "returns.csv")
    (MINE * 100).rename_axis("date").to_csv(tmp_path / "percent.csv")
    PASSIVE.rename_axis("date").to_csv(tmp_path / "passive.csv")
    code, _, err = say("judge", *arguments)
    assert code == 1
    assert words in err
    assert not (tmp_path / "results").exists()


def test_a_file_of_a_header_alone_is_refused_in_a_sentence(say, tmp_path):
    (tmp_path / "returns.csv").write_text("date,fund\n")
    code, _, said = say("judge", "returns.csv", "--benchmarks", "fund")
    assert code == 1
    assert said.startswith("Error: ")
    assert "Traceback" not in said
