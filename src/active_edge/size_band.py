"""Which companies are of the size that a run asks for, by one rule on all its dates, and what that is in dollars."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Annotated, Any

import numpy as np
import pandas as pd
from pydantic import Field, WithJsonSchema, field_validator, model_validator

from active_edge import crosssection
from active_edge.config import StrictModel
from active_edge.market import Market
from active_edge.panel import Panel
from active_edge.scales import MARKET_DOLLARS
from active_edge.words import count, percent, usd

SMALL_CAPS_INDEX, SMALL_CAP_RANKS = "Russell 2000", (1001, 3000)
"""What `small_caps` means: the members of the index where the market knows them, else these ranks by value."""
SMALL_CAP_PLACES = SMALL_CAP_RANKS[1] - SMALL_CAP_RANKS[0] + 1
NOT_REACHED = "not reached"
NO_RANK = "the closes of this market are adjusted, so that closes times shares are no market value"
"""Why a market has no ranks by value."""

# The schemas are for editors; the validators below check the same and have words for it.
RankRange = Annotated[
    list[int],
    WithJsonSchema({"type": "array", "items": {"type": "integer", "minimum": 1}, "minItems": 2, "maxItems": 2}),
]
MarketDollars = Annotated[float, Field(ge=0), MARKET_DOLLARS]


class ValueBand(StrictModel):
    """Bounds on market value: in USD, or as quantiles of the companies on the date; all that are given must hold."""

    min: MarketDollars | None = None
    max: MarketDollars | None = None
    quantile_min: float | None = Field(default=None, ge=0, le=1)
    quantile_max: float | None = Field(default=None, ge=0, le=1)

    @model_validator(mode="after")
    def _some_bound(self) -> ValueBand:
        if all(bound is None for bound in (self.min, self.max, self.quantile_min, self.quantile_max)):
            raise ValueError("market_value needs min or max in USD, or quantile_min or quantile_max")
        for low, high in ((self.min, self.max), (self.quantile_min, self.quantile_max)):
            if low is not None and high is not None and low > high:
                raise ValueError(f"the lower bound {low:g} is above the upper one {high:g}; no company passes")
        return self


class SizeRules(StrictModel):
    """The keys of a universe that say how large its companies are."""

    small_caps: bool = False
    cap_rank: RankRange | None = None
    market_value: ValueBand | None = None
    members: str | None = None

    @field_validator("cap_rank")
    @classmethod
    def _rank_range(cls, value: list[int] | None) -> list[int] | None:
        if value is not None and (len(value) != 2 or not 1 <= value[0] <= value[1]):
            raise ValueError(f"{value} is not a range of ranks; give [first, last] with 1 <= first <= last")
        return value

    @model_validator(mode="after")
    def _one_size(self) -> Any:
        also = [key for key in ("cap_rank", "members") if getattr(self, key) is not None]
        if self.small_caps and also:
            low, high = SMALL_CAP_RANKS
            raise ValueError(
                f"small_caps means the members of the {SMALL_CAPS_INDEX}, or cap_rank [{low}, {high}] where a market "
                f"does not know them; leave {' and '.join(also)} out, or small_caps"
            )
        return self


@dataclass(frozen=True)
class SizeBand:
    """One rule of size on every date.

    Attributes
    ----------
    key : of the universe rules; `bound`, `rule` : the condition in words, short and as a sentence's subject.
    values : (n_dates, n_assets) float; what was compared, NaN unknown.
    inside, known : (n_dates, n_assets) bool.
    places : names the band has room for in a real year; None where it has no number.
    largest, smallest : (n_dates,) float USD; market value at the upper and at the lower cut, or of the largest and the
        smallest company inside where no cut was asked for. NaN where there is none: ranks that the market does not
        reach, nobody inside.
    cut : whether an upper and a lower cut were asked for.
    ends : (n_dates,) float, twice; the least and the largest of `values` that are inside; None of yes or no.
    companies, names : (n_dates,) int; all companies on the market, and those of them that are inside.
    """

    key: str
    bound: str
    rule: str
    values: np.ndarray
    inside: np.ndarray
    known: np.ndarray
    places: int | None
    largest: np.ndarray
    smallest: np.ndarray
    ends: tuple[np.ndarray, np.ndarray] | None = None
    cut: tuple[bool, bool] = (True, True)
    companies: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    names: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def said(self, row: int) -> str:
        """The rule and what it comes to on one date, in words."""
        room = "" if self.places is None else f" for {count(self.places, 'place')}"
        return (
            f"{self.rule}: {count(int(self.names[row]), 'company', 'companies')}{room}, "
            f"{_cuts(self.largest[row], self.smallest[row], self.cut)}, "
            f"of {count(int(self.companies[row]), 'company', 'companies')} on the market"
        )


def settled(rules: SizeRules, market: Market, dates: pd.DatetimeIndex) -> dict[str, Any]:
    """The keys that `small_caps` stands for over all dates of a run; nothing where it is not asked for."""
    if not rules.small_caps:
        return {}
    if len(dates) == 0 or _on_dates(market, SMALL_CAPS_INDEX, dates).any(axis=1).all():
        return {"small_caps": False, "members": SMALL_CAPS_INDEX}
    return {"small_caps": False, "cap_rank": [*SMALL_CAP_RANKS]}


def members_on(market: Market, index: str, date: pd.Timestamp) -> np.ndarray:
    """(n_assets,) bool; members of an index known on a date, nobody in a market that does not know the index."""
    if index not in market.index_names:
        return np.zeros(len(market.assets), dtype=bool)
    return market.members(index, date)


def _on_dates(market: Market, index: str, dates: pd.DatetimeIndex) -> np.ndarray:
    """(n_dates, n_assets) bool; `members_on` each date."""
    if index not in market.index_names:
        return np.zeros((len(dates), len(market.assets)), dtype=bool)
    return market.member_days(index, dates)


def size_bands(
    rules: SizeRules, panel: Panel, eligible: np.ndarray, cap_rank: np.ndarray, *, small_caps: bool = False
) -> list[SizeBand]:
    """The bands of rules whose `small_caps` is settled, the one that chooses the companies first.

    Parameters
    ----------
    small_caps : the members are meant as all small caps, of which there are some two thousand.
    eligible : (n_dates, n_assets) bool; the companies that are counted.
    cap_rank : (n_dates, n_assets) float; 1 = largest; NaN where the value is unknown.
    """
    value = np.where(np.isnan(cap_rank), np.nan, panel.market_value())
    bands = []
    if rules.members is not None:
        places = SMALL_CAP_PLACES if small_caps else None
        bands.append(_of_members(rules.members, panel, eligible, value, places))
    if rules.cap_rank is not None:
        bands.append(_of_ranks(rules.cap_rank, cap_rank, value))
    if rules.market_value is not None:
        bands.append(_of_values(rules.market_value, eligible, value))
    companies = eligible.sum(axis=1)
    return [replace(band, companies=companies, names=(band.inside & eligible).sum(axis=1)) for band in bands]


def _of_members(index: str, panel: Panel, eligible: np.ndarray, value: np.ndarray, places: int | None) -> SizeBand:
    """Members, and for a member class that is not counted itself the class of its company that is."""
    inside = panel.keep(("members", index), lambda: _on_dates(panel.market, index, panel.dates)).copy()
    for columns in panel.market.share_classes:
        listed = inside[:, columns]
        elsewhere = listed.any(axis=1) & ~(listed & eligible[:, columns]).any(axis=1)
        inside[:, columns] |= elsewhere[:, None] & eligible[:, columns]
    worth = np.where(inside, value, np.nan)
    return SizeBand(
        key="members",
        bound=f"in {index}",
        rule=f"members of the {index} as known on each date",
        values=inside.astype(float),
        inside=inside,
        known=np.ones_like(inside),
        places=places,
        largest=_end(worth, largest=True),
        smallest=_end(worth, largest=False),
        cut=(False, False),
    )


def _of_ranks(ranks: list[int], cap_rank: np.ndarray, value: np.ndarray) -> SizeBand:
    low, high = ranks
    with np.errstate(invalid="ignore"):
        inside = (cap_rank >= low) & (cap_rank <= high)
    at = [_end(np.where(cap_rank == rank, value, np.nan), largest=True) for rank in ranks]
    return SizeBand(
        key="cap_rank",
        bound=f"{low:,} to {high:,}",
        rule=f"ranks {low:,} to {high:,} by market value",
        values=cap_rank,
        inside=inside,
        known=~np.isnan(cap_rank),
        places=high - low + 1,
        largest=at[0],
        smallest=at[1],
        ends=(np.full(len(value), float(low)), np.full(len(value), float(high))),
    )


def _of_values(band: ValueBand, eligible: np.ndarray, value: np.ndarray) -> SizeBand:
    lower, upper = np.zeros(len(value)), np.full(len(value), np.inf)
    words = []
    if band.quantile_min is not None:
        lower = np.fmax(lower, crosssection.quantile(value, eligible, band.quantile_min))
        words.append(f"at least the {percent(band.quantile_min, 0)} quantile")
    if band.quantile_max is not None:
        upper = np.fmin(upper, crosssection.quantile(value, eligible, band.quantile_max))
        words.append(f"at most the {percent(band.quantile_max, 0)} quantile")
    if band.min is not None:
        lower = np.fmax(lower, band.min)
        words.append(f"at least {usd(band.min)}")
    if band.max is not None:
        upper = np.fmin(upper, band.max)
        words.append(f"at most {usd(band.max)}")
    with np.errstate(invalid="ignore"):
        inside = (value >= lower[:, None]) & (value <= upper[:, None])
    worth = np.where(inside, value, np.nan)
    return SizeBand(
        key="market_value",
        bound=" and ".join(words),
        rule=f"market value {' and '.join(words)}",
        values=value,
        inside=inside,
        known=~np.isnan(value),
        places=None,
        largest=np.where(np.isinf(upper), _end(worth, largest=True), upper),
        smallest=np.where(lower == 0.0, _end(worth, largest=False), lower),
        ends=(lower, upper),
        cut=(bool({band.max, band.quantile_max} - {None}), bool({band.min, band.quantile_min} - {None})),
    )


def _cuts(largest: float, smallest: float, cut: tuple[bool, bool]) -> str:
    """Market value at both ends of a band, in words; of its largest and smallest company where no cut was asked for."""
    if not all(cut):
        ends = ((largest, "upper", "largest"), (smallest, "lower", "smallest"))
        told = [
            f"{usd(value)} at the {place} cut" if asked else f"{usd(value)} of the {most}"
            for (value, place, most), asked in zip(ends, cut, strict=True)
            if not np.isnan(value)
        ]
        return f"market value {' and '.join(told)}" if told else "their market value not known"
    if np.isnan(largest) and np.isnan(smallest):
        return "both cuts " + NOT_REACHED
    if np.isnan(largest) or np.isnan(smallest):
        above, below = (NOT_REACHED if np.isnan(cut) else usd(cut) for cut in (largest, smallest))
        return f"market value at the upper cut {above}, at the lower cut {below}"
    return f"market value at the cuts {usd(largest)} and {usd(smallest)}"


def _end(value: np.ndarray, *, largest: bool) -> np.ndarray:
    """(n_dates,) the largest or smallest value; NaN where there is none."""
    fill = -np.inf if largest else np.inf
    found = np.where(np.isnan(value), fill, value)
    end = found.max(axis=1, initial=fill) if largest else found.min(axis=1, initial=fill)
    return np.where(np.isinf(end), np.nan, end)
