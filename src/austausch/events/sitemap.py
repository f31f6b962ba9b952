"""Events for search engines."""

from __future__ import annotations

import datetime as dt

from austausch.catalogue.sitemaps import InBothLanguages, register
from austausch.events.listing import announced
from austausch.events.models import Event
from austausch.events.queries import EventQuerySet


class Events(InBothLanguages):
    def items(self) -> EventQuerySet:
        return announced().only("slug", "changed_at").order_by("pk")

    def lastmod(self, item: Event) -> dt.datetime:
        return item.changed_at


register("termine", Events)
