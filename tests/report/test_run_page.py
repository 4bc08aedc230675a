from __future__ import annotations

from dataclasses import replace

import pytest

from active_edge.errors import DataError
from active_edge.report.run_page import DataWarning
from tests.report.runs import index_entries, sparse_run


def test_a_row_of_the_index_has_one_of_the_five_verdicts():
    with pytest.raises(DataError, match="'maybe'"):
        replace(index_entries()[0], verdict="maybe")


def test_growth_without_a_net_curve_is_refused():
    record = sparse_run()
    with pytest.raises(DataError, match="growth has no column 'net'"):
        replace(record, growth=record.growth.rename(columns={"net": "gross"}))


def test_an_unknown_level_of_warning_is_refused():
    with pytest.raises(DataError, match="'loud'"):
        replace(sparse_run(), warnings=(DataWarning("loud", "x"),))
