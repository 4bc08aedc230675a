"""How long, and in how much memory, bodies of 60 MB are read: more than any filing has, in the forms that filings have.

    python benchmarks/bodies.py [--megabytes 60] [--only NAME,...]

A row is repeated with other numbers until the body is as large as asked. Each is read in a process of its own; the
table has its seconds of the processor and its peak memory with the libraries. To hold: 20 seconds, 1 GB for 60 MB.
"""

import argparse
import json
import multiprocessing
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass

from active_edge.errors import SourceError
from active_edge.filings.filing import read_filing
from active_edge.sources.sec import companyfacts, edgar_index, fsds, nport

SECONDS, MEGABYTES = 20.0, 1000
HTML_10K = (
    "<html><body><p>FORM 10-K ANNUAL REPORT for the fiscal year ended December 31, 2021</p>"
    "<p>Revenues by geographic area (in thousands):</p>"
)
HEAD_10K = (
    "<DOCUMENT>\n<TYPE>10-K\n<TEXT>\nFORM 10-K ANNUAL REPORT for the fiscal year ended December 31, 2001\n\n"
    "ITEM 7A. QUANTITATIVE AND QUALITATIVE DISCLOSURES ABOUT MARKET RISK\n\n"
)
PROXY = (
    "<html><body><p>SCHEDULE 14A PROXY STATEMENT</p><p>Security Ownership of Certain Beneficial Owners</p>"
    "<p>shares of common stock outstanding: 90,000,000</p>"
)
INSTANCE = (
    '<?xml version="1.0"?><xbrl xmlns="http://www.xbrl.org/2003/instance" '
    'xmlns:us-gaap="http://fasb.org/us-gaap/2021-01-31" xmlns:dei="http://xbrl.sec.gov/dei/2021" '
    'xmlns:xbrldi="http://xbrl.org/2006/xbrldi"><unit id="usd"><measure>iso4217:USD</measure></unit>'
)
CELL = '<td style="padding:2px 1pt 2px 6pt;text-align:right;vertical-align:bottom">'
"""Cells of filings are more style than number: 40 bytes a tag, as in the largest annual reports."""


@dataclass(frozen=True)
class Body:
    """A form of bodies: what begins and ends one, row number `n` of it, and who reads it."""

    begin: str
    row: Callable[[int], str]
    end: str
    read: Callable[[bytes], object]

    def made(self, size: int) -> bytes:
        """A body of about `size` bytes."""
        rows = size // len(self.row(10**6)) + 1
        return "".join([self.begin, *map(self.row, range(rows)), self.end]).encode()


def table_row(n: int) -> str:
    return (
        f"<tr>{CELL}{('United States', 'Germany', 'Other countries', 'Total revenues')[n % 4]}</td>{CELL}&nbsp;</td>"
        f"{CELL}$</td>{CELL}{n % 900 + 1},{n % 1000:03d}</td>{CELL}{n % 800 + 1},{n % 997:03d}</td></tr>"
    )


def debt_row(n: int) -> str:
    kind = ("Term loan, LIBOR plus 2.25%, due 2026", f"{n % 9 + 1}.5% senior notes due 20{n % 30 + 22}", "Total debt")[
        n % 3
    ]
    return f"<tr>{CELL}{kind}</td>{CELL}$</td>{CELL}{n % 900 + 1},{n % 1000:03d}</td></tr>"


def paragraph(n: int) -> str:
    return (
        f"<p>At December 31, 2021 we had ${n % 900}.5 million of borrowings under a credit facility at LIBOR plus "
        f"{n % 5}.25%, and a one percent change in interest rates would change interest expense by ${n % 90} million. "
        f"Sales to customers outside the United States were {n % 60}% of net sales.</p>"
    )


def text_line(n: int) -> str:
    kind = ("Term loan, LIBOR plus 2.25%", f"{n % 9 + 1}.5% senior notes", "Total debt")[n % 3]
    return f"{kind:<44}{n % 900 + 1},{n % 1000:03d}      {n % 800 + 1},{n % 997:03d}\n" + "\n" * (n % 40 == 0)


def owner_row(n: int) -> str:
    who = ("All directors and executive officers as a group (9 persons)", f"Jane Doe {n}, Director")[n % 500 > 0]
    return f"<tr>{CELL}{who}</td>{CELL}{n % 900 + 1},{n % 1000:03d}</td>{CELL}{n % 90 / 10}%</td></tr>"


def fact(n: int) -> str:
    return (
        f'<context id="c{n}"><entity><identifier scheme="http://www.sec.gov/CIK">1</identifier><segment>'
        '<xbrldi:explicitMember dimension="srt:StatementGeographicalAxis">country:US</xbrldi:explicitMember></segment>'
        "</entity><period><startDate>2021-01-01</startDate><endDate>2021-12-31</endDate></period></context>"
        f'<us-gaap:Revenues contextRef="c{n}" unitRef="usd" decimals="-3">{n}000</us-gaap:Revenues>'
    )


def holding(n: int) -> str:
    return (
        f"<invstOrSec><name>Company {n} Inc.</name><lei>N/A</lei><title>Common</title><cusip>{n:09d}</cusip>"
        f"<balance>{n % 999}.0</balance><units>NS</units><curCd>USD</curCd><valUSD>{n % 99999}.25</valUSD>"
        "<pctVal>0.0125</pctVal><payoffProfile>Long</payoffProfile><assetCat>EC</assetCat></invstOrSec>"
    )


def fact_of(n: int) -> str:
    year = 2010 + n % 15
    return (
        f'{{"start":"{year}-01-01","end":"{year}-12-31","val":{n + 1}000,'
        f'"accn":"0000000001-{year % 100:02d}-{n % 10**6:06d}",'
        f'"fy":{year},"fp":"FY","form":"10-K","filed":"{year + 1}-02-25","frame":"CY{year}"}},'
    )


def num_line(n: int) -> str:
    return f"a\tRevenues\tus-gaap/2021\t20211231\t4\tUSD\tGeographical=US;\t\t{n}.0000\t\n"


def read_num(body: bytes) -> object:
    quarter = fsds.Quarter()
    head = b"adsh\tcik\tname\tsic\tform\tperiod\tfy\tfp\tfiled\taccepted\tprevrpt\tdetail\tinstance\n"
    line = b"a\t1\tX\t1\t10-K\t20211231\t2022\tFY\t20220301\t20220301\t0\t1\tx-20211231.xml\n"
    fsds.parse_sub(head + line, quarter, where="f")
    fsds.parse_num(iter([body]), quarter, where="f")
    return fsds.rows(quarter)


def submission(n: int) -> str:
    return f"0000000001-22-{n % 10**6:06d} 10-K 2022-03-01 x-20211231.htm"


def read_submissions(body: bytes) -> object:
    """The rows of `body` as the SEC sends them: a list a column. Put together here, so seconds hold that too."""
    rows = len(body) // len(b"0000000001-22-000001 10-K 2022-03-01 x-20211231.htm")
    columns = {
        "accessionNumber": [f"0000000001-22-{n % 10**6:06d}" for n in range(rows)],
        "form": ["10-K"] * rows,
        "filingDate": ["2022-03-01"] * rows,
        "primaryDocument": [f"x-{n}.htm" for n in range(rows)],
    }
    told = {"cik": "1", "name": "X", "sic": "3571", "tickers": ["X"], "exchanges": ["NYSE"]}
    return edgar_index.parse_submissions(
        json.dumps({**told, "filings": {"recent": columns, "files": []}}).encode(), where="f"
    )


def in_table(begin: str, row: Callable[[int], str], name: str) -> Body:
    """A page with one table."""
    return Body(f"{begin}<table>", row, "</table></body></html>", lambda body: read_filing(body, name))


FACTS = '{"cik":1,"entityName":"X","facts":{"us-gaap":{"Revenues":{"label":"R","description":"d","units":{"USD":['
INDEX = "CIK|Company Name|Form Type|Date Filed|Filename\n----\n"
BODIES = {
    "10-K, HTML: a table of regions": in_table(HTML_10K, table_row, "a-10k.htm"),
    "10-K, HTML: a table of debt": in_table(HTML_10K, debt_row, "a-10k.htm"),
    "10-K, HTML: a table a row": Body(
        HTML_10K, lambda n: f"<table>{table_row(n)}</table>", "</body></html>", lambda b: read_filing(b, "a-10k.htm")
    ),
    "10-K, HTML: paragraphs": Body(HTML_10K, paragraph, "</body></html>", lambda b: read_filing(b, "a-10k.htm")),
    "10-K, text: a table of debt": Body(
        HEAD_10K, text_line, "</TEXT>\n</DOCUMENT>\n", lambda b: read_filing(b, "a.txt")
    ),
    "proxy, HTML: owners": in_table(PROXY, owner_row, "a-def14a.htm"),
    "XBRL instance": Body(INSTANCE, fact, "</xbrl>", lambda b: read_filing(b, "a-20211231.xml")),
    "company facts": Body(FACTS, fact_of, fact_of(1)[:-1] + "]}}}}}", lambda b: companyfacts.parse(b, where="f")),
    "N-PORT": Body(
        '<?xml version="1.0"?><edgarSubmission xmlns="http://www.sec.gov/edgar/nport"><formData><genInfo>'
        "<seriesId>S000000001</seriesId><repPdDate>2021-12-31</repPdDate></genInfo><fundInfo>"
        + "".join(f'<mon{month}Flow redemption="40.00" reinvestment="0.00" sales="5.00"/>' for month in (1, 2, 3))
        + "</fundInfo><invstOrSecs>",
        holding,
        "</invstOrSecs></formData></edgarSubmission>",
        lambda b: nport.parse_report(b, series=None, where="f"),
    ),
    "FSDS num": Body(
        "adsh\ttag\tversion\tddate\tqtrs\tuom\tsegments\tcoreg\tvalue\tfootnote\n", num_line, "", read_num
    ),
    "master index": Body(
        INDEX,
        lambda n: f"{n}|COMPANY {n} INC|10-K|2020-03-18|edgar/data/{n}/0001104659-20-{n % 10**6:06d}.txt\n",
        "",
        lambda b: list(edgar_index.parse_master_index(b, where="f")),
    ),
    "submissions": Body("", submission, "", read_submissions),
}


def measured(name: str, megabytes: int, told: "multiprocessing.Queue[tuple[str, float, float]]") -> None:
    """Read one body in this process, and tell how it ended, its seconds of the processor and peak memory, MB."""
    body = BODIES[name].made(megabytes * 10**6)
    began = time.process_time()
    try:
        BODIES[name].read(body)
        ended = "read"
    except SourceError as error:
        ended = f"refused: {str(error)[:60]}"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told.put((ended, time.process_time() - began, peak))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--megabytes", type=int, default=60)
    asked.add_argument("--only", default="")
    given = asked.parse_args()
    context = multiprocessing.get_context("spawn")
    print(f"{'body':34} {'seconds':>8} {'peak, MB':>9}  how it ended")
    for name in BODIES:
        if given.only and not any(part in name for part in given.only.split(",")):
            continue
        told: multiprocessing.Queue[tuple[str, float, float]] = context.Queue()
        child = context.Process(target=measured, args=(name, given.megabytes, told))
        child.start()
        child.join()
        if child.exitcode:
            print(f"{name:34} the process ended with {child.exitcode}", flush=True)
            continue
        ended, seconds, peak = told.get()
        over = "  OVER" if seconds > SECONDS or peak > MEGABYTES else ""
        print(f"{name:34} {seconds:8.1f} {peak:9.0f}  {ended}{over}", flush=True)


if __name__ == "__main__":
    main()
