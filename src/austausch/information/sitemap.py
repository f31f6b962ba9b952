"""Information pages for search engines, in German and English; a page's head names its other versions."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from austausch.catalogue.sitemaps import InBothLanguages, register
from austausch.information.models import Information
from austausch.information.queries import public_pages


class Pages(InBothLanguages):
    def items(self) -> list[Information | None]:
        return [None, *public_pages().order_by("position", "slug")]

    def location(self, item: Information | None) -> str:
        return item.get_absolute_url() if item else reverse("information:list")

    def lastmod(self, item: Information | None) -> dt.datetime | None:
        return item.changed_at if item else None


register("vor-der-reise", Pages)
