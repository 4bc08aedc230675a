"""Numbers of the evidence, by hand and by another way of computing them."""

import numpy as np
import pandas as pd
import pytest

from active_edge.errors import InferenceError, MissingInput
from active_edge.published.estimates import Question, alpha_estimate, change_estimate, mean_estimate, measure
from active_edge.published.funds import active_returns, equal_mix, fund_measurements
from active_edge.published.tilts import size_measurements, tilt_measurements, tilt_returns
from tests.published.published import PORTFOLIOS, invented, months


def test_a_tilt_weights_groups_by_their_capital():
    index = months(1)
    returns = pd.DataFrame(0.0, index, PORTFOLIOS)
    capital = pd.DataFrame(0.0, index, PORTFOLIOS)
    # two groups that count: 30 of the least profitable at +10 %, 10 of the most profitable at +20 %
    returns.loc[:, ["ME1_OP1", "ME2_OP5"]] = 0.10, 0.20
    capital.loc[:, ["ME1_OP1", "ME2_OP5"]] = 30.0, 10.0
    data = invented(portfolios=returns, capital=capital)
    assert tilt_returns(data, "profitable_tilt").iloc[0] == pytest.approx(0.20 - (3.0 + 2.0) / 40)


def test_without_capital_the_groups_weigh_the_same_and_the_source_says_so():
    returns = pd.DataFrame(0.0, months(60), PORTFOLIOS)
    returns.loc[:, "ME1_OP1"] = 0.10
    data = invented(portfolios=returns, capital=pd.DataFrame())
    assert tilt_returns(data, "no_junk_tilt").iloc[0] == pytest.approx(-0.01)
    assert "equally weighted" in tilt_measurements(data)[0].question.source


def test_larger_size_groups_play_no_part_in_a_tilt():
    data = invented()
    loud = data.portfolios.copy()
    loud.loc[:, [name for name in PORTFOLIOS if name[:3] in ("ME3", "ME4", "ME5")]] = 0.9
    pd.testing.assert_series_equal(
        tilt_returns(data, "profitable_tilt"), tilt_returns(invented(portfolios=loud), "profitable_tilt")
    )


def test_an_equal_mix_begins_with_its_third_fund_and_takes_newcomers_in():
    index = months(4)
    funds = pd.DataFrame(
        {"A": [0.01, 0.02, 0.03, 0.04], "B": [0.01, 0.02, 0.0, 0.0], "C": [np.nan, 0.05, 0.0, 0.0]}, index=index
    )
    funds["D"] = [np.nan, np.nan, np.nan, 0.04]
    mix = equal_mix(invented(funds=funds), ("A", "B", "C", "D", "E"))
    assert mix.index[0] == index[1]
    assert mix.tolist() == pytest.approx([0.03, 0.01, 0.02])


def test_two_funds_are_no_mix():
    with pytest.raises(MissingInput, match="needs 3 of"):
        equal_mix(invented(), ("DFAS", "EES"))


def test_a_change_of_means_is_the_difference_of_the_means():
    data = invented()
    series = active_returns(data, "IJR", "IWM")
    change = change_estimate(series, None, "2012-01-01")
    after, before = series["2012":].mean(), series[:"2011"].mean()
    assert change.annual == pytest.approx(12 * (after - before))
    assert change.interval[0] < change.annual < change.interval[1]
    assert sum(change.interval) / 2 == pytest.approx(change.annual)


def test_a_change_of_alphas_is_the_difference_of_two_separate_regressions():
    data = invented(seed=4)
    series, factors = active_returns(data, "IJR", "IWM"), data.five_factors()

    def alpha(part):
        design = np.column_stack([np.ones(len(part)), factors.loc[part.index]])
        return np.linalg.lstsq(design, part.to_numpy(), rcond=None)[0][0]

    change = change_estimate(series, factors, "2012-01-01")
    assert change.annual == pytest.approx(12 * (alpha(series["2012":]) - alpha(series[:"2011"])))


def test_the_error_of_a_change_is_that_of_its_own_coefficient_by_a_plain_loop():
    from scipy.special import stdtr, stdtrit

    series = active_returns(invented(seed=2), "IJR", "IWM")
    step = (series.index >= "2012-01-01").astype(float)
    n, design = len(step), np.column_stack([np.ones(len(step)), step])
    inverse = np.linalg.inv(design.T @ design)
    residual = series.to_numpy() - design @ (inverse @ design.T @ series.to_numpy())
    scores = [(x @ inverse[1]) * e / (1 - x @ inverse @ x) ** 0.5 for x, e in zip(design, residual, strict=True)]
    terms = int(0.41 * n ** (2 / 3))
    waves = [sum(s * np.cos(np.pi * j * (t + 0.5) / n) for t, s in enumerate(scores)) for j in range(1, terms + 1)]
    error = 12 * (n * np.mean([2 / n * wave**2 for wave in waves])) ** 0.5
    change = change_estimate(series, None, "2012-01-01")
    assert change.degrees == terms
    assert change.se_annual == pytest.approx(error)
    reach = stdtrit(terms, 0.975) * error
    assert change.interval == pytest.approx((change.annual - reach, change.annual + reach))
    assert change.p == pytest.approx(2 * stdtr(terms, -abs(change.annual / error)))


def test_a_change_needs_two_years_on_either_side():
    series = active_returns(invented(60), "IJR", "IWM")
    with pytest.raises(InferenceError, match="leaves 11 of 60 observations"):
        change_estimate(series, None, "2009-02-01")


def test_a_planted_alpha_is_found_beside_its_loading():
    data = invented(600, seed=1)
    noise = np.random.default_rng(9).normal(0, 0.004, 600)
    returns = 0.5 * data.factors["RMW"] + 0.004 + noise
    found = alpha_estimate(returns, data.five_factors(), None)
    assert found.annual == pytest.approx(0.048, abs=0.006)
    assert found.loadings["RMW"] == pytest.approx(0.5, abs=0.02)
    assert mean_estimate(returns).annual > found.annual


@pytest.mark.parametrize("bad", ["constant", "hole", "infinite", "absent", "short"])
def test_what_the_data_cannot_carry_becomes_a_reason_and_never_a_number(bad):
    data = invented()
    funds = data.funds.copy()
    if bad == "constant":
        funds["IJR"] = funds["IWM"]
    elif bad == "hole":
        funds.iloc[50, funds.columns.get_loc("IJR")] = np.nan
    elif bad == "infinite":
        funds.iloc[50, funds.columns.get_loc("IJR")] = np.inf
    elif bad == "absent":
        funds = funds.drop(columns="IJR")
    else:
        funds["IJR"] = funds["IJR"].where(np.arange(len(funds)) < 3)
    found = {m.question.test: m for m in fund_measurements(invented(funds=funds))}
    assert found["ijr_minus_iwm"].estimate is None
    assert len(found["ijr_minus_iwm"].why_not) > 20
    assert found["iwm_factor_alpha"].estimate is not None


def test_a_price_index_is_refused_by_name():
    funds = invented().funds.assign(**{"^RUT": 0.01})
    with pytest.raises(InferenceError, match="lack dividends"):
        active_returns(invented(funds=funds), "IJR", "^RUT")
    with pytest.raises(InferenceError, match="lack dividends"):
        invented(funds=funds.rename(columns={"^RUT": "RUT"})).fund("RUT")


def test_a_question_keeps_its_words_when_nothing_can_be_computed():
    def fails():
        raise MissingInput("no such series")

    found = measure(Question(test="t", section="s", claim="c", source="x"), fails)
    assert (found.estimate, found.why_not) == (None, "no such series")


def test_inputs_are_left_as_they_were():
    data = invented()
    copies = {name: getattr(data, name).copy() for name in ("funds", "factors", "quality", "portfolios", "capital")}
    assert [*fund_measurements(data), *tilt_measurements(data), *size_measurements(data)]
    for name, copy in copies.items():
        pd.testing.assert_frame_equal(getattr(data, name), copy)


def test_a_part_that_is_the_whole_is_not_asked_again():
    young = invented(72)
    young = invented(72, funds=young.funds.set_axis(months(72, "2015-01-31")))
    found = {m.question.test: m for m in fund_measurements(young)}
    assert found["ijr_minus_iwm"].estimate is not None
    assert found["ijr_minus_iwm_from_2014"].estimate is None
    assert "asked already" in found["ijr_minus_iwm_from_2014"].why_not
