"""A market, files and results with hostile names in every place that takes one, and every page written of them.

A page is read as a browser reads it: nothing that came in as a name is an element, an attribute, an address or code.
Refusing a name is as good as escaping it.
"""

from __future__ import annotations

import contextlib
import html
import re
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lxml.etree
import lxml.html
import pandas as pd
import yaml

from active_edge.calibration.document import read_document
from active_edge.calibration.page import calibration_page
from active_edge.digest import PACKAGE
from active_edge.errors import ActiveEdgeError
from active_edge.evaluation import evaluate
from active_edge.inference.false_alarms import TABLE
from active_edge.lab.serve import make_lab
from active_edge.market import open_market
from active_edge.panel import Panel
from active_edge.report.document_page import render_document
from active_edge.report.lab_page import render_lab
from active_edge.results.batch import judge
from active_edge.results.stored_run import load_run
from active_edge.run.backtest import backtest
from active_edge.simulated import simulate
from active_edge.strategy import Strategy, load_strategy
from active_edge.sweeping.parts import read_table
from tests.torture.children import answered
from tests.torture.rows import Result
from tests.torture.world import inside, run

MARK = "hstl"
HOSTILE = (
    f"<script>{MARK}(1)</script>",
    f'"><img src=x onerror={MARK}(2)>',
    f"</script><script>{MARK}(3)</script>",
    f"javascript:{MARK}(4)",
    f"'-{MARK}(5)-'",
    f"{{{{ {MARK}.x }}}}{{% {MARK} %}}${{{MARK}}}",
    f"\u202e{MARK} left \u2066to right",
    f"{MARK}\x01\x08\x1b[31m\x7f\x85",
    f"{MARK} \U0001f4a5\u200d\U0001f525 =cmd()|'/c'",
    f"<!--{MARK}<svg/onload={MARK}(6)>--><iframe src=javascript:{MARK}(7)>",
    f"[{MARK}](javascript:{MARK}) `{MARK}` <b>{MARK}</b>",
    f"{MARK}&lt;script&gt;&#60;script&#62;",
    MARK + "W" * 10_000,
)
ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
SCREEN = {
    "name": "hostile",
    "universe": {"min_price": 1},
    "require": {"leverage": {"quantile_max": 0.7}},
    "rank": {"return_on_assets": 1, "gross_profitability": 0.5},
    "select": {"top": 30, "keep_until": 45},
}
STRATEGY = {"name": "hostile", "screen": "hostile", "rebalance": "quarterly", "capital_usd": 1_000_000}
TOLD = frozenset({"judged", "command", "created", "code", "meaning", "told", "notes"})
"""Keys of the table of measured rates behind which words for a reader stand."""
RUN = ("-d", "market", "--out", "results", "--no-plugins")


def hostile_tables(folder: Path, plain: Path) -> Path:
    """The tables of a simulated market with hostile tickers, companies, exchanges, ids, series and indices."""
    market = open_market(plain)
    told = {name: read_table(market.table(name)) for name in market.manifest["tables"]}
    securities = told["securities"]
    names = [HOSTILE[place % len(HOSTILE)] for place in range(len(securities))]
    securities["name"] = [f"{name} {place}" for place, name in enumerate(names)]
    securities["exchange"] = names
    securities.loc[: len(HOSTILE) - 1, "ticker"] = HOSTILE
    renamed = dict(zip(securities["asset"].iloc[-len(HOSTILE) :], HOSTILE, strict=True))
    for name, frame in told.items():
        if "asset" in frame:
            frame["asset"] = frame["asset"].replace(renamed)
        for column, known in (("series", "IWM"), ("index", "Russell 2000")):
            if column in frame:
                copies = [frame[frame[column] == known].assign(**{column: text}) for text in HOSTILE]
                told[name] = pd.concat([frame, *copies])
    folder.mkdir(parents=True)
    for name, frame in told.items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    return folder


def hostile_files(folder: Path) -> None:
    """Screens, strategies, a grid, claims, returns and weights of hostile words; which of them are files by now."""
    for number, text in enumerate(HOSTILE):
        name = f"hostile_{number}"
        _yaml(folder / "screens" / f"{name}.yaml", SCREEN | {"name": name, "description": text})
        _yaml(
            folder / "strategies" / f"{name}.yaml",
            STRATEGY | {"name": name, "screen": name, "description": text, "benchmarks": ["IWM", text]},
        )
    sealed = {"name": "sealed", "screen": "hostile_7", "description": HOSTILE[7], "benchmarks": ["IWM"]}
    _yaml(folder / "strategies" / "sealed.yaml", STRATEGY | sealed)
    _yaml(folder / "grid.yaml", {"name": "grid", "description": HOSTILE[0], "vary": {"screen.select.top": [20, 30]}})

    claims = [
        {
            "name": f"claim_{number}",
            "statement": text,
            "needs": text,
            "published": text,
            "strategy": f"hostile_{number}",
        }
        for number, text in enumerate(HOSTILE)
    ]
    _yaml(folder / "claims.yaml", {"name": "claims", "description": HOSTILE[1], "claims": claims})
    days = pd.bdate_range("2021-01-04", periods=500)
    returns = pd.DataFrame({"date": days, "returns": [0.001, -0.0005] * 250, HOSTILE[0]: [0.0005, -0.0004] * 250})
    returns.to_csv(folder / "returns.csv", index=False)


def _yaml(path: Path, content: dict[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def commands(texts: int) -> Iterator[tuple[str, ...]]:
    """Everything that writes a page or prints a name."""
    yield ("data", "import", "tables", "--data", "market")
    yield ("data", "status", "-d", "market")
    yield ("data", "audit", "-d", "market")
    yield ("check", "screens", "strategies", "claims.yaml", "--no-plugins")
    for number, text in [*enumerate(HOSTILE)][-texts:]:
        yield ("backtest", f"strategies/hostile_{number}.yaml", *RUN, "--random", "20", "--no-sensitivity")
        yield ("screen", f"screens/hostile_{number}.yaml", "-d", "market", "--on", "2023-06-30", "--no-plugins")
        yield ("explain", f"screens/hostile_{number}.yaml", text, "-d", "market", "--on", "2023-06-30", "--no-plugins")
        yield ("company", text, "-d", "market", "--out", "results", "--screen", f"screens/hostile_{number}.yaml")
        yield ("judge", "returns.csv", "--name", text, "--benchmarks", HOSTILE[0], "--out", "results")
        yield ("memo", f"hostile_{number}", "--docx", "--out", "results")
        yield ("export", f"hostile_{number}", "--csv", "--xlsx", "--out", "results")
    yield ("compare", "hostile_11", "hostile_12", "--name", HOSTILE[0], "--out", "results")
    yield ("compare", "hostile_11", "hostile_12", "--out", "results")
    yield ("sweep", "strategies/hostile_0.yaml", "--grid", "grid.yaml", *RUN)
    day = ("--on", "2024-12-31")
    yield ("portfolio", "strategies/hostile_0.yaml", "-d", "market", "--cash", "1e6", *day, "--no-plugins")
    yield ("seal", "strategies/sealed.yaml", "-d", "plain", "--on", "2022-12-30", "--no-plugins")
    yield ("track", "-d", "plain", "--no-plugins")
    yield ("thesis", "--claims", "claims.yaml", "-d", "market", "--out", "results", "--no-plugins")
    yield ("thesis", "-d", "market", "--out", "results", "--no-plugins")
    yield ("evidence", "-d", "market", "--out", "results")
    yield ("ledger",)


def breaches(page: str) -> Iterator[str]:
    """What a hostile text is in the page besides text, in words."""
    tree = lxml.html.document_fromstring(ACTING.sub("", page))
    for element in tree.iter():
        if not isinstance(element.tag, str):
            if MARK in str(element):
                yield f"a comment: {str(element)[:80]}"
            continue
        if element.tag == "script" and element.get("type") == "application/json":
            continue
        if element.tag in ("script", "style", "iframe", "img", "svg", "object", "embed") and MARK in _own(element):
            yield f"in <{element.tag}>: {_own(element)[:80]}"
        for name, value in element.attrib.items():
            if (
                MARK in name
                or (name.startswith("on") and MARK in value)
                or re.match(r"\s*(javascript|data):.*" + MARK, value)
            ):
                yield f"in {element.tag}@{name}: {value[:80]}"
    for found in ACTING.findall(page)[:1]:
        yield f"a control character {found!r}"


def _own(element: lxml.html.HtmlElement) -> str:
    """What stands in an element that is no text of a reader."""
    return f"{element.text or ''} {' '.join(element.attrib.values())}"


def every_page(folder: Path, *, texts: int) -> Result:
    """The row: pages and outputs looked at; texts refused by name; what was wrong."""
    told, ended = answered(lambda: _every_page(folder, texts), hung=1200.0)  # every command and page there is
    row = told or Result("hostile names", wrong=[f"the process ended with {ended.code}"])
    row.cpu_seconds, row.peak_mb = ended.cpu_seconds, ended.peak_mb
    return row


def _every_page(folder: Path, texts: int) -> Result:
    row = Result("hostile names on every kind of page")
    folder.mkdir(parents=True)
    simulate(folder / "plain", years=4, firms=150, seed=3)
    hostile_tables(folder / "tables", folder / "plain")
    hostile_files(folder)
    with inside(folder):
        for command in commands(texts):
            began = time.monotonic()
            code, said = run(command)
            row.slowest = max(row.slowest, time.monotonic() - began)
            row.tried += 1
            row.noticed += code in (1, 2)
            words = " ".join(command)[:90]
            if code not in (0, 1, 2, 3) or "Traceback" in said:
                row.wrong.append(f"{words}: exit {code}: {said.strip()[-300:]}")
            for found in ACTING.findall(said)[:1]:
                row.wrong.append(f"{words}: prints the control character {found!r}")
        start = make_lab(open_market("market"), _strategies(), family="f", out=Path("results")).start
        Path("lab.html").write_text(render_lab(start, stamp=""), encoding="utf-8")
        for place, page in enumerate([*_calibrations(texts), *_cards(texts)]):
            Path(f"shown_{place}.html").write_text(page, encoding="utf-8")
        for path in sorted(one for one in folder.rglob("*.*") if one.suffix in LOOKED_AT):
            row.tried += 1
            row.wrong += [f"{path.relative_to(folder)}: {one}" for one in LOOKED_AT[path.suffix](path)]
    return row


def _calibrations(texts: int) -> Iterator[str]:
    """The page of measured rates, of a table in which every word that is no name of a column is a hostile text."""
    document = read_document(PACKAGE / "inference" / TABLE)
    for text in HOSTILE[-texts:]:
        yield render_document(calibration_page(_instead(document, text)), name="part", home="index.html", notes=[text])


def _instead(content: Any, text: str) -> Any:
    """The content with `text` for every word behind a key of `TOLD`; names that the page looks up stay as they are."""
    if isinstance(content, list):
        return [_instead(one, text) for one in content]
    if not isinstance(content, dict):
        return content
    return {key: _every_word(value, text) if key in TOLD else _instead(value, text) for key, value in content.items()}


def _every_word(content: Any, text: str) -> Any:
    """`text` for a word that is not empty, and for each of a table of them."""
    if isinstance(content, dict):
        return {key: _every_word(value, text) for key, value in content.items()}
    return text if content else content


def _cards(texts: int) -> Iterator[str]:
    """What a notebook shows: a market, members, a result and its judgement, stored runs."""
    market = open_market("market")
    yield market._repr_html_()
    for strategy in [*_strategies().values()][-texts:]:
        panel = Panel(market, market.sessions[-1:])
        yield evaluate(strategy.screen, panel).members_frame(0)._repr_html_()
        result = backtest(strategy, market)
        yield result._repr_html_()
        yield judge(result)._repr_html_()
    for run_folder in sorted(Path("results").glob("[!.]*/run.yaml")):
        yield load_run(run_folder.parent)._repr_html_()


def _page(path: Path) -> Iterator[str]:
    return breaches(path.read_text(encoding="utf-8"))


def _markdown(path: Path) -> Iterator[str]:
    """A sign after a backslash is a sign in Markdown; every other may be HTML."""
    return breaches(re.sub(r"\\([<>])", _entity, path.read_text(encoding="utf-8")))


def _entity(found: re.Match[str]) -> str:
    return html.escape(found[1])


def _office(path: Path) -> Iterator[str]:
    """A document or workbook whose parts are no XML, as other programs would find."""
    with zipfile.ZipFile(path) as parts:
        for name in parts.namelist():
            try:
                lxml.etree.fromstring(parts.read(name))
            except lxml.etree.XMLSyntaxError as error:
                yield f"{name}: {error}"


LOOKED_AT = {".html": _page, ".md": _markdown, ".docx": _office, ".xlsx": _office}


def _strategies() -> dict[str, Strategy]:
    """The strategies that are read."""
    found = {}
    for path in sorted(Path("strategies").glob("*.yaml")):
        with contextlib.suppress(ActiveEdgeError):
            found[path.stem] = load_strategy(path)
    return found
