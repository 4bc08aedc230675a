"""Readers of the legs: what one filing says on domestic revenue, floating-rate debt and insider ownership.

`read_filing` takes a filing of any kind and answers with a `Reading`; `roll_forward` carries a proxy's group share
forward with Forms 3, 4 and 5. Each value keeps its method, its confidence and the passage it was read from;
docs/legs.md says what every method can and cannot know.
"""

from active_edge.filings.facts import num_reports
from active_edge.filings.filing import read_filing
from active_edge.filings.geography import domestic_share
from active_edge.filings.ownership_forms import Holding, dataset_holdings, form_holdings, roll_forward
from active_edge.filings.reading import Confidence, FiledShare, Reading

__all__ = [
    "Confidence",
    "FiledShare",
    "Holding",
    "Reading",
    "dataset_holdings",
    "domestic_share",
    "form_holdings",
    "num_reports",
    "read_filing",
    "roll_forward",
]
