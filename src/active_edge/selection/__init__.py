"""Who is chosen of those that pass, and what each may weigh: compiled once, for decisions, attribution and sweeps."""
