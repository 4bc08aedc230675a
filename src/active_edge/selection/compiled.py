"""The selector: the best of a date with a buffer, and weights within caps, as compiled functions that loops call.

A candidate is better than another by its score, then by its standing (1 = first). Equal in both, they share a place.
Nothing here allocates: every array is the caller's. Importing this module imports numba.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from active_edge.selection.caps import CAP_PASSES, DUST

SMALL = 12
"""Names of a part that are put in order one by one."""


@njit(cache=True, nogil=True, inline="always")
def _before(score, standing, a, b):  # type: ignore[no-untyped-def]
    """Whether candidate `a` is better than `b`."""
    return score[a] > score[b] or (score[a] == score[b] and standing[a] < standing[b])


@njit(cache=True, nogil=True)
def nth_best(score, standing, names, n, place):  # type: ignore[no-untyped-def]
    """The candidate at `place` (0 = best) of ``names[:n]``, which are left partly in order: Hoare's selection."""
    low, high = 0, n - 1
    while high - low > SMALL:
        middle = (low + high) >> 1
        a, b, c = names[low], names[middle], names[high]
        # The median of three, so that names in order already are not the worst case.
        if _before(score, standing, b, a):
            a, b = b, a
        if _before(score, standing, c, b):
            b = c if _before(score, standing, a, c) else a
        i, j = low, high
        while i <= j:
            while _before(score, standing, names[i], b):
                i += 1
            while _before(score, standing, b, names[j]):
                j -= 1
            if i <= j:
                names[i], names[j] = names[j], names[i]
                i += 1
                j -= 1
        if place <= j:
            high = j
        elif place >= i:
            low = i
        else:
            return names[place]
    for i in range(low + 1, high + 1):
        name = names[i]
        j = i
        while j > low and _before(score, standing, name, names[j - 1]):
            names[j] = names[j - 1]
            j -= 1
        names[j] = name
    return names[place]


@njit(cache=True, nogil=True)
def choose(score, standing, passing, n, top, keep, stays, work, chosen):  # type: ignore[no-untyped-def]
    """Mark in `chosen` who of ``passing[:n]`` is a member; how many.

    score, standing : by candidate, float64. top, keep : as `screen.Selection`; top 0 takes all. stays : bool by
    candidate, who was a member on the date before. work : as long as `passing`. chosen : bool by candidate, False for
    all of `passing` beforehand.
    """
    if top == 0:
        for i in range(n):
            chosen[passing[i]] = True
        return n
    if n == 0:
        return 0
    last_kept, last_new = passing[0], passing[0]
    if n > top:
        work[:n] = passing[:n]
        last_new = nth_best(score, standing, work, n, top - 1)
    if n > keep > top:
        # Behind the place that was found are those who are no better than whoever holds it.
        last_kept = nth_best(score, standing, work[top:], n - top, keep - 1 - top)
    elif n > keep:
        work[:n] = passing[:n]
        last_kept = nth_best(score, standing, work, n, keep - 1)
    members, newcomers = 0, 0
    for i in range(n):
        name = passing[i]
        if stays[name] and (n <= keep or not _before(score, standing, last_kept, name)):
            chosen[name] = True
            members += 1
        elif n <= top or not _before(score, standing, last_new, name):
            work[newcomers] = name
            newcomers += 1
    free = min(top - members, newcomers)
    if free > 0:
        last = nth_best(score, standing, work, newcomers, free - 1)
        for i in range(newcomers):
            if not _before(score, standing, last, work[i]):
                chosen[work[i]] = True
                members += 1
    return members


@njit(cache=True, nogil=True)
def place_of(score, standing, passing, n, work, place):  # type: ignore[no-untyped-def]
    """Write the place of each of ``passing[:n]`` among them, 1 = best; equal ones share it. By merging."""
    work[:n] = passing[:n]
    order = work[:n]
    other = np.empty(n, dtype=work.dtype)
    width = 1
    while width < n:
        for start in range(0, n, 2 * width):
            middle, stop = min(start + width, n), min(start + 2 * width, n)
            i, j = start, middle
            for k in range(start, stop):
                if j >= stop or (i < middle and not _before(score, standing, order[j], order[i])):
                    other[k] = order[i]
                    i += 1
                else:
                    other[k] = order[j]
                    j += 1
        order[:] = other
        width *= 2
    for i in range(n):
        same = i > 0 and not _before(score, standing, order[i - 1], order[i])
        place[order[i]] = place[order[i - 1]] if same else float(i + 1)


@njit(cache=True, nogil=True)
def cap(weights, code, n, max_weight, max_sector_weight, total, raw):  # type: ignore[no-untyped-def]
    """Bring ``weights[:n]`` within both caps; what a cap takes away goes to the others in proportion, the rest to cash.

    code : (n,) place of each name's sector in `total`, which is room to count in; raw : room as long as `weights`.
    """
    whole = 0.0
    for i in range(n):
        whole += weights[i]
        raw[i] = weights[i]
        if weights[i] <= DUST:
            raw[i] = weights[i] = 0.0
    for _ in range(CAP_PASSES):
        _shrink(weights, code, n, max_weight, max_sector_weight, total)
        held, room = 0.0, 0.0
        for i in range(n):
            held += weights[i]
            open_sector = total[code[i]] < max_sector_weight - 1e-12
            if raw[i] > 0.0 and weights[i] < max_weight - 1e-12 and open_sector:
                room += weights[i]
        spare = whole - held
        if spare < 1e-12 or room <= 0.0:
            break
        for i in range(n):
            open_sector = total[code[i]] < max_sector_weight - 1e-12
            if raw[i] > 0.0 and weights[i] < max_weight - 1e-12 and open_sector:
                weights[i] *= 1.0 + spare / room
    _shrink(weights, code, n, max_weight, max_sector_weight, total)


@njit(cache=True, nogil=True)
def _shrink(weights, code, n, max_weight, max_sector_weight, total):  # type: ignore[no-untyped-def]
    """Cut names, then sectors, to their caps; `total` holds what each sector has then."""
    total[:] = 0.0
    for i in range(n):
        weights[i] = min(weights[i], max_weight)
        total[code[i]] += weights[i]
    cut = False
    for i in range(n):
        if total[code[i]] > max_sector_weight:
            weights[i] *= max_sector_weight / total[code[i]]
            cut = True
    if cut:
        total[:] = 0.0
        for i in range(n):
            total[code[i]] += weights[i]
