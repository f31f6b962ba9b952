"""The addresses that entries name, for those who keep these entries: /verwaltung/links/."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin.menu import MenuItem
from wagtail.admin.utils import get_valid_next_url_from_request

from austausch.catalogue import link_health
from austausch.catalogue.models import LinkAddress
from austausch.core.policy import Action, policy
from austausch.core.rate_limit import Limit, too_often

if TYPE_CHECKING:
    from austausch.catalogue.queries import LinkAddressQuerySet
    from austausch.people.models import User

PER_PAGE = 30
State = LinkAddress.State
LIMIT = Limit("check-link", amount=30, seconds=3600)
MOVED, ALL = "umgezogen", "alle"
# Word in the address → state, label; the first is shown without a choice.
STATES = {
    "kaputt": (State.BROKEN, gettext_lazy("Not reachable")),
    "unklar": (State.UNCLEAR, gettext_lazy("Unclear")),
    "in-ordnung": (State.OK, gettext_lazy("Reachable")),
    "neu": (State.UNKNOWN, gettext_lazy("Not checked yet")),
}
TABS = {
    **{key: label for key, (_state, label) in STATES.items()},
    MOVED: gettext_lazy("Moved"),
    ALL: gettext_lazy("All"),
}


class OverrideForm(forms.Form):
    """What a person knows better than the check."""

    state = forms.ChoiceField(
        label=gettext_lazy("The address is"),
        choices=[
            (State.OK, gettext_lazy("reachable, whatever the check says")),
            (State.BROKEN, gettext_lazy("not reachable or no longer what it was")),
        ],
    )
    because = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        help_text=gettext_lazy("For the other editors, for example “opens only in a browser; seen today”."),
    )
    until = forms.DateField(
        label=gettext_lazy("Until"),
        help_text=gettext_lazy("After this day the check counts again; at most a year."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """`?stand=` chooses, `?q=` looks for a part of the address."""
    policy.require(request.user, Action.EDIT, LinkAddress)
    asked, words = request.GET.get("stand", ""), request.GET.get("q", "").strip()[:200]
    chosen = asked if asked in TABS else next(iter(TABS))
    own = link_health.for_editor(request.user)
    found = _on_tab(own, chosen).filter(Q(url__icontains=words) | Q(said_because__icontains=words) if words else Q())
    page = Paginator(found.select_related("said_by"), PER_PAGE).get_page(request.GET.get("seite"))
    naming = link_health.entries_naming(page.object_list, request.user)
    context = {
        "tabs": [(key, label, _on_tab(own, key).count()) for key, label in TABS.items()],
        "chosen": chosen,
        "title": TABS[chosen],
        "words": words,
        "page": page,
        "rows": [_row(address, naming[address.pk]) for address in page],
        "checking": settings.AUSTAUSCH_CHECK_LINKS == "on",
    }
    return TemplateResponse(request, "catalogue/admin/links.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def address(request: HttpRequest, pk: int) -> HttpResponse:
    """One address: what is known of it, and the form for what a person knows better."""
    found = _own(request, pk)
    may_say = policy.may(request.user, Action.PUBLISH, found)
    until = found.said_until or timezone.localdate() + dt.timedelta(days=90)
    initial = {"state": found.said or State.OK, "because": found.said_because, "until": until}
    form = OverrideForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            link_health.say(found, _user(request), **form.cleaned_data)
        except link_health.OverrideError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Your word counts until %(day)s.") % {"day": _day(form.cleaned_data["until"])})
            return redirect("link_health:address", pk)
    context = {
        **_row(found, link_health.entries_naming([found], request.user)[found.pk]),
        "form": form,
        "may_say": may_say,
        "checking": settings.AUSTAUSCH_CHECK_LINKS == "on",
    }
    return TemplateResponse(request, "catalogue/admin/link.html", context)


@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    link_health.take_back(_own(request, pk), _user(request))
    messages.success(request, _("What checks find counts again."))
    return redirect("link_health:address", pk)


@require_POST
def check_again(request: HttpRequest, pk: int) -> HttpResponse:
    """The worker asks; nobody waits for a stranger's server here."""
    found = _own(request, pk)
    verdict = LIMIT.take(request)
    if not verdict.allowed:
        return too_often(request, verdict)
    link_health.check_again(found, _user(request))
    messages.success(request, _("“%(address)s” is checked within the next minutes.") % {"address": found.url})
    following = get_valid_next_url_from_request(request)
    return redirect(following) if following else redirect("link_health:address", pk)


class LinksMenuItem(MenuItem):
    """Shows how many addresses lead nowhere."""

    def is_shown(self, request: HttpRequest) -> bool:
        return policy.may(request.user, Action.EDIT, LinkAddress)

    def render_component(self, request: HttpRequest) -> Any:
        component = super().render_component(request)
        broken = link_health.for_editor(request.user).in_state(State.BROKEN).count()
        if broken:
            component.label = f"{self.label} ({broken})"
        return component


def _on_tab(addresses: LinkAddressQuerySet, tab: str) -> LinkAddressQuerySet:
    if tab == MOVED:
        return addresses.exclude(moved_to="")
    return addresses if tab == ALL else addresses.in_state(STATES[tab][0])


def _row(address: LinkAddress, entries: list[Any]) -> dict[str, Any]:
    return {
        "address": address,
        "entries": entries,
        "state": address.effective_state.label,
        "explanation": link_health.explain(address),
    }


def _own(request: HttpRequest, pk: int) -> LinkAddress:
    # The same answer for "does not exist" and "not yours".
    return get_object_or_404(link_health.for_editor(request.user), pk=pk)


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)


def _day(day: dt.date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")


urlpatterns = [
    path("", report, name="report"),
    path("<int:pk>/", address, name="address"),
    path("<int:pk>/zuruecknehmen/", take_back, name="take_back"),
    path("<int:pk>/pruefen/", check_again, name="check_again"),
]
