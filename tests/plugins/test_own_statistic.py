"""A user's own statistic of a claim: named in a file of claims, charged for in the ledger, held to what a number is."""

import json
import re

import numpy as np
import pandas as pd
import pytest

from active_edge.article.article import load_claims
from active_edge.article.claims import judge_claims
from active_edge.article.ground import Ground, Table
from active_edge.article.statistics import STATISTICS, OwnStatistic
from active_edge.cli.main import main
from active_edge.errors import ConfigError, PluginError
from active_edge.ledger import REAL, Ledger
from active_edge.plugins import scope
from active_edge.results.thesis import judge_thesis
from tests.article.test_claims import store, stored
from tests.plugins.files import HEAD, add_plugin
from tests.plugins.test_document import blocks

WORST = """worst = case.returns["IWM"] < case.returns["IWM"].quantile(0.2)
gap = (case.returns["net"] - case.returns["IWM"])[worst]
mean, se = gap.mean(), gap.std(ddof=1) / len(gap) ** 0.5
return {"estimate": mean, "interval": (mean - 1.96 * se, mean + 1.96 * se), "p": 0.01, "n": len(gap)}"""
CLAIMS = """name: own
claims:
  - {name: calm, strategy: mine, statement: It holds in bad months, needs: n, published: p, statistic: on_bad_days}
  - {name: plain, strategy: mine, statement: It beats the index, needs: n, published: p}
"""


def own_statistic(body=WORST, *, words='unit="a day", good="high"', doc='    """On the worst fifth of days."""\n'):
    """A plug-in whose statistic does `body`: the function on line 5, the body from line 7 on."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return f"{HEAD}@ae.statistic({words})\ndef on_bad_days(case):\n{doc}{lines}"


def said_by(number="0.5", interval="(0.1, 0.9)", p="0.01", n="9"):
    return f'return {{"estimate": {number}, "interval": {interval}, "p": {p}, "n": {n}}}'


@pytest.fixture
def folder(tmp_path):
    """Claims and a stored run whose daily return is that of IWM and 0.1 % more on its worst days."""
    (tmp_path / "claims").mkdir()
    (tmp_path / "claims" / "own.yaml").write_text(CLAIMS)
    rng = np.random.default_rng(3)
    index = pd.bdate_range("2015-06-01", periods=500)
    market = rng.normal(0, 0.01, 500)
    net = market + np.where(market < np.quantile(market, 0.2), 0.001, 0.0) + rng.normal(0, 1e-4, 500)
    store(
        tmp_path / "results", "mine-a", stored("mine"), "2026-01-01", pd.DataFrame({"net": net, "IWM": market}, index)
    )
    return tmp_path


def judged(folder, body=WORST, **given):
    add_plugin(folder, "mine", own_statistic(body, **given))
    with scope([folder / "plugins"]):
        return judge_thesis(folder / "results", claims=folder / "claims" / "own.yaml").claims


def test_a_claim_is_judged_by_the_statistic_it_names_and_the_others_as_before(folder):
    own, plain = judged(folder)
    assert own.verdict == "supported"
    assert own.to_dict()["estimate"] == pytest.approx(0.001, abs=5e-5)
    assert (own.to_dict()["unit"], own.to_dict()["statistic"], own.n) == ("a day", "on_bad_days", 100)
    assert re.match(r"on_bad_days is 0.00\d+ a day \(95 % interval 0.00\d+ to 0.00\d+, p 0.010", own.reason)
    assert (plain.verdict, plain.to_dict()["statistic"], plain.to_dict()["estimate"]) == ("supported", "alpha", 0.03)


@pytest.mark.parametrize(
    ("good", "number", "interval", "p", "verdict"),
    [
        ("high", "0.5", "(0.1, 0.9)", "0.01", "supported"),
        ("low", "0.5", "(0.1, 0.9)", "0.01", "refuted"),
        ("low", "-0.5", "(-0.9, -0.1)", "0.01", "supported"),
        ("high", "-0.5", "(-0.9, -0.1)", "0.01", "refuted"),
        ("high", "0.5", "(0.1, 0.9)", "0.06", "not distinguishable"),
        ("high", "-0.5", "(-0.9, 0.1)", "0.01", "not distinguishable"),
        ("high", "0.5", "(-0.1, 0.9)", "0.01", "not distinguishable"),
        ("high", "-0.5", "(-0.9, -0.1)", "0.03", "not distinguishable"),  # 0.06 for two trials
    ],
)
def test_the_verdict_follows_the_side_the_interval_and_the_charged_p(folder, good, number, interval, p, verdict):
    own = judged(folder, said_by(number, interval, p), words=f'unit="x", good="{good}"')[0]
    assert own.verdict == verdict


@pytest.mark.parametrize("number", ["0.5, (0.1, 0.9)", "-0.5, (-0.9, -0.1)"])
def test_a_claim_of_a_run_that_is_not_testable_is_not_testable_whatever_its_statistic(folder, number):
    value, interval = number.split(", ", 1)
    index = pd.bdate_range("2015-06-01", periods=500)
    condemned = stored("mine", verdict="not testable", verdict_reason="The data cannot say: universe: 9 names.")
    store(folder / "results", "mine-b", condemned, "2026-02-01", pd.DataFrame({"net": 0.0, "IWM": 0.0}, index))
    own = judged(folder, said_by(value, interval))[0]
    assert own.verdict == "not testable"
    assert own.reason.startswith("Its run is not testable. The data cannot say: universe: 9 names. on_bad_days is ")


def test_what_puts_the_data_of_its_run_in_doubt_is_told_beside_the_number(folder):
    index = pd.bdate_range("2015-06-01", periods=500)
    doubted = stored("mine", doubts={"survivorship": "no name that left is known"})
    store(folder / "results", "mine-b", doubted, "2026-02-01", pd.DataFrame({"net": 0.0, "IWM": 0.0}, index))
    own = judged(folder, said_by())[0]
    assert own.verdict == "supported"
    assert own.reason.startswith("In doubt, survivorship: no name that left is known. on_bad_days is ")


def test_every_version_of_a_statistic_is_a_trial_and_is_charged_for(folder):
    charged = []
    for note in ("", "", "# again\n", "# and again\n"):
        charged.append(judged(folder, note + said_by(p="0.02"))[0].p_adjusted)
    assert charged == pytest.approx([0.04, 0.04, 0.06, 0.08])  # and for the run, which no ledger knew
    ledger = Ledger()
    assert ledger.tally(REAL, kinds=("statistic",)).trials == 3
    assert ledger.tally(REAL).trials == 1  # a strategy is not charged for them


def test_without_the_returns_of_the_run_it_is_refused_and_not_judged_by_its_alpha(folder):
    add_plugin(folder, "mine", own_statistic())
    with scope([folder / "plugins"]), pytest.raises(ConfigError, match="claim calm: its statistic on_bad_days reads"):
        judge_claims({"mine": stored("mine")}, {}, claims=load_claims(folder / "claims" / "own.yaml"))


def test_the_pages_statistic_judges_the_pages_claim(folder):
    add_plugin(folder, "mine", blocks("docs", "python")[3])
    text = blocks("docs", "yaml")[2].replace("avoid_junk", "mine")
    (folder / "claims" / "own.yaml").write_text(f"{text}    # of docs/plugins.md\n")
    with scope([folder / "plugins"]):
        own = judge_thesis(folder / "results", claims=folder / "claims" / "own.yaml").claims[0]
    assert (own.verdict, own.n, own.claim.name) == ("supported", 100, "protects")
    assert own.to_dict()["estimate"] == pytest.approx(0.001, abs=5e-5)


def test_a_sample_that_cannot_support_it_is_not_testable(folder):
    body = "from active_edge.errors import InferenceError\nraise InferenceError('only 9 bad days')"
    own = judged(folder, body)[0]
    assert (own.verdict, own.reason) == ("not testable", "on_bad_days cannot say: only 9 bad days.")


def test_what_it_changes_of_its_case_is_nobody_elses(folder):
    body = f"case.returns.loc[:] = 0.0\n{said_by()}"
    assert judged(folder, body)[0].verdict == "supported"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("return 1 / 0", "line 7: raised ZeroDivisionError"),
        ("return 0.5", "returned float; return a mapping of estimate, interval, p, n"),
        ("return {'estimate': 1}", "returned a mapping of estimate; return a mapping of"),
        (said_by("None"), "estimate and p are numbers"),
        (said_by(interval="0.1"), "interval is two of them"),
        (said_by("float('nan')"), "a number is not finite"),
        (said_by(interval="(0.6, 0.9)"), "the estimate 0.5 lies outside its interval, 0.6 to 0.9"),
        (said_by(p="1.5"), "p 1.5 and n 9"),
        (said_by(n="0"), "p 0.01 and n 0"),
        (said_by(n="float('inf')"), "a number is not finite"),
        (said_by(n="9.7"), "n 9.7; .* n is a whole number from 1 up"),
        (said_by("'0.5'"), "'0.5' is no number; estimate and p are numbers"),
        (said_by("True", "(0, 1)"), "True is no number"),
        (said_by(interval="(0.5000001, 0.9)"), "the estimate 0.5 lies outside its interval, 0.5000001 to 0.9"),
        ("from active_edge.errors import MissingInput\nraise MissingInput('no such series')", "line 8: no such series"),
        (
            "return type('M', (dict,), {'__getitem__': lambda *_: 1 / 0})(estimate=0, interval=0, p=0, n=0)",
            "ZeroDivision",
        ),
        ("raise KeyboardInterrupt", "line 7: raised KeyboardInterrupt"),
        ("return exit()", "line 7: raised SystemExit"),
    ],
)
def test_what_is_no_number_is_refused_by_name(folder, body, words):
    with pytest.raises(PluginError, match=words) as raised:
        judged(folder, body)
    assert re.match(r"plug-in .*mine\.py, statistic on_bad_days", str(raised.value))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"words": 'unit=" ", good="high"'}, "unit is empty"),
        ({"words": 'unit="x", good="none"'}, "good='none' is not one of high, low"),
        ({"doc": ""}, "docstring is empty"),
    ],
)
def test_one_that_cannot_be_registered_is_refused(folder, given, words):
    with pytest.raises(PluginError, match=words):
        judged(folder, **given)
    assert not [name for name in STATISTICS if isinstance(STATISTICS[name], OwnStatistic)]


def test_a_file_of_claims_may_name_only_statistics_there_are(folder):
    with scope(), pytest.raises(ConfigError, match=r"own.yaml:3: .*no statistic is named 'on_bad_days'"):
        judge_thesis(folder / "results", claims=folder / "claims" / "own.yaml")


def test_the_command_line_finds_it_beside_the_claims_and_check_runs_nothing(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    add_plugin(folder, "mine", own_statistic())
    assert main(["check", "claims/own.yaml"]) == 0
    assert "on_bad_days may come from plugins/mine.py, line 5, not run" in capsys.readouterr().out
    assert main(["thesis", "--claims", "own", "--json"]) == 0
    said = capsys.readouterr()
    assert "plug-in plugins/mine.py sha256" in said.err
    assert [line["verdict"] for line in json.loads(said.out)] == ["supported", "supported"]
    assert main(["thesis", "--claims", "own", "--no-plugins"]) == 1


def test_what_it_sets_in_the_stats_of_a_run_is_named(folder):
    with pytest.raises(PluginError, match=r"statistic on_bad_days: set case\.stats\.trials, which is only read"):
        judged(folder, f"object.__setattr__(case.stats, 'trials', 70)\n{WORST}")


def test_a_table_it_writes_into_is_its_own_copy():
    frame = pd.DataFrame({"value": [1.0, 2.0]})
    ground = Ground({"factors": lambda: Table(frame, "here")})
    lent = ground.lent().frame("factors")
    lent["value"] = 0.0
    assert ground.frame("factors")["value"].tolist() == [1.0, 2.0]
