"""The lab's server: one page and a few calls on 127.0.0.1, for whoever holds the token of this start."""

from __future__ import annotations

import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

from active_edge.errors import ActiveEdgeError, ConfigError
from active_edge.lab.card import name_card
from active_edge.lab.desk import STAGES, Desk, Dropped, Evaluated
from active_edge.lab.document import first_document, later_document
from active_edge.lab.explore import look_at_factor
from active_edge.lab.price import price_of
from active_edge.lab.variant import save_variant, variant_of
from active_edge.ledger import Ledger
from active_edge.report.lab_page import lab_file, render_lab
from active_edge.results.batch import run_strategies
from active_edge.results.folders import page_text
from active_edge.stored import plain_json

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

TOKEN = "x-lab-token"
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


@dataclass
class Lab:
    """The desk, and what each tab of a browser waits for.

    Attributes
    ----------
    start : what the page begins with.
    key : the token that opens the page, and goes into a header of every call.
    latest : tab -> the variant it looks at.
    """

    desk: Desk
    start: dict[str, Any]
    key: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    latest: dict[str, tuple[int, Evaluated]] = field(default_factory=dict)
    _one: Lock = field(default_factory=Lock)
    _behind: Lock = field(default_factory=Lock)

    def evaluate(self, told: dict[str, Any]) -> dict[str, Any]:
        """The first document of a variant; what the tab waited for before is dropped."""
        tab, number = _asker(told)
        self.latest.pop(tab, None)
        with self._one:
            evaluated = self.desk.evaluate(told.get("variant"))
            self.latest[tab] = number, evaluated
            return first_document(evaluated) | {"number": number}

    def finish(self, told: dict[str, Any]) -> dict[str, Any]:
        """What was still missing of the variant that the tab looks at."""
        tab, number = _asker(told)
        evaluated = self.evaluated(tab, number)
        stage = str(told.get("stage", STAGES[-1]))
        with self._behind:
            stats = self.desk.finish(evaluated, stage, wanted=lambda: self.latest.get(tab, (None,))[0] == number)
        return later_document(stats, final=stage == STAGES[-1]) | {"number": number}

    def name(self, told: dict[str, Any]) -> dict[str, Any]:
        """The card of a name of the variant that the tab looks at."""
        card = name_card(self._of(told), str(told.get("asset")))
        found: dict[str, Any] = plain_json(card)
        return found

    def factor(self, told: dict[str, Any]) -> dict[str, Any]:
        """A factor on the candidates of the variant that the tab looks at, and what counts after this look."""
        evaluated = self._of(told)
        with self._one:
            look = look_at_factor(self.desk, evaluated, str(told.get("factor")))
            price = price_of(evaluated, look.trials, Ledger().size_of(self.desk.family))
        found: dict[str, Any] = plain_json({**plain_json(look), "price": price})
        return found

    def save_as_yaml(self, told: dict[str, Any]) -> dict[str, Any]:
        """The files that a variant was saved as."""
        strategy = variant_of(told.get("variant"))
        files = save_variant(strategy, str(told.get("name")), str(told.get("description", "")), self.desk.out.parent)
        return {"files": [str(file) for file in files]}

    def run(self, told: dict[str, Any]) -> dict[str, Any]:
        """The folder of a variant run in full, with its page."""
        strategy = variant_of(told.get("variant"))
        with self._one:
            (run,) = run_strategies([strategy], self.desk.market, out=self.desk.out)
        return {"run": run.folder.name, "verdict": run.stats.verdict}

    def evaluated(self, tab: str, number: int) -> Evaluated:
        """The variant that a tab looks at. Raises `Dropped` where it looks at another."""
        known = self.latest.get(tab)
        if known is None or known[0] != number:
            raise Dropped("dropped: another variant came")
        return known[1]

    def close(self) -> None:
        """Drop what runs in the background, and wait until it has stopped."""
        self.latest.clear()
        with self._one, self._behind:
            self.latest.clear()

    def _of(self, told: dict[str, Any]) -> Evaluated:
        return self.evaluated(*_asker(told))

    def opens(self, token: str) -> bool:
        """Whether a token is the one of this start."""
        return secrets.compare_digest(token.encode(), self.key.encode())


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
        return HTMLResponse(render_lab(lab.start, simulated=lab.desk.market.simulated), headers=HEADERS)

    def served(request: Request) -> Response:
        text, kind = lab_file(request.path_params["name"])
        return Response(text, 200 if text else 404, HEADERS | {"cache-control": "no-cache"}, media_type=kind)

    def report(request: Request) -> Response:
        if not lab.opens(request.query_params.get("token", "")):
            return PlainTextResponse("no token", 403, HEADERS)
        try:
            text = page_text(lab.desk.out, request.path_params["run"])
        except ActiveEdgeError as error:
            return PlainTextResponse(str(error), 404, HEADERS)
        return HTMLResponse(text, headers=HEADERS | {"content-security-policy": REPORT_POLICY})

    return [Route("/", opened), Route("/static/{name}", served), Route("/report/{run}", report)]
