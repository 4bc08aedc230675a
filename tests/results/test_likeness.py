"""How alike runs are, by hand."""

import numpy as np
import pandas as pd
import pytest

from active_edge.results.likeness import correlations, overlaps


def test_the_overlap_is_the_smaller_weight_summed_over_names_and_averaged_over_shared_dates():
    days = pd.to_datetime(["2020-03-31", "2020-06-30"])
    first = pd.DataFrame({"a": [0.5, 1.0], "b": [0.5, 0.0]}, index=days)
    second = pd.DataFrame({"a": [0.25], "c": [0.75]}, index=days[:1])
    table = overlaps({"first": first, "second": second})
    assert table.loc["first", "second"] == pytest.approx(0.25)
    assert table.loc["first", "first"] == pytest.approx(1.0)
    assert np.isnan(
        overlaps({"first": first, "late": second.set_axis(days[1:] + pd.Timedelta(days=1))}).loc["first", "late"]
    )
    assert overlaps({"first": first}) is None


def test_the_correlation_is_of_returns_beyond_the_yardstick_on_shared_days():
    rng = np.random.default_rng(1)
    days = pd.bdate_range("2020-01-02", periods=60)
    index, own = rng.normal(0, 0.01, 60), rng.normal(0, 0.01, 60)
    a = pd.DataFrame({"net": index + own, "IWM": index}, index=days)
    b = pd.DataFrame({"net": index - own, "IWM": index}, index=days).iloc[5:]
    assert correlations({"a": a, "b": b}, "IWM").loc["a", "b"] == pytest.approx(-1.0)
    assert correlations({"a": a, "b": b.iloc[:10]}, "IWM") is None
    assert correlations({"a": a, "b": b[["net"]]}, "IWM") is None
