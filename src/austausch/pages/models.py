"""Editorial pages: our own base page, the home page, content pages, and the third parties whose media they show."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from csp.decorators import csp_update
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page, PageViewRestriction, Site

from austausch.core.fields import PointsField
from austausch.core.generation import public_content
from austausch.core.page_cache import public_page
from austausch.pages import consent
from austausch.pages.blocks import BodyBlock

if TYPE_CHECKING:
    from austausch.pages.media import Medium

# Wagtail's own rows that decide what a visitor sees. A restriction must end a page's public life at once.
for wagtails in (Page, PageViewRestriction, Site):
    public_content(wagtails)

_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:[0-9]{1,5})?")


@public_content
class BasePage(Page):
    """What every editorial page has. Concrete, so that fields for all pages can be added later.

    Fields: `last_reviewed_on`, shown on the page.
    """

    last_reviewed_on = models.DateField(_("last reviewed on"), null=True, blank=True)

    promote_panels = [*Page.promote_panels, FieldPanel("last_reviewed_on")]

    class Meta:
        verbose_name = _("page")

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The page; marked for the public cache unless it is restricted or shows what one visitor agreed to."""
        serve = super().serve
        if self.is_the_same_for_all(request):
            serve = public_page(serve)
        response: HttpResponseBase = serve(request, *args, **kwargs)
        return response

    def is_the_same_for_all(self, request: HttpRequest) -> bool:
        return not self.get_view_restrictions().exists()

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Adds `alternates`: the page's address in each language it exists in (language → path)."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        translations = [self, *self.get_translations().live().select_related("locale")]
        addresses = {page.locale.language_code: page.get_url(request) for page in translations}
        context["alternates"] = {code: path for code, path in sorted(addresses.items()) if path}
        return context


@public_content
class HomePage(BasePage):
    """The entrance. Fields: `lead` (one paragraph that says what this is)."""

    lead = models.TextField(_("introduction"), max_length=600)

    template = "pages/home.html"
    max_count_per_parent = 1
    subpage_types = ["pages.ContentPage"]
    content_panels = [*Page.content_panels, FieldPanel("lead")]

    class Meta:
        verbose_name = _("home page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from austausch.pages import queries

        return {**super().get_context(request, *args, **kwargs), "home": queries.home()}


@public_content
class ContentPage(BasePage):
    """A page of text, pictures, tables and media: imprint, privacy, accessibility statement, netiquette, help."""

    body = StreamField(BodyBlock(), verbose_name=_("content"))

    template = "pages/content.html"
    parent_page_types = ["pages.HomePage", "pages.ContentPage"]
    subpage_types = ["pages.ContentPage"]
    content_panels = [*Page.content_panels, FieldPanel("body")]

    class Meta:
        verbose_name = _("content page")

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The page; an agreed medium opens the content security policy for its host, in this answer only."""
        agreed = self._agreed_media(request)
        response = super().serve(request, *args, **kwargs)
        if agreed:
            origins = sorted({medium.origin for medium in agreed})
            response = csp_update({"frame-src": origins})(lambda _request: response)(request)
            consent.forget_once(request, response)
        return response

    def is_the_same_for_all(self, request: HttpRequest) -> bool:
        return super().is_the_same_for_all(request) and not self._agreed_media(request)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Adds `parts`, the blocks of the body, each with its medium or None, and `trail` for the breadcrumb."""
        from austausch.pages.media import parts

        # A preview has no policy for frames of its own, so it shows what visitors see first.
        given = consent.Consent() if getattr(request, "is_preview", False) else consent.read(request)
        above = self.get_ancestors().type(ContentPage)
        trail = [*((page.title, page.get_url(request)) for page in above), (self.title, "")]
        return {**super().get_context(request, *args, **kwargs), "parts": parts(self, given), "trail": trail}

    def _agreed_media(self, request: HttpRequest) -> list[Medium]:
        given = consent.read(request)
        if not given:
            return []
        from austausch.pages.media import media

        return [medium for medium in media(self, given) if medium.agreed]


@public_content
class Provider(models.Model):
    """A third party whose media pages may show once a visitor agrees.

    Fields: `key` (in addresses and in the visitor's cookie), `name`, `hosts` (from which its media come; with port
    if it is not 443), `transmitted` (what the visitor's browser tells it), `privacy_url` (its own privacy page).
    """

    key = models.SlugField(_("key"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    hosts = PointsField(
        _("hosts"), blank=False, help_text=_("One a line, without https://, for example video.example.org.")
    )
    transmitted = models.TextField(
        _("what is transmitted"),
        max_length=1000,
        help_text=_("Shown before a visitor agrees. A change here asks everyone again."),
    )
    privacy_url = models.URLField(_("privacy page of the provider"), validators=[URLValidator(schemes=["https"])])

    panels = [FieldPanel(name) for name in ("name", "key", "hosts", "transmitted", "privacy_url")]

    class Meta:
        ordering = ["name"]
        verbose_name = _("provider of third-party media")
        verbose_name_plural = _("providers of third-party media")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        wrong = [host for host in self.hosts if not isinstance(host, str) or not _HOST.fullmatch(host)]
        if wrong:
            message = _("Not the name of a host: %(hosts)s. Write for example video.example.org.")
            raise ValidationError({"hosts": ValidationError(message, params={"hosts": ", ".join(map(str, wrong))})})

    def allows(self, address: str) -> bool:
        """Whether the address is https, without credentials, on one of the provider's hosts."""
        try:
            parts = urlsplit(address)
            # Reading the port checks it.
            host = parts.hostname if parts.port in {None, 443} else f"{parts.hostname}:{parts.port}"
        except ValueError:
            return False
        return parts.scheme == "https" and parts.username is None and parts.password is None and host in self.hosts

    @property
    def terms(self) -> str:
        """Short form of what a visitor agrees to; another one means that the consent no longer covers it."""
        said = "\n".join([*sorted(self.hosts), self.transmitted, self.privacy_url])
        return hashlib.sha256(said.encode()).hexdigest()[:12]


@public_content
class Background(models.Model):
    """Why there is something to do: a title and points, shown on the home page."""

    title = models.CharField(_("title"), max_length=200, unique=True)
    points = PointsField(_("points"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    panels = [FieldPanel("title"), FieldPanel("points"), FieldPanel("position")]

    class Meta:
        ordering = ["position", "title"]
        verbose_name = _("background")
        verbose_name_plural = _("background")

    def __str__(self) -> str:
        return self.title
