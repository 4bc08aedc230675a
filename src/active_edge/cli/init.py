"""The command that makes a folder to work in: init."""

from __future__ import annotations

from pathlib import Path

import click

from active_edge.cli.options import json_option
from active_edge.cli.output import echo, print_json
from active_edge.words import count


@click.command("init")
@click.argument("folder", default=".", type=click.Path(path_type=Path))
@click.option(
    "--schemas",
    is_flag=True,
    help="Only write the schemas of FOLDER again: they then name the factors that its plug-ins declare.",
)
@json_option
def init_command(folder: Path, schemas: bool, as_json: bool) -> None:
    """Make a folder to work in: screens, strategies, claims, a script, room for plug-ins, schemas for an editor.

    FOLDER defaults to the current one. Nothing is overwritten: what is in the way is named, and then nothing is
    written.
    """
    from active_edge.ledger import ledger_file
    from active_edge.working_folder import make_working_folder, write_schemas

    written = write_schemas(folder) if schemas else make_working_folder(folder)
    if as_json:
        print_json([str(path) for path in written])
        return
    if schemas:
        echo("\n".join(str(path) for path in written))
        return
    made = count(len(written), "file") if written else "Every file stands already"
    echo(f"{made} in {folder}; begin with {folder / 'README.md'}, or at once:")
    if folder != Path("."):
        echo(f"  cd {folder}")
    echo("  active-edge check\n  active-edge backtest strategies/avoid_junk.yaml")
    echo(f"Everything tried is written into one ledger, whatever the folder: {ledger_file()}")
