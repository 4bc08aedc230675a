from __future__ import annotations

import pytest

from active_edge.report.palette import PALETTE, dark_of_light, run_style
from active_edge.verdicts import Word

TEXT = ["ink", "muted", "link", "supported", "refuted", "undecided", "depends", "untestable"]
SERIES = ["net", "first", "second", "third", "fourth", "stamp"]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio of two hex colours."""

    def luminance(colour: str) -> float:
        channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_of_black_on_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)


@pytest.mark.parametrize("name", TEXT)
def test_text_colours_reach_the_contrast_that_text_needs(name):
    for paper in ("paper", "card"):
        assert contrast(PALETTE[name].light, PALETTE[paper].light) >= 4.5
        assert contrast(PALETTE[name].dark, PALETTE[paper].dark) >= 4.5


@pytest.mark.parametrize("name", SERIES)
def test_series_colours_reach_the_contrast_that_graphics_need(name):
    assert contrast(PALETTE[name].light, PALETTE["paper"].light) >= 3.0
    assert contrast(PALETTE[name].dark, PALETTE["paper"].dark) >= 3.0


def test_the_stamp_reads_on_its_own_paper():
    assert contrast(PALETTE["stamp"].light, PALETTE["stamp_paper"].light) >= 4.5
    assert contrast(PALETTE["stamp"].dark, PALETTE["stamp_paper"].dark) >= 4.5


def test_every_light_colour_has_one_dark_partner():
    assert len(dark_of_light()) == len(PALETTE)


def test_every_verdict_has_its_own_mark_and_colour():
    assert {word.colour for word in Word} <= set(PALETTE)
    assert len({word.mark for word in Word}) == len({word.colour for word in Word}) == len(Word)


def test_twenty_runs_look_different():
    assert len({run_style(position) for position in range(20)}) == 20
