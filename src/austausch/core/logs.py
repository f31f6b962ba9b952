"""Log lines as JSON or text, without what would tell who asked for what.

Kept: when, which part, how bad, the message, the path without its query, the status, and the place of an exception.
Left out: addresses, users, queries, cookies, form contents, local variables, and the text of exceptions that come
with a request, which may quote what a person typed. Of discreet addresses (core/discretion.py) nothing is kept at all.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
import traceback
from typing import Any

from austausch.core import discretion

# Words in addresses that let somebody in, or that say whose mail they came with.
_SECRET_PATHS = re.compile(
    r"(/einrichtung/|/password/reset/key/|/confirm-email/|/einladung/|/registrieren/|/abmelden/|/feeds/suche/)[^/\s]+"
)
_ADDRESSES = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+")


class JSONFormatter(logging.Formatter):
    """One line of JSON for each record."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(_facts(record), ensure_ascii=False)


class TextFormatter(logging.Formatter):
    """The same for somebody at a terminal: a line, and below it the places that an exception came through."""

    def format(self, record: logging.LogRecord) -> str:
        facts = _facts(record)
        lines = [f"{facts['time']} {facts['level']} {facts['logger']}: {facts['message']}"]
        if "exception" in facts:
            lines += [f"  {facts['exception']}, innermost place last:", *(f"    {place}" for place in facts["where"])]
        return "\n".join(lines)


def _facts(record: logging.LogRecord) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "logger": record.name,
        "message": _without_personal_data(record.getMessage()),
    }
    if status := getattr(record, "status_code", None):
        facts["status"] = status
    request = getattr(record, "request", None)
    if request is not None and hasattr(request, "path"):
        facts["method"], facts["path"] = request.method, _without_personal_data(request.path)
    if record.exc_info and record.exc_info[0]:
        facts["exception"] = record.exc_info[0].__name__
        facts["where"] = [
            f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(record.exc_info[2])
        ]
    return facts


def _without_personal_data(text: str) -> str:
    text = discretion.hidden(_SECRET_PATHS.sub(r"\1…", text))
    # Queries hold what people search for; a path needs none to be found.
    text = re.sub(r"\?\S+", "?…", text)
    return _ADDRESSES.sub("…@…", text)
