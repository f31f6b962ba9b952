"""The analyser: the same for documents and queries, and never at a loss."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from austausch.search.analysis import LONGEST_TERM, MOST_PARTS, Part, analyse, fold, spans, terms


@settings(deadline=None)
@given(st.text())
def test_any_text_becomes_terms_of_letters_and_digits(text: str) -> None:
    for term in terms(text):
        assert term.isalnum()
        assert len(term) <= LONGEST_TERM


@settings(deadline=None)
@given(st.text())
def test_any_query_is_understood_or_empty(text: str) -> None:
    question = analyse(text)
    assert len(question.parts) <= MOST_PARTS
    assert len(set(question.parts)) == len(question.parts)
    for part in (*question.parts, *question.without):
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
    assert analyse("Umgang Schulbesch").parts == (
        Part(("umgang",), "Umgang"),
        Part(("schulbesch",), "Schulbesch", "schulbesch"),
    )


def test_two_letters_are_too_few_to_guess_the_rest() -> None:
    assert analyse("Ar").parts == (Part(("ar",), "Ar"),)


def test_words_in_quotes_stand_together_and_are_finished() -> None:
    assert analyse("„Hand in Hand“").parts == (Part(("hand", "in", "hand"), "Hand in Hand", quoted=True),)
    assert analyse('Schule "Hand in Hand"').parts[1] == Part(("schul",), "Schule")


def test_an_open_quote_is_only_a_character() -> None:
    assert analyse('"Hand').parts == (Part(("hand",), "Hand", "hand"),)


def test_words_that_say_nothing_are_left_out_unless_there_are_no_others() -> None:
    assert analyse("die Schule und der Hort").parts == (Part(("schul",), "Schule"), Part(("hort",), "Hort", "hort"))
    assert analyse("und").parts == (Part(("und",), "und", "und"),)


def test_a_word_twice_counts_once() -> None:
    assert len(analyse("Haus Häuser Haus Schule").parts) == 2


@pytest.mark.parametrize("text", ["", " ", "!?§", '""', "\x00", "\u202e\u200f", "—"])
def test_a_query_without_words_asks_for_nothing(text: str) -> None:
    assert analyse(text).parts == ()


def test_a_very_long_query_is_cut() -> None:
    assert len(analyse("wort" * 10_000).parts) == 1
    assert len(analyse(" ".join(f"w{n}" for n in range(10_000))).parts) == MOST_PARTS


def test_a_minus_excludes_and_a_field_word_filters() -> None:
    question = analyse('Wohnen -Schule -"Hand in Hand" ort:"Bad Oeynhausen" thema:arbeit EU-Bürger')
    assert [part.shown for part in question.parts] == ["Wohnen", "EU", "Bürger"]
    assert [part.terms for part in question.without] == [("schul",), ("hand", "in", "hand")]
    assert question.fields == (("ort", "Bad Oeynhausen"), ("thema", "arbeit"))


@pytest.mark.parametrize("minus", ["-", "−", "–"])
def test_whatever_the_keyboard_makes_of_a_minus_excludes(minus: str) -> None:
    assert [part.shown for part in analyse(f"Wohnen {minus}Schule").without] == ["Schule"]
    assert analyse(f"Wohnen {minus} Schule").without == analyse(f"2022{minus}2026").without == ()


def test_after_the_colon_of_a_field_word_there_may_be_a_space() -> None:
    assert analyse("Thema: Wohnen Haus") == analyse("thema:Wohnen Haus")
    assert analyse("TRÄGER:x").fields == analyse("traeger:x").fields == (("traeger", "x"),)
    # To a regular expression that is no different from a topic.
    assert analyse("topıc:x").fields == (("thema", "x"),)
    # Other words before a colon are words.
    assert [part.shown for part in analyse('Frage: "zwei Worte"').parts] == ["zwei Worte", "Frage"]


def test_what_is_no_filters_value_is_looked_for() -> None:
    question = analyse('Haus thema:Wohnung ort:"Bad Nirgends"', lambda name, value: False)
    assert [part.shown for part in question.parts] == ["Bad Nirgends", "Haus", "Wohnung"]
    assert question.fields == (("thema", "Wohnung"), ("ort", "Bad Nirgends"))
    assert question.plain == 'Haus Wohnung "Bad Nirgends"'


def test_a_filter_with_a_minus_excludes_what_it_names() -> None:
    question = analyse('Beratung -thema:Wohnen -ort:"Bad Nirgends"')
    assert [part.shown for part in question.parts] == ["Beratung"]
    assert [part.shown for part in question.without] == ["Wohnen", "Bad Nirgends"]
    assert question.fields == ()


@pytest.mark.parametrize("number", ["5.500.000", "5,500,000"])
def test_a_number_with_signs_between_thousands_is_one_thing(number: str) -> None:
    (part,) = analyse(number).parts
    assert part.terms == ("5", "500", "000")
    assert [part.shown for part in analyse("1.10 18.1").parts] == ["1", "10", "18"]


@pytest.mark.parametrize(
    "forms",
    [("Kurs", "Kurse", "Kurses"), ("Sprachkurs", "Sprachkurse"), ("Kundin", "Kundinnen"), ("Ärztin", "Ärztinnen")],
)
def test_forms_that_the_stemmer_takes_for_two_words_are_one(forms: tuple[str, ...]) -> None:
    assert len({tuple(terms(form)) for form in forms}) == 1
    assert terms("Kurs") != terms("Kur")


def test_forms_that_the_stemmer_takes_for_one_word_are_two() -> None:
    assert terms("Rheine") != terms("Rhein")
    assert terms("Ministerium des Innern")[-1] != terms("in")[0]
    assert terms("Fördergeldern") == terms("Fördergelder")


@pytest.mark.parametrize(
    ("compound", "parts"),
    [
        ("Kindergeldbetrug", {"kindergeld", "betrug"}),
        ("Wohnraumstaerkungsgesetz", {"wohnraum", "gesetz"}),
        ("Sozialleistungsmissbrauch", {"sozialleist", "missbrauch"}),
        ("schrottimmobilien", {"schrott", "immobili"}),
        ("Beratung", set()),
        ("", set()),
    ],
)
def test_compounds_are_taken_apart(compound: str, parts: set[str]) -> None:
    assert parts <= set(spans(compound))
    assert bool(spans(compound)) == bool(parts)


def test_umlauts_and_their_transliterations_are_taken_apart_alike() -> None:
    assert spans("Wohnraumstärkungsgesetz") == spans("Wohnraumstaerkungsgesetz") != ()
