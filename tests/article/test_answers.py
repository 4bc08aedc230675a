"""From a claim and a ground to a verdict: the rule, told on numbers worked by hand."""

import json
import math

import pandas as pd
import pytest
import yaml

from active_edge.article.answers import answer_claims
from active_edge.article.article import ARTICLE, Claim, load_claims
from active_edge.article.ground import ITEMS, Ground, Table
from active_edge.article.measuring import Measured
from active_edge.article.statistics import STATISTICS, GroundStatistic
from active_edge.cli.main import main
from active_edge.errors import ConfigError, MissingInput

NUMBERS: dict[str, Measured] = {}
FULL_PULL_CANNOT = {"C11", "C15"}


@pytest.fixture
def told(monkeypatch):
    """A statistic whose number is set by the test."""
    monkeypatch.setitem(STATISTICS._built_in, "told", GroundStatistic("told", "", function=_told, tables=()))


def _told(ground, *, key):
    return NUMBERS[key]


def number(low, high, *, n=120, counted="month"):
    error = (high - low) / 2 / 1.959964
    estimate = (low + high) / 2
    p = math.erfc(abs(estimate) / error / math.sqrt(2)) if error else 1.0
    return Measured(estimate, (low, high), p, n, "a year", counted=counted, error=error)


def claim(name="a", **more):
    given = {"key": name}
    return Claim(name=name, statement="s", needs="n", published="p", **({"statistic": "told", "given": given} | more))


@pytest.mark.parametrize(
    ("interval", "more", "word"),
    [
        ((0.01, 0.03), {}, "supported"),
        ((-0.03, -0.01), {}, "refuted"),
        ((-0.01, 0.03), {}, "not distinguishable"),
        ((-0.03, -0.01), {"holds": "below"}, "supported"),
        ((0.01, 0.03), {"holds": "below"}, "refuted"),
        ((-0.01, 0.003), {"worth": 0.005}, "refuted"),
        ((0.01, 0.03), {"than": 0.05}, "refuted"),
        ((0.3, 0.4), {"holds": "between", "than": [0.2, 0.5]}, "supported"),
        ((0.6, 0.7), {"holds": "between", "than": [0.2, 0.5]}, "refuted"),
        ((0.4, 0.7), {"holds": "between", "than": [0.2, 0.5]}, "not distinguishable"),
        ((0.3, 0.3), {"holds": "between", "than": [0.2, 0.5]}, "supported"),
        ((0.6, 0.6), {"holds": "between", "than": [0.2, 0.5]}, "refuted"),
    ],
)
def test_a_verdict_is_where_the_interval_lies(told, interval, more, word):
    NUMBERS["a"] = number(*interval)
    assert [one.verdict for one in answer_claims([claim(**more)], Ground({}))] == [word]


def test_a_claim_is_charged_for_the_others_that_got_a_number(told):
    # p about 0.031: enough by itself, 0.062 after Holm beside one other
    NUMBERS["a"] = number(0.001, 0.021)
    NUMBERS["b"] = number(-0.02, 0.02)
    assert answer_claims([claim()], Ground({}))[0].verdict == "supported"
    beside = answer_claims([claim(), claim("b")], Ground({}))[0]
    assert beside.verdict == "not distinguishable"
    assert beside.p_adjusted == pytest.approx(2 * beside.p)


def test_a_refutation_out_of_many_is_charged_for_all_that_got_a_number(told):
    # 3.92 errors below zero: p 0.00009 alone, 0.0036 of forty. 2.25 errors: 0.024 and 0.98.
    NUMBERS.update(far=number(-0.03, -0.01), near=number(-0.0215, -0.0015))
    NUMBERS.update({f"rest{i}": number(-0.01, 0.01) for i in range(38)})
    many = answer_claims([claim(name) for name in ("far", "near", *(f"rest{i}" for i in range(38)))], Ground({}))
    assert [answer.verdict for answer in many[:2]] == ["refuted", "not distinguishable"]
    assert "one of 40 tests" in many[1].reason
    (alone,) = answer_claims([claim("near")], Ground({}))
    assert alone.verdict == "refuted"


def test_fewer_than_two_years_of_months_get_no_word_and_are_no_test(told):
    NUMBERS["a"], NUMBERS["b"] = number(0.01, 0.03, n=23), number(0.001, 0.021)
    short, other = answer_claims([claim(), claim("b")], Ground({}))
    assert short.verdict == "too short to judge"
    assert "23 months" in short.reason
    assert other.p_adjusted == pytest.approx(other.p)


def test_what_is_missing_is_named_with_the_command_and_a_stand_in_says_that_it_is_one(told):
    NUMBERS["a"] = number(0.01, 0.03)
    lacking = claim(statistic="flow_of_a_year", given={})
    alone = answer_claims([lacking], Ground({}))[0]
    assert alone.verdict == "not testable"
    assert "flows" in alone.reason
    assert "active-edge data pull --full" in alone.reason
    index = pd.date_range("1990-01-31", periods=60, freq="ME")
    smb = pd.DataFrame({"SMB": [0.01, -0.005] * 30}, index=index)
    stood = claim(statistic="premium_given_quality", given={}, stand_ins=["premium_since_known"])
    found = answer_claims([stood], Ground({"factors": lambda: Table(smb, "drawn")}))[0]
    assert found.verdict in ("supported", "not distinguishable")
    assert found.stands_in
    assert "premium_since_known stands in for premium_given_quality" in found.reason


def test_an_item_that_is_added_makes_its_claim_testable_without_code():
    outflows = next(one for one in load_claims(ARTICLE) if one.id == "C4")
    assert answer_claims([outflows], Ground({}))[0].verdict == "not testable"
    months = pd.date_range("2025-03-31", periods=12, freq="ME")
    for each, word in ((-1.0e9, "supported"), (1.0e9, "refuted")):
        flows = pd.DataFrame({"flow": each, "assets": 1e11}, index=months)
        assert answer_claims([outflows], Ground({"flows": lambda: Table(flows, "drawn")}))[0].verdict == word  # noqa: B023


def test_days_that_happened_are_not_testable_on_a_simulated_market():
    dated = [one for one in load_claims(ARTICLE) if one.dated]
    assert [one.id for one in dated] == ["C1", "C2", "C13"]
    for answer in answer_claims(dated, Ground({}, simulated=True)):
        assert answer.verdict == "not testable"
        assert "no simulated market" in answer.reason


def test_rows_after_the_day_asked_for_do_not_count():
    index = pd.date_range("1990-01-31", periods=60, freq="ME")
    ground = Ground({"factors": lambda: Table(pd.DataFrame({"SMB": 0.01}, index=index), "")}, on=index[9])
    assert len(ground.frame("factors")) == 10
    rows = pd.DataFrame({"date": index[:3], "earned": 0.1, "earned_by": index[1:4]})
    cut = Ground({"companies": lambda: Table(rows, "")}, on=index[2]).frame("companies")
    assert cut["earned"].isna().tolist() == [False, False, True]
    with pytest.raises(MissingInput, match="no row by then"):
        Ground(
            {"factors": lambda: Table(pd.DataFrame({"SMB": 0.01}, index=index), "")}, on=pd.Timestamp(1980, 1, 1)
        ).frame("factors")


def test_the_register_holds_each_claim_once_with_what_it_needs():
    claims = load_claims(ARTICLE)
    assert [one.id for one in claims] == [f"C{number}" for number in range(1, len(claims) + 1)]
    assert len({one.name for one in claims}) == len(claims) >= 36
    assert {one.family for one in claims} == {
        "rally", "valuation", "premium", "entrants", "growth", "domestic", "rates", "active_edge", "flows", "deals",
    }  # fmt: skip
    for one in claims:
        assert one.hypothesis
        assert one.refuted_by
        assert all(known.source and known.date for known in one.published)
        assert isinstance(STATISTICS.find(one.statistic), GroundStatistic)
        assert bool(one.items) == (one.id not in FULL_PULL_CANNOT)
        assert set(one.items) <= set(ITEMS)


def test_mistakes_in_a_claim_are_told_with_their_line(tmp_path):
    path = tmp_path / "mine.yaml"
    head = "name: mine\nclaims:\n  - name: a\n    statement: s\n    needs: n\n    published: p\n"
    for line, said in (
        ("    statistic: total_retrun\n", "total_return"),
        ("    statistic: total_return\n", "start"),
        ("    items: [fund]\n", "funds"),
        ("    than: [1.0, 2.0]\n", "between"),
        ("    holds: between\n", "two values"),
    ):
        path.write_text(head + line)
        with pytest.raises(ConfigError, match=said) as refused:
            load_claims(path)
        assert str(refused.value).startswith(f"{path}:")


def test_a_thesis_of_ones_own_is_another_file_on_the_same_statistics(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("ACTIVE_EDGE_DATA", raising=False)
    mine = {"name": "since_1981", "statement": "Small pays", "needs": "factors", "published": "nothing we know of"}
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump({"name": "mine", "claims": [mine | {"statistic": "premium_since_known"}]}))
    assert main(["thesis", "--claims", str(path), "--out", str(tmp_path), "--json"]) == 0
    (line,) = json.loads(capsys.readouterr().out)
    assert line["verdict"] == "not distinguishable"
    assert line["start"] == "1981-04-30"
    assert not line["simulated"]


def test_the_article_is_answered_offline_on_shipped_real_returns(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("ACTIVE_EDGE_DATA", raising=False)
    assert main(["thesis", "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "REAL data" in said
    assert said.count("NOT TESTABLE: ") == 35
    assert "C5 NOT DISTINGUISHABLE: The small-cap premium has vanished" in said


def test_every_published_finding_names_its_source_and_none_leans_on_a_note_of_ours():
    sources = [known.source for one in load_claims(ARTICLE) for known in one.published]
    assert not [source for source in sources if "note" in source or "not found" in source or "no source" in source]
