from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from active_edge.report import charts
from active_edge.report.page import render_run
from active_edge.stats import RandomStats
from tests.report.markup import figures
from tests.report.runs import BENCHMARKS, compared_runs, full_run, stamped


@pytest.fixture(scope="module")
def record():
    return full_run(years=2.0)


@pytest.fixture(scope="module")
def drawn(record):
    return figures(render_run(record))


def test_the_growth_chart_holds_the_record_value_for_value(record, drawn):
    lines = [trace for trace in drawn["plot-growth"]["data"] if trace["yaxis"] == "y"]
    for name, trace in zip(("lower", "upper", "median"), lines, strict=False):
        np.testing.assert_allclose(trace["y"], record.random_growth[name], rtol=0, atol=5.1e-5)
    data = {trace["name"]: trace for trace in lines[3:]}
    assert list(data) == ["portfolio, net", "before costs", "IWM", "IJR"]
    for name, label in zip(record.growth.columns, data, strict=True):
        assert pd.DatetimeIndex(data[label]["x"]).equals(pd.DatetimeIndex(record.growth.index.astype("datetime64[us]")))
        np.testing.assert_allclose(data[label]["y"], record.growth[name], rtol=0, atol=5.1e-5)


def test_the_drawdown_chart_holds_the_record_value_for_value(record, drawn):
    data = [trace for trace in drawn["plot-growth"]["data"] if trace["yaxis"] == "y2"]
    for name, trace in zip(record.drawdown.columns, data, strict=True):
        np.testing.assert_allclose(trace["y"], record.drawdown[name], rtol=0, atol=5.1e-5)


def test_the_gap_and_its_range_hold_the_record(record, drawn):
    for position, name in enumerate(BENCHMARKS):
        lower, upper, line = drawn[f"plot-active-{position}"]["data"]
        np.testing.assert_allclose(line["y"], record.active[name], rtol=0, atol=5.1e-5)
        np.testing.assert_allclose(lower["y"], record.active_lower[name], rtol=0, atol=5.1e-5)
        np.testing.assert_allclose(upper["y"], record.active_upper[name], rtol=0, atol=5.1e-5)


def test_whiskers_end_at_the_interval(record, drawn):
    points = drawn["plot-legs"]["data"]
    for point, leg in zip(points, record.stats.legs.values(), strict=True):
        (value,) = point["x"]
        ends = [value - point["error_x"]["arrayminus"][0], value + point["error_x"]["array"][0]]
        assert value == pytest.approx(leg.leave_one_out, abs=6e-5)
        assert ends == pytest.approx([leg.leave_one_out_lower, leg.leave_one_out_upper], abs=2e-4)


def test_the_band_of_the_undetectable_is_as_wide_as_the_effect():
    rows = [{"label": "IWM", "value": 0.01, "lower": -0.01, "upper": 0.03, "mde": 0.0356}]
    (band,) = charts.interval_figure(rows, of="benchmark")["layout"]["shapes"]
    assert [band["x0"], band["x1"]] == pytest.approx([-0.0356, 0.0356])


def test_an_axis_of_intervals_holds_everything_drawn(record, drawn):
    low, high = drawn["plot-legs"]["layout"]["xaxis"]["range"]
    legs = record.stats.legs.values()
    assert low < min(leg.leave_one_out_lower for leg in legs)
    assert high > max(leg.leave_one_out_upper for leg in legs)


def test_years_turnover_coverage_and_random_portfolios_hold_the_record(record, drawn):
    bars = drawn["plot-years"]["data"]
    np.testing.assert_allclose(bars[0]["y"], record.calendar_years["net"], atol=5.1e-5)
    assert bars[0]["x"][0] == "2012*"
    np.testing.assert_allclose(drawn["plot-turnover"]["data"][0]["y"], record.turnover, atol=5.1e-5)
    np.testing.assert_allclose(drawn["plot-coverage"]["data"][0]["z"], record.coverage.to_numpy().T, atol=5.1e-5)
    np.testing.assert_allclose(drawn["plot-random"]["data"][0]["x"], record.random_portfolios, atol=5.1e-5)
    assert drawn["plot-random"]["layout"]["shapes"][0]["x0"] == record.stats.random_portfolios.value


def test_random_portfolios_are_not_drawn_beside_a_number_of_another_measure(record):
    unknown = stamped(record, random_portfolios=RandomStats(n=1000, percentile=0.71))
    assert "plot-random" not in figures(render_run(unknown))


def test_a_missing_value_is_a_gap_and_not_a_zero():
    series = pd.Series([1.0, np.nan, 1.1], index=pd.bdate_range("2020-01-01", periods=3), name="IWM")
    figure = charts.active_figure(series, None, None, "first")
    assert figure["data"][0]["y"] == [1.0, None, 1.1]
    json.dumps(figure, allow_nan=False)


@pytest.mark.parametrize(("last", "kind"), [(2.9, "linear"), (8.0, "log")])
def test_growth_over_threefold_is_drawn_on_a_log_axis(last, kind):
    growth = pd.DataFrame({"net": [1.0, last]}, index=pd.bdate_range("2020-01-01", periods=2))
    axis = charts.growth_figure(growth, growth * 0.0)["layout"]["yaxis"]
    assert axis["type"] == kind
    if kind == "log":
        assert axis["tickvals"] == [1.0, 2.0, 4.0, 8.0]


def test_plotly_accepts_every_figure(drawn):
    from plotly.graph_objects import Figure

    assert len(drawn) == 20
    for figure in drawn.values():
        Figure(figure)


def test_many_runs_keep_their_own_dates_and_look_different():
    records, _ = compared_runs()
    curves = [record.growth["net"].iloc[position:] for position, record in enumerate(records)]
    data = charts.runs_figure(curves, ["a", "b", "c"])["data"]
    assert [len(trace["x"]) for trace in data] == [len(curve) for curve in curves]
    assert len({(trace["line"]["color"], trace["line"]["dash"]) for trace in data}) == 3


def ladder_growth(*names):
    """Two days of as many lines."""
    days = pd.bdate_range("2020-01-01", periods=2)
    growth = pd.DataFrame({name: [1.0, 1.1] for name in names}, index=days)
    luck = pd.DataFrame({"lower": [1.0, 0.9], "median": [1.0, 1.05], "upper": [1.0, 1.3]}, index=days)
    return charts.growth_figure(growth, growth[["net"]] * 0.0, luck)


def test_random_portfolios_are_a_band_and_a_line_behind_the_others():
    lower, upper, middle, own, _ = ladder_growth("net")["data"]
    assert (lower["y"], upper["y"], middle["y"]) == ([1.0, 0.9], [1.0, 1.3], [1.0, 1.05])
    assert (upper["fill"], own["name"]) == ("tonexty", "portfolio, net")


def test_of_more_than_six_lines_those_before_costs_and_the_last_begin_hidden():
    def hidden(*names):
        return [one["name"] for one in ladder_growth(*names)["data"] if one.get("visible") == "legendonly"]

    assert hidden("net", "gross", "IWM", "rebuilt", "universe") == []
    assert hidden("net", "gross", "IWM", "rebuilt", "universe", "mix") == ["before costs"]
    assert hidden("net", "gross", "IWM", "IJR", "rebuilt", "universe", "mix") == ["before costs", "mix"]


def test_two_lines_of_the_ladder_never_look_alike():
    looks = [(one["line"]["color"], one["line"]["dash"]) for one in ladder_growth("net", *"abcdefg")["data"][2:10]]
    assert len(set(looks)) == len(looks)
