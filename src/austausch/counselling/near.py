"""Which positions are near a point: distances, and how each database finds the nearest rows by an index of its own.

PostgreSQL walks its index of points from the origin outwards (GiST, `<->`); what it hands over is measured on the
sphere.

SQLite has no such walk. There the earth is cut into bands along the circles of latitude, a hundredth of a degree high.
Each row knows the number of its band, and the index holds the rows of a band by their longitude, so a box around a
point is a few short stretches of an ordinary index. The box grows until the circle inside it holds as many rows as are
wanted.

Either way nothing that was not looked at can be nearer, whatever else the rows are filtered by. No extension of a
database is needed; see decision 0101.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, FloatField, Func, Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from austausch.places.map import Point

# How long a degree of longitude is on the plane of PostgreSQL's index, in degrees of latitude: as in the middle of
# Germany. Elsewhere the index is less apt, not less exact. Part of the index of migration 0002.
DEGREE_EAST = 0.624
BANDS_PER_DEGREE = 100
EARTH_KM = 6371.0088
# Where many offices lie this is enough; elsewhere the next circle follows from how many the last one held.
FIRST_KM = 3.0
LEAST_GROWTH, MOST_GROWTH = 1.4, 5.0
# What is expected to hold so many times as many as are wanted: offices do not lie evenly.
SPARE = 1.6
# From here on every row is looked at: the circle is as wide as a state.
LARGEST_KM = 150.0

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Near:
    """A row, by its primary key, and how far it is away."""

    pk: int
    km: float


@dataclass(frozen=True)
class _Box:
    """The smallest box of degrees that holds a circle."""

    south: float
    north: float
    west: float
    east: float

    @classmethod
    def around(cls, origin: Point, km: float) -> _Box | None:
        """None where a pole or the date line lies in the circle."""
        angle = km / EARTH_KM
        south, north = (origin.latitude + math.degrees(each) for each in (-angle, angle))
        if not -89.0 < south < north < 89.0:
            return None
        across = math.degrees(math.asin(math.sin(angle) / math.cos(math.radians(origin.latitude))))
        west, east = origin.longitude - across, origin.longitude + across
        return cls(south, north, west, east) if west > -180.0 and east < 180.0 else None

    @property
    def bands(self) -> range:
        return range(band_of(self.south), band_of(self.north) + 1)


def band_of(latitude: float) -> int:
    return math.floor(latitude * BANDS_PER_DEGREE)


def distance(one: Point, other: Point) -> float:
    """Kilometres as the crow flies, on a sphere; at most half a percent off."""
    north, other_north = math.radians(one.latitude), math.radians(other.latitude)
    half_north = math.sin((other_north - north) / 2)
    half_east = math.sin(math.radians(other.longitude - one.longitude) / 2)
    chord = half_north**2 + math.cos(north) * math.cos(other_north) * half_east**2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(chord)))


def nearest(rows: QuerySet[M], origin: Point, wanted: int) -> list[Near]:
    """The `wanted` nearest of the rows that have a position, nearest first; of equals the older one."""
    walk = _by_points if connections[rows.db].vendor == "postgresql" else _by_bands
    return walk(rows, origin, wanted)


def _by_bands(rows: QuerySet[M], origin: Point, wanted: int) -> list[Near]:
    km = FIRST_KM
    while km < LARGEST_KM and (box := _Box.around(origin, km)):
        found = _measured(_inside(rows, box), origin)
        certain = sum(one.km <= km for one in found)
        if certain >= wanted:
            return found[:wanted]
        growth = math.sqrt(SPARE * wanted / certain) if certain else MOST_GROWTH
        km *= min(MOST_GROWTH, max(LEAST_GROWTH, growth))
    return _measured(_positioned(rows), origin)[:wanted]


def _by_points(rows: QuerySet[M], origin: Point, wanted: int) -> list[Near]:
    """The index measures on a plane, so a few more are asked for than are wanted, until none left out can be nearer."""
    asked = wanted + wanted // 4 + 10
    walk = _positioned(rows).order_by(FlatDistance(origin)).values_list("pk", "latitude", "longitude")
    while True:
        positions = list(walk[:asked])
        found = _sorted(positions, origin)
        if len(positions) < asked:
            return found[:wanted]
        _pk, latitude, longitude = positions[-1]
        certain = _certain_km(origin, Point(latitude, longitude))
        if sum(one.km <= certain for one in found) >= wanted:
            return found[:wanted]
        asked *= 2


def _certain_km(origin: Point, last: Point) -> float:
    """As near as nothing can be that lies beyond this point on the plane; 0 where that cannot be said.

    Within that distance a degree of longitude is shortest at the edge that is nearest to the pole. The hundredth given
    away covers that chords are shorter than arcs, up to ten degrees.
    """
    degrees = math.hypot((last.longitude - origin.longitude) * DEGREE_EAST, last.latitude - origin.latitude)
    shortest = math.cos(math.radians(min(90.0, abs(origin.latitude) + degrees)))
    if degrees > 10 or abs(origin.longitude) + degrees / DEGREE_EAST > 180:
        return 0.0
    return 0.99 * math.radians(degrees) * min(1.0, shortest / DEGREE_EAST) * EARTH_KM


class FlatDistance(Func):
    """Degrees between a row and the origin on a plane, in the words of the index that migration 0002 makes."""

    output_field = FloatField()

    def __init__(self, origin: Point) -> None:
        super().__init__(F("longitude"), F("latitude"))
        self.origin = origin

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: object
    ) -> tuple[str, list[float]]:
        longitude, latitude = (compiler.compile(column)[0] for column in self.get_source_expressions())
        at = [self.origin.longitude * DEGREE_EAST, self.origin.latitude]
        return f"point({longitude} * {DEGREE_EAST}, {latitude}) <-> point(%s, %s)", at


def _inside(rows: QuerySet[M], box: _Box) -> QuerySet[M]:
    return rows.filter(
        band__in=box.bands,
        longitude__range=(box.west, box.east),
        latitude__range=(box.south, box.north),
    )


def _positioned(rows: QuerySet[M]) -> QuerySet[M]:
    return rows.filter(latitude__isnull=False)


def _measured(rows: QuerySet[M], origin: Point) -> list[Near]:
    return _sorted(rows.order_by().values_list("pk", "latitude", "longitude"), origin)


def _sorted(positions: Iterable[tuple[int, float, float]], origin: Point) -> list[Near]:
    measured = [Near(pk, distance(origin, Point(latitude, longitude))) for pk, latitude, longitude in positions]
    return sorted(measured, key=lambda one: (one.km, one.pk))
