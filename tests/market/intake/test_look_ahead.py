"""Facts dated by their period and volumes in thousands are named at import and in every warning."""

import pandas as pd
import pytest

from active_edge.market.audit.doubts import market_doubts
from active_edge.market.findings import FILED_AT_ONCE, SMALL_VOLUMES
from tests.market.intake.test_importer import fact, imported, price_rows, securities

ENDS = ("2019-03-31", "2019-06-30", "2019-09-30", "2019-12-31")
FILED = ("2019-05-05", "2019-08-05", "2019-11-05", "2020-02-20")


def of_two(tmp_path, filed_by_b):
    facts = [fact("A", filed, 1e6, item="net_income", period_end=end) for end, filed in zip(ENDS, FILED, strict=True)]
    facts += [
        fact("B", filed, 1e6, item="net_income", period_end=end) for end, filed in zip(ENDS, filed_by_b, strict=True)
    ]
    prices = pd.concat([price_rows(name, [10.0] * 40) for name in "AB"])
    return imported(tmp_path, securities=securities("A", "B"), prices=prices, facts=pd.DataFrame(facts))


def test_one_company_that_files_on_the_last_day_of_its_periods_looks_ahead(tmp_path):
    report, market = of_two(tmp_path, ENDS)
    assert report.count(FILED_AT_ONCE) == 4
    (doubt,) = [doubt for doubt in market_doubts(market) if doubt.name == "look-ahead"]
    assert "B net_income 2019-03-31 filed 2019-03-31" in doubt.text


def test_one_mistyped_filing_day_is_no_habit(tmp_path):
    report, market = of_two(tmp_path, (ENDS[0], *FILED[1:]))
    assert report.count(FILED_AT_ONCE) == 0
    assert "look-ahead" not in [doubt.name for doubt in market_doubts(market)]


@pytest.mark.parametrize(("volume", "small"), [(500, 25), (500_000, 0)])
def test_volumes_in_thousands_are_told_by_what_shares_of_such_value_trade(tmp_path, volume, small):
    # One share in two hundred changes hands a day: 100 million shares trade 500,000, told as 500.
    names = [f"N{n:02d}" for n in range(25)]
    prices = pd.concat([price_rows(name, [10.0] * 40, volume=volume) for name in names])
    counts = [fact(name, "2020-02-20", 1e8, item="shares_outstanding", months=0) for name in names]
    assets = [fact(name, "2020-02-20", 8e8, item="total_assets", months=0) for name in names]
    report, market = imported(
        tmp_path, securities=securities(*names), prices=prices, facts=pd.DataFrame(counts + assets)
    )
    assert report.count(SMALL_VOLUMES) == small
    assert ("small volumes" in [doubt.name for doubt in market_doubts(market)]) == bool(small)
