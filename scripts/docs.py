"""Write the generated pages of docs/ and the schemas of schemas/, or with --check say which are out of date.

docs/factors.md is made from the factors' own docstrings, docs/commands.md from the command line's own help,
docs/import.md from the tables an import works by, docs/estimators.md from the registry of estimators, docs/verdicts.md
and the tables of verdicts in docs/method.md and docs/guide.md from their rule, the schemas from the models that read
YAML, the drawing in docs/rooms.md from the imports.
With --moments the table of docs/simulated_market.md is drawn again (half a minute; --check leaves it out), with
--tracking the false alarms in docs/tracking.md (seconds; --check leaves it out), with --legs the scores in
docs/legs.md, for which the recorded filings must lie beside the project (seconds; --check leaves it out), with
--claims the false alarms of claims (a quarter of an hour of processor; --check leaves it out), with
--thesis docs/thesis.md (published returns must lie beside the project; --check leaves it out).
"""

import json
import re
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import click

from active_edge.cli.commands import cli
from active_edge.factors.reference import factor_reference
from active_edge.inference.estimator_reference import estimator_reference
from active_edge.inference.false_alarms import TABLE
from active_edge.inference.verdict_reference import rule_table, verdict_reference, word_table
from active_edge.market.intake.reference import import_reference
from active_edge.yaml_schema import MODELS, schema_file, schema_text

PROJECT = Path(__file__).resolve().parent.parent
DOCS = PROJECT / "docs"


def command_reference() -> str:
    parts = ["# Commands\n\nMade from the program's own `--help` by `scripts/run scripts/docs.py`.\n"]
    parts += [f"## {' '.join(path)}\n\n```text\n{text}\n```\n" for path, text in helps(cli, ("active-edge",), None)]
    return "\n".join(parts)


def helps(
    command: click.Command, path: tuple[str, ...], parent: click.Context | None
) -> Iterator[tuple[tuple[str, ...], str]]:
    context = click.Context(command, info_name=path[-1], parent=parent, max_content_width=100, terminal_width=100)
    yield path, command.get_help(context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from helps(inner, (*path, name), context)


WORDS = ("<!-- words of every combination -->", "<!-- end of words -->")
RULE = ("<!-- rule of verdicts -->", "<!-- end of rule -->")


def method_page() -> str:
    """docs/method.md with the rule of verdicts and the word of every combination of rungs, from the rule itself."""
    return between(WORDS, word_table(), between(RULE, rule_table(), (DOCS / "method.md").read_text(encoding="utf-8")))


def guide_page() -> str:
    """docs/guide.md with the rule of verdicts."""
    return between(RULE, rule_table(), (DOCS / "guide.md").read_text(encoding="utf-8"))


def between(marks: tuple[str, str], lines: Iterator[str], page: str) -> str:
    """A page with lines between two marks instead of what stands there."""
    before, _, rest = page.partition(marks[0])
    return "\n".join([f"{before}{marks[0]}", "", *lines, "", f"{marks[1]}{rest.partition(marks[1])[2]}"])


PAGES = {
    "docs/factors.md": factor_reference,
    "docs/commands.md": command_reference,
    "docs/import.md": import_reference,
    "docs/estimators.md": estimator_reference,
    "docs/verdicts.md": verdict_reference,
    "docs/method.md": method_page,
    "docs/guide.md": guide_page,
}
PAGES |= {f"schemas/{schema_file(kind)}": partial(schema_text, kind) for kind in MODELS}


def redraw_moments() -> None:
    from active_edge.simulated.moments import draw_moments, with_moments

    page = DOCS / "simulated_market.md"
    page.write_text(with_moments(page.read_text(encoding="utf-8"), draw_moments()), encoding="utf-8")


def measure_claims() -> None:
    from active_edge.article.null_rates import TABLE as RATES
    from active_edge.article.null_rates import as_table, measure_null_rates

    worlds = range(20260318, 20260318 + 1000)
    table = PROJECT / "src" / "active_edge" / "article" / RATES
    table.write_text(as_table(measure_null_rates(worlds, months=60)), encoding="utf-8")


def write_thesis_text() -> None:
    from datetime import UTC, datetime

    from active_edge.article.answers import answer_claims
    from active_edge.article.article import ARTICLE, load_claims
    from active_edge.market.intake.importer import import_folder
    from active_edge.published.ground import ground_of_folder, joined, shipped_ground
    from active_edge.published.thesis_text import thesis_text
    from active_edge.whole import passing_folder

    data = PROJECT.parent / "shared" / "data"
    with passing_folder("active-edge-thesis") as folder:
        import_folder(data / "us_2015_2017", folder / "us")
        ground = joined([ground_of_folder(data), ground_of_folder(folder / "us"), shipped_ground()])
        answers = answer_claims(load_claims(ARTICLE), ground)
    on = (
        "published factor and portfolio returns, daily series of funds and rates, and prices and filings of US "
        "companies from 2015-03 to 2017-03, which lie beside the project"
    )
    text = thesis_text(answers, on=on, dated=datetime.now(UTC).date().isoformat())
    (DOCS / "thesis.md").write_text(text, encoding="utf-8")


def redraw_tracking() -> None:
    from active_edge.calibration.tracking import WORLDS, tracking_row, tracking_table, with_table

    page, rows = DOCS / "tracking.md", [tracking_row(name) for name in WORLDS]
    page.write_text(with_table(page.read_text(encoding="utf-8"), tracking_table(rows)), encoding="utf-8")


def redraw_legs() -> None:
    from active_edge.filings.scores import load_truths, score_table, scored, scores

    page, truths = DOCS / "legs.md", load_truths(PROJECT / "tests/filings/legs_truths.json")
    table = score_table(scores(list(scored(truths, PROJECT.parent / "shared"))))
    before, _, rest = page.read_text(encoding="utf-8").partition(LEGS[0])
    after = rest.partition(LEGS[1])[2]
    page.write_text(f"{before}{LEGS[0]}\n{table}{LEGS[1]}{after}", encoding="utf-8")


LEGS = ("<!-- scores -->", "<!-- end of scores -->")


def redraw_rooms(*, check: bool) -> list[str]:
    """Draw the rooms in docs/rooms.md, or say whether they are out of date there."""
    sys.path.insert(0, str(PROJECT))  # so that the scripts find each other from wherever this one is run
    from scripts.rooms import drawing, in_step, with_drawing

    page, drawn = DOCS / "rooms.md", drawing()
    text = page.read_text(encoding="utf-8")
    if in_step(text, drawn):
        return []
    if check:
        return [f"docs/{page.name}"]
    page.write_text(with_drawing(text, drawn), encoding="utf-8")
    return []


STALE = (
    "> **Measured before the last change of the code.** The rates below are those of the code `{code}`; the code they "
    "stand for\n> has changed since. `active-edge calibrate` measures them anew ([CONTRIBUTING](../CONTRIBUTING.md)).\n"
)
AFTER_TITLE = "# Calibration: the test of the tests\n\n"


def tell_stale_rates(*, check: bool) -> list[str]:
    """Say on docs/calibration.md whether the code measured there is still that of today, or whether that is not said.

    The digest is of all the code a measurement depends on, so a change of a comment counts too.
    """
    from active_edge.calibration import series
    from active_edge.calibration.campaign import fingerprint

    page = DOCS / "calibration.md"
    table = json.loads((PROJECT / "src/active_edge/inference" / TABLE).read_text(encoding="utf-8"))
    codes = ((table["code"], fingerprint()), (table["monthly"]["code"], fingerprint(series.__name__)))
    measured, today = next((pair for pair in codes if pair[0] != pair[1]), codes[0])
    told = rates_told(page.read_text(encoding="utf-8"), measured, today)
    if measured != today:
        print(f"docs/calibration.md: measured by the code {measured}, today's is {today}", file=sys.stderr)
    if told == page.read_text(encoding="utf-8"):
        return []
    if check:
        return [f"docs/{page.name}"]
    page.write_text(told, encoding="utf-8")
    return []


def rates_told(text: str, measured: str, today: str) -> str:
    """The page with its warning where the code has changed since, and without where it has not."""
    title, _, rest = text.partition(AFTER_TITLE)
    rest = re.sub(r"^> \*\*Measured before.*?\n\n", "", rest, flags=re.DOTALL)
    return title + AFTER_TITLE + (f"{STALE.format(code=measured)}\n" if measured != today else "") + rest


def main() -> int:
    if "--moments" in sys.argv[1:]:
        redraw_moments()
    if "--thesis" in sys.argv[1:]:
        write_thesis_text()
    if "--claims" in sys.argv[1:]:
        measure_claims()
    if "--tracking" in sys.argv[1:]:
        redraw_tracking()
    if "--legs" in sys.argv[1:]:
        redraw_legs()
    check = "--check" in sys.argv[1:]
    stale = [*redraw_rooms(check=check), *tell_stale_rates(check=check)]
    for name, make in PAGES.items():
        page, text = PROJECT / name, make().rstrip() + "\n"
        if "--check" in sys.argv[1:]:
            if not page.is_file() or page.read_text(encoding="utf-8") != text:
                stale.append(name)
        else:
            page.parent.mkdir(exist_ok=True)
            page.write_text(text, encoding="utf-8")
    for name in stale:
        print(f"{name} is out of date; run scripts/run scripts/docs.py", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
