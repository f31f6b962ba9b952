"""One hit for a source and all copies made of it.

A *line* is an entry and the copies that others made of it, copies of copies included, as far as they are listed. Of a
line that a search finds, one member is a hit:

1. Members whose territory holds the reader's place come before all others, the most local first: a town before its
   district, a district before the state. A territory is the places where an entry is at work (the facet `punkt`).
2. Otherwise, and among equally local ones, the source comes first, then the earlier copy.

Chosen is among what was *found*: a copy that answers the question is never lost because its source does not. So a line
is a hit if and only if any member answers, and counts depend neither on the reader nor on their place: each facet
counts lines. With `kopien=1` every member is a hit of its own, and counts as one.

The reader's place is the place that they filter by (`ort`); without one, the place of the organisations in which
somebody who is signed in has a role; without that there is none, and the source is shown. Nobody is located.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from austausch.catalogue.models import Adoption
from austausch.people.models import Membership, Organisation
from austausch.people.policy import organisations_of
from austausch.search.facets import Flags, Values, set_of

if TYPE_CHECKING:
    from austausch.core.policy import Actor

Numbers = npt.NDArray[np.int64]
# Lengths of the official keys of a state, a district and a municipality.
LEVELS = (2, 5, 8)


def readers_places(chosen: Sequence[str], user: Actor) -> tuple[str, ...]:
    """Official keys of the reader's places: see the module's text."""
    if chosen or not user.is_authenticated:
        return tuple(chosen)
    own = Organisation.objects.filter(pk__in=organisations_of(user, Membership.Role.READER), place__isnull=False)
    return tuple(own.order_by("place").values_list("place", flat=True).distinct())


@dataclass(frozen=True)
class Lines:
    """All lines with several listed members. Fields: `bits` of their members, line by line and in each the source
    first, then by age; `line`, for each of these the number of its line; `territories`, official key → positions in
    `bits`."""

    bits: Numbers
    line: Numbers
    territories: Mapping[str, Numbers] = field(repr=False)
    _pairs: dict[str, tuple[Numbers, Numbers]] = field(default_factory=dict, repr=False)

    def __bool__(self) -> bool:
        return bool(len(self.bits))

    def hidden(self, found: Flags, places: Sequence[str]) -> int:
        """The set of those found that are no hits, because another member of their line is."""
        order = self._at(found)
        if places:
            order = order[np.lexsort((order, -self._closeness(places)[order], self.line[order]))]
        return set_of(self.bits[order[_following(self.line[order])]])

    def surplus(self, found: Flags) -> int:
        """By how much those found are more than their lines."""
        return int(_following(self.line[self._at(found)]).sum())

    def surplus_by_value(self, name: str, values: Values, found: Flags) -> Numbers:
        """The same for each value of a facet, in the order of its values."""
        numbers, members = self._pairs_of(name, values)
        marked = found[self.bits][members]
        numbers, lines = numbers[marked], self.line[members[marked]]
        again = numbers[_following(lines) & _following(numbers)]
        return np.bincount(again, minlength=len(values))

    def others(self, bit: int, found: Flags) -> int:
        """How many other members of this one's line were found."""
        own = np.flatnonzero(self.bits == bit)
        if not len(own):
            return 0
        at = self._at(found)
        return int((self.line[at] == self.line[own[0]]).sum()) - 1

    def _at(self, found: Flags) -> Numbers:
        return np.flatnonzero(found[self.bits])

    def _closeness(self, places: Sequence[str]) -> Numbers:
        """For each member how local it is to one of the places; 0 where none lies in its territory."""
        close = np.zeros(len(self.bits), dtype=np.int64)
        for length in LEVELS:
            for key in {place[:length] for place in places if len(place) >= length}:
                if key in self.territories:
                    close[self.territories[key]] = length
        return close

    def _pairs_of(self, name: str, values: Values) -> tuple[Numbers, Numbers]:
        """Number of a value and position in `bits`, for each member that has it, in this order; worked out once."""
        if name not in self._pairs:
            numbers, at = _pairs(values, self.bits)
            order = np.lexsort((at, numbers))
            self._pairs[name] = numbers[order], at[order]
        return self._pairs[name]


def lines(bit_of: Mapping[int, int], places: Values) -> Lines:
    """The lines among the listed entries (primary key → bit); `places` are the values of the facet `punkt`."""
    members: dict[int, list[int]] = defaultdict(list)
    copies = Adoption.objects.filter(copy__isnull=False).order_by("made_at", "pk").values_list("root", "copy")
    for root, copy in copies:
        members[root].append(copy)
    found = [[bit_of[key] for key in (root, *keys) if key in bit_of] for root, keys in members.items()]
    several = [bits for bits in found if len(bits) > 1]
    bits = _numbers(bit for some in several for bit in some)
    territories: dict[str, list[int]] = defaultdict(list)
    names = list(places)
    for number, at in zip(*(array.tolist() for array in _pairs(places, bits)), strict=True):
        territories[names[number]].append(at)
    return Lines(
        bits=bits,
        line=_numbers(number for number, some in enumerate(several) for _bit in some),
        territories={key: _numbers(positions) for key, positions in territories.items()},
    )


def _following(numbers: Numbers) -> Flags:
    """For each number whether the one before it is the same."""
    same = np.zeros(len(numbers), dtype=np.bool_)
    same[1:] = numbers[1:] == numbers[:-1]
    return same


def _pairs(values: Values, bits: Numbers) -> tuple[Numbers, Numbers]:
    numbers, of = values.pairs()
    if not len(of) or not len(bits):
        return _numbers(()), _numbers(())
    position = np.full(int(max(of.max(), bits.max())) + 1, -1, dtype=np.int64)
    position[bits] = np.arange(len(bits))
    at = position[of]
    return numbers[at >= 0], at[at >= 0]


def _numbers(some: Iterable[int]) -> Numbers:
    return np.array([*some], dtype=np.int64)
