"""Many variants of one strategy on one market, and what may be concluded from having tried them."""
