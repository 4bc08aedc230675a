"""Whether what is asked of a market fits into the memory there is, estimated before it begins."""

from __future__ import annotations

from dataclasses import dataclass

from active_edge.errors import BacktestError
from active_edge.market.machine import available_bytes
from active_edge.market.store import Market
from active_edge.sessions import SESSIONS_A_YEAR
from active_edge.words import number


@dataclass(frozen=True)
class Work:
    """What is to be done, and what it takes.

    Attributes
    ----------
    what : how a sentence about it begins.
    base, columns, matrices : bytes, numbers a row of prices, numbers a session × name.
    """

    what: str
    base: float
    columns: float
    matrices: float = 0.0

    def needs(self, rows: float, sessions: float, names: float) -> float:
        """Bytes it takes, about."""
        return self.base + 8.0 * (self.columns * rows + self.matrices * sessions * names)


RUN = Work("a run", 0.9e9, 8, 4)
"""Beside libraries, facts and panels: five columns of prices, the places of rows, two read for spreads; the matrices of
the random twins' arena. 3.6 GB for 18 million rows of 5,032 × 9,524, where one strategy took 3.8; 1.5 for the simulated
default (5.4 million), where one took 1.2, eleven 1.7, a sweep 1.2 and a thesis 1.5."""
LOOK = Work("a look", 0.3e9, 11)
"""A screen, a page of a company, orders for today, a seal; facts, which are as many, within the columns. 1.9 GB for
those 18 million rows, where a screen took 1.9; 0.8 for the default, where screen, orders and premia took 0.8."""
AUDIT = Work("an audit", 0.3e9, 18)
"""A look, and matrices beside it: 1.1 GB for the default, where it took 1.0; 2.9 for those 18 million rows: 3.1."""
SIMULATION = Work("a simulation", 0.35e9, 32)
"""1.7 GB for the default, 1.5 for 20 years of 900 firms, 0.7 for 6 years, as they took; not measured beyond."""
LEAST_SHARE = 2 / 3
"""What anything takes at the least, of what is estimated."""


def needed_bytes(market: Market, work: Work = RUN) -> float:
    """About how much memory work on a market takes, in bytes; within a third of what was measured."""
    rows: int = market.manifest["tables"]["prices"]["rows"]
    return work.needs(rows, *market.prices.shape)


def require_fit(market: Market, work: Work = RUN) -> None:
    """Refuse work that would not fit even if it took a third less than is estimated, which no measured one did.

    Raises
    ------
    BacktestError : with what it takes, what is there, and what to do.
    """
    _require(needed_bytes(market, work), told_too_large(market, work))


def told_too_large(market: Market, work: Work = RUN) -> str:
    """The sentence of work that would most likely not fit; empty where it does, or that cannot be known."""
    remedy = "import fewer years or names"
    return _sentence(f"{market.path}: {work.what} on", market.prices.shape, needed_bytes(market, work), remedy)


def require_simulation(where: str, years: int, firms: int, remedy: str = "ask for fewer --years or --firms") -> str:
    """As `told_too_large`, of a simulation, whose rows are its firms on each session.

    Raises
    ------
    BacktestError : as `require_fit`.
    """
    sessions = SESSIONS_A_YEAR * years
    needed = SIMULATION.needs(sessions * firms, sessions, firms)
    said = _sentence(f"{where}: {SIMULATION.what} of", (sessions, firms), needed, remedy)
    _require(needed, said)
    return said


def _require(needed: float, sentence: str) -> None:
    there = available_bytes()
    if there is not None and needed * LEAST_SHARE > there:
        raise BacktestError(f"{sentence}. Nothing was begun")


def _sentence(what: str, shape: tuple[int, int], needed: float, remedy: str) -> str:
    there = available_bytes()
    if there is None or needed <= there:
        return ""
    sessions, names = shape
    return (
        f"{what} {number(sessions, 0)} sessions of {number(names, 0)} names takes about {number(needed / 1e9, 1)} GB "
        f"of memory, and {number(there / 1e9, 1)} GB are there; it may end early. Give it more, or {remedy}"
    )
