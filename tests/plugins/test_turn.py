"""What a plug-in changes of the process is undone after its turn, and an interrupt of the user's is no fault of it."""

import os
import signal
import sys
import threading
import warnings
from pathlib import Path

import numpy as np
import pytest

from active_edge.errors import PluginError
from active_edge.plugins import Plugin, reported

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
