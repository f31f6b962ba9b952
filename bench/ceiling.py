"""The smallest WSGI application: what driver and server can do at all, without any page being made."""

from collections.abc import Callable, Iterable
from typing import Any

BODY = (b"<!doctype html><title>ceiling</title>" + b"x" * 20_000)[:20_000]
HEADERS = [("Content-Type", "text/html"), ("Content-Length", str(len(BODY)))]


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", HEADERS)
    return [BODY]
