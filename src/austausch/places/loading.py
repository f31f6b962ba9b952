"""Loading places from a CSV file; the file that comes with the software is `data/places.csv`."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from austausch.core import generation
from austausch.places.models import Place

BUNDLED = Path(__file__).parent / "data" / "places.csv"
COLUMNS = ("ags", "name", "kind", "latitude", "longitude", "population")
LENGTHS = {Place.Kind.STATE: 2, Place.Kind.DISTRICT: 5, Place.Kind.CITY: 5, Place.Kind.MUNICIPALITY: 8}


class PlacesError(ValueError):
    """The file cannot be loaded. `problems`: one line each, with the file's line and what to do."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Outcome:
    """How many places the load adds, changes and finds as they are."""

    new: int
    changed: int
    unchanged: int


def load_places(path: Path = BUNDLED, *, apply: bool = True) -> Outcome:
    """Adds and updates places; places absent from the file stay. Raises PlacesError and then changes nothing."""
    places = read(path)
    with transaction.atomic():
        known = {place.ags: _values(place) for place in Place.objects.all()}
        new = [place for place in places if place.ags not in known]
        changed = [place for place in places if place.ags in known and known[place.ags] != _values(place)]
        if apply and (new or changed):
            Place.objects.bulk_create(new, batch_size=500)
            Place.objects.bulk_update(changed, COLUMNS[1:], batch_size=100)
            generation.advance()
    return Outcome(len(new), len(changed), len(places) - len(new) - len(changed))


def read(path: Path) -> list[Place]:
    """The places of a file. Raises PlacesError with every problem in it."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    except (OSError, UnicodeDecodeError) as error:
        raise PlacesError([_("%(file)s cannot be read as UTF-8 text.") % {"file": path}]) from error
    places: dict[str, Place] = {}
    problems: list[str] = []
    rows = csv.reader(lines, strict=True)
    try:
        if tuple(next(rows, [])) != COLUMNS:
            raise PlacesError([_("Line 1: the columns must be %(columns)s.") % {"columns": ",".join(COLUMNS)}])
        for row in rows:
            place, found = _place(row)
            if place and place.ags in places:
                found = [_("the key %(key)s stands here twice") % {"key": place.ags}]
            problems += [_("Line %(line)s: %(problem)s.") % {"line": rows.line_num, "problem": text} for text in found]
            if place:
                places[place.ags] = place
    except csv.Error as error:
        problems.append(_("Line %(line)s: not valid CSV.") % {"line": rows.line_num})
        raise PlacesError(problems) from error
    if problems:
        raise PlacesError(problems)
    return list(places.values())


def _place(row: list[str]) -> tuple[Place | None, list[str]]:
    if len(row) != len(COLUMNS):
        return None, [_("%(found)s columns instead of %(wanted)s") % {"found": len(row), "wanted": len(COLUMNS)}]
    ags, name, kind, *numbers = (value.strip() for value in row)
    problems = list(_problems(ags, name, kind))
    try:
        latitude, longitude, population = (float(number) if number else None for number in numbers)
    except ValueError:
        return None, [*problems, _("latitude, longitude and population must be numbers")]
    if not _on_earth(latitude, 90) or not _on_earth(longitude, 180) or (latitude is None) != (longitude is None):
        problems.append(_("latitude and longitude must both be given in degrees, or both be empty"))
    if population is not None and not (0 <= population < 2**31 and population.is_integer()):
        problems.append(_("the population must be a whole number"))
    if problems:
        return None, problems
    count = None if population is None else int(population)
    return Place(ags=ags, name=name, kind=kind, latitude=latitude, longitude=longitude, population=count), []


def _problems(ags: str, name: str, kind: str) -> Iterator[str]:
    if kind not in Place.Kind.values:
        yield _("the kind “%(kind)s” is not one of %(kinds)s") % {"kind": kind, "kinds": ", ".join(Place.Kind.values)}
    elif not (ags.isascii() and ags.isdigit() and len(ags) == LENGTHS[Place.Kind(kind)]):
        yield _("the key “%(key)s” must have %(length)s digits") % {"key": ags, "length": LENGTHS[Place.Kind(kind)]}
    if not name or len(name) > 100 or not name.isprintable():
        yield _("the name must have 1 to 100 characters")


def _on_earth(degrees: float | None, limit: float) -> bool:
    return degrees is None or (math.isfinite(degrees) and abs(degrees) <= limit)


def _values(place: Place) -> tuple[object, ...]:
    return tuple(getattr(place, column) for column in COLUMNS)
