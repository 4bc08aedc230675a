"""What real returns say of small caps, asked of the returns that come with the program's own libraries.

The family is fixed here, before any number is seen, and each question is charged for all of them.
"""

from __future__ import annotations

import pandas as pd

from active_edge.errors import InferenceError
from active_edge.inference.subperiods import before, since
from active_edge.published.estimates import (
    Estimate,
    Measurement,
    Question,
    alpha_estimate,
    change_estimate,
    mean_estimate,
    measure,
)
from active_edge.published.shipped_returns import ShippedReturns, after_volatile, in_recession

ERAS, WITHIN, WHEN = "The small-cap premium by era", "Inside small caps", "When small caps were paid"
KNOWN_SINCE = pd.Timestamp("1981-04-01")
"""Banz (1981), Journal of Financial Economics 9, 3-18, of March: from here on the size premium was public."""
FACTORS = ["MKT_RF", "SMB", "HML", "MOM"]
PAPER = "Portfolios on paper: no costs, no capacity limit, small stocks that could hardly be bought."
LONG_SHORT = "SMB sells large companies short and holds half its money in companies a fund could hardly buy."
TILTS = {
    "small_value": ("V", "Cheap small caps (highest fifth of book-to-market) beat small caps"),
    "small_winners": ("M", "Small winners of the year before beat small caps"),
}


def real_measurements(data: ShippedReturns) -> list[Measurement]:
    """Every question on the shipped returns, in a fixed order."""
    tilts = [found for test in TILTS for found in _tilt(data, test)]
    return [*_eras(data), *tilts, *_states(data)]


def _eras(data: ShippedReturns) -> list[Measurement]:
    def ask(test: str, claim: str, direction: int = 1) -> Question:
        return Question(
            test=test,
            section=ERAS,
            claim=claim,
            source=data.origin("long_factors"),
            direction=direction,
            caveats=(LONG_SHORT,),
        )

    smb = data.long_factors["SMB"]
    return [
        measure(ask("real_smb", "Small companies beat large ones (SMB)"), lambda: mean_estimate(smb)),
        measure(
            ask("real_smb_before_1981", "They did before the premium was known (to 1981-03)"),
            lambda: mean_estimate(before(smb, KNOWN_SINCE)),
        ),
        measure(
            ask("real_smb_since_1981", "They have since it was known (from 1981-04)"),
            lambda: mean_estimate(since(smb, KNOWN_SINCE)),
        ),
        measure(
            ask("real_smb_change_1981", "The premium pays less since it was known (after minus before)", -1),
            lambda: change_estimate(smb, None, KNOWN_SINCE),
        ),
    ]


def _tilt(data: ShippedReturns, test: str) -> list[Measurement]:
    sort, claim = TILTS[test]

    def ask(suffix: str, claim: str, alpha_test: str = "") -> Question:
        return Question(
            test=f"real_{test}{suffix}",
            section=WITHIN,
            claim=claim,
            source=data.origin("portfolios"),
            caveats=(PAPER,),
            alpha_test=alpha_test,
        )

    small = data.portfolios[[f"S1{sort}1", f"S1{sort}3", f"S1{sort}5"]]
    active = small[f"S1{sort}5"] - small.mean(axis=1)
    return [
        measure(ask("", claim, f"real_{test}_factor_alpha"), lambda: mean_estimate(active)),
        measure(
            ask("_factor_alpha", f"{claim} by more than the factors pay (market, size, value, momentum)"),
            lambda: alpha_estimate(active, data.factors[FACTORS], None),
        ),
    ]


def _states(data: ShippedReturns) -> list[Measurement]:
    def ask(test: str, claim: str, caveat: str) -> Question:
        return Question(
            test=test, section=WHEN, claim=claim, source=data.origin("long_factors"), caveats=(LONG_SHORT, caveat)
        )

    smb, market = data.long_factors["SMB"], data.long_factors["MKT_RF"]
    return [
        measure(
            ask(
                "real_smb_in_recessions",
                "The premium is larger in recessions than outside them",
                "Recessions as the NBER dates them, which nobody knew at the time.",
            ),
            lambda: contrast_estimate(smb, in_recession(smb.index)),
        ),
        measure(
            ask(
                "real_smb_after_volatile_months",
                "The premium is larger after volatile months than after calm ones",
                "Volatile: the market's last twelve months were in the highest fifth of all known by then.",
            ),
            lambda: contrast_estimate(smb, after_volatile(market)),
        ),
    ]


def contrast_estimate(returns: pd.Series, state: pd.Series) -> Estimate:
    """The annual mean of monthly `returns` in one state minus that in the other, as `mean_estimate`.

    Parameters
    ----------
    state : by month, 1 or 0; months where it is NaN are left out.

    With share q of the months in the state, the mean of (r - mean r)(s - q)/(q(1 - q)) is that difference exactly, and
    its errors are those of a mean: serial correlation of the returns is allowed for.

    Raises
    ------
    InferenceError : all months are in one state.
    """
    both = pd.concat([returns, state.astype(float)], axis=1, keys=["returns", "state"]).dropna()
    share = both["state"].mean()
    if not 0.0 < share < 1.0:
        raise InferenceError("all months are in one state, so there is no other to hold them against")
    centred = both - both.mean()
    return mean_estimate(centred["returns"] * centred["state"] / (share * (1.0 - share)))
