"""The command `premia`: what the market paid for each factor of a screen."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from pathlib import Path

import click

from active_edge.cli.options import YamlFile, data_option, from_option, json_option, to_option
from active_edge.cli.output import (
    print_doubts,
    print_json,
    print_table,
    print_text,
    progress_bar,
    tell_look,
    told_doubts,
)
from active_edge.cli.plugins import with_plugins
from active_edge.words import count, number, p_value, percent, signed


@click.command("premia")
@click.argument("screen", type=YamlFile("screens"))
@data_option
@from_option
@to_option
@json_option
@with_plugins()
def premia_command(screen: Path, data: str | None, start: str | None, end: str | None, as_json: bool) -> None:
    """What the market paid for each factor of SCREEN among its candidates, the other factors held equal.

    Fama and MacBeth: every month the returns of all candidates are regressed on what was known of them before, each
    factor in standard deviations towards its good end. No costs, equal weights, no selection: whether the idea was
    paid for at all, before any portfolio is built on it. Each look is a trial in the ledger.
    """
    from active_edge.choice import choose_market
    from active_edge.cli.loading import load_for
    from active_edge.results.premia_look import look_at_premia
    from active_edge.screen import load_screen

    loaded = load_for(data, partial(load_screen, screen))
    with progress_bar(quiet=as_json) as progress:
        market = choose_market(data, progress=progress)
        tell_look(market)
        progress("premia", 0, 0)
        found = look_at_premia(loaded, market, start=start, end=end)
    premia = found.premia
    if as_json:
        doubts = told_doubts(market, premia.start, premia.end)
        print_json(asdict(premia) | {"trials": found.trials, "simulated": found.simulated, "doubts": doubts})
        return
    if found.simulated:
        print_text("SIMULATED market: these numbers show what the program does, not what any market did.")
    rows = [(one.factor, signed(one.annual, 2), number(one.t, 2, sign=True), p_value(one.p)) for one in premia.factors]
    print_table(("factor", "a year, per standard deviation", "t", "p"), rows)
    print_text(
        f"{count(premia.months, 'month')}, {premia.start} to {premia.end}, about {number(premia.names, 0)} names each; "
        f"{percent(premia.left_out)} of the candidates lack one of the factors and are left out."
    )
    print_text(
        f"p: of one look, two-sided, by the normal; the ledger counts {count(found.trials, 'trial')} on these data. On "
        "slopes without a premium it rejects 6.2 % at the 5 % mark with 24 months, 5.5 % with 60."
    )
    print_doubts(market, premia.start, premia.end)
