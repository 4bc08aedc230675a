"""One picture of all other choices, and of every benchmark: what the edge and the word would have been."""

from __future__ import annotations

from active_edge.report.blocks import Edge, Edges, Reach
from active_edge.report.first_screen import ticks
from active_edge.report.run_page import RunPage
from active_edge.words import count, interval, is_missing, plain, signed


def choices_picture(page: RunPage) -> Edges | None:
    """Every variation of the run on one axis, in groups; None where none was tried."""
    stats = page.stats
    tried = [row for row in stats.sensitivity if not any(map(is_missing, (row.lower, row.alpha_annual, row.upper)))]
    if not tried:
        return None
    ends = [(float(row.lower or 0.0), float(row.alpha_annual or 0.0), float(row.upper or 0.0)) for row in tried]
    drawn = [0.0, stats.economic_threshold, *(end for row in ends for end in row)]
    air = 0.03 * (max(drawn) - min(drawn))
    axis = (min(drawn) - air, max(drawn) + air)
    rows = tuple(
        Edge(
            row.setting,
            signed(end[1]),
            interval(end[0], end[2]),
            Reach(*end, axis),
            "net" if row.verdict == stats.verdict else "first",
            group=plain(row.group),
            verdict=row.verdict,
            more=f"Alpha a year on {stats.yardstick}, arithmetic, were this choice made.",
        )
        for row, end in zip(tried, ends, strict=True)
    )
    same = sum(row.verdict == stats.verdict for row in tried)
    left = len(stats.sensitivity) - len(tried)
    words = f"{same} of {count(len(tried), 'other choice')} give the same word; orange ones another."
    if left:
        words += f" {count(left, 'more choice')} gave no estimate."
    caption = f"Edge a year on {stats.yardstick} were another choice made, with its 95 % interval"
    return Edges(caption, rows, ticks(*axis), stats.economic_threshold, words, first="Choice")
