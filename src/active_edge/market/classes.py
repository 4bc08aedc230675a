"""Share classes: assets of one company that are listed side by side, or one after the other as the same share."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from typing import NamedTuple

import numpy as np
import pandas as pd

from active_edge.market.expected import EXPECTED_ITEMS

COMPANY_TYPES = frozenset({"common", "reit"})
"""Security types that are shares of a company; an unknown type counts when facts are filed under it."""
CLASS_ITEMS = frozenset({"shares_outstanding", "shares_diluted"})
"""Items that may be told of a class by itself and then add up."""
PER_SHARE_ITEMS = frozenset({"eps_basic", "eps_diluted", "dividends_per_share", *EXPECTED_ITEMS})
"""Items of one share: a class's own figure comes before those of the other classes."""

SIDE_BY_SIDE = 6
"""Sessions that two classes have in common at least; a ticker that is replaced has a few in common with the new one."""
SUCCESSION, SAME_PRICE = 20, 1.25
"""A share goes on as another that begins within so many sessions of its end, at a price within this factor of its."""

# Letters of classes only: U, W, R and P are units, warrants, rights and preferred shares.
_TICKER = re.compile(r"([A-Z0-9]{1,5})[.\-/ _]([A-EK])")
_SUFFIXED = re.compile(r"([A-Z]{2,4})[A-EKL]")
_JOINED = re.compile(r"([A-Z]{4})[ABCK]")
_NO_SHARE = re.compile(r"\b(?:preferred|pref|prf|pfd|depositary|(?:warrant|wt|unit|right|note|debenture|bond)s?)\b")
_FIRM = re.compile(
    r"\b(?:the|inc|incorporated|corp|corporation|co|company|ltd|limited|plc|llc|lp|sa|nv|ag|new|com|"
    r"common|ordinary|capital stock|stock|shares?|class [a-ek]|cl [a-ek])\b"
)
_NAME = re.compile(r"[\s,(\-]*\b(?:class|cl|series|ser)\.?\s+[a-ek]\b.*$")


class Lives(NamedTuple):
    """When each asset was listed: session of its first and last price, −1 for none, and the closes of the two."""

    first: np.ndarray
    last: np.ndarray
    opening: np.ndarray
    closing: np.ndarray


def companies_of(securities: pd.DataFrame) -> tuple[np.ndarray, ...]:
    """Columns of each company with more than one asset, ascending.

    Assets of one CIK are of one company. Where an asset has none, the spelling of a class tells: `Orchard Hill Cl A`
    and `Orchard Hill Cl B`; under one name, or where a name is missing, `BRK.A` and `BRK.B`, `BF_A` and `BF_B`, `LEN`
    and `LEN.B`; under one name alone `LEN` and `LENB`. Tickers join nothing where the names differ.

    Parameters
    ----------
    securities : as `Market.securities`.
    """
    cik = securities["cik"].fillna(0).clip(lower=0).to_numpy(dtype=np.int64)
    home = np.arange(len(securities))
    _join(home, [np.flatnonzero(cik == one) for one in np.unique(cik[cik > 0])])
    for spelled in (_by_ticker(securities), _by_suffix(securities), _by_name(securities)):
        # One asset without a CIK, and no two different CIKs: a spelling joins only what nothing tells apart.
        _join(home, [group for group in spelled if (cik[group] == 0).any() and len(set(cik[group]) - {0}) <= 1])
    _, first, count = np.unique(home, return_index=True, return_counts=True)
    return tuple(np.flatnonzero(home == home[column]) for column in first[count > 1].tolist())


def _join(home: np.ndarray, groups: Sequence[np.ndarray]) -> None:
    """Give the columns of each group, and all that share a home with one of them, one home."""
    for group in groups:
        if len(group) > 1:
            home[np.isin(home, home[group])] = home[group].min()


def firm_names(securities: pd.DataFrame) -> np.ndarray:
    """(n_assets,) object; names without class, legal form and punctuation: `Brown-Forman Corp Class A` is
    `brown forman`; empty where there is none."""
    names = securities["name"].fillna("").str.lower()
    bare = [re.sub(r"[^a-z0-9&]+", " ", re.sub(r"/[a-z]{2,3}/?$", "", _NAME.sub("", name.strip()))) for name in names]
    return np.array([" ".join(_FIRM.sub(" ", name).split()) for name in bare], dtype=object)


def spelled_alike(securities: pd.DataFrame) -> list[np.ndarray]:
    """Groups of columns with tickers of one root, of which one tells a class, whatever their names."""
    tickers = securities["ticker"].fillna("").str.upper()
    told = [_TICKER.fullmatch(ticker) for ticker in tickers]
    roots = pd.Series([ticker if found is None else found[1] for ticker, found in zip(tickers, told, strict=True)])
    classes = set(roots[[found is not None for found in told]])
    groups = [group for root, group in roots.groupby(roots).indices.items() if root in classes]
    return [group for group in groups if len(group) > 1]


def _by_ticker(securities: pd.DataFrame) -> list[np.ndarray]:
    """Groups of `spelled_alike` that have one name; an asset without a name belongs to the only name there is."""
    firms, found = firm_names(securities), []
    for group in spelled_alike(securities):
        named = sorted(set(firms[group]) - {""})
        if len(named) <= 1:
            found.append(group)
        else:
            found += [group[firms[group] == name] for name in named]
    return found


def _by_suffix(securities: pd.DataFrame) -> list[np.ndarray]:
    """Pairs of columns of one name, of which one ticker is the other's with the letter of a class: LEN, LENB."""
    firms = firm_names(securities)
    tickers = securities["ticker"].fillna("").str.upper().to_numpy()
    place: dict[str, list[int]] = {}
    for column, ticker in enumerate(tickers.tolist()):
        place.setdefault(ticker, []).append(column)
    return [
        np.array([other, column])
        for column, ticker in enumerate(tickers.tolist())
        if (told := _SUFFIXED.fullmatch(ticker)) is not None and firms[column]
        for other in place.get(told[1], [])
        if firms[other] == firms[column]
    ]


def _by_name(securities: pd.DataFrame) -> list[np.ndarray]:
    """Groups of columns with one name but for the class that it ends with."""
    names = securities["name"].fillna("").str.lower().str.strip()
    bare = pd.Series([name if _NO_SHARE.search(name) else _NAME.sub("", name) for name in names])
    classes = set(bare[(bare != names.to_numpy()) & (bare != "")])
    return [group for name, group in bare.groupby(bare).indices.items() if name in classes]


def _reads_as_class(company: np.ndarray, securities: pd.DataFrame) -> np.ndarray:
    """(n_columns,) bool; True where ticker or name tells a class of shares: `BF.B`, `GOOGA` beside `GOOG`, `X Cl B`."""
    tickers = [str(ticker).upper() for ticker in securities["ticker"].iloc[company]]
    names = securities["name"].iloc[company].fillna("").str.lower()
    joined = [found[1] if (found := _JOINED.fullmatch(ticker)) else "" for ticker in tickers]
    return np.array(
        [
            _NO_SHARE.search(name) is None
            and (
                _TICKER.fullmatch(ticker) is not None
                or _NAME.search(name) is not None
                or (root != "" and (joined.count(root) > 1 or root in tickers))
            )
            for ticker, name, root in zip(tickers, names, joined, strict=True)
        ]
    )


def share_classes(
    companies: Sequence[np.ndarray], securities: pd.DataFrame, lives: Lives, reporters: Set[str]
) -> tuple[np.ndarray, ...]:
    """Columns of each company with more than one class of shares, ascending.

    Shares of a company that trade side by side, and shares that go on under another ticker at the same price. Lives of
    one ticker after one another (`EXXI`, `EXXI~2`) share nothing: a bankrupt's old shares are not the new ones. A class
    that is listed nowhere belongs to the latest. A share of unknown type is one where facts are filed under it or its
    ticker or name tells a class, so that a warrant is none.

    Parameters
    ----------
    companies : as `companies_of` returns them.
    reporters : assets under which facts are filed.
    """
    kind = securities["security_type"]
    known = kind.notna().to_numpy()
    share = np.where(known, kind.isin(COMPANY_TYPES), securities.index.isin(list(reporters)))
    tickers = securities["ticker"].to_numpy()
    groups = []
    for company in companies:
        renamed = _goes_on(company, tickers, lives)
        columns = company[share[company] | (~known[company] & (_reads_as_class(company, securities) | renamed))]
        listed = columns[lives.first[columns] >= 0]
        together: list[list[int]] = []
        for column in listed[np.argsort(lives.first[listed], kind="stable")].tolist():
            home = next(
                (group for group in together if any(_joined(one, column, tickers, lives) for one in group)), None
            )
            if home is None:
                together.append([column])
            else:
                home.append(column)
        if together:
            together[-1] += columns[lives.first[columns] < 0].tolist()
        groups += [np.array(sorted(group)) for group in together if len(group) > 1]
    return tuple(groups)


def _joined(one: int, other: int, tickers: np.ndarray, lives: Lives) -> bool:
    return _side_by_side(one, other, lives) or _succeeds(one, other, tickers, lives)


def _side_by_side(one: int, other: int, lives: Lives) -> bool:
    first, last = lives.first, lives.last
    both = min(last[one], last[other]) - max(first[one], first[other]) + 1
    return bool(both >= min(SIDE_BY_SIDE, last[one] - first[one] + 1, last[other] - first[other] + 1))


def _succeeds(one: int, other: int, tickers: np.ndarray, lives: Lives) -> bool:
    """True where one share goes on as the other: under another ticker, about the day it ends, at about its price."""
    near = abs(int(lives.first[other]) - int(lives.last[one])) <= SUCCESSION
    price = lives.closing[one] / lives.opening[other]
    return bool(near and tickers[one] != tickers[other] and 1 / SAME_PRICE <= price <= SAME_PRICE)


def _goes_on(company: np.ndarray, tickers: np.ndarray, lives: Lives) -> np.ndarray:
    """(n_columns,) bool; True where the share is what an earlier one of the company goes on as."""
    listed = lives.first[company] >= 0
    return np.array(
        [
            own and any(one != column and _succeeds(one, column, tickers, lives) for one in company[listed].tolist())
            for column, own in zip(company.tolist(), listed.tolist(), strict=True)
        ]
    )
