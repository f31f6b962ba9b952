"""Nearest first: what an index finds is what looking at every row finds, on either database."""

from __future__ import annotations

import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from austausch.counselling.models import Office
from austausch.counselling.near import Point, distance, nearest
from tests.factories import OfficeFactory, OrganisationFactory

HAGEN, DORTMUND = Point(51.3607, 7.4717), Point(51.5149, 7.4660)
points = st.builds(Point, st.floats(50, 53), st.floats(5, 10))


def test_hagen_and_dortmund_lie_seventeen_kilometres_apart() -> None:
    assert distance(HAGEN, DORTMUND) == pytest.approx(17.15, abs=0.1)


@given(points, points)
def test_it_is_as_far_there_as_back(one: Point, other: Point) -> None:
    assert distance(one, other) == pytest.approx(distance(other, one))
    assert distance(one, one) == 0


@pytest.fixture
def spread(db: None) -> list[Office]:
    """Crowded in one town, thin elsewhere, some far away, some at one and the same place, some without a position."""
    chance, owner = random.Random(7), OrganisationFactory()
    crowded = [(51.5 + chance.gauss(0, 0.02), 7.4 + chance.gauss(0, 0.02)) for _ in range(60)]
    thin = [(chance.uniform(50.3, 52.6), chance.uniform(5.8, 9.5)) for _ in range(40)]
    far = [(47.4, 8.5), (54.8, 9.4), (52.5, 13.4)]
    same = [(51.2, 6.8)] * 5
    for at in [*crowded, *thin, *far, *same, None, None]:
        OfficeFactory(owner=owner, at=at)
    return list(Office.objects.all())


def test_the_index_finds_what_looking_at_all_of_them_finds(spread: list[Office]) -> None:
    chance = random.Random(11)
    positioned = [office for office in spread if office.latitude is not None]
    for _ in range(40):
        origin = Point(chance.uniform(50.3, 52.6), chance.uniform(5.8, 9.5))
        wanted = chance.choice([1, 5, 20, 200])
        expected = sorted(
            (distance(origin, Point(office.latitude or 0, office.longitude or 0)), office.pk) for office in positioned
        )[:wanted]
        found = nearest(Office.objects.all(), origin, wanted)
        assert [(one.km, one.pk) for one in found] == expected


def test_a_filter_holds_while_it_looks(spread: list[Office]) -> None:
    rows = Office.objects.filter(name__endswith="7")
    assert {one.pk for one in nearest(rows, HAGEN, 1000)} == set(rows.with_position().values_list("pk", flat=True))


def test_offices_on_the_edge_of_a_band_are_not_lost(db: None) -> None:
    office = OfficeFactory(at=(51.5, 7.4))
    for origin in (Point(51.5, 7.4), Point(51.4999999, 7.3999999), Point(51.5000001, 7.4000001)):
        assert [one.pk for one in nearest(Office.objects.all(), origin, 1)] == [office.pk]


@pytest.mark.parametrize(
    "origin", [Point(0, 179.9), Point(89.5, 0), Point(-64, -179.99), Point(59.9, 11), Point(40, -3)]
)
def test_the_ends_of_the_earth_are_as_exact(spread: list[Office], origin: Point) -> None:
    around = [(0.1, -179.9), (0.0, 178.0), (89.9, 180.0), (-64.2, 179.9), (-60.0, -179.0), (60.3, 13.0), (57.9, 11.1)]
    for at in around:
        OfficeFactory(owner=spread[0].owner, at=at)
    rows = Office.objects.with_position()
    expected = sorted((distance(origin, Point(row.latitude or 0, row.longitude or 0)), row.pk) for row in rows)
    for wanted in (1, 3, 30):
        assert [(one.km, one.pk) for one in nearest(Office.objects.all(), origin, wanted)] == expected[:wanted]


def test_the_database_asks_its_own_index(spread: list[Office]) -> None:
    with CaptureQueriesContext(connection) as asked:
        nearest(Office.objects.all(), HAGEN, 3)
    names = {"postgresql": "<->", "sqlite": '"band" IN'}
    assert names[connection.vendor] in asked[0]["sql"]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
            cursor.execute(f"EXPLAIN {asked[0]['sql']}")
            assert "office_points" in str(cursor.fetchall())
