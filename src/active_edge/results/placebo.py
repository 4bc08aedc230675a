"""What the placebo of a strategy found, as numbers of its run."""

from __future__ import annotations

from active_edge.errors import MissingInput
from active_edge.inference.binomial import binomial_interval
from active_edge.judging.judgement import Judgement
from active_edge.placebo.rates import placebo
from active_edge.progress import Progress, silent
from active_edge.robustness_stats import PlaceboStats
from active_edge.run.own_weights import OwnRules

WORKERS = 2


def placebo_of(judgement: Judgement, *, progress: Progress = silent) -> PlaceboStats:
    """The strategy of a judged run on simulated months of the same length, charged for as many trials."""
    months = round(judgement.samples.months.calendar_months)
    if isinstance(judgement.result.strategy.rules, OwnRules):
        return PlaceboStats(why_not="weights from a file say nothing of whom they would hold elsewhere")
    try:
        found = placebo(
            judgement.result.strategy,
            months=months,
            trials=judgement.tally.trials,
            workers=WORKERS,
            plugins=judgement.result.decision.plugins.values(),
            progress=progress,
        )
    except MissingInput as error:
        return PlaceboStats(why_not=str(error))
    n = found.worlds

    def rate(hits: int) -> tuple[float, tuple[float, float]]:
        return hits / n, binomial_interval(hits, n)

    tilted = rate(found.rejected_factors)
    rejects, claims, planted = rate(found.rejected), rate(found.claimed), rate(found.claimed_planted)
    passes, passes_planted = rate(found.passed), rate(found.passed_planted)
    return PlaceboStats(
        worlds=n,
        months=found.months,
        failed=found.failed,
        why_failed=found.why_failed,
        run_months=months,
        edge=found.edge,
        trials=found.trials,
        benchmarks=found.benchmarks,
        rejects=rejects[0],
        rejects_ci=rejects[1],
        rejects_factors=tilted[0],
        rejects_factors_ci=tilted[1],
        claims=claims[0],
        claims_ci=claims[1],
        claims_planted=planted[0],
        claims_planted_ci=planted[1],
        passes=passes[0],
        passes_ci=passes[1],
        passes_planted=passes_planted[0],
        passes_planted_ci=passes_planted[1],
    )
