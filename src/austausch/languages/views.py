"""Writing versions beside their German source, for people who are signed in. Works without scripts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Model
from django.forms import BoundField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from austausch.core.differences import marked
from austausch.core.network import members_only
from austausch.core.policy import Action, policy
from austausch.languages import actions, kinds, listing
from austausch.languages.forms import VersionForm
from austausch.languages.kinds import Field, Kind, Value
from austausch.languages.models import Version
from austausch.languages.policy import may_confirm, may_show, sources_to_write
from austausch.languages.tongues import OTHERS, TONGUES
from austausch.people.models import User

PER_PAGE = 25
# Word in the address → what the list shows.
LISTS = {
    "veraltet": gettext_lazy("Out of date"),
    "ungeprueft": gettext_lazy("To be confirmed"),
    "entwurf": gettext_lazy("Drafts"),
    "fehlend": gettext_lazy("Missing"),
}
DONE = {
    "show": gettext_lazy("The public reads it now, marked as not yet confirmed."),
    "withdraw": gettext_lazy("Withdrawn. What was written stays here as a draft."),
    "confirm": gettext_lazy("Confirmed with your name. The public reads the day, not who it was."),
    "still_right": gettext_lazy("It counts as up to date again."),
    "delete": gettext_lazy("The draft is deleted."),
}


@dataclass(frozen=True)
class Beside:
    """A field of the source beside the one of the version. `german`: lines as HTML, with what has changed marked."""

    field: Field
    german: Sequence[SafeString]
    changed: bool
    bound: BoundField | None
    written: Sequence[str] = ()


@dataclass(frozen=True)
class Row:
    """A language of a thing: its version, or that there is none."""

    tongue: Any
    version: Version | None
    outdated: bool
    url: str


@members_only
@require_safe
def versions(request: HttpRequest) -> HttpResponse:
    """`?art=veraltet|ungeprueft|entwurf|fehlend`: what there is to do."""
    user, chosen = cast(User, request.user), request.GET.get("art", "")
    chosen = chosen if chosen in LISTS else "veraltet"
    if chosen == "fehlend":
        kind = kinds.by_key(request.GET.get("was", "")) or kinds.all_kinds()[0]
        sources = sources_to_write(kind, user).order_by("pk")
        page: Page[Any] = Paginator(sources, PER_PAGE).get_page(request.GET.get("seite"))
        rows: Sequence[Any] = listing.lacking(kind, list(page.object_list))
    else:
        kind, find = None, {"veraltet": listing.outdated, "ungeprueft": listing.to_confirm}.get(chosen)
        found = find(user) if find else listing.with_state(user, Version.State.DRAFT)
        page = Paginator(found, PER_PAGE).get_page(request.GET.get("seite"))
        rows = list(page.object_list)
    context = {"lists": LISTS.items(), "chosen": chosen, "kinds": kinds.all_kinds(), "kind": kind}
    return render(request, "languages/network/list.html", {**context, "page": page, "rows": rows})


@members_only
@require_safe
def source(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """One thing, and all languages."""
    of_kind, found = _source(request, kind, pk)
    there = {one.language: one for one in policy.which(request.user, Action.VIEW, Version.objects.of(found))}
    rows = [
        Row(
            TONGUES[code],
            version := there.get(code),
            version is not None and kinds.is_outdated(version, found),
            listing.address(of_kind, found, code),
        )
        for code in OTHERS
    ]
    return render(request, "languages/network/source.html", {"source": found, "kind": of_kind, "rows": rows})


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, kind: str, pk: int, language: str) -> HttpResponse:
    """The German on one side, the version on the other; whoever may only confirm reads both."""
    if language not in OTHERS:
        raise Http404
    of_kind, found, version = _version(request, kind, pk, language)
    user, tongue = cast(User, request.user), TONGUES[language]
    writes = sources_to_write(of_kind, user).filter(pk=found.pk).exists()
    writes = writes and (version is None or policy.may(user, Action.EDIT, version))
    german, texts = kinds.german(found), version.texts if version else {}
    seen = kinds.fingerprint(german), kinds.fingerprint(texts) if version else ""
    form = None
    if writes:
        fields = of_kind.fields(found)
        form = VersionForm(request.POST or None, fields=fields, tongue=tongue, texts=texts, seen=seen)
        if request.method == "POST" and form.is_valid() and _saved(request, form, found, language):
            return redirect(listing.address(of_kind, found, language))
    elif request.method == "POST":
        policy.require(user, Action.EDIT, version or Version)
    context = {
        "source": found,
        "kind": of_kind,
        "tongue": tongue,
        "version": version,
        "form": form,
        "outdated": version is not None and kinds.is_outdated(version, found),
        "beside": _beside(of_kind.fields(found), german, version, form),
        "may_show": writes and may_show(user, found),
        "may_confirm": version is not None and may_confirm(user, version),
        "seen_german": seen[0],
        # What this person has seen; after a save that was refused that is not what stands there now.
        "seen_texts": request.POST.get("seen_texts", "") if request.method == "POST" else seen[1],
    }
    return render(request, "languages/network/write.html", context)


@members_only
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """`do=show|withdraw|confirm|still_right|delete`, each with what the person has seen."""
    user, do = cast(User, request.user), request.POST.get("do", "")
    version = get_object_or_404(policy.which(user, Action.VIEW, Version.objects.all()), pk=pk)
    found: Any = version.source
    of_kind = kinds.of(found)
    seen_texts, seen_german = request.POST.get("seen_texts", ""), request.POST.get("seen_german", "")
    known = {
        "show": lambda: actions.show(version, user, seen_texts=seen_texts),
        "withdraw": lambda: actions.withdraw(version, user),
        "confirm": lambda: actions.confirm(version, user, seen_texts=seen_texts),
        "still_right": lambda: actions.call_still_right(version, user, seen_german=seen_german),
        "delete": lambda: actions.delete(version, user, seen_texts=seen_texts),
    }
    if do not in known:
        raise Http404
    try:
        known[do]()
    except actions.VersionError as error:
        labels = {field.name: field.label for field in of_kind.fields(found)}
        for name, message in error.fields.items():
            messages.error(request, f"{labels.get(name, name)}: {message}")
        if not error.fields:
            messages.error(request, str(error))
    else:
        messages.success(request, str(DONE[do]))
    gone = do == "delete" and not Version.objects.filter(pk=pk).exists()
    return redirect(listing.address(of_kind, found, "" if gone else version.language))


def _saved(request: HttpRequest, form: VersionForm, source: Model, language: str) -> bool:
    seen_german, seen_texts = form.cleaned_data["seen_german"], form.cleaned_data["seen_texts"]
    try:
        actions.write(
            source=source,
            language=language,
            texts=form.texts,
            user=cast(User, request.user),
            seen_german=seen_german,
            seen_texts=seen_texts,
        )
    except actions.VersionError as error:
        for name, message in error.fields.items():
            form.add_error(name if name in form.fields else None, message)
        if not error.fields:
            form.add_error(None, str(error))
        return False
    messages.success(request, _("Saved."))
    return True


def _beside(
    fields: Sequence[Field], german: dict[str, Value], version: Version | None, form: VersionForm | None
) -> list[Beside]:
    """The fields in which the German or the version says something; for writing, those of the German."""
    made_from = version.made_from if version else {}
    found = []
    for field in fields:
        now, own = german.get(field.name, ""), version.text(field.name) if version else ""
        if not now and not own:
            continue
        then = made_from.get(field.name, "") if made_from else now
        lines = marked(_lines(then), _lines(now)) if then != now else [format_html("{}", one) for one in _lines(now)]
        bound = form[field.name] if form else None
        found.append(Beside(field, lines, then != now, bound, _lines(own)))
    return found


def _lines(value: Value) -> list[str]:
    return value if isinstance(value, list) else value.splitlines()


def _source(request: HttpRequest, kind: str, pk: int) -> tuple[Kind, Any]:
    """A thing for which the user may write; the same answer for "does not exist" and "not yours"."""
    of_kind = kinds.by_key(kind)
    if of_kind is None:
        raise Http404
    return of_kind, get_object_or_404(sources_to_write(of_kind, request.user), pk=pk)


def _version(request: HttpRequest, kind: str, pk: int, language: str) -> tuple[Kind, Any, Version | None]:
    """A thing with its version in a language: for those who write it, and for those who may confirm the version."""
    of_kind = kinds.by_key(kind)
    if of_kind is None:
        raise Http404
    rows = Version.objects.filter(content_type=kinds.content_type(of_kind), object_id=pk, language=language)
    version = policy.which(request.user, Action.VIEW, rows).first()
    if version is not None and may_confirm(request.user, version):
        return of_kind, version.source, version
    return of_kind, get_object_or_404(sources_to_write(of_kind, request.user), pk=pk), version
