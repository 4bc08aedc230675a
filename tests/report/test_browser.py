from __future__ import annotations

import re

import pytest

from active_edge.calibration.site import render_calibration
from active_edge.report.company_page import render_companies, render_company
from active_edge.report.compare import render_compare
from active_edge.report.document import LIBRARY, write_library, write_page
from active_edge.report.index import render_index
from active_edge.report.memo import memo_of, render_memo
from active_edge.report.page import render_run
from active_edge.report.sweep_page import render_sweep
from active_edge.report.thesis_page import render_thesis
from active_edge.report.track_page import render_track
from tests.report.axe import RULES, axe_source, violations
from tests.report.companies import company_of
from tests.report.runs import compared_runs, full_run, index_entries, sparse_run, tracked_folder, wordy_run
from tests.report.sweeps import swept_page
from tests.report.theses import thesis_view

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CUT_OFF = """() => {
  const wide = document.documentElement.clientWidth;
  const hidden = (element) => element.closest(".unseen, .skip, .scroll, pre, details:not([open]), script, style");
  return [...document.querySelectorAll("body *")]
    .filter((element) => !hidden(element) && !element.closest("svg"))
    .map((element) => [element.tagName + "." + element.className, element.getBoundingClientRect()])
    .filter(([, box]) => box.width > 0 && (box.right > wide + 0.5 || box.left < -0.5))
    .map(([name, box]) => `${name} ${box.left}..${box.right}`);
}"""

TOLD_TWICE = """() => {
  const names = [...document.querySelectorAll("[id]")].map((element) => element.id);
  return names.filter((name, place) => names.indexOf(name) !== place);
}"""

DRAWN_OUTSIDE = """() => [...document.querySelectorAll(".plot")].flatMap((plot) => {
  const frame = plot.getBoundingClientRect();
  return [...plot.querySelectorAll("text")]
    .map((label) => [label.textContent, label.getBoundingClientRect()])
    .filter(([, box]) => box.width > 0 && (box.left < frame.left - 1 || box.right > frame.right + 1))
    .map(([text]) => `${plot.id}: ${text}`);
})"""

STROKES = "[...document.querySelectorAll('#plot-growth .js-line')].map((line) => getComputedStyle(line).stroke)"

FITS = """() => [...document.querySelectorAll(".plot")].every((plot) => {
  const drawn = plot.querySelector(".main-svg");
  return drawn && Math.abs(drawn.getBoundingClientRect().width - plot.getBoundingClientRect().width) < 1;
})"""

BOTTOM = "document.querySelector('PART').getBoundingClientRect().bottom + window.scrollY"

PATIENCE_MS = 30_000
A4_BETWEEN_MARGINS = 718
"""Pixels of 1/96 inch: 210 mm less a centimetre on each side."""
EVERY_KIND = (
    *("full", "sparse", "compare", "index", "track", "young", "sweep", "thesis"),
    *("company", "shared", "companies", "calibration", "memo"),
)
"""Every kind of page but the lab's, which has tests of its own; `shared` has its drawing library beside it."""
WITHOUT_CHARTS = ("index", "young", "thesis", "companies", "calibration", "memo")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    records, differences = compared_runs()
    pages = {
        "full": render_run(full_run()),
        "sparse": render_run(sparse_run(verdict="not distinguishable")),
        "wordy": render_run(wordy_run()),
        "compare": render_compare(records, differences),
        "index": render_index(index_entries()),
        "shared": render_company(company_of(library=LIBRARY)),
        "company": render_company(company_of()),
        "companies": render_companies({"AAA-2020-06-30.html": ("AAA", "2020-06-30")}, simulated=False),
        "calibration": render_calibration(),
        "memo": render_memo(memo_of(full_run().stats)),
        "track": render_track(tracked_folder()),
        "young": render_track(tracked_folder(several=False)),
        "sweep": render_sweep(swept_page()),
        "thesis": render_thesis(thesis_view()).replace('<details class="claim"', '<details class="claim" open'),
    }
    write_library(folder)
    return {name: write_page(html, folder / f"{name}.html") for name, html in pages.items()}


@pytest.fixture(scope="module")
def opened(chromium, written):
    """A page by name, opened once on a phone; each test sets the width and media it needs."""
    tabs = {}

    def open_page(name, *, width=390, scheme="light", media="screen"):
        if name not in tabs:
            tabs[name] = _tab(chromium, written[name])
        tab = tabs[name]
        tab.set_viewport_size({"width": width, "height": 900})
        tab.emulate_media(color_scheme=scheme, media=media)
        tab.evaluate("for (const part of document.querySelectorAll('details.part')) part.open = true")
        _wait(tab, FITS)
        return tab

    yield open_page
    for tab in tabs.values():
        tab.close()


def _tab(chromium, path):
    tab = chromium.new_page()
    tab.set_viewport_size({"width": 390, "height": 900})
    tab.troubles = []
    tab.requests = []
    tab.on("console", lambda message: tab.troubles.append(message.text))
    tab.on("pageerror", lambda error: tab.troubles.append(str(error)))
    tab.on("requestfailed", lambda request: tab.troubles.append(request.url))
    tab.on("request", lambda request: tab.requests.append(request.url))
    tab.goto(path.as_uri())
    _wait(tab, "() => document.documentElement.dataset.drawn || !document.getElementById('figures')")
    return tab


def _wait(tab, condition):
    """Return once `condition`, a function in the page, holds; playwright's own way needs eval, which pages forbid."""
    tab.evaluate(
        f"""() => new Promise((held, failed) => {{
          const last = performance.now() + {PATIENCE_MS};
          const look = () => {{
            if (({condition})()) held();
            else if (performance.now() > last) failed(new Error("never held"));
            else requestAnimationFrame(look);
          }};
          look();
        }})"""
    )


@pytest.mark.parametrize("width", [360, 390, 1280, 1600])
@pytest.mark.parametrize("name", EVERY_KIND)
def test_a_page_opens_clean_and_nothing_is_cut_off(opened, written, name, width):
    tab = opened(name, width=width)
    assert tab.troubles == []
    asked = [written[name].as_uri(), *([written[name].with_name(LIBRARY).as_uri()] if name == "shared" else [])]
    assert [url for url in tab.requests if not url.startswith("data:")] == asked
    assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert tab.evaluate(CUT_OFF) == []
    assert tab.evaluate(TOLD_TWICE) == []
    assert tab.evaluate(DRAWN_OUTSIDE) == []
    plots = tab.locator(".plot").count()
    assert (plots > 0) is (name not in WITHOUT_CHARTS)
    assert tab.locator(".plot .main-svg").count() >= plots


def test_charts_follow_a_dark_screen(opened):
    light = opened("sparse").evaluate(STROKES)
    tab = opened("sparse", scheme="dark")
    _wait(tab, f"() => String({STROKES}) !== {','.join(light)!r}")
    assert len(tab.evaluate(STROKES)) == len(light) == 2


def test_a_chart_takes_another_scale_and_another_span_and_tells_its_numbers(opened):
    tab = opened("full", width=1280)
    assert tab.evaluate("document.getElementById('plot-growth').layout.yaxis.type") == "log"
    for scale in ("linear", "log"):
        tab.evaluate(f"document.querySelector('.ranges button[data-scale={scale}]').click()")
        _wait(tab, f"() => document.getElementById('plot-growth').layout.yaxis.type === '{scale}'")
    tab.evaluate("document.querySelector('.ranges button[data-years=\"1\"]').click()")
    _wait(tab, "() => document.getElementById('plot-growth').layout.xaxis.range[0].startsWith('2020')")
    pressed = (
        "[...document.querySelectorAll('.ranges')[0].querySelectorAll('[aria-pressed=true]')].map((b) => b.textContent)"
    )
    assert tab.evaluate(pressed) == ["1 y", "Log"]
    tab.evaluate("document.querySelector('.ranges button[data-years=\"0\"]').click()")
    tab.evaluate("document.querySelector('details.behind').open = true")
    _wait(tab, "() => document.querySelector('details.behind table tbody tr')")
    behind = "[...document.querySelectorAll('details.behind')].map((fold) => { fold.open = true; return fold.hidden; })"
    assert not any(tab.evaluate(behind))
    filled = "(fold) => fold.querySelectorAll('tbody tr').length"
    _wait(tab, f"() => [...document.querySelectorAll('details.behind')].every({filled})")
    cells = tab.evaluate("[...document.querySelectorAll('details.behind td')].map((cell) => cell.textContent)")
    assert [text for text in cells if re.match(r"-|\d{4}|−0(\.0*)?( |$)", text)] == []  # as words.py writes numbers
    assert any(text.startswith("−") for text in cells)
    tab.evaluate("for (const fold of document.querySelectorAll('details.behind')) fold.open = false")


def test_holdings_of_any_decision_date_are_shown_with_why_a_name_left(opened):
    tab = opened("full", width=1280)
    assert tab.locator(".decisions").is_visible()
    tab.locator(".decisions select").select_option(index=0)
    assert "Gone Inc" in tab.locator(".decisions").inner_text()
    assert "interest coverage 1.2 (asked: >= 3)" in tab.locator(".decisions").inner_text()
    tab.locator(".decisions select").select_option(index=1)
    assert "Gone Inc" not in tab.locator(".decisions").inner_text()


def test_the_list_of_runs_is_sorted_by_its_heads_and_searched(opened):
    tab = opened("index", width=1280)
    number_of = "(row) => parseFloat(row.cells[2].textContent.replace('−', '-'))"
    edges = f"[...document.querySelectorAll('table.found tbody tr:not([hidden])')].map({number_of})"
    tab.locator("table.found thead button", has_text="Edge a year").click()
    rising = tab.evaluate(edges)
    assert rising == sorted(rising)
    tab.locator("table.found thead button", has_text="Edge a year").click()
    assert tab.evaluate(edges) == sorted(rising, reverse=True)
    tab.locator(".filters select").first.select_option(label="≈ not distinguishable".removeprefix("≈ "))
    shown = tab.locator("table.found tbody tr:not([hidden])")
    assert 0 < shown.count() < len(rising)
    assert all("not distinguishable" in text for text in shown.all_inner_texts())
    tab.locator(".filters select").first.select_option(index=0)
    tab.locator(".filters input").fill("junk real")
    assert 0 < shown.count() < len(rising)
    assert all("junk" in text for text in shown.all_inner_texts())
    middle = sorted(rising)[len(rising) // 2]
    tab.locator(".filters input").fill(f"edge>{middle}")
    assert sorted(tab.evaluate(edges)) == [edge for edge in sorted(rising) if edge > middle]
    tab.locator(".filters input").fill("made>=2999")
    assert shown.count() == 0
    address = tab.evaluate("document.querySelector('table.found tbody a').getAttribute('href')")
    tab.locator(".filters input").fill(address.split("/")[0])
    assert shown.count() >= 1
    tab.locator(".filters input").fill("")


def test_a_comparison_is_sorted_and_searched_too(opened):
    tab = opened("compare", width=1280)
    shown = tab.locator("table.found tbody tr:not([hidden])")
    runs = shown.count()
    tab.locator(".filters input").fill("turnover>-1")
    assert shown.count() == runs
    tab.locator(".filters input").fill("turnover<0")
    assert shown.count() == 0
    tab.locator(".filters input").fill("")
    tab.locator("table.found thead button", has_text="Made").click()
    assert tab.locator("table.found thead th[aria-sort]").inner_text() == "Made"


def test_a_cell_tells_what_its_column_is(opened):
    tab = opened("full", width=1280)
    titled = tab.evaluate(
        """() => {
          for (const cell of document.querySelectorAll("td")) {
            const head = cell.closest("table").tHead?.rows[0].cells[cell.cellIndex];
            if (!head?.title || cell.title || cell.closest("tr[title]")) continue;
            cell.dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));
            return [cell.title, head.title];
          }
        }"""
    )
    assert titled[0] == titled[1] != ""


LINES = "document.querySelectorAll('#plot-growth .scatterlayer .js-line').length"


def test_the_legend_of_growth_hides_and_shows_a_line(opened):
    tab = opened("full", width=1280)
    drawn = tab.evaluate(LINES)
    key = tab.locator("#growth .keys button", has_text="IJR")
    for shown, wanted in (("false", drawn - 1), ("true", drawn)):
        key.click()
        _wait(tab, f"() => {LINES} === {wanted}")
        assert key.get_attribute("aria-pressed") == shown
    band = tab.locator("#growth .keys button", has_text="90")
    band.click()
    _wait(tab, f"() => {LINES} === {drawn - 2}")
    band.click()
    _wait(tab, f"() => {LINES} === {drawn}")


def test_every_chart_of_a_simulated_run_carries_the_stamp(opened):
    tab = opened("full")
    stamps = "[...document.querySelectorAll('.plot')].map((plot) => /SIMULATED/.test(plot.textContent))"
    assert len(tab.evaluate(stamps)) >= 8
    assert all(tab.evaluate(stamps))
    assert tab.locator(".stamp").is_visible()


def test_a_page_prints_in_light_colours_with_all_its_rows(opened):
    tab = opened("full", width=1280, scheme="dark", media="print")
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert tab.evaluate("getComputedStyle(document.querySelector('.tall')).maxHeight") == "none"
    tab.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    folded = "details:not(.behind):not(.part)"
    assert tab.locator(folded).count() == tab.locator(f"{folded}[open]").count() == 6


def test_a_run_is_eight_screens_until_a_part_is_opened_and_an_address_opens_its_part(chromium, written):
    tab = _tab(chromium, written["full"])
    tab.set_viewport_size({"width": 1440, "height": 900})
    shut = "details.part:not([open])"
    assert tab.locator("details.part[open]").count() == 2
    assert tab.locator(shut).count() > 10
    assert tab.evaluate("document.documentElement.scrollHeight") <= 8 * 900
    plot = "#months .plot .main-svg"
    assert tab.locator(plot).count() == 0
    tab.evaluate("location.hash = 'months'")
    tab.locator(plot).first.wait_for()
    tab.get_by_role("button", name="Close all").click()
    assert tab.locator("details.part[open]").count() == 0
    tab.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert tab.locator(shut).count() == 0
    drawn = "[...document.querySelectorAll('.plot')].every((plot) => plot.querySelector('.main-svg'))"
    _wait(tab, f"() => {drawn}")
    tab.close()


def test_no_list_of_runs_scrolls_sideways_on_a_desk(opened):
    assert opened("index", width=1440).evaluate(SCROLLS) == []


SCROLLS = """() => [...document.querySelectorAll(".scroll")].filter((one) => one.scrollWidth > one.clientWidth + 1)
  .map((one) => one.getAttribute("aria-label"))"""


def test_something_too_wide_would_be_seen(opened):
    tab = opened("index")
    tab.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<div id=wide style=\"width: 900px\">x</div>')"
    )
    assert tab.evaluate(CUT_OFF)
    assert not tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    tab.evaluate("document.getElementById('wide').remove()")


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 2 * 844)])
@pytest.mark.parametrize("name", ["full", "wordy"])
def test_the_first_screen_holds_word_numbers_picture_and_what_was_tested(opened, name, width, height):
    tab = opened(name, width=width)
    assert tab.evaluate(BOTTOM.replace("PART", "#first-screen")) <= height
    for part in (".ruling", ".measures", ".edges", ".tested"):
        assert tab.evaluate(BOTTOM.replace("PART", f"#first-screen {part}")) > 0
    assert tab.evaluate(BOTTOM.replace("PART", "#warnings")) > tab.evaluate(BOTTOM.replace("PART", "#first-screen"))


NAMELESS = """() => [...document.querySelectorAll("a, button, input, select, [role=img], [role=region]")]
  .filter((one) => !(one.getAttribute("aria-label") || one.textContent.trim() || one.labels?.length))
  .map((one) => one.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("name", EVERY_KIND)
def test_everything_that_can_be_reached_has_a_name(opened, name):
    assert opened(name, width=1280).evaluate(NAMELESS) == []


BY_KEY = """() => [...document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")]
  .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled && one.tabIndex >= 0)
  .map((one, place) => { one.dataset.reached = place; return place; })"""

TO_THE_TOP = """() => {
  document.body.insertAdjacentHTML("afterbegin", "<span tabindex=-1></span>");
  document.body.firstElementChild.focus();
  document.body.firstElementChild.remove();
}"""

FOCUSED = """() => {
  const one = document.activeElement, drawn = getComputedStyle(one);
  const seen = drawn.outlineStyle !== "none" || drawn.boxShadow !== "none";
  return [Number(one.dataset.reached ?? -1), seen || one.tagName === "BODY", one.outerHTML.slice(0, 80)];
}"""


@pytest.mark.parametrize("name", EVERY_KIND)
def test_the_tab_key_reaches_everything_in_its_order_and_shows_where_it_is(opened, name):
    tab = opened(name, width=1280)
    wanted = tab.evaluate(BY_KEY)
    tab.evaluate(TO_THE_TOP)
    reached = []
    for _ in wanted:
        tab.keyboard.press("Tab")
        place, seen, told = tab.evaluate(FOCUSED)
        assert seen, told
        reached.append(place)
    assert reached == wanted


def test_a_focus_that_is_not_shown_would_be_seen(opened):
    tab = opened("memo", width=1280)
    tab.evaluate(BY_KEY)
    tab.evaluate(TO_THE_TOP)
    tab.evaluate(
        "document.head.insertAdjacentHTML('beforeend', '<style id=bare>* { outline: none !important }</style>')"
    )
    tab.keyboard.press("Tab")
    assert tab.evaluate(FOCUSED)[:2] == [tab.evaluate("Number(document.activeElement.dataset.reached)"), False]
    tab.evaluate("document.getElementById('bare').remove()")


@pytest.mark.parametrize("name", EVERY_KIND)
def test_every_page_is_whole_on_a4(opened, name):
    tab = opened(name, width=A4_BETWEEN_MARGINS, scheme="dark", media="print")
    tab.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert tab.evaluate(CUT_OFF) == []
    assert tab.evaluate("[...document.querySelectorAll('details.part:not([open])')].length") == 0
    assert tab.evaluate(SCROLLS) == []


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", EVERY_KIND)
def test_axe_finds_nothing(chromium, written, name, scheme):
    source = axe_source()
    context = chromium.new_context(bypass_csp=True, color_scheme=scheme)
    tab = _tab(context, written[name])
    tab.evaluate("for (const part of document.querySelectorAll('details.part')) part.open = true")
    _wait(tab, FITS)
    # The schemes differ in colours alone.
    assert violations(tab, source, RULES if scheme == "light" else ["color-contrast"]) == []
    context.close()


@pytest.mark.slow
def test_the_browser_itself_refuses_a_request(opened):
    tab = opened("index")
    with tab.expect_console_message(lambda message: "Content Security Policy" in message.text):
        tab.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=\"http://127.0.0.1:9/x.png\">')")
