"""What is in the portfolio and why, and what it cost to hold it."""

from __future__ import annotations

from active_edge.report import charts
from active_edge.report.blocks import Absent, Block, Cell, Chart, Column, Key, Section, Table
from active_edge.report.run_page import RunPage
from active_edge.report.sections.decisions import decisions_blocks, trade_blocks
from active_edge.report.sections.edge import cost_measures
from active_edge.words import count, date, factor_value, is_missing, number, percent, plain, signed, usd

HOLDING_COLUMNS = ("ticker", "name", "sector", "weight", "score", "rank", "data_age_days", "coverage")
SHOWN_ROWS = 200


def holdings_section(page: RunPage) -> Section:
    """The last rebalance's holdings with every factor value that put them there."""
    title, question = "Holdings and reasons", "What is in it, and why?"
    table = page.holdings
    if table is None or table.empty:
        absent = Absent("The portfolio held nothing at its last rebalance.")
        return Section("holdings", title, question, (absent,))
    factors = [str(name) for name in table.columns if name not in HOLDING_COLUMNS]
    columns = (
        Column("Ticker", numeric=False),
        Column("Name", numeric=False),
        Column("Sector", numeric=False, secondary=True),
        Column("Weight"),
        Column("Rank"),
        Column("Score", secondary=True),
        *(Column(plain(name), more=_unit_of(page, name)) for name in factors),
        Column("Data age, days"),
        Column("Rules with data"),
    )
    rows: list[tuple[Cell | str, ...]] = []
    for _, row in table.head(SHOWN_ROWS).iterrows():
        values = {str(key): value for key, value in row.items()}
        rows.append(
            (
                _ticker(page, str(values["ticker"])),
                _text(values.get("name")),
                plain(_text(values.get("sector"))),
                percent(values.get("weight"), 2),
                number(values.get("rank"), 0),
                number(values.get("score"), 2),
                *(
                    factor_value(values[name], page.factor_units.get(name, ""), page.factor_infinite.get(name, ""))
                    for name in factors
                ),
                number(values.get("data_age_days"), 0),
                percent(values.get("coverage"), 0),
            )
        )
    when = f" of {page.holdings_on}" if page.holdings_on else ""
    more = f" The other {len(table) - SHOWN_ROWS:,} are in the run’s folder." if len(table) > SHOWN_ROWS else ""
    note = (
        "Each number between the score and the data age is what was known about that company on that date. "
        f"A dash: nothing was known.{more}{_own_page(page)}"
    )
    caption = f"{count(len(table), 'holding')}{when}"
    last = Table(caption, columns, tuple(rows), note=note, pinned=True)
    return Section("holdings", title, question, (last, *decisions_blocks(page)))


def _unit_of(page: RunPage, factor: str) -> str:
    unit = page.factor_units.get(factor, "")
    return f"{unit.capitalize() if unit.islower() else unit or 'Plain number'}: as known on the date of the table."


def _ticker(page: RunPage, ticker: str) -> Cell:
    return Cell(ticker, href=page.companies.get(ticker, ""))


def _own_page(page: RunPage) -> str:
    """How a reader gets the page of a holding."""
    if page.companies:
        return " Each ticker leads to all that the company had filed by then."
    on = f" --on {page.holdings_on}" if page.holdings_on else ""
    every = f"for all it ever held: active-edge company --run {page.stats.run}"
    return f" All that a company had filed by then: active-edge company TICKER{on}; {every}."


def trading_section(page: RunPage) -> Section:
    """Turnover, costs by kind, orders that could not be filled."""
    blocks: list[Block] = [cost_measures(page)]
    if page.turnover is None or page.turnover.empty:
        blocks.append(Absent("No turnover by rebalance was recorded."))
    else:
        blocks.append(
            Chart(
                name="turnover",
                title="Turnover at each rebalance",
                summary=(
                    f"{len(page.turnover)} rebalances; the largest traded {percent(page.turnover.max(), 0)} one way."
                ),
                figure=charts.turnover_figure(page.turnover),
                keys=(Key("share of the portfolio traded, one way", "net", "area"),),
                height=220,
            )
        )
    if page.costs is None or page.costs.empty:
        blocks.append(Absent("Costs by kind were not recorded."))
    else:
        rows = tuple((plain(str(kind)), percent(value, 2)) for kind, value in page.costs.items())
        columns = (Column("Kind", numeric=False), Column("Of capital a year"))
        blocks.append(Table("Costs by kind", columns, rows, note=page.costs_note))
    blocks += trade_blocks(page)
    blocks.append(_unfilled(page))
    return Section("trading", "Turnover and costs", "What did trading take away?", tuple(blocks))


def _unfilled(page: RunPage) -> Block:
    table = page.unfilled
    if table is None or table.empty:
        return Absent("Every order was filled in full.")
    columns = (
        Column("Decided", numeric=False),
        Column("Ticker", numeric=False),
        Column("Side", numeric=False),
        Column("Not filled"),
        Column("Reason", numeric=False),
    )
    rows = tuple(
        (
            date(row["decision"]),
            str(row["ticker"]),
            _text(row["side"]),
            usd(row["value"]),
            plain(_text(row["reason"])),
        )
        for _, row in table.head(SHOWN_ROWS).iterrows()
    )
    note = f"The first {SHOWN_ROWS} of {len(table):,}." if len(table) > SHOWN_ROWS else ""
    return Table(f"{len(table):,} orders not filled in full", columns, rows, note=note, folded=True)


def exits_table(page: RunPage) -> Block:
    """Held assets that left the market, with the return applied to them."""
    table = page.exits
    if table is None or table.empty:
        return Absent("No stock left the market while it was held.")
    columns = (
        Column("Session", numeric=False),
        Column("Ticker", numeric=False),
        Column("Name", numeric=False, secondary=True),
        Column("Weight"),
        Column("Reason", numeric=False),
        Column("Last return applied"),
    )
    rows: list[tuple[Cell | str, ...]] = [
        (
            date(row["session"]),
            str(row["ticker"]),
            _text(row.get("name")),
            percent(row.get("weight"), 2),
            plain(_text(row["reason"])),
            signed(row["return"]),
        )
        for _, row in table.head(SHOWN_ROWS).iterrows()
    ]
    note = f"The first {SHOWN_ROWS} of {len(table):,}." if len(table) > SHOWN_ROWS else ""
    return Table(f"{len(table):,} held stocks that left the market", columns, tuple(rows), note=note, folded=True)


def _text(value: object) -> str:
    return "–" if value is None or is_missing(value) else str(value)
