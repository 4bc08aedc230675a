"""The calibration document: everything found with the command, seed and day behind it, and what to say of each test."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from active_edge.calibration.bands import band
from active_edge.calibration.campaign import Finished, Plan, fingerprint
from active_edge.calibration.portfolios import FAMILY, MAIN
from active_edge.calibration.summary import LEVEL, summarise
from active_edge.calibration.worlds import HONEST, WORLDS
from active_edge.errors import DataError
from active_edge.ordinary import ordinary_bytes
from active_edge.whole import write_whole

CHANCE = (
    "Cosine errors hold 5 % on independent months and 7 to 8 % where a style drifts for half-years; over all sixteen "
    "screens the rate is given below."
)
NEWEY_WEST = "The errors most papers print, beside it: too small in short or drifting samples; no word reads them."
EXPLANATIONS: Mapping[str, str] = MappingProxyType(
    {
        "factor_alpha": CHANCE,
        "four_factor_alpha": CHANCE,
        "alpha_IWM": "The premium of smaller firms, not the test: an equal-weighted screen leans to them more than the "
        "index does, so its alpha on the index is truly above zero; held against that truth the rate is nominal.",
        "alpha_IWM_newey_west": NEWEY_WEST,
        "alpha_IJR": "The premium of smaller firms, as on IWM.",
        "alpha_IJR_newey_west": NEWEY_WEST,
        "four_factor_alpha_newey_west": NEWEY_WEST,
        "twins": "Held against the mean of its twins on the factors, one-sided, after costs: the twins match size and "
        "sector, and what they do not match is left to the factors.",
        "random_portfolios": "Twins match size and sector, not factor loadings: what a factor happened to earn moves "
        "the portfolio and not its twins, in either direction. Placed by factor alpha instead, it is not too bold.",
        "random_portfolios_by_factor_alpha": "Names that pass a quality screen are calmer than their twins, "
        "whose alphas scatter more: the test is cautious.",
        "superior_predictive_ability": "Signs of whole months, the regression fitted anew: cosine errors in each.",
        "step_m": "As superior_predictive_ability.",
        "superior_predictive_ability_fixed_hedge": "As it was published, on returns hedged once: loadings are not "
        "estimated anew and the error of each mean is taken as known. No page reads it.",
        "step_m_fixed_hedge": "As superior_predictive_ability_fixed_hedge.",
        "holm": "Holds under any dependence, so it is cautious where screens resemble each other.",
        "deflated_sharpe": "Asks for the expected best of sixteen and a margin on top: cautious by design.",
        "deflated_sharpe_IWM": "Cautious by design; the spread of ratios on an index holds tilts as well as luck.",
        "sharpe_above_zero": "A well-known wrong test: the market premium alone passes it.",
        "overlapping_years_naive_t": "A well-known wrong test: windows that overlap are not observations.",
        "best_of_16_naive": "A well-known wrong test: the best of sixteen, told as if it were the only one.",
        "paired_difference": "Two screens that differ by luck alone.",
    }
)
"""What is to be said of a test whose rate is off."""
CONSERVATIVE = ("holm", "deflated_sharpe", "deflated_sharpe_IWM")
"""Built to reject less often than 5 %: only a higher rate is told."""
BESIDE = ("monthly", "windows")
"""Parts of the document that are measured apart from markets, and stay where they are not measured anew."""
WRONG_TESTS = ("sharpe_above_zero", "overlapping_years_naive_t", "best_of_16_naive")
"""Measured to show how wrong they are; no report prints them."""


def calibration_document(
    plan: Plan, finished: Finished, *, command: str, created: str, daily: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The whole document, plain JSON content; numbers are rounded to six digits, so that a diff shows what moved.

    Returns
    -------
    mapping
        command, seed, created, code (fingerprint), years, firms, judged (the screen), worlds (see `summarise`),
        notes (why, for every test whose rate luck does not allow), daily (see `summarise_daily`).
    """
    worlds = summarise(finished)
    tests = worlds.get(HONEST, {}).get("tests", {})
    off = [name for name, test in tests.items() if not _explained(name, test["reject"], plan, len(tests))]
    document = {
        "command": command,
        "seed": plan.seed,
        "created": created,
        "code": fingerprint(),
        "years": plan.years,
        "firms": plan.firms,
        "judged": FAMILY[MAIN],
        "worlds": worlds,
        "notes": {name: EXPLANATIONS.get(name, "") for name in off},
        "daily": dict(daily) if daily else None,
    }
    return dict(rounded(document))


def _explained(name: str, rate: float, plan: Plan, tests: int) -> bool:
    """Whether luck allows the rate of a test on null markets, given how many are measured together."""
    markets = plan.count(WORLDS[HONEST])
    return band(markets, LEVEL, tests, conservative=name in CONSERVATIVE).holds(round(rate * markets))


def read_document(path: Path) -> dict[str, Any]:
    """A document written before; empty where there is none.

    Raises
    ------
    DataError : the file is not one.
    """
    if not path.exists():
        return {}
    try:
        content = json.loads(ordinary_bytes(path))
        if not isinstance(content, dict):
            raise ValueError("it is no mapping of names to what was measured")
        return content
    except (OSError, ValueError, RecursionError) as error:
        why = getattr(error, "strerror", None) or error
        raise DataError(f"{path}: not a calibration document ({why}); delete it or name another --table") from None


def write_document(document: Mapping[str, Any], path: Path) -> Path:
    """The document as a JSON file."""
    return write_whole(path, json.dumps(document, indent=1, ensure_ascii=False) + "\n")


def rounded(value: Any) -> Any:
    """Plain JSON content with every number rounded to six digits."""
    if isinstance(value, Mapping):
        return {key: rounded(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(inner) for inner in value]
    return round(value, 6) if isinstance(value, float) else value
