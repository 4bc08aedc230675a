"""Characters that act on a terminal or a page are written out, and everything else is left alone."""

import csv
import io
import json

import pandas as pd
import pytest

from active_edge.cli.output import echo, print_error, print_json
from active_edge.printable import printable, sheet_csv


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J\x1b]0;title\x07", "\\u001b[2J\\u001b]0;title\\u0007"),
        ("\x9b31m\x00\r", "\\u009b31m\\u0000\\u000d"),
        ("\u202eevil\u2069", "\\u202eevil\\u2069"),
        ("a\tb\nc é 日本 שלום \U0001f525\u200d \u202f%", "a\tb\nc é 日本 שלום \U0001f525\u200d \u202f%"),
    ],
)
def test_what_acts_is_written_out_and_what_is_read_stays(text, shown):
    assert printable(text) == shown


def test_nothing_a_command_prints_acts_on_the_terminal_and_json_keeps_the_name(capsys):
    echo("Acme\x1b[31m")
    print_error("no asset 'Acme\x9b'\nnor another")
    said = capsys.readouterr()
    assert said.out == "Acme\\u001b[31m\n"
    assert said.err == "Error: no asset 'Acme\\u009b'\nnor another\n"
    print_json({"name": "Acme\x1b\x9b\u202e"})
    assert json.loads(capsys.readouterr().out) == {"name": "Acme\x1b\x9b\u202e"}


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=HYPERLINK(A1)", "'=HYPERLINK(A1)"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-1+1", "'-1+1"),
        ("@SUM(A1:A9)", "'@SUM(A1:A9)"),
        (" \t=1", " \t'=1"),
        ("\uff1d1", "'\uff1d1"),
        ("Acme; =1+1;x", "Acme; '=1+1;x"),
        ("Acme\n+1", "Acme\n'+1"),
        ("A-Mark + B = C@D", "A-Mark + B = C@D"),
        ("'quoted'", "'quoted'"),
    ],
)
def test_a_text_that_begins_as_a_formula_is_a_text_in_a_csv(text, cell):
    read = [*csv.reader(io.StringIO(sheet_csv(pd.DataFrame({"name": [text], text: [-1.5], "n": [-3]})), newline=""))]
    assert read == [["name", cell, "n"], [cell, "-1.5", "-3"]]


def test_a_csv_leaves_days_numbers_and_what_is_missing_as_they_are():
    table = pd.DataFrame({"day": pd.to_datetime(["2020-01-31"]), "x": [-0.25], "name": [None], "good": [True]})
    assert sheet_csv(table, date_format="%Y-%m-%d") == "day,x,name,good\n2020-01-31,-0.25,,True\n"
