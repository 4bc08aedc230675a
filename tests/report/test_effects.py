"""Where the return beyond the index came from, as the page tells it; and that it is told where it is not known."""

from active_edge.report.page import render_run
from active_edge.robustness_stats import EffectStats, SectorEffectsStats
from tests.report.markup import parsed, rows_of, text_of
from tests.report.runs import full_run, stamped

ENERGY = EffectStats(
    weight=0.3, index_weight=0.1, allocation=0.004, selection=-0.0015, interaction=-0.003, total=-0.0005
)
CASH = EffectStats(weight=0.7, index_weight=0.9, allocation=-0.001, selection=0.0, interaction=0.0, total=-0.001)


def test_the_page_shows_each_sector_with_its_effects_and_their_sums():
    found = SectorEffectsStats(
        active_annual=-0.004, trading_annual=-0.0025, stretches=38, sectors={"cash": CASH, "energy": ENERGY}
    )
    page = render_run(stamped(full_run(), sector_effects=found))
    assert rows_of(page, "By sector") == [
        ["energy", "30.0 %", "10.0 %", "+0.40 %", "−0.15 %", "−0.30 %", "−0.05 %"],
        ["cash", "70.0 %", "90.0 %", "−0.10 %", "0.00 %", "0.00 %", "−0.10 %"],
    ]
    (section,) = parsed(page).xpath("//section[@id='effects']")
    said = " ".join(section.text_content().replace("\u202f", " ").split())
    for measure in ("−0.4 %", "+0.3 %", "−0.2 %", "−0.3 %", "−0.3 %"):
        assert measure in said
    assert "over 38 stretches" in said


def test_what_is_not_known_is_said_with_its_reason():
    page = render_run(stamped(full_run(), sector_effects=SectorEffectsStats(why_not="no company ranks after 1000")))
    assert "Not known: no company ranks after 1000." in text_of(page)
