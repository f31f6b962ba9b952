"""The analyser: the same for documents and queries, and never at a loss."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from austausch.search.analysis import LONGEST_TERM, MOST_PARTS, Part, analyse, fold, terms


@settings(deadline=None)
@given(st.text())
def test_any_text_becomes_terms_of_letters_and_digits(text: str) -> None:
    for term in terms(text):
        assert term.isalnum()
        assert len(term) <= LONGEST_TERM


@settings(deadline=None)
@given(st.text())
def test_any_query_is_understood_or_empty(text: str) -> None:
    parts = analyse(text)
    assert len(parts) <= MOST_PARTS
    assert len(set(parts)) == len(parts)
    for part in parts:
        assert part.terms
        assert all(term.isalnum() for term in part.terms)
        assert part.prefix == "" or part.prefix.isalnum()


@pytest.mark.parametrize(
    "spellings",
    [
        ("Fälschung", "Faelschung", "FÄLSCHUNG", "fa\u0308lschung"),
        ("Straße", "Strasse", "STRASSE"),
        ("Häuser", "Haeuser", "Haus", "Hauses"),
        ("Wohnraumstärkungsgesetz", "Wohnraumstaerkungsgesetz"),
        ("Beratung", "Beratungen"),
        ("Café", "Cafe"),
        ("Brașov", "Brasov"),
        ("Sofija", "SOFIJA"),
    ],
)
def test_spellings_of_one_word_are_one_term(spellings: tuple[str, ...]) -> None:
    assert len({tuple(terms(spelling)) for spelling in spellings}) == 1


def test_an_ue_that_is_no_umlaut_stays() -> None:
    assert fold("neue Quellen") == "neue quellen"


def test_the_last_word_is_still_being_typed() -> None:
    assert analyse("Umgang Schulbesch") == (Part(("umgang",)), Part(("schulbesch",), "schulbesch"))


def test_two_letters_are_too_few_to_guess_the_rest() -> None:
    assert analyse("Ar") == (Part(("ar",)),)


def test_words_in_quotes_stand_together_and_are_finished() -> None:
    assert analyse("„Hand in Hand“") == (Part(("hand", "in", "hand")),)
    assert analyse('Schule "Hand in Hand"')[1] == Part(("schul",))


def test_an_open_quote_is_only_a_character() -> None:
    assert analyse('"Hand') == (Part(("hand",), "hand"),)


def test_words_that_say_nothing_are_left_out_unless_there_are_no_others() -> None:
    assert analyse("die Schule und der Hort") == (Part(("schul",)), Part(("hort",), "hort"))
    assert analyse("und") == (Part(("und",), "und"),)


def test_a_word_twice_counts_once() -> None:
    assert len(analyse("Haus Häuser Haus Schule")) == 2


@pytest.mark.parametrize("text", ["", " ", "!?§", '""', "\x00", "\u202e\u200f", "—"])
def test_a_query_without_words_asks_for_nothing(text: str) -> None:
    assert analyse(text) == ()


def test_a_very_long_query_is_cut() -> None:
    assert len(analyse("wort" * 10_000)) == 1
    assert len(analyse(" ".join(f"w{n}" for n in range(10_000)))) == MOST_PARTS
