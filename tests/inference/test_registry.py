"""No estimator is taken on trust: each has a source, a number, what it refuses, how often it errs; none escapes."""

import ast
import importlib
import inspect
import pkgutil
from dataclasses import is_dataclass
from pathlib import Path

import pytest

import active_edge.inference
from active_edge.inference.estimator_list import estimators
from active_edge.inference.false_alarms import rates_at, read_rates
from active_edge.inference.registry import estimator
from active_edge.inference.sample import Sample

TESTS = Path(__file__).parent
NO_ESTIMATORS = {
    "reach_verdict": "decides on estimates and makes none",
    "word_of": "decides on rungs and makes no estimate",
    "word_for": "decides on estimates and makes none",
    "rungs_of": "compares estimates with bounds",
    "testable": "says whether anything is missing",
    "reason": "puts estimates into a sentence",
    "would_change": "puts estimates into a sentence",
    "charge": "charges estimates that are there",
    "missing_of": "puts what is missing into sentences",
    "verdict_reference": "writes a page",
    "rule_table": "writes a table",
    "invented_evidence": "makes examples for a page",
    "every_combination": "lists rungs",
    "calibration_table": "reads measured rates",
    "rates_at": "reads measured rates",
    "read_rates": "reads measured rates",
    "read_table": "reads measured rates",
    "decay_prior": "names what is believed beforehand",
    "estimators": "lists them",
    "registered": "lists them",
    "fit_matrix": "the regression inside alpha_matrix and wild_alphas, which refuse with it",
    "given_spread": "a formula inside believe_family",
    "mean_correlation": "a description of residuals inside best_of",
    "step_down": "counts in statistics that step_m and wild_alphas made",
    "alphas_above_zero": "reads what wild_alphas drew; its rate is step_m",
    "any_alpha_above_zero": "reads what wild_alphas drew; its rate is superior_predictive_ability",
}
COMPLETE = {
    "source": "Author (2000)",
    "published": "test_alpha::test_x",
    "bad_samples": ("short",),
    "calibrated": "holm",
}


@pytest.mark.parametrize(
    ("missing", "says"),
    [
        ({"source": " "}, "needs a source"),
        ({"published": ""}, "a published or hand-worked number"),
        ({"published": "by hand, somewhere"}, "module::test"),
        ({"bad_samples": ()}, "at least one bad sample"),
        ({"calibrated": ""}, "the reason why none applies"),
        ({"uncalibrated": "a length"}, "the reason why none applies"),
    ],
)
def test_an_estimator_without_source_number_bad_sample_or_rate_cannot_register(missing, says):
    def own_estimator(sample):
        return sample

    with pytest.raises(ValueError, match=says):
        estimator(**(COMPLETE | missing))(own_estimator)
    assert "own_estimator" not in estimators()


def test_a_name_is_registered_once():
    def hac_alpha(sample):
        return sample

    with pytest.raises(ValueError, match="registered already"):
        estimator(**COMPLETE)(hac_alpha)


def test_registering_leaves_the_function_as_it_is():
    for name, one in estimators().items():
        home = importlib.import_module(one.function.__module__)
        assert getattr(home, name) is one.function


def test_the_registry_reads_every_module_that_registers():
    source = Path(active_edge.inference.__file__).parent
    registering = {path.stem for path in source.glob("*.py") if "\n@estimator(" in path.read_text()}
    read = {
        name.name
        for node in ast.walk(ast.parse((source / "estimator_list.py").read_text()))
        if isinstance(node, ast.ImportFrom) and node.module == "active_edge.inference"
        for name in node.names
    }
    assert read == registering


def takes_a_sample(function) -> bool:
    """Whether a function takes a sample, or gives an estimate: an object, or a table of them, of this package."""
    notes = inspect.get_annotations(function)
    given = str(notes.pop("return", ""))
    if any("Sample" in str(note) for note in notes.values()):
        return True
    return any(name in given for name in estimates())


def estimates() -> set[str]:
    return {
        name
        for module in modules()
        for name, thing in vars(module).items()
        if is_dataclass(thing) and thing.__module__ == module.__name__
    }


def modules():
    package = active_edge.inference
    for found in pkgutil.iter_modules(package.__path__):
        if not found.name.startswith("_"):
            yield importlib.import_module(f"{package.__name__}.{found.name}")


def escaped(functions) -> list[str]:
    return [f.__name__ for f in functions if takes_a_sample(f) and f.__name__ not in {*estimators(), *NO_ESTIMATORS}]


def test_no_function_that_takes_a_sample_escapes():
    def smuggled(sample: Sample) -> float:
        return float(sample.returns.mean())

    functions = [
        thing
        for module in modules()
        for name, thing in vars(module).items()
        if inspect.isfunction(thing) and thing.__module__ == module.__name__ and not name.startswith("_")
    ]
    assert len(functions) > len(estimators())
    assert escaped(functions) == []
    assert escaped([smuggled]) == ["smuggled"]


def body_of(published: str) -> ast.FunctionDef | None:
    """Return the test of the name, "module::test"; None where there is none."""
    module, _, name = published.partition("::")
    path = TESTS / f"{module}.py"
    if not path.is_file():
        return None
    found = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)]
    return next((node for node in found if node.name == name), None)


def holds_to_a_number(published: str, name: str) -> bool:
    """Whether the named test calls the estimator and asserts on a number or on another way to the same one."""
    body = body_of(published)
    if body is None:
        return False
    names = {node.id for node in ast.walk(body) if isinstance(node, ast.Name)}
    return name in names and any(isinstance(node, ast.Assert) for node in ast.walk(body))


@pytest.mark.parametrize("name", estimators())
def test_the_number_of_every_estimator_is_held_by_the_test_it_names(name):
    assert holds_to_a_number(estimators()[name].published, name)


def test_a_test_that_is_not_there_or_speaks_of_something_else_is_no_number():
    assert holds_to_a_number("test_alpha::test_alpha_of_a_fund_worked_by_hand", "benchmark_alpha")
    assert not holds_to_a_number("test_alpha::test_alpha_of_a_fund_worked_by_head", "benchmark_alpha")
    assert not holds_to_a_number("test_omega::test_alpha_of_a_fund_worked_by_hand", "benchmark_alpha")
    assert not holds_to_a_number("test_alpha::test_alpha_of_a_fund_worked_by_hand", "step_m")


@pytest.mark.parametrize("name", estimators())
def test_every_rate_is_in_the_table_of_false_alarms_or_its_absence_has_a_reason(name):
    one = estimators()[name]
    if one.calibrated:
        rate = rates_at(240)[one.calibrated]
        assert rate.markets >= 100
        assert rate.lower <= rate.rate <= rate.upper
    else:
        assert len(one.uncalibrated) >= 15


def document(twins, drifting):
    """A calibration with one rate on markets and one on months of each kind."""
    months = {"test": "factor_alpha", "months": 60, "reject": 0.05, "interval": [0.044, 0.057], "told": ""}
    null = {"markets": 1000, "tests": {"twins": twins, "deflated_sharpe": {"reject": 0.0, "interval": [0.0, 0.004]}}}
    kinds = [months | {"kind": "t5"}, months | {"kind": "style", "reject": 0.075, "told": drifting}]
    return {"worlds": {"null": null}, "notes": {}, "monthly": {"worlds": 4000, "rates": kinds}}


def test_a_rate_outside_what_luck_allows_says_so_of_drifting_styles_and_of_markets_too():
    found = read_rates(document({"reject": 0.08, "interval": [0.064, 0.099]}, "Too bold: x."), 60)
    assert found["twins"].told.startswith("Too bold: said to be wrong in 5.0 % of markets without an edge")
    assert found["factor_alpha"].told == "Where a style drifts for half-years: too bold: x."
    assert found["deflated_sharpe"].told == ""
    found = read_rates(document({"reject": 0.05, "interval": [0.037, 0.066]}, ""), 60)
    assert (found["twins"].told, found["factor_alpha"].told) == ("", "")


def test_twins_measured_on_shorter_histories_are_read_at_the_nearest():
    told = document({"reject": 0.05, "interval": [0.037, 0.066]}, "")
    told["worlds"]["null"]["shorter"] = {"twins": {"24": {"reject": 0.08, "interval": [0.064, 0.099]}}}
    short, long = read_rates(told, 30)["twins"], read_rates(told, 200)["twins"]
    assert (short.months, short.rate, short.nearest) == (24, 0.08, True)
    assert short.told.startswith("Too bold")
    assert (long.months, long.rate, long.told, long.nearest) == (240, 0.05, "", True)


@pytest.mark.parametrize(("months", "nearest"), [(26, 24), (70, 60), (130, 120), (300, 240)])
def test_holm_and_twins_have_the_rate_of_the_runs_own_length(months, nearest):
    found = rates_at(months)
    assert (found["holm"].months, found["holm"].nearest) == (nearest, True)
    assert (found["twins"].months, found["twins"].nearest) == (nearest, True)
    assert found["twins"].lower <= found["twins"].rate <= found["twins"].upper
