"""What the compiled loop reads and writes: plan, cost rates, book and log.

Importing this module imports vectorbt.
"""

from typing import NamedTuple

import numpy as np
from vectorbt.portfolio.enums import order_dt

from active_edge.costs import OrderCosts

extra_dt = np.dtype(
    [
        ("decision", np.int64),
        ("reason", np.int64),
        ("mid", np.float64),
        ("half_spread", np.float64),
        ("impact", np.float64),
    ]
)
"""What an order record of vectorbt does not say: why, and the parts of its slippage (fractions of `mid`)."""
unfilled_dt = np.dtype([("decision", np.int64), ("col", np.int64), ("shares", np.float64), ("reason", np.int64)])
"""`shares` is target minus position, adjusted shares: positive an unfilled purchase."""


class Plan(NamedTuple):
    """Target weights of one configuration, compressed by row.

    rows : (n_decisions,) int64, decision rows, ascending; indptr : (n_decisions + 1,) int64;
    cols : (n_targets,) int64, ascending within a decision; weights : (n_targets,) float64, > 0.
    """

    rows: np.ndarray
    indptr: np.ndarray
    cols: np.ndarray
    weights: np.ndarray


class Rates(NamedTuple):
    """`OrderCosts` with what belongs to one order side by side in memory.

    table : (n_decisions, n_columns, 4) float64: half-spread, dollar volume, linear and power impact;
    (n_decisions, 1, 4) where all assets have the same.
    """

    table: np.ndarray
    exponent: float
    commission: float
    max_participation: float


def side_by_side(terms: OrderCosts) -> Rates:
    """Return the costs of orders in the layout the loop reads."""
    parts: tuple[np.ndarray, ...] = (terms.half_spread, terms.dollar_volume, terms.impact_linear, terms.impact_power)
    if all(np.array_equal(part, np.broadcast_to(part[:, :1], part.shape), equal_nan=True) for part in parts):
        parts = tuple(part[:, :1] for part in parts)
    return Rates(np.stack(parts, axis=-1), terms.exponent, terms.commission, terms.max_participation)


name_dt = np.dtype(
    [(field, np.int64) for field in ("col", "ends", "state", "latest")]
    + [(field, np.float64) for field in ("want", "price", "val_price", "most", "limit", "weight")]
    + [(field, np.float64) for field in ("half", "volume", "linear", "power", "goal", "held")]
)
"""An active name, in two cache lines: its column; the row after its series; its order's state; its last change that is
not drawn yet, -1 for none; want, shares; price and val_price, USD; most, shares one order may be by participation;
limit, shares the session traded (inf unknown); its target weight; its rates, as `Rates.table`; goal and held, shares,
what `affordable` is asked."""
slot_dt = np.dtype(
    [(field, np.int64) for field in ("listed", "waiting", "ending", "asked", "merged")] + [("weight", np.float64)]
)
"""Entry i of several lists of places of active names, each ascending: of those looked at on the row, whose order waits,
whose series ends before the next decision, whom `affordable` is asked about; and of the columns of a decision."""
change_dt = np.dtype([("since", np.int64), ("previous", np.int64), ("before", np.float64)])
"""A change of what is held of a name: row of the segment; the name's change before it; shares held until then."""


class Book(NamedTuple):
    """Mutable state of one configuration; the first `n` entries of whatever belongs to active names are in use.

    position : (n_columns,) adjusted shares. names, slots, changes : (n_columns,) `name_dt`, `slot_dt` and
    (some × n_columns,) `change_dt`. order_value, sequence : USD and places of the orders of a row; spare_value,
    spare_sequence : room to sort them. cash : USD in hand, and what exits brought since the last decision. counts :
    orders, unfilled remainders.

    Records and not an array a field: taking an array out of a tuple costs two atomic reference counts, and what is read
    of a name lies together.
    """

    position: np.ndarray
    names: np.ndarray
    slots: np.ndarray
    changes: np.ndarray
    order_value: np.ndarray
    sequence: np.ndarray
    spare_value: np.ndarray
    spare_sequence: np.ndarray
    cash: np.ndarray
    counts: np.ndarray


class Log(NamedTuple):
    """What a run leaves behind. `value`, `cost` by row; `traded`, `base` by decision; records if `keep[0]`.

    value : (n_rows,) USD at the close; cost : (3, n_rows) USD commission, spread, impact;
    traded : (n_decisions,) USD at mid prices, exits excluded; base : (n_decisions,) USD at the first fill row;
    first : (1,) row of the first fill, n_rows where there was none.
    waits : (2,) orders × sessions that waited because nobody traded, and because the day's volume was too small.
    """

    value: np.ndarray
    cost: np.ndarray
    traded: np.ndarray
    base: np.ndarray
    first: np.ndarray
    waits: np.ndarray
    orders: np.ndarray
    extra: np.ndarray
    unfilled: np.ndarray
    keep: np.ndarray


def new_log(n_rows: int, n_decisions: int, capacity: int) -> Log:
    """Return an empty log; `capacity` 0 keeps no records, only the curves."""
    return Log(
        np.empty(n_rows),
        np.zeros((3, n_rows)),
        np.zeros(n_decisions),
        np.full(n_decisions, np.nan),
        np.full(1, n_rows),
        np.zeros(2, np.int64),
        np.empty(max(capacity, 1), order_dt),
        np.empty(max(capacity, 1), extra_dt),
        np.empty(max(capacity, 1), unfilled_dt),
        np.array([capacity > 0]),
    )
