"""One company or one filing in thousands or millions among dollars: left out and counted, never used."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from active_edge.market import open_market
from active_edge.market.intake.importer import import_folder
from active_edge.sessions import sessions_between
from tests.quick import first_quick

SESSIONS = sessions_between("2015-01-02", "2016-06-30")
NAMES = [f"N{n}" for n in range(8)]
QUARTERS = [("2015-03-31", "2015-05-05"), ("2015-06-30", "2015-08-05"), ("2015-09-30", "2015-11-05"),
            ("2015-12-31", "2016-02-20"), ("2016-03-31", "2016-05-05")]  # fmt: skip
MONEY = {"revenue": 1e8, "cost_of_revenue": 6e7, "net_income": 1e7, "total_assets": 4e8, "public_float_usd": 3e8}
COUNTS = {"shares_outstanding": 2e7, "shares_diluted": 2.1e7}
INSTANT = ("total_assets", "public_float_usd", "shares_outstanding")
OTHER_UNIT = "facts of companies whose amounts or counts of shares are in another unit"
OFF_OTHERS = "facts a thousand or a million times off the company's other filings"


def facts_of(eps: bool, names=NAMES) -> pd.DataFrame:
    """Companies worth 400 million at 20 a share: revenue 100 million a quarter, 0.48 a share of income 10 million."""
    rows = [
        (name, item, 0 if item in INSTANT else 3, end, value * (1 + 0.02 * q), filed, f"{name}-{q}")
        for name in names
        for q, (end, filed) in enumerate(QUARTERS)
        for item, value in (MONEY | COUNTS | ({"eps_diluted": 0.48} if eps else {})).items()
    ]
    facts = pd.DataFrame(rows, columns=["asset", "item", "months", "period_end", "value", "filed", "accession"])
    return facts.assign(period_end=pd.to_datetime(facts["period_end"]), filed=pd.to_datetime(facts["filed"]))


def imported(tmp_path, facts: pd.DataFrame):
    """The report, and the values kept by company and item: a list over its filings, None where one is left out."""
    names = facts["asset"].unique()
    random = np.random.default_rng(6)
    prices = pd.concat(
        pd.DataFrame(
            {
                "asset": name,
                "session": SESSIONS,
                "close": 20 * np.cumprod(1 + random.normal(0, 0.01, len(SESSIONS))),
                "volume": 100_000,  # two million dollars a day: 200 days of it are the company
            }
        )
        for name in names
    )
    securities = pd.DataFrame({"asset": names, "ticker": names})
    report = import_folder({"securities": securities, "prices": prices, "facts": facts}, tmp_path)
    market = open_market(tmp_path)
    kept: dict[str, dict[str, list[float | None]]] = {name: {} for name in names}
    for item in (*MONEY, *COUNTS):
        rows = market.facts.told_under(item)
        for name in names:
            of = rows.asset == market.assets.get_loc(name)
            own = dict(zip(rows.filed[of].astype(str), rows.value[of], strict=True))
            kept[name][item] = [own.get(filed) for _, filed in QUARTERS]
    return report, kept


def scaled(facts: pd.DataFrame, items, factor: float, filings=range(5), name="N1") -> pd.DataFrame:
    rows = facts["item"].isin(items) & facts["accession"].isin([f"{name}-{q}" for q in filings])
    return facts.assign(value=facts["value"].where(~rows, facts["value"] * factor))


IN_ANOTHER_UNIT = [  # items, factor, filings, and which items are gone then
    (MONEY, 1e-3, range(5), set(MONEY)),  # one company's amounts in thousands
    (MONEY, 1e-6, range(5), set(MONEY)),
    (MONEY, 1e3, range(5), set(MONEY)),
    (COUNTS, 1e-3, range(5), set(COUNTS)),  # its counts in thousands
    (["shares_outstanding"], 1e-3, range(5), {"shares_outstanding"}),
    (COUNTS, 1e3, range(5), set(COUNTS)),
    ([*MONEY, *COUNTS], 1e-3, range(5), {*MONEY, *COUNTS}),  # all of it
    ([*MONEY, *COUNTS], 1e-6, range(5), {*MONEY, *COUNTS}),
    (["public_float_usd"], 1e-3, range(5), {"public_float_usd"}),
    (["public_float_usd"], 1e-6, range(5), {"public_float_usd"}),
    (["shares_outstanding"], 1e-3, [4], {"shares_outstanding"}),  # one filing, the last, the first, in between
    (["shares_outstanding"], 1e-3, [0], {"shares_outstanding"}),
    (["shares_outstanding"], 1e-3, [2], {"shares_outstanding"}),
    (["shares_outstanding"], 1e3, [4], {"shares_outstanding"}),
    (COUNTS, 1e-3, [4], set(COUNTS)),
    (["revenue"], 1e-3, [4], {"revenue"}),  # its costs stay: 60 million for a revenue of 100 thousand
    (MONEY, 1e-3, [4], set(MONEY)),
    (MONEY, 1e-3, [0, 1], set(MONEY)),
    (["public_float_usd"], 1e-3, [3], {"public_float_usd"}),
]


@pytest.mark.slow
@pytest.mark.parametrize("eps", [True, False])
def test_figures_of_one_company_or_filing_in_another_unit_are_left_out_and_counted(tmp_path, eps):
    """Each case is a company beside seven in dollars."""
    facts = facts_of(eps, [f"N{n}" for n in range(len(NAMES) * len(IN_ANOTHER_UNIT))])
    cases = {f"N{1 + len(NAMES) * number}": case for number, case in enumerate(IN_ANOTHER_UNIT)}
    for name, (items, factor, filings, _) in cases.items():
        facts = scaled(facts, items, factor, filings, name)
    report, kept = imported(tmp_path, facts)
    right, lost = {**MONEY, **COUNTS}, 0
    for name, (_, _, filings, gone) in cases.items():
        for item, values in kept[name].items():
            for q, value in enumerate(values):
                if item in gone and q in filings:
                    assert value is None, (name, item, q, value)
                elif value is not None:
                    assert value == pytest.approx(right[item] * (1 + 0.02 * q)), (name, item, q)
        lost += sum(value is None for values in kept[name].values() for value in values)
    assert report.count(OTHER_UNIT) + report.count(OFF_OTHERS) == lost


def test_net_income_in_thousands_is_seen_by_its_earnings_a_share(tmp_path):
    """10 thousand on 21 million shares is no 0.48 a share."""
    report, kept = imported(tmp_path, scaled(facts_of(True), ["net_income"], 1e-3, [4]))
    assert kept["N1"]["net_income"][4] is None
    assert report.count(OTHER_UNIT) == 1


@pytest.mark.parametrize("eps", first_quick([True, False]))
def test_dollars_are_kept(tmp_path, eps):
    report, kept = imported(tmp_path, facts_of(eps))
    assert report.count(OTHER_UNIT) + report.count(OFF_OTHERS) == 0
    assert all(value is not None for own in kept.values() for values in own.values() for value in values)


@pytest.mark.slow
def test_a_company_with_few_assets_whose_earnings_a_share_agree_is_kept(tmp_path):
    """A holding of units: assets a thousandth of its value, income 10 million on 21 million shares."""
    report, kept = imported(tmp_path, scaled(facts_of(True), ["total_assets"], 1e-3))
    assert report.count(OTHER_UNIT) == 0
    assert kept["N1"]["total_assets"][0] == pytest.approx(4e5)
