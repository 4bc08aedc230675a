"""The lab's server: one page and a few calls on 127.0.0.1, for whoever holds the token of this start."""

from __future__ import annotations

import json
import secrets
import shlex
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from active_edge.errors import ActiveEdgeError, ConfigError
from active_edge.lab.card import name_card
from active_edge.lab.desk import STAGES, Desk, Dropped, Evaluated
from active_edge.lab.document import first_document, later_document
from active_edge.lab.explore import look_at_factor
from active_edge.lab.markets import Markets
from active_edge.lab.price import price_of
from active_edge.lab.variant import content_of, renamed, save_variant, variant_of
from active_edge.ledger import Ledger
from active_edge.report.document import market_kind, stamp_of
from active_edge.report.lab_page import lab_file, render_lab
from active_edge.results.batch import run_strategies
from active_edge.results.folders import page_text
from active_edge.stored import plain_json
from active_edge.words import number

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

TOKEN = "x-lab-token"
PATIENCE = 1.0
"""Seconds after which a page is told how far the opening of a market is."""
LOCAL = ("127.0.0.1", "localhost")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
REPORT_POLICY = "sandbox allow-scripts"
"""A report has a policy of its own; here it gets an origin of its own too, so that nothing in it can call the lab."""
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


@dataclass(frozen=True)
class Looked:
    """A variant that a tab looks at: the number the tab gave it, and the desk it was evaluated on."""

    number: int
    evaluated: Evaluated
    desk: Desk


@dataclass
class Lab:
    """The desks, and what each tab of a browser waits for.

    Attributes
    ----------
    start : what the page begins with.
    out : results folder of full runs; strategies and screens are saved beside it.
    key : the token that opens the page, and goes into a header of every call.
    latest : tab -> the variant it looks at.
    """

    markets: Markets
    start: dict[str, Any]
    out: Path
    key: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    latest: dict[str, Looked] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.markets.let_go = self._let_go

    def market(self, told: dict[str, Any]) -> dict[str, Any]:
        """What is said of the opening of a market; empty once it is open."""
        return {"said": self.markets.until_open(told.get("market"), told.get("variant"), patience=PATIENCE)}

    def evaluate(self, told: dict[str, Any]) -> dict[str, Any]:
        """The first document of a variant; what the tab waited for before is dropped, unless there is none."""
        tab, number = _asker(told)
        before = self.latest.pop(tab, None)
        try:
            desk = self._desk(told)
            with desk.looking:
                evaluated = desk.evaluate(told.get("variant"))
                self.latest[tab] = Looked(number, evaluated, desk)
                return first_document(evaluated) | {"number": number, "market": described(desk)}
        except ActiveEdgeError:
            if before is not None:  # the page goes on showing it
                self.latest.setdefault(tab, before)
            raise

    def finish(self, told: dict[str, Any]) -> dict[str, Any]:
        """What was still missing of the variant that the tab looks at."""
        tab, looked = str(told.get("tab")), self._of(told)
        stage = str(told.get("stage", STAGES[-1]))
        with looked.desk.following:
            stats = looked.desk.finish(looked.evaluated, stage, wanted=lambda: self.latest.get(tab) is looked)
        return later_document(stats, final=stage == STAGES[-1]) | {"number": looked.number}

    def name(self, told: dict[str, Any]) -> dict[str, Any]:
        """The card of a name of the variant that the tab looks at."""
        card = name_card(self._of(told).evaluated, str(told.get("asset")))
        found: dict[str, Any] = plain_json(card)
        return found

    def factor(self, told: dict[str, Any]) -> dict[str, Any]:
        """A factor on the candidates of the variant that the tab looks at, and what counts after this look."""
        looked = self._of(told)
        with looked.desk.looking:
            look = look_at_factor(looked.desk, looked.evaluated, str(told.get("factor")))
            price = price_of(looked.evaluated, look.trials, Ledger().size_of(looked.desk.family))
        found: dict[str, Any] = plain_json({**plain_json(look), "price": price})
        return found

    def save_as_yaml(self, told: dict[str, Any]) -> dict[str, Any]:
        """The files that a variant was saved as, what they hold, and the command that runs them."""
        strategy, desk = variant_of(told.get("variant")), self._desk(told)
        name, description = str(told.get("name")), str(told.get("description", ""))
        files = [str(file) for file in save_variant(strategy, name, description, self.out.parent)]
        content = content_of(renamed(strategy, name, description))
        self.start["strategies"][name], self.start["screens"][name] = content, content["screen"]
        return {"files": files, "saved": content, "command": self._command("backtest", files[0], desk)}

    def run(self, told: dict[str, Any]) -> dict[str, Any]:
        """The folder of a variant run in full, with its page, and the command that makes it again."""
        strategy, desk = variant_of(told.get("variant")), self._desk(told)
        with desk.looking:
            (run,) = run_strategies([strategy], desk.market, out=self.out)
        name = run.folder.name
        return {"run": name, "verdict": run.stats.verdict, "command": self._command("rerun", name, desk)}

    def evaluated(self, tab: str, number: int) -> Evaluated:
        """The variant that a tab looks at. Raises `Dropped` where it looks at another."""
        return self._of({"tab": tab, "number": number}).evaluated

    def close(self) -> None:
        """Drop what runs in the background, and wait until it has stopped."""
        self.latest.clear()
        self.markets.close()
        for desk in self.markets.desks():
            with desk.looking, desk.following:
                self.latest.clear()

    def opens(self, token: str) -> bool:
        """Whether a token is the one of this start."""
        return secrets.compare_digest(token.encode(), self.key.encode())

    def _desk(self, told: dict[str, Any]) -> Desk:
        return self.markets.desk(told.get("market", self.markets.names[0]))

    def _of(self, told: dict[str, Any]) -> Looked:
        tab, number = _asker(told)
        looked = self.latest.get(tab)
        if looked is None or looked.number != number:
            raise Dropped("dropped: another variant came, or its market was let go of; change anything to look again")
        return looked

    def _let_go(self, desk: Desk) -> None:
        """Forget what tabs look at on a market that is kept no longer."""
        for tab in [tab for tab, looked in self.latest.items() if looked.desk is desk]:
            self.latest.pop(tab, None)

    def _command(self, verb: str, what: str, desk: Desk) -> str:
        """A command that works on the market of a desk, whatever the environment says."""
        kept = [] if self.out == Path("results") else ["--out", str(self.out)]
        return shlex.join(["active-edge", verb, what, "--data", str(desk.market.path), *kept])


def described(desk: Desk) -> dict[str, Any]:
    """The market of a desk as the page shows it: its name, a line of it, and its stamp, empty of a real one."""
    market = desk.market
    names, days = number(len(market.assets), 0), f"{market.sessions[0].date()} to {market.sessions[-1].date()}"
    kind = market_kind(simulated=market.simulated, planted=market.planted)
    return {
        "name": desk.name,
        "told": f"{kind} market {market.snapshot}, {names} names, {days}",
        "stamp": stamp_of(market.planted) if market.simulated else "",
    }


def _asker(told: dict[str, Any]) -> tuple[str, int]:
    """The tab that asks, and the number it gave its variant."""
    number = told.get("number", 0)
    if not isinstance(number, int):
        raise ConfigError(f"number: {number!r} is no whole number")
    return str(told.get("tab")), number


def application(lab: Lab, port: int) -> Starlette:
    """The web application of a lab that listens on a port."""
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    trusted = Middleware(TrustedHostMiddleware, allowed_hosts=list(LOCAL))
    return Starlette(routes=[*_pages(lab), *_calls(lab, port)], middleware=[trusted])


def _calls(lab: Lab, port: int) -> list[Route]:
    """What the page may ask for, each with the token in a header, from its own origin."""
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    origins = {f"http://{host}:{port}" for host in LOCAL}

    def refused(request: Request) -> str:
        if request.headers.get("origin", min(origins)) not in origins:
            return "foreign origin"
        return "" if lab.opens(request.headers.get(TOKEN, "")) else "no token"

    def call(answer: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Request], Awaitable[Response]]:
        async def called(request: Request) -> Response:
            if why := refused(request):
                return JSONResponse({"error": why}, 403, HEADERS)
            try:
                told = json.loads(await request.body())
                if not isinstance(told, dict):
                    raise ConfigError("a call is a mapping")
                return JSONResponse(await run_in_threadpool(answer, told), headers=HEADERS)
            except Dropped as error:
                return JSONResponse({"dropped": str(error)}, 409, HEADERS)
            except (ActiveEdgeError, ValueError) as error:
                return JSONResponse({"error": str(error)}, 422, HEADERS)

        return called

    answers = {
        "market": lab.market,
        "evaluate": lab.evaluate,
        "finish": lab.finish,
        "name": lab.name,
        "factor": lab.factor,
        "save": lab.save_as_yaml,
        "run": lab.run,
    }
    return [Route(f"/{name}", call(answer), methods=["POST"]) for name, answer in answers.items()]


def _pages(lab: Lab) -> list[Route]:
    """The page, the files it asks for, and the pages of full runs."""
    from starlette.responses import HTMLResponse, PlainTextResponse, Response
    from starlette.routing import Route

    def opened(request: Request) -> Response:
        if not lab.opens(request.query_params.get("token", "")):
            return PlainTextResponse("Open the address that active-edge lab printed.", 403, HEADERS)
        return HTMLResponse(render_lab(lab.start, stamp=lab.start["market"]["stamp"]), headers=HEADERS)

    def served(request: Request) -> Response:
        text, kind = lab_file(request.path_params["name"])
        return Response(text, 200 if text else 404, HEADERS | {"cache-control": "no-cache"}, media_type=kind)

    def report(request: Request) -> Response:
        if not lab.opens(request.query_params.get("token", "")):
            return PlainTextResponse("no token", 403, HEADERS)
        try:
            text = page_text(lab.out, request.path_params["run"])
        except ActiveEdgeError as error:
            return PlainTextResponse(str(error), 404, HEADERS)
        return HTMLResponse(text, headers=HEADERS | {"content-security-policy": REPORT_POLICY})

    return [Route("/", opened), Route("/static/{name}", served), Route("/report/{run}", report)]
