"""The lab in a browser: what a reader does there, and what the page must never do."""

import re
import threading

import pytest

from active_edge import words
from active_edge.cli.main import main
from active_edge.lab.serve import listen
from active_edge.ledger import Ledger
from active_edge.screen import load_screen
from active_edge.simulated import simulate
from tests.lab.desks import lab_in, make_damaged, make_folder
from tests.report.axe import axe_source, violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATIENCE_MS = 60_000
FEW = "name: few\ndescription: a test\nrank: {cash_to_assets: 1}\nselect: {top: 7}\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = make_folder(tmp_path_factory.mktemp("lab"))
    (made / "screens" / "few.yaml").write_text(FEW)
    simulate(made / "other", years=4, firms=150, seed=4)
    make_damaged(made / "damaged")
    return made


@pytest.fixture(scope="module")
def address(folder):
    listening = listen(lab_in(folder, screens={"few": load_screen(folder / "screens" / "few.yaml")}), 0)
    answering = threading.Thread(target=listening.run)
    answering.start()
    yield listening.address
    listening.stop()
    answering.join()


@pytest.fixture
def open_tab(chromium, address):
    """A tab on the lab, with everything it asked for and complained of."""
    tabs = []

    def opened(*, width=1440, scheme="light"):
        tab = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        tab.set_default_timeout(PATIENCE_MS)
        tab.asked, tab.complaints = [], []
        tab.on("request", lambda request: tab.asked.append(request.url))
        tab.on("console", lambda said: tab.complaints.append(said.text) if said.type == "error" else None)
        tab.on("pageerror", lambda error: tab.complaints.append(str(error)))
        tabs.append(tab)
        tab.goto(address)
        shown(tab, 1)
        return tab

    yield opened
    for tab in tabs:
        tab.close()


def shown(tab, number):
    tab.locator(f'html[data-shown="{number}"]').wait_for(state="attached")


def test_a_slider_changes_verdict_numbers_and_ledger_and_the_count_is_in_sight(open_tab):
    tab = open_tab()
    before = tab.locator("#edges").inner_text()
    tab.get_by_role("slider", name="select.top").fill("12")
    shown(tab, 2)
    assert tab.locator("#edges").inner_text() != before
    assert "12 members" in tab.locator("#members").inner_text()
    size = Ledger().size_of("lab test")
    assert size >= 2
    assert f"(+{size} in this sitting)" in tab.locator("#trials").inner_text()
    assert "edge now needed" in tab.locator("#trials").inner_text()


def test_undo_goes_back_and_redo_forth(open_tab):
    tab = open_tab()
    tab.get_by_role("slider", name="select.top").fill("18")
    shown(tab, 2)
    tab.get_by_role("button", name="Undo").click()
    shown(tab, 3)
    assert tab.get_by_role("slider", name="select.top").input_value() == "30"
    tab.get_by_role("button", name="Redo").click()
    shown(tab, 4)
    assert tab.get_by_role("slider", name="select.top").input_value() == "18"
    assert "top: 30 → 18" in tab.locator("#history").inner_text()


def test_what_is_saved_passes_check_and_nothing_is_overwritten(open_tab, folder):
    tab = open_tab()
    tab.get_by_role("slider", name="select.top").fill("25")
    shown(tab, 2)
    tab.get_by_label("Name").fill("saved")
    tab.get_by_role("button", name="Save as YAML").click()
    tab.locator("#kept", has_text="Saved").wait_for()
    assert f"--data {folder / 'market'}" in tab.locator("#kept code").inner_text()
    assert tab.locator("#strategy").input_value() == tab.locator("#screen").input_value() == "saved"
    files = [str(folder / kind / "saved.yaml") for kind in ("strategies", "screens")]
    assert main(["check", *files]) == 0
    tab.get_by_role("button", name="Save as YAML").click()
    tab.locator("#kept", has_text="is there already").wait_for()


@pytest.mark.parametrize("name", ["../evil", "", "My Fund"])
def test_a_name_that_no_file_may_have_is_refused_in_the_words_of_the_lab(open_tab, folder, name):
    before = sorted(folder.parent.rglob("*.yaml"))
    tab = open_tab()
    tab.get_by_label("Name").fill(name)
    tab.get_by_role("button", name="Save as YAML").click()
    told = f"'{name}' is not a name; use small letters, digits and underscores, a letter first"
    tab.locator("#kept", has_text=f"Not saved. screen: name: {told}").wait_for(timeout=10_000)
    assert sorted(folder.parent.rglob("*.yaml")) == before


def test_the_status_says_stage_after_stage_what_is_on_the_page_and_what_follows(open_tab):
    tab = open_tab()
    tab.evaluate(
        """() => {
            window.told = [];
            const status = document.getElementById("status");
            const look = () => told.push([status.textContent, !!document.querySelector("#choices tbody tr")]);
            new MutationObserver(look).observe(status, { childList: true });
        }"""
    )
    tab.get_by_role("slider", name="select.top").fill("22")
    tab.locator('html[data-final="2"]').wait_for(state="attached")
    (began, _), (first, some), *later = tab.evaluate("told")
    assert began == "evaluating …"
    assert re.fullmatch(r"\d+ ms\. Follow: random twins, other choices, hidden data\.", first)
    assert not some
    assert later == [
        ["Drawn: random twins. Follow: other choices, hidden data.", False],
        ["Drawn: random twins, other choices. Follow: hidden data.", True],
        ["Everything is known: this is what backtest --json prints.", True],
    ]


def test_numbers_of_the_lab_are_those_of_every_other_page_and_a_rounded_zero_has_no_sign(open_tab):
    tab = open_tab()
    values = [0.0, -0.0, 0.0004, -0.0004, -0.000004, 0.00049, -0.0006, 0.0213, -0.0213, 1.5001, -1234.5678, 98765.4321]
    cases = [(value, digits) for value in values for digits in range(4)]
    ours = "(of) => of.map(([value, digits]) => [LabViews.number(value, digits), LabViews.percent(value, digits)]"
    told = tab.evaluate(
        ours + ".concat([LabViews.signed(value, digits), LabViews.plain(digits ? value : -0.0)]))", cases
    )
    for (value, digits), (plain, percent, signed, free) in zip(cases, told, strict=True):
        assert plain == words.number(value, digits)
        assert percent.replace("\u202f", " ") == words.percent(value, digits)
        assert signed.replace("\u202f", " ") == words.signed(value, digits)
        assert not re.fullmatch(r"\u2212[0.]*", free)


def test_two_tabs_do_not_disturb_each_other(open_tab):
    one, other = open_tab(), open_tab()
    one.get_by_role("slider", name="select.top").fill("14")
    other.get_by_role("slider", name="select.top").fill("16")
    shown(one, 2)
    shown(other, 2)
    assert "14 members" in one.locator("#members").inner_text()
    assert "16 members" in other.locator("#members").inner_text()


def test_a_screen_that_is_chosen_takes_the_place_of_the_strategys_and_undo_gives_it_back(open_tab):
    tab = open_tab()
    tab.locator("#screen").select_option("few")
    shown(tab, 2)
    assert "7 members" in tab.locator("#members").inner_text()
    assert tab.get_by_role("slider", name="rank.cash_to_assets").count() == 1
    assert tab.get_by_role("slider", name="rank.return_on_assets").count() == 0
    assert "screen: small → few" in tab.locator("#history").inner_text()
    tab.get_by_role("button", name="Undo").click()
    shown(tab, 3)
    assert "30 members" in tab.locator("#members").inner_text()
    assert tab.locator("#screen").input_value() == "small"
    assert tab.complaints == []


def test_a_market_that_is_chosen_is_the_tabs_own_and_undo_goes_back_to_the_first(open_tab, folder):
    one, tab = open_tab(), open_tab()
    first, other = str(folder / "market"), str(folder / "other")
    described = tab.locator("#described").inner_text()
    tab.locator("#market").select_option(other)
    shown(tab, 2)
    assert tab.locator("#described").inner_text() != described
    assert "market: " in tab.locator("#history").inner_text()
    assert tab.locator("#opening").inner_text() == ""
    one.get_by_role("slider", name="select.top").fill("24")
    shown(one, 2)
    assert one.locator("#described").inner_text() == described
    tab.get_by_role("button", name="Undo").click()
    shown(tab, 3)
    assert tab.locator("#described").inner_text() == described
    assert tab.locator("#market").input_value() == first
    assert tab.complaints == one.complaints == []


def test_a_damaged_market_is_told_in_a_sentence_and_the_old_one_stays(open_tab, folder):
    tab = open_tab()
    described = tab.locator("#described").inner_text()
    tab.locator("#market").select_option(str(folder / "damaged"))
    tab.locator("#problem", has_text="prices.parquet").wait_for()
    assert f". The market stays {folder / 'market'}." in tab.locator("#problem").inner_text()
    assert tab.locator("#market").input_value() == str(folder / "market")
    tab.get_by_role("slider", name="select.top").fill("23")
    shown(tab, 2)
    assert tab.locator("#described").inner_text() == described
    assert tab.locator("#problem").is_hidden()


def test_undo_takes_back_a_change_that_has_no_answer(open_tab):
    tab = open_tab()
    tab.get_by_role("slider", name="select.keep_until").fill("8")
    tab.locator("#problem", has_text="keep_until 8 is below top 30").wait_for()
    tab.get_by_role("button", name="Undo").click()
    shown(tab, 3)
    assert tab.get_by_role("slider", name="select.keep_until").input_value() == "45"


@pytest.mark.parametrize("stamp", ["", "Invented."])
def test_the_stamp_is_that_of_the_market_on_the_page(open_tab, stamp):
    tab = open_tab()
    tab.evaluate("(stamp) => LabViews.market({ told: 'a market', stamp })", stamp)
    assert tab.locator("#stamp").is_visible() == bool(stamp)
    assert tab.title() == ("SIMULATED · " if stamp else "") + "Lab · Active Edge"
    assert ("simulated" in tab.locator("body").get_attribute("class")) == bool(stamp)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_keys_of_the_growth_have_the_colours_of_its_lines(open_tab, scheme):
    tab = open_tab(scheme=scheme)
    tab.locator("#growth .main-svg").first.wait_for()
    strokes = "(of) => [...new Set([...document.querySelectorAll(of)].map((line) => getComputedStyle(line).stroke))]"
    keys = tab.evaluate(strokes, "#growth-keys line")
    assert len(keys) >= 3
    assert set(keys) <= set(tab.evaluate(strokes, "#growth .js-line"))


def test_pinned_variants_are_compared_side_by_side_and_drawn_together(open_tab):
    tab = open_tab()
    tab.get_by_role("button", name="Pin", exact=True).click()
    tab.get_by_role("slider", name="select.top").fill("20")
    shown(tab, 2)
    tab.get_by_role("button", name="Pin", exact=True).click()
    rows = tab.locator("#pins tbody tr")
    assert rows.count() == 2
    assert "top: 30 → 20" in rows.nth(1).inner_text()
    tab.locator("#pins-growth .main-svg").first.wait_for()
    assert tab.locator("#pins-growth .scatterlayer .trace").count() == 2
    rows.nth(0).get_by_role("button", name="Pin 1").click()
    shown(tab, 3)
    assert tab.get_by_role("slider", name="select.top").input_value() == "30"
    rows.nth(1).get_by_role("button", name="unpin").click()
    assert rows.count() == 1


def test_a_click_on_a_name_tells_its_rules_and_its_filings(open_tab):
    tab = open_tab()
    ticker = tab.locator("#members tbody button").first
    named = ticker.inner_text()
    ticker.click()
    tab.locator("#card table").first.wait_for()
    told = tab.locator("#card").inner_text()
    assert named in told
    assert "return_on_assets" in told
    assert "10-Q" in told
    assert tab.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1600, 1440, 390, 360])
def test_the_page_fits_asks_nobody_else_and_has_nothing_to_complain_of(open_tab, address, width, scheme):
    tab = open_tab(width=width, scheme=scheme)
    tab.locator("#growth .main-svg").first.wait_for()
    home = address.partition("?")[0]
    assert all(url.startswith((home, "data:", "blob:")) for url in tab.asked)
    assert tab.complaints == []
    assert tab.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_axe_finds_nothing(chromium, address):
    source = axe_source()
    context = chromium.new_context(bypass_csp=True, color_scheme="dark")
    tab = context.new_page()
    tab.set_default_timeout(PATIENCE_MS)
    tab.goto(address)
    shown(tab, 1)
    assert violations(tab, source) == []
    context.close()
