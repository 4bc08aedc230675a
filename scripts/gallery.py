"""Make docs/gallery: markets whose truth is known, runs on them, pictures of their pages, and some of the pages.

    scripts/run scripts/gallery.py WORK [--draw]

WORK gets the markets, the runs and a ledger of their own (1 GB, ten minutes); ``--draw`` only draws what lies there.
Needs Chromium. A picture has at most `COLOURS` colours, so that the repository stays small.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

GALLERY = Path(__file__).resolve().parent.parent / "docs" / "gallery"
DESK, PHONE = (1440, 900), (390, 844)
LARGEST = 150_000
"""Bytes of a picture."""
COLOURS = (128, 64, 32)
LAB = "lab"
HOME = '<a href="../index.html">All runs</a>'
"""Leads from a page to those of its folder, which the gallery does not have."""
PLANTED = ("--years", "20", "--alpha", "profitability=0.08")
SHORT = ("--years", "1", "--firms", "1200")
SCREEN = """name: planted
description: Profitable small caps are worth more than they cost.
universe: {small_caps: true, min_price: 2.0, min_dollar_volume: 500000}
rank: {gross_profitability: 1.0, return_on_assets: 1.0}
select: {top: 200, keep_until: 300}
"""
STRATEGY = """name: planted
description: Profitable small caps are worth more than they cost.
screen: planted
rebalance: quarterly
capital_usd: 10000000
benchmarks: [IWM, IJR]
"""


@dataclass(frozen=True)
class Picture:
    """A picture, the page it is drawn of (a glob in WORK, or `LAB`), and what it shows; `part` is shown first."""

    name: str
    page: str
    told: str
    size: tuple[int, int] = DESK
    part: str = ""
    scheme: str = "light"


PICTURES = (
    Picture("supported", "planted/planted-*/report.html", "Supported: an edge that was planted"),
    Picture("refuted", "planted/junk-*/report.html", "Refuted: the same market, its least profitable names"),
    Picture("undecided", "default/avoid_junk-*/report.html", "Undecided: a market without an edge, five years"),
    Picture("untestable", "short/thesis-*/report.html", "Not testable: too little to say anything, so a short page"),
    Picture("phone", "planted/planted-*/report.html", "The same first screen on a phone, dark", PHONE, scheme="dark"),
    Picture("choices", "planted/planted-*/report.html", "Every other choice in one picture", part="#sensitivity"),
    Picture("compare", "planted/compare.html", "Runs beside each other, on the same months", part="#differences"),
    Picture("lab", LAB, "The lab: move a threshold, and see what it does and what the search costs", scheme="dark"),
)
PAGES = {
    "planted.html": "planted/planted-*/report.html",
    "simulated.html": "default/avoid_junk-*/report.html",
    "real.html": "default/real/report.html",
    "memo.html": "planted/planted-*/memo.html",
    "memo.md": "planted/planted-*/memo.md",
}


def main(work: Path, *, draw_only: bool) -> int:
    """Exit code; every picture and page of the gallery is drawn anew."""
    work.mkdir(parents=True, exist_ok=True)
    os.environ["ACTIVE_EDGE_LEDGER"] = str(work / "ledger.jsonl")
    if not draw_only:
        make_runs(work)
    GALLERY.mkdir(parents=True, exist_ok=True)
    draw_pictures(work)
    for name, pattern in PAGES.items():
        if found := sorted(work.glob(pattern)):
            page = found[-1].read_text(encoding="utf-8")
            (GALLERY / name).write_text(page.replace(HOME, '<a href="README.md">Gallery</a>'), encoding="utf-8")
    return 0


def make_runs(work: Path) -> None:
    """Markets and runs, each by the command a user would type."""
    for kind, text in (("screens", SCREEN), ("strategies", STRATEGY)):
        (work / kind).mkdir(exist_ok=True)
        (work / kind / "planted.yaml").write_text(text, encoding="utf-8")
    commands = (
        ("data", "simulate", "market_planted", *PLANTED),
        ("data", "simulate", "market_short", *SHORT),
        ("backtest", "planted", "junk", "--data", "market_planted", "--out", "planted"),
        ("backtest", "avoid_junk", "--out", "default"),
        ("backtest", "thesis", "--data", "market_short", "--out", "short"),
        ("compare", "planted", "junk", "--out", "planted"),
        ("memo", "planted", "--out", "planted"),
    )
    for command in commands:
        print("active-edge", *command, flush=True)
        subprocess.run([sys.executable, "-m", "active_edge", *command], cwd=work, check=True)


def draw_pictures(work: Path) -> None:
    """Every picture, in one browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for picture in PICTURES:
            with _address(work, picture.page) as address:
                _draw(browser, address, picture)
        browser.close()


@contextmanager
def _address(work: Path, page: str) -> Iterator[str]:
    """Where a page is to be had for the length of a block."""
    if page != LAB:
        found = sorted(work.glob(page))
        if not found:
            raise SystemExit(f"{work}: there is no {page}; make the runs first, without --draw")
        yield found[-1].resolve().as_uri()
        return
    from active_edge.choice import choose_market
    from active_edge.lab.serve import listen, make_lab
    from active_edge.strategy import load_strategy

    lab = make_lab(choose_market(None), {"thesis": load_strategy("thesis")}, family="gallery", out=work / "lab")
    listening = listen(lab, 0)
    answering = threading.Thread(target=listening.run)
    answering.start()
    yield listening.address
    listening.stop()
    answering.join()


def _draw(browser: Any, address: str, picture: Picture) -> None:
    """What a reader sees of a page, or of the beginning of one of its parts."""
    from PIL import Image

    width, height = picture.size
    tab = browser.new_page(viewport={"width": width, "height": height}, color_scheme=picture.scheme)
    tab.set_default_timeout(300_000)
    tab.goto(address)
    if picture.page == LAB:
        tab.locator('html[data-final="1"]').wait_for(state="attached")
    if picture.part:
        tab.evaluate("part => { location.hash = part; }", picture.part)
    tab.wait_for_timeout(2000)
    path = GALLERY / f"{picture.name}.png"
    tab.screenshot(path=str(path))
    tab.close()
    drawn = Image.open(path).convert("RGB")
    for colours in COLOURS:
        drawn.quantize(colours).save(path, optimize=True)
        if path.stat().st_size <= LARGEST:
            return
    raise SystemExit(f"{path}: {path.stat().st_size:,} bytes in {COLOURS[-1]} colours; it may have {LARGEST:,}")


if __name__ == "__main__":
    given = [argument for argument in sys.argv[1:] if argument != "--draw"]
    if len(given) != 1:
        sys.exit("give the folder to make markets and runs in")
    sys.exit(main(Path(given[0]).resolve(), draw_only="--draw" in sys.argv))
