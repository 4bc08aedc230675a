from __future__ import annotations

from dataclasses import replace

import pytest

from active_edge.errors import DataError
from active_edge.report.record import REQUIRED_STATS, DataWarning
from tests.report.runs import index_entries, sparse_run, stamped


@pytest.mark.parametrize("key", REQUIRED_STATS)
def test_a_missing_key_of_stats_is_named(key):
    record = sparse_run()
    stats = {name: value for name, value in record.stats.items() if name != key}
    with pytest.raises(DataError, match=f"lacks {key}"):
        replace(record, stats=stats)


@pytest.mark.parametrize("trials", [0, None, "16", 2.5])
def test_no_page_without_a_number_of_trials(trials):
    with pytest.raises(DataError, match="trials"):
        stamped(sparse_run(), trials=trials)


def test_only_the_five_verdicts_are_verdicts():
    with pytest.raises(DataError, match=r"proven.*not distinguishable"):
        stamped(sparse_run(), verdict="proven")
    with pytest.raises(DataError, match="'maybe'"):
        replace(index_entries()[0], verdict="maybe")


def test_growth_without_a_net_curve_is_refused():
    record = sparse_run()
    with pytest.raises(DataError, match="growth has no column 'net'"):
        replace(record, growth=record.growth.rename(columns={"net": "gross"}))


def test_an_unknown_level_of_warning_is_refused():
    with pytest.raises(DataError, match="'loud'"):
        replace(sparse_run(), warnings=(DataWarning("loud", "x"),))
