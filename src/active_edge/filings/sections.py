"""Parts of an annual report that speak of its own debt: Item 7A and the debt notes."""

from __future__ import annotations

import re
from collections.abc import Sequence

ITEM_7A = re.compile(r"^item\s*7a\b", re.I)
ITEM_8 = re.compile(r"^item\s*8\b", re.I)
MARKET_RISK = re.compile(
    r"^(\(?[a-z]\)? )?quantitative and qualitative disclosures? (about|of|regarding) market risks?\.?$", re.I
)
NUMBERED = re.compile(r"^(note\s*)?\(?\d{1,2}[.):\s–—-]+\s*[A-Z][A-Za-z]", re.I)
DEBT_HEADING = re.compile(
    r"^(note\s*)?\(?(\d{1,2}|[A-Z])[.):\s–—-]+\s*((long[- ]term|short[- ]term|bank|convertible|senior|"
    r"subordinated|junior|"
    r"secured|revolving|term) )*(debt\b|notes? payable|borrowings?|credit (facilit|agreement|line|arrangement)|"
    r"indebtedness|lines? of credit|loans? payable|debentures|financing arrangements|notes\b|mortgages?)[^.]{0,80}\.?$",
    re.I,
)
FOOTNOTE = re.compile(r"\(\d{1,2}\) .*\.", re.S)
MOST_LINES = 1500


def item_7a(lines: Sequence[str]) -> list[str]:
    """Lines of Item 7A, the longest where the heading is repeated (table of contents); [] where there is none."""
    best: list[str] = []
    for start, line in enumerate(lines):
        if not (ITEM_7A.match(line) or MARKET_RISK.match(line)):
            continue
        end = start + 1
        while end < len(lines) and end - start < MOST_LINES and not ITEM_8.match(lines[end]):
            end += 1
        section = list(lines[start:end])
        if end < len(lines) and sum(map(len, section)) > max(150, sum(map(len, best))):
            best = section
    return best


def debt_notes(lines: Sequence[str]) -> list[str]:
    """Lines of the notes headed debt, notes payable, borrowings and the like, each up to the next numbered heading."""
    found: list[str] = []
    inside = 0
    number = ""
    for part in lines:
        if re.fullmatch(r"(note )?\(?\d{1,2}[.)]|note \d{1,2}", part, re.I):
            number = part if part[-1] in ".)" else f"{part}."
            continue
        line, number = f"{number} {part}".strip(), ""
        if DEBT_HEADING.match(line):
            inside = MOST_LINES
        elif inside and (
            (NUMBERED.match(line) and len(line) < 90 and not FOOTNOTE.fullmatch(line))
            or re.match(r"^item\s*\d", line, re.I)
        ):
            inside = 0
        if inside:
            inside -= 1
            found.append(line)
    return found
