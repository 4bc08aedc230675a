"""Commands for what nobody could choose afterwards: seal, verify, track."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from active_edge.cli.options import Day, YamlFile, data_option, json_option, screens_option
from active_edge.cli.output import echo, print_json, print_lines, print_table, print_text, progress_bar, tell_look
from active_edge.cli.plugins import with_plugins
from active_edge.words import evidence, number, percent

if TYPE_CHECKING:
    from active_edge.sealing.track import Track

CROSSED = 3
"""Exit code of a look at which a line was crossed that no earlier look told of."""

seals_option = click.option(
    "--out", "out", default="seals", show_default=True, metavar="DIR", help="Folder of seals; made if absent."
)


@click.command("seal")
@click.argument("strategies", nargs=-1, required=True, type=YamlFile("strategies"))
@data_option
@seals_option
@screens_option
@click.option(
    "--kill",
    default=0.04,
    show_default=True,
    type=click.FloatRange(0, 0.5, min_open=True),
    help="Annual edge, decimal: once one above it is excluded the strategies have failed.",
)
@click.option(
    "--decay",
    default=0.42,
    show_default=True,
    type=click.FloatRange(0, 1),
    help="Share of what is believed of the backtest that is expected of live months: the mean of their prior.",
)
@click.option("--on", "on", type=Day(), metavar="DATE", help="Day to seal on, of a simulated market; default its last.")
@click.option(
    "--results", default="results", show_default=True, metavar="DIR", help="Results folder whose runs count too."
)
@click.option(
    "--token",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Keep this time stamp (RFC 3161, OpenTimestamps, a signed git tag) beside the seal given as STRATEGIES.",
)
@json_option
@with_plugins()
def seal_command(
    strategies: tuple[Path, ...],
    data: str | None,
    out: str,
    screens: str | None,
    kill: float,
    decay: float,
    on: str | None,
    results: str,
    token: Path | None,
    as_json: bool,
) -> None:
    """Write STRATEGIES down for good, as one batch, before their months come; prints one line to send to somebody.

    The file holds the resolved strategies and screens, the source of their plug-ins, benchmarks, factors, the test
    and the threshold of failure. Only complete months that begin after the seal will count. Each is one trial in the
    ledger.
    """
    if token is not None:
        _keep(strategies, token)
        return
    from active_edge.choice import choose_market
    from active_edge.cli.loading import load_for
    from active_edge.sealing.make import seal
    from active_edge.strategy import load_strategy

    loaded = [load_for(data, partial(load_strategy, path, screens)) for path in strategies]
    with progress_bar(quiet=as_json) as progress:
        market = choose_market(data, progress=progress)
        tell_look(market)
        made = seal(loaded, market, out=out, kill=kill, decay=decay, on=on, runs=results, progress=progress)
    if as_json:
        print_json({"path": str(made.path), "hash": made.hash, "line": made.line, "seal": asdict(made.seal)})
        return
    if made.seal.market.simulated:
        print_text("SIMULATED market: these numbers show what the program does, not what any market did.")
    for one in made.seal.strategies:
        print_text(f"{one.name}: {one.foresight.sentences()}")
        for sentence in one.history.sentences():
            print_text(f"  {sentence}")
    print_text(f"{made.path}: {made.seal.summary()}.")
    echo("Send this line to somebody who keeps it:")
    echo(made.line)


def _keep(strategies: tuple[Path, ...], token: Path) -> None:
    from active_edge.errors import ConfigError
    from active_edge.sealing.files import read_file
    from active_edge.sealing.tokens import keep_token

    if len(strategies) != 1:
        raise ConfigError("--token: give the file of one seal, which the token is of")
    file = read_file(strategies[0])
    file.seal()
    print_text(keep_token(token, file.path, file.made).sentence(file.path))


@click.command("verify")
@click.argument("seal", type=click.Path(path_type=Path))
@click.option("--line", metavar="TEXT", help="The line that was sent when it was sealed, or the hash in it.")
@json_option
def verify_command(seal: Path, line: str | None, as_json: bool) -> int:
    """Prove that the file SEAL is what was sealed, or name what was changed. Needs neither data nor a network.

    Ends with 0 where it is, with 1 where it is not.
    """
    from active_edge.sealing.verify import verify_seal

    found = verify_seal(seal, line=line)
    if as_json:
        print_json(asdict(found) | {"path": str(found.path)})
    else:
        print_lines(found.lines())
    return 0 if found.genuine else 1


@click.command("track")
@click.argument("seals", nargs=-1, type=click.Path(path_type=Path))
@data_option
@seals_option
@click.option("--no-plugins", is_flag=True, help="Run no plug-in that a seal holds.")
@json_option
def track_command(seals: tuple[Path, ...], data: str | None, out: str, no_plugins: bool, as_json: bool) -> int:
    """Follow SEALS, default all of the folder, on the months that began after each; writes track.html beside them.

    Ends with 0 where nothing new was crossed, with 3 where an edge was shown, excluded, or a strategy failed since the
    look before, with 1 on an error. Plug-ins are run from the source that the seal holds.
    """
    from active_edge.choice import choose_market
    from active_edge.sealing.track import track

    with progress_bar(quiet=as_json) as progress:
        market = choose_market(data, progress=progress)
        tell_look(market)
        found = track(
            market,
            out=out,
            seals=seals,
            plugins=not no_plugins,
            announce=lambda plugin: echo(plugin.announcement(), err=True),
            progress=progress,
        )
    if as_json:
        from active_edge.sealing.page import track_json

        print_json(track_json(found))
    else:
        _print_track(found)
    crossed = bool(found.new)
    # Only now: a look that is killed before it was told is told again.
    found.announced()
    return CROSSED if crossed else 0


def _print_track(found: Track) -> None:
    from active_edge.sealing.page import track_page

    page = track_page(found)
    if page.simulated:
        print_text("SIMULATED market: these numbers show what the program does, not what any market did.")
    rows = [
        (
            one.name,
            one.answer,
            f"{evidence(one.e)} of {number(one.claim_at, 0)}",
            percent(one.upper) if one.upper < float("inf") else "nothing yet",
            number(one.months, 0),
            one.waiting,
        )
        for one in page.strategies
    ]
    print_table(("strategy", "answer", "evidence", "excluded above", "months", "expected wait"), rows)
    for one in page.strategies:
        print_text(f"{one.name}: {one.excluded_words}")
        if one.belief is not None:
            print_text(f"  Believed: {' '.join(one.belief)}.")
        for note in one.notes:
            print_text(f"  {note}")
    for batch in page.batches:
        if len(batch.names) > 1:
            listed = ", ".join(batch.listed) or "none"
            print_text(
                f"batch {batch.number}: evidence that one has an edge {evidence(batch.mean)} of 20; listed: {listed}"
            )
        for name, why in batch.unfollowed.items():
            print_text(f"{name} was not followed: {why}")
    for warning in page.warnings:
        print_text(warning)
    for crossing in found.new:
        print_text(f"NEW: {crossing.strategy}: {crossing.what}, after {crossing.month}.")
    echo(f"Page: {found.page}")
