"""What one moved slider of the lab takes, over random moves on a market, and the memory of a long sitting.

    python benchmarks/lab.py [--data DIR] [--strategy NAME] [--moves 500] [--browser]

The desk and its documents in this process, as the server makes them; `--browser` moves sliders on the page itself, in
Chromium, and counts from the change to the drawn answer. Trials go to the ledger like any others: give the
environment variable ACTIVE_EDGE_LEDGER a file of its own.
"""

from __future__ import annotations

import argparse
import copy
import json
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np

from active_edge.choice import choose_market
from active_edge.lab.desk import STAGES
from active_edge.lab.serve import listen, make_lab
from active_edge.lab.server import Lab
from active_edge.strategy import load_strategy

WARM = 3
TOLD = 50
"""Moves of which median and 95 % are told."""
SLIDERS = "#form input[type=range]"


def moved(variant: dict[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """A variant with one of its places, weights, thresholds, caps or costs drawn anew."""
    found = copy.deepcopy(variant)
    screen, strategy = found["screen"], found["strategy"]
    kind = int(rng.integers(5))
    if kind == 0 and screen["select"]:
        top = int(rng.integers(20, 150))
        screen["select"] = {"top": top, "keep_until": top + int(rng.integers(0, 80))}
    elif kind == 1 and screen["rank"]:
        screen["rank"][str(rng.choice(list(screen["rank"])))] = round(float(rng.uniform(0.05, 1.0)), 2)
    elif kind == 2 and screen["require"]:
        rule = screen["require"][str(rng.choice(list(screen["require"])))]
        key = next(key for key, value in rule.items() if key != "missing" and value is not None)
        value = round(rule[key] * float(rng.uniform(0.7, 1.3)), 4)
        rule[key] = min(1.0, value) if key.startswith("quantile") else value
    elif kind == 3:
        strategy["max_weight"] = round(float(rng.uniform(0.02, 0.1)), 3)
    else:
        strategy["costs"]["commission_bps"] = round(float(rng.uniform(0, 20)), 1)
    return found


def told(name: str, seconds: Sequence[float]) -> None:
    """Print median and 95 % in milliseconds."""
    most = np.quantile(seconds, 0.95)
    print(f"{name}: median {1e3 * np.median(seconds):.0f} ms, 95 % {1e3 * most:.0f} ms", flush=True)


def resident_mb() -> float:
    """Return the memory this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def measure_desk(lab: Lab, name: str, moves: int) -> None:
    """Moves evaluated one after the other; then each later stage, twice, of new variants."""
    rng, variant, seconds = np.random.default_rng(5), lab.start["strategies"][name], []
    worked: list[float] = []
    for number in range(moves + WARM):
        variant = moved(variant, rng)
        begin, began = time.perf_counter(), time.process_time()
        document = json.dumps(lab.evaluate({"tab": "a", "number": number, "variant": variant}))
        seconds.append(time.perf_counter() - begin)
        worked.append(time.process_time() - began)
        if number in (WARM - 1, WARM + TOLD - 1, WARM + moves - 1):
            print(f"after {number + 1 - WARM} moves {resident_mb():.0f} MB", flush=True)
    print(f"first look {seconds[0]:.1f} s, a document {len(document) / 1e3:.0f} kB")
    told(f"first {TOLD} moves", seconds[WARM : WARM + TOLD])
    told("  processor", worked[WARM : WARM + TOLD])
    told(f"last {TOLD} moves", seconds[-TOLD:])
    told("  processor", worked[-TOLD:])
    for number in (moves + WARM, moves + WARM + 1):
        variant = moved(variant, rng)
        lab.evaluate({"tab": "a", "number": number, "variant": variant})
        begin = time.perf_counter()
        for stage in STAGES:
            lab.finish({"tab": "a", "number": number, "stage": stage})
            print(f"{stage}: {time.perf_counter() - begin:.1f} s after the first document")


def measure_page(lab: Lab, moves: int) -> None:
    """Sliders of the page moved at random; from the change to the drawn answer."""
    from playwright.sync_api import sync_playwright

    listening = listen(lab, 0)
    answering = threading.Thread(target=listening.run)
    answering.start()
    rng, seconds = np.random.default_rng(5), []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 1440, "height": 900})
        tab.set_default_timeout(120_000)
        tab.goto(listening.address)
        tab.locator('html[data-shown="1"]').wait_for(state="attached")
        for number in range(2, moves + WARM + 2):
            sliders = tab.locator(SLIDERS)
            chosen = sliders.nth(int(rng.integers(sliders.count())))
            seconds.append(chosen.evaluate(MOVE, [float(rng.uniform()), number]) / 1e3)
        browser.close()
    listening.stop()
    answering.join()
    told(f"{moves} moves on the page, change to drawn", seconds[WARM:])


MOVE = """(slider, [share, number]) => new Promise((done) => {
  const low = Number(slider.min), high = Number(slider.max), began = performance.now();
  new MutationObserver((_, watching) => {
    if (document.documentElement.dataset.shown !== String(number)) return;
    watching.disconnect();
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
  }).observe(document.documentElement, { attributes: true });
  slider.value = low + share * (high - low);
  slider.dispatchEvent(new Event("input"));
  slider.dispatchEvent(new Event("change"));
})"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data")
    parser.add_argument("--strategy", default="thesis")
    parser.add_argument("--moves", type=int, default=500)
    parser.add_argument("--browser", action="store_true", help="move the sliders of the page, 50 times")
    options = parser.parse_args()
    market, strategy = choose_market(options.data), load_strategy(options.strategy)
    print(f"{market!r}, {strategy.name}, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as out:
        lab = make_lab(market, {strategy.name: strategy}, family=f"lab {uuid4().hex[:12]}", out=Path(out))
        if options.browser:
            measure_page(lab, TOLD)
        else:
            measure_desk(lab, strategy.name, options.moves)
    print(f"load {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
