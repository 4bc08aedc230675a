"""Every recorded filing, read by a person first: the value and where it stands in the filing."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from active_edge.errors import SourceFormatError
from active_edge.filings import FiledShare, num_reports, read_filing
from active_edge.filings.geography import domestic_share
from tests.quick import first_quick

pytestmark = pytest.mark.realdata

# file, domestic share, source, confidence
DOMESTIC = [
    # Note 13: revenues, United States 149,040 of 188,756 (thousands).
    ("sec_xbrl_instance/crr.xbrl.xml", 149_040 / 188_756, "geographic_axis", "high"),
    ("sec_10k_html/crr-10k_20171231.htm", 149_040 / 188_756, "geography_table", "low"),
    # Note 14: United States (U.S.) 614,717 of 1,316,379.
    ("sec_xbrl_instance/crsr-20241231_htm.xml", 614_717 / 1_316_379, "geographic_axis", "high"),
    ("sec_fsds/2024q4_apple_excerpt/num.txt", 142_196 / 391_035, "geographic_axis", "high"),
    # Net sales: United States 7,653.0, total international 525.7, total 8,178.7 (millions).
    ("sec_10k_html/SJM_0000091419-24-000054.html", 7_653.0 / 8_178.7, "geographic_axis", "high"),
    # InterCloud tags its own "Domestic" member on its own revenue tag: 49,899 of 52,461.
    ("sec_xbrl_instance/ggho-20140930.xml", 49_899 / 52_461, "geographic_axis", "medium"),
    # Only Americas/Europe/Asia are tagged; the note says 47 % of 2023 revenue came from outside the United States.
    ("sec_xbrl_instance/hubs-20231231_htm.xml", 0.53, "text", "low"),
    # Boston Beer: no foreign fact at all; the note says foreign distributors took less than 4 % of 2013 sales.
    ("sec_xbrl_instance/sam-20131228.xml", 0.95, "no_foreign_facts", "medium"),
    ("sec_xbrl_instance/upxi_10k_htm.xml.zip", 0.95, "no_foreign_facts", "medium"),
    # A quarterly report's silence is worth less.
    ("sec_xbrl_instance/Form10q_htm.xml", 0.95, "no_foreign_facts", "low"),
    # Union Pacific says only that its customers are "principally" domiciled in the United States.
    ("sec_xbrl_instance/unp-20121231.xml", None, None, None),
    # No revenue yet, a shell, an insurer and lessors that split nothing.
    ("sec_xbrl_instance/aeon-20230930x10q_htm.xml", None, None, None),
    ("sec_xbrl_instance/grsv-10k_20201231_htm.xml", None, None, None),
    ("sec_10k_html/0001193125-10-073212.html", None, None, None),
    ("sec_10k_html/0001376474-16-000635.html", None, None, None),
    ("sec_10k_html/0000950153-99-001234.html", None, None, None),
]

# file, floating share, source, confidence
FLOATING = [
    # Note 14: Term Loan (variable rate) 174,000, the only debt.
    ("sec_xbrl_instance/crsr-20241231_htm.xml", 1.0, "debt_note_table", "high"),
    # Note 3: 65,000 at 9.00 % and 27,040 at 7.00 %; the LIBOR loan was repaid in March 2017.
    ("sec_xbrl_instance/crr.xbrl.xml", 0.0, "spread_facts", "high"),
    ("sec_10k_html/crr-10k_20171231.htm", 0.0, "debt_text", "low"),
    # Note 14: floating rate term loans 200 and 100 of securitized receivables, whose rate is that of commercial paper,
    # of 9,362.
    ("sec_xbrl_instance/unp-20121231.xml", 300 / 9_362, "spread_facts", "high"),
    # Note H: nothing drawn on the LIBOR line; the note of 567 is fixed at 4.25 %.
    ("sec_xbrl_instance/sam-20131228.xml", 0.0, "debt_text", "low"),
    # Note 10: seven notes between 3.5 % and 18.11 %, none of them floating.
    ("sec_xbrl_instance/upxi_10k_htm.xml.zip", 0.0, "debt_note_table", "high"),
    # Note 9: 0.375 % convertible senior notes.
    ("sec_xbrl_instance/hubs-20231231_htm.xml", 0.0, "spread_facts", "high"),
    # Twelve senior notes with coupons; 591.0 of commercial paper is of unknown kind.
    ("sec_10k_html/SJM_0000091419-24-000054.html", 0.0, "debt_note_table", "medium"),
    # Notes 4 and 5: 204,300 at the applicable federal rate plus 10 %; convertible notes of 4,481,001 at 10 to 12 %.
    ("sec_xbrl_instance/Form10q_htm.xml", 204_300 / 4_685_301, "debt_note_table", "medium"),
    # Notes to related parties are zero; a member still has a balance of the predecessor.
    ("sec_xbrl_instance/aeon-20230930x10q_htm.xml", 0.0, "no_debt", "low"),
    # A sponsor loan of 300,000 was repaid within the year.
    ("sec_xbrl_instance/grsv-10k_20201231_htm.xml", 0.0, "no_debt", "medium"),
    # Notes 6 and 7 of GAINSCO: 900 and 43,000, all at LIBOR plus a margin.
    ("sec_10k_html/0001193125-10-073212.html", 1.0, "debt_text", "low"),
    # Note 6: installment notes between 1.60 % and 6.00 %, on a table broken over a page.
    ("sec_10k_html/0001376474-16-000635.html", 0.0, "debt_table", "high"),
    ("sec_10k_html/0000950153-99-001234.html", None, None, None),
]

# Line of the recorded sections, group percentage (None: the section is the 5 % holders' table only).
GROUPS = [0.0709, 0.0703, 0.2253, 0.1586, 0.1621, 0.1283, 0.0466, None, None, 0.0189]


def _check(value: FiledShare | None, share: float | None, source: str | None, confidence: str | None) -> None:
    if share is None:
        assert value is None
        return
    assert value is not None
    assert value.value == pytest.approx(share, abs=5e-5)
    assert (value.source, value.confidence) == (source, confidence)
    assert value.passage


@pytest.mark.parametrize(("file", "share", "source", "confidence"), first_quick(DOMESTIC, 2))
def test_domestic_revenue_share_is_what_the_filing_says(
    recorded: Path, file: str, share: float | None, source: str | None, confidence: str | None
) -> None:
    _check(read_filing(recorded / file).domestic_revenue_share, share, source, confidence)


@pytest.mark.parametrize(("file", "share", "source", "confidence"), first_quick(FLOATING, 2))
def test_floating_rate_debt_share_is_what_the_filing_says(
    recorded: Path, file: str, share: float | None, source: str | None, confidence: str | None
) -> None:
    _check(read_filing(recorded / file).floating_rate_debt_share, share, source, confidence)


def test_corsair_floats_on_one_term_loan_of_174_million(recorded: Path) -> None:
    value = read_filing(recorded / "sec_xbrl_instance/crsr-20241231_htm.xml").floating_rate_debt_share
    assert value is not None
    assert value.details["floating"] == 174_000
    assert value.details["fixed"] == 0


def test_a_region_that_holds_the_united_states_bounds_them_from_above(recorded: Path) -> None:
    reading = read_filing(recorded / "sec_xbrl_instance/hubs-20231231_htm.xml")
    assert any("at most 0.6090" in note and "AmericasMember" in note for note in reading.notes)


def _sections(recorded: Path) -> list[dict[str, str]]:
    lines = (recorded / "sec_def14a/def14a_ownership_sections.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line)["sections"][0] for line in lines]


@pytest.mark.parametrize("index", range(len(GROUPS)))
@pytest.mark.parametrize("part", ["table_text", "table_html"])
def test_the_group_row_is_found_in_text_and_in_html(recorded: Path, index: int, part: str) -> None:
    body = _sections(recorded)[index][part]
    if not body:
        pytest.skip("this section was recorded as text only")
    value = read_filing(body.encode(), f"section {index}").insider_ownership
    share = GROUPS[index]
    if share is None:
        assert value is None
        return
    assert value is not None
    assert value.value == pytest.approx(share, abs=6e-4 if index == 2 else 1e-9)
    assert value.source == "proxy_table"


def test_bentley_keeps_economic_and_voting_power_apart(recorded: Path) -> None:
    value = read_filing(_sections(recorded)[2]["table_text"].encode()).insider_ownership
    assert value is not None
    assert value.details["voting"] == pytest.approx(0.575)
    assert value.details["classes"] == pytest.approx({"Class A": 0.885, "Class B": 0.198})
    # 10,263,492 A + 54,552,241 B of 11,601,757 A + 276,132,534 B outstanding
    assert value.value == pytest.approx(64_815_733 / 287_734_291)
    assert value.confidence == "high"


def test_a_full_submission_gives_the_share_and_the_day_it_was_filed(recorded: Path) -> None:
    reading = read_filing(recorded / "sec_def14a/0000893739-20-000019.txt")
    assert reading.kind == "proxy_html"
    assert reading.insider_ownership is not None
    assert reading.insider_ownership.value == pytest.approx(0.051)
    assert reading.insider_ownership.filed == "2020-03-25"


# file, form, holdings, last shares held, whether a director or officer files it
FORMS = [
    ("374WaterForm4.xml", "4", 1, 757_756, True),
    ("0001127602-25-004598.nc", "4", 2, 20_869, True),
    ("0000320193-22-000061.txt", "4", 7, None, True),
    ("0001127602-25-001055.txt", "4", 1, None, True),
    ("form3.nosecurities.xml", "3", 0, None, True),
    ("form3.snow.nonderiv.xml", "3", 1, 6_125_376, False),
    ("form3.snow.xml", "3", 0, None, True),
    ("form4.snow.xml", "4", 14, None, True),
]


@pytest.mark.parametrize(("file", "form", "count", "shares", "insider"), FORMS)
def test_an_ownership_form_gives_holdings_and_no_share_of_the_group(
    recorded: Path, file: str, form: str, count: int, shares: float | None, insider: bool
) -> None:
    reading = read_filing(recorded / "sec_ownership_xml" / file)
    assert reading.kind == "ownership_form"
    assert reading.insider_ownership is None
    assert len(reading.holdings) == count
    assert all(row["form"] == form and row["insider"] is insider for row in reading.holdings)
    if shares is not None:
        assert reading.holdings[-1]["shares"] == shares


@pytest.mark.slow
def test_text_of_62_annual_reports_is_read_without_a_wrong_domestic_share(recorded: Path) -> None:
    # Each read in the filing: "69.7% of sales were derived from U.S. customers", "international sales comprised" ...
    expected = {
        "1000564_10K_2002": 0.697,
        "1000654_10K_2002": 0.697,
        "1001426_10K_1998": 0.55,
        "1001426_10K_2003": 0.32,
        "1001426_10K_2005": 0.22,
        "1001426_10K_2006": 0.194,
        "1001426_10K_2007": 0.13,
        "1002135_10K_1999": 0.909,
        "1002517_10K_2007": 0.78,
        "1002517_10K_2008": 0.77,
        "1002517_10K_2011": 0.73,
        "1002517_10K_2014": 0.73,
        "1002517_10K_2016": 0.71,
        "1002517_10K_2018": 0.72,
        "1002517_10K_2019": 0.75,
        "1002517_10K_2020": 0.80,
        "1002517_10K_2021": 0.80,
        "108516_10K_2023": 0.87,
        "109446_10K_1994": 0.90,
    }
    archive = zipfile.ZipFile(recorded / "sec_10k_text/edgar-crawler_10-K_items.zip")
    found = {}
    for name in archive.namelist():
        value = read_filing(archive.read(name), name).domestic_revenue_share
        if value is not None:
            assert value.confidence == "low"
            found[name.split("/")[1].rsplit("_", 1)[0]] = round(value.value, 4)
    assert found == pytest.approx(expected)


@pytest.mark.slow
def test_a_whole_quarter_of_num_rows_splits_into_reports(recorded: Path) -> None:
    import csv
    import io

    archive = zipfile.ZipFile(recorded / "sec_fsds/2009q3.zip")
    rows = csv.DictReader(
        io.TextIOWrapper(archive.open("num.txt"), encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE
    )
    reports = dict(num_reports(sorted(rows, key=lambda row: row["adsh"])))
    sub = csv.DictReader(io.TextIOWrapper(archive.open("sub.txt"), encoding="utf-8"), delimiter="\t")
    assert set(reports) <= {row["adsh"] for row in sub}
    values = [domestic_share(report)[0] for report in reports.values()]
    # Primary statements alone: their silence on taxes abroad must not make Honeywell or Intel a domestic company.
    assert sum(value is not None for value in values) <= 5


@pytest.mark.parametrize(
    "file", ["sec_rate_exceeded.html", "sec_submissions_404.xml", "sec_undeclared_automated_tool.html"]
)
def test_a_block_page_is_no_filing(recorded: Path, file: str) -> None:
    with pytest.raises(SourceFormatError, match=file):
        read_filing(recorded / "negative" / file)


def test_other_kinds_say_nothing(recorded: Path) -> None:
    for path in sorted((recorded / "sec_13dg_13f_144").iterdir()):
        reading = read_filing(path)
        assert reading.insider_ownership is None
        assert reading.domestic_revenue_share is None
        assert reading.floating_rate_debt_share is None
