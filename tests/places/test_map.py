"""The map's drawing."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from austausch.places.map import LARGEST, MARGIN, SMALLEST, WIDTH, Point, draw

SHAPE = [Point(50.4, 6.0), Point(52.5, 9.4), Point(51.5, 7.5)]


def test_without_places_there_is_no_map() -> None:
    assert draw([], []) is None


def test_north_is_up_and_east_is_right() -> None:
    drawn = draw(SHAPE, [])
    assert drawn is not None
    south_west, north_east, middle = drawn.dots
    assert south_west.x < middle.x < north_east.x
    assert south_west.y > middle.y > north_east.y


def test_the_shape_fills_the_drawing_and_keeps_its_proportions() -> None:
    drawn = draw(SHAPE, [])
    assert drawn is not None
    south_west, north_east, _middle = drawn.dots
    assert (south_west.x, north_east.x) == (MARGIN, WIDTH - MARGIN)
    assert (north_east.y, round(south_west.y)) == (MARGIN, drawn.height - MARGIN)
    degrees = (9.4 - 6.0) * math.cos(math.radians(51.45)) / (52.5 - 50.4)
    assert (WIDTH - 2 * MARGIN) / (drawn.height - 2 * MARGIN) == pytest.approx(degrees, rel=0.01)


def test_the_area_of_a_bubble_stands_for_its_number() -> None:
    drawn = draw(SHAPE, [("a", "A", SHAPE[2], 100), ("b", "B", SHAPE[2], 25)])
    assert drawn is not None
    large, half = drawn.bubbles
    assert large.radius == LARGEST
    assert half.radius == pytest.approx(LARGEST / 2)


def test_small_bubbles_lie_on_top() -> None:
    drawn = draw(SHAPE, [("a", "A", SHAPE[2], 1), ("b", "B", SHAPE[2], 9)])
    assert drawn is not None
    assert [bubble.key for bubble in drawn.bubbles] == ["b", "a"]


def test_a_place_far_away_stays_off_the_map() -> None:
    drawn = draw(SHAPE, [("11", "Berlin", Point(52.5, 13.4), 3)])
    assert drawn is not None
    assert drawn.bubbles == ()


def test_one_place_alone_can_be_drawn() -> None:
    drawn = draw([Point(51.0, 7.0)], [("a", "A", Point(51.0, 7.0), 1)])
    assert drawn is not None
    assert len(drawn.bubbles) == 1


@given(st.lists(st.tuples(st.floats(50.4, 52.5), st.floats(6.0, 9.4), st.integers(1, 10_000)), max_size=20))
def test_every_bubble_lies_in_the_drawing(found: list[tuple[float, float, int]]) -> None:
    drawn = draw(SHAPE, [(str(number), "x", Point(lat, lon), n) for number, (lat, lon, n) in enumerate(found)])
    assert drawn is not None
    assert len(drawn.bubbles) == len(found)
    for bubble in drawn.bubbles:
        assert MARGIN - 1 <= bubble.x <= drawn.width - MARGIN + 1
        assert MARGIN - 1 <= bubble.y <= drawn.height - MARGIN + 1
        assert SMALLEST <= bubble.radius <= LARGEST
