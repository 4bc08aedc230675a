"""A track as its page, and as JSON for whoever looks by a schedule."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from active_edge.inference.belief import WORTH_HAVING, Belief
from active_edge.report.document import write_page
from active_edge.report.index import INDEX_PAGE
from active_edge.report.track_page import TrackedBatch, TrackedFolder, TrackedStrategy, render_track
from active_edge.sealing.batches import Batch, folder_evidence
from active_edge.sealing.follow import Followed
from active_edge.sealing.track import EDGE, EXCLUDED, KILL, SOME, Track
from active_edge.stored import FORMAT
from active_edge.words import percent, signed

PAGE_NAME = "track.html"
JSON_FORMAT = 1


def write_track_page(track: Track, folder: Path) -> Path:
    """The path of track.html in the folder of seals, once it stands there whole; a list of runs there is linked."""
    home = INDEX_PAGE if (folder / INDEX_PAGE).is_file() else ""
    return write_page(render_track(track_page(track), home), folder / PAGE_NAME)


def track_page(track: Track) -> TrackedFolder:
    """Everything the page shows."""
    several = len(track.batches) > 1 or track.gaps
    return TrackedFolder(
        simulated=track.market.simulated,
        snapshot=track.market.snapshot,
        looked=track.looked,
        strategies=[_strategy(track, batch, one) for batch in track.batches for one in batch.followed],
        batches=[_batch(track, batch) for batch in track.batches],
        evidence=_last(folder_evidence(track.batches)[1]) if several else None,
        warnings=[*(f"{text[0].upper()}{text[1:]}." for text in track.gaps), *_left_out(track), *_records(track)],
    )


def track_json(track: Track) -> dict[str, Any]:
    """The same for a program: numbers that are none are null."""
    months, evidence = folder_evidence(track.batches)
    return {
        FORMAT: JSON_FORMAT,
        "looked": track.looked,
        "snapshot": track.market.snapshot,
        "simulated": track.market.simulated,
        "page": None if track.page is None else str(track.page),
        "new": [{"what": one.what, "strategy": one.strategy, "month": one.month} for one in track.new],
        "strategies": [_plain(track, batch, one) for batch in track.batches for one in batch.followed],
        "batches": [
            {
                "batch": batch.seal.batch,
                "sealed": batch.seal.sealed,
                "hash": batch.hash,
                "strategies": list(batch.seal.names),
                "e_some_edge": _last(batch.mean),
                "listed": list(batch.listed),
                "not_followed": batch.unfollowed,
                "record": asdict(record),
            }
            for batch, record in zip(track.batches, track.records, strict=True)
        ],
        "e_all_batches": _last(evidence),
        "through": months[-1] if months else None,
        "left_out": track.left_out,
        "gaps": list(track.gaps),
    }


def _plain(track: Track, batch: Batch, one: Followed) -> dict[str, Any]:
    name, test = one.sealed.name, batch.seal.test
    edges = dict.fromkeys((*test.excluded, test.kill))
    return {
        "strategy": name,
        "batch": batch.seal.batch,
        "months": len(one.months),
        "first_month": batch.seal.first_month,
        "last_month": one.months[-1] if one.months else None,
        "e": one.e_now,
        "claim_at": batch.seal.named_claim,
        "claimed": track.crossed(EDGE, name),
        "by_benchmark": dict(one.by_benchmark),
        "alpha_annual": dict(one.alpha),
        "e_beyond_factors": one.beyond_factors,
        "e_with_backtest": one.combined,
        "kill": test.kill,
        "killed": track.crossed(KILL, name),
        "against": {f"{edge:g}": one.against_now(edge) for edge in edges},
        "excluded": {f"{edge:g}": track.crossed(f"{EXCLUDED} {edge:g}", name) for edge in test.excluded},
        "upper": one.upper,
        "wait_years": one.wait_years,
        "belief": None if one.belief is None else asdict(one.belief),
        "notes": list(one.notes),
    }


def _strategy(track: Track, batch: Batch, one: Followed) -> TrackedStrategy:
    name, seal = one.sealed.name, batch.seal
    ends = pd.PeriodIndex(one.months, freq="M").to_timestamp(how="end").normalize()
    return TrackedStrategy(
        name=name,
        sealed=seal.sealed,
        batch=seal.batch,
        first_month=seal.first_month,
        months=len(one.months),
        rising=pd.Series(one.e, index=ends, dtype=float),
        falling=pd.Series(one.against[seal.test.kill], index=ends, dtype=float),
        claim_at=seal.named_claim,
        claimed=track.crossed(EDGE, name) or "",
        kill=seal.test.kill,
        killed=track.crossed(KILL, name) or "",
        excluded={
            edge: (one.against_now(edge), track.crossed(f"{EXCLUDED} {edge:g}", name) or "")
            for edge in seal.test.excluded
        },
        upper=one.upper,
        benchmarks={bench: (e, one.alpha.get(bench)) for bench, e in one.by_benchmark.items()},
        beyond_factors=one.beyond_factors,
        combined=one.combined,
        wait_years=one.wait_years,
        belief=None if one.belief is None else _belief(batch, one, one.belief),
        forecast=one.sealed.foresight.sentences(),
        notes=one.notes,
    )


def _belief(batch: Batch, one: Followed, belief: Belief) -> tuple[str, str]:
    """What is believed of live months, and from what prior."""
    prior = belief.prior
    return (
        f"{signed(belief.mean)} ± {percent(belief.deviation)}",
        f"a year on {one.sealed.benchmarks[0]}; prior {prior.name}: {percent(batch.seal.test.decay, 0)} of what was "
        f"believed of the backtest, {signed(prior.mean)} ± {percent(prior.deviation)}; the chance of more than "
        f"{percent(WORTH_HAVING)} is {percent(belief.probability, 0)}, {percent(belief.probability_before, 0)} before",
    )


def _batch(track: Track, batch: Batch) -> TrackedBatch:
    shown = [one.month for one in track.crossings if one.what == SOME and batch.hash[:8] in one.strategy]
    return TrackedBatch(
        number=batch.seal.batch,
        sealed=batch.seal.sealed,
        line=batch.seal.line(batch.hash),
        names=batch.seal.names,
        mean=_last(batch.mean),
        shown=shown[0] if shown else "",
        listed=batch.listed,
        unfollowed=batch.unfollowed,
    )


def _left_out(track: Track) -> list[str]:
    return [f"Left out: {name}: {why}." for name, why in track.left_out.items()]


def _records(track: Track) -> list[str]:
    return [sentence for record in track.records for sentence in record.sentences()]


def _last(path: np.ndarray) -> float:
    return float(path[-1]) if len(path) else 1.0
