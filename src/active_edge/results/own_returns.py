"""Returns of a user's own, entered in the ledger and judged like everything else."""

from __future__ import annotations

from pathlib import Path

from active_edge.judging.own_returns import ReturnsJudgement, judge_own, returns_trial
from active_edge.judging.own_samples import Benchmarks, own_samples
from active_edge.ledger import Ledger
from active_edge.market import Market
from active_edge.market.dated import Dated

NAME = "own_returns"


def judge_returns(
    returns: Dated,
    *,
    benchmarks: Benchmarks | None = None,
    factors: Dated | None = None,
    cash: Dated | None = None,
    market: Market | None = None,
    name: str = NAME,
    out: str | Path = "results",
) -> ReturnsJudgement:
    """Every estimate and the verdict for returns from anywhere, whose trial is written into the ledger of `out` first.

    Parameters
    ----------
    returns
        Simple returns by date, decimals, net of all costs; days, weeks, months or quarters, each dated at its end. A
        dated Series, a frame of any library with one column for the portfolio, or a file of one. Missing values at the
        ends are cut off, inside they are refused.
    benchmarks
        Names of total-return series of the market, or of columns beside the portfolio's; or returns over the same
        dates, as a mapping from names, a frame or a file. All of them must be passed. Default: IWM and IJR of the
        market.
    factors
        Excess or long-short returns over the same dates, a column a factor. Default: those of the market, compounded
        from days; without either a factor tilt is not ruled out, and the verdict says so.
    cash
        Cash return a period. Default: that of the market; without either, returns are taken as they are.
    market
        Where names are looked up.
    name
        What the ledger and the page call them.

    Raises
    ------
    DataError
        Something given is no table of numbers by date.
    InferenceError
        Percent, prices or levels where decimals are meant; holes; too few, constant or impossible returns.
    MissingInput
        The market does not cover the dates.
    ConfigError
        There is nothing to hold them against, or it is unclear which column they are.
    LedgerError
        The ledger cannot be read or written; then nothing is judged.
    """
    own = own_samples(returns, market=market, benchmarks=benchmarks, factors=factors, cash=cash)
    trial = returns_trial(own, name)
    ledger = Ledger(out)
    ledger.record([trial])
    return judge_own(own, trial, ledger.tally(snapshot=own.snapshot, simulated=own.simulated))
