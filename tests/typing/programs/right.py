"""What a user writes: every name has its real type, so that the checker of an editor completes and corrects it."""

from pathlib import Path
from typing import assert_type

import active_edge as ae
from active_edge.inference.verdict import Verdict
from active_edge.judging.judgement import Judgement
from active_edge.run.backtest import Result

assert_type(ae.simulate(Path("data/sim"), years=10, firms=400, seed=1, alpha={"profitability": 0.02}), str)
market = ae.open_market("data/sim")
assert_type(market, ae.Market)
assert_type(market.snapshot, str)
assert_type(ae.choose_market(), ae.Market)

screen = ae.load_screen("avoid_junk")
assert_type(screen, ae.Screen)
members = screen.members(market, "2016-06-30")
strategy = ae.load_strategy(Path("strategies/avoid_junk.yaml"))
assert_type(strategy, ae.Strategy)

result = ae.backtest(strategy, market, start="2012-01-03", end=None)
assert_type(result, Result)
assert_type(result.years, float)
judgement = ae.judge(result, benchmarks=["IWM"], seed=7)
assert_type(judgement, Judgement)
assert_type(judgement.verdict, Verdict)
runs = ae.write_report([result], out="results", random_portfolios=200)
more = ae.run_strategies((strategy,), market, out=Path("results"))
assert_type(len(runs) + len(more), int)

try:
    ae.open_market("nowhere")
except ae.ActiveEdgeError as error:
    assert_type(str(error), str)
