"""The public list of events: what was asked for, what that finds, and links that keep it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from austausch.catalogue.models import EventFormat, Topic
from austausch.core.policy import Action, policy
from austausch.events.models import Event, Series
from austausch.events.queries import EventQuerySet
from austausch.people.models import Organisation

PER_PAGE = 20
# As many as a subscribed calendar or a feed holds.
MOST = 500
WHEN: dict[str, Promise] = {"": _("upcoming and past"), "kommend": _("upcoming"), "vergangen": _("past")}


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Filter:
    name: str
    label: str
    choices: list[Choice]


@dataclass(frozen=True)
class Asked:
    """The filters of an address. What is not a value here counts as not asked."""

    kind: str = ""
    format: str = ""
    organiser: str = ""
    topic: str = ""
    series: str = ""
    when: str = ""

    @classmethod
    def of(cls, params: QueryDict) -> Asked:
        def known(name: str, values: Any) -> str:
            text = params.get(name, "")[:120]
            return text if text in values else ""

        return cls(
            kind=known("art", Event.Kind.values),
            format=known("format", EventFormat.values),
            organiser=params.get("veranstalter", "")[:60],
            topic=params.get("thema", "")[:60],
            series=params.get("reihe", "")[:80],
            when=known("zeit", WHEN),
        )

    def params(self) -> str:
        names = {"art": self.kind, "format": self.format, "veranstalter": self.organiser}
        names |= {"thema": self.topic, "reihe": self.series, "zeit": self.when}
        return urlencode({name: value for name, value in names.items() if value})

    def select(self, rows: EventQuerySet) -> EventQuerySet:
        columns = {"kind": self.kind, "format": self.format, "organiser__key": self.organiser}
        columns |= {"topics__slug": self.topic, "series__slug": self.series}
        return rows.filter(**{name: value for name, value in columns.items() if value})


def announced() -> EventQuerySet:
    """All events that the public may see. Not asked for a user: the pages are the same for all."""
    return cast(EventQuerySet, policy.which(AnonymousUser(), Action.VIEW, Event.objects.announced()))


class Listing:
    """What the list's page shows."""

    def __init__(self, asked: Asked, page: int) -> None:
        self.asked = asked
        self._page = page

    @property
    def filtered(self) -> bool:
        return bool(self.asked.params())

    @cached_property
    def upcoming(self) -> list[Event]:
        if self.asked.when == "vergangen":
            return []
        return list(self._rows.upcoming().for_showing()[:MOST])

    @cached_property
    def past(self) -> Page[Event] | None:
        if self.asked.when == "kommend":
            return None
        return Paginator(self._rows.past().for_showing(), PER_PAGE).get_page(self._page)

    @property
    def nothing(self) -> bool:
        return not self.upcoming and not (self.past and self.past.object_list)

    @cached_property
    def filters(self) -> list[Filter]:
        """Only values that find something; one value alone is no choice."""
        rows = announced().order_by()
        kinds = set(rows.values_list("kind", flat=True))
        formats = set(rows.values_list("format", flat=True)) - {""}
        organisers = Organisation.objects.filter(events__in=rows).distinct().values_list("key", "name")
        topics = Topic.objects.filter(pk__in=rows.values("topics")).order_by("name")
        series = Series.objects.filter(events__in=rows).distinct().values_list("slug", "title")
        found: list[tuple[str, Promise, str, list[Any]]] = [
            ("art", _("Kind"), self.asked.kind, [one for one in Event.Kind.choices if one[0] in kinds]),
            ("format", _("Format"), self.asked.format, [one for one in EventFormat.choices if one[0] in formats]),
            ("thema", _("Topic"), self.asked.topic, [(topic.slug, str(topic)) for topic in topics]),
            ("veranstalter", _("Organiser"), self.asked.organiser, list(organisers)),
            ("reihe", _("Series"), self.asked.series, list(series)),
            ("zeit", _("Time"), self.asked.when, [(value, label) for value, label in WHEN.items() if value]),
        ]
        return [
            Filter(name, str(label), [Choice(value, str(text), value == chosen) for value, text in choices])
            for name, label, chosen, choices in found
            if len(choices) > 1 or chosen
        ]

    @property
    def _rows(self) -> EventQuerySet:
        return self.asked.select(announced())
