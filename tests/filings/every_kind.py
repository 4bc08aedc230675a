"""A filing of every kind that the program reads, by name."""

from tests.filings.filing_builders import (
    ASSETS,
    END,
    GEOGRAPHY,
    INSTRUMENT,
    YEAR,
    annual_report,
    debt_note,
    instance,
    proxy,
    row,
    table,
)

LOAN = {INSTRUMENT: "abc:TermLoanMember"}
GROUP = "All directors and executive officers as a group (9 persons)"
DEBT_ROWS = (
    row("(in thousands)", "2023", "2022"),
    row("Term loan, SOFR plus 2%, due 2027", "$", "250", "$", "1"),
    row("6.5% senior notes", "750", "", "1"),
    row("Less discount", "(", "5", ")", "(1)"),
    row("Total debt", "995", "2"),
)
INLINE = """<?xml version='1.0' encoding='ASCII'?>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:ix="http://www.xbrl.org/2013/inlineXBRL"
 xmlns:us-gaap="http://fasb.org/us-gaap/2023" xmlns:dei="http://xbrl.sec.gov/dei/2023"
 xmlns:xbrli="http://www.xbrl.org/2003/instance" xmlns:xbrldi="http://xbrl.org/2006/xbrldi"
 xmlns:srt="http://fasb.org/srt/2023" xmlns:country="http://xbrl.sec.gov/country/2023">
<body><div style="display:none"><ix:header><ix:hidden>
<ix:nonNumeric name="dei:DocumentType" contextRef="y">10-K</ix:nonNumeric></ix:hidden><ix:resources>
<xbrli:context id="y"><xbrli:entity/><xbrli:period><xbrli:startDate>2023-01-01</xbrli:startDate>
<xbrli:endDate>2023-12-31</xbrli:endDate></xbrli:period></xbrli:context>
<xbrli:context id="u"><xbrli:entity><xbrli:segment><xbrldi:explicitMember dimension="srt:StatementGeographicalAxis">
country:US</xbrldi:explicitMember></xbrli:segment></xbrli:entity><xbrli:period><xbrli:startDate>2023-01-01
</xbrli:startDate><xbrli:endDate>2023-12-31</xbrli:endDate></xbrli:period></xbrli:context>
<xbrli:unit id="usd"><xbrli:measure>iso4217:USD</xbrli:measure></xbrli:unit></ix:resources></ix:header></div>
<p>For the year ended&nbsp;<ix:nonNumeric name="dei:DocumentPeriodEndDate" contextRef="y"
 format="ixt:date-monthname-day-year-en">December 31, 2023</ix:nonNumeric></p>
<p>Revenue <ix:nonFraction name="us-gaap:Revenues" contextRef="y" unitRef="usd" scale="6" decimals="-5"
 format="ixt:num-dot-decimal">1,234.5</ix:nonFraction>, of which at home
<ix:nonFraction name="us-gaap:Revenues" contextRef="u" unitRef="usd" scale="6" decimals="-5"
 format="ixt:num-comma-decimal">617,25</ix:nonFraction></p></body></html>"""
FILINGS = {
    "XBRL instance": instance(
        ASSETS,
        ("us-gaap:Revenues", 1_000, YEAR, {}),
        ("us-gaap:Revenues", 700, YEAR, {GEOGRAPHY: "country:US"}),
        ("us-gaap:LongTermDebt", 900, END, LOAN),
        ("us-gaap:DebtInstrumentBasisSpreadOnVariableRate1", 0.02, YEAR, LOAN),
    ),
    "note of debt": debt_note(*DEBT_ROWS),
    "annual report": annual_report(
        "<p>Net sales by geographic area</p>",
        table(row("", "2023"), row("United States", "700"), row("Canada", "300"), row("Total", "1,000")),
        "<p>Note 4. Debt</p>",
        table(*DEBT_ROWS),
        "<p>International sales were 30% of net sales.</p><p>A 1% rise would raise interest expense by $2.</p>",
    ),
    "proxy": proxy(row("Name", "Shares", "%"), row("J. Doe (1)", "10", "*"), row(GROUP, "1,234,567", "12.3", "%")),
    "proxy as text": b"Name          Shares   Percent\nJ. Doe .....  10,000   *\n"
    + GROUP.encode()
    + b"....  1,234,567   12.3%\n* Less than 1%\n",
    "Form 4": b"<SEC-DOCUMENT>\nFILED AS OF DATE: 20200325\n<DOCUMENT>\n<TYPE>4\n<TEXT>\n<XML>\n<ownershipDocument>"
    b"<documentType>4</documentType><issuer><issuerCik>1</issuerCik></issuer><reportingOwner><reportingOwnerId>"
    b"<rptOwnerCik>2</rptOwnerCik></reportingOwnerId></reportingOwner><nonDerivativeTable><nonDerivativeHolding>"
    b"<postTransactionAmounts><sharesOwnedFollowingTransaction><value>5</value></sharesOwnedFollowingTransaction>"
    b"</postTransactionAmounts></nonDerivativeHolding></nonDerivativeTable></ownershipDocument>\n</XML>\n</TEXT>",
    "data set of a filing": b"adsh\ttag\tversion\tddate\tqtrs\tuom\tsegments\tcoreg\tvalue\tfootnote\n"
    b"a\tRevenues\tus-gaap/2023\t20231231\t4\tUSD\tGeographical=US;\t\t7\t\n"
    b"a\tRevenues\tus-gaap/2023\t20231231\t4\tUSD\t\t\t10\t\n",
    "annual report by items": b'{"item_1": "International sales were 30% of net sales.", '
    b'"item_7A": "Our debt bears interest at LIBOR plus 2%."}',
    "inline XBRL": INLINE.encode(),
}
