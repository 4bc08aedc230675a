"""False alarms of following a sealed strategy: null tracks looked at every month, in ten worlds of errors."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from active_edge.inference.binomial import binomial_interval
from active_edge.inference.foresight import MARKET_DEVIATION, MARKET_MEAN, TAIL_DEGREES, first_claims
from active_edge.words import interval, percent

TRACKS, MONTHS, SEED = 4000, 240, 1
TRACKING_ERROR = 0.07
Shape = tuple[int, int]
Errors = Callable[[np.random.Generator, np.ndarray], np.ndarray]
"""From a generator and the standardised market, (months, tracks), to errors of about unit deviation."""
BEGIN, END = "<!-- false alarms -->", "<!-- /false alarms -->"


@dataclass(frozen=True)
class TrackedWorld:
    """Errors of one kind: what they are, how they are drawn, and the rate published for this recipe."""

    meaning: str
    errors: Errors
    published: float


def _student(rng: np.random.Generator, shape: Shape, degrees: int = TAIL_DEGREES) -> np.ndarray:
    return math.sqrt((degrees - 2) / degrees) * rng.standard_t(degrees, size=shape)


def _autoregressive(shocks: np.ndarray, share: float) -> np.ndarray:
    """Unit variance kept, the first month drawn from the law of all."""
    values = shocks.copy()
    for month in range(1, len(values)):
        values[month] = share * values[month - 1] + math.sqrt(1.0 - share**2) * shocks[month]
    return values


def _skewed(rng: np.random.Generator, market: np.ndarray) -> np.ndarray:
    width = 0.45
    drawn = rng.lognormal(0.0, width, size=market.shape)
    mean, deviation = math.exp(width**2 / 2.0), math.sqrt((math.exp(width**2) - 1.0) * math.exp(width**2))
    return np.asarray((mean - drawn) / deviation)


def _clustered(rng: np.random.Generator, market: np.ndarray) -> np.ndarray:
    shocks = _student(rng, market.shape)
    values, variance = np.empty(market.shape), np.ones(market.shape[1])
    for month, shock in enumerate(shocks):
        values[month] = np.sqrt(variance) * shock
        variance = 0.05 + 0.10 * values[month] ** 2 + 0.85 * variance
    return values


def _styled(rng: np.random.Generator, market: np.ndarray) -> np.ndarray:
    persistence, long_run = 0.5 ** (1.0 / 6.0), 1.8
    share = (long_run - 1.0) / ((1.0 + persistence) / (1.0 - persistence) - long_run)
    drift = _autoregressive(rng.standard_normal(market.shape), persistence)
    return _student(rng, market.shape) + math.sqrt(share) * drift


def _heteroscedastic(rng: np.random.Generator, market: np.ndarray) -> np.ndarray:
    return np.asarray(np.sqrt(0.3 + 0.7 * market**2) * _student(rng, market.shape))


def _drifting_beta(rng: np.random.Generator, market: np.ndarray) -> np.ndarray:
    beta = 0.15 * _autoregressive(rng.standard_normal(market.shape), 0.5 ** (1.0 / 12.0))
    moved = beta * (MARKET_MEAN + MARKET_DEVIATION * market)
    return _student(rng, market.shape) + moved / (TRACKING_ERROR / math.sqrt(12.0))


WORLDS: Mapping[str, TrackedWorld] = MappingProxyType(
    {
        "normal": TrackedWorld("independent, normal", lambda rng, x: rng.standard_normal(x.shape), 0.011),
        "t5": TrackedWorld("independent, Student with 5 degrees", lambda rng, x: _student(rng, x.shape), 0.009),
        "t3": TrackedWorld("independent, Student with 3 degrees", lambda rng, x: _student(rng, x.shape, 3), 0.012),
        "skew": TrackedWorld("many small gains, few large losses: skewness −1.6", _skewed, 0.028),
        "garch": TrackedWorld("calm and wild spells: GARCH(1,1) 0.10, 0.85", _clustered, 0.008),
        "ar_2": TrackedWorld(
            "a fifth of each month carried on", lambda rng, x: _autoregressive(_student(rng, x.shape), 0.2), 0.032
        ),
        "ar_3": TrackedWorld(
            "three tenths carried on", lambda rng, x: _autoregressive(_student(rng, x.shape), 0.3), 0.032
        ),
        "style": TrackedWorld("a style in and out of favour, half-life six months", _styled, 0.041),
        "het": TrackedWorld("errors that grow with the market's moves", _heteroscedastic, 0.013),
        "beta_drift": TrackedWorld("a beta that wanders by 0.15, half-life a year", _drifting_beta, 0.013),
    }
)


def false_claims(name: str, *, tracks: int = TRACKS, months: int = MONTHS, seed: int = SEED) -> int:
    """How many of `tracks` without an edge are ever claimed, looked at every month for `months`.

    Parameters
    ----------
    name : of `WORLDS`.
    """
    excess, benchmark = drawn_null(name, tracks=tracks, months=months, seed=seed)
    return int(np.isfinite(first_claims(excess, benchmark)).sum())


def drawn_null(name: str, *, tracks: int, months: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """``(months, tracks)`` excess returns without an edge, and those of their benchmark."""
    rng = np.random.default_rng(seed)
    market = _student(rng, (months, tracks))
    errors = WORLDS[name].errors(rng, market)
    benchmark = MARKET_MEAN + MARKET_DEVIATION * market
    return benchmark + TRACKING_ERROR / math.sqrt(12.0) * errors, benchmark


def tracking_row(name: str, *, tracks: int = TRACKS, months: int = MONTHS, seed: int = SEED) -> dict[str, Any]:
    """The rate of one world as plain JSON content: kind, months, tracks, reject, interval (95 %, exact)."""
    claims = false_claims(name, tracks=tracks, months=months, seed=seed)
    reach = list(binomial_interval(claims, tracks))
    return {"kind": name, "months": months, "tracks": tracks, "reject": claims / tracks, "interval": reach}


def tracking_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows of `tracking_row` as a table of a page."""
    lines = ["| months' errors | false alarms | 95 % interval | published |", "|---|---|---|---|"]
    for row in rows:
        world, reach = WORLDS[row["kind"]], interval(*row["interval"], sign=False)
        lines.append(f"| {world.meaning} | {percent(row['reject'])} | {reach} | {percent(world.published)} |")
    return "\n".join(lines) + "\n"


def with_table(page: str, table: str) -> str:
    """A page with the table between its marks."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n{table}{END}{rest.partition(END)[2]}"
