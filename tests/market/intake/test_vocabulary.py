"""Words of other people's tables: each means one thing here, and the page shows what is done."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import pytest

from active_edge.errors import ImportRefused
from active_edge.market import open_market
from active_edge.market.findings import ImportReport
from active_edge.market.intake import vocabulary
from active_edge.market.intake.importer import import_folder
from active_edge.market.intake.reference import import_reference
from tests.market.intake.test_foreign_files import FACTS, PRICES, taken, write

HEAD = "asset,ticker,exchange,security_type,exit_reason,last_session\n"


def securities(exchange: str = "", kind: str = "", reason: str = "") -> str:
    return HEAD + f"A,A,{exchange},{kind},{reason},\n"


def read_of_each(tmp_path, column: str, words: Iterable[str]) -> tuple[ImportReport, dict[str, str | None]]:
    """One import of a security for each word: what its column holds then, by word."""
    names = {f"A{number}": word for number, word in enumerate(words)}
    rows = "".join(f'{name},{name},"{word}"\n' for name, word in names.items())
    report, market = taken(tmp_path, securities=f"asset,ticker,{column}\n" + rows, prices=PRICES.replace("A,", "A0,"))
    found = market.securities.loc[list(names), column]
    return report, {names[name]: None if pd.isna(said) else said for name, said in found.items()}


REASONS = {
    "Bankruptcy": "distress", "BANKRUPT": "distress", "Chapter 11": "distress", "chapter-7": "distress",
    "Acquired": "merger", "Acquisition": "merger", "M&A": "merger", "Merged": "merger",
    "Voluntary Delisting": "voluntary", "deregistered": "voluntary", "Delisted": "unknown",
    "Merger": "merger", "liquidation": "unknown", "unknown": "unknown",
    "Merger (cash)": "merger", "Merger - cash": "merger", "LBO": "merger", "Ch. 11": "distress",
    "Delisted - bankruptcy": "distress", "bankruptcy - chapter 11": "distress",
    "100": None, "233": "merger", "331.0": "merger", "400": "unknown", "500": "unknown",
    "501": "unknown", "552": "distress", "570": "voluntary", "574": "distress", "584": "distress",
    "bankruptcyliquidation": "distress", "regulatorydelisting": "distress", "acquisitionby": "merger",
}  # fmt: skip


def test_a_reason_for_leaving_is_read_in_the_words_of_others(tmp_path):
    report, read = read_of_each(tmp_path, "exit_reason", REASONS)
    assert read == REASONS
    called_otherwise = sum(reason != said for reason, said in REASONS.items())
    assert report.count("rows whose exit_reason is called otherwise here") == called_otherwise


KINDS = {
    "Common Stock": "common", "CS": "common", "Ordinary Shares": "common", "REIT": "reit", "ETF": "etf",
    "Ordinary Shares - Class A": "common", "Class A Common Shares": "common",
    "Class A Ordinary Shares": "common",
    "Common Stock; $0.01 par value": "common", "Domestic Common Stock Primary Class": "common",
    "Preferred Stock Series B": "preferred", "MLP": "partnership", "Equity WRT": "warrant",
    "ADR Common Stock": "adr", "Common Shares of Beneficial Interest": "reit",
    "10": "common", "11.0": "common", "12": "common", "14": "fund", "18": "reit", "31": "adr",
    "48": "reit", "71": "unit", "73": "etf", "Stocks": "common", "ADRC": "adr",
    "Closed-End Fund": "fund", "PFD": "preferred", "WARRANT": "warrant",
}  # fmt: skip


def test_a_kind_of_security_is_read_in_the_words_of_others(tmp_path):
    assert read_of_each(tmp_path, "security_type", KINDS)[1] == KINDS


def test_the_russell_2000_is_one_index_whatever_a_list_of_members_calls_it(tmp_path):
    words = (
        "RTY", "R2000", "russell-2000", "Russell 2000 Index", "Russell2000", "IWM", "RUSSELL 2000", "Russell 2000",
    )  # fmt: skip
    names = [f"A{number}" for number in range(len(words))]
    report, market = taken(
        tmp_path,
        securities="asset,ticker\n" + "".join(f"{name},{name}\n" for name in names),
        prices=PRICES.replace("A,", "A0,"),
        members="index,asset,start\n"
        + "".join(f"{word},{name},2015-01-02\n" for word, name in zip(words, names, strict=True)),
    )
    assert market.index_names == {"Russell 2000"}
    assert report.rows_kept["members"] == len(words)
    assert report.count("rows whose index is called otherwise here") == len(words) - 1


def test_an_index_nobody_knows_is_an_index_of_its_own(tmp_path):
    members = "index,asset,start\nMy List,A,2015-01-02\n"
    assert taken(tmp_path, securities=securities(), prices=PRICES, members=members)[1].index_names == {"My List"}


@pytest.mark.parametrize("word", ["Class A", "Series B Fish", "EQS"])
def test_a_class_of_nothing_known_is_no_kind_of_security(word):
    assert vocabulary.meaning_of(word, vocabulary.SECURITY_TYPES) is None


@pytest.mark.parametrize(
    ("kind", "read"),
    [("Common Stock Class A", "common"), ("Ordinary Share", "common"), ("COM CL A", "common"),
     ("Class B Shares", "common"),
     ("Class A Limited Voting Shares", "common"), ("Class B Non-Voting Shares", "common"), ("Common A", "common"),
     ("Common Stock, without par value", "common"), ("Ordinary Shares, nominal value $0.10", "common"),
     ("American Depositary Shares, each representing one ordinary share", "adr"),
     ("Depositary Shares, each representing 1/1000th of a share", "preferred"), ("Class A Units", "unit")],
)  # fmt: skip
def test_class_votes_and_par_value_say_nothing_of_a_kind_where_the_rest_does(kind, read):
    assert vocabulary.meaning_of(kind, vocabulary.SECURITY_TYPES) == read


def test_a_class_alone_is_refused_with_what_it_does_not_say(tmp_path):
    words = ("Class A", "class-b", "CL A", "Series C", "Voting", "Non-Voting")
    with pytest.raises(ImportRefused) as caught:
        read_of_each(tmp_path, "security_type", words)
    for word in words:
        assert f"'{word}' (1 rows) is no word of it; it says which class of shares" in str(caught.value)


EXCHANGES = {
    "XNYS": "NYSE", "New York Stock Exchange": "NYSE", "nyse": "NYSE", "XNAS": "NASDAQ",
    "NasdaqGS": "NASDAQ", "NYSE American": "AMEX", "NYSE MKT": "AMEX", "NYSE Arca": "ARCA",
    "1": "NYSE", "2.0": "AMEX", "3": "NASDAQ", "4": "ARCA", "NYSE MKT LLC": "AMEX",
    "NASDAQ/NGS (GLOBAL SELECT MARKET)": "NASDAQ", "OTC Markets": "OTC", "Pink Sheets": "OTC",
}  # fmt: skip


def test_an_exchange_is_read_in_the_words_of_others(tmp_path):
    assert read_of_each(tmp_path, "exchange", EXCHANGES)[1] == EXCHANGES


def test_a_word_for_still_listed_is_no_reason_for_leaving(tmp_path):
    words = ("n/a", "-", "Active", "Listed")
    assert read_of_each(tmp_path, "exit_reason", words)[1] == dict.fromkeys(words)


def test_unknown_words_are_refused_by_name_with_what_may_be_written_all_at_once(tmp_path):
    source = write(tmp_path / "source", securities=securities(kind="Frob", reason="Bankruptcyy"))
    with pytest.raises(ImportRefused) as caught:
        import_folder(source, tmp_path / "market")
    first, second = str(caught.value).splitlines()
    assert "column 'exit_reason': 'Bankruptcyy' (1 rows) is no word of it; did you mean Bankruptcy?" in first
    assert "Write merger, distress, voluntary or unknown, or leave it empty" in first
    assert "column 'security_type': 'Frob' (1 rows) is no word of it; write " in second


def test_a_refusal_for_another_reason_tells_the_words_that_were_understood(tmp_path):
    table = HEAD.strip() + ",exit_return\nA,A,,,Bankruptcy,2020-01-31,12.5\n"
    with pytest.raises(ImportRefused) as caught:
        import_folder(write(tmp_path / "source", securities=table), tmp_path / "market")
    first, second = str(caught.value).splitlines()
    assert "12.5 would be +1,250 %" in first
    assert second.startswith(
        "understood: repaired securities: 1 rows whose exit_reason is called otherwise here (Bankrup"
    )


def test_an_unknown_exchange_is_kept_and_noted(tmp_path):
    report, market = taken(tmp_path, securities=securities(exchange="TSX"))
    assert market.securities.loc["A", "exchange"] == "TSX"
    noted = next(f for f in report.findings if f.kind == "rows of an unknown exchange")
    assert (noted.severity, noted.examples) == ("noted", ("TSX in 1 rows",))


@pytest.mark.slow
def test_items_and_factor_series_are_read_in_any_spelling(tmp_path):
    _, market = taken(
        tmp_path,
        facts=FACTS.replace("revenue", "Net Income") + "A,EPS-Basic,12,2015-12-31,1.5,2016-02-25\n",
        series="series,date,value\nMkt-RF,2016-04-01,0.01\nsmb,2016-04-01,0.01\nUMD,2016-04-01,0.01\nIWM,2016-04-01,99\n",
    )
    assert market.items == {"net_income", "eps_basic"}
    assert market.series_names == {"MKT_RF", "SMB", "MOM", "IWM"}


def test_a_confidence_of_another_word_is_refused_by_name(tmp_path):
    head, row = FACTS.strip().split("\n")
    source = write(tmp_path / "source", facts=f"{head},confidence\n{row},sure\n")
    with pytest.raises(ImportRefused, match="column 'confidence': 'sure'"):
        import_folder(source, tmp_path / "market")


def test_no_word_means_two_things_and_each_is_on_the_page():
    page = import_reference()
    for column in vocabulary.COLUMNS:
        seen: dict[str, str] = {}
        for said, words in column.meanings.items():
            for word in filter(None, (said, *words)):
                assert vocabulary.meaning_of(word, column.meanings) == said, word
                assert seen.setdefault(word.casefold(), said) == said, word
                if column.name != "item":
                    assert word in page, word


@pytest.mark.slow
def test_the_stored_words_stay_as_they_are_when_a_snapshot_is_imported_again(tmp_path):
    first, _ = taken(tmp_path, securities=securities("XNYS", "Common Stock", "Bankruptcy"), prices=PRICES)
    again = import_folder(tmp_path / "market" / "snapshots" / first.snapshot, tmp_path / "again")
    assert again.snapshot == first.snapshot
    assert open_market(tmp_path / "again").snapshot == first.snapshot
    assert not [f for f in again.findings if "called otherwise" in f.kind]
    assert Path(tmp_path / "again").is_dir()


@pytest.mark.parametrize(("kind", "reason"), [("99", ""), ("13", ""), ("", "901"), ("", "99")])
def test_a_number_that_is_no_code_is_refused_by_name(tmp_path, kind, reason):
    with pytest.raises(ImportRefused, match=f"'{kind or reason}'"):
        taken(tmp_path, securities=securities(kind=kind, reason=reason))
