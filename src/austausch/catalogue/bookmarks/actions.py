"""What people do with their lists. Each action asks the policy, checks and writes in one transaction."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from austausch.catalogue.actions import RefusedError
from austausch.catalogue.models import Bookmark, BookmarkList, Entry
from austausch.core.policy import Action, policy

if TYPE_CHECKING:
    from austausch.people.models import User

MOST_LISTS = 50
# As many as the exports take.
MOST_ENTRIES = 200


class BookmarkError(RefusedError):
    """It cannot be done; the message says why."""


@transaction.atomic
def make_list(user: User, name: str) -> BookmarkList:
    policy.require(user, Action.CREATE, BookmarkList)
    if BookmarkList.objects.filter(owner=user).count() >= MOST_LISTS:
        raise BookmarkError(_("You have %(most)s lists. Delete one first.") % {"most": MOST_LISTS})
    made = BookmarkList(owner=user, name=" ".join(name.split()))
    made.full_clean(exclude=["share_key"])
    made.save()
    return made


@transaction.atomic
def rename(kept: BookmarkList, user: User, name: str) -> None:
    row = _own(kept, user)
    row.name = " ".join(name.split())
    row.full_clean(exclude=["share_key"])
    row.save(update_fields=["name"])


@transaction.atomic
def delete(kept: BookmarkList, user: User) -> None:
    _own(kept, user, Action.DELETE).delete()


@transaction.atomic
def add(kept: BookmarkList, user: User, entry: Entry, note: str = "") -> Bookmark:
    """Puts an entry at the end of a list; a second time changes its note if one is given."""
    row = _own(kept, user)
    policy.require(user, Action.VIEW, entry)
    found = row.bookmarks.filter(entry=entry).first()
    if found is None:
        if row.bookmarks.count() >= MOST_ENTRIES:
            raise BookmarkError(_("The list is full: %(most)s measures.") % {"most": MOST_ENTRIES})
        last = row.bookmarks.aggregate(last=Max("position"))["last"] or 0
        found = Bookmark(list=row, entry=entry, title=entry.title, position=last + 1)
    found.note = note.strip() or found.note
    found.clean_fields()
    found.save()
    return found


@transaction.atomic
def remove(bookmark: Bookmark, user: User) -> None:
    _own(bookmark.list, user)
    bookmark.delete()


@transaction.atomic
def annotate(bookmark: Bookmark, user: User, note: str) -> None:
    _own(bookmark.list, user)
    bookmark.note = note.strip()
    bookmark.clean_fields()
    bookmark.save(update_fields=["note"])


@transaction.atomic
def move_up(bookmark: Bookmark, user: User) -> None:
    """Before the one that stands before it; the first stays the first."""
    row = _own(bookmark.list, user)
    ordered = list(row.bookmarks.all())
    at = next(number for number, one in enumerate(ordered) if one.pk == bookmark.pk)
    if at:
        ordered[at - 1], ordered[at] = ordered[at], ordered[at - 1]
    for number, one in enumerate(ordered, start=1):
        one.position = number
    Bookmark.objects.bulk_update(ordered, ["position"])


@transaction.atomic
def share(kept: BookmarkList, user: User) -> None:
    """Makes a link. A second time changes nothing."""
    row = _own(kept, user)
    if row.share_key is None:
        row.share_key = secrets.token_urlsafe(16)
        row.save(update_fields=["share_key"])


@transaction.atomic
def unshare(kept: BookmarkList, user: User) -> None:
    """The link leads nowhere any more; sharing again makes another one."""
    row = _own(kept, user)
    row.share_key = None
    row.save(update_fields=["share_key"])


def _own(kept: BookmarkList, user: User, action: Action = Action.EDIT) -> BookmarkList:
    row = BookmarkList.objects.select_for_update().get(pk=kept.pk)
    policy.require(user, action, row)
    return row
