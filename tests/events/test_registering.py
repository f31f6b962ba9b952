"""Registering: bad input first, then the way from the form to a place, the waiting list, and being forgotten."""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from austausch.core.models import Mail
from austausch.events import actions, registering
from austausch.events.errors import EventError
from austausch.events.links import read_token, token
from austausch.events.models import Event, Registration
from tests.factories import EventFactory, MembershipFactory, ParticipantFactory, UserFactory

pytestmark = pytest.mark.django_db
ASKED = {"name": "Erika Beispiel", "organisation": "Stadt Musterhausen", "email": "erika@example.org"}
State = Registration.State


def register(client: Client, event: Event, **changed: str) -> Any:
    return client.post(f"/termine/{event.slug}/anmelden/", {**ASKED, **changed})


def link_of(mail: Mail) -> str:
    found = re.search(r"https?://[^/]+(/termine/anmeldung/\S+)", mail.text)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "Bitte geben Sie Ihren Namen ein."),
        ("name", "Gewinn unter https://example.org", "keine Adressen"),
        ("name", "x@example.org", "keine Adressen"),
        ("name", "a" * 101, "100"),
        ("organisation", "www.example.org", "keine Adressen"),
        ("email", "erika", "keine vollständige E-Mail-Adresse"),
        ("email", "", "Bitte geben Sie Ihre E-Mail-Adresse ein."),
        ("website", "https://example.org", "Nur Roboter"),
    ],
)
def test_what_cannot_be_right_is_said_and_nothing_is_kept(client: Client, field: str, value: str, words: str) -> None:
    event = EventFactory(with_registration=True)
    page = register(client, event, **{field: value})
    assert words in page.content.decode()
    assert not Registration.objects.exists()
    assert not Mail.objects.exists()


@pytest.mark.parametrize(
    "closed",
    [
        {"registers": False},
        {"state": Event.State.CANCELLED},
        {"starts_on": dt.date(2020, 1, 1), "ends_on": dt.date(2020, 1, 1)},
        {"registration_until": dt.date(2020, 1, 1)},
    ],
)
def test_nobody_registers_where_registration_is_closed(client: Client, closed: dict[str, Any]) -> None:
    event = EventFactory(with_registration=True)
    Event.objects.filter(pk=event.pk).update(**closed)
    assert "geschlossen" in register(client, event).content.decode()
    assert not Registration.objects.exists()


def test_a_draft_has_no_form(client: Client) -> None:
    assert register(client, EventFactory(drafted=True, with_registration=True)).status_code == 404


def test_whoever_confirms_has_a_place_and_learns_the_access(client: Client) -> None:
    event = EventFactory(with_registration=True, access="https://example.org/raum")
    answer = register(client, event, email="Erika@Example.org")
    assert answer.headers["Location"] == f"/termine/{event.slug}/angemeldet/"
    mail = Mail.objects.get()
    assert "https://example.org/raum" not in mail.text
    assert "Erika" not in mail.text + mail.subject
    path = link_of(mail)
    assert "Bestätigen" in client.get(path).content.decode()
    assert Registration.objects.get().state == State.UNCONFIRMED, "looking is not confirming"
    page = client.post(path, {"was": "bestaetigen"}, follow=True).content.decode()
    assert "Sie haben einen Platz" in page
    assert Registration.objects.get().state == State.COMING
    assert "https://example.org/raum" in Mail.objects.latest("pk").text


def test_the_pages_of_registering_are_kept_nowhere(client: Client) -> None:
    person = ParticipantFactory()
    for path in (
        f"/termine/{person.event.slug}/anmelden/",
        f"/termine/{person.event.slug}/angemeldet/",
        f"/termine/anmeldung/{token(person)}/",
    ):
        assert "no-store" in client.get(path).headers["Cache-Control"]
    assert client.get(f"/termine/anmeldung/{token(person)}/").headers["Referrer-Policy"] == "no-referrer"


def test_registering_again_tells_nobody_who_is_registered(client: Client) -> None:
    person = ParticipantFactory(email="erika@example.org")
    first = register(client, person.event)
    other = register(client, person.event, email="other@example.org")
    assert (first.status_code, first.headers["Location"]) == (other.status_code, other.headers["Location"])
    assert Registration.objects.filter(email="erika@example.org").count() == 1


def test_nobodys_mailbox_is_filled_through_us(client: Client) -> None:
    event = EventFactory(with_registration=True)
    for _time in range(4):
        register(client, event)
    assert Mail.objects.count() == 1
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=16)):
        register(client, event)
    assert Mail.objects.count() == 2
    for _number in range(5):
        register(client, EventFactory(with_registration=True))
    assert Mail.objects.count() == 2 + registering.MOST_UNANSWERED - 1


def test_whoever_goes_on_asking_for_somebody_else_sends_ever_fewer_mails(client: Client) -> None:
    event = EventFactory(with_registration=True)
    begins = timezone.now()
    for number in range(96):
        with time_machine.travel(begins + number * dt.timedelta(minutes=15, seconds=1), tick=False):
            registering.register(event, **ASKED)
    # At once, and after about ¼, ½, 1, 2, 4, 8 and 16 hours of a day.
    assert Mail.objects.count() == 8


def test_one_address_registers_only_so_often(client: Client) -> None:
    event = EventFactory(with_registration=True)
    answers = [register(client, event, email=f"gast-{number}@example.org").status_code for number in range(22)]
    assert answers[:20] == [302] * 20
    assert 429 in answers[20:]


def test_who_comes_when_all_places_are_taken_waits_and_moves_up(client: Client) -> None:
    event = EventFactory(with_registration=True, capacity=1)
    first = ParticipantFactory(event=event)
    second, third = (ParticipantFactory(event=event, unconfirmed=True) for _number in range(2))
    assert registering.confirm(second).state == State.WAITING
    assert registering.confirm(third).state == State.WAITING
    assert "Nummer 2 auf der Liste" in client.get(f"/termine/anmeldung/{token(third)}/").content.decode()
    client.post(f"/termine/anmeldung/{token(first)}/", {"was": "abmelden"})
    assert not Registration.objects.filter(pk=first.pk).exists()
    second.refresh_from_db()
    third.refresh_from_db()
    assert (second.state, third.state) == (State.COMING, State.WAITING)
    moved = Mail.objects.filter(address=second.email).latest("pk")
    assert "Sie haben jetzt einen Platz" in moved.subject
    # Not compared letter by letter: a link carries the second at which it was made.
    assert read_token(link_of(moved).rstrip("/").rpartition("/")[2]) == second


def test_nobody_overtakes_those_who_wait() -> None:
    event = EventFactory(with_registration=True, capacity=1)
    ParticipantFactory(event=event, waits=True)
    late = ParticipantFactory(event=event, unconfirmed=True)
    assert registering.confirm(late).state == State.WAITING


def test_more_places_let_those_who_wait_move_up() -> None:
    event = EventFactory(with_registration=True, capacity=1)
    ParticipantFactory(event=event)
    waiting = [ParticipantFactory(event=event, waits=True) for _number in range(3)]
    event.capacity = 3
    actions.change(event, UserFactory(portal_team=True), actions.Parts())
    assert set(event.registrations.coming().values_list("pk", flat=True)) > {waiting[0].pk, waiting[1].pk}
    assert list(event.registrations.waiting()) == [waiting[2]]


def test_confirming_twice_changes_nothing() -> None:
    person = ParticipantFactory(unconfirmed=True)
    first = registering.confirm(person)
    again = registering.confirm(person)
    assert again.confirmed_at == first.confirmed_at
    assert Mail.objects.count() == 1


def test_a_link_confirms_nothing_once_the_event_is_cancelled(client: Client) -> None:
    person = ParticipantFactory(unconfirmed=True)
    Event.objects.update(state=Event.State.CANCELLED)
    page = client.post(f"/termine/anmeldung/{token(person)}/", {"was": "bestaetigen"}).content.decode()
    assert "geschlossen" in page
    with pytest.raises(EventError):
        registering.confirm(person)


def test_only_the_link_itself_opens_a_registration(client: Client) -> None:
    person = ParticipantFactory()
    good = token(person)
    for wrong in (good[:-1] + ("a" if good[-1] != "a" else "b"), "x", "a:b:c", good.replace(":", "")):
        assert client.get(f"/termine/anmeldung/{wrong}/").status_code == 404
    Registration.objects.update(secret="another")
    assert read_token(good) is None


def test_a_cancelled_link_says_that_the_data_is_deleted(client: Client) -> None:
    path = f"/termine/anmeldung/{token(ParticipantFactory())}/"
    assert "Daten sind gelöscht" in client.post(path, {"was": "abmelden"}, follow=True).content.decode()
    assert client.get(path).status_code == 404


def test_unconfirmed_data_is_deleted_after_two_days_with_the_mail_that_waits(client: Client) -> None:
    register(client, EventFactory(with_registration=True))
    with time_machine.travel(timezone.now() + dt.timedelta(hours=47)):
        registering.forget_old()
    assert Registration.objects.exists()
    with time_machine.travel(timezone.now() + dt.timedelta(hours=49)):
        registering.forget_old()
    assert not Registration.objects.exists()
    assert not Mail.objects.filter(address="erika@example.org").exists()


def test_thirty_days_after_the_event_only_the_number_remains() -> None:
    event = EventFactory(with_registration=True, starts_on=dt.date(2026, 3, 1), ends_on=dt.date(2026, 3, 2))
    ParticipantFactory(event=event)
    ParticipantFactory(event=event)
    ParticipantFactory(event=event, waits=True)
    registering.forget_old(dt.datetime(2026, 4, 1, 12, tzinfo=dt.UTC))
    assert event.registrations.count() == 3, "kept on the day that the form names"
    registering.forget_old(dt.datetime(2026, 4, 2, 12, tzinfo=dt.UTC))
    registering.forget_old(dt.datetime(2026, 4, 2, 13, tzinfo=dt.UTC))
    event.refresh_from_db()
    assert event.registrations.count() == 0
    assert event.participants == 2


def test_another_time_is_told_to_everybody_who_has_registered_and_to_nobody_else() -> None:
    event = EventFactory(with_registration=True, timed=True, capacity=1)
    coming, waiting = ParticipantFactory(event=event), ParticipantFactory(event=event, waits=True)
    ParticipantFactory(event=event, unconfirmed=True)
    author = MembershipFactory(organisation=event.organiser).user
    event.text = "Neuer Text"
    actions.change(event, author, actions.Parts())
    assert not Mail.objects.exists(), "a typo mended is no news"
    event.starts_at = dt.time(11)
    actions.change(event, author, actions.Parts())
    assert set(Mail.objects.values_list("address", flat=True)) == {coming.email, waiting.email}
    assert all("11:00" in mail.text for mail in Mail.objects.all())


def copy_for_threads(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests on SQLite keep their database in memory, where no second connection may write; so those of other threads
    get a copy in a file, opened as the embedded default opens its own."""
    if connection.vendor != "sqlite":
        return
    with closing(sqlite3.connect(file)) as copy:
        connection.connection.backup(copy)
    options = {"transaction_mode": "IMMEDIATE", "timeout": 60}
    monkeypatch.setitem(
        connections.settings, "default", {**connections.settings["default"], "NAME": str(file), "OPTIONS": options}
    )


@pytest.mark.django_db(transaction=True)
def test_two_at_once_for_the_last_place_never_both_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    event = EventFactory(with_registration=True, capacity=1)
    people = [ParticipantFactory(event=event, unconfirmed=True) for _number in range(4)]
    copy_for_threads(tmp_path / "copy.sqlite3", monkeypatch)
    together = threading.Barrier(len(people))

    def confirm(person: Registration) -> str:
        try:
            together.wait()
            return registering.confirm(person).state
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as threads:
        states = sorted(threads.map(confirm, people))
    assert states == [State.COMING, *[State.WAITING] * 3]
