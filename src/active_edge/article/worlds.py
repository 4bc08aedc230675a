"""Small worlds in which a claim holds, fails, or nothing is true of it: what its verdict must follow.

A world has the tables one claim reads and nothing else. `effect` 1 makes the claim hold by enough to be seen in ten
years, -1 makes its contrary hold, 0 makes every effect 0, so that whatever a test then finds is false. Of a claim on a
level 0 puts the truth on the bound it is held against.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from active_edge.article.edge import volatile
from active_edge.article.ground import Ground, Table

START = "2005-01-31"
SMALL, LARGE = 100, 60
Frames = dict[str, pd.DataFrame]
Maker = Callable[[np.random.Generator, float, int], Frames]


def world(claim: str, effect: float, *, seed: int, months: int = 120) -> Ground:
    """The ground of one claim's world; `claim` is an id of the register.

    It is simulated, but for those of `DATED`: their days happened, and no simulated market is asked of them.

    Raises
    ------
    KeyError : no world is drawn for it: it speaks of days that happened, or cannot be tested as written.
    """
    frames = MAKERS[claim](np.random.default_rng([seed, int(claim[1:])]), effect, months)
    return Ground({name: _given(frame) for name, frame in frames.items()}, simulated=claim not in DATED)


def _given(frame: pd.DataFrame) -> Callable[[], Table]:
    return lambda: Table(frame, "drawn")


def _months(months: int) -> pd.DatetimeIndex:
    return pd.date_range(START, periods=months, freq="ME")


def _noise(random: np.random.Generator, shape: int | tuple[int, ...], scale: float) -> np.ndarray:
    """Student's t with five degrees of freedom, of standard deviation `scale`: months have tails."""
    return np.asarray(random.standard_t(5, shape) * scale / np.sqrt(5.0 / 3.0))


def _fund_table(gap: np.ndarray, index: pd.DatetimeIndex, random: np.random.Generator) -> pd.DataFrame:
    """IWM and SPY by month whose log difference is `gap`."""
    market = 0.007 + _noise(random, len(gap), 0.04)
    return pd.DataFrame(
        {"SPY": 100 * np.exp(np.cumsum(market)), "IWM": 100 * np.exp(np.cumsum(market + gap))}, index=index
    )


def _lead(random: np.random.Generator, effect: float, months: int) -> Frames:
    sessions = pd.date_range(START, periods=21 * months, freq="B")
    gap = effect * 0.0025 + _noise(random, len(sessions), 0.006)
    return {"funds": _fund_table(gap, sessions, random)}


def _on_series(name: str, scale: float, slope: float) -> Maker:
    """Funds whose monthly gap answers to a monthly series of rates by `slope` a unit."""

    def make(random: np.random.Generator, effect: float, months: int) -> Frames:
        index = _months(months)
        move = _noise(random, months, scale)
        gap = effect * slope * move + _noise(random, months, 0.02)
        # The last month is left out by the statistic, for it may not be over.
        return {
            "funds": _fund_table(gap, index, random),
            "rates": pd.DataFrame({name: 20.0 + np.cumsum(move)}, index=index),
        }

    return make


def _flow_sum(random: np.random.Generator, effect: float, months: int) -> Frames:
    flow = (-1e9 if effect > 0 else 1e9) + random.normal(0.0, 1e8, months)
    return {"flows": pd.DataFrame({"flow": flow, "assets": 1e11}, index=_months(months))}


def _flows_follow(random: np.random.Generator, effect: float, months: int) -> Frames:
    index = _months(months)
    gap = pd.Series(_noise(random, months, 0.03), index=index)
    past = gap.rolling(3).sum().shift(1).fillna(0.0).to_numpy()
    share = effect * 0.2 * past + _noise(random, months, 0.01)
    return {
        "flows": pd.DataFrame({"flow": share * 1e11, "assets": 1e11}, index=index),
        "funds": _fund_table(gap.to_numpy(), index, random),
    }


def _premium(random: np.random.Generator, effect: float, months: int) -> Frames:
    factors = {name: _noise(random, months, 0.03) for name in ("MKT", "HML", "UMD", "QMJ")}
    smb = -effect * 0.012 - 0.5 * factors["QMJ"] + _noise(random, months, 0.025)
    return {"quality": pd.DataFrame({"SMB": smb, **factors}, index=_months(months))}


def _listings(random: np.random.Generator, effect: float, months: int) -> Frames:
    change = -effect * 0.004 + _noise(random, months, 0.006)
    return {"firm_counts": pd.DataFrame({"listed": 6000 * np.exp(np.cumsum(change))}, index=_months(months))}


def _sorted(random: np.random.Generator, effect: float, months: int) -> Frames:
    """Leaving out the least profitable pays more after volatile months."""
    calm = np.repeat(random.integers(0, 2, months // 12 + 1), 12)[:months]
    every = pd.Series(_noise(random, months, 0.04) * np.where(calm, 0.6, 1.6), index=_months(months))
    state = volatile(every).fillna(0.0).to_numpy()
    worst = every - effect * 0.06 * state + _noise(random, months, 0.02)
    frame = {f"ME1_OP{group}": every + _noise(random, months, 0.005) for group in range(2, 6)}
    return {"sorted": pd.DataFrame({"ME1_OP1": worst, **frame})}


def _fund_edge(random: np.random.Generator, effect: float, months: int) -> Frames:
    index = _months(months)
    market = 0.008 + _noise(random, months, 0.05)
    returns = {"IWM": market, "IJR": market + _noise(random, months, 0.008)}
    returns |= {
        name: market + effect * 0.006 + _noise(random, months, 0.012) for name in ("XSHQ", "DES", "PRFZ", "EES")
    }
    return {"funds": pd.DataFrame({name: 100 * np.cumprod(1 + one) for name, one in returns.items()}, index=index)}


def _companies(random: np.random.Generator, months: int, *, small: int = SMALL, large: int = LARGE) -> pd.DataFrame:
    """Rows of companies without an effect: lasting traits, a market, noise of their own."""
    n, index = small + large, _months(months)
    company = np.tile(np.arange(n), months)
    date = np.repeat(index.to_numpy(), n)
    is_small = company >= large
    market = np.repeat(_noise(random, months, 0.05), n)
    traits = {name: random.uniform(0.05, 0.95, n)[company] for name in _TRAITS}
    frame = pd.DataFrame({"date": date, "company": company, "small": is_small, "large": ~is_small, **traits})
    frame["value"] = np.where(is_small, 1e9, 2e10) * np.exp(random.normal(0, 0.3, n))[company]
    frame["earned"] = market + _noise(random, len(frame), 0.08)
    frame["earned_by"] = frame["date"] + pd.offsets.MonthEnd(1)
    multiple = 20.0 * np.exp(random.normal(0, 0.2, n))[company]
    frame["earnings"] = frame["value"] / multiple
    frame["revenue"] = frame["value"] / np.exp(random.normal(0, 0.3, n))[company]
    frame["age"], frame["sector"] = 10.0, 1
    return frame


_TRAITS = (
    "profitability",
    "insiders",
    "margin",
    "incremental_margin",
    "debt",
    "cash",
    "floating",
    "domestic",
    "growth",
)


def _pays(trait: str, *, weight: float = 0.02) -> Maker:
    """A trait whose high end earns more, month by month."""

    def make(random: np.random.Generator, effect: float, months: int) -> Frames:
        rows = _companies(random, months)
        rows["earned"] += effect * weight * (rows[trait] - 0.5)
        return {"companies": rows}

    return make


def _weathers(random: np.random.Generator, effect: float, months: int) -> Frames:
    rows = _companies(random, months)
    every = rows.groupby("date")["earned"].transform("mean")
    bad = every <= every.quantile(0.2)
    rows["earned"] += effect * 0.03 * bad * (rows["cash"] - rows["debt"])
    return {"companies": rows}


def _poor_entrants(random: np.random.Generator, effect: float, months: int) -> Frames:
    rows = _companies(random, months)
    poor = rows["small"] & (rows["company"] % 4 == 0)
    rows.loc[poor, "age"] = 1.0
    rows.loc[poor, "earnings"] = -rows.loc[poor, "earnings"]
    rows["earned"] -= effect * 0.03 * poor
    return {"companies": rows}


def _cohorts(random: np.random.Generator, effect: float, months: int) -> Frames:
    rows = _companies(random, months)
    year = (rows["date"].dt.year - rows["date"].dt.year.min()).to_numpy()
    fresh = rows["company"] < 120
    rows["company"] += 1000 * year
    rows.loc[fresh, "age"] = 0.5
    loses = random.uniform(size=len(rows)) < np.clip(0.4 + effect * 0.04 * (year - months / 24), 0.02, 0.98)
    # A company loses or earns all year long: the draw of its first month holds.
    loses = pd.Series(loses, index=rows.index).groupby(rows["company"]).transform("first").to_numpy()
    rows["earnings"] = np.where(loses, -1.0, 1.0) * rows["earnings"].abs()
    return {"companies": rows}


def _multiple(
    random: np.random.Generator, discount: float, months: int, *, last: float | None = None, exact: bool = False
) -> pd.DataFrame:
    """Companies whose small ones trade at a discount, in the last month at another where it is given.

    `exact`: these very companies do; else they are some of many who do.
    """
    rows = _companies(random, months)
    if exact:
        # Without an effect all groups have this one multiple, to the last digit.
        rows["earnings"] = rows["value"] / 20.0
    final = rows["date"] == rows["date"].max()
    level = np.where(final & (last is not None), discount if last is None else last, discount)
    level = level + np.repeat(random.normal(0, 0.01, months), SMALL + LARGE) * ~final
    rows["earnings"] = np.where(rows["small"], rows["earnings"] / (1.0 - level), rows["earnings"])
    return rows


def _discount(random: np.random.Generator, effect: float, months: int) -> Frames:
    """No effect: the least discount that the claim allows."""
    return {"companies": _multiple(random, {1: 0.36, 0: 0.26, -1: 0.0}[int(effect)], months)}


def _forward(random: np.random.Generator, effect: float, months: int) -> Frames:
    rows = _multiple(random, {1: 0.36, 0: 0.0, -1: -0.3}[int(effect)], months)
    return {"companies": rows.assign(expected=1.1 * rows["earnings"])}


def _unusual(random: np.random.Generator, effect: float, months: int) -> Frames:
    """No effect: four times the usual gap, and no more."""
    now = {1: 0.6, 0: 0.4, -1: 0.1}[int(effect)]
    return {"companies": _multiple(random, 0.1, months, last=now, exact=effect == 0)}


def _closes(random: np.random.Generator, effect: float, months: int) -> Frames:
    """Each company's multiple moves by itself; the discount of all moves by what is planted alone."""
    rows = _companies(random, months)
    now = 0.3 - effect * 0.25 * (rows["date"] == rows["date"].max())
    rows["earnings"] = np.where(rows["small"], rows["earnings"] / (1.0 - now), rows["earnings"])
    rows["earnings"] *= np.exp(random.normal(0.0, 0.1, len(rows)))
    return {"companies": rows}


def _structural(random: np.random.Generator, effect: float, months: int) -> Frames:
    rows = _companies(random, min(months, 13))
    young = (rows["company"] % 10 < np.where(rows["small"], 8, 1)).to_numpy()
    rows["age"] = np.where(young, 1.0, 10.0)
    by_age, by_size = (0.5 + 0.5 * effect) * young, (0.5 - 0.5 * effect) * rows["small"].to_numpy()
    rows["revenue"] *= np.exp(1.2 * (by_age + by_size * 0.7))
    return {"companies": rows}


def _pays_later(random: np.random.Generator, effect: float, months: int) -> Frames:
    rows = _companies(random, months)
    depth = np.repeat(np.repeat(random.uniform(0.0, 0.6, months // 12 + 1), 12)[:months], SMALL + LARGE)
    rows["earnings"] = np.where(rows["small"], rows["earnings"] / (1.0 - depth), rows["earnings"])
    rows["earned"] += effect * 0.1 * (depth - 0.3) * rows["small"]
    return {"companies": rows}


def _floating_multiple(random: np.random.Generator, effect: float, months: int) -> Frames:
    rows = _companies(random, min(months, 13), small=200)
    rows["revenue"] *= np.exp(effect * 0.8 * rows["floating"])
    return {"companies": rows}


def _multiple_variance(random: np.random.Generator, effect: float, months: int) -> Frames:
    """Values move with sales alone where it holds, with the multiple too where it fails; without an effect a twentieth
    of their variance is the multiple's."""
    rows = _companies(random, max(months, 1))
    n = SMALL + LARGE
    sales = np.cumsum(random.normal(0, 0.1, (months, n)), axis=0).ravel()
    other = np.cumsum(random.normal(0, 0.1, (months, n)), axis=0).ravel()
    rows["revenue"] = 1e9 * np.exp(sales)
    moved = {1: 0.005 * random.normal(size=len(rows)), 0: np.sqrt(0.05 / 0.95) * other, -1: other}[int(effect)]
    rows["value"] = 1e9 * np.exp(sales + moved)
    return {"companies": rows}


def _interest(random: np.random.Generator, effect: float, months: int) -> Frames:
    rows = _companies(random, months)
    index = _months(months)
    rate = pd.Series(3.0 + np.cumsum(random.normal(0, 0.25, months)), index=index)
    mean = (rate / 100).rolling(12).mean()
    rows["interest"] = 0.05 + effect * rows["floating"] * rows["date"].map(mean).fillna(0.03)
    rows["interest"] += random.normal(0, 0.004, len(rows))
    return {"companies": rows, "rates": rate.to_frame("FEDFUNDS")}


def _grows(random: np.random.Generator, effect: float, months: int) -> Frames:
    rows = _companies(random, months)
    rows["growth"] = rows["growth"] - 0.5 + effect * 0.3 * rows["small"]
    return {"companies": rows}


def _home(random: np.random.Generator, effect: float, months: int) -> Frames:
    rows = _companies(random, min(months, 13), small=300, large=150)
    rows["domestic"] = 0.5 * rows["domestic"] + 0.25 + effect * 0.25 * (rows["small"] - 0.5)
    return {"companies": rows}


def _home_sells(random: np.random.Generator, effect: float, months: int) -> Frames:
    rows = _companies(random, months)
    rows["growth"] = effect * 0.3 * rows["domestic"] + _noise(random, len(rows), 0.15)
    return {"companies": rows}


def _home_rises(random: np.random.Generator, effect: float, months: int) -> Frames:
    rows = _companies(random, months)
    order = np.repeat(np.arange(months), SMALL + LARGE)
    rises = np.where(random.uniform(size=SMALL + LARGE) < 0.5 + 0.3 * effect, 0.01, -0.01)
    rows["revenue"] = 1e9 * np.exp(rises[rows["company"]] * order)
    return {"companies": rows}


def _exits(random: np.random.Generator, effect: float, months: int) -> Frames:
    date = np.sort(random.choice(_months(months), 5 * months))
    merged = random.uniform(size=len(date)) < 0.5 + 0.2 * effect
    return {"exits": pd.DataFrame({"date": date, "reason": np.where(merged, "merger", "distress")})}


def _surprises(outcome: str) -> Maker:
    def make(random: np.random.Generator, effect: float, months: int) -> Frames:
        rows = _companies(random, max(months // 3, 1))[["date", "company", "small", "large"]]
        rows["surprise"] = random.normal(0, 0.02, len(rows))
        planted = effect * np.sign(rows["surprise"]) * 0.03 * rows["small"]
        rows["reaction"] = _noise(random, len(rows), 0.06) + (planted if outcome == "reaction" else 0.0)
        rows["drift"] = _noise(random, len(rows), 0.15) + (planted if outcome == "drift" else 0.0)
        return {"surprises": rows}

    return make


def _dated_return(start: str, holds: float, fails: float) -> Maker:
    """IWM on the days from `start` to 2026-03-17 with one total return or the other; `months` of days at most."""

    def make(random: np.random.Generator, effect: float, months: int) -> Frames:
        days = pd.date_range(start, "2026-03-17", freq="B")
        path = np.r_[0.0, np.cumsum(_noise(random, len(days) - 1, 0.01))]
        path += np.linspace(0.0, np.log1p(holds if effect > 0 else fails) - path[-1], len(days))
        level = pd.DataFrame({"IWM": 100 * np.exp(path)}, index=days)
        return {"funds": level.iloc[: 21 * months]}

    return make


def _tariffs(random: np.random.Generator, effect: float, months: int) -> Frames:
    """Domestic names earn more from April to July 2025, the last months there are, than before."""
    rows = _companies(random, months)
    dates = dict(zip(_months(months), pd.date_range(end="2025-06-30", periods=months, freq="ME"), strict=True))
    rows["date"] = rows["date"].map(dates)
    rows["earned_by"] = rows["date"] + pd.offsets.MonthEnd(1)
    rows["earned"] += effect * 0.15 * (rows["domestic"] - 0.5) * (rows["earned_by"] >= "2025-04-01")
    return {"companies": rows}


DATED = frozenset({"C1", "C2", "C13"})
"""Claims of days that happened; their worlds lie on those days."""
MAKERS: Mapping[str, Maker] = {
    "C1": _dated_return("2025-04-02", 0.5, 0.1),
    "C2": _dated_return("2025-12-31", 0.08, 0.02),
    "C3": _lead,
    "C4": _flow_sum,
    "C5": _premium,
    "C6": _discount,
    "C7": _unusual,
    "C8": _structural,
    "C9": _listings,
    "C10": _on_series("DGS2", 0.2, -0.08),
    "C12": _home,
    "C13": _tariffs,
    "C14": _cohorts,
    "C16": _grows,
    "C17": _exits,
    "C18": _pays_later,
    "C19": _forward,
    "C20": _floating_multiple,
    "C21": _interest,
    "C22": _fund_edge,
    "C23": _sorted,
    "C24": _poor_entrants,
    "C25": _pays("insiders", weight=0.03),
    "C26": _weathers,
    "C27": _pays("margin"),
    "C28": _closes,
    "C29": _surprises("reaction"),
    "C30": _surprises("drift"),
    "C31": _flows_follow,
    "C32": _on_series("VIXCLS", 4.0, -0.004),
    "C33": _home_sells,
    "C34": _multiple_variance,
    "C35": _home_rises,
    "C36": _pays("incremental_margin"),
}
"""Claim -> how its world is drawn. Not C11 and C15, which no data can answer as they are written."""
