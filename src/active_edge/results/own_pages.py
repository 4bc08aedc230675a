"""A judgement of own returns as what is stored and shown of it: stats, record, page, tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from active_edge.judging.own_returns import KIND, ReturnsJudgement
from active_edge.judging.own_samples import Inputs, OwnReturns
from active_edge.judging.tested import what_was_judged
from active_edge.judging.warnings import ledger_warnings
from active_edge.market.manifest import planted_in
from active_edge.report.run_page import DataWarning, RunPage
from active_edge.results.folders import read_sessions, write_folder
from active_edge.results.pages import false_positive_rates
from active_edge.results.records import ledger_record, rerun_command, run_name, versions
from active_edge.results.series import drawdown_of, gap_of, growth_of, subperiods_of, with_cash, years_of
from active_edge.results.stats import stats_of_returns
from active_edge.results.through_time import leanings
from active_edge.run_record import MarketRecord, RunRecord
from active_edge.stats import Stats, WarningStats

PERIODS = {252: "session", 52: "week", 12: "month", 4: "quarter"}
INPUTS = "inputs"
"""The table of every series as it was used, from which the run is judged again."""
BENCHMARK, FACTOR = "benchmark ", "factor "
AS_GIVEN = DataWarning(
    "note",
    "The returns are taken as given. That they were earned, are net of all costs and were not chosen among others "
    "afterwards, nobody can see in them.",
    "Give what was held, with its dates, to active-edge backtest --weights: then costs and luck are judged as well.",
)


def write_own(judgement: ReturnsJudgement, out: Path, *, created: str | None = None) -> tuple[Stats, Path]:
    """The stats of the judged returns, and the folder written for them under the results folder `out`."""
    folder = out / run_name(judgement.trial)
    stats = own_stats(judgement)
    record = own_record(judgement, created or datetime.now(UTC).isoformat(timespec="seconds"))
    page = own_page(judgement, stats, record, folder)
    returns = with_cash(judgement.returns, judgement.samples).rename_axis("session").reset_index()
    write_folder(page, {"returns": returns, INPUTS: _inputs_frame(judgement.own.inputs)}, folder)
    return stats, folder


def own_stats(judgement: ReturnsJudgement) -> Stats:
    """Every number of the judgement. A function of it alone."""
    own, trial = judgement.own, judgement.trial
    told = ledger_warnings(judgement.tally, judgement.samples)
    found = replace(
        stats_of_returns(judgement, trial, start=own.base, end=trial.end, sessions=own.alone.n),
        planted=planted_in(own.sources),
        tested=what_was_judged(judgement.returns, own.inputs.benchmarks, judgement.samples.months.n),
        warnings=(
            WarningStats(level=AS_GIVEN.level, text=AS_GIVEN.text, remedy=AS_GIVEN.remedy),
            *(WarningStats(level=level, text=t, remedy=r) for level, t, r in told),
        ),
    )
    return Stats.from_json(found.to_json(), where=f"the stats of {trial.strategy}")


def own_record(judgement: ReturnsJudgement, created: str) -> RunRecord:
    """How the returns were judged: what was given, by its hashes, and what the ledger said."""
    own, trial = judgement.own, judgement.trial
    return RunRecord(
        trial=trial.id,
        run=run_name(trial),
        created=created,
        market=MarketRecord(folder=None, snapshot=trial.snapshot, simulated=trial.simulated, sources=own.sources),
        start=trial.start,
        end=trial.end,
        options=None,
        ledger=ledger_record(judgement.tally),
        versions=versions(),
        strategy={
            "name": judgement.name,
            "given": dict(own.digests),
            "benchmarks": [*own.inputs.benchmarks],
            "lacking": dict(own.inputs.lacking),
            "from": str(own.base.date()),
        },
        screen={"name": KIND},
    )


def own_page(judgement: ReturnsJudgement, stats: Stats, record: RunRecord, folder: Path) -> RunPage:
    """Everything the page shows; `folder` is where the run will lie."""
    returns, base = judgement.returns, judgement.own.base
    growth = growth_of(returns, base)
    active, lower, upper = gap_of(judgement.samples, growth)
    last = returns.index[-1]
    return RunPage(
        stats=stats,
        record=record,
        command=rerun_command(folder),
        growth=growth,
        drawdown=drawdown_of(returns),
        warnings=tuple(DataWarning(w.level, w.text, w.remedy) for w in stats.warnings),
        active=active,
        active_lower=lower,
        active_upper=upper,
        calendar_years=years_of(returns, base, over=last.month == 12 and last.day >= 29),
        subperiods=subperiods_of(judgement.samples),
        calibration=false_positive_rates(stats.months),
        **leanings(judgement.samples, returns),
        returns_only=True,
        period=PERIODS[judgement.own.periods_per_year],
    )


def recorded_returns(folder: Path, record: RunRecord) -> OwnReturns:
    """The returns and what they were held against as a stored run used them.

    Raises
    ------
    MissingInput : the table of them is gone.
    """
    frame = read_sessions(folder / f"{INPUTS}.parquet")
    told: Mapping[str, Any] = record.strategy
    factors = frame[[name for name in frame.columns if name.startswith(FACTOR)]]
    inputs = Inputs(
        returns=frame["returns"].dropna(),
        benchmarks={name: frame[BENCHMARK + name].dropna() for name in told["benchmarks"]},
        cash=frame["cash"].dropna() if "cash" in frame else None,
        factors=factors.rename(columns=lambda name: name.removeprefix(FACTOR)) if len(factors.columns) else None,
        lacking=told["lacking"],
    )
    return OwnReturns(
        inputs,
        inputs.samples(),
        base=pd.Timestamp(told["from"]),
        digests=told["given"],
        snapshot=record.market.snapshot,
        simulated=record.market.simulated,
        sources=record.market.sources,
    )


def _inputs_frame(inputs: Inputs) -> pd.DataFrame:
    """Every series on the dates that any of them has, so that one which does not fit is read again as it was."""
    columns = {"returns": inputs.returns}
    columns |= {BENCHMARK + name: one for name, one in inputs.benchmarks.items()}
    columns |= {} if inputs.cash is None else {"cash": inputs.cash}
    if inputs.factors is not None:
        columns |= {FACTOR + str(name): inputs.factors[name] for name in inputs.factors}
    return pd.concat(columns, axis=1).sort_index().rename_axis("session").reset_index()
