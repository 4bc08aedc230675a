"""Positions of N-PORT reports: what counts as a share held, its ticker by CUSIP, and lines where no file is."""

import datetime as dt
from pathlib import Path

import pytest

from active_edge.errors import SourceFormatError
from active_edge.market.database import connect
from active_edge.progress import silent
from active_edge.sources.holdings.lines import read_lines
from active_edge.sources.sec.positions import positions
from active_edge.sources.web.archive import Archive

from .bodies import zipped

TIME = "2024-01-01T00:00:00Z"


def held(name, cusip, shares, value, *, ticker="", kind="EC", units="NS", side="Long", isin="", percent="1.5"):
    named = f'<ticker value="{ticker}"/>' if ticker else ""
    named += f'<isin value="{isin}"/>' if isin else ""
    return (
        f"<invstOrSec><name>{name}</name><title>{name} COM</title><cusip>{cusip}</cusip><identifiers>{named}"
        f"</identifiers><balance>{shares}</balance><units>{units}</units><curCd>USD</curCd><valUSD>{value}</valUSD>"
        f"<pctVal>{percent}</pctVal><payoffProfile>{side}</payoffProfile><assetCat>{kind}</assetCat></invstOrSec>"
    )


def report(*lines, day="2020-05-31"):
    return (
        '<?xml version="1.0"?><edgarSubmission xmlns="http://www.sec.gov/edgar/nport"><formData><genInfo>'
        f"<seriesId>S000004344</seriesId><repPdDate>{day}</repPdDate></genInfo><fundInfo/><invstOrSecs>"
        f"{''.join(lines)}</invstOrSecs></formData></edgarSubmission>"
    ).encode()


ALFA = held("Alfa Inc", "111111111", "300", "3703.0", ticker="alfa")
BETA = held("Beta Corp", "222222222", "200", "1000.0")
OTHERS = (
    held("Cash fund", "333333333", "9", "9", kind="STIV"),
    held("A future", "N/A", "1", "5", kind="DE", units="NC"),
    held("Short Co", "444444444", "-5", "-50", side="Short"),
    held("Gone CVR", "555555555", "10", "0"),
)


def test_long_positions_in_common_stock_are_read_and_nothing_else() -> None:
    day, found = positions(report(ALFA, BETA, *OTHERS), where="t")
    assert day == dt.date(2020, 5, 31)
    assert found == [
        ("111111111", "ALFA", "ALFA INC", 300.0, 12.34, 3703.0, 0.015),
        ("222222222", None, "BETA CORP", 200.0, 5.0, 1000.0, 0.015),
    ]
    _, (one,) = positions(report(held("I", "N/A", "1", "2", isin="US0378331005")), where="t")
    assert one.cusip == "037833100"
    with pytest.raises(SourceFormatError, match="no date"):
        positions(report(day="soon"), where="t")


def kept(folder: Path, **bodies: bytes) -> Archive:
    archive = Archive(folder)
    for name, body in bodies.items():
        archive.keep_bytes(body, key=name.replace("__", "/"), url="u", time=TIME)
    return archive


def lines_of(archive: Archive):
    with connect() as connection:
        lines = read_lines(archive, connection, silent)
        query = "SELECT fund, day::VARCHAR, ticker, close FROM holding_lines ORDER BY ALL"
        return lines, connection.execute(query).fetchall() if lines else []


def test_a_ticker_is_found_by_the_cusip_and_a_weekend_is_the_session_before(tmp_path: Path) -> None:
    names = {"nport__IWM__2020-07-28__a": report(ALFA, BETA), "nport__VB__2020-07-28__b": report(ALFA)}
    lines, found = lines_of(kept(tmp_path / "alone", **names))
    assert found == [("IWM", "2020-05-29", "ALFA", 12.34)]  # the 31st is a Sunday; VB holds no index we follow
    assert (lines.reported.lines, lines.reported.unnamed) == (1, 1)
    assert "--only fails" in lines.findings()[-1].remedy
    text = "SETTLEMENT DATE|CUSIP|SYMBOL|QUANTITY (FAILS)|DESCRIPTION|PRICE\n20200601|222222222|BETA|5|BETA|5.01\n"
    names["fails__202006a"] = zipped(f=text.encode())
    _, found = lines_of(kept(tmp_path / "with", **names))
    assert [line[2:] for line in found] == [("ALFA", 12.34), ("BETA", 5.0)]


def test_where_the_fund_house_has_a_file_the_report_adds_nothing(tmp_path: Path) -> None:
    csv = (
        '\ufeffiShares Russell 2000 ETF\nFund Holdings as of,"May 29, 2020"\n \n'
        "Ticker,Name,Sector,Asset Class,Market Value,Weight (%),Quantity,Price,Exchange\n"
        '"ALFA","ALFA INC","Energy","Equity","3,702.00","100.00","300","12.34","NASDAQ"\n'
    )
    names = {"nport__IWM__2020-07-28__a": report(ALFA, BETA), "ishares__IWM": csv.encode()}
    lines, found = lines_of(kept(tmp_path, **names))
    assert found == [("IWM", "2020-05-29", "ALFA", 12.34)]
    assert lines.reported.lines == 0


def test_an_archive_without_either_has_no_lines(tmp_path: Path) -> None:
    lines, found = lines_of(kept(tmp_path, **{"nport__IWM__2020-07-28__a": report()}))
    assert not lines
    assert found == []
