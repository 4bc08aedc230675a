"""The row "all directors and executive officers as a group" of an ownership table, in HTML or in lines of text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from active_edge.filings.pages import Amount, Page, Row, Table, number

GROUP = re.compile(r"\bas\s+an?\s+group\b|\bas\s+group\b|\(as a group\)", re.I)
OWNERSHIP = re.compile(r"benefici|percent|%|of class", re.I)
STARTS = re.compile(
    r"^(\W|\d{1,2}\.|(class [a-z]|series [a-z]|common|ordinary|preferred|capital|voting|stock|shares?)\b|"
    r"total( for| of)?|our|the|its|company)*\s*(all|current|directors?|executive|officers?|"
    r"nominees?|trustees?|named|incumbent|present|board|group|general partner|managers?|insiders)\b",
    re.I,
)
PEOPLE = re.compile(r"director|officer|trustee|manager|nominee|general partner", re.I)
COUNT_WORD = (
    r"(?:\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
    r"seventeen|eighteen|nineteen|twenty(?:[- ][a-z]+)?)"
)
HEAD_WORD = r"(?:persons?|people|individuals?|members?|in number|in total|total|in all|directors?|officers?|holders)"
_OF_GROUP = (
    r"(executive\s+officers?|officers?|directors?|managers|trustees)\s*(and|&|/)\s*"
    r"(named\s+)?(executive\s+officers?|officers?|directors?|trustees)\b"
)
WHOLE_GROUP = re.compile(
    r"^\W*((sub-?)?(total((\s+shares)?\s+((beneficially\s+)?(held|owned)\s+by|for|of))?\W+((all|our|current|the)\s+)*|all\s+((of\s+)?our\s+|current\s+)*)"
    rf"{_OF_GROUP}|(our\s+|current\s+)*{_OF_GROUP}(?=[\s,]*\({COUNT_WORD}\s*{HEAD_WORD}\))|"
    rf"{_OF_GROUP}\W{{1,3}}(in\s+)?total\b|"
    rf"(the\s+)?group\s+(of|consisting\s+of)\s+{COUNT_WORD}\s+(current\s+)?{_OF_GROUP})",
    re.I | re.M,
)
"""The group's row of those who do not write "as a group": they say all, or how many they are."""
AFTER_GROUP = re.compile(
    r"\s*(?:[,:;|”\"’']|\.{2,}|\.(?=\s*\.)|(?:\s\.)+|"
    r"\((?:[^()]|\([^()]{0,20}\)){1,200}\)|"
    rf"(?:consisting of|comprised of|comprising|of|totaling|total of|a total of)?\s*\(?{COUNT_WORD}\)?\s*{HEAD_WORD}\b|"
    r"\(?(?:,?\s?(?:including|consisting of|comprising|comprised of|composed of|being))?\s?"
    r"(?:each of |all of |only )?(?:those|the (?:persons?|individuals?|directors|officers|foregoing)|persons)"
    r"(?: (?:persons?|individuals?|directors?|and|executive|officers?|named|listed|identified|set forth|whose names "
    r"appear))* (?:above|below|in (?:the|this) table)\)?|"
    r",?\s?including (?:all of )?the (?:above|foregoing)\b|"
    r"(?:class [a-z]\b\s*)?(?:common|ordinary|capital)\b(?:\s+(?:stock|shares?))?\b|class [a-z]\b(?:\s+stock)?|"
    r"(?:\([a-z\d*]{1,3}\),? ?)+|\[\d{1,2}\]|[†‡](?=\s|\(|$)|\*(?=\s*\(|\s*$)|persons?\b)",
    re.I,
)
LABEL_EDGE = re.compile(r"[%*†]\s|[\d.,]\d\s*\n|[\d%*)—–-]\s*\n(?=[A-Z])|\n\s*\n|[:|]\s|\.\s(?=[A-Z])|-{3,}|\.{3,}")
LABEL_START = re.compile(
    r"\b(All|Current|Directors?|Executive|Officers?|Our|Total|Named|Board|Nominees?|Trustees?|Group)\b|^[a-z]+"
)
BESIDE_NUMBER = re.compile(
    r"^\|\s*(?=[\d*.])|(?<=\d) (?:shares?|units?|\((?:in)?direct\))$|(?<=\d) ?\(\d{1,2}\) ?(?=%$)", re.I
)
"""What some filers print in the cell of a number, beside it."""
MILLIONS = re.compile(r"(\d{1,4}(?:\.\d{1,3})?) million(?: shares)?", re.I)
OF_CLASS = re.compile(r"\b(class [a-z])(?: common)?(?: (?:stock|shares))?$", re.I)
MOST_LABEL = 320
MOST_CELL = 40
MOST_TOKENS = 16
MOST_ROWS = 40
MOST_LINES_BELOW = 4


@dataclass(frozen=True)
class GroupRow:
    """The row of the group: label, numbers after it, the heading over each number, and the words around the table."""

    label: str
    amounts: tuple[Amount, ...]
    headings: tuple[str, ...]
    context: str


def group_rows(page: Page) -> list[GroupRow]:
    """Every group row of a page; from its tables where they have one, otherwise from its lines."""
    context = " ".join(page.lines)
    rows = list(islice((row for table in page.tables for row in _table_rows(table, context)), MOST_ROWS))
    rows = rows or list(islice(_line_rows(page.lines, context), MOST_ROWS))
    grouped = [row for row in rows if GROUP.search(row.label)]
    return grouped or rows


def is_group_label(words: str) -> bool:
    """Whether words are the label of the group's row rather than a sentence that mentions it."""
    match = GROUP.search(words)
    if match is None and (whole := WHOLE_GROUP.match(words)) is not None and len(words) <= MOST_LABEL:
        return _rest(words[whole.end() :]) == ""
    if match is None or len(words) > MOST_LABEL:
        return False
    before = words[: match.start()]
    if (
        not STARTS.match(before)
        or not PEOPLE.search(before)
        or re.search(r"[.;] [A-Z]|\b(following|table|sets forth)\b", before)
    ):
        return False
    return _rest(words[match.end() :]) == ""


def _rest(words: str) -> str:
    """What is left of the words after "as a group" when head counts, note marks and leaders are taken away."""
    while words.strip():
        match = AFTER_GROUP.match(words)
        if match is None or match.end() == 0:
            return words.strip()
        words = words[match.end() :]
    return ""


def _bare(table: Table) -> Table:
    """The table with nothing beside the numbers of its cells."""
    if not any(_bare_text(c.text) != c.text for row in table.rows for c in row.cells):
        return table
    return replace(
        table, rows=tuple(Row(tuple(replace(c, text=_bare_text(c.text)) for c in row.cells)) for row in table.rows)
    )


def _bare_text(text: str) -> str:
    if not text or len(text) > MOST_CELL or (text[-1] not in "s)%n" and text[0] != "|"):
        return text
    millions = MILLIONS.fullmatch(text)
    return f"{round(float(millions.group(1)) * 1e6):,}" if millions else BESIDE_NUMBER.sub("", text)


def _table_rows(printed: Table, context: str) -> Iterator[GroupRow]:
    table = _bare(printed)
    for position, row in enumerate(table.rows):
        label = row.label
        here = row
        if GROUP.search(label) and not is_group_label(label) and position:
            label = f"{table.rows[position - 1].label} {label}"
        elif row.amounts and not is_group_label(label):
            label = _run_on(table, position) or _begun_above(table, position) or label
        if not is_group_label(label) or not (GROUP.search(label) or _on_ownership(table)):
            continue
        amounts = _owned(here.amounts)
        after = position + 1
        while not amounts and after < min(position + 3, len(table.rows)):
            here = table.rows[after]
            if len(here.label) > 60 and not GROUP.search(here.label):
                break
            amounts, after = _owned(here.amounts), after + 1
        if not amounts and position and table.rows[position - 1].label and GROUP.search(row.label):
            here = table.rows[position - 1]
            amounts = _owned(here.amounts) if label.startswith(here.label) else ()
        if amounts:
            headings = tuple(_heading(table, amount, position) for amount in amounts)
            found = GroupRow(label, amounts, headings, f"{table.before} {table.text} {context}")
            yield _with_classes_below(found, table, position) if here is row else found


def _with_classes_below(found: GroupRow, table: Table, position: int) -> GroupRow:
    """The row with those of other classes of stock that follow it, where a holder has a row for each class."""
    own = OF_CLASS.search(found.label)
    amounts, headings = list(found.amounts), list(found.headings)
    classes = [own.group(1)] * len(amounts) if own is not None else []
    for below in table.rows[position + 1 :] if own is not None else ():
        other = OF_CLASS.fullmatch(below.label)
        if other is None or not below.amounts or other.group(1).upper() in (name.upper() for name in classes):
            break
        more = _owned(below.amounts)
        amounts += more
        headings += [_heading(table, amount, position) for amount in more]
        classes += [other.group(1)] * len(more)
    if len(set(classes)) < 2:
        return found
    # a share of the votes is of no class
    told = (w if re.search(r"\bvot", w, re.I) else f"{name} {w}" for name, w in zip(classes, headings, strict=True))
    return replace(found, amounts=tuple(amounts), headings=tuple(told))


def _on_ownership(table: Table) -> bool:
    return OWNERSHIP.search(f"{table.before} {table.text}") is not None


def _begun_above(table: Table, position: int) -> str:
    """The label of a row whose figures stand beside its last line, as it begins in the rows above; else empty."""
    label = table.rows[position].label
    for above in reversed(table.rows[max(0, position - MOST_LINES_BELOW) : position]):
        if not above.label or above.amounts:
            break
        label = f"{above.label} {label}"
        if is_group_label(label):
            return label
    return ""


def _run_on(table: Table, position: int) -> str:
    """The label of a row whose figures stand beside its first line, as it runs on in the rows below; else empty."""
    label, joined = "", table.rows[position].label
    for below in table.rows[position + 1 : position + 1 + MOST_LINES_BELOW]:
        if not below.label or below.amounts or not STARTS.match(joined):
            break
        joined = f"{joined} {below.label}"
        if is_group_label(joined):
            label = joined
    return label


def _heading(table: Table, amount: Amount, position: int) -> str:
    """Words over a number; a heading row that spans all the table is about no column."""
    words = []
    for row in table.rows[:position]:
        if any(not a.mark and ("," in a.text or a.percent) for a in row.amounts):
            break
        words += [c.text for c in row.cells if c.start < amount.end and amount.start < c.end and c.end - c.start < 30]
    return " ".join(words)


def _owned(amounts: Sequence[Amount]) -> tuple[Amount, ...]:
    """Numbers of an ownership row: note marks such as "(8)" that look like negative numbers are dropped."""
    return tuple(a for a in amounts if not (a.value < 0 and a.value > -100))


def _line_rows(lines: Sequence[str], context: str) -> Iterator[GroupRow]:
    text = "\n".join(lines)
    above = list(_figures_above(lines))
    for label, amounts in above or _labels_and_figures(text):
        if amounts:
            yield GroupRow(label, amounts, ("",) * len(amounts), context)


def _labels_and_figures(text: str) -> Iterator[tuple[str, tuple[Amount, ...]]]:
    for match in GROUP.finditer(text):
        before = text[max(0, match.start() - MOST_LABEL) : match.start()]
        edges = [edge.end() for edge in LABEL_EDGE.finditer(before)]
        own = before[max(edges, default=0) :]
        start = LABEL_START.search(own)
        if start is None:
            continue
        label = " ".join(f"{own[start.start() :]} {match.group()}".split())
        if is_group_label(label):
            yield label, _tokens(_numbers_below(text[match.end() : match.end() + 1500]))
    for match in WHOLE_GROUP.finditer(text):
        if OWNERSHIP.search(text[max(0, match.start() - 5000) : match.end() + 300]):
            label = " ".join(match.group().split())
            yield label, _tokens(_numbers_below(text[match.end() : match.end() + 1500]))


def _figures_above(lines: Sequence[str]) -> Iterator[tuple[str, tuple[Amount, ...]]]:
    """Group rows whose figures stand beside the first line of the label, which runs on below them."""
    for index, line in enumerate(lines):
        grouped = GROUP.search(line)
        if grouped is None:
            continue
        label = line[: grouped.end()]
        for above in reversed(lines[max(0, index - MOST_LINES_BELOW) : index]):
            figures = re.match(r"([A-Z][A-Za-z ,&()/-]*?)[ .]+(?=[$\d*])(.*)$", above)
            if figures is None:
                if re.search(r"\d", above):
                    break
                label = f"{above} {label}"
                continue
            label = f"{figures.group(1)} {label}"
            if is_group_label(label):
                yield " ".join(label.split()), _tokens(figures.group(2))
            break


def _numbers_below(rest: str) -> str:
    """Words after the label up to the first line that holds words of its own or opens the legend of "*"."""
    while (match := AFTER_GROUP.match(rest)) is not None and match.end():
        rest = rest[match.end() :]
    kept = ""
    lines = rest.split("\n")
    for index, line in enumerate(lines[:34]):
        following = lines[index + 1] if index + 1 < len(lines) else ""
        legend = re.fullmatch(r"\s*\*{1,3}\s*", line) and re.match(r"[A-Z(]", following)
        if kept.strip() and (legend or re.search(r"[A-Za-z]{3}", line)):
            break
        kept += " " + line
    return kept


def _tokens(rest: str) -> tuple[Amount, ...]:
    """Numbers that follow the label directly; the first word ends them."""
    found: list[Amount] = []
    tokens = re.sub(r"\$", " ", rest[:600]).split()
    for index, token in enumerate(tokens):
        if len(found) >= MOST_TOKENS:
            break
        if found and not found[-1].mark and token in ("shares,", "shares;"):
            continue
        if re.fullmatch(r"\(?[\da-z]{1,2}\)|\[\d{1,2}\]|\.{2,}|[.:]|\||\(\d{1,2}\)(\(\d{1,2}\))+,?", token):
            continue
        if token in ("%", "%)") and found:
            found[-1] = replace(found[-1], percent=True, text=found[-1].text + "%")
            continue
        if re.fullmatch(r"\.\d+", token) and found and "." not in found[-1].text and not found[-1].mark:
            found[-1] = replace(found[-1], value=found[-1].value + float(token), text=found[-1].text + token)
            continue
        amount = number(token)
        legend = amount is not None and amount.mark == "star" and re.match(r"[A-Za-z]{3}", (*tokens, "")[index + 1])
        if amount is None or (legend and found):
            break
        found.append(replace(amount, start=index, end=index + 1))
    return _owned(found)
