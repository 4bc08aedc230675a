"""How the sources answer in autumn 2026: each fault that once ended a pull without a snapshot."""

import time

import pytest

from active_edge.errors import SourceError
from active_edge.market import open_market
from active_edge.progress import silent
from active_edge.sources.fetching import Tally, fetch_all
from active_edge.sources.sec import form345
from active_edge.sources.vendors import ishares
from active_edge.sources.web.request import Request

from .bodies import FRENCH_URL
from .replay import Answer, Replay
from .sec_bodies import INSIDERS
from .test_pull_full import full  # noqa: F401

pytestmark = pytest.mark.slow

PAGE = b"<!DOCTYPE html>\n<html><head><title>iShares Russell 2000 ETF | IWM</title></head><body>x</body></html>"
DENIED = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>'
)
FRENCH = (
    "F-F_Research_Data_5_Factors_2x3_daily",
    "F-F_Research_Data_Factors_daily",
    "F-F_Momentum_Factor_daily",
    "25_Portfolios_ME_OP_5x5",
)


def test_a_full_pull_makes_a_snapshot_although_ishares_answers_its_page(full, tmp_path, replay: Replay) -> None:  # noqa: F811
    for fund, f in ishares.FUNDS.items():
        replay.serve(ishares.URL.format(product=f.product, slug=f.slug, fund=fund), PAGE, "text/csv;charset=UTF-8")
    assert full().snapshot is not None


def test_insider_sets_are_found_in_the_other_folder(full, tmp_path, replay: Replay) -> None:  # noqa: F811
    for key in [k for k in replay.routes if "form345" in k]:
        replay.routes.pop(key)
    moved = form345.URL.format(year=2022, quarter=1).replace("structureddata", "datastandardsinnovation")
    replay.serve(moved, INSIDERS, "application/zip")
    full()
    assert len(open_market(tmp_path / "m").facts.of("insider_ownership").value) > 0


def test_one_filing_that_is_not_there_does_not_stop_the_others(make_client, replay: Replay) -> None:
    """sec.gov/Archives answers 403 with <Code>AccessDenied</Code> for what does not exist."""
    client, requests = make_client(), []
    for i in range(200):
        url = f"https://www.sec.gov/Archives/edgar/data/{i + 1}/00000000012300{i:04d}/x-20221231.xml"
        key = f"filing/{i + 1:010d}/2023-03-01/10-K/0000000001-23-00{i:04d}"
        requests.append(Request("sec", key, url, "xml", missing_is_answer=True))
        if i == 20:
            replay.fail(url, *[Answer(DENIED, status=403, media="application/xml")] * 9)
        else:
            replay.serve(url, b"<xbrl/>", "application/xml")
    errors: list[SourceError] = []
    fetch_all(client, requests, "single filings", Tally(silent, time.monotonic()), errors)
    assert errors == []
    assert len(list(client.archive.bodies("filing/"))) == 199


def test_quick_makes_a_snapshot_although_french_says_401(full, replay: Replay) -> None:  # noqa: F811
    for name in FRENCH:
        replay.fail(FRENCH_URL.format(name), *[Answer(b"<html>Authorization Required</html>", status=401)] * 5)
    report = full(only=None, quick=True)
    assert report.snapshot is not None
    assert [(one.source, one.kind, one.answers) for one in report.missing] == [("kenfrench", "refused", 4)]


@pytest.mark.parametrize("status", [403, 404])
def test_first_day_of_a_quarter(full, replay: Replay, status: int) -> None:  # noqa: F811
    """full-index of a quarter appears on its first business night; before that it is the same 403."""
    for key in [k for k in replay.routes if "full-index/2023/QTR4" in k]:
        replay.fail("https://" + key, *[Answer(DENIED, status=status, media="application/xml")] * 9)
    report = full()
    assert report.snapshot is not None
    assert report.missing == ()
