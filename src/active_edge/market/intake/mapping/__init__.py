"""Tables of a user in their own layout: what columns mean, guessed, written down, put into those of a market."""
