"""What a plug-in changes of the process is undone after its turn, and an interrupt of the user's is no fault of it."""

import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pytest

from active_edge.cli.interrupts import leave
from active_edge.errors import PluginError
from active_edge.plugins import Plugin, reported
from active_edge.plugins.threads import still_running

HERE = Plugin("here.py", "", __file__)


def test_the_folder_the_filters_of_warnings_and_numpys_errors_are_as_before(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before, filters = np.geterr(), list(warnings.filters)
    with reported(HERE):
        os.chdir("/")
        warnings.simplefilter("error")
        np.seterr(all="raise")
        assert (Path.cwd(), np.geterr()["over"]) != (tmp_path, before["over"])
    assert (Path.cwd(), np.geterr(), list(warnings.filters)) == (tmp_path, before, filters)


def test_a_warning_that_was_made_an_error_is_a_warning_again():
    def warn():
        warnings.warn("careful", UserWarning, stacklevel=1)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with reported(HERE):
            warnings.simplefilter("error")
            with pytest.raises(UserWarning):
                warn()
        warn()


def test_an_interrupt_that_it_raises_itself_is_its_fault_and_the_users_passes():
    with (
        pytest.raises(PluginError, match=r"here\.py, factor x, line \d+: raised KeyboardInterrupt$"),
        reported(HERE, "factor x"),
    ):
        raise KeyboardInterrupt
    # Whoever runs the tests may have ignored interrupts, or a command before this test may have heard them its own way.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt), reported(HERE, "factor x"):
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_thread_that_fails_is_told_of_it_and_that_of_another_as_before(monkeypatch):
    heard: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", heard.append)

    def run(work):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()

    def fail():
        raise ValueError("in vain")

    with (
        pytest.raises(PluginError, match=r"here\.py, line \d+: a thread of its own raised ValueError: in vain$"),
        reported(HERE),
    ):
        run(fail)
    with reported(Plugin("other.py", "", "/other.py")):
        run(fail)
    with reported(HERE):
        run(lambda: sys.exit(3))  # ends its thread, as Python has it
    assert [str(one.exc_value) for one in heard] == ["in vain", "3"]
    assert threading.excepthook == heard.append


def test_a_thread_that_it_left_is_told_of_at_once_and_what_it_raises_later_by_nobody(monkeypatch):
    heard: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", heard.append)
    may_end = threading.Event()

    def fail_later():
        may_end.wait(30)
        raise ValueError("in vain")

    thread = threading.Thread(target=fail_later)
    with (
        pytest.raises(PluginError, match=r"here\.py, factor x: left a thread of its own running"),
        reported(HERE, "factor x"),
    ):
        thread.start()
    assert still_running()
    may_end.set()
    thread.join(30)
    assert not still_running()
    assert heard == []


def test_a_thread_of_anothers_is_not_that_of_a_package_whose_file_is_not_known_yet():
    may_end = threading.Event()
    another = threading.Thread(target=may_end.wait, args=(30,))
    another.start()
    try:
        with reported(Plugin("own_factors:x (own 1.0)", "", "")):
            pass
    finally:
        may_end.set()
        another.join(30)


def test_a_thread_that_is_about_to_end_is_waited_for():
    with reported(HERE):
        threading.Thread(target=lambda: time.sleep(0.01)).start()


def test_threads_of_others_and_an_idle_pool_are_no_fault_of_it():
    may_end = threading.Event()
    other = Plugin("other.py", "", "/other.py")
    with ThreadPoolExecutor() as pool:
        pool.submit(may_end.wait, 30)
        with reported(HERE):
            pool.submit(int).result()
        with reported(other):
            waiting = threading.Thread(target=lambda: may_end.wait(30))
            waiting.start()
        may_end.set()
        waiting.join(30)


def test_the_process_ends_though_a_thread_that_was_left_runs_on(monkeypatch):
    ended: list[int] = []
    monkeypatch.setattr(os, "_exit", ended.append)
    may_end = threading.Event()
    with pytest.raises(PluginError), reported(HERE):
        threading.Thread(target=lambda: may_end.wait(30)).start()
    with pytest.raises(SystemExit):
        leave(1)
    assert ended == [1]
    may_end.set()


@dataclass(frozen=True)
class Shown:
    told: Mapping[str, int]
    within: object = None

    @cached_property
    def slow(self):
        return 1


Shown.__module__ = "active_edge.shown"


def spoil(shown, inner):
    _ = shown.slow  # worked out when it is first asked for, so nobody set it
    shown.told.update(a=2, b=3)
    object.__setattr__(shown, "extra", 1)
    object.__setattr__(shown, "within", 2)
    object.__setattr__(inner, "told", {})


def test_what_is_set_in_what_it_was_handed_is_named_and_put_back():
    inner = Shown({})
    shown = Shown({"a": 1}, inner)
    wanted = r"here\.py: set shown\.extra, shown\.within, shown\.told and shown\.within\.told, which is only read"
    with pytest.raises(PluginError, match=wanted), reported(HERE, given={"shown": shown}):
        spoil(shown, inner)
    assert (shown.told, shown.within, inner.told) == ({"a": 1}, inner, {})
    assert not hasattr(shown, "extra")
    with reported(HERE, given={"shown": shown}):
        _ = shown.slow
