"""What analysts expect: read as Yahoo tells it, kept with the day it was had, and read from that day on."""

from pathlib import Path

import pytest

from active_edge.errors import SourceFormatError
from active_edge.market import open_market
from active_edge.sources.pull import Surroundings, plan, rebuild
from active_edge.sources.vendors import estimates
from active_edge.sources.web.archive import Archive
from active_edge.sources.web.pacing import Pacer

from .bodies import QUOTES_URL, quotes, serve_estimates
from .conftest import SMALL_PULL, PatientClock
from .replay import Answer, Replay

THIS, NEXT = "expected_eps_this_year", "expected_eps_next_year"
DAY = 86_400


def expected(**pairs):
    return estimates.parse(quotes(pairs), where="x").of


def test_each_symbol_has_what_is_expected_of_both_years() -> None:
    assert expected(ALFA=(1.0, 1.25), BETA=(-0.5, None)) == {"ALFA": {THIS: 1.0, NEXT: 1.25}, "BETA": {THIS: -0.5}}


def test_numbers_may_come_formatted_and_none_in_five_ways() -> None:
    assert expected(A=({"raw": 2, "fmt": "2.00"}, {})) == {"A": {THIS: 2.0}}
    assert expected(A=(0.0, 0), B=(None, {"raw": None})) == {}


def test_what_is_told_in_another_currency_is_left_out_and_named() -> None:
    told = estimates.parse(quotes({"ALFA": (90.0, 95.0)}, financialCurrency="JPY"), where="x")
    assert (told.of, told.others) == ({}, ("ALFA",))
    assert estimates.parse(quotes({"ALFA": (1.0, 2.0)}, financialCurrency=None), where="x").of["ALFA"][NEXT] == 2.0


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "not a body of quotes"),
        (b"[]", "not a body of quotes"),
        (b'{"quoteResponse": null}', "not a body of quotes"),
        (b'{"finance": {"result": null}}', "not a body of quotes"),
        (b'{"quoteResponse": {"result": null, "error": {"code": "x"}}}', "no list of quotes"),
        (b'{"quoteResponse": {"result": [1], "error": null}}', "no list of quotes"),
    ],
)
def test_what_is_no_answer_is_refused(body: bytes, said: str) -> None:
    with pytest.raises(SourceFormatError, match=said):
        estimates.parse(body, where="estimates/x")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"a b": (1.0, 1.0)}, "A B: is no symbol"),
        ({"A": ("1.0", 1.0)}, "A: epsCurrentYear is '1.0', no number"),
        ({"A": (1.0, True)}, "A: epsForward is True, no number"),
        ({"A": (1.0, -3e9)}, "A: epsForward is -3000000000.0; expected within 1e+06 USD a share"),
    ],
)
def test_what_is_odd_of_a_symbol_is_named_and_costs_no_other(told: dict[str, tuple[object, object]], said: str) -> None:
    found = estimates.parse(quotes(told | {"B": (1.0, 2.0)}), where="x")
    assert (list(found.of), found.odd) == (["B"], (said,))


def test_the_currency_of_the_accounts_counts_then_that_of_the_share() -> None:
    assert estimates.parse(quotes({"A": (1.0, 2.0)}, financialCurrency="usd"), where="x").others == ()
    assert estimates.parse(quotes({"A": (1.0, 2.0)}, financialCurrency=None, currency="CAD"), where="x").others == (
        "A",
    )


def test_symbols_are_asked_in_groups_that_no_new_one_moves() -> None:
    symbols = [f"S{n}" for n in range(3000)]
    asked = {request.key: request for request in estimates.requests(symbols)}
    more = {request.key: request for request in estimates.requests(["AAA", *symbols])}
    assert len(asked) == estimates.GROUPS
    assert set(asked) == set(more)
    assert sum(asked[key].url != more[key].url for key in asked) == 1
    assert max(len(request.url) for request in asked.values()) < 1000
    check, alone = next(iter(asked.values())).check, estimates.requests(["S7"], every=False)[0]
    assert check
    assert alone.check
    assert alone.key == "estimates/one/S7"
    with pytest.raises(SourceFormatError, match="symbols that trade is answered"):
        check(quotes({}))
    with pytest.raises(SourceFormatError, match="symbols are odd, the first S0: epsCurrentYear is 'x'"):
        check(quotes({f"S{n}": ("x", 1.0) for n in range(20)}))
    check(quotes({"S7": (None, None)}))
    alone.check(quotes({}))  # one that nobody knows is no fault of the source


def rows_of(folder: Path):
    facts = open_market(folder).facts
    return {
        (open_market(folder).assets[asset], item, str(filed)[:10], value)
        for item in (THIS, NEXT)
        for asset, filed, value in zip(
            facts.of(item).asset, facts.of(item).filed.astype("datetime64[D]"), facts.of(item).value, strict=True
        )
    }


@pytest.mark.slow
def test_every_pull_adds_its_own_day_and_none_before_it(
    small_pull, replay: Replay, tmp_path: Path, clock: PatientClock
) -> None:
    first = small_pull()
    assert first.missing == ()
    a = "CIK0000000001"
    had = {(a, THIS, "2023-11-14", 1.0), (a, NEXT, "2023-11-14", 1.25)}
    for each in ("CIK0000000002", "CIK0000000002.BETB"):  # of its other class nothing else is told
        had |= {(each, THIS, "2023-11-14", -0.5), (each, NEXT, "2023-11-14", 0.25)}
    assert rows_of(tmp_path / "m") == had
    (since,) = [one for one in first.findings if "known from 2023-11-14 on" in one.kind]
    assert since.count == 2
    serve_estimates(replay, {"ALFA": (1.0, 1.5)})
    clock.moment += 6 * DAY
    replay.asked.clear()
    small_pull()
    assert not [key for key in replay.asked if "finance/quote" in key]  # it stands for a week
    clock.moment += DAY
    small_pull()
    assert rows_of(tmp_path / "m") == had | {(a, THIS, "2023-11-21", 1.0), (a, NEXT, "2023-11-21", 1.5)}
    assert rebuild(tmp_path / "other", tmp_path / "raw")[0] == open_market(tmp_path / "m").snapshot
    kept = Archive(tmp_path / "raw")
    urls = {entry.url for key in kept.keys(estimates.PREFIX) for entry in kept.versions(key)}
    assert all(url.endswith("crumb={crumb}") for url in urls)


@pytest.mark.slow
def test_the_plan_counts_what_the_server_then_counts(
    small_pull, replay: Replay, tmp_path: Path, clock: PatientClock
) -> None:
    small_pull()
    clock.moment += 8 * DAY
    around = Surroundings(clock=clock, pacer=Pacer(tmp_path / "pacing", clock=clock))
    line = {
        one.source: one
        for one in plan(tmp_path / "raw", only=SMALL_PULL, since="2022-01-01", surroundings=around).lines
    }
    replay.asked.clear()
    small_pull()
    asked = sum(n for key, n in replay.asked.items() if "finance/quote" in key)
    assert (line["estimates"].requests, line["estimates"].counted, asked) == (3, True, 3)  # a group each


@pytest.mark.slow
def test_behind_a_wall_a_market_has_no_expectations_and_says_so(small_pull, replay: Replay, tmp_path) -> None:
    replay.routes[QUOTES_URL.removeprefix("https://")] = Answer(b"Too Many Requests", status=429, media="text/plain")
    report = small_pull()
    assert [(one.source, one.kind) for one in report.missing] == [("estimates", "busy")]
    assert rows_of(tmp_path / "m") == set()
    assert open_market(tmp_path / "m").missing[0].line().startswith("estimates")


@pytest.mark.slow
def test_what_was_told_before_a_company_traded_is_not_its_own(small_pull, replay: Replay, tmp_path: Path) -> None:
    serve_estimates(replay, {"ALFA": (1.0, 1.25), "NOBODY": (1.0, 1.0)})
    small_pull()
    kept = Archive(tmp_path / "raw")
    key = kept.keys(estimates.PREFIX)[0]
    kept.keep_bytes(quotes({"ALFA": (7.0, 7.0)}), key=key, url="x", time="2019-01-02T00:00:00Z")
    assert {filed for _, _, filed, _ in rows_of(tmp_path / "m")} == {"2023-11-14"}
    _, found = rebuild(tmp_path / "m", tmp_path / "raw")
    assert {filed for _, _, filed, _ in rows_of(tmp_path / "m")} == {"2023-11-14"}
    assert [one.examples for one in found if "no company here" in one.kind] == [("ALFA",)]
