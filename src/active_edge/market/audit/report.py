"""What to distrust in a market: coverage, exits, suspect days and returns, filing lags, in words and in numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from active_edge.market.audit.contradictions import Contradictions, find_contradictions
from active_edge.market.audit.doubts import known_doubt, list_doubt, market_doubts, odd_doubt
from active_edge.market.audit.member_days import MemberDays, member_days
from active_edge.market.audit.missing_names import MissingNames, bound_missing
from active_edge.market.audit.provenance import FilingLags, coverage_by_year, filing_lags
from active_edge.market.audit.rarely_priced import named, rarely_priced, sparse_doubt
from active_edge.market.audit.silent_names import silent_named, silent_sessions
from active_edge.market.audit.survivorship import EDGE_SESSIONS, REAL_EXIT_RATE, Survivorship, judge_survivorship
from active_edge.market.audit.suspects import Suspects, find_suspects
from active_edge.market.audit.unlike_exits import unlike_columns
from active_edge.market.odd_closes import KINDS, odd_closes
from active_edge.market.store import Market
from active_edge.stored import plain_json
from active_edge.words import interval, number, percent, signed, significant

SHOWN = 5
"""Examples of each kind."""


@dataclass(frozen=True)
class AuditReport:
    """Everything `active-edge data audit` prints.

    Attributes
    ----------
    manifest
        The snapshot's manifest.
    coverage
        (items × years) share of companies with a usable value at the year's last session.
    companies
        Companies by year: listed then and with facts filed.
    warnings
        What every page made from this market must say; empty where nothing is wrong.
    member_days
        Of each index with member lists: share of members × days with a price, a volume, known dividends, by year.
    sparse_names
        Assets with weekly or monthly prices among daily ones at the end of some month.
    silent_names
        Assets without a price on the last sessions, up to twenty, and without an exit.
    import_findings
        Lines of the import report: kind and count by severity.
    """

    path: str
    manifest: dict[str, Any]
    sessions: int
    assets: int
    coverage: pd.DataFrame
    companies: pd.Series
    survivorship: Survivorship
    missing_names: MissingNames
    member_days: tuple[MemberDays, ...]
    suspects: Suspects
    lags: FilingLags | None
    contradictions: Contradictions
    sparse_names: tuple[str, ...]
    silent_names: tuple[str, ...]
    import_findings: tuple[dict[str, Any], ...]
    warnings: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON-serialisable values; missing numbers are None."""
        content = {
            "path": self.path,
            "manifest": self.manifest,
            "sessions": self.sessions,
            "assets": self.assets,
            "coverage": {item: dict(row) for item, row in self.coverage.iterrows()},
            "companies": dict(self.companies),
            "survivorship": asdict(self.survivorship),
            "missing_names": {
                "share": self.missing_names.missing_share,
                "edge": dict(self.missing_names.edge),
                "years": self.missing_names.years.reset_index(),
            },
            "member_days": [one.to_dict() for one in self.member_days],
            "suspects": asdict(self.suspects),
            "filing_lags": None if self.lags is None else asdict(self.lags),
            "contradictions": {
                "years": self.contradictions.years,
                "counts": self.contradictions.counts(),
                "found": self.contradictions.found,
                "interim": self.contradictions.interim,
            },
            "sparse_names": list(self.sparse_names),
            "silent_names": list(self.silent_names),
            "import_findings": list(self.import_findings),
            "warnings": list(self.warnings),
        }
        plain: dict[str, Any] = plain_json(content)
        return plain

    def lines(self) -> list[str]:
        """Return the report as lines of text for people, warnings first."""
        return [
            *_heading(self),
            *_warning_lines(self.warnings),
            *_exit_lines(self.survivorship),
            *_missing_lines(self.missing_names),
            *(line for one in self.member_days for line in one.lines()),
            *_coverage_lines(self.coverage, self.companies),
            *_lag_lines(self.lags),
            *_contradiction_lines(self.contradictions),
            *_suspect_lines(self.suspects),
            *_import_lines(self.import_findings),
        ]


def audit_market(market: Market) -> AuditReport:
    """Examine a stored market and return what to distrust in it."""
    survivorship = judge_survivorship(market)
    lags = filing_lags(market)
    coverage, companies = coverage_by_year(market)
    sparse = rarely_priced(market)
    doubts = [*market_doubts(market), *known_doubt(unlike_columns(market))]
    if sparse.any():
        doubts.append(sparse_doubt(f"{named(market, sparse)} at the end of some month; none is bought while it is so"))
    doubts += odd_doubt(market, odd_closes(market))
    doubts += list_doubt(market, market.index_names, market.sessions[-1])
    warnings = [f"{doubt.name}: {doubt.text}" for doubt in doubts]
    silent = np.flatnonzero(silent_sessions(market))
    if len(silent):
        warnings.append(f"names silent at the end: {silent_named(market, silent)}")
    warnings += lags.warnings if lags else ("there are no facts: no screen on companies can be tested",)
    warnings[:0] = [f"pulled without all of {one.line()}" for one in market.missing]
    if market.spacing != "daily":
        warnings.insert(0, f"prices are {market.spacing}: no strategy can be traded on them")
    if market.simulated:
        warnings.insert(0, "SIMULATED: this market is made up")
    return AuditReport(
        path=str(market.path),
        manifest=market.manifest,
        sessions=len(market.sessions),
        assets=len(market.assets),
        coverage=coverage,
        companies=companies,
        survivorship=survivorship,
        missing_names=bound_missing(market),
        member_days=member_days(market),
        suspects=find_suspects(market),
        lags=lags,
        contradictions=find_contradictions(market),
        sparse_names=tuple(market.assets[sparse]),
        silent_names=tuple(market.assets[silent]),
        import_findings=tuple(market.report.get("findings", ())),
        warnings=tuple(warnings),
    )


def _heading(report: AuditReport) -> list[str]:
    tables = report.manifest["tables"]
    prices = tables["prices"]
    rows = ", ".join(f"{name} {entry['rows']:,}" for name, entry in tables.items())
    return [
        f"market {report.path}, snapshot {report.manifest['snapshot']}, created {report.manifest['created']}",
        f"from {'; '.join(report.manifest['sources'])}",
        f"{report.assets:,} assets, {report.sessions:,} sessions {prices['first']} to {prices['last']}; rows: {rows}",
    ]


def _warning_lines(warnings: Iterable[str]) -> list[str]:
    return [f"WARNING {text}" for text in warnings] or ["no warning"]


def _exit_lines(survivorship: Survivorship) -> list[str]:
    lines = ["", f"exits by year (annualised; real small caps {interval(*REAL_EXIT_RATE, decimals=0, sign=False)})"]
    lines.append(f"{'year':>6} {'alive':>7} {'exits':>6} {'rate':>6}   {'companies':>9} {'exits':>6} {'rate':>6}")
    lines += [
        f"{y.year:>6} {y.alive:>7,} {y.exits:>6,} {percent(y.rate):>6}   "
        f"{y.companies_alive:>9,} {y.company_exits:>6,} {percent(y.company_rate):>6}"
        for y in survivorship.years
    ]
    verdict = "suspected" if survivorship.suspected else "not suspected"
    lines.append(
        f"survivorship {verdict}: {percent(survivorship.exit_rate)} of companies end in a year, {EDGE_SESSIONS} "
        f"days hold {percent(survivorship.edge_share, 0)} of all exits; bound on the bias "
        f"{percent(survivorship.bias_bound_annual)} a year"
    )
    return lines


def _missing_lines(missing: MissingNames) -> list[str]:
    if not missing.years["missing"].any():
        return ["names with filings and no prices: none"]
    edges = "; ".join(f"{signed(edge)} a year if {case}" for case, edge in missing.edge.items())
    return [
        f"names with filings and no prices: {percent(missing.missing_share)} of the universe. Edge of those priced: "
        f"{edges}"
    ]


def _coverage_lines(coverage: pd.DataFrame, companies: pd.Series) -> list[str]:
    if coverage.empty:
        return ["", "coverage: no facts"]
    lines = ["", "coverage: share of companies with a usable value at the year's last session"]
    lines.append(f"{'item':28}" + "".join(f"{year:>8}" for year in coverage.columns))
    lines.append(f"{'(companies)':28}" + "".join(f"{count:>8,}" for count in companies))
    lines += [f"{item:28}" + "".join(f"{percent(share, 0):>8}" for share in row) for item, row in coverage.iterrows()]
    return lines


def _lag_lines(lags: FilingLags | None) -> list[str]:
    if lags is None:
        return []
    spread = ", ".join(f"{name} {number(days, 0)}" for name, days in lags.quantiles.items())
    return [
        "",
        f"days from period end to filing: {spread}",
        f"late {percent(lags.late_share)}, within a week {percent(lags.implausible_share)}, restated "
        f"{percent(lags.restated_share)}, "
        f"commonest lag {lags.commonest_lag_days} days ({percent(lags.commonest_lag_share)})",
    ]


def _contradiction_lines(contradictions: Contradictions) -> list[str]:
    found, revenue = contradictions.found, contradictions.of_revenue()
    lines = [f"years of revenue that do not fit the months before them: {len(revenue):,} of {contradictions.years:,}"]
    if len(revenue):
        lines[0] += "; their fourth quarters, and those of income in the same filings, are missing"
    if len(found) > len(revenue):
        lines.append(f"years of other lines of the statement that do not: {len(found) - len(revenue):,}")
    for reason, count in contradictions.counts().items():
        if count:
            lines.append(f"  {count:,} {reason}:")
            lines += [
                f"    {row.asset} {row.period_end:%Y-%m-%d}: "
                + ("" if row.item == "revenue" else f"{row.item}, ")
                + f"year {number(row.year, 0)}, nine months {number(row.nine_months, 0)}"
                for row in found[found["reason"] == reason].head(SHOWN).itertuples()
            ]
    return [*lines, *_to_date_lines(contradictions)]


def _to_date_lines(contradictions: Contradictions) -> list[str]:
    """Figures of six and nine months that do not fit those before; nothing where none is."""
    found = contradictions.interim
    if found.empty:
        return []
    revenue = int((found["item"] == "revenue").sum())
    return [
        f"six and nine months of revenue that do not fit the months before them: {revenue:,} of "
        f"{contradictions.spans:,}; of other lines: {len(found) - revenue:,}; their last quarters are missing,",
        "and those of income in the same filings:",
        *(
            f"    {row.asset} {row.period_end:%Y-%m-%d}: {row.item}, {row.months} months {number(row.value, 0)}, "
            f"the {row.months - 3} before {number(row.before, 0)}: {row.reason}"
            for row in found.head(SHOWN).itertuples()
        ),
    ]


def _suspect_lines(suspects: Suspects) -> list[str]:
    odd = suspects.odd_closes
    lines = ["", f"suspect sessions: {len(suspects.days):,} of the market, {len(odd):,} of single names"]
    lines += [
        f"  {day.session:%Y-%m-%d}: {day.rows:,} rows ({day.usual_rows:,} are usual), {day.returns:,} with a return"
        + (f", {day.contradicted:,} of them contradicted by the closes" if day.contradicted else "")
        for day in suspects.days.itertuples()
    ]
    for kind in KINDS:
        own = odd[odd["kind"] == kind]
        lines += [f"  {row.asset} {row.session:%Y-%m-%d}: {row.why}" for row in own.head(SHOWN).itertuples()]
        lines += [f"  {len(own) - SHOWN:,} more of this kind"] if len(own) > SHOWN else []
    lines.append(f"known returns beyond ±100 %: {suspects.known_beyond_100:,}; the largest:")
    lines += _move_lines(suspects.largest_returns)
    lines.append(
        f"jumps by five times or more that come back within five rows: {suspects.jumps_and_back:,}; the largest:"
    )
    lines += _move_lines(suspects.largest_jumps)
    lines.append(
        f"unknown returns: {suspects.unknown_returns:,} ({percent(suspects.unknown_share)} of rows), chained as "
        f"close/close; beyond ±50 % or like a split, taken as zero: {suspects.unchained:,}; the largest:"
    )
    lines += _move_lines(suspects.largest_unchained)
    lines.append(
        f"splits inferred from prices: {suspects.splits:,}; rows that look like one and are not taken for one: "
        f"{len(suspects.unwitnessed):,}, of which {suspects.undecided:,} may be one and leave market value unknown "
        "until shares are counted again, such as"
    )
    lines += _move_lines(suspects.unwitnessed.head(SHOWN))
    lines.append(f"reused tickers: {len(suspects.reused_tickers)}")
    lines += [
        f"  {row.ticker}: {row.before} until {row.last_session:%Y-%m-%d} at {significant(row.last_close)}, "
        f"{row.after} from {row.first_session:%Y-%m-%d} at {significant(row.first_close)}"
        for row in suspects.reused_tickers.itertuples()
    ]
    return lines


def _move_lines(moves: pd.DataFrame) -> list[str]:
    return [
        f"  {row.asset} {row.session:%Y-%m-%d}: {significant(row.previous_close)} to {significant(row.close)}"
        for row in moves.itertuples()
    ]


def _import_lines(findings: Iterable[dict[str, Any]]) -> list[str]:
    lines = [f"  {f['severity']} {f['table']}: {f['count']:,} {f['kind']}" for f in findings]
    return ["", "at import", *lines] if lines else []
