"""Members and capped weights of whole matrices, by the compiled selector."""

from __future__ import annotations

import numpy as np


def members_of(
    score: np.ndarray,
    standing: np.ndarray,
    ranked: np.ndarray,
    top: int,
    keep: int,
    *,
    held: np.ndarray | None = None,
) -> np.ndarray:
    """(n_dates, n_assets) bool; members with entry at place `top` and exit past `keep`, from the first date on.

    A member stays while its place is at most `keep`; free places up to `top` go to the best, the last of them to all
    who share it.

    Parameters
    ----------
    score, standing : (n_dates, n_assets) float; better is a higher score, then a lower standing. Read where `ranked`.
    ranked : (n_dates, n_assets) bool; the others have no place and are never members.
    held : (n_assets,) bool; members before the first date. None: nobody.
    """
    from active_edge.selection.compiled import choose

    members = np.zeros(ranked.shape, dtype=np.bool_)
    stays = np.zeros(ranked.shape[1], dtype=np.bool_) if held is None else np.asarray(held, dtype=np.bool_)
    work = np.empty(ranked.shape[1], dtype=np.int64)
    score, standing = (np.ascontiguousarray(matrix, dtype=np.float64) for matrix in (score, standing))
    for row, passed in enumerate(ranked):
        passing = np.flatnonzero(passed)
        choose(score[row], standing[row], passing, len(passing), top, keep, stays, work, members[row])
        stays = members[row]
    return members


def capped(weights: np.ndarray, max_weight: float, max_sector_weight: float, sectors: np.ndarray) -> np.ndarray:
    """Weights within both caps; what a cap takes away goes to the others in proportion, the rest to cash.

    Parameters
    ----------
    weights : (n_assets,) float >= 0, summing to 1 or 0.
    sectors : (n_assets,) labels; ``unknown`` is capped like any other, for what nobody knows is no reason to hold more.
    """
    from active_edge.selection.compiled import cap

    held = np.flatnonzero(weights)
    names, code = np.unique(sectors[held], return_inverse=True)
    within = np.array(weights[held], dtype=np.float64)
    room = np.empty(len(names) or 1), np.empty(len(held))
    cap(within, code.astype(np.int64), len(held), float(max_weight), float(max_sector_weight), *room)
    result = np.zeros_like(weights, dtype=np.float64)
    result[held] = within
    return result
