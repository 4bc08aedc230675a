"""Importing the package costs no statistics library; using an estimator does."""

import subprocess
import sys

import pytest

LISTING = """
import importlib, pkgutil, sys
import active_edge.inference as package
for module in pkgutil.iter_modules(package.__path__):
    if module.name != "_compiled":
        importlib.import_module("active_edge.inference." + module.name)
heavy = {"statsmodels", "arch", "linearmodels", "vectorbt", "numba"}
print(sorted(heavy & set(sys.modules)))
from active_edge.inference.regression import least_squares
import numpy as np
least_squares(np.arange(30.0)[:, None] % 7, np.ones((30, 1)))
print(sorted(heavy & set(sys.modules)))
"""


@pytest.mark.slow
def test_no_module_imports_a_statistics_library_before_it_is_used():
    run = subprocess.run([sys.executable, "-c", LISTING], capture_output=True, text=True, check=True)
    before, after = run.stdout.splitlines()
    assert before == "[]"
    assert after == "['numba']"
