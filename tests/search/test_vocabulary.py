"""Words that are spelled alike are found as if every word of the vocabulary were compared."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from austausch.search.engines import NEAR, Spelling, engine
from austausch.search.engines.vocabulary import Vocabulary, trigrams

# Few letters, so that words have trigrams in common.
WORDS = st.text("abcä", min_size=4, max_size=14)


def alike(word: str, words: set[str]) -> list[str]:
    """Near ones, the nearest first, by a comparison with each."""

    def share(other: str) -> float:
        common = len(trigrams(word) & trigrams(other))
        return common / len(trigrams(word) | trigrams(other))

    near = [other for other in words if share(other) >= NEAR or word in other]
    return sorted(near, key=lambda other: (-share(other), other))


class AnyWords(TestCase):
    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.sets(WORDS, max_size=25), min_size=1, max_size=3), WORDS)
    def test_what_is_near_is_what_a_comparison_with_each_word_finds(self, added: list[set[str]], word: str) -> None:
        vocabulary = Vocabulary()
        engine().clear()
        for words in added:
            vocabulary.add({one: one.title() for one in words})
        every = set().union(*added)
        assert [spelling.folded for spelling in vocabulary.near(word, 200)] == alike(word, every)
        assert vocabulary.near(word, 2) == vocabulary.near(word, 200)[:2]
        assert [one.folded for one in vocabulary.beginning("ab", 200)] == sorted(w for w in every if w[:2] == "ab")


@pytest.mark.django_db
def test_a_word_stays_as_it_was_written_first() -> None:
    vocabulary = Vocabulary()
    vocabulary.add({"kita": "KiTa"})
    vocabulary.add({"kita": "Kita", "kinder": "Kinder"})
    assert vocabulary.near("kita", 5) == [Spelling("kita", "KiTa")]


@pytest.mark.django_db
def test_trigrams_that_waited_are_written_all_at_once() -> None:
    vocabulary = Vocabulary()
    vocabulary.wait()
    vocabulary.add({"beratung": "Beratung", "bergbau": "Bergbau"})
    assert vocabulary.near("beratnug", 9) == []
    vocabulary.settle()
    vocabulary.add({"beratungen": "Beratungen"})
    assert [one.shown for one in vocabulary.near("beratnug", 9)] == ["Beratung", "Beratungen"]
