"""Family *premium*: whether small companies are still paid for being small."""

from __future__ import annotations

import pandas as pd

from active_edge.article.ground import Ground, columns
from active_edge.article.measuring import Measured, annual_alpha, annual_mean, told
from active_edge.article.spread import monthly_small_minus_large
from active_edge.article.statistics import on_ground
from active_edge.errors import InferenceError
from active_edge.inference.alpha import hac_alpha
from active_edge.inference.breaks import sup_f
from active_edge.inference.sample import Sample
from active_edge.words import interval, number, p_value, signed

KNOWN_SINCE = "1981-04-01"
"""Banz (1981), Journal of Financial Economics 9, 3-18, of March: from here on the size premium was public."""


@on_ground("quality")
def premium_given_quality(ground: Ground) -> Measured:
    """The annual alpha of SMB on the market, value, momentum and quality minus junk (Asness et al. 2018).

    Whether the premium is gone once the junk among small companies is held fixed. The mean by era stands beside it.
    """
    rows = columns(ground.frame("quality"), ("SMB", "MKT", "HML", "UMD", "QMJ"), "quality")
    found = annual_alpha(rows["SMB"], rows[["MKT", "HML", "UMD", "QMJ"]])
    without = annual_alpha(rows["SMB"], rows[["MKT", "HML", "UMD"]])
    beside = hac_alpha(Sample.of(rows["SMB"], periods_per_year=12).on(rows[["MKT", "HML", "UMD", "QMJ"]]))
    words = (
        f"Without quality among the factors: {signed(without.estimate, 2)} a year (p {p_value(without.p)}). With it t "
        f"is {number(found.estimate / found.error)} by cosine errors, {number(beside.t)} by Newey-West's."
    )
    return told(found, ground.origin("quality"), words, *eras(rows["SMB"]), series={"SMB": rows["SMB"].cumsum()})


@on_ground("factors")
def premium_since_known(ground: Ground) -> Measured:
    """The annual mean of SMB from April 1981 on, when the premium was public, to the end of the data."""
    smb = columns(ground.frame("factors"), ("SMB",), "factors")["SMB"]
    late = smb[smb.index >= KNOWN_SINCE]
    if late.empty:
        raise InferenceError("the factors end before 1981-04, when the premium became known")
    return told(annual_mean(late), ground.origin("factors"), *eras(smb), series={"SMB": smb.cumsum()})


@on_ground("companies")
def premium_of_companies(ground: Ground) -> Measured:
    """The annual mean of small less large companies of a market, over all months there are."""
    gap = monthly_small_minus_large(ground)
    return told(annual_mean(gap), ground.origin("companies"), series={"small less large": gap.cumsum()})


def eras(smb: pd.Series) -> tuple[str, ...]:
    """The mean of SMB by era and its break test, a sentence each; () where the series is too short for either."""
    cuts = [
        (f"to {KNOWN_SINCE[:7]}", smb[smb.index < KNOWN_SINCE]),
        (f"since {KNOWN_SINCE[:7]}", smb[smb.index >= KNOWN_SINCE]),
    ]
    said = []
    for name, part in cuts:
        if len(part.dropna()) >= 24:
            mean = annual_mean(part)
            said.append(f"SMB {name}: {signed(mean.estimate)} a year ({interval(*mean.interval)}).")
    try:
        found = sup_f(Sample.of(smb.dropna(), periods_per_year=12))
    except InferenceError:
        return tuple(said)
    return (
        *said,
        f"Break of its mean: the largest F of any month is {number(found.statistic)}, at {found.date:%Y-%m}; chance of "
        f"one so large without a break: p {p_value(found.p)}.",
    )
