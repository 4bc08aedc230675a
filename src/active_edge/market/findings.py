"""What an import found: each repaired, refused or noted kind, counted, with examples and what to do about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import duckdb

Severity = Literal["repaired", "refused", "noted"]
EXAMPLES = 5
ADJUSTED_CLOSES = "closes that are adjusted"
"""How every kind begins that says that closes times shares are no market value (`Market.adjusted_closes`)."""

ADJUSTED_NAMES = "names whose closes are adjusted, as their float or counts of shares show"
FILED_AT_ONCE = "facts filed as their period ends, by companies most of whose facts are: they look ahead"
SMALL_VOLUMES = "companies whose volume is far below what shares of such value trade, as the median company's is"


@dataclass(frozen=True)
class Finding:
    """One kind of irregularity in one table.

    Attributes
    ----------
    severity
        ``repaired``: rows kept, something in them made unknown or derived from other rows; ``refused``: rows left out;
        ``noted``: rows kept as they are.
    count
        Rows (or days, or assets: `kind` says which).
    examples
        Up to five: the first rows, or the largest moves.
    """

    table: str
    kind: str
    severity: Severity
    count: int
    examples: tuple[str, ...]
    remedy: str

    def line(self) -> str:
        """Return the finding as one line for people."""
        shown = "; ".join(self.examples)
        more = " …" if self.count > len(self.examples) else ""
        examples = f" ({shown}{more})" if shown else ""
        return f"{self.severity:8} {self.table}: {self.count:,} {self.kind}{examples}. {self.remedy}"


@dataclass(frozen=True)
class ImportReport:
    """Outcome of an import: the snapshot made, rows read and kept by table, and every finding."""

    snapshot: str
    rows_read: dict[str, int]
    rows_kept: dict[str, int]
    findings: list[Finding]

    def count(self, kind: str) -> int:
        """Return the count of the finding of this kind, 0 where there is none."""
        return sum(finding.count for finding in self.findings if finding.kind == kind)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def lines(self) -> list[str]:
        """Return the report as lines of text."""
        tables = [f"{name}: {read:,} rows read, {self.rows_kept[name]:,} kept" for name, read in self.rows_read.items()]
        return [f"snapshot {self.snapshot}", *tables, *(finding.line() for finding in self.findings)]


@dataclass(frozen=True)
class Findings:
    """Findings being collected over one DuckDB connection."""

    connection: duckdb.DuckDBPyConnection
    found: list[Finding] = field(default_factory=list)

    def rows(
        self, table: str, kind: str, severity: Severity, *, source: str, text: str, order: str, remedy: str
    ) -> int:
        """Count the rows of an SQL source, describe the first of them by the SQL text expression, and note them."""
        count = int(self.connection.execute(f"SELECT count(*) FROM {source}").fetchall()[0][0])
        if count:
            examples = self.connection.execute(f"SELECT {text} FROM {source} ORDER BY {order} LIMIT {EXAMPLES}")
            shown = tuple(str(row[0]) for row in examples.fetchall())
            self.found.append(Finding(table, kind, severity, count, shown, remedy))
        return count
