"""Where postcodes lie: the middle of the places that have them (`data/postcodes.csv`, see `data/README.md`)."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from austausch.places.map import Point

BUNDLED = Path(__file__).parent / "data" / "postcodes.csv"


def position(postcode: str) -> Point | None:
    """The centre of the area; None for a postcode that nobody knows."""
    return _all().get(postcode)


@cache
def _all() -> dict[str, Point]:
    with BUNDLED.open(encoding="utf-8", newline="") as file:
        return {row["postcode"]: Point(float(row["latitude"]), float(row["longitude"])) for row in csv.DictReader(file)}
