"""Figures to date that say they are of a quarter are given their months; quarters keep theirs."""

from string import ascii_uppercase

import pandas as pd
import pytest

from tests.market.intake.test_importer import fact, imported, price_rows, securities

TO_DATE = "flows told as quarters that are figures to date"
ENDS = ("03-31", "06-30", "09-30", "12-31")
FILED = ("05-05", "08-05", "11-05")


def told(year, figures, twelve=None, *, item="revenue"):
    """Rows with months 3 for the figures of a year, and of months 12."""
    days = [*(f"{year}-{day}" for day in FILED), f"{year + 1}-02-20"]
    rows = [
        fact("A", filed, value, item=item, months=3, period_end=f"{year}-{end}")
        for end, filed, value in zip(ENDS, days, figures, strict=False)
    ]
    if twelve is not None:
        rows.append(fact("A", days[3], twelve, item=item, months=12, period_end=f"{year}-12-31"))
    return rows


def months_of_each(tmp_path, companies, item="revenue"):
    """How many figures were to date, and the months of the facts of each company, whose rows are one of these."""
    names = ascii_uppercase[: len(companies)]
    report, market = imported(
        tmp_path,
        securities=securities(*names),
        prices=pd.concat([price_rows(name, [10.0] * 30) for name in names]),
        facts=pd.DataFrame([row | {"asset": name} for name, own in zip(names, companies, strict=True) for row in own]),
    )
    rows = market.facts.of(item)
    return report.count(TO_DATE), [rows.months[rows.asset == column].tolist() for column in range(len(names))]


def months(tmp_path, rows, item="revenue"):
    found, (own,) = months_of_each(tmp_path, [rows], item)
    return found, own


def test_figures_to_date_are_given_their_months(tmp_path):
    cases = [
        (told(2016, [250.0, 510.0, 780.0], 1050.0), 2, [3, 6, 9, 12]),
        (told(2016, [250.0, 510.0, 780.0, 1050.0]) + told(2017, [255.0]), 3, [3, 6, 9, 12, 3]),
        (told(2016, [250.0, 510.0, 780.0], 1050.0) + told(2017, [260.0, 530.0]), 3, [3, 6, 9, 12, 3, 6]),
        (told(2015, [], 1000.0) + told(2016, [250.0, 510.0, 780.0, 1050.0]), 3, [12, 3, 6, 9, 12]),
    ]
    found, right = months_of_each(tmp_path, [rows for rows, _, _ in cases])
    assert found == sum(count for _, count, _ in cases)
    assert right == [own for _, _, own in cases]


def test_quarters_stay_quarters(tmp_path):
    companies = [
        told(2016, [250.0, 260.0, 270.0], 1050.0),
        told(2016, [50.0, 60.0, 55.0], 465.0),  # one large last quarter
        told(2016, [260.0, 270.0, 280.0], 700.0),  # a year recast for a business sold
        told(2015, [100.0, 200.0, 300.0], 1000.0) + told(2016, [500.0, 600.0, 700.0], 2600.0),  # it grows
        told(2016, [500.0, 600.0, 700.0, 800.0]),
    ]
    assert months_of_each(tmp_path, companies) == (0, [[row["months"] for row in rows] for rows in companies])


@pytest.mark.slow
def test_income_to_date_follows_revenue_where_losses_hide_it(tmp_path):
    rows = told(2016, [250.0, 510.0, 780.0], 1050.0)
    income = told(2016, [-5.0, 4.0, -2.0], item="net_income")
    assert months(tmp_path, rows + income, "net_income") == (4, [3, 6, 9])


@pytest.mark.slow
def test_a_change_from_quarters_to_figures_to_date_is_followed_year_by_year(tmp_path):
    rows = told(2015, [240.0, 250.0, 255.0], 1000.0) + told(2016, [250.0, 510.0, 780.0], 1050.0)
    assert months(tmp_path, rows) == (2, [3, 3, 3, 12, 3, 6, 9, 12])
