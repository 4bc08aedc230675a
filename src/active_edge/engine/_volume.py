"""The trailing dollar volume an order is held against, told when an order needs it.

Importing this module imports numba.
"""

import numpy as np
from numba import njit

from active_edge.engine.segments import Track
from active_edge.panel.windows import NEEDED_ONE_IN
from active_edge.sessions import SESSIONS_A_QUARTER

NOT_ASKED, UNKNOWN, NOTHING = 0.0, -1.0, -2.0
"""What `Track.median` holds beside a volume above zero."""


@njit(cache=True, nogil=True)
def tell_volume(row: int, col: int, tape: Track) -> float:
    """Note the median close × volume of the 63 sessions before a row in `tape.median`, USD, and return what was noted.

    `UNKNOWN` with values on less than a third of them. Only what is left of an order on a later session asks, so most
    of the matrix is never needed: each value is told once. Threads that note the same value at once note the same.
    """
    close, volume, at = tape.daily_close, tape.daily_volume, tape.offset[col]
    stop = tape.first_row + row
    begin, end = max(stop - SESSIONS_A_QUARTER, tape.first[col]), min(stop, tape.last[col] + 1)
    traded = np.empty(SESSIONS_A_QUARTER)
    count = 0
    for session in range(begin, end):
        dollars = close[at + session] * volume[at + session]
        if not np.isnan(dollars):
            traded[count] = dollars
            count += 1
    noted = UNKNOWN
    if count * NEEDED_ONE_IN >= SESSIONS_A_QUARTER:
        median = np.median(traded[:count])
        noted = median if median > 0.0 else NOTHING
    tape.median[col, row] = noted
    return noted
