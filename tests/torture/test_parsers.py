"""The guidance of damaged bodies: a step nobody had taken is seen, and led by it a body goes deeper than blind."""

import sys
from functools import partial

from active_edge.errors import ConfigError
from tests.torture.parsers import Reached, tortured


def nested(body: bytes) -> int:
    """How many of the letters of a word a body spells, each of which takes the one before."""
    depth = 0
    if body[:1] == b"-":
        depth = 1
        if body[1:3] == b"[]":
            depth = 2
            if body[3:5] == b"{}":
                depth = 3
                if body[5:6] == b"|":
                    depth = 4
    if b"NaN" in body:
        raise ConfigError("no number")
    return depth


def test_led_by_its_steps_a_reader_is_entered_deeper_than_blindly():
    taken = {}
    for guided in (True, False):
        taken[guided] = [
            tortured(
                "n", nested, [b"aaaaaa"], executions=3000, cpu_minutes=1, seed=seed, guided=guided, folder=__file__
            )
            for seed in range(3)
        ]
    assert sum(row.steps for row in taken[True]) > sum(row.steps for row in taken[False])
    assert all(row.tried == 3000 and row.noticed and not row.wrong for row in taken[True])


def test_an_error_without_a_name_is_wrong():
    row = tortured("n", lambda body: body.decode("ascii"), [b"abc"], executions=300, cpu_minutes=1, seed=1)
    assert any(found.startswith("UnicodeDecodeError") for found in row.wrong)


def test_a_step_is_counted_once_and_tracing_ends():
    reached = Reached(__file__)
    work = partial(lambda body: str(nested(body)), b"-[]")
    assert reached.during(work) == ("2", True)
    assert reached.during(work) == ("2", False)
    assert sys.gettrace() is None or "coverage" in repr(sys.gettrace())
