"""A thesis on a page from invented answers, as tests of pages need it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from active_edge.report.blocks import Cell
from active_edge.report.thesis_page import ClaimView, ThesisView, draw_line
from active_edge.verdicts import Word

MISSING = "flows (monthly money into small-cap funds) is not there; to add it: active-edge data pull --full --data M"


def thesis_view() -> ThesisView:
    """A claim of every word that a thesis has, one by a stand-in and with a run; a stale and a missing gauge."""
    line = pd.Series(np.sin(np.arange(300) / 20), pd.date_range("2000-01-31", periods=300, freq="ME"))
    words = (Word.SUPPORTED, Word.NOT_DISTINGUISHABLE, Word.REFUTED, Word.TOO_SHORT, Word.NOT_TESTABLE)
    claims = tuple(
        ClaimView(
            number=f"C{place}",
            statement="Private markets and regulation cut the quality and the number of entrants",
            family="entrants",
            verdict=word,
            reason="It lies below zero, all tests allowed for. −3.65 % a year (95 % interval −4.97 % to −2.33 %).",
            figures=(("effect", "−3.65 % a year"), ("sample", "335 months, 1997-02-28 to 2024-12-31")),
            beside=("6,766 at 1997-01, most 7,269 at 1997-07, 3,613 at 2024-12.",),
            hypothesis="The mean monthly change since 1997 is below zero.",
            refuted_by="A number that has not fallen.",
            published=("For: about 8,000 in 1996 and 4,100 in 2012 (Doidge, Karolyi & Stulz, NBER 21181, 2015).",),
            source="companies in size portfolios, to 2024-12.",
            lacks=MISSING if word == Word.NOT_TESTABLE else "",
            runs=(("Run avoid_junk-abc123 of avoid_junk: refuted", ""),) if word == Word.REFUTED else (),
            line=draw_line("listed", line),
            stands_in=word == Word.REFUTED,
        )
        for place, word in enumerate(words, 1)
    )
    low, high = (f"{side} would support" for side in ("low", "high"))
    watch = (
        (Cell("VIX", detail=low), "21.51 points", "80 %", "▼ contradicts", "2026-06-05", "C23, C32"),
        (Cell("Deals", detail=high), Cell("stale", detail="last known 21"), "–", "–", "2017-02-28", "C17"),
        (Cell("Flows", detail=high), Cell("missing", detail=MISSING), "–", "–", "–", "C4, C31"),
    )
    rates = (("C9", "entrants", "zero", "1,000", "60", "2.3 %", "2.1 %"),)
    told = "REAL data. Answered 2026-11-26."
    return ThesisView("What of the article is true?", told, claims, False, watch, rates, ("C1: it is counted.",))
