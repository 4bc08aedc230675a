"""What an import reads, refuses and calls otherwise, as a document from the tables it works by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from active_edge.market.intake import values, vocabulary
from active_edge.market.intake.crsp import spoken_codes
from active_edge.market.intake.currencies import CURRENCY_COLUMNS, IN_CURRENCY_NAMES, IN_SCALE_NAMES, IN_UNIT_NAMES
from active_edge.market.intake.exit_units import LARGEST_EXIT_GAIN
from active_edge.market.intake.folder import FORMS
from active_edge.market.intake.mapping.keys import key_table


def import_reference() -> str:
    """The page about imports as Markdown."""
    rows = "\n".join(map(_row, [*_forms(), *_meanings()]))
    parts = [*_INTRODUCTION, f"| | read | refused by name |\n|---|---|---|\n{rows}", *_WORDS]
    for column in vocabulary.COLUMNS:
        if any(column.meanings.values()):
            parts.append(f"### `{column.table}.{column.name}`\n\n{_words(column.meanings)}")
            if codes := spoken_codes(column.name):
                parts.append(
                    f"Numbers are CRSP's codes:\n\n{_words({said: (known,) for said, known in codes.items()})}"
                )
            if column.name == "item":
                parts.append(_ITEMS)
    parts.append(key_table())
    return "\n\n".join(parts)


_INTRODUCTION = (
    "# Importing tables of your own",
    "`active-edge data import FOLDER --data MARKET` reads `securities` and `prices`, and `facts`, `series`, `members`\n"
    "where they are there. The [guide](guide.md#data-of-your-own) lists their columns.",
    "Nothing is guessed: a value is read where its form can mean one thing only, and refused with its row and a\n"
    "remedy where it could mean two. Every row is kept or counted. Everything wrong with a folder is told in one run.",
)
_WORDS = (
    "## Words",
    "Words are compared without case, and signs between letters count as a space. What is called otherwise here is\n"
    "counted in the report. A word in neither column refuses the import; an unknown exchange is kept and noted, an\n"
    "index of another name is kept as an index of its own.",
)
_ITEMS = (
    "`gics` (2 to 8 digits) and `sic` are the code of a company's industry from the day it was filed (months 0). The\n"
    "names above are read in any spelling and with `us-gaap:` before them; `ttm`, `ltm`, `annual`, `fy`, `quarterly`,\n"
    "`q`, `mrq`, `ytd` or `usd` before or behind one says the period, and other months beside it refuse the import.\n"
    "Where a filing tells one period under two names, the first of the list counts and the other is counted.\n\n"
    "A name with a wrong letter and one that may mean two items (`eps`, `shares`, `cash flow`), are refused.\n"
    "Any other item is your own: kept, noted, a factor by its name ([plugins](plugins.md)); no factor of ours reads it."
)


def _forms() -> Iterable[tuple[str, str, str]]:
    """What is read of each kind of thing, and what is refused."""
    return (
        (
            "file",
            f"names in any case that end in {_code(FORMS)}",
            "a table in another form (JSON, `.xls`, an archive), in two files, or in a file that is something else",
        ),
        (
            "CSV",
            "UTF-8 with commas between columns and column names (`Total Return` too) in the first line; any line ends",
            "semicolons, tabs, bars; lines above the header; UTF-16, Latin-1; a line of another width",
        ),
        (
            "workbook",
            "the sheet of the table's name, else the only one with content; formulas at their saved values",
            "several sheets that could be meant; a sheet full to Excel's last row; a day where a symbol should be",
        ),
        (
            "day",
            "`2016-06-30`, `2016/6/30`, `2016.6.30`, these at midnight, `20160630`; an instant that is midnight in UTC "
            "or in New York, whatever the machine's time zone",
            "day or month first, two-digit years, serial numbers, other times of day, years outside "
            f"{values.EARLIEST_YEAR} .. {values.LATEST_YEAR}",
        ),
        ("number", "`1234.5`, `1.2e3`, `1_234`", "`1,234`, `1.234,5`, `12%`, `$5`, `(5)`, `1.2M`, infinity"),
        (
            "prices",
            "daily; weekly and monthly ones for screens, members and indices, put on the session of their close; "
            "nothing is traded on them, nor on a sparse name among daily ones while it is so",
            "weekly or monthly ones dated by the start of their period",
        ),
        ("volume", "whole shares; fractions are rounded and counted", "a fraction in any other whole number"),
        (
            "nothing",
            f"an empty cell, NaN; in columns of numbers and days also {_code(values.MISSING_WORDS)} (counted)",
            "nothing where a value must be",
        ),
        ("rows told twice", "equal rows are one (counted), empty lines none", "a key with different rows"),
        (
            "currency, unit",
            f"{_unit_columns()} of USD or shares; one with {_code(IN_SCALE_NAMES)} in its name of 1",
            "anything else: such a fact is left out and counted, such a price or security refuses the import",
        ),
    )


def _meanings() -> Iterable[tuple[str, str, str]]:
    """The same of what takes several rows to see."""
    return (
        (
            "company",
            "assets of one `cik` (`123`, `0000123`), or without one of tickers and names that tell a class (`BRK.A`, "
            "`BRK-B`, `X Cl B`): share classes of one candidate, named; so is a ticker that goes on under another at "
            "about its price",
            "nothing; a `cik` whose books are another company's is taken away (counted)",
        ),
        (
            "returns",
            "decimals: 0.012 for 1.2 %; a daily or monthly factor and `RF` a decimal of its period, a fund a level; "
            "single names, parts of a life and days in percent or growth are converted where the closes prove it, else "
            "unknown (counted)",
            "a column in percent, basis points, growth (1.012) or logarithms; an `exit_return` below −1 or above "
            f"{LARGEST_EXIT_GAIN:g}, or a column of mergers far off the last price; factors and `RF` in percent, if "
            "only in some years; returns where a level is meant, levels of two bases",
        ),
        (
            "closes",
            "unadjusted, as quoted on the day; a move like a split is decided once, for return and market value: by a "
            "table `splits`, the next count of shares, volume, or an exact 2:1 and more; what nothing decides has "
            "neither return nor market value until shares are counted again (counted)",
            "nothing; adjusted ones are found by what they lack, said on every page, and `cap_rank` claims no rank",
        ),
    )


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _unit_columns() -> str:
    within = _code((*IN_CURRENCY_NAMES, *IN_UNIT_NAMES))
    return f"a column {_code(sorted(CURRENCY_COLUMNS))}, or with {within} in its name,"


def _code(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _words(meanings: Mapping[str, tuple[str, ...]]) -> str:
    rows = [(f"`{said}`" if said else "nothing", ", ".join(words)) for said, words in meanings.items()]
    return "\n".join(("| here | also read |\n|---|---|", *map(_row, rows)))
