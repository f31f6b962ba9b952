"""The index follows the database, in the same transaction."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command
from django.db import transaction
from django.http import QueryDict

from austausch.catalogue.models import Entry
from austausch.core import generation
from austausch.places.models import Place
from austausch.search import index as search_index
from austausch.search.asking import Query
from austausch.search.engines import engine
from austausch.search.finding import find
from austausch.search.index import compare, index
from austausch.search.models import IndexedEntry
from austausch.search.rebuilding import rebuild
from tests.factories import DocumentFactory, EntryFactory, OrganisationFactory, PlaceFactory, TopicFactory

pytestmark = pytest.mark.django_db


def found(params: str) -> list[str]:
    return [entry.slug for entry in find(Query.from_params(QueryDict(params)), AnonymousUser()).entries]


def archive(entry: Entry) -> None:
    Entry.objects.filter(pk=entry.pk).update(archived_on=dt.date(2024, 1, 1))
    index([entry.pk])


def test_a_draft_is_not_indexed() -> None:
    EntryFactory(slug="entwurf", title="Geheimer Entwurf").save_revision()
    assert found("q=entwurf") == []
    assert IndexedEntry.objects.count() == 0
    assert engine().stored() == set()


def test_a_published_entry_is_found_at_once() -> None:
    EntryFactory(slug="neu", title="Lesepatenschaften", published=True)
    assert found("q=lesepaten") == ["neu"]


def test_words_of_every_part_of_an_entry_are_found() -> None:
    topic = TopicFactory(key="wohnen", name="Wohnen", name_en="Housing")
    entry = EntryFactory(
        slug="alles",
        title="Titelwort",
        summary="Zusammenwort",
        goals=["Zielwort"],
        results=["Ergebniswort"],
        venue="Tagungswort",
        lead=OrganisationFactory(name="Ministerium der Probe"),
        topics=[topic],
    )
    entry.partners.create(name="Partnerwort")
    entry.legal_bases.create(title="Gesetzwort", reference="Paragrafwort 3")
    entry.citations.create(document=DocumentFactory(title="Dokumentwort"))
    entry.links.create(url="https://example.org/", title="Linkwort")
    entry.offices.create(name="Amtswort", place_name="Dorfwort", note="Notizwort")
    day = dt.date(2022, 1, 1)
    entry.actions.create(starts_on=day, ends_on=day, place_names=["Aktionswort"], district="Kreiswort")
    entry.save_revision().publish()
    words = (
        "Titelwort Zusammenwort Zielwort Ergebniswort Tagungswort Probe Wohnen Housing Partnerwort Gesetzwort "
        "Paragrafwort Dokumentwort Linkwort Amtswort Dorfwort Notizwort Aktionswort Kreiswort Counselling"
    )
    for word in words.split():
        assert found(f"q={word}") == ["alles"], word


def test_withdrawn_archived_and_deleted_entries_leave_the_index() -> None:
    withdrawn, archived, deleted = (EntryFactory(title="Abgang", published=True) for _ in range(3))
    withdrawn.unpublish()
    archive(archived)
    deleted.delete()
    assert found("q=abgang") == []
    assert engine().stored() == set()
    assert not IndexedEntry.objects.exists()


def test_a_deleted_topic_no_longer_finds_the_entries_that_had_it() -> None:
    topic = TopicFactory(key="wohnwort", name="Wohnwort")
    EntryFactory(slug="alles", topics=[topic, TopicFactory()], published=True)
    assert found("q=wohnwort") == ["alles"]
    topic.delete()
    assert found("q=wohnwort") == []
    assert not compare()


def test_a_publication_that_fails_leaves_the_old_index() -> None:
    entry = EntryFactory(slug="alt", title="Altertum", published=True)
    entry.title = "Neuzeit"

    def publish_and_fail() -> None:
        with transaction.atomic():
            entry.save_revision().publish()
            assert found("q=neuzeit") == ["alt"]
            raise RuntimeError

    with pytest.raises(RuntimeError):
        publish_and_fail()
    assert found("q=neuzeit") == []
    assert found("q=altertum") == ["alt"]


def test_an_entry_is_not_published_if_it_cannot_be_indexed(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **options: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(search_index, "rows", broken)
    entry = EntryFactory()
    with pytest.raises(RuntimeError), transaction.atomic():
        entry.save_revision().publish()
    entry.refresh_from_db()
    assert not entry.live


def test_old_words_are_forgotten_when_an_entry_changes() -> None:
    entry = EntryFactory(slug="wandel", title="Vorher", published=True)
    entry.title = "Nachher"
    entry.save_revision().publish()
    assert found("q=vorher") == []
    assert found("q=nachher") == ["wandel"]


def test_a_draft_beside_a_published_entry_does_not_show() -> None:
    entry = EntryFactory(slug="wandel", title="Vorher", published=True)
    entry.title = "Geheimnis"
    entry.save_revision()
    assert found("q=geheimnis") == []
    assert found("q=vorher") == ["wandel"]


def test_a_renamed_topic_body_or_document_is_found_by_its_new_name_at_once() -> None:
    topic = TopicFactory(key="alt", name="Altthema")
    body = OrganisationFactory(key="amt", name="Altamt")
    document = DocumentFactory(title="Altschrift")
    entry = EntryFactory(slug="eins", topics=[topic], lead=body)
    entry.citations.create(document=document)
    entry.save_revision().publish()
    topic.name, body.name, document.title, topic.slug = "Neuthema", "Neuamt", "Neuschrift", "neu"
    for row in (topic, body, document):
        row.save()
    for word in ("Neuthema", "Neuamt", "Neuschrift"):
        assert found(f"q={word}") == ["eins"]
    assert found("thema=neu") == ["eins"]
    assert found("q=altthema") == []


def test_a_place_counts_for_its_district_and_state() -> None:
    PlaceFactory(ags="05", name="Land", kind=Place.Kind.STATE)
    PlaceFactory(ags="05154", name="Kreis Probe", kind=Place.Kind.DISTRICT)
    town = PlaceFactory(ags="05154008", name="Probestadt")
    entry = EntryFactory(slug="ort")
    entry.places.add(town)
    entry.save_revision().publish()
    for key in ("05", "05154", "05154008"):
        assert found(f"ort={key}") == ["ort"]


def test_offices_actions_and_the_leads_town_say_where_an_entry_is_at_work() -> None:
    for ags, name in (("05154001", "Amtsort"), ("05154002", "Aktionsort"), ("05154003", "Sitz")):
        PlaceFactory(ags=ags, name=name)
    office = EntryFactory(slug="amt")
    office.offices.create(place_name="Amtsort")
    action = EntryFactory(slug="aktion")
    day = dt.date(2022, 1, 1)
    action.actions.create(starts_on=day, ends_on=day, place_names=["Aktionsort", "Nirgendwo"])
    town = EntryFactory(slug="stadt", lead=OrganisationFactory(place=Place.objects.get(name="Sitz")))
    for entry in (office, action, town):
        entry.save_revision().publish()
    assert [found(f"ort=0515400{n}") for n in (1, 2, 3)] == [["amt"], ["aktion"], ["stadt"]]


def test_a_place_of_the_same_name_in_another_state_is_not_meant() -> None:
    PlaceFactory(ags="09154001", name="Namensdorf")
    entry = EntryFactory()
    entry.offices.create(place_name="Namensdorf")
    entry.save_revision().publish()
    assert "ort" not in IndexedEntry.objects.get().facets


def test_indexing_begins_a_new_generation() -> None:
    entry = EntryFactory(published=True)
    before = generation.current()
    index([entry.pk])
    assert generation.current() > before


def test_indexing_nothing_changes_nothing() -> None:
    before = generation.current()
    index([])
    assert generation.current() == before


def test_rebuilding_gives_the_same_index() -> None:
    for number in range(3):
        EntryFactory(title=f"Aufbau {number}", published=True)
    before = list(IndexedEntry.objects.order_by("pk").values_list("pk", "facets", "digest"))
    assert rebuild() == 3
    assert list(IndexedEntry.objects.order_by("pk").values_list("pk", "facets", "digest")) == before
    assert len(found("q=aufbau")) == 3


def test_the_check_sees_what_is_missing_outdated_and_too_much() -> None:
    missing, outdated, surplus, fine = (EntryFactory(published=True) for _ in range(4))
    engine().remove([missing.pk])
    Entry.objects.filter(pk=outdated.pk).update(title="Am Index vorbei")
    Entry.objects.filter(pk=surplus.pk).update(live=False)
    difference = compare()
    assert difference.missing == (missing.pk,)
    assert difference.outdated == (outdated.pk,)
    assert difference.surplus == (surplus.pk,)
    index(difference.keys)
    assert not compare()
    assert fine.pk in engine().stored()


def test_the_command_reports_first_and_mends_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    entry = EntryFactory(published=True)
    call_command("index")
    engine().clear()
    with pytest.raises(CommandError, match="--apply"):
        call_command("index")
    assert engine().stored() == set()
    call_command("index", apply=True)
    assert engine().stored() == {entry.pk}
    engine().clear()
    call_command("index", rebuild=True)
    assert engine().stored() == {entry.pk}
    assert "Indexed anew: 1" in capsys.readouterr().out
