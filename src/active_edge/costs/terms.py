"""The terms a portfolio trades on: costs, exit returns, fill time and capital, and the one set of bounds on them.

The YAML of a strategy holds these very types, and they go unchanged to the compiled loop, so a bound is written once.
The defaults are those of a strategy file: trading is never free unless `FREE` is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, ValidationError, WrapValidator

from active_edge.config import check_fields
from active_edge.market.delisting import SHUMWAY_NASDAQ, SHUMWAY_NYSE
from active_edge.scales import CAPITAL_DOLLARS, COMMISSION_BPS, SPREAD_BPS

STRICT = ConfigDict(extra="forbid", allow_inf_nan=False)


def _told(what: str) -> WrapValidator:
    """One sentence for a value that fits none of the kinds a key takes."""

    def check(value: Any, fits: Callable[[Any], Any]) -> Any:
        try:
            return fits(value)
        except ValidationError:
            raise ValueError(f"{value!r} is not {what}") from None

    return WrapValidator(check)


TradeAt = Literal["next_open", "next_close"]
Reinvest = Literal["proportional", "hold_cash"]
CapitalUsd = Annotated[float, Field(strict=True, gt=0), CAPITAL_DOLLARS]
Bps = Annotated[float, Field(strict=True, ge=0, le=1000), COMMISSION_BPS]
Spread = Annotated[
    Literal["estimated"] | Annotated[float, Field(strict=True, ge=0, le=5000)],
    _told("a spread; give estimated, or the full spread in bps from 0 to 5000"),
    SPREAD_BPS,
]
ExitReturn = Annotated[float, Field(strict=True, ge=-1, le=0)]
UnknownExit = Annotated[
    Literal["infer"] | ExitReturn, _told("a delisting return; give infer, or a decimal from -1 to 0")
]


@dataclass(frozen=True)
class Impact:
    """Price impact of an order.

    Attributes
    ----------
    model
        "square_root", "almgren" or "none"; see `impact`.
    coefficient
        Y of the square root, or a factor on the published cost of Almgren et al.
    """

    __pydantic_config__ = STRICT

    model: Literal["square_root", "almgren", "none"] = "square_root"
    coefficient: Annotated[float, Field(strict=True, ge=0, le=10)] = 0.75

    def __post_init__(self) -> None:
        check_fields(self, "impact")


@dataclass(frozen=True)
class Costs:
    """What trading costs: commission, spread, impact, and how much of a day's volume an order may be.

    Attributes
    ----------
    commission_bps
        Of the value traded, each way.
    spread
        "estimated" (EDGE, see `half_spread`), or the full spread in bps; half of it is paid each way.
    impact
        Model and coefficient.
    max_participation
        Largest order as a fraction of the trailing 63-session median dollar volume; the rest carries over to the
        following sessions. None: no limit.

    Raises
    ------
    ConfigError
        A value out of its bounds.
    """

    __pydantic_config__ = STRICT

    commission_bps: Bps = 1.0
    spread: Spread = "estimated"
    impact: Impact = Impact()
    max_participation: Annotated[float, Field(strict=True, gt=0, le=1)] | None = 0.05

    def __post_init__(self) -> None:
        check_fields(self, "costs")


FREE = Costs(commission_bps=0.0, spread=0.0, impact=Impact("none"), max_participation=None)
"""Nothing is paid and any order fills."""


@dataclass(frozen=True)
class Delisting:
    """Return from the last price where none is known and the exit looks like distress.

    Attributes
    ----------
    nyse, nasdaq
        Decimal in [-1, 0]; `nyse` for NYSE and AMEX, `nasdaq` for every other and for an unknown exchange.
    unknown
        "infer": an exit whose reason is unknown is distress if it fell more than 50 % in a year or ended below $1;
        a number: the return of every exit whose reason is unknown.

    Raises
    ------
    ConfigError
        A return outside [-1, 0].

    Source: Shumway (1997), J. Finance 52(1); Shumway & Warther (1999), J. Finance 54(6).
    """

    __pydantic_config__ = STRICT

    nyse: ExitReturn = SHUMWAY_NYSE
    nasdaq: ExitReturn = SHUMWAY_NASDAQ
    unknown: UnknownExit = "infer"

    def __post_init__(self) -> None:
        check_fields(self, "delisting")

    @staticmethod
    def distress_at(value: float) -> Delisting:
        """Every exit in distress, recorded or inferred, at this return: 0.0 and -1.0 bound what the rule can matter."""
        return Delisting(value, value, "infer")

    def unknown_at(self, value: float) -> Delisting:
        """Every exit of unknown reason and return with this return, recorded distress by the rule."""
        return replace(self, unknown=value)


@dataclass(frozen=True)
class TradingTerms:
    """The terms a portfolio trades on.

    Attributes
    ----------
    costs, delisting
        What trading costs, and what a holder gets when a series ends in distress.
    trade_at
        "next_open" or "next_close" of the session after the decision.
    capital_usd
        Cash at the close of the first session; impact and participation depend on it.
    reinvest
        What becomes of the proceeds of a name that leaves the market before the next decision: "proportional", invested
        in what is held, in proportion to value, on the session after the last of each quarter; "hold_cash", kept.

    Raises
    ------
    ConfigError
        An unknown fill time, or capital that is no positive number.
    """

    __pydantic_config__ = STRICT

    costs: Costs = Costs()
    delisting: Delisting = Delisting()
    trade_at: TradeAt = "next_open"
    capital_usd: CapitalUsd = 10_000_000
    reinvest: Reinvest = "proportional"

    def __post_init__(self) -> None:
        check_fields(self)
