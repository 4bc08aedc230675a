"""A calibration from its options to its document, table and page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from active_edge.calibration.campaign import Plan, default_folder, run_campaign
from active_edge.calibration.daily import run_daily, summarise_daily
from active_edge.calibration.document import calibration_document, write_document
from active_edge.calibration.page import calibration_page
from active_edge.calibration.worlds import chosen_worlds
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
    worlds : names of `WORLDS`, or ``all``.
    markets, null_markets, seed, years, firms : as in `Plan`.
    daily : whole daily markets without an edge to cross-check with.
    folder : of finished markets; default in the user's cache. page, table : default in that folder.

    Raises
    ------
    ConfigError : an unknown world, a number out of bounds, or another calibration at work in the folder.
    """
    plan = Plan(chosen_worlds(worlds), markets, seed, null_markets=null_markets, years=years, firms=firms)
    work = folder or default_folder()
    finished = run_campaign(plan, work, workers=workers, progress=progress)
    check = summarise_daily(run_daily(daily, work, seed=seed, progress=progress)) if daily else None
    created = datetime.now(UTC).isoformat(timespec="seconds")
    document = calibration_document(plan, finished, command=command, created=created, daily=check)
    written = write_document(document, table or work / DOCUMENT)
    shown = page or work / PAGE
    shown.parent.mkdir(parents=True, exist_ok=True)
    shown.write_text(calibration_page(document), encoding="utf-8")
    return document, (written, shown)
