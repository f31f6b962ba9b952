"""One mail instead of many, for those who want that."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.core import mail as django_mail
from django.test import Client
from django.utils import timezone

from austausch.core import digest, editions, outbox
from austausch.core.digest import Choice
from austausch.core.models import Mail, MailRhythm
from austausch.people.models import User
from tests.factories import EntryFactory, UserFactory
from tests.killing import dies_everywhere, undone

pytestmark = pytest.mark.django_db
NEWS = outbox.Category(key="digest-news", label="Neuigkeiten")
OTHER = outbox.Category(key="digest-other", label="Anderes")
DUTY = outbox.Category(key="digest-duty", label="Pflicht", required=True)
LATE = outbox.Category(
    key="digest-late", label="Spät", write=lambda mail: outbox.Letter("Spät", mail.data["say"]) if mail.data else None
)
TEMPLATE = "core/test_digest.txt"


def next_week(days: int, hour: int) -> dt.datetime:
    monday = timezone.localdate() + dt.timedelta(days=7 - timezone.localdate().weekday())
    return timezone.make_aware(dt.datetime.combine(monday + dt.timedelta(days=days), dt.time(hour)))


# Wednesday of next week at noon, and what comes after it. In the future, because columns have their own clock.
NOON, THURSDAY, MONDAY = next_week(2, 12), next_week(3, 7), next_week(7, 7)


@pytest.fixture(autouse=True)
def _template(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "templates" / "core").mkdir(parents=True)
    (tmp_path / "templates" / TEMPLATE).write_text("Subject: Über {{ what }}\n\nGuten Tag,\n\nes geht um {{ what }}.\n")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path / "templates"]}]


@pytest.fixture
def user(monkeypatch: pytest.MonkeyPatch) -> User:
    monkeypatch.setattr(timezone, "now", lambda: NOON)
    person: User = UserFactory()
    return person


def at(monkeypatch: pytest.MonkeyPatch, moment: dt.datetime) -> None:
    monkeypatch.setattr(timezone, "now", lambda: moment)


def post(user: User, what: str, category: outbox.Category = NEWS, **values: Any) -> None:
    outbox.post(category=category, key=f"d:{what}", to=user, template=TEMPLATE, context={"what": what}, **values)


def morning(monkeypatch: pytest.MonkeyPatch, moment: dt.datetime) -> list[str]:
    """What goes out that morning."""
    at(monkeypatch, moment)
    django_mail.outbox.clear()
    digest.collect()
    outbox.deliver()
    return [str(message.body) for message in django_mail.outbox]


def test_who_says_nothing_gets_mails_at_once(user: User) -> None:
    post(user, "Wohnen")
    assert outbox.deliver() == 1


def test_a_day_is_one_mail_in_the_morning(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    digest.choose(user, {"digest-news": Choice.DAILY, "digest-other": Choice.DAILY})
    post(user, "Wohnen")
    post(user, "Schule", OTHER)
    assert outbox.deliver() == 0
    assert morning(monkeypatch, THURSDAY - dt.timedelta(minutes=1)) == []
    (said,) = morning(monkeypatch, THURSDAY)
    assert said.count("Guten Tag") == 1
    assert said.index("== Über Wohnen ==\n\nes geht um Wohnen.") < said.index("== Über Schule ==")
    assert "2 Nachrichten" in django_mail.outbox[0].subject
    assert morning(monkeypatch, MONDAY) == []
    assert {mail.text for mail in Mail.objects.all()} == {""}
    assert {mail.state for mail in Mail.objects.all()} == {Mail.State.SENT}


def test_a_week_waits_for_monday_and_each_kind_has_its_own_rhythm(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    digest.choose(user, {"digest-news": Choice.WEEKLY, "digest-other": Choice.DAILY})
    post(user, "Wohnen")
    post(user, "Schule", OTHER)
    assert "Wohnen" not in "".join(morning(monkeypatch, THURSDAY))
    (said,) = morning(monkeypatch, MONDAY)
    assert "Wohnen" in said
    assert "Schule" not in said


def test_what_is_posted_before_seven_is_in_the_mail_of_the_same_morning(monkeypatch: pytest.MonkeyPatch) -> None:
    early = THURSDAY - dt.timedelta(hours=2)
    assert editions.next_one("daily", early) == THURSDAY
    assert editions.next_one("weekly", MONDAY - dt.timedelta(hours=2)) == MONDAY
    assert editions.next_one("weekly", MONDAY) == MONDAY + dt.timedelta(days=7)


def test_the_clock_changes_and_seven_stays_seven() -> None:
    before = timezone.make_aware(dt.datetime(2026, 10, 24, 12))
    assert timezone.localtime(editions.next_one("daily", before)).hour == 7


def test_duties_are_never_held_back(user: User) -> None:
    MailRhythm.objects.create(user=user, category=DUTY.key, rhythm="weekly")
    post(user, "Zugang", DUTY)
    assert outbox.deliver() == 1


def test_a_collected_mail_names_only_what_may_be_seen_when_it_is_sent(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest.choose(user, {"digest-news": Choice.DAILY})
    entry = EntryFactory(published=True)
    post(user, "Wohnen", about=entry)
    post(user, "Schule")
    at(monkeypatch, THURSDAY)
    digest.collect()
    entry.unpublish()
    outbox.deliver()
    (message,) = django_mail.outbox
    assert "Wohnen" not in str(message.body)
    assert "Schule" in str(message.body)


def test_what_is_refused_meanwhile_is_left_out_and_an_empty_one_is_not_sent(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest.choose(user, {"digest-news": Choice.DAILY})
    post(user, "Wohnen")
    digest.choose(user, {"digest-news": Choice.NONE})
    assert morning(monkeypatch, THURSDAY) == []
    assert {mail.state for mail in Mail.objects.all()} == {Mail.State.DROPPED}


def test_who_wants_mails_at_once_again_gets_what_was_held(user: User) -> None:
    digest.choose(user, {"digest-news": Choice.WEEKLY})
    post(user, "Wohnen")
    assert outbox.deliver() == 0
    digest.choose(user, {"digest-news": Choice.AT_ONCE})
    assert outbox.deliver() == 1


def test_one_click_in_a_collected_mail_ends_all_kinds_in_it_and_another_brings_them_back(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest.choose(user, {"digest-news": Choice.DAILY})
    post(user, "Wohnen")
    morning(monkeypatch, THURSDAY)
    headers = django_mail.outbox[0].message()
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = headers["List-Unsubscribe"].strip("<>")
    Client().post(link, {"List-Unsubscribe": "One-Click"})
    assert digest.choices_of(user)["digest-news"] == Choice.NONE
    assert digest.choices_of(user)["digest-other"] == Choice.AT_ONCE
    post(user, "Schule")
    assert morning(monkeypatch, MONDAY) == []
    Client().post(link, {"again": "1"})
    assert digest.choices_of(user)["digest-news"] == Choice.DAILY


def test_who_chooses_collected_mails_after_ending_them_gets_them_again(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox.refuse(user.email, digest.DIGEST.key)
    digest.choose(user, {"digest-news": Choice.DAILY})
    post(user, "Wohnen")
    assert len(morning(monkeypatch, THURSDAY)) == 1


def test_a_mail_that_cannot_be_written_costs_no_other_one(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    outbox.commission(category=LATE, key="d:1", to=user, data={"wrong": 1})
    outbox.commission(category=LATE, key="d:2", to=user, data={"say": "Etwas"})
    outbox.commission(category=LATE, key="d:3", to=user, data={})
    assert outbox.deliver() == 1
    states = dict(Mail.objects.values_list("key", "state"))
    assert states == {"d:1": Mail.State.WAITING, "d:2": Mail.State.SENT, "d:3": Mail.State.DROPPED}


def test_a_late_mail_in_a_collected_one_is_written_with_it(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    digest.choose(user, {"digest-late": Choice.DAILY})
    outbox.commission(category=LATE, key="d:1", to=user, data={"say": "Etwas"})
    (said,) = morning(monkeypatch, THURSDAY)
    assert "== Spät ==\n\nEtwas" in said


def test_killed_at_any_statement_each_mail_is_collected_once(monkeypatch: pytest.MonkeyPatch, user: User) -> None:
    people = [user, UserFactory(), UserFactory()]
    for person in people:
        digest.choose(person, {"digest-news": Choice.DAILY})
        for what in ("Wohnen", "Schule"):
            post(person, f"{what} {person.pk}")

    def finish(step: int) -> None:
        with undone():
            digest.collect(THURSDAY)
            bundles = Mail.objects.filter(category=digest.DIGEST.key)
            assert sorted(bundle.parts.count() for bundle in bundles) == [2, 2, 2], f"killed at {step}"
            assert not Mail.objects.filter(state=Mail.State.HELD).exists()
            assert digest.collect(THURSDAY) == 0

    assert dies_everywhere(lambda: digest.collect(THURSDAY), finish) > 5
    django_mail.outbox.clear()
    at(monkeypatch, THURSDAY)
    outbox.deliver()
    assert sorted(message.to[0] for message in django_mail.outbox) == sorted(person.email for person in people)


def test_a_delivery_that_is_killed_anywhere_sends_a_collected_mail_once(
    user: User, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    settings.EMAIL_BACKEND = "austausch.core.mail_folder.FolderBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    digest.choose(user, {"digest-news": Choice.DAILY})
    for what in ("Wohnen", "Schule"):
        post(user, what)
    at(monkeypatch, THURSDAY)
    digest.collect()

    def again(step: int) -> None:
        # The file of a mail is no row of the database: it stays, whatever is undone.
        at(monkeypatch, THURSDAY + dt.timedelta(minutes=11 * (step + 1)))

    dies_everywhere(outbox.deliver, again)
    outbox.deliver()
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 1
    assert {mail.state for mail in Mail.objects.all()} == {Mail.State.SENT}


def test_what_somebody_has_refused_by_itself_does_not_come_back_with_the_others(user: User) -> None:
    digest.choose(user, {"digest-news": Choice.DAILY, "digest-other": Choice.DAILY})
    digest.choose(user, {"digest-other": Choice.NONE})
    outbox.refuse(user.email, digest.DIGEST.key)
    outbox.accept(user.email, digest.DIGEST.key)
    assert digest.choices_of(user)["digest-news"] == Choice.DAILY
    assert digest.choices_of(user)["digest-other"] == Choice.NONE


def test_the_link_for_mail_programs_is_one_readable_line_however_long_it_is(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    User.objects.filter(pk=user.pk).update(email=f"{'lang' * 15}@{'sehr-' * 10}lang.example.org")
    post(User.objects.get(pk=user.pk), "Wohnen")
    outbox.deliver()
    raw = django_mail.outbox[0].message().as_bytes().decode().replace("\n ", "")
    header = next(line for line in raw.splitlines() if line.startswith("List-Unsubscribe:"))
    link = header.partition("<")[2].rstrip(">").strip()
    assert "=?" not in header
    assert Client().get(link).status_code == 200
