"""Fictitious entries: many, varied, recognisable and removable."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from austausch.catalogue.loading import exporting, loader
from austausch.catalogue.loading.sections import Scope
from austausch.catalogue.models import Approach, Document, Entry, Kind, Link, Status, Topic
from austausch.catalogue.publication import _observers, observe
from austausch.core import generation
from austausch.people.models import Organisation, User
from tests.catalogue.catalogue_files import REAL
from tests.factories import PlaceFactory

pytestmark = pytest.mark.django_db


def generate(**options: object) -> str:
    out = StringIO()
    call_command("generate_catalogue", stdout=out, **options)
    return out.getvalue()


def test_without_apply_nothing_is_made() -> None:
    assert "20" in generate(entries=20)
    assert not Entry.objects.exists()


def test_entries_are_clearly_fictitious_published_and_varied() -> None:
    PlaceFactory.create_batch(5)
    generate(entries=200, apply=True)
    entries = list(Entry.objects.listed().with_parts())
    assert len(entries) == 200
    assert all("Fiktive Maßnahme" in entry.title and "erfunden" in entry.summary for entry in entries)
    assert all("fiktiv" in entry.lead.name for entry in entries)
    assert all(link.url.startswith("https://example.org/") for link in Link.objects.all())
    assert {entry.kind for entry in entries} == set(Kind)
    assert {entry.approach for entry in entries} == set(Approach)
    assert {entry.status for entry in entries} == set(Status)
    assert {topic for entry in entries for topic in entry.topics.all()} == set(Topic.objects.all())
    assert any(entry.places.all() for entry in entries)
    for entry in entries[:20]:
        entry.full_clean()


def test_the_index_hears_of_every_entry_and_caches_end() -> None:
    told: list[int] = []
    observer = observe(lambda keys: told.extend(keys))
    before = generation.current()
    try:
        generate(entries=30, apply=True)
    finally:
        _observers.remove(observer)
    assert sorted(told) == sorted(Entry.objects.values_list("pk", flat=True))
    assert generation.current() > before


def test_generating_again_makes_only_what_is_missing() -> None:
    generate(entries=10, apply=True)
    first = {entry.slug: entry.title for entry in Entry.objects.all()}
    assert "20" in generate(entries=30, apply=True)
    assert first.items() <= {entry.slug: entry.title for entry in Entry.objects.all()}.items()


def test_removing_leaves_the_real_catalogue_as_it_was() -> None:
    loader.load(REAL, apply=True)
    before = exporting.export("json", Scope(User(is_superuser=True)))
    generate(entries=30, apply=True)
    assert "30" in generate(remove=True)
    assert Entry.objects.count() == 62
    generate(remove=True, apply=True)
    assert exporting.export("json", Scope(User(is_superuser=True))) == before
    assert not Organisation.objects.filter(key__startswith="fiktiv").exists()
    assert not Document.objects.filter(slug__startswith="fiktiv").exists()


def test_an_impossible_number_is_refused() -> None:
    with pytest.raises(CommandError):
        generate(entries=-1)
    with pytest.raises(CommandError):
        generate(entries=10_000_000)
