"""The command ``active-edge`` with all its commands."""

from __future__ import annotations

import click

from active_edge.cli.backtests import backtest_command, compare_command, rerun_command
from active_edge.cli.calibrate import calibrate_command
from active_edge.cli.data import data_group
from active_edge.cli.export import company_command, export_command, memo_command
from active_edge.cli.files import check_command, factors_command
from active_edge.cli.init import init_command
from active_edge.cli.judge import judge_command
from active_edge.cli.lab import lab_command
from active_edge.cli.ledger import ledger_command
from active_edge.cli.portfolio import portfolio_command
from active_edge.cli.premia import premia_command
from active_edge.cli.room import RoomAsked
from active_edge.cli.screens import explain_command, screen_command
from active_edge.cli.seal import seal_command, track_command, verify_command
from active_edge.cli.sweep import sweep_command
from active_edge.cli.thesis import evidence_command, thesis_command


@click.group(cls=RoomAsked, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="active-edge", prog_name="active-edge")
def cli() -> None:
    """Does your quality screen of small caps beat the passive Russell 2000?

    Every command takes --help, and --json where it prints a result. --data or ACTIVE_EDGE_DATA names the market
    folder; with neither, a simulated market is made once and everything is stamped SIMULATED.
    """


for command in (
    init_command,
    check_command,
    factors_command,
    data_group,
    screen_command,
    explain_command,
    premia_command,
    portfolio_command,
    backtest_command,
    sweep_command,
    lab_command,
    judge_command,
    rerun_command,
    compare_command,
    export_command,
    memo_command,
    company_command,
    seal_command,
    verify_command,
    track_command,
    calibrate_command,
    evidence_command,
    thesis_command,
    ledger_command,
):
    cli.add_command(command)
