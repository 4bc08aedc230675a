"""Commands that run and compare: backtest, compare."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from active_edge.cli.exclusions import exclude_option, with_exclusions
from active_edge.cli.options import (
    Day,
    RunName,
    YamlFile,
    data_option,
    from_option,
    json_option,
    out_option,
    screens_option,
    shared_option,
    to_option,
)
from active_edge.cli.output import (
    echo,
    print_error,
    print_json,
    print_lines,
    print_table,
    print_text,
    progress_bar,
    tell,
    tell_beforehand,
    tell_damaged,
)
from active_edge.cli.planted import has_control, run_control, tell_planted
from active_edge.cli.plugins import plugin_option, with_plugins
from active_edge.cli.real import tell_real
from active_edge.cli.weights import check_weights, traded_weights, weights_options
from active_edge.words import DASH, count, interval, listed, number, number_range, p_value, percent, signed

if TYPE_CHECKING:
    from active_edge.market import Market
    from active_edge.results.batch import Run
    from active_edge.results.joint_edge import JointEdge
    from active_edge.stats import BenchmarkStats, Stats
    from active_edge.strategy import Strategy

JOINT_LEVEL = 0.05


@click.command("backtest")
@click.argument("strategies", nargs=-1, type=YamlFile("strategies"))
@weights_options
@data_option
@from_option
@to_option
@out_option
@screens_option
@click.option(
    "--random",
    "random_portfolios",
    default=200,
    show_default=True,
    type=click.IntRange(20, 100_000),
    help="Matched random portfolios drawn for each strategy.",
)
@click.option(
    "--sensitivity/--no-sensitivity",
    default=True,
    show_default=True,
    help="Try other costs, capital, months and hidden data: a second or two a strategy.",
)
@click.option("--placebo", is_flag=True, help="Its own false alarms and power on 100 simulated paths: some minutes.")
@click.option(
    "--planted",
    is_flag=True,
    help="Beside them a control with an edge planted: balance_sheet, on the simulated default market alone.",
)
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0), help="Seed of the random portfolios.")
@click.option(
    "--audit-leaks",
    is_flag=True,
    help="Instead of a report: scramble everything after a date and say what had looked ahead.",
)
@click.option("--after", type=Day(), metavar="DATE", help="Last day left unscrambled; default the middle decision.")
@exclude_option
@shared_option
@json_option
@with_plugins()
def backtest_command(
    strategies: tuple[Path, ...],
    weights: tuple[Path, ...],
    name: str | None,
    terms: Path | None,
    data: str | None,
    start: str | None,
    end: str | None,
    out: str,
    screens: str | None,
    random_portfolios: int,
    sensitivity: bool,
    placebo: bool,
    planted: bool,
    seed: int,
    audit_leaks: bool,
    after: str | None,
    exclude: Path | None,
    shared: bool,
    as_json: bool,
) -> int:
    """Run, judge and report STRATEGIES, and weights from files; prints the verdict table.

    Each of them is one trial in the ledger, written before its result is shown, and is charged for all of them.
    """
    from active_edge.choice import choose_market
    from active_edge.results.batch import run_strategies

    check_weights(weights, name, terms, start, strategies=bool(strategies), audit=audit_leaks)
    loaded = _load(strategies, data, screens, exclude)
    with progress_bar(quiet=as_json) as progress:
        market, whole = choose_market(data, progress=progress), has_control(data, start, end)
        tell_beforehand(market, start)
        if audit_leaks:
            return _audit(loaded, market, start, end, after, seed, as_json)
        lacking: list[str] = []
        run = partial(run_strategies, loaded, market, out=out, start=start, end=end, progress=progress)
        runs = run(
            random_portfolios=random_portfolios,
            seed=seed,
            sensitivity=sensitivity,
            placebo=placebo,
            shared=shared,
            also=traded_weights(weights, market, name=name, terms=terms, end=end),
            stopped=lambda name, error: lacking.append(f"{name} was not run: {error}"),
        )
        control = run_control(runs, market, out, random_portfolios, seed, progress) if planted and whole else None
    for sentence in lacking:
        print_error(sentence)
    _print_runs(
        [run.stats for run in runs], Path(out), as_json, partial(tell_real, market, out, shared=shared), control
    )
    return 1 if lacking else 0


@click.command("rerun")
@click.argument("run", type=RunName())
@click.option("--out", default=None, metavar="DIR", help="Results folder to write to; default the one RUN lies in.")
@click.option("--data", "-d", metavar="DIR", help="Market folder; default the one RUN was made on.")
@click.option("--any-data", is_flag=True, help="Run on data that are not those of RUN, as a new run.")
@plugin_option
@click.option("--no-plugins", is_flag=True, help="Run no plug-in, though RUN used one.")
@json_option
def rerun_command(
    run: str,
    out: str | None,
    data: str | None,
    any_data: bool,
    plugin_files: tuple[Path, ...],
    no_plugins: bool,
    as_json: bool,
) -> None:
    """Make RUN again from its own record: the same strategies, options and data, whatever became of their files.

    RUN is the folder of a run, or its name in the folder results, else in that of --out. A --plugin stands in for the
    plug-in of RUN that has its name or its content, wherever that lay. On the same data with the same versions
    stats.json comes out the same to the last byte, and the command says whether it did.
    """
    from active_edge.calibration.site import show_calibration
    from active_edge.results.rerun import rerun

    with progress_bar(quiet=as_json) as progress:
        again = rerun(
            run,
            out=out,
            data=data,
            any_data=any_data,
            plugins=not no_plugins,
            plugin_files=plugin_files,
            announce=lambda plugin: echo(plugin.announcement(), err=True),
            progress=progress,
        )
    show_calibration(again.run.folder.parent)
    tell_damaged(again.run.folder.parent)
    for note in again.notes:
        echo(note, err=True)
    if as_json:
        print_json([again.run.stats.to_json()])
        return
    print_verdicts([again.run.stats])
    echo("The same stats.json, to the last byte." if again.same else "stats.json is not the same as before.")
    echo(f"Page: {again.run.folder / 'report.html'}")


@click.command("compare")
@click.argument("runs", nargs=-1, required=True, type=RunName())
@click.option("--name", default="", help="What the page is kept as, compare-NAME.html; default the names of the runs.")
@out_option
@json_option
def compare_command(runs: tuple[str, ...], name: str, out: str, as_json: bool) -> None:
    """One page for many RUNS (names under the results folder), with paired differences."""
    from active_edge.calibration.site import show_calibration
    from active_edge.results.compare import compare_runs

    comparison = compare_runs(runs, Path(out), name=name, announce=tell)
    show_calibration(Path(out))
    tell_damaged(Path(out))
    if as_json:
        print_json(
            {
                "runs": [stats.to_json() for stats in comparison.stats],
                "differences": comparison.differences.to_dict("records"),
                "family": None if comparison.family is None else asdict(comparison.family),
                "together": [asdict(joint) for joint in comparison.together],
            }
        )
        return
    print_verdicts(comparison.stats)
    rows = [
        (
            f"{row.first} − {row.second}",
            signed(row.difference_annual),
            interval(row.lower, row.upper),
            number(row.sharpe_difference, 2, sign=True),
            number_range(row.sharpe_lower, row.sharpe_upper),
            number(row.months, 0),
        )
        for row in comparison.differences.itertuples()
    ]
    columns = ("paired difference a year", "mean", "95 % interval", "Sharpe ratio", "95 % interval ", "months")
    print_table(columns, rows)
    for joint in comparison.together:
        echo("")
        print_text(_joint(joint))
    if comparison.family is not None:
        from active_edge.report.words import family_sentences

        print_text(" ".join(family_sentences(comparison.family)))
    echo(f"Page: {comparison.page}")


def _joint(found: JointEdge) -> str:
    runs = f"{count(len(found.runs), 'run')} on {found.benchmark}"
    if found.why_not:
        return f"{runs}: no joint test; {found.why_not}"
    off = found.p is not None and found.p <= JOINT_LEVEL
    said = "one at least has an alpha off zero" if off else "no alpha among them can be told from zero"
    return f"{runs} together, {count(found.months, 'month')}: {said} (Gibbons, Ross and Shanken, p {p_value(found.p)})."


def _load(paths: Sequence[Path], data: str | None, screens: str | None, exclude: Path | None) -> list[Strategy]:
    from active_edge.cli.loading import load_for
    from active_edge.strategy import load_strategy

    return [with_exclusions(load_for(data, partial(load_strategy, path, screens)), exclude) for path in paths]


def _audit(
    strategies: Sequence[Strategy],
    market: Market,
    start: str | None,
    end: str | None,
    after: str | None,
    seed: int,
    as_json: bool,
) -> int:
    from active_edge.run.leaks import audit_leaks

    reports = [audit_leaks(s, market, start=start, end=end, after=after, seed=seed) for s in strategies]
    if as_json:
        print_json([asdict(report) for report in reports])
    else:
        print_lines([line for report in reports for line in report.lines()])
    return 1 if any(report.leaks for report in reports) else 0


def _print_runs(
    stats: Sequence[Stats],
    out: Path,
    as_json: bool,
    real: Callable[[], None] | None = None,
    control: Run | None = None,
) -> None:
    if stats:
        from active_edge.calibration.site import show_calibration

        show_calibration(out)
    if as_json:
        print_json([run.to_json() for run in (*stats, *(() if control is None else (control.stats,)))])
    elif stats:
        if real is not None:
            real()
        print_verdicts(stats)
        if control is not None:
            tell_planted(control)
        echo(f"Pages: {out / 'index.html'}")
    tell_damaged(out)


def print_verdicts(stats: Sequence[Stats]) -> None:
    """Print the verdict table, under it the reason of each verdict, and once what puts the data in doubt."""
    from active_edge.report.data_doubts import shared_doubts

    if any(run.simulated for run in stats):
        print_text("SIMULATED market: these numbers show what the program does, not what any market did.")
    names = list(dict.fromkeys(name for run in stats for name in run.benchmarks))
    rows = [
        (
            run.strategy,
            run.verdict,
            f"{run.start} to {run.end}",
            signed(run.annual_return),
            *(_alpha(run.benchmarks.get(name)) for name in names),
            percent(run.turnover_annual),
            percent(run.cost_drag_annual),
            number(run.trials, 0),
        )
        for run in stats
    ]
    alphas = [f"alpha on {name} a year (95 %)" for name in names]
    print_table(("strategy", "verdict", "measured", "net a year", *alphas, "turnover", "costs", "trials"), rows)
    for run in stats:
        print_text(f"{run.strategy}: {run.verdict.upper()}. {run.verdict_reason}")
        if run.placebo is not None:
            from active_edge.report.words import placebo_sentences

            print_text(" ".join(placebo_sentences(run.placebo)))
        echo("")
    for (name, why), runs in shared_doubts((run.strategy, run.doubts) for run in stats).items():
        print_text(f"In doubt, {name}: {why} ({listed(runs) if len(runs) < len(stats) else 'all of them'}).")
        echo("")


def _alpha(numbers: BenchmarkStats | None) -> str:
    if numbers is None or numbers.alpha_ci is None:
        return DASH
    return f"{signed(numbers.alpha_annual)} ({interval(*numbers.alpha_ci)})"
