"""How well entries answer a question: the one place where ranks are made, the same for every engine.

For each word of the question several ways lead to an entry: the word itself, what begins with it, a compound that
holds it, the parts of a compound that was typed, synonyms, and words spelled almost like it. Each way (`Source`) has
a factor, below 1 for all but the word itself. What a way finds counts by the fields in which it was found, and the
best way counts. Words are added up weighed by their rarity, entries with more of the words come first, and status,
freshness and place move an entry by a few percent.

All strengths are arrays with one number per listed entry, in the snapshot's order.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from austausch.search import near, synonyms
from austausch.search.analysis import Part, Question, pieces
from austausch.search.engines import Lookup
from austausch.search.snapshot import Places, Snapshot

Strengths: TypeAlias = npt.NDArray[np.float32]

# What a find in a field says, for the word itself and for a part of a compound. Together they are brought below 1.
WORD_FIELDS = {"title": 10.0, "keywords": 4.0, "body": 2.0, "documents": 0.7}
PART_FIELDS = {"title_parts": 8.0, "parts": 2.0}
HALF = 3.0

WORD = "word"
BEGINNING = "beginning"
PART = "part"
COMPOUND = "compound"
SYNONYM = "synonym"
NEAR = "near"
FACTORS = {WORD: 1.0, BEGINNING: 0.7, PART: 0.8, COMPOUND: 0.75, SYNONYM: 0.8, NEAR: 0.65}
# Of a synonym that an imported list says, not an editor.
IMPORTED = 0.5
LONGEST_EXPRESSION = 4
MOST_ALTERNATIVES = 40

# How much it matters to have all of the words rather than one.
COMPLETENESS = 1.0
# A title of which every word was asked for.
WHOLE_TITLE = 0.15
ENDED = 0.97
FRESH = 1.01
IN_PLACE = 1.03


@dataclass(frozen=True)
class Source:
    """One way from a word of the question to entries.

    Fields: `channel`, its kind; `word`, as typed; `terms`, all of which an entry must hold; `factor`; `fields`, with
    what a find in each is worth; `prefix`, whether terms are beginnings; `phrase`, whether they stand in a row.
    """

    channel: str
    word: str
    terms: tuple[str, ...]
    factor: float
    fields: tuple[str, ...] = tuple(WORD_FIELDS)
    prefix: bool = False
    phrase: bool = False

    def lookups(self) -> Iterator[Lookup]:
        for sought in [self.terms] if self.phrase else [(term,) for term in self.terms]:
            for name in self.fields:
                yield Lookup(sought, name, self.prefix)


@dataclass(frozen=True)
class Reason:
    """Why an entry stands where it stands: through which channel which word led to which term in which field, and how
    much that adds to its points. Factors for the whole entry (status, freshness, place) have no word."""

    channel: str
    word: str
    matched: str
    field: str
    points: float


@dataclass
class Asked:
    """A word or phrase of the question and its ways. `compound` holds for each piece of a compound its share of the
    word and the ways to the parts that cover it."""

    part: Part
    sources: list[Source] = field(default_factory=list)
    compound: list[tuple[float, list[Source]]] = field(default_factory=list)

    def all(self) -> Iterator[Source]:
        yield from self.sources
        for _share, sources in self.compound:
            yield from sources


class Ranking:
    """The answer to one question. `points` has one number per listed entry, 0 where nothing was found."""

    def __init__(self, question: Question, snapshot: Snapshot, *, visible: int, place: str = "") -> None:
        self.question = question
        self._snapshot = snapshot
        self._visible = snapshot.members(visible)
        self._place = place
        self._found: dict[Lookup, Places] = {}
        self.asked = [_asked(part) for part in question.parts]
        self._add_synonyms()
        self._look_up(source for asked in self.asked for source in asked.all())
        self.near = self._add_near_words()
        self.points = self._points()

    @property
    def found(self) -> Places:
        """Which entries answer the question."""
        return np.flatnonzero(self.points > 0)

    @property
    def wanted(self) -> tuple[frozenset[str], tuple[str, ...]]:
        """The terms, and the beginnings of words, for which something was found: what to mark in a text."""
        terms: set[str] = set()
        prefixes: set[str] = set()
        for source in (source for asked in self.asked for source in asked.all()):
            if any(len(self._found[lookup]) for lookup in source.lookups()):
                (prefixes if source.prefix else terms).update(source.terms)
        return frozenset(terms), tuple(sorted(prefixes))

    @property
    def only_near(self) -> bool:
        """Whether no word was found as it was typed, by its parts or by a synonym, but words like them were."""
        return bool(self.near) and all(
            asked.part.shown in self.near
            and not any(self._any_visible(source) for source in asked.all() if source.channel != NEAR)
            for asked in self.asked
        )

    def without(self) -> Places:
        """Entries that hold what the question excludes."""
        sources = [Source(WORD, part.shown, part.terms, 1.0, phrase=True) for part in self.question.without]
        self._look_up(sources)
        held = [self._found[lookup] for source in sources for lookup in source.lookups()]
        return np.unique(np.concatenate(held)) if held else np.empty(0, dtype=np.int64)

    def reasons(self, bit: int) -> list[Reason]:
        """Why this entry stands where it stands, what weighs most first."""
        found = []
        total = sum(weight for weight in self._weights)
        for asked, weight in zip(self.asked, self._weights, strict=True):
            for share, source in _shared(asked):
                strength = float(self._strength(source)[bit])
                for lookup in source.lookups():
                    if strength and _holds(self._found[lookup], bit):
                        points = share * source.factor * strength * weight / total
                        matched = " ".join(lookup.terms) + ("…" if lookup.prefix else "")
                        found.append(Reason(source.channel, source.word, matched, lookup.field, points))
        found += [Reason(name, "", "", "", float(factors[bit])) for name, factors in self._whole() if factors[bit] != 1]
        return sorted(found, key=lambda reason: (not reason.word, -reason.points))

    # Finding

    def _look_up(self, sources: Iterable[Source]) -> None:
        wanted = [lookup for source in sources for lookup in source.lookups() if lookup not in self._found]
        self._found |= self._snapshot.find(wanted)

    def _add_synonyms(self) -> None:
        """For every run of words, and for the parts of compounds, what else means the same."""
        runs = list(_runs(self.asked))
        parts = [(asked, sources) for asked in self.asked for _share, sources in asked.compound]
        spans = {" ".join(source.terms) for _asked, sources in parts for source in sources}
        known = synonyms.alternatives([*(key for key, _some in runs), *spans])
        for key, some in runs:
            for alternative in known.get(key, ())[:MOST_ALTERNATIVES]:
                for asked in some:
                    asked.sources += _meaning_same(asked.part.shown, alternative, 1.0)
        for asked, sources in parts:
            for source in tuple(sources):
                for alternative in known.get(" ".join(source.terms), ())[:MOST_ALTERNATIVES]:
                    sources += _meaning_same(asked.part.shown, alternative, source.factor)

    def _add_near_words(self) -> dict[str, near.Nearby]:
        """For words that nothing visible holds, those of the vocabulary that are spelled almost like them."""
        unknown = [asked for asked in self.asked if not asked.part.is_phrase and not self._known(asked)]
        nearby: dict[str, near.Nearby] = {}
        for asked in unknown:
            for close in near.words(asked.part.shown):
                sources = _of_term(NEAR, asked.part.shown, close.term, FACTORS[NEAR] * close.likeness)
                self._look_up(lookup_source for lookup_source in sources)
                if any(self._any_visible(source) for source in sources):
                    asked.sources += sources
                    nearby.setdefault(asked.part.shown, close)
        return nearby

    def _known(self, asked: Asked) -> bool:
        own = (source for source in asked.sources if source.channel in (WORD, BEGINNING, PART))
        return any(self._any_visible(source) for source in own)

    def _any_visible(self, source: Source) -> bool:
        return any(self._visible[self._found[lookup]].any() for lookup in source.lookups())

    # Weighing

    @cached_property
    def _per_word(self) -> list[Strengths]:
        return [self._best(asked) for asked in self.asked]

    @cached_property
    def _weights(self) -> list[float]:
        """How rare each word is among the entries. A word that nothing answers says nothing about any."""
        size = len(self._snapshot.keys)
        counts = [int(np.count_nonzero(strengths)) for strengths in self._per_word]
        return [math.log(1 + size / count) if count else 0.0 for count in counts]

    def _points(self) -> Strengths:
        points = np.zeros(len(self._snapshot.keys), dtype=np.float32)
        total = sum(self._weights)
        if not total:
            return points
        having = np.zeros_like(points)
        for strengths, weight in zip(self._per_word, self._weights, strict=True):
            points += strengths * np.float32(weight / total)
            having += (strengths > 0) * np.float32(weight / total)
        points *= having**COMPLETENESS
        points += np.float32(WHOLE_TITLE) * self._in_title() * (points > 0)
        for _name, factors in self._whole():
            points *= factors
        # So that sums made in another order on another machine give the same ranks.
        return np.round(points, 5)

    def _best(self, asked: Asked) -> Strengths:
        best = np.zeros(len(self._snapshot.keys), dtype=np.float32)
        for source in asked.sources:
            np.maximum(best, self._strength(source) * np.float32(source.factor), out=best)
        if asked.compound:
            whole = np.zeros_like(best)
            for share, sources in asked.compound:
                piece = np.zeros_like(best)
                for source in sources:
                    np.maximum(piece, self._strength(source) * np.float32(source.factor), out=piece)
                whole += piece * np.float32(share)
            np.maximum(best, whole, out=best)
        return best

    def _strength(self, source: Source) -> Strengths:
        """How much each entry holds of what the source looks for, between 0 and 1."""
        sought = [source.terms] if source.phrase else [(term,) for term in source.terms]
        weakest = self._held(sought[0], source)
        for terms in sought[1:]:
            np.minimum(weakest, self._held(terms, source), out=weakest)
        return weakest

    def _held(self, terms: tuple[str, ...], source: Source) -> Strengths:
        held = np.zeros(len(self._snapshot.keys), dtype=np.float32)
        for name in source.fields:
            worth = WORD_FIELDS.get(name) or PART_FIELDS[name]
            held[self._found[Lookup(terms, name, source.prefix)]] += np.float32(worth)
        held /= held + np.float32(HALF)
        return held

    def _in_title(self) -> Strengths:
        """Which share of each title's words was asked for."""
        asked = np.zeros(len(self._snapshot.keys), dtype=np.float32)
        for part in self.question.parts:
            for term in part.terms:
                lookup = Lookup((term,), "title")
                self._found |= self._snapshot.find([lookup]) if lookup not in self._found else {}
                asked[self._found[lookup]] += np.float32(1)
        return np.minimum(asked / self._snapshot.title_lengths, np.float32(1))

    def _whole(self) -> Iterator[tuple[str, Strengths]]:
        """Factors for whole entries, with their names."""
        values = self._snapshot.values
        yield "status", self._factor(values.get("status", {}).get("ended", 0), ENDED)
        yield "freshness", self._factor(self._snapshot.fresh, FRESH)
        if self._place:
            yield "place", self._factor(values.get("punkt", {}).get(self._place, 0), IN_PLACE)

    def _factor(self, bits: int, factor: float) -> Strengths:
        return np.where(self._snapshot.members(bits), np.float32(factor), np.float32(1))


def _asked(part: Part) -> Asked:
    if part.is_phrase:
        return Asked(part, [Source(WORD, part.shown, part.terms, 1.0, phrase=True)])
    asked = Asked(part, _of_term(WORD, part.shown, part.terms[0], 1.0))
    if part.prefix:
        asked.sources.append(Source(BEGINNING, part.shown, (part.prefix,), FACTORS[BEGINNING], prefix=True))
    found = pieces(part.shown)
    count = max((end for _term, _first, end in found), default=0)
    lengths = {first: len(term) for term, first, end in found if end == first + 1}
    for piece in range(count):
        share = lengths.get(piece, 1) / (sum(lengths.values()) + count - len(lengths))
        covering = [term for term, first, end in found if first <= piece < end]
        sources = [source for term in covering for source in _of_term(COMPOUND, part.shown, term, FACTORS[COMPOUND])]
        asked.compound.append((share, sources))
    return asked


def _of_term(channel: str, word: str, term: str, factor: float) -> list[Source]:
    """The ways to a term: as a word, and as part of a compound."""
    return [
        Source(channel, word, (term,), factor),
        Source(PART if channel == WORD else channel, word, (term,), factor * FACTORS[PART], tuple(PART_FIELDS)),
    ]


def _meaning_same(word: str, alternative: synonyms.Alternative, factor: float) -> list[Source]:
    factor *= FACTORS[SYNONYM] if alternative.curated else IMPORTED
    if len(alternative.terms) == 1:
        return _of_term(SYNONYM, word, alternative.terms[0], factor)
    return [Source(SYNONYM, word, alternative.terms, factor)]


def _runs(asked: Sequence[Asked]) -> Iterator[tuple[str, list[Asked]]]:
    """Every run of up to LONGEST_EXPRESSION words that are no phrase, as the key of a synonym."""
    for start in range(len(asked)):
        for end in range(start + 1, min(start + LONGEST_EXPRESSION, len(asked)) + 1):
            some = list(asked[start:end])
            if any(one.part.is_phrase for one in some):
                break
            yield " ".join(one.part.terms[0] for one in some), some
    for one in asked:
        if one.part.is_phrase:
            yield " ".join(one.part.terms), [one]


def _shared(asked: Asked) -> Iterator[tuple[float, Source]]:
    for source in asked.sources:
        yield 1.0, source
    for share, sources in asked.compound:
        for source in sources:
            yield share, source


def _holds(places: Places, bit: int) -> bool:
    at = int(np.searchsorted(places, bit))
    return at < len(places) and int(places[at]) == bit
