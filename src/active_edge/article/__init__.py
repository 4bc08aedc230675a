"""The article's claims, and how the runs of strategies judge them."""
