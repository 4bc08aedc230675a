"""Options that several commands share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from active_edge.shipped import Kind

_BARE_WORD = re.compile(r"[\w/ -]+")


class Day(click.ParamType):  # type: ignore[type-arg]  # generic only in newer releases of click
    """A date of the form 2016-06-30, kept as text."""

    name = "date"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The ISO text of the day; anything else is wrong usage."""
        from datetime import date

        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            self.fail(f"{value!r} is not a date; write it as 2016-06-30", param, ctx)


class YamlFile(click.Path):
    """A YAML file by its path or bare name; a shell completes both."""

    def __init__(self, kind: Kind) -> None:
        super().__init__(path_type=Path)
        self.kind = kind

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path; a factor or an abbreviation of one where a screen belongs is wrong usage."""
        if self.kind == "screens" and _BARE_WORD.fullmatch(str(value)) and not Path(value).exists():
            from active_edge.shipped import known_names

            said = "" if str(value) in known_names(self.kind) else factor_hint(str(value))
            if said:
                self.fail(f"{value!r} is no screen; {said}", param, ctx)
        return super().convert(value, param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The names that begin so, and the shell's own files."""
        from active_edge.shipped import known_names

        return _beginning(known_names(self.kind), incomplete, super().shell_complete(ctx, param, incomplete))


class RunName(click.ParamType):  # type: ignore[type-arg]  # generic only in newer releases of click
    """A run by its name or folder, kept as text; a shell completes the names in the folder of runs."""

    name = "text"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002  as the library calls it
        """The runs that begin so, and the shell's own folders."""
        found = sorted(path.parent.name for path in Path(ctx.params.get("out") or "results").glob("[!.]*/run.yaml"))
        return _beginning(found, incomplete, [CompletionItem(incomplete, type="dir")])


class OneOf(click.ParamType):  # type: ignore[type-arg]  # generic only in newer releases of click
    """A word that a list knows, kept as text; the list is asked for when a shell completes it."""

    name = "text"

    def __init__(self, names: Callable[[], Iterable[str]]) -> None:
        self.names = names

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002  as the library calls it
        """The words that begin so."""
        return _beginning(self.names(), incomplete)


def _beginning(names: Iterable[str], incomplete: str, files: Iterable[CompletionItem] = ()) -> list[CompletionItem]:
    """The names that begin so, behind the items that let a shell offer `files`: bash forgets what came before those."""
    return [*files, *(CompletionItem(name) for name in names if name.startswith(incomplete))]


def factor_hint(word: str) -> str:
    """What to say of a word that is a factor, or means one in the trade, where something else belongs; else empty."""
    from active_edge.factors import FACTORS
    from active_edge.factors.abbreviations import meaning_of, said_of

    if word in FACTORS:
        return f"it is a factor: active-edge factors {word}"
    meaning = meaning_of(word)
    return "" if meaning is None else f"of factors, {said_of(meaning).rstrip('?')}: active-edge factors {word}"


data_option = click.option(
    "--data",
    "-d",
    metavar="DIR",
    help="Market folder; default ACTIVE_EDGE_DATA, else the simulated market.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document and no progress.")
from_option = click.option(
    "--from",
    "start",
    type=Day(),
    metavar="DATE",
    help="First session of the run; default, and for a day before the data, after a warm-up.",
)
to_option = click.option(
    "--to", "end", type=Day(), metavar="DATE", help="Last session of the run; default the market's last."
)
out_option = click.option(
    "--out",
    "out",
    default="results",
    metavar="DIR",
    show_default=True,
    help="Folder of runs.",
)
shared_option = click.option(
    "--shared",
    is_flag=True,
    help="Pages that share one script file in the folder of runs, and are small; without it each can be mailed.",
)
screens_option = click.option(
    "--screens",
    metavar="DIR",
    help="Folder of the screens that strategies name; default the folder screens beside the strategy's own.",
)


on_option = click.option(
    "--on", "on", type=Day(), required=True, metavar="DATE", help="Decision date, such as 2016-06-30."
)
since_option = click.option(
    "--since",
    "since",
    type=Day(),
    metavar="DATE",
    help="Print who entered and who left since this earlier date, by which rule and filing; --on is then the last day.",
)
