"""Pages of people's accounts that are not allauth's: overview, registration, invitation, sessions, mails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import get_adapter as get_connection_adapter
from allauth.usersessions.internal.flows.sessions import end_sessions
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from austausch.core import outbox
from austausch.core.rate_limit import Limit, too_often
from austausch.people import browsers, invitations
from austausch.people import registration as registering
from austausch.people.forms import AddressForm, MailChoicesForm, NewAccountForm
from austausch.people.second_factor import has_second_factor, needs_second_factor

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from austausch.people.models import Invitation, User

# Addresses typed in by one visitor; each has a mail limit of its own (people/registration.py).
ASKING = Limit("registration", amount=10, seconds=600)
# Tries of links from mails.
LINKS = Limit("account-links", amount=30, seconds=600)


@never_cache
@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    context = {
        "person": user,
        "memberships": user.memberships.select_related("organisation").order_by("organisation__name"),
        "sessions": len(UserSession.objects.purge_and_list(user)),
        "passkeys": Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).count(),
        "has_factor": has_second_factor(user),
        "needs_factor": needs_second_factor(user),
        "connections": get_connection_adapter().list_apps(request),
    }
    return render(request, "people/account.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def registration(request: HttpRequest) -> HttpResponse:
    """First step: the address. The answer is the same whether or not it has an account."""
    form = AddressForm(request.POST or None)
    if request.method == "POST":
        verdict = ASKING.take(request)
        if not verdict.allowed:
            return too_often(request, verdict)
        if form.is_valid():
            try:
                registering.ask_for_mail(form.cleaned_data["email"])
            except registering.UnknownDomainError:
                return render(request, "people/registration_unknown.html", {"email": form.cleaned_data["email"]})
            return redirect("account_registration_mail_sent")
    return render(request, "people/registration.html", {"form": form})


@never_cache
@require_safe
def registration_mail_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "people/registration_mail_sent.html")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def registration_confirmed(request: HttpRequest, token: str) -> HttpResponse:
    """Second step, at the link of our mail: name and password. Then somebody decides."""
    verdict = LINKS.take(request)
    if not verdict.allowed:
        return too_often(request, verdict)
    person = registering.confirmed(token)
    if person is None:
        return render(request, "people/registration_closed.html", status=404)
    form = NewAccountForm(request.POST or None, email=person.email)
    if request.method == "POST" and form.is_valid():
        try:
            registering.register(token=token, name=form.cleaned_data["name"], password=form.cleaned_data["password"])
        except registering.RegistrationError as error:
            form.add_error(None, str(error))
        else:
            return redirect("account_registration_waits")
    return render(request, "people/registration_confirmed.html", {"form": form, "person": person})


@never_cache
@require_safe
def registration_waits(request: HttpRequest) -> HttpResponse:
    return render(request, "people/registration_waits.html")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """At the link of an invitation: an existing account agrees, a new one is made."""
    verdict = LINKS.take(request)
    if not verdict.allowed:
        return too_often(request, verdict)
    found = invitations.find(token)
    if found is None:
        return render(request, "people/invitation_closed.html", status=404)
    if request.user.is_authenticated:
        return _accept(request, token, found)
    if invitations.has_account(found):
        return render(request, "people/invitation_sign_in.html", {"invitation": found})
    form = NewAccountForm(request.POST or None, email=found.email)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            user = invitations.accept_with_new_account(token=token, name=data["name"], password=data["password"])
        except invitations.InvitationError as error:
            form.add_error(None, str(error))
        else:
            signed_in: HttpResponse = perform_login(request, Login(user=user, redirect_url=reverse("account_overview")))
            return signed_in
    return render(request, "people/invitation.html", {"form": form, "invitation": found})


def _accept(request: HttpRequest, token: str, found: Invitation) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    if user.email != found.email:
        return render(request, "people/invitation_other.html", {"own": user.email}, status=403)
    if request.method != "POST":
        return render(request, "people/invitation_accept.html", {"invitation": found})
    try:
        membership = invitations.accept(token=token, user=user)
    except invitations.InvitationError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("You now belong to %(name)s.") % {"name": membership.organisation})
    return redirect("account_overview")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in, and a button to end each, all others, or all."""
    user: User = request.user  # type: ignore[assignment]
    known = UserSession.objects.purge_and_list(user)
    if request.method == "POST":
        wanted = request.POST.get("end", "")
        chosen = [
            session
            for session in known
            if wanted in {"all", str(session.pk)} or (wanted == "others" and not session.is_current())
        ]
        end_sessions(request, chosen)
        if wanted == "all" and request.user.is_authenticated:
            # A session that began before this list was kept.
            request.session.flush()
        messages.success(request, _("Ended."))
        return redirect("usersessions_list")
    rows = [
        {"known": session, "current": session.is_current(), "browser": browsers.name(session.user_agent)}
        for session in sorted(known, key=lambda session: session.created_at, reverse=True)
    ]
    return render(request, "people/sessions.html", {"rows": rows})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mail_choices(request: HttpRequest) -> HttpResponse:
    """Which mails one wants, and how often. Those about the account come in any case."""
    user: User = request.user  # type: ignore[assignment]
    form = MailChoicesForm(request.POST if request.method == "POST" else None, user=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your choice is saved."))
        return redirect("account_mails")
    required = [category for category in outbox.categories() if category.required]
    return render(request, "people/mail_choices.html", {"form": form, "required": required})
