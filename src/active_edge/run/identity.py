"""What makes a trial distinct: the same idea on the same data is the same trial, in every version of the program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from active_edge.plugins import Plugin
from active_edge.run.backtest import configuration
from active_edge.strategy import Strategy

SILENT = ("name", "description", "screen", "fee", "prior", "control")
"""Keys that say what a thing is called or is for, or change what is made of the returns and not the returns."""
LATER: Mapping[tuple[str, ...], Any] = {
    ("screen", "items"): {},
    ("screen", "universe", "exclude"): None,
    ("screen", "universe", "market_value"): None,
    ("screen", "universe", "small_caps"): False,
    ("strategy", "reinvest"): "hold_cash",
}
"""Keys that came later, each with the value under which it does nothing: there it is no part of the trial, or every
trial ever recorded would be another one. A key whose default does something new belongs to the trial, not in here."""
SECTORS = ("sectors", "exclude_sectors")


def trial_content(strategy: Strategy, plugins: Mapping[str, Plugin]) -> Mapping[str, Any]:
    """`configuration` without what changes nothing, and the hash of every plug-in used: what makes a trial distinct.

    Names and descriptions change nothing, nor do later keys that are off, the order of sectors, and what becomes of an
    unknown sector where no rule asks for one.

    Parameters
    ----------
    plugins : as `Decision.plugins`; where a file lies is no part of the trial.
    """
    content = {
        part: {key: value for key, value in body.items() if key not in SILENT}
        for part, body in configuration(strategy).items()
    }
    if _decides_every_quarter(strategy):
        content["strategy"]["reinvest"] = LATER["strategy", "reinvest"]
    for path, off in LATER.items():
        content = _without(content, path, off)
    universe = content["screen"].get("universe")
    if universe:
        content["screen"]["universe"] = _settled(universe)
    hashes = {what: plugin.sha256 for what, plugin in sorted(plugins.items())}
    return {**content, "plugins": hashes} if hashes else content


def _decides_every_quarter(strategy: Strategy) -> bool:
    """Whether every quarter begins with a decision: no proceeds of exits are left to be invested again then."""
    rules = strategy.rules
    return rules.rebalance == "monthly" or (rules.rebalance == "quarterly" and rules.month_offset == 0)


def _without(content: Mapping[str, Any], path: tuple[str, ...], off: Any) -> dict[str, Any]:
    first, *rest = path
    if first not in content:
        return dict(content)
    if rest:
        return {**content, first: _without(content[first], tuple(rest), off)}
    return {key: value for key, value in content.items() if key != first or value != off}


def _settled(universe: Mapping[str, Any]) -> dict[str, Any]:
    rules = {key: sorted(universe[key]) for key in SECTORS if universe.get(key)}
    # Written as it was while the key's default was this; where no rule asks for a sector it does nothing.
    return {**universe, **rules} if rules else {**universe, "missing_sector": "fail"}
