"""Each step of an entry's life: refused first, then done; the index is told, the history says who."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.utils import timezone
from wagtail.models import ModelLogEntry, TaskState

from austausch.catalogue import actions, publication, workflow
from austausch.catalogue.models import Entry
from austausch.catalogue.queries import latest_check_now_due
from austausch.people.models import Membership, Organisation, User
from tests.factories import EntryFactory, MembershipFactory, OrganisationFactory, TopicFactory, UserFactory

pytestmark = pytest.mark.django_db

Role = Membership.Role


@pytest.fixture(autouse=True)
def _workflow() -> None:
    workflow.ensure_workflow()


@pytest.fixture
def town() -> Organisation:
    return OrganisationFactory()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Entries that observers heard of."""
    heard: list[int] = []
    monkeypatch.setattr(publication, "_observers", [*publication._observers, heard.extend])
    return heard


def member(town: Organisation, role: Role) -> User:
    return MembershipFactory(organisation=town, role=role).user


def logged(entry: Entry) -> list[str]:
    kind = ContentType.objects.get_for_model(Entry)
    return list(
        ModelLogEntry.objects.filter(content_type=kind, object_id=str(entry.pk)).values_list("action", flat=True)
    )


def changed(entry: Entry, **values: object) -> Entry:
    """The entry with an unpublished version."""
    for name, value in values.items():
        setattr(entry, name, value)
    entry.save_revision()
    return Entry.objects.get(pk=entry.pk)


@pytest.mark.parametrize("act", [actions.submit, actions.publish, actions.withdraw, actions.archive, actions.restore,
                                 actions.confirm_checked, actions.delete])  # fmt: skip
def test_nobody_acts_on_another_towns_entry(town: Organisation, act: object) -> None:
    stranger = member(OrganisationFactory(), Role.ADMINISTRATOR)
    with pytest.raises(PermissionDenied):
        act(EntryFactory(lead=town), stranger)  # type: ignore[operator]


@pytest.mark.parametrize("act", [actions.publish, actions.withdraw, actions.archive, actions.restore, actions.delete])
def test_an_author_writes_but_does_not_publish_archive_or_delete(town: Organisation, act: object) -> None:
    with pytest.raises(PermissionDenied):
        act(EntryFactory(lead=town), member(town, Role.AUTHOR))  # type: ignore[operator]


def test_a_draft_is_deleted_and_not_archived(town: Organisation) -> None:
    publisher, entry = member(town, Role.PUBLISHER), EntryFactory(lead=town)
    with pytest.raises(actions.RefusedError, match=r"archiviert|archived"):
        actions.archive(entry, publisher)
    actions.delete(entry, publisher)
    assert not Entry.objects.exists()


def test_a_published_entry_is_never_deleted(town: Organisation) -> None:
    with pytest.raises(PermissionDenied):
        actions.delete(EntryFactory(lead=town, published=True), member(town, Role.PUBLISHER))


def test_archiving_keeps_the_page_tells_the_index_and_notes_the_reason(town: Organisation, told: list[int]) -> None:
    publisher, entry = member(town, Role.PUBLISHER), EntryFactory(lead=town, published=True)
    told.clear()
    actions.archive(entry, publisher, "ausgelaufen")
    entry = Entry.objects.get(pk=entry.pk)
    assert entry.live
    assert entry.archived_on == timezone.localdate()
    assert told == [entry.pk]
    assert ModelLogEntry.objects.get(action="austausch.archive").data == {"reason": "ausgelaufen"}
    with pytest.raises(actions.RefusedError):
        actions.archive(entry, publisher)


def test_publishing_a_version_from_before_does_not_bring_an_entry_back_from_the_archive(town: Organisation) -> None:
    publisher, entry = member(town, Role.PUBLISHER), EntryFactory(lead=town, published=True)
    entry = changed(entry, title="Neu")
    actions.archive(entry, publisher)
    actions.publish(entry, publisher)
    entry = Entry.objects.get(pk=entry.pk)
    assert (entry.title, entry.archived_on) == ("Neu", timezone.localdate())
    actions.restore(entry, publisher)
    assert Entry.objects.get(pk=entry.pk).archived_on is None


def test_checked_shows_at_once_and_survives_the_next_publication(town: Organisation) -> None:
    author, entry = member(town, Role.AUTHOR), EntryFactory(lead=town, published=True)
    entry = changed(entry, title="Neu")
    actions.confirm_checked(entry, author)
    assert Entry.objects.get(pk=entry.pk).checked_by == author.name
    actions.publish(entry, member(town, Role.PUBLISHER))
    entry = Entry.objects.get(pk=entry.pk)
    assert (entry.title, entry.checked_on, entry.checked_by) == ("Neu", timezone.localdate(), author.name)


def test_an_incomplete_draft_is_neither_submitted_nor_published_and_the_reason_names_the_field(
    town: Organisation,
) -> None:
    entry = EntryFactory(lead=town, kind="")
    for act, role in ((actions.submit, Role.AUTHOR), (actions.publish, Role.PUBLISHER)):
        with pytest.raises(actions.RefusedError, match=r"Art|kind"):
            act(entry, member(town, role))


def test_what_one_submits_another_approves_and_it_is_published(town: Organisation, told: list[int]) -> None:
    entry, author, publisher = EntryFactory(lead=town), member(town, Role.AUTHOR), member(town, Role.PUBLISHER)
    actions.submit(entry, author)
    state = workflow.waiting_for(publisher).get()
    assert not workflow.waiting_for(author).exists()
    assert not workflow.waiting_for(member(OrganisationFactory(), Role.PUBLISHER)).exists()
    assert state.task.specific.get_actions(entry, author) == []
    state.task.specific.on_action(state, publisher, "approve")
    assert Entry.objects.get(pk=entry.pk).live
    assert entry.pk in told
    assert "wagtail.workflow.approve" in logged(entry)
    assert "wagtail.publish" in logged(entry)


@pytest.mark.parametrize("portal_team", [False, True])
def test_nobody_approves_what_they_submitted_themselves(town: Organisation, portal_team: bool) -> None:
    entry = EntryFactory(lead=town)
    publisher = UserFactory(portal_team=True) if portal_team else member(town, Role.PUBLISHER)
    actions.submit(entry, publisher)
    assert not workflow.waiting_for(publisher).exists()
    assert TaskState.objects.get().task.specific.get_actions(Entry.objects.get(pk=entry.pk), publisher) == []
    assert workflow.waiting_for(member(town, Role.PUBLISHER)).count() == 1


def test_in_review_an_author_cannot_change_the_entry_and_not_submit_it_again(town: Organisation) -> None:
    entry, author = EntryFactory(lead=town), member(town, Role.AUTHOR)
    actions.submit(entry, author)
    for act in (actions.submit, actions.confirm_checked):
        with pytest.raises(actions.RefusedError):
            act(entry, author)


def test_what_was_sent_back_is_submitted_again(town: Organisation) -> None:
    entry, author, publisher = EntryFactory(lead=town), member(town, Role.AUTHOR), member(town, Role.PUBLISHER)
    actions.submit(entry, author)
    state = workflow.waiting_for(publisher).get()
    state.task.specific.on_action(state, publisher, "reject", comment="Bitte die Quelle nennen.")
    assert list(workflow.to_be_changed(author)) == [entry]
    actions.submit(entry, author)
    assert workflow.waiting_for(publisher).count() == 1


def test_topics_come_on_top_and_stay_unpublished_until_the_next_publication(town: Organisation) -> None:
    old, new = TopicFactory(), TopicFactory()
    entry = EntryFactory(lead=town, topics=[old], published=True)
    author = member(town, Role.AUTHOR)
    actions.add_topics(entry, author, [new])
    assert set(Entry.objects.get(pk=entry.pk).topics.all()) == {old}
    actions.publish(entry, member(town, Role.PUBLISHER))
    assert set(Entry.objects.get(pk=entry.pk).topics.all()) == {old, new}
    with pytest.raises(actions.RefusedError):
        actions.add_topics(entry, author, [new])


def test_a_scheduled_version_goes_live_and_expires_by_the_clock_and_the_index_hears_of_both(
    town: Organisation, told: list[int]
) -> None:
    entry = EntryFactory(lead=town)
    soon = timezone.now() + dt.timedelta(hours=1)
    entry.go_live_at = soon
    revision = entry.save_revision()
    actions.publish(entry, member(town, Role.PUBLISHER))
    assert not Entry.objects.get(pk=entry.pk).live
    past = timezone.now() - dt.timedelta(minutes=1)
    revision.refresh_from_db()
    revision.content["go_live_at"] = past.isoformat()
    revision.approved_go_live_at = past
    revision.save()
    told.clear()
    call_command("publish_scheduled", verbosity=0)
    assert Entry.objects.get(pk=entry.pk).live
    assert told == [entry.pk]
    Entry.objects.filter(pk=entry.pk).update(expire_at=past)
    call_command("publish_scheduled", verbosity=0)
    assert not Entry.objects.get(pk=entry.pk).live
    assert told == [entry.pk, entry.pk]


def test_a_comment_needs_a_text_and_can_be_settled_once(town: Organisation) -> None:
    entry, author, publisher = EntryFactory(lead=town), member(town, Role.AUTHOR), member(town, Role.PUBLISHER)
    with pytest.raises(ValidationError):
        actions.comment(entry, author, "   ")
    with pytest.raises(PermissionDenied):
        actions.comment(entry, member(OrganisationFactory(), Role.PUBLISHER), "Hallo")
    note = actions.comment(entry, author, "Quelle?", "goals")
    actions.resolve(note, publisher)
    actions.resolve(note, author)
    note.refresh_from_db()
    assert note.resolved_by == publisher


def test_the_workflow_is_made_once() -> None:
    assert workflow.ensure_workflow() == workflow.ensure_workflow()


def test_due_for_a_check_in_the_database_is_the_same_as_on_the_entry() -> None:
    day = dt.date(2024, 1, 27)
    while day < dt.date(2024, 4, 2):
        for months in (1, 11, 12, 13):
            latest = latest_check_now_due(months, day)
            due = Entry(checked_on=latest, review_every_months=months).review_due_on
            after = Entry(checked_on=latest + dt.timedelta(days=1), review_every_months=months).review_due_on
            assert due is not None
            assert after is not None
            assert due <= day < after, (day, months)
        day += dt.timedelta(days=1)
