"""What the decorator demands, and the reference made from it."""

import numpy as np
import pytest

from active_edge.errors import ConfigError, MissingInput
from active_edge.factors import FACTORS, Factor, factor, factor_matrix, missing_items
from active_edge.factors.reference import factor_reference
from tests.factors.firms import annual_facts, panel_of

COMPLETE = {"unit": "ratio", "good": "high", "source": "Somebody (2001)", "family": "value"}


def documented(panel):
    """Return ones."""
    return np.ones(panel.shape)


@pytest.mark.parametrize("gone", COMPLETE)
def test_unit_direction_source_and_family_are_mandatory(gone):
    with pytest.raises(TypeError, match=gone):
        factor(**{key: value for key, value in COMPLETE.items() if key != gone})


@pytest.mark.parametrize("empty", ["unit", "source", "family"])
def test_empty_words_are_refused(empty):
    with pytest.raises(ConfigError, match=f"factor documented: {empty} is empty"):
        factor(**COMPLETE | {empty: " "})(documented)


def test_unknown_directions_items_and_undocumented_functions_are_refused():
    with pytest.raises(ConfigError, match="'up' is not one of high, low, none"):
        factor(**COMPLETE | {"good": "up"})(documented)
    with pytest.raises(ConfigError, match="'sales', which is no item"):
        factor(**COMPLETE, needs=(("revenue", "sales"),))(documented)
    with pytest.raises(ConfigError, match="did you mean net_income"):
        factor(**COMPLETE, needs=("net_incom",))(documented)
    with pytest.raises(ConfigError, match="docstring is empty"):
        factor(**COMPLETE)(lambda panel: np.ones(panel.shape))


def test_a_new_factor_is_one_decorated_function(tmp_path):
    made = factor(**COMPLETE, needs=("cash", ("equity", "total_assets+total_liabilities")))(documented)
    assert isinstance(made, Factor)
    assert made.name == "documented"
    assert made.items() == ("cash", "equity", "total_assets", "total_liabilities")
    rich = panel_of(tmp_path / "rich", annual_facts("A", cash=(1, 1, 1), equity=(1, 1, 1)))
    poor = panel_of(tmp_path / "poor", annual_facts("A", cash=(1, 1, 1), total_assets=(1, 1, 1)))
    np.testing.assert_array_equal(made(rich), [[1.0, 1.0]])
    assert np.isnan(made(poor)).all()
    assert made.missing_items(poor.market) == ("equity or total_assets+total_liabilities",)


def test_an_unknown_name_is_refused_with_the_nearest_one(tmp_path):
    panel = panel_of(tmp_path, annual_facts("A", cash=(1, 1, 1)))
    for ask in (lambda: factor_matrix(panel, "acruals"), lambda: missing_items(panel.market, "acruals")):
        with pytest.raises(MissingInput, match="'acruals'; did you mean accruals"):
            ask()


def test_a_matrix_cannot_be_written(tmp_path):
    panel = panel_of(tmp_path, annual_facts("A", cash=(1, 1, 1)))
    for name in ("cash_to_assets", "price"):
        with pytest.raises(ValueError, match="read-only"):
            factor_matrix(panel, name)[0, 0] = 1.0


def test_every_factor_says_why_which_way_and_what_is_known():
    for name, found in FACTORS.items():
        assert found.doc.count("Why:") == 1, name
        assert "Direction:" in found.doc or found.family in ("scalability", "growth"), name
        assert found.name == name
    for placebo in ("current_ratio", "altman_z"):
        assert "placebo" in FACTORS[placebo].doc


def test_the_reference_names_every_factor_its_source_and_inputs():
    text = factor_reference()
    for name, found in FACTORS.items():
        assert f"### {name}\n" in text
        assert f"- source: {found.source}\n" in text
    assert "- needs: revenue, (gross_profit or cost_of_revenue)\n" in text
    assert text.endswith("\n")
    assert "\n\n\n" not in text
