"""The same rows are the same snapshot on every machine: in any time zone, any locale, and any order of rows."""

import itertools
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from active_edge.sessions import sessions_between

SESSIONS = sessions_between("2016-02-01", "2016-04-29")  # the clocks change on 13 March
ZONES = ("UTC", "America/New_York", "America/Los_Angeles", "Asia/Tokyo", "Pacific/Apia")
LOCALES = ("C.UTF-8", "de_DE.UTF-8", "tr_TR.UTF-8")
"""One that is everywhere, one with a decimal comma, one in which the small letter of I has no dot."""
IMPORT = """
import locale, sys, time
locale.setlocale(locale.LC_ALL, "")
from active_edge.market.intake.importer import import_folder
told = import_folder(sys.argv[1], sys.argv[2]).snapshot
print(time.strftime("%z"), locale.localeconv()["decimal_point"], told)
"""
"""As a host may that takes its user's locale: C code then reads and writes numbers by it."""
IN_UTC = "SET TimeZone = 'UTC'"


def tables(random: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Tables with days in each stored form, text with accents, and every kind of repair."""
    names = ["A", "B", "C"]
    closes = {name: 20 * np.cumprod(1 + random.normal(0, 0.02, len(SESSIONS))) for name in names}
    prices = pd.concat(
        pd.DataFrame({"asset": name, "session": SESSIONS, "close": closes[name], "volume": 1000.5}) for name in names
    )
    filed = [f"2016-03-{day:02d}" for day in range(1, 28)]
    facts = pd.DataFrame({"asset": np.resize(names, 27), "item": "revenue", "months": 3, "filed": filed})
    return {
        "securities": pd.DataFrame(
            {
                "asset": names,
                "ticker": names,
                "name": ["Ærø", "Zürich", "Ōsaka"],
                "exit_reason": ["", "Acquired", "n/a"],
            }
        ),
        "prices": pd.concat([prices, prices.iloc[:5]]),
        "facts": facts.assign(period_end="2015-12-31", value=random.random(27)),
        "series": pd.DataFrame({"series": "IWM", "date": SESSIONS, "value": random.random(len(SESSIONS)) + 90}),
    }


def write(folder: Path, content: dict[str, pd.DataFrame], random: np.random.Generator) -> None:
    """Prices as zoned Parquet of New York midnights, the rest as CSV; rows in another order every time."""
    folder.mkdir(parents=True)
    for name, frame in content.items():
        shuffled = frame.sample(frac=1, random_state=random)
        if name != "prices":
            shuffled.to_csv(folder / f"{name}.csv", index=False, encoding="utf-8")
            continue
        zoned = shuffled.assign(session=shuffled["session"].dt.tz_localize("America/New_York"), asset=shuffled["asset"])
        with duckdb.connect() as connection:
            connection.execute(IN_UTC)
            connection.register("rows", zoned.assign(asset=zoned["asset"].astype(object)))
            connection.execute(f"COPY rows TO '{folder / 'prices.parquet'}' (FORMAT parquet)")
            described = dict(
                connection.execute(f"DESCRIBE FROM '{folder / 'prices.parquet'}'").df().iloc[:, :2].to_numpy()
            )
        assert described["session"] == "TIMESTAMP WITH TIME ZONE"


@pytest.fixture(scope="module")
def locales(tmp_path_factory) -> Path:
    """A folder with the locales, made from the system's own descriptions; skips where they cannot be had."""
    folder = tmp_path_factory.mktemp("locales")
    if shutil.which("localedef") is None:
        pytest.skip("there is no localedef here, which makes a locale from its description")
    for name in LOCALES[1:]:
        language = name.removesuffix(".UTF-8")
        made = ["localedef", "-i", language, "-f", "UTF-8", str(folder / name)]
        if subprocess.run(made, capture_output=True, check=False).returncode:
            pytest.skip(f"the locale {language} is not described here (/usr/share/i18n/locales)")
    return folder


@pytest.mark.slow
def test_five_time_zones_three_locales_and_any_order_of_rows_make_one_snapshot(tmp_path, locales):
    content = tables(np.random.default_rng(1))
    told = {}
    for number, (zone, locale) in enumerate(itertools.zip_longest(ZONES, LOCALES, fillvalue=LOCALES[0])):
        folder = tmp_path / f"run {number}"
        write(folder / "tables", content, np.random.default_rng(number))
        done = subprocess.run(
            [sys.executable, "-c", IMPORT, str(folder / "tables"), str(folder / "market")],
            env={**os.environ, "TZ": zone, "LC_ALL": locale, "LOCPATH": str(locales)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        told[zone, locale] = done.stdout.split()
    offsets, points, snapshots = (set(parts) for parts in zip(*told.values(), strict=True))
    assert len(offsets) == len(ZONES)  # the machines did differ
    assert points == {".", ","}
    assert len(snapshots) == 1, told
