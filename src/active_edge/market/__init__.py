"""The market on disk: import, audit, snapshots, prices, facts, series and index members."""

from active_edge.market.audit.report import AuditReport, audit_market
from active_edge.market.facts import FactRows, Facts
from active_edge.market.findings import Finding, ImportReport
from active_edge.market.intake.importer import import_folder
from active_edge.market.prices import Prices
from active_edge.market.snapshot import write_snapshot
from active_edge.market.store import Market, open_market

__all__ = [
    "AuditReport",
    "FactRows",
    "Facts",
    "Finding",
    "ImportReport",
    "Market",
    "Prices",
    "audit_market",
    "import_folder",
    "open_market",
    "write_snapshot",
]
