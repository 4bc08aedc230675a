"""Returns of one's own are judged by the same estimates and words as a strategy's, and charged in the same ledger."""

import json
from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest

import active_edge as ae
from active_edge.errors import ConfigError, InferenceError, MissingInput
from active_edge.ledger import REAL, Ledger
from active_edge.results.folders import read_stats
from active_edge.results.own_returns import write_returns_report
from active_edge.results.rerun import rerun
from active_edge.simulated import simulate
from tests.judging.months import MINE, MONTHS, PASSIVE


def lines(ledger) -> list[dict]:
    return [json.loads(line) for line in ledger.read_text(encoding="utf-8").splitlines()]


def numbers(estimate) -> dict[str, float]:
    return {name: value for name, value in asdict(estimate).items() if isinstance(value, float)}


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    folder = tmp_path_factory.mktemp("market")
    simulate(folder, years=4, firms=120, seed=6)
    return ae.open_market(folder)


def test_the_returns_of_a_strategy_are_judged_as_the_strategy_is(market, tmp_path, monkeypatch):
    (tmp_path / "s.yaml").write_text("name: s\ndescription: d\nrequire:\n  return_on_assets: {quantile_min: 0.5}\n")
    (tmp_path / "t.yaml").write_text("name: t\nscreen: s\n")
    result = ae.backtest(ae.load_strategy(tmp_path / "t.yaml"), market)
    monkeypatch.setenv("ACTIVE_EDGE_LEDGER", str(tmp_path / "a.jsonl"))
    as_strategy = ae.judge(result, out=tmp_path / "a", random_portfolios=20)
    monkeypatch.setenv("ACTIVE_EDGE_LEDGER", str(tmp_path / "b.jsonl"))
    as_returns = ae.judge_returns(result.returns, market=market, out=tmp_path / "b")
    for found, expected in (
        *((as_returns.benchmarks[name].alpha, as_strategy.benchmarks[name].alpha) for name in ("IWM", "IJR")),
        (as_returns.factors, as_strategy.factors),
        (as_returns.performance, as_strategy.performance),
    ):
        assert numbers(found) == pytest.approx(numbers(expected), rel=1e-9)
    assert as_returns.evidence.deflated_sharpe == pytest.approx(as_strategy.evidence.deflated_sharpe)
    kept = [lines(tmp_path / f"{name}.jsonl")[0]["information_ratio"] for name in "ab"]
    assert kept[0] == pytest.approx(kept[1])
    assert as_returns.own.simulated


def test_months_beside_a_market_are_held_against_its_months(market, tmp_path):
    levels = market.series("IWM")
    ends = levels.groupby(levels.index.to_period("M")).last()
    passive = ends.pct_change().iloc[3:]
    own = passive + np.random.default_rng(0).normal(0, 0.01, len(passive))
    judged = ae.judge_returns(own, benchmarks="IWM", market=market, out=tmp_path)
    np.testing.assert_allclose(judged.samples.held.benchmark, passive, rtol=1e-12)
    assert judged.own.periods_per_year == 12
    assert judged.factors is not None


def test_an_edge_that_passes_all_else_is_not_supported_without_a_look_at_luck(tmp_path):
    skilled = PASSIVE + np.random.default_rng(3).normal(0.02, 0.005, 60)
    factors = pd.DataFrame({"MKT": PASSIVE, "SIZE": np.random.default_rng(4).normal(0, 0.03, 60)}, index=MONTHS)
    judged = ae.judge_returns(skilled, benchmarks={"passive": PASSIVE}, factors=factors, out=tmp_path)
    assert judged.verdict.verdict == "universe, not selection"
    assert judged.verdict.passed == ("passive", "the factors")
    assert judged.verdict.failed == ("random twins",)
    assert "has no random twins to be held against" in judged.verdict.reason


def test_the_same_returns_under_another_name_are_no_new_trial_and_other_benchmarks_are(tmp_path, ledger_file):
    other = PASSIVE.sample(frac=1, random_state=1).set_axis(MONTHS)
    judge = {"passive": PASSIVE}
    assert ae.judge_returns(MINE, benchmarks=judge, out=tmp_path).tally.trials == 1
    assert ae.judge_returns(MINE, benchmarks=judge, out=tmp_path, name="renamed").tally.trials == 1
    assert ae.judge_returns(MINE, benchmarks=judge | {"other": other}, out=tmp_path).tally.trials == 2
    assert ae.judge_returns(MINE * 1.01, benchmarks=judge, out=tmp_path).tally.trials == 3
    assert [line["screen"] for line in lines(ledger_file)] == ["own returns"] * 3


def test_each_trial_is_charged_for_all_and_their_ratios_are_kept_per_session(tmp_path, ledger_file):
    first = ae.judge_returns(MINE, benchmarks={"passive": PASSIVE}, out=tmp_path)
    second = ae.judge_returns(MINE * 1.01, benchmarks={"passive": PASSIVE}, out=tmp_path)
    p = second.benchmarks["passive"].alpha.p
    assert second.verdict.adjusted_p["passive"] == pytest.approx(min(1.0, 2 * p))
    # A monthly ratio r is r / sqrt(21) a session, 252 / 12 of which make a month.
    beyond = MINE - first.benchmarks["passive"].alpha.beta * PASSIVE
    assert lines(ledger_file)[0]["information_ratio"] == pytest.approx(beyond.mean() / beyond.std() / 21**0.5)


def test_a_file_and_a_polars_frame_are_the_same_trial(tmp_path, ledger_file):
    polars = pytest.importorskip("polars", reason="polars is not installed")
    table = pd.concat([MINE, PASSIVE], axis=1).rename_axis("date").reset_index()
    table.to_csv(tmp_path / "returns.csv", index=False)
    ae.judge_returns(tmp_path / "returns.csv", benchmarks=["passive"], out=tmp_path)
    ae.judge_returns(polars.DataFrame(table.to_dict("list")), benchmarks=["passive"], out=tmp_path)
    assert len(lines(ledger_file)) == 1


def test_the_folder_holds_stats_page_record_and_the_series_and_is_on_the_index(market, tmp_path):
    levels = market.series("IJR")
    judged = ae.judge_returns(levels.pct_change().dropna() + 1e-4, market=market, out=tmp_path, name="mine")
    run = write_returns_report(judged, tmp_path)
    assert {path.name for path in run.folder.iterdir()} == {
        "stats.json", "entry.json", "run.yaml", "report.html", "returns.parquet", "inputs.parquet",
    }  # fmt: skip
    stats = read_stats(run.folder)
    assert (stats.strategy, stats.screen, stats.verdict) == ("mine", "own returns", judged.verdict.verdict)
    assert stats.start == str(levels.index[0].date())
    measured = judged.benchmarks["IWM"].alpha.alpha_annual
    assert stats.benchmarks["IWM"].alpha_annual == pytest.approx(measured, rel=1e-9)
    page = (run.folder / "report.html").read_text(encoding="utf-8")
    assert "taken as given" in page
    assert "SIMULATED" in page
    assert "The portfolio held nothing" not in page
    assert run.folder.name in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_a_month_is_called_one_on_the_page(tmp_path):
    run = write_returns_report(ae.judge_returns(MINE, benchmarks={"passive": PASSIVE}, out=tmp_path), tmp_path)
    page = (run.folder / "report.html").read_text(encoding="utf-8")
    assert "60 months" in page
    assert "60 sessions" not in page
    assert run.stats.start == "2014-12-31"


@pytest.mark.slow
def test_returns_are_judged_again_to_the_same_bytes_whatever_was_tried_since(market, tmp_path):
    ends = market.series("IWM").groupby(market.series("IWM").index.to_period("M")).last()
    monthly = ends.pct_change().dropna() + np.random.default_rng(8).normal(0, 0.01, len(ends) - 1)
    short = pd.Series(0.01, index=pd.DatetimeIndex(["2022-01-31"]))
    other = monthly.sample(frac=1, random_state=1).set_axis(monthly.index)
    given = [
        {"market": market},
        {"benchmarks": {"other": other, "short": short}, "cash": monthly * 0 + 0.001, "factors": other.to_frame("f")},
    ]
    for place, asked in enumerate(given):
        out = tmp_path / str(place)
        run = write_returns_report(ae.judge_returns(monthly, out=out, **asked), out)
        ae.judge_returns(monthly * 1.1, out=out, **asked)
        before = (run.folder / "stats.json").read_bytes()
        again = rerun(run.folder, out=tmp_path / "elsewhere")
        assert again.same
        assert (again.run.folder / "stats.json").read_bytes() == before
        assert rerun(run.folder).same


def test_series_that_were_changed_since_are_not_judged_as_the_same(tmp_path):
    run = write_returns_report(ae.judge_returns(MINE, benchmarks={"passive": PASSIVE}, out=tmp_path), tmp_path)
    (run.folder / "inputs.parquet").unlink()
    with pytest.raises(MissingInput, match=r"inputs\.parquet: missing"):
        rerun(run.folder)


@pytest.mark.parametrize("name", ["My Fund", "../up", "", "1st"])
def test_a_name_that_is_no_folder_is_refused_before_anything_is_recorded(name, tmp_path, ledger_file):
    with pytest.raises(ConfigError, match=r"is not a name|name is empty"):
        ae.judge_returns(MINE, benchmarks={"passive": PASSIVE}, out=tmp_path, name=name)
    assert not ledger_file.exists()


def test_returns_of_days_to_come_are_asked_about_before_anything_is_recorded(tmp_path, ledger_file):
    later = pd.DateOffset(years=2095 - MINE.index[-1].year)
    mine, passive = (one.set_axis((one.index + later) + pd.offsets.MonthEnd(0)) for one in (MINE, PASSIVE))
    with pytest.raises(
        InferenceError, match=r"returns: 2095-\d\d-\d\d is yet to come .*: is the year right\? Correct the dates"
    ):
        ae.judge_returns(mine, benchmarks={"passive": passive}, out=tmp_path)
    assert not ledger_file.exists()


def test_a_period_that_runs_today_may_be_dated_at_its_end(tmp_path):
    end = pd.Timestamp.today().normalize() + pd.offsets.QuarterEnd(0)
    dates = pd.date_range(end=end, periods=60, freq="QE")
    mine = pd.Series(np.random.default_rng(1).normal(0.01, 0.05, 60), dates)
    passive = mine + np.random.default_rng(2).normal(0, 0.02, 60)
    assert ae.judge_returns(mine, benchmarks={"passive": passive}, out=tmp_path).verdict is not None


def test_factors_that_were_given_and_cannot_be_used_are_an_error(tmp_path):
    with pytest.raises(InferenceError):
        ae.judge_returns(MINE, benchmarks={"passive": PASSIVE}, factors=PASSIVE.iloc[::2].to_frame("F"), out=tmp_path)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"data": "anywhere"}, "leave --data and --any-data out"),
        ({"any_data": True}, "leave --data and --any-data out"),
        ({"plugins": False}, "leave --plugin and --no-plugins out"),
        ({"plugin_files": ["mine.py"]}, "leave --plugin and --no-plugins out"),
    ],
)
def test_what_own_returns_could_only_ignore_is_refused(asked, words, market, tmp_path):
    run = write_returns_report(ae.judge_returns(MINE, benchmarks={"passive": PASSIVE}, out=tmp_path), tmp_path)
    with pytest.raises(ConfigError, match=words):
        rerun(run.folder, **asked)


def test_the_same_returns_with_months_added_are_the_same_trial_and_changed_ones_are_not(tmp_path):
    ae.judge_returns(MINE.iloc[:-2], benchmarks={"passive": PASSIVE.iloc[:-2]}, out=tmp_path)
    first = ae.judge_returns(MINE.iloc[:-1], benchmarks={"passive": PASSIVE.iloc[:-1]}, out=tmp_path)
    ae.judge_returns(MINE, benchmarks={"passive": PASSIVE}, out=tmp_path, name="renamed")
    assert (first.tally.trials, Ledger().tally(REAL).lines) == (1, 1)
    changed = MINE.copy()
    changed.iloc[3] += 1e-6
    ae.judge_returns(changed, benchmarks={"passive": PASSIVE}, out=tmp_path)
    assert Ledger().tally(REAL).lines == 2


@pytest.mark.parametrize("months", [8, 12, 23])
def test_months_too_few_for_six_factors_are_too_short_to_judge_and_no_error(months, tmp_path):
    index = pd.date_range("2020-01-31", periods=months, freq="ME")
    draw = np.random.default_rng(1)
    passive = pd.Series(draw.normal(0.01, 0.05, months), index)
    own = passive + draw.normal(0, 0.01, months)
    factors = pd.DataFrame(draw.normal(0, 0.03, (months, 6)), index, list("ABCDEF"))
    judged = ae.judge_returns(own, benchmarks={"BM": passive}, factors=factors, cash=passive * 0 + 0.001, out=tmp_path)
    assert judged.verdict.verdict == "too short to judge"
    assert (write_returns_report(judged, tmp_path).folder / "report.html").exists()
