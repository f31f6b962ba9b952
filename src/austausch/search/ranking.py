"""How well entries answer a question: the one place where points are made, the same for every engine.

What a way (see `ways`) finds counts by the fields in which it was found, and the best way of a word counts. Words are
added up weighed by their rarity, entries with more of the words come first, and status, freshness and place move an
entry by a few percent.

Strengths are arrays with one number for each entry that any way of the question leads to (the candidates, in the
snapshot's order), and of a single way only for the entries it leads to: among many entries, most hold nothing of what
is asked.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from django.conf import settings

from austausch.search import near
from austausch.search.analysis import Part, Question
from austausch.search.engines import Lookup
from austausch.search.snapshot import Places, Snapshot
from austausch.search.ways import (
    BEGINNING,
    NEAR,
    PART,
    PART_FIELDS,
    SYNONYM,
    WORD,
    WORD_FIELDS,
    Asked,
    Compound,
    Source,
    all_ways,
    near_ways,
)

Strengths: TypeAlias = npt.NDArray[np.float32]

NOTHING: Places = np.empty(0, dtype=np.int64)
WORTH = WORD_FIELDS | PART_FIELDS
# What a strength of one half is worth: finds in several fields add up, but never to more than 1.
HALF = 4.0
# What the very word is worth by standing anywhere.
EXACT = 0.3
# How much it matters to have all of the words, or all pieces of a compound, rather than one.
COMPLETENESS = 1.0
# A title of which every word was asked for.
WHOLE_TITLE = 0.15
ENDED = 0.97
FRESH = 1.01
IN_PLACE = 1.03
# The state's own name says next to nothing where everything is about it, however few entries write it out.
OWN_STATE = 0.2
# Among words with capitals, as German writes its nouns, the others say less: “Was hilft gegen Schimmel?”
NO_NOUN = 0.4
LOOKED_AT_FIRST = 100
# From this fraction of the candidates on, strengths are kept for all of them.
MANY = 8
STATES = {
    "01": ("sh",),
    "02": ("hh",),
    "03": ("ni", "nds"),
    "04": ("hb",),
    "05": ("nrw", "nw"),
    "06": ("he",),
    "07": ("rlp", "rp"),
    "08": ("bw",),
    "09": ("by",),
    "10": ("sl",),
    "11": ("be",),
    "12": ("bb",),
    "13": ("mv",),
    "14": ("sn",),
    "15": ("st",),
    "16": ("th",),
}


class _Held(NamedTuple):
    """Which candidates hold something, and how strongly. Where many do, `places` is nothing and `strengths` has a
    number for each candidate, 0 for those that do not: with many, that is several times as quick. One may be among
    `places` more than once, each time with the same strength."""

    places: Places | None
    strengths: Strengths

    def few(self) -> tuple[Places, Strengths]:
        """Each once, ascending."""
        if self.places is not None:
            places, first = np.unique(self.places, return_index=True)
            return places, self.strengths[first]
        places = np.flatnonzero(self.strengths != 0)
        return places, self.strengths[places]


@dataclass(frozen=True)
class Reason:
    """Why an entry stands where it stands: through which channel which word led to which term in which field, and how
    much that is worth. Factors for the whole entry (status, freshness, place) have no word."""

    channel: str
    word: str
    matched: str
    field: str
    points: float


class Ranking:
    """The answer to one question. `points` has one number per listed entry, 0 where nothing was found; `near`, for
    words that nothing visible holds nor says otherwise, the most similar one that something holds."""

    def __init__(self, question: Question, snapshot: Snapshot, *, visible: int, place: str = "") -> None:
        self.question = question
        self._snapshot = snapshot
        self._visible = snapshot.members(visible)
        self._place = place
        self._found: dict[Lookup, Places] = {}
        self._strengths: dict[tuple[object, ...], _Held] = {}
        self.asked = all_ways(question.parts)
        self._look_up(source for asked in self.asked for source in asked.all())
        self.near = self._add_near_words()
        self._candidates, self._candidate_at = self._all_found()
        self._at = self._among_candidates()
        self.points = self._points()

    @cached_property
    def found(self) -> Places:
        """Which entries answer the question."""
        return np.flatnonzero(self.points != 0)

    @property
    def wanted(self) -> tuple[frozenset[str], tuple[str, ...]]:
        """The terms, and the beginnings of words, for which something was found: what to mark in a text."""
        terms: set[str] = set()
        prefixes: set[str] = set()
        for source in (source for asked in self.asked for source in asked.all()):
            if self._holding(source):
                (prefixes if source.prefix else terms).update(source.terms)
        return frozenset(terms), tuple(sorted(prefixes))

    def in_full(self) -> Iterator[Places]:
        """Entries that answer a word by more than words like it or pieces of a compound; way by way, the word first.

        More than half of the pieces are enough: “Berufsorientierung” is what “Berufsorientierungsprojekt” is about,
        “Opferschutz” is not “Datenschutz”.
        """
        for source in (source for asked in self.asked for source in asked.sources if source.channel != NEAR):
            if self._holding(source):
                yield self._candidates[self._strength(source).few()[0]]
        for compound in (compound for asked in self.asked for compound in asked.compounds if not compound.near):
            yield self._holding_most(compound)

    def without(self) -> Places:
        """Entries that hold what the question excludes."""
        sources = [Source(WORD, part.shown, part.terms, 1.0, phrase=True) for part in self.question.without]
        self._look_up(sources)
        held = [self._found[lookup] for source in sources for lookup in source.lookups]
        return np.unique(np.concatenate(held)) if held else NOTHING

    def reasons(self, bit: int) -> list[Reason]:
        """Why this entry stands where it stands, what weighs most first."""
        found: dict[tuple[str, str, str, str], float] = {}
        total = sum(self._weights) or 1.0
        at = int(self._candidate_at[bit])
        for asked, weight in zip(self.asked, self._weights, strict=True):
            for share, source in self._shared(asked):
                for lookup in self._holding(source):
                    if _holds(self._found[lookup], bit):
                        points = share * source.factor * self._strength_at(source, at) * weight / total
                        matched = " ".join(lookup.terms) + ("…" if lookup.prefix else "")
                        row = (source.channel, source.word, matched, lookup.field)
                        found[row] = max(found.get(row, 0.0), points)
        rows = sorted((Reason(*row, points) for row, points in found.items()), key=lambda reason: -reason.points)
        return rows + [Reason(name, "", "", "", factor) for name, bits, factor in self._whole() if bits >> bit & 1]

    # Finding

    def _look_up(self, sources: Iterable[Source], also: Sequence[Lookup] = ()) -> None:
        """`also`: what leads to no entries and is asked for later on, so that the engine is asked once."""
        wanted = [lookup for source in sources for lookup in source.lookups if lookup not in self._found]
        found = self._snapshot.find([*wanted, *also])
        self._found |= {lookup: found[lookup] for lookup in wanted}

    def _all_found(self) -> tuple[Places, Places]:
        """The entries that any way leads to, ascending, and for every entry which of them it is."""
        held = np.zeros(len(self._snapshot.keys), dtype=np.bool_)
        for places in self._found.values():
            held[places] = True
        candidates = np.flatnonzero(held)
        at = np.zeros(len(held), dtype=np.int64)
        at[candidates] = np.arange(len(candidates))
        return candidates, at

    def _among_candidates(self) -> dict[Lookup, Places]:
        """What was found, as numbers of candidates. All at once, because a question has a hundred lookups."""
        every = self._candidate_at.take(np.concatenate([*self._found.values(), NOTHING]), mode="clip")
        ends = accumulate(len(places) for places in self._found.values())
        return {
            lookup: every[end - len(places) : end]
            for (lookup, places), end in zip(self._found.items(), ends, strict=True)
        }

    def _holding(self, source: Source) -> list[Lookup]:
        """The lookups of a source that found something; none unless each of its terms was found."""
        holding = [lookup for lookup in source.lookups if len(self._found[lookup])]
        if len(source.terms) == 1:
            return holding
        return holding if len({lookup.terms for lookup in holding}) == len(set(source.sought)) else []

    def _add_near_words(self) -> dict[str, near.Nearby]:
        nearby: dict[str, near.Nearby] = {}
        for asked in self.asked:
            if asked.part.is_phrase or self._known(asked):
                continue
            has_synonyms = any(self._any_visible(one) for one in asked.sources if one.channel == SYNONYM)
            others = [close for close in near.words(asked.part.shown) if close.term != asked.part.terms[0]]
            every = near_ways(asked.part, others)
            spellings = [Lookup((close.folded,), "spellings") for close in others]
            self._look_up((source for ways in every for source in ways.all()), spellings)
            for close, spelling, ways in zip(others, spellings, every, strict=True):
                if any(self._any_visible(source) for source in ways.all()):
                    asked.sources += ways.sources
                    asked.compounds += ways.compounds
                    # The vocabulary also has words of what was withdrawn. Those of a synonym an editor wrote.
                    if (
                        not has_synonyms
                        # A word of which only pieces stand somewhere would find no more than the one that was typed.
                        and any(map(self._any_visible, ways.sources))
                        and (close.curated or self._sees_any(self._snapshot.find([spelling])[spelling]))
                    ):
                        nearby.setdefault(asked.part.shown, close)
        return nearby

    def _known(self, asked: Asked) -> bool:
        own = (source for source in asked.sources if source.channel in (WORD, BEGINNING, PART))
        return any(self._any_visible(source) for source in own)

    def _any_visible(self, source: Source) -> bool:
        holding = self._holding(source)
        if len(source.sought) == 1:
            return any(self._sees_any(self._found[lookup]) for lookup in holding)
        every = self._visible
        for terms in source.sought:
            having = np.zeros_like(every)
            for lookup in (lookup for lookup in holding if lookup.terms == terms):
                having[self._found[lookup]] = True
            every = every & having
        return bool(every.any())

    def _holding_most(self, compound: Compound) -> Places:
        telling = [sources for sources in compound.pieces if sources]
        pieces = np.zeros(len(self._candidates), dtype=np.int64)
        for sources in telling:
            pieces += self._strongest(sources) > 0
        return self._candidates[pieces > len(telling) / 2]

    def _sees_any(self, places: Places) -> bool:
        # Mostly one of the first is visible, and the many others need not be looked at.
        return bool(self._visible[places[:LOOKED_AT_FIRST]].any() or self._visible[places[LOOKED_AT_FIRST:]].any())

    # Weighing

    @cached_property
    def _per_word(self) -> list[Strengths]:
        return [self._best(asked) for asked in self.asked]

    @cached_property
    def _weights(self) -> list[float]:
        return [
            self._rarity(strengths) * self._matter(asked.part)
            for asked, strengths in zip(self.asked, self._per_word, strict=True)
        ]

    def _matter(self, part: Part) -> float:
        """How much of its rarity a word is worth by what kind of word it is."""
        if part.terms[0] in STATES.get(settings.AUSTAUSCH_STATE, ()):
            return OWN_STATE
        nouns = any(other.shown[:1].isupper() for other in self.question.parts)
        return NO_NOUN if nouns and part.shown[:1].islower() and not part.is_phrase else 1.0

    def _rarity(self, strengths: Strengths) -> float:
        """How much a word says by being rare. One that nothing answers says nothing about any entry.

        Entries that answer it weakly, by one piece of a compound, count less than those that answer it best.
        """
        best = float(strengths.max(initial=0))
        if not best:
            return 0.0
        return math.log(1 + len(self._snapshot.keys) * best / float(strengths.sum(dtype=np.float64)))

    def _points(self) -> Strengths:
        points = self._together(self._per_word, self._weights)
        points += np.float32(WHOLE_TITLE) * self._in_title() * (points > 0)
        for _name, bits, factor in self._whole():
            points[self._snapshot.members(bits)[self._candidates]] *= np.float32(factor)
        every = np.zeros(len(self._snapshot.keys), dtype=np.float32)
        # So that sums made in another order on another machine give the same ranks.
        every[self._candidates] = np.round(points, 5)
        return every

    def _together(self, strengths: list[Strengths], weights: list[float]) -> Strengths:
        """Several strengths as one, by weight; the more of them an entry has, the more each counts."""
        points = np.zeros(len(self._candidates), dtype=np.float32)
        having = np.zeros_like(points)
        total = sum(weights)
        for strength, weight in zip(strengths, weights, strict=True):
            if weight:
                points += strength * np.float32(weight / total)
                having += (strength > 0) * np.float32(weight / total)
        return points * having**COMPLETENESS

    def _best(self, asked: Asked) -> Strengths:
        best = self._strongest(asked.sources)
        for compound in asked.compounds:
            pieces = [self._strongest(sources) for sources in compound.pieces]
            shares = self._shares(compound, pieces)
            np.maximum(best, self._together(pieces, shares) * np.float32(sum(shares)), out=best)
        return best

    def _shares(self, compound: Compound, pieces: list[Strengths]) -> list[float]:
        """What each piece of a compound says: the rarer and longer, the more. Together the share of the word, in
        letters, for which something was found."""
        weights = [self._rarity(piece) * length for piece, length in zip(pieces, compound.lengths, strict=True)]
        answered = sum(length for weight, length in zip(weights, compound.lengths, strict=True) if weight)
        scale = answered / sum(compound.lengths) / (sum(weights) or 1.0)
        return [weight * scale for weight in weights]

    def _shared(self, asked: Asked) -> Iterator[tuple[float, Source]]:
        for source in asked.sources:
            yield 1.0, source
        for compound in asked.compounds:
            shares = self._shares(compound, [self._strongest(sources) for sources in compound.pieces])
            for share, sources in zip(shares, compound.pieces, strict=True):
                for source in sources:
                    yield share, source

    def _strongest(self, sources: Iterable[Source]) -> Strengths:
        best = np.zeros(len(self._candidates), dtype=np.float32)
        for source in sources:
            if self._holding(source):
                places, strengths = self._strength(source)
                strengths = strengths * np.float32(source.factor)
                if places is None:
                    np.maximum(best, strengths, out=best)
                else:
                    best[places] = np.maximum(best[places], strengths)
        return best

    def _strength(self, source: Source) -> _Held:
        """How much entries hold of what the source looks for, between 0 and 1."""
        exact = source.channel == WORD
        key = (source.terms, source.fields, source.prefix, source.phrase, exact)
        if key not in self._strengths:
            weakest, *others = [self._held(terms, source) for terms in source.sought]
            for held in others:
                (places, strengths), (others_places, others_strengths) = weakest.few(), held.few()
                both, one, other = np.intersect1d(places, others_places, assume_unique=True, return_indices=True)
                weakest = _Held(both, np.minimum(strengths[one], others_strengths[other]))
            if exact:
                # Wherever the very word stands, it says more than a synonym in a title.
                more = np.float32(EXACT) + weakest.strengths * np.float32(1 - EXACT)
                weakest = _Held(weakest.places, more if weakest.places is not None else more * (weakest.strengths > 0))
            self._strengths[key] = weakest
        return self._strengths[key]

    def _strength_at(self, source: Source, candidate: int) -> float:
        places, strengths = self._strength(source).few()
        return float(strengths[places == candidate].max(initial=0))

    def _held(self, terms: tuple[str, ...], source: Source) -> _Held:
        found = [
            (np.float32(WORTH[name]), places)
            for name in source.fields
            if len(places := self._at[Lookup(terms, name, source.prefix)])
        ]
        if len(found) == 1:
            ((worth, places),) = found
            return _Held(places, np.full(len(places), worth / (worth + np.float32(HALF)), dtype=np.float32))
        sums = self._sums
        for worth, places in found:
            sums[places] += worth
        if MANY * sum(len(places) for _worth, places in found) > len(sums):
            every = sums / (sums + np.float32(HALF))
            sums.fill(0)
            return _Held(None, every)
        places = np.concatenate([NOTHING, *(places for _worth, places in found)])
        strengths = sums.take(places, mode="clip")
        sums[places] = 0
        strengths /= strengths + np.float32(HALF)
        return _Held(places, strengths)

    @cached_property
    def _sums(self) -> Strengths:
        """Room in which the finds of a term are added up; zero before and after."""
        return np.zeros(len(self._candidates), dtype=np.float32)

    def _in_title(self) -> Strengths:
        """Which share of each title's words was asked for."""
        terms = {term for part in self.question.parts for term in part.terms}
        lookups = [Lookup((term,), "title") for term in terms]
        asked = np.zeros(len(self._snapshot.keys), dtype=np.float32)
        for places in self._snapshot.find(lookups).values():
            asked[places] += np.float32(1)
        lengths = self._snapshot.title_lengths[self._candidates]
        share: Strengths = np.minimum(asked[self._candidates] / lengths, np.float32(1))
        return share

    def _whole(self) -> Iterator[tuple[str, int, float]]:
        """Factors for whole entries: name, set of entries, factor."""
        yield "status", self._snapshot.of("status").get("ended", 0), ENDED
        yield "freshness", self._snapshot.fresh, FRESH
        if self._place:
            yield "place", self._snapshot.of("punkt").get(self._place, 0), IN_PLACE


def _holds(places: Places, bit: int) -> bool:
    return bool((places == bit).any())
