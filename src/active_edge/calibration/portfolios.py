"""Screens on a market of months: what a reader selects, holds and earns, and what random twins earn beside it.

A quarter is one block: decided at the close of its eve, held without trading, an exited name's money in cash until
the next decision. Every portfolio starts a block with equal weights.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from active_edge.calibration.worlds import World
from active_edge.judging.matched import draw_twins, size_groups
from active_edge.sectors import sectors_of
from active_edge.simulated import LEGS, MonthlyMarket, laws
from active_edge.simulated.listings import SIC_CODES

LARGEST_RANK, SMALLEST_RANK = 1001, 3000
"""Ranks by market value that are candidates: the small caps."""
BLOCK = 3
"""Months from one decision to the next."""
SIGNALS = (*LEGS, "all_legs")
"""What a screen ranks on: one leg, or the mean of all."""
WIDTHS = {"narrow": 0.05, "wide": 0.20}
"""Share of the candidates that a screen holds: 100 and 400 names of 2,000."""
FAMILY = tuple(f"{signal} {width}" for width in WIDTHS for signal in SIGNALS)
"""The sixteen screens that are tried on every market."""
MAIN = FAMILY.index("profitability narrow")
"""The screen whose result is judged in full; the others are the search around it."""
AHEAD_MONTHS = 6
LEG_LIMIT = 3.0
"""A leg counts in the mean of all up to so many standard deviations."""
Names = list[np.ndarray]
"""What portfolios hold: for each block the slots, (n_portfolios, n_names) int, every name with the same weight."""
COMMISSION = 0.0001
HALF_SPREAD, HALF_SPREAD_FALL = 0.0012, 1.1
HALF_SPREAD_LEAST, HALF_SPREAD_MOST = 0.0001, 0.03
"""Half the spread of a middling firm, its fall per standard deviation of size, its bounds: as in the daily bars."""


@dataclass(frozen=True)
class Earned:
    """What portfolios earned.

    gross, net : (months, n_portfolios) simple returns before and after costs.
    turnover : (n_portfolios,) one-way, a year, without the first purchase.
    """

    gross: np.ndarray
    net: np.ndarray
    turnover: np.ndarray


@dataclass(frozen=True)
class Reading:
    """A market as the reader of a world sees it, ready to hold portfolios of it.

    Attributes
    ----------
    decided : (n_blocks,) rows of the market at whose end a decision is taken. Block b earns the months
        ``BLOCK·b + 1`` to ``BLOCK·b + BLOCK``; its decision is taken at row ``BLOCK·b``, or, where the reader fills
        on the bar the decision was made on, one row later.
    candidates : (n_blocks, slots) bool.
    returns : (months + 1, slots) simple returns as the reader counts them.
    """

    market: MonthlyMarket
    world: World
    decided: np.ndarray
    candidates: np.ndarray
    returns: np.ndarray


def read(market: MonthlyMarket, world: World) -> Reading:
    """The market through the eyes of a world's reader."""
    decided = np.arange(0, market.months - BLOCK + 1, BLOCK) + int(world.same_bar)
    rank = market.value_rank[decided]
    candidates = (rank >= LARGEST_RANK) & (rank <= SMALLEST_RANK)
    if world.survivors_only:
        candidates &= market.survivor[decided]
    returns = market.returns_at_last_price if world.exits_ignored else market.returns
    return Reading(market, world, decided, candidates, returns)


def signals(reading: Reading) -> np.ndarray:
    """(n_signals, n_blocks, slots) float; high is good; `SIGNALS` along the first axis.

    Profitability is the reported figure the world's reader takes; the other legs are known without error.
    """
    market, rows = reading.market, reading.decided
    match reading.world.quality:
        case "ahead":
            quality = market.quality_ahead(AHEAD_MONTHS)
        case "restated":
            quality = market.restated_quality
        case _:
            quality = market.known_quality
    legs = [quality[rows] if leg == "profitability" else market.leg(leg)[rows] for leg in LEGS]
    values = np.empty((len(SIGNALS), *legs[0].shape))
    for place, leg in enumerate(legs):
        values[place] = leg
    values[-1] = np.clip(values[:-1], -LEG_LIMIT, LEG_LIMIT).mean(axis=0)
    return values


def family_names(reading: Reading) -> dict[str, Names]:
    """By width, what the screens of that width hold, in the order of `SIGNALS`: the best of the candidates."""
    values = signals(reading)
    held: dict[str, Names] = {width: [] for width in WIDTHS}
    for block, mine in enumerate(reading.candidates):
        slots = np.flatnonzero(mine)
        order = slots[np.argsort(-values[:, block, slots], axis=1, kind="stable")]
        for width, share in WIDTHS.items():
            held[width].append(order[:, : max(1, round(share * len(slots)))])
    return held


def twin_names(reading: Reading, names: Names, *, count: int, seed: int) -> Names:
    """What `count` random portfolios hold that are matched to one portfolio, from the reader's own candidates.

    Parameters
    ----------
    names : what the portfolio holds, one row a block.

    Drawn as the reports draw them (`draw_twins`), over firms, not slots: a twin is kept while its name is held.
    """
    market, rows = reading.market, reading.decided
    firms, column = np.unique(market.firm[rows], return_inverse=True)
    column = column.reshape(reading.candidates.shape)
    blocks = np.arange(len(rows))[:, None]
    shape = len(rows), len(firms)
    held, candidates = np.zeros(shape), np.zeros(shape, dtype=bool)
    value, slot = np.full(shape, np.nan), np.full(shape, -1)
    candidates[blocks, column], value[blocks, column] = reading.candidates, market.market_value[rows]
    slot[blocks, column] = np.arange(reading.candidates.shape[1])
    for block, mine in enumerate(names):
        held[block, column[block, mine[0]]] = 1.0 / mine.shape[1]
    bounds, twins = draw_twins(held, size_groups(value, candidates), _sectors(market)[firms], seed=seed, count=count)
    return [slot[block, twins[:, bounds[block] : bounds[block + 1]]] for block in range(len(rows))]


def hold(reading: Reading, names: Names) -> Earned:
    """What equal-weighted portfolios earn that are traded at every decision and left alone in between.

    Costs: commission and half the spread of every name bought or sold, taken from the first month of the block.
    """
    market, decided = reading.market, reading.decided
    cash = market.factors["RF"].to_numpy()
    rate = _cost_rate(market, decided)
    count = len(names[0])
    gross = np.empty((BLOCK * len(decided), count))
    net = np.empty_like(gross)
    traded = np.zeros(count)
    change = np.zeros((count, market.firm.shape[1]))
    of = np.arange(count)[:, None]
    left, drifted = np.empty((count, 0), dtype=np.int64), np.empty((count, 0))
    for block, (row, mine) in enumerate(zip(decided, names, strict=True)):
        start = BLOCK * block
        growth = _growth(reading, row, start, cash)
        change[of, left] = -drifted
        change[of, mine] += 1.0 / mine.shape[1]
        cost, amount = np.zeros(count), np.zeros(count)
        for places in (mine, left):
            moved = np.abs(change[of, places])
            change[of, places] = 0.0
            cost += (rate[block][places] * moved).sum(axis=1)
            amount += moved.sum(axis=1)
        traded += amount / 2.0 if block else 0.0
        value = growth[:, mine].mean(axis=2)
        span = slice(start, start + BLOCK)
        gross[span] = value[1:] / value[:-1] - 1.0
        net[span] = gross[span]
        net[start] = (1.0 + gross[start]) * (1.0 - cost) - 1.0
        if block + 1 < len(decided):
            stays = market.firm[decided[block + 1]] == market.firm[row]
            left, drifted = mine, (growth[-1] * stays)[mine] / mine.shape[1] / value[-1][:, None]
    return Earned(gross, net, traded / (len(gross) / 12.0))


def planted_effect(reading: Reading, names: Names) -> np.ndarray:
    """(n_portfolios,) the yearly edge that the world planted in what each portfolio held: the truth of its alpha.

    Alpha times the mean leg value of the names held at the beginning of every month; zero where nothing is planted.
    """
    market = reading.market
    effect = np.zeros(len(names[0]))
    if not reading.world.alpha:
        return effect
    total = np.sum([market.leg(leg) for leg in LEGS], axis=0) * reading.world.alpha
    for block, (row, mine) in enumerate(zip(reading.decided, names, strict=True)):
        for month in range(BLOCK * block, BLOCK * block + BLOCK):
            effect += (total[month] * (market.firm[month] == market.firm[row]))[mine].mean(axis=1)
    return effect / (BLOCK * len(names))


def _growth(reading: Reading, row: int, start: int, cash: np.ndarray) -> np.ndarray:
    """(BLOCK + 1, slots) value of 1 put into each name decided on at `row`, from month `start` on."""
    firm = reading.market.firm
    growth = np.ones((BLOCK + 1, firm.shape[1]))
    for step in range(1, BLOCK + 1):
        month = start + step
        earned = np.where(firm[month - 1] == firm[row], reading.returns[month], cash[month - 1])
        growth[step] = growth[step - 1] * (1.0 + earned)
    return growth


def _cost_rate(market: MonthlyMarket, rows: np.ndarray) -> np.ndarray:
    """(n_rows, slots) cost of trading one unit of a name at the end of the month."""
    size = np.log(market.market_value[rows])
    z = (size - size.mean(axis=1, keepdims=True)) / size.std(axis=1, keepdims=True)
    half = np.clip(HALF_SPREAD * np.exp(-HALF_SPREAD_FALL * z), HALF_SPREAD_LEAST, HALF_SPREAD_MOST)
    return np.asarray(half + COMMISSION)


def _sectors(market: MonthlyMarket) -> np.ndarray:
    """(n_firms,) sector of every firm that ever lived."""
    sectors = sectors_of(pd.Series(SIC_CODES))
    return np.asarray(sectors[market.path.traits[:, laws.SECTOR].astype(np.int64) % len(SIC_CODES)])
