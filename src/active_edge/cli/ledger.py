"""The command that says what the ledger holds: ledger."""

from __future__ import annotations

import click

from active_edge.cli.options import json_option
from active_edge.cli.output import print_json, print_table, print_text
from active_edge.words import count, number


@click.command("ledger")
@json_option
def ledger_command(as_json: bool) -> None:
    """Say where the ledger of everything ever tried lies, and what it counts.

    One file a user, whatever markets and results folders there are; ACTIVE_EDGE_LEDGER names another. Each line carries
    a checksum and that of the line before: damage is named, the rest is read, and a line that is lost counts as a
    trial.
    """
    from active_edge.ledger import Ledger

    told = Ledger().summary()
    if as_json:
        print_json(told)
        return
    if not told["exists"]:
        print_text(f"{told['file']}: not there yet; the first backtest writes it.")
        return
    print_text(f"{told['file']}: {count(told['lines'], 'line')}.")
    rows = [
        (
            one["lineage"],
            *(number(one[key], 0) for key in ("trials", "charged", "controls", "nothing_held", "other_tests")),
        )
        for one in told["lineages"]
    ]
    columns = ("trials on", "trials", "charged for", "controls", "nothing held", "other tests")
    print_table(columns, rows)
    for family in told["families"]:
        print_text(
            f"Family {family['family']}: {count(family['trials'], 'variant')}, charged for as "
            f"{number(family['effective'], 1)}."
        )
    if told["damage"]:
        print_text(
            f"Damaged: {'; '.join(told['damage'])}. What a lost line said cannot be known, so it counts as a trial of "
            "every market; restore the file from a copy."
        )
