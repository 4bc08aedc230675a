"""What analysts expect, as items of `facts`."""

EXPECTED_ITEMS = ("expected_eps_this_year", "expected_eps_next_year")
"""USD a share of the fiscal year under way and of the one after it, by the day they were told (months 0). They describe
no period of a filing, and so are none of `schema.ITEMS`; they are read as a user's own item is."""
