"""Would the answer survive other choices: luck of the draw, single legs, costs, delistings, periods."""

from __future__ import annotations

from typing import Any

from active_edge.report import charts
from active_edge.report.blocks import Absent, Block, Cell, Chart, Column, Key, Measure, Measures, Prose, Section, Table
from active_edge.report.drawn import reach_cells
from active_edge.report.record import RunRecord
from active_edge.report.words import p_note, p_text
from active_edge.words import count, date, interval, is_missing, number, percent, plain, signed

DELISTING_LABELS = {
    "none": "nothing is lost at the end",
    "rule": "the strategy’s own rule holds (see its configuration)",
    "total_loss": "all is lost",
}

INTERVAL_NOTE = "Small figures: the 95 % interval."


def luck_section(record: RunRecord) -> Section:
    """Position among random portfolios and every further test."""
    blocks: list[Block] = [*_random_blocks(record)]
    deflated = record.stats.get("deflated_sharpe")
    if not is_missing(deflated):
        meaning = (
            f"chance that the best of {count(record.trials, 'trial')} without skill would look worse; 0.95 convinces"
        )
        blocks.append(Measures((Measure("Deflated Sharpe ratio", number(deflated), meaning),)))
    table = record.adjustments
    if table is None or table.empty:
        blocks.append(
            Absent("No further test (superior predictive ability, overfitting) was run on the family of trials.")
        )
    else:
        rows = tuple(
            (
                plain(str(row["test"])),
                str(row["question"]),
                str(row["value"]),
                p_text(row["p"], record.trials, record.calibration.get(str(row["test"]))),
                str(row["reading"]),
            )
            for _, row in table.iterrows()
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
                note=p_note(record.trials, record.calibration, list(map(str, table["test"]))),
            )
        )
    return Section(
        "luck", "Luck of the draw", "Would blind picking under the same rules have done as well?", tuple(blocks)
    )


def legs_section(record: RunRecord) -> Section:
    """The edge without each leg in turn."""
    title, question = "Leg by leg", "Which rule earns the edge?"
    table = record.leave_one_out
    if table is None or table.empty:
        absent = Absent(
            "Leaving out one leg at a time was not computed: the screen has fewer than two legs, "
            "or it was not asked for."
        )
        return Section("legs", title, question, (absent,))
    rows = [
        {
            "label": plain(str(row["leg"])),
            "value": row["change"],
            "lower": row["change_lower"],
            "upper": row["change_upper"],
        }
        for _, row in table.iterrows()
    ]
    columns = (
        Column("Leg left out", numeric=False),
        Column("The leg adds"),
        Column("Alpha without it"),
    )
    cells = tuple(
        (
            plain(str(row["leg"])),
            _estimate(row["change"], row["change_lower"], row["change_upper"]),
            _estimate(row["alpha_annual"], row["lower"], row["upper"]),
        )
        for _, row in table.iterrows()
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
            *_shares(record),
            Table("The portfolio without each leg", columns, cells, note=INTERVAL_NOTE),
        ),
    )


def _legs_chart(rows: list[dict[str, Any]]) -> Chart:
    return Chart(
        name="legs",
        title="What each leg adds, in alpha a year",
        summary="; ".join(f"{row['label']} adds {signed(row['value'])}" for row in rows),
        figure=charts.interval_figure(rows),
        keys=(Key("alpha with the leg minus without it, 95 % interval", "net", "mark"),),
        height=charts.interval_height(rows),
    )


def _shares(record: RunRecord) -> list[Block]:
    """The alpha shared out over the legs, from that of the plain universe to that of the whole."""
    table = record.legs
    if table is None or table.empty:
        return []
    start = record.stats.get("legs_universe_alpha")
    rows = [
        (
            plain(str(row["leg"])),
            _estimate(row["shapley"], row["lower"], row["upper"]),
            signed(row["add_one_in"]),
            signed(row["leave_one_out"]),
            number(row["p_holm"], 2),
        )
        for _, row in table.iterrows()
    ]
    if not is_missing(start):
        total = float(start or 0.0) + float(table["shapley"].sum())
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
    return [Table("The alpha shared out over the legs", columns, tuple(rows), note=note)]


def sensitivity_section(record: RunRecord) -> Section:
    """Other costs, capital, delisting returns, start months and periods, each with its verdict."""
    blocks: list[Block] = [*_ladder(record)]
    table = record.sensitivity
    if table is not None and not table.empty:
        columns = (
            Column("Setting", numeric=False, wrap=True),
            Column("Alpha a year"),
            Column("", numeric=False, secondary=True),
            Column("Verdict it would give", numeric=False),
        )
        pictures = reach_cells(zip(table["lower"], table["alpha_annual"], table["upper"], strict=True))
        cells = [
            (
                str(row["setting"]),
                _estimate(row["alpha_annual"], row["lower"], row["upper"]),
                picture,
                Cell(str(row["verdict"]), verdict=str(row["verdict"])),
            )
            for (_, row), picture in zip(table.iterrows(), pictures, strict=True)
        ]
        groups = table["group"].astype(str).tolist()
        for group in dict.fromkeys(groups):
            rows = tuple(row for row, of in zip(cells, groups, strict=True) if of == group)
            blocks.append(Table(f"By {plain(group)}", columns, rows, note=INTERVAL_NOTE if group == groups[0] else ""))
    else:
        blocks.append(Absent("Other costs, capital, start months and rebalance months were not tried for this run."))
    blocks.extend((_delisting_table(record), _subperiod_table(record)))
    return Section("sensitivity", "Other choices", "Does the answer hang on a choice we made?", tuple(blocks))


def _ladder(record: RunRecord) -> list[Block]:
    """The edge over every passive choice, one rung each."""
    table = record.ladder
    if table is None or table.empty:
        return []
    pictures = reach_cells(zip(table["lower"], table["alpha_annual"], table["upper"], strict=True))
    rows = tuple(
        (
            Cell(str(row["rung"]), detail=str(row["meaning"])),
            _estimate(row["alpha_annual"], row["lower"], row["upper"]),
            picture,
            p_text(row["p"], record.trials, None),
        )
        for (_, row), picture in zip(table.iterrows(), pictures, strict=True)
    )
    columns = (
        Column("Against", numeric=False, wrap=True),
        Column("Edge a year"),
        Column("", numeric=False, secondary=True),
        Column("p · trials", secondary=True),
    )
    return [Table("The ladder of benchmarks", columns, rows, note=INTERVAL_NOTE)]


def _random_blocks(record: RunRecord) -> list[Block]:
    summary = record.stats.get("random_portfolios")
    if not summary or is_missing(summary.get("percentile")):
        return [Absent("No random portfolios were drawn for this run.")]
    share = summary["percentile"]
    drawn = number(summary.get("n"), 0)
    words = (
        f"It earned more than {percent(share, 0)} of {drawn} portfolios drawn at random from the same stocks on the "
        "same dates, alike in number, size, sector and turnover, and charged the same costs. Near 50 % is what picking "
        "blindly gives."
    )
    blocks: list[Block] = []
    own = summary.get("value")
    if record.random_portfolios is not None and not record.random_portfolios.empty and not is_missing(own):
        blocks.append(
            Chart(
                name="random",
                title="This portfolio among random ones",
                summary=words,
                figure=charts.random_figure(record.random_portfolios, float(own or 0.0)),
                keys=(Key("random portfolios by return a year", "bar", "area"), Key("this portfolio", "net")),
                height=240,
            )
        )
    return [*blocks, Prose(words, role="meaning")]


def _delisting_table(record: RunRecord) -> Block:
    delisting = record.stats.get("delisting")
    if not delisting:
        return Absent("The edge under other delisting returns was not computed.")
    rows = tuple((DELISTING_LABELS.get(key, plain(key)), signed(value)) for key, value in delisting.items())
    return Table(
        "If a held stock leaves the market in distress",
        (Column("Then", numeric=False, wrap=True), Column("Alpha a year")),
        rows,
        note="A result that needs the kindest of these is no result.",
    )


def _subperiod_table(record: RunRecord) -> Block:
    table = record.subperiods
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
    return Table("Part by part", columns, rows, note=INTERVAL_NOTE)


def _estimate(value: float, lower: float, upper: float) -> Cell:
    """An annual alpha with its interval on a second line."""
    return Cell(signed(value), detail=interval(lower, upper))
