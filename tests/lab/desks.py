"""A small simulated market with a strategy, and the lab on it."""

from __future__ import annotations

import copy
from pathlib import Path

from active_edge.lab.serve import make_lab
from active_edge.market import Market, open_market
from active_edge.simulated import simulate
from active_edge.strategy import load_strategy

SCREEN = """name: small
description: a test
universe: {min_price: 1}
require:
  leverage: {quantile_max: 0.7}
rank: {return_on_assets: 1, gross_profitability: 0.5}
select: {top: 30, keep_until: 45}
"""
STRATEGY = "name: small\nscreen: small\nrebalance: quarterly\ncapital_usd: 1000000\n"


def make_folder(folder: Path) -> Path:
    """A working folder with a market, a screen and a strategy."""
    simulate(folder / "market", years=4, firms=200, seed=3)
    for kind, text in (("screens", SCREEN), ("strategies", STRATEGY)):
        (folder / kind).mkdir()
        (folder / kind / "small.yaml").write_text(text)
    return folder


def make_damaged(folder: Path) -> Path:
    """A market of which one byte of the prices was changed after it was written."""
    simulate(folder, years=2, firms=50, seed=5)
    (prices,) = folder.glob("snapshots/*/prices.parquet")
    content = bytearray(prices.read_bytes())
    content[len(content) // 2] ^= 0xFF
    prices.chmod(0o644)
    prices.write_bytes(content)
    return folder


def lab_in(folder: Path, market: Market | None = None, **given):
    """The lab on the market of a folder, with a family of its own; the rest as `make_lab`."""
    strategy = load_strategy(folder / "strategies" / "small.yaml")
    market = open_market(folder / "market") if market is None else market
    return make_lab(market, {strategy.name: strategy}, family="lab test", out=folder / "results", **given)


def variant_with(lab, **changes):
    """The first variant of a lab with other values, by dotted key: ``screen.select.top`` as screen__select__top."""
    content = copy.deepcopy(lab.start["strategies"]["small"])
    for key, value in changes.items():
        *path, last = key.split("__")
        holder = content
        for part in path:
            holder = holder[part]
        holder[last] = value
    return content
