"""A sweep's page from invented numbers, as tests of pages need it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from active_edge.report.sweep_page import Held, SweepPage

SETTINGS = ("screen.select.top", "screen.require.leverage.quantile_max")


def swept_page() -> SweepPage:
    """Twelve variants: four sizes, three limits; two choices of the walk-forward."""
    rng = np.random.default_rng(3)
    tops, limits = np.repeat([50, 100, 150, 200], 3), np.tile([0.3, 0.5, 0.7], 4)
    alpha = rng.normal(0.0, 0.02, 12)
    rows = pd.DataFrame(
        {
            "number": range(12),
            SETTINGS[0]: tops,
            SETTINGS[1]: limits,
            "alpha_IWM": alpha,
            "lower_IWM": alpha - 0.03,
            "upper_IWM": alpha + 0.03,
            "annual_return": alpha + 0.08,
            "turnover": 0.8,
            "cost_drag": 0.004,
            "names": tops * 0.98,
        }
    ).sort_values("alpha_IWM", ascending=False)
    days = pd.to_datetime(["2020-01-01", "2020-12-31", "2021-01-01", "2021-12-31"])
    sensitivity = pd.DataFrame(
        {
            "setting": SETTINGS,
            "explains": [0.4, 0.1],
            "lowest_at": [50, 0.7],
            "lowest": [-0.02, -0.01],
            "highest_at": [150, 0.3],
            "highest": [0.02, 0.01],
        }
    )
    return SweepPage(
        name="idea",
        folder="idea-sweep-abcdef",
        simulated=True,
        variants=12,
        effective=3.4,
        yardstick="IWM",
        criterion="the t of the alpha on the past",
        verdict="not distinguishable",
        reason="No edge over IWM can be told from luck.",
        alpha=0.004,
        bounds=(-0.03, 0.038),
        held=(Held(days[0], days[1], 4, 24, 1.2, 0.03), Held(days[2], days[3], -1, 36, 0.1, -0.01)),
        family=(("SPA", "p 0.40", "no variant beats the benchmark by more than luck"),),
        random=pd.Series(rng.normal(0.08, 0.02, 200)),
        own=0.11,
        sensitivity=sensitivity,
        maps={SETTINGS: rows.pivot_table(index=SETTINGS[0], columns=SETTINGS[1], values="alpha_IWM")},
        rows=rows,
        settings=SETTINGS,
    )
