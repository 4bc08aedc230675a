"""One company as it was known on a day: its figures by year, its legs with their filings, its insiders, its rules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from active_edge.report.blocks import Absent, Block, Cell, Chart, Column, Key, Section, Table
from active_edge.report.document import STAMP, STAMP_OF_SOME, render
from active_edge.report.timelines import lines_figure
from active_edge.words import count, date, factor_value, is_missing, number, percent, plain

HOME = "../index.html"
"""Pages of companies lie in a folder of the folder of results."""


@dataclass(frozen=True)
class CompanyPage:
    """What is shown of a company; frames are as `results.company` makes them.

    Attributes
    ----------
    ticker, name, on : who, and the day everything was known by.
    figures : (n_items, n_years) by item, newest year first; NaN where nothing was known.
    units : item -> its unit, as a factor's.
    legs : item, value, period_end, filed, form, accession, source, confidence; the newest of each share. And passage,
        the words it was read from, where the snapshot keeps any.
    insiders : (n_filings,) insiders' stake by the day it was filed.
    latest : item, months, period_end, value, before (the value told last before it), of the latest filing.
    latest_filing : when it was filed, its form and its accession, in words.
    rules : part, rule, said, bound, passed; None where no screen was asked for.
    cik : the company's number at EDGAR; None where it is not known.
    doubts : what is in doubt about its data and why, in pairs.
    library : address of the drawing library, relative to the page; empty for a page that carries it.
    """

    ticker: str
    name: str
    on: str
    simulated: bool
    figures: pd.DataFrame
    units: dict[str, str]
    legs: pd.DataFrame
    insiders: pd.Series
    latest: pd.DataFrame
    latest_filing: str
    rules: pd.DataFrame | None = None
    screen: str = ""
    cik: int | None = None
    library: str = ""
    doubts: tuple[tuple[str, str], ...] = ()


def render_company(page: CompanyPage) -> str:
    """The page of one company."""
    sections = (_doubts(page), _rules(page), _legs(page), _insiders(page), _latest(page), _figures(page))
    return render(
        "list.html.j2",
        sections=tuple(section for section in sections if section is not None),
        home=HOME,
        library=page.library,
        title=f"{page.ticker} on {page.on}",
        simulated=page.simulated,
        stamp=STAMP,
        summary=f"{page.name or page.ticker}, as anybody could know it on {page.on}: nothing filed later is here.",
    )


def render_companies(pages: Mapping[str, tuple[str, str]], *, simulated: bool) -> str:
    """The list of the pages of companies: address -> ticker and day."""
    columns = (Column("Ticker", numeric=False), Column("As known on", numeric=False))
    rows = tuple((Cell(ticker, href=address), day) for address, (ticker, day) in pages.items())
    table = Table("Pages of companies", columns, rows, found=True)
    return render(
        "list.html.j2",
        sections=(Section("companies", "Companies", "Which companies have a page, as known on which day?", (table,)),),
        home=HOME,
        title="Companies",
        simulated=simulated,
        stamp=STAMP_OF_SOME,
        summary=f"{count(len(pages), 'page')}: what each company had told the public by a day.",
    )


def _doubts(page: CompanyPage) -> Section | None:
    if not page.doubts:
        return None
    columns = tuple(Column(title, numeric=False, wrap=True) for title in ("What", "Why"))
    table = Table("What the audit has against these data", columns, page.doubts)
    return Section("doubts", "Data in doubt", "Can these figures be believed?", (table,))


def _rules(page: CompanyPage) -> Section | None:
    if page.rules is None or page.rules.empty:
        return None
    columns = (
        Column("Rule", numeric=False),
        Column("Value", more="In the unit of the rule."),
        Column("Asked", numeric=False),
        Column("Passed", numeric=False),
    )
    rows = tuple(
        (plain(str(row["rule"])), str(row["said"]), str(row["bound"]), "yes" if row["passed"] else "no")
        for row in page.rules.to_dict("records")
    )
    table = Table(f"Every rule of {page.screen}", columns, rows)
    return Section("rules", "Rules", f"Does it pass {page.screen}?", (table,))


def _legs(page: CompanyPage) -> Section:
    title, question = "Legs", "What did its filings say of its owners, its revenue and its debt?"
    if page.legs.empty:
        return Section("legs", title, question, (Absent("No share of any kind was filed by then."),))
    quoted = "passage" in page.legs
    columns = (
        Column("Share", numeric=False, wrap=True, more="And the words it was read from."),
        Column("Value", more="Percent of the whole."),
        Column("As of", numeric=False),
        Column("Filed", numeric=False),
        Column("Form", numeric=False),
        Column("Accession", numeric=False, secondary=True),
        Column("Read by", numeric=False, secondary=True),
        Column("Confidence", numeric=False),
    )
    rows = tuple(
        (
            Cell(plain(str(row["item"])), detail=_quotation(row["passage"]) if quoted else ""),
            percent(row["value"]),
            date(row["period_end"]),
            date(row["filed"]),
            _text(row["form"]),
            Cell(_text(row["accession"]), href=edgar_address(page, row["accession"])),
            _text(row["source"]),
            _text(row["confidence"]),
        )
        for row in page.legs.to_dict("records")
    )
    note = "An accession is the filing’s number at EDGAR; where the company’s own is known too, it leads there."
    if not quoted:
        note += " No passage is kept in this snapshot: only a pull keeps the words a value was read from."
    return Section("legs", title, question, (Table("The newest of each", columns, rows, note=note),))


def _quotation(passage: object) -> str:
    words = _text(passage)
    return "no passage is kept" if words == "–" else f"“{words}”"


def edgar_address(page: CompanyPage, accession: object) -> str:
    """Where EDGAR shows a filing; empty where that cannot be told, as of an invented company."""
    known = re.fullmatch(r"(\d{10})-(\d{2})-(\d{6})", _text(accession))
    if known is None or page.cik is None or page.simulated:
        return ""
    folder = f"https://www.sec.gov/Archives/edgar/data/{page.cik}/{''.join(known.groups())}"
    return f"{folder}/{known.group()}-index.htm"


def _insiders(page: CompanyPage) -> Section | None:
    if page.insiders.empty:
        return None
    last = pd.Series([page.insiders.iloc[-1]], index=pd.DatetimeIndex([page.on]))
    stake = pd.concat([page.insiders, last]).to_frame("stake")
    chart = Chart(
        name="insiders",
        title="Insiders’ stake by the day it was filed",
        summary=f"{percent(page.insiders.iloc[0])} at first, {percent(page.insiders.iloc[-1])} at last.",
        figure=lines_figure(stake, unit="percent", axis="of shares", steps=True),
        keys=(Key("share held by officers and directors", "net"),),
        height=220,
    )
    return Section("insiders", "Insiders", "Do those who run it own it?", (chart,))


def _latest(page: CompanyPage) -> Section | None:
    if page.latest.empty:
        return None
    columns = (
        Column("Figure", numeric=False),
        Column("Period", numeric=False),
        Column("Value", more="In the unit of the figure."),
        Column("Told before", more="The value of the same kind of period told last before this filing."),
    )
    rows = tuple(
        (
            plain(str(row["item"])),
            Cell(
                date(row["period_end"]), detail=f"{number(row['months'], 0)} months" if row["months"] else "at the end"
            ),
            _value(page, row["item"], row["value"]),
            _value(page, row["item"], row["before"]),
        )
        for row in page.latest.to_dict("records")
    )
    table = Table(f"Told by the latest filing, {page.latest_filing}", columns, rows)
    return Section("latest", "Since the last filing", "What is new?", (table,))


def _figures(page: CompanyPage) -> Section:
    title, question = "Figures by year", "What has it earned, owned and owed?"
    if page.figures.empty:
        return Section("by-year", title, question, (Absent("No yearly figure was filed by then."),))
    columns = (
        Column("Figure", numeric=False),
        *(
            Column(str(year), more="Of the fiscal year that ends on this day, as filed last by the day.")
            for year in page.figures
        ),
    )
    rows = tuple(
        (plain(str(item)), *(_value(page, item, value) for value in values))
        for item, *values in page.figures.itertuples()
    )
    blocks: tuple[Block, ...] = (Table("The last ten fiscal years, newest first", columns, rows, pinned=True),)
    return Section("by-year", title, question, blocks)


def _value(page: CompanyPage, item: object, value: object) -> str:
    return factor_value(value, page.units.get(str(item), ""))


def _text(value: object) -> str:
    return "–" if value is None or is_missing(value) else str(value)
