"""The article, claim by claim, from the latest runs of a results folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from active_edge.article.article import Claim, claims_of_strategy, load_claims
from active_edge.article.claims import PLAIN, Difference, Judged, judge_claims
from active_edge.article.statistics import STATISTICS, Case, OwnStatistic
from active_edge.errors import MissingInput
from active_edge.ledger import Kind, Ledger, Trial, lineage_of
from active_edge.results.difference import paired_difference
from active_edge.results.folders import read_returns, read_stats
from active_edge.results.index import RunList, list_runs
from active_edge.results.records import read_record
from active_edge.results.series import CASH
from active_edge.run_record import RunRecord
from active_edge.stats import Stats


@dataclass(frozen=True)
class Thesis:
    """Every claim of the article, whether the runs behind them come from a simulated market, and runs left out.

    Attributes
    ----------
    older : folders that an earlier version wrote, whose p-values are of another kind; no claim is judged by them.
    damaged : folders that cannot be read, with what is wrong in each.
    """

    claims: tuple[Judged, ...]
    simulated: bool
    older: tuple[str, ...] = ()
    damaged: Mapping[str, str] = field(default_factory=dict)


def judge_thesis(out: str | Path = "results", *, claims: str | Path | None = None) -> Thesis:
    """Every claim judged on the newest run of its strategy under `out`; a user's own statistics enter the ledger first.

    Parameters
    ----------
    claims : a file of claims, as `load_claims`; default the article's.

    Runs on real data come first: only where there is none of any of the claims' strategies are runs on simulated
    markets taken, and then the thesis says so. A folder without runs makes every claim not testable.

    Raises
    ------
    ConfigError
        The file of claims is wrong.
    MissingInput, LedgerError
        A stored run or the ledger cannot be read.
    """
    results = Path(out)
    asked = [claim for claim in load_claims(claims) if claim.on_run]
    runs = list_runs(results)
    newest = latest_runs(results, asked, runs)
    returns, damaged = _returns_of(newest)
    newest = {name: run for name, run in newest.items() if name in returns}
    ledger, records = Ledger(), {name: read_record(folder) for name, (folder, _) in newest.items()}
    own = _own_statistics(asked, newest, records)
    ledger.record(own, out=results)
    kinds: tuple[Kind, ...] = ("strategy", "statistic") if own else ("strategy",)
    trials = {name: ledger.tally(_lineage(record), kinds=kinds).trials for name, record in records.items()}
    judged = judge_claims(
        {name: stats for name, (_, stats) in newest.items()},
        trials,
        claims=asked,
        differences=_differences(newest, returns),
        cases=_cases(newest, returns) if own else None,
    )
    simulated = any(claim.simulated for claim in judged)
    return Thesis(tuple(judged), simulated, tuple(runs.older), {**runs.damaged, **damaged})


def _returns_of(runs: Mapping[str, tuple[Path, Stats]]) -> tuple[dict[str, pd.DataFrame], dict[str, str]]:
    """The returns of each run by its strategy; and folder -> what is wrong, where they cannot be read."""
    found, damaged = {}, {}
    for name, (folder, _) in runs.items():
        try:
            found[name] = read_returns(folder)
        except MissingInput as error:
            damaged[folder.name] = str(error)
    return found, damaged


def _lineage(record: RunRecord) -> str:
    return lineage_of(record.market.simulated, record.market.sources, record.market.snapshot)


def _own_statistics(
    claims: Sequence[Claim], newest: Mapping[str, tuple[Path, Stats]], records: Mapping[str, RunRecord]
) -> list[Trial]:
    """A trial for each claim that a statistic of a user's own judges on a run."""
    trials = []
    for claim in claims:
        made, run = STATISTICS.find(claim.statistic), newest.get(claim.strategy)
        if isinstance(made, OwnStatistic) and run is not None:
            stats = run[1]
            record = records[claim.strategy]
            content = {"run": record.trial, "statistic": made.name, "sha256": made.plugin.sha256, "good": made.good}
            trials.append(
                Trial(
                    strategy=claim.strategy,
                    screen=made.name,
                    configuration=content,
                    start=stats.start,
                    end=stats.end,
                    snapshot=stats.snapshot,
                    simulated=stats.simulated,
                    information_ratio=None,
                    kind="statistic",
                    lineage=_lineage(record),
                )
            )
    return trials


def _cases(newest: Mapping[str, tuple[Path, Stats]], returns: Mapping[str, pd.DataFrame]) -> dict[str, Case]:
    """Each run with its returns, and those of the plain universe from the same snapshot."""
    plain = newest.get(PLAIN)
    base = None if plain is None else returns[PLAIN]["net"]
    found = {}
    for name, (_, stats) in newest.items():
        own = returns[name].drop(columns=["value", CASH], errors="ignore")
        alike = plain is not None and base is not None and plain[1].snapshot == stats.snapshot and name != PLAIN
        found[name] = Case(stats, own, base.reindex(own.index) if alike and base is not None else None)
    return found


def latest_runs(
    out: Path, claims: Sequence[Claim] | None = None, runs: RunList | None = None
) -> dict[str, tuple[Path, Stats]]:
    """Strategy name to folder and stats of its newest run; real runs alone where there is any, else simulated ones.

    `runs` are those of `out`, where they were listed already.
    """
    entries = (runs or list_runs(out)).entries
    told = [entry for entry in entries if claims_of_strategy(entry.strategy, claims) or entry.strategy == PLAIN]
    real = [entry for entry in told if not entry.simulated]
    newest: dict[str, tuple[Path, Stats]] = {}
    for entry in real or told:
        folder = (out / entry.href).parent
        newest.setdefault(entry.strategy, (folder, read_stats(folder)))
    return newest


def _differences(
    newest: Mapping[str, tuple[Path, Stats]], returns: Mapping[str, pd.DataFrame]
) -> dict[str, Difference]:
    """Each run against the plain universe's, where both come from one snapshot and share enough months."""
    if PLAIN not in newest:
        return {}
    plain = newest[PLAIN][1]
    base = returns[PLAIN]["net"]
    found = {}
    for name, (_, stats) in newest.items():
        if name == PLAIN or stats.snapshot != plain.snapshot:
            continue
        gap = paired_difference(returns[name]["net"], base)
        if not np.isnan(gap.p):
            found[name] = Difference(gap.annual, gap.interval, gap.p, gap.months)
    return found
