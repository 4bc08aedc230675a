"""Small hand-made filings: an XBRL instance from rows, HTML tables from cells."""

from __future__ import annotations

import html
from collections.abc import Mapping

YEAR = ("2023-01-01", "2023-12-31")
END = "2023-12-31"
GEOGRAPHY = "srt:StatementGeographicalAxis"
INSTRUMENT = "us-gaap:DebtInstrumentAxis"
NAMESPACES = (
    'xmlns="http://www.xbrl.org/2003/instance" xmlns:us-gaap="http://fasb.org/us-gaap/2023" '
    'xmlns:srt="http://fasb.org/srt/2023" xmlns:dei="http://xbrl.sec.gov/dei/2023" '
    'xmlns:xbrldi="http://xbrl.org/2006/xbrldi" xmlns:country="http://xbrl.sec.gov/country/2023" '
    'xmlns:abc="http://abc.com/2023" xmlns:iso4217="http://www.xbrl.org/2003/iso4217"'
)
FactRow = tuple[str, object, str | tuple[str, str], Mapping[str, str]]
ASSETS: FactRow = ("us-gaap:Assets", 9_000, END, {})


def instance(*facts: FactRow, form: str = "10-K", about: Mapping[str, str] | None = None) -> bytes:
    """An instance document; a fact is (tag, value, instant or (start, end), {axis: member}); a typed member starts "=".

    The body begins with a blank line, as some real ones do.
    """
    parts = [
        f'\n<?xml version="1.0" encoding="utf-8"?>\n<xbrl {NAMESPACES}>'
        '<unit id="USD"><measure>iso4217:USD</measure></unit>'
        '<context id="dei"><entity/><period>'
        f"<startDate>{YEAR[0]}</startDate><endDate>{END}</endDate></period></context>"
    ]
    stated = {"DocumentType": form, "DocumentPeriodEndDate": END, **(about or {})}
    parts += [f'<dei:{tag} contextRef="dei">{value}</dei:{tag}>' for tag, value in stated.items()]
    for index, (tag, value, period, dimensions) in enumerate(facts):
        when = (
            f"<instant>{period}</instant>"
            if isinstance(period, str)
            else f"<startDate>{period[0]}</startDate><endDate>{period[1]}</endDate>"
        )
        members = "".join(_member(axis, member) for axis, member in dimensions.items())
        segment = f"<segment>{members}</segment>" if members else ""
        parts.append(
            f'<context id="c{index}"><entity><identifier scheme="x">1</identifier>{segment}</entity>'
            f'<period>{when}</period></context><{tag} contextRef="c{index}" unitRef="USD" decimals="-3">{value}</{tag}>'
        )
    return ("".join(parts) + "</xbrl>").encode()


def _member(axis: str, member: str) -> str:
    if member.startswith("="):
        return f'<xbrldi:typedMember dimension="{axis}"><abc:name>{member[1:]}</abc:name></xbrldi:typedMember>'
    return f'<xbrldi:explicitMember dimension="{axis}">{member}</xbrldi:explicitMember>'


def row(*cells: object) -> str:
    """One table row."""
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def table(*rows: str) -> str:
    """One table."""
    return "<table>" + "".join(rows) + "</table>"


def debt_note(*rows: str, facts: tuple[FactRow, ...] = (), tag: str = "ScheduleOfDebtTableTextBlock") -> bytes:
    """An instance whose debt note holds one table."""
    return instance(ASSETS, *facts, (f"us-gaap:{tag}", html.escape(table(*rows)), YEAR, {}))


def annual_report(*parts: str) -> bytes:
    """A plain HTML 10-K."""
    return ("<html><body><p>FORM 10-K</p><p>Annual report</p>" + "".join(parts) + "</body></html>").encode()


def proxy(*rows: str, words: str = "* Less than 1%") -> bytes:
    """A proxy statement whose introduction also says "as a group"."""
    return (
        "<html><body><p>SCHEDULE 14A</p><p>Proxy statement</p>"
        "<p>The table shows the shares of each director and of all directors and executive officers as a group.</p>"
        f"{table(*rows)}<p>{words}</p></body></html>"
    ).encode()
