"""Statements and market values of companies that file, split and trade in unusual ways."""

import pytest

from tests.cases.conftest import names


@pytest.mark.slow
def test_a_recast_year_gives_no_negative_fourth_quarter(case):
    # The year was recast to 720 million for a business sold, its quarters of 260 were not: 720 - 780 is no quarter.
    # A later quarter of 190 stands beside 180 a year before, recast: twelve months are 720 + 190 - 180 = 730.
    quarry = case("recast_year")
    quarry.imported()
    june = quarry.screened("2017-06-30")["QUARRY"]
    assert june["sales_yield"] == pytest.approx(0.73, abs=5e-4)
    assert june["revenue_growth"] == pytest.approx(190 / 180 - 1, abs=1e-3)
    march = quarry.screened("2017-03-15")["QUARRY"]["revenue_growth"]
    assert march is None or abs(march) <= 0.5


@pytest.mark.slow
def test_a_year_of_two_months_is_left_out_by_name(case):
    # 60 + 110 + 115 + 120 adds a two-month transition to three quarters; the last whole year says 0.40.
    lantern = case("two_month_transition")
    assert names(lantern.imported(), "LANTERN", "2015-12-31|2016-03-01|2 months")
    found = lantern.screened("2016-12-30")["LANTERN"]["return_on_assets"]
    assert found is None or found == pytest.approx(0.4, abs=5e-4)


@pytest.mark.slow
def test_quarters_of_sixteen_and_twelve_weeks_make_a_year(case):
    # 1,040 + 845 - 800 = 1,085 million; in June 1,040 + 340 - 320, or still the last year.
    canteen = case("sixteen_week_quarter")
    canteen.imported()
    assert canteen.screened("2016-12-30")["CANTEEN"]["sales_yield"] == pytest.approx(1.085, abs=5e-4)
    june = canteen.screened("2016-06-30")["CANTEEN"]["sales_yield"]
    assert any(june == pytest.approx(right, abs=5e-4) for right in (1.06, 1.04))


@pytest.mark.slow
def test_a_quarter_is_taken_out_of_figures_to_date(case):
    # Cash flow 100 + 90 - 75 = 115 against income of 92 on assets of 1,000; the quarter's income is 72 - 44 = 28.
    forge = case("cumulative_cash_flow")
    forge.imported()
    found = forge.screened("2016-12-30")["FORGE"]
    assert found["accruals"] == pytest.approx((92 - 115) / 1000, abs=2e-4)
    assert found["quarterly_return_on_assets"] == pytest.approx(28 / 1000, abs=2e-4)


@pytest.mark.slow
def test_two_share_classes_are_one_company_with_the_facts_of_either(case):
    orchard = case("share_classes")
    orchard.imported()
    found = orchard.screened("2016-06-30")
    assert len(found) == 2
    (held,) = [member for member in found.values() if member["name"].startswith("Orchard Hill")]
    assert held["return_on_assets"] == pytest.approx(0.08, abs=5e-4)
    assert found["OTHER"]["return_on_assets"] == pytest.approx(0.03, abs=5e-4)


@pytest.mark.slow
def test_a_special_dividend_of_a_fifth_is_no_split(case):
    # 40 to 32 on the day of 8 dollars: 32 x 100 million shares.
    cistern = case("special_dividend")
    cistern.imported()
    found = cistern.screened("2016-04-29")["CISTERN"]
    assert found["market_value"] == pytest.approx(3.2e9)
    assert found["earnings_yield"] == pytest.approx(0.0625, abs=5e-4)


def test_a_split_of_three_for_two_is_no_loss_of_a_third(case):
    third = case("three_for_two_unknown")
    said = third.imported()
    volatility = third.screened("2016-12-30")["THIRD"]["volatility"]
    assert volatility is None or volatility <= 0.05 or names(said, "2016-05-16.*split")


def test_a_minus_sign_is_not_counted_twice(case):
    # Revenue 500, cost 300 told as -300, assets 1,000: gross profit 200, never 800.
    copper = case("negative_costs")
    copper.imported()
    found = copper.screened("2016-06-30")["COPPER"]
    assert found["gross_profitability"] == pytest.approx(0.2, abs=5e-4)
    assert found["gross_margin"] == pytest.approx(0.4, abs=1e-3)


@pytest.mark.slow
def test_facts_in_another_currency_are_named(case):
    _, said = (fjord := case("currency_column")).say("data", "import", fjord.folder / "tables", "--data", fjord.market)
    assert names(said, "currency", r"\bNOK\b|\bUSD\b|dollar")


@pytest.mark.slow
def test_facts_dated_by_their_period_are_named(case):
    early = case("filed_is_period_end")
    said = early.imported() + early.say("data", "audit", "--data", early.market)[1]
    assert names(said, "dated by (the )?period|look-?ahead|(nobody|no company) files|days? of the period")


@pytest.mark.slow
def test_a_reverse_split_leaves_value_and_dollar_volume_as_they_were(case):
    # One for ten on 15 April: 80 million of value and 2.4 million dollars a day on either side of the next filing.
    rust = case("reverse_split")
    rust.imported()
    for day in ("2016-04-29", "2016-06-30"):
        found = rust.screened(day)["RUST"]
        assert found["market_value"] == pytest.approx(80e6)
        assert found["dollar_volume"] == pytest.approx(2.4e6)
