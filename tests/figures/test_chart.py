from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from austausch.figures.chart import Bar, Group, factor, layout, nice_ticks

numbers = st.decimals(min_value=-(10**9), max_value=10**9, places=3, allow_nan=False, allow_infinity=False)


def _share(percent: str) -> Decimal:
    return Decimal(percent.removesuffix("%"))


def test_a_chart_without_figures_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one figure"):
        layout([], write=str)
    with pytest.raises(ValueError, match="at least one figure"):
        layout([Group("leer", [])], write=str)


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (31097, 168711, [0, 50000, 100000, 150000, 200000]),
        (0, 0, [0, 1]),
        (0, 1, ["0", "0.25", "0.5", "0.75", "1"]),
        (-3, 9, [-5, 0, 5, 10]),
        (-40, -10, [-40, -30, -20, -10, 0]),
        (3, 7, [0, 2, 4, 6, 8]),
    ],
)
def test_ticks_are_round_numbers_around_the_figures(low: int, high: int, ticks: list[str]) -> None:
    assert nice_ticks(Decimal(low), Decimal(high)) == [Decimal(tick) for tick in ticks]


@given(numbers, numbers)
def test_ticks_cover_all_figures_and_zero_with_a_readable_number_of_steps(one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    ticks = nice_ticks(low, high)
    assert ticks[0] <= low
    assert ticks[-1] >= high
    assert 0 in ticks
    assert 2 <= len(ticks) <= 6


def test_bars_stand_in_the_proportion_of_their_figures() -> None:
    chart = layout([Group("A", [Bar("2013", Decimal(50)), Bar("2023", Decimal(100))])], write=str)
    half, whole = chart.blocks[0].rows
    assert _share(half.x) == _share(whole.x) == _share(chart.base_x)
    assert _share(whole.width) == pytest.approx(2 * _share(half.width), abs=Decimal("0.02"))


@given(st.lists(numbers, min_size=1, max_size=12))
def test_no_bar_leaves_the_picture_and_each_number_has_room_beside_its_bar(values: list[Decimal]) -> None:
    chart = layout([Group("A", [Bar(str(index), value) for index, value in enumerate(values)])], write=str)
    for row in chart.blocks[0].rows:
        end = _share(row.x) + _share(row.width)
        assert 0 <= _share(row.x) <= end <= 100 - min(Decimal(16), len(row.value) * Decimal("2.8")) + Decimal("0.02")
        assert chart.blocks[0].top <= row.y
        assert row.y + 20 <= chart.blocks[0].bottom < chart.height


def test_a_negative_figure_goes_left_from_the_base_line() -> None:
    chart = layout([Group("A", [Bar("2022", Decimal(-10)), Bar("2023", Decimal(10))])], write=str)
    negative, positive = chart.blocks[0].rows
    assert _share(negative.x) < _share(chart.base_x) == _share(positive.x)


def test_each_series_has_a_look_of_its_own_and_rows_do_not_touch() -> None:
    groups = [Group(name, [Bar("2013", Decimal(1)), Bar("2023", Decimal(2))]) for name in "ABC"]
    chart = layout(groups, write=str)
    assert [block.style for block in chart.blocks] == [1, 2, 3]
    tops = [row.y for block in chart.blocks for row in block.rows]
    assert all(later - earlier >= 30 for earlier, later in pairwise(tops))


@pytest.mark.parametrize(
    ("first", "last", "times"),
    [(31097, 106164, "3.4"), (49154, 168711, "3.4"), (0, 5, None), (-2, 5, None), (5, -1, None), (4, 0, "0.0")],
)
def test_a_factor_is_computed_or_not_stated(first: int, last: int, times: str | None) -> None:
    assert factor(Decimal(first), Decimal(last)) == (Decimal(times) if times else None)
