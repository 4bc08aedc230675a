"""The article claim by claim: which verdict follows from which runs."""

import json

import duckdb
import pandas as pd
import pytest
import yaml

from active_edge.article.article import claims_of_strategy, load_claims
from active_edge.article.claims import Difference, claims_of_run, judge_claim, judge_claims
from active_edge.cli.main import main
from active_edge.errors import ConfigError
from active_edge.published.claims import claims_from_findings
from active_edge.published.findings import judge_measurements
from active_edge.published.tilts import tilt_measurements
from active_edge.results.thesis import judge_thesis
from active_edge.sessions import sessions_between
from active_edge.stats import STATS_FORMAT, Stats
from tests.headlines import headline
from tests.published.published import invented

LEG = claims_of_strategy("balance_sheet")[0]
A_DAY = pd.DataFrame({"net": [0.01]}, index=pd.DatetimeIndex(["2024-12-31"]))


def stats(**more):
    return Stats.from_json(stored(**more))


def stored(strategy: str = "balance_sheet", *, verdict: str = "supported", trials: int = 1, p: float = 0.001, **more):
    """The content of stats.json."""
    numbers = {"alpha_annual": 0.03, "alpha_ci": [0.01, 0.05], "alpha_t": 3.3, "alpha_p": p, "mde_annual": 0.025}
    return {
        "run": f"{strategy}-abc123",
        "strategy": strategy,
        "screen": strategy,
        "start": "2015-06-01",
        "end": "2024-12-31",
        "sessions": 2400,
        "snapshot": "s1",
        "simulated": False,
        "trials": trials,
        "verdict": verdict,
        "verdict_reason": "Because.",
        "format": STATS_FORMAT,
        "headline": headline("IWM", 0.03, 0.01),
        "benchmarks": {"IWM": numbers | {"alpha_p_adjusted": min(1.0, p * trials)}},
    } | more


def test_every_claim_of_the_article_has_a_verdict_and_none_is_passed_without_a_run():
    claims = judge_claims({}, {})
    assert [judged.claim.name for judged in claims] == [claim.name for claim in load_claims()]
    assert {judged.verdict for judged in claims} == {"not testable"}
    for judged in claims:
        assert judged.claim.needs in judged.reason


def test_every_strategy_named_is_shipped(request):
    folder = request.config.rootpath / "strategies"
    assert all((folder / f"{claim.strategy}.yaml").is_file() for claim in load_claims() if claim.strategy)


def test_claims_are_read_strictly_with_the_line_of_each_mistake(tmp_path):
    path = tmp_path / "own.yaml"
    claim = "  - name: a\n    statement: s\n    needs: n\n    published: p\n"
    path.write_text(f"name: own\nclaims:\n{claim}    stratgy: x\n  - name: B\n    statement: ''\n    needs: n\n")
    with pytest.raises(ConfigError) as refused:
        load_claims(path)
    assert [line.split(": ", 1)[0].rpartition(":")[2] for line in str(refused.value).splitlines()] == [
        "7",
        "8",
        "8",
        "9",
    ]
    assert "stratgy: unknown key; did you mean strategy?" in str(refused.value)
    path.write_text(f"name: own\nclaims:\n{claim}{claim}")
    with pytest.raises(ConfigError, match=r"own\.yaml:2: claims: two claims are named a"):
        load_claims(path)


def test_claims_of_ones_own_are_judged_instead_of_the_articles(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(
        "name: own\nclaims:\n  - {name: a, strategy: mine, statement: s, needs: n, published: p}\n"
        "  - {name: b, statement: s, needs: a crystal ball, published: p}\n"
    )
    store(tmp_path / "results", "mine-x", stored("mine", verdict="refuted"), "2026-01-01")
    thesis = judge_thesis(tmp_path / "results", claims=path)
    assert [(judged.claim.name, judged.verdict) for judged in thesis.claims] == [
        ("a", "refuted"),
        ("b", "not testable"),
    ]
    assert "a crystal ball" in thesis.claims[1].reason


def test_a_claim_takes_its_runs_verdict_and_numbers():
    judged = judge_claim(LEG, stats(), 1)
    assert (judged.verdict, judged.run, judged.benchmark) == ("supported", "balance_sheet-abc123", "IWM")
    assert (judged.alpha_annual, judged.interval, judged.trials) == (0.03, (0.01, 0.05), 1)
    json.dumps(judged.to_dict(), allow_nan=False)


def test_trials_made_since_can_take_a_verdict_back():
    # 0.001 · 49 passes five percent, 0.001 · 60 does not
    assert judge_claim(LEG, stats(), 49).verdict == "supported"
    later = judge_claim(LEG, stats(), 60)
    assert later.verdict == "not distinguishable"
    assert later.trials == 60
    assert later.p_adjusted == pytest.approx(0.06)
    assert "ledger now counts 60" in later.reason


def test_a_leg_that_does_not_beat_its_own_universe_is_the_universe():
    even = Difference(0.002, (-0.01, 0.014), 0.7, 2400)
    ahead = Difference(0.03, (0.01, 0.05), 0.003, 2400)
    assert judge_claim(LEG, stats(), 1, difference=even).verdict == "universe, not selection"
    assert judge_claim(LEG, stats(), 1, difference=ahead).verdict == "supported"
    assert "same universe without the rule" in judge_claim(LEG, stats(), 1, difference=ahead).reason


def test_a_run_that_could_not_be_tested_stays_so():
    empty = stats(verdict="not testable", headline=None, benchmarks={}, verdict_reason="insider_ownership 0 %")
    judged = judge_claim(LEG, empty, 5)
    assert judged.verdict == "not testable"
    assert judged.alpha_annual is None
    assert "insider_ownership 0 %" in judged.reason


def test_a_run_page_shows_only_the_claims_its_strategy_tests():
    shown = claims_of_run(stats(trials=4))
    assert [claim.claim for claim in shown] == [LEG.statement]
    assert "4 trials" in shown[0].evidence
    assert claims_of_run(stats(strategy="plain_universe")) == ()


def test_published_returns_speak_to_junk_alone():
    claims = claims_from_findings(judge_measurements(tilt_measurements(invented())))
    told = {judged.claim.name for judged in claims if judged.alpha_annual is not None}
    assert told == {"no_low_quality_entrants"}
    silent = claims_from_findings([])
    assert {judged.verdict for judged in silent} == {"not testable"}


def store(results, run, content, created, returns=None):
    folder = results / run
    folder.mkdir(parents=True)
    (folder / "stats.json").write_text(json.dumps(content | {"run": run}))
    (folder / "run.yaml").write_text(yaml.safe_dump({"trial": run, "created": created}))
    held = A_DAY if returns is None else returns
    frame = held.rename_axis("session").reset_index()
    with duckdb.connect() as connection:
        connection.register("frame", frame)
        connection.execute(f"copy frame to '{folder / 'returns.parquet'}'")


def test_runs_of_an_earlier_version_are_named_and_judge_nothing(tmp_path, capsys):
    store(tmp_path, "balance_sheet-old", stored() | {"format": STATS_FORMAT - 1}, "2026-01-01")
    thesis = judge_thesis(tmp_path)
    assert thesis.older == ("balance_sheet-old",)
    assert {judged.verdict for judged in thesis.claims} == {"not testable"}
    assert main(["thesis", "--out", str(tmp_path), "--json"]) == 0
    said = capsys.readouterr()
    assert "Left out, for an earlier version wrote them: balance_sheet-old." in said.err
    # Its record holds too little to be made again from.
    assert "Of balance_sheet-old: move its folder away and run the backtest again" in said.err
    json.loads(said.out)


def test_the_newest_run_counts_and_real_runs_come_before_simulated_ones(tmp_path):
    store(tmp_path, "balance_sheet-old", stored(verdict="refuted"), "2026-01-01")
    store(tmp_path, "balance_sheet-new", stored(verdict="not distinguishable"), "2026-02-01")
    store(tmp_path, "pricing_power-sim", stored("pricing_power", simulated=True), "2026-03-01")
    thesis = judge_thesis(tmp_path)
    by_name = {judged.claim.name: judged for judged in thesis.claims}
    assert by_name["balance_sheet"].run == "balance_sheet-new"
    assert by_name["balance_sheet"].verdict == "not distinguishable"
    assert by_name["pricing_power"].verdict == "not testable"
    assert not thesis.simulated


def test_simulated_runs_alone_are_said_to_be_simulated(tmp_path):
    store(tmp_path, "pricing_power-sim", stored("pricing_power", simulated=True), "2026-03-01")
    assert judge_thesis(tmp_path).simulated


def test_the_difference_from_the_plain_universe_is_the_mean_of_monthly_differences(tmp_path):
    sessions = sessions_between("2015-06-01", "2016-12-30")
    base = pd.DataFrame({"net": 0.0}, index=sessions)
    own = pd.DataFrame({"net": 0.0}, index=sessions)
    own.loc[sessions[sessions.is_month_end], "net"] = 0.002
    store(tmp_path, "plain_universe-a", stored("plain_universe"), "2026-01-01", base)
    store(tmp_path, "balance_sheet-a", stored(), "2026-01-01", own)
    leg = next(judged for judged in judge_thesis(tmp_path).claims if judged.claim.name == "balance_sheet")
    assert leg.difference is not None
    # Nineteen months, some of which end on a session.
    assert leg.difference.months == 19
    assert leg.difference.annual == pytest.approx(own["net"].sum() / 19 * 12)


def test_an_empty_results_folder_makes_everything_not_testable(tmp_path):
    assert {judged.verdict for judged in judge_thesis(tmp_path / "none").claims} == {"not testable"}
