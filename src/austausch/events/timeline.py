"""The dated actions of published measures on a timeline and a map: joint inspections, for example."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.contrib.auth.models import AnonymousUser

from austausch.catalogue.display import days_text
from austausch.catalogue.models import DatedAction, Entry
from austausch.core.policy import Action, policy
from austausch.places import map as drawing
from austausch.places.models import Place
from austausch.places.queries import Gazetteer, PlaceError

WIDTH, MARGIN = 1000, 30
# Upright, as on a phone, the timeline is shorter.
HEIGHT = 480


@dataclass(frozen=True)
class Done:
    """One action: number, when and where, of which entry; `x` on the timeline, `y` on the upright one."""

    number: int
    starts_on: dt.date
    ends_on: dt.date
    where: str
    district: str
    entry: Entry
    places: tuple[Place, ...]
    x: float

    @property
    def y(self) -> float:
        return _upright(self.x)

    @property
    def when(self) -> str:
        return days_text(self.starts_on, self.ends_on)


@dataclass(frozen=True)
class Year:
    number: int
    x: float

    @property
    def y(self) -> float:
        return _upright(self.x)


@dataclass(frozen=True)
class Spot:
    """A place on the map with the numbers of its actions."""

    bubble: drawing.Bubble
    numbers: str
    first: int


class Timeline:
    """All dated actions that the public may see, earliest first."""

    @cached_property
    def actions(self) -> list[Done]:
        entries = policy.which(AnonymousUser(), Action.VIEW, Entry.objects.all()).order_by()
        rows = list(
            DatedAction.objects.filter(entry__in=entries.values("pk"))
            .select_related("entry__lead")
            .order_by("starts_on", "ends_on", "pk")
        )
        gazetteer = Gazetteer(within=settings.AUSTAUSCH_STATE) if rows else None
        return [
            Done(
                number=number,
                starts_on=row.starts_on,
                ends_on=row.ends_on,
                where=", ".join(row.place_names),
                district=row.district,
                entry=row.entry,
                places=tuple(_resolved(gazetteer, row.place_names)) if gazetteer else (),
                x=self._x(row.starts_on, rows),
            )
            for number, row in enumerate(rows, start=1)
        ]

    @property
    def years(self) -> list[Year]:
        if not self.actions:
            return []
        first, last = self.actions[0].starts_on.year, self.actions[-1].starts_on.year + 1
        return [Year(year, _scaled(dt.date(year, 1, 1), first, last)) for year in range(first, last + 1)]

    @cached_property
    def map(self) -> drawing.Map | None:
        shape = [
            drawing.Point(latitude, longitude)
            for latitude, longitude in Place.objects.within(settings.AUSTAUSCH_STATE)
            .filter(kind__in=[Place.Kind.CITY, Place.Kind.MUNICIPALITY])
            .with_position()
            .values_list("latitude", "longitude")
            if latitude is not None and longitude is not None
        ]
        counted = Counter(place.ags for action in self.actions for place in action.places)
        places = {place.ags: place for action in self.actions for place in action.places}
        return drawing.draw(
            shape,
            [
                (ags, place.name, drawing.Point(place.latitude, place.longitude), counted[ags])
                for ags, place in places.items()
                if place.latitude is not None and place.longitude is not None
            ],
        )

    @property
    def spots(self) -> list[Spot]:
        at: dict[str, list[int]] = {}
        for action in self.actions:
            for place in action.places:
                at.setdefault(place.ags, []).append(action.number)
        bubbles = self.map.bubbles if self.map else ()
        return [Spot(one, ", ".join(map(str, at[one.key])), at[one.key][0]) for one in bubbles]

    @staticmethod
    def _x(day: dt.date, rows: list[DatedAction]) -> float:
        return _scaled(day, rows[0].starts_on.year, rows[-1].starts_on.year + 1)


def _resolved(gazetteer: Gazetteer, names: list[str]) -> list[Place]:
    """Those of the names that are places of the state; the list beside the map has them all."""
    found = []
    for name in names:
        try:
            found.append(gazetteer.resolve(name))
        except PlaceError:
            continue
    return found


def _upright(x: float) -> float:
    return round(x * HEIGHT / WIDTH, 1)


def _scaled(day: dt.date, first_year: int, last_year: int) -> float:
    start, end = dt.date(first_year, 1, 1), dt.date(last_year, 1, 1)
    return round(MARGIN + (WIDTH - 2 * MARGIN) * (day - start).days / (end - start).days, 1)
