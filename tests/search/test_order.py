"""Rows in the order of a list of keys: the same on both databases, and without reading the list for each row."""

from __future__ import annotations

import random

import pytest
from django.db import connection
from django.db.models import F

from austausch.search.models import Search
from austausch.search.order import among, in_order
from austausch.search.searches import this_week

pytestmark = pytest.mark.django_db
MANY = 3_000


def make(count: int) -> list[int]:
    """Keys in no order."""
    Search.objects.bulk_create(Search(text=f"suche {number}", week=this_week()) for number in range(count))
    keys = list(Search.objects.values_list("pk", flat=True))
    random.Random(1).shuffle(keys)
    return keys


def test_sqlite_looks_each_place_up_in_an_index() -> None:
    if connection.vendor != "sqlite":
        assert "array_position" not in in_order(Search.objects.all(), make(3)).explain()
        return
    assert "SEARCH listed USING AUTOMATIC COVERING INDEX" in in_order(Search.objects.all(), make(3)).explain()


def test_many_rows_come_in_the_order_of_the_list_and_can_be_counted_cut_and_filtered() -> None:
    keys = make(MANY)
    wanted, rest = keys[: MANY // 2], keys[MANY // 2 :]
    rows = in_order(among(Search.objects.all(), wanted), wanted)
    assert [row.pk for row in rows] == wanted
    assert rows.count() == len(wanted)
    assert rows.exists()
    assert [row.pk for row in rows[10:20]] == wanted[10:20]
    assert [row.pk for row in rows.reverse()[:3]] == wanted[:-4:-1]
    assert [row.pk for row in rows.exclude(pk=wanted[0]).filter(asked=0)] == wanted[1:]
    assert list(rows.values_list("pk", flat=True).iterator()) == wanted
    assert [row.pk for row in Search.objects.filter(pk__in=rows.values("pk")[:5]).order_by("pk")] == sorted(wanted[:5])
    assert [row.pk for row in rows.annotate(double=F("pk") * 2).distinct()] == wanted
    ends = [row.pk for row in in_order(Search.objects.all(), wanted)]
    assert [key for key in ends if key in set(wanted)] == wanted
    assert set(ends[: len(rest)]) == set(rest) or set(ends[len(wanted) :]) == set(rest)


def test_an_empty_list_has_no_rows_and_no_order() -> None:
    make(3)
    assert list(in_order(among(Search.objects.all(), []), [])) == []
    assert in_order(Search.objects.all(), []).count() == 3
