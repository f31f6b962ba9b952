"""The organisers' side: who may do what, and what must not be lost or leak."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from austausch.core.models import Mail
from austausch.events import actions
from austausch.events.errors import EventError
from austausch.events.models import Event, EventDocument, Registration
from austausch.people.models import Membership, Organisation, User
from tests.factories import (
    DocumentFactory,
    EventFactory,
    MembershipFactory,
    OrganisationFactory,
    ParticipantFactory,
    TopicFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
Role = Membership.Role
EMPTY_ROWS = {
    **{f"{name}-{part}": value for name in ("agenda", "documents")
       for part, value in (("TOTAL_FORMS", "1"), ("INITIAL_FORMS", "0"))},
}  # fmt: skip


def signed_in(client: Client, user: User) -> Client:
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def member(organisation: Organisation, role: Role = Role.PUBLISHER) -> User:
    user: User = MembershipFactory(organisation=organisation, role=role).user
    return user


def filled(organiser: Organisation, **changed: str) -> dict[str, str]:
    day = (timezone.localdate() + dt.timedelta(days=40)).isoformat()
    usual = {"organiser": str(organiser.pk), "title": "Fachtag Überblick", "kind": "workshop", "starts_on": day}
    return {**usual, **EMPTY_ROWS, **changed}


def test_an_author_writes_an_event_and_a_publisher_publishes_it(client: Client) -> None:
    organisation = OrganisationFactory()
    topic = TopicFactory()
    data = filled(
        organisation, new_series="Fachtage", topics=str(topic.pk), **{"agenda-0-title": "Begrüßung", "registers": "on"}
    )
    answer = signed_in(client, member(organisation, Role.AUTHOR)).post("/netz/termine/neu/", data)
    event = Event.objects.get()
    assert answer.headers["Location"] == f"/netz/termine/{event.pk}/"
    assert event.slug == f"fachtag-ueberblick-{event.starts_on.year}"
    assert (event.state, event.ends_on) == ("draft", event.starts_on)
    assert (event.series.title, event.agenda.get().title, event.topics.get()) == ("Fachtage", "Begrüßung", topic)
    assert client.post(f"/netz/termine/{event.pk}/veroeffentlichen/").status_code == 403
    signed_in(client, member(organisation)).post(f"/netz/termine/{event.pk}/veroeffentlichen/")
    event.refresh_from_db()
    assert event.state == "published"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"title": ""}, "Titel"),
        ({"starts_on": "gestern"}, "Erster Tag"),
        ({"ends_on": "2020-01-01"}, "Der letzte Tag liegt vor dem ersten."),
        ({"starts_at": "10:00"}, "beide Uhrzeiten"),
        ({"starts_at": "10:00", "ends_at": "09:00"}, "endet, bevor er beginnt"),
        ({"capacity": "0"}, "mindestens einen Platz"),
        ({"place_names": "Nirgendwo"}, "Nirgendwo"),
        ({"agenda-0-speakers": "Wer"}, "Titel"),
    ],
)
def test_what_cannot_be_right_is_said_and_nothing_is_kept(client: Client, changed: dict[str, str], words: str) -> None:
    organisation = OrganisationFactory()
    page = signed_in(client, member(organisation)).post("/netz/termine/neu/", filled(organisation, **changed))
    assert page.status_code == 200
    assert words in page.content.decode()
    assert not Event.objects.exists()


def test_nobody_writes_for_an_organisation_that_is_not_theirs(client: Client) -> None:
    own, foreign = OrganisationFactory(), OrganisationFactory()
    page = signed_in(client, member(own)).post("/netz/termine/neu/", filled(foreign))
    assert page.status_code == 200
    assert not Event.objects.exists()
    event = EventFactory(organiser=own)
    event.organiser = foreign
    with pytest.raises(PermissionDenied):
        actions.change(event, member(own), actions.Parts())


def test_a_foreign_draft_document_cannot_be_made_public_by_showing_it(client: Client) -> None:
    organisation, foreign = OrganisationFactory(), DocumentFactory(owner=OrganisationFactory())
    data = filled(organisation, **{"documents-0-document": str(foreign.pk)})
    signed_in(client, member(organisation)).post("/netz/termine/neu/", data)
    assert not EventDocument.objects.exists()


def test_editing_keeps_what_others_have_decided_meanwhile(client: Client) -> None:
    event = EventFactory(drafted=True)
    stale = Event.objects.get(pk=event.pk)
    actions.publish(event, member(event.organiser))
    stale.text = "Neu"
    actions.change(stale, member(event.organiser, Role.AUTHOR), actions.Parts())
    event.refresh_from_db()
    assert (event.state, event.text) == ("published", "Neu")


def test_cancelling_tells_everybody_who_has_registered_and_cannot_be_undone() -> None:
    coming = ParticipantFactory()
    ParticipantFactory(event=coming.event, unconfirmed=True)
    publisher = member(coming.event.organiser)
    actions.cancel(coming.event, publisher, because="Krankheit")
    mail = Mail.objects.get()
    assert mail.address == coming.email
    assert "Krankheit" in mail.text
    actions.cancel(coming.event, publisher, because="noch einmal")
    assert Mail.objects.count() == 1
    with pytest.raises(EventError):
        actions.publish(coming.event, publisher)


def test_drafts_are_deleted_and_announced_events_are_not(client: Client) -> None:
    event = EventFactory(drafted=True)
    signed_in(client, member(event.organiser)).post(f"/netz/termine/{event.pk}/loeschen/")
    assert not Event.objects.exists()
    announced = EventFactory(organiser=event.organiser)
    assert client.post(f"/netz/termine/{announced.pk}/loeschen/").status_code == 403


def test_participants_are_seen_by_the_organisers_publishers_and_the_portal_team_only(client: Client) -> None:
    person = ParticipantFactory(name="Geheim Gast")
    paths = [f"/netz/termine/{person.event.pk}/{end}" for end in ("", "teilnehmende.csv", "teilnehmende.xlsx")]
    for user in (member(person.event.organiser), UserFactory(portal_team=True)):
        assert "Geheim Gast" in signed_in(client, user).get(paths[0]).content.decode()
        assert client.get(paths[1]).status_code == 200
    signed_in(client, member(person.event.organiser, Role.AUTHOR))
    assert "Geheim Gast" not in client.get(paths[0]).content.decode()
    assert [client.get(path).status_code for path in paths[1:]] == [403, 403]
    signed_in(client, member(OrganisationFactory()))
    assert [client.get(path).status_code for path in paths] == [404, 404, 404]
    remove = f"/netz/termine/{person.event.pk}/teilnehmende/{person.pk}/entfernen/"
    assert client.post(remove).status_code == 404
    assert Registration.objects.filter(pk=person.pk).exists()


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " =", "＝"])
def test_nothing_that_a_participant_typed_is_run_by_a_spreadsheet(client: Client, start: str) -> None:
    formula = f"{start}HYPERLINK(1)"
    person = ParticipantFactory(name=formula, organisation=formula)
    signed_in(client, member(person.event.organiser))
    rows = read_csv(client.get(f"/netz/termine/{person.event.pk}/teilnehmende.csv").content)
    assert rows[0][:3] == ["Name", "Organisation", "E-Mail-Adresse"]
    assert rows[1][0].startswith("'")
    assert rows[1][2] == person.email
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/netz/termine/{person.event.pk}/teilnehmende.xlsx").content))
    assert book.active["A2"].data_type == "s"


def test_whoever_is_taken_off_the_list_is_told_and_the_next_moves_up(client: Client) -> None:
    event: Any = EventFactory(with_registration=True, capacity=1)
    first, second = ParticipantFactory(event=event), ParticipantFactory(event=event, waits=True)
    signed_in(client, member(event.organiser)).post(f"/netz/termine/{event.pk}/teilnehmende/{first.pk}/entfernen/")
    second.refresh_from_db()
    assert second.state == "coming"
    assert Mail.objects.filter(address=first.email, subject__startswith="Nicht mehr angemeldet").exists()
