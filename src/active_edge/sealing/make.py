"""Strategies written down for good: run to the day, entered in the ledger, forecast, and put into a file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
from filelock import FileLock, Timeout

from active_edge.arguments import checked
from active_edge.errors import ConfigError, MissingInput, SealError
from active_edge.inference.alpha import benchmark_alpha
from active_edge.inference.belief import DECAY
from active_edge.inference.foresight import foresee
from active_edge.inference.tracking import CLAIM, EXCLUDED_EDGES, PHI
from active_edge.judging.headline import believe_alpha
from active_edge.judging.judgement import prior_of
from active_edge.judging.market_samples import factor_names, market_samples
from active_edge.judging.samples import Samples, months_of
from active_edge.market import Market
from active_edge.panel import Panels
from active_edge.plugins.origin import source_files
from active_edge.progress import Progress, silent
from active_edge.results.batch import backtest_on
from active_edge.results.records import versions
from active_edge.run.backtest import Result, configuration
from active_edge.run.identity import trial_content
from active_edge.run.own_weights import OwnRules
from active_edge.sealing.charge import Charge, charged
from active_edge.sealing.files import write_seal
from active_edge.sealing.folder import SealFolder
from active_edge.sealing.seal import (
    KIND,
    Seal,
    SealedForesight,
    SealedHistory,
    SealedMarket,
    SealedPlugin,
    SealedStrategy,
    SealedTest,
)
from active_edge.sessions import sessions_between
from active_edge.stored import stable
from active_edge.strategy import Strategy

SEALS = "seals"
LOCK_SECONDS = 60


@dataclass(frozen=True)
class Sealed:
    """A batch of strategies that was sealed.

    Attributes
    ----------
    hash : 64 hexadecimal digits, the sha256 of everything in the file above its last line.
    """

    path: Path
    seal: Seal
    hash: str

    @property
    def line(self) -> str:
        """One line to send to somebody, who can then prove what was sealed and that it was by then."""
        return self.seal.line(self.hash)


@checked
def seal(
    strategies: Strategy | Sequence[Strategy],
    market: Market,
    *,
    out: str | Path = SEALS,
    kill: float = EXCLUDED_EDGES[0],
    decay: float = DECAY,
    on: str | None = None,
    runs: str | Path = "results",
    progress: Progress = silent,
) -> Sealed:
    """One or several strategies, written down for good as one batch before their months come.

    Parameters
    ----------
    out : folder of seals; made if absent.
    kill : annual edge, decimal: once one above it is excluded on every benchmark, the strategy has failed.
    decay : share of what is believed of the backtest that is expected of live months: the mean of their prior.
    on : day to seal on, of a simulated market alone; default its last session. A real market is sealed today.
    runs : results folder whose earlier trials count where the user's ledger does not know them.

    Timing: the strategies are run up to the day, on what was known then; months that begin after it will count.

    Raises
    ------
    ConfigError : nothing to seal, two of one name, one that is sealed already, a threshold out of bounds, a day that is
        not to be chosen.
    MissingInput : the data end before the day, or lack a benchmark or anything the strategies need.
    SealError : a seal in the folder is damaged.
    """
    chosen = [strategies] if isinstance(strategies, Strategy) else list(strategies)
    _check_choice(chosen, kill, decay)
    day = _day(market, on)
    panels, results_of = Panels(), []
    for number, strategy in enumerate(chosen):
        progress("backtest to the day of the seal", number, len(chosen))
        results_of.append(backtest_on(panels, strategy, market, None, str(day.date()) if market.simulated else None))
    samples = [samples_until(one, day) for one in results_of]
    for one, sample in zip(results_of, samples, strict=True):
        _check_followable(one, sample)
    folder = SealFolder(Path(out))
    folder.path.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder.path / ".lock", timeout=LOCK_SECONDS):
            folder.check_new(market, {one.strategy.name: _identity(one) for one in results_of})
            charges = charged(results_of, samples, Path(runs))
            test = SealedTest(phi=PHI, claim=CLAIM, excluded=EXCLUDED_EDGES, kill=kill, decay=decay)
            made = _sealed(results_of, samples, charges, market, day=day, test=test, folder=folder, progress=progress)
            digest = write_seal(made, folder.unfinished())
            return Sealed(folder.keep(made, digest), made, digest)
    except Timeout:
        raise SealError(f"{folder.path}: another process is sealing here; try again when it is done") from None


def samples_until(result: Result, day: pd.Timestamp) -> Samples:
    """The samples of a result's returns up to a day."""
    returns = result.returns.loc[:day]
    if result.base is None or not len(returns):
        raise MissingInput(
            f"{result.strategy.name}: held nothing up to {day.date()}, so there is nothing to seal; choose a screen "
            "that selects somebody, or a later day"
        )
    return market_samples(result.market, returns, result.base, result.strategy.rules.benchmarks)


def today() -> pd.Timestamp:
    """The day it is, UTC: in the market's own time zone it is never later."""
    return pd.Timestamp(datetime.now(UTC).date())


def _check_choice(strategies: Sequence[Strategy], kill: float, decay: float) -> None:
    if not strategies:
        raise ConfigError("seal: no strategy was given")
    names = [one.name for one in strategies]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ConfigError(f"seal: {twice} is given twice; a batch holds each strategy once")
    if any(isinstance(one.rules, OwnRules) for one in strategies):
        raise ConfigError("seal: weights of your own cannot be sealed: nobody can tell what they would be later")
    if not 0.0 < kill <= 0.5:
        raise ConfigError(f"kill: {kill:g} must be above 0 and at most 0.5; 0.04 is an edge of 4 % a year")
    if not 0.0 <= decay <= 1.0:
        raise ConfigError(f"decay: {decay:g} must be from 0 to 1; 0.42 expects 42 % of what is believed now")


def _day(market: Market, on: str | None) -> pd.Timestamp:
    """The day of the seal; the data must reach the last month that was over by then."""
    first, last = market.sessions[0], market.sessions[-1]
    if market.simulated:
        day = last if on is None else pd.Timestamp(on)
        if not first < day <= last:
            raise ConfigError(f"--on {on}: the simulated market covers {first.date()} to {last.date()}")
        return day
    if on is not None:
        raise ConfigError(
            "--on: only a simulated market can be sealed on another day than today; of a real one every month up to "
            "today has been seen"
        )
    day = today()
    if last > day:
        raise ConfigError(
            f"the data go on to {last.date()}, after today, {day.date()}; set the clock, or mend the data"
        )
    over = sessions_between(first, day.replace(day=1) - pd.Timedelta(days=1))
    if len(over) and last < over[-1]:
        raise MissingInput(
            f"the data end on {last.date()}, before the day of the seal, {day.date()}: the months between were seen by "
            f"everybody and are not in the data; bring them up to {over[-1].date()} at least (active-edge data pull)"
        )
    return day


def _check_followable(result: Result, samples: Samples) -> None:
    """Refuse a strategy whose months could never be held against what it names."""
    lacking = [name for name in result.strategy.rules.benchmarks if name not in samples.benchmarks]
    missing = {name: samples.untestable.get(name, "not in this market") for name in lacking}
    for name in samples.benchmarks.columns:
        if name in samples.untestable:
            missing[name] = samples.untestable[name]
    if missing:
        told = "; ".join(f"{name}: {why}" for name, why in missing.items())
        raise MissingInput(f"{result.strategy.name}: its months could not be held against its benchmarks ({told})")


def _sealed(
    tried: Sequence[Result],
    samples: Sequence[Samples],
    charges: Sequence[Charge],
    market: Market,
    *,
    day: pd.Timestamp,
    test: SealedTest,
    folder: SealFolder,
    progress: Progress,
) -> Seal:
    strategies, plugins = [], {}
    for number, (result, sample, charge) in enumerate(zip(tried, samples, charges, strict=True)):
        progress("forecast of the wait", number, len(tried))
        used = {what: (plugin.sha256[:12], plugin) for what, plugin in sorted(result.decision.plugins.items())}
        for key, plugin in used.values():
            plugins[key] = SealedPlugin(sha256=plugin.sha256, sources=source_files(plugin))
        keys = {what: key for what, (key, _) in used.items()}
        strategies.append(_strategy(result, sample, charge, keys, claim=CLAIM * len(tried), kill=test.kill))
    last = market.sessions[market.sessions <= day][-1]
    number, previous = folder.next_batch()
    return Seal(
        kind=KIND,
        sealed=str(day.date()),
        written=datetime.now(UTC).isoformat(timespec="seconds"),
        batch=number,
        previous=previous,
        first_month=str(day.to_period("M") + 1),
        market=SealedMarket(
            simulated=market.simulated,
            snapshot=market.snapshot,
            sources=tuple(market.manifest["sources"]),
            last_session=str(last.date()),
            last_month=_last_month(market.sessions[market.sessions <= day]),
        ),
        test=test,
        strategies=tuple(strategies),
        plugins=plugins,
        versions=versions(),
    )


def _last_month(sessions: pd.DatetimeIndex) -> str:
    months = months_of(sessions)
    return str(months.dates[-1].to_period("M")) if months.n else ""


def _strategy(
    result: Result, samples: Samples, charge: Charge, plugins: Mapping[str, str], *, claim: float, kill: float
) -> SealedStrategy:
    errors = [benchmark_alpha(sample).residual_volatility for sample in samples.on.values()]
    forecast = SealedForesight(edge=kill, tracking_error=None)
    if errors:
        forecast = SealedForesight.of(foresee(max(errors), edge=kill, claim=claim))
    first, last = charge.months
    return SealedStrategy(
        name=result.strategy.name,
        identity=_identity(result),
        trial=charge.trial,
        start=str(result.simulation.sessions[0].date()),
        benchmarks=tuple(result.strategy.rules.benchmarks),
        factors=factor_names(result.market),
        history=SealedHistory(
            p=charge.p,
            trials=charge.trials,
            first_month=first,
            last_month=last,
            believed=_believed(result, samples),
            seen_to=charge.seen_to,
        ),
        foresight=forecast,
        **configuration(result.strategy),
        plugins=plugins,
    )


def _believed(result: Result, samples: Samples) -> float | None:
    """The edge on the first benchmark that its strategy's prior believes; None with too few months for an alpha."""
    if samples.yardstick is None:
        return None
    found = benchmark_alpha(samples.held)
    prior = prior_of(result.strategy.rules.prior)
    return float(stable(believe_alpha(found, prior).mean))


def _identity(result: Result) -> str:
    content = json.dumps(trial_content(result.strategy, result.decision.plugins), sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()
