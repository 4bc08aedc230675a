"""Tables of anybody's making into a snapshot: read, checked, repaired, every row kept or counted."""
