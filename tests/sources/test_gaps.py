"""A hole in the middle of what an archive has is found, counted and named."""

import pandas as pd
import pytest

from active_edge.sources.gaps import gap_findings, missing_quarters
from active_edge.sources.web.archive import Archive


@pytest.mark.parametrize(
    ("there", "lost"),
    [
        (["form345/2016q1", "form345/2016q2"], []),
        (["form345/2016q1", "form345/2016q3"], ["2016q2"]),
        (["form345/2015q4", "form345/2016q3"], ["2016q1", "2016q2"]),  # over the year
        (["form345/2016q3"], []),
        ([], []),
    ],
)
def test_quarters_between_two_others_are_missing(there: list[str], lost: list[str]) -> None:
    assert missing_quarters(there) == lost


def test_a_missing_quarter_is_a_finding_of_its_source(tmp_path) -> None:
    archive = Archive(tmp_path)
    for quarter in ("2022q1", "2022q3"):
        archive.keep_bytes(b"x" + quarter.encode(), key=f"form345/{quarter}", url="u", time="2023-01-01T00:00:00Z")
    archive.note(key="form345/2022q2", url="u", time="2023-01-01T00:00:00Z", status=404)
    series = pd.DataFrame({"series": [], "date": [], "value": [], "filed": []})
    (found,) = gap_findings(archive, series)
    assert (found.table, found.count, found.examples) == ("form345", 1, ("2022q2",))


def test_a_spread_that_begins_late_is_told_with_the_one_that_does_not(tmp_path) -> None:
    days = pd.to_datetime(["2023-05-01", "2009-01-02"])
    series = pd.DataFrame({"series": ["BAMLH0A0HYM2", "BAA10Y"], "date": days, "value": 4.0, "filed": days})
    (found,) = gap_findings(Archive(tmp_path), series)
    assert found.examples == ("BAMLH0A0HYM2 from 2023-05-01, BAA10Y from 2009-01-02",)
    assert not gap_findings(Archive(tmp_path), series.assign(date=pd.Timestamp("2009-01-02")))
