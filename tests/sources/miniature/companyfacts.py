"""companyfacts bodies: every filing in full, with the comparatives of the year before and the noise of the real ones.

An amendment repeats its whole statement, and every report repeats last year's numbers as they then stand; `fy`, `fp`
and `frame` are the filing's, or nonsense. A reader that keeps the first day of each version finds the facts again.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import NamedTuple

import pandas as pd

from ..bodies import zipped
from .dialect import Dialect
from .world import LEGS, World

Key = tuple[str, int, str]
"""(item, months, period end)."""
Book = dict[str, dict[str, list[str]]]
"""taxonomy:tag → unit → facts as JSON text."""
FLOAT_SLIP = 1e6


class Filing(NamedTuple):
    """One filing of a company: what it says for the first time, or corrects."""

    accession: str
    filed: str
    form: str
    facts: dict[Key, float]


def filings_of(rows: pd.DataFrame) -> list[Filing]:
    """Filings of one company, in order of day and accession number, legs left out."""
    kept = rows[~rows["item"].isin(LEGS)]
    columns = ["accession", "filed", "form", "item", "months", "period_end", "value"]
    found: dict[str, Filing] = {}
    for accession, filed, form, item, months, end, value in zip(*(kept[c].tolist() for c in columns), strict=True):
        filing = found.setdefault(accession, Filing(accession, filed, form, {}))
        filing.facts[item, months, end] = value
    return sorted(found.values(), key=lambda f: (f.filed, f.accession))


def told(filings: list[Filing]) -> list[tuple[Filing, dict[Key, float], dict[Key, float]]]:
    """(filing, its own statement in full, comparatives of the year before as last known)."""
    changed_on: dict[str, set[Key]] = defaultdict(set)
    for filing in filings:
        changed_on[filing.filed].update(filing.facts)
    known: dict[Key, float] = {}
    by_end: dict[str, list[Key]] = defaultdict(list)
    result = []
    for filing in filings:
        own = dict(filing.facts)
        if filing.form.endswith("/A"):
            for end in {key[2] for key in filing.facts}:
                own = {key: known[key] for key in by_end[end] if key[0] != "public_float_usd"} | own
        earlier = {}
        for item, months, end in own:
            key = (item, months, f"{int(end[:4]) - 1}{end[4:]}")
            if key in known and key not in changed_on[filing.filed]:
                earlier[key] = known[key]
        for key, value in filing.facts.items():
            if key not in known:
                by_end[key[2]].append(key)
            known[key] = value
        result.append((filing, own, earlier))
    return result


def company_body(cik: int, name: str, rows: pd.DataFrame) -> bytes:
    """CIK##########.json of one company."""
    book: Book = defaultdict(lambda: defaultdict(list))
    dialect = Dialect(cik)
    for filing, own, earlier in told(filings_of(rows)):
        for key, value in [*earlier.items(), *own.items()]:
            _enter(book, dialect, filing, key, value)
    _add_noise(book, cik, filings_of(rows)[-1])
    return _document(cik, name, book)


def slips(cik: int) -> bool:
    """Whether this company once typed its public float in the wrong scale, in an amendment to its last report."""
    return cik % 9 == 4


def _enter(book: Book, dialect: Dialect, filing: Filing, key: Key, value: float) -> None:
    item, months, end = key
    for tag, unit, amount in dialect.tagged(item, value, filing.filed):
        book[tag][unit].append(_fact(amount, start_of(end, months), end, filing))


def start_of(end: str, months: int) -> str | None:
    """First day of a duration of `months` that ends with the month of `end`; None for a balance."""
    if not months:
        return None
    month = int(end[:4]) * 12 + int(end[5:7]) - months
    return f"{month // 12}-{month % 12 + 1:02d}-01"


def _fact(value: float, start: str | None, end: str, filing: Filing, *, frame: str = "") -> str:
    number = str(int(value)) if value == int(value) else repr(float(value))
    begins = f'"start":"{start}",' if start else ""
    year, quarter = filing.filed[:4], "FY" if filing.form.startswith("10-K") else "Q2"
    framed = frame or (f',"frame":"CY{end[:4]}"' if end[5:7] == "12" else "")
    return (
        f'{{{begins}"end":"{end}","val":{number},"accn":"{filing.accession}","fy":{year},"fp":"{quarter}",'
        f'"form":"{filing.form}","filed":"{filing.filed}"{framed}}}'
    )


def _add_noise(book: Book, cik: int, last: Filing) -> None:
    """What a reader must leave alone: other currencies, stub periods, balances with a start, unknown tags, slips."""
    end = max(key[2] for key in last.facts)
    stub = (dt.date.fromisoformat(end) - dt.timedelta(days=44)).isoformat()
    book["us-gaap:Revenues"]["EUR"].append(_fact(12.0, start_of(end, 3), end, last))
    book["us-gaap:Revenues"]["USD"].append(_fact(13.0, stub, end, last))
    book["us-gaap:Assets"]["USD"].append(_fact(14.0, start_of(end, 3), end, last))
    book["us-gaap:NetIncomeLoss"]["USD"].append(_fact(15.0, start_of("2099-12-31", 12), "2099-12-31", last))
    book["us-gaap:StockIssuedDuringPeriodValueNewIssues"]["USD"].append(_fact(16.0, start_of(end, 3), end, last))
    book["srt:Assets"]["USD"].append(_fact(17.0, None, end, last))
    book["ffd:FeeAmt"]["USD"].append(_fact(18.0, None, end, last))
    floats = [key for key in last.facts if key[0] == "public_float_usd"]
    shares = last.facts.get(("shares_outstanding", 0, end))
    if slips(cik) and shares is not None and not floats:
        book["dei:EntityPublicFloat"]["USD"].append(_fact(shares * 20 * FLOAT_SLIP, None, end, last))


def _document(cik: int, name: str, book: Book) -> bytes:
    taxonomies: dict[str, list[str]] = defaultdict(list)
    for tagged in sorted(book):
        taxonomy, _, tag = tagged.partition(":")
        units = ",".join(f'"{unit}":[{",".join(facts)}]' for unit, facts in book[tagged].items())
        words = f'"label":"{tag}","description":"He said \\"{tag}\\": {{}}]}}"'
        taxonomies[taxonomy].append(f'"{tag}":{{{words},"units":{{{units}}}}}')
    facts = ",".join(f'"{taxonomy}":{{{",".join(tags)}}}' for taxonomy, tags in taxonomies.items())
    number = f'"{cik:010d}"' if cik % 2 else str(cik)
    return f'{{"cik":{number},"entityName":"{name}","facts":{{{facts}}}}}'.encode()


def bulk(world: World) -> bytes:
    """companyfacts.zip: every company that ever filed, the dead too."""
    names = world.securities.set_index("cik")["name"]
    members = {f"CIK{cik:010d}__json": company_body(cik, names[cik], rows) for cik, rows in world.by_company()}
    return zipped(**members, CIK0000000042__json=b"{}")
