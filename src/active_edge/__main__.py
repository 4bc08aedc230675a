"""``python -m active_edge``: the command line."""

from active_edge.cli.main import run

run()
