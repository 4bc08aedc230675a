"""Small simulated markets and strategies for tests of what a run says about robustness."""

from active_edge.config import parse_model
from active_edge.judging.judgement import judge_result
from active_edge.ledger import Tally
from active_edge.market import open_market
from active_edge.screen import Screen
from active_edge.simulated import simulate
from active_edge.strategy import Strategy, StrategyRules

RULES = """name: s
screen: t
rebalance: quarterly
trade_at: next_close
min_coverage: 0
benchmarks: [IWM]
costs: {commission_bps: 1, spread: 10, impact: {model: none}, max_participation: null}
"""
SCREEN = "name: t\ndescription: d\n"


def simulated(folder, **knobs):
    simulate(folder, **({"years": 6, "firms": 500, "seed": 3} | knobs))
    return open_market(folder)


def strategy_of(screen, rules=""):
    return Strategy(parse_model(RULES + rules, StrategyRules, "s.yaml"), parse_model(SCREEN + screen, Screen, "t.yaml"))


def judged(result, trials=1, **arguments):
    return judge_result(result, Tally(trials, 0, None, None), **({"random_portfolios": 0} | arguments))
