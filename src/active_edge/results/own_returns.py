"""Returns of a user's own, entered in the ledger, judged and written like everything else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from active_edge.arguments import checked
from active_edge.errors import ConfigError, InferenceError, MissingInput
from active_edge.judging.own_returns import ReturnsJudgement, judge_own, returns_trial
from active_edge.judging.own_samples import Benchmarks, own_samples
from active_edge.ledger import Ledger
from active_edge.market import Market
from active_edge.market.dated import Dated
from active_edge.results.index import write_index
from active_edge.results.own_pages import recorded_returns, write_own
from active_edge.results.records import recorded_tally
from active_edge.run_record import RunRecord
from active_edge.stats import Stats
from active_edge.words import count

NAME = "own_returns"
NAMED = r"[a-z][a-z0-9_]*"
LONGEST_PERIOD = pd.Timedelta(days=100)
"""By so much the end of a quarter may lie ahead."""


@dataclass(frozen=True)
class OwnRun:
    """Returns judged and written."""

    judgement: ReturnsJudgement
    stats: Stats
    folder: Path


@checked
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
    """Every estimate and the verdict for returns from anywhere, whose trial is written into the user's ledger first.

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
        Percent, prices or levels where decimals are meant; holes; too few, constant or impossible returns; a date that
        is yet to come.
    MissingInput
        The market does not cover the dates.
    ConfigError
        There is nothing to hold them against, or it is unclear which column they are.
    LedgerError
        The ledger cannot be read or written; then nothing is judged.
    """
    own = own_samples(returns, market=market, benchmarks=benchmarks, factors=factors, cash=cash)
    _refuse_to_come(own.inputs.returns.index)
    trial = returns_trial(own, _checked(name))
    (tally,) = Ledger().record([trial], out=out)
    return judge_own(own, trial, tally)


def write_returns_report(judgement: ReturnsJudgement, out: str | Path = "results") -> OwnRun:
    """The folder with its page written for judged returns, and the index of the results folder written anew."""
    results = Path(out)
    stats, folder = write_own(judgement, results)
    write_index(results)
    return OwnRun(judgement, stats, folder)


def judge_again(folder: Path, record: RunRecord, out: Path) -> OwnRun:
    """Stored returns judged again from the series in their folder, charged for what the ledger said then.

    Raises
    ------
    MissingInput : the series are gone, or are not those of the record.
    """
    own = recorded_returns(folder, record)
    trial = returns_trial(own, str(record.strategy["name"]))
    if dict(own.digests) != record.strategy.get("given") or record.ledger is None:
        raise MissingInput(f"{folder}: the series stored there are not those that were judged; judge the returns again")
    Ledger().record([trial], out=out)
    judgement = judge_own(own, trial, recorded_tally(record.ledger))
    return write_returns_report(judgement, out)


def _refuse_to_come(days: pd.Index) -> None:
    """Refuse returns of days that are yet to come; a period that runs today may be dated at its end."""
    today = pd.Timestamp(datetime.now(UTC).date())
    if days[-1] > today + LONGEST_PERIOD:
        early = days[days > today]
        raise InferenceError(
            f"returns: {days[-1].date()} is yet to come (today is {today.date()}), and nobody has earned it: is the "
            f"year right? Correct the dates, or leave the {count(len(early), 'date')} after today out"
        )


def _checked(name: str) -> str:
    """The name, once it is one that a folder can have."""
    if not re.fullmatch(NAMED, name):
        raise ConfigError(f"name: {name!r} is not a name; use small letters, digits and underscores, a letter first")
    return name
