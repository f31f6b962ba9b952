"""What somebody looks for in the directory, and what is found, in the order in which it helps.

With a place, three groups follow each other: offices without a position that are responsible for the place (a
counselling service of the district), offices with a position, nearest first, and offices without a position that are
there for the whole state or say nothing about it. Offices that are responsible for other places only, and lie nowhere
that is known, are left out: they would send people away. Without a place, offices stand by name.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from austausch.counselling import languages, near
from austausch.counselling.holidays_of import name_of
from austausch.counselling.hours import Hours, Now, Otherwise, Weekly
from austausch.counselling.models import Office
from austausch.counselling.queries import OfficeQuerySet, public_offices
from austausch.places import postcodes
from austausch.places.map import Point
from austausch.places.models import Place
from austausch.places.queries import Gazetteer, PlaceError

PER_PAGE = 20
LONGEST_PLACE = 100


@dataclass(frozen=True)
class Query:
    """What was asked for. `place`: as it was typed, a name, a postcode or a key; `topic`: a topic's slug or
    number; `language`: a code of `languages`; `open_now`, `online`: only these."""

    place: str = ""
    topic: str = ""
    language: str = ""
    open_now: bool = False
    online: bool = False

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> Query:
        """Of an address; what means nothing is left out."""
        place = " ".join(params.get("ort", "").split())[:LONGEST_PLACE]
        topic, language = params.get("thema", ""), params.get("sprache", "")
        return cls(
            place=place if place.isprintable() else "",
            topic=topic if re.fullmatch(r"[-\w]{1,60}", topic) else "",
            language=language if language in languages.CODES else "",
            open_now=params.get("offen") == "1",
            online=params.get("online") == "1",
        )

    def params(self) -> str:
        """For an address; "" where nothing is asked for."""
        given = {
            "ort": self.place,
            "thema": self.topic,
            "sprache": self.language,
            "offen": "1" if self.open_now else "",
            "online": "1" if self.online else "",
        }
        return urlencode({name: value for name, value in given.items() if value})

    def without(self, name: str) -> Query:
        nothing: dict[str, Any] = {name: getattr(Query(), name)}
        return replace(self, **nothing)


@dataclass(frozen=True)
class Origin:
    """From where distances are told: `name` of the place, its `ags` ("" where only a postcode is known), `point`."""

    name: str
    ags: str
    point: Point | None


class UnknownOriginError(LookupError):
    """Nobody knows the place; `message` for people, `candidates` that may be meant."""

    def __init__(self, message: str, candidates: Sequence[Place] = ()) -> None:
        super().__init__(message)
        self.message, self.candidates = message, list(candidates)


@dataclass(frozen=True)
class Found:
    """An office, and how far it is as the crow flies; None where that is not known or not asked."""

    office: Office
    km: float | None
    now: Now
    local: bool = False


@dataclass(frozen=True)
class Page:
    """Part of what was found. `total`: of all; `number`: this page's, from 1."""

    items: tuple[Found, ...]
    total: int
    number: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PER_PAGE))


class Search:
    """A query asked at a moment. `origin_problem`: why there are no distances, where a place was asked for."""

    def __init__(self, query: Query, moment: dt.datetime | None = None) -> None:
        self.query, self.moment = query, moment or timezone.now()
        self.origin: Origin | None = None
        self.origin_problem: UnknownOriginError | None = None
        if query.place:
            try:
                self.origin = origin_of(query.place)
            except UnknownOriginError as error:
                self.origin_problem = error

    @cached_property
    def rows(self) -> OfficeQuerySet:
        """All that fits, in no order."""
        rows = public_offices()
        if self.query.topic:
            rows = rows.about(self.query.topic)
        if self.query.language:
            rows = rows.speaking(self.query.language)
        if self.query.online:
            rows = rows.advising_online()
        if self.query.open_now:
            rows = rows.open_at(self.moment)
        return rows

    @cached_property
    def total(self) -> int:
        before, after = self._around
        positioned = self.rows.with_position().count() if self.origin and self.origin.point else 0
        return len(before) + positioned + len(after)

    def page(self, number: int) -> Page:
        """The page of this number, or the last one."""
        number = max(1, min(number, -(-self.total // PER_PAGE)))
        return Page(self.part((number - 1) * PER_PAGE, number * PER_PAGE), self.total, number)

    def part(self, first: int, last: int) -> tuple[Found, ...]:
        """Those from `first` to before `last`, in order, counted from 0."""
        before, after = self._around
        measured: dict[int, float | None] = dict.fromkeys(before)
        if self.origin and self.origin.point and last > len(before):
            near_ones = near.nearest(self.rows, self.origin.point, last - len(before))
            measured |= {one.pk: one.km for one in near_ones}
        if last > len(measured):
            measured |= dict.fromkeys(after)
        chosen = list(measured)[first:last]
        offices = Office.objects.with_parts().in_bulk(chosen)
        local = set(before) if self.origin else set()
        return tuple(
            Found(offices[pk], measured[pk], hours_of(offices[pk]).at(self.moment), local=pk in local)
            for pk in chosen
            if pk in offices
        )

    @cached_property
    def _around(self) -> tuple[list[int], list[int]]:
        """Offices before and after those with a distance; without a place all stand before, by name."""
        if self.origin is None:
            return _by_name(self.rows), []
        without = self.rows if self.origin.point is None else self.rows.filter(latitude__isnull=True)
        if not self.origin.ags:
            return [], _by_name(without.filter(areas__isnull=True))
        state = self.origin.ags[:2]
        covering = without.covering(self.origin.ags)
        local = covering.exclude(pk__in=without.filter(areas__ags=state).values("pk"))
        wide = without.filter(Q(areas__isnull=True) | Q(areas__ags=state))
        return _by_name(local), _by_name(wide)


def origin_of(text: str) -> Origin:
    """The place or postcode that somebody typed. Raises UnknownOriginError."""
    if re.fullmatch(r"[0-9]{5}", text) and (point := postcodes.position(text)):
        place = _municipality_at(point)
        name = _("%(postcode)s (near %(place)s)") % {"postcode": text, "place": place.name} if place else text
        return Origin(name, place.ags if place else "", point)
    try:
        place = Gazetteer(within=settings.AUSTAUSCH_STATE).resolve(text)
    except PlaceError as error:
        raise UnknownOriginError(str(error), error.candidates) from error
    known = place.latitude is not None and place.longitude is not None
    return Origin(place.name, place.ags, Point(place.latitude, place.longitude) if known else None)  # type: ignore[arg-type]


def _municipality_at(point: Point) -> Place | None:
    """The town whose centre is nearest: an estimate, for who is responsible; distances do not rest on it."""
    towns = Place.objects.with_position().filter(
        kind__in=[Place.Kind.CITY, Place.Kind.MUNICIPALITY],
        latitude__range=(point.latitude - 0.2, point.latitude + 0.2),
        longitude__range=(point.longitude - 0.3, point.longitude + 0.3),
    )
    return min(
        towns, key=lambda town: near.distance(point, Point(town.latitude or 0, town.longitude or 0)), default=None
    )


def hours_of(office: Office) -> Hours:
    """Wants an office read `with_parts()`."""
    state = office.state_of_holidays
    return Hours(
        weekly=[
            Weekly(row.weekday, row.opens, row.closes, row.valid_from, row.valid_to) for row in office.openings.all()
        ],
        otherwise=[Otherwise(row.first, row.last, row.opens, row.closes, row.note) for row in office.exceptions.all()],
        open_on_holidays=office.open_on_holidays,
        holiday=lambda day: name_of(day, state),
    )


def _by_name(rows: QuerySet[Office]) -> list[int]:
    return list(dict.fromkeys(rows.order_by("name", "pk").values_list("pk", flat=True)))
