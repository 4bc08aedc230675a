"""What a market folder holds, how old it is, and what to do next."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from active_edge.choice import chosen_folder, default_folder
from active_edge.errors import SnapshotError
from active_edge.market import Market, open_market
from active_edge.market.snapshot import current_snapshot, simulate_again
from active_edge.words import count, percent, significant

ARCHIVE = "raw"
"""Folder of the raw archive inside a pulled market."""


@dataclass(frozen=True)
class Status:
    """A market folder in a few lines; counts are 0 and dates empty where there is no market."""

    folder: str
    snapshot: str
    simulated: bool
    sources: tuple[str, ...]
    created: str
    first_session: str
    last_session: str
    age_days: int | None
    rows: dict[str, int]
    next_command: str
    pulled: tuple[str, ...] = ()
    """What the raw archive of a pulled market holds, a line a source; empty where nothing was pulled."""
    missing: tuple[str, ...] = ()
    """Sources the snapshot was made without, a line each; empty where all was had."""
    problem: str = ""
    """Why the snapshot that is stored here cannot be used; empty where it can, or where there is none."""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def lines(self) -> list[str]:
        """The status as text."""
        if not self.snapshot:
            missing = self.problem or f"{self.folder}: no market is stored here"
            return [missing, *self.pulled, f"Next: {self.next_command}"]
        stamp = " SIMULATED" if self.simulated else ""
        days = (
            f"sessions {self.first_session} to {self.last_session} (the last is {count(self.age_days, 'day')} ago)"
            if self.age_days is not None
            else "no prices, so that nothing can be run on it"
        )
        return [
            f"{self.folder}: snapshot {self.snapshot}{stamp}, stored {self.created}",
            *(f"MISSING {line}" for line in self.missing),
            days,
            *(f"{name}: {count(rows, 'row')}" for name, rows in self.rows.items()),
            *self.pulled,
            f"from {'; '.join(self.sources)}",
            f"Next: {self.next_command}",
        ]


def market_status(data: str | Path | None, *, today: date | None = None) -> Status:
    """The status of the folder asked for, or of the simulated default. Makes and changes nothing."""
    folder = chosen_folder(data) or default_folder()
    stored = _stored(folder, chosen=chosen_folder(data) is not None, today=today or date.today())
    if not (folder / ARCHIVE).is_dir():
        return stored
    from active_edge.sources.status import status as archive_status

    pulled = archive_status(folder, folder / ARCHIVE)
    told = [line for line in pulled.lines()[1:-1] if line.removeprefix("MISSING ") not in stored.missing]
    return replace(stored, pulled=tuple(told), next_command=pulled.next_command)


def name_lines(market: Market) -> list[str]:
    """Name by name: how closes of charts and holdings agree, the worst first; the last day and close of who left."""
    told = market.report.get("holdings") or {}
    names = market.securities["ticker"].to_dict()
    agree = [
        f"{names.get(one['asset'], one['asset'])}: {percent(one['agree'])} agree of {count(one['sessions'], 'session')}"
        + (f", off {percent(one['largest'])} at most, on {one['on']}" if one["largest"] > 0 else "")
        for one in told.get("agreement", [])
    ]
    left = [f"{one['ticker']}: {one['day']} at {significant(one['close'])}" for one in told.get("last_seen", [])]
    nothing = ["none: no holdings files are in this market"]
    return [
        "Closes in charts and in holdings, name by name:",
        *(agree or nothing),
        "Last seen, of names that left:",
        *(left or nothing),
    ]


def _stored(folder: Path, *, chosen: bool, today: date) -> Status:
    try:
        market = open_market(folder)
    except SnapshotError as error:
        problem = str(error) if (folder / "CURRENT").exists() else ""
        remedy = _remedy(folder) if chosen else "scripts/run backtests/active_edge.py"
        return Status(str(folder), "", False, (), "", "", "", None, {}, remedy, problem=problem)
    prices = market.manifest["tables"]["prices"]
    return Status(
        folder=str(folder),
        snapshot=market.snapshot,
        simulated=market.simulated,
        sources=tuple(market.manifest["sources"]),
        created=str(market.manifest["created"]),
        first_session=prices["first"] or "",
        last_session=prices["last"] or "",
        age_days=(today - date.fromisoformat(prices["last"])).days if prices["last"] else None,
        rows={name: int(table["rows"]) for name, table in market.manifest["tables"].items()},
        next_command=f"active-edge data audit --data {folder}",
        missing=tuple(one.line() for one in market.missing),
    )


def _remedy(folder: Path) -> str:
    """The command that stores a market where none can be opened."""
    try:
        again = simulate_again(current_snapshot(folder))
    except SnapshotError:
        again = ""
    return again or f"active-edge data import SOURCE --data {folder}, or active-edge data pull --data {folder}"
