"""What to distrust about a market: coverage, provenance, survivorship, suspects, missing names."""
