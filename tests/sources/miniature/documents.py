"""Single filings: 10-K instances with debt notes and geography, proxy statements; and what each of them says."""

from __future__ import annotations

import html
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from .companyfacts import start_of
from .datasets import Reports
from .dialect import Dialect
from .world import PROXY, World

NAMESPACES = (
    'xmlns="http://www.xbrl.org/2003/instance" xmlns:us-gaap="http://fasb.org/us-gaap/2020-01-31" '
    'xmlns:srt="http://fasb.org/srt/2020-01-31" xmlns:dei="http://xbrl.sec.gov/dei/2020-01-31" '
    'xmlns:xbrldi="http://xbrl.org/2006/xbrldi" xmlns:country="http://xbrl.sec.gov/country/2020-01-31" '
    'xmlns:own="http://company.com/20201231" xmlns:iso4217="http://www.xbrl.org/2003/iso4217"'
)
BALANCES = ("total_assets", "total_debt", "long_term_debt", "short_term_debt", "interest_expense")
GEOGRAPHY, INSTRUMENT = "srt:StatementGeographicalAxis", "us-gaap:DebtInstrumentAxis"
SOME_INTEREST = 0.002
STAR_BELOW = 0.01
NAMES = ("Ann Archer", "Bob Baker", "Cid Carter")


@dataclass(frozen=True)
class Said:
    """What a document says on one leg."""

    value: float
    confidence: str


@dataclass(frozen=True)
class Documents:
    """Annual reports and proxies of the names that live, or of all."""

    world: World
    reports: Reports
    dead: bool = False

    def told(self, table: pd.DataFrame) -> pd.Series:
        """Whose filings are told."""
        return table["asset"].isin(self.world.securities.index if self.dead else self.world.living.index)

    @cached_property
    def annual(self) -> pd.DataFrame:
        """Annual reports by accession number: columns of `Reports.table`, `BALANCES`, and the debt the note lists.

        floating, fixed : amounts in the note's own unit, NaN where there is no note. kind : "note", "mix" or "".
        """
        table = self.reports.table
        table = table[(table["form"] == "10-K") & self.told(table)]
        facts = self.world.facts[self.world.facts["accession"].isin(table.index)]
        wide = facts[facts["item"].isin(BALANCES)].pivot(index="accession", columns="item", values="value")
        table = table.join(wide)
        shares = facts[facts["item"] == "floating_rate_debt_share"].set_index("accession")
        table = table.join(shares[["value", "source"]].rename(columns={"value": "floats", "source": "note"}))
        table["kind"] = table["note"].map({"debt note": "note", "debt mix": "mix"}).fillna("")
        table.loc[~(table["total_debt"] > 0), "kind"] = ""
        table["unit"] = np.where((table["cik"] % 4 == 0) & (table["total_debt"] > 1e8), 1e3, 1.0)
        table["floating"] = np.rint(table["floats"] * table["total_debt"] / table["unit"])
        table["fixed"] = np.rint(table["total_debt"] / table["unit"]) - table["floating"]
        return table

    @cached_property
    def proxies(self) -> pd.DataFrame:
        """Those of `all_proxies` that are asked of companies nobody is known to have held.

        The first, the next once that is a year and a half old, and so on; and all of the last 400 days.
        """
        rows = self.all_proxies.sort_values("filed")
        filed = pd.to_datetime(rows["filed"])
        last: dict[int, pd.Timestamp] = {}
        turn: list[bool] = []
        for cik, day in zip(rows["cik"], filed, strict=True):
            if cik not in last or (day - last[cik]).days >= 550:
                last[cik] = day
            turn.append((day - last[cik]).days < 200)
        return rows[np.array(turn, dtype=bool) | (pd.Timestamp(self.world.today) - filed <= pd.Timedelta(days=400))]

    @cached_property
    def all_proxies(self) -> pd.DataFrame:
        """Proxy statements by accession number: cik, name, filed, share of the group, shares outstanding, `star`."""
        facts = self.world.facts
        rows = facts[(facts["form"] == PROXY) & self.told(facts)]
        rows = rows.set_index("accession", drop=False)[["accession", "asset", "cik", "filed", "value"]]
        rows = rows.join(self.world.securities[["name"]], on="asset")
        rows["outstanding"] = [self.world.shares_known(c, d) for c, d in zip(rows["cik"], rows["filed"], strict=True)]
        rows["held"] = np.rint(rows["value"] * rows["outstanding"])
        rows["star"] = (rows["cik"] % 4 == 0) & (rows["value"] < STAR_BELOW)
        return rows


def floating_said(row: Any) -> Said | None:
    """Floating-rate share as the instance of an annual report says it."""
    if not row.total_debt > 0:
        return None if row.interest_expense > SOME_INTEREST * row.total_assets else Said(0.0, "medium")
    if not row.kind:
        return None
    return Said(row.floating / (row.floating + row.fixed), "high" if row.kind == "note" else "low")


def insiders_said(row: Any) -> Said:
    """Group share as a proxy says it: the printed percentage, or shares over shares outstanding for a star."""
    return Said(row.held / row.outstanding if row.star else round(row.value, 4), "high")


class _Instance:
    """An instance document under construction; facts come with a context each."""

    def __init__(self, form: str, end: str) -> None:
        self.end, self.year = end, (start_of(end, 12), end)
        self._parts = [
            f'<?xml version="1.0" encoding="utf-8"?>\n<xbrl {NAMESPACES}>'
            '<unit id="USD"><measure>iso4217:USD</measure></unit>'
            f"<context id='dei'><entity><identifier scheme='x'>1</identifier></entity>{_period(self.year)}</context>"
            f"<dei:DocumentType contextRef='dei'>{form}</dei:DocumentType>"
            f"<dei:DocumentPeriodEndDate contextRef='dei'>{end}</dei:DocumentPeriodEndDate>"
        ]

    def add(self, tag: str, value: object, *, flow: bool = False, on: tuple[str, str] | None = None) -> None:
        members = "" if on is None else f'<xbrldi:explicitMember dimension="{on[0]}">{on[1]}</xbrldi:explicitMember>'
        segment = f"<segment>{members}</segment>" if members else ""
        name, period = f"c{len(self._parts)}", _period(self.year if flow else self.end)
        self._parts.append(
            f'<context id="{name}"><entity><identifier scheme="x">1</identifier>{segment}</entity>{period}</context>'
            f'<{tag} contextRef="{name}" unitRef="USD" decimals="0">{value}</{tag}>'
        )

    def body(self) -> bytes:
        return ("".join(self._parts) + "</xbrl>").encode()


def _period(when: str | tuple[str, str]) -> str:
    if isinstance(when, str):
        return f"<period><instant>{when}</instant></period>"
    return f"<period><startDate>{when[0]}</startDate><endDate>{when[1]}</endDate></period>"


def instance(row: Any) -> bytes:
    """Instance of one annual report."""
    document = _Instance("10-K", row.period_end)
    document.add("us-gaap:Assets", int(row.total_assets))
    document.add("us-gaap:DeferredTaxAssetsInventory", 5)
    document.add("us-gaap:InterestExpense", int(row.interest_expense), flow=True)
    if row.abroad == "foreign":
        document.add("us-gaap:CurrentForeignTaxExpenseBenefit", 5, flow=True)
    tag = f"us-gaap:{Dialect(row.cik).revenue_tag(row.filed)}"
    document.add(tag, int(row.revenue), flow=True)
    if row.abroad == "stated":
        document.add(tag, int(row.domestic), flow=True, on=(GEOGRAPHY, "country:US"))
        document.add(tag, int(row.revenue), flow=True, on=(GEOGRAPHY, "srt:AmericasMember"))
    if row.long_term_debt + row.short_term_debt > 0 or row.cik % 2:
        document.add("us-gaap:LongTermDebtNoncurrent", int(row.long_term_debt))
        document.add("us-gaap:DebtCurrent", int(row.short_term_debt))
    if row.kind == "note" and row.cik % 2:
        _debt_members(document, row)
    elif row.kind:
        _debt_table(document, row)
    return document.body()


def _debt_members(document: _Instance, row: Any) -> None:
    """Instruments as members of the debt axis: the spread or coupon is a fact of its own."""
    for member, amount, rate, value in (
        ("own:TermLoanMember", row.floating, "us-gaap:DebtInstrumentBasisSpreadOnVariableRate1", 0.0225),
        ("own:SeniorNotesMember", row.fixed, "us-gaap:DebtInstrumentInterestRateStatedPercentage", 0.05625),
    ):
        if amount > 0:
            document.add("us-gaap:DebtInstrumentCarryingAmount", int(amount), on=(INSTRUMENT, member))
            document.add(rate, value, on=(INSTRUMENT, member))


def _debt_table(document: _Instance, row: Any) -> None:
    """The note's table: this year's and last year's balance, total, less current portion."""
    benchmark = "LIBOR" if row.filed < "2022-06" else "SOFR"
    plain = row.kind == "mix"
    lines = [
        ("Revolving credit facility" if plain else f"Term loan, {benchmark} plus 2.25%", row.floating),
        ("Senior notes" if plain else "5.625% senior notes due 2034", row.fixed),
    ]
    lines = [(label, amount) for label, amount in lines if amount > 0]
    cells = [("", f"{row.period_end[:4]}", f"{int(row.period_end[:4]) - 1}")]
    cells += [(label, f"{int(amount):,}", f"{int(amount) + 7:,}") for label, amount in lines]
    total = int(row.floating + row.fixed)
    cells += [("Total debt", f"{total:,}", f"{total + 14:,}")]
    table = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in line) + "</tr>" for line in cells)
    words = html.escape(f"<p>The following table lists our debt.</p><table>{table}</table>")
    document.add("us-gaap:ScheduleOfDebtTableTextBlock", words, flow=True)


def proxy(row: Any) -> bytes:
    """A proxy statement as a full submission: an HTML table, or dot leaders and columns of text."""
    day = row.filed.replace("-", "")
    header = (
        f"<SEC-DOCUMENT>{row.accession}.txt : {day}\n<SEC-HEADER>\nCONFORMED SUBMISSION TYPE:\tDEF 14A\n"
        f"FILED AS OF DATE:\t\t{day}\n</SEC-HEADER>\n<DOCUMENT>\n<TYPE>DEF 14A\n<SEQUENCE>1\n<TEXT>\n"
    )
    return (header + main_proxy(row).decode() + "\n</TEXT>\n</DOCUMENT>\n</SEC-DOCUMENT>\n").encode()


def main_proxy(row: Any) -> bytes:
    """The one document of a proxy submission that is read."""
    count, whole = f"{int(row.held):,}", f"{int(row.outstanding):,}"
    percent = "*" if row.star else f"{100 * row.value:.2f}"
    told = _proxy_text if row.cik % 3 == 0 else _proxy_html
    return told(count, whole, percent).encode()


def main_name(cik: int) -> str:
    """What that document is called."""
    return "proxy.txt" if cik % 3 == 0 else f"d{cik}ddef14a.htm"


INTRODUCTION = (
    "The following table sets forth the beneficial ownership of each director and of all directors and executive "
    "officers as a group, based on {whole} shares of common stock outstanding."
)


def _proxy_html(count: str, whole: str, percent: str) -> str:
    def line(*cells: str) -> str:
        return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"

    sign = "" if percent == "*" else "%"
    people = [line(name, f"({i})", "1,000", "*", "") for i, name in enumerate(NAMES, 1)]
    group = line("All directors and executive officers as a group (9 persons)", "(4)", count, percent, sign)
    head = line("Name of Beneficial Owner", "", "Shares Beneficially Owned", "Percent of Class", "")
    return (
        f"<html><body><p>SECURITY OWNERSHIP OF MANAGEMENT</p><p>{INTRODUCTION.format(whole=whole)}</p>"
        f"<table>{head}{''.join(people)}{group}</table><p>* Less than 1%</p></body></html>"
    )


def _proxy_text(count: str, whole: str, percent: str) -> str:
    sign = "" if percent == "*" else "%"
    people = "\n".join(f"{name:.<44}{'1,000':>16}{'*':>12}" for name in NAMES)
    return (
        "SECURITY OWNERSHIP OF MANAGEMENT\n\n"
        "The following table sets forth the beneficial ownership of our directors, based on\n"
        f"{whole} shares of common stock outstanding.\n\n"
        f"{'Name':<44}{'Shares':>16}{'Percent':>12}\n{people}\n"
        f"{'All directors and executive officers':<44}\n"
        f"{'  as a group (9 persons)':.<44}{count:>16}{percent + sign:>12}\n\n* Less than 1%\n"
    )
