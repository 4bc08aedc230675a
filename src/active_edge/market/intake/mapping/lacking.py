"""What a market cannot answer for want of data, and the one command that adds it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from active_edge.market.store import Market, open_market

PULL = "active-edge data pull --quick --data {folder}"
MAP = "name the column in import.yaml and import again"
SERIES = (
    (("IWM",), "whether a strategy beats the Russell 2000: no series IWM"),
    (("IJR",), "whether it beats the S&P SmallCap 600: no series IJR"),
    (("MKT_RF", "SMB", "HML", "RMW", "CMA"), "what of its return is a tilt to known factors: no factor series"),
)
FACTS = (
    (("gics", "sic"), "sector limits, and legs within sectors: no sector of any company"),
    (("interest_expense",), "interest coverage: no interest expense"),
    (("shares_outstanding",), "market value, and every rank by it: no shares outstanding"),
    (("net_income", "revenue"), "legs on statements: no facts of statements"),
)


@dataclass(frozen=True)
class Lack:
    """What cannot be answered, and what adds it."""

    unanswered: str
    remedy: str

    def line(self) -> str:
        """Both as one line."""
        return f"cannot be answered: {self.unanswered}. Remedy: {self.remedy}"


def lacking(folder: Path) -> list[Lack]:
    """What the snapshot in use of a market folder cannot answer; [] where nothing is missing."""
    market = open_market(folder)
    pull = PULL.format(folder=folder)
    found = [Lack(said, pull) for names, said in SERIES if not {*names} & market.series_names]
    items = _items(market)
    found += [Lack(said, MAP) for names, said in FACTS if not {*names} & items]
    return found


def _items(market: Market) -> frozenset[str]:
    """Items of facts there are; `sic` also where securities carry it."""
    told = market.securities.get("sic")
    listed = {"sic"} if told is not None and told.notna().any() else set()
    return frozenset({*market.items, *listed})
