"""Two sources of one series: published months beside compounded days, levels beside returns."""

import json

import numpy as np
import pandas as pd
import pytest

from active_edge.cli.main import main
from active_edge.sessions import sessions_between
from active_edge.sources.series_agreement import compare_series
from tests.markets import make_market

DAYS = sessions_between("2018-01-01", "2019-12-31")
DAILY = pd.Series(np.random.default_rng(1).normal(0.0003, 0.01, len(DAYS)), index=DAYS)
BY_MONTH = (1 + DAILY).groupby(DAILY.index.to_period("M")).prod() - 1
MONTHS = BY_MONTH.set_axis(BY_MONTH.index.to_timestamp(how="end").normalize())


def test_months_as_published_agree_with_the_days_they_are_made_of():
    (found,) = compare_series({"MKT_RF": DAILY}, {"MKT_RF": MONTHS.round(4)})
    assert (found.months, found.agree, found.verdict) == (24, 1.0, "agree")
    assert abs(found.largest) <= 0.00005 + 1e-12


def test_levels_from_another_beginning_agree_and_a_lost_dividend_is_named_with_its_month():
    level = 100 * (1 + DAILY).cumprod()
    lost = level.where(level.index < pd.Timestamp("2019-03-15"), level * 0.99)
    (same,) = compare_series({"IWM": level}, {"IWM": 7 * level})
    assert same.largest == pytest.approx(0.0, abs=1e-12)
    (found,) = compare_series({"IWM": level}, {"IWM": lost})
    assert found.verdict == "differ"
    assert found.on == pd.Timestamp("2019-03-31")
    assert found.largest == pytest.approx(0.01 * (1 + BY_MONTH["2019-03"]))


def test_a_month_of_which_one_source_tells_only_the_end_is_not_compared():
    (found,) = compare_series({"SMB": DAILY.loc["2018-02-20":]}, {"SMB": MONTHS})
    assert found.months == 22
    assert compare_series({"SMB": DAILY.iloc[:60]}, {"SMB": MONTHS}) == ()


def test_the_command_compares_two_folders_by_ticker_and_by_series(tmp_path, capsys):
    price = 20 * (1 + DAILY).cumprod().to_numpy()
    unsplit = np.where(DAYS < pd.Timestamp("2019-06-03"), price, price / 1.25)
    for name, closes, series in (("one", price, DAILY), ("two", unsplit, MONTHS)):
        make_market(tmp_path / name, closes=pd.DataFrame({"AAA": closes}, index=DAYS), series={"MKT_RF": series})
    folders = [str(tmp_path / name / "market") for name in ("one", "two")]
    assert main(["data", "agree", *folders, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["names"][0]["verdict"] == "levels differ"  # returns but on one session in five hundred
    assert answer["names"][0]["largest"] == pytest.approx(0.2, abs=0.02)
    assert str(answer["names"][0]["on"]).startswith("2019-06-03")
    assert [(one["series"], one["verdict"]) for one in answer["series"]] == [("MKT_RF", "agree")]
    assert main(["data", "agree", folders[0], folders[0]]) == 0
    said = capsys.readouterr().out
    assert "1 name in both: 1 agree" in said
    assert "MKT_RF: agree on 100.0 % of 24 months" in said
