"""What a file's headers and cells most likely mean, as one table of `import.yaml` or several."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from active_edge.market.intake.mapping.alike import SYMBOL, Alike
from active_edge.market.intake.mapping.cells import DAYS
from active_edge.market.intake.mapping.layout import DOUBTS, REMARKS
from active_edge.market.intake.mapping.periods import months_said
from active_edge.market.intake.mapping.raw import RawFile
from active_edge.market.intake.mapping.units import fact_units, price_units
from active_edge.market.intake.mapping.whole import Whole
from active_edge.market.intake.mapping.words import COLUMNS, ITEMS, KEYS, NEGATIVE_OUTFLOWS, letters

HOLDINGS_DATE = "Fund Holdings as of"
INDICES = {"IWM": "Russell 2000", "IJR": "S&P SmallCap 600", "IWC": "Russell Microcap", "IWB": "Russell 1000"}
MONTHS = {"ARQ": 3, "MRQ": 3, "ARY": 12, "MRY": 12}
Guess = dict[str, Any]
"""A table as `import.yaml` has it, with `DOUBTS` and `REMARKS` beside."""


def guessed(connection: duckdb.DuckDBPyConnection, files: Alike) -> list[Guess]:
    """Tables of files of one layout; [] where too little is known. Whole columns decide dates, decimals and periods."""
    raw = files.raw
    by_letters = _by_letters(raw)
    keys = _named(KEYS, by_letters)
    base: Guess = {"file": files.pattern}
    if raw.separator != ",":
        base["separator"] = raw.separator
    if raw.header_line != 1:
        base["header_line"] = raw.header_line
    if keys and HOLDINGS_DATE in raw.above:
        return _holdings(raw, base, keys, by_letters)
    whole = Whole(connection, files.files, raw)
    if files.ticker_of_file is not None:
        base["ticker_of_file"] = files.ticker_of_file
    made = (
        _facts(raw, whole, keys, by_letters)
        or _prices(raw, keys, by_letters, named=files.ticker_of_file is not None)
        or _matrix(raw, keys)
        or _series(keys, by_letters)
        or _securities(raw, keys, by_letters)
    )
    return [] if made is None else [_decided(whole, raw, base | made)]


def with_sectors(securities: Guess, header: Sequence[str], other: RawFile) -> Guess | None:
    """Securities with the sector that another file tells by a column both have; None where it tells none of theirs."""
    sector = _named({"sector": COLUMNS["securities"]["sector"]}, _by_letters(other))
    shared = [name for name in other.header if name in header and name not in sector.values()]
    if "sector" in securities["columns"] or not sector or len(shared) != 1 or other.header_line != 1:
        return None
    signs = {} if other.separator == "," else {"separator": other.separator}
    lookup = {"file": other.path.name, **signs, "by": shared[0]}
    return securities | {"columns": securities["columns"] | sector, "lookup": lookup}


def half_known(raw: RawFile) -> str:
    """Sentences about what is known of a file that makes no table, and what it lacks."""
    by_letters = _by_letters(raw)
    keys = _named(KEYS, by_letters)
    items, prices, facts = (_named(one, by_letters) for one in (ITEMS, COLUMNS["prices"], COLUMNS["facts"]))
    if not keys and not items and not prices and not facts:
        return f"Nothing in it is known ({', '.join(raw.header[:8])} ...)"
    facts = {} if "session" in prices and not items else facts
    known = keys | (facts | items if items or facts else prices)
    lacking = [] if keys else ["ticker or asset, whose rows they are (or ticker_of_file, where a file's name says it)"]
    if items or facts:
        lacking += (
            [] if "period_end" in facts else ["period_end, the day the period ends, as 2014-12-31 (a year is no day)"]
        )
        lacking += [] if items or {"item", "value"} <= facts.keys() else ["items, or both item and value"]
    else:
        lacking += [] if "session" in prices else ["session, the day of a price"]
        lacking += [] if {"close", "adjusted_close"} & prices.keys() else ["close"]
    said = ", ".join(f"{name} ({header})" for name, header in known.items())
    return (
        f"Known: {said}. Missing for {'facts' if items or facts else 'prices'}: {'; '.join(lacking) or 'more items'}."
    )


def _by_letters(raw: RawFile) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in raw.header:
        found.setdefault(letters(name), name)
    return found


def _named(meanings: Mapping[str, tuple[str, ...]], by_letters: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, words in meanings.items():
        header = next((by_letters[word] for word in words if word in by_letters), None)
        if header is not None and header not in found.values():
            found[name] = header
    return found


def _key(keys: Mapping[str, str]) -> dict[str, str]:
    """One key a table: the ticker where there is one, for other tables have it too."""
    return {"ticker": keys["ticker"]} if "ticker" in keys else dict(keys)


def _decided(whole: Whole, raw: RawFile, table: Guess) -> Guess:
    """The table with the form of its dates and its decimal mark, doubts about both, and what is not read."""
    columns: dict[str, str] = table["columns"]
    doubts: dict[str, str] = {}
    said = whole.date_form([columns[name] for name in DAYS if name in columns])
    if said.form != "%Y-%m-%d" or said.also:
        table["dates"] = said.form
    if said.also:
        doubts["dates"] = f"every date fits {said.also} too; change it if that is meant"
    mapped = [*columns.values(), *table.get("items", {}).values(), *table.get("rows", {})]
    others = [name for name in raw.header if name not in mapped]
    numbers = others if "matrix" in table else whole.numeric(table)
    marks = whole.witnesses(numbers)
    if marks.point and marks.comma:
        (column, point), (second, comma) = marks.contradiction or (("", ""), ("", ""))
        doubts["decimal"] = f"{column} has {point!r}, {second} {comma!r}; mend one of them before the import"
    elif marks.either and not marks.point and not marks.comma:
        doubts["decimal"] = f"no cell tells thousands from decimals, such as {next(iter(marks.either.values()))!r}"
    if doubts.get("decimal") or marks.comma or marks.either:
        table["decimal"] = marks.mark
    table[DOUBTS] = doubts
    if others and "matrix" not in table:
        table[REMARKS] = [*table.get(REMARKS, ()), f"not read: {', '.join(others)}"]
    return table


def _prices(raw: RawFile, keys: Mapping[str, str], by_letters: Mapping[str, str], *, named: bool) -> Guess | None:
    columns = _named(COLUMNS["prices"], by_letters)
    if not (keys or named) or "session" not in columns or not {"close", "adjusted_close"} & columns.keys():
        return None
    if "closeunadj" in by_letters and "close" in by_letters:
        columns["split_adjusted_close"] = by_letters["close"]
    units = price_units(columns, raw)
    return {"table": "prices", "columns": _key(keys) | columns, **({"units": units} if units else {})}


def _matrix(raw: RawFile, keys: Mapping[str, str]) -> Guess | None:
    """Closes with a column a ticker: a day, and else nothing but headers like tickers over numbers."""
    days = [name for name in raw.header if letters(name) in COLUMNS["prices"]["session"]]
    tickers = [name for name in raw.header if name not in days]
    if keys or len(days) != 1 or len(tickers) < 2 or not all(SYMBOL.fullmatch(name) for name in tickers):
        return None
    cells = [cell for name in tickers for cell in raw.values(name) if cell.strip()]
    if not cells or not all(re.fullmatch(r"[-$\d.,]+|nan|n/a|null", cell.strip(), re.I) for cell in cells):
        return None
    return {"table": "prices", "matrix": "close", "columns": {"session": days[0]}}


def _facts(raw: RawFile, whole: Whole, keys: Mapping[str, str], by_letters: Mapping[str, str]) -> Guess | None:
    columns = _named(COLUMNS["facts"], by_letters)
    items = _named(ITEMS, by_letters)
    long = {"item", "value"} <= columns.keys()
    enough = long or len(items) >= (1 if "filed" in columns else 2)
    if not keys or "period_end" not in columns or not enough:
        return None
    kept = {name: columns[name] for name in columns if long or name not in ("item", "value")}
    periods = _periods(whole, kept)
    if not periods or "months" in kept or "dimension" in by_letters:
        kept.pop("period", None)
    table: Guess = {"table": "facts", "columns": _key(keys) | kept}
    if not long:
        table["items"] = items
        table["turned"] = [item for item in NEGATIVE_OUTFLOWS if item in items and _negative(raw.values(items[item]))]
    if not {"months", "period"} & kept.keys():
        table["months"] = _months(raw, by_letters)
    table |= fact_units({} if long else items, kept, raw)
    if "filed" not in columns:
        table["filed_after_days"] = 180 if 12 in (table.get("months"), *periods) else 90
    return table | _sharadar_rows(raw, by_letters)


def _periods(whole: Whole, columns: Mapping[str, str]) -> set[int]:
    """Months of flows that a column of periods names; empty where there is none, or none of it is understood."""
    if "period" not in columns:
        return set()
    return {months for cell in whole.distinct(columns["period"]) if (months := months_said(cell)) is not None}


def _negative(values: Sequence[str]) -> bool:
    told = [text.strip() for text in values if re.search(r"[1-9]", text)]
    return bool(told) and sum(text.startswith(("-", "(")) for text in told) > 0.8 * len(told)


def _months(raw: RawFile, by_letters: Mapping[str, str]) -> int:
    if "dimension" in by_letters:
        return MONTHS.get(_dimension(raw, by_letters), 3)
    said = raw.path.name
    return 12 if re.search(r"annual|\bFY\b|yearly", said, re.I) and not re.search(r"quarter|\bQ[1-4]\b", said) else 3


def _sharadar_rows(raw: RawFile, by_letters: Mapping[str, str]) -> dict[str, Any]:
    """Rows of one kind, where a file holds several: figures as first reported, names of the price table."""
    if "dimension" in by_letters:
        return {"rows": {by_letters["dimension"]: _dimension(raw, by_letters)}}
    if "table" in by_letters and "SEP" in raw.values(by_letters["table"]):
        return {"rows": {by_letters["table"]: "SEP"}}
    return {}


def _dimension(raw: RawFile, by_letters: Mapping[str, str]) -> str:
    seen = raw.values(by_letters["dimension"])
    return next((name for name in MONTHS if name in seen), "ARQ")


def _series(keys: Mapping[str, str], by_letters: Mapping[str, str]) -> Guess | None:
    columns = _named(COLUMNS["series"], by_letters)
    if keys or not {"series", "date", "value"} <= columns.keys():
        return None
    return {"table": "series", "columns": columns}


def _securities(raw: RawFile, keys: Mapping[str, str], by_letters: Mapping[str, str]) -> Guess | None:
    columns = _named(COLUMNS["securities"], by_letters)
    if not keys or not columns:
        return None
    return {"table": "securities", "columns": dict(keys) | columns} | _sharadar_rows(raw, by_letters)


def _holdings(raw: RawFile, base: Guess, keys: dict[str, str], by_letters: Mapping[str, str]) -> list[Guess]:
    """A fund's holdings: members and sectors of the day its first lines name, and the prices of that day."""
    dated = base | {"date_of_file": HOLDINGS_DATE, "dates": "%b %d, %Y"}
    if "assetclass" in by_letters:
        dated["rows"] = {by_letters["assetclass"]: "Equity"}
    members = {"ticker": keys["ticker"], **_named({"sector": ("sector",), "weight": ("weight",)}, by_letters)}
    index = next(
        (name for fund, name in INDICES.items() if fund in raw.path.name.upper()), raw.above.split(" Fund ")[0]
    )
    prices = {"ticker": keys["ticker"], **_named({"close": ("price",)}, by_letters)}
    securities = {"ticker": keys["ticker"], **_named({"name": ("name",), "exchange": ("exchange",)}, by_letters)}
    return [
        dated | {"table": "members", "columns": members, "constants": {"index": index.strip(", ")}},
        dated | {"table": "prices", "columns": prices},
        {k: v for k, v in dated.items() if k != "date_of_file"} | {"table": "securities", "columns": securities},
    ]
