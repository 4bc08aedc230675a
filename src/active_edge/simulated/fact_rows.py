"""Fact rows: how a filing's figures are written down, with form, day, source and confidence."""

from __future__ import annotations

from typing import NamedTuple

import numba as nb
import numpy as np

from active_edge.simulated import laws
from active_edge.simulated.statements import COLUMNS, FIRST_CASH_FLOW, FIRST_INSTANT, N_COLUMNS, SHARES

YEARLY_ITEMS = ("public_float_usd", "insider_ownership", "domestic_revenue_share", "floating_rate_debt_share")
ITEM_NAMES = (*COLUMNS, *YEARLY_ITEMS)
FORMS = ("10-Q", "10-K", "10-Q/A", "10-K/A", "S-1", "DEF 14A")
SOURCES = ("statements", "cover page", "proxy table", "geographic segments", "no foreign tags", "debt note", "debt mix")
CONFIDENCES = ("low", "medium", "high")


class FactRows(NamedTuple):
    """Fact rows of a block, parallel arrays.

    listing int32 · item, months, form, source, confidence int8: positions in the tuples above · period_end, filed
    int32: days since 1970 · value float64 · accession int64.
    """

    listing: np.ndarray
    item: np.ndarray
    months: np.ndarray
    period_end: np.ndarray
    filed: np.ndarray
    value: np.ndarray
    form: np.ndarray
    source: np.ndarray
    confidence: np.ndarray
    accession: np.ndarray


@nb.njit(cache=True, nogil=True)
def _put(
    rows: FactRows,
    used: int,
    listing: int,
    item: int,
    span: int,
    period_end: int,
    filed: int,
    value: float,
    form: int,
    source: int,
    confidence: int,
    accession: int,
) -> int:
    if np.isnan(value):
        return used
    rows.listing[used], rows.item[used], rows.months[used] = listing, item, span
    rows.period_end[used], rows.filed[used], rows.value[used] = period_end, filed, value
    rows.form[used], rows.source[used], rows.confidence[used] = form, source, confidence
    rows.accession[used] = accession
    return used + 1


@nb.njit(cache=True, nogil=True)
def put_statement(
    rows: FactRows,
    used: int,
    listing: int,
    quarter: np.ndarray,
    to_date: np.ndarray,
    fiscal: int,
    period_end: int,
    filed: int,
    form: int,
    accession: int,
    was: np.ndarray,
    was_to_date: np.ndarray,
) -> int:
    """Emit one filing. Income items cover the quarter (10-Q) or the year (10-K), cash flows the year to date.

    Where `was` is not all NaN, only what differs from it is emitted: that is a restatement.
    """
    income = to_date if fiscal == 4 else quarter
    was_income = was_to_date if fiscal == 4 else was
    for c in range(N_COLUMNS):
        if c < FIRST_CASH_FLOW:
            value, old, span = income[c], was_income[c], 12 if fiscal == 4 else 3
        elif c < FIRST_INSTANT:
            value, old, span = to_date[c], was_to_date[c], 3 * fiscal
        else:
            value, old, span = quarter[c], was[c], 0
        if value == old:
            continue
        source = 1 if c == SHARES else 0
        used = _put(rows, used, listing, c, span, period_end, filed, value, form, source, 2, accession)
    return used


@nb.njit(cache=True, nogil=True)
def put_yearly(
    rng: np.random.Generator,
    rows: FactRows,
    used: int,
    listing: int,
    trait: np.ndarray,
    known: np.ndarray,
    period_end: int,
    filed: int,
    form: int,
    proxy_day: int,
    last_day: int,
    market_value: float,
    accession: int,
) -> int:
    """Emit the figures that arrive once a year, where the firm's filings let them be read (`known`, 3 flags)."""
    insider = min(max(trait[laws.INSIDER] + 0.01 * rng.standard_normal(), 0.0), 0.95)
    used = _put(
        rows, used, listing, N_COLUMNS, 0, period_end, filed, np.rint(market_value * (1.0 - insider)), form, 1, 2,
        accession,
    )  # fmt: skip
    if known[0] and rng.random() < 0.97 and proxy_day <= last_day:
        used = _put(
            rows, used, listing, N_COLUMNS + 1, 0, period_end, proxy_day, np.round(insider, 4), 5, 2, 2,
            accession + 50,
        )  # fmt: skip
    if known[1] and rng.random() < 0.97:
        share = np.round(min(max(trait[laws.DOMESTIC] + 0.02 * rng.standard_normal(), 0.0), 1.0), 4)
        plain = trait[laws.DOMESTIC] > 0.92
        used = _put(
            rows, used, listing, N_COLUMNS + 2, 0, period_end, filed, share, form, 4 if plain else 3,
            1 if plain else 2, accession,
        )  # fmt: skip
    if known[2] and rng.random() < 0.97:
        drift = trait[laws.FLOATING] + 0.03 * rng.standard_normal()
        share = 0.0 if trait[laws.DEBT_FREE] > 0.5 else np.round(min(max(drift, 0.0), 1.0), 4)
        rough = rng.random() < 0.2
        used = _put(
            rows, used, listing, N_COLUMNS + 3, 0, period_end, filed, share, form, 6 if rough else 5,
            0 if rough else 2, accession,
        )  # fmt: skip
    return used
