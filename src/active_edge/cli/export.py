"""The commands that hand a stored run on: its tables, and two pages about it."""

from __future__ import annotations

from pathlib import Path

import click

from active_edge.cli.options import Day, RunName, YamlFile, data_option, json_option, out_option, shared_option
from active_edge.cli.output import print_json, print_text, progress_bar, tell, tell_damaged, tell_look
from active_edge.words import count


@click.command("export")
@click.argument("run", type=RunName())
@click.option("--csv", "as_csv", is_flag=True, help="One .csv file a table.")
@click.option("--xlsx", "as_xlsx", is_flag=True, help="One workbook, a sheet a table.")
@out_option
@json_option
def export_command(run: str, as_csv: bool, as_xlsx: bool, out: str, as_json: bool) -> None:
    """Holdings, trades, returns and targets of RUN as files that other programs open, in the run's folder.

    RUN is a name in the results folder, a run's folder, or a strategy, which stands for its newest run.
    """
    if not as_csv and not as_xlsx:
        raise click.UsageError("say which: --csv, --xlsx, or both")
    from active_edge.results.export import export_csv, export_xlsx
    from active_edge.results.stored_run import stored_run

    stored = stored_run(run, out, announce=tell)
    written = (export_csv(stored) if as_csv else []) + (export_xlsx(stored) if as_xlsx else [])
    _say_written(stored.folder.name, written, as_json)


@click.command("memo")
@click.argument("run", type=RunName())
@click.option("--docx", is_flag=True, help="Also as a document for word processors.")
@out_option
@json_option
def memo_command(run: str, docx: bool, out: str, as_json: bool) -> None:
    """Two pages about RUN for a committee, Markdown and HTML, in the run's folder; every sentence from stats.json.

    RUN is a name in the results folder, a run's folder, or a strategy, which stands for its newest run.
    """
    from active_edge.results.export import export_memo
    from active_edge.results.stored_run import stored_run

    stored = stored_run(run, out, announce=tell)
    _say_written(stored.folder.name, export_memo(stored, docx=docx), as_json)


def _say_written(run: str, written: list[Path], as_json: bool) -> None:
    if as_json:
        print_json({"run": run, "files": [str(path) for path in written]})
        return
    for path in written:
        print_text(str(path))


@click.command("company")
@click.argument("ticker", required=False)
@click.option(
    "--run", "run", type=RunName(), help="Pages of every company that this run ever held, which its page leads to."
)
@click.option("--on", "on", type=Day(), metavar="DATE", help="The day it is looked at; default the market's last.")
@click.option("--screen", type=YamlFile("screens"), help="Also every rule of this screen.")
@data_option
@out_option
@shared_option
@json_option
def company_command(
    ticker: str | None,
    run: str | None,
    on: str | None,
    screen: Path | None,
    data: str | None,
    out: str,
    shared: bool,
    as_json: bool,
) -> None:
    """A page about TICKER as it was known on a day: ten years of figures, legs with their filings, insiders, rules.

    With --run instead a page of every company that the run ever held, as known at the last decision that held it, with
    the rules of its screen; the run's own page then leads to them. About 50 kB and a tenth of a second each.
    """
    if (ticker is None) == (run is None):
        raise click.UsageError("say which: a TICKER, or --run RUN for every company that a run held")
    if run is None:
        _page_of_name(str(ticker), on, screen, data, Path(out), shared=shared, as_json=as_json)
    elif on is not None or screen is not None:
        raise click.UsageError("--run knows its dates and its screen; leave --on and --screen out")
    else:
        _pages_of_run(run, data, Path(out), as_json)


def _page_of_name(
    ticker: str, on: str | None, screen: Path | None, data: str | None, out: Path, *, shared: bool, as_json: bool
) -> None:
    from active_edge.choice import choose_market
    from active_edge.results.company import write_company
    from active_edge.screen import load_screen

    loaded = None if screen is None else load_screen(screen)
    with progress_bar(quiet=as_json) as progress:
        market = choose_market(data, progress=progress)
        tell_look(market)
    day = on or str(market.sessions[-1].date())
    page = write_company(market, ticker, day, out, loaded, shared=shared)
    tell_damaged(out)
    _say_written(ticker, [page], as_json)


def _pages_of_run(run: str, data: str | None, out: Path, as_json: bool) -> None:
    from active_edge.results.folders import find_run
    from active_edge.results.run_companies import write_run_companies

    folder = find_run(out, run, announce=tell)
    with progress_bar(quiet=as_json) as progress:
        pages = write_run_companies(folder.name, out, data=data, progress=progress)
    tell_damaged(out)
    if as_json:
        print_json({"run": folder.name, "files": [str((folder / page).resolve()) for page in pages.values()]})
        return
    print_text(f"{count(len(pages), 'page')} of companies; {folder / 'report.html'} leads to them.")
