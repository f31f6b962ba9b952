"""Pages on which an organisation's administrators decide who belongs to it. The portal team may do it for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.contrib import messages
from django.db.models import Count, Model, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_safe

from austausch.core import network
from austausch.core.policy import Action, policy
from austausch.core.rate_limit import Limit, too_often
from austausch.people import absence, invitations, memberships, organisation_page
from austausch.people import registration as registering
from austausch.people.account_policy import highest_role
from austausch.people.forms import DomainForm, InvitationForm, RefusalForm, RoleForm
from austausch.people.models import EmailDomain, Invitation, Membership, Organisation, Registration

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from austausch.people.models import User

M = TypeVar("M", bound=Model)
# Mails to addresses that somebody types in.
INVITING = Limit("invitations", amount=60, seconds=3600)
REFUSED = (
    registering.RegistrationError,
    invitations.InvitationError,
    memberships.LastOrganisationAdministratorError,
)


@require_safe
@network.members_only
def mine(request: HttpRequest) -> HttpResponse:
    """The organisations somebody belongs to, and those where requests wait for this person."""
    user = _user(request)
    waiting = waiting_for(user)
    administered = Organisation.objects.filter(pk__in=waiting.values("organisation"))
    context = {
        "memberships": user.memberships.select_related("organisation").order_by("organisation__name"),
        "administered": {
            row.organisation_id for row in user.memberships.all() if row.role == Membership.Role.ADMINISTRATOR
        },
        "waiting": administered.annotate(
            number=Count("registrations", filter=Q(registrations__state=Registration.State.WAITING))
        ),
        "everywhere": policy.may(user, Action.CREATE, EmailDomain),
    }
    return render(request, "people/memberships.html", context)


@require_safe
@network.members_only
def people(request: HttpRequest, key: str) -> HttpResponse:
    organisation = _administered(request, key)
    user = _user(request)
    context = {
        "organisation": organisation,
        "registrations": _visible(user, organisation.registrations.filter(state=Registration.State.WAITING)),
        "invitations": _visible(user, invitations.open_invitations().filter(organisation=organisation)),
        "members": _visible(user, organisation.memberships.select_related("user").order_by("-role", "user__name")),
        "domains": _visible(user, organisation.email_domains.all()),
        "may_change_domains": policy.may(user, Action.CREATE, EmailDomain),
    }
    return render(request, "people/organisation_people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@network.members_only
def invite(request: HttpRequest, key: str) -> HttpResponse:
    organisation = _administered(request, key)
    user = _user(request)
    form = InvitationForm(request.POST or None, highest=highest_role(user, organisation))
    if request.method == "POST" and form.is_valid():
        verdict = INVITING.take(request)
        if not verdict.allowed:
            return too_often(request, verdict)
        data = form.cleaned_data
        try:
            made = invitations.invite(organisation=organisation, email=data["email"], role=data["role"], by=user)
        except REFUSED as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The invitation to %(email)s is on its way.") % {"email": made.email})
            return redirect("people:people", organisation.key)
    return render(request, "people/invite.html", {"form": form, "organisation": organisation})


@require_http_methods(["POST"])
@network.members_only
def invitation(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Takes an invitation back."""
    organisation = _administered(request, key)
    invitations.revoke(_row(request, Invitation.objects.filter(organisation=organisation), pk), by=_user(request))
    messages.success(request, _("The invitation is taken back."))
    return redirect("people:people", organisation.key)


@require_http_methods(["GET", "HEAD", "POST"])
@network.members_only
def registration(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """One request: yes with a role, or no with a reason."""
    organisation = _administered(request, key)
    asked = _row(request, Registration.objects.filter(organisation=organisation), pk)
    user = _user(request)
    refusing = "refuse" in request.POST
    role_form = RoleForm(None if refusing else request.POST or None, highest=highest_role(user, organisation))
    refusal_form = RefusalForm(request.POST if refusing else None)
    form = refusal_form if refusing else role_form
    if request.method == "POST" and form.is_valid():
        try:
            if refusing:
                registering.refuse(asked, reason=form.cleaned_data["reason"], by=user)
                messages.success(request, _("Refused. %(name)s gets your reason by mail.") % {"name": asked.name})
            else:
                registering.approve(asked, role=form.cleaned_data["role"], by=user)
                messages.success(request, _("%(name)s now belongs to your organisation.") % {"name": asked.name})
        except REFUSED as error:
            messages.error(request, str(error))
        return redirect("people:people", organisation.key)
    context = {
        "organisation": organisation,
        "registration": asked,
        "role_form": role_form,
        "refusal_form": refusal_form,
    }
    return render(request, "people/registration_decide.html", {**context, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@network.members_only
def member(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """One person's role: change it, end it, or let somebody in again after long absence."""
    organisation = _administered(request, key)
    rows = organisation.memberships.select_related("user", "organisation")
    membership = _row(request, rows, pk)
    user = _user(request)
    changing = request.method == "POST" and "change" in request.POST
    form = RoleForm(
        request.POST if changing else None,
        highest=highest_role(user, organisation),
        initial={"role": membership.role},
    )
    try:
        if changing and form.is_valid():
            memberships.change_role(membership, role=form.cleaned_data["role"], by=user)
            messages.success(request, _("The role is changed."))
        elif "remove" in request.POST:
            memberships.remove(membership, by=user)
            messages.success(request, _("%(name)s no longer belongs to the organisation.") % {"name": membership.user})
        elif "let_in" in request.POST:
            absence.let_in_again(membership.user, by=user)
            messages.success(request, _("%(name)s can sign in again.") % {"name": membership.user})
        else:
            context = {"organisation": organisation, "member": membership, "person": membership.user, "form": form}
            return render(request, "people/member.html", context)
    except REFUSED as error:
        messages.error(request, str(error))
        return redirect("people:member", organisation.key, membership.pk)
    still_in = policy.may(user.__class__.objects.get(pk=user.pk), Action.EDIT, Membership)
    return redirect("people:people", organisation.key) if still_in else redirect("people:memberships")


@require_http_methods(["GET", "HEAD", "POST"])
@network.members_only
def add_domain(request: HttpRequest, key: str) -> HttpResponse:
    organisation = _administered(request, key)
    policy.require(request.user, Action.CREATE, EmailDomain)
    form = DomainForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            added = registering.add_domain(organisation, form.cleaned_data["domain"], by=_user(request))
        except REFUSED as error:
            form.add_error("domain", str(error))
        else:
            messages.success(request, _("People with an address at %(domain)s can register now.") % {"domain": added})
            return redirect("people:people", organisation.key)
    return render(request, "people/domain.html", {"form": form, "organisation": organisation})


@require_http_methods(["POST"])
@network.members_only
def domain(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Takes a domain away."""
    organisation = _administered(request, key)
    row = _row(request, organisation.email_domains.all(), pk)
    registering.remove_domain(row, by=_user(request))
    messages.success(request, _("Nobody registers with %(domain)s any more.") % {"domain": row.domain})
    return redirect("people:people", organisation.key)


def waiting_for(user: User) -> QuerySet[Registration]:
    """Requests that this person may decide."""
    return policy.which(user, Action.EDIT, Registration.objects.filter(state=Registration.State.WAITING))


@network.section(order=5)
def waiting_section(request: HttpRequest) -> network.Section | None:
    waiting = list(waiting_for(_user(request)).select_related("organisation")[:20])
    return network.Section("people/_registrations_waiting.html", {"registrations": waiting}) if waiting else None


@organisation_page.part
def people_part(organisation: Organisation, user: User) -> network.Section | None:
    """On the organisation's page, for who manages its people."""
    if not highest_role(user, organisation):
        return None
    waiting = waiting_for(user).filter(organisation=organisation).count()
    return network.Section("people/_people_link.html", {"waiting": waiting})


network.link(label=_lazy("My organisations"), name="people:memberships", group=network.Group.ACCOUNT, order=20)
network.link(label=_lazy("Your account"), name="account_overview", group=network.Group.ACCOUNT, order=10)


def _user(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]


def _administered(request: HttpRequest, key: str) -> Organisation:
    """The organisation, if this person manages its people; otherwise it might as well not exist."""
    organisation = get_object_or_404(Organisation, key=key)
    if not highest_role(_user(request), organisation):
        raise Http404
    return organisation


def _row(request: HttpRequest, rows: QuerySet[M], pk: int) -> M:
    found = policy.which(_user(request), Action.VIEW, rows).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _visible(user: User, rows: QuerySet[M]) -> QuerySet[M]:
    return policy.which(user, Action.VIEW, rows)
