"""What a reader of ninety seconds sees: the word, three numbers and the fee, one picture, and what was tested."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from active_edge.report.blocks import Edge, Edges, Measure, Measures, Reach
from active_edge.report.palette import benchmark_style
from active_edge.report.run_page import RunPage
from active_edge.stats import HeadlineStats
from active_edge.verdicts import Word
from active_edge.words import interval, is_missing, number, percent, plain, signed

TICKS = 5
STEPS = (0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
TWINS, FACTORS = "random twins", "factors"


@dataclass(frozen=True)
class FirstScreen:
    """The parts of the first screen; a part that a run has none of is None or empty."""

    headline: Measures | None
    edges: Edges | None
    tested: tuple[tuple[str, str], ...]


def first_screen(page: RunPage) -> FirstScreen:
    """What stands on the first screen of a run."""
    measures = tuple(_headline(page.stats.headline))
    return FirstScreen(Measures(measures) if measures else None, _edges(page), _tested(page))


def is_short(page: RunPage) -> bool:
    """Whether nothing could be tested, so that a page says what is missing and little else."""
    return page.stats.verdict == Word.NOT_TESTABLE


def _headline(found: HeadlineStats | None) -> Iterator[Measure]:
    """The three numbers, and what a fee leaves."""
    if found is None:
        return
    over = f"a year over {found.yardstick}"
    yield Measure(
        "Excluded above",
        percent(found.excluded_above),
        f"{over}: the largest edge these months leave possible",
        "Upper bound of the alpha a year (arithmetic, of complete months), 95 %, one-sided; not charged for other "
        "trials.",
    )
    belief = found.belief
    yield Measure(
        "Believed",
        signed(belief.mean),
        f"a year, 80 % from {interval(*belief.interval)}",
        f"Mean of the sceptical posterior of the alpha a year. Chance of more than 0.5 %: "
        f"{percent(belief.probability, 0)}, {percent(belief.probability_before, 0)} before the data ({belief.prior} "
        f"prior, {signed(belief.prior_mean)} ± {percent(belief.prior_deviation)}).",
    )
    yield Measure(
        "Smallest edge visible",
        percent(found.visible),
        f"{over}: a smaller one would most likely go unseen",
        "The alpha a year that a run of so many months, as noisy as these, finds four times in five at the 5 % mark.",
    )
    yield Measure("Edge after fee", signed(found.alpha_after_fee), *_after_fee(found))


def _after_fee(found: HeadlineStats) -> tuple[str, str]:
    gone = (
        "no fee can be earned" if found.break_even_fee is None else f"break-even fee {percent(found.break_even_fee, 2)}"
    )
    if not found.management and not found.performance:
        more = "A fee of your own is named by fee: in the strategy; the break-even fee is the one that leaves nothing."
        return f"a year over {found.yardstick}; no fee is named, {gone}", more
    fee = f"Fee {percent(found.management, 2)} a year and {percent(found.performance, 0)} of each year beyond it"
    return f"a year over {found.yardstick}, before it {signed(found.alpha_annual)}; {gone}", f"{fee}."


def _edges(page: RunPage) -> Edges | None:
    """The picture of the edge on each benchmark, the factors and the twins; None where none could be estimated."""
    rows = [row for row in _estimates(page) if not any(is_missing(end) for end in row[1])]
    if not rows:
        return None
    threshold = page.stats.economic_threshold
    drawn = [0.0, threshold, *(end for _, ends, *_ in rows for end in ends)]
    air = 0.04 * (max(drawn) - min(drawn))
    axis = (min(drawn) - air, max(drawn) + air)
    return Edges(
        "Edge a year, after costs, with its 95 % interval",
        tuple(
            Edge(name, signed(ends[1]), interval(ends[0], ends[2]), Reach(*ends, axis), colour, unseen, more)
            for name, ends, colour, unseen, more in rows
        ),
        ticks(*axis),
        threshold,
        f"Shaded: too small to see in so few months. Dotted: {percent(threshold)} a year, the least worth having.",
    )


Row = tuple[str, tuple[float, float, float], str, float | None, str]


def _estimates(page: RunPage) -> Iterator[Row]:
    """What the portfolio is held against, ends and middle, colour, band too small to see, and its definition."""
    stats = page.stats
    for place, (name, one) in enumerate(stats.benchmarks.items()):
        if one.alpha_ci is not None and one.alpha_annual is not None:
            more = f"Alpha a year on {name} at equal market risk (arithmetic, {number(one.months, 0)} complete months)."
            ends = (one.alpha_ci[0], one.alpha_annual, one.alpha_ci[1])
            yield name, ends, benchmark_style(place)[0], one.mde_annual, more
    factors = stats.factors
    if factors is not None and factors.alpha_ci is not None and factors.alpha_annual is not None:
        more = f"Alpha a year on {factors.model}, arithmetic, of {number(factors.months, 0)} complete months."
        yield FACTORS, (factors.alpha_ci[0], factors.alpha_annual, factors.alpha_ci[1]), "net", None, more
    twins = stats.twins
    if twins is not None:
        more = (
            "Alpha a year over the mean of matched random portfolios of the same universe, arithmetic, on the factors "
            f"where there are any, of {number(twins.months, 0)} complete months."
        )
        yield TWINS, (twins.alpha_ci[0], twins.alpha_annual, twins.alpha_ci[1]), "fourth", None, more


def ticks(low: float, high: float) -> tuple[tuple[float, str], ...]:
    """At most `TICKS` round numbers from `low` to `high`, zero among them."""
    step = next((one for one in STEPS if (high - low) / one <= TICKS), 10.0)
    first, last = int(-(-low // step)), int(high // step)
    decimals = 0 if step >= 0.01 else 1 if step == 0.005 else 2
    return tuple((place * step, signed(place * step, decimals)) for place in range(first, last + 1))


def _tested(page: RunPage) -> tuple[tuple[str, str], ...]:
    """Five lines of what was tested; for a run of before, its author's words."""
    lines = page.stats.tested or ({"strategy": page.record.description} if page.record.description else {})
    return tuple((plain(name), line) for name, line in lines.items())
