"""The benchmark of the network: what it makes, and how it says what it measured."""

from __future__ import annotations

import pytest

from austausch.search.models import SavedSearch
from bench.network import report, towns
from tests.factories import PlaceFactory, TopicFactory, UserFactory


def test_each_figure_stands_beside_what_it_is_compared_with_and_the_ratio() -> None:
    text = "\n".join(report.tables({"SQLite": {"sign-in": (120.0, 60.0), "news": (50.0, 200.0)}}))
    assert "| 120.0 ms | checking the password hash alone | 60.0 ms | 2.00 |" in text
    assert "| 50.0 ms |" in text
    assert "0.25" in text
    assert "picture of the line" not in text


def test_nothing_to_compare_with_is_no_ratio() -> None:
    assert report.ratio(5.0, 0.0) == "–"


@pytest.mark.django_db
def test_saved_searches_are_many_and_some_are_what_others_look_for_too() -> None:
    TopicFactory(key="wohnen")
    PlaceFactory.create_batch(131)
    people = [UserFactory() for _ in range(20)]
    towns.save_searches(people, 400)
    every = list(SavedSearch.objects.values_list("params", flat=True))
    assert len(every) > 300
    assert 100 < len(set(every)) < len(every)
