"""What people do with their saved searches. Each action asks the policy and is one transaction."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from austausch.core.policy import Action, policy
from austausch.search.models import Edition, SavedSearch

if TYPE_CHECKING:
    from austausch.people.models import User
    from austausch.search.asking import Query

MOST = 50
LONGEST = 2000
BEFORE_ALL = dt.date(2000, 1, 1)
Rhythm = SavedSearch.Rhythm


class SavedSearchError(Exception):
    """It cannot be done; the message says what to do."""


class AlreadySavedError(SavedSearchError):
    """The person keeps this search already, as `search`."""

    def __init__(self, search: SavedSearch) -> None:
        super().__init__(_("You have saved this search already, as “%(name)s”.") % {"name": search.name})
        self.search = search


@transaction.atomic
def save(
    user: User, *, query: Query, name: str, rhythm: str = Rhythm.WEEKLY, instead_of: SavedSearch | None = None
) -> SavedSearch:
    """Keeps a search, as one more or instead of another of the user's. `query` as `Hits` has settled it.

    Raises SavedSearchError.
    """
    params = query.params()
    if len(params) > LONGEST:
        raise SavedSearchError(_("This search has too many filters to be saved. Please choose fewer."))
    kept = SavedSearch.objects.kept().filter(user=user)
    if instead_of is not None:
        row = _locked(instead_of, user)
    else:
        row = SavedSearch(user=user)
        if kept.count() >= MOST:
            raise SavedSearchError(
                _("You have %(most)s saved searches, and that is all one can have. Please delete one first.")
                % {"most": MOST}
            )
    if same := kept.exclude(pk=row.pk).filter(params=params).first():
        raise AlreadySavedError(same)
    row.name, row.params, row.rhythm, row.paused = _one_line(name), params, rhythm, False
    _begin_anew(row)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise AlreadySavedError(kept.get(params=params)) from error
    return row


@transaction.atomic
def change(search: SavedSearch, user: User, *, name: str, rhythm: str) -> None:
    """Another name or rhythm. After a time without mails, only what comes from now on is new."""
    row = _locked(search, user)
    if row.rhythm == Rhythm.NONE != rhythm:
        _begin_anew(row)
    row.name, row.rhythm = _one_line(name), rhythm
    row.save()


@transaction.atomic
def pause(search: SavedSearch, user: User) -> None:
    """No mails of it until further notice. Its feed goes on."""
    _write(_locked(search, user), paused=True)


@transaction.atomic
def resume(search: SavedSearch, user: User) -> None:
    row = _locked(search, user)
    if row.paused:
        _begin_anew(row)
        _write(row, paused=False)


@transaction.atomic
def remove(search: SavedSearch, user: User) -> None:
    """Ends mails and feed at once. For a day `restore` brings it back."""
    _write(_locked(search, user), removed_at=timezone.now())


@transaction.atomic
def restore(key: int, user: User) -> SavedSearch | None:
    """Takes a deletion back. None: it is not the user's, or gone for good. Raises SavedSearchError."""
    own = SavedSearch.objects.removed_lately().filter(user=user)
    row = own.select_for_update().filter(pk=key).first()
    if row is None:
        return None
    kept = SavedSearch.objects.kept().filter(user=user)
    if same := kept.filter(params=row.params).first():
        raise AlreadySavedError(same)
    if kept.count() >= MOST:
        raise SavedSearchError(_("You have too many saved searches to bring one back. Please delete another one."))
    _begin_anew(row)
    _write(row, removed_at=None)
    return row


@transaction.atomic
def open_feed(search: SavedSearch, user: User) -> None:
    """Gives it a feed at a secret address; where there is one, at another address, and the old one ends."""
    row = _locked(search, user)
    _write(row, feed_on=True, feed_number=row.feed_number + 1)


@transaction.atomic
def close_feed(search: SavedSearch, user: User) -> None:
    """Ends the feed. Its address never comes back."""
    row = _locked(search, user)
    _write(row, feed_on=False, feed_number=row.feed_number + 1)


def forget_removed() -> None:
    SavedSearch.objects.removed_for_good().delete()


def _locked(search: SavedSearch, user: User) -> SavedSearch:
    policy.require(user, Action.EDIT, search)
    return SavedSearch.objects.select_for_update().get(pk=search.pk)


def _begin_anew(row: SavedSearch) -> None:
    row.news_since = timezone.now()
    # The latest edition that was made, not today's: what arrives until that is made is still to be told.
    row.told_on = Edition.objects.aggregate(latest=Max("day"))["latest"] or BEFORE_ALL


def _write(row: SavedSearch, **values: Any) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


def _one_line(name: str) -> str:
    return " ".join(name.split())[:100]
