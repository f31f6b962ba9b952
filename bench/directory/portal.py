"""Our own way of finding what is near: the portal's function (counselling/near.py), through Django."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.directory.ways import WANTED

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

    from austausch.counselling.near import BANDS_PER_DEGREE

    class Located(models.Model):  # noqa: DJ008 - nobody reads a row
        latitude = models.FloatField(null=True)
        longitude = models.FloatField(null=True)
        live = models.BooleanField(default=True)
        band = models.GeneratedField(
            expression=Floor(F("latitude") * float(BANDS_PER_DEGREE)),
            output_field=models.FloatField(null=True),
            db_persist=True,
        )

        class Meta:
            app_label = "bench"
            indexes = [models.Index(fields=["band", "longitude", "latitude", "live"], name="located_near")]

    return Located


def _filled(located: Any, alias: str, rows: list[Row]) -> Way:
    from django.db import connections

    from austausch.counselling.near import DEGREE_EAST, nearest
    from austausch.places.map import Point as Position

    with connections[alias].schema_editor() as editor:
        editor.create_model(located)
    made = (located(pk=key, latitude=latitude, longitude=longitude) for key, latitude, longitude in rows)
    located.objects.using(alias).bulk_create(made, batch_size=5000)
    with connections[alias].cursor() as cursor:
        cursor.execute("ANALYZE")
        if alias == "postgresql":
            longitude = f"longitude * {DEGREE_EAST}"
            cursor.execute(f"CREATE INDEX ON bench_located USING gist (point({longitude}, latitude))")
    shown = located.objects.using(alias).filter(live=True)
    return lambda point: [one.pk for one in nearest(shown, Position(*point), WANTED)]


def server_connection() -> Any:
    """psycopg's own, on which `prepare` has made the table."""
    from django.db import connections

    connections["postgresql"].ensure_connection()
    return connections["postgresql"].connection
