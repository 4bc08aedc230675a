"""A calibration from its options to its document, table and page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from active_edge.calibration.campaign import Plan, default_folder, run_campaign
from active_edge.calibration.daily import run_daily, summarise_daily
from active_edge.calibration.document import BESIDE, calibration_document, read_document, rounded, write_document
from active_edge.calibration.page import calibration_page
from active_edge.calibration.series import measured_months
from active_edge.calibration.windows import read_factors, window_sizes
from active_edge.calibration.worlds import chosen_worlds
from active_edge.errors import ConfigError
from active_edge.progress import Progress, silent

PAGE, DOCUMENT = "calibration.md", "calibration.json"


def calibrate(
    worlds: Sequence[str] = ("all",),
    *,
    markets: int = 200,
    null_markets: int | None = None,
    daily: int = 0,
    seed: int = 1,
    years: int = 20,
    firms: int = 3600,
    monthly: bool = False,
    windows: Path | None = None,
    workers: int = 1,
    folder: Path | None = None,
    page: Path | None = None,
    table: Path | None = None,
    command: str = "",
    progress: Progress = silent,
) -> tuple[dict[str, Any], tuple[Path, Path]]:
    """The calibration document, written as JSON and page, and the two files; finished markets are kept in `folder`.

    Parameters
    ----------
    worlds : names of `WORLDS`, ``all``, or ``none``: then what `table` holds of markets stays.
    monthly : measure the 4,000 monthly worlds of each kind and length too (`series`); else what `table` holds stays.
    windows : folder of daily factor returns to measure real windows on (`windows`); else what `table` holds stays.
    markets, null_markets, seed, years, firms : as in `Plan`.
    daily : whole daily markets without an edge to cross-check with.
    folder : of finished markets; default in the user's cache. page, table : default in that folder.

    Raises
    ------
    ConfigError : an unknown world, a number out of bounds, or another calibration at work in the folder.
    """
    work = folder or default_folder()
    target = table or work / DOCUMENT
    before = read_document(target)
    created = datetime.now(UTC).isoformat(timespec="seconds")
    if list(worlds) == ["none"]:
        document = {key: value for key, value in before.items() if key not in BESIDE}
        if not document:
            raise ConfigError(
                f"--worlds none: {target} holds no markets to keep; measure some, or name a table by --table"
            )
    else:
        plan = Plan(chosen_worlds(worlds), markets, seed, null_markets=null_markets, years=years, firms=firms)
        finished = run_campaign(plan, work, workers=workers, progress=progress)
        check = summarise_daily(run_daily(daily, work, seed=seed, progress=progress)) if daily else None
        document = calibration_document(plan, finished, command=command, created=created, daily=check)
    document |= {key: before[key] for key in BESIDE if key in before}
    if monthly:
        document["monthly"] = measured_months(workers=workers, created=created, command=command, progress=progress)
    if windows is not None:
        document["windows"] = window_sizes(read_factors(windows))
    document = rounded(document)
    written = write_document(document, target)
    shown = page or work / PAGE
    shown.parent.mkdir(parents=True, exist_ok=True)
    shown.write_text(calibration_page(document), encoding="utf-8")
    return document, (written, shown)
