"""Does anything peek? The market is scrambled after a date; nothing decided or earned by then may change.

Every price, fact, series value and membership that became known after the date is replaced by noise, a third of the
names listed then vanish, and a third file nothing any more. A strategy that only knows the past selects the same names
at the same values and earns the same returns up to the date, to the last bit. Where it does not, the report names the
first rule, factor or step that moved. Trades are also checked to come after their decision, which no scrambling can
show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from active_edge.errors import MissingInput
from active_edge.market import Market, open_market, write_snapshot
from active_edge.market.database import connect, literal
from active_edge.market.files import parquet
from active_edge.market.frames import plain_text
from active_edge.panel import Panel
from active_edge.run.backtest import Result, backtest, run_sessions
from active_edge.strategy import Strategy, decision_dates
from active_edge.whole import passing_folder
from active_edge.words import count

VANISH_ONE_IN = 3
SILENT_ONE_IN = 3
MakePanel = Callable[[Market, pd.DatetimeIndex], Panel]


@dataclass(frozen=True)
class Leak:
    """One thing that knew the future: what, on which date, for how many names, and one of them."""

    what: str
    date: str
    names: int
    example: str

    def line(self) -> str:
        """The leak in a sentence."""
        seen = f"{count(self.names, 'name')}, {self.example}"
        return f"{self.what} on {self.date} depends on what was not known then ({seen})"


@dataclass(frozen=True)
class LeakReport:
    """What an audit found.

    Attributes
    ----------
    after : the date after which everything was scrambled.
    decisions, sessions : how many decisions and daily returns were compared.
    leaks : what peeked, in the order data flow through; empty where nothing did.
    """

    strategy: str
    after: str
    decisions: int
    sessions: int
    leaks: tuple[Leak, ...]

    def lines(self) -> list[str]:
        """The report as text."""
        head = f"{self.strategy}: everything after {self.after} scrambled; {self.decisions} decisions and "
        head += f"{self.sessions:,} daily returns before it compared"
        if not self.leaks:
            return [f"{head}: nothing moved."]
        return [f"{head}: LEAK.", *(f"  {leak.line()}" for leak in self.leaks)]


def audit_leaks(
    strategy: Strategy,
    market: Market,
    *,
    start: str | None = None,
    end: str | None = None,
    after: str | pd.Timestamp | None = None,
    seed: int = 0,
    panel: MakePanel = Panel,
) -> LeakReport:
    """What of a strategy's past changes when the future is scrambled, in a copy written to a temporary folder.

    Parameters
    ----------
    after : last day left as it is; default the session of the run's middle decision.
    panel : makes the panel; a test plants leaks here.

    Raises
    ------
    MissingInput : no decision lies on or before `after`.
    """
    dates = decision_dates(strategy, market, run_sessions(market, start, end))
    day = pd.Timestamp(after) if after is not None else dates[len(dates) // 2]
    if not (dates <= day).any():
        raise MissingInput(f"--after {day.date()}: the first decision is on {dates[0].date()}; give a later day")
    with passing_folder("active-edge-leaks") as folder:
        other = scrambled(market, day, folder, seed=seed)
        first, second = (backtest(strategy, m, start=start, end=end, panel=panel(m, dates)) for m in (market, other))
        leaks = tuple(_leaks(first, second, day))
    return LeakReport(
        strategy=strategy.name,
        after=str(day.date()),
        decisions=int((dates <= day).sum()),
        sessions=int((first.simulation.returns.index <= day).sum()),
        leaks=leaks,
    )


def scrambled(market: Market, after: pd.Timestamp, folder: Path, *, seed: int) -> Market:
    """The market with everything known after a day replaced by noise; written to `folder`, assets and sessions kept.

    Of the names with a price on the last session up to the day, one in `VANISH_ONE_IN` has no row after it and
    counts as delisted in distress; of all names one in `SILENT_ONE_IN`, others mostly, has no fact filed after it.
    """
    last = market.sessions[market.sessions.searchsorted(after, side="right") - 1]
    with connect(spill_to=folder / "spill", memory_limit="4GB") as sql:
        for name in market.manifest["tables"]:
            sql.execute(f"CREATE VIEW {name} AS SELECT * FROM {parquet(market.table(name))}")
        sql.execute(
            f"CREATE TABLE vanished AS SELECT asset FROM prices WHERE session = DATE {literal(str(last.date()))} "
            f"AND hash(asset || {literal(str(seed))}) % {VANISH_ONE_IN} = 0"
        )
        queries = _queries(literal(str(after.date())), literal(str(last.date())), literal(str(seed)))
        sql.register("decided", _decided(market))
        there = {*market.manifest["tables"], *(("splits",) if len(market.splits.asset) else ())}
        tables = {name: sql.sql(query) for name, query in queries.items() if name in there}
        write_snapshot(
            folder / "market",
            tables,
            sources=[f"{market.snapshot} scrambled after {after.date()}"],
            simulated=market.simulated,
            created="",
            report={},
        )
    return open_market(folder / "market")


def _decided(market: Market) -> pd.DataFrame:
    """What each move like a split is taken for: asset, session, ratio. It was public on its day and is no forecast."""
    asset, session, ratio = market.splits
    return plain_text(
        pd.DataFrame({"asset": market.assets[asset], "session": market.sessions[session], "ratio": ratio})
    )


def _queries(after: str, last: str, seed: str) -> dict[str, str]:
    """SQL of each table with what was learned after the day scrambled; `u` is uniform in [0, 1) by row."""

    def uniform(*columns: str) -> str:
        return f"(hash({' || '.join((*columns, seed))}) % 1000003) / 1000003.0"

    late = f"session > DATE {after}"
    price = ", ".join(
        f"CASE WHEN {late} THEN {c} * (0.5 + u) ELSE {c} END AS {c}" for c in ("open", "high", "low", "close")
    )
    known = f"coalesce(filed, date) > DATE {after}"
    return {
        "securities": (
            "SELECT * REPLACE ("
            f"CASE WHEN asset IN (FROM vanished) THEN DATE {last} "
            f"WHEN last_session > DATE {after} THEN NULL ELSE last_session END AS last_session, "
            f"CASE WHEN asset IN (FROM vanished) OR last_session > DATE {after} THEN NULL ELSE exit_reason END "
            "AS exit_reason, "
            f"CASE WHEN asset IN (FROM vanished) OR last_session > DATE {after} THEN -0.9 ELSE exit_return END "
            "AS exit_return) FROM securities"
        ),
        "prices": (
            f"SELECT asset, session, {price}, CASE WHEN {late} THEN CAST(volume * (0.5 + u) AS BIGINT) ELSE volume END "
            f"AS volume, CASE WHEN {late} THEN 0.2 * u - 0.1 ELSE total_return END AS total_return FROM "
            f"(SELECT *, {uniform('asset', 'CAST(session AS VARCHAR)')} AS u FROM prices) "
            f"WHERE NOT ({late} AND asset IN (FROM vanished))"
        ),
        "facts": (
            f"SELECT * EXCLUDE (u) REPLACE (CASE WHEN filed <= DATE {after} THEN value WHEN value = 0 THEN u "
            "ELSE value * (3 * u - 1) END AS value) FROM "
            f"(SELECT *, {uniform('asset', 'item', 'CAST(filed AS VARCHAR)')} AS u FROM facts) "
            f"WHERE NOT (filed > DATE {after} AND hash('silent ' || asset || {seed}) % {SILENT_ONE_IN} = 0)"
        ),
        "splits": f"SELECT asset, session::DATE AS session, ratio FROM decided WHERE session <= DATE {after}",
        "series": (
            f"SELECT * EXCLUDE (u) REPLACE (CASE WHEN {known} THEN value * (0.5 + u) ELSE value END AS value) "
            f"FROM (SELECT *, {uniform('series', 'CAST(date AS VARCHAR)')} AS u FROM series)"
        ),
        "members": (
            f'SELECT * REPLACE (CASE WHEN "end" > DATE {after} THEN NULL ELSE "end" END AS "end") FROM members '
            f"WHERE NOT (coalesce(observed, start) > DATE {after} AND hash(asset || {seed}) % 2 = 0)"
        ),
    }


def _leaks(first: Result, second: Result, after: pd.Timestamp) -> Iterator[Leak]:
    rows = np.flatnonzero(first.targets.dates <= after)
    assets = first.market.assets
    for (what, before), (_, now) in zip(_steps(first), _steps(second), strict=True):
        a, b = before[rows], now[rows]
        moved = ~((a == b) | (np.isnan(a) & np.isnan(b)))
        if moved.any():
            row = int(moved.any(axis=1).argmax())
            columns = np.flatnonzero(moved[row])
            example = f"{assets[columns[0]]}: {a[row, columns[0]]:.6g} became {b[row, columns[0]]:.6g}"
            yield Leak(what, str(first.targets.dates[row].date()), len(columns), example)
    yield from _return_leaks(first, second, after)
    early = first.trades[first.trades["session"] <= first.trades["decision"]]
    if len(early):
        example = f"{early['asset'].iloc[0]} decided {early['decision'].iloc[0].date()}"
        yield Leak("a fill at or before its decision", str(early["session"].iloc[0].date()), len(early), example)


def _steps(result: Result) -> Iterator[tuple[str, np.ndarray]]:
    """Every matrix from universe rule to target weight, in the order data flow."""
    evaluation = result.decision.evaluation
    for rule in evaluation.universe.rules:
        yield f"universe rule {rule.name}", np.asarray(rule.values, dtype=float)
    yield "the universe", evaluation.universe.mask.astype(float)
    plugins = result.decision.plugins
    for name, values in evaluation.values.items():
        what = f"factor {name}"
        yield f"{what} ({plugins[what]})" if what in plugins else what, values
    for rule in (*evaluation.required, *evaluation.alternatives):
        yield f"rule {rule.name}", rule.passed.astype(float)
    yield "the score", evaluation.score
    yield "the selection", result.targets.members.astype(float)
    own = next((f" ({what}, {plugin})" for what, plugin in plugins.items() if what.startswith("weighting ")), "")
    yield f"the target weights{own}", result.targets.weights


def _return_leaks(first: Result, second: Result, after: pd.Timestamp) -> Iterator[Leak]:
    a, b = (r.simulation.returns[r.simulation.returns.index <= after] for r in (first, second))
    moved = (a != b).to_numpy()
    if moved.any():
        place = int(moved.argmax())
        example = f"{a.iloc[place]:.6g} became {b.iloc[place]:.6g}"
        yield Leak("the daily return", str(a.index[place].date()), int(moved.sum()), example)
