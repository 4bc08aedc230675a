"""Every estimator of the package: asking for the list imports the modules that hold one.

Beside the registry, so that what only registers itself does not depend on all the others.
"""

from __future__ import annotations

from collections.abc import Mapping

from active_edge.inference.registry import Estimator, registered


def estimators() -> Mapping[str, Estimator]:
    """Return every estimator of the package by name, in order."""
    # Each of them registers its own on import.
    from active_edge.inference import (  # noqa: F401
        alpha,
        asset_pricing,
        belief,
        best_of,
        bootstrap,
        breaks,
        brinson,
        comparison,
        effective_trials,
        fees,
        foresight,
        joint_alphas,
        multiple,
        overfitting,
        performance,
        position,
        regression,
        shapley,
        sharpe,
        sharpe_difference,
        subperiods,
        superiority,
        tracking,
    )

    return registered()
