"""What a notebook shows of an object: a short card, never the arrays inside."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import escape

from active_edge.printable import printable

SIMULATED = "SIMULATED: invented companies and prices."


def card(title: str, rows: Mapping[str, str], *, simulated: bool = False, note: str = "") -> str:
    """A small HTML table of words; everything in it is escaped, and acts on nothing.

    Parameters
    ----------
    rows : name -> value in words.
    simulated : whether a stamp says so. note : a sentence under the table.
    """
    stamp = f"<p><strong>{SIMULATED}</strong></p>" if simulated else ""
    told = "".join(
        f'<tr><th scope="row" style="text-align:left">{escape(name)}</th>'
        f'<td style="text-align:left">{escape(value)}</td></tr>'
        for name, value in rows.items()
    )
    under = f"<p>{escape(note)}</p>" if note else ""
    return printable(f"<div><p><strong>{escape(title)}</strong></p>{stamp}<table>{told}</table>{under}</div>")
