"""Counts of shares and market value of companies with several share classes.

A count told under one class alone, or the same one under each, is the company's; counts of one period that differ are
of each class by itself and add up.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from active_edge.market.periods import Rows

NEVER_APART = np.iinfo(np.int64).max


def counted_apart(rows: Rows, columns: np.ndarray) -> int:
    """Return the session from which the counts of a company are known to be of each class by itself.

    The first period told under two of its classes decides: the numbers differ, or they are the company's for good.
    """
    told: dict[tuple[int, int], dict[int, tuple[int, float]]] = {}
    for column in columns.tolist():
        for row in range(rows.starts[column], rows.starts[column + 1]):
            by_class = told.setdefault((int(rows.end[row]), int(rows.months[row])), {})
            by_class.setdefault(column, (int(rows.known[row]), float(rows.value[row])))
    shown = [list(by_class.values()) for by_class in told.values() if len(by_class) > 1]
    if not shown:
        return NEVER_APART
    first = min(shown, key=lambda versions: sorted(known for known, _ in versions)[1])
    session = sorted(known for known, _ in first)[1]
    values = {value for known, value in first if known <= session}
    return session if len(values) > 1 else NEVER_APART


def company_counts(own: np.ndarray, classes: Sequence[np.ndarray], apart: np.ndarray) -> np.ndarray:
    """Return the shares of each asset's company.

    Parameters
    ----------
    own : (n_dates, n_assets); counts told under each asset, NaN where none is.
    classes : columns of each company with several.
    apart : (n_dates, n_companies) bool; True where the classes are counted by themselves.
    """
    counts = own.copy()
    for company, columns in enumerate(classes):
        told = own[:, columns]
        whole = np.where(np.isnan(told), _first_told(told)[:, np.newaxis], told)
        added = np.broadcast_to(_sum(told)[:, np.newaxis], told.shape)
        counts[:, columns] = np.where(apart[:, [company]], added, whole)
    return counts


def company_value(
    own: np.ndarray, close: np.ndarray, gone: np.ndarray, classes: Sequence[np.ndarray], apart: np.ndarray
) -> np.ndarray:
    """Return the market value of each asset's company, USD, over all its classes; parameters as `company_counts`.

    A count told once is valued at the close of the class it is told under. A class without a close is valued at that of
    the class which is worth most; but what is `gone`, and counted by itself, is no share of the company any more.

    Parameters
    ----------
    close, gone : (n_dates, n_assets); last close, NaN where there is none; True after a class's last price.
    """
    values: np.ndarray = own * close
    for company, columns in enumerate(classes):
        told = _valued(own[:, columns], close[:, columns], gone[:, columns] & apart[:, [company]])
        whole = np.where(np.isnan(told), _first_told(told)[:, np.newaxis], told)
        added = np.broadcast_to(_sum(told)[:, np.newaxis], told.shape)
        values[:, columns] = np.where(apart[:, [company]], added, whole)
    return values


def _valued(own: np.ndarray, close: np.ndarray, gone: np.ndarray) -> np.ndarray:
    """The value of each class, NaN where its count is unknown or it is gone; without a close, at the largest's."""
    worth = np.where(np.isnan(own * close), np.where(np.isnan(close), -1.0, 0.0), own * close)
    largest = close[np.arange(len(close)), worth.argmax(axis=1)]
    valued: np.ndarray = np.where(gone, np.nan, own * np.where(np.isnan(close), largest[:, np.newaxis], close))
    return valued


def _first_told(told: np.ndarray) -> np.ndarray:
    """The first column with a value, (n_dates,); NaN where none has one."""
    first: np.ndarray = told[np.arange(len(told)), (~np.isnan(told)).argmax(axis=1)]
    return first


def _sum(told: np.ndarray) -> np.ndarray:
    """The sum over columns with a value, (n_dates,); NaN where none has one."""
    known = ~np.isnan(told)
    total: np.ndarray = np.where(known.any(axis=1), np.where(known, told, 0.0).sum(axis=1), np.nan)
    return total
