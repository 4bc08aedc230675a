"""What a checker refuses; each line it must report ends in ``# refused``."""

import active_edge as ae

market = ae.open_market("data/sim")
strategy = ae.load_strategy("avoid_junk")

ae.backtest(strategy, "data/sim")  # refused
ae.backtest(strategy, market, begin="2012-01-03")  # refused
ae.backtest(strategy)  # refused
ae.backtest(market, strategy)  # refused
ae.judge(ae.backtest(strategy, market), seed="seven")  # refused
ae.simulate("data/sim", firms="many")  # refused
ae.backtst(strategy, market)  # refused
words: list[str] = ae.load_screen("avoid_junk").members(market, "2016-06-30", 3)  # refused
print(market.snapshoot)  # refused
ae.load_strategy(None)  # refused
