"""What a reader must know of how a run was traded: volumes that were not known, orders that waited, idle proceeds."""

from __future__ import annotations

from collections.abc import Iterator

from active_edge.judging.judgement import Judgement
from active_edge.market.audit.silent_names import REMEDY, silent_by, silent_named
from active_edge.stats import Level
from active_edge.words import count, percent, usd

MUCH_MODELLED = 0.10
MUCH_CASH = 0.05


def volume_warnings(judgement: Judgement) -> Iterator[tuple[Level, str, str]]:
    """Volumes that were told from other names, and orders that waited for volume."""
    result = judgement.result
    modelled = result.decision.evaluation.panel.volume_modelled()
    for who, names in (("names held", result.targets.weights > 0), ("candidates", result.targets.candidates)):
        told, every = int((modelled & names).sum()), int(names.sum())
        if told:
            share = told / every
            yield (
                "caution" if share > MUCH_MODELLED else "note",
                f"Volume unknown: the dollar volume of {told:,} of {every:,} {who} on decision dates "
                f"({percent(share)}) is modelled from market value and the median turnover of names of their size, for "
                "the liquidity rule, participation, impact and spread alike.",
                "Import volumes: what a name can trade is then known, not told from others.",
            )
    untraded, day_volume = (int(number) for number in result.simulation.waits)
    if untraded or day_volume:
        yield (
            "note",
            f"Orders waited {count(untraded, 'time')} on a session on which nobody traded the name (volume 0), and "
            f"{count(day_volume, 'time')} because the day's volume was less than what was left of them.",
            "Nothing is filled beyond what was traded; the table of unfilled orders says what never was.",
        )


def proceeds_warnings(judgement: Judgement) -> Iterator[tuple[Level, str, str]]:
    """What became of the proceeds of names that left the market."""
    simulation, terms = judgement.result.simulation, judgement.result.strategy.terms
    again = simulation.trades[simulation.trades["reason"] == "reinvest"]
    if len(again):
        yield (
            "note",
            f"Proceeds of names that left the market were invested again in what was held, in proportion to its value, "
            f"after {count(again['session'].nunique(), 'quarter')}: {usd(again['value'].sum())} in all (reinvest: "
            "proportional).",
            "reinvest: hold_cash keeps them in cash until the next decision.",
        )
    asked, invested = judgement.result.targets.weights.sum(axis=1).max(), simulation.invested[-1]
    if terms.reinvest == "hold_cash" and asked - invested > MUCH_CASH:
        yield (
            "caution",
            f"{percent(1.0 - invested, 0)} of the portfolio is cash at the end, for proceeds of names that left the "
            "market are kept (reinvest: hold_cash).",
            "reinvest: proportional invests them in what is held after each quarter.",
        )


def silent_warnings(judgement: Judgement) -> Iterator[tuple[Level, str, str]]:
    """Names held at the end of the run whose prices had stopped by then, with no exit told."""
    market, simulation = judgement.result.market, judgement.result.simulation
    end, held = simulation.sessions[-1], simulation.holdings
    weights = held[held["session"] == end].set_index("asset")["weight"]
    columns = silent_by(market, weights.index, end)
    if len(columns):
        yield (
            "caution",
            f"{silent_named(market, columns)} are {percent(weights[market.assets[columns]].sum())} of the portfolio at "
            "the end, at their last price.",
            REMEDY,
        )
