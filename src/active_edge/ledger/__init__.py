"""The record of everything ever tried: one file a user, one line a trial, written before its result is shown."""

from active_edge.ledger.ledger import Ledger
from active_edge.ledger.place import VARIABLE, ledger_file
from active_edge.ledger.tally import Tally
from active_edge.ledger.trial import RATIO, REAL, Kind, Trial, lineage_of
from active_edge.run_record import Look

__all__ = ["RATIO", "REAL", "VARIABLE", "Kind", "Ledger", "Look", "Tally", "Trial", "ledger_file", "lineage_of"]
