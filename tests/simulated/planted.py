"""The simulated market's own folder with the faults of free data planted in it."""

from __future__ import annotations

from pathlib import Path

from active_edge.market.database import connect
from active_edge.market.files import parquet
from active_edge.market.snapshot import current_snapshot
from active_edge.simulated import simulate

TABLES = ("securities", "prices", "facts", "series", "members")
NO_BARS = "SELECT * REPLACE (NULL::DOUBLE AS open, NULL::DOUBLE AS high, NULL::DOUBLE AS low) FROM {prices}"
ADJUSTED_CLOSES = """
    SELECT * EXCLUDE (growth, until, final) REPLACE (final * growth / until AS close, NULL::DOUBLE AS total_return)
    FROM (SELECT *, arg_max(growth, session) OVER whole AS until, arg_max(close, session) OVER whole AS final
        FROM (SELECT *, exp(sum(ln(1 + coalesce(total_return, 0))) OVER (PARTITION BY asset ORDER BY session)) AS growth
            FROM {prices})
        WINDOW whole AS (PARTITION BY asset))"""
ANNUAL_FIGURES = """
    SELECT * FROM {facts} WHERE months = 12 OR (months = 0 AND (asset, period_end) IN (
        SELECT asset, period_end FROM {facts} WHERE months = 12))"""
"""Queries that read one table as it was and give it with a fault; `ADJUSTED_CLOSES` makes the last close true and every
one before it such that closes alone earn what total returns did."""


def plant_free_data(out: Path, *, years: int, firms: int, seed: int = 0) -> Path:
    """A folder of tables, to be imported, of `firms` names that live: annual figures, adjusted closes, no bars."""
    simulate(out / "sound", years=years, firms=firms, seed=seed, survivors_only=True)
    sound, folder = current_snapshot(out / "sound"), out / "tables"
    folder.mkdir(parents=True)
    was = {name: parquet(sound / f"{name}.parquet") for name in TABLES}
    with connect() as connection:
        queries = {name: f"SELECT * FROM {source}" for name, source in was.items() if name != "members"}
        queries["facts"] = ANNUAL_FIGURES.format(**was)
        queries["prices"] = NO_BARS.format(prices=f"({ADJUSTED_CLOSES.format(**was)})")
        for name, query in queries.items():
            connection.execute(f"COPY ({query}) TO '{folder / name}.parquet' (FORMAT parquet)")
    return folder
