"""What holdings files of index funds say of a market: members, weights, sectors, closes, the later dead included."""
