"""The series of a planted world: funds, rates, factors, portfolios, flows; and the bodies that tell them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd

from active_edge.sources.sec import nport

from ..bodies import FRENCH_URL, zipped
from ..replay import Replay
from .world import World

SERIES_ID, FILER = "S000004344", 99
RALLY = (("2025-04-02", "2025-12-31"), ("2025-12-31", "2026-03-17"))
RALLIED, THIS_YEAR = {1: 0.5, -1: 0.1}, {1: 0.08, -1: 0.02}
"""Total return of IWM since 2025-04-02, and since the last close of 2025, by the sign of C1 and C2."""
LEAD, ON_YIELD, ON_VIX, EDGE, PREMIUM = 0.3, 0.08, 0.004, 0.06, 0.15
"""IWM over SPY in the year of the rally; on a point of DGS2, of VIXCLS; of funds that choose, of SMB, a year."""
QUIET = 0.2
"""Of the usual noise, in the year of the rally."""
CHOOSERS = ("XSLV", "CALF", "DES")
PORTFOLIO_MONTHS = 480
SHORT_PORTFOLIO_MONTHS = 18
FLOWS_SINCE = "2016-01-01"
BILLION = 1e9


def policy_rate(sessions: pd.DatetimeIndex, random: np.random.Generator) -> pd.Series:
    """FEDFUNDS by session, percent: a slow walk between half a point and six."""
    months = sessions.to_period("M")
    steps = np.cumsum(random.normal(0.0, 0.3, months.nunique()))
    level = 3.25 + 2.75 * np.sin(steps)
    return pd.Series(level[pd.factorize(months)[0]], index=sessions)


def series_rows(
    sessions: pd.DatetimeIndex, policy: pd.Series, sign: Mapping[str, int], random: np.random.Generator
) -> pd.DataFrame:
    """Rows of `World.series` on these sessions."""
    gap, yields, vix = _fund_gap(sessions, sign, random)
    small = _bridged(sessions, random.normal(0.0, 0.009, len(sessions)), sign)
    choosers = {
        name: small + sign["C22"] * _accrued(EDGE, sessions) + _walk(0.0015, len(sessions), random) for name in CHOOSERS
    }
    levels = {"IWM": small, "SPY": small - gap, "IJR": small + _walk(0.0015, len(sessions), random), **choosers}
    found = {name: 100.0 * np.exp(level) for name, level in levels.items()}
    found |= {"FEDFUNDS": policy.reindex(sessions).to_numpy(), "DGS2": yields, "DGS10": yields + 1.0, "VIXCLS": vix}
    for name in ("MKT_RF", "HML", "RMW", "MOM"):
        found[name] = random.normal(0.0, 0.004, len(sessions))
    found["SMB"] = random.normal(-sign["C5"] * PREMIUM / 252, 0.004, len(sessions))
    found["RF"] = np.full(len(sessions), 1e-4)
    rows = [pd.DataFrame({"series": name, "date": sessions, "value": value}) for name, value in found.items()]
    return pd.concat(rows, ignore_index=True)


def _fund_gap(
    sessions: pd.DatetimeIndex, sign: Mapping[str, int], random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Logarithm of IWM over SPY that answers to a yield and the VIX, and these two; quiet in the year of the rally."""
    month = pd.factorize(sessions.to_period("M"))[0]
    days, months = np.bincount(month), month[-1] + 1
    rallies = (sessions > RALLY[0][0]) & (sessions <= RALLY[1][1])
    scale = np.where(np.bincount(month, rallies) > 0, QUIET, 1.0)
    moves = {name: random.normal(0.0, size, months) * scale for name, size in (("DGS2", 0.2), ("VIX", 4.0))}
    monthly = -sign["C10"] * ON_YIELD * moves["DGS2"] - sign["C32"] * ON_VIX * moves["VIX"]
    monthly += random.normal(0.0, 0.012, months) * scale
    daily = (monthly / days)[month] + sign["C3"] * LEAD * rallies / max(1, rallies.sum())
    spread = {name: np.cumsum((move / days)[month]) for name, move in moves.items()}
    vix = 40.0 + spread["VIX"]
    return np.cumsum(daily + random.normal(0.0, 0.001, len(sessions))), 4.0 + spread["DGS2"], vix


def _bridged(sessions: pd.DatetimeIndex, steps: np.ndarray, sign: Mapping[str, int]) -> np.ndarray:
    """A path whose total returns between the days of the rally are those planted."""
    year = THIS_YEAR[sign["C2"]]
    wanted = ((1.0 + RALLIED[sign["C1"]]) / (1.0 + year), 1.0 + year)
    steps = steps.copy()
    for (first, last), factor in zip(RALLY, wanted, strict=True):
        inside = (sessions > first) & (sessions <= last)
        if inside.any():
            steps[inside] += (np.log(factor) - steps[inside].sum()) / inside.sum()
    return np.cumsum(steps)


def _accrued(yearly: float, sessions: pd.DatetimeIndex) -> np.ndarray:
    return yearly / 252 * np.arange(len(sessions))


def _walk(size: float, n: int, random: np.random.Generator) -> np.ndarray:
    return np.cumsum(random.normal(0.0, size, n))


def serve_series(replay: Replay, world: World, sign: Mapping[str, int], *, seed: int, short: bool) -> None:
    """Serve what `served.serve` tells in the same words for every world: sorted portfolios, and flows of IWM."""
    random = np.random.default_rng([seed, 3])
    name = "25_Portfolios_ME_OP_5x5"
    body = _portfolios(world.last, sign["C23"], SHORT_PORTFOLIO_MONTHS if short else PORTFOLIO_MONTHS, random)
    replay.serve(FRENCH_URL.format(name), zipped(**{f"{name}__csv": body}), "application/zip")
    reports = _flow_reports(world, sign, random, short=short)
    replay.serve(nport.FEED_URL.format(series=SERIES_ID, start=0), _feed(reports), "application/atom+xml")
    for filed, (month, flows) in reports.items():
        url = nport.DOCUMENT_URL.format(cik=FILER, accession=_folder(filed))
        replay.serve(url, _report(month, flows), "text/xml")


def _portfolios(last: pd.Timestamp, effect: int, months: int, random: np.random.Generator) -> bytes:
    """25 portfolios: after volatile months the least profitable small companies earn less, or more."""
    index = pd.date_range(end=last - pd.offsets.MonthEnd(1), periods=months, freq="ME")
    wild = np.repeat(random.uniform(size=months // 12 + 1) < 0.25, 12)[:months]
    every = random.normal(0.0, 0.03, months) * np.where(wild, 2.0, 1.0)
    past = pd.Series(every).rolling(12).std().shift(1).to_numpy()
    after = np.nan_to_num(past > 0.045).astype(float)
    names, columns = [], []
    for size in range(1, 6):
        for group in range(1, 6):
            small, least = (
                {1: "SMALL", 5: "BIG"}.get(size, f"ME{size}"),
                {1: "LoOP", 5: "HiOP"}.get(group, f"OP{group}"),
            )
            names.append(f"{small} {least}")
            lost = effect * 0.04 * after if size == group == 1 else 0.0
            columns.append(every - lost + random.normal(0.0, 0.003, months))
    rows = 100.0 * np.column_stack(columns)
    lines = [f"{day:%Y%m}," + ",".join(f"{value:8.2f}" for value in row) for day, row in zip(index, rows, strict=True)]
    head = ["25 portfolios", "", "  Average Value Weighted Returns -- Monthly", "," + ",".join(names)]
    return "\n".join([*head, *lines, "", ""]).encode()


Reports = dict[dt.date, tuple[pd.Timestamp, np.ndarray]]


def _flow_reports(world: World, sign: Mapping[str, int], random: np.random.Generator, *, short: bool) -> Reports:
    """Day filed -> last month of a quarter and its three flows, USD, that follow what IWM earned over SPY."""
    rows = world.series[world.series["series"].isin(("IWM", "SPY"))]
    monthly = rows.pivot(index="date", columns="series", values="value").resample("ME").last().pct_change()
    past = (monthly["IWM"] - monthly["SPY"]).rolling(3).sum().shift(1).fillna(0.0)
    quarters = pd.date_range("2025-09-01" if short else FLOWS_SINCE, world.last - pd.Timedelta(days=62), freq="QE")
    months = pd.date_range(end=quarters[-1], periods=3 * len(quarters), freq="ME")
    answer = sign["C31"] * 4.0 * past.reindex(months).fillna(0.0).to_numpy() + random.normal(0.0, 0.05, len(months))
    flow = (answer - answer[-12:].mean() - sign["C4"]) * BILLION
    filed = [(day + pd.Timedelta(days=60)).date() for day in quarters]
    return {day: (end, flow[3 * n : 3 * n + 3]) for n, (day, end) in enumerate(zip(filed, quarters, strict=True))}


def _accession(filed: dt.date) -> str:
    return f"{FILER:010d}-{filed:%y}-{int(f'{filed:%m%d}'):06d}"


def _folder(filed: dt.date) -> str:
    return _accession(filed).replace("-", "")


def _feed(reports: Reports) -> bytes:
    entries = "".join(
        f"<entry><content type='text/xml'><accession-number>{_accession(day)}</accession-number>"
        f"<filing-date>{day}</filing-date><filing-type>NPORT-P</filing-type></content>"
        f"<link href='https://www.sec.gov/Archives/edgar/data/{FILER}/{_folder(day)}/x.htm'/></entry>"
        for day in sorted(reports, reverse=True)
    )
    return f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>'.encode()


def _report(month: pd.Timestamp, flows: np.ndarray) -> bytes:
    told = "".join(
        f'<mon{n}Flow redemption="{max(0.0, -flow):.2f}" reinvestment="0.00" sales="{max(0.0, flow):.2f}"/>'
        for n, flow in enumerate(flows, 1)
    )
    return (
        f'<?xml version="1.0"?><edgarSubmission xmlns="http://www.sec.gov/edgar/nport"><formData><genInfo><seriesId>'
        f"{SERIES_ID}</seriesId><repPdDate>{month:%Y-%m-%d}</repPdDate></genInfo><fundInfo>{told}</fundInfo>"
        "</formData></edgarSubmission>"
    ).encode()
