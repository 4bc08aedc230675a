"""The same command gives the same bytes on any number of threads, any processor and with any cache."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from active_edge.products import product
from active_edge.stored import stable

PROJECT = Path(__file__).resolve().parents[2]
MAKE_A_RUN = """
import hashlib, os, sys
if os.environ.get("ONE_CPU"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
import active_edge as ae
from pathlib import Path
if os.environ.get("PLANTED"):
    import numpy, active_edge.products, active_edge.stats
    active_edge.products.product = numpy.matmul
    active_edge.stats.stable = lambda content: content
folder = Path(sys.argv[1])
snapshot = ae.simulate(folder / "market", years=4, firms=150, seed=5)
market = ae.open_market(folder / "market")
tried = []
for name in ("avoid_junk", "thesis"):
    strategy = ae.load_strategy(name)
    universe = strategy.screen.universe.model_copy(update={"small_caps": False, "min_dollar_volume": None})
    tried.append(strategy.with_screen(strategy.screen.model_copy(update={"universe": universe})))
runs = ae.run_strategies(tried, market, out=folder / "results", random_portfolios=25)
for file in sorted((folder / "results").glob("*/stats.json")):
    print(file.parent.name, hashlib.sha256(file.read_bytes()).hexdigest())
print(snapshot)
"""
LIBM = "glibc.cpu.hwcaps=-AVX512F,-AVX2,-AVX2_Usable,-FMA,-FMA_Usable,-FMA4,-AVX"
ENVIRONMENTS = {
    "one thread": {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
    "one processor": {"ONE_CPU": "1"},
    "a processor of 2004": {"OPENBLAS_CORETYPE": "Prescott"},
    "a processor of 2013": {"OPENBLAS_CORETYPE": "Haswell"},
    "a processor of 2017": {"OPENBLAS_CORETYPE": "SkylakeX"},
    "no vector units": {"NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL", "GLIBC_TUNABLES": LIBM},
    "other hashes": {"PYTHONHASHSEED": "7"},
}
ALL_AT_ONCE = {
    **{name: value for environment in ENVIRONMENTS.values() for name, value in environment.items()},
    "OPENBLAS_CORETYPE": "Prescott",
}
NEEDS = {"a processor of 2013": "AVX2", "a processor of 2017": "AVX512_SKX", "no vector units": "AVX2"}
"""What this processor must know itself to be taken for another."""


def processor_knows(feature: str) -> bool:
    from numpy._core._multiarray_umath import __cpu_features__

    return bool(__cpu_features__.get(feature, False))


def made(folder: Path, **environment: str) -> str:
    """Hashes of the stats of two runs, and the market's snapshot, made by another process."""
    known = {**os.environ, **{name: value for name, value in environment.items() if name != "GLIBC_TUNABLES"}}
    if sys.platform == "linux" and "GLIBC_TUNABLES" in environment:
        known["GLIBC_TUNABLES"] = environment["GLIBC_TUNABLES"]
    command = [sys.executable, "-c", MAKE_A_RUN, str(folder)]
    done = subprocess.run(command, env=known, capture_output=True, text=True, check=False, cwd=PROJECT)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    return made(tmp_path_factory.mktemp("here"))


@pytest.mark.slow
def test_a_run_has_the_same_bytes_on_a_machine_that_differs_in_everything(here, tmp_path):
    if not processor_knows("AVX2"):
        pytest.skip("this processor has no AVX2")
    assert made(tmp_path, **ALL_AT_ONCE) == here
    assert len(here.splitlines()) == 3


@pytest.mark.nightly
@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_a_run_has_the_same_bytes(name, here, tmp_path):
    if not processor_knows(NEEDS.get(name, "SSE2")):
        pytest.skip(f"this processor has no {NEEDS[name]}")
    assert made(tmp_path, **ENVIRONMENTS[name]) == here
    assert len(here.splitlines()) == 3


@pytest.mark.nightly
def test_a_run_has_the_same_bytes_when_compiled_afresh_for_any_processor(here, tmp_path):
    """Also what tells a compiled function whose cache outlived a constant of another module."""
    assert made(tmp_path, NUMBA_CPU_NAME="generic", NUMBA_CACHE_DIR=str(tmp_path / "cache")) == here


@pytest.mark.nightly
def test_with_sums_in_the_order_of_a_library_and_all_their_digits_the_bytes_differ(here, tmp_path):
    planted = made(tmp_path / "a", PLANTED="1")
    other = made(tmp_path / "b", PLANTED="1", OPENBLAS_CORETYPE="Prescott")
    assert planted.splitlines()[:2] != here.splitlines()[:2]
    assert planted.splitlines()[:2] != other.splitlines()[:2]


def test_a_stored_number_keeps_ten_digits_whatever_its_size():
    content = {"a": [1 / 3, -2e-17 / 3, 12345678901.5], "b": {"c": 0.1 + 0.2, "d": None, "e": "0.30000000000000004"}}
    assert stable(content) == {
        "a": [0.3333333333, -6.666666667e-18, 12345678900.0],
        "b": {"c": 0.3, "d": None, "e": "0.30000000000000004"},
    }
    assert stable(stable(content)) == stable(content)


def test_the_order_of_a_sum_shows_in_its_last_digits():
    """Were all orders alike, nothing above would be a test."""
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(1, 2000)), rng.normal(size=(2000, 1))
    assert product(a[:, ::-1], b[::-1]) != product(a, b)
