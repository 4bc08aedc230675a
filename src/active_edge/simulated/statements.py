"""Quarterly financial statements that tie: one recursion a firm, in whole dollars, so that every identity is exact.

assets = liabilities + equity · Δcash = operating + investing + financing cash flow · Δretained earnings = net income
− dividends. Profitability is drawn from reported quality, margin from pricing power, growth from the growth state,
debt from the debt share; cash left over or lacking is what remains, as in life.
"""

from __future__ import annotations

from typing import NamedTuple

import numba as nb
import numpy as np

COLUMNS = (
    "revenue",
    "cost_of_revenue",
    "gross_profit",
    "operating_income",
    "interest_expense",
    "pretax_income",
    "income_tax",
    "net_income",
    "research_development",
    "eps_basic",
    "eps_diluted",
    "dividends_per_share",
    "shares_diluted",
    "operating_cash_flow",
    "investing_cash_flow",
    "financing_cash_flow",
    "capital_expenditure",
    "depreciation_amortization",
    "total_assets",
    "current_assets",
    "current_liabilities",
    "cash",
    "receivables",
    "inventory",
    "total_liabilities",
    "short_term_debt",
    "long_term_debt",
    "total_debt",
    "equity",
    "retained_earnings",
    "shares_outstanding",
)
(
    REVENUE,
    COST,
    GROSS,
    OPERATING,
    INTEREST,
    PRETAX,
    TAX,
    NET,
    RESEARCH,
    EPS,
    EPS_DILUTED,
    DPS,
    SHARES_DILUTED,
    CFO,
    CFI,
    CFF,
    CAPEX,
    DEPRECIATION,
    ASSETS,
    CURRENT_ASSETS,
    CURRENT_LIABILITIES,
    CASH,
    RECEIVABLES,
    INVENTORY,
    LIABILITIES,
    SHORT_DEBT,
    LONG_DEBT,
    DEBT,
    EQUITY,
    RETAINED,
    SHARES,
    N_COLUMNS,
) = range(32)
FIRST_CASH_FLOW, FIRST_INSTANT = CFO, ASSETS
"""Columns below the first are income items, below the second cash flows, from there on balances."""


class Drivers(NamedTuple):
    """What drives one firm's statements: arrays (n_quarters,) unless said otherwise.

    quality: as reported, without overstatement · debt_share, growth: states · value: market value, USD · issued:
    USD from net share issuance · dps: dividend a share · shares: at quarter end · split: new shares per old within
    the quarter · policy_rate: a year · margin, floating, research (scalars): pricing power, floating share of debt,
    whether the firm does research.
    """

    quality: np.ndarray
    debt_share: np.ndarray
    growth: np.ndarray
    value: np.ndarray
    issued: np.ndarray
    dps: np.ndarray
    shares: np.ndarray
    split: np.ndarray
    policy_rate: np.ndarray
    margin: float
    floating: float
    research: bool


class _Balance(NamedTuple):
    """Quarter-end balances in whole dollars; assets = cash + receivables + inventory + fixed."""

    cash: float
    receivables: float
    inventory: float
    fixed: float
    payables: float
    accrued: float
    long_debt: float
    short_debt: float
    equity: float
    retained: float


class _Income(NamedTuple):
    """A quarter's income statement."""

    revenue: float
    gross: float
    expenses: float
    operating: float
    interest: float
    pretax: float
    tax: float
    net: float


class _Flows(NamedTuple):
    """A quarter's cash flows, and what of them changes debt and equity."""

    depreciation: float
    operating: float
    capex: float
    financing: float
    new_long: float
    change_short: float
    issued: float
    rescue: float
    dividends: float


@nb.njit(cache=True, nogil=True)
def draw_statements(rng: np.random.Generator, drivers: Drivers, out: np.ndarray) -> None:
    """Fill `out` (n_quarters, N_COLUMNS) with single-quarter flows and quarter-end balances, USD.

    Money is in whole dollars, shares in whole shares, per-share items in hundredths (dividends in ten-thousandths).
    Research is NaN for firms that do none.
    """
    held = _open(rng, drivers)
    trend, accrual = 0.0, 0.0
    season_peak = int(rng.random() * 4.0)
    season_size = 0.12 * rng.random()
    last_shares = np.rint(drivers.shares[0])
    for k in range(len(drivers.quality)):
        trend = 0.87 * trend + 0.035 * drivers.growth[k]
        accrual = 0.6 * accrual + 0.006 * rng.standard_normal()
        season = 1.0 + (season_size if k % 4 == season_peak else -season_size / 3.0)
        assets = held.cash + held.receivables + held.inventory + held.fixed
        base = max(assets, 1e5)
        margin = 1.0 / (1.0 + np.exp(0.5 - 0.55 * drivers.margin - 0.15 * drivers.quality[k]))
        income = _earn(drivers, k, base, held.long_debt + held.short_debt, trend, season, margin)
        receivables = np.rint(max(income.revenue * 4.0 * margin * (0.42 + 8.0 * accrual), 0.0))
        receivables = min(receivables, np.rint(0.5 * base))
        inventory = np.rint((income.revenue - income.gross) * 4.0 * 0.12)
        payables = np.rint((income.revenue - income.gross) * 4.0 * 0.10)
        if k == 0:
            held = _begin_with(held, receivables, inventory, payables)
        shares = np.rint(drivers.shares[k])
        flows = _finance(drivers, k, base, trend, income, held, receivables, inventory, payables)
        held = _carry(drivers, k, base, income, flows, held, receivables, inventory, payables)
        _write_income(out[k], drivers, k, income, last_shares, shares)
        _write_balance(out[k], flows, held, shares)
        last_shares = shares


@nb.njit(cache=True, nogil=True)
def _open(rng: np.random.Generator, drivers: Drivers) -> _Balance:
    """The balance a firm begins with."""
    first_value = max(drivers.value[0], 2e5)
    to_market = np.exp(-0.9 - 0.15 * drivers.quality[0] + 0.4 * rng.standard_normal())
    equity = np.rint(first_value * to_market)
    d = drivers.debt_share[0]
    long_debt = np.rint(equity * d / (1.0 - d))
    payables, accrued = np.rint(0.12 * equity), np.rint(0.15 * equity)
    assets = equity + long_debt + payables + accrued
    cash = np.rint(assets * (0.07 + 0.12 * rng.random()))
    receivables, inventory = np.rint(0.12 * assets), np.rint(0.09 * assets)
    fixed = assets - cash - receivables - inventory
    retained = np.rint(equity * (0.25 + 0.35 * drivers.quality[0]))
    return _Balance(cash, receivables, inventory, fixed, payables, accrued, long_debt, 0.0, equity, retained)


@nb.njit(cache=True, nogil=True)
def _begin_with(held: _Balance, receivables: float, inventory: float, payables: float) -> _Balance:
    """The opening balance restated to the first quarter's working capital, so that no cash flows from it."""
    fixed = held.fixed + (held.receivables + held.inventory - receivables - inventory)
    equity = held.equity + (held.payables - payables)
    retained = held.retained + (held.payables - payables)
    return _Balance(
        held.cash, receivables, inventory, fixed, payables, held.accrued, held.long_debt, held.short_debt, equity,
        retained,
    )  # fmt: skip


@nb.njit(cache=True, nogil=True)
def _earn(
    drivers: Drivers, k: int, base: float, debt: float, trend: float, season: float, gross_margin: float
) -> _Income:
    q = drivers.quality[k]
    normal_gross = base * max(0.29 + 0.11 * q, 0.02) / 4.0
    gross = normal_gross * np.exp(trend) * season
    revenue = np.rint(gross / gross_margin)
    gross = np.rint(revenue * gross_margin)
    expenses = np.rint(normal_gross * (0.5 + 0.5 * np.exp(trend)) - base * (0.062 + 0.075 * q) / 4.0)
    operating = gross - expenses
    floating_cost = drivers.policy_rate[k] + 0.03
    interest = np.rint(debt * (drivers.floating * floating_cost + (1.0 - drivers.floating) * 0.055) / 4.0)
    pretax = operating - interest
    tax = np.rint(0.24 * pretax) if pretax > 0.0 else 0.0
    return _Income(revenue, gross, expenses, operating, interest, pretax, tax, pretax - tax)


@nb.njit(cache=True, nogil=True)
def _finance(
    drivers: Drivers,
    k: int,
    base: float,
    trend: float,
    income: _Income,
    held: _Balance,
    receivables: float,
    inventory: float,
    payables: float,
) -> _Flows:
    """Cash flows; what is lacking to a floor of cash is borrowed short, and beyond a bound put in by owners."""
    depreciation = np.rint(min(0.009 * base, 0.5 * held.fixed))
    dividends = np.rint(drivers.dps[k] * np.rint(drivers.shares[k]))
    operating = income.net + depreciation - (receivables - held.receivables) - (inventory - held.inventory)
    operating += payables - held.payables
    surplus = max(held.cash - 0.12 * base, 0.0)
    capex = np.rint(depreciation * (0.8 + 0.5 * max(trend, 0.0)) + 0.25 * surplus)
    d = drivers.debt_share[k]
    debt = held.long_debt + held.short_debt
    wanted = np.rint(0.25 * (max(held.equity, 0.1 * base) * d / (1.0 - d) - debt))
    issued = np.rint(drivers.issued[k])
    new_long = max(held.long_debt + wanted, 0.0)
    financing = (new_long - held.long_debt) + issued - dividends
    floor = np.rint(0.015 * base)
    lacking = floor - (held.cash + operating - capex + financing)
    change_short = max(np.rint(lacking), -held.short_debt)
    rescue = max(np.rint(held.short_debt + change_short - 0.6 * base), 0.0)
    change_short -= rescue
    financing += change_short + rescue
    return _Flows(depreciation, operating, capex, financing, new_long, change_short, issued, rescue, dividends)


@nb.njit(cache=True, nogil=True)
def _carry(
    drivers: Drivers,
    k: int,
    base: float,
    income: _Income,
    flows: _Flows,
    held: _Balance,
    receivables: float,
    inventory: float,
    payables: float,
) -> _Balance:
    """The balance at the quarter's end; fixed assets are revalued towards what the market pays for the firm."""
    equity = held.equity + income.net - flows.dividends + flows.issued + flows.rescue
    target = drivers.value[k] * np.exp(-0.9 - 0.15 * drivers.quality[k])
    revalued = np.rint(min(max(0.08 * (target - equity), -0.06 * base), 0.06 * base))
    revalued = max(revalued, -np.rint(0.5 * held.fixed))
    return _Balance(
        cash=held.cash + (flows.operating - flows.capex + flows.financing),
        receivables=receivables,
        inventory=inventory,
        fixed=held.fixed + (flows.capex - flows.depreciation + revalued),
        payables=payables,
        accrued=held.accrued,
        long_debt=flows.new_long,
        short_debt=held.short_debt + flows.change_short,
        equity=equity + revalued,
        retained=held.retained + income.net - flows.dividends,
    )


@nb.njit(cache=True, nogil=True)
def _write_income(
    row: np.ndarray, drivers: Drivers, k: int, income: _Income, last_shares: float, shares: float
) -> None:
    row[REVENUE], row[COST], row[GROSS] = income.revenue, income.revenue - income.gross, income.gross
    row[OPERATING], row[INTEREST], row[PRETAX] = income.operating, income.interest, income.pretax
    row[TAX], row[NET] = income.tax, income.net
    row[RESEARCH] = np.rint(0.3 * max(income.expenses, 0.0)) if drivers.research else np.nan
    average = max(0.5 * (last_shares * drivers.split[k] + shares), 1.0)
    row[EPS], row[EPS_DILUTED] = np.round(income.net / average, 2), np.round(income.net / (1.02 * average), 2)
    row[DPS], row[SHARES_DILUTED] = drivers.dps[k], np.rint(1.02 * average)


@nb.njit(cache=True, nogil=True)
def _write_balance(row: np.ndarray, flows: _Flows, held: _Balance, shares: float) -> None:
    row[CFO], row[CFI], row[CFF] = flows.operating, -flows.capex, flows.financing
    row[CAPEX], row[DEPRECIATION] = flows.capex, flows.depreciation
    row[ASSETS] = held.cash + held.receivables + held.inventory + held.fixed
    row[CURRENT_ASSETS] = held.cash + held.receivables + held.inventory
    row[CURRENT_LIABILITIES] = held.payables + held.short_debt + np.rint(0.4 * held.accrued)
    row[CASH], row[RECEIVABLES], row[INVENTORY] = held.cash, held.receivables, held.inventory
    row[LIABILITIES] = held.payables + held.accrued + held.long_debt + held.short_debt
    row[SHORT_DEBT], row[LONG_DEBT], row[DEBT] = held.short_debt, held.long_debt, held.long_debt + held.short_debt
    row[EQUITY], row[RETAINED], row[SHARES] = held.equity, held.retained, shares


@nb.njit(cache=True, nogil=True)
def year_to_date(quarters: np.ndarray, split: np.ndarray, count: int, out: np.ndarray) -> None:
    """Fill `out` (N_COLUMNS,) with the flows of the last `count` rows of `quarters`, balances of the last row.

    Per-share items and share counts are put on the last quarter's share basis with `split` (n_quarters,).
    """
    last = len(quarters) - 1
    for c in range(N_COLUMNS):
        out[c] = quarters[last, c]
    for c in range(FIRST_INSTANT):
        out[c] = 0.0
    since = 1.0
    average = 0.0
    for back in range(count):
        k = last - back
        for c in range(FIRST_INSTANT):
            out[c] += quarters[k, c]
        out[DPS] += quarters[k, DPS] / since - quarters[k, DPS]
        average += quarters[k, SHARES_DILUTED] * since / count
        since *= split[k]
    out[DPS] = np.round(out[DPS], 4)
    out[SHARES_DILUTED] = np.rint(average)
    out[EPS], out[EPS_DILUTED] = np.round(out[NET] * 1.02 / average, 2), np.round(out[NET] / average, 2)
