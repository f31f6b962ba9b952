"""Pages about saved searches, all in the protected network and for their owner alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from austausch.core import network
from austausch.core.network import members_only
from austausch.core.policy import Action, policy
from austausch.search import snapshot
from austausch.search.asking import Query
from austausch.search.finding import Hits
from austausch.search.models import SavedSearch
from austausch.search.panels import TITLES
from austausch.search.saved import actions
from austausch.search.saved.actions import SavedSearchError
from austausch.search.saved.feed import address
from austausch.search.saved.forms import NewSavedSearchForm, SavedSearchForm
from austausch.search.saved.matching import query_of

if TYPE_CHECKING:
    from austausch.core.policy import Actor
    from austausch.people.models import User

GET_OR_POST = ["GET", "HEAD", "POST"]
PREVIEW = 5

network.link(label=gettext_lazy("Saved searches"), name="search:saved_list", group=network.Group.MEASURES, order=40)


@dataclass(frozen=True)
class Described:
    """A search in words. `words`: those that were typed; `filters` by name; `lost`: what it names that does not exist
    any more; `address` of the list."""

    words: str
    filters: tuple[str, ...]
    lost: tuple[str, ...]
    address: str

    @property
    def text(self) -> str:
        quoted = [_("“%(text)s”") % {"text": self.words}] if self.words else []
        return ", ".join([*quoted, *self.filters]) or _("all measures")

    @property
    def name(self) -> str:
        """What one would call it."""
        text = ", ".join(filter(None, [self.words, *self.filters])) or self.text
        return f"{text[:79]}…" if len(text) > 80 else text[:1].upper() + text[1:]


@require_safe
@members_only
def saved_list(request: HttpRequest) -> HttpResponse:
    user = cast("User", request.user)
    at = snapshot.current()
    own = policy.which(user, Action.VIEW, SavedSearch.objects.kept())
    rows = [(search, described(query_of(search.params), user, at)) for search in own]
    removed = SavedSearch.objects.removed_lately().filter(user=user)
    return render(request, "search/saved/list.html", {"rows": rows, "removed": removed, "most": actions.MOST})


@require_http_methods(GET_OR_POST)
@members_only
def save(request: HttpRequest) -> HttpResponse:
    """The search stands in the address, as on the list; the form asks for name and mail."""
    user = cast("User", request.user)
    hits = Hits(Query.from_params(request.GET), user)
    words = described(hits.query, user, hits.snapshot)
    initial = {"name": words.name, "rhythm": SavedSearch.Rhythm.WEEKLY}
    form = NewSavedSearchForm(request.POST if request.method == "POST" else None, user=user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            search = actions.save(user, query=hits.query, **form.cleaned_data)
        except SavedSearchError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The search is saved."))
            return redirect(search)
    context = {"form": form, "words": words, "total": hits.total, "lost": words.lost}
    return render(request, "search/saved/save.html", context)


@require_http_methods(GET_OR_POST)
@members_only
def saved(request: HttpRequest, pk: int) -> HttpResponse:
    """What it finds now; name, mail and feed."""
    search, user = _search(request, pk), cast("User", request.user)
    initial = {"name": search.name, "rhythm": search.rhythm}
    form = SavedSearchForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.change(search, user, **form.cleaned_data)
        messages.success(request, _("Your choice is saved."))
        return redirect(search)
    return render(request, "search/saved/detail.html", {**_shown(request, search), "form": form})


@require_POST
@members_only
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    search, user = _search(request, pk), cast("User", request.user)
    if request.POST.get("weiter") == "1":
        actions.resume(search, user)
        messages.success(request, _("You get mails about this search again."))
    else:
        actions.pause(search, user)
        messages.success(request, _("You get no mails about this search until you go on with it."))
    return redirect(search)


@require_POST
@members_only
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    actions.remove(_search(request, pk), cast("User", request.user))
    messages.success(request, _("The search is deleted. You can take that back below."))
    return redirect("search:saved_list")


@require_POST
@members_only
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        search = actions.restore(pk, cast("User", request.user))
    except SavedSearchError as error:
        messages.error(request, str(error))
        return redirect("search:saved_list")
    if search is None:
        raise Http404
    messages.success(request, _("The search is back."))
    return redirect(search)


@require_POST
@members_only
def feed(request: HttpRequest, pk: int) -> HttpResponse:
    search, user = _search(request, pk), cast("User", request.user)
    if request.POST.get("ende") == "1":
        actions.close_feed(search, user)
        messages.success(request, _("The feed has ended. Its address leads nowhere now."))
    else:
        actions.open_feed(search, user)
        messages.success(request, _("The feed has a new address. One that it had before leads nowhere now."))
    return redirect(f"{reverse('search:saved', args=[search.pk])}#feed")


def described(query: Query, user: Actor, at: snapshot.Snapshot) -> Described:
    """The search in words; nothing is looked for."""
    hits = Hits(replace(query, text=""), user, at=at)
    filters = tuple(hits.label(name, value) for name, value in hits.query.selected)
    lost = [f"{TITLES[name]}: {value[:40]}" for name, value in hits.query.ignored if name in TITLES]
    params = query.params()
    return Described(query.text, filters, tuple(lost), reverse("search:list") + (f"?{params}" if params else ""))


def _shown(request: HttpRequest, search: SavedSearch) -> dict[str, object]:
    hits = Hits(query_of(search.params), request.user)
    words = described(query_of(search.params), request.user, hits.snapshot)
    path = address(search)
    return {
        "search": search,
        "words": words,
        "result": None if words.lost else hits.result(per_page=PREVIEW),
        "feed": request.build_absolute_uri(path) if path else "",
    }


def _search(request: HttpRequest, pk: int) -> SavedSearch:
    return get_object_or_404(policy.which(request.user, Action.VIEW, SavedSearch.objects.kept()), pk=pk)
