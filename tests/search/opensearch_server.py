"""A stand-in for a search server: it expects the requests of a file, one after the other, and gives its answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from austausch.search.engines import opensearch

FOLDER = Path(__file__).parent / "opensearch"
STAMP = "20260101000000000000"


class Answers:
    """What is expected and answered; `problems` holds what came instead."""

    def __init__(self, exchanges: list[dict[str, Any]]) -> None:
        self.exchanges = list(exchanges)
        self.problems: list[str] = []

    def answer(self, request: dict[str, Any]) -> tuple[int, bytes]:
        expected = self.exchanges.pop(0) if self.exchanges else {"request": "nothing"}
        if expected["request"] != request:
            self.problems.append(f"expected {expected['request']}\n     got {request}")
            return 418, b"{}"
        body = expected["response"]["body"]
        return expected["response"]["status"], body.encode() if isinstance(body, str) else json.dumps(body).encode()


def exchanges_of(name: str) -> list[dict[str, Any]]:
    """The exchanges of a file."""
    exchanges = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))["exchanges"]
    assert isinstance(exchanges, list)
    return exchanges


@contextmanager
def server(answers: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Runs the stand-in, and has the portal use it as its search server."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            lines = "_bulk" in self.path or "_msearch" in self.path
            body = [json.loads(line) for line in raw.splitlines()] if lines else json.loads(raw) if raw else None
            request = {"method": self.command, "path": unquote(self.path), "body": body}
            status, content = answers.answer(request)
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=UTF-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def __getattr__(self, name: str) -> Any:
            # do_GET, do_POST and so on: all methods are answered from the file.
            if name.startswith("do_"):
                return self.answer
            raise AttributeError(name)

        def log_message(self, *args: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        settings.AUSTAUSCH_SEARCH_ENGINE = "opensearch"
        settings.AUSTAUSCH_OPENSEARCH_URL = f"http://127.0.0.1:{listening.server_port}/portal"
        monkeypatch.setattr(opensearch, "_stamp", lambda: STAMP)
        try:
            yield
        finally:
            listening.shutdown()
            thread.join()
            opensearch._client.cache_clear()
