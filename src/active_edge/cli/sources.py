"""Commands that fetch: data pull, rebuild, verify, read."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from active_edge.cli.options import Day, OneOf, json_option
from active_edge.cli.output import echo, print_json, print_lines, print_table, print_text, printed_width, progress_bar
from active_edge.cli.plugins import with_plugins
from active_edge.cli.since import shipped_since, since_lines
from active_edge.cli.tables import Column, table_lines
from active_edge.words import count, number, percent

if TYPE_CHECKING:
    from active_edge.sources.planning import Plan
    from active_edge.sources.pull import PullReport

IDENTITY = "ACTIVE_EDGE_IDENTITY"
DEFAULT_MARKET = "data/us"
WIDTH = 80
"""Characters of the doctor's table, which is pasted into reports."""
SHOWN = 10
"""Charts that could not be had, by name; the rest is counted."""

market_option = click.option(
    "--data",
    "-d",
    default=lambda: os.environ.get("ACTIVE_EDGE_DATA", DEFAULT_MARKET),
    show_default=f"ACTIVE_EDGE_DATA, else {DEFAULT_MARKET}",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Market folder.",
)
archive_option = click.option(
    "--archive",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Raw archive; default the folder raw in the market folder.",
)


def _sources() -> object:
    from active_edge.sources import catalogue, own

    return own.SOURCES, catalogue.MEANINGS


def _source_names() -> list[str]:
    from active_edge.sources.catalogue import GROUPS, MEANINGS

    return [*MEANINGS, *GROUPS]


@click.command("pull")
@market_option
@archive_option
@click.option(
    "--identity",
    default=lambda: os.environ.get(IDENTITY, ""),
    show_default=IDENTITY,
    help="Your name and e-mail address; the SEC refuses requests that do not say who asks.",
)
@click.option("--quick", is_flag=True, help="Funds, factors and rates only; enough for backtests/evidence.py.")
@click.option(
    "--only", multiple=True, type=OneOf(_source_names), metavar="SOURCE", help="Only these sources; may be repeated."
)
@click.option("--since", type=Day(), metavar="DATE", help="First day wanted.")
@click.option("--symbols", metavar="A,B,C", help="Shares wanted, by ticker; default all.")
@click.option("--plan", "plan_only", is_flag=True, help="Say how many requests, bytes and hours, and stop.")
@click.option("--doctor", is_flag=True, help="Ask each source one small question, say how it answers, and stop.")
@click.option("--strict", is_flag=True, help="Write no snapshot where anything asked for could not be had.")
@click.option("--ask", multiple=True, metavar="HOST=URL", help="Ask URL instead of HOST: a mirror of your own.")
@json_option
@with_plugins(_sources)
def pull_command(
    data: Path,
    archive: Path | None,
    identity: str,
    quick: bool,
    only: tuple[str, ...],
    since: str | None,
    symbols: str | None,
    plan_only: bool,
    doctor: bool,
    strict: bool,
    ask: tuple[str, ...],
    as_json: bool,
) -> int:
    """Fetch what is new from SEC EDGAR, Yahoo, FRED, Ken French, iShares and Nasdaq into a market folder.

    Says beforehand how many requests, bytes and hours. Ctrl-C stops it cleanly, and the same command goes on where
    it stopped. What a source does not give is named on the snapshot, which is made of all the rest, and asked for by
    the next pull. Every raw answer is kept, so that data rebuild makes the same snapshot offline. A source of your
    own is asked when --only names it, and in a whole pull when --plugin names its file.

    Where something fails, --doctor says which source answers, which has changed, and what to do.
    """
    if doctor:
        return _examine(identity, list(only) or None, dict(_host(text) for text in ask), as_json=as_json)
    from active_edge.sources.pull import plan, pull

    raw = archive or data / "raw"
    wanted: dict[str, Any] = {
        "only": list(only) or None,
        "since": since,
        "symbols": [symbol.strip() for symbol in symbols.split(",")] if symbols else None,
        "quick": quick,
    }
    planned = plan(raw, **wanted)
    if plan_only or not as_json:
        _print_plan(planned, as_json=as_json, err=not plan_only)
    if plan_only:
        return 0
    hosts = dict(_host(text) for text in ask)
    with progress_bar(quiet=as_json) as progress:
        report = pull(
            data, identity=identity, archive=raw, base_urls=hosts or None, progress=progress, strict=strict, **wanted
        )
    _print_pulled(report, data, as_json=as_json)
    if report.snapshot and not as_json and not quick:
        _print_since(data)
    return 0


def _print_since(data: Path) -> None:
    """From when the snapshot that was just made can answer each shipped screen."""
    from active_edge.market import open_market

    market = open_market(data)
    if market.manifest["tables"]["prices"]["rows"]:
        with progress_bar(quiet=False) as progress:
            screens = shipped_since(market, progress)
        print_lines(since_lines(screens))


def _examine(identity: str, only: list[str] | None, hosts: dict[str, str], *, as_json: bool) -> int:
    """Print how each source answers; 1 where one does not as it should."""
    from active_edge.sources.doctor import examine

    with progress_bar(quiet=as_json) as progress:
        found = examine(identity=identity, only=only, base_urls=hosts or None, progress=progress)
    if as_json:
        print_json([asdict(one) for one in found])
    else:
        rows = [(one.source, one.state, one.answer, one.remedy) for one in found]
        columns = (Column("source", "keep"), Column("state", "keep"), "answer", "what to do")
        echo("\n".join(table_lines(columns, rows, min(printed_width() or WIDTH, WIDTH))))
        ill = [one for one in found if not one.well]
        for one in ill:
            echo(f"{one.source}: {one.url}")
        echo(f"{len(found) - len(ill)} of {len(found)} sources answer as they should.")
    return 0 if all(one.well for one in found) else 1


def _print_plan(planned: Plan, *, as_json: bool, err: bool) -> None:
    if not as_json:
        echo("\n".join(planned.lines_of_text()), err=err)
        return
    lines = [asdict(line) for line in planned.lines]
    stages = [asdict(stage) for stage in planned.stages]
    told = {"requests": planned.requests, "bytes": planned.bytes, "hours": planned.hours}
    print_json({**told, "stages": stages, "sources": lines})


def _print_pulled(report: PullReport, data: Path, *, as_json: bool) -> None:
    if as_json:
        print_json(asdict(report))
        return
    for symbol, reason in list(report.failures.items())[:SHOWN]:
        print_text(f"  {symbol}: {reason}", indent="    ")
    if len(report.failures) > SHOWN:
        echo(f"  … {len(report.failures) - SHOWN:,} more charts could not be had")
    echo(f"{count(report.requests, 'answer')}, {number(report.bytes / 1e6, 1)} MB in {number(report.seconds, 0)} s.")
    for one in report.missing:
        print_text(f"MISSING {one.line()}", indent="  ")
    echo(f"Snapshot {report.snapshot} in {data}." if report.snapshot else report.note)
    if report.missing and report.snapshot:
        print_text("It is made of what could be had, and every page says what is missing; the same command goes on.")
    echo(f"Next: active-edge data status --data {data}")


@click.command("rebuild")
@market_option
@archive_option
@json_option
@with_plugins(_sources)
def rebuild_command(data: Path, archive: Path | None, as_json: bool) -> None:
    """Make the snapshot again from the raw archive, offline; the same archive gives the same snapshot id."""
    from active_edge.sources.pull import rebuild

    with progress_bar(quiet=as_json) as progress:
        snapshot, findings = rebuild(data, archive or data / "raw", progress=progress)
    if as_json:
        print_json({"snapshot": snapshot, "findings": [asdict(finding) for finding in findings]})
    else:
        echo("\n".join([f"snapshot {snapshot} in {data}", *(finding.line() for finding in findings)]))


@click.command("verify")
@market_option
@archive_option
@json_option
def verify_command(data: Path, archive: Path | None, as_json: bool) -> int:
    """Prove every file of the raw archive: hash each body again and hold it against the index."""
    from active_edge.errors import MissingInput
    from active_edge.sources.pull import verify

    raw = archive or data / "raw"
    found = verify(raw)
    if not found.entries and not found.orphans:
        raise MissingInput(f"{raw}: nothing is archived there, so nothing can be proven; data pull makes an archive")
    if as_json:
        print_json(asdict(found) | {"proven": found.proven})
    else:
        bodies = f"{count(found.bodies, 'body', 'bodies')}, {number(found.bytes / 1e6, 1)} MB"
        echo(f"{count(found.entries, 'answer')}, {bodies}")
        for kind, names in (("missing", found.missing), ("altered", found.altered), ("orphan", found.orphans)):
            for name in names:
                echo(f"  {kind}: {name}")
        echo(
            "Every body is there and hashes to its name."
            if found.proven
            else "Not proven. Delete the bodies named and pull again; they will be fetched anew."
        )
    return 0 if found.proven else 1


@click.command("read")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--score",
    "truths",
    type=click.Path(path_type=Path),
    metavar="TRUTHS",
    help="JSON list of file, leg and share as a person read them: print how often the reader is right.",
)
@click.option("--bodies", type=click.Path(path_type=Path), help="Folder of their files; default the folder of TRUTHS.")
@json_option
def read_command(files: tuple[Path, ...], truths: Path | None, bodies: Path | None, as_json: bool) -> int:
    """What each filing says of domestic revenue, floating-rate debt and insider ownership.

    A filing of any kind: XBRL instance, 10-K, proxy statement, Form 3, 4 or 5. With each value its source, its
    confidence and the passage it was read from; nothing where the filing says nothing.

    With --score precision and recall by leg, form and confidence, and each answer that is wrong or missing.
    """
    from active_edge.errors import SourceError
    from active_edge.filings import read_filing

    if truths is not None and not files:
        return _print_scores(truths, bodies or truths.parent, as_json=as_json)
    if not files or truths is not None or bodies is not None:
        raise click.UsageError("give FILES to read, or --score TRUTHS with or without --bodies, not both")
    answers: list[dict[str, Any]] = []
    for file in files:
        try:
            answers.append({"file": str(file), **read_filing(file).to_dict()})
        except SourceError as error:
            answers.append({"file": str(file), "error": str(error)})
    if as_json:
        print_json(answers[0] if len(answers) == 1 else answers)
    else:
        for answer in answers:
            _print_reading(answer)
    return 1 if any("error" in answer for answer in answers) else 0


def _print_scores(truths: Path, bodies: Path, *, as_json: bool) -> int:
    from active_edge.filings.scores import COLUMNS, load_truths, score_cells, scored, scores

    pairs = list(scored(load_truths(truths), bodies))
    missed = [pair for pair in pairs if not pair.right and (pair.answer or pair.truth.share is not None)]
    if as_json:
        print_json({"scores": [s.to_dict() for s in scores(pairs)], "not_right": [pair.to_dict() for pair in missed]})
        return 0
    print_table(COLUMNS, [score_cells(score) for score in scores(pairs)])
    print_table(("file", "leg", "truth", "read", "source", "confidence"), [pair.cells() for pair in missed])
    return 0


def _print_reading(answer: dict[str, Any]) -> None:
    echo(f"{answer['file']}: {answer.get('error') or answer['kind']}")
    if "error" in answer:
        return
    rows = []
    for leg in ("domestic_revenue_share", "floating_rate_debt_share", "insider_ownership"):
        value = answer[leg]
        rows.append(
            (leg, "says nothing", "", "", "")
            if value is None
            else (leg, percent(value["value"]), value["source"], value["confidence"], value["passage"])
        )
    print_table(("leg", "value", "source", "confidence", "read from"), rows)
    for note in answer.get("notes", ()):
        echo(f"  note: {note}")


def _host(text: str) -> tuple[str, str]:
    host, _, url = text.partition("=")
    if not host or not url.startswith(("http://", "https://")):
        raise click.BadParameter(
            f"{text!r} is not HOST=URL, such as www.sec.gov=http://127.0.0.1:8000", param_hint="--ask"
        )
    return host, url.rstrip("/")
