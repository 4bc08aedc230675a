"""How those who left are told of: Form 25-NSE, 8-Ks by their items, the text of a completed merger."""

from __future__ import annotations

from typing import Any

import pandas as pd

from active_edge.sources.sec.delistings import DOCUMENT_URL, FORM_DOCUMENT

from .world import World

RULES = {"merger": "17 CFR 240.12d2-2(a)(3)", "distress": "17 CFR 240.12d2-2(b)", "voluntary": "17 CFR 240.12d2-2(c)"}


def gone(world: World) -> pd.DataFrame:
    """Those who left: asset, cik, last_session, exit_reason, exit_return, close (the last one)."""
    left = world.securities[world.securities["last_session"].notna()]
    return left.assign(close=world.prices.groupby("asset")["close"].last().reindex(left.index))


def pages(world: World) -> dict[int, dict[str, list[str]]]:
    """CIK -> its 8-Ks as submissions tell them: every merger, every second bankruptcy, and reports that say nothing."""
    found = {}
    for row in gone(world).itertuples():
        noise = row.last_session - pd.Timedelta(days=200)
        events = [(noise, "2.02,9.01", "earnings.htm"), (noise, "2.01", "bought.htm")]
        if row.exit_reason == "merger":
            events.append((row.last_session, "2.01,3.01,5.01", "merger.htm"))
        elif row.exit_reason == "distress" and row.cik % 2:
            events.append((row.last_session - pd.Timedelta(days=90), "1.03", "petition.htm"))
        events.append((row.last_session - pd.Timedelta(days=300), "3.01", "warning.htm"))
        found[int(row.cik)] = {
            "accessionNumber": [_accession(row, 700_000 + n) for n in range(len(events))],
            "form": ["8-K"] * len(events),
            "filingDate": [f"{day:%Y-%m-%d}" for day, _, _ in events],
            "items": [items for _, items, _ in events],
            "primaryDocument": [name for _, _, name in events],
        }
    return found


def _accession(row: Any, number: int) -> str:
    return f"{row.cik:010d}-{row.last_session:%y}-{number:06d}"


def forms(world: World) -> dict[str, bytes]:
    """Address -> Form 25-NSE; `lists.form_indexes` names them."""
    found = {}
    for row in gone(world).itertuples():
        folder = _accession(row, 800_001).replace("-", "")
        rule = RULES.get(str(row.exit_reason), "")
        body = (
            f"<?xml version='1.0'?><notificationOfRemoval><ruleProvision>{rule}</ruleProvision></notificationOfRemoval>"
        )
        found[DOCUMENT_URL.format(cik=row.cik, accession=folder, document=FORM_DOCUMENT)] = body.encode()
    return found


def cash(row: Any) -> float:
    """USD a share that a merger of a world pays."""
    known = 0.0 if pd.isna(row.exit_return) else float(row.exit_return)
    return round(float(row.close) * (1.0 + known), 2)


def reports(world: World) -> dict[str, bytes]:
    """Address -> the 8-K on a completed merger."""
    found = {}
    for row in gone(world).itertuples():
        if row.exit_reason == "merger":
            folder = _accession(row, 700_002).replace("-", "")
            text = f"converted into the right to receive ${cash(row):,.2f} in cash, without interest"
            body = f"<html><body><p>Item 2.01. Each share was cancelled and {text}.</p></body></html>"
            found[DOCUMENT_URL.format(cik=row.cik, accession=folder, document="merger.htm")] = body.encode()
    return found
