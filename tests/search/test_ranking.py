"""What people rely on in the order of results, whatever is in the catalogue."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from austausch.catalogue.models import Entry
from austausch.search import analysis, synonym_editing
from austausch.search.asking import Query
from austausch.search.finding import Hits
from austausch.search.models import Synonym
from tests.factories import EntryFactory, UserFactory

pytestmark = pytest.mark.django_db

VISITOR = AnonymousUser()
FEW = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
EVERYDAY = [
    "Schrottimmobilien",
    "Kindergeldbetrug",
    "Zwangsehe",
    "überbelegte Häuser",
    "Wohnraumstaerkungsgesetz",
    "ohne Krankenversicherung",
    "Potentialanalyse",
    "Kita Flüchtlingskinder",
    "Wonungsaufsicht",
    "child benefit fraud",
]


def keys(text: str) -> list[int]:
    return Hits(Query(text=text), VISITOR).keys


def test_what_people_type_every_day_finds_something(portal: None) -> None:
    assert [text for text in EVERYDAY if not keys(text)] == []


def test_a_title_finds_its_entry_first(portal: None) -> None:
    titles = dict(Entry.objects.listed().values_list("pk", "title"))
    assert {key: keys(title)[0] for key, title in titles.items()} == {key: key for key in titles}


@FEW
@given(st.lists(st.text(alphabet='abcdeäöüß -:"„“()', min_size=1, max_size=30), min_size=2, max_size=4, unique=True))
def test_any_title_finds_its_entry_first(titles: list[str]) -> None:
    Entry.objects.all().delete()
    made = {EntryFactory(title=title, published=True).pk: " ".join(analysis.terms(title)) for title in titles}
    for key, title in made.items():
        if title and list(made.values()).count(title) == 1:
            assert keys(Entry.objects.get(pk=key).title)[0] == key


def test_umlauts_and_their_transliterations_give_the_same_order(portal: None) -> None:
    written = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})
    titles = Entry.objects.listed().values_list("title", flat=True)
    for text in (
        *titles,
        "Überbelegung",
        "Fälschungssichere Bescheinigungen",
        "Straßenprostitution",
        "Münster",
        "Größe",
    ):
        assert keys(text.translate(written)) == keys(text), text


def test_a_new_synonym_never_costs_a_hit(portal: None) -> None:
    editor = UserFactory(portal_team=True)
    words = [*EVERYDAY, "Beratung", "Wohnen", "Mietwucher", "Schimmel", "Frauenhaus", "Zoll", "Pflegekräfte"]

    @FEW
    @given(st.sampled_from(words), st.sampled_from(words), st.booleans())
    def holds(one: str, other: str, both_ways: bool) -> None:
        if analysis.key(one) == analysis.key(other):
            return
        before = {text: set(keys(text)) for text in (one, other)}
        wording = synonym_editing.check(
            words=f"{one}\n{other}" if both_ways else one, means="" if both_ways else other, both_ways=both_ways
        )
        synonym_editing.create(user=editor, wording=wording)
        for text, found in before.items():
            assert found <= set(keys(text))

    holds()


def synonym(words: str, means: str = "", word_list: str = "") -> None:
    wording = synonym_editing.check(words=words, means=means, both_ways=not means)
    made = synonym_editing.create(user=UserFactory(portal_team=True), wording=wording)
    Synonym.objects.filter(pk=made.pk).update(word_list=word_list)


def test_a_word_also_finds_what_its_equals_lead_to() -> None:
    synonym("Kindergarten\nKita\nOrt für Kinder")
    synonym("Kita", means="Tagesbetreuung")
    synonym("Ort für Kinder", means="Spielplatz")
    care = EntryFactory(title="Tagesbetreuung", published=True).pk
    playground = EntryFactory(title="Spielplatz", published=True).pk
    assert set(keys("Kindergarten")) == {care, playground}
    own = EntryFactory(title="Kindergarten", published=True).pk
    assert (keys("Kindergarten")[0], set(keys("Kindergarten"))) == (own, {own, care, playground})


def test_what_is_said_once_one_way_and_once_both_ways_means_the_same() -> None:
    synonym("Kindergarten", means="Kita")
    synonym("Kindergarten\nKita")
    synonym("Kita", means="Tagesbetreuung")
    care = EntryFactory(title="Tagesbetreuung", published=True).pk
    assert keys("Kindergarten") == [care]


def test_a_misspelled_word_is_found_however_many_synonyms_are_spelled_more_like_it() -> None:
    meant = EntryFactory(title="Wohnungsaufsicht", published=True).pk
    assert keys("Wohnungsaufzichd") == [meant]
    synonym("\n".join(f"Wohnungsaufzich{letter}" for letter in "abcefghi"))
    assert keys("Wohnungsaufzichd") == [meant]


def test_no_second_step_follows_one_way_or_through_an_imported_list() -> None:
    synonym("Müll", means="Problemhaus")
    synonym("Problemhaus", means="Ankauf")
    synonym("Schulhof\nPausenhof", word_list="openthesaurus")
    synonym("Pausenhof", means="Ankauf")
    synonym("Garage\nStellplatz")
    synonym("Stellplatz", means="Ankauf", word_list="openthesaurus")
    EntryFactory(title="Ankauf", published=True)
    assert [text for text in ("Müll", "Schulhof", "Garage") if keys(text)] == []
    assert keys("Problemhaus")


@pytest.mark.parametrize(
    "text",
    [
        "x" * 10_000,
        "Wohnen " * 2_000,
        '"' * 10_000,
        "-" * 10_000,
        "thema:" * 2_000,
        "\u202ewohnen\u202c",
        "' OR 1=1; DROP TABLE search_text; --",
        "wohnen AND (NOT haus) NEAR/3",
        "{title} : *",
        "🏚️" * 500,
        "ﷺ" * 500,
        "a\u0300" * 5_000,
    ],
    ids=range(12),
)
def test_hostile_queries_get_a_page(portal: None, client: object, text: str) -> None:
    answer = client.get("/massnahmen/", {"q": text})  # type: ignore[attr-defined]
    assert answer.status_code == 200


@given(st.text(max_size=400))
def test_the_analyser_takes_any_text(text: str) -> None:
    question = analysis.analyse(text)
    terms = [term for part in (*question.parts, *question.without) for term in part.terms]
    assert all(term.isalnum() for term in (*terms, *analysis.terms(text)))
    assert all(text[word.start : word.end] == word.shown for word in analysis.words(text))
    assert all(
        spans and part.isalnum()
        for word in analysis.words(text)[:5]
        for spans in [analysis.spans(word.shown)]
        for part in spans
    )


def test_exclusions_fields_and_phrases(portal: None) -> None:
    every = Hits(Query(text="Beratung"), VISITOR)
    without = Hits(Query(text="Beratung -Zwangsheirat"), VISITOR)
    assert set(without.keys) < set(every.keys)
    others = set(keys("-Zwangsheirat"))
    assert others < set(keys(""))
    assert others | set(keys("Zwangsheirat")) == set(keys(""))
    asked = Hits(Query(text="thema:wohnen Beratung"), VISITOR).query
    assert (asked.text, asked.facets) == ("Beratung", {"thema": ("wohnen",)})
    assert Hits(Query(text="ort:Dortmund"), VISITOR).query.facets == {"ort": ("05913",)}
    assert ("thema", "gibtesnicht") in Hits(Query(text="thema:gibtesnicht Haus"), VISITOR).query.ignored


def test_a_word_of_what_was_withdrawn_is_never_proposed() -> None:
    EntryFactory(title="Müll in der Stadt", published=True)
    entry = EntryFactory(title="Müllerin", published=True)
    assert [one.suggested for one in Hits(Query(text="Mülleriin"), VISITOR).corrections] == ["Müllerin"]
    entry.unpublish()
    assert Hits(Query(text="Mülleriin"), VISITOR).corrections == ()
