"""Products whose sums are added in one order, on every processor and by any number of threads.

A BLAS library orders the sums of a product by processor, threads and size, so that the last digits of the same product
differ from machine to machine. Here a sum begins with its first row and ends with its last. Importing this module
imports numba, so it is imported inside the functions that need it.
"""

from __future__ import annotations

import numpy as np
from numba import njit

SWEEPS = 60
RIGHT_ANGLE = 1e-15
REPEATED = 1e-12
"""A column repeats those before it where they leave no larger share of its squares; rounding leaves less."""


def product(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the matrix product of (n, m) and (m, k) float, (n, k)."""
    return _product(*(np.ascontiguousarray(matrix, dtype=np.float64) for matrix in (a, b)))


def lagged_squares(a: np.ndarray, lag: int) -> np.ndarray:
    """Return Σₜ a[t] a[t − lag] of every column of (n, k) float, (k,)."""
    return _lagged_squares(np.ascontiguousarray(a, dtype=np.float64), lag)


def cholesky(matrix: np.ndarray) -> np.ndarray:
    """Return the lower L with LL' = a symmetric, positive definite (n, n) float; NaN where it is not."""
    return _cholesky(np.ascontiguousarray(matrix, dtype=np.float64))


def inverse_gram(design: np.ndarray) -> np.ndarray:
    """Return (X'X)⁻¹ of the (n, k) float design, (k, k), by Cholesky's factors; NaN where columns repeat each other.

    The error of the factors depends on the columns' correlation, not on their scale.

    Source: Higham (2002), Accuracy and Stability of Numerical Algorithms, 2nd ed., sections 10.1 and 14.2.
    """
    return _inverse(product(design.T, design))


def capped(matrix: np.ndarray, largest: float) -> np.ndarray:
    """Return a square matrix, (n, n) float, with its singular values at most `largest`.

    One-sided Jacobi: columns are turned by pairs until all are at right angles; their lengths are then the values.

    Source: Golub & Van Loan (2013), Matrix Computations, 4th ed., section 8.6.3.
    """
    return _capped(np.ascontiguousarray(matrix, dtype=np.float64), float(largest))


@njit(cache=True, nogil=True)
def _product(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    out = np.zeros((a.shape[0], b.shape[1]))
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            # The innermost loop runs over sums, never along one, so it may be vectorised without reordering any.
            for k in range(b.shape[1]):
                out[i, k] += a[i, j] * b[j, k]
    return out


@njit(cache=True, nogil=True)
def _lagged_squares(a: np.ndarray, lag: int) -> np.ndarray:
    out = np.zeros(a.shape[1])
    for t in range(lag, a.shape[0]):
        for k in range(a.shape[1]):
            out[k] += a[t, k] * a[t - lag, k]
    return out


@njit(cache=True, nogil=True)
def _cholesky(gram: np.ndarray) -> np.ndarray:
    lower = np.zeros(gram.shape)
    for i in range(len(gram)):
        for j in range(i + 1):
            rest = gram[i, j]
            for k in range(j):
                rest -= lower[i, k] * lower[j, k]
            if i > j:
                lower[i, j] = rest / lower[j, j]
            elif rest > REPEATED * gram[i, i]:
                lower[i, i] = np.sqrt(rest)
            else:
                return np.full(gram.shape, np.nan)
    return lower


@njit(cache=True, nogil=True)
def _inverse(gram: np.ndarray) -> np.ndarray:
    n, lower = len(gram), _cholesky(gram)
    columns, out = np.zeros((n, n)), np.zeros((n, n))
    for c in range(n):
        for i in range(c, n):
            rest = 1.0 if i == c else 0.0
            for k in range(c, i):
                rest -= lower[i, k] * columns[k, c]
            columns[i, c] = rest / lower[i, i]
    for i in range(n):
        for j in range(n):
            for k in range(max(i, j), n):
                out[i, j] += columns[k, i] * columns[k, j]
    return out


@njit(cache=True, nogil=True)
def _capped(matrix: np.ndarray, largest: float) -> np.ndarray:
    n = len(matrix)
    turned, turns = matrix.copy(), np.eye(n)
    for _ in range(SWEEPS):
        off = 0.0
        for p in range(n - 1):
            for q in range(p + 1, n):
                first = second = both = 0.0
                for i in range(n):
                    first += turned[i, p] * turned[i, p]
                    second += turned[i, q] * turned[i, q]
                    both += turned[i, p] * turned[i, q]
                if abs(both) <= RIGHT_ANGLE * np.sqrt(first * second):
                    continue
                off = max(off, abs(both))
                ratio = (second - first) / (2.0 * both)
                tangent = (1.0 if ratio >= 0.0 else -1.0) / (abs(ratio) + np.sqrt(1.0 + ratio * ratio))
                cosine = 1.0 / np.sqrt(1.0 + tangent * tangent)
                for side in (turned, turns):
                    for i in range(n):
                        one, other = side[i, p], side[i, q]
                        side[i, p] = cosine * (one - tangent * other)
                        side[i, q] = cosine * (tangent * one + other)
        if off == 0.0:
            break
    out = np.zeros((n, n))
    for p in range(n):
        length = 0.0
        for i in range(n):
            length += turned[i, p] * turned[i, p]
        length = np.sqrt(length)
        share = 1.0 if length <= largest else largest / length
        for i in range(n):
            for j in range(n):
                out[i, j] += share * turned[i, p] * turns[j, p]
    return out
