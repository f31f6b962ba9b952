"""A web of our own for tests of links: names lead to a server of this process, and nothing leaves this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from austausch.catalogue.link_requests import NoAnswerError, Target


@dataclass
class LocalWeb:
    """`pages`: what "host/path" answers, by method or for both: a status, or a status and headers.

    `asked`: what was asked, as "HEAD host/path", with the headers in `headers`.
    """

    port: int = 0
    pages: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)

    def resolve(self, host: str, port: int) -> Sequence[Target]:
        if host in self.missing:
            raise NoAnswerError("no_host")
        return [("127.0.0.1", self.port)]

    def answer(self, method: str, address: str) -> tuple[int, dict[str, str]]:
        found = self.pages.get(f"{method} {address}", self.pages.get(address, 404))
        return found if isinstance(found, tuple) else (found, {})


@contextmanager
def local_web() -> Iterator[LocalWeb]:
    web = LocalWeb()

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            address = self.headers["Host"].partition(":")[0] + self.path
            web.asked.append(f"{self.command} {address}")
            web.headers.append(dict(self.headers.items()))
            status, headers = web.answer(self.command, address)
            if status == 0:
                # Hangs up without a word.
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_HEAD  # noqa: N815 - the name that the base class looks for

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in the base class
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    web.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
