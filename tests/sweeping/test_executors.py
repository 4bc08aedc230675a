"""The same numbers wherever a sweep is done, and what becomes of a worker that dies."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

import active_edge.sweeping.run as run_module
from active_edge.errors import BacktestError, ConfigError, MissingInput
from active_edge.sweeping import executors, parts
from active_edge.sweeping.executors import Dask, executor_at
from active_edge.sweeping.run import PARTS, RECORD, VARIANTS, sweep
from active_edge.sweeping.tasks import run_task
from tests.judging.planted import simulated, strategy_of
from tests.sweeping.test_run import SCREEN, grid_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    return simulated(tmp_path_factory.mktemp("market"), years=4, firms=260, seed=11)


@pytest.fixture
def parts_of_three(monkeypatch):
    monkeypatch.setattr(run_module, "PART", 3)


@pytest.fixture
def local(market, tmp_path, parts_of_three):
    return sweep(strategy_of(SCREEN), grid_of(), market, out=tmp_path / "local")


def through(monkeypatch, executor):
    monkeypatch.setattr(run_module, "executor_at", lambda _: executor)


def same_bytes(one, other):
    for file in (VARIANTS, RECORD):
        assert (one.folder / file).read_bytes() == (other.folder / file).read_bytes()
    names = sorted(path.name for path in (one.folder / PARTS).iterdir())
    assert names == sorted(path.name for path in (other.folder / PARTS).iterdir())
    for name in names:
        for file in (parts.MONTHS, parts.DAILY):
            left, right = ((each.folder / PARTS / name / file).read_bytes() for each in (one, other))
            assert left == right


def test_tasks_done_in_any_order_make_the_bytes_of_the_local_sweep(market, tmp_path, local, monkeypatch):
    through(monkeypatch, lambda tasks: ((task, run_task(task)) for task in reversed(tasks)))
    same_bytes(local, sweep(strategy_of(SCREEN), grid_of(), market, out=tmp_path / "far", cluster="any"))


def test_a_task_that_was_lost_once_is_done_here_to_the_same_bytes(market, tmp_path, local, monkeypatch):
    def losing(tasks):
        yield from ((task, None if task.begin == 3 and task.stop == 6 else run_task(task)) for task in tasks)

    through(monkeypatch, losing)
    same_bytes(local, sweep(strategy_of(SCREEN), grid_of(), market, out=tmp_path / "far", cluster="any"))


def test_a_variant_that_kills_its_worker_is_named_and_costs_its_part(market, tmp_path, monkeypatch, parts_of_three):
    def poisoned(tasks):
        yield from ((task, None if task.begin <= 7 < task.stop else run_task(task)) for task in tasks)

    through(monkeypatch, poisoned)
    with pytest.raises(BacktestError, match=r"variants 7 took down every worker"):
        sweep(strategy_of(SCREEN), grid_of(), market, out=tmp_path, cluster="any")
    (folder,) = tmp_path.iterdir()
    assert len(list((folder / PARTS).glob("[!.]*"))) == 3
    assert not (folder / VARIANTS).exists()


def test_a_worker_refuses_other_data_another_program_and_other_variants(market, swept_task):
    assert len(run_task(swept_task).rows) == 3
    for change, words in (({"snapshot": "0" * 12}, "snapshot"), ({"program": "0"}, "another version")):
        with pytest.raises(MissingInput, match=words):
            run_task(replace(swept_task, job=replace(swept_task.job, **change)))
    with pytest.raises(MissingInput, match="other variants"):
        run_task(replace(swept_task, begin=1, stop=4))


@pytest.fixture
def swept_task(market, tmp_path, monkeypatch, parts_of_three):
    sent = []

    def noting(tasks):
        sent.extend(tasks)
        yield from ((task, run_task(task)) for task in tasks)

    through(monkeypatch, noting)
    sweep(strategy_of(SCREEN), grid_of(), market, out=tmp_path, cluster="any")
    return sent[0]


def test_an_address_that_is_none_and_a_missing_library_are_told(monkeypatch):
    for address in ("host:8786", "loky:0", "ray://host:1", "tcp://host"):
        with pytest.raises(ConfigError, match="loky:N"):
            executor_at(address)
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingInput, match=r"active-edge\[cluster\]"):
        executor_at("tcp://127.0.0.1:8786")


@pytest.mark.slow
def test_processes_make_the_bytes_of_the_local_sweep(market, tmp_path, local):
    same_bytes(local, sweep(strategy_of(SCREEN), grid_of(), market, out=tmp_path / "far", cluster="loky:2"))


@pytest.fixture
def cluster(tmp_path):
    """Two worker processes on this machine, each with a folder of its own."""
    distributed = pytest.importorskip("distributed", reason="dask comes with the extra `cluster` alone")
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        host="127.0.0.1",
        scheduler_port=0,
        dashboard_address=None,
        worker_dashboard_address=None,
        local_directory=str(tmp_path / "workers"),
    ) as found:
        yield found


def _deadly(task):
    if task.begin <= 7 < task.stop:
        os.kill(os.getpid(), signal.SIGKILL)
    return run_task(task)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_dask_cluster_makes_the_bytes_of_the_local_sweep(cluster, market, tmp_path, local):
    address = cluster.scheduler_address
    same_bytes(local, sweep(strategy_of(SCREEN), grid_of(), market, out=tmp_path / "far", cluster=address))


@pytest.mark.nightly
@pytest.mark.filterwarnings("ignore")
def test_a_dask_cluster_outlives_a_deadly_task(cluster, market, tmp_path, monkeypatch, parts_of_three):
    # Workers have folders of their own, from which no test can be imported.
    pytest.importorskip("cloudpickle").register_pickle_by_value(sys.modules[__name__])
    address = cluster.scheduler_address
    real = Dask(address)
    through(monkeypatch, lambda tasks: real(tasks, _deadly))
    # The scheduler also blames what waited behind the deadly task each time.
    with pytest.raises(BacktestError, match=r"variants (\d, )?7 took down every worker"):
        sweep(strategy_of(SCREEN), grid_of(), market, out=tmp_path / "deadly", cluster=address)
    (folder,) = (tmp_path / "deadly").iterdir()
    assert len(list((folder / PARTS).glob("[!.]*"))) in (2, 3)


@pytest.fixture
def bare(tmp_path):
    """A scheduler and one worker that nobody starts again, and the scheduler's address."""
    distributed = pytest.importorskip("distributed", reason="dask comes with the extra `cluster` alone")
    file = tmp_path / "scheduler.json"

    def started(role, *options):
        command = [
            sys.executable,
            "-m",
            f"distributed.cli.dask_{role}",
            "--scheduler-file",
            str(file),
            "--no-dashboard",
        ]
        with (tmp_path / role).open("wb") as said:
            return subprocess.Popen([*command, *options], cwd=tmp_path, stdout=said, stderr=said)

    both = {"scheduler": started("scheduler", "--host", "127.0.0.1", "--port", "0")}
    try:
        both["worker"] = started("worker", "--no-nanny", "--nthreads", "1", "--host", "127.0.0.1")
        with distributed.Client(scheduler_file=str(file), set_as_default=False, timeout="60s") as client:
            client.wait_for_workers(1, timeout=60)
            yield both, client.scheduler.address
    finally:
        for process in both.values():
            process.kill()
            process.wait()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("ends", "why"), [("worker", "no worker for 2 seconds"), ("scheduler", "the scheduler is gone")]
)
def test_a_cluster_that_went_away_is_not_waited_for(bare, monkeypatch, ends, why):
    monkeypatch.setattr(executors, "LOOK_EVERY", 0.5)
    monkeypatch.setattr(executors, "DESERTED_SECONDS", 2.0)
    both, address = bare
    # A work of a second, so that tasks are under way at the end; sent by value, for workers know no tests.
    slow: Any = lambda task: __import__("time").sleep(1.0) or task  # noqa: E731
    numbers: Any = range(40)
    done = Dask(address)(numbers, slow)
    next(done)
    both[ends].kill()
    with pytest.raises(BacktestError, match=rf"{why}.*what is finished is kept"):
        list(done)


def test_a_scheduler_that_does_not_answer_is_told(market, tmp_path, monkeypatch):
    pytest.importorskip("distributed", reason="dask comes with the extra `cluster` alone")
    monkeypatch.setattr(executors, "PATIENCE", "1s")
    with pytest.raises(BacktestError, match="no scheduler answers"):
        sweep(strategy_of(SCREEN), grid_of(), market, out=tmp_path, cluster="tcp://127.0.0.1:1")
