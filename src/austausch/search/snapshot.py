"""All listed entries as sets of bits, for filtering and counting without asking the database again.

Bit n stands for the n-th newest listed entry; a set of entries is one whole number with their bits set. An
intersection of ten thousand entries then costs less than a microsecond, and all counts of all facets (see `facets`)
cost less than one query. A snapshot belongs to one generation of the public content and to one day; each worker
process makes its own when the generation or the day is a new one.
"""

from __future__ import annotations

import datetime as dt
import gc
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, cast

import numpy as np
import numpy.typing as npt
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language

from austausch.catalogue.models import Entry, Topic
from austausch.core import generation
from austausch.core.policy import Action, policy
from austausch.people.models import Organisation
from austausch.places.models import Place
from austausch.search import analysis
from austausch.search.engines import Keys, Lookup, engine
from austausch.search.engines.postings import among
from austausch.search.facets import NONE, Values, set_of
from austausch.search.lines import Lines, lines
from austausch.search.models import IndexedEntry

if TYPE_CHECKING:
    from austausch.core.policy import Actor

# Numbers of bits, each once; ascending only where that is said.
Places: TypeAlias = npt.NDArray[np.int64]
# What the engine found is kept for the next query with the same word, up to so many places.
MOST_KEPT = 2_000_000
# What remembering a word takes by itself, in places.
LEAST_KEPT = 50
# From so many entries on, a round of the garbage collector takes longer than a search may.
MANY = 10_000
RECENTLY = dt.timedelta(days=365)


class Labels(NamedTuple):
    """Values of a facet with their names (`shown`), and where each stands among all its values (`at`)."""

    values: list[str]
    shown: list[str]
    at: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Snapshot:
    """Fields: `keys`, the entry's primary key at each bit; `bit_of` the other way; `values`, facet → value → bits;
    `orders`, name of an order → bits in that order; `names`, facet → value → the row that carries its name, for
    facets whose names people can edit (all places of the state are there); `public`, what visitors may see;
    `titles`, a title's terms → bits; `title_lengths`, number of terms of each title; `fresh`, bits of what was checked
    within a year; `lines`, which of them are copies of which."""

    keys: list[int]
    bit_of: dict[int, int]
    values: Mapping[str, Values]
    orders: Mapping[str, Places]
    names: Mapping[str, Mapping[str, Topic | Organisation | Place]]
    public: int = field(repr=False)
    titles: Mapping[str, tuple[int, ...]]
    title_lengths: npt.NDArray[np.float32]
    fresh: int
    lines: Lines
    _found: dict[Lookup, Places] = field(default_factory=dict, repr=False)
    # About how many places that takes, so that not each query has to add it up.
    _taken: list[int] = field(default_factory=lambda: [0], repr=False)
    _labels: dict[tuple[str, str], Labels] = field(default_factory=dict, repr=False)
    _named: dict[str, dict[str, str]] = field(default_factory=dict, repr=False)
    _of_public: dict[tuple[str, bool], npt.NDArray[np.int64]] = field(default_factory=dict, repr=False)

    def of(self, name: str) -> Values:
        """The values of a facet."""
        return self.values.get(name, NONE)

    def labels(self, name: str) -> Labels:
        """The values of a facet in `names` that have entries, with their names in the active language, by name."""
        key = (name, get_language() or "")
        if key not in self._labels:
            having = {value: at for at, value in enumerate(self.of(name))}
            named = by_name((value, str(row)) for value, row in self.names[name].items() if value in having)
            at = np.array([having[value] for value, _shown in named], dtype=np.int64)
            self._labels[key] = Labels([value for value, _shown in named], [shown for _value, shown in named], at)
        return self._labels[key]

    def named(self, name: str) -> Mapping[str, str]:
        """For a facet in `names` its values by their own text and by their names in all languages, folded."""
        if name not in self._named:
            found: dict[str, str] = {}
            for value, row in self.names[name].items():
                for text in (value, *((row.name, row.name_en) if isinstance(row, Topic) else (str(row),))):
                    found.setdefault(analysis.fold(text), value)
            # Where a topic has no English name.
            found.pop("", None)
            self._named[name] = found
        return self._named[name]

    def counted(self, name: str, bits: int, *, copies: bool = False) -> Iterator[tuple[str, str, int]]:
        """The `labels` of a facet, each with how many entries of the set have its value."""
        labels = self.labels(name)
        numbers = self.numbers(name, bits, copies=copies)[labels.at].tolist()
        return zip(labels.values, labels.shown, numbers, strict=True)

    def counts(self, name: str, bits: int, *, copies: bool = False) -> dict[str, int]:
        """For each value of a facet, how many entries of the set have it; values that none has are left out."""
        numbers = self.numbers(name, bits, copies=copies).tolist()
        return {value: number for value, number in zip(self.of(name), numbers, strict=True) if number}

    def numbers(self, name: str, bits: int, *, copies: bool = False) -> npt.NDArray[np.int64]:
        """As `counts`, in the order of the facet's values.

        A source and the copies made of it count as one, unless `copies` are asked for.
        """
        if bits != self.public:
            return self._numbers(name, bits, copies)
        # The whole list is what most people begin with.
        if (name, copies) not in self._of_public:
            self._of_public[name, copies] = self._numbers(name, bits, copies)
        return self._of_public[name, copies]

    def _numbers(self, name: str, bits: int, copies: bool) -> npt.NDArray[np.int64]:
        within = self.members(bits)
        numbers = self.of(name).numbers(within)
        if self.lines and not copies:
            numbers = numbers - self.lines.surplus_by_value(name, self.of(name), within)
        return numbers

    def number(self, bits: int, *, copies: bool = False) -> int:
        """How many entries the set has; counted as `numbers` does."""
        surplus = self.lines.surplus(self.members(bits)) if self.lines and not copies else 0
        return bits.bit_count() - surplus

    def once(self, bits: int, places: Sequence[str]) -> int:
        """The set with one member of each line only, for a reader with these places; see `lines`."""
        return bits & ~self.lines.hidden(self.members(bits), places) if self.lines else bits

    def find(self, lookups: Sequence[Lookup]) -> dict[Lookup, Places]:
        """Which entries hold what is looked up: the engine is asked once, and not for what it was asked before."""
        wanted = dict.fromkeys(lookups)
        known = {lookup: places for lookup in wanted if (places := self._found.get(lookup)) is not None}
        missing = [lookup for lookup in wanted if lookup not in known]
        if missing:
            for lookup, places in zip(missing, self._places(engine().find(missing)), strict=True):
                known[lookup] = self._found[lookup] = places
                self._taken[0] += len(places) + LEAST_KEPT
            self._forget_oldest()
        return known

    def spelling(self, words: Iterable[str], bits: int) -> dict[str, int]:
        """For each of these folded words that any of the set holds, how many of it do: the vocabulary also has words of
        what was withdrawn."""
        lookups = {word: Lookup((word,), "spellings") for word in words}
        found = self.find([*lookups.values()])
        members = self.members(bits)
        counts = {word: int(members[found[lookup]].sum()) for word, lookup in lookups.items()}
        return {word: count for word, count in counts.items() if count}

    def _places(self, found: Sequence[Keys]) -> Iterator[Places]:
        """The bits of what is listed among these keys."""
        # All at once: a search looks up some eighty terms, most of which few entries hold.
        bits = self._bit_of_key.take(np.concatenate(found), mode="clip")
        all_listed = bits.min(initial=0) >= 0
        start = 0
        for keys in found:
            some = bits[start : start + len(keys)]
            start += len(keys)
            # A copy, or each would keep all of them.
            yield some.copy() if all_listed else some[some >= 0]

    @cached_property
    def _bit_of_key(self) -> Places:
        """The bit of each primary key, -1 for those that are not listed, as is the last one, which stands for all
        beyond it: an array, because a common word has thousands of keys to be looked up."""
        bits = np.full(max(self.keys, default=0) + 2, -1, dtype=np.int64)
        bits[self.keys] = np.arange(len(self.keys))
        return bits

    def _forget_oldest(self) -> None:
        if self._taken[0] <= MOST_KEPT:
            return
        # Threads count over each other, so now it is counted in earnest; a tenth more goes, so that this stays rare.
        kept = sum(len(places) + LEAST_KEPT for places in tuple(self._found.values()))
        for lookup in tuple(self._found):
            if kept <= MOST_KEPT * 0.9:
                break
            # Nothing where another thread was quicker.
            kept -= len(self._found.pop(lookup, ())) + LEAST_KEPT
        self._taken[0] = kept

    def bits(self, keys: Iterable[int]) -> int:
        """The set of these entries; keys that are not listed are passed over."""
        return set_of(np.array([self.bit_of[key] for key in keys if key in self.bit_of], dtype=np.int64))

    def members(self, bits: int) -> npt.NDArray[np.bool_]:
        """For each entry whether it is in the set."""
        size = len(self.keys)
        packed = np.frombuffer(bits.to_bytes((size + 7) // 8, "little"), dtype=np.uint8)
        return np.unpackbits(packed, count=size, bitorder="little").view(np.bool_)

    def shown(self, keys: Sequence[int]) -> list[Entry]:
        """These entries with what their cards show, in this order; what is gone meanwhile is left out.

        Bodies and places are here already: reading them with each page took as long as reading the entries.
        """
        found = Entry.objects.in_bulk(keys)
        places = cast(Mapping[str, Place], self.names["ort"])
        named: dict[int, list[str]] = defaultdict(list)
        for key, place in _named_places(keys):
            named[key].append(place)
        if new := {place for some in named.values() for place in some} - places.keys():
            places = {**places, **Place.objects.in_bulk(new)}
        for key, entry in found.items():
            entry.named_places = [places[place] for place in named[key]]
            # One that was made since is read when it is shown.
            if entry.lead_id in self._bodies:
                entry.lead = self._bodies[entry.lead_id]
        return [found[key] for key in keys if key in found]

    @cached_property
    def _bodies(self) -> dict[int, Organisation]:
        return {body.pk: body for body in cast(Mapping[str, Organisation], self.names["traeger"]).values()}

    def visible_to(self, user: Actor) -> int:
        """The set of entries the user may see. For signed-in people the policy is asked each time."""
        if not user.is_authenticated:
            return self.public
        return self.bits(_visible(user))


def _named_places(entries: Sequence[int]) -> list[tuple[int, str]]:
    """Pairs of entry and place. Not by the model: putting the statement together took longer than its answer."""
    condition, values = among(list(entries))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT entry_id, place_id FROM {Entry.places.through._meta.db_table} WHERE entry_id {condition}",  # noqa: S608
            [values],
        )
        return list(cursor.fetchall())


def by_name(labels: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Pairs of value and name in the order of the names."""
    return sorted(labels, key=lambda pair: analysis.fold(pair[1]))


_kept: tuple[tuple[str, int, dt.date], Snapshot] | None = None
_making = threading.Lock()


def current() -> Snapshot:
    """The snapshot of the present state of the database."""
    global _kept
    if connection.in_atomic_block:
        # What a transaction sees may never come true; nobody else may get it.
        return _make(timezone.localdate())
    version = (str(connection.settings_dict["NAME"]), generation.current(), timezone.localdate())
    if _kept is None or _kept[0] != version:
        with _making:
            if _kept is None or _kept[0] != version:
                _kept = (version, _make(version[2]))
                _spare_from_collection(_kept[1])
    return _kept[1]


def _spare_from_collection(made: Snapshot) -> None:
    """Takes a large snapshot out of the garbage collector's rounds: they come upon hundreds of thousands of its objects
    in the middle of somebody's search, and none of them is ever part of a cycle."""
    if len(made.keys) >= MANY:
        # What is garbage now must go first, or it would stay for good.
        gc.collect()
        gc.freeze()


def forget() -> None:
    """Lets go of the snapshot; for tests, in which generations begin anew."""
    global _kept
    _kept = None


def _make(today: dt.date) -> Snapshot:
    rows = list(
        IndexedEntry.objects.filter(entry__in=Entry.objects.listed())
        .order_by(F("entry__first_published_at").desc(nulls_last=True), "-pk")
        .values_list(
            "pk",
            "facets",
            "title",
            "entry__title",
            "entry__starts_on",
            "entry__ends_on",
            "entry__open_end",
            "entry__checked_on",
        )
    )
    members: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    statuses: dict[tuple[dt.date | None, dt.date | None, bool], str] = {}
    by_title, by_end = [], []
    titles: dict[str, list[int]] = defaultdict(list)
    lengths = np.ones(len(rows), dtype=np.float32)
    fresh = []
    for bit, (_key, facets, title_terms, title, starts_on, ends_on, open_end, checked_on) in enumerate(rows):
        titles[title_terms].append(bit)
        lengths[bit] = title_terms.count(" ") + 1
        if checked_on is not None and checked_on > today - RECENTLY:
            fresh.append(bit)
        for line in facets.splitlines():
            name, _separator, value = line.partition("=")
            members[name][value].append(bit)
        period = (starts_on, ends_on, open_end)
        if period not in statuses:
            # Entry.status_on holds the rule and needs these three fields only; making an entry is costly.
            statuses[period] = Entry(starts_on=starts_on, ends_on=ends_on, open_end=open_end).status_on(today)
        members["status"][statuses[period]].append(bit)
        by_title.append((analysis.fold(title), bit))
        by_end.append((*_end_key(ends_on, today), bit))
    values = {name: Values(found) for name, found in members.items()}
    keys = [row[0] for row in rows]
    home = Q(ags__startswith=settings.AUSTAUSCH_STATE)
    bit_of = {key: bit for bit, key in enumerate(keys)}
    return Snapshot(
        keys=keys,
        bit_of=bit_of,
        values=values,
        orders={
            "neueste": np.arange(len(rows)),
            "titel": np.array([bit for _title, bit in sorted(by_title)], dtype=np.int64),
            "ende": np.array([bit for *_end, bit in sorted(by_end)], dtype=np.int64),
        },
        names={
            "thema": {topic.slug: topic for topic in Topic.objects.all()},
            "traeger": {body.key: body for body in Organisation.objects.select_related("merged_into")},
            "ort": {place.ags: place for place in Place.objects.filter(home | Q(pk__in=list(values.get("ort", ()))))},
        },
        # Tuples of numbers are nothing for the garbage collector to look into.
        titles={title: tuple(bits) for title, bits in titles.items()},
        title_lengths=lengths,
        fresh=set_of(np.array(fresh, dtype=np.int64)),
        lines=lines(bit_of, values.get("punkt", NONE)),
        public=set_of(np.array([bit_of[key] for key in _visible(AnonymousUser()) if key in bit_of], dtype=np.int64)),
    )


def _visible(user: Actor) -> Iterable[int]:
    return policy.which(user, Action.VIEW, Entry.objects.listed()).values_list("pk", flat=True)


def _end_key(ends_on: dt.date | None, today: dt.date) -> tuple[int, int]:
    """Soon ending first, then what has no end, then what has ended, the latest first."""
    if ends_on is None:
        return 1, 0
    if ends_on < today:
        return 2, -ends_on.toordinal()
    return 0, ends_on.toordinal()
