"""What was planted in a simulated market, stored apart from it: only calibration may look."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path as FilePath

import numpy as np
import pandas as pd

from active_edge.errors import MissingInput
from active_edge.market.database import connect
from active_edge.market.files import parquet
from active_edge.market.snapshot import current_snapshot
from active_edge.simulated.knobs import LEGS
from active_edge.simulated.listings import Calendar, Listings
from active_edge.simulated.path import Path
from active_edge.simulated.weather import FACTORS, WARM_UP_MONTHS

DECIMALS = 12
"""Of every value: the same on every processor."""


@dataclass(frozen=True)
class Truth:
    """The truth behind one simulated market.

    alpha: planted alpha a year per leg and standard deviation · knobs: the other knobs by name (decay is NaN where
    there was none) · factors (n_months × MKT_RF, SMB, HML, RMW): simple monthly returns, indexed by month end ·
    exits: frame of asset, session, reason, exit_return, every exit, recorded or not.
    """

    alpha: dict[str, float]
    knobs: dict[str, float]
    factors: pd.DataFrame
    exits: pd.DataFrame


def truth_frame(path: Path, listings: Listings, calendar: Calendar) -> pd.DataFrame:
    """The truth as one long frame: kind, name, date, value, text."""
    knobs = path.knobs
    scalar = {
        "years": knobs.years,
        "firms": knobs.firms,
        "seed": knobs.seed,
        "rmw_premium": knobs.rmw_premium,
        "ipo_drag": knobs.ipo_drag,
        "decay": np.nan if knobs.decay is None else knobs.decay,
        "restatement_rate": knobs.restatement_rate,
        "survivors_only": knobs.survivors_only,
    }
    start = calendar.sessions[0]
    parts = [
        pd.DataFrame({"kind": "alpha", "name": LEGS, "date": start, "value": [knobs.alpha.get(k, 0.0) for k in LEGS]}),
        pd.DataFrame(
            {"kind": "knob", "name": list(scalar), "date": start, "value": np.array([*scalar.values()], float)}
        ),
    ]
    month_end = calendar.month_end[WARM_UP_MONTHS:].astype("datetime64[ns]")
    for k, factor in enumerate(FACTORS):
        values = path.weather.factors[WARM_UP_MONTHS:, k]
        parts.append(pd.DataFrame({"kind": "factor", "name": factor, "date": month_end, "value": values}))
    gone = listings.exit_kind > 0
    parts.append(
        pd.DataFrame(
            {
                "kind": np.array(["", "distress", "merger"], dtype=object)[listings.exit_kind[gone]],
                "name": listings.asset[gone],
                "date": calendar.sessions.to_numpy()[listings.last_session[gone]],
                "value": listings.exit_return[gone],
            }
        )
    )
    frame = pd.concat(parts, ignore_index=True)
    frame["value"] = frame["value"].astype(np.float64).round(DECIMALS)
    return frame.astype({"kind": object, "name": object, "date": "datetime64[ns]", "value": "float64"})


def read_truth(market: str | FilePath) -> Truth:
    """Open the truth behind a simulated market folder. For `calibrate` alone: nothing a user reports may read it.

    Raises: MissingInput where the market is not simulated (or has no truth).
    """
    file = current_snapshot(market) / "truth.parquet"
    if not file.is_file():
        raise MissingInput(f"{file}: this market has no truth; only simulated ones have (active-edge data simulate)")
    with connect() as connection:
        frame = connection.execute(f"SELECT * FROM {parquet(file)}").df()
    of = dict(tuple(frame.groupby("kind")))
    factor = of["factor"].pivot_table(index="date", columns="name", values="value")[list(FACTORS)]
    exits = frame[frame["kind"].isin(["distress", "merger"])]
    exits = exits.rename(columns={"kind": "reason", "name": "asset", "date": "session", "value": "exit_return"})
    return Truth(
        alpha=dict(zip(of["alpha"]["name"], of["alpha"]["value"], strict=True)),
        knobs=dict(zip(of["knob"]["name"], of["knob"]["value"], strict=True)),
        factors=factor.rename_axis(columns=None),
        exits=exits[["asset", "session", "reason", "exit_return"]].reset_index(drop=True),
    )
