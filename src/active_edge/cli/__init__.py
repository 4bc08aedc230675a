"""The command line ``active-edge``: argument parsing and printing, no logic.

Nothing here imports numpy, pandas or vectorbt before a command needs them, so that ``--help`` and ``check``
answer at once.
"""

from active_edge.cli.main import main

__all__ = ["main"]
