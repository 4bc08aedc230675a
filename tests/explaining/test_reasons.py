"""Nobody passes: the reason is named, whatever it is."""

import pytest

from active_edge.explaining.reasons import reasons, valueless
from tests.explaining.companies import PRICE, SESSIONS, evaluated, six_companies
from tests.markets import make_market


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    members = [{"index": "Russell 2000", "asset": asset, "observed": "2020-05-01"} for asset in "AB"]
    return six_companies(tmp_path_factory.mktemp("market"), members=members)


def why(market, text, on="2020-03-31"):
    return " | ".join(reasons(evaluated(market, text, on)))


def test_nothing_is_said_where_somebody_passes(market):
    assert why(market, "") == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("require: {interest_coverage: {min: 2}}", "interest_coverage: this market has no"),
        ("require: {interest_coverage: {min: 2}}", "interest_expense, so nobody has a value"),
        ("rank: {interest_coverage: 1}", "interest_coverage: this market has no"),
        ("require_any: {interest_coverage: {min: 2}, accruals: {max: 1}}", "accruals: this market has no"),
        ("universe: {members: Russel 2000}", "no members of index 'Russel 2000'; did you mean Russell 2000?"),
        ("universe: {members: Russell 2000}", "nobody is known to be a member of Russell 2000 on 2020-03-31"),
        ("universe: {cap_rank: [1001, 3000]}", "6 companies are ranked on 2020-03-31, and ranks 1,001 to 3,000 hold"),
        ("universe: {min_price: 20}", "values reach from 1.5 to 14, and it asks for >= 20"),
        (f"universe: {{exclude: [{', '.join(f'{{ticker: {name}}}' for name in PRICE)}]}}",
         "exclude: every name that has a price is on a list of exclusions"),
        ("universe: {sectors: [energy]}", "sector: no listed name is in energy"),
        ("universe: {min_sessions_listed: 30}\nrequire: {cash_to_assets: {min: 0.9}}",
         "cash_to_assets: values reach from 0.1 to 0.5, and it asks for >= 0.9"),
        ("require: {cash_to_assets: {min: 0.45}, price: {min: 5}}",
         "each rule is passed by somebody, all together by nobody: the last 1 fail price (>= 5)"),
        ("require: {cash: {min: 4000}}", "if 4,000 is a percentage, write 40"),
    ],
)  # fmt: skip
def test_nobody_passes_and_the_reason_is_named(market, text, said):
    assert said in why(market, text + "\n")


def test_before_anything_was_filed_the_day_of_the_first_fact_is_told(market):
    assert why(market, "", on="2020-02-13") == ("company: no fact was filed by 2020-02-13; the first is of 2020-02-14")
    text = "universe: {companies_only: false}\nrequire: {cash_to_assets: {min: 0.1}}\n"
    assert "nobody has a value on 2020-02-13" in why(market, text, on="2020-02-13")
    assert "is first known on 2020-02-14" in why(market, text, on="2020-02-13")


def test_a_market_without_facts_says_so(tmp_path):
    import numpy as np
    import pandas as pd

    closes = pd.DataFrame({"A": np.full(len(SESSIONS), 10.0)}, index=SESSIONS)
    bare = make_market(tmp_path, closes=closes)
    assert "company: this market has no facts" in why(bare, "")
    assert "companies_only: false" in why(bare, "")
    assert "cap_rank: nobody's market value is known" in why(
        bare, "universe: {companies_only: false, cap_rank: [1, 3]}\n"
    )


def test_old_facts_are_said_to_be_too_old(tmp_path):
    import numpy as np
    import pandas as pd

    from active_edge.sessions import sessions_between

    sessions = sessions_between("2020-01-02", "2022-12-30")
    fact = {"asset": "A", "months": 0, "period_end": "2019-12-31", "filed": "2020-02-14"}
    facts = [fact | {"item": item, "value": 5.0} for item in ("cash", "total_assets")]
    old = make_market(tmp_path, closes=pd.DataFrame({"A": np.full(len(sessions), 10.0)}, index=sessions), facts=facts)
    said = why(old, "require: {cash_to_assets: {min: 0.1}}\n", on="2022-06-30")
    assert "nobody has a value on 2022-06-30" in said
    assert "nothing new enough" in said


def test_a_rule_without_a_value_is_told_though_others_let_names_pass(market):
    evaluation = evaluated(market, "require: {accruals: {max: 1, missing: pass}}\n")
    assert evaluation.selected()[0].sum() == 6
    assert "this market has no" in valueless(evaluation)["accruals"]
    assert valueless(evaluated(market, "require: {cash_to_assets: {min: 0}}\n")) == {}
