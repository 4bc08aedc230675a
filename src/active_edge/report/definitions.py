"""What each number of a page is: unit, definition and frequency, told on hover by the label it stands under."""

from __future__ import annotations

COMPOUND = "Decimal in percent; compound"
ARITHMETIC = "Percent a year; arithmetic, of complete months"
PLAIN = "Plain number"

DEFINITIONS: dict[str, str] = {
    "Alpha a year": f"{ARITHMETIC}: mean return over cash beyond beta times the benchmark’s, net of costs.",
    "Edge a year": f"{ARITHMETIC}: the alpha on what is named, net of costs.",
    "95 % interval": "Percent a year (ratios: plain), two-sided, on equal-weighted-cosine errors of complete months.",
    "t": f"{PLAIN}: estimate over its standard error.",
    "p · trials": "Probability, two-sided where nothing else is said, and how many trials it has to be read with.",
    "p adjusted for trials": "Probability, charged for every trial the ledger counts.",
    "p, Holm": "Probability of the leg’s share, charged for all legs (Holm).",
    "Active return a year": "Percent a year, compound return less the benchmark’s compound return.",
    "Tracking error": "Percent a year: standard deviation of the monthly return less the benchmark’s, times √12.",
    "Information ratio": f"{PLAIN} a year: mean active return over tracking error, of complete months.",
    "Beta": f"{PLAIN}: slope of the monthly return over cash on the benchmark’s.",
    "Up capture": "Percent of the benchmark’s compound rise in its rising months.",
    "Down capture": "Percent of the benchmark’s compound fall in its falling months.",
    "Smallest edge visible": f"{ARITHMETIC}: the alpha that a run of so many months finds four times in five.",
    "Total return": f"{COMPOUND}, over the whole run, net of costs.",
    "Return a year": f"{COMPOUND} a year, of sessions, net of costs.",
    "Volatility": "Percent a year: standard deviation of the returns of sessions, times √252.",
    "Sharpe ratio, daily": f"{PLAIN} a year: mean return over cash over its standard deviation, of sessions.",
    "Deepest fall": "Percent: from the highest close so far to the lowest after it.",
    "Sortino ratio": f"{PLAIN} a year: mean over cash by the deviation of what fell short of it, of sessions.",
    "Calmar ratio": f"{PLAIN}: compound return a year over the deepest fall.",
    "Worst month in twenty": "Percent a month: historical value at risk at 95 %, of complete months.",
    "Mean of the worst": "Percent a month: historical expected shortfall at 95 %, of complete months.",
    "Skew of months": f"{PLAIN}: third standardised moment of complete months.",
    "Months above zero": "Percent of complete months whose net return is above zero.",
    "Best month": "Percent, compound over a complete calendar month, net of costs.",
    "Worst month": "Percent, compound over a complete calendar month, net of costs.",
    "Depth": "Percent: from the high to the lowest close, net of costs.",
    "Length": "Sessions from the high to the recovery, or to the end of the run.",
    "Years needed": "Years of months as noisy as these until an edge of the size estimated would be told from luck.",
    "Track record needed": "Years: minimum track record (Bailey, López de Prado) of hedged months, one-sided 95 %.",
    "Trials": "Count: different things tried on this kind of market, as the ledger has them.",
    "Deflated Sharpe ratio": "Probability that the Sharpe ratio is more than the best of so many trials without skill.",
    "Portfolio": "Of the portfolio, net of costs; in the unit of the table.",
    "Benchmark’s own": f"{PLAIN} a year: the benchmark’s own Sharpe ratio of the same months.",
    "Difference": f"{PLAIN} a year: the portfolio’s Sharpe ratio less the benchmark’s, of complete months.",
    "The leg adds": f"{ARITHMETIC}: alpha of all legs less that of all legs but this one.",
    "Alpha without it": f"{ARITHMETIC}: alpha of the portfolio of all other legs.",
    "Share of the alpha": f"{ARITHMETIC}: mean of what the leg adds over every order of legs (Shapley).",
    "Alone": f"{ARITHMETIC}: alpha of the universe with this leg alone, less that of the universe.",
    "Last": f"{ARITHMETIC}: what the leg adds to all others.",
    "Weight": "Percent of the portfolio’s value, cash included; where two stand side by side, mean over the decisions.",
    "Index": "Percent of the rebuilt index’s value, mean over the decisions.",
    "Allocation": "Percent a year, summed from decision to decision: what the tilt to the group earned.",
    "Selection": "Percent a year, summed from decision to decision: what its names earned beyond the index’s.",
    "Interaction": "Percent a year, summed from decision to decision: tilt and names at once.",
    "Together": "Percent a year: allocation, selection and interaction.",
    "Beyond the rebuilt index": "Percent a year, summed from decision to decision, net of costs.",
    "Trading and costs": "Percent a year: what no allocation or selection explains.",
    "Earned": "Percent of the capital at the start: cash back and value at the end, less cash paid.",
    "Earned, of the capital at the start": "Percent: what all names of the sector earned, net of their own costs.",
    "First and last day held": "The days of the first and the last fill, or the end of the run where it is still held.",
    "Chosen since": "The decision since which it was chosen without a break, up to the one shown.",
    "Rank": "Place by score among the names that pass every rule; 1 is best.",
    "Score": "0 to 1: weighted mean of the percentiles of the ranking terms.",
    "Data age, days": "Calendar days from the end of the oldest period behind the values to the decision.",
    "Rules with data": "Percent of the rules for which the company had a value.",
    "Candidates with a value": "Percent of the candidates, mean over the decisions.",
    "of them from 12-month figures alone": "Percent of those values made from yearly figures, for want of quarters.",
    "Turnover": "Percent of the portfolio a year, one way: half of what was bought and sold.",
    "Cost drag": "Percent of capital a year: return before costs less return after them, arithmetic.",
    "Break-even cost": "Basis points of each dollar traded that would take the alpha on the yardstick to zero.",
    "Of capital a year": "Percent a year of 252 sessions, arithmetic.",
    "Not filled": "US dollars at the close of the first session on which it should have been filled.",
    "Last return applied": "Percent: the return on the day the series ended, from the last price.",
    "Shares": "Count, as quoted on the day.",
    "Price paid": "US dollars a share, half spread and impact included.",
    "Value": "US dollars: shares times price paid; of a test, its own statistic.",
    "Cost": "US dollars: commission, half spread and impact.",
    "Companies on the market": "Count of companies with a price on the date.",
    "Largest market value": "US dollars: at the upper cut where one was asked for, else of the largest name.",
    "Smallest market value": "US dollars: at the lower cut where one was asked for, else of the smallest name.",
}
OPENINGS = {
    "Active on ": "Percent, compound return of the calendar year less the benchmark’s.",
    "Names in the universe": "Count on the date.",
}


def defined_as(label: str) -> str:
    """Unit, definition and frequency of the number under a label; empty where it has none of its own."""
    opening = next((text for start, text in OPENINGS.items() if label.startswith(start)), "")
    return DEFINITIONS.get(label, opening)
