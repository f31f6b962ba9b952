"""What somebody may mean who has typed the beginning of it: measures, filters, words, popular searches.

Only what the reader may see: a measure, a filter with such measures, a word that such a measure holds.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import numpy as np
from django.urls import reverse
from django.utils.translation import get_language

from austausch.catalogue.models import Entry
from austausch.core import generation
from austausch.search import analysis, popular, snapshot
from austausch.search.engines import Lookup, engine
from austausch.search.facets import Flags, set_of
from austausch.search.lines import readers_places
from austausch.search.snapshot import Places, Snapshot

if TYPE_CHECKING:
    from austausch.core.policy import Actor

LONGEST = 100
MOST_WORDS = 8
SHORTEST = 2
SHORTEST_WORD = 3
# Facets whose values are suggested, and what they are called there.
FILTERS = {"thema": "topic", "traeger": "body", "ort": "place"}
# So many of a kind at least, where there are as many; measures get the rest.
SHARES = {"popular": 1, "word": 2, "filter": 2}
# So many are looked at before the best are chosen.
MOST_SPELLINGS = 12
MOST_TITLES = 60
# What ends a quotation that begins so.
CLOSING = {'"': '"', "„": "“", "“": "”", "”": "”", "»": "«", "«": "»"}


@dataclass(frozen=True)
class Suggestion:
    """`kind` is measure, topic, body, place, word or popular; `address` opens it."""

    kind: str
    label: str
    address: str


@generation.held()
def suggest(text: str, user: Actor, most: int = 8) -> list[Suggestion]:
    """At most so many suggestions for a text of which the last word may be unfinished; popular searches for none."""
    text = " ".join(text.replace("\x00", " ").split())[:LONGEST]
    if not text:
        return [_search(one, "popular") for one in popular.popular(most)]
    words = analysis.folded(text)[-MOST_WORDS:]
    if not words or len(words[-1]) < SHORTEST:
        return []
    known = snapshot.current()
    visible = known.visible_to(user)
    asked = popular.beginning(text, most)
    already = {analysis.fold(one) for one in asked}
    completed = (one for one in _completed(text, words[-1], known, visible) if analysis.fold(one.label) not in already)
    groups = {
        "popular": [_search(one, "popular") for one in asked],
        "word": list(islice(completed, most)),
        "filter": list(islice(_filters(words, known, visible), most)),
        "measure": _measures(text, words, known, known.members(visible), user, most),
    }
    return _mixed(groups, most)


def _mixed(groups: dict[str, list[Suggestion]], most: int) -> list[Suggestion]:
    """Each kind gets its share, then measures and at last the others fill what is left; in the order of the groups."""
    count = {name: min(SHARES.get(name, 0), len(found)) for name, found in groups.items()}
    for name in ("measure", "word", "filter", "popular"):
        left = most - sum(count.values())
        count[name] += max(0, min(left, len(groups[name]) - count[name]))
    return [suggestion for name, found in groups.items() for suggestion in found[: count[name]]]


def _measures(
    text: str, words: Sequence[str], known: Snapshot, visible: Flags, user: Actor, most: int
) -> list[Suggestion]:
    """Those whose title has the words, a source and its copies as one; first those whose title begins so, then the
    newest."""
    held = _with_title(words, known)
    held = np.sort(held[visible[held]])
    if known.lines:
        held = held[known.members(known.once(set_of(held), readers_places((), user)))[held]]
    bits = held[:MOST_TITLES].tolist()
    rank = {known.keys[bit]: place for place, bit in enumerate(bits)}
    rows = Entry.objects.filter(pk__in=rank).values_list("pk", "title", "slug") if rank else ()
    start = analysis.fold(text)
    ordered = sorted(rows, key=lambda row: (not analysis.fold(row[1]).startswith(start), rank[row[0]]))
    return [Suggestion("measure", title, reverse("catalogue:entry", args=[slug])) for _, title, slug in ordered[:most]]


def _with_title(words: Sequence[str], known: Snapshot) -> Places:
    *before, last = words
    # A word that is longer than its stem does not begin the stem.
    stems = [term for term in analysis.terms(last) if not term.startswith(last)]
    typed = [Lookup((last,), "title", prefix=True), *(Lookup((term,), "title") for term in stems)]
    others = [Lookup((term,), "title") for word in before if analysis.key(word) for term in analysis.terms(word)]
    found = known.find([*typed, *others])
    bits = np.union1d(found[typed[0]], found[typed[1]]) if stems else found[typed[0]]
    for lookup in others:
        bits = np.intersect1d(bits, found[lookup], assume_unique=True)
    return bits


def _completed(text: str, typed: str, known: Snapshot, visible: int) -> Iterator[Suggestion]:
    """The text with its last word completed; what more measures hold comes first."""
    if len(typed) < SHORTEST_WORD:
        return
    beginning = engine().beginning(typed, MOST_SPELLINGS)
    spellings = [one for one in beginning if one.folded != typed and analysis.key(one.folded)]
    counts = known.spelling((one.folded for one in spellings), visible)
    seen = [one for one in spellings if one.folded in counts]
    # One form of each word is enough; the first one is the shortest.
    by_term = {analysis.terms(one.folded)[0]: one for one in reversed(seen)}
    matches = list(analysis.RUN.finditer(text))
    before = text[: matches[-1].start()] if matches else ""
    after = _closing(before)
    for one in sorted(by_term.values(), key=lambda one: (-counts[one.folded], one.folded)):
        yield _search(before + one.shown + after, "word")


def _closing(before: str) -> str:
    """The mark that a quotation still open at the end of this needs, as the analyser pairs them: each with the next."""
    marks = [sign for sign in before if sign in CLOSING]
    return CLOSING[marks[-1]] if len(marks) % 2 else ""


@dataclass(frozen=True)
class _Name:
    """A filter's value: its `folded` name with a space before each word, so that a beginning is easily found, and where
    it stands among the values of its facet (`at`)."""

    facet: str
    value: str
    label: str
    folded: str
    at: int


@dataclass(frozen=True)
class _Names:
    """All names, and every word of one, folded and in alphabetical order, with the name that holds it."""

    names: list[_Name]
    words: list[str]
    of: list[int]

    def beginning(self, word: str) -> list[_Name]:
        """Those with a word that begins so."""
        start = bisect_left(self.words, word)
        end = bisect_left(self.words, word + "\U0010ffff")
        return [self.names[at] for at in sorted(set(self.of[start:end]))]


_names: tuple[Snapshot, dict[str, _Names]] | None = None


def _filters(words: Sequence[str], known: Snapshot, visible: int) -> Iterator[Suggestion]:
    """Topics, bodies and places whose name has the words; those with more measures first."""
    *others, last = [word for word in words if analysis.key(word)] or words[-1:]
    beginnings = [f" {word}" for word in (*others, last)]
    counts = {facet: known.numbers(facet, visible) for facet in FILTERS}
    hits = []
    for name in _all_names(known).beginning(last):
        if all(beginning in name.folded for beginning in beginnings):
            count = int(counts[name.facet][name.at])
            if count:
                hits.append((not name.folded.startswith(beginnings[0]), -count, name.label, name))
    for *_rank, name in sorted(hits, key=lambda hit: hit[:3]):
        address = f"{reverse('search:list')}?{urlencode({name.facet: name.value})}"
        yield Suggestion(FILTERS[name.facet], name.label, address)


def _all_names(known: Snapshot) -> _Names:
    """The names in the active language; folded once for each snapshot, because that takes longer than all the rest."""
    global _names
    if _names is None or _names[0] is not known:
        _names = (known, {})
    by_language, language = _names[1], get_language() or ""
    if language not in by_language:
        names = [
            _Name(facet, value, label, " " + " ".join(analysis.folded(label)), int(at))
            for facet in FILTERS
            for value, label, at in zip(*known.labels(facet), strict=True)
        ]
        words = sorted((word, at) for at, name in enumerate(names) for word in name.folded.split())
        by_language[language] = _Names(names, [word for word, _at in words], [at for _word, at in words])
    return by_language[language]


def _search(text: str, kind: str) -> Suggestion:
    return Suggestion(kind, text, f"{reverse('search:list')}?{urlencode({'q': text})}")
