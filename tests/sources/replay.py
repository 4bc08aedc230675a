"""A server on 127.0.0.1 that answers as the sources do, faults included.

A route is a host and path (`www.sec.gov/files/company_tickers.json`); the client is told, by `base_urls`, to ask
`http://127.0.0.1:PORT/HOST` instead of the host.
"""

import gzip
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

HOSTS = (
    "www.sec.gov",
    "data.sec.gov",
    "fred.stlouisfed.org",
    "mba.tuck.dartmouth.edu",
    "www.ishares.com",
    "www.blackrock.com",
    "www.nasdaqtrader.com",
    "query1.finance.yahoo.com",
    "query2.finance.yahoo.com",
    "fc.yahoo.com",
    "guce.yahoo.com",
    "consent.yahoo.com",
    "finance.yahoo.com",
)


@dataclass
class Answer:
    """What is sent: status, type, body; `cut` sends only so many bytes of the announced length; `stall` sends none."""

    body: bytes = b""
    status: int = 200
    media: str = "application/octet-stream"
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    stall: bool = False
    packed: bool = False


@dataclass
class Replay:
    """Routes, what was asked, and faults to send before the true answer."""

    routes: dict[str, Answer | Callable[[str], Answer]] = field(default_factory=dict)
    faults: dict[str, list[Answer]] = field(default_factory=dict)
    asked: Counter = field(default_factory=Counter)
    agents: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    """Host and path of each request, in the order of `agents`."""
    port: int = 0
    release: threading.Event = field(default_factory=threading.Event)

    @property
    def base_urls(self) -> dict[str, str]:
        served = {route.partition("/")[0] for route in self.routes}
        return {host: f"http://127.0.0.1:{self.port}/{host}" for host in sorted({*HOSTS, *served})}

    def serve(self, url: str, body: bytes, media: str = "application/octet-stream", **more: object) -> None:
        parts = urlsplit(url)
        self.routes[parts.netloc + parts.path + (f"?{parts.query}" if parts.query else "")] = Answer(
            body, media=media, **more
        )

    def fail(self, url: str, *answers: Answer) -> None:
        parts = urlsplit(url)
        self.faults[parts.netloc + parts.path + (f"?{parts.query}" if parts.query else "")] = list(answers)

    def answer(self, path: str) -> Answer:
        key = path.lstrip("/")
        self.asked[key] += 1
        waiting = self.faults.get(key) or self.faults.get(key.split("?")[0])
        if waiting:
            return waiting.pop(0)
        found = self.routes.get(key) or self.routes.get(key.split("?")[0])
        if found is None:
            return Answer(b"not here", status=404, media="text/plain")
        return found(key) if callable(found) else found

    def __enter__(self) -> "Replay":
        replay = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                replay.agents.append(self.headers.get("User-Agent", ""))
                replay.paths.append(self.path.lstrip("/"))
                answer = replay.answer(self.path)
                if answer.stall:
                    replay.release.wait(20)
                    self.close_connection = True
                    return
                etag = answer.headers.get("ETag")
                if etag and self.headers.get("If-None-Match") == etag:
                    self.send_response(304)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                body = gzip.compress(answer.body) if answer.packed else answer.body
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.media)
                self.send_header("Content-Length", str(len(body)))
                if answer.packed:
                    self.send_header("Content-Encoding", "gzip")
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                if answer.cut is not None:
                    self.wfile.write(body[: answer.cut])
                    self.close_connection = True
                    return
                self.wfile.write(body)

            def handle(self) -> None:
                try:
                    super().handle()
                except ConnectionError:
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                return

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                return

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=lambda: self._server.serve_forever(poll_interval=0.02), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.release.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
