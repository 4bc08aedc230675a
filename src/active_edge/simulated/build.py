"""A simulated market written as a market folder: securities, prices, facts, series, members, and the truth apart."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any, NamedTuple

import duckdb
import numpy as np
import pandas as pd

from active_edge.arguments import checked
from active_edge.market.database import connect
from active_edge.market.manifest import SIMULATED
from active_edge.market.snapshot import Rows, write_snapshot
from active_edge.progress import Progress, silent
from active_edge.sessions import SESSIONS_A_YEAR
from active_edge.simulated import fact_rows
from active_edge.simulated.bars import Bars, draw_bars
from active_edge.simulated.fact_rows import FactRows
from active_edge.simulated.filings import draw_filings
from active_edge.simulated.grid import NO_EXIT
from active_edge.simulated.indices import FEE_YEARLY, PORTFOLIOS, Indices, build_indices
from active_edge.simulated.knobs import Knobs
from active_edge.simulated.listings import Calendar, Listings, list_firms, make_calendar, securities_frame
from active_edge.simulated.path import Path, draw_path
from active_edge.simulated.truth import truth_frame
from active_edge.simulated.weather import FACTORS, WARM_UP_MONTHS
from active_edge.whole import passing_folder

DEFAULT_YEARS, DEFAULT_FIRMS = 6, 3600
CREATED = "2025-01-01T00:00:00"
"""Stamp of every simulated snapshot: the day after its last session, so that the manifest too is a function of the
knobs."""
MEMORY_LIMIT = "2500MB"
"""What sorting may hold in memory; the rest is spilled to disk."""
INDEX_NAME = "Russell 2000"
DECIMALS, RETURN_DECIMALS = {"FEDFUNDS": 6, "IWM": 6, "IJR": 6}, 10


@checked
def simulate(
    folder: str | FilePath,
    *,
    years: int = DEFAULT_YEARS,
    firms: int = DEFAULT_FIRMS,
    seed: int = 0,
    alpha: Mapping[str, float] | None = None,
    rmw_premium: float = 0.0,
    ipo_drag: float = 0.0,
    decay: float | None = None,
    restatement_rate: float = 0.06,
    survivors_only: bool = False,
    progress: Progress = silent,
) -> str:
    """Write a simulated market into `folder` and return the id of its snapshot.

    Sessions end with 2024. The knobs are those of `Knobs`; by default nothing is planted: a market without edge.
    3,600 firms make ranks mean what they mean in the US: 1000 is a company of some 5 billion USD, 3000 one of some
    hundred million. The same knobs give the same snapshot id.

    Series: FEDFUNDS, percent a year; IWM and IJR, total-return levels after fees of the rebuilt small-cap index and
    the earnings-screened one; MKT_RF, SMB, HML, RMW (the laws' own factors), MOM (winners minus losers, built from
    the firms) and RF, simple daily returns in decimals.

    Raises: ConfigError naming the knob, its value and its bounds.
    """
    knobs = Knobs(
        years=years,
        firms=firms,
        seed=seed,
        alpha=dict(alpha or {}),
        rmw_premium=rmw_premium,
        ipo_drag=ipo_drag,
        decay=decay,
        restatement_rate=restatement_rate,
        survivors_only=survivors_only,
    )
    drawn = _draw(knobs, progress)
    progress("market folder", 25, 100)
    with passing_folder("active-edge-") as spill, connect(spill_to=spill, memory_limit=MEMORY_LIMIT) as connection:
        snapshot = write_snapshot(
            folder,
            _tables(connection, drawn, knobs),
            sources=[f"{SIMULATED}{_describe(knobs)}"],
            simulated=True,
            created=CREATED,
            report={"findings": [], "simulated": True, "knobs": _describe(knobs)},
            truth=truth_frame(drawn.path, drawn.listings, drawn.calendar),
        )
    progress("done", 100, 100)
    return snapshot


class _Drawn(NamedTuple):
    path: Path
    calendar: Calendar
    listings: Listings
    indices: Indices
    bars: Bars
    facts: list[FactRows]


def _draw(knobs: Knobs, progress: Progress) -> _Drawn:
    """Everything the market is made of, from the monthly path to the filings."""
    progress("monthly path", 0, 100)
    path = draw_path(knobs)
    calendar = make_calendar(path)
    listings = list_firms(path, calendar)
    indices = build_indices(path)
    progress("daily bars", 5, 100)
    bars = draw_bars(path, listings, calendar, indices.weights)
    progress("filings", 15, 100)
    facts = draw_filings(path, listings, calendar, bars.months)
    return _Drawn(path, calendar, listings, indices, bars, facts)


def _tables(connection: duckdb.DuckDBPyConnection, drawn: _Drawn, knobs: Knobs) -> dict[str, Rows]:
    """Tables of the folder by name; the drawn rows are let go of as they are read."""
    path, calendar, listings, indices, bars, facts = drawn
    return {
        "securities": _kept(securities_frame(path, listings, calendar), listings, knobs),
        "prices": _prices(connection, bars, listings, calendar, knobs),
        "facts": _facts(connection, facts, listings, knobs),
        "series": series_frame(path, calendar, bars),
        "members": _kept(members_frame(listings, calendar, indices, path), listings, knobs),
    }


def series_frame(path: Path, calendar: Calendar, bars: Bars) -> pd.DataFrame:
    """The series table (series, date, value): index levels start at 100 on the first session's eve.

    Values are rounded to `DECIMALS`, so that a processor's own exponentials and logarithms do not show in them.
    """
    days = calendar.sessions
    month = np.searchsorted(calendar.first, np.arange(len(days)), side="right") - 1
    before = np.vstack([np.ones(len(PORTFOLIOS)), bars.portfolio[:-1]])
    before[calendar.first[WARM_UP_MONTHS:-1]] = 1.0
    daily = bars.portfolio / before - 1
    columns: dict[str, np.ndarray] = {"FEDFUNDS": 100 * path.weather.policy_rate[month]}
    for k, name in enumerate(PORTFOLIOS[:2]):
        columns[name] = 100 * np.cumprod((1 + daily[:, k]) * (1 - FEE_YEARLY[name] / SESSIONS_A_YEAR))
    for k, name in enumerate(FACTORS):
        columns[name] = bars.factors[:, k]
    columns["MOM"] = daily[:, 2] - daily[:, 3]
    columns["RF"] = bars.cash
    return pd.concat(
        [
            pd.DataFrame({"series": name, "date": days, "value": np.round(values, DECIMALS.get(name, RETURN_DECIMALS))})
            for name, values in columns.items()
        ],
        ignore_index=True,
    )


def members_frame(listings: Listings, calendar: Calendar, indices: Indices, path: Path) -> pd.DataFrame:
    """Spells of membership in the small-cap index: index, asset, start, end (null while it lasts)."""
    T = len(path.weather.cash)
    position = np.full(len(path.birth), -1)
    position[listings.firm] = np.arange(len(listings.firm))
    year_starts = [t for t in range(WARM_UP_MONTHS, T) if t == WARM_UP_MONTHS or t % 12 == 6]
    rows = []
    for k, t in enumerate(year_starts):
        stop = year_starts[k + 1] if k + 1 < len(year_starts) else T
        i = position[path.grid.firm[t - 1][indices.member[t]]]
        last = np.minimum(calendar.first[stop] - 1, listings.last_session[i])
        ended = (last < listings.last_session[i]) | (listings.exit_kind[i] > 0) | (stop < T)
        days = calendar.sessions.to_numpy()
        rows.append(
            pd.DataFrame(
                {
                    "index": INDEX_NAME,
                    "asset": listings.asset[i],
                    "start": days[calendar.first[t]],
                    "end": np.where(ended, days[last], np.datetime64("NaT", "ns")),
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


def _describe(knobs: Knobs) -> str:
    planted = ", ".join(f"{leg} {value:g}" for leg, value in sorted(knobs.alpha.items()) if value) or "none"
    decay = "never" if knobs.decay is None else f"{knobs.decay:g} years"
    return (
        f"{knobs.years} years, {knobs.firms} firms, seed {knobs.seed}, alpha {planted}, rmw_premium "
        f"{knobs.rmw_premium:g}, ipo_drag {knobs.ipo_drag:g}, decay {decay}, restatement_rate "
        f"{knobs.restatement_rate:g}, survivors_only {knobs.survivors_only}"
    )


def _survives(listings: Listings, knobs: Knobs) -> np.ndarray:
    """(n_listings,) bool: which listings the folder may show."""
    if not knobs.survivors_only:
        return np.ones(len(listings.firm), bool)
    return np.asarray(listings.exit_kind == NO_EXIT)


def _kept(frame: pd.DataFrame, listings: Listings, knobs: Knobs) -> pd.DataFrame:
    shown = listings.asset[_survives(listings, knobs)]
    return frame[frame["asset"].isin(shown)].reset_index(drop=True)


def _stacked(blocks: list[Any], listings: Listings, knobs: Knobs) -> dict[str, np.ndarray]:
    """Columns of all blocks end to end, without the listings that the folder may not show."""
    columns = {name: np.concatenate([getattr(b, name) for b in blocks]) for name in blocks[0]._fields}
    if knobs.survivors_only:
        shown = _survives(listings, knobs)[columns["listing"]]
        columns = {name: values[shown] for name, values in columns.items()}
    return columns


def _prices(
    connection: duckdb.DuckDBPyConnection, bars: Bars, listings: Listings, calendar: Calendar, knobs: Knobs
) -> duckdb.DuckDBPyRelation:
    columns = _stacked(bars.rows, listings, knobs)
    bars.rows.clear()
    day = calendar.sessions.to_numpy().astype("datetime64[s]")
    frame = pd.DataFrame(
        {
            "asset": pd.Categorical.from_codes(columns.pop("listing"), categories=listings.asset),
            "session": day[columns.pop("session")],
            **columns,
        },
        copy=False,
    )
    names = ", ".join(f"nullif({name}, 'nan'::DOUBLE) AS {name}" for name in columns)
    return connection.from_df(frame).project(f"asset, session, {names}")


def _facts(
    connection: duckdb.DuckDBPyConnection, blocks: list[FactRows], listings: Listings, knobs: Knobs
) -> duckdb.DuckDBPyRelation:
    columns = _stacked(blocks, listings, knobs)
    blocks.clear()
    frame = pd.DataFrame(
        {
            "asset": pd.Categorical.from_codes(columns["listing"], categories=listings.asset),
            "item": pd.Categorical.from_codes(columns["item"], categories=fact_rows.ITEM_NAMES),
            "months": columns["months"],
            "period_end": columns["period_end"],
            "value": columns["value"],
            "filed": columns["filed"],
            "form": pd.Categorical.from_codes(columns["form"], categories=fact_rows.FORMS),
            "accession": columns["accession"],
            "source": pd.Categorical.from_codes(columns["source"], categories=fact_rows.SOURCES),
            "confidence": pd.Categorical.from_codes(columns["confidence"], categories=fact_rows.CONFIDENCES),
        },
        copy=False,
    )
    return connection.from_df(frame).project(
        "asset, item, months, DATE '1970-01-01' + period_end AS period_end, value, "
        "DATE '1970-01-01' + filed AS filed, form, 'sim-' || lpad(accession::VARCHAR, 10, '0') AS accession, "
        "source, confidence"
    )
