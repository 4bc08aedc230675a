"""Fences refuse what is planted: in every room, by every way of importing, and against the order of the rooms."""

import shutil
import subprocess
import sys
import tomllib
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from scripts.fence_lists import KNOWN_NAMES, LIBRARIES
from scripts.fences import FENCES, OUTSIDE, Fence, breaches, crossings, is_inside, main, modules

PROJECT = Path(__file__).resolve().parents[2]
SETTINGS = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
LAYERS = [
    name
    for contract in SETTINGS["tool"]["importlinter"]["contracts"]
    for name in contract["layers"]
    if name != "__main__"
]
WAYS = (
    "import {0}",
    "import {0} as plain",
    "from {0} import anything",
    "def late():\n    import {0}.inner",
    "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import {0}",
    "try:\n    from {0} import x\nexcept ImportError:\n    x = None",
)
GUARDED = {
    "vectorbt": {"engine"},
    "httpx": {"sources"},
    "requests": {"sources"},
    "urllib.request": {"sources"},
    "socket": {"sources"},
    "http.client": {"sources"},
    "ssl": {"sources"},
    "aiohttp": {"sources"},
    "yfinance": {"sources"},
    "curl_cffi": {"sources"},
    "subprocess": set(),
    "active_edge.report.document.write_page": {"results", "report"},
    "active_edge.market.prices": {"engine", "costs", "panel", "market", "sources", "filings", "simulated"},
    "active_edge.market.facts": {"engine", "costs", "panel", "market", "sources", "filings", "simulated"},
    "active_edge.market.database": {"engine", "costs", "panel", "market", "sources", "filings", "simulated"},
}
"""What is planted, and the rooms of the order that may have it in some place."""
READS = (
    "closes = panel.market.prices.close",
    "rows = market.facts.of('revenue')",
    "closes = getattr(market, 'prices')",
    "from operator import attrgetter\ncloses = attrgetter('prices')(market)",
    "file = market.table('prices')",
    "from active_edge.market import Prices",
)
DYNAMIC = (
    "import importlib\nimportlib.import_module('httpx')",
    "from importlib import import_module",
    "__import__('httpx')",
    "exec('import httpx')",
    "from importlib.util import spec_from_file_location",
    "import runpy",
    "import builtins\nbuiltins.__import__('httpx')",
    "from builtins import __import__ as load",
)
PROGRAMS = (
    "import os\nos.system('ls')",
    "import os as o\no.popen('ls')",
    "import os\nos.posix_spawn('/bin/ls', [], {})",
    "import os\nos.execvp('ls', ['ls'])",
)
PRICES_BY_ANY_NAME = (
    "t = market.table\nt('prices')",
    "getattr(market, 'table')('prices')",
    "name = 'prices'\nfile = market.table(name)",
    "file = market.table(name='prices')",
    "file = type(market).table(market, 'facts')",
    "files = map(market.table, ['prices'])",
    "name = 'pri' + 'ces'\ncloses = getattr(market, name)",
    "read = getattr\ncloses = read(market, 'close')",
    "closes = vars(market)['prices']",
    "closes = market.__dict__['_prices']",
    "closes = object.__getattribute__(market, 'prices')",
    "match market:\n    case Market(prices=closes):\n        pass",
    "from operator import methodcaller\nfile = methodcaller('table', 'prices')(market)",
    "connection = market._connection",
    "closes = '{0.market.prices}'.format(panel)",
    "closes = '{:{0.prices}}'.format(market)",
    "closes = '{market[prices]}'.format_map(known)",
    "closes = ('{0.market.pri' + 'ces}').format(panel)",
    "closes = (told + '.prices}').format(panel)",
    "put = str.format\ncloses = put('{0.' + name + '}', market)",
    "import string\ncloses = string.Formatter().get_field('0.' + name, [market], {})",
    "chosen = frame.query('close > @panel.market.' + name)",
    "chosen = frame.eval('@panel.market.' + name)",
    "from typing import get_type_hints\n\ndef f(x: 'panel.market.anything'):\n    pass\n\nget_type_hints(f)",
    "from active_edge.market import *",
    "from active_edge.panel.panel import Prices",
    "from active_edge.panel.figures import FactRows as rows",
)
"""Ways to the prices of a market, past the panel."""
TABLES_BY_ANY_NAME = (
    "import duckdb\nduckdb.sql(f\"select * from '{market.folder}/prices.parquet'\")",
    "from duckdb import connect",
    "def late():\n    import duckdb as d\n    return d.read_parquet(place)",
    "from active_edge.results.folders import duckdb",
    "from active_edge.results import folders\nfolders.duckdb.sql('select 1')",
    "import pyarrow.parquet as pq\npq.read_table(place)",
    "import polars\npolars.scan_parquet(place)",
    "import sqlite3",
    "import pickle",
    "import pandas as pd\npd.read_parquet(place)",
    "from pandas import read_parquet as take",
    "import pandas\nframes = pandas\nframes.DataFrame()",
    "import pandas as pd\nclosing = getattr(pd, 'read_' + kind)(place)",
    "import pandas as pd\npd.io.common.get_handle(place, 'r')",
    "from pandas.io.parsers import read_csv",
    "import numpy as np\nnp.load(place)",
    "import numpy as np\nnp.genfromtxt(place)",
    "import numpy as np\nnp.lib.npyio.DataSource().open(place)",
    "text = place.read_text()",
    "take = place.read_bytes",
    "text = open(place).read()",
    "o = open\no(place)",
    "with place.open('rb') as file:\n    pass",
    "import io\nio.open(place)",
    "import os\nos.open(place, 0)",
    "files = list(folder.rglob('*.parquet'))",
    "import fileinput",
    "import linecache\nlinecache.getlines('x')",
    "connection.execute('select * from prices')",
    "import numpy as np\nnp.loadtxt(place)",
    "import numpy as np\nnp.lib.format.open_memmap(place)",
    "from numpy import *",
    "from .folders import *",
)
"""Ways to a file of a snapshot, or of anything else."""
ADDRESSES = (
    "import pandas as pd\npd.read_csv('https://example.org/prices.csv')",
    "import pandas as pd\npd.read_html(page)",
    "from pandas import read_json\nread_json('http://example.org')",
    "where = 's3://bucket/prices.parquet'",
    "import asyncio\nasyncio.open_connection('example.org', 80)",
    "from asyncio import open_connection",
    "line = loop.create_connection(protocol, 'example.org', 80)",
    "wire = something.socket.socket()",
    "import dataclasses\nwire = dataclasses.sys.modules['socket']",
    "import sys\nwire = sys.modules['socket']",
    "from sys import modules",
    "import importlib\nweb = importlib.import_module('httpx')",
    "from importlib import import_module as load",
    "from urllib.request import urlopen",
    "import urllib.request as web",
    "from active_edge.sources.web.transport import httpx",
    "import _socket",
    "import ctypes",
    "import xmlrpc.client",
    "import webbrowser",
    "from lxml import etree\netree.parse('https://example.org')",
    "asked = \"select * from read_parquet('https://example.org/prices.parquet')\"",
    "asked = f\"select * from 's3://{bucket}/x.csv'\"",
    "where = f'{scheme}://example.org'",
    "where = scheme + '://' + host",
    "where = 'ht' + 'tps:/' + '/example.org'",
    "where = ''.join(['ht', 'tp', '://', host])",
    "where = 'https:%sexample.org' % '//'",
    "where = '{}:{}'.format('https', '//example.org')",
    "where = 'https'",
    "where = b'http://example.org'",
    "asked = 'install httpfs'",
    "asked = 'select 1; LOAD httpfs;'",
    "asked = f\"ATTACH '{place}' AS other\"",
)
"""Ways to the network."""
WRITERS = (
    "place.write_text('a verdict')",
    "place.write_bytes(b'')",
    "with open('results/trials.jsonl', 'w') as file:\n    pass",
    "with place.open('a') as file:\n    pass",
    "with place.open(mode=how) as file:\n    pass",
    "frame.to_csv('results/index.csv')",
    "frame.to_parquet(path=place)",
    "put = frame.to_csv",
    "frame.to_pickle(**where)",
    "import json\njson.dump(told, file)",
    "from json import dump",
    "import numpy as np\nnp.save(place, values)",
    "values.tofile(place)",
    "relation.write_parquet('results/x.parquet')",
    "getattr(place, 'write_text')('x')",
    "getattr(place, 'write' + '_text')('x')",
    "import shutil\nshutil.copyfile(here, there)",
    "import os\nos.makedirs('results/mine')",
    "import tempfile\ntempfile.NamedTemporaryFile(dir='results')",
    "place.mkdir()",
    "place.symlink_to('results')",
    "place.unlink()",
    "import logging\nlogging.FileHandler('results/log')",
    "import csv\ncsv.writer(open('results/x.csv', 'w'))",
    "file.rename(there)",
    "file.rename(target=there)",
    "file.replace('results/index.csv')",
    "put = file.replace",
    "file.replace(*where)",
    "from pathlib import Path\nPath.replace(here, there)",
    "file.copy('results/index.csv')",
    "file.move_into(folder)",
    "import os\nos.replace(here, there)",
    "from os import replace as put",
    "getattr(file, 'rename')(there)",
    "import numpy as np\nnp.savetxt(place, values)",
    "asked = f\"COPY (SELECT 1) TO '{place}'\"",
    "asked = 'copy rows to ' + place",
)
"""Ways to write a file."""
LAZY_NAMES = ("from active_edge import backtest", "from active_edge import Market")
"""Ways around the order of the rooms by the package's own names."""
DATA_ROOMS = {"sources", "market"}
PLANTS = {
    "prices": (PRICES_BY_ANY_NAME, {"market", "sources", "simulated", "filings", "panel", "engine", "costs"}),
    "tables": (TABLES_BY_ANY_NAME, DATA_ROOMS | {"results", "simulated", "filings", "plugins"}),
    "addresses": (ADDRESSES, {"sources", "filings", "plugins"}),
    "writers": (WRITERS, {"sources"}),
}
"""What is planted, and the rooms that may do some of it."""
DECIDING = ("factors", "screen", "strategy", "universe", "weightings", "rebuilt_index", "evaluation")


def planted(room: str, text: str) -> list[str]:
    """What the fences say of a new module in a room, or of a room that is one module."""
    is_package = (PROJECT / "src/active_edge" / room).is_dir()
    return breaches(f"active_edge.{room}.planted" if is_package else f"active_edge.{room}", text)


@cache
def crossed(text: str) -> list[tuple[Fence, str]]:
    """Every fence that a text crosses, and the place below the module it does so in."""
    return [
        (fence, one.place.removeprefix("active_edge.nowhere"))
        for fence in FENCES
        for one in crossings(fence, "active_edge.nowhere", text)
    ]


def is_refused(room: str, text: str) -> bool:
    """`planted`, with every text read once for all rooms."""
    is_package = (PROJECT / "src/active_edge" / room).is_dir()
    module = f"active_edge.{room}.planted" if is_package else f"active_edge.{room}"
    return any(not is_inside(f"{module}{place}", fence.open_to) for fence, place in crossed(text))


@pytest.mark.nightly  # scripts/check holds the package itself to them each time
def test_the_package_keeps_every_fence(capsys):
    assert main() == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("room", LAYERS)
def test_a_forbidden_import_is_refused_in_every_room_by_every_way(room):
    for target, rooms in GUARDED.items():
        for way in WAYS:
            text = way.format(target)
            assert is_refused(room, text) or room in rooms, text


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_library_is_refused_in_every_room_that_is_not_named_for_it(library):
    text = f"import {library}"
    passed = {room for room in LAYERS if not is_refused(room, text)}
    assert passed <= {place.partition(".")[0] for place in LIBRARIES[library]}
    assert planted("crosssection", text)


@pytest.mark.parametrize("library", KNOWN_NAMES)
def test_a_name_of_a_held_library_that_nobody_named_is_refused_in_every_room(library):
    for text in (f"import {library} as kept\nkept.grown_last_week(1)", f"from {library} import grown_last_week"):
        assert all(is_refused(room, text) for room in LAYERS), text
    assert all(any(f"of {library} only" in one for one in planted(room, text)) for room in LAYERS)


def test_every_fence_has_a_breach_among_what_is_planted():
    plants = [*READS, *DYNAMIC, *PROGRAMS, *PRICES_BY_ANY_NAME, *TABLES_BY_ANY_NAME, *ADDRESSES, *WRITERS, *LAZY_NAMES]
    plants += [f"import {name}" for name in LIBRARIES]
    plants += [f"from {name} import grown_last_week" for name in KNOWN_NAMES]
    plants += [way.format(target) for target in GUARDED for way in WAYS]
    crossed_by_some = {fence.name for text in plants for fence, _ in crossed(text)}
    assert [fence.name for fence in FENCES if fence.name not in crossed_by_some] == []


@pytest.mark.parametrize("room", [name for name in LAYERS if name != "plugins"])
def test_an_import_by_a_made_up_name_is_refused_in_every_room(room):
    assert all(is_refused(room, text) for text in DYNAMIC)


@pytest.mark.parametrize("room", LAYERS)
def test_no_other_program_is_started_by_any_name_of_os(room):
    assert all(is_refused(room, text) for text in PROGRAMS)


@pytest.mark.parametrize("room", DECIDING)
def test_no_decision_reads_prices_or_facts_past_the_panel(room):
    assert all("only `panel` reads" in " ".join(planted(room, text)) for text in READS)
    assert planted(room, "known = panel.instant('total_assets')\nclose = panel.close()") == []


@pytest.mark.parametrize("room", LAYERS)
@pytest.mark.parametrize("kind", PLANTS)
def test_whatever_is_planted_is_refused_in_every_room_but_those_that_may_do_it(kind, room):
    plants, rooms = PLANTS[kind]
    passed = [text for text in plants if not is_refused(room, text)]
    assert passed == [] or room in rooms


@pytest.mark.parametrize(
    ("room", "texts"),
    [
        ("sources.web", [text for text in ADDRESSES if "pd" in text or "asyncio" in text or "import_module" in text]),
        ("sources", [text for text in ADDRESSES if "urlopen" in text or "import_module" in text or "socket" in text]),
        ("market", [*ADDRESSES, *WRITERS]),
        ("results", [*PRICES_BY_ANY_NAME, *ADDRESSES]),
        ("panel", [*TABLES_BY_ANY_NAME, *ADDRESSES, *WRITERS]),
        ("engine", [*TABLES_BY_ANY_NAME, *ADDRESSES, *WRITERS]),
    ],
)
def test_a_room_that_may_do_one_thing_may_do_no_other(room, texts):
    assert [text for text in texts if not breaches(f"active_edge.{room}.planted", text)] == []


def test_a_place_is_open_no_further_than_its_function():
    write = "def write_schemas(place):\n    place.mkdir()\n\n\ndef another(place):\n    place.mkdir()\n"
    assert [one.split(";")[0] for one in breaches("active_edge.working_folder", write)] == [
        "active_edge.working_folder:6: reads .mkdir"
    ]


def test_text_that_is_made_and_no_file_passes_everywhere():
    plain = "text = frame.to_csv()\nvalues = frame.to_numpy()\nimport json\ntold = json.dumps(values)\nname = path.stem"
    plain += "\nlines = frame.rename(columns=named)[['a']].copy(deep=False)\ntext = text.replace('a', 'b')"
    plain += "\nsaid = 'loads {0} of {1:.2f}: {{x}}'.format(text, 2)\nday = day.replace(day=1)"
    assert all(planted(room, plain) == [] for room in LAYERS)


SQL_OF_A_MARKET = (
    "asked = 'select close from prices'",
    "asked = f\"select * from read_parquet('{folder}/prices.parquet')\"",
    "asked = f'{folder}/facts.parquet'",
    "asked = 'SELECT p.close FROM rows JOIN facts USING (asset)'",
)


@pytest.mark.parametrize("room", ["results.folders", "calibration.windows", "published.return_files"])
def test_a_room_that_may_speak_sql_reads_no_table_of_a_market_by_it(room):
    assert [text for text in SQL_OF_A_MARKET if not breaches(f"active_edge.{room}", text)] == []
    assert breaches(f"active_edge.{room}", "asked = 'select day, value from rows'") == []


def test_what_a_docstring_says_is_no_breach():
    assert breaches("active_edge.words", '"""Read https://example.org, and `select close from prices`."""') == []


def test_the_network_is_open_in_its_room_alone():
    assert breaches("active_edge.sources.web.transport", "import httpx") == []
    assert len(breaches("active_edge.sources.web.transport", "import socket, ssl")) == 2
    assert breaches("active_edge.sources.vendors.yahoo", "import yfinance\nfrom curl_cffi import requests") == []
    assert len(breaches("active_edge.sources.vendors.yahoo", "import httpx\nimport requests")) >= 2
    assert len(breaches("active_edge.sources.sec.fsds", "import yfinance")) == 1


@pytest.mark.parametrize("room", [outside.room for outside in OUTSIDE])
def test_inference_and_report_import_nothing_above_them(room):
    for above in ("config", "market", "sessions", "strategy", "results", "cli"):
        assert planted(room, f"from active_edge.{above} import anything"), above
        assert planted(room, WAYS[4].format(f"active_edge.{above}")), above
    assert planted(room, "from active_edge.errors import DataError\nfrom . import inner\nimport numpy") == []


def test_the_lazy_names_of_the_package_hide_no_arrow():
    assert all(planted(room, text) for room in ("inference", "cli") for text in LAZY_NAMES)


@pytest.mark.slow
def test_every_exception_of_a_fence_is_needed():
    """A place that no longer crosses the fence is taken off its list."""
    everything = list(modules())
    for fence in FENCES:
        crossed = [
            one.place for name, text, package in everything for one in crossings(fence, name, text, package=package)
        ]
        for place in fence.open_to:
            assert any(is_inside(name, {place}) for name in crossed), f"{fence.name}: {place} does not need it"


@pytest.fixture(scope="module")
def turned_round(tmp_path_factory):
    """What import-linter says of a copy of the package in which every room imports the room above it."""
    root = tmp_path_factory.mktemp("planted")
    package = root / "src" / "active_edge"
    shutil.copytree(PROJECT / "src/active_edge", package, ignore=shutil.ignore_patterns("__pycache__", "shipped"))
    shutil.copytree(PROJECT / "src/active_edge/shipped", package / "shipped", dirs_exist_ok=True)
    shutil.copy(PROJECT / "pyproject.toml", root)
    for above, room in pairwise(LAYERS):
        text = f"import active_edge.{above}\n"
        if (package / room).is_dir():
            (package / room / "planted.py").write_text(text, encoding="utf-8")
        else:
            file = package / f"{room}.py"
            file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--no-cache"],
        cwd=root,
        env={"PYTHONPATH": str(root / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    return done


def test_an_arrow_up_is_refused_in_every_room(turned_round):
    assert turned_round.returncode == 1
    said = turned_round.stdout
    missing = [
        room
        for above, room in pairwise(LAYERS)
        if f"active_edge.{room} is not allowed to import active_edge.{above}" not in said
    ]
    assert missing == []


@pytest.mark.parametrize(
    "way", ["import duckdb\nduckdb.connect()", "from duckdb import connect as c", "import duckdb as d\nd.sql(q)"]
)
def test_duckdb_is_opened_in_one_place(way):
    assert any("no extension" in one for one in breaches("active_edge.market.dated", way))
    assert not any("no extension" in one for one in breaches("active_edge.market.connection", way))
