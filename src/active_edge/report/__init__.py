"""Pages: run records to HTML that works offline. Computes nothing, fetches nothing."""
