"""Columns and names that tell levels, running sums or other returns than those of their closes."""

import numpy as np
import pandas as pd
import pytest

from active_edge.errors import ImportRefused
from active_edge.market import open_market
from active_edge.market.intake.importer import import_folder
from active_edge.sessions import sessions_between
from tests.quick import first_quick

SESSIONS = sessions_between("2016-01-04", "2016-12-30")
CONVERTED = "names whose total_return is no return of a day, converted"
FOREIGN = "names whose returns are not those of their closes"


def names(seed=3):
    """Four names of a random walk in cents, a dividend of one percent twice: close and return of each."""
    rng, made = np.random.default_rng(seed), {}
    for name in "ABCD":
        moves = rng.normal(0.0005, 0.015, len(SESSIONS))
        close = pd.Series(np.round(20 * np.cumprod(1 + moves), 2), index=SESSIONS)
        paid = np.zeros(len(SESSIONS))
        paid[[60, 120]] = 0.01
        made[name] = pd.DataFrame({"close": close, "right": close.pct_change() + paid})
    return made


def grown(frame):
    return (1 + frame["right"].fillna(0)).cumprod()


LEVELS = {
    "growth since the start": (grown, "a running level"),
    "an index": (lambda f: 100 * grown(f), "a running level"),
    "an adjusted close": (lambda f: f["close"].iloc[-1] * grown(f) / grown(f).iloc[-1], "a running level"),
    "the close": (lambda f: f["close"], "a running level"),
    "the gain": (lambda f: grown(f) - 1, "the return since the start"),
    "the gain in percent": (lambda f: 100 * (grown(f) - 1), "the return since the start in percent"),
    "a sum of logarithms": (lambda f: np.log(grown(f)), "a running sum of logarithms of growth"),
    "dollars": (lambda f: f["close"].diff(), "the change of the close in dollars"),
}


def imported(tmp_path, told, of="ABCD"):
    made = names()
    rows = [
        pd.DataFrame(
            {
                "asset": name,
                "session": SESSIONS,
                "close": frame["close"].to_numpy(),
                "total_return": (told(frame) if name in of else frame["right"]).to_numpy(),
            }
        )
        for name, frame in made.items()
    ]
    securities = pd.DataFrame({"asset": list(made), "ticker": list(made)})
    return import_folder({"securities": securities, "prices": pd.concat(rows)}, tmp_path), made


@pytest.mark.parametrize("kind", first_quick(LEVELS, 3))
def test_a_column_of_levels_is_refused_by_what_it_is(tmp_path, kind):
    told, name = LEVELS[kind]
    with pytest.raises(ImportRefused, match=f"column 'total_return' is {name}") as caught:
        imported(tmp_path, told)
    assert str(caught.value).count("total_return") == 1, "one sentence, and no unit it is not in"


@pytest.mark.parametrize("kind", first_quick(LEVELS))
def test_one_name_of_levels_is_read_as_the_returns_of_its_steps(tmp_path, kind):
    told, name = LEVELS[kind]
    report, made = imported(tmp_path, told, of="B")
    (finding,) = [one for one in report.findings if one.kind == CONVERTED]
    assert finding.count == 1
    assert finding.examples[0].startswith(f"B: {name}")
    market = open_market(tmp_path)
    right = made["B"]["close"].pct_change() if kind in ("dollars", "the close") else made["B"]["right"]
    read = market.prices.returns[:, market.assets.get_loc("B")]
    np.testing.assert_allclose(read[1:], right.to_numpy()[1:], atol=1e-5)


@pytest.mark.slow
def test_logarithms_of_one_name_are_read_as_growth(tmp_path):
    report, made = imported(tmp_path, lambda f: np.log1p(f["right"]), of="C")
    assert report.count(CONVERTED) == 1
    market = open_market(tmp_path)
    read = market.prices.returns[:, market.assets.get_loc("C")]
    np.testing.assert_allclose(read[1:], made["C"]["right"].to_numpy()[1:], atol=1e-9)


OTHERS = {
    "of a week": lambda f: f["close"].pct_change(5),
    "of a part of the day": lambda f: 0.4 * f["right"],
    "of another share": lambda f: pd.Series(np.random.default_rng(9).normal(0, 0.015, len(f)), index=f.index),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", OTHERS)
def test_returns_of_something_else_are_refused_as_a_column_and_unknown_of_one_name(tmp_path, kind):
    with pytest.raises(ImportRefused, match="is no return of these closes"):
        imported(tmp_path / "column", OTHERS[kind])
    report, made = imported(tmp_path / "name", OTHERS[kind], of="D")
    assert (report.count(FOREIGN), report.count(CONVERTED)) == (1, 0)
    market = open_market(tmp_path / "name")
    read = market.prices.returns[:, market.assets.get_loc("D")]
    np.testing.assert_allclose(read[1:], made["D"]["close"].pct_change().to_numpy()[1:], atol=1e-9)


@pytest.mark.parametrize("less", first_quick([0.0, 0.0001]))
def test_returns_of_the_closes_are_kept_with_their_dividends(tmp_path, less):
    report, made = imported(tmp_path, lambda f: f["right"] - less)
    assert (report.count(FOREIGN), report.count(CONVERTED)) == (0, 0)
    market = open_market(tmp_path)
    for name, frame in made.items():
        read = market.prices.returns[:, market.assets.get_loc(name)]
        np.testing.assert_allclose(read[1:], frame["right"].to_numpy()[1:] - less, atol=1e-12)
