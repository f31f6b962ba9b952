"""What the page of the directory shows: what was found, what can be chosen, and the map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext

from austausch.catalogue.models import Topic
from austausch.counselling import display, languages
from austausch.counselling.finding import PER_PAGE, Found, Page, Query, Search
from austausch.counselling.models import Office, SpokenLanguage
from austausch.counselling.queries import public_offices
from austausch.places.map import Bubble, Map, Point, draw
from austausch.places.models import Place

# What the fields of the form are called where one can leave them out.
FIELDS: dict[str, Promise] = {
    "place": gettext_lazy("without the place"),
    "topic": gettext_lazy("all topics"),
    "language": gettext_lazy("all languages"),
    "open_now": gettext_lazy("those that are closed now, too"),
    "online": gettext_lazy("not only online"),
}
FORMATS = (("pdf", "PDF"), ("csv", "CSV"), ("json", "JSON (HSDS)"))


@dataclass(frozen=True)
class Choice:
    """An entry of a select."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Card:
    """An office in the list."""

    office: Office
    distance: str
    open_text: str
    open_kind: str
    facts: Sequence[display.Fact]


@dataclass(frozen=True)
class Listing:
    """The page. `number`: which part of the list; `on_map`: whether the map is shown above it."""

    search: Search
    number: int
    on_map: bool

    @property
    def query(self) -> Query:
        return self.search.query

    @cached_property
    def page(self) -> Page:
        return self.search.page(self.number)

    @cached_property
    def cards(self) -> list[Card]:
        return [card(found, self.search) for found in self.page.items]

    @property
    def place_text(self) -> str:
        """What stands in the field: a key becomes the name that people know."""
        origin = self.search.origin
        return origin.name if origin and self.query.place.isdigit() and len(self.query.place) == 8 else self.query.place

    @cached_property
    def topics(self) -> list[Choice]:
        used = Topic.objects.filter(pk__in=public_offices().values("topics"))
        return [
            # By number: what is chosen stands in the address, and so in the browser's history.
            Choice(str(topic.pk), str(topic), self.query.topic in {topic.slug, str(topic.pk)})
            for topic in used
        ]

    @cached_property
    def languages(self) -> list[Choice]:
        spoken = SpokenLanguage.objects.filter(office__in=public_offices()).order_by().values_list("code", flat=True)
        codes = {*spoken.distinct(), *filter(None, [self.query.language])}
        found = [Choice(code, languages.name(code), code == self.query.language) for code in codes]
        return sorted(found, key=lambda choice: choice.label)

    @property
    def previous(self) -> str:
        return self._address(page=self.page.number - 1) if self.page.number > 1 else ""

    @property
    def next(self) -> str:
        return self._address(page=self.page.number + 1) if self.page.number < self.page.pages else ""

    @property
    def as_list(self) -> str:
        return self._address()

    @property
    def as_map(self) -> str:
        return self._address(on_map=True)

    @property
    def positions(self) -> str:
        """Where the script that sorts by nearness gets the positions: all that fits, whatever place is typed."""
        return with_query(reverse("counselling:positions"), replace(self.query, place="").params())

    @property
    def embedding(self) -> str:
        return with_query(reverse("counselling:embedded"), self.query.params())

    @property
    def files(self) -> list[tuple[str, str]]:
        params = self.query.params()
        return [(label, with_query(reverse("counselling:file", args=[name]), params)) for name, label in FORMATS]

    @property
    def ways_out(self) -> list[tuple[str, str]]:
        """What to leave out where nothing was found: (what one gets then, address)."""
        path = reverse("counselling:directory")
        return [
            (str(label), with_query(path, self.query.without(name).params()))
            for name, label in FIELDS.items()
            if getattr(self.query, name)
        ]

    @property
    def range(self) -> tuple[int, int]:
        first = (self.page.number - 1) * PER_PAGE
        return first + 1, first + len(self.page.items)

    @cached_property
    def map(self) -> Map | None:
        towns = Place.objects.within(settings.AUSTAUSCH_STATE).with_position()
        kinds = [Place.Kind.CITY, Place.Kind.MUNICIPALITY]
        shape = [Point(town.latitude or 0, town.longitude or 0) for town in towns.filter(kind__in=kinds)]
        return draw(shape, self._counted)

    @cached_property
    def bubbles(self) -> list[tuple[Bubble, str, str]]:
        """The map's bubbles: (bubble, its name for people, address of the offices near it)."""
        return [
            (
                bubble,
                ngettext("%(place)s: %(number)s office", "%(place)s: %(number)s offices", bubble.count)
                % {"place": bubble.name, "number": bubble.count},
                self._at(bubble.key),
            )
            for bubble in (self.map.bubbles if self.map else ())
        ]

    @cached_property
    def _counted(self) -> list[tuple[str, str, Point, int]]:
        """Offices by place, where one is known and may be shown."""
        rows = self.search.rows.filter(is_protected=False, place__latitude__isnull=False, place__isnull=False)
        counts = Counter(rows.order_by().values_list("place", flat=True))
        places = Place.objects.in_bulk(counts.keys())
        return [
            (place.ags, place.name, Point(place.latitude or 0, place.longitude or 0), counts[place.ags])
            for place in places.values()
        ]

    @property
    def placeless(self) -> int:
        """How many of the found offices the map cannot show."""
        return self.page.total - sum(count for *_rest, count in self._counted)

    def _at(self, ags: str) -> str:
        # Five digits would be read as a postcode.
        key = f"{ags}000" if len(ags) == 5 else ags
        return with_query(reverse("counselling:directory"), replace(self.query, place=key).params())

    def _address(self, *, page: int = 1, on_map: bool = False) -> str:
        params = self.query.params()
        params += ("&" if params else "") + "ansicht=karte" if on_map else ""
        params += ("&" if params else "") + f"seite={page}" if page > 1 else ""
        return with_query(reverse("counselling:directory"), params)


def card(found: Found, search: Search) -> Card:
    office = found.office
    return Card(
        office=office,
        distance=display.distance(found, search.origin),
        open_text=display.open_text(found.now, search.moment),
        open_kind=display.open_kind(found.now),
        facts=display.card_facts(office),
    )


def with_query(path: str, params: str) -> str:
    return f"{path}?{params}" if params else path
