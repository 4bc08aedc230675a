"""What is one trial, from files to the ledger: newer snapshots, other folders, corrected names; what counts nothing."""

import shutil

import pytest

import active_edge as ae
from active_edge.config import parse_model
from active_edge.errors import MissingInput
from active_edge.judging.first_looks import relooks
from active_edge.ledger import REAL, Ledger
from active_edge.market import open_market
from active_edge.results.batch import run_strategies
from active_edge.screen import Screen
from active_edge.sessions import sessions_between
from active_edge.simulated import simulate
from active_edge.strategy import Strategy, StrategyRules
from tests.results.test_snapshot_effect import CASH, market_of

pytestmark = pytest.mark.slow

FEW = {"random_portfolios": 20, "sensitivity": False}


def strategy(rules="benchmarks: [IWM]", screen="rank: {cash_to_assets: 1}\nselect: {top: 2}"):
    rules = rules if "rebalance:" in rules else f"{rules}\nrebalance: once"
    return Strategy(
        parse_model(f"name: s\nscreen: s\ncosts: {{spread: 10}}\n{rules}\n", StrategyRules, "s.yaml"),
        parse_model(f"name: s\ndescription: d\n{screen}\n", Screen, "s.yaml"),
    )


@pytest.fixture(scope="module")
def markets(tmp_path_factory):
    """One market as of two days, a month apart."""
    folder = tmp_path_factory.mktemp("markets")
    ends = {"october": "2020-10-30", "november": "2020-11-30"}
    return [market_of(folder / name, CASH, sessions_between("2018-01-02", end)) for name, end in ends.items()]


def run(market, out, rules="benchmarks: [IWM]", **asked):
    (done,) = run_strategies([strategy(rules)], market, out=out, **FEW, **asked)
    return done


def test_two_snapshots_a_month_apart_two_folders_and_a_corrected_benchmark_are_one_trial(markets, tmp_path):
    run(markets[0], tmp_path / "a", "benchmarks: [IWN]")
    run(markets[0], tmp_path / "a")
    done = run(markets[1], tmp_path / "b")
    assert done.stats.trials == 1
    assert Ledger().tally(REAL).lines == 1
    assert len(list(tmp_path.glob("*/s-*/stats.json"))) == 3


@pytest.mark.parametrize(
    ("rebalance", "same", "others"),
    [
        # The data begin on 2018-01-02, a warm-up ends on 2018-04-04, and Monday 2018-09-03 was a holiday.
        # A start before the data is none.
        ("once", ["2018-04-04", "2001-01-01"], [["2018-01-02"], ["2018-09-01", "2018-09-04"]]),
        ("annual", ["2001-01-01", "2018-01-02", "2018-12-31"], [["2019-01-02", "2019-09-03"]]),
    ],
)
def test_another_first_decision_is_another_trial_and_a_start_that_moves_none_is_the_same(
    markets, tmp_path, rebalance, same, others
):
    told, wanted, bases = [], [], set()
    for number, starts in enumerate([[None, *same], *others], start=1):
        for start in starts:
            done = run(markets[0], tmp_path, f"benchmarks: [IWM]\nrebalance: {rebalance}", start=start)
            told.append(Ledger().tally(REAL).lines)
            wanted.append(number)
            bases.add(done.judgement.result.base)
    assert told == wanted
    assert len(bases) == 1 + len(others)
    assert "history revised" not in Ledger().path.read_text()


def test_controls_and_runs_that_held_nothing_count_nothing_and_the_page_says_so(markets, tmp_path):
    control = run(markets[0], tmp_path, "control: true\nmax_weight: 0.4")
    nobody = strategy("min_coverage: 0", "require:\n  cash_to_assets: {min: 0.99}")
    run_strategies([nobody], markets[0], out=tmp_path, **FEW)
    assert Ledger().tally(REAL).lines == 0
    assert control.stats.trials == 1
    assert "Declared a control" in (control.folder / "report.html").read_text(encoding="utf-8")
    assert run(markets[0], tmp_path).stats.trials == 1


def test_the_shipped_controls_are_those_nobody_claims_an_edge_for():
    from active_edge.shipped import shipped_folder

    loaded = [ae.load_strategy(path) for path in shipped_folder("strategies").glob("*.yaml")]
    assert {one.name for one in loaded if one.rules.control} == {"junk", "plain_universe", "russell_2000_equal"}


def test_the_p_of_the_first_look_stays_when_a_month_is_added_and_the_page_says_since_when(markets, tmp_path):
    first = run(markets[0], tmp_path / "a")
    for weight in (0.35, 0.4, 0.45):
        run(markets[0], tmp_path / "a", f"benchmarks: [IWM]\nmax_weight: {weight}")
    later = run(markets[1], tmp_path / "b")
    (then, now) = (one.stats.benchmarks["IWM"] for one in (first, later))
    assert now.months == then.months + 1
    assert now.alpha_annual != then.alpha_annual
    one_sided = first.judgement.benchmarks["IWM"].alpha.p_one_sided
    assert now.alpha_p == pytest.approx(min(1.0, 2 * one_sided))
    assert (first.stats.trials, later.stats.trials) == (1, 1)
    (told,) = [warning.text for warning in later.stats.warnings if warning.text.startswith("First looked at on")]
    assert "over 2018-05 to 2020-10, when 1 trial was charged for" in told
    page = (later.folder / "report.html").read_text(encoding="utf-8")
    assert "First looked at on" in page
    assert f"{Ledger().path}: 4 trials on this kind of market" in page


def test_the_p_over_random_twins_stays_when_a_month_is_added_or_others_are_drawn(markets, tmp_path):
    first = run(markets[0], tmp_path / "first")
    other, later = run(markets[0], tmp_path / "other", seed=7), run(markets[1], tmp_path / "later")
    then = first.stats.twins
    for now in (other, later):
        assert now.stats.twins.alpha_annual != then.alpha_annual
        assert now.judgement.twins.p_one_sided_now != pytest.approx(then.alpha_p_one_sided, rel=1e-6)
        assert now.stats.twins.alpha_p_one_sided == pytest.approx(then.alpha_p_one_sided)
        (told,) = [warning.text for warning in now.stats.warnings if warning.text.startswith("First looked at on")]
        assert "on twins" in told
    assert "history revised" not in Ledger().path.read_text()


def test_the_same_months_again_are_no_later_look(markets, tmp_path):
    first, again = (run(markets[0], tmp_path / name) for name in "ab")
    assert first.stats == again.stats
    assert relooks(again.judgement.samples, again.judgement.tally.first) == {}


def test_a_revised_history_is_told_with_the_p_it_would_give_and_written_once(markets, tmp_path):
    run(markets[0], tmp_path)
    revised = market_of(tmp_path / "revised", CASH | {"C": 35.0}, sessions_between("2018-01-02", "2020-11-30"))
    for name in "ab":
        later = run(revised, tmp_path / name)
    (told,) = [warning.text for warning in later.stats.warnings if "history of the first look" in warning.text]
    assert "on the same months p would now be" in told
    assert Ledger().path.read_text().count('"history revised"') == 1


def test_a_simulated_market_counts_on_wherever_it_is_copied_or_imported_again(tmp_path):
    simulate(tmp_path / "market", years=4, firms=120, seed=11)
    market = open_market(tmp_path / "market")
    plain = strategy("benchmarks: [IWM]", "require:\n  return_on_assets: {quantile_min: 0.5}")
    run_strategies([plain], market, out=tmp_path / "a", **FEW)
    shutil.copytree(tmp_path / "market", tmp_path / "copy")
    ae.import_folder(next((tmp_path / "market" / "snapshots").iterdir()), tmp_path / "imported")
    for place, weight in (("copy", 0.3), ("imported", 0.2)):
        other = Strategy(plain.rules.model_copy(update={"max_weight": weight}), plain.screen)
        (done,) = run_strategies([other], open_market(tmp_path / place), out=tmp_path / place / "results", **FEW)
    assert done.stats.trials == 3
    assert Ledger().tally(REAL).lines == 0


@pytest.mark.parametrize("asked", [["IWMM"], ["IWM", "IWMM"]])
def test_judge_refuses_a_benchmark_the_market_has_not_before_anything_is_written(markets, tmp_path, asked):
    result = ae.backtest(strategy(), markets[0])
    with pytest.raises(MissingInput, match=r"IWMM.*IWM"):
        ae.judge(result, benchmarks=asked, out=tmp_path / "results", random_portfolios=20)
    assert not Ledger().path.exists()
    assert not (tmp_path / "results").exists()
