"""Texts that are passed over without being read never hold what is looked for."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from austausch.search import analysis
from austausch.search.skeletons import skeleton

LETTERS = st.text("aäbdeoößsuünlrtzæœþğșІж½ªﬁ\u0308\u00ad-„ A", min_size=1, max_size=30)


@given(st.lists(LETTERS, min_size=1, max_size=6), LETTERS)
def test_whatever_a_word_may_be_found_by_is_in_the_skeleton_of_its_text(before: list[str], word: str) -> None:
    text = " ".join([*before, word, *before])
    for found in analysis.terms(word):
        assert skeleton(found) in skeleton(text)
    for folded in analysis.folded(word):
        for end in range(1, len(folded)):
            assert skeleton(folded[:end]) in skeleton(text)


@given(LETTERS)
def test_parts_that_are_in_a_folded_word_are_in_its_skeleton(word: str) -> None:
    for folded in analysis.folded(word):
        for start in range(len(folded)):
            for end in range(start + 1, len(folded) + 1):
                assert skeleton(folded[start:end]) in skeleton(word)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Straße", "STRASSE"),
        ("Häuser", "Haeuser"),
        ("Häuser", unicodedata.normalize("NFD", "Häuser")),
        ("Şoșoacă", "sosoaca"),
    ],
)
def test_ways_of_writing_make_no_difference(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


def test_a_text_about_something_else_is_told_apart() -> None:
    assert skeleton("Wohnraum") not in skeleton("Beratung für Familien, die Unterhalt brauchen")
