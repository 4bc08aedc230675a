"""The calibration document as a page to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from active_edge.calibration.document import WRONG_TESTS
from active_edge.calibration.monthly_page import monthly_part, table, windows_part
from active_edge.calibration.worlds import HONEST
from active_edge.verdicts import Word
from active_edge.words import interval, number, percent, plain, signed

BIAS_TESTS = ("four_factor_alpha", "alpha_IWM")
INDICES_SHARE_THE_EDGE = """Where every leg earns, the indices do too: firms with an edge grow into larger weights, and
IJR screens for earnings. So the stronger the planted edge, the better the passive side: in `planted_4` the
small-cap index has a four-factor alpha of its own of more than 3 % a year, and fewer screens beat it than in
`planted_2`, though all have a larger edge."""
WHAT_HAZARDS_TEACH = """Random portfolios drawn from the same survivors, or sold at the same last prices, err as the
portfolio does: that test does not see what all candidates share. What a hazard adds depends on the screen: good firms
seldom leave, so ranking on profitability hides most of what survivors and missing exits add to the others. Filling
before the month of the decision adds where it spares the month's exits, and takes away from a screen whose names lie
near the upper end of the size band: one that rose out of it during the month is not bought."""


def calibration_page(document: Mapping[str, Any]) -> str:
    """The page, Markdown: false alarms, verdicts, power, hazards, the daily cross-check, how to make it again."""
    worlds = document["worlds"]
    parts = [_opening(document)]
    if HONEST in worlds:
        parts.append(_false_alarms(worlds[HONEST], document["notes"]))
    if document.get("monthly"):
        parts.append(monthly_part(document["monthly"]))
    if document.get("windows"):
        parts.append(windows_part(document["windows"]))
    parts.append(_verdicts(worlds))
    powered = {name: world for name, world in worlds.items() if "power" in world}
    if powered:
        parts.append(_power(powered))
    careless = {name: world for name, world in worlds.items() if world.get("bias")}
    if careless:
        parts.append(_hazards(careless))
    if document.get("daily"):
        parts.append(_daily(document["daily"]))
    parts.append(_again(document))
    return "\n\n".join(parts) + "\n"


def _opening(document: Mapping[str, Any]) -> str:
    counts = ", ".join(f"{name} {world['markets']:,}" for name, world in document["worlds"].items())
    return f"""# Calibration: the test of the tests

Every test that a report prints was run on simulated markets whose truth is known: {document["years"]} years of
months, {document["firms"]:,} firms. On each, sixteen screens (seven legs and their mean, the best 5 % and 20 % of the
small caps by one of them) are rebalanced quarterly in equal weights, after costs. The screen judged in full is
**{document["judged"]}**; the other fifteen are the search around it. Markets by world: {counts}.

A test of size is made on returns before costs, since after them "no edge" is not true: the true alpha is minus the
costs. What a reader would claim is counted after costs."""


def _false_alarms(null: Mapping[str, Any], notes: Mapping[str, str]) -> str:
    used: list[list[str]] = []
    wrong: list[list[str]] = []
    for name, test in null["tests"].items():
        at_truth = (
            f"{percent(test['reject_at_truth'])} ({_reach(test['interval_at_truth'])})" if "truth" in test else "–"
        )
        row = [plain(name), percent(test["reject"]), _reach(test["interval"]), at_truth, notes.get(name, "")]
        (wrong if name in WRONG_TESTS else used).append(row)
    columns = ("Test", "Rejects at 5 %", "95 % interval", "Its interval misses the truth", "Why it is off")
    claims = [
        (plain(name), percent(claim["reject"]), _reach(claim["interval"]))
        for name, claim in null["claims_after_costs"].items()
    ]
    return "\n\n".join(
        [
            f"## False alarms: {null['markets']:,} markets without an edge",
            table(columns, used),
            *_over_all_screens(null),
            *_shorter(null),
            "An edge claimed after costs (alpha above zero, p at most 5 %; 2.5 % by design where the truth is zero):",
            table(("Claim rests on", "Claimed", "95 % interval"), claims),
            "Tests that are known to be wrong, measured to show how wrong; no report prints them:",
            table(("Test", "Rejects at 5 %", "95 % interval", "Why"), [(r[0], r[1], r[2], r[4]) for r in wrong]),
        ]
    )


def _over_all_screens(null: Mapping[str, Any]) -> list[str]:
    if "all_screens" not in null:
        return []
    found = null["all_screens"]
    return [
        f"Over all sixteen screens of these markets the four-factor alpha rejects in {percent(found['reject'])} "
        f"({_reach(found['interval'])}), which is the better measure of the test itself."
    ]


def _shorter(null: Mapping[str, Any]) -> list[str]:
    """What only markets of firms can measure, on shorter histories of the same markets."""
    if "shorter" not in null:
        return []
    lengths = list(next(iter(null["shorter"].values())))
    rows = []
    for test, rates in null["shorter"].items():
        found = [rates[months] for months in lengths]
        rows.append((plain(test), *(f"{percent(one['reject'])} ({_reach(one['interval'])})" for one in found)))
    return [
        "On the first months of these markets alone, rejects at 5 %:",
        table(("Test", *(f"{months} months" for months in lengths)), rows),
    ]


def _verdicts(worlds: Mapping[str, Any]) -> str:
    rows = [
        (f"`{name}`", world["meaning"], *(percent(world["verdicts"].get(word, 0.0)) for word in Word))
        for name, world in worlds.items()
    ]
    parts = ["## Verdicts, after costs, as the only trial", table(("World", "What is true", *Word), rows)]
    return "\n\n".join([*parts, INDICES_SHARE_THE_EDGE] if "planted_4" in worlds else parts)


def _power(worlds: Mapping[str, Any]) -> str:
    rows, overall = [], []
    for name, world in worlds.items():
        power = world["power"]
        overall.append((f"`{name}`", percent(power["reject"]), percent(power["forecast"])))
        for screen, point in power["screens"].items():
            ratio = number(point["effect"] / point["mde"])
            figures = (percent(point["effect"], 2), percent(point["mde"], 2), ratio)
            seen = (percent(point["reject"]), _reach(point["interval"]), percent(point["forecast"]))
            rows.append((f"`{name}`", screen, *figures, *seen))
    columns = (
        "World",
        "Screen",
        "Planted a year",
        "Printed MDE",
        "Planted / MDE",
        "Found",
        "95 % interval",
        "Forecast",
    )
    return "\n\n".join(
        [
            "## Power: is what the report calls detectable detected?",
            "The four-factor alpha before costs. The forecast is made from the planted edge and the standard error "
            "that the report prints; an edge as large as the printed minimum detectable effect (MDE) should be found "
            "in 80 %.",
            table(("All sixteen screens", "Found", "Forecast"), overall),
            table(columns, rows),
        ]
    )


def _hazards(worlds: Mapping[str, Any]) -> str:
    rows = []
    for name, world in worlds.items():
        cells = []
        for test in BIAS_TESTS:
            bias = world["bias"]["tests"][test]
            cells.append(f"{signed(bias['annual'], 2)} ({interval(*bias['interval'], decimals=2)})")
        found, screens = world["tests"], world["bias"]["screens"]
        order = sorted(screens, key=lambda screen: screens[screen]["annual"])
        cells += [f"{signed(screens[screen]['annual'], 2)} ({screen})" for screen in (order[0], order[-1])]
        cells += [percent(found["four_factor_alpha"]["reject"]), percent(found["random_portfolios"]["reject"])]
        rows.append((f"`{name}`", world["meaning"], *cells, f"{world['markets']:,}"))
    columns = (
        "World",
        "What the reader does",
        "Adds to four-factor alpha a year",
        "Adds to alpha on IWM a year",
        "Least of the sixteen screens",
        "Most of them",
        "Four-factor alpha rejects",
        "Random portfolios reject",
        "Markets",
    )
    text = "The same markets as the honest reading, so the difference is the hazard alone."
    return "\n\n".join(["## What each carelessness adds", text, table(columns, rows), WHAT_HAZARDS_TEACH])


def _daily(daily: Mapping[str, Any]) -> str:
    rows = [
        (
            plain(name),
            percent(test["reject"], 0),
            _reach(test["interval"], 0),
            signed(test["estimate"], 2) if "estimate" in test else "–",
            percent(test["standard_error_claimed"], 2) if "standard_error_claimed" in test else "–",
        )
        for name, test in daily["tests"].items()
    ]
    words = ", ".join(f"{word} {percent(share, 0)}" for word, share in sorted(daily["verdicts"].items()))
    columns = ("Test, after costs", "Rejects at 5 %", "95 % interval", "Mean estimate a year", "Mean standard error")
    return "\n\n".join(
        [
            f"## Cross-check in days: {daily['markets']} whole market folders without an edge",
            "Six years of daily bars and filings, through the functions that `active-edge backtest` runs. Costs take "
            f"{percent(daily['cost_annual'], 2)} a year, so rejections below zero are no false alarms.",
            table(columns, rows),
            f"Verdicts: {words}.",
        ]
    )


def _again(document: Mapping[str, Any]) -> str:
    return "\n".join(
        [
            "## Make it again",
            "",
            f"Made {document['created'][:10]}, seed {document['seed']}, laws and measurement {document['code']}, by",
            "",
            f"    {document['command']}",
            "",
            "The rates that reports print beside a p-value are read from the same table.",
        ]
    )


def _reach(bounds: Sequence[float], decimals: int = 1) -> str:
    return interval(*bounds, decimals=decimals, sign=False)
