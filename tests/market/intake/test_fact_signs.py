"""Costs with a minus sign: turned where it is a habit, refused where it cannot be told, never silently used."""

import pandas as pd
import pytest

from tests.market.intake.test_importer import fact, imported, price_rows, securities

pytestmark = pytest.mark.slow

TURNED = "facts with the sign turned: costs told as negative numbers"
REFUSED = "facts below zero of items that cannot be (a minus sign that cannot be told)"


def values(tmp_path, facts, *assets):
    names = assets or ("A",)
    prices = pd.concat([price_rows(name, [10.0] * 30) for name in names])
    report, market = imported(tmp_path, securities=securities(*names), prices=prices, facts=pd.DataFrame(facts))
    rows = {item: market.facts.of(item).value.tolist() for item in {row["item"] for row in facts}}
    return report, rows


def costs(asset, amounts, item="cost_of_revenue"):
    return [
        fact(asset, f"{2001 + n}-02-20", amount, item=item, months=12, period_end=f"{2000 + n}-12-31")
        for n, amount in enumerate(amounts)
    ]


@pytest.mark.parametrize("item", ["cost_of_revenue", "interest_expense", "capital_expenditure", "research_development"])
def test_a_table_whose_costs_are_negative_is_turned_and_says_so(tmp_path, item):
    report, rows = values(tmp_path, costs("A", [-300.0, -310.0, 0.0], item))
    assert rows[item] == [300.0, 310.0, 0.0]
    assert report.count(TURNED) == 2
    found = next(f for f in report.findings if f.kind == TURNED)
    assert found.examples[0] == f"A {item} 2000-12-31 filed 2001-02-20: -300.0"


def test_one_minus_among_positive_costs_is_refused(tmp_path):
    report, rows = values(tmp_path, costs("A", [300.0, -310.0, 320.0]))
    assert rows["cost_of_revenue"] == [300.0, 320.0]
    assert report.count(REFUSED) == 1
    assert report.count(TURNED) == 0


def test_a_company_with_a_habit_of_its_own_is_turned_from_four_rows_on(tmp_path):
    others = [row for name in "BCDE" for row in costs(name, [100.0] * 5)]
    report, rows = values(tmp_path, costs("A", [-1.0, -2.0, -3.0, -4.0]) + others, *"ABCDE")
    assert rows["cost_of_revenue"][:4] == [1.0, 2.0, 3.0, 4.0]
    (tmp_path / "few").mkdir()
    report, rows = values(tmp_path / "few", costs("A", [-1.0, -2.0, -3.0]) + others, *"ABCDE")
    assert len(rows["cost_of_revenue"]) == 20
    assert report.count(REFUSED) == 3


def test_interest_of_one_company_may_be_earned_and_is_refused(tmp_path):
    others = [row for name in "BCDE" for row in costs(name, [100.0] * 5, "interest_expense")]
    report, rows = values(tmp_path, costs("A", [-1.0] * 5, "interest_expense") + others, *"ABCDE")
    assert len(rows["interest_expense"]) == 20
    assert report.count(REFUSED) == 5


def test_what_is_positive_where_costs_are_negative_is_a_refund_and_refused(tmp_path):
    report, rows = values(tmp_path, costs("A", [-1.0] * 19 + [2.0]))
    assert rows["cost_of_revenue"] == [1.0] * 19
    assert (report.count(TURNED), report.count(REFUSED)) == (20, 1)


def test_negative_revenue_is_kept_and_noted(tmp_path):
    report, rows = values(tmp_path, costs("A", [10.0, -3.0], "revenue"))
    assert rows["revenue"] == [10.0, -3.0]
    assert report.count("facts of revenue below zero") == 1


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_tax_that_is_added_to_make_net_income_is_turned(tmp_path, sign):
    facts = costs("A", [100.0] * 6, "pretax_income") + costs("A", [sign * 21.0] * 6, "income_tax")
    report, rows = values(tmp_path, facts + costs("A", [79.0] * 6, "net_income"))
    assert rows["income_tax"] == [21.0] * 6
    assert report.count("facts of income_tax with the sign turned") == (6 if sign < 0 else 0)


def test_a_tax_credit_is_no_wrong_sign(tmp_path):
    facts = costs("A", [100.0] * 6, "pretax_income") + costs("A", [21.0] * 5 + [-10.0], "income_tax")
    _, rows = values(tmp_path, facts + costs("A", [79.0] * 5 + [110.0], "net_income"))
    assert rows["income_tax"] == [21.0] * 5 + [-10.0]


OTHER_LINE = "facts of revenue below zero that the income of the same filing contradicts"


@pytest.mark.parametrize(
    ("revenue", "item", "income", "kept"),
    [
        (-8.3e6, "operating_income", 34.4e6, False),  # sales between segments of a seller of fruit
        (-7.9e6, "operating_income", -6.5e6, False),
        (-3.05e6, "net_income", 7.3e6, False),
        (-935e6, "net_income", -779e6, True),  # a holder of mortgages loses more than it earns
        (-2e5, "operating_income", -11.2e6, True),
    ],
)
def test_revenue_below_zero_is_kept_only_where_income_does_not_contradict_it(tmp_path, revenue, item, income, kept):
    told = {"months": 12, "period_end": "2000-12-31"}
    facts = [
        fact("A", "2001-02-20", revenue, item="revenue", **told),
        fact("A", "2001-02-20", income, item=item, **told),
    ]
    report, rows = values(tmp_path, facts)
    assert rows["revenue"] == ([revenue] if kept else [])
    assert report.count(OTHER_LINE) == (not kept)
    assert report.count("facts of revenue below zero") == kept


REVENUE_TURNED = "facts of revenue with the sign turned: negative in every row"
REVENUE_UNTOLD = "facts of revenue of companies that never told one above zero"


@pytest.mark.parametrize(
    ("item", "amount"),
    [("cost_of_revenue", 150.0), ("cost_of_revenue", -150.0), ("gross_profit", 100.0), ("net_income", 20.0)],
)
def test_revenue_that_is_always_negative_is_turned_where_costs_or_income_bear_it_out(tmp_path, item, amount):
    report, rows = values(tmp_path, costs("A", [-250.0] * 5, "revenue") + costs("A", [amount] * 5, item))
    assert rows["revenue"] == [250.0] * 5
    assert report.count(REVENUE_TURNED) == 5
    assert report.count("facts of revenue below zero") == 0


def test_revenue_that_is_always_negative_and_borne_out_by_nothing_is_refused(tmp_path):
    report, rows = values(tmp_path, costs("A", [-250.0] * 5, "revenue"))
    assert rows["revenue"] == []
    assert report.count(REVENUE_UNTOLD) == 5


def test_a_table_of_negative_revenue_is_turned_and_its_positive_companies_are_not(tmp_path):
    facts = [row for name in "BCDEF" for row in costs(name, [-100.0, -110.0], "revenue")]
    report, rows = values(tmp_path, costs("A", [90.0, 95.0], "revenue") + facts, *"ABCDEF")
    assert rows["revenue"] == [90.0, 95.0] + [100.0, 110.0] * 5
    assert report.count(REVENUE_TURNED) == 10


def test_two_losing_years_of_negative_revenue_are_kept_and_noted(tmp_path):
    losses = costs("A", [-935.0, -50.0], "revenue") + costs("A", [-936.0, -60.0], "net_income")
    report, rows = values(tmp_path, losses)
    assert rows["revenue"] == [-935.0, -50.0]
    assert report.count("facts of revenue below zero") == 2
