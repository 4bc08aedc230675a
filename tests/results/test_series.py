"""What a page draws of returns: the alpha part by part, and by how much it changed."""

import numpy as np
import pandas as pd
import pytest

from active_edge.inference.months import Months
from active_edge.judging.samples import samples_of
from active_edge.results.series import subperiods_of
from tests.inference.return_samples import months_of_fund


def samples(n: int, *, later: float = 0.0):
    fund, market = months_of_fund(n, seed=3)
    fund = fund + np.where(fund.index >= pd.Timestamp("2014-01-01"), later / 12, 0.0)
    months = Months.each(fund.index, 12.0)
    return samples_of(fund, {"IWM": market}, periods_per_year=12, months=months)


def test_the_change_of_an_edge_stands_beside_its_parts():
    table = subperiods_of(samples(240, later=0.06)).set_index("name")
    halves, cut = ["first half", "second half"], ["before 2014", "from 2014"]
    assert list(table.index) == [*halves, *cut, "second half less first half", "from 2014 less before 2014"]
    change = table.loc["from 2014 less before 2014"]
    assert change["alpha_annual"] == pytest.approx(
        table.loc["from 2014", "alpha_annual"] - table.loc["before 2014", "alpha_annual"]
    )
    assert change["lower"] < 0.06 < change["upper"]
    assert change["lower"] > 0
    assert (str(change["start"].date()), str(change["end"].date())) == ("2000-01-31", "2019-12-31")


def test_parts_too_short_for_a_change_are_shown_without_one():
    assert list(subperiods_of(samples(40))["name"]) == ["first half", "second half"]
