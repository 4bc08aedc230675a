"""The SEC, Yahoo and the rest in miniature: a simulated market, told in the formats the real sources use.

`served` reads the tables of a simulated market folder and hands a replay server every body a full pull asks for;
`comparison` holds what was pulled against what was simulated. What a format cannot carry is listed in `comparison`.
`planted` makes worlds in which the claims of the article hold, or fail.
"""
