"""Merging duplicates and taking that back. Each asks the policy, checks, writes and logs in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Revision

from austausch.catalogue.actions import RefusedError
from austausch.catalogue.adoption.changes import digest_of
from austausch.catalogue.adoption.fields import Value
from austausch.catalogue.merging import moving
from austausch.catalogue.merging.fields import EVERY, FIELDS, UNITED, united
from austausch.catalogue.models import Entry, EntryMerger
from austausch.core import generation
from austausch.core.policy import Action, policy

if TYPE_CHECKING:
    from austausch.people.models import User

# What is kept in a field: what the kept entry says, what the merged one says, or (lists) both.
KEPT, MERGED, BOTH = "kept", "merged", "both"


class MergerError(RefusedError):
    """They cannot become one, or not two again; the message says why and what to do."""


@transaction.atomic
def merge(merged: Entry, kept: Entry, user: User, *, choices: Mapping[str, str], seen: str) -> EntryMerger:
    """Makes `merged` part of `kept`: its address leads there, what hung on it hangs there.

    `choices`: field (a name in `FIELDS`) → KEPT, MERGED or BOTH; what is not named stays as `kept` says. Documents and
    contacts come along. `seen` is `digest` of what the person saw: nothing is written that nobody looked at.
    """
    rows = {row.pk: row for row in Entry.objects.select_for_update().filter(pk__in=[merged.pk, kept.pk])}
    merged, kept = rows[merged.pk], rows[kept.pk]
    policy.require(user, Action.PUBLISH, merged)
    policy.require(user, Action.PUBLISH, kept)
    _require_mergeable(merged, kept, user)
    if digest(merged, kept) != seen:
        raise MergerError(_("One of the two has changed meanwhile. Please look at them once more."))
    changes = _changes(merged, kept, choices)
    live = merged.live_revision if merged.live else None
    if merged.live:
        merged.unpublish(user=user)
    moved = moving.move(merged, kept)
    Entry.objects.filter(pk=merged.pk).update(merged_into=kept.pk)
    merger = EntryMerger(kept=kept, merged=merged, fields=changes, moved=moved, revision=live, made_by=user)
    merger.save()
    _write(kept, user, {name: change["after"] for name, change in changes.items()})
    log(instance=kept, action="austausch.merge", user=user, data={"merged": merged.title, "address": merged.slug})
    log(instance=merged, action="austausch.merged", user=user, data={"kept": kept.title, "address": kept.slug})
    generation.advance()
    return merger


@transaction.atomic
def undo(merger: EntryMerger, user: User) -> list[str]:
    """Makes two of them again; returns the names of fields that were edited since and stay as they are.

    What moved goes back as far as it is still there; what was written to the kept entry since stays with it.
    """
    row = EntryMerger.objects.select_for_update(of=("self",)).select_related("kept", "revision").get(pk=merger.pk)
    policy.require(user, Action.EDIT, row)
    if row.undone_at:
        raise MergerError(_("This has already been taken back."))
    kept, merged = row.kept, Entry.objects.select_for_update().get(pk=row.merged_id)
    if kept.merged_into_id:
        raise MergerError(
            _("“%(entry)s” has become part of another entry itself. Take that back first.") % {"entry": kept}
        )
    _require_settled(kept, user)
    Entry.objects.filter(pk=merged.pk).update(merged_into=None)
    row.undone_at, row.undone_by = timezone.now(), user
    row.save(update_fields=["undone_at", "undone_by"])
    moving.move_back(row.moved, merged, kept)
    present = kept.get_latest_revision_as_object()
    untouched = {name for name, change in row.fields.items() if EVERY[name].read(present) == change["after"]}
    _write(kept, user, {name: row.fields[name]["before"] for name in untouched})
    if row.revision is not None:
        _publish_again(row.revision, user)
    log(instance=kept, action="austausch.unmerge", user=user, data={"merged": merged.title})
    log(instance=merged, action="austausch.unmerge", user=user, data={"merged": merged.title})
    generation.advance()
    return [str(EVERY[name].label) for name in row.fields if name not in untouched]


def digest(merged: Entry, kept: Entry) -> str:
    """Of everything that two entries say and that a choice is made between."""
    versions = (merged.get_latest_revision_as_object(), kept.get_latest_revision_as_object())
    return digest_of([{name: field.read(one) for name, field in EVERY.items()} for one in versions])


def _changes(merged: Entry, kept: Entry, choices: Mapping[str, str]) -> dict[str, dict[str, Value]]:
    """Field → what it says before and after, for those that change."""
    one, other = kept.get_latest_revision_as_object(), merged.get_latest_revision_as_object()
    found = {}
    for name, field in EVERY.items():
        before, theirs = field.read(one), field.read(other)
        choice = BOTH if name in UNITED else choices.get(name, KEPT)
        if choice == BOTH and not isinstance(before, list):
            raise MergerError(_("“%(field)s” can say one thing only.") % {"field": field.label})
        after = {KEPT: before, MERGED: theirs}.get(choice) if choice != BOTH else united(before, theirs)
        if after == before:
            continue
        # As it is read once it is written: in what order words stand is not for us to say.
        field.write(one, after)
        after = field.read(one)
        if after != before:
            found[name] = {"before": before, "after": after}
    return found


def _require_mergeable(merged: Entry, kept: Entry, user: User) -> None:
    if merged.pk == kept.pk:
        raise MergerError(_("That is the same entry."))
    if not kept.live:
        raise MergerError(_("The entry that is kept must be published: the other one's address will lead there."))
    if moving.comes_from(kept, merged):
        raise MergerError(
            _("“%(kept)s” is a copy of “%(merged)s”. Keep the source.") % {"kept": kept, "merged": merged}
        )
    for entry in (merged, kept):
        _require_settled(entry, user)


def _require_settled(entry: Entry, user: User) -> None:
    """Nobody is working on it: no lock, no review, nothing that waits to be published."""
    lock = entry.get_lock()
    if lock and lock.for_user(user):
        raise MergerError(_("“%(entry)s” is locked: %(reason)s") % {"entry": entry, "reason": lock.get_locked_by(user)})
    if entry.workflow_in_progress:
        raise MergerError(_("“%(entry)s” is in review. Please wait for the decision.") % {"entry": entry})
    if entry.live and entry.has_unpublished_changes:
        raise MergerError(
            _("“%(entry)s” has changes that are not published. Publish or discard them first.") % {"entry": entry}
        )


def _write(entry: Entry, user: User, values: Mapping[str, Value]) -> None:
    """Into the entry, and to the public: it says what somebody has just chosen."""
    if not values:
        return
    row = Entry.objects.get(pk=entry.pk)
    version = row.get_latest_revision_as_object()
    for name, value in values.items():
        EVERY[name].write(version, value)
    try:
        version.full_clean()
    except ValidationError as error:
        raise MergerError(" ".join(error.messages)) from error
    version.save_revision(user=user, log_action=True).publish(user=user)


def _publish_again(revision: Revision, user: User) -> None:
    try:
        revision.publish(user=user)
    except ValidationError as error:
        raise MergerError(" ".join(error.messages)) from error


__all__ = ["BOTH", "FIELDS", "KEPT", "MERGED", "MergerError", "digest", "merge", "undo"]
