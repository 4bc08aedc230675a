"""A memo is told from the stats alone, is short, and says what speaks against the run."""

import re
import zipfile

from active_edge.report.memo import memo_markdown, memo_of, render_memo
from active_edge.results.letter import write_letter
from tests.report.markup import parsed, text_of
from tests.report.runs import full_run, sparse_run, stamped

HOSTILE = "<script>alert(1)</script>"


def test_the_memo_holds_question_word_numbers_the_case_against_positions_and_sources():
    text = memo_markdown(memo_of(full_run().stats))
    headings = re.findall(r"^## (.*)", text, re.M)
    assert headings == [
        "Question",
        "What was tested",
        "Answer: not distinguishable",
        "The case against",
        "Five largest positions, and why they are there",
        "What would change this",
        "Sources",
        "Signed",
    ]
    for said in (
        "3.8 % a year over IWM",
        "Exclusion: an edge above",
        "Tilt: −0.3 %",
        "Luck of the draw",
        "Costs: 0.56 %",
        "Capacity",
        "HAIN",
        "16 trials",
    ):
        assert said in text


def test_every_format_tells_the_same_sentences(tmp_path):
    memo = memo_of(full_run().stats)
    page = text_of(render_memo(memo))
    path = write_letter(memo, tmp_path / "memo.docx")
    with zipfile.ZipFile(path) as archive:
        letter = archive.read("word/document.xml").decode()
    for part in memo.parts:
        for sentence in (*part.paragraphs, *part.points):
            assert sentence in page
            assert (
                sentence.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;") in letter
            )


def test_a_memo_leads_to_the_runs_page_and_to_the_pages_its_positions_have():
    stats = full_run().stats
    memo = memo_of(stats, {"HAIN": "../companies/HAIN-2020-06-30.html"})
    assert "](report.html), [HAIN](../companies/HAIN-2020-06-30.html)" in memo_markdown(memo)
    links = parsed(render_memo(memo)).xpath("//p[@class='links']/a/@href")
    assert links == ["report.html", "../companies/HAIN-2020-06-30.html"]
    assert "active-edge company" not in memo_markdown(memo)
    assert "active-edge company" in memo_markdown(memo_of(stats))


def test_the_same_memo_gives_the_same_bytes(tmp_path):
    memo = memo_of(full_run().stats)
    first, second = (write_letter(memo, tmp_path / name).read_bytes() for name in ("a.docx", "b.docx"))
    assert first == second


def test_a_run_of_which_nothing_is_known_has_a_memo_too():
    text = memo_markdown(memo_of(sparse_run().stats))
    assert "Answer: not testable" in text
    assert "nan" not in text
    assert "None" not in text


def test_hostile_names_do_nothing_in_any_format():
    memo = memo_of(stamped(full_run(), strategy=HOSTILE, verdict_reason=HOSTILE).stats)
    assert not parsed(render_memo(memo)).xpath("//main//script")
    assert "<script>" not in memo_markdown(memo)
