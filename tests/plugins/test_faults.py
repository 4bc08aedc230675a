"""Whatever is wrong with a plug-in ends in a sentence that names it, and never in a traceback."""

import re

import pytest

from tests.plugins.files import CASH_SHARE, HEAD, WORDS, own_factor, working_folder
from tests.quick import first_quick

ON = ("--on", "2024-06-28")
FAULTS = {
    "raises at import": ("\n\nraise RuntimeError('no')", "line 3: raised RuntimeError: no while it was loaded"),
    "exits at import": ("import sys\nsys.exit(3)", "line 2: raised SystemExit: 3 while it was loaded"),
    "is not Python": (f"{HEAD}def (:\n", "line 4: is not Python: "),
    "imports what is not there": ("import no_such_thing", "line 1: raised ModuleNotFoundError: No module named"),
    "has no source": (own_factor("return 1", words='unit="x", good="high"'), "line 4: raised TypeError: .*'source'"),
    "says nothing": (
        f"{HEAD}@ae.factor\ndef cash_share(panel):\n    return panel.close()\n",
        r"line 4: @ae\.factor says nothing of cash_share; write @ae\.factor\(unit=\.\.\., good=\.\.\., source=",
    ),
    "has an empty source": (
        own_factor("return 1", words='unit="x", good="high", source=""'),
        "line 4: factor cash_share: source is empty",
    ),
    "has no direction": (own_factor("return 1", words='unit="x", good="up", source="s"'), "good='up' is not one of"),
    "has no docstring": (
        f"{HEAD}@ae.factor({WORDS})\ndef cash_share(panel):\n    return 1\n",
        "line 4: factor cash_share: docstring is empty",
    ),
    "raises no exception at import": (
        "raise BaseException('no')",
        "line 1: raised BaseException: no while it was loaded",
    ),
    "is a class": (
        f'{HEAD}@ae.factor({WORDS})\nclass cash_share:\n    """A test."""\n',
        r"factor cash_share: is a class; write a plain function, def cash_share\(panel\)",
    ),
    "is async": (
        f'{HEAD}@ae.factor({WORDS})\nasync def cash_share(panel):\n    """A test."""\n',
        "factor cash_share: is an async function; write a plain function",
    ),
    "needs an item that is misspelt": (
        own_factor("return 1", words=f'{WORDS}, needs=(("cash", "total_asets"),)'),
        r"line 4: factor cash_share: needs 'total_asets', which is no item of any market; did you mean total_assets\?",
    ),
    "needs an item by the name of others": (
        own_factor("return 1", words=f'{WORDS}, needs=("cash+Revenues",)'),
        r"needs 'Revenues', which is no item of any market; did you mean revenue\?",
    ),
    "needs nothing beside something": (
        own_factor("return 1", words=f'{WORDS}, needs=("cash+",)'),
        r"needs ''.*write a\+b",
    ),
    "is a lambda": (
        f"{HEAD}own = ae.factor({WORDS})(lambda panel: 1)\n",
        "line 4: factor: a lambda is no function with a name",
    ),
    "registers nothing": ("x = 1\n", "registers nothing; decorate a function with one of @ae.factor"),
    "is defined twice": (CASH_SHARE + CASH_SHARE, "the factor 'cash_share' is defined twice in"),
    "takes a built-in name": (
        own_factor("return 1", name="leverage"),
        "the factor 'leverage' is built in; give yours another name",
    ),
    "takes the name of an item": (own_factor("return 1", name="total_assets"), "'total_assets' is built in"),
}
COMPUTED = {
    "raises": ("return 1 / 0", "line 7: raised ZeroDivisionError: division by zero"),
    "raises further down": ("def f():\n    return {}['x']\nreturn f()", "line 8: raised KeyError: 'x'"),
    "returns nothing": (
        "panel.close()",
        r"line 4: returned nothing; return a numpy array \(n_dates, n_assets\) = \(1, ",
    ),
    "returns a number": ("return 1.0", "returned a float; return a numpy array"),
    "returns a frame": (
        "import pandas as pd\nreturn pd.DataFrame(panel.close())",
        "returned a DataFrame; return a numpy",
    ),
    "returns another shape": (
        "return panel.close()[0]",
        r"returned an array of shape \(\d+,\), not \(n_dates, n_assets\)",
    ),
    "returns its transpose": ("return panel.close().T", r"returned an array of shape \(\d+, 1\), not"),
    "returns text": ("return panel.close().astype(str)", r"returned an array of <U\d+; return numbers"),
    "returns objects": ("return panel.close().astype(object)", "returned an array of object"),
    "returns complex numbers": ("return panel.close() + 1j", "returned an array of complex128"),
    "divides by zero": (
        "return panel.close() / 0.0",
        r"returned [\d,]+ infinite values, the first inf for SIM\d+ on 2024-06-28; a value that cannot be ",
    ),
    "writes into what it read": (
        "panel.close()[0, 0] = 1\nreturn panel.close()",
        "line 7: raised ValueError: .*read-only",
    ),
    "moves the dates": (
        "panel.dates = panel.dates[:0]\nreturn panel.close()",
        "line 7: raised AttributeError: a panel is only read; its dates cannot be set",
    ),
    "puts another close into the panel": (
        "panel.close = lambda: 1 / 0\nreturn panel.market_value()",
        "line 7: raised AttributeError: a panel is only read; its close cannot be set",
    ),
    "moves the dates behind its back": (
        "object.__setattr__(panel, 'dates', panel.dates[:0])\nreturn panel.close()",
        r"set panel\.dates, which is only read; compute on copies, and return what you computed$",
    ),
    "moves what the panel keeps for itself": (
        "panel._sessions = panel._sessions - 1\nreturn panel.close()",
        r"set panel\._sessions, which is only read",
    ),
    "puts its own method into the panel": (
        "values = panel.close()\npanel.__dict__['close'] = lambda: values\nreturn values",
        r"set panel\.close, which is only read",
    ),
    "changes what stands behind the panel": (
        "object.__setattr__(panel.market, 'simulated', False)\nreturn panel.close()",
        r"set panel\.market\.simulated, which is only read",
    ),
    "opens for writing what it read": (
        "panel.close().setflags(write=True)\nreturn panel.close()",
        r"set panel\._kept, which is only read",
    ),
    "leaves a thread running": (
        "from threading import Thread\nfrom time import sleep\n"
        "Thread(target=lambda: sleep(3), daemon=True).start()\nreturn panel.close()",
        r"left a thread of its own running; wait for it \(join\) first$",
    ),
    "leaves a sleeping thread": (
        "from threading import Thread\nfrom time import sleep\n"
        "Thread(target=sleep, args=(3,), daemon=True).start()\nreturn panel.close()",
        "left a thread of its own running",
    ),
    "leaves a timer": (
        "from threading import Timer\nlate = Timer(3, print)\nlate.daemon = True\nlate.start()\nreturn panel.close()",
        "left a thread of its own running",
    ),
    "leaves a thread of a pool running": (
        "from concurrent.futures import ThreadPoolExecutor\nfrom time import sleep\n"
        "ThreadPoolExecutor().submit(lambda: sleep(1))\nreturn panel.close()",
        "left a thread of its own running",
    ),
    "returns a masked array": (
        "return np.ma.masked_invalid(panel.close())",
        r"returned a MaskedArray; return a numpy array \(n_dates, n_assets\) = \(1, \d+\), NaN where missing",
    ),
    "exits": ("raise SystemExit", "line 7: raised SystemExit$"),
    "raises an interrupt": ("raise KeyboardInterrupt", "line 7: raised KeyboardInterrupt$"),
    "aborts": ("import click\nraise click.Abort", "line 8: raised Abort$"),
    "raises the interrupt of a library": (
        "import duckdb\nraise duckdb.InterruptException('x')",
        "line 8: raised InterruptException: x$",
    ),
    "fails in a thread": (
        "from threading import Thread\nt = Thread(target=lambda: 1 / 0)\nt.start()\nt.join()\nreturn panel.close()",
        "line 8: a thread of its own raised ZeroDivisionError: division by zero$",
    ),
    "raises what is no exception": ("raise GeneratorExit('x')", "line 7: raised GeneratorExit: x"),
    "ends an iterator": ("return next(iter([]))", "line 7: raised StopIteration"),
    "raises what cannot be told": (
        "class Silent(Exception):\n    def __str__(self):\n        return self.gone\nraise Silent",
        "line 10: raised Silent$",
    ),
    "asks for an item nobody has": (
        'return panel.latest("total_asets")',
        "line 7: no item is named 'total_asets'; did you mean total_assets",
    ),
    "asks for a method that is not there": ("return panel.closes()", "line 7: raised AttributeError: .*closes"),
}


def refused(said):
    code, out, err = said
    assert code == 1
    assert "Traceback" not in out + err
    return err.splitlines()[-1]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_file_that_cannot_be_used_is_named_with_its_line(say, tmp_path, fault):
    text, words = FAULTS[fault]
    working_folder(tmp_path)
    (tmp_path / "mine.py").write_text(text)
    sentence = refused(say("screen", "screens/mine.yaml", *ON, "--plugin", "mine.py"))
    assert sentence.startswith("Error: ")
    assert re.search(words, sentence), sentence
    assert "mine.py" in sentence


@pytest.mark.parametrize("fault", first_quick(COMPUTED, 4))
def test_a_factor_that_cannot_be_computed_is_named_with_its_file_and_line(say, tmp_path, fault):
    body, words = COMPUTED[fault]
    working_folder(tmp_path, mine=own_factor(body))
    sentence = refused(say("screen", "screens/mine.yaml", *ON))
    assert re.search(
        rf"^Error: plug-in plugins/mine\.py, factor cash_share, {words}" if words.startswith("line") else words,
        sentence,
    ), sentence
    assert sentence.startswith("Error: plug-in plugins/mine.py, factor cash_share")


def test_a_file_that_is_gone_is_named(say, tmp_path):
    working_folder(tmp_path, mine=CASH_SHARE)
    sentence = refused(say("screen", "screens/mine.yaml", *ON, "--plugin", "plugins/mien.py"))
    assert "plug-in plugins/mien.py: cannot be read (No such file or directory); did you mean mine?" in sentence


def test_a_file_that_vanishes_after_it_was_looked_at_is_named(market, tmp_path):
    from active_edge.errors import PluginError
    from active_edge.plugins import scope
    from active_edge.screen import load_screen

    folder = working_folder(tmp_path, mine=CASH_SHARE)
    with scope([folder / "plugins"]):
        (folder / "plugins" / "mine.py").unlink()
        with pytest.raises(PluginError, match=r"plugins/mine\.py: cannot be read \(No such file"):
            load_screen(folder / "screens" / "mine.yaml")


def test_a_broken_file_in_the_folder_is_named_when_a_name_is_missed_and_only_then(say, tmp_path):
    working_folder(tmp_path, mine="def (:\n")
    broken = "no factor is named 'cash_share'; plug-in plugins/mine.py, line 1: is not Python"
    said = refused(say("screen", "screens/mine.yaml", *ON))
    assert broken in said
    assert "valid:" not in said  # the name is right, and a list of others would hide what is wrong
    assert broken in say("check", data=False)[1]
    assert said.count("is not Python") == 1  # found in the folder and beside the file
    working_folder(tmp_path, factor="cash_to_assets")
    assert say("screen", "screens/mine.yaml", *ON)[0] == 0


def test_a_class_in_the_folder_is_found_by_its_name_and_refused(say, tmp_path):
    working_folder(tmp_path, mine=f'{HEAD}@ae.factor({WORDS})\nclass cash_share:\n    """A test."""\n')
    assert "plugins/mine.py, line 4: factor cash_share: is a class" in refused(say("screen", "screens/mine.yaml", *ON))


@pytest.mark.parametrize("assigned", ["own = ", "own: object = ", ""])
def test_a_function_that_is_decorated_by_a_call_is_found_by_its_name(say, tmp_path, assigned):
    function, call = (
        own_factor('return panel.latest("cash")').replace(f"@ae.factor({WORDS})\n", ""),
        f"ae.factor({WORDS})",
    )
    working_folder(tmp_path, mine=f"{function}{assigned}{call}(cash_share)\n")
    assert "cash_share may come from plugins/mine.py, line 7, not run" in say("check", data=False)[1]
    assert say("screen", "screens/mine.yaml", *ON)[0] == 0


def test_two_files_that_define_a_name_are_both_named(say, tmp_path):
    working_folder(tmp_path, mine=CASH_SHARE, other=CASH_SHARE)
    (tmp_path / "named.py").write_text(CASH_SHARE)
    assert "the factor 'cash_share' is defined in plugins/mine.py and in plugins/other.py; rename one" in refused(
        say("screen", "screens/mine.yaml", *ON)
    )
    assert "in plugins/mine.py and in named.py" in refused(
        say("screen", "screens/mine.yaml", *ON, "--plugin", "named.py")
    )


def test_a_folder_that_redefines_a_built_in_factor_is_refused_even_where_it_is_not_needed(say, tmp_path):
    working_folder(tmp_path, factor="cash_to_assets", mine=own_factor("return 1", name="cash_to_assets"))
    for command in (("screen", "screens/mine.yaml", *ON), ("check", "screens/mine.yaml")):
        assert "plug-in plugins/mine.py, line 5: the factor 'cash_to_assets' is built in" in refused(
            say(*command, data=command[0] != "check")
        )


def test_a_file_that_does_not_register_what_it_shows_is_named(say, tmp_path):
    silent = own_factor("return 1").removeprefix(HEAD)
    shows = (
        f"{CASH_SHARE.replace('cash_share', 'other')}\n\nclass ae:\n    factor = lambda **_: lambda f: f\n\n{silent}"
    )
    working_folder(tmp_path, mine=shows)
    said = refused(say("screen", "screens/mine.yaml", *ON))
    assert re.search(r"plugins/mine\.py, line \d+: is to register the factor 'cash_share', and did not", said), said
