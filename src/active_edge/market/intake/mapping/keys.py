"""Keys of `import.yaml`, as a table of docs/import.md."""

from __future__ import annotations

from active_edge.market.intake.mapping.periods import UNDERSTOOD

KEYS = {
    "table": (
        "`prices`",
        "which table the file holds: `securities`, `prices`, `facts`, `series`, `members`; must be given",
    ),
    "file": ("`IWM_holdings_*.csv`", "a name, or a pattern of several files of one layout; must be given"),
    "separator": ('`";"`', "the sign between columns; a comma unless told"),
    "header_line": ("`10`", "the line that names the columns, from 1"),
    "dates": (
        '`"%m/%d/%Y"`',
        "the form of days, ISO unless told; ISO days are read beside any. A file with more than 2 % of other dates is "
        "refused",
    ),
    "date_of_file": ("`Fund Holdings as of`", "words above the header before the day of all rows of a file"),
    "ticker_of_file": (
        '`"{ticker}.csv"`',
        "where the ticker stands in a file's name, for files without a column of it",
    ),
    "matrix": (
        "`close`",
        "of prices: `columns` names `session` alone, each other column is a ticker and its cells closes",
    ),
    "decimal": (
        '`","`',
        "the decimal mark, `.` or `,`; the other parts thousands. Unless told all cells of the file decide, and cells "
        "that contradict each other or it are refused",
    ),
    "unit": (
        "`1000.0`",
        "what money in facts is multiplied by; never applied to counts of shares, figures a share, ratios, codes",
    ),
    "units": ("`{volume: 1000.0, total_return: 0.01}`", "of a column or item, what it is multiplied by, `unit` or not"),
    "months": ("`12`", "months of all flows where no column says them: 3, 6, 9, 12"),
    "filed_after_days": ("`90`", "days from period end to filing where no column says the filing"),
    "lookup": (
        '`{file: industries.csv, separator: ";", by: IndustryId}`',
        "a second file whose columns are joined by one that both have; `columns` may name them",
    ),
    "rows": ("`{Asset Class: Equity}`", "only rows where a column of the file has this value"),
    "constants": ("`{index: Russell 2000}`", "what each row tells that no column does"),
    "columns": ("`{session: Date}`", "what it is called here: what the file calls it; must be given"),
    "items": ("`{revenue: Sales}`", "of facts with a column an item: item, and what the file calls it"),
    "turned": ("`[interest_expense]`", "items whose sign is turned round"),
}
"""Key → an example, and what it says."""


def key_table() -> str:
    """The keys of a table of `import.yaml` as Markdown."""
    rows = "\n".join(f"| `{name}` | {example} | {meaning} |" for name, (example, meaning) in KEYS.items())
    return (
        "## Files in their own layout: `import.yaml`\n\n"
        "`active-edge data template FOLDER` writes it, `data import FOLDER --map FOLDER/import.yaml` reads it. It has\n"
        "one list, `tables`, with these keys an entry:\n\n"
        f"| key | for example | says |\n|---|---|---|\n{rows}\n\n"
        "`columns` may name any column of the table, and `ticker`, where rows are joined by it; of prices also\n"
        "`adjusted_close`, `split_adjusted_close`, `market_value`, `shares_outstanding`, of securities and members\n"
        "`sector`, of members `weight`. Of facts `period` says the months of each row's flows in words, without case:\n"
        f"{UNDERSTOOD};\na year beside one is passed over, and any other word refuses the file with its row."
    )
