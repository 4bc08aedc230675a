"""The page of a run, made to lead to pages of companies that were written after it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from markupsafe import Markup, escape

from active_edge.report.document import json_text, packed, unpacked

HOLDINGS = re.compile(r'<section id="holdings".*?</section>', re.DOTALL)
TICKER = re.compile(r'(<th scope="row"[^>]*>)([^<]+)(</th>)')
COMMAND = re.compile(r"All that a company had filed by then: active-edge company [^<]*")
FIGURES = re.compile(r'(<script type="application/gzip" id="figures">)(.*?)(</script>)', re.DOTALL)
LEADS = "Each ticker leads to all that the company had filed when it was last held."


def lead_to(page: str, pages: Mapping[str, str]) -> str:
    """The page of a run whose holdings, on every decision date, lead to `pages`: ticker -> address relative to it."""

    def led(cell: re.Match[str]) -> str:
        address = pages.get(Markup(cell[2]).unescape().strip())
        return cell[0] if address is None else f'{cell[1]}<a href="{escape(address)}">{cell[2].strip()}</a>{cell[3]}'

    def holdings(section: re.Match[str]) -> str:
        return COMMAND.sub(LEADS, TICKER.sub(led, section[0]))

    def figures(script: re.Match[str]) -> str:
        told = json.loads(unpacked(script[2].strip()))
        if "decisions" in told:
            told["decisions"] |= {"pages": dict(pages), "pages_on": ""}
        return f"{script[1]}{packed(json_text(told))}{script[3]}"

    return FIGURES.sub(figures, HOLDINGS.sub(holdings, page))
