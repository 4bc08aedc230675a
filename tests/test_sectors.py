"""SIC codes to sectors, against what the SEC's own list calls them."""

import pandas as pd
import pytest

from active_edge.sectors import SECTORS, sector_of_sic, sectors_of


@pytest.mark.parametrize(
    ("sic", "industry", "sector"),
    [
        (1311, "crude petroleum and natural gas", "energy"),
        (2834, "pharmaceutical preparations", "health_care"),
        (2836, "biological products", "health_care"),
        (2911, "petroleum refining", "energy"),
        (3571, "electronic computers", "information_technology"),
        (3674, "semiconductors", "information_technology"),
        (3711, "motor vehicles", "consumer_discretionary"),
        (3841, "surgical and medical instruments", "health_care"),
        (4813, "telephone communications", "communication_services"),
        (4911, "electric services", "utilities"),
        (4922, "natural gas transmission", "utilities"),
        (5411, "grocery stores", "consumer_staples"),
        (5812, "eating places", "consumer_discretionary"),
        (6022, "state commercial banks", "financials"),
        (6770, "blank checks", "financials"),
        (6798, "real estate investment trusts", "real_estate"),
        (6512, "operators of buildings", "real_estate"),
        (7372, "prepackaged software", "information_technology"),
        (8062, "hospitals", "health_care"),
        (8731, "commercial physical and biological research", "health_care"),
        (1531, "operative builders", "consumer_discretionary"),
        (2086, "bottled soft drinks", "consumer_staples"),
        (3312, "steel works", "materials"),
        (3721, "aircraft", "industrials"),
    ],
)
def test_known_industries_fall_into_their_sector(sic, industry, sector):
    assert sector_of_sic(sic) == sector, industry


def test_every_code_has_a_sector_and_nothing_else_does():
    assert {sector_of_sic(code) for code in range(100, 10_000)} == set(SECTORS)
    assert sector_of_sic(0) == sector_of_sic(99_999) == "unknown"


def test_missing_codes_are_unknown_not_a_sector():
    codes = pd.Series([2834, None, 6798], dtype="Int64")
    assert sectors_of(codes).tolist() == ["health_care", "unknown", "real_estate"]
