"""The page of a run that leads to pages of companies written after it."""

from active_edge.report.leading import LEADS, lead_to
from active_edge.report.page import render_run
from tests.report.markup import parsed, text_of
from tests.report.runs import full_run


def test_the_holdings_lead_to_the_pages_there_are_and_nothing_else_changes():
    run = full_run(years=2.0)
    assert run.holdings is not None
    first, second = run.holdings["ticker"].astype(str)[:2]
    page = render_run(run)
    led = lead_to(page, {first: f"../companies/{first}-2021-09-30.html", "GONE": "../companies/GONE-2015-01-05.html"})
    links = parsed(led).xpath("//section[@id='holdings']//tbody//a")
    assert [(link.text, link.get("href")) for link in links] == [(first, f"../companies/{first}-2021-09-30.html")]
    told = text_of(led)
    assert LEADS in told
    assert f"active-edge company --run {run.stats.run}" in text_of(page)
    assert "active-edge company" not in told
    assert second in told
    assert lead_to(led, {}).count(LEADS) == 1
    assert abs(len(led) - len(page)) < 500
