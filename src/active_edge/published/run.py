"""The evidence run: published returns in, a verdict line for every question, the ledger, JSON and a page out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from active_edge.article.claims import Judged
from active_edge.ledger import Ledger, Trial
from active_edge.published.claims import claims_from_findings
from active_edge.published.estimates import Measurement
from active_edge.published.evidence_page import render_evidence, render_real
from active_edge.published.findings import Finding, judge_measurements
from active_edge.published.funds import fund_measurements
from active_edge.published.real import real_measurements
from active_edge.published.return_files import load_published_returns
from active_edge.published.returns import PublishedReturns
from active_edge.published.shipped_returns import shipped_returns
from active_edge.published.tilts import size_measurements, tilt_measurements
from active_edge.report.document import write_library
from active_edge.results.evidence import REAL, write_evidence

LEDGER_NAME = "published evidence"


@dataclass(frozen=True)
class EvidenceRun:
    """Findings on published returns, the article's claims on them, and where the page stands."""

    returns: PublishedReturns
    findings: tuple[Finding, ...]
    claims: tuple[Judged, ...]
    page: Path

    def lines(self) -> list[dict[str, Any]]:
        """As `evidence_lines`."""
        return evidence_lines(self.returns, self.findings, self.claims)


def run_evidence(data: str | Path | None = None, *, out: str | Path = "results") -> EvidenceRun:
    """Every test on the published returns of a folder; its trials are written into the ledger, then its page.

    Parameters
    ----------
    data : as `load_published_returns`.
    out : results folder; the page is written to its folder `evidence`.

    The family of tests is fixed in the code. Each is charged for all that could be computed; rerunning the same
    tests on the same data is no new trial.

    Raises
    ------
    MissingInput, DataError
        As `load_published_returns`.
    LedgerError
        The ledger cannot be read or written; then nothing is judged or written.
    """
    returns = load_published_returns(data)
    measured = measure_all(returns)
    results = Path(out)
    Ledger().record(_trials(measured, returns.snapshot, simulated=returns.simulated), out=results)
    findings = judge_measurements(measured)
    claims = claims_from_findings(findings)
    html = render_evidence(returns, findings, claims)
    page = write_evidence(results, html, evidence_lines(returns, findings, claims))
    return EvidenceRun(returns, tuple(findings), tuple(claims), page)


@dataclass(frozen=True)
class RealRun:
    """Findings on the real returns that come with the program's libraries, and where the page stands."""

    findings: tuple[Finding, ...]
    page: Path
    first: pd.Timestamp
    last: pd.Timestamp


def run_real(out: str | Path = "results", *, shared: bool = False) -> RealRun:
    """What real returns say, offline; its trials are written into the ledger, then its page `real/report.html`.

    Parameters
    ----------
    shared : the drawing library in a file of the results folder instead of in the page.

    Raises
    ------
    LedgerError
        The ledger cannot be read or written; then nothing is judged or written.
    """
    data, results = shipped_returns(), Path(out)
    measured = real_measurements(data)
    Ledger().record(_trials(measured, data.snapshot, simulated=False), out=results)
    findings = judge_measurements(measured)
    lines = [finding.to_dict() | {"snapshot": data.snapshot, "simulated": False} for finding in findings]
    library = f"../{write_library(results).name}" if shared else ""
    page = write_evidence(results, render_real(data.snapshot, findings, library=library), lines, folder=REAL)
    months = data.long_factors.index
    return RealRun(tuple(findings), page, months[0], months[-1])


def evidence_lines(
    returns: PublishedReturns, findings: Sequence[Finding], claims: Sequence[Judged]
) -> list[dict[str, Any]]:
    """Every verdict line as plain JSON content: the findings, then the article's claims."""
    stamp = {"snapshot": returns.snapshot, "simulated": returns.simulated}
    lines = [finding.to_dict() | stamp for finding in findings]
    return lines + [_claim_line(claim, returns) | stamp for claim in claims]


def measure_all(returns: PublishedReturns) -> list[Measurement]:
    """Every question, in a fixed order."""
    return [*fund_measurements(returns), *tilt_measurements(returns), *size_measurements(returns)]


def _trials(measured: Sequence[Measurement], snapshot: str, *, simulated: bool) -> list[Trial]:
    return [
        Trial(
            strategy=found.question.test,
            screen=LEDGER_NAME,
            configuration={"evidence": found.question.test},
            start=found.estimate.start.date().isoformat(),
            end=found.estimate.end.date().isoformat(),
            snapshot=snapshot,
            simulated=simulated,
            information_ratio=None,
            kind="evidence",
        )
        for found in measured
        if found.estimate is not None
    ]


def _claim_line(judged: Judged, returns: PublishedReturns) -> dict[str, Any]:
    line = judged.to_dict()
    return {"test": f"claim_{line.pop('name')}", "section": "The article", **line, "source": returns.source}
