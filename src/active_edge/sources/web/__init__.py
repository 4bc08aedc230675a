"""The wire: requests, pacing, transport, and the archive of every body that came over it."""
