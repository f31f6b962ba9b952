"""Makes what tests need. Traits name states: `EntryFactory(published=True)`."""

from __future__ import annotations

import datetime as dt

import factory
from factory.django import DjangoModelFactory

from austausch.catalogue.models import Approach, Document, DocumentKind, Entry, Kind, Precision, Topic
from austausch.people.models import Membership, Organisation, User
from austausch.places.models import Place


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")

    class Params:
        portal_team = factory.Trait(is_superuser=True)


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = Organisation

    key = factory.Sequence(lambda n: f"stadt-{n}")
    name = factory.Sequence(lambda n: f"Stadt {n}")
    kind = Organisation.Kind.MUNICIPALITY


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = Membership.Role.AUTHOR


class TopicFactory(DjangoModelFactory):
    class Meta:
        model = Topic
        django_get_or_create = ("key",)

    key = factory.Sequence(lambda n: f"thema-{n}")
    slug = factory.SelfAttribute("key")
    name = factory.LazyAttribute(lambda topic: topic.key.title())


class PlaceFactory(DjangoModelFactory):
    class Meta:
        model = Place
        django_get_or_create = ("ags",)

    ags = factory.Sequence(lambda n: f"05999{n:03}")
    name = factory.Sequence(lambda n: f"Musterort {n}")
    kind = Place.Kind.MUNICIPALITY
    latitude = 51.5
    longitude = 7.4


class DocumentFactory(DjangoModelFactory):
    class Meta:
        model = Document

    slug = factory.Sequence(lambda n: f"dokument-{n}")
    title = factory.Sequence(lambda n: f"Dokument {n}")
    kind = DocumentKind.BROCHURE


class EntryFactory(DjangoModelFactory):
    class Meta:
        model = Entry
        skip_postgeneration_save = True

    slug = factory.Sequence(lambda n: f"massnahme-{n}")
    title = factory.Sequence(lambda n: f"Maßnahme {n}")
    kind = Kind.COUNSELLING
    approach = Approach.INTEGRATIVE
    lead = factory.SubFactory(OrganisationFactory)
    live = False

    class Params:
        running = factory.Trait(starts_on=dt.date(2020, 1, 1), starts_precision=Precision.YEAR, open_end=True)
        ended = factory.Trait(
            starts_on=dt.date(2017, 1, 1),
            starts_precision=Precision.YEAR,
            ends_on=dt.date(2022, 12, 31),
            ends_precision=Precision.YEAR,
        )

    @factory.post_generation
    def topics(entry: Entry, create: bool, topics: list[Topic] | None, **kwargs: object) -> None:  # noqa: N805
        if create and topics:
            entry.topics.set(topics)
            entry.save()

    @factory.post_generation
    def published(entry: Entry, create: bool, wanted: bool | None, **kwargs: object) -> None:  # noqa: N805
        """`published=True` publishes the way the portal does, index included."""
        if create and wanted:
            entry.save_revision().publish()
            entry.refresh_from_db()
