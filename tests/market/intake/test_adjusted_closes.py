"""Closes that were adjusted for splits and given as prices: seen, said, stored, and no rank is claimed from them."""

import numpy as np
import pandas as pd
import pytest

from active_edge.errors import MissingInput
from active_edge.market import open_market
from active_edge.market.audit.doubts import market_doubts
from active_edge.market.audit.report import audit_market
from active_edge.market.findings import ADJUSTED_CLOSES
from active_edge.market.intake.importer import import_folder
from active_edge.panel import Panel
from active_edge.rebuilt_index import rebuild_index
from active_edge.sessions import sessions_between
from active_edge.universe import UniverseRules, select_universe
from tests.market.intake.test_importer import write_folder

pytestmark = pytest.mark.slow

SESSIONS = sessions_between("2008-01-02", "2017-12-29")
NAMES = [f"A{n:03}" for n in range(220)]


def folder(tmp_path, *, split_share, adjusted, contradicted=0, returns=True):
    """220 names over ten years; some split 2:1 once; one count of shares each; each halves once more on bad news.

    `adjusted`: closes before the split are halved, as adjusted closes are. `contradicted`: names whose closes are
    multiplied by ten from one session on, against their returns.
    """
    rng = np.random.default_rng(0)
    days = SESSIONS
    tables = []
    for n, name in enumerate(NAMES):
        earned = np.round(rng.normal(0.0005, 0.02, len(days)), 6)
        news = np.arange(len(days)) == 100 + n
        earned = np.where(news, -0.5, earned)
        index = 40.0 * np.cumprod(1 + earned)
        split = (
            np.where(np.arange(len(days)) >= 500 + n, 2.0, 1.0) if n < split_share * len(NAMES) else np.ones(len(days))
        )
        close = index / (2.0 if adjusted and split[-1] == 2.0 else split)
        volume = np.where(news, 2e6, 1e5 * (split if not adjusted else split[-1]))
        close = close * np.where((np.arange(len(days)) >= 1250) & (n < contradicted), 10.0, 1.0)
        tables.append(
            pd.DataFrame(
                {
                    "asset": name,
                    "session": days,
                    "close": np.round(close, 4),
                    "volume": volume,
                    "total_return": earned if returns else np.nan,
                }
            )
        )
    prices = pd.concat(tables)
    facts = pd.DataFrame(
        {
            "asset": NAMES,
            "item": "shares_outstanding",
            "months": 0,
            "period_end": "2008-01-31",
            "value": 1e7,
            "filed": "2008-02-15",
        }
    )
    securities = pd.DataFrame({"asset": NAMES, "ticker": NAMES, "security_type": "common"})
    (tmp_path / "given").mkdir(parents=True)
    source = write_folder(tmp_path / "given", securities=securities, prices=prices, facts=facts)
    return import_folder(source, tmp_path / "market", created="2020-01-01"), open_market(tmp_path / "market")


@pytest.fixture(scope="module")
def adjusted(tmp_path_factory):
    return folder(tmp_path_factory.mktemp("adjusted"), split_share=0.5, adjusted=True)


@pytest.fixture(scope="module")
def unadjusted(tmp_path_factory):
    return folder(tmp_path_factory.mktemp("unadjusted"), split_share=0.5, adjusted=False)


@pytest.mark.slow
def test_thousands_of_name_years_without_a_split_are_adjusted(adjusted):
    report, market = adjusted
    found = [f for f in report.findings if f.kind == "closes that are adjusted: splits that are not there"]
    assert len(found) == 1
    assert len(market.adjusted_closes) == 1
    assert "splits that are not there (0 in" in market.adjusted_closes[0]


@pytest.mark.slow
def test_splits_that_are_there_say_nothing(unadjusted):
    report, market = unadjusted
    assert market.adjusted_closes == ()
    assert not [f for f in report.findings if "adjusted" in f.kind]


@pytest.mark.slow
@pytest.mark.parametrize("adjusted", [True, False])
def test_closes_alone_show_the_absence_of_splits_though_bad_news_halves_prices(tmp_path, adjusted):
    _, market = folder(tmp_path, split_share=0.5, adjusted=adjusted, returns=False)
    assert len(market.adjusted_closes) == adjusted


def test_a_few_names_are_too_few_to_miss_splits(tmp_path):
    days = SESSIONS
    prices = pd.DataFrame({"asset": "A", "session": days, "close": 40.0, "total_return": 0.0})
    securities = pd.DataFrame({"asset": ["A"], "ticker": ["A"]})
    source = write_folder(tmp_path / "given", securities=securities, prices=prices)
    assert not [f for f in import_folder(source, tmp_path / "market").findings if "adjusted" in f.kind]


def test_no_rank_by_value_is_claimed_from_adjusted_closes(adjusted, unadjusted):
    on = pd.DatetimeIndex([SESSIONS[300]])
    rules = UniverseRules(cap_rank=[1, 50])
    for market, candidates in ((adjusted[1], 0), (unadjusted[1], 50)):
        universe = select_universe(rules, Panel(market, on))
        assert universe.mask.sum() == candidates
        assert np.isnan(universe.cap_rank).all() == (candidates == 0)
    named = next(rule for rule in select_universe(rules, Panel(adjusted[1], on)).rules if rule.name == "cap_rank")
    assert "no rank: the closes of this market are adjusted" in named.bound
    with pytest.raises(MissingInput, match="closes of this market are adjusted"):
        rebuild_index(adjusted[1])


def test_the_audit_says_so(adjusted):
    said = "adjusted closes: splits that are not there (0 in"
    assert any(warning.startswith(said) for warning in audit_market(adjusted[1]).warnings)
    assert [doubt.name for doubt in market_doubts(adjusted[1]) if doubt.name == "adjusted closes"]


@pytest.mark.slow
def test_a_session_on_which_closes_contradict_many_returns_is_named(tmp_path):
    report, market = folder(tmp_path, split_share=0.5, adjusted=False, contradicted=80)
    found = next(f for f in report.findings if "sessions that contradict" in f.kind)
    assert found.count == 1
    assert found.examples[0].startswith(f"{SESSIONS[1250]:%Y-%m-%d}: 36 % of 220 names, up to 10-fold")
    assert len(market.adjusted_closes) == 1
    suspects = audit_market(market).suspects.days
    assert suspects["contradicted"].max() == 80


def test_public_floats_above_market_value_show_adjusted_closes(tmp_path):
    names = [f"A{n:03}" for n in range(120)]
    days = sessions_between("2019-01-02", "2020-12-31")
    prices = pd.concat([pd.DataFrame({"asset": name, "session": days, "close": 10.0}) for name in names])
    facts = pd.DataFrame(
        [
            {"asset": name, "item": item, "months": 0, "period_end": end, "value": value, "filed": "2020-02-20"}
            for n, name in enumerate(names)
            for item, end, value in (
                ("public_float_usd", "2019-06-28", 8e7 if n > 20 else 8e8),
                ("shares_outstanding", "2019-12-31", 1e7),
            )
        ]
    )
    securities = pd.DataFrame({"asset": names, "ticker": names})
    source = write_folder(tmp_path / "given", securities=securities, prices=prices, facts=facts)
    report = import_folder(source, tmp_path / "market")
    found = next(f for f in report.findings if "public floats above market value" in f.kind)
    assert found.count == 21


@pytest.mark.parametrize(("heavy", "seen"), [(12, True), (3, False)])
def test_names_that_trade_half_their_shares_in_a_day_show_adjusted_closes(tmp_path, heavy, seen):
    names = [f"A{n:03}" for n in range(120)]
    days = sessions_between("2019-01-02", "2020-12-31")
    prices = pd.concat(
        [
            pd.DataFrame({"asset": name, "session": days, "close": 10.0, "volume": 6e6 if n < heavy else 1e5})
            for n, name in enumerate(names)
        ]
    )
    facts = pd.DataFrame(
        {"asset": names, "item": "shares_outstanding", "months": 0, "period_end": "2019-12-31", "value": 1e7}
    ).assign(filed="2020-02-20")
    source = write_folder(
        tmp_path / "given", securities=pd.DataFrame({"asset": names, "ticker": names}), prices=prices, facts=facts
    )
    kinds = [finding.kind for finding in import_folder(source, tmp_path / "market").findings]
    assert ("closes that are adjusted: days that trade half the shares" in kinds) == seen


@pytest.mark.parametrize(("adjusted", "counted"), [(True, True), (False, True), (False, False)])
def test_closes_alone_are_told_by_counts_of_shares_or_said_not_to_be_told(tmp_path, adjusted, counted):
    """100 names over 21 years without returns and volumes; 40 split 2:1, which their next counts tell where counted."""
    days = sessions_between("2000-01-03", "2020-12-31")
    split = 2000
    names = [f"A{n:03}" for n in range(100)]
    tables, facts = [], []
    for n, name in enumerate(names):
        halved = (np.arange(len(days)) >= split) & (n < 40) & (not adjusted)
        tables.append(pd.DataFrame({"asset": name, "session": days, "close": np.where(halved, 10.0, 20.0)}))
        for k, filed in enumerate((days[split - 20], days[split + 20])):
            shares = 2e7 if k and n < 40 and counted else 1e7
            facts.append((name, "shares_outstanding", 0, filed - pd.Timedelta(days=5), shares, filed))
    columns = ["asset", "item", "months", "period_end", "value", "filed"]
    securities = pd.DataFrame({"asset": names, "ticker": names, "security_type": "common"})
    source = write_folder(
        tmp_path / "given", securities=securities, prices=pd.concat(tables), facts=pd.DataFrame(facts, columns=columns)
    )
    report = import_folder(source, tmp_path / "market", created="2020-01-01")
    counts = f"{ADJUSTED_CLOSES}: counts of shares that split where closes do not"
    assert report.count(counts) == (40 if adjusted else 0)
    assert bool(open_market(tmp_path / "market").adjusted_closes) == adjusted
    assert report.count("names of whose closes nothing tells whether they are adjusted") == (0 if counted else 100)
