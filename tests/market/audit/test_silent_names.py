"""Names that fall silent shortly before the data end are counted with an example; illiquid ones are not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from active_edge.market.audit.report import audit_market
from active_edge.market.audit.silent_names import silent_sessions
from active_edge.sessions import sessions_between
from tests.markets import make_market

SESSIONS = sessions_between("2018-01-02", "2018-12-31")
NAMES = ["DAILY", "GONE", "LAST", "LONG", "RARE", "TOLD", "WEEKLY"]


def _market(tmp_path):
    """DAILY to the end; GONE silent for 12 sessions, LAST for one, LONG for 21; RARE and WEEKLY rest; TOLD left."""
    closes = pd.DataFrame(10.0, index=SESSIONS, columns=NAMES)
    for name, sessions in (("GONE", 12), ("LAST", 1), ("LONG", 21), ("RARE", 3), ("TOLD", 12)):
        closes.loc[SESSIONS[-sessions:], name] = np.nan
    closes.loc[SESSIONS[-40:-37], "RARE"] = np.nan
    closes.loc[np.arange(len(SESSIONS), 0, -1) % 5 != 4, "WEEKLY"] = np.nan
    listed = pd.DataFrame({"last_session": pd.NaT}, index=pd.Index(NAMES))
    listed.loc["TOLD"] = SESSIONS[-13]
    return make_market(tmp_path, closes=closes, securities=listed)


def test_silence_is_told_where_the_name_was_never_without_a_price_for_so_long(tmp_path):
    market = _market(tmp_path)
    assert dict(zip(market.assets, silent_sessions(market).tolist(), strict=True)) == {
        "DAILY": 0,
        "GONE": 12,
        "LAST": 1,
        "LONG": 0,  # longer than 20 sessions is an exit
        "RARE": 0,
        "TOLD": 0,
        "WEEKLY": 0,
    }


def test_the_audit_counts_silent_names_with_their_last_price(tmp_path):
    audit = audit_market(_market(tmp_path))
    assert audit.silent_names == ("GONE", "LAST")
    (line,) = [line for line in audit.lines() if "names silent at the end" in line]
    assert (
        f"2 names with no price up to the end of the data and no exit told (GONE since {SESSIONS[-13]:%F}, 12" in line
    )
    assert audit.to_dict()["silent_names"] == ["GONE", "LAST"]
