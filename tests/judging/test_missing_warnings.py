"""A page says of each source that a pull could not have whether it would have used it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from active_edge.judging.missing_warnings import missing_warnings
from active_edge.judging.warnings import SOURCES
from active_edge.market.missing import MissingSource
from tests.judging.planted import strategy_of

ANY = "universe: {min_price: 1}\n"
ASKS = f"{ANY}require: {{insider_ownership: {{min: 0.1}}}}\n"


def lost(source: str, answers: int = 4) -> MissingSource:
    return MissingSource(source, "what it gives", "refused", f"{source}: 401, it says no today", answers, 200)


def said(screen: str, *sources: MissingSource) -> list[str]:
    market = SimpleNamespace(missing=sources)
    judgement: Any = SimpleNamespace(result=SimpleNamespace(market=market, strategy=strategy_of(screen)))
    return [f"{level} {text.split('all of ')[1].split(' (')[0]}" for level, text, _ in missing_warnings(judgement)]


def test_only_what_the_run_reads_is_told() -> None:
    everything = [lost(s) for s in ("kenfrench", "fred", "nport", "ishares", "filings", "form345")]
    series = ["note kenfrench", "note fred", "note nport"]  # factors, cash and spread, flows: every page has them
    assert said(ANY, *everything) == series
    assert said(ASKS, *everything) == [*series, "note filings", "note form345"]
    assert said("universe: {small_caps: true}\n", lost("ishares")) == ["note ishares"]
    assert missing_warnings in SOURCES  # the one place whose warnings the page, JSON and the list of runs read


@pytest.mark.parametrize(("answers", "level"), [(4, "note"), (5, "caution"), (200, "caution")])
def test_more_than_a_fiftieth_is_a_caution(answers: int, level: str) -> None:
    assert said(ANY, lost("yahoo", answers)) == [f"{level} yahoo"]
    assert said(ANY) == []
