from __future__ import annotations

import copy
import re
from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest
import yaml

from active_edge.costs import READ_LOW
from active_edge.report.document import bind_units
from active_edge.report.page import render_run, write_run_page
from active_edge.report.run_page import DataWarning, FalsePositiveRate, RunPage
from active_edge.report.words import p_note, p_text
from active_edge.run_record import LedgerRecord
from active_edge.stats import BenchmarkStats
from tests.quick import first_quick
from tests.report.markup import figures, outside_requests, parsed, text_of
from tests.report.runs import CONFIGURATION, full_run, sparse_run, stamped

HOSTILE = "<script>alert('x')</script>"


@pytest.fixture(scope="module")
def record():
    return full_run()


@pytest.fixture(scope="module")
def page(record):
    return render_run(record)


@pytest.mark.parametrize("build", [full_run, sparse_run])
def test_the_verdict_comes_before_any_section(build):
    run = build()
    body = render_run(run).partition("<main")[2]
    verdict = str(run.stats.verdict).capitalize()
    assert verdict in body[: body.index("<section")]


def test_what_would_change_the_verdict_and_warnings_come_before_any_chart(record, page):
    before = text_of(page.partition("<figure")[0])
    for sentence in (*record.stats.verdict_would_change, *(warning.text for warning in record.warnings)):
        assert sentence in before


def test_serious_warnings_come_first(page):
    levels = parsed(page).xpath("//ul[@class='warnings']//span[@class='level']/text()")
    assert levels == ["serious", "caution", "note"]


def test_text_from_outside_is_escaped_everywhere(record):
    holdings = record.holdings.assign(name=HOSTILE, ticker=HOSTILE, sector=HOSTILE)
    hostile = replace(
        stamped(record, strategy=HOSTILE, verdict_reason=HOSTILE, verdict_would_change=(HOSTILE,)),
        holdings=holdings,
        record=replace(record.record, strategy={"name": HOSTILE, "description": HOSTILE}),
        command=HOSTILE,
        warnings=(DataWarning("note", HOSTILE, HOSTILE),),
        growth=record.growth.rename(columns={"IWM": HOSTILE}),
        drawdown=record.drawdown.rename(columns={"IWM": HOSTILE}),
    )
    html = render_run(hostile)
    scripts = parsed(html).xpath("//script[not(@type)]")
    assert len(scripts) == len(parsed(render_run(record)).xpath("//script[not(@type)]"))
    assert "<script>alert" not in html
    assert HOSTILE in [trace["name"] for trace in figures(html)["plot-growth"]["data"]]


def test_a_holding_without_debt_is_said_to_have_none_and_not_to_be_unknown(record):
    holdings = record.holdings.assign(interest_coverage=[np.inf, np.nan] + [5.0] * (len(record.holdings) - 2))
    page = parsed(render_run(replace(record, holdings=holdings, factor_infinite={"interest_coverage": "no debt"})))
    (section,) = page.xpath("//section[@id='holdings']")
    heads = [head.text_content().strip() for head in section.xpath(".//thead//th")]
    place = next(i for i, head in enumerate(heads) if head.startswith("interest coverage"))
    cells = [row.xpath("./td|./th")[place].text_content().strip() for row in section.xpath(".//tbody/tr")]
    assert cells[:3] == ["no debt", "–", "5.00"]


def test_the_page_asks_for_nothing_outside_itself(page):
    assert outside_requests(page) == []


@pytest.mark.parametrize(
    "planted",
    [
        '<script src="https://cdn.example/plotly.js"></script>',
        '<link rel="stylesheet" href="//fonts.example/a.css">',
        '<img src="http://example.org/x.png">',
        "<style>@import 'https://example.org/a.css';</style>",
        "<p style=\"background: url('https://example.org/a.png')\">x</p>",
        "<script>fetch('/x')</script>",
    ],
)
def test_a_planted_request_would_be_seen(page, planted):
    assert outside_requests(page.replace("<footer>", planted + "<footer>"))


def test_the_page_forbids_requests_to_the_browser(page):
    (policy,) = parsed(page).xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'")
    assert "http" not in policy


@pytest.mark.parametrize("simulated", [True, False])
def test_a_simulated_run_and_no_other_is_stamped(record, simulated):
    html = render_run(stamped(record, simulated=simulated))
    tree = parsed(html)
    assert bool(tree.xpath("//div[@class='stamp']")) is simulated
    assert tree.xpath("//title/text()")[0].startswith("SIMULATED") is simulated
    assert ("simulated" in tree.xpath("//body/@class")[0]) is simulated


def test_every_p_value_has_its_number_of_trials_beside_it(page):
    cells = parsed(page).xpath("//td[contains(concat(' ', @class, ' '), ' number ')]")
    heads = {}
    for cell in cells:
        table = cell.xpath("ancestor::table[1]")[0]
        position = len(cell.xpath("preceding-sibling::*"))
        heads[cell] = table.xpath("./thead/tr/th")[position].text_content()
    printed = [cell.text_content() for cell, head in heads.items() if re.match(r"p\b", head)]
    assert len(printed) >= 7
    assert all(text == "–" or "16 trials" in text for text in printed)


def test_a_measured_false_positive_rate_is_printed_beside_its_p_value(record, page):
    assert "0.19 · 16 trials · false alarms 5.1 % at 240 months" in text_of(page)
    without = text_of(render_run(replace(record, calibration={})))
    assert "0.19 · 16 trials" in without
    assert "false alarms 5.1 %" not in without
    assert "How often this test raises a false alarm was not measured here" in without


@pytest.mark.parametrize(
    ("nearest", "beside", "below"),
    [
        (True, "at 60 months", "60 months (the measured length nearest this run's)"),
        (False, "at 60 months, at no other length measured", "60 months (the one length it was measured at, whatever"),
    ],
)
def test_a_rate_of_another_length_than_the_runs_says_whether_there_are_others(nearest, beside, below):
    rate = FalsePositiveRate(0.073, 0.057, 0.091, 1000, months=60, nearest=nearest)
    assert p_text(0.19, 16, rate) == f"0.19 · 16 trials · false alarms 7.3 % {beside}"
    assert below in p_note(16, {"twins": rate}, ["twins"])


def test_a_restarted_ledger_is_named(record, page):
    assert "Ledger restarted" not in text_of(page)
    ledger = LedgerRecord(trials=16, restarted="2025-11-01")
    restarted = replace(record, record=replace(record.record, ledger=ledger))
    assert "Ledger restarted (2025-11-01)" in text_of(render_run(restarted))


@pytest.mark.parametrize(
    "sentence",
    [
        "No edge was measured: this run has no returns, or no benchmark to hold them against.",
        "Factor returns are not in this market",
        "The gap to a benchmark over time is not shown",
        "This run has no calendar years to compare.",
        "No random portfolios were drawn for this run.",
        "Leaving out one leg at a time was not computed",
        "Other costs, capital, start months and rebalance months were not tried for this run.",
        "The edge under other delisting returns was not computed.",
        "The portfolio held nothing at its last rebalance.",
        "Every order was filled in full.",
        "No stock left the market while it was held.",
        "The checks of the data found nothing that bears on this run.",
    ],
)
def test_what_a_run_lacks_is_said_in_a_sentence(page, sentence):
    assert sentence in text_of(render_run(sparse_run(verdict="too short to judge")))
    assert sentence not in text_of(page)


OPTIONAL = [field.name for field in fields(RunPage) if field.name not in {"stats", "growth", "drawdown"}]


@pytest.mark.parametrize("name", first_quick([name for name in OPTIONAL if name not in {"record", "command"}], 3))
def test_any_part_may_be_missing_by_itself(record, name):
    absent = getattr(sparse_run(), name)
    assert "Not distinguishable" in render_run(replace(record, **{name: absent}))


def test_a_run_that_never_held_anything_draws_no_growth(record):
    html = render_run(replace(record, growth=record.growth.iloc[:1], drawdown=record.drawdown.iloc[:0]))
    assert "Nothing was ever held" in text_of(html)
    assert "plot-growth" not in figures(html)


@pytest.mark.parametrize(
    ("alpha", "words"),
    [(0.0164, "1.6 % a year ahead of IWM"), (-0.0164, "1.6 % a year behind IWM"), (-0.0004, "level with IWM")],
)
def test_the_sign_of_an_edge_is_said_in_words(record, alpha, words):
    numbers = replace(record.stats.benchmarks["IWM"], alpha_annual=alpha)
    text = text_of(render_run(stamped(record, benchmarks={"IWM": numbers})))
    assert f"the portfolio ran {words}" in text


def test_no_number_is_invented_for_a_missing_one(record):
    benchmarks = {"IWM": BenchmarkStats()}
    text = text_of(render_run(stamped(record, benchmarks=benchmarks, factors=None)))
    assert "No alpha could be estimated against IWM." in text
    assert "nan" not in text.lower().split()
    assert "None" not in text.split()


def test_the_configuration_is_shown_to_the_letter(page):
    listings = [listing.text_content() for listing in parsed(page).xpath("//pre/code")]
    shown = next(text for text in listings if text.startswith("strategy:"))
    assert yaml.safe_load(shown) == yaml.safe_load(CONFIGURATION)


def test_a_record_is_not_changed_by_drawing_it():
    record = full_run(years=1.0)
    before = copy.deepcopy({field.name: getattr(record, field.name) for field in fields(record)})
    render_run(record)
    for name, value in before.items():
        now = getattr(record, name)
        if isinstance(value, pd.DataFrame):
            pd.testing.assert_frame_equal(now, value)
        elif isinstance(value, pd.Series):
            pd.testing.assert_series_equal(now, value)
        else:
            assert now == value


def test_the_same_record_gives_the_same_bytes(record, page):
    assert render_run(record) == page


def test_headings_descend_one_level_at_a_time_and_ids_are_unique(page):
    tree = parsed(page)
    levels = [int(heading.tag[1]) for heading in tree.xpath("//h1 | //h2 | //h3 | //h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert max(np.diff(levels)) <= 1
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))


def test_every_link_within_the_page_has_its_target(page):
    tree = parsed(page)
    targets = set(tree.xpath("//@id"))
    links = [link[1:] for link in tree.xpath("//a/@href") if link.startswith("#")]
    assert links
    assert set(links) <= targets


def test_every_table_has_a_caption_and_named_rows_and_every_chart_a_summary(page):
    tree = parsed(page)
    tables = tree.xpath("//table")
    assert len(tables) > 10
    for table in tables:
        assert table.xpath("string(caption)").strip()
        assert table.xpath(".//th[@scope='row']")
    plots = tree.xpath("//div[@class='plot']")
    assert len(plots) >= 8
    assert all(len(plot.get("aria-label")) > 20 for plot in plots)


def test_the_page_is_written_whole_and_alone(tmp_path, record, page):
    path = write_run_page(record, tmp_path / "run")
    assert path.read_text(encoding="utf-8") == page
    assert [entry.name for entry in (tmp_path / "run").iterdir()] == ["report.html"]
    assert path.stat().st_size <= 2_500_000


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("5 % of $1.5 M", "5\u202f% of $1.5\u202fM"),
        ("12 bp a trade", "12\u202fbp a trade"),
        ("over 5 months, 3 kinds", "over 5 months, 3 kinds"),
        ("−1.3 to +5.5 %.", "−1.3 to +5.5\u202f%."),
    ],
)
def test_a_page_binds_units_to_their_numbers_and_nothing_else(text, bound):
    assert bind_units(text) == bound


@pytest.mark.slow
def test_what_is_off_in_the_costs_stands_under_their_table(record):
    said = "An estimated spread under 20 bp is uncertain: where 10 bp is true, a market of 1,000 names reads 4 to 10"
    assert said not in text_of(render_run(record))
    assert said in text_of(render_run(replace(record, costs_note=READ_LOW)))


def test_holdings_say_how_a_company_of_them_is_looked_at(page):
    assert "active-edge company TICKER --on 2021-09-30" in text_of(page)
