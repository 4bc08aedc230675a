"""One backtest from start to finish, its place in the ledger, and what is written of it."""
