"""Every verb on a small simulated market: what it prints, its JSON, its exit code, what it leaves behind."""

import csv
import io
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from active_edge.cli.main import main
from active_edge.simulated import simulate
from tests.quick import first_quick

PROJECT = Path(__file__).resolve().parents[2]
SCREEN = """name: small
description: a test
universe: {min_price: 1}
require:
  leverage: {quantile_max: 0.7}
rank: {return_on_assets: 1}
select: {top: 30, keep_until: 45}
"""
STRATEGY = "name: small\nscreen: small\nrebalance: quarterly\ncapital_usd: 1000000\n"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    simulate(folder / "market", years=4, firms=200, seed=3)
    for kind, text in (("screens", SCREEN), ("strategies", STRATEGY)):
        (folder / kind).mkdir()
        (folder / kind / "small.yaml").write_text(text)
    other = yaml.safe_load(STRATEGY) | {"name": "other", "weights": "rank"}
    (folder / "strategies" / "other.yaml").write_text(yaml.safe_dump(other))
    return folder


@pytest.fixture
def say(world, capsys, monkeypatch):
    def run(*arguments, data=True):
        monkeypatch.chdir(world)
        code = main([*arguments, *(["--data", str(world / "market")] if data else [])])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_check_needs_no_data_and_lists_every_problem(say, world):
    assert say("check", data=False)[0] == 0
    bad = world / "bad.yaml"
    bad.write_text("name: bad\ndescription: d\nrank_within: sectr\nselcet: {top: 1}\n")
    code, out, _ = say("check", str(bad), "--json", data=False)
    problems = json.loads(out)[0]["problems"]
    assert code == 1
    assert [p.split(":")[1] for p in problems] == ["3", "4"]
    assert any("did you mean select?" in p for p in problems)


def test_screen_lists_members_with_sector_age_and_coverage(say):
    code, out, _ = say("screen", "screens/small.yaml", "--on", "2023-06-30", "--json")
    answer = json.loads(out)
    assert code == 0
    assert answer["simulated"] is True
    assert len(answer["members"]) == 30
    assert {"ticker", "sector", "score", "rank", "leverage", "return_on_assets", "data_age_days"} <= set(
        answer["members"][0]
    )
    assert answer["coverage"]["leverage"] > 0.8


def test_explain_says_which_rule_failed_and_by_how_much(say):
    members = json.loads(say("screen", "screens/small.yaml", "--on", "2023-06-30", "--json")[1])["members"]
    code, out, _ = say("explain", "screens/small.yaml", members[0]["ticker"], "--on", "2023-06-30", "--json")
    rules = json.loads(out)["rules"]
    assert code == 0
    assert all(rule["passed"] for rule in rules)
    assert {"rule", "value", "bound", "passed", "short_by", "data_age_days"} <= set(rules[0])


@pytest.mark.slow
def test_explain_takes_several_tickers_in_any_case(say):
    members = json.loads(say("screen", "screens/small.yaml", "--on", "2023-06-30", "--json")[1])["members"]
    names = [member["ticker"] for member in members[:2]]
    given = ("explain", "screens/small.yaml", names[0].lower(), names[1], "--on", "2023-06-30")
    code, out, _ = say(*given, "--json")
    assert code == 0
    assert [explained["ticker"] for explained in json.loads(out)] == names
    code, out, _ = say(*given)
    assert code == 0
    assert all(f"{name} passes every rule." in out for name in names)


def test_explain_of_unknown_tickers_fails_with_a_remedy_for_each(say):
    code, _, err = say("explain", "screens/small.yaml", "NOSUCH", "NEITHER", "--on", "2023-06-30")
    assert code == 1
    assert "NOSUCH" in err
    assert "NEITHER" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("asked", "said"),
    first_quick(
        [
            ("roe", "did you mean return_on_equity: active-edge factors roe"),
            ("pe", "nearest is earnings_yield"),
            ("roic", "nearest are operating_profitability, return_on_assets and return_on_equity"),
            ("ev_ebitda", "nearest are earnings_yield and cash_based_operating_profitability"),
            ("leverage", "it is a factor: active-edge factors leverage"),
        ]
    ),
)
def test_a_factor_where_a_screen_or_a_ticker_belongs_is_told_as_one(say, asked, said):
    for command in (("screen", asked), ("explain", asked), ("explain", asked, "NOSUCH")):
        code, _, err = say(*command, "--on", "2023-06-30")
        assert code == 2
        assert f"{asked!r} is no screen; " in err
        assert said in err
    code, _, err = say("explain", "screens/small.yaml", asked, "--on", "2023-06-30")
    assert code == 1
    assert f"no asset has the ticker {asked!r}" in err
    assert said in err


@pytest.mark.slow
def test_backtest_twice_gives_byte_identical_stats_and_no_new_trial(say, tmp_path, ledger_file):
    arguments = ("backtest", "strategies/small.yaml", "strategies/other.yaml", "--out", str(tmp_path), "--random", "20")
    code, out, err = say(*arguments)
    assert code == 0, err
    assert "SIMULATED" in out
    first = {path: path.read_bytes() for path in tmp_path.glob("*/stats.json")}
    ledger = ledger_file.read_bytes()
    assert len(first) == 2
    assert say(*arguments)[0] == 0
    assert {path: path.read_bytes() for path in tmp_path.glob("*/stats.json")} == first
    assert ledger_file.read_bytes() == ledger
    assert {path.name for path in next(iter(first)).parent.iterdir()} == {
        "report.html", "run.yaml", "stats.json", "entry.json",
        "returns.parquet", "targets.parquet", "holdings.parquet", "trades.parquet",
    }  # fmt: skip


@pytest.mark.slow
def test_a_start_before_the_data_is_the_same_run_and_no_new_trial(say, tmp_path, ledger_file):
    arguments = ("backtest", "strategies/small.yaml", "--out", str(tmp_path), "--random", "20", "--no-sensitivity")
    assert say(*arguments)[0] == 0
    (stats,), ledger = [path.read_bytes() for path in tmp_path.glob("*/stats.json")], ledger_file.read_bytes()
    code, _, err = say(*arguments, "--from", "1990-01-01")
    assert code == 0, err
    assert "--from 1990-01-01 lies before the data" in err
    assert [path.read_bytes() for path in tmp_path.glob("*/stats.json")] == [stats]
    assert ledger_file.read_bytes() == ledger


@pytest.mark.slow
def test_json_of_a_backtest_has_the_stable_keys(say, tmp_path):
    code, out, _ = say("backtest", "strategies/small.yaml", "--out", str(tmp_path), "--random", "20", "--json")
    stats = json.loads(out)
    assert code == 0
    assert len(stats) == 1
    assert {
        "run", "strategy", "screen", "start", "end", "sessions", "snapshot", "simulated", "trials", "total_return",
        "annual_return", "annual_volatility", "sharpe", "max_drawdown", "turnover_annual", "cost_drag_annual",
        "break_even_cost_bps", "benchmarks", "factors", "random_portfolios", "delisting", "coverage", "verdict",
        "verdict_reason",
    } <= set(stats[0])  # fmt: skip
    assert {
        "total_return", "active_return_annual", "tracking_error", "information_ratio", "alpha_annual", "alpha_se",
        "alpha_t", "alpha_p", "alpha_ci", "beta", "mde_annual",
    } <= set(stats[0]["benchmarks"]["IWM"])  # fmt: skip
    assert set(stats[0]["delisting"]) == {"none", "rule", "distress_lost", "unknown_lost"}
    assert stats[0]["simulated"] is True


@pytest.mark.slow
def test_compare_puts_runs_on_one_page_with_paired_differences(say, tmp_path):
    arguments = ("strategies/small.yaml", "strategies/other.yaml", "--out", str(tmp_path), "--random", "20", "--json")
    runs = [stats["run"] for stats in json.loads(say("backtest", *arguments)[1])]
    code, out, _ = say("compare", *runs, "--out", str(tmp_path), "--json", data=False)
    answer = json.loads(out)
    assert code == 0
    assert answer["differences"][0]["first"] == runs[0]
    assert answer["differences"][0]["sharpe_lower"] < answer["differences"][0]["sharpe_upper"]
    assert [joint["benchmark"] for joint in answer["together"]] == ["IWM", "IJR"]
    assert all(0 <= joint["p"] <= 1 for joint in answer["together"])
    assert (tmp_path / "compare.html").stat().st_size > 10_000
    assert say("compare", "nosuch", "--out", str(tmp_path), data=False)[0] == 1


def test_factors_say_unit_direction_source_inputs_and_coverage(say):
    answer = json.loads(say("factors", "--json", data=False)[1])
    assert len(answer) >= 30
    assert all(row["unit"] and row["good"] and row["source"] for row in answer)
    covered = json.loads(say("factors", "leverage", "--json")[1])[0]["coverage"]
    assert covered["2023"] > 0.8
    code, _, err = say("factors", "leverge", data=False)
    assert code == 1
    assert "did you mean leverage?" in err


def test_factors_lead_an_abbreviation_to_its_factor(say):
    for asked, found in (("ROE", "return_on_equity"), ("p/e", "earnings_yield"), ("ev_ebitda", "earnings_yield")):
        code, out, _ = say("factors", asked, data=False)
        assert code == 0
        assert found in out.splitlines()
        row = json.loads(say("factors", asked, "--json", data=False)[1])[0]
        assert row["name"] == found
        assert row["note"].startswith(f"{asked}: ")


@pytest.mark.parametrize("width", first_quick([60, 80]))
def test_a_screen_and_an_explanation_fit_the_terminal(say, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    code, out, _ = say("screen", "screens/small.yaml", "--on", "2023-06-30", "--top", "5")
    assert code == 0
    assert max(map(len, out.splitlines())) <= width
    assert out.splitlines()[1].split() == ["ticker", "name", "sector", "rank", "score"]
    assert "30 of" in out
    assert "The best 5 are shown." in " ".join(out.split())
    out = say("explain", "screens/small.yaml", out.splitlines()[3].split()[0], "--on", "2023-06-30")[1]
    assert max(map(len, out.splitlines())) <= width


@pytest.mark.slow
def test_redirected_members_csv_and_json_have_full_values(say, monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    given = ("screen", "screens/small.yaml", "--on", "2023-06-30")
    first = json.loads(say(*given, "--json")[1])["members"][0]
    rows = list(csv.DictReader(io.StringIO(say(*given, "--csv")[1])))
    assert len(rows) == 30
    assert float(rows[0]["leverage"]) == first["leverage"]
    out = say(*given)[1]
    assert repr(first["leverage"]) in out
    assert "…" not in out


@pytest.mark.slow
def test_columns_and_top_choose_what_is_printed(say):
    given = ("screen", "screens/small.yaml", "--on", "2023-06-30", "--columns", "ticker, volatility", "--top", "3")
    assert say(*given, "--csv")[1].splitlines()[0] == "ticker,volatility"
    members = json.loads(say(*given, "--json")[1])["members"]
    assert [set(member) for member in members] == [{"ticker", "volatility"}] * 3
    code, _, err = say("screen", "screens/small.yaml", "--on", "2023-06-30", "--columns", "tiker")
    assert code == 1
    assert "did you mean ticker?" in err


@pytest.mark.slow
def test_a_screen_tells_who_entered_and_left_since_a_date(say, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    given = ("screen", "screens/small.yaml", "--since", "2023-03-31")
    answer = json.loads(say(*given, "--on", "2023-06-30", "--json")[1])
    was, now = (
        {m["asset"] for m in json.loads(say("screen", "screens/small.yaml", "--on", day, "--json")[1])["members"]}
        for day in ("2023-03-31", "2023-06-30")
    )
    told = {
        change: {row["asset"] for row in answer["changes"] if row["change"] == change} for change in ("entered", "left")
    }
    assert told == {"entered": now - was, "left": was - now}
    assert any(rule["filed"] for row in answer["changes"] for rule in row["rules"])
    code, out, _ = say(*given, "--on", "2023-06-30")
    assert code == 0
    assert f"{len(now - was)} entered small from 2023-03-31 to 2023-06-30." in out
    assert max(map(len, out.splitlines())) <= 80
    assert say(*given, "--csv")[1].startswith("change,asset,ticker,name,part,rule,before,after,")
    for wrong in (("--on", "2023-03-31"), ("--on", "2023-01-31")):
        code, _, err = say(*given, *wrong)
        assert code == 1
        assert "is not before" in err


@pytest.mark.slow
def test_data_diff_tells_rows_and_what_they_move(say, world, tmp_path, monkeypatch):
    import shutil

    import duckdb

    from active_edge.market.intake.importer import import_folder

    monkeypatch.setenv("COLUMNS", "80")
    snapshot = next((world / "market" / "snapshots").iterdir())
    source, market = tmp_path / "tables", tmp_path / "market"
    source.mkdir()
    for name in ("securities", "prices", "series", "members"):
        shutil.copy(snapshot / f"{name}.parquet", source)
    facts, target = snapshot / "facts.parquet", source / "facts.parquet"
    shutil.copy(facts, target)
    import_folder(source, market, simulated=True)
    target.unlink()
    duckdb.sql(f"COPY (FROM '{facts}' WHERE item <> 'receivables') TO '{target}'")
    import_folder(source, market, simulated=True)
    first, last = sorted(
        (folder for folder in (market / "snapshots").iterdir()),
        key=lambda folder: -json.loads((folder / "manifest.json").read_text())["tables"]["facts"]["rows"],
    )
    given = ("data", "diff", first.name[:6], last.name, "--data", str(market))
    code, out, _ = say(*given, data=False)
    assert code == 0
    assert "SIMULATED" in out
    assert "facts: receivables" in out
    assert max(map(len, out.splitlines())) <= 80
    strategy = ("--strategy", "strategies/small.yaml", "--out", str(tmp_path / "out"))
    answer = json.loads(say(*given, *strategy, "--json", data=False)[1])
    assert [(c["part"], c["new"], c["revised"]) for c in answer["changes"]] == [("receivables", 0, 0)]
    (effect,) = answer["strategies"]
    # No rule of that screen reads receivables.
    assert effect["moved"] == 0
    assert {alpha["change"] for alpha in effect["alphas"]} == {0}
    code, _, err = say("data", "diff", "nosuch", last.name, "--data", str(market), data=False)
    assert code == 1
    assert last.name in err


def test_json_of_a_screen_has_the_funnel_near_misses_and_reasons(say):
    answer = json.loads(say("screen", "screens/small.yaml", "--on", "2023-06-30", "--json")[1])
    assert answer["funnel"][-1]["left"] == len(answer["members"])
    assert {"ticker", "rule", "value", "bound", "short_by"} <= set(answer["near_misses"][0])
    assert answer["reasons"] == []
    assert answer["valueless"] == {}


@pytest.mark.slow
def test_status_and_audit_describe_the_market(say):
    status = json.loads(say("data", "status", "--json")[1])
    assert status["simulated"] is True
    assert status["rows"]["prices"] > 100_000
    audit = json.loads(say("data", "audit", "--json")[1])
    assert {"coverage", "survivorship", "suspects", "warnings"} <= set(audit)
    assert say("data", "status")[0] == say("data", "audit")[0] == 0


@pytest.mark.slow
def test_status_and_audit_fit_the_terminal_and_keep_numbers_and_units_together(say, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    for verb in ("status", "audit"):
        lines = say("data", verb)[1].splitlines()
        assert all(len(line) <= 60 or "  " in line.strip() for line in lines)
        assert not any(line.strip().startswith(("%", "bp")) for line in lines)


def test_a_folder_without_a_market_is_an_error_that_says_what_to_run(say, tmp_path):
    code, _, err = say("screen", "screens/small.yaml", "--on", "2023-06-30", "--data", str(tmp_path), data=False)
    assert code == 1
    assert "data import" in err
    assert "Next" in say("data", "status", "--data", str(tmp_path), data=False)[1]


@pytest.mark.parametrize(
    "arguments",
    [
        ("backtest",),
        ("backtest", "nosuch.yaml"),
        ("screen", "screens/small.yaml"),
        ("screen", "screens/small.yaml", "--on", "yesterday"),
        ("data", "simulate", "x", "--alpha", "leg"),
        ("data", "simulate", "x", "--alpha", "no_leg=0.1"),
        ("data", "import", "nosuch", "--data", "there"),
        ("data", "read", "nosuch"),
        ("nosuch",),
    ],
)
def test_wrong_use_fails_with_words_and_no_traceback(say, arguments):
    code, out, err = say(*arguments, data=False)
    assert code != 0
    assert out + err
    assert "Traceback" not in out + err


def hear_interrupts():
    """A test run in the background of a shell starts its children deaf to Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.slow
def test_ctrl_c_leaves_nothing_half_written(world, tmp_path):
    target = tmp_path / "market"
    command = [sys.executable, "-m", "active_edge", "data", "simulate", str(target), "--firms", "4000", "--years", "8"]
    pipe, first = subprocess.PIPE, hear_interrupts
    started = subprocess.Popen(command, cwd=PROJECT, preexec_fn=first, stdout=pipe, stderr=pipe, text=True)  # noqa: PLW1509
    assert "monthly path" in started.stderr.readline()
    started.send_signal(signal.SIGINT)
    _, err = started.communicate(timeout=60)
    assert started.returncode == 130, err
    assert "Stopped" in err
    assert not (target / "CURRENT").exists()
    assert not list(target.glob("snapshots/*"))
