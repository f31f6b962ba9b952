"""Made-up towns, people and entries to try the protected network with: all made here, all removed here.

What belongs to the demonstration is known by its mark, not by a list, so that what somebody adds while trying is
removed as well: organisations whose key begins with MARK, accounts at DOMAIN, and what these own or wrote.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import ModelLogEntry

from austausch.catalogue import actions as editing
from austausch.catalogue.adoption import actions as adopting
from austausch.catalogue.adoption import changes
from austausch.catalogue.models import (
    Adoption,
    Approach,
    Document,
    DocumentVersion,
    Entry,
    EntryMerger,
    Kind,
    Proposal,
    Topic,
)
from austausch.certificates.checks import actions as checking
from austausch.certificates.demonstration import examples
from austausch.certificates.models import Check, CheckChain, CheckLog, SchoolRole
from austausch.core import generation
from austausch.core.models import Demonstration, Mail
from austausch.counselling.models import Office
from austausch.events.models import Event
from austausch.exchange import interest_actions, post_actions, support_actions
from austausch.exchange.models import Interest, Post, SupportRequest
from austausch.operation import demonstration_events, demonstration_languages, demonstration_school
from austausch.people import contact_actions
from austausch.people.models import Contact, Membership, Organisation, User
from austausch.search.asking import Query
from austausch.search.models import SavedSearch
from austausch.search.saved import actions as saved_searches

MARK = "demonstration-"
DOMAIN = "@demo.example.org"
SUFFIX = " (Demonstration)"
Role = Membership.Role
Bodies = Organisation.Kind


class DemonstrationError(Exception):
    """The demonstration cannot be made here; the message says why."""


@dataclass(frozen=True)
class Account:
    """Who can sign in, and as what."""

    email: str
    name: str
    what: str


# (key, name, kind)
BODIES = (
    ("ministerium", "Ministerium für Beispiele", Bodies.MINISTRY),
    ("musterhausen", "Stadt Musterhausen", Bodies.MUNICIPALITY),
    ("beispielberg", "Stadt Beispielberg", Bodies.MUNICIPALITY),
    ("neudorf", "Gemeinde Neudorf an der Aue", Bodies.MUNICIPALITY),
    ("familienkasse", "Familienkasse Musterland", Bodies.AGENCY),
)
# The one that may check school certificates, and for what.
OFFICE = ("familienkasse", "Kindergeld (Vorführung)")
# (first part of the address, name, body, role)
PEOPLE = (
    ("ministerium", "Mara Ministerium", "ministerium", Role.PUBLISHER),
    ("lesen", "Lena Lesend", "musterhausen", Role.READER),
    ("schreiben", "Sami Schreibend", "musterhausen", Role.AUTHOR),
    ("veroeffentlichen", "Vera Veröffentlichend", "musterhausen", Role.PUBLISHER),
    ("verwalten", "Viktor Verwaltend", "musterhausen", Role.ADMINISTRATOR),
    ("beispielberg", "Bea Beispielberg", "beispielberg", Role.ADMINISTRATOR),
    ("neudorf", "Nuri Neudorf", "neudorf", Role.ADMINISTRATOR),
    ("pruefen", "Pia Prüfend", "familienkasse", Role.ADMINISTRATOR),
)
# People of the made-up school: (first part of the address, name, role there)
SCHOOL_PEOPLE = (
    ("sekretariat", "Selma Sekretariat", SchoolRole.Role.OFFICE),
    ("schulleitung", "Selim Schulleitung", SchoolRole.Role.HEAD),
)
PORTAL_TEAM = ("portal", "Petra Portal")


@transaction.atomic
def make() -> tuple[list[Account], str]:
    """Makes everything; returns who can sign in, and everybody's password. Raises DemonstrationError."""
    if not settings.AUSTAUSCH_DEMONSTRATION_ALLOWED:
        raise DemonstrationError(_("Made-up people with a known password exist in the embedded default only."))
    if connection.vendor != "sqlite":
        # There the issue log of the made-up school could never be removed again.
        raise DemonstrationError(_("The demonstration needs the embedded default's own database, SQLite."))
    if _bodies().exists() or _people().exists():
        raise DemonstrationError(_("There already is a demonstration. Remove it first: make demo-clear"))
    Demonstration.objects.create(pk=1)
    password = secrets.token_urlsafe(12)
    bodies = {
        key: Organisation.objects.create(key=f"{MARK}{key}", name=f"{name}{SUFFIX}", kind=kind)
        for key, name, kind in BODIES
    }
    people = {}
    for key, name, body, role in PEOPLE:
        people[key] = _person(key, name, password)
        Membership.objects.create(user=people[key], organisation=bodies[body], role=role)
    team = _person(*PORTAL_TEAM, password, is_superuser=True)
    _fill(bodies, people)
    demonstration_events.make(bodies["ministerium"], people["ministerium"], suffix=SUFFIX, domain=DOMAIN)
    staff = {key: _person(key, name, password) for key, name, _role in SCHOOL_PEOPLE}
    school = demonstration_school.make(
        bodies["musterhausen"], office=staff["sekretariat"], management=staff["schulleitung"]
    )
    _check(bodies[OFFICE[0]], people["pruefen"], team)
    accounts = [
        Account(f"{key}{DOMAIN}", f"{name}{SUFFIX}", f"{Role(role).label}, {bodies[body]}")
        for key, name, body, role in PEOPLE
    ]
    accounts += [
        Account(f"{key}{DOMAIN}", f"{name}{SUFFIX}", f"{SchoolRole.Role(role).label}, {school.name}")
        for key, name, role in SCHOOL_PEOPLE
    ]
    return [*accounts, Account(team.email, team.name, _("portal team"))], password


@transaction.atomic
def clear() -> int:
    """Removes what the demonstration has made and what was made with it; returns how many organisations that were."""
    demonstration_school.clear()
    bodies, people = _bodies(), _people()
    number: int = bodies.count()
    entries = Entry.objects.filter(lead__in=bodies)
    keys = [*entries.values_list("pk", flat=True)]
    demonstration_events.clear_mails(bodies)
    # What refers to an entry or a contact goes before it.
    _remove(
        Event.objects.filter(organiser__in=bodies),
        Office.objects.filter(owner__in=bodies),
        Interest.objects.filter(
            Q(from_organisation__in=bodies)
            | Q(to_organisation__in=bodies)
            | Q(entry__in=keys)
            | Q(from_user__in=people)
        ),
        Post.objects.filter(Q(organisation__in=bodies) | Q(author__in=people) | Q(entry__in=keys)),
        SupportRequest.objects.filter(Q(organisation__in=bodies) | Q(asker__in=people)),
        EntryMerger.objects.filter(Q(kept__in=keys) | Q(merged__in=keys)),
        Proposal.objects.filter(Q(organisation__in=bodies) | Q(author__in=people) | Q(entry__in=keys)),
        Adoption.objects.filter(Q(organisation__in=bodies) | Q(source__in=keys) | Q(root__in=keys)),
    )
    Check.objects.filter(organisation__in=bodies).delete()
    offices = [*bodies.values_list("key", flat=True)]
    CheckLog.objects.filter(organisation_key__in=offices).delete()
    CheckChain.objects.filter(key__in=offices).delete()
    contacts = [*Contact.objects.filter(organisation__in=bodies).values_list("pk", flat=True)]
    Entry.objects.filter(merged_into__in=keys).update(merged_into=None)
    _forget(Entry, keys)
    for entry in Entry.objects.filter(pk__in=keys):
        entry.delete()
    demonstration_events.clear_series(suffix=SUFFIX)
    _remove_files(DocumentVersion.objects.filter(document__owner__in=bodies))
    _remove(Document.objects.filter(owner__in=bodies), Contact.objects.filter(pk__in=contacts))
    Mail.objects.filter(Q(address__endswith=DOMAIN) | Q(user__in=people)).delete()
    ModelLogEntry.objects.filter(user__in=people).delete()
    _forget(Organisation, bodies.values_list("pk", flat=True))
    people.delete()
    bodies.delete()
    Demonstration.objects.all().delete()
    generation.advance()
    return number


def _remove(*some: QuerySet[Any]) -> None:
    for rows in some:
        _forget(rows.model, rows.values_list("pk", flat=True))
        rows.delete()


def _remove_files(versions: QuerySet[DocumentVersion]) -> None:
    """Once the transaction holds: a file that is gone does not come back with it."""
    for version in versions.exclude(file=""):
        transaction.on_commit(partial(version.file.storage.delete, str(version.file.name)))


def _forget(model: type[Model], keys: Iterable[int]) -> None:
    """Removes what the editors' history says about these rows."""
    kind = ContentType.objects.get_for_model(model)
    ModelLogEntry.objects.filter(content_type=kind, object_id__in=[str(key) for key in keys]).delete()


def _bodies() -> QuerySet[Organisation]:
    return Organisation.objects.filter(key__startswith=MARK)


def _people() -> QuerySet[User]:
    return User.objects.filter(email__endswith=DOMAIN)


def _person(key: str, name: str, password: str, **values: Any) -> User:
    user = User.objects.create_user(f"{key}{DOMAIN}", password, name=f"{name}{SUFFIX}", **values)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def _check(office: Organisation, person: User, team: User) -> None:
    """The office may check, and has checked what the page /pruefen/ offers to try: once each answer."""
    checking.allow(office, team, task=OFFICE[1])
    texts = [f"https://example.org/pruefen/{example.fragment}" for example in examples()]
    asker = checking.Asker(office, person)
    checking.begin(asker, checking.Given(texts=texts, watch=True), purpose=OFFICE[1], case_number="KG-0815")


def _fill(bodies: dict[str, Organisation], people: dict[str, User]) -> None:
    """A year in the life of three towns and a ministry."""
    guides = _written(bodies, people)
    copy = _taken_over(guides, bodies, people)
    _in_languages(guides, bodies, people)
    changes.tell()
    # Never checked since: its reminder is due.
    Entry.objects.filter(pk=copy.pk).update(checked_on=timezone.localdate() - dt.timedelta(days=500))
    _asked(guides, bodies, people)
    interest_actions.express(copy, people["beispielberg"], organisation=bodies["beispielberg"])
    for person in (people["lesen"], people["schreiben"]):
        search = Query("Lotsen")
        saved_searches.save(person, query=search, name="Lotsinnen und Lotsen", rhythm=SavedSearch.Rhythm.DAILY)


def _written(bodies: dict[str, Organisation], people: dict[str, User]) -> Entry:
    """What they publish, and a draft; the answer is what the others take over."""
    guides = _published(
        "lotsen",
        bodies["ministerium"],
        people["ministerium"],
        title="Lotsinnen und Lotsen im Quartier",
        summary="Menschen aus dem Quartier begleiten Neuzugezogene zu Ämtern, Schulen und Ärzten.",
        starting_point=["Viele wissen nicht, welche Stelle zuständig ist."],
        goals=["Wege zu Hilfe verkürzen", "Vertrauen schaffen"],
        procedure=["Lotsinnen und Lotsen gewinnen", "Vier Tage schulen", "Sprechstunde im Stadtteilbüro"],
        results=["Nach einem Jahr 40 Begleitungen im Monat (erfundene Zahl)."],
        transferability=["Ein Stadtteilbüro und eine halbe Stelle für die Koordination."],
    )
    _published(
        "begehung",
        bodies["beispielberg"],
        people["beispielberg"],
        kind=Kind.JOINT_INSPECTION,
        approach=Approach.REGULATORY,
        title="Gemeinsame Begehung mit Bauaufsicht und Feuerwehr",
        summary="Fünf Stellen gehen an einem Tag durch ein Haus und sprechen sich vorher ab.",
        goals=["Gefahren erkennen", "Bewohnerinnen und Bewohner schützen"],
        procedure=["Fallkonferenz", "Termin mit Dolmetschenden", "Nachbereitung binnen einer Woche"],
    )
    _draft("kita-bruecke", bodies["musterhausen"], people["schreiben"], title="Brückenangebot zur Kita")
    return guides


def _taken_over(guides: Entry, bodies: dict[str, Organisation], people: dict[str, User]) -> Entry:
    """Two towns adapt it, one of them the other's copy, and a third takes it over as it is; the answer is the copy."""
    author, publisher = people["schreiben"], people["veroeffentlichen"]
    town = adopting.adapt(guides, bodies["musterhausen"], author, ["summary", "goals", "procedure", "topics"])
    copy = _published_copy(town, publisher, summary="In Musterhausen begleiten acht Lotsinnen und Lotsen.")
    _published_copy(adopting.adapt(copy, bodies["neudorf"], people["neudorf"], ["summary", "goals"]), people["neudorf"])
    contact = Contact(
        organisation=bodies["musterhausen"],
        name=f"Sami Schreibend{SUFFIX}",
        role="Koordination",
        email=f"schreiben{DOMAIN}",
        visibility=Contact.Visibility.SIGNED_IN,
    )
    contact_actions.make_contact(contact, author)
    today = timezone.localdate()
    contact_actions.record_consent(contact, author, given_on=today, expires_on=today + dt.timedelta(days=365))
    report = {"effort": "Eine halbe Stelle.", "results": "Das Stadtteilbüro ist voll.", "failures": "Der erste Flyer."}
    adopting.confirm(town, publisher, contact=contact, **report)
    as_is = adopting.take_over(guides, bodies["beispielberg"], people["beispielberg"])
    adopting.confirm(as_is, people["beispielberg"], results="Läuft seit dem Frühjahr.")
    return copy


def _in_languages(guides: Entry, bodies: dict[str, Organisation], people: dict[str, User]) -> None:
    """Versions in other languages, one of them older than its original."""
    ministry = people["ministerium"]
    demonstration_languages.arabic(guides, ministry)
    _change(guides, ministry, goals=["Wege zu Hilfe verkürzen", "Vertrauen schaffen", "Ehrenamt stärken"])
    guides.refresh_from_db()
    demonstration_languages.romanian(guides, ministry)
    demonstration_languages.office(
        bodies["musterhausen"],
        f"{MARK}stelle",
        f"Beratungsstelle Musterhausen{SUFFIX}",
        people["veroeffentlichen"],
    )


def _asked(guides: Entry, bodies: dict[str, Organisation], people: dict[str, User]) -> None:
    """A question with its answer, experience, and a request for support."""
    question = post_actions.ask(
        guides, people["neudorf"], organisation=bodies["neudorf"], text="Wie wurden die Lotsinnen und Lotsen gefunden?"
    )
    Post.objects.filter(pk=question.pk).update(state=Post.State.PUBLIC, shown_at=timezone.now())
    question.refresh_from_db()
    post_actions.answer(
        question,
        people["ministerium"],
        organisation=bodies["ministerium"],
        text="Über Vereine und die Elterncafés der Schulen.",
    )
    experience = {"text": "Sprechstunde zweimal in der Woche.", "worked": "Feste Zeiten.", "failed": "Nur per Telefon."}
    post_actions.share_experience(
        guides,
        people["veroeffentlichen"],
        organisation=bodies["musterhausen"],
        texts={**experience, "again": Post.Again.YES},
    )
    support_actions.request_support(
        people["schreiben"],
        organisation=bodies["musterhausen"],
        subject="Dolmetschende",
        text="Wer hat Erfahrung mit Videodolmetschen?",
    )


def _draft(slug: str, lead: Organisation, user: User, **values: Any) -> Entry:
    values = {"kind": Kind.COUNSELLING, "approach": Approach.INTEGRATIVE, **values}
    values["title"] += SUFFIX
    entry = Entry(slug=f"{MARK}{slug}", lead=lead, live=False, **values)
    entry.topics = list(Topic.objects.order_by("key")[:2])
    entry.full_clean()
    entry.save()
    entry.save_revision(user=user)
    return entry


def _published(slug: str, lead: Organisation, user: User, **values: Any) -> Entry:
    entry = _draft(slug, lead, user, **values)
    editing.publish(entry, user)
    editing.confirm_checked(entry, user)
    entry.refresh_from_db()
    return entry


def _published_copy(adoption: Adoption, user: User, **values: Any) -> Entry:
    copy: Entry = Entry.objects.get(pk=adoption.copy_id)
    _change(copy, user, **values)
    editing.confirm_checked(copy, user)
    copy.refresh_from_db()
    return copy


def _change(entry: Entry, user: User, **values: Any) -> None:
    version = entry.get_latest_revision_as_object()
    for name, value in values.items():
        setattr(version, name, value)
    version.save_revision(user=user)
    editing.publish(Entry.objects.get(pk=entry.pk), user)
