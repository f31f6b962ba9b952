"""Postings say of every term exactly which texts hold it, however they came to hold it."""

from __future__ import annotations

from collections.abc import Mapping, Set

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from austausch.search.engines import Lookup, Text, engine
from austausch.search.engines.postings import BLOCK, Postings

TERMS = ("tab", "tabc", "bab", "tä", "t\U0001f600")
Texts = dict[int, Set[str]]


def stored(postings: Postings) -> dict[str, list[int]]:
    return {term: sorted(keys.tolist()) for term, keys in postings.holding(TERMS).items()}


def expected(texts: Mapping[int, Set[str]]) -> dict[str, list[int]]:
    return {term: sorted(key for key, held in texts.items() if term in held) for term in TERMS}


class AnyChange(TestCase):
    @settings(max_examples=60, deadline=None)
    @given(
        st.lists(
            st.dictionaries(
                st.one_of(st.integers(0, 40), st.integers(BLOCK - 20, BLOCK + 20), st.integers(0, 2**40)),
                st.frozensets(st.sampled_from(TERMS)),
                max_size=12,
            ),
            max_size=6,
        )
    )
    def test_after_any_changes_each_term_has_the_texts_that_hold_it(self, changes: list[Texts]) -> None:
        postings, texts = Postings(), dict[int, Set[str]]()
        postings.clear()
        for change in changes:
            postings.change({key: texts[key] for key in change if key in texts}, change)
            texts |= change
        assert stored(postings) == expected(texts)
        found = postings.beginning(["t", "ta", "tabc", "x"])
        assert {prefix: keys.tolist() for prefix, keys in found.items()} == {
            prefix: sorted(key for key, held in texts.items() if any(term.startswith(prefix) for term in held))
            for prefix in ("t", "ta", "tabc", "x")
        }
        postings.clear()
        postings.fill(sorted(texts.items()))
        assert stored(postings) == expected(texts)


@pytest.mark.django_db
def test_a_term_of_many_texts_becomes_bits_and_stays_right_until_the_last_is_gone() -> None:
    postings = Postings()
    many = {key: {"tab"} for key in range(7, 7 + BLOCK, 3)}
    postings.change({}, many)
    assert stored(postings) == expected(many)
    left = {key: held for key, held in many.items() if key > BLOCK - 30}
    postings.change({key: held for key, held in many.items() if key not in left}, {})
    assert stored(postings) == expected(left)
    postings.change(left, {})
    assert stored(postings) == expected({})
    assert postings.beginning(["t"])["t"].tolist() == []


@pytest.mark.django_db
def test_a_phrase_needs_its_words_in_a_row_in_one_field() -> None:
    engine().store(
        [
            Text(1, {"title": ["runder", "tisch"], "body": ["arbeit"]}),
            Text(2, {"title": ["tisch", "runder"]}),
            Text(3, {"title": ["runder"], "body": ["tisch"]}),
            Text(BLOCK + 4, {"body": ["ein", "runder", "tisch"]}),
        ]
    )
    phrase = ("runder", "tisch")
    found = engine().find(
        [Lookup(phrase, "title"), Lookup(phrase, "body"), Lookup(("runder", "ti"), "title", prefix=True)]
    )
    assert [sorted(keys.tolist()) for keys in found] == [[1], [BLOCK + 4], [1]]
