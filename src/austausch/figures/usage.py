"""Counting which kinds of pages are asked for, and nothing else: no cookie, no address, no time of day, no person.

A kind is the first part of an address ("measure", "events"), so not even a single measure is counted. Counts wait in
the memory of each process for a few seconds and are then added up in the database by a thread of their own. Programs
that say so, what browsers fetch ahead, and people who are signed in are left out. What nobody can tell from these
counts is how many people they were.
"""

from __future__ import annotations

import atexit
import datetime as dt
import logging
import re
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from austausch.figures.models import PageUse

logger = logging.getLogger(__name__)
KEPT = dt.timedelta(days=3 * 366)
# Fewer than these are not shown: a day on which three people came says too much about them.
SMALLEST_SHOWN = 5
KINDS: dict[str, Promise] = {
    "home": _("Home page"),
    "measures": _("List of measures"),
    "measure": _("A measure"),
    "documents": _("Documents"),
    "figures": _("Figures"),
    "events": _("Events"),
    "counselling": _("Counselling"),
    "travel": _("Before you travel"),
    "check": _("Checking a certificate"),
    "other": _("Other pages"),
}
# Shown when the month is over: a number that grows while one looks tells that somebody is there at this moment.
DISCREET = {"counselling", "travel"}
_FIRST_PART = {
    "": "home",
    "massnahmen": "measures",
    "dokumente": "documents",
    "zahlen": "figures",
    "termine": "events",
    "beratung": "counselling",
    "vor-der-reise": "travel",
    "pruefen": "check",
}
# Not pages for visitors.
_UNCOUNTED = {"api", "konto", "netz", "verwaltung", "static", "medien", "healthz", "readyz"}
_PROGRAM = re.compile(r"bot|crawl|spider|slurp|curl|wget|python|java/|go-http|headless|monitor|preview|scan", re.I)
_ADD = """
INSERT INTO figures_pageuse (day, kind, asked) VALUES (%s, %s, %s)
ON CONFLICT (day, kind) DO UPDATE SET asked = figures_pageuse.asked + excluded.asked
"""
Key = tuple[dt.date, str]


@dataclass(frozen=True)
class Shown:
    """Numbers as they are shown: None where one is too small. `waits`: that of the running month is not told yet."""

    kind: str
    label: str | Promise
    counts: Sequence[int | None]
    waits: bool = False


class CountPages:
    """Middleware: counts good answers that are pages, those from the page cache too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if _counts(request, response) and (kind := kind_of(request.path)):
            _waiting.add((timezone.localdate(), kind))
        return response


def kind_of(path: str) -> str:
    """The kind of page that an address is; empty for what is not counted."""
    bare = path.removeprefix("/en") if path == "/en" or path.startswith("/en/") else path
    first, _slash, rest = bare.lstrip("/").partition("/")
    if first in _UNCOUNTED:
        return ""
    if first == "massnahmen" and rest:
        return "measure"
    return _FIRST_PART.get(first, "other")


def flush() -> None:
    """Writes what was counted. What cannot be written now is kept for the next time."""
    counts = _waiting.take()
    if not counts:
        return
    # In one order everywhere, so that two processes never wait for each other in a circle.
    rows = [(day, kind, asked) for (day, kind), asked in sorted(counts.items())]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(_ADD, rows)
    except DatabaseError as problem:
        _waiting.give_back(counts)
        logger.warning("Pages were not counted yet: %s", problem)


def forget_old() -> None:
    PageUse.objects.filter(day__lt=timezone.localdate() - KEPT).delete()


def by_month(months: int = 12) -> tuple[list[dt.date], list[Shown]]:
    """The latest months, and how often each kind was asked for in them; small numbers hidden."""
    first = timezone.localdate().replace(day=1)
    starts = [first]
    while len(starts) < months:
        starts.append((starts[-1] - dt.timedelta(days=1)).replace(day=1))
    starts.reverse()
    sums: Counter[tuple[dt.date, str]] = Counter()
    for row in PageUse.objects.filter(day__gte=starts[0]):
        sums[row.day.replace(day=1), row.kind] += row.asked
    shown = [
        Shown(kind, label, [_visible(sums[start, kind]) for start in starts], waits=kind in DISCREET)
        for kind, label in KINDS.items()
        if any(sums[start, kind] for start in starts)
    ]
    return starts, shown


def _visible(count: int) -> int | None:
    return count if count == 0 or count >= SMALLEST_SHOWN else None


def _counts(request: HttpRequest, response: HttpResponse) -> bool:
    headers = request.headers
    return (
        request.method == "GET"
        and response.status_code in {200, 304}
        and (response.status_code == 304 or response.get("Content-Type", "").startswith("text/html"))
        and "HX-Request" not in headers
        and "Sec-Purpose" not in headers
        and "Accept-Language" in headers
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and not _PROGRAM.search(headers.get("User-Agent", "bot"))
    )


class _Waiting:
    """Counts of this process, and the timer that writes them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[Key] = Counter()
        self._due = self._at_exit = False

    def add(self, key: Key) -> None:
        seconds = settings.AUSTAUSCH_COUNT_SEARCHES_AFTER
        with self._lock:
            self._counts[key] += 1
            if self._due or not seconds:
                return
            self._due = True
            if not self._at_exit:
                self._at_exit = True
                atexit.register(self._work)
        timer = threading.Timer(seconds, self._work)
        # The end of the process does not wait for it; it writes by itself.
        timer.daemon = True
        timer.start()

    def take(self) -> Counter[Key]:
        with self._lock:
            counts, self._counts = self._counts, Counter()
        return counts

    def give_back(self, counts: Counter[Key]) -> None:
        with self._lock:
            self._counts += counts

    def _work(self) -> None:
        self._due = False
        try:
            flush()
        except Exception:
            logger.exception("Pages were not counted.")
        finally:
            connection.close()


_waiting = _Waiting()
