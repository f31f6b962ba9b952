"""Counting what is searched for: by how many in a week and with how many hits, and nothing else.

No user, no address, no time. Counts wait in the memory of each process for a few seconds and are then written by a
thread of their own, so that no request waits for them; what waits when a process crashes is lost. Not counted is what
looks like something personal (see `countable`), what programs ask, what people who are signed in ask, because they
try out what they have just written, and what one address asks again in the same week (see `_Askers`).
"""

from __future__ import annotations

import atexit
import datetime as dt
import hashlib
import logging
import re
import secrets
import threading
import unicodedata
from collections.abc import Hashable
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils import timezone

from austausch.core.rate_limit import client_address
from austausch.search.models import Search

logger = logging.getLogger(__name__)

LONGEST = 120
# What a process keeps until it is written, and what a week holds: nobody can fill the database with inventions.
MOST_WAITING = 2_000
MOST_TEXTS_A_WEEK = 20_000
# Of one address: a town hall may have only one, and a fortieth of what a week holds is still enough for it.
MOST_TEXTS_OF_ONE = 500
# What a process remembers of who asked what: some ten megabytes.
MOST_REMEMBERED = 100_000
KEPT = dt.timedelta(weeks=53)
KEPT_IF_ASKED_ONCE = dt.timedelta(weeks=4)
# Parts of telephone numbers, dates of birth, account numbers, file references.
_NUMBER = re.compile(r"\d{4}|(\d\D*){6}")
# Shorter dates with a year: 3.4.85. Two numbers alone may be a paragraph, a law or an agreement.
_DATE = re.compile(r"(?<!\d)\d{1,2}(?:\s*[./\-‐‒–—−]\s*['’]?\d{1,2}){2}(?!\d)")
# Also as people write them lest programs find them: erika (at) example.org.
_ADDRESS = re.compile(r"@|%40|://|[(\[{<]\s*(?:at|ät)\s*[)\]}>]|\bat\s+[\w.-]+\.[^\W\d]{2}")
_ADD = """
INSERT INTO search_search (text, week, asked, hits) VALUES (%s, %s, %s, %s)
ON CONFLICT (text, week) DO UPDATE SET asked = search_search.asked + excluded.asked, hits = excluded.hits
"""


@dataclass(frozen=True)
class Asked:
    """The note that the list leaves on its answer: what was searched for and how many entries that found."""

    text: str
    hits: int


def answered(request: HttpRequest, asked: Hashable) -> None:
    """Observes the page cache: counts each answer, also those for which no view ran."""
    if not isinstance(asked, Asked) or request.method != "GET":
        return
    # Browsers always name a language and say when they only fetch ahead; most programs name none.
    if request.headers.get("Accept-Language") and "Sec-Purpose" not in request.headers:
        text = countable(asked.text)
        if text and _askers.first(client_address(request), text):
            note(text, asked.hits)


def note(text: str, hits: int) -> None:
    """Counts a search. Cheap, and never fails."""
    text = countable(text)
    if text:
        _waiting.add((text, this_week()), 1, hits)
        _writer.wake()


def countable(text: str) -> str:
    """The text as it is counted, or nothing if it is not to be counted.

    Addresses of mail and web, long numbers, dates and what has fewer than two letters are left out.
    """
    # Cut first: a text may be long, and nobody has to see more of it.
    words = "".join(_visible(character) for character in unicodedata.normalize("NFC", text[: 2 * LONGEST]))
    normal = " ".join(words.lower().split())
    letters = sum(map(str.isalpha, normal))
    # Other forms of the same signs are read by people as the usual ones: ＠ as @.
    read = unicodedata.normalize("NFKC", normal).lower()
    if letters < 2 or any(personal.search(read) for personal in (_ADDRESS, _NUMBER, _DATE)):
        return ""
    return normal[:LONGEST].strip()


def _visible(character: str) -> str:
    if character.isspace():
        return " "
    # Control and formatting characters, such as those that turn the direction of writing.
    return "" if unicodedata.category(character).startswith("C") else character


def this_week() -> dt.date:
    """The Monday by which the present week is known."""
    today = timezone.localdate()
    return today - dt.timedelta(days=today.weekday())


def flush() -> None:
    """Writes what was counted. What cannot be written now is kept for the next time."""
    counts = _waiting.take()
    try:
        _write(counts)
    except DatabaseError as problem:
        for key, (asked, hits) in counts.items():
            _waiting.add(key, asked, hits)
        logger.warning("Searches were not counted yet: %s", problem)


def forget_old() -> None:
    """Deletes what is no longer needed: after a year, and after four weeks what nobody asked a second time."""
    week = this_week()
    Search.objects.filter(week__lt=week - KEPT).delete()
    again = Search.objects.filter(text=OuterRef("text")).exclude(pk=OuterRef("pk"))
    Search.objects.filter(~Exists(again), asked=1, week__lt=week - KEPT_IF_ASKED_ONCE).delete()


def forget_askers() -> None:
    """As if nobody had asked anything yet; for tests."""
    _askers.begin(this_week())


Key = tuple[str, dt.date]


class _Waiting:
    """Counts that wait to be written: text and week → times, hits at the last time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[Key, tuple[int, int]] = {}

    def add(self, key: Key, asked: int, hits: int) -> None:
        with self._lock:
            if key in self._counts or len(self._counts) < MOST_WAITING:
                self._counts[key] = (self._counts.get(key, (0, 0))[0] + asked, hits)

    def take(self) -> dict[Key, tuple[int, int]]:
        with self._lock:
            counts, self._counts = self._counts, {}
        return counts


class _Askers:
    """Which address has asked what this week, so that asking again counts nothing.

    It is known only to this process and only as hashes with a salt that nobody else knows; both are gone with the
    process, with the week, or when there are too many. Nothing of it is ever written anywhere.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.begin(dt.date.min)

    def first(self, address: str, text: str) -> bool:
        """Whether the address asks this for the first time this week, and has not asked too much else."""
        with self._lock:
            if self._week != this_week() or self._remembered >= MOST_REMEMBERED:
                self.begin(this_week())
            texts = self._texts.setdefault(self._hash(address), set())
            # Together with the address: what two have asked is not the same hash.
            hashed = self._hash(f"{address}\n{text}")
            if hashed in texts or len(texts) >= MOST_TEXTS_OF_ONE:
                return False
            texts.add(hashed)
            self._remembered += 1
            return True

    def begin(self, week: dt.date) -> None:
        self._week = week
        self._salt = secrets.token_bytes(16)
        self._texts: dict[bytes, set[bytes]] = {}
        self._remembered = 0

    def _hash(self, value: str) -> bytes:
        return hashlib.blake2b(value.encode(errors="replace"), digest_size=8, key=self._salt).digest()


class _Writer:
    """Writes some seconds after the first count, in a thread with a connection of its own, and at the end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._due = False
        self._at_exit = False

    def wake(self) -> None:
        seconds = settings.AUSTAUSCH_COUNT_SEARCHES_AFTER
        if not seconds:
            return
        with self._lock:
            if self._due:
                return
            self._due = True
            if not self._at_exit:
                self._at_exit = True
                atexit.register(self._work)
        timer = threading.Timer(seconds, self._work)
        # The end of the process does not wait for it; it writes by itself.
        timer.daemon = True
        timer.start()

    def _work(self) -> None:
        self._due = False
        try:
            flush()
        except Exception:
            logger.exception("Searches were not counted.")
        finally:
            connection.close()


_askers = _Askers()
_waiting = _Waiting()
_writer = _Writer()


def _write(counts: dict[Key, tuple[int, int]]) -> None:
    if not counts:
        return
    # In one order everywhere, so that two processes never wait for each other in a circle.
    rows = [(text, week, asked, hits) for (text, week), (asked, hits) in sorted(counts.items())]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(_ADD, _within_limit(rows))


def _within_limit(rows: list[tuple[str, dt.date, int, int]]) -> list[tuple[str, dt.date, int, int]]:
    """All of them, or only texts already known where their week is full."""
    full = {week for week in {row[1] for row in rows} if Search.objects.filter(week=week).count() >= MOST_TEXTS_A_WEEK}
    if not full:
        return rows
    known = set(Search.objects.filter(week__in=full).values_list("text", "week"))
    return [row for row in rows if row[1] not in full or row[:2] in known]
