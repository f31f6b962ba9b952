"""Offices for search engines, without those whose visitors may be in danger; see decision 0190."""

from __future__ import annotations

import datetime as dt

from austausch.catalogue.sitemaps import InBothLanguages, register
from austausch.counselling.models import Office
from austausch.counselling.queries import OfficeQuerySet, public_offices


class Offices(InBothLanguages):
    def items(self) -> OfficeQuerySet:
        return public_offices().without_discretion().only("slug", "changed_at").order_by("pk")

    def lastmod(self, item: Office) -> dt.datetime:
        return item.changed_at


register("beratung", Offices)
