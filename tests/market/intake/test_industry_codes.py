"""A code that is no SIC code is unknown and counted, never the sector of its beginning."""

import pandas as pd
import pytest

from tests.market.intake.test_importer import imported, price_rows, securities
from tests.quick import first_quick

KIND = "industry codes that are no SIC code"


@pytest.mark.parametrize(
    ("sic", "kept"), first_quick([(3560, True), (100, True), (782, True), (356, False), (35, False)])
)
def test_only_four_digits_or_a_lost_zero_are_a_sic_code(tmp_path, sic, kept):
    table = securities("A").assign(sic=sic)
    report, market = imported(tmp_path, securities=table, prices=price_rows("A", [10.0] * 5))
    assert report.count(KIND) == (not kept)
    assert pd.isna(market.securities["sic"].iloc[0]) == (not kept)


def test_a_gics_code_given_as_sic_is_named(tmp_path):
    table = securities("A").assign(sic=201010)
    report, _ = imported(tmp_path, securities=table, prices=price_rows("A", [10.0] * 5))
    (told,) = [finding for finding in report.findings if finding.kind == KIND]
    assert told.examples == ("A 201010",)
