"""Would the answer survive other choices: luck of the draw, single legs, costs, delistings, periods."""

from __future__ import annotations

from typing import Any

from active_edge.report import charts
from active_edge.report.blocks import Absent, Block, Cell, Chart, Column, Key, Measure, Measures, Prose, Section, Table
from active_edge.report.drawn import reach_cells
from active_edge.report.run_page import RunPage
from active_edge.report.sections.choices import choices_picture
from active_edge.report.words import family_sentences, p_note, p_text, placebo_sentences, rate_of
from active_edge.words import count, date, interval, is_missing, number, percent, plain, signed

DELISTING_LABELS = {
    "none": "nothing is lost of any exit in distress",
    "rule": "the strategy’s own rule holds (see its configuration)",
    "distress_lost": "all is lost of every exit in distress, recorded or inferred",
    "unknown_lost": "all is lost of every exit whose reason nobody recorded",
}

TWINS_TEST = "twins"
INTERVAL_NOTE = "Small figures: the 95 % interval."


def luck_section(page: RunPage) -> Section:
    """Position among random portfolios and every further test."""
    blocks: list[Block] = [*_random_blocks(page)]
    deflated = page.stats.deflated_sharpe
    if not is_missing(deflated):
        meaning = (
            f"chance that the best of {count(page.trials, 'trial')} without skill would look worse; 0.95 convinces"
        )
        blocks.append(Measures((Measure("Deflated Sharpe ratio", number(deflated), meaning),)))
    if page.stats.family is not None:
        blocks.append(Prose(" ".join(family_sentences(page.stats.family)), role="meaning"))
    if page.stats.placebo is not None:
        blocks.append(Prose(" ".join(placebo_sentences(page.stats.placebo)), role="meaning"))
    tests = page.stats.adjustments
    if not tests:
        blocks.append(
            Absent("No further test (superior predictive ability, overfitting) was run on the family of trials.")
        )
    else:
        rows = tuple(
            (
                plain(row.test),
                row.question,
                row.value,
                p_text(row.p, page.trials, rate_of(row.test, page.calibration)),
                row.reading,
            )
            for row in tests
        )
        columns = (
            Column("Test", numeric=False),
            Column("Asks", numeric=False, wrap=True),
            Column("Value"),
            Column("p · trials"),
            Column("Reading", numeric=False, wrap=True),
        )
        blocks.append(
            Table(
                "Corrected for everything tried",
                columns,
                rows,
                note=p_note(page.trials, page.calibration, [row.test for row in tests]),
            )
        )
    return Section(
        "luck", "Luck of the draw", "Would blind picking under the same rules have done as well?", tuple(blocks)
    )


def legs_section(page: RunPage) -> Section:
    """The edge without each leg in turn."""
    title, question = "Leg by leg", "Which rule earns the edge?"
    legs = page.stats.legs
    if not legs:
        absent = Absent(
            "Leaving out one leg at a time was not computed: the screen has fewer than two legs, "
            "or it was not asked for."
        )
        return Section("legs", title, question, (absent,))
    rows = [
        {
            "label": plain(name),
            "value": leg.leave_one_out,
            "lower": leg.leave_one_out_lower,
            "upper": leg.leave_one_out_upper,
        }
        for name, leg in legs.items()
    ]
    columns = (
        Column("Leg left out", numeric=False),
        Column("The leg adds"),
        Column("Alpha without it"),
    )
    cells = tuple(
        (
            plain(name),
            _estimate(leg.leave_one_out, leg.leave_one_out_lower, leg.leave_one_out_upper),
            _estimate(leg.alpha_without, leg.alpha_without_lower, leg.alpha_without_upper),
        )
        for name, leg in legs.items()
    )
    meaning = Prose(
        "A leg whose interval spans zero may be doing nothing. A leg that is negative costs return on these data.",
        role="meaning",
    )
    return Section(
        "legs",
        title,
        question,
        (
            _legs_chart(rows),
            meaning,
            _shares(page),
            Table("The portfolio without each leg", columns, cells, note=INTERVAL_NOTE),
        ),
    )


def _legs_chart(rows: list[dict[str, Any]]) -> Chart:
    return Chart(
        name="legs",
        title="What each leg adds, in alpha a year",
        summary="; ".join(f"{row['label']} adds {signed(row['value'])}" for row in rows),
        figure=charts.interval_figure(rows, of="leg"),
        keys=(Key("alpha with the leg minus without it, 95 % interval", "net", "mark"),),
        height=charts.interval_height(rows),
    )


def _shares(page: RunPage) -> Table:
    """The alpha shared out over the legs, from that of the plain universe to that of the whole."""
    start, legs = page.stats.legs_universe_alpha, page.stats.legs
    rows: list[tuple[Cell | str, ...]] = [
        (
            plain(name),
            _estimate(leg.shapley, leg.lower, leg.upper),
            signed(leg.add_one_in),
            signed(leg.leave_one_out),
            number(leg.p_holm, 2),
        )
        for name, leg in legs.items()
    ]
    if start is not None:
        total = start + sum(leg.shapley or 0.0 for leg in legs.values())
        rows.insert(0, ("the universe, without any leg", Cell(signed(start)), "", "", ""))
        rows.append(("the whole strategy", Cell(signed(total)), "", "", ""))
    columns = (
        Column("Leg", numeric=False),
        Column("Share of the alpha"),
        Column("Alone", secondary=True),
        Column("Last", secondary=True),
        Column("p, Holm", secondary=True),
    )
    note = (
        "A leg’s share is what it adds on average over every order in which the legs could be put together (Shapley); "
        "the shares sum to the alpha. Alone: added to the plain universe. Last: added to all others."
    )
    return Table("The alpha shared out over the legs", columns, tuple(rows), note=note)


def sensitivity_section(page: RunPage) -> Section:
    """Other costs, capital, delisting returns, start months and periods, each with its verdict."""
    blocks: list[Block] = [*_ladder(page)]
    picture = choices_picture(page)
    if picture is not None:
        blocks.append(picture)
    else:
        blocks.append(Absent("Other costs, capital, start months and rebalance months were not tried for this run."))
    blocks.extend((_delisting_table(page), _subperiod_table(page)))
    return Section("sensitivity", "Other choices", "Does the answer hang on a choice we made?", tuple(blocks))


def _ladder(page: RunPage) -> list[Block]:
    """The edge over every passive choice, one rung each."""
    ladder = page.stats.ladder
    if not ladder:
        return []
    pictures = reach_cells((rung.lower, rung.alpha_annual, rung.upper) for rung in ladder)
    rows = tuple(
        (
            Cell(rung.rung, detail=rung.meaning),
            _estimate(rung.alpha_annual, rung.lower, rung.upper),
            picture,
            p_text(rung.p, page.trials, None),
        )
        for rung, picture in zip(ladder, pictures, strict=True)
    )
    columns = (
        Column("Against", numeric=False, wrap=True),
        Column("Edge a year"),
        Column("", numeric=False, secondary=True),
        Column("p · trials", secondary=True),
    )
    return [Table("The ladder of benchmarks", columns, rows, note=INTERVAL_NOTE)]


def _random_blocks(page: RunPage) -> list[Block]:
    summary = page.stats.random_portfolios
    if summary is None or summary.percentile is None:
        return [Absent("No random portfolios were drawn for this run.")]
    share = summary.percentile
    drawn = number(summary.n, 0)
    words = (
        f"It earned more than {percent(share, 0)} of {drawn} portfolios drawn at random from the same stocks on the "
        "same dates, alike in number, size, sector and turnover, and charged the same costs. Near 50 % is what picking "
        "blindly gives."
    )
    words += _over_twins(page)
    blocks: list[Block] = []
    own = summary.value
    if page.random_portfolios is not None and not page.random_portfolios.empty and own is not None:
        blocks.append(
            Chart(
                name="random",
                title="This portfolio among random ones",
                summary=words,
                figure=charts.random_figure(page.random_portfolios, own),
                keys=(Key("random portfolios by return a year", "bar", "area"), Key("this portfolio", "net")),
                height=240,
            )
        )
    return [*blocks, Prose(words, role="meaning")]


def placebo_section(page: RunPage) -> Section:
    """The placebo of a strategy whose own run could not be tested."""
    told = () if page.stats.placebo is None else placebo_sentences(page.stats.placebo)
    words = Prose(" ".join(told), role="meaning")
    return Section("placebo", "The placebo", "What would it find where nothing is?", (words,))


def _over_twins(page: RunPage) -> str:
    """What it earned over the mean of them: the test behind the picture."""
    found = page.stats.twins
    if found is None:
        return ""
    on = "" if page.stats.factors is None else ", once factor tilts are paid for"
    rate = page.calibration.get(TWINS_TEST)
    p = p_text(found.alpha_p_one_sided, page.trials, rate)
    told = f" {rate.told}" if rate is not None and rate.told else ""
    return (
        f" Over the mean of them it earned {signed(found.alpha_annual)} a year (95 % interval "
        f"{interval(*found.alpha_ci)}, one-sided p {p})"
        f"{on}: that, not the place, is what the verdict reads.{told}"
    )


def _delisting_table(page: RunPage) -> Block:
    delisting = page.stats.delisting
    if not delisting:
        return Absent("The edge under other delisting returns was not computed.")
    rows = tuple((DELISTING_LABELS.get(key, plain(key)), signed(value)) for key, value in delisting.items())
    return Table(
        "If a held stock leaves the market",
        (Column("Then", numeric=False, wrap=True), Column("Alpha a year")),
        rows,
        note="A result that needs the kindest of these is no result.",
    )


def _subperiod_table(page: RunPage) -> Block:
    table = page.subperiods
    if table is None or table.empty:
        return Absent("The run is not split into periods: each would be too short to say anything.")
    columns = (
        Column("Period", numeric=False),
        Column("Benchmark", numeric=False),
        Column("Alpha a year"),
        Column("", numeric=False, secondary=True),
        Column("Smallest edge visible", secondary=True),
    )
    pictures = reach_cells(zip(table["lower"], table["alpha_annual"], table["upper"], strict=True))
    rows = tuple(
        (
            Cell(str(row["name"]), detail=f"{date(row['start'])} – {date(row['end'])}"),
            str(row["benchmark"]),
            _estimate(row["alpha_annual"], row["lower"], row["upper"]),
            picture,
            percent(row["mde_annual"]),
        )
        for (_, row), picture in zip(table.iterrows(), pictures, strict=True)
    )
    note = f"{INTERVAL_NOTE} A part less another: by how much the alpha changed; across zero, it may not have."
    return Table("Part by part", columns, rows, note=note)


def _estimate(value: float | None, lower: float | None, upper: float | None) -> Cell:
    """An annual alpha with its interval on a second line."""
    return Cell(signed(value), detail=interval(lower, upper))
