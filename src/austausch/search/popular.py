"""What many look for, to offer it to others. Everyone may see it, so nothing a single person typed must ever be in it.

A search is popular if it was counted five times, three of them in one week, is made of words only, and every word of
it occurs in a measure that visitors may see: a typed name that is in no public text can never come up. As an address
is counted once a week for a text (by each process), one person cannot make a search popular by asking again and again.
"""

from __future__ import annotations

import datetime as dt
import re
import time

from django.db import connection
from django.db.models import Max, OuterRef, Subquery, Sum

from austausch.core import generation
from austausch.search import analysis, snapshot
from austausch.search.engines import Lookup
from austausch.search.models import Search
from austausch.search.searches import this_week
from austausch.search.snapshot import Snapshot

MOST = 6
OFTEN = 5
# In the busiest week. One person can come back each week, but is counted once in it.
SEVERAL = 3
WEEKS = 12
# Counts change all the time; what is popular does not.
KEPT_SECONDS = 600
MOST_LOOKED_AT = 40
# Quotes, exclusions and field words would have to be explained.
_WORDS_ONLY = re.compile(r"[^\W_]+(?:[ -][^\W_]+)*")

_kept: tuple[tuple[str, int, int], list[str]] | None = None


def popular(most: int = MOST) -> list[str]:
    """The most popular searches, at most MOST."""
    return _popular()[: min(most, MOST)]


def beginning(text: str, most: int) -> list[str]:
    """Those popular searches that begin with the text, and are longer."""
    start = analysis.fold(text)
    found = (
        search for search in _popular() if analysis.fold(search).startswith(start) and analysis.fold(search) != start
    )
    return list(found)[:most]


def forget() -> None:
    """Looks anew the next time; for tests."""
    global _kept
    _kept = None


def _popular() -> list[str]:
    """All that may be offered, the most frequent first; kept for some minutes or until something is published."""
    global _kept
    if connection.in_atomic_block:
        # What a transaction sees may never come true.
        return _look()
    version = (str(connection.settings_dict["NAME"]), generation.current(), int(time.time() // KEPT_SECONDS))
    if _kept is None or _kept[0] != version:
        _kept = (version, _look())
    return _kept[1]


def _look() -> list[str]:
    newest = Search.objects.filter(text=OuterRef("text")).order_by("-week")
    asked = (
        Search.objects.filter(week__gt=this_week() - dt.timedelta(weeks=WEEKS))
        .order_by()
        .values("text")
        .annotate(times=Sum("asked"), busiest=Max("asked"), last=Max("week"), found=Subquery(newest.values("hits")[:1]))
        .filter(times__gte=OFTEN, busiest__gte=SEVERAL, found__gt=0)
        .order_by("-times", "-last", "text")
        .values_list("text", flat=True)[:MOST_LOOKED_AT]
    )
    return _speakable([text for text in asked if _WORDS_ONLY.fullmatch(text)])


def _speakable(texts: list[str]) -> list[str]:
    """Those whose every word is a word of public measures; words like “und” do not count."""
    if not texts:
        return []
    telling = {text: [word for word in analysis.folded(text) if analysis.key(word)] for text in texts}
    known = snapshot.current()
    public = _public({word for words in telling.values() for word in words}, known)
    return [text for text, words in telling.items() if words and public.issuperset(words)]


def _public(words: set[str], known: Snapshot) -> set[str]:
    """Those of the folded words that a measure holds which visitors may see."""
    lookups = {word: Lookup((word,), "spellings") for word in words}
    found = known.find([*lookups.values()])
    return {word for word, lookup in lookups.items() if any(known.public >> int(bit) & 1 for bit in found[lookup])}
