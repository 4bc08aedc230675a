"""Whatever a public function is given, it answers in words: an error of the package's own, or of Python's on names."""

import inspect
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import active_edge as ae
from active_edge.arguments import checked
from active_edge.errors import ActiveEdgeError, ConfigError, MissingInput

PROJECT = Path(__file__).resolve().parents[2]
GARBAGE = {
    "None": None,
    "a number": 3,
    "a text": "x",
    "an empty list": [],
    "an empty mapping": {},
    "an object": object(),
    "no number": float("nan"),
    "a frame": pd.DataFrame({"a": [1.0, 2.0]}),
    "below 0": -1,
    "True": True,
    "a list of numbers": [1, 2],
}
FUNCTIONS = [
    name
    for name in ae.__all__
    if inspect.isfunction(getattr(ae, name)) and name != "main"  # its arguments are those of a command line
]
METHODS = {
    "Screen": ("members", "explain", "without", "definition"),
    "Strategy": ("with_screen",),
    "Market": ("table", "rows_of", "asset_of", "members", "series", "series_versions"),
    "Panel": (
        *(
            "instant",
            "quarter",
            "quarters",
            "ttm",
            "share",
            "latest",
            "expected",
            "age",
            "filed_age",
            "confidence",
            "same_period",
        ),
        *("first_reported_flow", "annual_only", "first_known", "shares", "share_growth", "dollar_volume", "series"),
        *("known_dollar_volume", "volatility", "trailing_return", "volume_modelled"),
    ),
}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """What is right for every argument that must be given."""
    folder = tmp_path_factory.mktemp("world")
    ae.simulate(folder / "market", years=2, firms=50, seed=3)
    market = ae.open_market(folder / "market")
    strategy = ae.load_strategy(PROJECT / "strategies" / "avoid_junk.yaml")
    return {
        "panel": ae.Panel(market, market.sessions[[300, 320]]),
        "dates": market.sessions[300:302],
        "item": "net_income",
        "figure": "quarter",
        "count": 2,
        "quarters": 4,
        "from_sessions_ago": 20,
        "market": market,
        "strategy": strategy,
        "screen": strategy.screen,
        "strategies": [],
        "on": market.sessions[300],
        "index": "R2000",
        "leg": "leverage",
        "name": "leverage",
        "ticker": "x",
        "weights": pd.DataFrame({market.assets[0]: [0.5]}, index=market.sessions[300:301]),
        "result": None,
        "run": "a run",
        "tried": [],
        "returns": pd.Series([0.01, 0.02], index=pd.to_datetime(["2020-01-31", "2020-02-29"])),
        "grid": folder / "none.yaml",
        "source": folder / "none",
        "target": folder / "new",
        "folder": folder / "simulated",
        "path": folder / "none.yaml",
        "unit": "ratio",
        "good": "high",
        "table": "facts",
        "requests": lambda since, today: {},
        "data": folder / "market",
    }


def answered(function, /, **given):
    """The error that a call answers with, None where it takes what it is given."""
    try:
        made = function(**given)
        if function.__name__ in ("factor", "source", "statistic"):
            made(inspect)  # what is decorated is garbage too
    except ActiveEdgeError as error:
        return str(error)
    except TypeError as error:
        assert "argument" in str(error), error  # noqa: PT017 - of Python's own, on names and numbers of arguments
        return str(error)
    return None


def refusals(function, world, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ACTIVE_EDGE_DATA", str(world["data"]))
    parameters = inspect.signature(function).parameters
    needed = {
        name: world[name]
        for name, one in parameters.items()
        if one.default is one.empty and one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY) and name != "self"
    }
    for name, one in parameters.items():
        if name == "self" or one.kind is one.VAR_POSITIONAL:
            continue
        for label, value in GARBAGE.items():
            said = answered(function, **{**needed, name: value})
            assert said is None or "\n" not in said.strip(), (name, label, said)
            yield name, label, said


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name != "simulate"])
def test_every_public_function_answers_garbage_for_any_argument_in_words(name, world, tmp_path, monkeypatch):
    told = list(refusals(getattr(ae, name), world, tmp_path, monkeypatch))
    assert told or name == "load_plugins"
    assert all(said is not None for _, label, said in told if label == "an object")


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in METHODS.items() for name in names])
def test_every_public_method_answers_garbage_for_any_argument_in_words(kind, name, world, tmp_path, monkeypatch):
    told = list(refusals(getattr(world[kind.lower()], name), world, tmp_path, monkeypatch))
    assert all(said is not None for _, label, said in told if label == "an object")


def test_every_public_method_of_a_panel_has_a_door():
    named = {name for name, one in vars(ae.Panel).items() if inspect.isfunction(one) and not name.startswith("_")}
    assert named - set(METHODS["Panel"]) <= {"known_sessions", "has_facts", "market_value", "standing"}


RULES: dict[str, Any] = {"name": "x", "description": "x"}


def refused(key: str, value: Any) -> str | None:
    """What a screen built with this under a key answers with, None where it takes it."""
    try:
        ae.Screen(**{**RULES, key: value})
    except ConfigError as error:
        return str(error)
    return None


@pytest.mark.parametrize("key", ["name", "description", "universe", "require", "rank", "select", "no_such_key"])
def test_a_screen_built_of_garbage_is_answered_in_one_sentence(key):
    told = {label: refused(key, value) for label, value in GARBAGE.items()}
    assert told["an object"] is not None
    assert all(said is None or (said.startswith("Screen: ") and "\n" not in said) for said in told.values())


def test_a_strategy_built_of_garbage_is_answered_in_one_sentence(world):
    strategy = world["strategy"]
    for name, value in GARBAGE.items():
        for build in (lambda v: type(strategy)(v, strategy.screen), lambda v: type(strategy)(strategy.rules, v)):
            with pytest.raises(ConfigError, match=r"^Strategy: (rules|screen)") as said:
                build(value)
            assert "\n" not in str(said.value), name


def test_a_misspelt_key_of_a_screen_built_in_python_names_the_nearest():
    with pytest.raises(ConfigError, match=r"Screen: requires: unknown key; did you mean require"):
        ae.Screen(**{**RULES, "requires": {}})


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_public_function_has_a_door(name):
    assert hasattr(getattr(ae, name), "__wrapped__")


def test_a_door_that_knows_no_such_type_is_refused_when_the_module_is_read():
    def function(of: set[bytes]) -> None:
        """Take something."""

    with pytest.raises(TypeError, match="says nothing of"):
        checked(function)


BARE: Any = ae.factor
SAID = (
    (lambda w: ae.backtest(w["strategy"], w["market"], start="x"), "backtest: start='x'; give a date"),
    (lambda w: ae.backtest(w["strategy"], w["market"], start="now"), "backtest: start='now'; give a date"),
    (lambda w: ae.backtest("avoid_junk", w["market"]), "backtest: strategy='avoid_junk'; give what ae.load_strategy"),
    (lambda w: w["screen"].members(w["market"], "June"), "members: on='June'; give a date"),
    (lambda w: ae.backtest_weights(w["weights"], "/data/us"), "backtest_weights: market='/data/us'; give what ae.open"),
    (
        lambda w: ae.backtest_weights(w["weights"], w["market"], {"capital_usd": 1}),
        "terms=a dict; give ae.TradingTerms",
    ),
    (lambda w: ae.backtest_weights(pd.DataFrame(), w["market"]), "weights: "),
    (lambda w: ae.backtest_weights(w["weights"] * 0, w["market"]), "weights: every one is 0 or missing"),
    (lambda w: ae.backtest_weights(w["weights"] * np.nan, w["market"]), "weights: every one is 0 or missing"),
    (
        lambda w: ae.backtest_weights(pd.concat([w["weights"]] * 2, axis=1), w["market"]),
        "two columns are called",
    ),
    (lambda w: ae.backtest_weights(w["weights"], w["market"], benchmarks="IWM"), "benchmarks='IWM'; give a list"),
    (lambda w: ae.seal(w["strategy"], w["market"], kill=float("nan")), "seal: kill=nan; give a finite number"),
    (lambda w: ae.simulate("folder", years=-2), "simulate: years=-2; give a whole number"),
    (
        lambda w: BARE(len),
        "factor: written without brackets; write @ae.factor.unit=..., good=..., source=...",
    ),
    (lambda w: ae.factor(unit=3, good="high", source="own"), "factor: unit=3; give a text"),
    (lambda w: ae.factor(unit="x", good="high", source="own", needs="cash"), "factor: needs='cash'; give a list"),
    (lambda w: ae.factor(unit="x", good="hihg", source="own")(takes_panel), "good='hihg' .*did you mean high"),
    (lambda w: ae.factor(unit="x", good="high", source="own")(takes_nothing), "takes_nothing: .*write def takes_not"),
    (lambda w: ae.weighting(takes_nothing), "weighting takes_nothing: .*called with evaluation, members"),
    (lambda w: ae.statistic(unit="x", good="maybe")(takes_panel), "good='maybe' is not one of high, low"),
    (lambda w: ae.source(table="fact", requests=len)(takes_two), "table='fact' .*did you mean facts"),
)


def takes_nothing():
    """Nothing."""


def takes_panel(panel):
    """The panel."""


def takes_two(body, name):
    """Two."""


@pytest.mark.parametrize(("call", "words"), SAID)
def test_the_argument_its_value_and_what_to_give_are_named(call, words, world):
    with pytest.raises(ActiveEdgeError, match=words) as said:
        call(world)
    assert "\n" not in str(said.value)


def test_dates_are_taken_in_any_form_that_is_one(world):
    market, screen = world["market"], world["screen"]
    day = market.sessions[300]
    asked = [day, str(day.date()), day.date(), day.to_pydatetime(), np.datetime64(day)]
    frames = [screen.members(market, on) for on in asked]
    assert all(frame.equals(frames[0]) for frame in frames)


def test_an_argument_that_only_the_market_can_judge_is_left_to_it(world):
    with pytest.raises(MissingInput):
        world["market"].series("no_such_series")
    with pytest.raises(ConfigError, match="no_such"):
        ae.load_strategy("no_such_strategy")
