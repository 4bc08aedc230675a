"""A SEC of three companies, made by hand.

ALFA (CIK 1) trades. BETA (CIK 2) trades two classes. GONE (CIK 3) filed until 2022 under the ticker GONE, was
delisted, and is in none of today's lists. 99 is a fund trust whose reports state the flows of IWM.
"""

import json

from .bodies import CHART_URL, chart, serve_estimates, sessions, walk, zipped
from .replay import Answer, Replay

ALFA, BETA, GONE = 1, 2, 3


def fact(end: str, val: float, accn: str, filed: str, *, start: str | None = None, form: str = "10-K") -> dict:
    known = {"end": end, "val": val, "accn": accn, "fy": 1900, "fp": "Q9", "form": form, "filed": filed}
    return known if start is None else {"start": start, **known}


def companyfacts(cik: int | str, name: str, tags: dict[str, dict[str, list[dict]]]) -> bytes:
    taxonomies: dict[str, dict] = {}
    for tag, units in tags.items():
        taxonomy, _, short = tag.rpartition(":")
        entry = {"label": short, "description": None, "units": units}
        taxonomies.setdefault(taxonomy or "us-gaap", {})[short] = entry
    return json.dumps({"cik": cik, "entityName": name, "facts": taxonomies}).encode()


def balance(cik: int, name: str, accn: str, year: int, filed: str) -> bytes:
    def at_end(value: float) -> dict[str, list[dict]]:
        return {"USD": [fact(f"{year}-12-31", value, accn, filed)]}

    return companyfacts(
        cik,
        name,
        {
            "Assets": at_end(1000.0),
            "Liabilities": at_end(400.0),
            "LongTermDebtNoncurrent": at_end(100.0),
            "LongTermDebtCurrent": at_end(20.0),
            "Revenues": {"USD": [fact(f"{year}-12-31", 500.0, accn, filed, start=f"{year}-01-01")]},
            "CostOfRevenue": {"USD": [fact(f"{year}-12-31", 300.0, accn, filed, start=f"{year}-01-01")]},
            "dei:EntityCommonStockSharesOutstanding": {"shares": [fact(f"{year + 1}-02-01", 200.0, accn, filed)]},
        },
    )


SUB_HEADER = "adsh\tcik\tname\tsic\tform\tperiod\tfy\tfp\tfiled\taccepted\tprevrpt\tdetail\tinstance"
NUM_HEADER = "adsh\ttag\tversion\tddate\tqtrs\tuom\tsegments\tcoreg\tvalue\tfootnote"


def sub(*rows: tuple, detail: int = 1) -> bytes:
    lines = [
        f"{adsh}\t{cik}\t{name}\t{sic}\t{form}\t{period}\t2022\tFY\t{filed}\t{filed}\t0\t{detail}\t{instance}"
        for adsh, cik, name, sic, form, period, filed, instance in rows
    ]
    return "\n".join([SUB_HEADER, *lines, ""]).encode()


def num(*rows: tuple) -> bytes:
    lines = [
        f"{adsh}\t{tag}\tus-gaap/2022\t{ddate}\t{qtrs}\tUSD\t{segments}\t\t{value}\t"
        for adsh, tag, ddate, qtrs, segments, value in rows
    ]
    return "\n".join([NUM_HEADER, *lines, ""]).encode()


FSDS_2022Q1 = zipped(
    sub__txt=sub(
        ("0000000001-22-000001", ALFA, "ALFA INC", 3571, "10-K", "20211231", "20220301", "alfa-20211231_htm.xml"),
        ("0000000002-22-000001", BETA, "BETA INC", 2834, "10-K", "20211231", "20220302", "beta-20211231.xml"),
        ("0000000003-22-000001", GONE, "GONE CORP", 1311, "10-K", "20211231", "20220303", "gone-20211231.xml"),
        ("0000000099-22-000001", 99, "SOME TRUST", "", "N-CSR", "20211231", "20220303", "x.xml"),
    ),
    num__txt=num(
        ("0000000001-22-000001", "Revenues", "20211231", 4, "", "500.0000"),
        ("0000000001-22-000001", "Revenues", "20211231", 4, "Geographical=US;", "350.0000"),
        ("0000000001-22-000001", "Revenues", "20201231", 4, "Geographical=US;", "100.0000"),
        ("0000000001-22-000001", "Revenues", "20211231", 4, "Geographical=DE;", "150.0000"),
        ("0000000002-22-000001", "Revenues", "20211231", 4, "", "500.0000"),
        ("0000000002-22-000001", "IncomeTaxesForeign", "20211231", 4, "", "5.0000"),
        ("0000000003-22-000001", "Revenues", "20211231", 4, "", "500.0000"),
    ),
)
FORM_HEADER = (
    "Form Type   Company Name                                                  CIK         Date Filed  File Name"
)


def form_index(*rows: tuple) -> bytes:
    lines = [f"{form:<12}{name:<61} {cik:<12}{filed:<12}{path}" for form, name, cik, filed, path in rows]
    return "\n".join(["Description: by hand", "", FORM_HEADER, "-" * 120, *lines, ""]).encode("latin-1")


OWNED = ("SHRS_OWND_FOLWNG_TRANS", "DIRECT_INDIRECT_OWNERSHIP", "NATURE_OF_OWNERSHIP")
FORM345_HEADERS = {
    "SUBMISSION": (
        *("ACCESSION_NUMBER", "FILING_DATE", "PERIOD_OF_REPORT", "DOCUMENT_TYPE"),
        *("ISSUERCIK", "ISSUERNAME", "ISSUERTRADINGSYMBOL"),
    ),
    "REPORTINGOWNER": ("ACCESSION_NUMBER", "RPTOWNERCIK", "RPTOWNERNAME", "RPTOWNER_RELATIONSHIP"),
    "NONDERIV_TRANS": ("ACCESSION_NUMBER", "SECURITY_TITLE", "TRANS_DATE", *OWNED),
    "NONDERIV_HOLDING": ("ACCESSION_NUMBER", "SECURITY_TITLE", *OWNED),
}


def insider_tables(**rows: list[str]) -> dict[str, bytes]:
    return {
        name: "\n".join(["\t".join(header), *["\t".join(r.split("|")) for r in rows.get(name, [])], ""]).encode()
        for name, header in FORM345_HEADERS.items()
    }


def insider_zip(**rows: list[str]) -> bytes:
    return zipped(**{f"{name}__tsv": body for name, body in insider_tables(**rows).items()})


INSIDERS = insider_zip(
    SUBMISSION=["0009-22-1|15-MAR-2022|14-MAR-2022|4|0000000001|ALFA INC|(ALFA)"],
    REPORTINGOWNER=["0009-22-1|0000000901|Doe Jane|Director,Officer"],
    NONDERIV_TRANS=["0009-22-1|Common Stock|14-MAR-2022|30.0|D|"],
    NONDERIV_HOLDING=["0009-22-1|Common Stock|10.0|I|By Trust"],
)
FEED = b"""<?xml version="1.0" encoding="ISO-8859-1" ?>
<feed xmlns="http://www.w3.org/2005/Atom"><entry><content type="text/xml">
<accession-number>0000000099-22-000077</accession-number><filing-date>2022-05-27</filing-date>
<filing-href>https://www.sec.gov/Archives/edgar/data/99/000000009922000077/0000000099-22-000077-index.htm</filing-href>
<filing-type>NPORT-P</filing-type></content>
<link href="https://www.sec.gov/Archives/edgar/data/99/000000009922000077/0000000099-22-000077-index.htm"/>
</entry></feed>"""


def nport_report(series: str, *, month: str = "2022-03-31", sales: str = "100.5") -> bytes:
    return f"""<?xml version="1.0"?>
<edgarSubmission xmlns="http://www.sec.gov/edgar/nport"><formData><genInfo><seriesId>{series}</seriesId>
<repPdDate>{month}</repPdDate></genInfo><fundInfo>
<mon1Flow redemption="40.00" reinvestment="0.00" sales="{sales}"/>
<mon2Flow redemption="N/A" reinvestment="N/A" sales="N/A"/>
<mon3Flow redemption="10.00" reinvestment="1.00" sales="5.00"/>
</fundInfo></formData></edgarSubmission>""".encode()


FUND_TICKERS = json.dumps(
    {"fields": ["cik", "seriesId", "classId", "symbol"], "data": [[99, "S000004344", "C000012074", "IWM"]]}
).encode()
TICKERS = json.dumps(
    {
        "fields": ["cik", "name", "ticker", "exchange"],
        "data": [
            [ALFA, "ALFA INC", "ALFA", "Nasdaq"],
            [BETA, "BETA INC", "BETB", "NYSE"],
            [BETA, "BETA INC", "BETA", "NYSE"],
            [BETA, "BETA INC", "BETW", "NYSE"],
        ],
    }
).encode()
NASDAQ_LISTED = (
    b"Symbol|Security Name|Market Category|Test Issue|Financial Status|Round Lot Size|ETF|NextShares\n"
    b"ALFA|Alfa Inc. - Common Stock|Q|N|N|100|N|N\n"
    b"ZZT|Test Stock|Q|Y|N|100|N|N\n"
    b"File Creation Time: 1113202321:31|||||||\n"
)
OTHER_LISTED = (
    b"ACT Symbol|Security Name|Exchange|CQS Symbol|ETF|Round Lot Size|Test Issue|NASDAQ Symbol\n"
    b"BETA|Beta Inc. Class A Common Stock|N|BETA|N|100|N|BETA\n"
    b"BETB|Beta Inc. Class B Common Stock|N|BETB|N|100|N|BETB\n"
    b"BETW|Beta Inc. Warrants|N|BETW|N|100|N|BETW\n"
    b"IWM|iShares Russell 2000 ETF|P|IWM|Y|100|N|IWM\n"
    b"File Creation Time: 1113202321:31||||||\n"
)
HOLDINGS = (
    '\ufeffiShares Russell 2000 ETF\nFund Holdings as of,"Nov 10, 2023"\n \n'
    "Ticker,Name,Sector,Asset Class,Market Value,Weight (%),Exchange\n"
    '"ALFA","ALFA INC","Energy","Equity","1,000.00","60.00","NASDAQ"\n'
    '"QQQQ","NOT HERE INC","Energy","Equity","500.00","39.00","NYSE"\n'
    '"USD","USD CASH","Cash and/or Derivatives","Cash","10.00","1.00","-"\n'
    '\n"The content contained herein is owned or licensed by BlackRock"\n'
).encode()


def holdings_json(**more: object) -> bytes:
    """Holdings as the door of product data tells them, a list a column."""
    points = {
        "asOfDate": {"value": 20260731, "formattedValue": "Jul 31, 2026"},
        "ticker": {"value": ["ALFA", "-", "BETA"]},
        "issueName": {"value": ["ALFA INC", "USD CASH", "BETA INC"]},
        "assetClass": {"value": ["Equity", "Cash", "Equity"]},
        "holdingPercent": {"value": [60.25, 1.0, None], "formattedValue": ["60.3", "1.0", "-"]},
        "exchange": {"value": ["NASDAQ", None, "NYSE"]},
        **more,
    }
    inside = {"holdings": {"containersByNameMap": {"all": {"dataPointsByNameMap": points}}}}
    return json.dumps({"componentsByNameMap": inside}).encode()


VOLUMES_URL = "https://www.sec.gov/files/individual_security_2022_q1.zip"
FAILS_URL = "https://www.sec.gov/files/data/fails-deliver-data/cnsfails202201a.zip"


def page_naming(*urls: str) -> bytes:
    links = "".join(f'<li><a href="{url}">zip</a></li>' for url in urls)
    return f"<!DOCTYPE html><html><head><title>Data</title></head><body><ul>{links}</ul></body></html>".encode()


def serve_lists(replay: Replay) -> None:
    """The pages that name insider sets, volumes and fails to deliver, and what they name."""
    from active_edge.sources.sec import fails, form345, market_structure

    insiders = form345.URL.format(year=2022, quarter=1)
    pages = {form345.LIST_URL: insiders, market_structure.LIST_URL: VOLUMES_URL, fails.LIST_URL: FAILS_URL}
    for page, url in pages.items():
        replay.serve(page, page_naming(url, url.replace("2022q1", "2022q2")), "text/html")
    volumes = b"Date,Security,Ticker,LitVol('000),HiddenVol('000)\n20220103,Stock,NOISE,3,1.5\n"
    failed = (
        b"SETTLEMENT DATE|CUSIP|SYMBOL|QUANTITY (FAILS)|DESCRIPTION|PRICE\n20220104|999999999|NOISE|12|NOISE LLC|9.03\n"
    )
    replay.serve(insiders, INSIDERS, "application/zip")
    replay.serve(VOLUMES_URL, zipped(q__csv=volumes), "application/zip")
    replay.serve(FAILS_URL, zipped(cnsfails202201a=failed), "application/zip")


def serve_no_past(replay: Replay) -> None:
    """Of past days nothing is published."""
    from active_edge.sources.vendors import ishares

    address = ishares.CSV_URL.partition("?")[0].removeprefix("https://")
    empty = b'Fund\nFund Holdings as of,"-"\nTicker,Name,Asset Class,Market Value\n'
    replay.routes[address] = lambda key: Answer(HOLDINGS if "asOfDate=20231110" in key else empty, media="text/csv")


def serve_sec(replay: Replay, etfs: tuple[str, ...]) -> None:
    """What a full pull since 2022-01-01 asks for on 2023-11-14, besides funds, factors and rates."""
    from active_edge.sources.sec import companyfacts as module
    from active_edge.sources.sec import edgar_index, fsds, nport
    from active_edge.sources.vendors import ishares, nasdaq

    bulk = zipped(
        **{
            f"CIK{ALFA:010d}__json": balance(ALFA, "ALFA INC", "0000000001-22-000001", 2021, "2022-03-01"),
            f"CIK{BETA:010d}__json": balance(BETA, "BETA INC", "0000000002-22-000001", 2021, "2022-03-02"),
            f"CIK{GONE:010d}__json": balance(GONE, "GONE CORP", "0000000003-22-000001", 2021, "2022-03-03"),
        }
    )
    replay.serve(module.BULK_URL, bulk, "application/zip")
    replay.serve(fsds.URL.format(year=2022, quarter=1), FSDS_2022Q1, "application/zip")
    serve_lists(replay)
    for year, quarter in [*[(2022, q) for q in (1, 2, 3, 4)], *[(2023, q) for q in (1, 2, 3, 4)]]:
        body = form_index(("S-1", "NOISE LLC", 77, f"{year}-01-05", "edgar/data/77/0000000077-22-000001.txt"))
        replay.serve(edgar_index.FULL_URL.format(year=year, quarter=quarter), body, "text/plain")
    replay.serve(
        edgar_index.FULL_URL.format(year=2022, quarter=2),
        form_index(("25-NSE", "GONE CORP", GONE, "2022-06-10", "edgar/data/3/0000000003-22-000009.txt")),
        "text/plain",
    )
    replay.serve(edgar_index.TICKERS_URL, TICKERS, "application/json")
    replay.serve(nasdaq.URL.format(name="nasdaqlisted"), NASDAQ_LISTED, "text/plain")
    replay.serve(nasdaq.URL.format(name="otherlisted"), OTHER_LISTED, "text/plain")
    for request in ishares.requests():
        replay.serve(request.url, HOLDINGS, "text/csv")
    serve_no_past(replay)
    replay.serve(nport.FUND_TICKERS_URL, FUND_TICKERS, "application/json")
    replay.serve(nport.FEED_URL.format(series="S000004344", start=0), FEED, "application/atom+xml")
    report = nport_report("S000004344")
    replay.serve(nport.DOCUMENT_URL.format(cik=99, accession="000000009922000077"), report, "application/xml")
    days = sessions()
    for seed, symbol in enumerate(("ALFA", "BETA", "BETB"), 50):
        replay.serve(CHART_URL.format(symbol), chart(symbol, days, walk(seed, len(days))), "application/json")
    serve_estimates(replay, {"ALFA": (1.0, 1.25), "BETA": (-0.5, 0.25)})
