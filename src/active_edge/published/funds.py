"""What passive funds say: the benchmark's own handicap, an earnings screen, and small-cap quality funds."""

from __future__ import annotations

from functools import partial

import pandas as pd

from active_edge.errors import InferenceError, MissingInput
from active_edge.inference.subperiods import PUBLIC_SINCE, before, since
from active_edge.published.estimates import (
    Estimate,
    Measurement,
    Question,
    alpha_estimate,
    change_estimate,
    mean_estimate,
    measure,
)
from active_edge.published.returns import PublishedReturns

BENCHMARK = "IWM"
"""A fund on the Russell 2000."""
EARNINGS_SCREEN = "IJR"
"""A fund on the S&P 600, whose members must have earned money when they joined."""
FEWEST_IN_MIX = 3

QUALITY_FUNDS = {
    "AVSC": "small caps weighted towards profitability and value",
    "AVUV": "small value caps with higher profitability",
    "CALF": "highest free cash flow yield of the S&P 600",
    "DFAS": "small caps without the least profitable and priciest",
    "DFAT": "small value caps with higher profitability",
    "DFSV": "small value caps with higher profitability",
    "DGRS": "dividend payers ranked on returns on equity and assets and on growth",
    "EES": "only companies with positive earnings, weighted by earnings",
    "OUSM": "dividend payers screened for profitability, leverage and volatility",
    "XSHQ": "highest return on equity, lowest accruals and leverage of the S&P 600",
}
"""Ticker to mandate, of small-cap funds that select or weight on profitability, earnings or quality."""

SURVIVORS = "Only funds alive today are in the data; funds that closed, the worse ones as a rule, are not."
MANDATES = "Mandates are those of today; some funds followed other rules in earlier years."
YARDSTICK, SCREEN, QUALITY = "The yardstick", "A passive earnings screen", "Small-cap quality funds"


def fund_measurements(data: PublishedReturns) -> list[Measurement]:
    """Every question that fund returns can answer, in a fixed order."""
    return [*_yardstick(data), *_earnings_screen(data), *_quality_funds(data)]


def active_returns(data: PublishedReturns, fund: str, benchmark: str) -> pd.Series:
    """(n,) monthly return of a fund minus that of a benchmark fund, over the months both have.

    Raises
    ------
    MissingInput, InferenceError
        One of them is not there, is a price index, or they share no month.
    """
    return _minus(data.fund(fund), data.fund(benchmark))


def equal_mix(data: PublishedReturns, funds: tuple[str, ...]) -> pd.Series:
    """(n,) monthly return of an equal mix of those of `funds` that exist each month, from the first with three.

    Rebalanced monthly, no costs.

    Raises
    ------
    MissingInput
        Never three of them at once.
    """
    there = data.funds[[name for name in funds if name in data.funds]]
    enough = there.notna().sum(axis=1) >= FEWEST_IN_MIX
    if not enough.any():
        raise MissingInput(
            f"an equal mix needs {FEWEST_IN_MIX} of {', '.join(funds)}; {data.source} has "
            f"{', '.join(there.columns) or 'none of them'}"
        )
    mix = there.mean(axis=1)[there.index >= enough.idxmax()]
    return mix.loc[: mix.last_valid_index()]


def _minus(returns: pd.Series, benchmark: pd.Series) -> pd.Series:
    common = returns.index.intersection(benchmark.index)
    if not len(common):
        raise InferenceError("fund and benchmark share no month")
    return (returns.loc[common] - benchmark.loc[common]).rename(index="active")


def _yardstick(data: PublishedReturns) -> list[Measurement]:
    question = Question(
        test="iwm_factor_alpha",
        section=YARDSTICK,
        claim="The Russell 2000 fund earns less than its own factor exposures pay",
        direction=-1,
        source=_origin(data, "funds", "factors"),
        caveats=(
            "Anything diversified that avoids the index's own trading looks good beside a benchmark that lags; "
            "part of the gap is the fund's fee (0.19 % a year today).",
        ),
    )
    return [measure(question, lambda: alpha_estimate(data.fund(BENCHMARK), data.five_factors(), data.cash()))]


def _earnings_screen(data: PublishedReturns) -> list[Measurement]:
    source, both = _origin(data, "funds"), _origin(data, "funds", "factors")
    pair = f"{EARNINGS_SCREEN} − {BENCHMARK}"

    def active() -> pd.Series:
        return active_returns(data, EARNINGS_SCREEN, BENCHMARK)

    def ask(test: str, claim: str, *, source: str = source, direction: int = 1, alpha_test: str = "") -> Question:
        return Question(
            test=test, section=SCREEN, claim=claim, source=source, direction=direction, alpha_test=alpha_test
        )

    return [
        measure(
            ask(
                "ijr_minus_iwm",
                f"The S&P 600 fund, a passive earnings screen, beats the Russell 2000 fund ({pair})",
                alpha_test="ijr_minus_iwm_factor_alpha",
            ),
            lambda: mean_estimate(active()),
        ),
        measure(
            ask(
                "ijr_minus_iwm_factor_alpha",
                f"It does so by more than its tilt to profitable companies pays ({pair}, five-factor alpha)",
                source=both,
            ),
            lambda: alpha_estimate(active(), data.five_factors(), None),
        ),
        measure(
            ask("ijr_minus_iwm_before_2014", f"It did so before 2014 ({pair})"),
            lambda: mean_estimate(before(active())),
        ),
        measure(
            ask("ijr_minus_iwm_from_2014", f"It has done so since 2014 ({pair})"),
            lambda: mean_estimate(since(active())),
        ),
        measure(
            ask("ijr_minus_iwm_change", f"The lead is smaller since 2014 ({pair}, after minus before)", direction=-1),
            lambda: change_estimate(active(), None, PUBLIC_SINCE),
        ),
    ]


def _quality_funds(data: PublishedReturns) -> list[Measurement]:
    names = tuple(QUALITY_FUNDS)
    singles = [measure(_about_fund(data, name), partial(_mean_against, data, name, BENCHMARK)) for name in names]
    mixes = [
        measure(
            _about_mix(data, f"minus_{rival.lower()}", f"An equal mix of the quality funds beats {rival}"),
            partial(_mix_against, data, names, rival),
        )
        for rival in (BENCHMARK, EARNINGS_SCREEN)
    ]
    claim = "The equal mix earns more than its factor exposures pay (five-factor alpha)"
    alpha = measure(
        _about_mix(data, "factor_alpha", claim),
        lambda: alpha_estimate(equal_mix(data, names), data.five_factors(), data.cash()),
    )
    return [*singles, *mixes, alpha]


def _about_fund(data: PublishedReturns, name: str) -> Question:
    return Question(
        test=f"{name.lower()}_minus_{BENCHMARK.lower()}",
        section=QUALITY,
        claim=f"{name} beats {BENCHMARK} ({QUALITY_FUNDS[name]})",
        source=_origin(data, "funds"),
        caveats=(SURVIVORS, MANDATES),
    )


def _about_mix(data: PublishedReturns, what: str, claim: str) -> Question:
    is_alpha = what == "factor_alpha"
    return Question(
        test=f"quality_mix_{what}",
        section=QUALITY,
        claim=claim,
        source=_origin(data, "funds", "factors") if is_alpha else _origin(data, "funds"),
        caveats=(SURVIVORS, MANDATES),
        alpha_test="" if is_alpha else "quality_mix_factor_alpha",
    )


def _mean_against(data: PublishedReturns, name: str, rival: str) -> Estimate:
    return mean_estimate(active_returns(data, name, rival))


def _mix_against(data: PublishedReturns, names: tuple[str, ...], rival: str) -> Estimate:
    return mean_estimate(_minus(equal_mix(data, names), data.fund(rival)))


def _origin(data: PublishedReturns, *frames: str) -> str:
    return "; ".join(dict.fromkeys(data.origin(frame) for frame in frames))
