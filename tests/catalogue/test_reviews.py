"""Who is reminded that an entry is due for a check, when, and that one click ends it."""

from __future__ import annotations

import datetime as dt
from importlib import import_module
from itertools import pairwise
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from austausch.catalogue import actions, reviews
from austausch.catalogue.models import Entry, Kind, ReviewInterval, ReviewReminder, ReviewRun
from austausch.core import outbox
from austausch.core.models import Mail
from austausch.people.models import Membership, Organisation, User
from tests.factories import EntryFactory, MembershipFactory, OrganisationFactory, UserFactory
from tests.killing import dies_everywhere, undone

pytestmark = pytest.mark.django_db

Role = Membership.Role
Stage = ReviewReminder.Stage
# A Monday, later than anything in the catalogue's migrations.
MONDAY = dt.datetime(2027, 3, 1, 9, 0, tzinfo=dt.UTC)
WEEK = dt.timedelta(weeks=1)


@pytest.fixture
def town() -> Organisation:
    return OrganisationFactory(name="Musterstadt")


def member(town: Organisation, role: Role, **fields: Any) -> User:
    return MembershipFactory(organisation=town, role=role, user=UserFactory(**fields)).user


def due(town: Organisation, published_at: dt.datetime = MONDAY - 52 * WEEK, **fields: Any) -> Entry:
    entry: Entry = EntryFactory(lead=town, published=True, **fields)
    Entry.objects.filter(pk=entry.pk).update(first_published_at=published_at)
    return entry


def mails() -> list[tuple[str, str]]:
    """Recipient and text of what was posted, in order."""
    return [(mail.user.email if mail.user else mail.address, mail.text) for mail in Mail.objects.order_by("pk")]


def recipients() -> set[str]:
    return {address for address, _text in mails()}


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


# ── When ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_interval_of_the_kind_counts_unless_the_entry_has_its_own() -> None:
    ReviewInterval.objects.create(kind=Kind.EVENT, months=3)
    today, checked = dt.date(2026, 6, 1), dt.date(2026, 2, 1)
    quick = EntryFactory(kind=Kind.EVENT, checked_on=checked, live=True)
    usual = EntryFactory(kind=Kind.NETWORK, checked_on=checked, live=True)
    own = EntryFactory(kind=Kind.EVENT, checked_on=checked, review_every_months=6, live=True)
    assert [quick.review_due_on, usual.review_due_on, own.review_due_on] == [
        dt.date(2026, 5, 1),
        dt.date(2027, 2, 1),
        dt.date(2026, 8, 1),
    ]
    assert list(Entry.objects.due_for_check(today)) == [quick]


def test_twelve_months_that_nobody_chose_follow_the_kind_from_now_on() -> None:
    usual, own = (EntryFactory(published=True, review_every_months=months) for months in (12, 6))
    usual.title = "Neue Fassung"
    usual.save_revision()
    migration = import_module("austausch.catalogue.migrations.0004_trust")
    migration.twelve_was_nobodys_choice(apps, None)
    for entry, months in ((usual, None), (own, 6)):
        entry.refresh_from_db()
        assert entry.review_every_months == months
        entry.get_latest_revision().publish()
        assert Entry.objects.get(pk=entry.pk).review_every_months == months


def test_what_was_published_lately_needs_no_reminder_yet(town: Organisation) -> None:
    author = member(town, Role.AUTHOR)
    due(town, published_at=MONDAY - WEEK)
    assert reviews.remind(MONDAY) == 0
    assert reviews.remind(MONDAY + 3 * WEEK) == 1
    assert recipients() == {author.email}


def test_only_the_portal_team_sets_the_intervals(town: Organisation) -> None:
    address = "/verwaltung/pruefabstaende/"
    months = dict.fromkeys(Kind.values, "24")
    assert signed_in(member(town, Role.ADMINISTRATOR)).post(address, months).status_code == 403
    team = signed_in(UserFactory(portal_team=True))
    answer = team.post(address, {**months, "event": "0"})
    assert answer.status_code == 200
    assert not ReviewInterval.objects.exists()
    assert team.post(address, {**months, "event": "3"}).status_code == 302
    assert EntryFactory(kind=Kind.EVENT).review_months == 3
    assert EntryFactory(kind=Kind.LAW).review_months == 24


# ── Who ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_everybody_who_writes_for_the_body_gets_one_mail_with_all_that_is_due(town: Organisation) -> None:
    other = OrganisationFactory()
    author, publisher = member(town, Role.AUTHOR), member(town, Role.PUBLISHER)
    MembershipFactory(user=author, organisation=other, role=Role.PUBLISHER)
    for nobody in (member(town, Role.READER), member(town, Role.ADMINISTRATOR), UserFactory(portal_team=True)):
        assert nobody.is_active
    member(town, Role.AUTHOR, is_active=False)
    titles = ["Lotsen im Quartier", "Mietberatung", "Gemeinsame Begehung"]
    for title, lead in zip(titles, (town, town, other), strict=True):
        due(lead, title=title)
    EntryFactory(lead=town, title="Entwurf")
    assert reviews.remind(MONDAY) == 2
    texts = dict(mails())
    assert set(texts) == {author.email, publisher.email}
    assert all(title in texts[author.email] for title in titles)
    assert titles[2] not in texts[publisher.email]
    assert "Entwurf" not in texts[author.email]
    assert "/netz/pruefung/" in texts[author.email]


def test_nobody_is_written_to_twice_in_a_week_nor_at_night(town: Organisation) -> None:
    member(town, Role.AUTHOR)
    due(town)
    night = MONDAY.replace(hour=3)
    last_week = night - WEEK
    ReviewRun.objects.create(week=last_week.date())
    assert reviews.remind(night) == 0
    assert reviews.remind(MONDAY) == 1
    due(town)
    assert reviews.remind(MONDAY + dt.timedelta(days=6)) == 0
    assert reviews.remind(MONDAY + WEEK) == 1
    assert Mail.objects.count() == 2


def test_it_goes_up_one_stage_after_at_least_25_days_and_then_ends(town: Organisation) -> None:
    author, chief, team = (
        member(town, Role.AUTHOR),
        member(town, Role.ADMINISTRATOR),
        UserFactory(portal_team=True),
    )
    entry = due(town)
    told: list[tuple[dt.date, str]] = []
    for week in range(30):
        Mail.objects.all().delete()
        reviews.remind(MONDAY + week * WEEK)
        told += [((MONDAY + week * WEEK).date(), address) for address in recipients()]
    assert [address for _day, address in told] == [author.email, chief.email, team.email]
    days = [day for day, _address in told]
    assert all(later - earlier >= dt.timedelta(days=25) for earlier, later in pairwise(days))
    assert entry.review_reminder.stage == Stage.PORTAL_TEAM


def test_a_stage_with_nobody_who_wants_such_mails_is_passed_over_at_once(town: Organisation) -> None:
    author, team = member(town, Role.AUTHOR), UserFactory(portal_team=True)
    outbox.refuse(author.email, reviews.REVIEW.key)
    due(town)
    reviews.remind(MONDAY)
    assert recipients() == {team.email}


def test_a_check_ends_it_and_a_year_later_it_begins_again_with_those_who_write(town: Organisation) -> None:
    author, chief = member(town, Role.AUTHOR), member(town, Role.ADMINISTRATOR)
    entry = due(town)
    reviews.remind(MONDAY)
    checked = (MONDAY + WEEK).date()
    actions.confirm_checked(entry, author, today=checked)
    Mail.objects.all().delete()
    for week in range(5, 50):
        reviews.remind(MONDAY + week * WEEK)
    assert not mails()
    assert not ReviewReminder.objects.exists()
    reviews.remind(MONDAY + 54 * WEEK)
    assert recipients() == {author.email}
    assert chief.email not in recipients()


def test_a_reminder_older_than_the_check_does_not_count_even_if_no_run_noticed_the_check(town: Organisation) -> None:
    author = member(town, Role.AUTHOR)
    entry = due(town)
    reviews.remind(MONDAY)
    actions.confirm_checked(entry, author, today=MONDAY.date())
    Mail.objects.all().delete()
    reviews.remind(MONDAY + 60 * WEEK)
    assert recipients() == {author.email}


def test_a_mail_names_only_as_many_as_can_be_read_and_links_to_all(
    town: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reviews, "MOST_IN_MAIL", 2)
    member(town, Role.AUTHOR)
    for number in range(5):
        due(town, title=f"Angebot {number}")
    reviews.remind(MONDAY)
    ((_address, text),) = mails()
    assert text.count("Angebot") == 2
    assert "3 weitere" in text
    assert "/netz/pruefung/\n" in text


# ── Killed ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_whoever_dies_anywhere_in_a_run_loses_nothing_and_sends_nothing_twice(town: Organisation) -> None:
    author, chief = member(town, Role.AUTHOR), member(town, Role.ADMINISTRATOR)
    lonely = OrganisationFactory()
    team = UserFactory(portal_team=True)
    due(town, title="Erstes")
    due(town, title="Zweites")
    due(lonely, title="Ohne Zuständige")
    late = due(town, title="Schon erinnert")
    ReviewReminder.objects.create(entry=late, stage=Stage.EDITORS, sent_on=MONDAY.date() - dt.timedelta(days=30))
    expected = {author.email: 2, chief.email: 1, team.email: 1}

    def finish(step: int) -> None:
        with undone():
            reviews.remind(MONDAY)
            told = mails()
            assert len(told) == 3, f"killed at {step}"
            assert {address: text.count("  http") for address, text in told} == expected, f"killed at {step}"
            assert ReviewReminder.objects.count() == 4
            assert reviews.remind(MONDAY) == 0

    places = dies_everywhere(lambda: reviews.remind(MONDAY), finish)
    assert places > 10
    assert {address: text.count("  http") for address, text in mails()} == expected


# ── One click ───────────────────────────────────────────────────────────────────────────────────────────────


def test_still_right_is_one_click_from_the_mail_without_an_edit(town: Organisation) -> None:
    author = member(town, Role.AUTHOR, name="Erika Muster")
    entry = due(town)
    address = f"/netz/pruefung/{entry.slug}/"
    client = signed_in(author)
    assert f"/netz/pruefung/{entry.slug}/" in client.get("/netz/").content.decode()
    assert entry.title in client.get("/netz/pruefung/").content.decode()
    versions = entry.revisions.count()
    assert client.get(address).status_code == 200
    answer = client.post(address, follow=True)
    assert entry.title in answer.content.decode()
    entry.refresh_from_db()
    assert (entry.checked_on, entry.checked_by) == (timezone.localdate(), "Erika Muster")
    assert entry.revisions.count() == versions
    assert entry.slug not in Client().get("/netz/pruefung/", follow=True).content.decode()


@pytest.mark.parametrize("role", [None, Role.READER, Role.AUTHOR])
def test_nobody_else_can_say_so(town: Organisation, role: Role | None) -> None:
    entry = due(town, title="Fremdes Angebot")
    user = UserFactory()
    if role:
        MembershipFactory(user=user, role=role, organisation=town if role is Role.READER else OrganisationFactory())
    client = signed_in(user)
    address = f"/netz/pruefung/{entry.slug}/"
    assert client.get(address).status_code == 404
    assert client.post(address).status_code == 404
    assert "Fremdes Angebot" not in client.get("/netz/pruefung/").content.decode()
    assert Entry.objects.get().checked_on is None


def test_a_visitor_signs_in_first_and_a_draft_cannot_be_confirmed(town: Organisation) -> None:
    entry = due(town)
    answer = Client().post(f"/netz/pruefung/{entry.slug}/")
    assert answer.status_code == 302
    assert "next=/netz/pruefung/" in answer["Location"]
    draft = EntryFactory(lead=town)
    assert signed_in(member(town, Role.PUBLISHER)).get(f"/netz/pruefung/{draft.slug}/").status_code == 404


def test_the_page_offers_the_check_to_those_who_keep_it_and_tells_everybody_when_it_was(town: Organisation) -> None:
    entry = due(town, checked_on=dt.date(2026, 1, 15))
    link = f"/netz/pruefung/{entry.slug}/"
    assert link in signed_in(member(town, Role.AUTHOR)).get(entry.get_absolute_url()).content.decode()
    public = Client().get(entry.get_absolute_url()).content.decode()
    assert link not in public
    assert "15. Januar 2026" in public
    assert link not in signed_in(UserFactory()).get(entry.get_absolute_url()).content.decode()
    assert "15. Januar 2026" in Client().get("/massnahmen/").content.decode()
