"""Sets and counts of a facet's values: the same as counting by hand."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from austausch.search import facets
from austausch.search.facets import NONE, Values, set_of

ENTRIES = 200
bits = st.sets(st.integers(0, ENTRIES - 1), min_size=1).map(sorted)


@given(st.dictionaries(st.text(max_size=5), bits, max_size=8), st.sets(st.integers(0, ENTRIES - 1)))
def test_counts_are_those_of_counting_by_hand(members: dict[str, list[int]], marked: set[int]) -> None:
    within = np.zeros(ENTRIES, dtype=np.bool_)
    within[list(marked)] = True
    by_hand = {value: len(marked.intersection(some)) for value, some in members.items()}
    for few in (0, 64):
        with patch.object(facets, "FEW", few):
            values = Values(members)
            assert dict(zip(values, values.numbers(within), strict=True)) == by_hand


@given(st.dictionaries(st.text(max_size=5), bits, max_size=8))
def test_each_value_is_the_set_of_its_entries(members: dict[str, list[int]]) -> None:
    values = Values(members)
    assert {value: values[value] for value in values} == {
        value: sum(1 << bit for bit in some) for value, some in members.items()
    }
    assert values.having() == sum(1 << bit for bit in {bit for some in members.values() for bit in some})


def test_a_facet_without_values_counts_nothing() -> None:
    assert not len(NONE.numbers(np.ones(3, dtype=np.bool_)))
    assert NONE.having() == set_of(np.empty(0, dtype=np.int64)) == 0
    assert NONE.get("x", 0) == 0
