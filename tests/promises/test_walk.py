"""How far returns walk to their verdict: the arrows between modules that calls really take, counted as they run."""

import sys
from collections.abc import Callable

from active_edge.inference.months import Months
from active_edge.inference.verdict import reach_verdict
from active_edge.judging.estimates import evidence_of
from active_edge.judging.samples import samples_of
from active_edge.ledger import Tally
from scripts.sizes import room_of
from tests.inference.return_samples import months_of_fund

FURNITURE = ("words", "products", "errors", "verdicts", "inference.checks", "inference.registry")
"""Text, sums and checks stand in every room; a call of them is no step of the walk."""
MOST = 24
"""Measured; it may fall. What reads a `Sample` by its attributes counts as well. Two of them lead to the rungs, which
stand apart from the sentences: what is measured of words is then not measured anew when a sentence changes."""
MOST_BETWEEN_ROOMS = 9
"""Of these, the ones that lead from one room of docs/rooms.md into another; measured, and at most 15 were asked for."""


def arrows(run: Callable[[], object]) -> set[tuple[str, str]]:
    """(from, to) of every call from one module of the package to another while something runs."""
    found = set()

    def called(frame, event, _):
        if event != "call" or frame.f_back is None:
            return
        pair = tuple(str(one.f_globals.get("__name__", "")) for one in (frame.f_back, frame))
        if pair[0] != pair[1] and all(name.startswith("active_edge.") for name in pair):
            start, end = (name.removeprefix("active_edge.") for name in pair)
            if not start.startswith(FURNITURE) and not end.startswith(FURNITURE):
                found.add((start, end))

    before = sys.getprofile()
    sys.setprofile(called)
    try:
        run()
    finally:
        sys.setprofile(before)
    return found


def between_rooms(found: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """The arrows that leave their room."""
    return {pair for pair in found if len({room_of(name.replace(".", "/")) for name in pair}) == 2}


def test_returns_reach_their_verdict_by_no_more_arrows_than_were_counted():
    fund, market = months_of_fund(120, seed=1)

    def walk():
        months = Months.each(fund.index, 12.0)
        samples = samples_of(
            fund, {"IWM": market}, periods_per_year=12, months=months, factors=market.to_frame("MKT_RF") * 0.9 + 0.001
        )
        return reach_verdict(evidence_of(samples, Tally(3, 0, None, None)))

    taken = arrows(walk)
    assert ("judging.samples", "inference.sample") in taken, "the calls are seen"
    assert len(taken) <= MOST, sorted(taken)
    assert len(between_rooms(taken)) <= MOST_BETWEEN_ROOMS, sorted(between_rooms(taken))


def test_a_call_that_passes_through_another_room_is_counted():
    fund, market = months_of_fund(60, seed=1)
    one = arrows(lambda: samples_of(fund, {}, periods_per_year=12, months=Months.each(fund.index, 12.0)))
    more = arrows(lambda: samples_of(fund, {"IWM": market}, periods_per_year=12, months=Months.each(fund.index, 12.0)))
    assert one < more


def test_a_step_inside_a_room_is_none_between_rooms():
    inside, out = ("inference.sample", "inference.hac"), ("judging.samples", "inference.sample")
    inner = ("market.store", "market.audit.coverage")
    assert between_rooms({inside, out, inner}) == {out, inner}
