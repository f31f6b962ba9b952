"""Towns like ours: organisations whose place is of the same kind, by size, those of the own district first.

Size is the number of inhabitants in the list of places. What has none there is compared by kind and district only.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from austausch.people.models import Organisation
from austausch.places.models import Place

SHOWN = 20
# Half to double the size.
SIMILAR = math.log(2)


@dataclass(frozen=True)
class Similar:
    """An organisation like the own one. `population` is None where it is not known."""

    organisation: Organisation
    population: int | None
    same_district: bool


def similar_to(organisation: Organisation, others: Iterable[Organisation]) -> list[Similar]:
    """Those of `others` whose place is like the organisation's own; empty where it has no place."""
    own = organisation.place
    if own is None:
        return []
    found = []
    for other in others:
        place = other.place
        if place is None or other.pk == organisation.pk or other.kind != organisation.kind or place.kind != own.kind:
            continue
        distance = _distance(own, place)
        same_district = len(own.ags) > 5 and place.ags[:5] == own.ags[:5]
        if same_district or distance is None or distance <= SIMILAR:
            rank = (not same_district, distance is None, distance or 0.0, other.name)
            found.append((rank, Similar(other, place.population, same_district)))
    return [one for _rank, one in sorted(found, key=lambda item: item[0])[:SHOWN]]


def _distance(one: Place, other: Place) -> float | None:
    """How far apart in size, the same for half and double; None where a number is missing."""
    if not one.population or not other.population:
        return None
    return abs(math.log(one.population / other.population))
