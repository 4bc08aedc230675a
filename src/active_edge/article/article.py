"""The article's claims as data: what each says, which strategy tests it, what it needs, what is already published."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One claim of the article.

    Attributes
    ----------
    name : identifier, unique.
    statement : the claim in one sentence that can be true or false.
    strategy : the shipped strategy that tests it; empty where no strategy can.
    needs : what a market must hold for the test, in words a user can act on.
    published : what was known before any test of ours, with its source.
    finding : the evidence test on published returns that speaks to the same claim; empty where none does.
    """

    name: str
    statement: str
    needs: str
    published: str
    strategy: str = ""
    finding: str = ""


CLAIMS: tuple[Claim, ...] = (
    Claim(
        name="active_beats_passive",
        statement="Active small-cap managers have beaten the passive small-cap index",
        needs="monthly net returns of every small-cap fund, the closed ones included (CRSP mutual funds, SPIVA)",
        published=(
            "It hangs on index and years: the S&P 600 beat 94 % of small-cap funds over 15 years to mid-2017; "
            "in 2024 only 30 % of funds lagged it (S&P Dow Jones, SPIVA scorecards)."
        ),
    ),
    Claim(
        name="balance_sheet",
        statement="Small companies with strong balance sheets beat the index",
        strategy="balance_sheet",
        needs="filed total liabilities (or assets less equity), total assets and cash",
        published=(
            "Current ratio, Altman Z and failure probability are placebos in the open asset-pricing catalogue; "
            "book leverage has had no premium since it was published (Chen & Zimmermann 2022)."
        ),
    ),
    Claim(
        name="insider_ownership",
        statement="Small companies whose insiders own a real stake beat the index",
        strategy="insider_ownership",
        needs="officers' and directors' stakes from proxy statements and Forms 3, 4 and 5 (item insider_ownership)",
        published=(
            "A return signal is published for large stakes of chief executives only "
            "(von Lilienfeld-Toal & Ruenzi 2014); none for the stake of insiders as a group."
        ),
    ),
    Claim(
        name="domestic_revenue",
        statement="Small companies that earn their revenue at home beat the index",
        strategy="domestic_revenue",
        needs="revenue by geography from filings (item domestic_revenue_share)",
        published="No return signal is published for the domestic share of revenue.",
    ),
    Claim(
        name="floating_rate_debt",
        statement="Small companies with little floating-rate debt beat the index",
        strategy="floating_rate_debt",
        needs="debt notes of filings (item floating_rate_debt_share)",
        published="No return signal is published for the floating share of debt.",
    ),
    Claim(
        name="pricing_power",
        statement="Small companies with pricing power beat the index",
        strategy="pricing_power",
        needs="filed revenue and gross profit or cost of revenue",
        published=(
            "Gross profit over assets predicted returns (Novy-Marx 2013); level and steadiness of the gross margin "
            "by themselves are weaker."
        ),
    ),
    Claim(
        name="earnings_growth",
        statement="Small companies whose earnings grow beat the index",
        strategy="earnings_growth",
        needs="filed net income and revenue of at least eight quarters",
        published=(
            "Prices drift after earnings surprises, most in small stocks that cost most to trade "
            "(Bernard & Thomas 1989); growth by itself is not a signal."
        ),
    ),
    Claim(
        name="no_low_quality_entrants",
        statement="Leaving out unprofitable companies and recent unprofitable listings beats the index",
        strategy="avoid_junk",
        needs="filed net income and total assets, and the day each company was listed",
        published="Most of the premium of profitable small caps comes from leaving out the least profitable fifth.",
        finding="no_junk_tilt",
    ),
    Claim(
        name="deep_discount",
        statement="Small caps trade at a deep discount to large caps, and the discount will pay",
        needs=(
            "earnings yields of small and of large caps through several cycles; a discount seen once forecasts nothing "
            "that can be tested"
        ),
        published="Valuation gaps forecast long spans only, with a handful of independent ones in a century.",
    ),
    Claim(
        name="whole_thesis",
        statement="All of it together: quality-screened small caps beat the index by more than a tilt anyone can buy",
        strategy="thesis",
        needs="every item named above",
        published="Quality screens load on the profitability factor, which passive funds sell cheaply.",
    ),
)


def claims_of_strategy(strategy: str) -> tuple[Claim, ...]:
    """The claims that a strategy tests; empty for every strategy that is none of the article's."""
    return tuple(claim for claim in CLAIMS if claim.strategy and claim.strategy == strategy)
