"""Products in one order: the right numbers, and the same bits however the matrices lie in memory."""

import math

import numpy as np
import pytest

from active_edge.products import capped, cholesky, inverse_gram, lagged_squares, product

RNG = np.random.default_rng(2)


def test_a_product_equals_numpys_to_rounding_and_adds_from_the_first_row_to_the_last():
    a, b = RNG.normal(size=(30, 200)), RNG.normal(size=(200, 7))
    found = product(a, b)
    np.testing.assert_allclose(found, a @ b, rtol=1e-11)
    for i, k in ((0, 0), (29, 6), (11, 3)):
        total = 0.0
        for x, y in zip(a[i], b[:, k], strict=True):
            total += float(x) * float(y)
        assert found[i, k] == total


def test_bits_depend_neither_on_memory_order_nor_on_what_else_is_asked():
    a, b = RNG.normal(size=(40, 333)), RNG.normal(size=(333, 9))
    whole = product(a, b)
    np.testing.assert_array_equal(product(np.asfortranarray(a), np.asfortranarray(b)), whole)
    np.testing.assert_array_equal(product(a[::2], b[:, 3:4]), whole[::2, 3:4])
    np.testing.assert_array_equal(product(a.astype(np.float64), b[:, ::-1])[:, ::-1], whole)


def test_lagged_squares_are_sums_of_products_so_many_rows_apart():
    a = RNG.normal(size=(50, 3))
    for lag in (0, 1, 7):
        by_hand = [math.fsum(a[t, k] * a[t - lag, k] for t in range(lag, 50)) for k in range(3)]
        np.testing.assert_allclose(lagged_squares(a, lag), by_hand, rtol=1e-12)


@pytest.mark.parametrize("scale", [1.0, 1e-6, 1e9])
def test_the_inverse_gram_matrix_undoes_the_gram_matrix_whatever_the_scale_of_a_column(scale):
    design = np.column_stack([np.ones(300), RNG.normal(size=(300, 4))])
    design[:, 2] = scale * (design[:, 2] + 0.9 * design[:, 1])
    units = np.outer(*2 * [np.sqrt(np.diag(design.T @ design))])
    np.testing.assert_allclose(inverse_gram(design) * units, np.linalg.inv(design.T @ design / units), rtol=1e-10)


def test_the_inverse_of_a_hilbert_matrix_is_the_known_integer_one():
    # Rows that span the Gram matrix H: its Cholesky factor. H⁻¹ of order 4 is known in whole numbers.
    hilbert = np.array([[1.0 / (i + j + 1) for j in range(4)] for i in range(4)])
    known = [[16, -120, 240, -140], [-120, 1200, -2700, 1680], [240, -2700, 6480, -4200], [-140, 1680, -4200, 2800]]
    np.testing.assert_allclose(inverse_gram(np.linalg.cholesky(hilbert).T), known, rtol=1e-9)


def test_the_cholesky_factor_is_numpys_and_none_of_a_matrix_that_is_not_positive_definite():
    root = RNG.normal(size=(20, 5))
    gram = root.T @ root
    np.testing.assert_allclose(cholesky(gram), np.linalg.cholesky(gram), rtol=1e-12, atol=1e-14)
    assert np.isnan(cholesky(np.array([[1.0, 2.0], [2.0, 1.0]]))).all()


def test_columns_that_repeat_each_other_have_no_inverse():
    column = RNG.normal(size=(60, 1))
    assert np.isnan(inverse_gram(np.hstack([np.zeros((60, 1)), column]))).all()
    assert np.isnan(inverse_gram(np.ones((60, 2)))).all()


@pytest.mark.parametrize("largest", [0.5, 3.0, 100.0])
def test_capped_singular_values_are_those_of_lapack_where_they_are_small_enough(largest):
    matrix = np.random.default_rng(8).normal(0, 2, (4, 4))
    left, values, right = np.linalg.svd(matrix)
    assert capped(matrix, largest) == pytest.approx(left @ np.diag(np.minimum(values, largest)) @ right, abs=1e-12)
