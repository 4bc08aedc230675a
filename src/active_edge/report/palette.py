"""Colours for light and dark pages, told apart by people with any colour vision.

Series colours are those of Okabe & Ito (2008), darkened on light paper and lightened on dark until each has a
contrast of at least 3:1 with the paper; every series also has its own stroke, so no reading hangs on colour.
"""

from __future__ import annotations

from typing import NamedTuple


class Shade(NamedTuple):
    """One colour as it is on light and on dark paper."""

    light: str
    dark: str


PALETTE: dict[str, Shade] = {
    "paper": Shade("#faf8f4", "#15181b"),
    "card": Shade("#ffffff", "#1c2024"),
    "ink": Shade("#1c2126", "#e8e6e1"),
    "muted": Shade("#5a636c", "#a0a9b1"),
    "rule": Shade("#dfdad0", "#32383e"),
    "grid": Shade("#ebe7de", "#2a2f34"),
    "cone": Shade("#e8e3d8", "#2b3137"),
    "link": Shade("#0b5a86", "#79bfe8"),
    "net": Shade("#0a5c8c", "#5fb4e5"),
    "gross": Shade("#6f9fbb", "#3f7ea3"),
    "first": Shade("#bf4b0b", "#f0894a"),
    "second": Shade("#00795a", "#3cc79d"),
    "third": Shade("#9b4a80", "#dd9cc4"),
    "fourth": Shade("#8a6a00", "#e0bc4a"),
    "bar": Shade("#9fb4c1", "#4f6878"),
    "supported": Shade("#00664c", "#4fd0a8"),
    "refuted": Shade("#a63a06", "#f5945c"),
    "undecided": Shade("#4a5560", "#b3bcc4"),
    "depends": Shade("#7a5900", "#e3c15a"),
    "universe": Shade("#1a5674", "#7cc4ea"),
    "tilt": Shade("#5a5800", "#cfcd5c"),
    "unseen": Shade("#34506e", "#9fbbdc"),
    "short": Shade("#5b4970", "#c4b0de"),
    "untestable": Shade("#774066", "#d9a3c6"),
    "stamp": Shade("#8c1d40", "#ff8fae"),
    "stamp_paper": Shade("#fbe9ee", "#3a1723"),
}

BENCHMARK_COLOURS = ("first", "second", "third", "fourth")
BENCHMARK_STROKES = ("dash", "dot", "dashdot", "longdash")


def light(name: str) -> str:
    """The colour on light paper, as hex; figures are drawn in these and pages map them to dark ones."""
    return PALETTE[name].light


def benchmark_style(position: int) -> tuple[str, str]:
    """Colour name and stroke of the benchmark at `position` (0 first); repeats only after sixteen."""
    return (
        BENCHMARK_COLOURS[position % len(BENCHMARK_COLOURS)],
        BENCHMARK_STROKES[(position + position // len(BENCHMARK_COLOURS)) % len(BENCHMARK_STROKES)],
    )


def style_variables(shade: str) -> str:
    """CSS custom properties of one `shade`, "light" or "dark"."""
    return "\n".join(f"  --{name.replace('_', '-')}: {getattr(pair, shade)};" for name, pair in PALETTE.items())


def dark_of_light() -> dict[str, str]:
    """Light hex to dark hex, for recolouring a drawn figure."""
    return {pair.light: pair.dark for pair in PALETTE.values()}


def run_style(position: int) -> tuple[str, str]:
    """Colour name and stroke of the run at `position` among many; repeats only after twenty."""
    colours = ("net", *BENCHMARK_COLOURS)
    strokes = ("solid", *BENCHMARK_STROKES[:3])
    return colours[position % len(colours)], strokes[position // len(colours) % len(strokes)]
