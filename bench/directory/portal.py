"""Our own way of finding what is near: the portal's function (counselling/near.py), and its idea in plain SQL."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.directory.ways import RADIUS, WANTED, km

Point = tuple[float, float]
Row = tuple[int, float, float]
Way = Callable[[Point], list[int]]


def prepare(folder: Path, rows: list[Row], postgresql: str | None) -> dict[str, Way]:
    """A table with the columns that the function looks at, as the portal's offices have them, on each database."""
    import django
    from django.conf import settings

    from austausch.settings.environment import database

    databases: dict[str, Any] = {
        "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "portal.sqlite3", "CONN_MAX_AGE": None}
    }
    if postgresql:
        databases["postgresql"] = database(postgresql)
    settings.configure(DATABASES=databases, INSTALLED_APPS=[], DEFAULT_AUTO_FIELD="django.db.models.BigAutoField")
    django.setup()
    names = {"sqlite": "default"} | ({"postgresql": "postgresql"} if postgresql else {})
    located = _model()
    return {name: _filled(located, alias, rows) for name, alias in names.items()}


def _model() -> Any:
    from django.db import models
    from django.db.models import F
    from django.db.models.functions import Floor

    from austausch.counselling.near import CELLS_PER_DEGREE, CELLS_PER_ROW

    class Located(models.Model):  # noqa: DJ008 - nobody reads a row
        latitude = models.FloatField(null=True)
        longitude = models.FloatField(null=True)
        live = models.BooleanField(default=True)
        cell = models.GeneratedField(
            expression=Floor(F("latitude") * float(CELLS_PER_DEGREE)) * float(CELLS_PER_ROW)
            + Floor(F("longitude") * float(CELLS_PER_DEGREE)),
            output_field=models.FloatField(null=True),
            db_persist=True,
        )

        class Meta:
            app_label = "bench"
            indexes = [models.Index(fields=["cell", "live"], name="located_cell")]

    return Located


def _filled(located: Any, alias: str, rows: list[Row]) -> Way:
    from django.db import connections

    from austausch.counselling.near import nearest
    from austausch.places.map import Point as Position

    with connections[alias].schema_editor() as editor:
        editor.create_model(located)
    made = (located(pk=key, latitude=latitude, longitude=longitude) for key, latitude, longitude in rows)
    located.objects.using(alias).bulk_create(made, batch_size=5000)
    with connections[alias].cursor() as cursor:
        cursor.execute("ANALYZE")
    shown = located.objects.using(alias).filter(live=True)
    return lambda point: [one.pk for one in nearest(shown, Position(*point), WANTED)]


def bare(database: Any, rows: list[Row], mark: str) -> Way:
    """The grid without Django around it. `mark` stands for a parameter in this database's statements."""
    from austausch.counselling.near import CELLS_PER_DEGREE, CELLS_PER_ROW

    def cell(latitude: float, longitude: float) -> int:
        return math.floor(latitude * CELLS_PER_DEGREE) * CELLS_PER_ROW + math.floor(longitude * CELLS_PER_DEGREE)

    cursor = database.cursor()
    cursor.execute("CREATE TABLE celled (id integer PRIMARY KEY, latitude float8, longitude float8, cell integer)")
    statement = f"INSERT INTO celled VALUES ({', '.join([mark] * 4)})"  # noqa: S608
    cursor.executemany(statement, [(key, a, b, cell(a, b)) for key, a, b in rows])
    cursor.execute("CREATE INDEX celled_cell ON celled (cell)")
    cursor.execute("ANALYZE celled")
    database.commit()

    def way(point: Point) -> list[int]:
        window = 1
        while True:
            middle = cell(*point)
            ranges = [
                (middle + each * CELLS_PER_ROW - window, middle + each * CELLS_PER_ROW + window)
                for each in range(-window, window + 1)
            ]
            where = " OR ".join([f"cell BETWEEN {mark} AND {mark}"] * len(ranges))
            asked = f"SELECT id, latitude, longitude FROM celled WHERE {where}"  # noqa: S608
            cursor.execute(asked, [edge for pair in ranges for edge in pair])
            found = sorted((km(point, row[1:]), row[0]) for row in cursor.fetchall())
            north = math.radians(point[0] + (window + 1) / CELLS_PER_DEGREE)
            certain = window / CELLS_PER_DEGREE * math.pi * RADIUS / 180 * math.cos(north)
            if sum(far <= certain for far, _key in found) >= WANTED or window > 64:
                return [key for _far, key in found[:WANTED]]
            window *= 2

    return way
