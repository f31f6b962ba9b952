"""Pages about people's accounts that are not allauth's."""

from __future__ import annotations

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from austausch.core.rate_limit import Limit
from austausch.people.forms import SetupForm
from austausch.people.setup import SetupClosedError, is_open, make_first_administrator

TRIES = Limit("setup", amount=30, seconds=600)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest, token: str) -> HttpResponse:
    """The one-time page of the first administrator. Its address is a secret: it is sent to nobody as referrer."""
    verdict = TRIES.take(request)
    if not verdict.allowed:
        response = render(request, "people/setup_closed.html", {"too_often": True}, status=429)
        response["Retry-After"] = str(verdict.seconds)
        return response
    if not is_open(token):
        return render(request, "people/setup_closed.html", status=404)
    form = SetupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            user = make_first_administrator(
                token=token, name=data["name"], email=data["email"], password=data["password"]
            )
        except SetupClosedError:
            return render(request, "people/setup_closed.html", status=404)
        signed_in: HttpResponse = perform_login(request, Login(user=user, redirect_url=reverse("wagtailadmin_home")))
        return signed_in
    # "same-origin", not "no-referrer": with the latter browsers send no origin, and the form token check refuses.
    response = render(request, "people/setup.html", {"form": form})
    response["Referrer-Policy"] = "same-origin"
    return response
