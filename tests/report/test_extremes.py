"""Runs at the ends of what there is: each has a sensible page, small enough to be mailed."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from active_edge.report.page import render_run
from tests.quick import first_quick
from tests.report.markup import figures, parsed, text_of
from tests.report.runs import full_run, sparse_run, stamped

HOSTILE = "<script>alert(1)</script>"
MAILED = 2_500_000


def ten_thousand_holdings():
    page = full_run()
    last = page.holdings.iloc[[0] * 10_000].assign(ticker=[f"T{n}" for n in range(10_000)])
    held = page.decided.iloc[[0] * 10_000].assign(ticker=[f"T{n}" for n in range(10_000)], name=HOSTILE)
    return replace(page, holdings=last, decided=held)


def many_decisions():
    page = full_run(years=16)
    days = [str(day.date()) for day in pd.date_range("2005-01-31", periods=190, freq="ME")]
    one = page.decided.iloc[:1]
    rng = np.random.default_rng(0)
    held = pd.concat([one.iloc[[0] * 120].assign(decided=day, why="") for day in days], ignore_index=True)
    held["interest_coverage"] = [f"{number:.2f}" for number in rng.uniform(1, 40, len(held))]
    held["ticker"] = [f"T{number}" for number in rng.integers(0, 2000, len(held))]
    return replace(page, decided=held)


def all_cash():
    page = full_run(years=2.0)
    flat = page.growth.assign(net=1.0, gross=1.0)
    names = page.names.assign(names=0, cash=1.0)
    nothing = {"holdings": page.holdings.iloc[:0], "decided": page.decided.iloc[:0], "left": page.left.iloc[:0]}
    return replace(page, growth=flat, names=names, trades=page.trades.iloc[:0], **nothing)


def without_benchmark():
    page = full_run(years=2.0)
    alone = page.growth[["net", "gross"]]
    nothing = {"active": None, "active_lower": None, "active_upper": None, "rolling": None, "loadings": None}
    page = replace(page, growth=alone, drawdown=page.drawdown[["net"]], months=page.months[["net"]], **nothing)
    return stamped(page, benchmarks={}, headline=None, factors=None, twins=None, sensitivity=())


EXTREMES = {
    "10,000 holdings": ten_thousand_holdings,
    "16 years of months": many_decisions,
    "50 years of days": lambda: full_run(years=50.0),
    "one day": lambda: sparse_run(verdict="too short to judge"),
    "all cash": all_cash,
    "no benchmark": without_benchmark,
    "no factors": lambda: stamped(full_run(years=2.0), factors=None),
}


@pytest.mark.parametrize("kind", first_quick(EXTREMES, 2))
def test_an_extreme_run_has_a_page_that_can_be_mailed(kind):
    html = render_run(EXTREMES[kind]())
    assert len(html.encode()) <= MAILED
    assert "<script>alert" not in html
    words = text_of(html).lower().split()
    assert "nan" not in words
    assert "none" not in [word for word in words if word == "none,"]
    assert parsed(html).xpath("//h1")
    assert all(figure["data"] for figure in figures(html).values())


def test_long_lines_are_drawn_by_the_days_that_fit_and_their_last_is_told():
    page = full_run(years=50.0)
    html = render_run(page)
    drawn = next(one for one in figures(html)["plot-growth"]["data"] if one["name"] == "portfolio, net")
    # 12,601 days, at most 3,000 drawn: one in five, the last among them
    assert len(drawn["x"]) == len(drawn["y"]) == 2521
    assert drawn["x"][-1] == str(page.growth.index[-1].date())
    assert drawn["y"][-1] == round(float(page.growth["net"].iloc[-1]), 4)
    assert "One in 5 days is drawn." in html


def test_what_a_page_does_not_carry_is_said_on_it():
    text = text_of(render_run(many_decisions()))
    assert "of 190 decisions; all are in the run’s folder." in text
