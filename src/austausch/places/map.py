"""The map of the state as a drawing: where its places lie on the page, and how large each bubble is.

Pure: places and counts in, coordinates out; the template turns them into SVG. The projection is equirectangular with
the state's middle latitude held true, which over a few degrees nobody can tell from a better one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH = 1000.0
MARGIN = 40.0
ONE_ENTRY = 16.0
SMALLEST = 12.0
LARGEST = 44.0


@dataclass(frozen=True)
class Point:
    """Degrees (WGS 84)."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class Dot:
    x: float
    y: float


@dataclass(frozen=True)
class Bubble:
    """A place with entries. `key` is its AGS; `count` is written into bubbles that are `roomy` enough."""

    key: str
    name: str
    count: int
    x: float
    y: float
    radius: float

    @property
    def roomy(self) -> bool:
        return self.radius >= 15


@dataclass(frozen=True)
class Map:
    """Fields: `width` and `height` of the drawing, `dots` that form the state's shape, `bubbles`, largest first, so
    that small ones lie on top."""

    width: float
    height: float
    dots: tuple[Dot, ...]
    bubbles: tuple[Bubble, ...]


def draw(shape: Sequence[Point], counted: Iterable[tuple[str, str, Point, int]]) -> Map | None:
    """Draws the state's shape and, on it, each `(key, name, position, count)`.

    What lies outside the shape's frame is left out; the list beside the map has it. None without a shape.
    """
    if not shape:
        return None
    frame = _Frame.around(shape)
    inside = [found for found in counted if frame.holds(found[2])]
    most = max((count for *_rest, count in inside), default=1)
    bubbles = [
        Bubble(key, name, count, *frame.place(position), radius=_radius(count, most))
        for key, name, position, count in inside
    ]
    return Map(
        width=WIDTH,
        height=round(frame.height + 2 * MARGIN),
        dots=tuple(Dot(*frame.place(point)) for point in shape),
        bubbles=tuple(sorted(bubbles, key=lambda bubble: (-bubble.radius, bubble.key))),
    )


@dataclass(frozen=True)
class _Frame:
    west: float
    south: float
    east: float
    north: float

    @classmethod
    def around(cls, points: Sequence[Point]) -> _Frame:
        latitudes = [point.latitude for point in points]
        longitudes = [point.longitude for point in points]
        return cls(min(longitudes), min(latitudes), max(longitudes), max(latitudes))

    @property
    def narrowing(self) -> float:
        """How much shorter a degree of longitude is than one of latitude."""
        return math.cos(math.radians((self.south + self.north) / 2))

    @property
    def scale(self) -> float:
        """Units of the drawing for a degree of latitude."""
        across = (self.east - self.west) * self.narrowing
        return (WIDTH - 2 * MARGIN) / across if across > 0 else 1.0

    @property
    def height(self) -> float:
        return (self.north - self.south) * self.scale

    def holds(self, point: Point) -> bool:
        return self.south <= point.latitude <= self.north and self.west <= point.longitude <= self.east

    def place(self, point: Point) -> tuple[float, float]:
        x = MARGIN + (point.longitude - self.west) * self.narrowing * self.scale
        y = MARGIN + (self.north - point.latitude) * self.scale
        return round(x, 1), round(y, 1)


def _radius(count: int, most: int) -> float:
    # The area stands for the number, down to what a finger can still hit.
    unit = min(ONE_ENTRY, LARGEST / math.sqrt(most))
    return round(max(SMALLEST, unit * math.sqrt(count)), 1)
