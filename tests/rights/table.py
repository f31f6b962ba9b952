"""The table of all addresses and roles: what each answers to whom.

The addresses come from the resolver, so none can be forgotten. Placeholders are filled with rows that belong to the
organisation of those called "own"; everybody called "foreign" has the same role elsewhere.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.cache import caches
from django.core.files.base import ContentFile
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern
from django.utils import timezone
from django.utils.regex_helper import normalize
from django.utils.translation import override

from austausch.catalogue.models import (
    Adoption,
    Bookmark,
    BookmarkList,
    ContactReference,
    Document,
    DocumentVersion,
    Entry,
    EntryMerger,
    Proposal,
    ProposedChange,
)
from austausch.catalogue.workflow import ensure_workflow
from austausch.certificates.models import (
    Alarm,
    Certificate,
    Check,
    CheckingOffice,
    IssueBatch,
    OfficeKey,
    Pupil,
    SchoolRole,
    Watch,
)
from austausch.counselling.models import Provider
from austausch.events.models import Series
from austausch.people.models import Contact, Invitation, Membership, Organisation, User
from austausch.search.saved import feed
from tests.factories import (
    CertificateFactory,
    ContactFactory,
    DocumentFactory,
    EmailDomainFactory,
    EntryFactory,
    InformationFactory,
    InterestFactory,
    IssueBatchFactory,
    MembershipFactory,
    OfficeFactory,
    OrganisationFactory,
    ParticipantFactory,
    PostFactory,
    PupilFactory,
    RegistrationFactory,
    SavedSearchFactory,
    SchoolFactory,
    SchoolRoleFactory,
    SupportRequestFactory,
    TopicFactory,
    UserFactory,
    version_of,
)

Role = Membership.Role
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ROLES = {"reader": Role.READER, "author": Role.AUTHOR, "publisher": Role.PUBLISHER, "administrator": Role.ADMINISTRATOR}
COLUMNS = (
    "visitor",
    *(f"own {role}" for role in ROLES),
    *(f"foreign {role}" for role in ROLES),
    "portal team",
)
NOTHING_MOVED = {"rows": {}, "adoptions": {"moved": [], "ended": [], "own_copy": None}}
HEAD = """\
# What every address answers to every role, to GET and to POST with an empty form: `python tools/rights.py --write`.
# ok: 2xx · sign-in: sent to the sign-in page · moved: any other 3xx · a number: that status (404 hides what exists)
# One word: the same for all. Otherwise in this order: {columns}.
# "own" has the role in the organisation that the rows of this table belong to, "foreign" has it in another one.
"""
PLACEHOLDER = re.compile(r"<(?:(?P<converter>\w+):)?(?P<name>\w+)>")


@dataclass(frozen=True)
class Address:
    """An address as the resolver has it: `pattern` as text, `path` filled in."""

    pattern: str
    path: str


class Table:
    """One set of rows, and a client for each column."""

    def __init__(self) -> None:
        ensure_workflow()
        self.own, self.foreign = OrganisationFactory(key="eigene"), OrganisationFactory(key="fremde")
        self.clients = dict(self._clients())
        self.school = SchoolFactory(organisation=self.own, number="999001")
        # It is the school that opens its pages: "own author" works in its office, "own administrator" manages it.
        for held, role in ((Role.AUTHOR, SchoolRole.Role.OFFICE), (Role.ADMINISTRATOR, SchoolRole.Role.HEAD)):
            person = Membership.objects.get(organisation=self.own, role=held).user
            SchoolRoleFactory(school=self.school, user=person, role=role)
        self.contact: Contact = ContactFactory(organisation=self.own, visibility=Contact.Visibility.ORGANISATION)
        self.document: Document = DocumentFactory(owner=self.own)
        self._give_file(self.document)
        topic = TopicFactory(key="thema", name="Thema")
        self.entry = EntryFactory(lead=self.own, slug="entwurf", title="Entwurf", topics=[topic])
        self.entry.contact_references.add(ContactReference(contact=self.contact))
        self.entry.save()
        revision = self.entry.save_revision(user=UserFactory())
        self.entry.get_workflow().start(self.entry, revision.user)
        self.entry.refresh_from_db()
        # Not yet shown: what its own people prepare, and nobody else knows of.
        OfficeFactory(owner=self.own, slug="eigene-stelle", name="Eigene Stelle", live=False)
        OfficeFactory(owner=self.foreign, slug="gezeigte-stelle", name="Gezeigte Stelle")
        Provider.objects.create(key="traeger", name="Träger", owner=self.own)
        self.rows = dict(self._rows())
        self.certificate = self._certificate()
        self.rows |= dict(self._checking())

    def column(self, name: str) -> dict[str, str]:
        """Method and address → what it answers to this role."""
        return {
            f"{method:4} {address.pattern}": self.answer(name, method, address)
            for address in self.addresses()
            for method in ("GET", "POST")
        }

    def answer(self, column: str, method: str, address: Address) -> str:
        """What is answered; whatever the request changed is taken back."""
        client = self.clients[column]
        cookies = {name: morsel.value for name, morsel in client.cookies.items()}
        for cache in caches.all(initialized_only=True):
            cache.clear()
        with transaction.atomic():
            response = client.generic(method, address.path, content_type="application/x-www-form-urlencoded")
            # Files only: `close` also says that the request is over, and then PostgreSQL's connection is given up.
            for close in response._resource_closers:  # type: ignore[attr-defined]
                close()
            transaction.set_rollback(True)
        client.cookies.clear()
        client.cookies.load(cookies)
        return said(response)

    def addresses(self) -> list[Address]:
        # The English ones begin with en/.
        with override(settings.LANGUAGE_CODE):
            found = {pattern: Address(pattern, "/" + self._filled(pattern, name)) for pattern, name in patterns()}
        return list(found.values())

    def _clients(self) -> Iterator[tuple[str, Client]]:
        yield "visitor", Client(raise_request_exception=False)
        for whose, organisation in (("own", self.own), ("foreign", self.foreign)):
            for name, role in ROLES.items():
                yield f"{whose} {name}", self._client(MembershipFactory(organisation=organisation, role=role).user)
        yield "portal team", self._client(UserFactory(portal_team=True))

    def _client(self, user: User) -> Client:
        client = Client(raise_request_exception=False)
        client.force_login(user, backend=BACKEND)
        return client

    def _rows(self) -> Iterator[tuple[str, Any]]:
        """Part of an address → the row that a number after it stands for."""
        published = EntryFactory(lead=self.foreign, slug="veroeffentlicht", title="Veröffentlicht", published=True)
        EntryFactory(lead=self.own, slug="eigen", title="Eigen", published=True)
        member = Membership.objects.get(organisation=self.own, role=Role.AUTHOR)
        adoption = Adoption(source=published, root=published, organisation=self.own, made_by=member.user)
        adoption.save()
        question = PostFactory(entry=published, author=member.user, organisation=self.own)
        pupil = PupilFactory(school=self.school, name_doubt="lost")
        yield "/namen/", pupil
        yield "/aufbewahrung/", pupil
        yield "einlesen/", pupil.import_batch
        yield "kontakte/", self.contact
        yield "/texte/", self.document
        yield "/uebernahmen/", adoption
        # By somebody of the foreign body, about an entry of the own one: who keeps it decides.
        proposer = Membership.objects.get(organisation=self.foreign, role=Role.READER)
        proposal = Proposal.objects.create(
            entry=Entry.objects.get(slug="eigen"), organisation=self.foreign, author=proposer.user, reason="Weil."
        )
        self.change = ProposedChange.objects.create(proposal=proposal, field="title", before="Eigen", value="Anders")
        yield "/aenderungsvorschlaege/", proposal
        twice = [EntryFactory(lead=self.own, slug=slug, title=slug, published=True) for slug in ("bleibt", "doppelt")]
        yield "/zusammenfuehrungen/", EntryMerger.objects.create(kept=twice[0], merged=twice[1], moved=NOTHING_MOVED)
        self.shared = BookmarkList.objects.create(owner=member.user, name="Liste", share_key="geteilt")
        self.bookmark = Bookmark.objects.create(list=self.shared, entry=published, title="Veröffentlicht")
        yield "/merklisten/", self.shared
        yield "/fragen/", question
        yield "/beitraege/", question
        yield "/anfragen/", SupportRequestFactory(asker=member.user, organisation=self.own)
        yield "/interesse/", InterestFactory(entry=published, from_user=member.user, from_organisation=self.own)
        yield "/suchen/", SavedSearchFactory(user=member.user, feed_on=True, feed_number=1)
        series = Series.objects.create(slug=self.entry.slug, title="Reihe")
        self.participant = ParticipantFactory(
            event__organiser=self.own, event__slug=self.entry.slug, event__series=series
        )
        yield "/termine/", self.participant.event
        eigen = Entry.objects.get(slug="eigen")
        yield "/fassung/", version_of(eigen)
        yield "<slug:kind>/", eigen
        yield "vor-der-reise/", InformationFactory(slug="eigene-seite")
        yield "/termine-dokumente/", self.participant.event
        yield "/personen/", member
        yield "/domains/", EmailDomainFactory(organisation=self.own)
        yield "/antraege/", RegistrationFactory(organisation=self.own)
        yield (
            "/einladungen/",
            Invitation.objects.create(organisation=self.own, email="neu@example.org", token_sha256="0" * 64),
        )

    def _certificate(self) -> Certificate:
        """Of the school that "own" runs, with a batch that waits and an alarm."""
        school = self.school
        pupil = PupilFactory(school=school)
        batch = IssueBatchFactory(school=school, run="lauf")
        Alarm.objects.create(school=school, kind=Alarm.Kind.NIGHT, text="Hinweis")
        return CertificateFactory(school=school, batch=batch, pupil=pupil)

    def _checking(self) -> Iterator[tuple[str, Any]]:
        """Both organisations may check; the check is the own one's."""
        office = CheckingOffice.objects.create(organisation=self.own, task="Kindergeld")
        CheckingOffice.objects.create(organisation=self.foreign, task="Bürgergeld")
        yield "/stellen/", office
        ends = timezone.now() + dt.timedelta(days=365)
        yield (
            "/schluessel/",
            OfficeKey.objects.create(organisation=self.own, label="Programm", token_sha256="0" * 64, expires_at=ends),
        )
        check = Check.objects.create(organisation=self.own, purpose="Zweck", case_number="1")
        yield "netz/pruefen/<int:pk>", check
        watch = Watch.objects.create(organisation=self.own, certificate=self.certificate, case_number="1")
        yield "/beobachtet/", watch

    def _give_file(self, document: Document) -> None:
        DocumentVersion.objects.create(
            document=document,
            number=1,
            file=ContentFile(b"%PDF-1.4\n", name="datei.pdf"),
            sha256="0" * 64,
            size=9,
            media_type="application/pdf",
        )

    def _filled(self, pattern: str, name: str) -> str:
        def value(match: re.Match[str]) -> str:
            return str(self._value(match["name"], match["converter"] or "str", pattern, name))

        return PLACEHOLDER.sub(value, pattern)

    def _value(self, placeholder: str, converter: str, pattern: str, name: str) -> Any:
        """What a placeholder stands for: a row of the model where the address names it, otherwise by its word."""
        model = _model_of(name.partition(":")[0])
        if placeholder in {"pk", "id"} and model:
            row = model._default_manager.order_by("pk").first()
            return 1 if row is None else row.pk
        fitting = (value for word, part, value in self._by_address(pattern) if word == placeholder and part in pattern)
        found = next(fitting, None)
        return self._by_word(placeholder, converter) if found is None else found

    def _by_address(self, pattern: str) -> Iterator[tuple[str, str, Any]]:
        """(Placeholder, part of the address, what it stands for there); the first that fits counts."""
        yield "slug", "vor-der-reise/", "eigene-seite"
        yield "slug", "information/", "eigene-seite"
        yield "slug", "/pruefung/", "eigen"
        yield "slug", "/zusammenfuehren/", "eigen"
        yield "slug", "netz/", "veroeffentlicht"
        yield "change", "", self.change.pk
        yield "bookmark", "", self.bookmark.pk
        yield "key", "/merklisten/", self.shared.share_key
        for part, row in self.rows.items():
            yield "pk", part, row.pk
        yield "token", "feeds/suche/", feed.SIGNER.sign_object([self.rows["/suchen/"].pk, 1])
        yield "slug", "beratung/", "gezeigte-stelle"
        yield "name", "beratung/teil/", "seite.css"
        yield "slug", "offices/", "gezeigte-stelle"
        yield "slug", "dokumente/", self.document.slug
        yield "number", "/teilnehmende/", self.participant.pk
        yield "format", "/teilnehmende.", "csv"
        yield "format", "netz/pruefen/", "csv"
        if pattern.startswith("netz/schulbescheinigungen/"):
            for part, model in {"schueler": Pupil, "rollen": SchoolRole, "auftraege": IssueBatch}.items():
                yield "pk", f"/{part}/<int:pk>", self._of_school(model)
            yield "pk", "/alarme/<int:pk>", self._of_school(Alarm)

    def _by_word(self, placeholder: str, converter: str) -> Any:
        state = self.entry.workflow_states.first()
        words = {
            "number": 1 if converter == "int" else self.certificate.school.number,
            "certificate": self.certificate.number,
            "run": "lauf",
            "slug": self.entry.slug,
            "key": self.own.key,
            "kind": "massnahme",
            "language": "ro",
            "ending": "csv",
            "format": "json",
            "ags": "05",
            "section": "massnahmen",
            "action_name": "approve",
            "app_label": "catalogue",
            "model_name": "entry",
            "object_id": self.entry.pk,
            "revision_id": self.entry.latest_revision_id,
            "task_state_id": state.current_task_state_id,
            "workflow_state_id": state.pk,
            "revision_id_a": "live",
            "revision_id_b": "latest",
        }
        return words.get(placeholder, 1 if converter == "int" else "x")

    def _of_school(self, model: Any) -> int:
        key: int = model._default_manager.filter(school=self.certificate.school).order_by("pk")[0].pk
        return key


def written(columns: dict[str, dict[str, str]]) -> str:
    """The file: one line for each method and address, sorted by address."""
    names = sorted(columns[COLUMNS[0]], key=lambda name: (name[5:], name))
    lines = [HEAD.format(columns=", ".join(COLUMNS))]
    for name in names:
        answers = [columns[column].get(name, "?") for column in COLUMNS]
        lines.append(f"{name} | {answers[0] if len(set(answers)) == 1 else ' '.join(answers)}")
    return "\n".join(lines) + "\n"


def read(text: str) -> dict[str, dict[str, str]]:
    """The columns of a written file."""
    columns: dict[str, dict[str, str]] = {column: {} for column in COLUMNS}
    for line in text.splitlines():
        name, found, answers = line.partition(" | ")
        if found and not line.startswith("#"):
            words = answers.split()
            for column, answer in zip(COLUMNS, words * len(COLUMNS) if len(words) == 1 else words, strict=True):
                columns[column][name] = answer
    return columns


def said(response: HttpResponseBase) -> str:
    status = response.status_code
    if 200 <= status < 300:
        return "ok"
    if 300 <= status < 400:
        return "sign-in" if "/konto/login/" in response.headers.get("Location", "") else "moved"
    return str(status)


def patterns() -> Iterator[tuple[str, str]]:
    """Each address as text, without a slash before it, and the name by which it is reversed."""
    yield from _patterns(get_resolver(), "", "")


def _patterns(resolver: URLResolver, before: str, namespace: str) -> Iterator[tuple[str, str]]:
    for part in resolver.url_patterns:
        here = before + _as_route(part)
        if isinstance(part, URLResolver):
            inner = ":".join(filter(None, (namespace, part.namespace)))
            yield from _patterns(part, here, inner)
        else:
            yield here, f"{namespace}:{part.name}" if namespace else str(part.name)


def _as_route(part: URLPattern | URLResolver) -> str:
    """Regular expressions written like the others: `(?P<pk>\\d+)/` → `<pk>/`."""
    if not isinstance(part.pattern, RegexPattern):
        return str(part.pattern)
    template, names = normalize(part.pattern.regex.pattern)[0]
    return str(template % {name: f"<{name}>" for name in names})


def _model_of(namespace: str) -> Any:
    found = re.match(r"wagtailsnippet(?:choosers|s)_([a-z]+)_([a-z]+)$", namespace)
    if found:
        return apps.get_model(found[1], found[2])
    return {"wagtailusers_users": User, "people_organisation": Organisation}.get(namespace)
