"""Form 345 data sets: one director of each company, a sale a year, and everybody else who files and does not count.

Twenty days before each proxy (each annual report, where there is none) the director states what he holds, forty days
after it he sells a tenth.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from ..bodies import zipped
from .lists import quarter_of
from .world import PROXY, World

FIRST_STAKE, SOLD = 0.02, 0.1
ROUNDING = 0.005
SPLIT, MEMORY, CARRIED = 1.4, dt.timedelta(days=730), dt.timedelta(days=550)
BEFORE, AFTER = dt.timedelta(days=20), dt.timedelta(days=40)
HEADERS = {
    "SUBMISSION": "ACCESSION_NUMBER FILING_DATE PERIOD_OF_REPORT DATE_OF_ORIG_SUB NO_SECURITIES_OWNED "
    "NOT_SUBJECT_SEC16 FORM3_HOLDINGS_REPORTED FORM4_TRANS_REPORTED DOCUMENT_TYPE ISSUERCIK ISSUERNAME "
    "ISSUERTRADINGSYMBOL REMARKS",
    "REPORTINGOWNER": "ACCESSION_NUMBER RPTOWNERCIK RPTOWNERNAME RPTOWNER_RELATIONSHIP RPTOWNER_TITLE",
    "NONDERIV_TRANS": "ACCESSION_NUMBER NONDERIV_TRANS_SK SECURITY_TITLE TRANS_DATE TRANS_CODE TRANS_SHARES "
    "TRANS_ACQUIRED_DISP_CD SHRS_OWND_FOLWNG_TRANS DIRECT_INDIRECT_OWNERSHIP NATURE_OF_OWNERSHIP",
    "NONDERIV_HOLDING": "ACCESSION_NUMBER NONDERIV_HOLDING_SK SECURITY_TITLE SHRS_OWND_FOLWNG_TRANS "
    "DIRECT_INDIRECT_OWNERSHIP NATURE_OF_OWNERSHIP",
}


@dataclass(frozen=True)
class Form:
    """One Form 4 of a director: issuer, day filed, shares held afterwards, shares sold (0: a holding stated)."""

    issuer: int
    filed: str
    held: int
    sold: int

    @property
    def accession(self) -> str:
        return f"{7_000_000 + self.issuer % 1_000_000:010d}-{self.filed[2:4]}-{self.filed[5:7]}{self.filed[8:]}01"


def forms(world: World) -> dict[int, list[Form]]:
    """Forms of each company's director, by day."""
    filings = world.filings
    found: dict[int, list[Form]] = {}
    for cik, rows in filings[filings["form"].isin((PROXY, "10-K"))].groupby("cik"):
        proxies = rows[rows["form"] == PROXY]
        days = sorted(set((proxies if len(proxies) else rows)["filed"]))
        held = round(FIRST_STAKE * world.share_counts[int(cik)][1][0])
        for day in days:
            stated = dt.date.fromisoformat(day) - BEFORE
            sale = dt.date.fromisoformat(day) + AFTER
            found.setdefault(int(cik), []).append(Form(int(cik), stated.isoformat(), held, 0))
            sold = round(SOLD * held)
            held -= sold
            if sale <= world.last.date():
                found[int(cik)].append(Form(int(cik), sale.isoformat(), held, sold))
    kept = {cik: [f for f in mine if f.filed >= world.since.isoformat()] for cik, mine in found.items()}
    return {cik: sorted(mine, key=lambda form: form.filed) for cik, mine in kept.items()}


def insider_sets(world: World) -> dict[tuple[int, int], bytes]:
    """One zip a quarter."""
    tables: dict[tuple[int, int], dict[str, list[dict[str, str]]]] = defaultdict(lambda: defaultdict(list))
    tickers = dict(zip(world.securities["cik"], world.securities["ticker"], strict=True))
    for cik, mine in forms(world).items():
        for form in mine:
            symbol = (tickers[cik], f"({tickers[cik]})", "NONE")[cik % 3]
            _write(tables[quarter_of(form.filed)], form, symbol)
    found = {}
    for quarter, rows in tables.items():
        members = {}
        for name, header in HEADERS.items():
            columns = header.split() + (["AFF10B5ONE"] if name == "SUBMISSION" and quarter >= (2023, 1) else [])
            lines = ["\t".join(columns), *("\t".join(row.get(c, "") for c in columns) for row in rows[name]), ""]
            members[f"{name}__tsv"] = "\n".join(lines).encode()
        found[quarter] = zipped(**members)
    return found


def _write(into: dict[str, list[dict[str, str]]], form: Form, symbol: str) -> None:
    """The director's form, filed together with a trust of his, and one of a ten-percent holder on the same day."""
    director, trust, holder = (f"{base + form.issuer % 1_000_000:010d}" for base in (1_000_000, 2_000_000, 3_000_000))
    day = dt.date.fromisoformat(form.filed)
    dashed = day.strftime("%d-%b-%Y").upper()
    other = form.accession[:-2] + "02"
    for accession in (form.accession, other):
        into["SUBMISSION"].append(
            {"ACCESSION_NUMBER": accession, "FILING_DATE": dashed, "PERIOD_OF_REPORT": dashed, "DOCUMENT_TYPE": "4",
             "ISSUERCIK": f"{form.issuer:010d}", "ISSUERNAME": 'THE "NAME', "ISSUERTRADINGSYMBOL": symbol,
             "AFF10B5ONE": "false" if accession == other else "0"}
        )  # fmt: skip
    owners = [
        (form.accession, director, "DIRECTOR DAN", "Director"),
        (form.accession, trust, "DAN FAMILY TRUST", "TenPercentOwner"),
        (other, holder, "BIG FUND LP", "TenPercentOwner"),
    ]
    for accession, cik, name, role in owners:
        into["REPORTINGOWNER"].append(
            {"ACCESSION_NUMBER": accession, "RPTOWNERCIK": cik, "RPTOWNERNAME": name, "RPTOWNER_RELATIONSHIP": role}
        )
    common = {"SECURITY_TITLE": 'Common Stock, "par"', "DIRECT_INDIRECT_OWNERSHIP": "D"}
    mine = {**common, "ACCESSION_NUMBER": form.accession, "SHRS_OWND_FOLWNG_TRANS": f"{form.held}.0"}
    if form.sold:
        traded = {"TRANS_DATE": dashed, "TRANS_CODE": "S", "TRANS_ACQUIRED_DISP_CD": "D"}
        into["NONDERIV_TRANS"].append({**mine, **traded, "TRANS_SHARES": f"{form.sold}.0"})
    else:
        into["NONDERIV_HOLDING"].append(mine)
    option = {**mine, "SECURITY_TITLE": "Stock Option (Right to Buy)", "SHRS_OWND_FOLWNG_TRANS": "123456.0"}
    into["NONDERIV_HOLDING"].append(option)
    into["NONDERIV_HOLDING"].append({**mine, "ACCESSION_NUMBER": other, "SHRS_OWND_FOLWNG_TRANS": "9999999.0"})


@dataclass(frozen=True)
class Stake:
    """Insider share the forms let a reader know on a day."""

    filed: str
    value: float


def split_between(one: float, other: float) -> bool:
    """Whether two share counts are in different shares."""
    return max(one / other, other / one) > SPLIT


def sums_said(world: World) -> dict[int, list[Stake]]:
    """Director's holding over shares outstanding after each month's last form: all there is without a proxy.

    Nothing for two years after a split, and nothing above all shares there are.
    """
    found = {}
    for cik, mine in forms(world).items():
        days, counts = world.share_counts[cik]
        stakes = []
        for form in {form.filed[:7]: form for form in mine}.values():
            now = world.shares_known(cik, form.filed)
            since = (dt.date.fromisoformat(form.filed) - MEMORY).isoformat()
            recent = [count for day, count in zip(days, counts, strict=True) if since <= day <= form.filed]
            if now == now and not any(split_between(count, now) for count in recent):
                stakes += [Stake(form.filed, form.held / now)] if form.held <= now else []
        found[cik] = stakes
    return found


def rolled_said(world: World, levels: dict[int, list[tuple[str, float]]]) -> dict[int, list[Stake]]:
    """Proxy percentage carried forward: (level × shares then − sold since) / shares now, at each quarter's last form.

    What is no share, by more than a rounding, is not said, nor anything across a split or 550 days after the proxy.

    Parameters
    ----------
    levels : CIK → (day filed, share as the proxy says it).
    """
    all_forms, found = forms(world), {}
    for cik, mine in levels.items():
        stakes = []
        for i, (day, level) in enumerate(mine):
            until = (dt.date.fromisoformat(day) + CARRIED).isoformat()
            if i + 1 < len(mine):
                until = min(until, mine[i + 1][0])
            held = [form for form in all_forms[cik] if form.filed <= day][-1].held
            later = {quarter_of(form.filed): form for form in all_forms[cik] if day < form.filed < until}
            for form in later.values():
                then, now = world.shares_known(cik, day), world.shares_known(cik, form.filed)
                share = (level * then - (held - form.held)) / now
                if -ROUNDING <= share <= 1 + ROUNDING and not split_between(then, now):
                    stakes.append(Stake(form.filed, min(max(share, 0.0), 1.0)))
        found[cik] = stakes
    return found
