"""What an import says of share classes, and a CIK that belongs to another company."""

import pandas as pd
import pytest

from active_edge.market import open_market
from active_edge.market.intake.importer import import_folder
from active_edge.panel import Panel
from active_edge.sessions import sessions_between
from active_edge.universe import UniverseRules, select_universe
from tests.market.intake.test_importer import write_folder
from tests.market.test_classes import BOOKS, fact
from tests.quick import first_quick

ON = pd.DatetimeIndex(["2016-06-30"])


def imported(tmp_path, facts, cik):
    """A and B under CIKs as they are spelled, O another company."""
    days = sessions_between("2016-01-04", "2016-12-30")
    volumes = {"A": 10_000, "B": 20_000, "O": 10_000}
    prices = pd.concat(
        [pd.DataFrame({"asset": name, "session": days, "close": 20.0, "volume": n}) for name, n in volumes.items()]
    )
    securities = pd.DataFrame({"asset": [*"ABO"], "ticker": [*"ABO"], "cik": cik, "security_type": "common"})
    source = write_folder(tmp_path / "given", securities=securities, prices=prices, facts=pd.DataFrame(facts))
    report = import_folder(source, tmp_path / "market", created="2020-01-01")
    return {finding.kind: finding for finding in report.findings}, open_market(tmp_path / "market")


def candidates(market):
    return "".join(sorted(market.assets[select_universe(UniverseRules(), Panel(market, ON)).mask[0]]))


def test_a_company_of_two_classes_is_named(tmp_path):
    found, market = imported(tmp_path, BOOKS, ["123", "0000000123", "7"])
    named = found["companies of several share classes, or tickers of one share"]
    assert (named.count, named.examples) == (1, ("A and B",))
    assert candidates(market) == "BO", "the class that trades more"


@pytest.mark.parametrize(
    "other",
    first_quick(
        [
            [fact("B", "total_assets", 7000), fact("B", "net_income", 1, months=12)],
            [
                fact("B", "total_assets", 7000, end="2015-11-30"),
                fact("B", "net_income", 1, months=12, end="2015-11-30"),
            ],
            [fact("B", "net_income", 1, months=12)],
        ]
    ),
)
def test_a_cik_of_two_companies_is_taken_from_the_one_that_tells_less(tmp_path, other):
    found, market = imported(tmp_path, [*BOOKS, fact("A", "equity", 300), *other], ["123", "123", "7"])
    assert found["CIKs that are another company's"].examples == ("B CIK 123",)
    assert not market.companies
    assert candidates(market) == "ABO"
    column = market.assets.get_loc("B")
    assert Panel(market, ON).ttm("net_income")[0, column] == 1.0


@pytest.mark.slow
def test_figures_that_two_classes_tell_differently_are_named(tmp_path):
    books = [*BOOKS, fact("B", "total_assets", 1000), fact("B", "net_income", 70, months=12)]
    found, market = imported(tmp_path, books, ["123", "123", "7"])
    named = found["figures of a company that its share classes tell differently"]
    assert named.count == 1
    assert named.examples == ("net_income 2015-12-31 filed 2016-02-25: A 80.0, B 70.0",)
    assert candidates(market) == "BO", "the class that trades more"
