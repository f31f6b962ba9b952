"""The directory of organisations and a page for each."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from austausch.core.network import members_only
from austausch.core.policy import Action, policy
from austausch.people import organisation_actions, organisation_page
from austausch.people.contact_forms import kept_by
from austausch.people.models import Contact, FormerName, Membership, Organisation, User
from austausch.people.organisation_forms import ChangeForm, DirectoryForm
from austausch.people.policy import organisations_of
from austausch.people.similar import similar_to

PER_PAGE = 50
MOST = 100


@require_safe
@members_only
def organisations(request: HttpRequest) -> HttpResponse:
    """All organisations by name, also by a former one, kind and place."""
    form = DirectoryForm(request.GET or None)
    found = Organisation.objects.existing().select_related("place", "parent").prefetch_related("former_names")
    chosen = form.cleaned_data if form.is_valid() else {}
    if text := chosen.get("q"):
        found = found.called(text)
    if kind := chosen.get("art"):
        found = found.filter(kind=kind)
    if place := chosen.get("ort"):
        found = found.within(place.ags)
    rows = policy.which(request.user, Action.VIEW, found.order_by("name"))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("seite"))
    own = set(organisations_of(request.user, Membership.Role.READER))
    return render(request, "people/organisations.html", {"form": form, "page": page, "own": own})


@require_safe
@members_only
def organisation(request: HttpRequest, key: str) -> HttpResponse:
    """An organisation as a member of the network sees it. One that was merged leads on to the one that goes on."""
    user = cast(User, request.user)
    found = _found(request, key)
    if found.merged_into is not None:
        messages.info(
            request,
            _("“%(former)s” has become part of “%(present)s”.") % {"former": found, "present": found.merged_into},
        )
        return redirect(found.merged_into)
    contacts = policy.which(user, Action.VIEW, Contact.objects.filter(organisation=found))
    members = policy.which(user, Action.VIEW, Membership.objects.filter(organisation=found, user__is_active=True))
    children = policy.which(user, Action.VIEW, Organisation.objects.existing().filter(parent=found))
    context = {
        "organisation": found,
        "above": _above(found),
        "children": children.order_by("name")[:MOST],
        "contacts": contacts.order_by("kind", "name", "pk")[:MOST],
        "members": members.select_related("user").order_by("-role", "user__name")[:MOST],
        "former_names": policy.which(user, Action.VIEW, FormerName.objects.filter(organisation=found)),
        "merged": policy.which(user, Action.VIEW, found.merged.order_by("-ended_on", "name")),
        "parts": organisation_page.parts(found, user),
        "may_edit": policy.may(user, Action.EDIT, found),
        "manages_people": found.pk in organisations_of(user, Membership.Role.ADMINISTRATOR),
        "keeps_contacts": kept_by(user).filter(pk=found.pk).exists(),
    }
    return render(request, "people/organisation.html", context)


@require_safe
@members_only
def similar(request: HttpRequest) -> HttpResponse:
    """Towns like those the member works for."""
    existing = Organisation.objects.existing().select_related("place")
    rows = list(policy.which(request.user, Action.VIEW, existing.order_by("name")))
    mine = set(organisations_of(request.user, Membership.Role.READER))
    own = [row for row in rows if row.pk in mine and row.place is not None]
    lists = [(organisation, similar_to(organisation, rows)) for organisation in own]
    return render(request, "people/similar.html", {"lists": lists})


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def change(request: HttpRequest, key: str) -> HttpResponse:
    """Renames, moves or merges: the portal team's."""
    found = _found(request, key)
    policy.require(request.user, Action.EDIT, found)
    form = ChangeForm(request.POST or None, organisation=found)
    if request.method == "POST" and form.is_valid():
        try:
            _change(cast(User, request.user), found, form)
        except organisation_actions.OrganisationError as error:
            form.add_error(None, str(error))
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("The change was saved."))
            return redirect("people:organisation", found.key)
    return render(request, "people/organisation_change.html", {"form": form, "organisation": found})


def _change(user: User, organisation: Organisation, form: ChangeForm) -> None:
    what, given = form.cleaned_data["what"], form.cleaned_data
    if what == ChangeForm.NAME:
        organisation_actions.rename(organisation, user, name=given["name"], on=given["on"])
    elif what == ChangeForm.PARENT:
        organisation_actions.place_under(organisation, user, parent=given["other"])
    else:
        organisation_actions.merge(organisation, user, into=given["other"], on=given["on"])


def _found(request: HttpRequest, key: str) -> Organisation:
    rows = Organisation.objects.select_related("place", "parent", "merged_into")
    return get_object_or_404(policy.which(request.user, Action.VIEW, rows), key=key)


def _above(organisation: Organisation) -> list[Organisation]:
    """The bodies above it, the highest first."""
    found: list[Organisation] = []
    at = organisation.parent
    while at is not None and at not in found:
        found.insert(0, at)
        at = at.parent
    return found
