"""What half a century of sorted portfolios says: profitable small caps, leaving out junk, size beside quality."""

from __future__ import annotations

import pandas as pd

from active_edge.errors import MissingInput
from active_edge.inference.subperiods import PUBLIC_SINCE, before, since
from active_edge.published.estimates import (
    Measurement,
    Question,
    alpha_estimate,
    change_estimate,
    mean_estimate,
    measure,
)
from active_edge.published.returns import PublishedReturns

SIZES = (1, 2)
"""The two smallest of five size groups; breakpoints are those of NYSE companies."""
TILTS = {
    "profitable_tilt": ("Profitable small caps", (4, 5), "the most profitable 40 % of small caps beat all small caps"),
    "no_junk_tilt": (
        "Leaving out junk",
        (2, 3, 4, 5),
        "small caps without their least profitable fifth beat all small caps",
    ),
}
"""Test → section, profitability groups kept, the claim's words."""
SIZE = "Size with and without junk"
PAPER_PORTFOLIOS = "Portfolios on paper: no costs, no capacity limit, small stocks that could hardly be bought."


def tilt_measurements(data: PublishedReturns) -> list[Measurement]:
    """Each tilt: mean, five-factor alpha, both before and from 2014, and the change; in a fixed order."""
    return [found for test in TILTS for found in _tilt(data, test)]


def size_measurements(data: PublishedReturns) -> list[Measurement]:
    """The size factor by itself, beside market, value and momentum, and with junk held fixed."""

    def ask(test: str, claim: str) -> Question:
        return Question(
            test=test,
            section=SIZE,
            claim=claim,
            source=data.origin("quality"),
            caveats=(
                "Long-short factors: a fund that only buys cannot hedge its junk by selling it short.",
                "The market's return of the month before is among the factors, for small stocks trade late.",
            ),
        )

    def smb() -> pd.Series:
        return data.quality_factors()["SMB"].iloc[1:]

    return [
        measure(ask("smb_mean", "Small companies beat large ones (SMB)"), lambda: mean_estimate(smb())),
        measure(
            ask("smb_without_quality", "They do so beyond market, value and momentum (SMB, junk left in)"),
            lambda: alpha_estimate(smb(), _size_factors(data, quality=False), None),
        ),
        measure(
            ask("smb_with_quality", "They do so once quality minus junk is held fixed (SMB, QMJ among the factors)"),
            lambda: alpha_estimate(smb(), _size_factors(data, quality=True), None),
        ),
        measure(
            ask("smb_with_quality_from_2014", "That has held since 2014 (SMB, QMJ among the factors)"),
            lambda: alpha_estimate(since(smb()), _size_factors(data, quality=True), None),
        ),
    ]


def tilt_returns(data: PublishedReturns, test: str) -> pd.Series:
    """(n,) monthly return of the kept profitability groups minus that of all, in the two smallest size groups.

    Weighted with the portfolios' capital at the start of the month where it is known, else equally.

    Raises
    ------
    MissingInput
        There are no size × profitability portfolios.
    """
    if data.portfolios.empty:
        raise MissingInput(
            f"no size × profitability portfolios in {data.source}; active-edge data pull --quick fetches them"
        )
    groups = TILTS[test][1]
    return (_mixed(data, groups) - _mixed(data, (1, 2, 3, 4, 5))).rename(index=test)


def _tilt(data: PublishedReturns, test: str) -> list[Measurement]:
    section, _, words = TILTS[test]
    weighted = "weighted by capital" if not data.capital.empty else "equally weighted, for their capital is not known"
    source = f"{data.origin('portfolios')}, {weighted}"
    both = f"{source}; {data.origin('factors')}"

    def ask(suffix: str, claim: str, *, source: str = source, direction: int = 1, alpha_test: str = "") -> Question:
        return Question(
            test=f"{test}{suffix}",
            section=section,
            claim=claim,
            source=source,
            direction=direction,
            caveats=(PAPER_PORTFOLIOS,),
            alpha_test=alpha_test,
        )

    def returns() -> pd.Series:
        return tilt_returns(data, test)

    claim = words[0].upper() + words[1:]
    return [
        measure(ask("", claim, alpha_test=f"{test}_factor_alpha"), lambda: mean_estimate(returns())),
        measure(
            ask("_factor_alpha", f"{claim} by more than the factors pay (five-factor alpha)", source=both),
            lambda: alpha_estimate(returns(), data.five_factors(), None),
        ),
        measure(ask("_before_2014", f"Before 2014 {words}"), lambda: mean_estimate(before(returns()))),
        measure(ask("_from_2014", f"Since 2014 {words}"), lambda: mean_estimate(since(returns()))),
        measure(
            ask("_change", "The tilt pays less since 2014 (after minus before)", direction=-1),
            lambda: change_estimate(returns(), None, PUBLIC_SINCE),
        ),
        measure(
            ask("_factor_alpha_from_2014", "Since 2014 it pays more than the factors do", source=both),
            lambda: alpha_estimate(since(returns()), data.five_factors(), None),
        ),
        measure(
            ask(
                "_factor_alpha_change",
                "Its five-factor alpha is smaller since 2014 (after minus before)",
                source=both,
                direction=-1,
            ),
            lambda: change_estimate(returns(), data.five_factors(), PUBLIC_SINCE),
        ),
    ]


def _mixed(data: PublishedReturns, groups: tuple[int, ...]) -> pd.Series:
    columns = [f"ME{size}_OP{group}" for size in SIZES for group in groups]
    if data.capital.empty:
        return data.portfolios[columns].mean(axis=1, skipna=False)
    capital = data.capital.reindex(data.portfolios.index)[columns]
    return (data.portfolios[columns] * capital).sum(axis=1, skipna=False) / capital.sum(axis=1, skipna=False)


def _size_factors(data: PublishedReturns, *, quality: bool) -> pd.DataFrame:
    """Market, the market a month before, value, momentum, and QMJ where asked for."""
    table = data.quality_factors()
    factors = table[["MKT", "HML", "UMD"]].copy()
    factors.insert(1, "MKT_month_before", table["MKT"].shift(1))
    if quality:
        factors["QMJ"] = table["QMJ"]
    return factors.iloc[1:]
