"""docs/import.md says every key of import.yaml."""

from __future__ import annotations

from active_edge.market.intake.mapping.keys import KEYS, key_table
from active_edge.market.intake.mapping.model import MappedTable
from active_edge.market.intake.reference import import_reference


def test_every_key_of_a_mapped_table_is_documented_and_no_other() -> None:
    assert {*KEYS} == {*MappedTable.model_fields}
    assert key_table() in import_reference()
