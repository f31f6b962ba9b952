"""Pages of bookmarks, for people who are signed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from austausch.catalogue.actions import RefusedError
from austausch.catalogue.bookmarks import actions
from austausch.catalogue.models import Bookmark, BookmarkList, Entry
from austausch.core.network import members_only
from austausch.core.policy import Action, policy

if TYPE_CHECKING:
    from austausch.people.models import User

FORMATS = (("pdf", "PDF"), ("xlsx", "Excel"), ("csv", "CSV"))


@dataclass(frozen=True)
class Item:
    """A bookmark; `entry` is None where the reader may not see it, or no longer."""

    bookmark: Bookmark
    entry: Entry | None


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def lists(request: HttpRequest) -> HttpResponse:
    """The user's lists, and a new one."""
    user = cast("User", request.user)
    if request.method == "POST" and (made := _made(request, user)) is not None:
        return redirect(made)
    rows = BookmarkList.objects.filter(owner=user.pk).annotate(number=Count("bookmarks"))
    return render(request, "catalogue/bookmarks/lists.html", {"lists": policy.which(user, Action.EDIT, rows)})


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: HttpRequest, slug: str) -> HttpResponse:
    """Puts an entry into one of the user's lists, or into a new one."""
    user = cast("User", request.user)
    entry = get_object_or_404(policy.which(user, Action.VIEW, Entry.objects.published()), slug=slug)
    own = policy.which(user, Action.EDIT, BookmarkList.objects.filter(owner=user.pk))
    if request.method == "POST":
        chosen = request.POST.get("list", "")
        kept = own.filter(pk=int(chosen)).first() if chosen.isascii() and chosen.isdigit() else None
        kept = kept or _made(request, user)
        if kept is not None and _done(
            request, lambda: actions.add(kept, user, entry, request.POST.get("note", "")), gettext_lazy("Bookmarked.")
        ):
            return redirect(kept)
    return render(request, "catalogue/bookmarks/keep.html", {"entry": entry, "lists": own})


@members_only
@require_safe
def bookmark_list(request: HttpRequest, pk: int) -> HttpResponse:
    """One of the user's own lists, to look at and to change."""
    found = _own(request, pk)
    link = ""
    if found.share_key:
        link = request.build_absolute_uri(reverse("catalogue:shared_bookmarks", args=[found.share_key]))
    return render(request, "catalogue/bookmarks/list.html", {**_context(request, found), "own": True, "link": link})


@members_only
@require_safe
def shared(request: HttpRequest, key: str) -> HttpResponse:
    """A list that somebody has shared, to be read only."""
    rows = policy.which(request.user, Action.VIEW, BookmarkList.objects.select_related("owner"))
    found = get_object_or_404(rows, share_key=key)
    return render(request, "catalogue/bookmarks/list.html", _context(request, found))


@members_only
@require_POST
def change_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Renames, shares or deletes a list; `what` says which."""
    found, user, what = _own(request, pk), cast("User", request.user), request.POST.get("what", "")
    steps: dict[str, tuple[Callable[[], Any], str | Promise]] = {
        "rename": (lambda: actions.rename(found, user, request.POST.get("name", "")), gettext_lazy("Renamed.")),
        "share": (
            lambda: actions.share(found, user),
            gettext_lazy("Shared: whoever is signed in and has the link can read it."),
        ),
        "unshare": (lambda: actions.unshare(found, user), gettext_lazy("No longer shared; the link leads nowhere.")),
        "delete": (lambda: actions.delete(found, user), gettext_lazy("Deleted.")),
    }
    if what in steps:
        done = _done(request, *steps[what])
        if done and what == "delete":
            return redirect("catalogue:bookmark_lists")
    return redirect(found)


@members_only
@require_POST
def change_bookmark(request: HttpRequest, pk: int, bookmark: int) -> HttpResponse:
    """Moves, annotates or removes one entry of a list; `what` says which."""
    found, user, what = _own(request, pk), cast("User", request.user), request.POST.get("what", "")
    row = get_object_or_404(found.bookmarks, pk=bookmark)
    steps: dict[str, tuple[Callable[[], Any], str | Promise]] = {
        "up": (lambda: actions.move_up(row, user), gettext_lazy("Moved.")),
        "note": (lambda: actions.annotate(row, user, request.POST.get("note", "")), gettext_lazy("Note saved.")),
        "remove": (lambda: actions.remove(row, user), gettext_lazy("Removed.")),
    }
    if what in steps:
        _done(request, *steps[what])
    return redirect(found)


def _context(request: HttpRequest, found: BookmarkList) -> dict[str, Any]:
    rows = list(found.bookmarks.all())
    entries = Entry.objects.published().filter(pk__in=[row.entry_id for row in rows]).with_card_parts()
    visible = policy.which(request.user, Action.VIEW, entries).in_bulk()
    items = [Item(row, visible.get(row.entry_id)) for row in rows]
    slugs = [item.entry.slug for item in items if item.entry]
    exports = [
        (label, f"{reverse('search:export', args=[name])}?{urlencode([('eintrag', slug) for slug in slugs])}")
        for name, label in FORMATS
    ]
    return {"list": found, "items": items, "exports": exports if slugs else []}


def _own(request: HttpRequest, pk: int) -> BookmarkList:
    rows = policy.which(request.user, Action.EDIT, BookmarkList.objects.select_related("owner"))
    found: BookmarkList = get_object_or_404(rows, pk=pk)
    return found


def _made(request: HttpRequest, user: User) -> BookmarkList | None:
    made: list[BookmarkList] = []
    _done(request, lambda: made.append(actions.make_list(user, request.POST.get("name", ""))), "")
    return made[0] if made else None


def _done(request: HttpRequest, action: Callable[[], Any], said: str | Promise) -> bool:
    """Does it; the next page says whether it worked."""
    try:
        action()
    except RefusedError as error:
        messages.error(request, str(error))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        if said:
            messages.success(request, str(said))
        return True
    return False
