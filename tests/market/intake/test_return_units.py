"""Returns in another unit than decimals are refused by name; returns in decimals never are, however wild."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from active_edge.errors import ImportRefused
from active_edge.market.intake.importer import import_folder
from active_edge.sessions import sessions_between

pytestmark = pytest.mark.slow

SESSIONS = sessions_between("2020-01-02", "2020-06-30")


def prices(told: Callable[[np.ndarray], np.ndarray], *, daily: float = 0.02, seed: int = 1) -> pd.DataFrame:
    """Two names whose closes move at random, with one dividend of 3 % each, and returns as `told` writes them."""
    random = np.random.default_rng(seed)
    frames = []
    for asset in ("A", "B"):
        moved = random.normal(0, daily, len(SESSIONS))
        closes = 20 * np.cumprod(1 + moved)
        growth = closes[1:] / closes[:-1] - 1
        growth[40] += 0.03
        returns = np.concatenate([[np.nan], told(growth)])
        frames.append(pd.DataFrame({"asset": asset, "session": SESSIONS, "close": closes, "total_return": returns}))
    return pd.concat(frames)


def securities(**columns: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"asset": ["A", "B"], "ticker": ["A", "B"], **columns})


def refused(tmp_path, **tables: pd.DataFrame) -> str:
    with pytest.raises(ImportRefused) as caught:
        import_folder({"securities": securities(), "prices": prices(np.asarray)} | tables, tmp_path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (lambda r: r * 100, "is in percent, 100 times the change of the close"),
        (lambda r: np.round(r * 100, 2), "is in percent"),
        (lambda r: r * 10_000, "is in basis points, 10,000 times"),
        (lambda r: 1 + r, "is growth, such as 1.012 for a gain of 1.2 %"),
        (lambda r: -r, "has the sign reversed"),
        (lambda r: np.round(-r, 5), "has the sign reversed"),
        (lambda r: np.concatenate([[0.0], r[:-1]]), "is one row late: 100 % of"),
        (lambda r: np.concatenate([r[1:], [0.0]]), "is one row early"),
    ],
)
def test_returns_in_another_unit_are_refused_by_its_name(tmp_path, told, said):
    message = refused(tmp_path, prices=prices(told))
    assert "column 'total_return'" in message
    assert said in message


def test_logarithms_are_seen_where_prices_move_enough(tmp_path):
    assert "is the logarithm of growth" in refused(tmp_path, prices=prices(np.log1p, daily=0.004))
    assert "is the logarithm of growth" in refused(tmp_path, prices=prices(np.log1p, daily=0.06))
    assert "is the logarithm of growth" in refused(tmp_path, prices=prices(np.log1p, daily=0.02))


@pytest.mark.parametrize("digits", [4, 5])
def test_logarithms_are_seen_however_they_are_rounded(tmp_path, digits):
    """Row by row they are not: half the square of a move of 1.5 % is 0.0001, a rounding."""
    table = prices(lambda r: np.round(np.log1p(r), digits), daily=0.015)
    assert "is the logarithm of growth" in refused(tmp_path, prices=table)


@pytest.mark.parametrize("digits", [3, 4])
@pytest.mark.parametrize("seed", range(5))
def test_coarse_decimals_are_no_logarithms(tmp_path, digits, seed):
    table = prices(lambda r: np.round(r, digits), daily=0.015, seed=seed)
    import_folder({"securities": securities(), "prices": table}, tmp_path)


@pytest.mark.parametrize("daily", [0.001, 0.02, 0.06, 0.3])
@pytest.mark.parametrize("seed", range(5))
def test_decimals_are_taken_whatever_the_market_does(tmp_path, daily, seed):
    table = prices(lambda r: np.round(r, 5), daily=daily, seed=seed)
    import_folder({"securities": securities(), "prices": table[table["close"] > 0]}, tmp_path)


def test_factors_in_basis_points_are_told_what_to_divide_by(tmp_path):
    moves = np.random.default_rng(2).normal(0, 60.0, len(SESSIONS))
    series = pd.DataFrame({"series": "SMB", "date": SESSIONS, "value": moves})
    assert "it is in basis points; divide it by 10,000" in refused(tmp_path, series=series)
    assert "it is in percent; divide it by 100" in refused(tmp_path, series=series.assign(value=moves / 100))


def test_an_exit_return_that_no_holder_can_get_is_refused_with_its_percent(tmp_path):
    message = refused(tmp_path, securities=securities(exit_return=[12.5, -30.0]))
    assert "2 of 2 values are no decimal return from the last price (B -30 (no reason), A 12.5 (no reason))" in message
    assert "write -0.3 for -30 %" in message
    assert "+1,250 %" in refused(tmp_path, securities=securities(exit_return=[12.5, -1.0]))
    import_folder({"securities": securities(exit_return=[0.9, -1.0]), "prices": prices(np.asarray)}, tmp_path)


def series(**values: list[float]) -> pd.DataFrame:
    frames = [
        pd.DataFrame({"series": name, "date": SESSIONS[: len(given)], "value": given}) for name, given in values.items()
    ]
    return pd.concat(frames)


def test_factors_and_cash_in_percent_are_refused_by_name_all_at_once(tmp_path):
    random = np.random.default_rng(2)
    table = series(
        MKT_RF=(random.normal(0.05, 1.0, 100)).tolist(),
        SMB=(random.normal(0, 0.4, 100)).tolist(),
        HML=(random.normal(0, 0.004, 100)).tolist(),
        RF=[0.25] * 100,
        DFF=[5.3] * 100,
    )
    lines = refused(tmp_path, series=table).splitlines()
    assert [line.split("series '")[1].split("'")[0] for line in lines] == ["MKT_RF", "RF", "SMB"]
    assert "is in percent; divide it by 100" in lines[0]
    assert "earns up to 0.25 a day, which is 25.00 %: percent, or a yearly rate" in lines[1]


@pytest.mark.parametrize(
    ("rate", "taken"), [(5.33, False), (0.0533, False), (0.0213, False), (0.000212, True), (0, True)]
)
def test_a_daily_rate_of_cash_is_told_from_a_yearly_one(tmp_path, rate, taken):
    tables = {"securities": securities(), "prices": prices(np.asarray), "series": series(RF=[rate] * 30)}
    if taken:
        import_folder(tables, tmp_path)
    else:
        with pytest.raises(ImportRefused, match="series 'RF'"):
            import_folder(tables, tmp_path)


@pytest.mark.parametrize(("rate", "taken"), [(-0.0002, False), (-0.000005, True)])  # -5 % and -0.1 % a year
def test_a_rate_of_cash_with_its_sign_turned_is_refused_and_bills_of_2020_are_not(tmp_path, rate, taken):
    tables = {"securities": securities(), "prices": prices(np.asarray), "series": series(RF=[rate] * 30)}
    if taken:
        import_folder(tables, tmp_path)
    else:
        with pytest.raises(ImportRefused, match=r"series 'RF' earns -0.0002 a day .* its sign is turned"):
            import_folder(tables, tmp_path)


def test_monthly_factors_of_the_wildest_decades_are_decimals(tmp_path):
    days = pd.date_range("1930-01-31", periods=120, freq="ME")
    random = np.random.default_rng(3)
    values = {"MKT_RF": random.normal(0, 0.12, 120), "RF": np.full(120, 0.0135)}  # twice the 1930s; May 1981
    table = pd.concat([pd.DataFrame({"series": n, "date": days, "value": v}) for n, v in values.items()])
    import_folder({"securities": securities(), "prices": prices(np.asarray), "series": table}, tmp_path)


def test_returns_where_a_level_is_meant_are_refused(tmp_path):
    message = refused(tmp_path, series=series(IWM=[0.01, -0.02, 0.0, 0.03], SMB=[0.01, -0.01, 0.0, 0.0]))
    assert "series 'IWM' has 2 values of 0 or less, down to -0.02: it must be a total-return level" in message
    assert "SMB" not in message


def test_a_level_of_two_bases_or_split_and_factors_in_percent_in_some_years_are_told(tmp_path):
    days = sessions_between("2015-11-02", "2016-02-29")
    later = np.asarray(days >= "2016-01-01")
    random = np.random.default_rng(5)
    level = 100 * np.cumprod(1 + random.normal(0, 0.01, len(days)))
    values = {
        "IWM": np.where(later, level / 2, level),  # 2:1
        "IJR": np.where(later, level * 10, level),
        "VTWO": level,
        "SMB": random.normal(0, 0.005, len(days)) * np.where(later, 100, 1),
        "RF": np.where(later, 0.002, 0.0001),
    }
    table = pd.concat([pd.DataFrame({"series": n, "date": days, "value": v}) for n, v in values.items()])
    lines = refused(tmp_path, series=table).splitlines()
    assert [line.split("series '")[1].split("'")[0] for line in lines] == ["RF", "SMB", "IJR", "IWM"]
    assert "in 2016" in lines[0]
    assert "in 2016" in lines[1]
    assert "and in decimals in the other years" in lines[1]
    assert "on two bases, or it was split" in lines[3]
