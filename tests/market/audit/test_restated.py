"""Figures told again with another value, against a plain loop over the tellings of each figure."""

import numpy as np
import pandas as pd

from active_edge.market.audit.company_doubts import _restated
from active_edge.market.periods import MATERIAL


def test_restated_figures_are_those_of_a_plain_loop():
    rng = np.random.default_rng(4)
    n = 400
    told = pd.DataFrame(
        {
            "item": rng.choice(["revenue", "equity", "net_income"], n),
            "months": rng.choice([0, 3, 12], n),
            "period_end": pd.Timestamp("2015-12-31") + pd.to_timedelta(rng.integers(0, 12, n) * 91, unit="D"),
            "value": rng.choice([100.0, 100.01, 130.0, -100.0, 0.0, np.nan], n),
            "filed": pd.Timestamp("2019-01-01") + pd.to_timedelta(np.sort(rng.integers(0, 900, n)), unit="D"),
        }
    ).sort_values(["item", "period_end", "filed"], kind="stable", ignore_index=True)
    tellings: dict[tuple[str, int, pd.Timestamp], list[float]] = {}
    for row in told.itertuples():
        tellings.setdefault((row.item, row.months, row.period_end), []).append(row.value)
    changed = [
        key
        for key, values in tellings.items()
        if abs(values[-1] - values[0]) > MATERIAL * max(abs(values[-1]), abs(values[0]))
    ]
    assert len(changed) > 10
    ((_, text),) = _restated(told)
    assert f"and {len(changed) - 3:,} more" in text
    item, months, end = changed[0]
    span = f"{months} months to" if months else "at"
    assert text.startswith(f"{item} {span} {end:%Y-%m-%d}: ")


def test_a_figure_told_again_is_told_with_both_values_and_days():
    day = pd.to_datetime
    told = pd.DataFrame(
        {
            "item": ["revenue"] * 3,
            "months": [12, 12, 3],
            "period_end": day(["2019-12-31"] * 3),
            "value": [100.0, 130.0, 25.0],
            "filed": day(["2020-02-01", "2021-02-01", "2020-02-01"]),
        }
    )
    ((name, text),) = _restated(told)
    assert name == "restated"
    assert text.startswith("revenue 12 months to 2019-12-31: 100.00 on 2020-02-01, 130.00 on 2021-02-01. ")
    assert list(_restated(told.iloc[:1])) == []
    assert list(_restated(told.iloc[:0])) == []
