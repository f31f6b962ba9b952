"""Marks in displayed text: around whole words, and never at the cost of the text."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from austausch.search import analysis, compounds, highlighting
from austausch.search.highlighting import Wanted, marked, passage, shown, snippet

ODD = st.characters(exclude_categories=["Cs"]) | st.sampled_from("aäßus\u00ad\u0308\u200d<>&\"' \n-")


def wanted(words: str, *prefixes: str) -> Wanted:
    return Wanted(frozenset(analysis.terms(words)), prefixes)


def text_of(written: str) -> str:
    """What a browser shows of it; fails on any tag but a mark."""
    bare = re.sub(r"</?mark>", "", written)
    assert "<" not in bare
    return html.unescape(bare)


def marks(written: str) -> list[str]:
    return [html.unescape(found) for found in re.findall(r"<mark>(.*?)</mark>", written, re.DOTALL)]


@given(st.text(ODD), st.text(ODD), st.text(ODD, max_size=4))
def test_whatever_the_text_it_stays_as_it_is(text: str, words: str, prefix: str) -> None:
    folded = analysis.fold(prefix)
    assert text_of(marked(text, wanted(words, *([folded] if folded else [])))) == text


@given(st.text(ODD))
def test_a_text_looked_for_by_its_own_words_is_marked_without_loss(text: str) -> None:
    written = marked(text, wanted(text))
    assert text_of(written) == text
    assert bool(marks(written)) == bool(analysis.words(text))


@given(st.lists(st.text(ODD), max_size=3), st.text(ODD), st.integers(1, 60))
def test_a_passage_is_a_part_of_one_text_and_no_longer_than_asked(texts: list[str], words: str, length: int) -> None:
    found = passage([*texts, words], wanted(words), length)
    if found is None:
        return
    shown_text = text_of(found.text)
    source = [*texts, words][found.source]
    assert any(shown_text[first : len(shown_text) - last] in source for first in (0, 1) for last in (0, 1)), (
        "it is not from the text"
    )
    assert len(shown_text) <= length + 2
    assert marks(found.text)


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("Die Häuser der Stadt", "Haus", ["Häuser"]),
        ("Große Straße, grosse Strasse", "Strasse", ["Straße", "Strasse"]),
        ("HAEUSER und Ha\u0308user", "Häuser", ["HAEUSER", "Ha\u0308user"]),
        ("Woh\u00adnungs\u00adaufsicht", "Wohnungsaufsicht", ["Woh\u00adnungs\u00adaufsicht"]),
        ("Die Wohnungsaufsicht prüft", "Aufsicht", ["Wohnungsaufsicht"]),
        ("Kindergeldbetrug", "Betrug", ["Kindergeldbetrug"]),
        ("Betrugsfälle melden", "Fall", ["Betrugsfälle"]),
        ("👩‍🏫 Schule 🇺🇦", "Schule", ["Schule"]),
        ("<b>Haus</b> & 'Hof'", "Haus Hof b", ["Haus", "Hof"]),
        ("<script>alert(1)</script>", "script", ["script", "script"]),
        ("Rathaus und Fallen", "Hau Fal", []),
        ("Nichts davon", "Haus", []),
    ],
)
def test_words_are_marked_as_they_were_found(text: str, words: str, expected: list[str]) -> None:
    written = marked(text, wanted(words))
    assert marks(written) == expected
    assert text_of(written) == text


def test_a_beginning_marks_the_words_that_begin_with_it() -> None:
    assert marks(marked("Wohnen, Wohnungen, Umwohner", wanted("", "wohn"))) == ["Wohnen", "Wohnungen"]
    assert marks(marked("Überbelegte Häuser", wanted("", "uber"))) == ["Überbelegte"]


def test_an_accent_beyond_the_word_stays_with_its_letter() -> None:
    assert marks(marked("Haus\u20d2 Hof", wanted("Haus"))) == ["Haus\u20d2"]


def test_words_that_say_nothing_are_marked_only_beside_others() -> None:
    text = "Der Schutz der Familie und der Kinder, auch der Alten"
    assert marks(marked(text, wanted("Schutz der Familie"))) == ["Der", "Schutz", "der", "Familie"]


def test_without_anything_wanted_there_is_no_mark() -> None:
    assert marked("<Haus>", Wanted()) == "&lt;Haus&gt;"
    assert snippet(["Haus"], Wanted()) == ""
    assert not Wanted()


def test_a_text_says_what_of_the_wanted_it_shows() -> None:
    looked_for = wanted("Haus Betrug Schule", "wohn")
    assert shown("Kindergeldbetrug in Wohnungen", looked_for) == {"betrug", "wohn"}


def test_the_passage_with_the_most_different_words_wins_and_the_first_of_equals() -> None:
    texts = ["Haus, Haus und Haus", "Schule im Haus", "Haus und Schule"]
    found = passage(texts, wanted("Haus Schule"))
    assert found is not None
    assert found.source == 1
    assert found.shown == {"haus", "schul"}
    assert found.text == "<mark>Schule</mark> im <mark>Haus</mark>"


def test_a_passage_with_something_new_is_better_than_one_with_what_is_known() -> None:
    found = passage(["Haus und Hof", "Schule"], wanted("Haus Hof Schule"), known=frozenset({"haus", "hof"}))
    assert found is not None
    assert found.source == 1


def test_a_passage_from_the_middle_is_cut_between_words() -> None:
    text = " ".join(["vorher"] * 80 + ["Wohnungsaufsicht"] + ["nachher"] * 80)
    written = snippet([text], wanted("Aufsicht"), 100)
    assert re.fullmatch(r"…(vorher )+<mark>Wohnungsaufsicht</mark>( nachher)+…", written)
    assert 80 < len(text_of(written)) <= 102


def test_at_the_end_of_a_text_the_room_is_used_before_it() -> None:
    text = " ".join(["vorher"] * 80 + ["Wohnungsaufsicht"])
    written = snippet([text], wanted("Aufsicht"), 100)
    assert re.fullmatch(r"…(vorher )+<mark>Wohnungsaufsicht</mark>", written)
    assert 80 < len(text_of(written)) <= 102


def test_no_passage_is_made_of_a_text_without_spaces() -> None:
    text = "-".join(["vorher"] * 80 + ["Haus"] + ["nachher"] * 80)
    assert snippet([text], wanted("Haus"), 100) == "…<mark>Haus</mark>…"


def test_texts_of_documents_are_not_kept_in_memory() -> None:
    wanted = Wanted(frozenset({"berat"}))
    document = "Beratung " * 1_000
    assert passage([document], wanted)
    assert document not in highlighting._judge(wanted).promising


def test_of_a_text_full_of_compounds_only_some_are_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[str] = []

    def apart(word: str) -> tuple[tuple[str, int, int], ...]:
        taken.append(word)
        return ((word.removesuffix("garten"), 0, 1), ("garten", 1, 2))

    monkeypatch.setattr(compounds, "_parts", apart)
    letters = "bcdfghklmn"
    words = [f"{one}{two}{three}garten" for one in letters for two in letters for three in letters]
    text = " ".join(words)
    compounds.forget()
    assert len(marks(marked(text, Wanted(frozenset({"gart"}))))) == len(taken) == highlighting.MOST_TAKEN_APART
    # What is known of a word costs nothing, then and however many there are.
    compounds.remember("dackelgarten", apart("dackelgarten"))
    assert marks(marked("Dackelgarten", Wanted(frozenset({"gart"})))) == ["Dackelgarten"]
    for word in words:
        compounds.remember(word, apart(word))
    taken.clear()
    assert marks(marked(text, Wanted(frozenset({"gart", "nichts"})))) == words
    assert not taken
