"""Share classes: assets of one company that are listed side by side."""

from __future__ import annotations

from collections.abc import Sequence, Set

import numpy as np
import pandas as pd

COMPANY_TYPES = frozenset({"common", "reit"})
"""Security types that are shares of a company; an unknown type counts when facts are filed under it."""
CLASS_ITEMS = frozenset({"shares_outstanding", "shares_diluted"})
"""Items that may be told of a class by itself; all others are the company's."""
SAME = 0.01
"""Two assets tell one balance sheet where total assets of a period agree within this share."""


def companies_of(
    securities: pd.DataFrame, asset: np.ndarray, period_end: np.ndarray, total_assets: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Columns of each company with more than one asset, ascending: those of one CIK that tell one balance sheet.

    Two assets whose total assets differ in most periods that both tell, or that both tell them and never for the same
    month of a quarter, are two companies, and the CIK of one of them is wrong.

    Parameters
    ----------
    securities : as `Market.securities`.
    asset, period_end, total_assets : (n_rows,) of every balance sheet, sorted by asset.
    """
    cik = securities["cik"]
    shared = np.flatnonzero(np.asarray((cik > 0).fillna(False) & cik.duplicated(keep=False), dtype=bool))
    companies = []
    for members in securities.iloc[shared].groupby("cik").indices.values():
        sheets: dict[int, pd.Series] = {}
        for column in shared[np.sort(members)].tolist():
            own = slice(*np.searchsorted(asset, [column, column + 1]))
            sheets[column] = pd.Series(total_assets[own], pd.DatetimeIndex(period_end[own])).groupby(level=0).last()
        parts: list[list[int]] = []
        for column, sheet in sheets.items():
            home = next((part for part in parts if all(_one_filer(sheet, sheets[other]) for other in part)), None)
            if home is None:
                parts.append([column])
            else:
                home.append(column)
        companies += [np.array(part) for part in parts if len(part) > 1]
    return tuple(companies)


def _one_filer(one: pd.Series, other: pd.Series) -> bool:
    if one.empty or other.empty:
        return True
    both = one.index.intersection(other.index)
    if len(both):
        apart = (one[both] - other[both]).abs() > SAME * np.maximum(one[both].abs(), other[both].abs())
        return bool(2 * apart.sum() <= len(both))
    # A day of slack at the month's end: 52-week years end on the last Saturday or the first of the next month.
    month, of = (((sheet.index + pd.Timedelta(days=-10)).month % 3) for sheet in (one, other))
    return bool(set(month) & set(of))


def share_classes(
    companies: Sequence[np.ndarray], securities: pd.DataFrame, first: np.ndarray, last: np.ndarray, reporters: Set[str]
) -> tuple[np.ndarray, ...]:
    """Columns of each company with more than one class of shares, ascending.

    Shares of a company whose prices overlap; lives of one ticker after one another (`EXXI`, `EXXI~2`) are not classes
    of each other.

    Parameters
    ----------
    companies : as `companies_of` returns them.
    first, last : (n_assets,) session of the first and last price, −1 for none.
    reporters : assets under which facts are filed.
    """
    kind = securities["security_type"]
    reports = securities.index.isin(list(reporters))
    share = np.where(kind.notna(), kind.isin(COMPANY_TYPES), reports) & (first >= 0)
    groups = []
    for company in companies:
        columns = company[share[company]]
        together: list[list[int]] = []
        reach = -1
        for column in columns[np.argsort(first[columns], kind="stable")].tolist():
            if not together or first[column] > reach:
                together.append([])
            together[-1].append(column)
            reach = max(reach, int(last[column]))
        groups += [np.array(sorted(group)) for group in together if len(group) > 1]
    return tuple(groups)
