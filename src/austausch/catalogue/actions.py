"""What editors do to entries. Each action asks the policy, checks, writes and logs in one transaction.

Actions get the row as it stands in the database (`Entry`), not one of its versions, and read it again under lock.
What cannot be done raises `RefusedError` with a reason that a person can act on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Revision, WorkflowState

from austausch.catalogue.models import EditorialComment, Entry, Topic
from austausch.catalogue.publication import tell_observers
from austausch.core.policy import Action, policy

if TYPE_CHECKING:
    from austausch.people.models import User


class RefusedError(Exception):
    """The action is not possible for this entry now; the message says why."""


@transaction.atomic
def submit(entry: Entry, user: User) -> None:
    """Asks the publishers to review the latest version."""
    entry = _locked(entry, user, Action.EDIT)
    if entry.workflow_in_progress:
        raise RefusedError(_("It is already in review."))
    if entry.live and not entry.has_unpublished_changes:
        raise RefusedError(_("It has no changes that could be reviewed."))
    _require_complete(entry)
    if not entry.latest_revision:
        entry.save_revision(user=user, log_action=True)
    state = entry.current_workflow_state
    if state and state.status == WorkflowState.STATUS_NEEDS_CHANGES:
        state.resume(user)
        return
    workflow = entry.get_workflow()
    if workflow is None:
        raise RefusedError(_("There is no workflow. Please tell the portal team."))
    workflow.start(entry, user)


@transaction.atomic
def publish(entry: Entry, user: User) -> None:
    """Makes the latest version public, or schedules it where it has a date of publication."""
    entry = _locked(entry, user, Action.PUBLISH)
    if entry.live and not entry.has_unpublished_changes:
        raise RefusedError(_("It has no changes that could be published."))
    _require_complete(entry)
    revision = entry.get_latest_revision() or entry.save_revision(user=user)
    revision.publish(user=user)


@transaction.atomic
def withdraw(entry: Entry, user: User) -> None:
    """Takes the page of the entry off the portal. What was printed then leads nowhere: rather archive."""
    entry = _locked(entry, user, Action.PUBLISH)
    if not entry.live:
        raise RefusedError(_("It is not published."))
    entry.unpublish(user=user)


@transaction.atomic
def archive(entry: Entry, user: User, reason: str = "") -> None:
    """Takes a published entry out of lists and search. Its page stays, and says that it is archived."""
    entry = _locked(entry, user, Action.ARCHIVE)
    if not entry.live:
        raise RefusedError(_("Only what is published can be archived. A draft is deleted."))
    if entry.archived_on:
        raise RefusedError(_("It is already archived."))
    _write(entry, archived_on=timezone.localdate())
    log(instance=entry, action="austausch.archive", user=user, data={"reason": reason.strip()})


@transaction.atomic
def restore(entry: Entry, user: User) -> None:
    """Puts an archived entry back into lists and search."""
    entry = _locked(entry, user, Action.ARCHIVE)
    if not entry.archived_on:
        raise RefusedError(_("It is not archived."))
    _write(entry, archived_on=None)
    log(instance=entry, action="austausch.restore", user=user)


@transaction.atomic
def confirm_checked(entry: Entry, user: User, today: dt.date | None = None) -> None:
    """Notes that somebody read the entry today and that it is still right."""
    entry = _locked(entry, user, Action.EDIT)
    _write(entry, checked_on=today or timezone.localdate(), checked_by=str(user)[:150])
    log(instance=entry, action="austausch.check", user=user)


@transaction.atomic
def add_topics(entry: Entry, user: User, topics: Iterable[Topic]) -> None:
    """Files the latest version under more topics. A published entry shows them with its next publication."""
    entry = _locked(entry, user, Action.EDIT)
    version = entry.get_latest_revision_as_object()
    known = set(version.topics.all())
    new = [topic for topic in topics if topic not in known]
    if not new:
        raise RefusedError(_("It already has these topics."))
    version.topics.add(*new)
    if not entry.live:
        version.save()
    version.save_revision(user=user, log_action=True)


@transaction.atomic
def delete(entry: Entry, user: User) -> None:
    """Deletes a draft. One that others have taken over stays, withdrawn: theirs names it as its source."""
    entry = _locked(entry, user, Action.DELETE)
    if entry.adoptions.exists() or entry.line.exists() or entry.mergers.exists() or entry.merged_in.exists():
        raise RefusedError(_("Others have taken it over, or it was merged with another entry. It stays withdrawn."))
    log(instance=entry, action="wagtail.delete", user=user, deleted=True)
    entry.delete()


@transaction.atomic
def comment(entry: Entry, user: User, text: str, field: str = "") -> EditorialComment:
    """Leaves a note for the other editors of an entry, about one of its fields or the whole."""
    policy.require(user, Action.EDIT, entry)
    note = EditorialComment(entry=entry, author=user, text=text.strip(), field=field)
    note.full_clean(exclude=["resolved_at", "resolved_by"])
    note.save()
    return note


@transaction.atomic
def resolve(note: EditorialComment, user: User) -> None:
    """Notes that a comment is dealt with. A second time changes nothing."""
    policy.require(user, Action.EDIT, note)
    EditorialComment.objects.filter(pk=note.pk, resolved_at=None).update(resolved_at=timezone.now(), resolved_by=user)


def _locked(entry: Entry, user: User, action: Action) -> Entry:
    """The row under lock, after asking policy and Wagtail's locks."""
    row = Entry.objects.select_for_update().get(pk=entry.pk)
    policy.require(user, action, row)
    lock = row.get_lock()
    if lock and lock.for_user(user):
        raise RefusedError(_("It is locked: %(reason)s") % {"reason": lock.get_locked_by(user)})
    return row


def _require_complete(entry: Entry) -> None:
    try:
        entry.get_latest_revision_as_object().full_clean()
    except ValidationError as error:
        names = [str(Entry._meta.get_field(name).verbose_name) for name in error.message_dict if name != "__all__"]
        what = ", ".join(names) or " ".join(error.messages)
        raise RefusedError(_("It is not complete: %(what)s") % {"what": what}) from error


def _write(entry: Entry, **values: Any) -> None:
    """Writes fields that are not part of what is reviewed: into the row and into the versions still to be published."""
    for name, value in values.items():
        setattr(entry, name, value)
    entry.save(update_fields=list(values))
    pending = Q(approved_go_live_at__isnull=False) | Q(pk=entry.latest_revision_id)
    for revision in entry.revisions.filter(pending):
        _write_revision(revision, values)
    tell_observers([entry.pk])


def _write_revision(revision: Revision, values: dict[str, Any]) -> None:
    for name, value in values.items():
        revision.content[name] = value.isoformat() if isinstance(value, dt.date) else value
    revision.save(update_fields=["content"])
