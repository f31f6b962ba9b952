"""Makes what tests need. Traits name states: `EntryFactory(published=True)`."""

from __future__ import annotations

import datetime as dt

import factory
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from factory.django import DjangoModelFactory

from austausch.catalogue.models import Approach, Document, DocumentKind, Entry, Kind, Precision, Topic
from austausch.certificates.models import (
    Certificate,
    Grade,
    ImportBatch,
    IssueBatch,
    Pupil,
    School,
    SchoolRole,
    SchoolYear,
    StatusList,
)
from austausch.certificates.numbers import certificate_number
from austausch.counselling.models import Office, Opening
from austausch.events.models import Event
from austausch.events.models import Registration as Participant
from austausch.exchange.models import Interest, Post, SupportRequest
from austausch.information.models import Information
from austausch.languages import kinds
from austausch.languages.models import Version
from austausch.people.models import Contact, EmailDomain, Membership, Organisation, Registration, User
from austausch.places.models import Place
from austausch.search.models import SavedSearch


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


class ContactFactory(DjangoModelFactory):
    """A public contact person with consent; `without_consent=True` and `office=True` are the other two cases."""

    class Meta:
        model = Contact

    organisation = factory.SubFactory(OrganisationFactory)
    name = factory.Sequence(lambda n: f"Kontakt {n}")
    email = factory.Sequence(lambda n: f"kontakt{n}@example.org")
    visibility = Contact.Visibility.PUBLIC
    consent_given_on = factory.LazyFunction(timezone.localdate)
    consent_expires_on = factory.LazyAttribute(lambda contact: contact.consent_given_on + dt.timedelta(days=365))

    class Params:
        without_consent = factory.Trait(consent_given_on=None, consent_expires_on=None)
        office = factory.Trait(kind=Contact.Kind.OFFICE, consent_given_on=None, consent_expires_on=None)


class PostFactory(DjangoModelFactory):
    """A question that everybody in the network sees; traits for the other kinds and states."""

    class Meta:
        model = Post

    entry = factory.SubFactory(EntryFactory, published=True)
    kind = Post.Kind.QUESTION
    author = factory.SubFactory(UserFactory)
    organisation = factory.LazyAttribute(lambda post: MembershipFactory(user=post.author).organisation)
    text = factory.Sequence(lambda n: f"Text {n}")
    state = Post.State.PUBLIC
    shown_at = factory.LazyFunction(timezone.now)

    class Params:
        experience = factory.Trait(kind=Post.Kind.EXPERIENCE, worked="Zusammenarbeit", again=Post.Again.YES)
        answer = factory.Trait(
            kind=Post.Kind.ANSWER,
            answer_to=factory.SubFactory("tests.factories.PostFactory"),
            entry=factory.SelfAttribute("answer_to.entry"),
        )
        waiting = factory.Trait(state=Post.State.WAITING, shown_at=None)


class SupportRequestFactory(DjangoModelFactory):
    class Meta:
        model = SupportRequest

    asker = factory.SubFactory(UserFactory)
    organisation = factory.LazyAttribute(lambda request: MembershipFactory(user=request.asker).organisation)
    subject = factory.Sequence(lambda n: f"Anliegen {n}")


class OfficeFactory(DjangoModelFactory):
    """A counselling office that the public sees, with nothing known of it but its name; `at=(51.4, 7.5)` gives it a
    position, `open_all_week=True` hours from 9 to 17."""

    class Meta:
        model = Office
        skip_postgeneration_save = True

    slug = factory.Sequence(lambda n: f"stelle-{n}")
    name = factory.Sequence(lambda n: f"Stelle {n:04}")
    owner = factory.SubFactory(OrganisationFactory)
    live = True

    class Params:
        at = None
        protected = factory.Trait(is_protected=True)

    latitude = factory.LazyAttribute(lambda office: office.at[0] if office.at else None)
    longitude = factory.LazyAttribute(lambda office: office.at[1] if office.at else None)
    precision = factory.LazyAttribute(lambda office: "exact" if office.at else "")

    @factory.post_generation
    def open_all_week(office: Office, create: bool, wanted: bool | None, **kwargs: object) -> None:  # noqa: N805
        if create and wanted:
            for weekday in range(7):
                Opening.objects.create(office=office, weekday=weekday, opens=dt.time(9), closes=dt.time(17))


class InterestFactory(DjangoModelFactory):
    """Open: a member of some organisation would like to talk to the one that leads an entry."""

    class Meta:
        model = Interest

    entry = factory.SubFactory(EntryFactory, published=True)
    from_user = factory.SubFactory(UserFactory)
    from_organisation = factory.LazyAttribute(lambda one: MembershipFactory(user=one.from_user).organisation)
    to_organisation = factory.SelfAttribute("entry.lead")


class SavedSearchFactory(DjangoModelFactory):
    """Everything, once a day, from the beginning of time."""

    class Meta:
        model = SavedSearch

    user = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda n: f"Suche {n}")
    rhythm = SavedSearch.Rhythm.DAILY
    told_on = dt.date(2000, 1, 1)


class EmailDomainFactory(DjangoModelFactory):
    class Meta:
        model = EmailDomain

    organisation = factory.SubFactory(OrganisationFactory)
    domain = factory.Sequence(lambda n: f"stadt-{n}.example.org")


class RegistrationFactory(DjangoModelFactory):
    class Meta:
        model = Registration

    organisation = factory.SubFactory(OrganisationFactory)
    email = factory.Sequence(lambda n: f"neu{n}@stadt.example.org")
    name = factory.Sequence(lambda n: f"Neue Person {n}")
    password = factory.LazyFunction(lambda: make_password("neun-gruene-eichen-41"))


class SchoolFactory(DjangoModelFactory):
    class Meta:
        model = School

    number = factory.Sequence(lambda n: f"{900000 + n}")
    name = factory.Sequence(lambda n: f"Musterschule {n}")
    kind = School.Kind.COMPREHENSIVE
    organisation = factory.SubFactory(OrganisationFactory)
    place = factory.SubFactory(PlaceFactory)
    street = "Beispielweg"
    house_number = "1"
    postal_code = "00000"
    town = "Musterort"


class SchoolRoleFactory(DjangoModelFactory):
    class Meta:
        model = SchoolRole

    school = factory.SubFactory(SchoolFactory)
    user = factory.SubFactory(UserFactory)
    role = SchoolRole.Role.OFFICE

    class Params:
        management = factory.Trait(role=SchoolRole.Role.HEAD)


class SchoolYearFactory(DjangoModelFactory):
    """The school year in which tests run."""

    class Meta:
        model = SchoolYear
        django_get_or_create = ("code",)

    starts_on = factory.LazyFunction(
        lambda: dt.date(timezone.localdate().year - (timezone.localdate().month < 8), 8, 1)
    )
    ends_on = factory.LazyAttribute(lambda year: dt.date(year.starts_on.year + 1, 7, 31))
    code = factory.LazyAttribute(lambda year: f"{year.starts_on:%y}{year.ends_on:%y}")


class ImportBatchFactory(DjangoModelFactory):
    """Applied."""

    class Meta:
        model = ImportBatch

    school = factory.SubFactory(SchoolFactory)
    school_year = factory.SubFactory(SchoolYearFactory)
    source = ImportBatch.Source.CSV
    state = ImportBatch.State.APPLIED
    applied_at = factory.LazyFunction(timezone.now)


class PupilFactory(DjangoModelFactory):
    """Attends grade 6, and an import has said so; `by_hand=True`: none has; `left=True`: until yesterday."""

    class Meta:
        model = Pupil

    school = factory.SubFactory(SchoolFactory)
    source_key = factory.Sequence(lambda n: f"{n}")
    family_name = factory.Sequence(lambda n: f"Muster{n}")
    first_names = factory.Sequence(lambda n: f"Kim{n}")
    birth_date = factory.LazyFunction(lambda: dt.date(timezone.localdate().year - 12, 3, 4))
    birth_place = "Musterort"
    street = "Musterstraße"
    house_number = "2a"
    postal_code = "00000"
    town = "Musterort"
    grade = Grade.G6
    class_name = "6a"
    attending_since = factory.LazyFunction(lambda: timezone.localdate() - dt.timedelta(days=400))
    expected_end = factory.LazyFunction(lambda: timezone.localdate() + dt.timedelta(days=900))
    import_batch = factory.LazyAttribute(
        lambda pupil: (
            ImportBatch.objects.filter(school=pupil.school, state="applied").first()
            or ImportBatchFactory(school=pupil.school)
        )
    )
    retention_ends_on = factory.LazyFunction(lambda: timezone.localdate() + dt.timedelta(days=1000))

    class Params:
        by_hand = factory.Trait(import_batch=None)
        left = factory.Trait(
            status=Pupil.Status.LEFT, ended_on=factory.LazyFunction(lambda: timezone.localdate() - dt.timedelta(days=1))
        )


class IssueBatchFactory(DjangoModelFactory):
    """Waits for a second person."""

    class Meta:
        model = IssueBatch

    school = factory.SubFactory(SchoolFactory)
    school_year = factory.SubFactory(SchoolYearFactory)
    scope = IssueBatch.Scope.ONE
    purpose = "Familienkasse"
    valid_until = factory.LazyAttribute(lambda batch: batch.school_year.ends_on)
    made_by = factory.SubFactory(UserFactory)


class StatusListFactory(DjangoModelFactory):
    class Meta:
        model = StatusList
        django_get_or_create = ("number",)

    number = 1
    uri = "https://austausch.example.org/pruefen/listen/status/1"
    size = 2**20


class CertificateFactory(DjangoModelFactory):
    """Has its number and is not out; `tests.certificates.school.issued` makes those that are."""

    class Meta:
        model = Certificate

    school = factory.SubFactory(SchoolFactory)
    school_year = factory.SubFactory(SchoolYearFactory)
    batch = factory.SubFactory(IssueBatchFactory, school=factory.SelfAttribute("..school"))
    sequence = factory.Sequence(lambda n: n + 1)
    number = factory.LazyAttribute(
        lambda one: certificate_number(school=one.school.number, year=one.school_year.code, sequence=one.sequence)
    )
    status_list = factory.SubFactory(StatusListFactory)
    status_index = factory.Sequence(lambda n: n)
    issued_on = factory.LazyFunction(timezone.localdate)
    valid_until = factory.LazyFunction(lambda: timezone.localdate() + dt.timedelta(days=100))
    retention_ends_on = factory.LazyFunction(lambda: timezone.localdate() + dt.timedelta(days=465))


class EventFactory(DjangoModelFactory):
    """A published event in a month, all day; `drafted=True` and `timed=True` are other cases."""

    class Meta:
        model = Event

    slug = factory.Sequence(lambda n: f"termin-{n}")
    title = factory.Sequence(lambda n: f"Termin {n}")
    kind = Event.Kind.CONFERENCE
    starts_on = factory.LazyFunction(lambda: timezone.localdate() + dt.timedelta(days=30))
    ends_on = factory.SelfAttribute("starts_on")
    organiser = factory.SubFactory(OrganisationFactory)
    state = Event.State.PUBLISHED
    published_at = factory.LazyFunction(timezone.now)

    class Params:
        drafted = factory.Trait(state=Event.State.DRAFT, published_at=None)
        timed = factory.Trait(starts_at=dt.time(10), ends_at=dt.time(16, 30))
        with_registration = factory.Trait(registers=True, capacity=2)


class ParticipantFactory(DjangoModelFactory):
    """Somebody with a place; `unconfirmed=True` and `waits=True` are other states."""

    class Meta:
        model = Participant

    event = factory.SubFactory(EventFactory, with_registration=True)
    name = factory.Sequence(lambda n: f"Teilnehmende {n}")
    organisation = "Stadt Musterhausen"
    email = factory.Sequence(lambda n: f"gast{n}@example.org")
    state = Participant.State.COMING
    confirmed_at = factory.LazyFunction(timezone.now)

    class Params:
        unconfirmed = factory.Trait(state=Participant.State.UNCONFIRMED, confirmed_at=None)
        waits = factory.Trait(state=Participant.State.WAITING)


class InformationFactory(DjangoModelFactory):
    """A page that the public reads, with one section."""

    class Meta:
        model = Information

    slug = factory.Sequence(lambda n: f"seite-{n}")
    title = factory.Sequence(lambda n: f"Seite {n}")
    summary = "Worum es geht."
    sections = factory.LazyFunction(
        lambda: [{"heading": "Vertrag", "paragraphs": ["Ein Vertrag ist schriftlich."], "points": ["Lesen", "Fragen"]}]
    )


def version_of(source: object, language: str = "ro", *, outdated: bool = False, **values: object) -> Version:
    """A version that the public reads and nobody has confirmed. `drafted=True` and `confirmed=True`: other states."""
    german = kinds.german(source)
    state = "draft" if values.pop("drafted", False) else "unconfirmed"
    if values.pop("confirmed", False):
        state = "confirmed"
        values |= {"confirmed_as": "Ileana Muster", "confirmed_on": dt.date(2026, 3, 5)}
    texts = {
        name: [f"{language} {name}"] if isinstance(value, list) else f"{language} {name}"
        for name, value in german.items()
    }
    made_from = {**german, next(iter(german)): "früher anders"} if outdated else german
    version: Version = Version.objects.create(
        **{
            "content_type": kinds.content_type(kinds.of(source)),
            "object_id": source.pk,  # type: ignore[attr-defined]
            "language": language,
            "texts": texts,
            "state": state,
            "made_from": made_from,
            "fingerprint": kinds.fingerprint(made_from),
            "source_seen_on": dt.date(2026, 2, 3),
            **values,
        }
    )
    return version
