"""The simulated market's moments beside real ones: the table of docs/simulated_market.md."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from active_edge.errors import ConfigError
from active_edge.simulated import laws
from active_edge.simulated.bars import draw_bars
from active_edge.simulated.fact_rows import FORMS, ITEM_NAMES
from active_edge.simulated.filings import draw_filings
from active_edge.simulated.grid import DISTRESS, MERGER
from active_edge.simulated.indices import build_indices
from active_edge.simulated.listings import list_firms, make_calendar
from active_edge.simulated.monthly import MonthlyMarket, monthly
from active_edge.simulated.weather import FACTORS
from active_edge.words import significant

KEN_FRENCH = "Ken French's five factors, 1963-07 to 2024-06"
_BEGIN, _END = "<!-- moments -->", "<!-- /moments -->"
IWM_SOURCE = "IWM 2000-06 to 2024-06 on Ken French's factors"


class Moment(NamedTuple):
    """One row: what, its mean over simulated markets, their standard deviation, the real number, where it is from."""

    name: str
    simulated: float
    spread: float
    real: str
    source: str


_REAL: dict[str, tuple[str, str]] = {
    "volatility of the small-cap index, a year": ("0.202", "IWM, monthly total returns 2000-06 to 2024-06"),
    "index loading on MKT_RF": ("1.00", IWM_SOURCE),
    "index loading on SMB": ("0.81", IWM_SOURCE),
    "index loading on HML": ("0.09", IWM_SOURCE),
    "index loading on RMW": ("−0.06", IWM_SOURCE),
    "earnings-screened index, loading on RMW": ("0.14", "IJR 2000-06 to 2024-06 on Ken French's factors"),
    "volatility of the median firm, a year": ("0.38", "Russell 2000 members of 2016-01, calm 2015-03 to 2017-03"),
    "top 40 % by known quality, loading on RMW over the index's": ("0.20", "IJR − IWM in 2000–2024, a milder screen"),
    "distress exits, a year": ("0.02–0.05", "with mergers 5–8 % of US small caps leave a year"),
    "mergers, a year": ("0.03–0.04", "with distress 5–8 % of US small caps leave a year"),
    "firms left after ten years": ("0.43–0.60", "5–8 % a year compounded"),
    "return of a distress exit, NYSE": ("−0.30", "Shumway (1997)"),
    "return of a distress exit, Nasdaq": ("−0.55", "Shumway and Warther (1999)"),
    "value of rank 1000 on the eve, B USD": ("2.5–7", "Russell breakpoints 2008 and 2024"),
    "value of rank 3000 on the eve, M USD": ("150", "Russell 3000, smallest member 2024"),
    "correlation of MKT_RF and SMB": ("0.28", KEN_FRENCH),
    "correlation of MKT_RF and RMW": ("−0.19", KEN_FRENCH),
    "correlation of SMB and RMW": ("−0.35", KEN_FRENCH),
    "correlation of HML and RMW": ("0.08", KEN_FRENCH),
    "days from period end to 10-Q, median": ("40–45 at most", "SEC deadlines by filer class"),
    "days from period end to 10-K, median": ("60–90 at most", "SEC deadlines by filer class"),
    "fiscal years restated later": ("0.06", "set; about what US filers show"),
    "firms with insider ownership": ("≈ 0.85", "set: proxies that can be read"),
    "firms with a domestic revenue share": ("≈ 0.5", "set: geographic segments of small filers"),
    "firms with a floating-rate debt share": ("≈ 0.6", "set: debt notes that can be read"),
}


def draw_moments(*, markets: int = 12, years: int = 20, firms: int = 3600, seed: int = 0) -> list[Moment]:
    """Moments over `markets` monthly markets with seeds from `seed` on, and of the filings of one small full one."""
    drawn = [_monthly_moments(monthly(years=years, firms=firms, seed=seed + k)) for k in range(markets)]
    filed = _filing_moments(monthly(years=6, firms=600, seed=seed))
    table = []
    for name, (real, source) in _REAL.items():
        values = [moments[name] for moments in drawn] if name in drawn[0] else [filed[name]]
        table.append(Moment(name, float(np.mean(values)), float(np.std(values)), real, source))
    return table


def render_moments(moments: list[Moment]) -> str:
    """The table in Markdown."""
    lines = [
        "| moment | simulated | spread over markets | real | where the real one is from |",
        "|---|---|---|---|---|",
    ]
    for m in moments:
        spread = significant(m.spread, 3) if m.spread else "one market"
        lines.append(f"| {m.name} | {significant(m.simulated, 3)} | {spread} | {m.real} | {m.source} |")
    return "\n".join(lines) + "\n"


def with_moments(page: str, moments: list[Moment]) -> str:
    """The page with the table between its two markers replaced.

    Raises: ConfigError where the page has no markers.
    """
    before, found, rest = page.partition(_BEGIN)
    _, closed, after = rest.partition(_END)
    if not (found and closed):
        raise ConfigError(f"the page has no {_BEGIN} … {_END}; put both back, each on its own line")
    return f"{before}{_BEGIN}\n{render_moments(moments)}{_END}{after}"


def quality_tilt(market: MonthlyMarket, score: np.ndarray, *, share: float = 0.4) -> np.ndarray:
    """Weights (months, slots) of an equal-weighted tilt: the `share` of ranks 1001 to 3000 with the highest score.

    Timing: row t is decided on row t of `score` and earns ``market.returns[t + 1]``.
    """
    small = ((market.value_rank > 1000) & (market.value_rank <= 3000))[:-1]
    ranked = np.where(small, -score[:-1], np.inf)
    count = np.maximum((share * small.sum(1)).astype(int), 1)
    limit = np.take_along_axis(np.sort(ranked, axis=1), count[:, None] - 1, axis=1)
    chosen = small & (ranked <= limit)
    weights: np.ndarray = chosen / chosen.sum(1, keepdims=True)
    return weights


def four_factor(returns: np.ndarray, market: MonthlyMarket) -> tuple[float, float, np.ndarray]:
    """Alpha a year, its t by ordinary least squares, and loadings (4,) of returns over cash on the four factors."""
    factors = market.factors[list(FACTORS)].to_numpy()
    X = np.column_stack([np.ones(len(returns)), factors])
    coefficients, residual = np.linalg.lstsq(X, returns, rcond=None)[:2]
    variance = residual[0] / (len(returns) - X.shape[1]) * np.linalg.inv(X.T @ X)[0, 0]
    return float(12 * coefficients[0]), float(coefficients[0] / np.sqrt(variance)), coefficients[1:]


def _monthly_moments(market: MonthlyMarket) -> dict[str, float]:
    cash = market.factors["RF"].to_numpy()
    small = market.benchmarks["IWM"].to_numpy()
    _, _, small_loading = four_factor(small - cash, market)
    _, _, screened_loading = four_factor(market.benchmarks["IJR"].to_numpy() - cash, market)
    tilt = (quality_tilt(market, market.known_quality) * market.returns[1:]).sum(1)
    _, _, tilt_loading = four_factor(tilt - small, market)
    years, firms = market.months / 12, market.firm.shape[1]
    kind, fall = market.exit_kind[1:], market.returns[1:] - market.returns_at_last_price[1:]
    fall = fall / (1 + market.returns_at_last_price[1:])
    nyse = market.path.traits[:, laws.NYSE][market.firm[:-1]] > 0.5
    distress = kind == DISTRESS
    value = -np.sort(-market.market_value[0])
    later = min(120, market.months)
    correlation = np.corrcoef(market.factors[list(FACTORS)].to_numpy(), rowvar=False)
    return {
        "volatility of the small-cap index, a year": float(small.std(ddof=1) * np.sqrt(12)),
        **{f"index loading on {f}": float(b) for f, b in zip(FACTORS, small_loading, strict=True)},
        "earnings-screened index, loading on RMW": float(screened_loading[3]),
        "volatility of the median firm, a year": float(np.median(market.returns[1:].std(0)) * np.sqrt(12)),
        "top 40 % by known quality, loading on RMW over the index's": float(tilt_loading[3]),
        "distress exits, a year": float(distress.sum() / firms / years),
        "mergers, a year": float((kind == MERGER).sum() / firms / years),
        "firms left after ten years": float((market.firm[later] == market.firm[0]).mean()),
        "return of a distress exit, NYSE": float(fall[distress & nyse].mean()),
        "return of a distress exit, Nasdaq": float(fall[distress & ~nyse].mean()),
        "value of rank 1000 on the eve, B USD": float(value[min(999, firms - 1)] / 1e3),
        "value of rank 3000 on the eve, M USD": float(value[min(2999, firms - 1)]),
        "correlation of MKT_RF and SMB": float(correlation[0, 1]),
        "correlation of MKT_RF and RMW": float(correlation[0, 3]),
        "correlation of SMB and RMW": float(correlation[1, 3]),
        "correlation of HML and RMW": float(correlation[2, 3]),
    }


def _filing_moments(market: MonthlyMarket) -> dict[str, float]:
    path = market.path
    calendar = make_calendar(path)
    listings = list_firms(path, calendar)
    bars = draw_bars(path, listings, calendar, build_indices(path).weights)
    blocks = draw_filings(path, listings, calendar, bars.months)
    column = {name: np.concatenate([getattr(block, name) for block in blocks]) for name in blocks[0]._fields}
    lag = column["filed"] - column["period_end"]
    form = np.array(FORMS, dtype=object)[column["form"]]
    item = np.array(ITEM_NAMES, dtype=object)[column["item"]]
    yearly = np.unique(column["listing"][item == "public_float_usd"])
    years = (item == "revenue") & (column["months"] == 12)

    def covered(name: str) -> float:
        return float(np.isin(yearly, column["listing"][item == name]).mean())

    return {
        "days from period end to 10-Q, median": float(np.median(lag[form == "10-Q"])),
        "days from period end to 10-K, median": float(np.median(lag[form == "10-K"])),
        "fiscal years restated later": float((years & (form == "10-K/A")).sum() / (years & (form == "10-K")).sum()),
        "firms with insider ownership": covered("insider_ownership"),
        "firms with a domestic revenue share": covered("domestic_revenue_share"),
        "firms with a floating-rate debt share": covered("floating_rate_debt_share"),
    }
