"""The page of a company with all that one can have."""

import pandas as pd

from active_edge.report.company_page import CompanyPage

WORDS = "All directors and executive officers as a group (11 persons) 1,204,330 12.0%"
HOSTILE = "<script>alert(1)</script>"


def company_of(*, library: str = "") -> CompanyPage:
    """A company with figures of ten years, legs with and without a passage, insiders, news and rules."""
    legs = [
        ("insider_ownership", 0.12, "2020-03-01", "2020-04-01", "DEF 14A", "0001193125-20-017607", "proxy_table"),
        ("domestic_revenue_share", 0.7, "2019-12-31", "2020-02-20", "10-K", "0001193125-20-000001", "fsds:Revenues"),
    ]
    columns = ["item", "value", "period_end", "filed", "form", "accession", "source"]
    years = [f"{year}-12-31" for year in range(2019, 2009, -1)]
    return CompanyPage(
        ticker="AAA",
        name=f"Alpha {HOSTILE}",
        on="2020-06-30",
        simulated=False,
        figures=pd.DataFrame([range(100, 110), range(500, 510)], index=["revenue", "total_assets"], columns=years)
        * 1e6,
        units={"revenue": "USD", "total_assets": "USD"},
        legs=pd.DataFrame(legs, columns=columns).assign(confidence="high", passage=[WORDS, None]),
        insiders=pd.Series([0.1, 0.11, 0.12], index=pd.to_datetime(["2018-04-01", "2019-04-01", "2020-04-01"])),
        latest=pd.DataFrame(
            {"item": ["revenue"], "months": [3], "period_end": ["2020-03-31"], "value": [33e6], "before": [30e6]}
        ),
        latest_filing="2020-05-05, 10-Q",
        rules=pd.DataFrame(
            {"rule": ["gross_profitability"], "said": ["0.41"], "bound": ["at least 0.2"], "passed": [True]}
        ),
        screen="thesis",
        cik=320193,
        library=library,
    )
