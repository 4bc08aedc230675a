"""Honest tests of active small-cap investing.

>>> import active_edge as ae
>>> market = ae.open_market("data/us")                      # or ae.simulate(...), or ae.choose_market()
>>> screen = ae.load_screen("screens/avoid_junk.yaml")
>>> members = screen.members(market, "2016-06-30")
>>> why = screen.explain(market, "2016-06-30", "AAON")
>>> strategy = ae.load_strategy("strategies/avoid_junk.yaml")
>>> result = ae.backtest(strategy, market)                  # .returns .gross .holdings .trades .portfolio ...
>>> judgement = ae.judge(result)
>>> runs = ae.write_report([result], out="results")
>>> sealed = ae.seal(strategy, market)                      # before its months come; .line is sent to somebody
>>> track = ae.track(market)                                # once they have come

Names are imported when they are first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from active_edge.article.statistics import statistic
    from active_edge.choice import choose_market
    from active_edge.cli.main import main
    from active_edge.costs import Costs, Delisting, Impact, TradingTerms
    from active_edge.errors import ActiveEdgeError
    from active_edge.factors.own import factor
    from active_edge.market import Market, open_market
    from active_edge.market.intake.importer import import_folder
    from active_edge.panel import Panel
    from active_edge.plugins import load_plugins
    from active_edge.results.batch import judge, run_strategies, write_report
    from active_edge.results.own_returns import judge_returns
    from active_edge.results.stored_run import load_run
    from active_edge.run.backtest import backtest
    from active_edge.run.own_weights import backtest_weights
    from active_edge.screen import Screen, load_screen
    from active_edge.sealing.make import seal
    from active_edge.sealing.track import track
    from active_edge.sealing.verify import verify_seal
    from active_edge.simulated import simulate
    from active_edge.sources.own import source
    from active_edge.strategy import Strategy, load_strategy
    from active_edge.sweeping.run import sweep
    from active_edge.weightings import weighting

_HOME = {
    "ActiveEdgeError": "active_edge.errors",
    "Costs": "active_edge.costs",
    "Delisting": "active_edge.costs",
    "Impact": "active_edge.costs",
    "Market": "active_edge.market",
    "Panel": "active_edge.panel",
    "Screen": "active_edge.screen",
    "Strategy": "active_edge.strategy",
    "TradingTerms": "active_edge.costs",
    "backtest": "active_edge.run.backtest",
    "backtest_weights": "active_edge.run.own_weights",
    "choose_market": "active_edge.choice",
    "factor": "active_edge.factors.own",
    "import_folder": "active_edge.market.intake.importer",
    "judge": "active_edge.results.batch",
    "judge_returns": "active_edge.results.own_returns",
    "load_plugins": "active_edge.plugins",
    "load_run": "active_edge.results.stored_run",
    "load_screen": "active_edge.screen",
    "load_strategy": "active_edge.strategy",
    "main": "active_edge.cli.main",
    "open_market": "active_edge.market",
    "run_strategies": "active_edge.results.batch",
    "seal": "active_edge.sealing.make",
    "simulate": "active_edge.simulated",
    "source": "active_edge.sources.own",
    "statistic": "active_edge.article.statistics",
    "sweep": "active_edge.sweeping.run",
    "track": "active_edge.sealing.track",
    "verify_seal": "active_edge.sealing.verify",
    "weighting": "active_edge.weightings",
    "write_report": "active_edge.results.batch",
}

__version__: str
__all__ = [
    "ActiveEdgeError",
    "Costs",
    "Delisting",
    "Impact",
    "Market",
    "Panel",
    "Screen",
    "Strategy",
    "TradingTerms",
    "backtest",
    "backtest_weights",
    "choose_market",
    "factor",
    "import_folder",
    "judge",
    "judge_returns",
    "load_plugins",
    "load_run",
    "load_screen",
    "load_strategy",
    "main",
    "open_market",
    "run_strategies",
    "seal",
    "simulate",
    "source",
    "statistic",
    "sweep",
    "track",
    "verify_seal",
    "weighting",
    "write_report",
]


if not TYPE_CHECKING:  # a checker must refuse a name that is not there

    def __getattr__(name: str) -> Any:
        if name == "__version__":
            from importlib.metadata import version

            return version("active-edge")
        if name not in _HOME:
            raise AttributeError(f"module 'active_edge' has no attribute {name!r}")
        return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(_HOME)
