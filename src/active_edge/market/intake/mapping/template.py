"""A first `import.yaml` for a folder, from what its headers say; each line that is a guess is marked as one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from active_edge.errors import ImportRefused
from active_edge.market.intake.mapping.raw import RawFile, data_files, look
from active_edge.market.intake.mapping.words import (
    COLUMNS,
    ITEMS,
    KEYS,
    NEGATIVE_OUTFLOWS,
    date_form,
    letters,
    scale_of,
)

GUESS = "  # guess"
HOLDINGS_DATE = "Fund Holdings as of"
INDICES = {"IWM": "Russell 2000", "IJR": "S&P SmallCap 600", "IWC": "Russell Microcap", "IWB": "Russell 1000"}
MONTHS = {"ARQ": 3, "MRQ": 3, "ARY": 12, "MRY": 12}


def template(folder: Path) -> str:
    """Text of an `import.yaml` for the files of a folder; comments name what is guessed and what is left out.

    Raises
    ------
    ImportRefused
        No folder, no file, or no file that holds closes by day.
    """
    tables: list[dict[str, Any]] = []
    left: list[str] = []
    for path in _apart(data_files(folder)):
        raw = look(path)
        found = _tables(raw, _pattern(path, folder))
        tables += found
        if not found:
            left.append(f"# {path.name}: nothing in it is known ({', '.join(raw.header[:8])} ...)")
    if not any(one["table"] == "prices" for one in tables):
        raise ImportRefused(
            f"{folder}: no file has a ticker, a date and a close (seen: {'; '.join(left)[:300] or 'no prices'}); "
            "write import.yaml by hand, docs/import.md says how"
        )
    head = [
        f"# What the files of {folder.name} mean. Every line marked `guess` comes from a header: look at each, then",
        "# active-edge data import FOLDER --map import.yaml --data MARKET",
    ]
    return "\n".join([*head, *left, "tables:", *(line for one in tables for line in _lines(one))]) + "\n"


def write_template(folder: Path, *, force: bool = False) -> tuple[Path, str]:
    """Write `import.yaml` into the folder; its path and text.

    Raises
    ------
    ImportRefused
        There is one already and `force` is False, or `template` finds nothing.
    """
    text, path = template(folder), folder / "import.yaml"
    if path.exists() and not force:
        raise ImportRefused(f"{path}: is there already; look at it, move it away, or give --force")
    path.write_text(text, encoding="utf-8")
    return path, text


def _apart(files: Iterable[Path]) -> list[Path]:
    """The first of files that are named alike but for a day."""
    first: dict[str, Path] = {}
    for path in files:
        first.setdefault(_undated(path.name), path)
    return list(first.values())


def _undated(name: str) -> str:
    return re.sub(r"\d{4}-?\d{2}-?\d{2}", "*", name)


def _pattern(path: Path, folder: Path) -> str:
    pattern = _undated(path.name)
    return pattern if len(list(folder.glob(pattern))) > 1 else path.name


def _tables(raw: RawFile, file: str) -> list[dict[str, Any]]:
    by_letters: dict[str, str] = {}
    for name in raw.header:
        by_letters.setdefault(letters(name), name)
    keys = _named(KEYS, by_letters)
    base: dict[str, Any] = {"file": file}
    if raw.separator != ",":
        base["separator"] = raw.separator
    if raw.header_line != 1:
        base["header_line"] = raw.header_line
    if keys and HOLDINGS_DATE in raw.above:
        return _holdings(raw, base, keys, by_letters)
    tables = []
    for made in (_facts(raw, keys, by_letters), _prices(raw, keys, by_letters), _series(raw, keys, by_letters)):
        if made is not None:
            tables.append(base | made)
            break
    else:
        securities = _named(COLUMNS["securities"], by_letters)
        if keys and securities:
            tables.append(base | {"table": "securities", "columns": keys | securities} | _dated(raw, securities)
                          | _sharadar_rows(raw, by_letters))  # fmt: skip
    return tables


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


def _dated(raw: RawFile, columns: Mapping[str, str]) -> dict[str, str]:
    days = [columns[name] for name in ("session", "period_end", "date", "first_session") if name in columns]
    form = date_form(raw.values(days[0])) if days else "%Y-%m-%d"
    return {} if form == "%Y-%m-%d" else {"dates": form}


def _prices(raw: RawFile, keys: Mapping[str, str], by_letters: Mapping[str, str]) -> dict[str, Any] | None:
    columns = _named(COLUMNS["prices"], by_letters)
    if not keys or "session" not in columns or not {"close", "adjusted_close"} & columns.keys():
        return None
    if "closeunadj" in by_letters and "close" in by_letters:
        columns["split_adjusted_close"] = by_letters["close"]
    return {"table": "prices", "columns": _key(keys) | columns} | _dated(raw, columns)


def _facts(raw: RawFile, keys: Mapping[str, str], by_letters: Mapping[str, str]) -> dict[str, Any] | None:
    columns = _named(COLUMNS["facts"], by_letters)
    items = _named(ITEMS, by_letters)
    long = {"item", "value"} <= columns.keys()
    if not keys or "period_end" not in columns or not (long or len(items) >= 2):
        return None
    kept = {name: columns[name] for name in columns if long or name not in ("item", "value")}
    table: dict[str, Any] = {"table": "facts", "columns": _key(keys) | kept} | _dated(raw, columns)
    if not long:
        table["items"] = items
        table["turned"] = [item for item in NEGATIVE_OUTFLOWS if item in items and _negative(raw.values(items[item]))]
        if "months" not in columns:
            table["months"] = _months(raw, by_letters)
    unit = scale_of(" ".join([*raw.header, raw.above]))
    if unit != 1:
        table["unit"] = unit
    if "filed" not in columns:
        table["filed_after_days"] = 180 if table.get("months") == 12 else 90
    return table | _sharadar_rows(raw, by_letters)


def _negative(values: list[str]) -> bool:
    told = [text.strip() for text in values if re.search(r"[1-9]", text)]
    return bool(told) and sum(text.startswith(("-", "(")) for text in told) > 0.8 * len(told)


def _months(raw: RawFile, by_letters: Mapping[str, str]) -> int:
    said = f"{raw.path.name} {' '.join(raw.values(by_letters[FISCAL]) if FISCAL in by_letters else [])}"
    if "dimension" in by_letters:
        return MONTHS.get(_dimension(raw, by_letters), 3)
    return 12 if re.search(r"annual|\bFY\b|yearly", said, re.I) and not re.search(r"quarter|\bQ[1-4]\b", said) else 3


FISCAL = "fiscalperiod"


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


def _series(raw: RawFile, keys: Mapping[str, str], by_letters: Mapping[str, str]) -> dict[str, Any] | None:
    columns = _named(COLUMNS["series"], by_letters)
    if keys or not {"series", "date", "value"} <= columns.keys():
        return None
    return {"table": "series", "columns": columns} | _dated(raw, {"session": columns["date"]})


def _holdings(
    raw: RawFile, base: dict[str, Any], keys: dict[str, str], by_letters: Mapping[str, str]
) -> list[dict[str, Any]]:
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


def _lines(table: dict[str, Any]) -> list[str]:
    lines = [f"  - table: {table['table']}{GUESS}"]
    for name in ORDER:
        value = table.get(name)
        if value is None or value in ({}, []):
            continue
        if isinstance(value, dict):
            lines += [f"    {name}:", *(f"      {_yaml(k)}: {_yaml(v)}{GUESS}" for k, v in value.items())]
        elif isinstance(value, list):
            lines.append(f"    {name}: [{', '.join(map(str, value))}]{GUESS}")
        else:
            lines.append(f"    {name}: {_yaml(value)}{'' if name == 'file' else GUESS}")
    return lines


def _yaml(value: object) -> str:
    if isinstance(value, str):
        return value if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]*", value) and not _reserved(value) else _quoted(value)
    return str(value)


def _reserved(word: str) -> bool:
    return word.casefold() in ("yes", "no", "on", "off", "true", "false", "null", "y", "n")


def _quoted(text: str) -> str:
    inner = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    return f'"{inner}"'


ORDER = (
    *("file", "separator", "header_line", "dates", "date_of_file", "unit", "months", "filed_after_days", "rows"),
    *("constants", "columns", "items", "turned"),
)
