"""All listed entries as sets of bits, for filtering and counting without asking the database again.

Bit n stands for the n-th newest listed entry; every value of every facet is one whole number with the bits of its
entries set. An intersection of ten thousand entries then costs less than a microsecond, so all counts of all facets
cost less than one query. A snapshot belongs to one generation of the public content and to one day; each worker
process makes its own when the generation or the day is a new one.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING

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
from austausch.search.models import IndexedEntry

if TYPE_CHECKING:
    from austausch.core.policy import Actor


@dataclass(frozen=True)
class Snapshot:
    """Fields: `keys`, the entry's primary key at each bit; `bit_of` the other way; `values`, facet → value → bits;
    `orders`, name of an order → bits in that order; `names`, facet → value → the row that carries its name, for
    facets whose names people can edit (all places of the state are there); `public`, what visitors may see."""

    keys: list[int]
    bit_of: dict[int, int]
    values: Mapping[str, Mapping[str, int]]
    orders: Mapping[str, list[int]]
    names: Mapping[str, Mapping[str, Topic | Organisation | Place]]
    public: int = field(repr=False)
    _labels: dict[tuple[str, str], list[tuple[str, str]]] = field(default_factory=dict, repr=False)

    def labels(self, name: str) -> list[tuple[str, str]]:
        """All values of a facet in `names` with their names in the active language, sorted by name."""
        key = (name, get_language() or "")
        if key not in self._labels:
            named = [(value, str(row)) for value, row in self.names[name].items()]
            self._labels[key] = sorted(named, key=lambda pair: analysis.fold(pair[1]))
        return self._labels[key]

    def bits(self, keys: Iterable[int]) -> int:
        """The set of these entries; keys that are not listed are passed over."""
        return _bits([self.bit_of[key] for key in keys if key in self.bit_of])

    def visible_to(self, user: Actor) -> int:
        """The set of entries the user may see. For signed-in people the policy is asked each time."""
        if not user.is_authenticated:
            return self.public
        return self.bits(_visible(user))


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
    return _kept[1]


def forget() -> None:
    """Lets go of the snapshot; for tests, in which generations begin anew."""
    global _kept
    _kept = None


def _make(today: dt.date) -> Snapshot:
    rows = list(
        IndexedEntry.objects.filter(entry__in=Entry.objects.listed())
        .order_by(F("entry__first_published_at").desc(nulls_last=True), "-pk")
        .values_list("pk", "facets", "entry__title", "entry__starts_on", "entry__ends_on", "entry__open_end")
    )
    members: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    statuses: dict[tuple[dt.date | None, dt.date | None, bool], str] = {}
    by_title, by_end = [], []
    for bit, (_key, facets, title, starts_on, ends_on, open_end) in enumerate(rows):
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
    values = {name: {value: _bits(bits) for value, bits in found.items()} for name, found in members.items()}
    keys = [row[0] for row in rows]
    home = Q(ags__startswith=settings.AUSTAUSCH_STATE)
    bit_of = {key: bit for bit, key in enumerate(keys)}
    return Snapshot(
        keys=keys,
        bit_of=bit_of,
        values=values,
        orders={
            "neueste": list(range(len(rows))),
            "titel": [bit for _title, bit in sorted(by_title)],
            "ende": list(map(itemgetter(-1), sorted(by_end))),
        },
        names={
            "thema": {topic.slug: topic for topic in Topic.objects.all()},
            "traeger": {body.key: body for body in Organisation.objects.all()},
            "ort": {place.ags: place for place in Place.objects.filter(home | Q(pk__in=list(values.get("ort", {}))))},
        },
        public=_bits([bit_of[key] for key in _visible(AnonymousUser()) if key in bit_of]),
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


def _bits(places: list[int]) -> int:
    """The number with these bits set. Made in a buffer: setting bits one by one would copy it each time."""
    if not places:
        return 0
    buffer = bytearray(max(places) // 8 + 1)
    for place in places:
        buffer[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(buffer, "little")
