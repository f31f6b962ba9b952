"""The consent to third-party media: the centre, where it is shown and revoked, and the page that asks for it.

Pages that show media are cached for everyone and therefore hold no form token: they link to the asking page, which
has the form. Neither page is ever cached.
"""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import BadRequest
from django.db.models import BigIntegerField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from austausch.pages import consent
from austausch.pages.media import Medium, media
from austausch.pages.models import ContentPage, Provider

ITEM, PROVIDER = "inhalt", "anbieter"
ALL = "alle"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def centre(request: HttpRequest) -> HttpResponse:
    """`/einwilligungen/`: all providers, what they learn, and whether they may; POST gives or revokes."""
    given = consent.read(request)
    if request.method == "POST":
        changed, done = _changed(given, request.POST.get("aktion", ""), request.POST.get("anbieter", ""))
        response = redirect(f"{reverse('pages:consent')}?{urlencode({'geschehen': done})}")
        consent.write(request, response, changed)
        return response
    providers = [(provider, given.given(provider)) for provider in Provider.objects.all()]
    context = {
        "providers": providers,
        "any_given": any(agreed for _provider, agreed in providers),
        "done": request.GET.get("geschehen", ""),
        "days": consent.DAYS,
        "trail": [(_("External content settings"), "")],
    }
    return render(request, "pages/consent.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def load(request: HttpRequest) -> HttpResponse:
    """`/einwilligungen/laden/?seite=…&inhalt=…`: says what loading one medium means, and asks."""
    page, medium, provider = _asked_for(request)
    target = f"{page.get_url(request)}#inhalt-{medium.id}"
    if request.method == "POST":
        given = consent.read(request)
        scope = request.POST.get("umfang")
        if scope not in {ITEM, PROVIDER}:
            raise BadRequest("umfang is inhalt or anbieter")
        response = redirect(target)
        agreed = given.with_provider(provider) if scope == PROVIDER else given.with_once(medium.id)
        consent.write(request, response, agreed)
        return response
    context = {
        "page": page,
        "medium": medium,
        "provider": provider,
        "target": target,
        "always": request.GET.get("umfang") == PROVIDER,
        "days": consent.DAYS,
        "trail": [(page.title, page.get_url(request)), (_("Load external content"), "")],
    }
    return render(request, "pages/consent_load.html", context)


def _changed(given: consent.Consent, action: str, key: str) -> tuple[consent.Consent, str]:
    """The consent after a button of the centre, and the word for what happened."""
    if action == "widerrufen":
        return (consent.Consent() if key == ALL else given.without_provider(key)), "widerrufen"
    if action == "erteilen":
        return given.with_provider(get_object_or_404(Provider, key=key)), "erteilt"
    raise BadRequest("aktion is widerrufen or erteilen")


def _asked_for(request: HttpRequest) -> tuple[ContentPage, Medium, Provider]:
    """The page and medium of the address. Raises Http404 for what visitors cannot see or cannot load."""
    try:
        key, item = int(request.GET.get("seite", "")), str(UUID(request.GET.get("inhalt", "")))
    except ValueError:
        raise Http404 from None
    if not 0 < key <= BigIntegerField.MAX_BIGINT:
        # SQLite refuses to look for it.
        raise Http404
    page = get_object_or_404(ContentPage.objects.live().select_related("locale"), pk=key)
    if not all(restriction.accept_request(request) for restriction in page.get_view_restrictions()):
        raise Http404
    for medium in media(page, consent.Consent()):
        if medium.id == item and medium.provider is not None:
            return page, medium, medium.provider
    raise Http404
