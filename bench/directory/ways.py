"""Other ways of finding what is near, each as its own manual shows it. All measure on the same sphere."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable

import psycopg

Point = tuple[float, float]
Row = tuple[int, float, float]
Way = Callable[[Point], list[int]]
WANTED = 20
BANDS = 100
RADIUS = 6371.0088
HAVERSINE = """2 * 6371.0088 * asin(sqrt(
    pow(sin(radians(latitude - {lat}) / 2), 2)
    + cos(radians({lat})) * cos(radians(latitude)) * pow(sin(radians(longitude - {lon}) / 2), 2)))"""


def scan_sqlite(database: sqlite3.Connection, rows: list[Row]) -> Way:
    database.execute("CREATE TABLE scanned (id INTEGER PRIMARY KEY, latitude REAL, longitude REAL)")
    database.executemany("INSERT INTO scanned VALUES (?, ?, ?)", rows)
    database.commit()
    statement = f"SELECT id FROM scanned ORDER BY {HAVERSINE.format(lat=':lat', lon=':lon')}, id LIMIT {WANTED}"  # noqa: S608

    def way(point: Point) -> list[int]:
        found = database.execute(statement, {"lat": point[0], "lon": point[1]})
        return [row[0] for row in found]

    return way


def rtree(database: sqlite3.Connection, rows: list[Row]) -> Way:
    """The module keeps 32-bit boxes, so the exact positions are joined; the window doubles until it holds enough."""
    database.execute("CREATE VIRTUAL TABLE boxes USING rtree(id, south, north, west, east)")
    database.executemany("INSERT INTO boxes VALUES (?, ?, ?, ?, ?)", [(i, a, a, b, b) for i, a, b in rows])
    database.execute("ANALYZE")
    database.commit()
    statement = (
        "SELECT s.id, s.latitude, s.longitude FROM boxes b JOIN scanned s ON s.id = b.id "
        "WHERE b.north >= ? AND b.south <= ? AND b.east >= ? AND b.west <= ?"
    )

    def way(point: Point) -> list[int]:
        degrees = 0.05
        while True:
            across = degrees / math.cos(math.radians(point[0] + degrees))
            box = (point[0] - degrees, point[0] + degrees, point[1] - across, point[1] + across)
            found = sorted((km(point, row[1:]), row[0]) for row in database.execute(statement, box))
            certain = degrees * math.pi * RADIUS / 180 * 0.999
            if sum(far <= certain for far, _key in found) >= WANTED or degrees > 20:
                return [key for _far, key in found[:WANTED]]
            degrees *= 2

    return way


def scan_postgresql(database: psycopg.Connection, rows: list[Row]) -> Way:
    database.execute("CREATE TABLE scanned (id integer PRIMARY KEY, latitude float8, longitude float8)")
    with database.cursor() as cursor, cursor.copy("COPY scanned FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    database.execute("ANALYZE scanned")
    formula = HAVERSINE.format(lat="%(lat)s::float8", lon="%(lon)s::float8")
    return _asking(database, f"SELECT id FROM scanned ORDER BY {formula}, id LIMIT {WANTED}")  # noqa: S608


def gist(database: psycopg.Connection) -> Way:
    """Points scaled so that a degree is as long in both directions; a few more are taken and measured exactly."""
    scale = math.cos(math.radians(51.4))
    database.execute(f"CREATE INDEX ON scanned USING gist (point(longitude * {scale}, latitude))")
    formula = HAVERSINE.format(lat="%(lat)s::float8", lon="%(lon)s::float8")
    return _asking(
        database,
        f"SELECT id FROM (SELECT * FROM scanned ORDER BY point(longitude * {scale}, latitude) <-> "  # noqa: S608
        f"point(%(lon)s::float8 * {scale}, %(lat)s::float8) LIMIT {WANTED * 3}) near "
        f"ORDER BY {formula}, id LIMIT {WANTED}",
    )


def postgis(database: psycopg.Connection) -> Way:
    """Raises psycopg.Error where the server does not have it."""
    database.execute("CREATE EXTENSION postgis")
    database.execute("ALTER TABLE scanned ADD COLUMN at geography(Point, 4326)")
    database.execute("UPDATE scanned SET at = ST_Point(longitude, latitude)::geography")
    database.execute("CREATE INDEX ON scanned USING gist (at)")
    database.execute("VACUUM ANALYZE scanned")
    formula = HAVERSINE.format(lat="%(lat)s::float8", lon="%(lon)s::float8")
    return _asking(
        database,
        "SELECT id FROM (SELECT * FROM scanned ORDER BY at <-> ST_Point(%(lon)s, %(lat)s)::geography "  # noqa: S608
        f"LIMIT {WANTED * 3}) near ORDER BY {formula}, id LIMIT {WANTED}",
    )


def _asking(database: psycopg.Connection, statement: str) -> Way:
    def way(point: Point) -> list[int]:
        found = database.execute(statement, {"lat": point[0], "lon": point[1]})  # type: ignore[arg-type]
        return [row[0] for row in found]

    return way


def km(one: Point, other: tuple[float, ...]) -> float:
    half_north = math.sin(math.radians(other[0] - one[0]) / 2)
    half_east = math.sin(math.radians(other[1] - one[1]) / 2)
    chord = half_north**2 + math.cos(math.radians(one[0])) * math.cos(math.radians(other[0])) * half_east**2
    return 2 * RADIUS * math.asin(min(1.0, math.sqrt(chord)))


def bands(database: sqlite3.Connection, rows: list[Row]) -> Way:
    """The portal's idea (counselling/near.py) without Django."""
    database.execute("CREATE TABLE banded (id integer PRIMARY KEY, latitude float8, longitude float8, band integer)")
    database.executemany(
        "INSERT INTO banded VALUES (?, ?, ?, ?)", [(key, a, b, math.floor(a * BANDS)) for key, a, b in rows]
    )
    database.execute("CREATE INDEX banded_near ON banded (band, longitude, latitude)")
    database.execute("ANALYZE banded")
    database.commit()

    def way(point: Point) -> list[int]:
        far = 3.0
        while True:
            up = math.degrees(far / RADIUS)
            across = math.degrees(math.asin(min(1.0, math.sin(far / RADIUS) / math.cos(math.radians(point[0])))))
            numbers = range(math.floor((point[0] - up) * BANDS), math.floor((point[0] + up) * BANDS) + 1)
            asked = (
                f"SELECT id, latitude, longitude FROM banded WHERE band IN ({', '.join(map(str, numbers))}) "  # noqa: S608
                "AND longitude BETWEEN ? AND ? AND latitude BETWEEN ? AND ?"
            )
            box = (point[1] - across, point[1] + across, point[0] - up, point[0] + up)
            found = sorted((km(point, row[1:]), row[0]) for row in database.execute(asked, box))
            certain = sum(each <= far for each, _key in found)
            if certain >= WANTED or far > 500:
                return [key for _far, key in found[:WANTED]]
            far *= min(5.0, max(1.4, math.sqrt(1.6 * WANTED / certain))) if certain else 5.0

    return way
