"""The matrices a walk through the months leaves behind."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

NO_EXIT, DISTRESS, MERGER = 0, 1, 2
NEVER_REPORTED = -1


class Grid(NamedTuple):
    """Matrices (T months, S slots) of the path, warm-up included; see the module for rows and columns.

    firm int32 · base float32: simple return of the month without the exit's drop · exit_kind int8, exit_return
    float32: of the firm that held the slot when the month began · log_value float32: ln market value in M USD, end
    of month · quality float32 · growth float32 · known, restated float32: reported quality by the latest filing at
    the end of the month, as filed and as it stands after all restatements · known_month int32: month of the period
    that filing describes.
    """

    firm: np.ndarray
    base: np.ndarray
    exit_kind: np.ndarray
    exit_return: np.ndarray
    log_value: np.ndarray
    quality: np.ndarray
    growth: np.ndarray
    known: np.ndarray
    restated: np.ndarray
    known_month: np.ndarray


class Reports(NamedTuple):
    """Matrices (T // 3 quarters, S slots) of what was reported: quality as first filed, what of it was overstated,
    and the days from period end to filing (−1: the slot's firm did not yet report)."""

    quality: np.ndarray
    overstated: np.ndarray
    lag_days: np.ndarray
