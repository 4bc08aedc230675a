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


@njit(cache=True, nogil=True)
def _better(score, standing, than_score, than_standing):  # type: ignore[no-untyped-def]
    """Whether a candidate is better than another; of numbers alone, for arrays would be counted at every call."""
    return score > than_score or (score == than_score and standing < than_standing)


@njit(cache=True, nogil=True)
def nth_best(score, standing, names, n, place):  # type: ignore[no-untyped-def]
    """The candidate at `place` (0 = best) of ``names[:n]``, which are left partly in order: Hoare's selection."""
    low, high = 0, n - 1
    while high - low > SMALL:
        middle = (low + high) >> 1
        a, b, c = names[low], names[middle], names[high]
        # The median of three, so that names in order already are not the worst case.
        if _better(score[b], standing[b], score[a], standing[a]):
            a, b = b, a
        if _better(score[c], standing[c], score[b], standing[b]):
            b = c if _better(score[a], standing[a], score[c], standing[c]) else a
        i, j, middling, its_standing = low, high, score[b], standing[b]
        while i <= j:
            while _better(score[names[i]], standing[names[i]], middling, its_standing):
                i += 1
            while _better(middling, its_standing, score[names[j]], standing[names[j]]):
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
        j, own, its_standing = i, score[name], standing[name]
        while j > low and _better(own, its_standing, score[names[j - 1]], standing[names[j - 1]]):
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
    kept, kept_standing, new, new_standing = score[last_kept], standing[last_kept], score[last_new], standing[last_new]
    for i in range(n):
        name = passing[i]
        own, its_standing = score[name], standing[name]
        if stays[name] and (n <= keep or not _better(kept, kept_standing, own, its_standing)):
            chosen[name] = True
            members += 1
        elif n <= top or not _better(new, new_standing, own, its_standing):
            work[newcomers] = name
            newcomers += 1
    free = min(top - members, newcomers)
    if free > 0:
        last = nth_best(score, standing, work, newcomers, free - 1)
        its_score, its_standing = score[last], standing[last]
        for i in range(newcomers):
            if not _better(its_score, its_standing, score[work[i]], standing[work[i]]):
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
                if j >= stop or (
                    i < middle and not _better(score[order[j]], standing[order[j]], score[order[i]], standing[order[i]])
                ):
                    other[k] = order[i]
                    i += 1
                else:
                    other[k] = order[j]
                    j += 1
        order[:] = other
        width *= 2
    for i in range(n):
        ahead = order[i - 1] if i > 0 else order[0]
        same = i > 0 and not _better(score[ahead], standing[ahead], score[order[i]], standing[order[i]])
        place[order[i]] = place[ahead] if same else float(i + 1)


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
