"""Which positions are near a point: distances, and a grid that lets any database find the nearest rows by an index.

The earth is cut into cells of a twentieth of a degree. Each row knows the number of its cell, and cells of one row of
the grid that lie beside each other have numbers that follow each other, so a window of cells is a few ranges of an
ordinary index. The window grows until what is found cannot be beaten by anything outside it. No extension of a
database is needed; see decision 0101.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from austausch.places.map import Point

CELLS_PER_DEGREE = 20
CELLS_PER_ROW = 10_000
EARTH_KM = 6371.0088
KM_PER_DEGREE = math.pi * EARTH_KM / 180
# From here on every row is looked at: the window would be wider than a state.
LARGEST_WINDOW = 64

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Near:
    """A row, by its primary key, and how far it is away."""

    pk: int
    km: float


def distance(one: Point, other: Point) -> float:
    """Kilometres as the crow flies, on a sphere; at most half a percent off."""
    north, other_north = math.radians(one.latitude), math.radians(other.latitude)
    half_north = math.sin((other_north - north) / 2)
    half_east = math.sin(math.radians(other.longitude - one.longitude) / 2)
    chord = half_north**2 + math.cos(north) * math.cos(other_north) * half_east**2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(chord)))


def nearest(rows: QuerySet[M], origin: Point, wanted: int) -> list[Near]:
    """The `wanted` nearest of the rows that have a position, nearest first; of equals the older one."""
    window = 1
    while window < LARGEST_WINDOW:
        found = _measured(rows.filter(_in_window(origin, window)), origin)
        certain = _certain_km(origin, window)
        if sum(one.km <= certain for one in found) >= wanted:
            return found[:wanted]
        window *= 2
    return _measured(rows.filter(cell__isnull=False), origin)[:wanted]


def _measured(rows: QuerySet[M], origin: Point) -> list[Near]:
    positions = rows.order_by().values_list("pk", "latitude", "longitude")
    measured = [Near(pk, distance(origin, Point(latitude, longitude))) for pk, latitude, longitude in positions]
    return sorted(measured, key=lambda one: (one.km, one.pk))


def _in_window(origin: Point, window: int) -> Q:
    found = Q(pk__in=[])
    for first, last in _ranges(origin, window):
        found |= Q(cell__range=(first, last))
    return found


def _ranges(origin: Point, window: int) -> Iterator[tuple[int, int]]:
    row, column = (math.floor(degrees * CELLS_PER_DEGREE) for degrees in (origin.latitude, origin.longitude))
    for each in range(row - window, row + window + 1):
        yield each * CELLS_PER_ROW + column - window, each * CELLS_PER_ROW + column + window


def _certain_km(origin: Point, window: int) -> float:
    """How far the window reaches in every direction; it is narrowest at its northern edge."""
    degrees = window / CELLS_PER_DEGREE
    farthest_north = min(89.0, abs(origin.latitude) + degrees + 1 / CELLS_PER_DEGREE)
    return degrees * KM_PER_DEGREE * math.cos(math.radians(farthest_north))
