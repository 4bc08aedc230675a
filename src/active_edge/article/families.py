"""Every statistic of claims by its family; importing this module gives each its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from active_edge.article.deals import merger_share
from active_edge.article.domestic import domestic_around, domestic_gap, domestic_rising, domestic_sells
from active_edge.article.edge import (
    active_over_passive,
    company_edge_when_volatile,
    edge_when_volatile,
    owners_and_quality,
    quality_in_worst,
    quality_over_all,
    strong_in_worst,
)
from active_edge.article.entrants import (
    entrants_quality,
    listings_trend,
    poor_entrants_lag,
    without_poor_entrants,
    without_unprofitable,
)
from active_edge.article.flows import flow_of_a_year, flows_follow, flows_lead
from active_edge.article.growth import (
    drift_of_small,
    growth_gap,
    pricing_power_pays,
    scalable_pays,
    surprise_moves_small,
)
from active_edge.article.measuring import Measured
from active_edge.article.never import no_statistic
from active_edge.article.premium import premium_given_quality, premium_of_companies, premium_since_known
from active_edge.article.rally import lead_of_small, small_minus_large, total_return
from active_edge.article.rates import (
    companies_on_rate,
    companies_on_rate_squeeze,
    floating_on_rate,
    interest_on_policy,
    small_on_rate,
    small_on_ten_years,
    small_on_volatility,
)
from active_edge.article.valuation import (
    discount_against_usual,
    discount_explained,
    discount_pays,
    discount_today,
    gap_closed,
    multiple_on_floating,
    share_of_multiple,
)

BY_FAMILY: Mapping[str, tuple[Callable[..., Measured], ...]] = {
    "rally": (
        total_return,
        lead_of_small,
        small_minus_large,
    ),
    "valuation": (
        discount_today,
        discount_against_usual,
        discount_explained,
        multiple_on_floating,
        discount_pays,
        gap_closed,
        share_of_multiple,
    ),
    "premium": (
        premium_given_quality,
        premium_since_known,
        premium_of_companies,
    ),
    "entrants": (
        listings_trend,
        entrants_quality,
        without_unprofitable,
        without_poor_entrants,
        poor_entrants_lag,
    ),
    "growth": (
        growth_gap,
        surprise_moves_small,
        drift_of_small,
        pricing_power_pays,
        scalable_pays,
    ),
    "domestic": (
        domestic_gap,
        domestic_sells,
        domestic_rising,
        domestic_around,
    ),
    "rates": (
        small_on_rate,
        small_on_volatility,
        companies_on_rate,
        small_on_ten_years,
        companies_on_rate_squeeze,
        floating_on_rate,
        interest_on_policy,
    ),
    "active_edge": (
        active_over_passive,
        quality_over_all,
        edge_when_volatile,
        company_edge_when_volatile,
        owners_and_quality,
        strong_in_worst,
        quality_in_worst,
    ),
    "flows": (
        flow_of_a_year,
        flows_follow,
        flows_lead,
    ),
    "deals": (merger_share,),
    "none": (no_statistic,),
}
"""Family -> its statistics; `none` says why a claim cannot be answered as it is written."""
