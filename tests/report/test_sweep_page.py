"""The fields of a sweep's page name their levels as a reader would."""

from dataclasses import replace

import pandas as pd
import pytest

from active_edge.report.sweep_page import render_sweep
from tests.report.markup import figures
from tests.report.sweeps import swept_page


@pytest.mark.parametrize(
    ("levels", "told"),
    [
        ([0.1, 0.2 / 3.0, 0.211474252688], ["0.1", "0.06667", "0.2115"]),
        ([True, False], ["on", "off"]),
        # two levels that would be told alike stay two rows
        ([0.211474252688, 0.211474252689], ["0.211474252688", "0.211474252689"]),
    ],
)
def test_levels_are_told_short_unless_two_would_be_one(levels, told):
    means = pd.DataFrame({50: [0.01] * len(levels)}, index=levels)
    page = replace(swept_page(), maps={("a", "b"): means})
    (field,) = figures(render_sweep(page))["plot-map-0"]["data"]
    assert field["y"] == told
    assert field["x"] == ["50"]
