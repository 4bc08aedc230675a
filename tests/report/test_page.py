from __future__ import annotations

import pytest

from active_edge.report.page import render_run
from report.runs import full_run, sparse_run


@pytest.mark.parametrize("record", [full_run(), sparse_run()], ids=["full", "sparse"])
def test_the_verdict_comes_before_any_section(record):
    html = render_run(record)
    body = html[html.index("<main") :]
    verdict = str(record.stats["verdict"]).capitalize()
    assert verdict in body[: body.index("<section")]
