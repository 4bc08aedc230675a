"""Names that others give to the items of facts: read by a table, or refused with the item they may mean."""

import pytest

from active_edge.errors import ImportRefused
from active_edge.market.intake.importer import import_folder
from active_edge.market.intake.item_names import ITEM_NAMES, meaning_of_item, meant_perhaps
from active_edge.market.intake.reference import import_reference
from active_edge.schema import ITEMS
from active_edge.sources.sec.concepts import CONCEPTS, confidence_of
from tests.market.intake.test_foreign_files import taken, write

HEAD = "asset,item,months,period_end,value,filed,accession\n"


def row(item: str, value: float, months: int = 12, accession: str = "") -> str:
    return f"A,{item},{months},2015-12-31,{value},2016-02-25,{accession}\n"


@pytest.mark.parametrize(
    ("name", "item"),
    [("Revenues", "revenue"), ("us-gaap:Revenues", "revenue"), ("SalesRevenueNet", "revenue"), ("net_sales", "revenue"),
     ("RevenueFromContractWithCustomerExcludingAssessedTax", "revenue"), ("total_revenue", "revenue"),
     ("totalRevenue", "revenue"), ("Sales/Turnover (Net)", "revenue"), ("saleq", "revenue"),
     ("NetIncomeLoss", "net_income"), ("ProfitLoss", "net_income"), ("net_income_common", "net_income"),
     ("Net Income Applicable To Common Shares", "net_income"), ("StockholdersEquity", "equity"), ("seqq", "equity"),
     ("totalStockholdersEquity", "equity"), ("CommonStockSharesOutstanding", "shares_outstanding"),
     ("dei:EntityCommonStockSharesOutstanding", "shares_outstanding"), ("cshoq", "shares_outstanding"),
     ("us-gaap_Assets", "total_assets"), ("AssetsCurrent", "current_assets"), ("Liabilities", "total_liabilities"),
     ("OperatingIncomeLoss", "operating_income"), ("EarningsPerShareDiluted", "eps_diluted"), ("epsdil", "eps_diluted"),
     ("NetCashProvidedByUsedInOperatingActivities", "operating_cash_flow"), ("capex", "capital_expenditure"),
     ("PaymentsToAcquirePropertyPlantAndEquipment", "capital_expenditure"), ("InventoryNet", "inventory"),
     ("weightedAverageShsOutDil", "shares_diluted"), ("R&D", "research_development"), ("Tax Provision", "income_tax"),
     ("revenue_ttm", "revenue"), ("TTM Revenue", "revenue"), ("netIncomeTTM", "net_income"), ("revenue_usd", "revenue"),
     ("annual_sales", "revenue"), ("public_float_usd", "public_float_usd"), ("Total Debt", "total_debt")],
)  # fmt: skip
def test_an_item_is_read_in_the_names_of_others(name, item):
    found = meaning_of_item(name)
    assert found is not None
    assert found.item == item


@pytest.mark.parametrize(
    "name",
    ["vendor_score", "EBITDA", "ebit", "AccountsPayableCurrent", "LongTermDebtCurrent", "InterestIncomeExpenseNet",
     "NoncurrentLiabilities", "revenue_growth", "revenue_estimate", "free_cash_flow",
     "LiabilitiesAndStockholdersEquity", "net_debt", "Depreciation", "SalesRevenueGoodsNet", "roe"],
)  # fmt: skip
def test_another_number_than_ours_is_neither_taken_for_it_nor_refused(name):
    assert meaning_of_item(name) is None
    assert meant_perhaps(name) == ""


def test_the_tags_of_filings_mean_what_the_reader_of_filings_takes_them_for():
    both = "EarningsPerShareBasicAndDiluted"  # one row is one item: the first of the two it states
    for item, concept in CONCEPTS.items():
        sure = [
            tag
            for rank, tag in enumerate(concept.tags)
            if confidence_of(item, rank) != "low"
            and tag not in concept.turned
            and not (tag == both and item == "eps_diluted")
        ]
        assert [name for name in ITEM_NAMES[item] if name in concept.tags] == sure, item
        assert all((found := meaning_of_item(tag)) and found.item == item for tag in sure)


def test_no_name_is_that_of_two_items_and_each_is_on_the_page():
    page = import_reference()
    for item, names in ITEM_NAMES.items():
        assert item in ITEMS
        for name in names:
            assert meaning_of_item(name).item == item, name
            assert name in page, name


@pytest.mark.slow
def test_the_items_of_a_table_are_translated_and_counted(tmp_path):
    facts = HEAD + row("Revenues", 100) + row("NetIncomeLoss", 7) + row("net_income", 7) + row("vendor_score", 3, 0)
    report, market = taken(tmp_path, facts=facts)
    assert market.items == {"revenue", "net_income", "vendor_score"}
    assert market.facts.of("revenue").value.tolist() == [100.0]
    told = next(f for f in report.findings if f.kind == "rows whose item is called otherwise here")
    assert (told.count, told.examples[1]) == (2, "Revenues → revenue in 1 rows")


@pytest.mark.slow
def test_of_two_names_of_one_period_the_better_counts_and_the_other_is_counted(tmp_path):
    facts = HEAD + row("ProfitLoss", 9, accession="x") + row("NetIncomeLoss", 7, accession="x")
    facts += row("ProfitLoss", 4, months=3, accession="x")
    report, market = taken(tmp_path, facts=facts)
    rows = market.facts.of("net_income")
    assert sorted(zip(rows.months.tolist(), rows.value.tolist(), strict=True)) == [(3, 4.0), (12, 7.0)]
    left = next(f for f in report.findings if f.kind == "facts told under a second name of their item")
    assert (left.severity, left.count, left.examples) == ("refused", 1, ("A ProfitLoss 2015-12-31: 9",))


@pytest.mark.slow
def test_a_period_in_a_name_is_the_months_of_rows_without_and_refused_beside_others(tmp_path):
    _, market = taken(tmp_path, facts=HEAD + row("revenue_ttm", 100, 0) + row("Revenue", 30, 3))
    rows = market.facts.of("revenue")
    assert sorted(zip(rows.months.tolist(), rows.value.tolist(), strict=True)) == [(3, 30.0), (12, 100.0)]
    source = write(tmp_path / "source", facts=HEAD + row("revenue_ttm", 100, 3))
    with pytest.raises(ImportRefused, match="'revenue_ttm' says 12 months and stands in 1 rows of months 3"):
        import_folder(source, tmp_path / "other")


@pytest.mark.parametrize(
    ("name", "meant"),
    [("total_asets", "total_assets"), ("Revenus", "revenue"), ("NetIncomeLos", "NetIncomeLoss"),
     ("recievables", "receivables"), ("inventoory", "inventory"), ("StockholderEquities", ""),
     ("eps", "eps_basic or eps_diluted"), ("Shares", "shares_outstanding or shares_diluted")],
)  # fmt: skip
def test_a_misspelt_or_unclear_name_is_refused_with_what_it_may_mean(tmp_path, name, meant):
    assert meant_perhaps(name) == meant
    if meant:
        with pytest.raises(ImportRefused, match=f"'{name}' .1 rows. is no item; did you mean {meant}"):
            import_folder(write(tmp_path / "source", facts=HEAD + row(name, 1)), tmp_path / "market")
