"""The numbers known before the program was written, from the published files themselves.

Percent a year. Tolerances are those of data vintages: revisions of the factor library move an annual alpha by some
hundredths of a percent and its t by about 0.1.
"""

import pytest

from active_edge.published.run import run_evidence

pytestmark = pytest.mark.realdata


@pytest.fixture(scope="module")
def lines(shared_data, tmp_path_factory):
    run = run_evidence(shared_data, out=tmp_path_factory.mktemp("results"))
    return {line["test"]: line for line in run.lines()}


@pytest.mark.parametrize(
    ("test", "percent", "t"),
    [
        ("iwm_factor_alpha", -1.36, -3.1),
        ("ijr_minus_iwm", 1.16, 1.54),
        ("ijr_minus_iwm_factor_alpha", 0.40, 0.79),
        ("profitable_tilt", 1.50, 2.35),
        ("profitable_tilt_factor_alpha", -0.78, -1.77),
        ("no_junk_tilt", 1.21, 2.22),
    ],
)
def test_known_numbers_come_back(lines, test, percent, t):
    assert 100 * lines[test]["estimate_annual"] == pytest.approx(percent, abs=0.05)
    assert lines[test]["t_newey_west"] == pytest.approx(t, abs=0.1)


def test_the_earnings_screen_is_a_profitability_tilt(lines):
    line = lines["ijr_minus_iwm_factor_alpha"]
    assert line["loadings"]["RMW"] == pytest.approx(0.20, abs=0.01)
    assert line["loadings_t"]["RMW"] == pytest.approx(4.3, abs=0.1), "5.7 with Newey-West errors"


def test_samples_are_those_of_the_known_numbers(lines):
    spans = {test: (line["start"], line["end"], line["n"]) for test, line in lines.items()}
    assert spans["iwm_factor_alpha"] == ("2000-06-30", "2024-06-30", 289)
    assert spans["ijr_minus_iwm"] == ("2000-06-30", "2026-06-30", 313)
    assert spans["profitable_tilt"] == ("1963-07-31", "2024-12-31", 738)


def test_size_is_paid_only_with_junk_held_fixed(lines):
    # Asness, Frazzini, Israel, Moskowitz & Pedersen (2018), doi:10.1016/j.jfineco.2018.05.006: none without, much with
    assert abs(lines["smb_without_quality"]["t"]) < 1
    assert lines["smb_with_quality"]["t"] > 2.5
    assert lines["smb_with_quality"]["loadings"]["QMJ"] < -0.5


def test_before_and_after_2014_add_up_to_the_change_with_its_own_interval(lines):
    for tilt in ("profitable_tilt", "no_junk_tilt", "ijr_minus_iwm"):
        change = lines[f"{tilt}_change"]
        after, before = (lines[f"{tilt}_{part}"]["estimate_annual"] for part in ("from_2014", "before_2014"))
        assert change["estimate_annual"] == pytest.approx(after - before, abs=1e-9)
        assert change["interval"][0] < change["estimate_annual"] < change["interval"][1]


def test_nothing_is_supported_or_refuted_after_the_whole_family_is_charged_for(lines):
    """Of no junk on its factors, −0.28 % a year at an error of 0.25 %, more than half a percent is left among 37."""
    findings = [line for line in lines.values() if not line["test"].startswith("claim_")]
    assert {line["trials"] for line in findings} == {37} == {len(findings)}
    assert {line["verdict"] for line in findings} == {"not distinguishable", "could not have seen it"}
    unseen = {line["test"] for line in findings if line["verdict"] == "could not have seen it"}
    assert unseen == {line["test"] for line in findings if line["mde_annual"] > 0.04}


def test_fund_lines_say_that_only_survivors_are_in_them(lines):
    assert all("alive today" in lines[f"{fund}_minus_iwm"]["caveats"][0] for fund in ("avuv", "xshq", "quality_mix"))


@pytest.mark.slow
def test_daily_closes_give_the_published_months(shared_data):
    import duckdb

    from active_edge.published.return_files import monthly_from_levels, read_published_folder

    path = shared_data / "series" / "etf_adjusted_close_daily.parquet"
    with duckdb.connect() as connection:
        rows = connection.execute(f"select session, adj_close from '{path}' where series = 'IWM' order by 1").df()
    own = monthly_from_levels(rows.set_index("session")["adj_close"])
    published = read_published_folder(shared_data).fund("IWM")
    common = own.index.intersection(published.index)
    assert len(common) > 300
    assert (own[common] - published[common]).abs().max() < 2e-4


@pytest.mark.slow
def test_daily_factors_compound_to_nearly_the_published_months_and_alpha(shared_data):
    import duckdb

    from active_edge.published.estimates import alpha_estimate
    from active_edge.published.return_files import monthly_from_daily, read_published_folder

    path = shared_data / "series" / "ff5_daily.parquet"
    with duckdb.connect() as connection:
        daily = connection.execute(f"select * from '{path}' order by session").df().set_index("session") / 100
    own = daily.rename(columns={"Mkt-RF": "MKT_RF"}).apply(monthly_from_daily)
    data = read_published_folder(shared_data)
    published = data.five_factors()
    assert own.notna().all(axis=None)
    assert list(own.index[[0, -1]].strftime("%Y-%m")) == ["1963-07", "2025-10"]
    gap = (own.loc[published.index, published.columns] - published).abs()
    assert gap.mean().max() < 0.002
    alpha = alpha_estimate(data.fund("IWM").loc[:"2024-06"], own[list(published)], own["RF"])
    assert 100 * alpha.annual == pytest.approx(-1.33, abs=0.2)


DOCUMENTED = {
    "IWM on five factors": "iwm_factor_alpha",
    "IJR − IWM": "ijr_minus_iwm",
    "mix of ten quality funds": "quality_mix_minus_iwm",
    "most profitable 40 %": "profitable_tilt",
    "its mean since 2014": "profitable_tilt_change",
    "without the least profitable fifth": "no_junk_tilt",
    "SMB beyond market": "smb_without_quality",
    "the same with quality minus junk": "smb_with_quality",
}


@pytest.mark.parametrize("opening", DOCUMENTED)
def test_the_method_page_prints_what_is_measured(lines, request, opening):
    page = (request.config.rootpath / "docs" / "method.md").read_text(encoding="utf-8").replace("−", "-")
    row = next(text for text in page.splitlines() if text.startswith(f"| {opening.replace('−', '-')}"))
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    line = lines[DOCUMENTED[opening]]
    assert float(cells[1].rstrip(" %")) == pytest.approx(100 * line["estimate_annual"], abs=0.006)
    assert float(cells[3]) == pytest.approx(line["t"], abs=0.006)
    assert float(cells[6].rstrip(" %")) == pytest.approx(100 * line["mde_annual"], abs=0.06)
    assert cells[7] == line["verdict"]


def test_the_screens_lead_since_2014_and_both_recipes_of_errors_stand_beside_each_other(lines):
    assert 100 * lines["ijr_minus_iwm_from_2014"]["estimate_annual"] == pytest.approx(0.48, abs=0.05)
    index = lines["iwm_factor_alpha"]
    assert index["t"] == pytest.approx(-2.5, abs=0.1), "equal-weighted cosines"
    assert index["t_newey_west"] == pytest.approx(-3.1, abs=0.1)
