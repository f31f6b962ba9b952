"""Finding entries: which of them answer a query, in which order, and how many each filter would leave.

Pages, feeds, exports and the API all ask here. Words are found by the engine; filters, counts and orders come from
the snapshot. What a user may not see is taken out before anything is found or counted.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, cast

import numpy as np

from austausch.catalogue.models import Entry
from austausch.catalogue.queries import EntryQuerySet
from austausch.core import generation
from austausch.core.policy import Action, policy
from austausch.places.models import Place
from austausch.search import analysis, asking, snapshot
from austausch.search.asking import CHOICES, FACETS, Query
from austausch.search.facets import set_of
from austausch.search.fusing import Alike
from austausch.search.highlighting import Wanted
from austausch.search.lines import readers_places
from austausch.search.order import among, in_order
from austausch.search.ranking import Ranking, Reason, Strengths
from austausch.search.snapshot import Snapshot

if TYPE_CHECKING:
    from austausch.core.policy import Actor

PER_PAGE = 25
SAME_TITLE = 10.0
MOST_WAYS_OUT = 8
# A word at least so much like the typed one is proposed.
LIKELY = 0.7


# Not frozen: making those of ten thousand places would take twice as long.
@dataclass(slots=True)
class Option:
    """One value of a facet: how many entries choosing it would show (or shows), and whether it is chosen."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """A filter with its values: those with entries and those chosen."""

    name: str
    options: tuple[Option, ...]

    @property
    def chosen(self) -> tuple[Option, ...]:
        return tuple(option for option in self.options if option.chosen)


@dataclass(frozen=True)
class Result:
    """What was found. `query` is what was really asked: values that do not exist have moved to `query.ignored`.

    Fields: `total`; `entries` of this page, with what their cards show; `facets` in the order of FACETS; `page` and
    `pages` (a page beyond the last one is the last one); `per_page`.
    """

    query: Query
    total: int
    entries: list[Entry]
    facets: tuple[Facet, ...]
    page: int
    pages: int
    per_page: int


@dataclass(frozen=True)
class Relaxation:
    """A way out when nothing is found: the query without one of its parts, and how many entries that finds.

    `name` is "q" for the words and empty for all filters together.
    """

    name: str
    value: str
    query: Query
    count: int


@dataclass(frozen=True)
class Correction:
    """What may have been meant: for the word as `typed` the `suggested` one, and the query with it."""

    typed: str
    suggested: str
    query: Query


def find(query: Query, user: Actor, page: int = 1, per_page: int = PER_PAGE) -> Result:
    """One page of what the user may see of the entries that answer the query, best first, with all counts."""
    return Hits(query, user).result(page, per_page)


def matching(query: Query, user: Actor) -> EntryQuerySet:
    """All that `find` finds, in the same order, as a QuerySet to count, cut and add `with_parts()` to.

    For one page of it `find` is the quicker way.
    """
    hits = Hits(query, user)
    entries = cast(EntryQuerySet, among(policy.which(user, Action.VIEW, Entry.objects.listed()), hits.keys))
    # The database knows this order itself, and it is the one of feeds and of the whole list.
    if hits.query.order == "neueste":
        return entries.newest_first()
    return cast(EntryQuerySet, in_order(entries, hits.keys))


class Hits:
    """The answer to one query before anything is shown: sets and counts.

    `at`: a snapshot for several queries that are to see the same; `alike`: whether also what only means the same.
    """

    @generation.held()
    def __init__(self, query: Query, user: Actor, *, at: Snapshot | None = None, alike: bool = True) -> None:
        self.snapshot: Snapshot = at or snapshot.current()
        self.question = asking.asked(query.text, self.snapshot)
        self.query = asking.settled(query, self.question, self.snapshot)
        self._user = user
        self._visible = self._found = self.snapshot.visible_to(user)
        self.ranking: Ranking | None = None
        self._alike: Alike | None = None
        if self.query.text:
            self._answer(alike=alike)

    def _answer(self, *, alike: bool) -> None:
        ranking = Ranking(self.question, self.snapshot, visible=self._visible, place=_one(self.query.facets, "ort"))
        self.ranking = ranking
        if alike:
            self._alike = Alike(ranking, self.snapshot, visible=self._visible)
        if self.question.parts:
            self._found &= set_of(ranking.found) | (set_of(self._alike.places) if self._alike else 0)
        elif not self.question.without:
            self._found = 0
        if self.question.without:
            self._found &= ~set_of(ranking.without())

    def also(self, query: Query) -> tuple[Query, int]:
        """What another query with the same words really asks, and the set that it finds."""
        settled = asking.settled(query, self.question, self.snapshot)
        return settled, self._matching(settled)

    def result(self, page: int = 1, per_page: int = PER_PAGE) -> Result:
        """One page of it, with all counts."""
        pages = max(1, math.ceil(self.total / per_page))
        page = min(max(1, page), pages)
        keys = self._first(page * per_page)[(page - 1) * per_page :]
        return Result(
            query=self.query,
            total=self.total,
            entries=self.snapshot.shown(keys),
            facets=tuple(Facet(name, tuple(self.options(name))) for name in FACETS),
            page=page,
            pages=pages,
            per_page=per_page,
        )

    @cached_property
    def bits(self) -> int:
        """All that answers; of a source and its copies each."""
        return self._matching(self.query)

    @cached_property
    def shown(self) -> int:
        """The hits."""
        return self.bits if self.query.copies else self.snapshot.once(self.bits, self.readers_places)

    @cached_property
    def readers_places(self) -> tuple[str, ...]:
        """The reader's places, which decide between a source and its copies; nothing where there are no copies."""
        return readers_places(self.query.facets.get("ort", ()), self._user) if self.snapshot.lines else ()

    @property
    def total(self) -> int:
        return self.shown.bit_count()

    def others(self, key: int) -> int:
        """How many others of its line this hit stands for."""
        if self.query.copies or not self.snapshot.lines:
            return 0
        return self.snapshot.lines.others(self.snapshot.bit_of[key], self.snapshot.members(self.bits))

    @cached_property
    def keys(self) -> list[int]:
        """Primary keys of all that was found, in the query's order."""
        return self._first(self.total)

    def _first(self, most: int) -> list[int]:
        """The first of the keys. Among many thousand hits, sorting all of them would take longer than finding them."""
        within = self.snapshot.members(self.shown)
        if self.query.order == "relevanz" and self.ranking is not None:
            found = np.flatnonzero(within)
            ranks = self._ranks[found]
            if 0 < most < len(found):
                # With all that are equal to the last one.
                ahead = ranks >= np.partition(ranks, len(ranks) - most)[len(ranks) - most]
                found, ranks = found[ahead], ranks[ahead]
            # Among equals the newest, which has the lowest bit.
            ordered = found[np.argsort(-ranks, kind="stable")]
        else:
            order = self.snapshot.orders[self.query.order]
            ordered = order[within[order]]
        keys = self.snapshot.keys
        return [keys[bit] for bit in ordered[:most].tolist()]

    @cached_property
    def wanted(self) -> Wanted:
        """What to mark in texts that are shown."""
        return Wanted(*self.ranking.wanted) if self.ranking else Wanted()

    @cached_property
    def corrections(self) -> tuple[Correction, ...]:
        """What may have been meant by words that nothing holds. Only words that the user may see are proposed."""
        found = []
        for typed, close in self.ranking.near.items() if self.ranking else ():
            if close.likeness >= LIKELY:
                text = self.query.text.replace(typed, close.shown)
                found.append(Correction(typed, close.shown, replace(self.query, text=text)))
        return tuple(found)

    @property
    def similar(self) -> list[str]:
        """The words like those typed that nothing holds; what was found is found by these and others like them."""
        return [close.shown for close in self.ranking.near.values()] if self.ranking else []

    @cached_property
    def makeshift(self) -> str:
        """What is shown where nothing answers any word: “alike”, what only means something like it; “near”, what holds
        words like it; “pieces”, what holds pieces of a compound. Empty where something does, or nothing was found."""
        if self.ranking is None or not self.question.parts or not self.bits:
            return ""
        if not self.bits & set_of(self.ranking.found):
            return "alike"
        shown = self.snapshot.members(self.bits)
        if any(shown[places].any() for places in self.ranking.in_full()):
            return ""
        return "near" if self.ranking.near else "pieces"

    @property
    def missed(self) -> bool:
        """Whether no word was found, nor one that may have been meant: what is shown is somehow like it at best."""
        return bool(self.makeshift) and not (self.makeshift == "near" and self.corrections)

    def explain(self, key: int) -> tuple[Reason, ...]:
        """Why the entry stands where it stands, what weighs most first; empty if it was not found by words."""
        bit = self.snapshot.bit_of.get(key)
        if self.ranking is None or bit is None or not self.shown >> bit & 1:
            return ()
        reasons = self.ranking.reasons(bit)
        if self._alike and (worth := self._alike.worth(bit)):
            reasons.append(Reason("meaning", self.question.plain, "", "", worth))
        if bit in self._same_title:
            reasons.insert(0, Reason("title", self.query.text, "", "title", SAME_TITLE))
        return tuple(reasons)

    def worth(self, key: int) -> float:
        """What an entry that was found is sorted by, if by relevance."""
        return float(self._ranks[self.snapshot.bit_of[key]])

    def seen(self, words: Iterable[str]) -> set[str]:
        """Those of these folded words that something holds which the user may see."""
        return set(self.snapshot.spelling(words, self._visible))

    @property
    def _same_title(self) -> list[int]:
        """Bits of the entries whose title was typed."""
        return list(self.snapshot.titles.get(asking.title_of(self.query.text), ()))

    @cached_property
    def _ranks(self) -> Strengths:
        """What entries are sorted by, the highest first: the points, with search by meaning both as one."""
        points = self.ranking.points if self.ranking else np.zeros(len(self.snapshot.keys), dtype=np.float32)
        if self._alike:
            points = self._alike.fused(points)
        ranks = points.copy()
        ranks[self._same_title] += np.float32(SAME_TITLE)
        return ranks

    def options(self, name: str, query: Query | None = None) -> list[Option]:
        """The values of a facet that have entries or are chosen; fixed ones in their order, others by name.

        `query`: another query than this one, with the same words or none.
        """
        query = self.query if query is None else query
        chosen = query.facets.get(name, ())
        under = self._matching(query.without(name))
        return [
            Option(value, shown, count, value in chosen)
            for value, shown, count in _counted(name, self.snapshot, under, chosen, copies=query.copies)
            if count or value in chosen
        ]

    def places(self) -> list[tuple[Place, int]]:
        """The places that found entries name, each with the number that filtering by it would leave; most first."""
        inside = self.snapshot.counts("ort", self.bits, copies=self.query.copies)
        counted = [
            (place, inside.get(key, 0))
            for key in self.snapshot.counts("punkt", self.bits)
            if isinstance(place := self.snapshot.names["ort"].get(key), Place)
        ]
        return sorted(counted, key=lambda pair: (-pair[1], analysis.fold(pair[0].name), pair[0].ags))

    @property
    def placeless(self) -> int:
        """How many of the found entries name no place."""
        placed = self.bits & self.snapshot.of("punkt").having()
        return self.total - self.snapshot.number(placed, copies=self.query.copies)

    def relaxations(self) -> list[Relaxation]:
        """What dropping one part of the query would find, most first; parts whose loss does not help are left out."""
        parts = [("q", self.query.text)] if self.query.text and self.query.facets else []
        queries = [(name, value, self.query.without(name, value)) for name, value in parts + self.query.selected]
        if self.query.text and len(self.query.selected) > 1:
            queries.append(("", "", replace(self.query, facets={})))
        copies = self.query.copies
        ways = [Relaxation(*query, self.snapshot.number(self._matching(query[2]), copies=copies)) for query in queries]
        return sorted((way for way in ways if way.count > self.total), key=lambda way: -way.count)[:MOST_WAYS_OUT]

    def label(self, name: str, value: str) -> str:
        """What a facet's value is called, in the active language."""
        if name in CHOICES:
            return str(CHOICES[name](value).label)
        return str(self.snapshot.names[name][value])

    def _matching(self, query: Query) -> int:
        """The set that a query with this one's words, or with none, would find."""
        bits = self._found if query.text else self._visible
        for name, values in query.facets.items():
            having = self.snapshot.of(name)
            either = 0
            for value in values:
                either |= having.get(value, 0)
            bits &= either
        return bits


def _one(facets: dict[str, tuple[str, ...]], name: str) -> str:
    values = facets.get(name, ())
    return values[0] if len(values) == 1 else ""


def _counted(
    name: str, known: Snapshot, under: int, chosen: Sequence[str], *, copies: bool
) -> Iterable[tuple[str, str, int]]:
    """The values of a facet with their names, in the order in which they are shown, and how many entries of the set
    have each; those with entries at least, and those chosen."""
    if name in CHOICES:
        counts = known.counts(name, under, copies=copies)
        return ((value, str(shown), counts.get(value, 0)) for value, shown in CHOICES[name].choices if value)
    having = known.of(name)
    if empty := [(value, str(known.names[name][value]), 0) for value in chosen if value not in having]:
        return sorted((*known.counted(name, under, copies=copies), *empty), key=lambda row: analysis.fold(row[1]))
    return known.counted(name, under, copies=copies)
