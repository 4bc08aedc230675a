"""Every reader of what a source sends, by name, each with a true body of its kind."""

import tempfile
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import orjson

from active_edge.filings.zips import open_zip, read_member
from active_edge.sources.agreement import read_stooq
from active_edge.sources.sec import (
    companyfacts,
    delistings,
    edgar_index,
    fails,
    form345,
    fsds,
    market_structure,
    nport,
    positions,
)
from active_edge.sources.vendors import estimates, fred, ishares, kenfrench, nasdaq, yahoo

from . import bodies, sec_bodies


def read_sub(body: bytes) -> None:
    fsds.parse_sub(body, fsds.Quarter(), where="f")


def read_num(body: bytes) -> None:
    quarter = fsds.Quarter()
    fsds.parse_sub(
        sec_bodies.sub(("a", 1, "X", 1, "10-K", "20211231", "20220301", "x-20211231.xml")), quarter, where="f"
    )
    fsds.parse_num(iter([body]), quarter, where="f")
    fsds.rows(quarter)


def read_insiders(body: bytes) -> None:
    tables = sec_bodies.insider_tables(SUBMISSION=["a|20-MAR-2022||4|7|X|X"], REPORTINGOWNER=["a|1|Doe|Director"])
    list(form345.stakes(form345.events(form345.parse_tables({**tables, "NONDERIV_TRANS": body}, where="f"))))


def read_zip(body: bytes) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(body)
        file.flush()
        with open_zip(Path(file.name), where="f") as archive:
            for name in archive.namelist():
                read_member(archive, name, where="f", max_bytes=1 << 20)


def read_zipped(rows: Callable[..., Iterable[object]], body: bytes) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(bodies.zipped(q__csv=body))
        file.flush()
        list(rows(Path(file.name), where="f"))


FORM_25 = (
    b'<?xml version="1.0"?><notificationOfRemoval><issuer><cik>0000000007</cik></issuer>'
    b"<ruleProvision>17 CFR 240.12d2-2(a)(3)</ruleProvision></notificationOfRemoval>"
)
MERGER = (
    b"<html><body><p>Each share of common stock was converted into the right to receive&nbsp;$12.50 in cash, without "
    b"interest. Item 2.01 Completion of Acquisition.</p></body></html>"
)
POSITIONS = (
    b'<?xml version="1.0"?><edgarSubmission xmlns="http://www.sec.gov/edgar/nport"><formData><genInfo><seriesId>S1'
    b"</seriesId><repPdDate>2020-05-31</repPdDate></genInfo><invstOrSecs><invstOrSec><name>Alfa Inc</name><title>Alfa"
    b'</title><cusip>111111111</cusip><identifiers><ticker value="alfa"/></identifiers><balance>300</balance>'
    b"<units>NS</units><curCd>USD</curCd><valUSD>3703.0</valUSD><pctVal>1.5</pctVal><payoffProfile>Long</payoffProfile>"
    b"<assetCat>EC</assetCat></invstOrSec></invstOrSecs></formData></edgarSubmission>"
)
STOOQ = b"Date,Open,High,Low,Close,Volume\n2023-10-30,1,2,0.5,1.5,100\n2023-10-31,1,2,0.5,1.6,100\n"
VOLUMES = (
    b"Date,Security,Ticker,LitVol('000),HiddenVol('000)\n2022-01-03,Stock,AAA,\"1,003\",1.5\n20220104,Stock,AAA,3,2\n"
)
FAILED = (
    b"SETTLEMENT DATE|CUSIP|SYMBOL|QUANTITY (FAILS)|DESCRIPTION|PRICE\n20230601|037833100|AAPL|12|APPLE INC|194.03\n"
    b"20230601|D1668R123|DDAIF|5|CAF\xc9 AG|.\nTrailer record count 2\n"
)
READERS: dict[str, tuple[Callable[[bytes], object], bytes]] = {
    "fred": (lambda b: fred.parse(b, where="f"), bodies.fred_csv("DGS10")[:400]),
    "kenfrench daily": (lambda b: kenfrench.parse(b, library=kenfrench.Library(True), where="f"), bodies.FIVE_FACTORS),
    "kenfrench monthly": (
        lambda b: kenfrench.parse(b, library=kenfrench.FILES["25_Portfolios_ME_OP_5x5"], where="f"),
        bodies.PORTFOLIOS,
    ),
    "ishares": (lambda b: ishares.parse(b, where="f"), sec_bodies.HOLDINGS),
    "nasdaq": (lambda b: nasdaq.parse(b, name="nasdaqlisted", where="f"), sec_bodies.NASDAQ_LISTED),
    "otherlisted": (lambda b: nasdaq.parse(b, name="otherlisted", where="f"), sec_bodies.OTHER_LISTED),
    "form index": (
        lambda b: list(edgar_index.parse_form_index(b, where="f")),
        sec_bodies.form_index(("10-K", "X", 1, "2020-03-18", "edgar/data/1/0001104659-20-034321.txt")),
    ),
    "master index": (
        lambda b: list(edgar_index.parse_master_index(b, where="f")),
        b"CIK|Company Name|Form Type|Date Filed|Filename\n----\n1|X|10-K|2020-03-18|edgar/data/1/a.txt\n",
    ),
    "submissions": (
        lambda b: edgar_index.parse_submissions(b, where="f"),
        orjson.dumps(
            {
                "cik": "1",
                "name": "X",
                "sic": "3571",
                "tickers": ["X"],
                "exchanges": ["NYSE"],
                "filings": {
                    "recent": {
                        "accessionNumber": ["a"],
                        "form": ["10-K"],
                        "filingDate": ["2020-03-18"],
                        "primaryDocument": ["x.htm"],
                    },
                    "files": [],
                },
            }
        ),
    ),
    "tickers": (lambda b: edgar_index.parse_tickers(b, where="f"), sec_bodies.TICKERS),
    "companyfacts": (
        lambda b: companyfacts.parse(b, where="f"),
        sec_bodies.balance(1, "X", "0000000001-22-000001", 2021, "2022-03-01"),
    ),
    "fsds sub": (read_sub, sec_bodies.sub(("a", 1, "X", 1, "10-K", "20211231", "20220301", "x-20211231.xml"))),
    "fsds num": (read_num, sec_bodies.num(("a", "Revenues", "20211231", 4, "Geographical=US;", "5"))),
    "form345": (
        read_insiders,
        sec_bodies.insider_tables(NONDERIV_TRANS=["a|Common Stock|19-MAR-2022|30|D|"])["NONDERIV_TRANS"],
    ),
    "nport": (lambda b: nport.parse_report(b, series=None, where="f"), sec_bodies.nport_report("S1")),
    "nport feed": (lambda b: nport.parse_feed(b, where="f"), sec_bodies.FEED),
    "fund tickers": (lambda b: nport.parse_fund_tickers(b, where="f"), sec_bodies.FUND_TICKERS),
    "estimates": (
        lambda b: estimates.parse(b, where="f"),
        bodies.quotes({"ALFA": (1.0, 1.25), "BETA": ({"raw": -0.5, "fmt": "-0.50"}, {}), "BRK-B": (None, 2e3)}),
    ),
    "yahoo": (
        lambda b: yahoo.parse(b, where="f"),
        bodies.chart("X", ["2023-10-30", "2023-10-31"], [1.0, 2.0], dividends={"2023-10-31": 0.1}),
    ),
    "zip": (read_zip, bodies.zipped(a__csv=b"one,two\n" * 50)),
    "holdings as JSON": (lambda b: ishares.parse(b, where="f"), sec_bodies.holdings_json()),
    "positions": (lambda b: positions.positions(b, where="f"), POSITIONS),
    "form 25": (lambda b: delistings.rule_reason(b, where="f"), FORM_25),
    "merger terms": (delistings.cash_terms, MERGER),
    "insider list": (
        lambda b: form345.parse_list(b, where="f"),
        sec_bodies.page_naming(form345.URL.format(year=2022, quarter=1)),
    ),
    "market structure list": (
        lambda b: market_structure.parse_list(b, where="f"),
        sec_bodies.page_naming(sec_bodies.VOLUMES_URL),
    ),
    "market structure": (partial(read_zipped, market_structure.rows), VOLUMES),
    "fails list": (lambda b: fails.parse_list(b, where="f"), sec_bodies.page_naming(sec_bodies.FAILS_URL)),
    "fails": (partial(read_zipped, fails.rows), FAILED),
    "stooq": (lambda b: read_stooq(b, where="f"), STOOQ),
}
