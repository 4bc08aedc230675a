"""300 companies (100 in every run), six figures, four dates of the real folder, worked out again by plain Python.

Nothing here reads the stored market, the panel or its rules: the facts and prices come from the folder as it was given,
and every figure is put together one company at a time as docs/method.md says it. Of 7,200 cells 7,111 are equal. The
other 89 are of nine names for which the import knows better than the raw rows of one ticker: FBP and SXC tell two
values on one day, SYN and DGAS figures a thousand or a million times off, AMEH and GEC have a hole in their prices, FOX
has two classes, ADVM was AAVL, under which the older filings stand, and the closes of TCO are now of the common, now of
a preferred share, so that its value is unknown from each rise to the next count.
"""

import math

import duckdb
import numpy as np
import pandas as pd
import pytest

from active_edge.market.odd_closes import odd_closes
from active_edge.panel import Panel
from active_edge.sessions import sessions_between
from tests.panel.test_statements import PlainFiler, back

pytestmark = [pytest.mark.realdata, pytest.mark.slow]

DATES = pd.DatetimeIndex(["2015-12-31", "2016-03-31", "2016-06-30", "2016-12-30"])
NAMES = 300
FIGURES = (
    "revenue of a year",
    "revenue of a quarter",
    "net income of a year",
    "cash flow of a year",
    "assets",
    "value",
)
RATIOS = [1.25, 4 / 3, 1.5, 5 / 3, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 40, 50, 100]


@pytest.fixture(scope="module")
def raw(shared_data):
    """Raw facts and prices of the names drawn: those with facts, one life and no row that the import refuses."""
    folder = shared_data / "us_2015_2017"
    facts = duckdb.sql(f"SELECT * FROM read_parquet('{folder}/facts.parquet')").df().drop_duplicates()
    prices = duckdb.sql(f"SELECT * FROM read_parquet('{folder}/prices.parquet') ORDER BY asset, session").df()
    return facts, prices


@pytest.fixture(scope="module")
def drawn(raw):
    facts, prices = raw
    names = sorted(set(facts["asset"]) & set(prices["asset"]))
    return sorted(np.random.default_rng(2016).choice(names, NAMES, replace=False).tolist())


def day(moment):
    return (pd.Timestamp(moment) - pd.Timestamp("1970-01-01")).days


def filer(facts, sessions, date, item, positive):
    """The item as known at the close of a date: rows in the order they could be read, of one day by period."""
    rows = facts[facts["item"] == item].sort_values(["filed", "period_end", "months", "form", "value"], kind="stable")
    rows = rows[rows["filed"] >= rows["period_end"]]
    known = sessions.searchsorted(pd.DatetimeIndex(rows["filed"]))
    ends, filed = ([day(moment) for moment in rows[name]] for name in ("period_end", "filed"))
    listed = list(zip(known.tolist(), ends, rows["months"].tolist(), rows["value"].tolist(), filed, strict=True))
    return PlainFiler(listed, sessions.get_loc(date), False, positive)


def fresh(plain, end, date, limit):
    """False where a figure of a period is older than it may be, a late filer's own lag counted."""
    told = min(versions[0][1] for key, versions in plain.history.items() if key[0] == end)
    return day(date) - end <= limit + min(max(told - end - 90, 0), 90)


def year_of(plain, date, doubts=()):
    base = plain.base("year", 460)
    if base is None:
        return math.nan
    if doubts:
        plain = Doubting(plain, doubts)
        ends = sorted({end for end, months in plain.history if months}, reverse=True)
        base = next((end for end in ends if end >= ends[0] - 460 and plain.year(end) is not None), None)
    return plain.year(base) if base is not None and fresh(plain, base, date, 460) else math.nan


class Doubting(PlainFiler):
    """A filer whose revenue shows some years to be of another basis than their quarters."""

    def __init__(self, plain, doubts):
        self.history, self.first_reported, self.positive = plain.history, plain.first_reported, plain.positive
        self.doubts = doubts

    def doubted(self, key):
        if not any(abs(key[0] - end) <= 25 for end in self.doubts):
            return False
        before = self.key(back(key[0], 4), 12)
        return before is None or not self.since(before) < self.since(key) <= self.filed(before)

    def quarter(self, target):
        if self.key(target, 3) is not None or self.key(target, 6) is not None or self.key(target, 9) is not None:
            return super().quarter(target)
        annual = self.key(target, 12)
        return None if annual is not None and self.doubted(annual) else super().quarter(target)

    def moved_on(self, target, restated):
        if not restated:
            for months in (9, 6, 3):
                annual = self.key(back(target, months // 3), 12)
                if annual is not None and self.doubted(annual):
                    return None
        return super().moved_on(target, restated)


LINES = {"revenue": True, "cost_of_revenue": True, "operating_income": False, "pretax_income": False}
"""Lines of the income statement that make others of their filing doubtful, and which cannot be negative."""


def doubted_years(facts, sessions, date):
    """Ends of years that a line, costs as a share of revenue, or income before tax show to be of another basis."""
    lines, shares, other = set(), set(), set()
    told = facts[facts["item"].isin([*LINES, "net_income", "income_tax"])]
    for filed in sorted(told["filed"].unique()):
        place = sessions.searchsorted(pd.Timestamp(filed))
        if place > sessions.get_loc(date):
            break
        now = {
            item: filer(told, sessions, sessions[place], item, LINES.get(item, False))
            for item in (*LINES, "net_income", "income_tax")
        }
        for item, positive in LINES.items():
            lines |= years_in_doubt(now[item], positive)
        years = [key[0] for key in now["revenue"].history if key[1] == 12]
        shares |= {end for end in years if odd_share(now["revenue"], now["cost_of_revenue"], end)}
        years = [key[0] for key in now["net_income"].history if key[1] == 12]
        parts = now["net_income"], now["pretax_income"], now["income_tax"]
        other |= {end for end in years if odd_income(*parts, end)}
    return lines, shares, other


def years_in_doubt(plain, positive):
    found = set()
    for key in [key for key in plain.history if key[1] == 12]:
        months = plain.so_far(back(key[0], 1), 9)
        if months is None:
            continue
        negative = any(plain.value(one) < 0 for one in [key, *months])
        exceeded = positive and plain.total(months) > 1.01 * plain.value(key) and not negative
        if not plain.one_basis([key, *months]) or exceeded:
            found.add(key[0])
    return found


def nine_months(plain, end):
    months = plain.so_far(back(end, 1), 9)
    return math.nan if months is None else plain.total(months)


def of_year(plain, end):
    key = plain.key(end, 12)
    return math.nan if key is None else plain.value(key)


def last_share(sold, paid, end):
    revenue = of_year(sold, end) - nine_months(sold, sold.key(end, 12)[0]) if sold.key(end, 12) else math.nan
    costs = of_year(paid, end) - nine_months(paid, paid.key(end, 12)[0]) if paid.key(end, 12) else math.nan
    return costs / revenue if revenue > 0 and costs >= 0 else math.nan


def repeated(plain, key):
    """True where the filing of a year told the one before unchanged."""
    before = plain.key(back(key[0], 4), 12)
    return before is not None and plain.since(before) < plain.since(key) <= plain.filed(before)


def odd_share(sold, paid, end):
    """True where the fourth quarter's costs are twice or half their share in any quarter and 30 points off."""
    share = last_share(sold, paid, end)
    if math.isnan(share) or (repeated(sold, (end, 12)) and repeated(paid, paid.key(end, 12))):
        return False
    usual = [nine_months(paid, paid.key(end, 12)[0]) / nine_months(sold, end)]
    for quarter in (1, 2, 3):
        keys = sold.key(back(end, quarter), 3), paid.key(back(end, quarter), 3)
        if None not in keys and sold.value(keys[0]) > 0:
            usual.append(paid.value(keys[1]) / sold.value(keys[0]))
    high, low = max(usual), min(usual)
    before = last_share(sold, paid, back(end, 4))
    far = share > max(2 * high, high + 0.3) or share < min(low / 2, low - 0.3)
    return far and not abs(before - share) <= 0.3


def odd_income(net, gross, tax, end):
    """True where net income is that before tax less tax in the year and not in nine months of it."""
    before, paid = gross.key(end, 12), tax.key(end, 12)
    if before is None or paid is None or repeated(net, (end, 12)):
        return False
    year, months = of_year(net, end), nine_months(net, end)
    beside = months - (nine_months(gross, before[0]) - nine_months(tax, paid[0]))
    rest = year - (gross.value(before) - tax.value(paid))
    return abs(rest) <= 0.01 * abs(year) and abs(beside) > 0.05 * max(abs(months), abs(year))


def splits_of(prices, counts):
    """Session, ratio and first session believed of each split by the closes, returns, volumes and counts of a name."""
    found = []
    rows = prices[prices["close"] > 0]
    closes, returns, volumes = (rows[name].to_numpy() for name in ("close", "total_return", "volume"))
    days = list(rows["session"])
    implied = (1 + returns[1:]) * closes[:-1] / closes[1:]
    # Not between is also where the return is unknown.
    for n in (np.flatnonzero(~((implied > 0.6) & (implied < 1.2))) + 1).tolist():
        previous, close = closes[n - 1], closes[n]
        if np.isnan(returns[n]) or returns[n] <= -1:
            continue
        usual = [*RATIOS, *(1 / whole for whole in range(2, 101))]
        ratio = min(usual, key=lambda one: abs(implied[n - 1] / one - 1))
        if abs(implied[n - 1] / ratio - 1) > min(0.0005 + 0.005 / previous + 0.005 / close, 0.02):
            continue
        since = days[n]
        if 1 < ratio < 2:
            before, after = volumes[max(n - 20, 0) : n], volumes[n : n + 5]
            grown = math.log(np.median(after) / np.median(before)) / math.log(ratio) if len(after) == 5 else math.nan
            since = days[n + 4] if 0.5 <= grown <= 1.5 else pd.Timestamp.max
            earlier, later = counts[counts["filed"] < days[n]], counts[counts["filed"] > days[n]]
            if len(earlier) and len(later):
                growth = later["value"].iloc[0] / earlier["value"].iloc[-1]
                if abs(growth / ratio - 1) <= 0.1:
                    since = min(since, later["filed"].iloc[0])
        found.append((days[n], ratio, since))
    return found


def value_of(facts, prices, splits, sessions, date):
    counts = facts[
        (facts["item"] == "shares_diluted") & (facts["filed"] <= date) & (facts["filed"] >= facts["period_end"])
    ]
    counts = counts.sort_values(["period_end", "months", "filed"], ascending=[True, False, True], kind="stable")
    listed = prices[(prices["session"] <= date) & (prices["close"] > 0) & prices["session"].isin(sessions)]
    recent = listed[listed["session"] >= sessions[max(sessions.get_loc(date) - 5, 0)]]
    if counts.empty or recent.empty:
        return math.nan
    latest = counts.iloc[-1]
    told = counts.loc[counts["period_end"] == latest["period_end"], "filed"].min()
    late = min(max((told - latest["period_end"]).days - 90, 0), 90)
    if (date - latest["period_end"]).days > 460 + late:
        return math.nan
    shares = latest["value"]
    for session, ratio, since in splits:
        if latest["filed"] < session <= date and since <= date:
            shares *= ratio
    return shares * recent["close"].iloc[-1]


def plain_figures(facts, prices, splits, sessions, date):
    lines, shares, other = doubted_years(facts, sessions, date)
    revenue = Doubting(filer(facts, sessions, date, "revenue", True), shares)
    quarter_end = revenue.base("quarter", 0)
    quarter = None if quarter_end is None else revenue.quarter(quarter_end)
    assets = filer(facts, sessions, date, "total_assets", True)
    sheet = assets.base("balance", 0)
    income = filer(facts, sessions, date, "net_income", False)
    return (
        year_of(revenue, date, shares),
        quarter[0] if quarter is not None and fresh(revenue, quarter_end, date, 230) else math.nan,
        year_of(income, date, lines | shares | other),
        year_of(filer(facts, sessions, date, "operating_cash_flow", False), date),
        assets.value(assets.key(sheet, 0)) if sheet is not None and fresh(assets, sheet, date, 460) else math.nan,
        value_of(facts, prices, splits, sessions, date),
    )


@pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.nightly)])
def test_six_figures_on_four_dates_agree_with_the_plain_recomputation(raw, drawn, real_import, every):
    facts, prices = raw
    drawn = drawn[::every]
    market = real_import[1]
    sessions = sessions_between("2015-03-20", "2017-03-31")
    panel = Panel(market, DATES)
    matrices = (
        panel.ttm("revenue"),
        panel.quarter("revenue"),
        panel.ttm("net_income"),
        panel.ttm("operating_cash_flow"),
        panel.instant("total_assets"),
        panel.market_value(),
    )
    facts_of, prices_of = dict(tuple(facts.groupby("asset"))), dict(tuple(prices.groupby("asset")))
    columns = market.assets.get_indexer(drawn)
    got = np.stack([matrix[:, columns] for matrix in matrices])
    plain = np.empty_like(got)
    for n, name in enumerate(drawn):
        counts = facts_of[name].query("item == 'shares_diluted'").sort_values(["filed", "period_end"])
        traded = prices_of[name][prices_of[name]["session"].isin(sessions)]
        splits = splits_of(traded, counts)
        for row, date in enumerate(DATES):
            plain[:, row, n] = plain_figures(facts_of[name], traded, splits, sessions, date)
    told = {figure: int(np.isfinite(plain[k]).sum()) for k, figure in enumerate(FIGURES)}
    assert all(count > 700 / every for count in told.values()), told
    wrong = ~(np.isclose(got, plain, rtol=1e-9, atol=1e-3) | (np.isnan(got) & np.isnan(plain)))
    classes = {str(market.assets[column]) for columns in market.share_classes for column in columns}
    classes |= set(odd_closes(market)["asset"])
    settled = {name for name in drawn if name in classes or set_aside(name, facts_of[name], market)}
    assert len(settled) < 30
    differing = {drawn[n] for n in np.argwhere(wrong)[:, 2].tolist()}
    unexplained = [
        (FIGURES[k], f"{DATES[row]:%Y-%m-%d}", drawn[n], got[k, row, n], plain[k, row, n])
        for k, row, n in np.argwhere(wrong).tolist()
        if drawn[n] not in settled
    ]
    assert not unexplained
    assert wrong.sum() <= 89
    assert differing <= {"FBP", "SXC", "SYN", "DGAS", "AMEH", "GEC", "ADVM", "FOX", "TCO"}


def set_aside(name, facts, market):
    """True where the import says that it used not every raw row of a name: two values on a day, a slip, a hole."""
    column = market.assets.get_loc(name)
    key = ["item", "months", "period_end", "filed", "value"]
    raw = facts[(facts["filed"] >= facts["period_end"])][key].drop_duplicates()
    stored = []
    for item in sorted(set(raw["item"]) & market.items):
        rows = market.facts.told_under(item)
        stored += rows.value[rows.asset == column].tolist()
    return f"{name}~2" in market.assets or sorted(raw["value"]) != sorted(stored)
