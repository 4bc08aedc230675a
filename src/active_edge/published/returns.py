"""The published monthly returns that evidence is computed from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from active_edge.errors import InferenceError, MissingInput

FIVE_FACTORS = ("MKT_RF", "SMB", "HML", "RMW", "CMA")
CASH = "RF"
PRICE_INDICES = frozenset({"RUT", "RUI", "RUA", "SML", "SPX", "GSPC", "R2000", "RUSSELL2000", "SP600", "SP500"})
"""Names under which vendors publish indices without dividends."""


@dataclass(frozen=True, kw_only=True)
class PublishedReturns:
    """Monthly returns, all decimals, each frame indexed by calendar month end and sorted; NaN where there is none.

    Attributes
    ----------
    source : the folder, as the user named it.
    snapshot : twelve hexadecimal digits that change with the data.
    simulated : whether a generator made them.
    funds : (n_months, n_funds) total returns net of the fund's fee, one column a ticker.
    factors : (n_months, k) MKT_RF, SMB, HML, RMW, CMA (self-financing) and RF (cash), those there are.
    quality : (n_months, k) QMJ, MKT, SMB, HML, UMD of one vintage, self-financing; empty where there is none.
    portfolios : (n_months, 25) value-weighted returns of size × operating-profitability portfolios, columns
        `ME1_OP1` (smallest, least profitable) to `ME5_OP5`; empty where there are none.
    capital : (n_months, 25) market value of each portfolio at the start of the month, any one unit; empty where
        it is not known, and then mixes of portfolios are equally weighted.
    origins : name of a frame to where its numbers came from, in words.

    Timing: today's vintage of the whole history; fit to judge finished returns, not to decide on a date.
    """

    source: str
    snapshot: str
    simulated: bool
    funds: pd.DataFrame
    factors: pd.DataFrame
    quality: pd.DataFrame
    portfolios: pd.DataFrame
    capital: pd.DataFrame
    origins: Mapping[str, str] = field(default_factory=dict)

    def fund(self, name: str) -> pd.Series:
        """(n,) monthly total returns of one fund from its first to its last month.

        Raises
        ------
        InferenceError
            The name is a price index: its returns lack dividends.
        MissingInput
            There is no such fund; the message names those there are.
        """
        refuse_price_index(name)
        if name not in self.funds:
            held = ", ".join(map(str, self.funds.columns)) or "none"
            raise MissingInput(f"no monthly returns of the fund {name} in {self.source}; there are {held}")
        returns = self.funds[name]
        return returns.loc[returns.first_valid_index() : returns.last_valid_index()]

    def five_factors(self) -> pd.DataFrame:
        """(n, 5) returns of the five Fama-French factors over the months that have all of them."""
        return _columns(self.factors, FIVE_FACTORS, "five factors", self.source)

    def cash(self) -> pd.Series:
        """(n,) monthly cash return."""
        return _columns(self.factors, (CASH,), "cash return", self.source)[CASH]

    def quality_factors(self) -> pd.DataFrame:
        """(n, 5) QMJ, MKT, SMB, HML, UMD over the months that have all of them."""
        return _columns(self.quality, ("QMJ", "MKT", "SMB", "HML", "UMD"), "quality factor", self.source)

    def origin(self, frame: str) -> str:
        """Where a frame came from, in words; the folder where nothing is recorded."""
        return self.origins.get(frame, self.source)


def refuse_price_index(name: str) -> None:
    """Nothing, unless the name is that of an index without dividends.

    Raises
    ------
    InferenceError
        It is; a total-return fund would beat it by construction.
    """
    if name.startswith("^") or name.upper().replace(" ", "") in PRICE_INDICES:
        raise InferenceError(
            f"{name} is a price index: its returns lack dividends, so every fund beats it by construction; "
            "use the adjusted close of a fund on that index (IWM, VTWO, IJR)"
        )


def _columns(frame: pd.DataFrame, names: tuple[str, ...], what: str, source: str) -> pd.DataFrame:
    missing = [name for name in names if name not in frame]
    if missing:
        raise MissingInput(f"{what}: no series {', '.join(missing)} in {source}")
    return frame[list(names)].dropna()
