"""What search engines are told: the sitemap and robots.txt."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django.contrib.auth.models import AnonymousUser
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps import views as sitemap_views
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.views.decorators.http import require_safe
from wagtail.models import Page

from austausch.catalogue.models import Document, Entry
from austausch.core.page_cache import public_page
from austausch.core.policy import Action, policy

# Small enough that each part stays in the page cache.
PER_PART = 1000
# Lists beside the entries and documents themselves.
LISTS = (
    "search:list",
    "catalogue:documents",
    "counselling:directory",
    "events:list",
    "events:actions",
    "figures:list",
)
PRIVATE = ("/verwaltung/", "/konto/", "/hinweis/", "/en/hinweis/")


class InBothLanguages(Sitemap[Any]):
    """Each thing in German and English, each naming the other."""

    i18n = True
    alternates = True
    x_default = True
    limit = PER_PART


class Lists(InBothLanguages):
    def items(self) -> list[str]:
        return list(LISTS)

    def location(self, item: str) -> str:
        return reverse(item)


class Entries(InBothLanguages):
    """Listed entries; archived ones keep their page but are not offered."""

    def items(self) -> QuerySet[Entry]:
        rows = policy.which(AnonymousUser(), Action.VIEW, Entry.objects.listed())
        return rows.only("slug", "last_published_at").order_by("pk")

    def lastmod(self, item: Entry) -> dt.datetime | None:
        return cast("dt.datetime | None", item.last_published_at)

    def get_latest_lastmod(self) -> dt.datetime | None:
        latest = self.items().aggregate(at=Max("last_published_at"))
        return cast("dt.datetime | None", latest["at"])


class Documents(InBothLanguages):
    def items(self) -> Any:
        rows = policy.which(AnonymousUser(), Action.VIEW, Document.objects.all())
        return rows.annotate(changed_at=Max("versions__uploaded_at")).order_by("pk")

    def lastmod(self, item: Any) -> dt.datetime | None:
        changed: dt.datetime | None = item.changed_at
        return changed

    def get_latest_lastmod(self) -> dt.datetime | None:
        latest: dt.datetime | None = self.items().aggregate(at=Max("changed_at"))["at"]
        return latest


class EditorialPages(Sitemap[Page]):
    """Wagtail's pages. Their languages are separate trees, so each page names its translations itself."""

    limit = PER_PART

    def items(self) -> Any:
        return Page.objects.live().public().filter(depth__gt=1).order_by("path")

    def location(self, item: Page) -> str:
        return item.get_url() or "/"

    def lastmod(self, item: Page) -> dt.datetime | None:
        changed: dt.datetime | None = item.last_published_at
        return changed

    def get_urls(self, page: int | str = 1, site: Any = None, protocol: str | None = None) -> list[dict[str, Any]]:
        urls = super().get_urls(page=page, site=site, protocol=protocol)
        base = f"{self.get_protocol(protocol)}://{self.get_domain(site)}"
        by_key: dict[Any, list[tuple[str, str]]] = {}
        for found in Page.objects.live().public().filter(depth__gt=1).select_related("locale"):
            address = base + (found.get_url() or "/")
            by_key.setdefault(found.translation_key, []).append((found.locale.language_code, address))
        for url in urls:
            versions = by_key.get(url["item"].translation_key, [])
            if len(versions) > 1:
                url["alternates"] = [{"location": address, "lang_code": code} for code, address in versions]
        return urls


SITEMAPS: dict[str, type[Sitemap[Any]]] = {
    "seiten": EditorialPages,
    "listen": Lists,
    "massnahmen": Entries,
    "dokumente": Documents,
}


def register(section: str, pages: type[Sitemap[Any]]) -> None:
    """Adds the pages of a room above, which the catalogue does not know. To be called while rooms are loaded."""
    SITEMAPS[section] = pages


@require_safe
@public_page
def robots(request: HttpRequest) -> HttpResponse:
    """All that is public may be read; the rest would only lead to forms."""
    lines = ["User-agent: *", *(f"Disallow: {prefix}" for prefix in PRIVATE), ""]
    lines.append(f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


urlpatterns = [
    path("robots.txt", robots, name="robots"),
    path(
        "sitemap.xml",
        public_page(sitemap_views.index),
        {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap_part"},
        name="sitemap",
    ),
    path("sitemap-<slug:section>.xml", public_page(sitemap_views.sitemap), {"sitemaps": SITEMAPS}, name="sitemap_part"),
]
