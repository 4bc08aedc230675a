"""From findings on published returns to the article, claim by claim."""

from __future__ import annotations

from collections.abc import Sequence

from active_edge.article.article import Claim, load_claims
from active_edge.article.claims import Judged
from active_edge.published.findings import Finding
from active_edge.verdicts import Word


def claims_from_findings(findings: Sequence[Finding]) -> list[Judged]:
    """The article's claims on published returns alone: those a finding speaks to, the others not testable."""
    by_test = {finding.question.test: finding for finding in findings}
    return [_from_finding(claim, by_test.get(claim.finding)) for claim in load_claims()]


def _from_finding(claim: Claim, finding: Finding | None) -> Judged:
    if finding is None or finding.estimate is None:
        why = f" ({finding.reason})" if finding is not None else ""
        run = f"; then active-edge backtest strategies/{claim.strategy}.yaml" if claim.strategy else ""
        return Judged(
            claim,
            Word.NOT_TESTABLE,
            f"Published returns cannot say{why}: it takes {claim.needs}{run}. {claim.known}",
        )
    estimate = finding.estimate
    return Judged(
        claim,
        finding.verdict,
        f"On portfolios on paper, before costs. {finding.reason}",
        benchmark="all small caps",
        alpha_annual=estimate.annual,
        interval=estimate.interval,
        t=estimate.t,
        p=estimate.p,
        p_adjusted=finding.p_adjusted,
        mde_annual=finding.mde_annual,
        trials=finding.trials,
        start=estimate.start.date().isoformat(),
        end=estimate.end.date().isoformat(),
        n=estimate.n,
    )
