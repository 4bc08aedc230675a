"""Market folders as the world makes them, each with one fault or one rare truth, and the right value held in words.

What stands in `inputs` is data alone; each was made after a public report of how another program of the trade went
wrong on it.
"""
