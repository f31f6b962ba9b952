"""What a query finds besides its own words."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from austausch.core import generation
from austausch.people.models import User
from austausch.search import analysis, synonym_editing, synonyms
from austausch.search.models import Synonym, SynonymTerm
from austausch.search.synonyms import START_LIST, alternatives, rekey
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> User:
    return UserFactory(portal_team=True)


def synonym(editor: User, words: str, means: str = "", *, word_list: str = "", **fields: Any) -> Synonym:
    wording = synonym_editing.check(words=words, means=means, both_ways=fields.get("both_ways", not means))
    made = synonym_editing.create(user=editor, wording=wording, active=fields.get("active", True))
    Synonym.objects.filter(pk=made.pk).update(word_list=word_list)
    return made


def found(text: str) -> list[str]:
    """What else is looked for, for whoever types this, as keys."""
    key = analysis.key(text)
    return [" ".join(alternative.terms) for alternative in alternatives([key]).get(key, ())]


def keys(*texts: str) -> list[str]:
    return [analysis.key(text) for text in texts]


def test_words_of_a_group_find_each_other_and_not_themselves(editor: User) -> None:
    synonym(editor, "Zwangsheirat\nZwangsehe\nforced marriage")
    assert found("Zwangsehe") == keys("Zwangsheirat", "forced marriage")
    assert found("forced marriage") == keys("Zwangsheirat", "Zwangsehe")
    assert found("Heirat") == []


def test_endings_and_spellings_of_umlauts_need_no_line_of_their_own(editor: User) -> None:
    synonym(editor, "Fördermittel\nZuschuss")
    assert found("Zuschüsse") == found("ZUSCHUSS") == keys("Fördermittel")
    assert found("Foerdermittel") == keys("Zuschuss")


def test_several_words_find_and_are_found_as_one_expression(editor: User) -> None:
    synonym(editor, "ohne Krankenversicherung\nnicht versicherte Personen")
    assert found("ohne Krankenversicherung") == keys("nicht versicherte Personen")
    (alternative,) = alternatives(keys("nicht versicherte Personen")).popitem()[1]
    assert alternative.terms == tuple(analysis.key("ohne Krankenversicherung").split())


def test_one_way_leads_from_the_words_to_what_is_also_found_only(editor: User) -> None:
    synonym(editor, "Bulli\nTransporter", "Fahrzeug")
    assert found("Bulli") == keys("Fahrzeug")
    assert found("Fahrzeug") == []


def test_in_both_directions_all_expressions_of_both_fields_find_each_other(editor: User) -> None:
    synonym(editor, "Bulli\nTransporter", "Fahrzeug", both_ways=True)
    assert found("Fahrzeug") == keys("Bulli", "Transporter")
    assert found("Bulli") == keys("Transporter", "Fahrzeug")


def test_what_is_switched_off_finds_nothing(editor: User) -> None:
    row = synonym(editor, "Kita\nKindergarten")
    synonym_editing.switch(row, user=editor, active=False)
    assert found("Kita") == []
    synonym_editing.switch(row, user=editor, active=True)
    assert found("Kita") == keys("Kindergarten")


def test_many_keys_are_answered_with_one_question_to_the_database(
    editor: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        synonym(editor, f"Wort{number}\nAnderes{number}")
    asked = [*keys(*(f"Wort{number}" for number in range(5))), *(f"sonst {number}" for number in range(2000)), ""]
    with django_assert_num_queries(1):
        answer = alternatives(asked)
    assert sorted(answer) == sorted(keys(*(f"Wort{number}" for number in range(5))))
    with django_assert_num_queries(0):
        assert alternatives([""]) == {}


def test_a_word_in_several_synonyms_finds_each_expression_once_and_what_editors_chose_first(editor: User) -> None:
    synonym(editor, "Amt\nBehörde\nDienststelle", word_list="grosser-thesaurus")
    started = synonym(editor, "Amt\nVerwaltung", word_list=START_LIST)
    own = synonym(editor, "Amt\nBehörde")
    answer = alternatives(keys("Amt"))[analysis.key("Amt")]
    assert [(alternative.synonym, alternative.curated) for alternative in answer[:2]] == [
        (started.pk, True),
        (own.pk, True),
    ]
    assert [" ".join(alternative.terms) for alternative in answer] == keys("Verwaltung", "Behörde", "Dienststelle")
    assert not answer[2].curated


def test_every_change_starts_a_new_generation_of_cached_pages(editor: User) -> None:
    seen = [generation.current()]
    row = synonym(editor, "Kita\nKindergarten")
    seen.append(generation.current())
    wording = synonym_editing.check(words="Kita\nKindergarten\nTagesstätte")
    synonym_editing.change(row, user=editor, wording=wording, active=True)
    seen.append(generation.current())
    synonym_editing.switch(row, user=editor, active=False)
    seen.append(generation.current())
    synonym_editing.delete(row, user=editor)
    seen.append(generation.current())
    assert len(set(seen)) == len(seen)


def test_after_a_change_of_the_analyser_keys_are_computed_anew_and_only_where_they_differ(
    editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    synonym(editor, "Kita\nKindergarten", "Schule", both_ways=False)
    assert rekey() == 0
    before = generation.current()
    real = analysis.key
    monkeypatch.setattr(analysis, "key", lambda text: f"x{real(text)}" if "Kita" in text else real(text))
    assert rekey() == 1
    assert generation.current() > before
    assert alternatives(["xkita"])["xkita"][0].terms == (real("Schule"),)
    assert SynonymTerm.objects.count() == 3
    assert rekey() == 0


def test_an_expression_of_which_the_analyser_leaves_nothing_is_passed_over(editor: User) -> None:
    row = synonym(editor, "Kita\nKindergarten")
    Synonym.objects.filter(pk=row.pk).update(words="Kita\n???\nKindergärten\nKITA")
    rekey()
    assert found("Kita") == keys("Kindergärten")


@pytest.mark.django_db(transaction=True)
def test_what_is_kept_in_memory_answers_as_the_database_does_and_follows_every_change(
    editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    synonym(editor, "Zwangsheirat\nZwangsehe\nforced marriage")
    synonym(editor, "Zwangsehe\nHeirat", word_list="thesaurus")
    synonym(editor, "Amt", "Behörde\nZwangsheirat")
    asked = keys("Zwangsheirat", "Zwangsehe", "forced marriage", "Heirat", "Amt", "Behörde", "Schule")
    kept = alternatives(asked)
    with transaction.atomic():
        assert alternatives(asked) == kept != {}
    monkeypatch.setattr(synonyms, "MOST_KEPT", 2)
    generation.advance()
    assert alternatives(asked) == kept
    monkeypatch.undo()
    changed = synonym(editor, "Schule\nLehranstalt")
    assert found("Schule") == keys("Lehranstalt")
    synonym_editing.delete(changed, user=editor)
    assert found("Schule") == []
