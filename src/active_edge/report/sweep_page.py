"""A sweep on one page: the out-of-sample answer first, then what all variants say together, then the variants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from active_edge.report import charts
from active_edge.report.blocks import Absent, Block, Cell, Chart, Column, Key, Measure, Measures, Prose, Section, Table
from active_edge.report.document import STAMP, render
from active_edge.report.run_page import FalsePositiveRate
from active_edge.words import count, date, interval, is_missing, number, p_value, percent, plain, signed, significant

SHOWN = 100
"""Variants the page shows; all are in variants.parquet."""


@dataclass(frozen=True)
class Held:
    """A variant held for a while: since and until when, its number, the months it was chosen on, its t over them."""

    since: pd.Timestamp
    until: pd.Timestamp
    number: int
    past: int
    t: float
    earned: float


@dataclass(frozen=True)
class SweepPage:
    """What the page of a sweep says.

    Attributes
    ----------
    name, folder, simulated : of the sweep; the folder by its name alone. variants, effective : how many, and what they
        are worth.
    yardstick : None where no benchmark could be tested. criterion : of a choice, in words.
    verdict, reason : of the walk-forward; empty where there is none. alpha, bounds : of its returns.
    held : its choices. family : label, value, meaning of what all variants say.
    random : (n,) annual returns of portfolios matched to the best variant; own : its own.
    sensitivity : as `sweeping.family.sensitivity`. maps : two settings to their means.
    rows : the variants, the best first. settings : their columns that vary.
    """

    name: str
    folder: str
    simulated: bool
    variants: int
    effective: float
    yardstick: str | None
    criterion: str
    verdict: str
    reason: str
    alpha: float | None
    bounds: tuple[float, float] | None
    held: Sequence[Held]
    family: Sequence[tuple[str, str, str]]
    random: pd.Series
    own: float
    sensitivity: pd.DataFrame
    maps: Mapping[tuple[str, str], pd.DataFrame]
    rows: pd.DataFrame
    settings: Sequence[str]


def render_sweep(page: SweepPage) -> str:
    """The HTML of a sweep's page."""
    sections = (_answer(page), _family(page), *_luck(page), _settings(page), _variants(page))
    said = f"Choosing on the past and holding for a year: {page.verdict}." if page.verdict else "Nothing is concluded."
    return render(
        "list.html.j2",
        sections=sections,
        home="../index.html",
        title=f"{number(page.variants, 0)} variants of {plain(page.name)}",
        simulated=page.simulated,
        stamp=STAMP,
        summary=f"{said} The best of many looks good by luck alone.",
    )


def setting(key: str) -> str:
    """A setting's name for a page."""
    return key.removeprefix("screen.").removeprefix("strategy.").removeprefix("require.").replace(".", " ")


def _answer(page: SweepPage) -> Section:
    title, question = "Out of sample", "What would choosing among them have earned?"
    if not page.verdict:
        return Section("answer", title, question, (Absent("There are too few months to choose on and to hold in."),))
    rows = tuple(
        (
            Cell(f"{date(one.since)} – {date(one.until)}"),
            str(one.number) if one.number >= 0 else "cash",
            count(one.past, "month"),
            number(one.t, 1),
            signed(one.earned),
        )
        for one in page.held
    )
    columns = (
        Column("Held", numeric=False),
        Column("Variant"),
        Column("Chosen on"),
        Column("t then"),
        Column("Earned, net"),
    )
    note = (
        f"Chosen by {page.criterion}; the months right before a choice are left out, and a change of variant pays for "
        "selling one portfolio and buying the other."
    )
    bounds = interval(*page.bounds) if page.bounds else ""
    alpha = Measure(f"edge over {page.yardstick} a year", signed(page.alpha), f"95 % interval {bounds}")
    table = Table("What was chosen when", columns, rows, note=note)
    return Section("answer", title, question, (Prose(page.reason, role="meaning"), Measures((alpha,)), table))


def _family(page: SweepPage) -> Section:
    title, question = "All of them together", "Does any of them beat the benchmark, and how much of the best is luck?"
    if not page.family:
        return Section("family", title, question, (Absent("They have too few months in common, or do not differ."),))
    return Section("family", title, question, (Measures(tuple(Measure(*one) for one in page.family)),))


def _luck(page: SweepPage) -> tuple[Section, ...]:
    if not len(page.random):
        return ()
    share = float((page.random < page.own).mean())
    chart = Chart(
        name="random",
        title="Random portfolios matched to the best variant",
        summary=f"The best variant earned {signed(page.own)} a year; {percent(share, 0)} of its random twins less.",
        figure=charts.random_figure(page.random, page.own),
        keys=(Key("random portfolios", "bar", "area"), Key("the best variant", "net")),
    )
    text = "The best variant was picked after the fact, so even a place far to the right is no evidence by itself."
    return (Section("luck", "Luck", "Is the best one’s choice of names better than a lot?", (chart, Prose(text))),)


def _settings(page: SweepPage) -> Section:
    rows = tuple(
        (
            setting(str(row.setting)),
            percent(row.explains, 0),
            _value(row.lowest_at),
            signed(row.lowest),
            _value(row.highest_at),
            signed(row.highest),
        )
        for row in page.sensitivity.itertuples()
    )
    columns = (
        Column("Setting", numeric=False),
        Column("Explains"),
        Column("Lowest at"),
        Column("Mean edge there"),
        Column("Highest at"),
        Column("Mean edge there"),
    )
    blocks: list[Block] = [Table("What each setting changes", columns, rows, note="Share of the spread of edges.")]
    blocks += [
        Chart(
            name=f"map-{place}",
            title=f"Mean edge by {setting(down)} and {setting(across)}",
            summary=f"From {signed(means.min().min())} to {signed(means.max().max())} a year.",
            figure=charts.heat_figure(_told_by_level(means), setting(down), setting(across)),
        )
        for place, ((down, across), means) in enumerate(page.maps.items())
    ]
    return Section("settings", "Settings", "Which choice matters, and is the best an island?", tuple(blocks))


def _told_by_level(means: pd.DataFrame) -> pd.DataFrame:
    """The field with its levels as a reader is told them; as they are where that would make two of them one."""
    told = ([_value(level) for level in levels] for levels in (means.index, means.columns))
    down, across = (
        names if len(set(names)) == len(names) else [str(level) for level in levels]
        for names, levels in zip(told, (means.index, means.columns), strict=True)
    )
    return means.set_axis(down, axis=0).set_axis(across, axis=1)


def _variants(page: SweepPage) -> Section:
    alpha, lower, upper = (f"{what}_{page.yardstick}" for what in ("alpha", "lower", "upper"))
    tested = alpha in page.rows
    columns = (
        Column("Variant"),
        *(Column(setting(key), secondary=True) for key in page.settings),
        *((Column(f"Edge over {page.yardstick}"),) if tested else ()),
        Column("Return a year"),
        Column("Turnover"),
        Column("Cost drag"),
        Column("Names"),
    )
    rows = tuple(
        (
            str(int(row["number"])),
            *(_value(row[key]) for key in page.settings),
            *((Cell(signed(row[alpha]), detail=interval(row[lower], row[upper])),) if tested else ()),
            signed(row["annual_return"]),
            percent(row["turnover"], 0),
            percent(row["cost_drag"], 2),
            number(row["names"], 0),
        )
        for _, row in page.rows.head(SHOWN).iterrows()
    )
    note = f"The best {number(len(rows), 0)} of {number(page.variants, 0)}, not charged for it; all: variants.parquet."
    command = f"active-edge sweep {page.folder} --take "
    table = Table("Variants", columns, rows, note=note, folded=True, found=True)
    take = Prose(
        f"Take this variant: in the results folder, {command}N writes variant N as a strategy and a screen of its own."
    )
    return Section("variants", "Variants", "What did each of them do?", (table, take))


def _value(value: object) -> str:
    if isinstance(value, str) or is_missing(value):
        return str(value)
    return ("on" if value else "off") if str(value) in ("True", "False") else significant(value)


@dataclass(frozen=True)
class FamilyNumbers:
    """What all variants say together, as `sweeping.family.FamilyFindings` has it; `around` the best, and of all.

    rates : by test, its false alarms at the length nearest the sweep's.
    """

    spa: float
    superior: int
    pbo: float | None
    deflated: float | None
    alpha: float
    believed: float
    error: float
    none_above: float
    around: tuple[float, float] | None
    best: int
    rates: Mapping[str, FalsePositiveRate] = field(default_factory=dict)

    def words(self) -> list[tuple[str, str, str]]:
        """Label, value and meaning of each."""
        found = [
            (
                "none beats it (SPA)",
                p_value(self.spa),
                f"p of: not one of them has an edge{self._rate('superior_predictive_ability')}",
            ),
            (
                "found better (StepM)",
                number(self.superior, 0),
                f"variants that stand once all are charged for, 5 %{self._rate('step_m')}",
            ),
            ("best variant", f"{self.best}: {signed(self.alpha)}", "its edge a year, as estimated"),
            ("believed of it", f"{signed(self.believed)} ± {percent(self.error)}", "after shrinking it to the others"),
            ("no edge above", signed(self.none_above), "of any of them, 95 %"),
            ("overfitting (PBO)", percent(self.pbo, 0), "how often the best falls below the middle; luck: 50 %"),
            ("deflated", percent(self.deflated, 0), "chance that it is better than the best of as many by luck"),
        ]
        if self.around is not None:
            near, middle = self.around
            word = "plateau" if near - middle >= 0.5 * (self.alpha - middle) else "spike"
            found.append((word, signed(near), "median edge of the variants next to the best"))
        return found

    def _rate(self, test: str) -> str:
        measured = self.rates.get(test)
        if measured is None:
            return ""
        drifting = "" if measured.drifting is None else f", {percent(measured.drifting)} where styles drift"
        return f"; false alarms {percent(measured.rate)} at {number(measured.months, 0)} months{drifting}"
