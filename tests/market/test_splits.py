"""One list of split ratios: what the panel restates shares for is what the reader of charts suspects."""

import numpy as np
import pytest

from active_edge.market.prices import HALVED
from active_edge.market.split_moves import nearest_ratio
from active_edge.market.splits import MOST_REVERSE, SPLIT_RATIOS, spoken
from active_edge.sources.vendors import yahoo
from tests.sources import bodies

DAYS = ("2023-10-30", "2023-10-31", "2023-11-01", "2023-11-02")


@pytest.mark.parametrize("ratio", SPLIT_RATIOS)
def test_every_usual_ratio_is_a_split_to_the_panel(ratio):
    assert nearest_ratio(ratio, 100.0 * ratio, 100.0) == ratio
    assert nearest_ratio(1.001 * ratio, 100.0 * ratio, 100.0) == ratio


@pytest.mark.parametrize("ratio", SPLIT_RATIOS[SPLIT_RATIOS >= 2])
@pytest.mark.parametrize("up", [True, False])
def test_every_usual_ratio_of_two_or_more_without_an_event_is_suspected_in_a_chart(ratio, up):
    before, after = (10.0, 10.0 * ratio) if up else (10.0 * ratio, 10.0)
    chart = yahoo.parse(bodies.chart("X", DAYS, [before, before, after, after]), where="t")
    assert np.isnan(chart.rows["total_return"].iloc[2])
    assert chart.suspected_splits == 1


@pytest.mark.parametrize("implied", [1.15, 1.30, 1.42, 2.25, 2.75, 9.5, 120.0, 0.8, 1.0 / (MOST_REVERSE + 3)])
def test_a_move_between_the_usual_ratios_is_no_split(implied):
    assert nearest_ratio(implied, 100.0 * implied, 100.0) == 1.0


def test_a_halving_is_the_two_for_one_split_of_the_list():
    assert HALVED == (0.49, 0.51)


@pytest.mark.parametrize(
    ("ratio", "said"), [(1.5, "3:2"), (1.25, "5:4"), (1.1, "11:10"), (3.5, "7:2"), (0.1, "1:10"), (1 / 35, "1:35")]
)
def test_a_ratio_is_said_as_people_say_it(ratio, said):
    assert spoken(ratio) == said
