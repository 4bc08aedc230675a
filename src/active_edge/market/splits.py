"""What a split looks like in prices: the usual ratios, and how near one a price must come."""

from __future__ import annotations

import numpy as np

SPLIT_RATIOS = np.array(
    [5 / 4, 4 / 3, 3 / 2, 5 / 3, 2, 5 / 2, 3, 7 / 2, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 40, 50, 100]
)
"""New shares for an old one in a forward split, ascending; a reverse split gives one new share for a whole
number of old ones."""
MOST_REVERSE = 100
"""A reverse split of more old shares for a new one is an error of price."""
SPLIT_TOLERANCE = 0.02
"""A move within this share of a ratio is taken for the split."""
