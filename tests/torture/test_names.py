"""What reads the pages of hostile names would see a name that became markup, code or an order to the terminal."""

import zipfile

import pytest

from tests.torture.names import LOOKED_AT, breaches


@pytest.mark.parametrize(
    "body",
    [
        "<script>hstl(1)</script>",
        "<img src=x onerror=hstl(2)>",
        '<a href="javascript:hstl(4)">x</a>',
        '<p title="" hstl="">x</p>',
        "<!-- hstl -->",
        "<b>Acme\x1b[2J</b>",
        "<b>\u202eAcme</b>",
    ],
)
def test_a_name_that_acts_is_seen(body):
    assert list(breaches(f"<html><body>{body}</body></html>"))


def test_a_name_that_is_text_is_none():
    assert not list(breaches("<html><body><b>&lt;script&gt;hstl(1)&lt;/script&gt;</b></body></html>"))


def test_markdown_with_a_tag_and_a_workbook_that_is_no_xml_are_seen(tmp_path):
    (tmp_path / "bare.md").write_text("a <img src=x onerror=hstl(2)> b", encoding="utf-8")
    (tmp_path / "escaped.md").write_text(r"a \<img src=x onerror=hstl(2)\> b", encoding="utf-8")
    assert list(LOOKED_AT[".md"](tmp_path / "bare.md"))
    assert not list(LOOKED_AT[".md"](tmp_path / "escaped.md"))
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as parts:
        parts.writestr("sheet.xml", "<a>\x01</a>")
    assert list(LOOKED_AT[".xlsx"](tmp_path / "a.xlsx"))
