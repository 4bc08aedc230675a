"""The factor reference as a document, from the factors themselves."""

from __future__ import annotations

from active_edge.factors import FACTORS
from active_edge.factors.definition import Factor


def factor_reference() -> str:
    """Return the reference of every factor as Markdown, grouped by family."""
    families = dict.fromkeys(found.family for found in FACTORS.values())
    lines = [
        "# Factors",
        "",
        f"{len(FACTORS)} factors. A factor whose inputs a market lacks is missing everywhere, never zero; coverage is",
        "part of every result. *Good* is the end a ranking prefers; a factor without one can bound but not rank.",
        "",
        "| factor | family | unit | good |",
        "|---|---|---|---|",
        *(f"| [`{found.name}`](#{found.name}) | {found.family} | {found.unit} | {found.good} |" for found in _sorted()),
        "",
    ]
    for family in families:
        lines += [f"## Family: {family.replace('_', ' ')}", ""]
        for found in FACTORS.values():
            if found.family == family:
                lines += _entry(found)
    return "\n".join(lines).rstrip() + "\n"


def _sorted() -> list[Factor]:
    return [FACTORS[name] for name in sorted(FACTORS)]


def _entry(found: Factor) -> list[str]:
    needs = [need if isinstance(need, str) else "(" + " or ".join(need) + ")" for need in found.needs]
    return [
        f"### {found.name}",
        "",
        found.doc,
        "",
        f"- unit: {found.unit}",
        f"- good: {found.good}",
        f"- needs: {', '.join(needs) if needs else 'prices only'}",
        f"- source: {found.source}",
        "",
    ]
