"""The sector of every company on each decision date, by one scheme for all of them.

A GICS code told by the date where the market has such facts (item `gics`, 2 to 8 digits), else the SIC code of the
latest filing (item `sic`), else the one SIC code that `securities` holds, which is of no date. GICS that tells of far
fewer names than SIC is passed over: codes of one part of the market alone, often of the living, would leave the rest
without a sector. A name keeps the last sector told for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from active_edge.panel.panel import Panel
from active_edge.schema import GICS, SIC
from active_edge.sectors import NAMES, UNKNOWN_CODE, codes_of_gics, codes_of_sic
from active_edge.words import percent

FOR_EVER_DAYS = 100_000
LEAST_OF_BEST = 0.9
"""Names and dates with a sector under a scheme, over those of the scheme that has the most: below it passed over."""
SCHEMES = {
    GICS: "GICS as of the day",
    SIC: "SIC by filing day",
    "": "SIC as `securities` has it, the same on every day",
}


@dataclass(frozen=True)
class Sectors:
    """Sectors on each date.

    Attributes
    ----------
    codes : (n_dates, n_assets) int; places in `sectors.NAMES`.
    scheme : what told them, in words.
    other : another scheme the market has; empty without one.
    differ : share of names and dates with another sector under the other scheme, of those with one under both; NaN
        where there are none.
    """

    codes: np.ndarray
    scheme: str
    other: str
    differ: float

    @property
    def names(self) -> np.ndarray:
        """(n_dates, n_assets) object; sector names, ``unknown`` where nothing told one by the date."""
        names: np.ndarray = np.array(NAMES, dtype=object)[self.codes]
        return names

    @property
    def dated(self) -> bool:
        """True where sectors are told by day."""
        return self.scheme != SCHEMES[""]

    @property
    def unknown(self) -> np.ndarray:
        """(n_dates, n_assets) bool."""
        return np.asarray(self.codes == UNKNOWN_CODE)

    def said(self) -> str:
        """The scheme in words, and how often another says otherwise."""
        if not self.other:
            return self.scheme
        order = [*SCHEMES.values()]
        passed_over = order.index(self.other) < order.index(self.scheme)
        why = f", for {self.other} is known of far fewer names" if passed_over else ""
        return f"{self.scheme}{why}; {self._other_says()}"

    def _other_says(self) -> str:
        if np.isnan(self.differ):
            return f"no name has a sector under {self.other} as well"
        return f"{percent(self.differ)} of names have another sector under {self.other}"


def sectors_on(panel: Panel) -> Sectors:
    """The sectors on the dates of a panel. Timing: codes filed by each date; a code of `securities` has no day."""
    found = {name: _codes(panel, name) for name in SCHEMES if _has(panel, name)}
    found = found or {"": np.full(panel.shape, UNKNOWN_CODE, dtype=np.int8)}
    dated = [name for name in found if name] or list(found)
    known = {name: np.count_nonzero(found[name] != UNKNOWN_CODE) for name in dated}
    scheme = next(name for name in dated if known[name] >= LEAST_OF_BEST * max(known.values()))
    other = next((name for name in found if name != scheme), None)
    codes = found[scheme]
    differ = float("nan") if other is None else _differ(codes, found[other])
    codes.setflags(write=False)
    return Sectors(codes, SCHEMES[scheme], "" if other is None else SCHEMES[other], differ)


def _has(panel: Panel, scheme: str) -> bool:
    return scheme in panel.market.items if scheme else bool(panel.market.securities["sic"].notna().any())


def _codes(panel: Panel, scheme: str) -> np.ndarray:
    if not scheme:
        static = panel.market.securities["sic"].astype("float64").to_numpy(dtype=np.float64, na_value=np.nan)
        return np.repeat(codes_of_sic(static)[None, :], len(panel.dates), axis=0)
    told = panel.latest(scheme, max_age_days=FOR_EVER_DAYS)
    return codes_of_gics(told) if scheme == GICS else codes_of_sic(told)


def _differ(codes: np.ndarray, other: np.ndarray) -> float:
    both = (codes != UNKNOWN_CODE) & (other != UNKNOWN_CODE)
    return float((codes != other)[both].mean()) if both.any() else float("nan")
